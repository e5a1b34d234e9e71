"""What can be wrong with a training run, told to the person who started it."""

from pixelwise.data.errors import DataError
from pixelwise.messages import _


class TrainingError(DataError):
    """A training cannot start or go on.

    The text says what is wrong and what to do, in the language of the person.
    """


def uneven_batch(batch_size: int, replicas: int) -> TrainingError:
    """The error for a batch that cannot be divided among copies of the network."""
    return TrainingError(
        _(
            "A batch of {batch} images cannot be divided equally among {replicas} copies of the "
            "network. Choose a multiple of {replicas} as --batch-size.",
            batch=batch_size,
            replicas=replicas,
        )
    )
