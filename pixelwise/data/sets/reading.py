"""Reading image and mask files, with errors that say what to do."""

from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data.errors import DataError
from pixelwise.messages import _

VOID = 255


def read_image(path: Path) -> np.ndarray:
    """An image file as (H, W, 3) uint8 RGB.

    Raises:
        DataError: the file is missing, cut off or no image.
    """
    with _opened(path) as file:
        return np.array(file.convert("RGB"))


def read_numbers(path: Path) -> np.ndarray:
    """A mask file of one number a pixel as (H, W); palette numbers are kept, not looked up.

    Raises:
        DataError: the file is missing, cut off or no image, or has colours instead of numbers.
    """
    with _opened(path) as file:
        # I;16 and I are PNG files of 16 bits.
        if file.mode not in ("1", "L", "P", "I", "I;16"):
            raise DataError(
                _(
                    "{path}: a mask with one number a pixel is expected, but this file has the "
                    "mode {mode}. Take the mask file of the set as it was published.",
                    path=path,
                    mode=file.mode,
                )
            )
        numbers = np.array(file)
    # A file of one bit a pixel is an array of bool.
    return numbers.astype(np.uint8) if numbers.dtype == bool else numbers


def _opened(path: Path) -> Image.Image:
    """The file, decoded: Pillow by itself decodes only when the pixels are asked for."""
    try:
        file = Image.open(path)
        file.load()
    except FileNotFoundError:
        raise DataError(
            _("{path} is missing. Get the set again, or remove its name from the list.", path=path)
        ) from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(
            _(
                "{path} cannot be read as an image ({reason}): it is cut off or damaged. "
                "Delete it and get the set again.",
                path=path,
                reason=error,
            )
        ) from error
    return file


def read_list(path: Path) -> list[str]:
    """The lines of a list of names, without empty ones and comments.

    Raises:
        DataError: the list is missing or is not text.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise DataError(
            _(
                "{path} is missing: the list that says which images belong to the split. "
                "The set is not complete: get it again.",
                path=path,
            )
        ) from None
    except UnicodeDecodeError as error:
        raise DataError(
            _("{path} is not a text file: the list is damaged. Get the set again.", path=path)
        ) from error
    stripped = (line.strip() for line in lines)
    return [line for line in stripped if line and not line.startswith("#")]


def translated(numbers: np.ndarray, table: np.ndarray, path: Path) -> np.ndarray:
    """Each number of a mask replaced by its entry in `table`.

    Args:
        numbers: (H, W) integers.
        table: (256,) integers: the label of each number, -1 for what the set has not.
        path: the mask file, for the message.

    Returns:
        (H, W) uint8.

    Raises:
        DataError: the mask holds a number that the set has not; names it and where it is first.
    """
    unknown = numbers > 255 if numbers.max(initial=0) > 255 else table[numbers] < 0
    if unknown.any():
        y, x = (int(place) for place in np.argwhere(unknown)[0])
        raise DataError(
            _(
                "{path}: the number {number} at row {y}, column {x} is no class of this set; "
                "{count} pixels hold such numbers. The numbers in use are {known}.",
                path=path,
                number=int(numbers[y, x]),
                y=y,
                x=x,
                count=int(unknown.sum()),
                known=_ranges(np.flatnonzero(table >= 0)),
            )
        )
    return table[numbers].astype(np.uint8)


def _ranges(numbers: np.ndarray) -> str:
    """Sorted numbers as people write them: ``0–20, 255``."""
    groups = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return ", ".join(str(g[0]) if len(g) == 1 else f"{g[0]}–{g[-1]}" for g in groups)


def unknown_color(path: Path, colors: np.ndarray, unknown: np.ndarray) -> DataError:
    """The error for a mask with colours that mean nothing.

    Args:
        path: the mask file.
        colors: (H, W, 3) uint8.
        unknown: (H, W) bool, at least one is True.
    """
    y, x = (int(place) for place in np.argwhere(unknown)[0])
    return DataError(
        _(
            "{path}: the colour {color} at row {y}, column {x} is no class of this set; {count} "
            "pixels have such colours. Was the mask saved as JPEG, or resized with smoothing? "
            "Take the file as it was published.",
            path=path,
            color=tuple(colors[y, x].tolist()),
            y=y,
            x=x,
            count=int(unknown.sum()),
        )
    )
