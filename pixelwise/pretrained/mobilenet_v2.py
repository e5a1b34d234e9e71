"""MobileNetV2's convolutions: whether an encoder has those of the published network.

Needs no framework: `mobilenet_v2_torch` and `mobilenet_v2_tensorflow` list the convolutions of an
encoder and read the published files.
"""

from collections.abc import Iterator, Mapping

from pixelwise.encoders.mobilenet_v2 import blocks, first_channels
from pixelwise.messages import _
from pixelwise.pretrained.errors import WeightsError

PUBLISHED_WIDTH = 1.0


def channels(width: float) -> Iterator[tuple[str, int]]:
    """The encoder's convolutions, by Keras's names, and how many channels each makes."""
    yield "Conv1", first_channels(width)
    for block in blocks(width):
        if block.expands:
            yield f"{block.name}_expand", block.expanded_channels
        yield f"{block.name}_depthwise", block.expanded_channels
        yield f"{block.name}_project", block.out_channels


def require_published_width(found: Mapping[str, int]) -> None:
    """Raise `WeightsError` unless an encoder is as wide as the published one.

    Args:
        found: the encoder's convolutions, by Keras's names, and how many channels each makes.
    """
    for name, expected in channels(PUBLISHED_WIDTH):
        if found[name] != expected:
            raise WeightsError(
                _(
                    "The published weights of MobileNetV2 fit width={published} only, and this "
                    "encoder has another width: {layer} makes {found} channels, not {expected}. "
                    "Make it with width={published}, or train it without them.",
                    published=PUBLISHED_WIDTH,
                    layer=name,
                    found=found[name],
                    expected=expected,
                )
            )


def no_encoder() -> WeightsError:
    """The network is none that these weights are for."""
    return WeightsError(
        _(
            "This network holds no MobileNetV2Encoder: the published weights are for the encoder "
            "that the modules pixelwise.encoders.mobilenet_v2_torch and "
            "pixelwise.encoders.mobilenet_v2_tensorflow make."
        )
    )
