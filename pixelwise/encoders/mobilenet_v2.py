"""What MobileNetV2 consists of, for both frameworks.

Sandler et al. (2018), https://arxiv.org/abs/1801.04381, table 2. Layers have the names that Keras
gives them, so that weights can be carried from one framework to the other by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion t, channels c, number of blocks n and the first block's stride s; table 2 of the paper.

Before them is a convolution of stride 2. What is behind them belongs to the classifier and is left
out: a 1×1 convolution to 1280 channels and the layer of 1000 classes.
"""

FIRST_CHANNELS = 32

MAPS = (
    "block_1_expand_relu",
    "block_3_expand_relu",
    "block_6_expand_relu",
    "block_13_expand_relu",
    "block_16_project",
)
"""The layers whose outputs are the encoder's maps at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.

The first four are the last maps of their sizes: the blocks that halve the size first give their
input six times as many channels. The fifth is taken before its batch norm.
"""


@dataclass(frozen=True)
class Block:
    """An inverted residual block: 1×1 to more channels, 3×3 on each of them, 1×1 to fewer.

    Attributes:
        name: in Keras, with ``_`` and a part of the block behind it, the name of a layer.
        in_channels: of the map that comes in.
        expanded_channels: of the maps between; where they are as many, the first 1×1 is left out.
        out_channels: of the map that comes out.
        stride: of the 3×3 convolution.
    """

    name: str
    in_channels: int
    expanded_channels: int
    out_channels: int
    stride: int

    @property
    def expands(self) -> bool:
        """Whether there is a first 1×1 convolution."""
        return self.expanded_channels > self.in_channels

    @property
    def is_residual(self) -> bool:
        """Whether the map that comes in is added to the one that comes out."""
        return self.stride == 1 and self.in_channels == self.out_channels


def first_channels(width: float) -> int:
    """How many channels the convolution before the blocks makes."""
    return _rounded(FIRST_CHANNELS * width)


def blocks(width: float) -> Iterator[Block]:
    """The 17 blocks; `width` is the paper's width multiplier, 1.0 the network of table 2."""
    channels = first_channels(width)
    number = 0
    for expansion, published_channels, count, first_stride in STAGES:
        out_channels = _rounded(int(published_channels * width))
        for i in range(count):
            yield Block(
                name=f"block_{number}" if number else "expanded_conv",
                in_channels=channels,
                expanded_channels=expansion * channels,
                out_channels=out_channels,
                stride=first_stride if i == 0 else 1,
            )
            channels = out_channels
            number += 1


def _rounded(channels: float) -> int:
    """The nearest multiple of 8, but at least 8, and not more than a tenth less.

    The paper does not say so; its authors' code, Keras and torchvision do.
    """
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * channels else nearest + 8
