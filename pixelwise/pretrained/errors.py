"""What can be wrong with pretrained weights, told to the person who wants them."""

from pixelwise.data.errors import DataError


class WeightsError(DataError):
    """Pretrained weights are missing, damaged, or do not fit a network.

    The text says what was looked for and what to do, in the language of the person.
    """
