"""What can be wrong with a training run, told to the person who started it."""

from pixelwise.i18n import current_language
from pixelwise.messages import Message, _


class TrainingError(Exception):
    """A training cannot start or go on.

    Attributes:
        message: what is wrong and what to do, which can be worded in every language of the course.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message.render(current_language())


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
