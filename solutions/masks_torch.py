"""Reference answers of lesson 1, PyTorch: from coloured masks to tensors."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def color_to_label(
    mask: np.ndarray | Tensor, palette: np.ndarray | Tensor, ignore_index: int = 255
) -> Tensor:
    """Turn a coloured mask into a label map.

    Args:
        mask: (H, W, 3) uint8, one RGB colour a pixel.
        palette: (K, 3) uint8, row k is the RGB colour of class k.
        ignore_index: the label of a colour that is not in the palette.

    Returns:
        (H, W) int64 labels.
    """
    mask, palette = torch.as_tensor(mask), torch.as_tensor(palette)
    label = torch.full(mask.shape[:2], ignore_index, dtype=torch.int64)
    for k, color in enumerate(palette):
        # A pixel is of class k only if all three of its values agree.
        label[(mask == color).all(dim=-1)] = k
    return label


def label_to_color(
    label: np.ndarray | Tensor,
    palette: np.ndarray | Tensor,
    ignore_color: Sequence[int] = (255, 255, 255),
) -> Tensor:
    """Paint a label map with the colours of its classes.

    Args:
        label: (H, W) integers.
        palette: (K, 3) uint8, row k is the RGB colour of class k.
        ignore_color: the RGB colour of a label outside [0, K).

    Returns:
        (H, W, 3) uint8 mask.
    """
    # int64, because PyTorch takes a uint8 index for a mask of booleans.
    label = torch.as_tensor(label).to(torch.int64)
    palette = torch.as_tensor(palette)
    # One more row, for everything that is no class.
    table = torch.cat([palette, torch.tensor([ignore_color], dtype=torch.uint8)])
    known = (label >= 0) & (label < len(palette))
    return table[torch.where(known, label, len(palette))]


def one_hot(label: np.ndarray | Tensor, num_classes: int) -> Tensor:
    """Turn labels into one map of zeros and ones a class.

    Args:
        label: (H, W) or (N, H, W) integers.
        num_classes: the number of classes, K.

    Returns:
        (K, H, W) or (N, K, H, W) float32. A label outside [0, K) gives zeros for every class.
    """
    label = torch.as_tensor(label)
    classes = torch.arange(num_classes, device=label.device).reshape(-1, 1, 1)  # (K, 1, 1)
    # (..., 1, H, W) against (K, 1, 1) gives (..., K, H, W).
    return (label.unsqueeze(-3) == classes).to(torch.float32)


def road_one_hot(mask: np.ndarray | Tensor) -> Tensor:
    """Turn a ground truth of KITTI Road into one-hot maps of [not road, road].

    Args:
        mask: (H, W, 3) uint8, RGB.

    Returns:
        (2, H, W) float32. A pixel that is not evaluated is zero in both maps.
    """
    red, _, blue = torch.as_tensor(mask).unbind(dim=-1)
    evaluated = red > 0
    road = blue > 0
    return torch.stack([evaluated & ~road, evaluated & road]).to(torch.float32)


def normalize_image(
    image: np.ndarray | Tensor, mean: Sequence[float], std: Sequence[float]
) -> Tensor:
    """Turn an RGB image into a network's input.

    Args:
        image: (H, W, 3) uint8.
        mean: one number a channel, on the scale from 0 to 1.
        std: one number a channel, on the scale from 0 to 1.

    Returns:
        (3, H, W) float32: (image / 255 - mean) / std.
    """
    scaled = torch.as_tensor(image).permute(2, 0, 1).to(torch.float32) / 255
    # (3,) would be matched with the width; (3, 1, 1) is matched with the channels.
    center = torch.as_tensor(mean, dtype=torch.float32).reshape(-1, 1, 1)
    scale = torch.as_tensor(std, dtype=torch.float32).reshape(-1, 1, 1)
    return (scaled - center) / scale


def random_crop_pair(
    image: Tensor, label: Tensor, size: tuple[int, int], seed: int
) -> tuple[Tensor, Tensor]:
    """Cut the same random window out of an image and its label map.

    Args:
        image: (C, H, W) float32.
        label: (H, W) int64.
        size: (h, w) of the window.
        seed: the same seed gives the same window.

    Returns:
        (C, h, w) image and (h, w) label.

    Raises:
        ValueError: the image is smaller than the window.
    """
    h, w = size
    H, W = label.shape
    if h > H or w > W:
        raise ValueError(f"the window of {h}×{w} does not fit into an image of {H}×{W}")
    # A generator of our own leaves the global random numbers as they are.
    generator = torch.Generator().manual_seed(seed)
    # The upper end is left out, so + 1 makes the last position possible.
    top = int(torch.randint(H - h + 1, (), generator=generator))
    left = int(torch.randint(W - w + 1, (), generator=generator))
    rows, columns = slice(top, top + h), slice(left, left + w)
    return image[:, rows, columns], label[rows, columns]


def random_flip_pair(image: Tensor, label: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Mirror an image and its label map left to right, or leave both as they are.

    Args:
        image: (C, H, W) float32.
        label: (H, W) int64.
        seed: the same seed makes the same choice; about half of all seeds mirror.

    Returns:
        Image and label, in the shapes they came in.
    """
    generator = torch.Generator().manual_seed(seed)
    if torch.rand((), generator=generator) < 0.5:
        image, label = image.flip(-1), label.flip(-1)
    return image, label


def resize_pair(image: Tensor, label: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Resize an image and its label map.

    Args:
        image: (C, H, W) float32.
        label: (H, W) int64.
        size: (h, w) of the results.

    Returns:
        (C, h, w) float32 image, interpolated bilinearly with half-pixel centres, and (h, w) int64
        label that holds no value which was not in the label before.
    """
    # F.interpolate wants a batch axis, and for the label a channel axis and floats as well.
    image = F.interpolate(image[None], size=size, mode="bilinear", align_corners=False)[0]
    nearest = F.interpolate(label[None, None].to(torch.float32), size=size, mode="nearest-exact")
    return image, nearest[0, 0].to(label.dtype)
