"""Tiny networks, each with a switch for the one thing that its claim is about: PyTorch."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from solutions.upsampling_torch import bilinear_upsampling, max_pool_with_indices, max_unpool

WIDTHS = (12, 24, 32, 48, 64)
"""Channels of the five stages, at 1/1, 1/2, 1/4, 1/8 and 1/16 of the image before pooling."""


def conv(in_channels: int, out_channels: int) -> nn.Sequential:
    """3×3 convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


def stages(in_channels: int = 3) -> nn.ModuleList:
    """Five stages of an encoder, one convolution each; pooling is left to the network."""
    pairs = zip((in_channels, *WIDTHS), WIDTHS, strict=False)
    return nn.ModuleList(conv(before, after) for before, after in pairs)


class FCN(nn.Module):
    """Scores at 1/32, and with `skips` at 1/16 and 1/8 too, added up on the way back."""

    def __init__(self, num_classes: int, *, skips: bool) -> None:
        super().__init__()
        self.stages = stages()
        self.context = conv(WIDTHS[4], WIDTHS[4])
        self.score = nn.Conv2d(WIDTHS[4], num_classes, 1)
        self.skip_scores = nn.ModuleList(
            nn.Conv2d(WIDTHS[level], num_classes, 1) for level in ((3, 2) if skips else ())
        )
        factors = (2, 2, 8) if skips else (32,)
        self.enlarge = nn.ModuleList(bilinear_upsampling(num_classes, f) for f in factors)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) images to (N, K, H, W) logits; H and W are multiples of 32."""
        pooled = []
        for stage in self.stages:
            x = functional.max_pool2d(stage(x), 2)
            pooled.append(x)
        x = self.score(self.context(x))
        for enlarge, score, skip in zip(
            self.enlarge, self.skip_scores, (pooled[3], pooled[2]), strict=False
        ):
            x = enlarge(x) + score(skip)
        return self.enlarge[-1](x)


class SegNet(nn.Module):
    """An encoder and its mirror; goes back up by pooling `indices`, or else bilinearly."""

    def __init__(self, num_classes: int, *, indices: bool) -> None:
        super().__init__()
        self.indices = indices
        self.encoder = stages()
        ends = (WIDTHS[0], *WIDTHS[:4])
        self.decoder = nn.ModuleList(conv(WIDTHS[level], ends[level]) for level in (4, 3, 2, 1, 0))
        self.score = nn.Conv2d(WIDTHS[0], num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) images to (N, K, H, W) logits; H and W are multiples of 32."""
        pools = []
        for stage in self.encoder:
            x = stage(x)
            size = x.shape[-2:]
            x, indices = max_pool_with_indices(x)
            pools.append((indices, size))
        for stage, (indices, size) in zip(self.decoder, reversed(pools), strict=True):
            if self.indices:
                x = max_unpool(x, indices, size)
            else:
                x = functional.interpolate(x, size=size, mode="bilinear")
            x = stage(x)
        return self.score(x)


class UNet(nn.Module):
    """Down four times and back up; with `skips` each map on the way up meets its counterpart."""

    def __init__(self, num_classes: int, *, skips: bool) -> None:
        super().__init__()
        self.skips = skips
        self.down = stages()
        self.enlarge = nn.ModuleList(
            nn.ConvTranspose2d(WIDTHS[level + 1], WIDTHS[level], 2, stride=2)
            for level in (3, 2, 1, 0)
        )
        self.up = nn.ModuleList(
            conv((2 if skips else 1) * WIDTHS[level], WIDTHS[level]) for level in (3, 2, 1, 0)
        )
        self.score = nn.Conv2d(WIDTHS[0], num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) images to (N, K, H, W) logits; H and W are multiples of 16."""
        maps = []
        for stage in self.down[:-1]:
            maps.append(stage(x))
            x = functional.max_pool2d(maps[-1], 2)
        x = self.down[-1](x)
        for enlarge, stage in zip(self.enlarge, self.up, strict=True):
            x = enlarge(x)
            skip = maps.pop()
            x = stage(torch.cat([skip, x], dim=1) if self.skips else x)
        return self.score(x)


class Pyramid(nn.Module):
    """A semantic head on levels at 1/4 to 1/32: one level alone, or all, merged top-down."""

    def __init__(self, num_classes: int, *, levels: tuple[int, ...]) -> None:
        super().__init__()
        self.levels = levels
        self.stages = stages()
        self.context = conv(WIDTHS[4], WIDTHS[4])
        channels = (WIDTHS[1], WIDTHS[2], WIDTHS[3], WIDTHS[4])
        self.lateral = nn.ModuleList(nn.Conv2d(channels[level], 48, 1) for level in levels)
        self.smooth = nn.ModuleList(conv(48, 48) for _level in levels)
        self.score = nn.Conv2d(48, num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) images to (N, K, H, W) logits; H and W are multiples of 32."""
        size = x.shape[-2:]
        maps = []
        for stage in self.stages:
            x = functional.max_pool2d(stage(x), 2)
            maps.append(x)
        maps = [*maps[1:4], self.context(maps[4])]
        quarter = maps[0].shape[-2:]
        top = None
        merged = torch.zeros(())
        for place in reversed(range(len(self.levels))):
            lateral = self.lateral[place](maps[self.levels[place]])
            if top is not None:
                lateral = lateral + functional.interpolate(top, size=lateral.shape[-2:])
            top = lateral
            level = self.smooth[place](top)
            merged = merged + functional.interpolate(level, size=quarter, mode="bilinear")
        return functional.interpolate(self.score(merged), size=size, mode="bilinear")
