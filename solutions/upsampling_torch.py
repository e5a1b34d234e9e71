"""Reference answers of lesson 3, PyTorch: back to full resolution."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def bilinear_kernel(in_channels: int, out_channels: int, kernel_size: int) -> Tensor:
    """Weights with which a transposed convolution interpolates bilinearly.

    The initial weights of the upsampling layers in Long et al. 2015, "Fully Convolutional
    Networks for Semantic Segmentation".

    Args:
        in_channels: number of input channels
        out_channels: number of output channels
        kernel_size: `2 * factor - factor % 2` for a whole upsampling factor.

    Returns:
        (in_channels, out_channels, kernel_size, kernel_size) float32. Channel i goes to
        channel i only: every other pair of channels has weights of zero.
    """
    factor = (kernel_size + 1) // 2
    center = (kernel_size - 1) / 2
    distance = (torch.arange(kernel_size) - center).abs()
    triangle = 1 - distance / factor

    weight = torch.zeros(in_channels, out_channels, kernel_size, kernel_size)
    for channel in range(min(in_channels, out_channels)):
        weight[channel, channel] = torch.outer(triangle, triangle)
    return weight


def bilinear_upsampling(channels: int, factor: int) -> nn.ConvTranspose2d:
    """A transposed convolution that starts as bilinear interpolation and can be trained.

    Args:
        channels: number of channels of the input and of the output
        factor: how many times as large the output is, a whole number from 1 up

    Returns:
        A layer without bias that maps (N, channels, H, W) to
        (N, channels, factor * H, factor * W).
    """
    kernel_size = 2 * factor - factor % 2
    layer = nn.ConvTranspose2d(
        channels,
        channels,
        kernel_size,
        stride=factor,
        padding=(kernel_size - factor) // 2,
        bias=False,
    )
    with torch.no_grad():
        layer.weight.copy_(bilinear_kernel(channels, channels, kernel_size))
    return layer


def max_pool_with_indices(x: Tensor) -> tuple[Tensor, Tensor]:
    """The largest value of every 2x2 cell, and where it stood.

    Args:
        x: (N, C, H, W) feature maps.

    Returns:
        `(pooled, indices)`: the maxima, (N, C, H // 2, W // 2), and for each of them its
        place, int64. An odd last row or column is dropped.
    """
    return F.max_pool2d(x, kernel_size=2, stride=2, return_indices=True)


def max_unpool(pooled: Tensor, indices: Tensor, size: tuple[int, int]) -> Tensor:
    """Every maximum back at the place it came from, zero everywhere else.

    The decoder of SegNet (Badrinarayanan et al. 2017) enlarges its maps in this way; the idea
    is from Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks".

    Args:
        pooled: (N, C, h, w) values, one for each index.
        indices: the places that `max_pool_with_indices` returned
        size: `(H, W)` of the maps before pooling, odd sizes included.

    Returns:
        (N, C, H, W), of the dtype of `pooled`.
    """
    N, C = pooled.shape[:2]
    H, W = size
    # Within a channel, the index of row y and column x is y * W + x.
    flat = pooled.new_zeros(N, C, H * W)
    flat = flat.scatter(2, indices.flatten(start_dim=2), pooled.flatten(start_dim=2))
    return flat.reshape(N, C, H, W)


def center_crop(x: Tensor, size: tuple[int, int]) -> Tensor:
    """The central window of every image in a batch.

    Args:
        x: (N, C, H, W).
        size: `(h, w)` of the window, at most `(H, W)`.

    Returns:
        (N, C, h, w). Where the window cannot lie exactly in the middle, it lies half a pixel
        further up or left.
    """
    H, W = x.shape[-2:]
    h, w = size
    top, left = (H - h) // 2, (W - w) // 2
    return x[..., top : top + h, left : left + w]
