"""The steps between a file and a network's input, for PyTorch: crop, flip, resize, colour.

A step is a function ``step(image, label, seed)`` that returns ``(image, label)``. Augmenting a
segmentation means changing *pairs*: where the image is cropped, flipped or scaled, its label is as
well, or each pixel would be taught the class of another place. Colours concern the image only.

The seed is a whole number, and all that is random in a step follows from it. A step has no memory
and touches no global random numbers, so the same seed does the same to every image, in any worker
process; see `pixelwise.data.order`.

Images come in two forms. As read, an image is uint8 (H, W, 3), 0 to 255, and its label is uint8
(H, W). `normalize` turns the image into a network's input: float32 (3, H, W), about 0 on average;
from then on the label is int64, as PyTorch's losses want it. The steps here take both forms, where
they do not say otherwise. Geometry is cheaper before `normalize`, when a pixel has 3 bytes instead
of 12, and after a crop, when there are fewer pixels:

    steps = [random_scale(0.5, 2), random_crop((256, 256)), random_flip(),
             color_jitter(0.3, 0.3, 0.3), normalize(data.facts.mean, data.facts.std)]

A function of your own fits in by `paired` or `on_image`:

    steps = [on_image(normalize_image, mean=data.facts.mean, std=data.facts.std),
             paired(random_crop_pair, size=(96, 96)), paired(random_flip_pair)]

The input is never changed in place; the result may share memory with it.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from pixelwise.data.pipeline_errors import wants_normalized, wants_whole_numbers
from pixelwise.data.sets.facts import IMAGENET_MEAN
from pixelwise.data.sets.reading import VOID

Step = Callable[[Tensor, Tensor, int], tuple[Tensor, Tensor]]

# What red, green and blue add to the brightness that people see: ITU-R BT.601, as Pillow has it.
_GRAY = (0.299, 0.587, 0.114)


def apply_steps(
    steps: Sequence[Step], image: np.ndarray, label: np.ndarray, seeds: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """Take an image and its label through all steps.

    Args:
        steps: what to do, in this order.
        image: (H, W, 3) uint8.
        label: (H, W) uint8.
        seeds: one for each step.

    Returns:
        The image as the last step leaves it, float32 (3, H, W) if one of them normalizes; and the
        label, int64 (H, W).
    """
    x, y = torch.as_tensor(image), torch.as_tensor(label)
    for step, seed in zip(steps, seeds, strict=True):
        x, y = step(x, y, seed)
        if x.is_floating_point():
            y = y.to(torch.int64)
    return x, y.to(torch.int64)


def paired(function: Callable[..., Any], **options: Any) -> Step:
    """A step from a function of an image and its label, such as those of lesson 1.

    Args:
        function: called as ``function(image, label, **options)``, and with ``seed=…`` if it has a
            parameter of that name. It gets a normalized image, float32 (3, H, W), and an int64
            label, so its place is after `normalize`.
        options: further arguments of the function, such as ``size=(96, 96)``.
    """
    return partial(_paired, function=function, options=options, takes_seed=_takes_seed(function))


def _paired(
    image: Tensor,
    label: Tensor,
    seed: int,
    function: Callable[..., Any],
    options: dict[str, Any],
    takes_seed: bool,
) -> tuple[Tensor, Tensor]:
    if not image.is_floating_point():
        raise wants_normalized(getattr(function, "__name__", repr(function)))
    random = {"seed": seed} if takes_seed else {}
    image, label = function(image, label, **options, **random)
    return image, label


def on_image(function: Callable[..., Tensor], **options: Any) -> Step:
    """A step from a function of the image alone, such as ``normalize_image`` of lesson 1.

    Args:
        function: called as ``function(image, **options)``, and with ``seed=…`` if it has a
            parameter of that name.
        options: further arguments of the function, such as ``mean=data.facts.mean``.
    """
    return partial(_on_image, function=function, options=options, takes_seed=_takes_seed(function))


def _on_image(
    image: Tensor,
    label: Tensor,
    seed: int,
    function: Callable[..., Tensor],
    options: dict[str, Any],
    takes_seed: bool,
) -> tuple[Tensor, Tensor]:
    random = {"seed": seed} if takes_seed else {}
    return function(image, **options, **random), label


def _takes_seed(function: Callable[..., Any]) -> bool:
    return "seed" in inspect.signature(function).parameters


def normalize(mean: Sequence[float], std: Sequence[float]) -> Step:
    """Turn a uint8 image into a network's input: (image / 255 - mean) / std, float32 (3, H, W).

    Args:
        mean: of each channel, on the scale from 0 to 1, such as ``data.facts.mean``.
        std: of each channel, likewise.

    Raises:
        DataError: the image has been normalized before (raised by the step).
    """
    # Multiplied by 255 here, once, instead of dividing every pixel by 255.
    center = 255 * torch.tensor(mean, dtype=torch.float32).reshape(3, 1, 1)
    scale = 255 * torch.tensor(std, dtype=torch.float32).reshape(3, 1, 1)
    return partial(_normalize, center=center, scale=scale)


def _normalize(
    image: Tensor, label: Tensor, seed: int, center: Tensor, scale: Tensor
) -> tuple[Tensor, Tensor]:
    if image.is_floating_point():
        raise wants_whole_numbers("normalize")
    # The channels are brought to the front as bytes, which is less to move than floats.
    planes = image.permute(2, 0, 1).contiguous().to(torch.float32)
    return planes.sub_(center).div_(scale), label


def color_jitter(brightness: float = 0.0, contrast: float = 0.0, saturation: float = 0.0) -> Step:
    """Change the colours of a uint8 image a little, as another camera or another hour would.

    Three factors are drawn, each evenly from [1 - strength, 1 + strength]. Saturation moves each
    pixel between its grey and its colour, contrast each pixel between the image's mean grey and
    itself, brightness multiplies. Only the result is rounded and cut off at 0 and 255. The label
    stays as it is.

    Args:
        brightness: the strength, 0 to 1; 0 leaves the brightness alone.
        contrast: likewise.
        saturation: likewise.

    Raises:
        DataError: the image is normalized already (raised by the step).
    """
    return partial(_color_jitter, strengths=torch.tensor([brightness, contrast, saturation]))


def _color_jitter(
    image: Tensor, label: Tensor, seed: int, strengths: Tensor
) -> tuple[Tensor, Tensor]:
    if image.is_floating_point():
        raise wants_whole_numbers("color_jitter")
    draws = torch.rand(3, generator=_generator(seed))
    brightness, contrast, saturation = (1 + strengths * (2 * draws - 1)).tolist()
    # Channel by channel: arithmetic on whole planes is several times faster than on pixels.
    color = image.permute(2, 0, 1).contiguous().to(torch.float32)
    gray = _GRAY[0] * color[0] + _GRAY[1] * color[1] + _GRAY[2] * color[2]
    shift = (1 - contrast) * gray.mean()
    # brightness · (contrast · (saturation · color + (1 - saturation) · gray) + shift)
    color.mul_(brightness * contrast * saturation)
    color.add_(brightness * (contrast * (1 - saturation) * gray + shift))
    # A cast cuts the decimals off; with 0.5 more it rounds.
    return color.add_(0.5).clamp_(0, 255).to(torch.uint8).permute(1, 2, 0), label


def resize(size: tuple[int, int]) -> Step:
    """Resize to ``size = (height, width)``: the image bilinearly, the label to nearest neighbours.

    Pixel centres are at one half, and an image that shrinks is smoothed first (antialiasing), as
    Pillow does it. A label is never mixed: the mean of classes 1 and 3 is not class 2.
    """
    height, width = size
    return partial(_resize, height=height, width=width)


def _resize(
    image: Tensor, label: Tensor, seed: int, height: int, width: int
) -> tuple[Tensor, Tensor]:
    return _resized(image, label, height, width)


def random_scale(low: float, high: float) -> Step:
    """Resize by a random factor, drawn evenly from [low, high], as `resize` does it."""
    return partial(_random_scale, low=low, high=high)


def _random_scale(
    image: Tensor, label: Tensor, seed: int, low: float, high: float
) -> tuple[Tensor, Tensor]:
    factor = low + (high - low) * float(torch.rand((), generator=_generator(seed)))
    height, width = (max(1, round(factor * length)) for length in label.shape)
    return _resized(image, label, height, width)


def random_crop(size: tuple[int, int], mean: Sequence[float] = IMAGENET_MEAN) -> Step:
    """Cut out a random window of ``size = (height, width)``; every window is equally likely.

    Where the image is smaller than the window, it lies in a random place in it, surrounded by
    void (255) in the label and by the mean colour in the image.

    Args:
        size: of the window, in pixels.
        mean: the colour around a uint8 image, RGB from 0 to 1, such as ``data.facts.mean``. A
            normalized image is surrounded by 0, which is its mean.
    """
    height, width = size
    return partial(_random_crop, height=height, width=width, mean=tuple(mean))


def _random_crop(
    image: Tensor, label: Tensor, seed: int, height: int, width: int, mean: Sequence[float]
) -> tuple[Tensor, Tensor]:
    H, W = label.shape
    generator = _generator(seed)
    # Where the window starts in the image or, if the window is larger, the image in the window.
    top = int(torch.randint(abs(H - height) + 1, (), generator=generator))
    left = int(torch.randint(abs(W - width) + 1, (), generator=generator))
    rows = slice(top, top + height) if height < H else slice(None)
    columns = slice(left, left + width) if width < W else slice(None)
    image = _like(image, _planes(image)[:, rows, columns])
    label = label[rows, columns]
    above, before = (top if height > H else 0), (left if width > W else 0)
    return _padded(image, label, above, before, height, width, mean)


def pad_to_multiple(of: int, mean: Sequence[float] = IMAGENET_MEAN) -> Step:
    """Pad at the bottom and at the right until height and width are multiples of `of`.

    For evaluation, with networks that halve the size several times: nothing is cut off, and as the
    padding is void (255) in the label, it does not count.

    Args:
        of: such as 32 for a network that goes down to 1/32 of the size.
        mean: the colour of the padding of a uint8 image, RGB from 0 to 1; a normalized image is
            padded with 0.
    """
    return partial(_pad_to_multiple, of=of, mean=tuple(mean))


def _pad_to_multiple(
    image: Tensor, label: Tensor, seed: int, of: int, mean: Sequence[float]
) -> tuple[Tensor, Tensor]:
    height, width = (-(-length // of) * of for length in label.shape)
    return _padded(image, label, 0, 0, height, width, mean)


def random_flip() -> Step:
    """Mirror image and label left to right, for half of the seeds."""
    return _random_flip


def _random_flip(image: Tensor, label: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    if torch.rand((), generator=_generator(seed)) < 0.5:
        return _like(image, _planes(image).flip(-1)), label.flip(-1)
    return image, label


def _generator(seed: int) -> torch.Generator:
    """Random numbers that follow from the seed alone; the global ones are left as they are."""
    return torch.Generator().manual_seed(seed)


def _planes(image: Tensor) -> Tensor:
    """An image of either form as (3, H, W), without a copy."""
    return image if image.is_floating_point() else image.permute(2, 0, 1)


def _like(image: Tensor, planes: Tensor) -> Tensor:
    """A (3, H, W) result in the form of the image that it was made of."""
    return planes if image.is_floating_point() else planes.permute(1, 2, 0)


def _resized(image: Tensor, label: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    planes = F.interpolate(
        _planes(image)[None], size=(height, width), mode="bilinear", antialias=True
    )[0]
    rows = _nearest(label.shape[0], height)
    columns = _nearest(label.shape[1], width)
    return _like(image, planes), label[rows][:, columns]


def _nearest(length: int, wanted: int) -> Tensor:
    """(wanted,) int64: for each pixel of the result the nearest of `length` pixels.

    Pixel i of the result has its centre at (i + 1/2) · length / wanted. In whole numbers, so that
    it is exact.
    """
    return (2 * torch.arange(wanted) + 1) * length // (2 * wanted)


def _padded(
    image: Tensor,
    label: Tensor,
    top: int,
    left: int,
    height: int,
    width: int,
    mean: Sequence[float],
) -> tuple[Tensor, Tensor]:
    """Image and label at (top, left) of a canvas of (height, width)."""
    H, W = label.shape
    if (height, width) == (H, W):
        return image, label
    rows, columns = slice(top, top + H), slice(left, left + W)
    color = [0.0] * 3 if image.is_floating_point() else [round(255 * value) for value in mean]
    planes = image.new_tensor(color).reshape(3, 1, 1).repeat(1, height, width)
    planes[:, rows, columns] = _planes(image)
    padded_label = label.new_full((height, width), VOID)
    padded_label[rows, columns] = label
    return _like(image, planes), padded_label
