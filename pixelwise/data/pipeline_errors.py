"""What can be wrong with a list of steps, told alike in both frameworks."""

from collections.abc import Iterable

from pixelwise.data.errors import DataError
from pixelwise.messages import _


def different_sizes(sizes: Iterable[tuple[int, int]]) -> DataError:
    """The error for a batch whose images differ in size.

    Args:
        sizes: (height, width) of each image of the batch.
    """
    first, second, *_others = dict.fromkeys(f"{height}×{width}" for height, width in sizes)
    return DataError(
        _(
            "Images of the sizes {first} and {second} (height × width) cannot be put into one "
            "batch. Add a step that makes them equal, such as resize(size) or random_crop(size), "
            "or use batch_size=1.",
            first=first,
            second=second,
        )
    )


def wants_whole_numbers(step: str) -> DataError:
    """The error for a step that comes after `normalize` and must come before it."""
    return DataError(
        _(
            "{step} takes an image of whole numbers from 0 to 255 (uint8): put it before "
            "normalize in the list of steps, and normalize there only once.",
            step=step,
        )
    )


def wants_normalized(step: str) -> DataError:
    """The error for a step that comes before `normalize` and must come after it."""
    return DataError(
        _(
            "{step} takes a normalized image (float32): put it after normalize in the list of "
            "steps.",
            step=step,
        )
    )
