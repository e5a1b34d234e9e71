"""What can be wrong with a data set, told to the person who has it."""

from pixelwise.i18n import current_language
from pixelwise.messages import Message


class DataError(Exception):
    """Something about a data set is wrong.

    The text names the file and says what to do, in the language of the person at this machine.

    Attributes:
        message: the sentence, which can be worded in every language of the course.
    """

    def __init__(self, message: Message | str) -> None:
        super().__init__(message)
        # PyTorch makes an error of a worker process anew from its text.
        self.message = Message(message) if isinstance(message, str) else message

    def __str__(self) -> str:
        return self.message.render(current_language())
