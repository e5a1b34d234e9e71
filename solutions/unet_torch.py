"""Reference answers of lesson 7, PyTorch: U-Net."""

from itertools import pairwise

import torch
from torch import Tensor, nn


def double_conv(in_channels: int, out_channels: int) -> nn.Module:
    """What every stage of U-Net consists of: twice 3×3 convolution, batch norm, ReLU.

    Args:
        in_channels: of the map that comes in.
        out_channels: of both convolutions' output.

    Returns:
        A module that maps (N, in_channels, H, W) to (N, out_channels, H, W).
    """
    # Where this leaves the paper: its convolutions have no padding and shrink the map, and it has
    # no batch norm, which was three months old by then. The norm makes biases superfluous.
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
        nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


class UNet(nn.Module):
    """U-Net: down to a small map and up again, with every map of the way down used on the way up.

    Ronneberger, Fischer and Brox (2015), https://arxiv.org/abs/1505.04597, figure 1.

    Args:
        num_classes: the number of classes, K.
        width: channels of the first stage; 64 is the published network.
        depth: how often the size is halved; 4 is the published network.
    """

    def __init__(self, num_classes: int, width: int = 64, depth: int = 4) -> None:
        super().__init__()
        # (64, 128, 256, 512, 1024) in the published network
        *channels, deepest = (width * 2**i for i in range(depth + 1))
        self.down = nn.ModuleList(double_conv(a, b) for a, b in pairwise([3, *channels]))
        self.pool = nn.MaxPool2d(2)
        self.bottom = double_conv(channels[-1], deepest)
        # A skip has as many channels as the enlarged map that it is put beside.
        self.enlarge = nn.ModuleList(
            nn.ConvTranspose2d(2 * c, c, kernel_size=2, stride=2) for c in reversed(channels)
        )
        self.up = nn.ModuleList(double_conv(2 * c, c) for c in reversed(channels))
        self.score = nn.Conv2d(width, num_classes, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images, H and W multiples of 2**depth, into (N, K, H, W) logits."""
        # Down the left side of the U: each map is kept for the way up.
        skips = []
        for stage in self.down:
            x = stage(x)  # (N, c, h, w)
            skips.append(x)
            x = self.pool(x)  # (N, c, h/2, w/2)
        x = self.bottom(x)

        # Up the right side: what is there, from below; where exactly, from the left.
        for enlarge, stage in zip(self.enlarge, self.up, strict=True):
            x = enlarge(x)  # (N, c, h, w)
            x = torch.cat([skips.pop(), x], dim=1)  # (N, 2·c, h, w)
            x = stage(x)  # (N, c, h, w)
        return self.score(x)  # (N, K, H, W)


def upsample_block(in_channels: int, out_channels: int, dropout: bool = False) -> nn.Module:
    """A step up in pix2pix's generator: the size doubles.

    Isola et al. (2017), https://arxiv.org/abs/1611.07004: the layers are from appendix 6.1, the
    initial weights, from N(0, 0.02), from 6.2.

    Args:
        in_channels: of the map that comes in.
        out_channels: of the map that comes out.
        dropout: whether values are dropped out, each with probability 0.5.

    Returns:
        A module that maps (N, in_channels, H, W) to (N, out_channels, 2·H, 2·W).
    """
    enlarge = nn.ConvTranspose2d(
        in_channels, out_channels, kernel_size=4, stride=2, padding=1, bias=False
    )
    nn.init.normal_(enlarge.weight, mean=0.0, std=0.02)
    block = nn.Sequential(enlarge, nn.BatchNorm2d(out_channels))
    if dropout:
        block.append(nn.Dropout(0.5))
    return block.append(nn.ReLU())


class MobileUNet(nn.Module):
    """A U-Net over an encoder that was trained before, and that stays as it is.

    Args:
        num_classes: the number of classes, K.
        encoder: maps images to a list of five maps at 1/2, 1/4, 1/8, 1/16 and 1/32 of their size,
            such as those of MobileNetV2. It is frozen: no gradients, and always in inference mode.
    """

    def __init__(self, num_classes: int, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder.requires_grad_(False).eval()
        # How many channels the maps have, only the encoder knows.
        device = next(encoder.parameters()).device
        with torch.no_grad():
            maps = encoder(torch.zeros(1, 3, 64, 64, device=device))
        *skips, deepest = (x.shape[1] for x in maps)

        # Each block sees the enlarged map and the skip beside it.
        self.up = nn.ModuleList()
        in_channels = deepest
        for out_channels, skip in zip((512, 256, 128, 64), reversed(skips), strict=True):
            self.up.append(upsample_block(in_channels, out_channels))
            in_channels = out_channels + skip
        self.score = nn.ConvTranspose2d(
            in_channels, num_classes, kernel_size=4, stride=2, padding=1
        )

    def train(self, mode: bool = True) -> "MobileUNet":
        """Put all but the encoder into training mode, or everything into inference mode."""
        super().train(mode)
        # In training mode its batch norms would adapt their statistics to the new images.
        self.encoder.eval()
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images, H and W multiples of 32, into (N, K, H, W) logits."""
        *skips, x = self.encoder(x)  # 1/2, 1/4, 1/8, 1/16 and 1/32 of the size
        for block in self.up:
            x = block(x)  # twice as large
            x = torch.cat([x, skips.pop()], dim=1)
        return self.score(x)  # (N, K, H, W)
