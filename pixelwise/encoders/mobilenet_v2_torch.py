"""MobileNetV2 as an encoder, in PyTorch."""

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from pixelwise.encoders.mobilenet_v2 import Block, blocks, first_channels

Padding = Literal["symmetric", "same"]


class InvertedResidual(nn.Module):
    """1×1 convolution to more channels, 3×3 on each of them, 1×1 to fewer without an activation.

    Sandler et al. (2018), https://arxiv.org/abs/1801.04381, section 3.3 and figure 4d.
    """

    def __init__(self, block: Block, padding: Padding) -> None:
        super().__init__()
        inside, outside = block.expanded_channels, block.out_channels
        self.stride, self.is_residual, self.expands = block.stride, block.is_residual, block.expands
        if block.expands:
            self.expand = nn.Conv2d(block.in_channels, inside, 1, bias=False)
            self.expand_BN = nn.BatchNorm2d(inside)
        self.pad, own_padding = _padding(block.stride, padding)
        self.depthwise = nn.Conv2d(
            inside, inside, 3, stride=block.stride, padding=own_padding, groups=inside, bias=False
        )
        self.depthwise_BN = nn.BatchNorm2d(inside)
        self.project = nn.Conv2d(inside, outside, 1, bias=False)
        self.project_BN: nn.Module = nn.BatchNorm2d(outside)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Turn (N, C, H, W) into the map that comes out and the one that the 3×3 has seen."""
        expanded = F.relu6(self.expand_BN(self.expand(x))) if self.expands else x
        y = F.relu6(self.depthwise_BN(self.depthwise(self.pad(expanded))))
        y = self.project_BN(self.project(y))
        return (x + y if self.is_residual else y), expanded


class MobileNetV2Encoder(nn.Module):
    """The convolutions of MobileNetV2; gives five maps, from fine to coarse.

    A layer's path in this module, with ``_`` in place of the dots, is its name in Keras:
    ``block_1.expand`` is ``block_1_expand``.

    Args:
        width: the width multiplier; 1.0 is the published network. Channels are rounded to multiples
            of 8.
        padding: what the convolutions of stride 2 do at the border of a map. ``symmetric``: a row
            of zeros on every side, as torchvision's network has it. ``same``: one on the right and
            below only, as Keras does where sizes are even. With the padding that weights were not
            trained with, each of these convolutions sees its map moved by one cell.
    """

    def __init__(self, width: float = 1.0, padding: Padding = "symmetric") -> None:
        super().__init__()
        channels = first_channels(width)
        self.pad, own_padding = _padding(2, padding)
        self.Conv1 = nn.Conv2d(3, channels, 3, stride=2, padding=own_padding, bias=False)
        self.bn_Conv1 = nn.BatchNorm2d(channels)
        for block in blocks(width):
            last = InvertedResidual(block, padding)
            self.add_module(block.name, last)
        # The last map is what the projection gives.
        last.project_BN = nn.Identity()

    def forward(self, x: Tensor) -> list[Tensor]:
        """Turn (N, 3, H, W) images, H and W multiples of 32, into maps at 1/2, 1/4, …, 1/32."""
        x = F.relu6(self.bn_Conv1(self.Conv1(self.pad(x))))  # (N, c, H/2, W/2)
        maps = []
        for block in self.children():
            if isinstance(block, InvertedResidual):
                x, expanded = block(x)
                if block.stride == 2:
                    maps.append(expanded)  # the last map before the size is halved
        return [*maps, x]


def _padding(stride: int, padding: Padding) -> tuple[nn.Module, int]:
    """What comes before a 3×3 convolution, and the padding that it does itself."""
    if padding not in ("symmetric", "same"):
        raise ValueError(f"padding is 'symmetric' or 'same', not {padding!r}")
    if stride == 2 and padding == "same":
        return nn.ZeroPad2d((0, 1, 0, 1)), 0  # left, right, top, bottom
    return nn.Identity(), 1
