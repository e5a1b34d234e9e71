"""VGG16's convolutions, and which layers of a network are they.

Needs no framework: `vgg16_torch` and `vgg16_tensorflow` list the convolutions of a network and
read the published files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pixelwise.messages import Message, _
from pixelwise.pretrained.errors import WeightsError

PUBLISHED_WIDTH = 64

STAGES = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))
"""How many convolutions of 3×3 each stage has, and their channels in widths.

Simonyan and Zisserman (2015), https://arxiv.org/abs/1409.1556, table 1, configuration D.
"""


@dataclass(frozen=True)
class Shape:
    """What tells one convolution from another: (kh, kw) of its kernel and its channels."""

    kernel_size: tuple[int, int]
    in_channels: int
    out_channels: int

    def text(self) -> Message:
        """The shape in words."""
        height, width = self.kernel_size
        return _(
            "{height}×{width}, {inputs} → {outputs} channels",
            height=height,
            width=width,
            inputs=self.in_channels,
            outputs=self.out_channels,
        )


@dataclass(frozen=True)
class Convolution:
    """A convolution of a network.

    Attributes:
        name: its path in the network.
        shape: of its kernel.
        kernel: the weight itself, as the framework holds it.
        bias: likewise; None if the convolution has none.
    """

    name: str
    shape: Shape
    kernel: Any
    bias: Any


def vgg16(width: int) -> Iterator[tuple[str, Shape]]:
    """VGG16's convolutions in their order, by the paper's names, fc6 and fc7 being convolutions."""
    channels = 3
    for stage, (num_convs, widths) in enumerate(STAGES, start=1):
        for number in range(1, num_convs + 1):
            yield f"conv{stage}_{number}", Shape((3, 3), channels, widths * width)
            channels = widths * width
    # Long et al. (2015), https://arxiv.org/abs/1411.4038, section 3.1: a fully connected layer is a
    # convolution whose kernel covers its whole input, for fc6 a map of 7×7 cells.
    yield "fc6", Shape((7, 7), channels, 64 * width)
    yield "fc7", Shape((1, 1), 64 * width, 64 * width)


def encoder_in(convolutions: Sequence[Convolution]) -> list[Convolution]:
    """The 15 convolutions of VGG16, of whatever width, among those of a network.

    They begin at the first one of 3×3 that takes 3 channels, and follow each other; what is before
    and behind, such as scoring layers, is left alone.

    Args:
        convolutions: of the network, in the order in which it holds them.

    Raises:
        WeightsError: they are not there; names the first layer that does not fit.
    """
    first = next((i for i, conv in enumerate(convolutions) if _takes_images(conv)), None)
    if first is None:
        raise WeightsError(
            _(
                "This network holds no VGG16: VGG16 begins with a 3×3 convolution of an image of 3 "
                "channels, and there is none."
            )
        )
    rest = iter(convolutions[first:])
    encoder: list[Convolution] = []
    for name, shape in vgg16(width=convolutions[first].shape.out_channels):
        conv = next(rest, None)
        if conv is None:
            raise _ends_early(name, shape, encoder[-1])
        if conv.shape != shape or conv.bias is None:
            raise _unfit(name, shape, conv)
        encoder.append(conv)
    return encoder


def _takes_images(conv: Convolution) -> bool:
    return conv.shape.kernel_size == (3, 3) and conv.shape.in_channels == 3


def require_published_width(encoder: Sequence[Convolution]) -> None:
    """Raise `WeightsError` unless the encoder is as wide as the published one."""
    width = encoder[0].shape.out_channels
    if width != PUBLISHED_WIDTH:
        raise WeightsError(
            _(
                "The published weights of VGG16 fit width={published} only, and this network has "
                "width={width}. Make it with width={published}, or train it without them.",
                published=PUBLISHED_WIDTH,
                width=width,
            )
        )


def _unfit(name: str, shape: Shape, conv: Convolution) -> WeightsError:
    if conv.shape == shape:
        return WeightsError(
            _(
                "{layer} has no bias. In VGG16 it is {name}, whose published weights include one.",
                layer=conv.name,
                name=name,
            )
        )
    return WeightsError(
        _(
            "{layer} does not fit: it is a convolution of {found}, where VGG16 has {name}, of "
            "{expected}. Layers are taken in the order in which the network holds them; it must be "
            "VGG16's, from conv1_1 to conv5_3, then fc6 and fc7.",
            layer=conv.name,
            found=conv.shape.text(),
            name=name,
            expected=shape.text(),
        )
    )


def _ends_early(name: str, shape: Shape, last: Convolution) -> WeightsError:
    return WeightsError(
        _(
            "{layer} is the last convolution of this network, but VGG16 goes on with {name}, of "
            "{expected}. Layers are taken in the order in which the network holds them; it must be "
            "VGG16's, from conv1_1 to conv5_3, then fc6 and fc7.",
            layer=last.name,
            name=name,
            expected=shape.text(),
        )
    )
