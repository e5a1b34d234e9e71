"""A real photograph with a hand-made segmentation."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from pixelwise.data.borders import with_void_borders
from pixelwise.data.classes import Classes, Sample
from pixelwise.i18n import N_

PHOTO = Classes(
    "photo",
    (N_("background"), N_("flag"), N_("skin"), N_("cap"), N_("uniform")),
    np.array([(86, 180, 233), (230, 159, 0), (204, 121, 167), (240, 228, 66), (0, 114, 178)]),
)

# Polygons are filled on a finer grid, so that their borders are right to a fraction of a pixel.
_FINER = 4


def photo() -> Sample:
    """Matplotlib's sample photograph and our mask for it.

    The photograph shows Rear Admiral Grace Hopper in 1984, before a flag. It was taken by the US
    Navy, is in the public domain and is installed with matplotlib (``grace_hopper.jpg``). The mask
    is ours: hand-drawn polygons (``photo.toml``). `skin` is the face with the glasses, the ears
    and the neck, `cap` and `uniform` include their badges, `background` is the wall. The hair
    belongs to no class and is void (255), as is a strip 3 pixels wide along every border.

    Returns:
        A sample with a (600, 512, 3) image, a (600, 512) label and no instances.
    """
    image, label = _photo()
    return Sample(image.copy(), label.copy(), PHOTO)


@cache
def _photo() -> tuple[np.ndarray, np.ndarray]:
    # matplotlib itself takes long to import: only who asks for the photograph waits for it.
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    with Image.open(path) as file:
        image = np.asarray(file.convert("RGB"))
    return image, _label(image.shape[:2])


def _label(shape: tuple[int, int]) -> np.ndarray:
    """The polygons of photo.toml as an (H, W) uint8 label."""
    text = Path(__file__).with_name("photo.toml").read_text(encoding="utf-8")
    drawing = tomllib.loads(text)
    height, width = shape
    fine = Image.new("L", (width * _FINER, height * _FINER), PHOTO.index("background"))
    draw = ImageDraw.Draw(fine)
    for region in drawing["region"]:
        name = region["class"]
        value = PHOTO.ignore_index if name == "void" else PHOTO.index(name)
        draw.polygon([(x * _FINER, y * _FINER) for x, y in region["points"]], fill=value)
    label = np.asarray(fine)[_FINER // 2 :: _FINER, _FINER // 2 :: _FINER].copy()
    return with_void_borders(label, label, drawing["void_width"], PHOTO.ignore_index)
