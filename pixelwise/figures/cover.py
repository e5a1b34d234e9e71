"""The picture at the top of the READMEs; it has no words, so one serves all languages."""

from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data import street

SEED = 3
SCENE = (240, 360)
GAP = 12


def draw_cover(to: Path) -> None:
    """Write a street scene, its label map, and the two laid over each other, side by side."""
    scene = street(SEED, SCENE)
    colors = scene.classes.palette[scene.label]
    overlay = (scene.image.astype(np.uint16) + colors) // 2
    gap = np.full((SCENE[0], GAP, 3), 255, np.uint8)
    panels = [scene.image, gap, colors, gap, overlay.astype(np.uint8)]
    Image.fromarray(np.hstack(panels)).save(to, optimize=True)
