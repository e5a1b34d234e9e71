"""A small set of everyday scenes, in the layout of Pascal VOC 2012."""

from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data.borders import border_mask
from pixelwise.data.known import voc_colormap
from pixelwise.data.small.object_scenes import PLACES, scene
from pixelwise.data.small.soft_noise import generator

_SET = 2012
_TRAIN, _VAL = 100, 40
_SIZES = (
    (120, 160),
    (120, 160),
    (160, 120),
    (128, 176),
    (144, 192),
    (150, 200),
    (176, 132),
    (136, 136),
    (112, 168),
)
_VOID = 255
_STRIP = 2
# Of an object that shows fewer pixels than this, nobody could tell the class.
_TOO_SMALL = 14


def write_voc2012(folder: Path) -> None:
    """Write the set: 100 images for training, 40 for validation.

    Args:
        folder: the root of the set, an empty folder.
    """
    for part in ("JPEGImages", "SegmentationClass", "SegmentationObject", "ImageSets/Segmentation"):
        (folder / part).mkdir(parents=True)
    names = [f"2012_{number + 1:06d}" for number in range(_TRAIN + _VAL)]
    for number, name in enumerate(names):
        rng = generator(_SET, number)
        size = _SIZES[rng.integers(len(_SIZES))]
        shown = scene(number % len(PLACES), size, rng)
        label, objects = annotated(shown.label, shown.objects)
        Image.fromarray(shown.image).save(folder / "JPEGImages" / f"{name}.jpg", quality=92)
        _write_palette(folder / "SegmentationClass" / f"{name}.png", label)
        _write_palette(folder / "SegmentationObject" / f"{name}.png", objects)
    for split, chosen in (("train", names[:_TRAIN]), ("val", names[_TRAIN:]), ("trainval", names)):
        text = "".join(f"{name}\n" for name in chosen)
        path = folder / "ImageSets" / "Segmentation" / f"{split}.txt"
        path.write_text(text, encoding="utf-8", newline="\n")


def annotated(label: np.ndarray, objects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What annotators would make of it: strips of void, and objects numbered without gaps.

    Args:
        label: (H, W) uint8 class numbers.
        objects: (H, W) uint8, 0 and the numbers of the objects.

    Returns:
        (H, W) uint8 class numbers, and (H, W) uint8 object numbers 1 ... n; both 0 for the
        background and 255 for void.
    """
    sizes = np.bincount(objects.ravel())
    tiny = np.isin(objects, np.flatnonzero(sizes < _TOO_SMALL))
    seen, numbered = np.unique(np.where(tiny, 0, objects), return_inverse=True)
    numbered = numbered.reshape(objects.shape) + (0 if seen[0] == 0 else 1)
    void = _strip(objects) | tiny
    return (
        np.where(void, _VOID, label).astype(np.uint8),
        np.where(void, _VOID, numbered).astype(np.uint8),
    )


def _strip(objects: np.ndarray) -> np.ndarray:
    """(H, W) bool: along the outlines, half inside and half outside; thin parts are kept.

    A part that is nothing but outline, such as the rim of a wheel, would vanish otherwise.
    """
    border = border_mask(objects, _STRIP)
    inner = ~border
    reached = inner.copy()
    height, width = objects.shape
    padded, numbers = np.pad(inner, 1), np.pad(objects, 1)
    for dy in range(3):
        for dx in range(3):
            same = numbers[dy : dy + height, dx : dx + width] == objects
            reached |= padded[dy : dy + height, dx : dx + width] & same
    return border & (reached | (objects == 0))


def _write_palette(path: Path, numbers: np.ndarray) -> None:
    image = Image.fromarray(numbers).convert("P")
    image.putpalette(voc_colormap().ravel().tolist())
    image.save(path)
