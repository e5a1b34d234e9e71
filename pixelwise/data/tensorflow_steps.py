"""The steps between a file and a network's input, for TensorFlow: crop, flip, resize, colour.

A step is a function ``step(image, label, seed)`` that returns ``(image, label)``. Augmenting a
segmentation means changing *pairs*: where the image is cropped, flipped or scaled, its label is as
well, or each pixel would be taught the class of another place. Colours concern the image only.

The seed is a whole number, an int32 tensor, and all that is random in a step follows from it, by
TensorFlow's *stateless* random functions. A step has no memory and touches no global random
numbers, so the same seed does the same to every image, in any thread; see `pixelwise.data.order`.

Images come in two forms. As read, an image is uint8 (H, W, 3), 0 to 255, and its label is uint8
(H, W). `normalize` turns the image into a network's input: float32 (H, W, 3), about 0 on average;
from then on the label is int32. The steps here take both forms, where they do not say otherwise.
Geometry is cheaper before `normalize`, when a pixel has 3 bytes instead of 12, and after a crop,
when there are fewer pixels:

    steps = [random_scale(0.5, 2), random_crop((256, 256)), random_flip(),
             color_jitter(0.3, 0.3, 0.3), normalize(data.facts.mean, data.facts.std)]

A function of your own fits in by `paired` or `on_image`:

    steps = [on_image(normalize_image, mean=data.facts.mean, std=data.facts.std),
             paired(random_crop_pair, size=(96, 96)), paired(random_flip_pair)]

Steps run in a graph, inside ``tf.data.Dataset.map``: the size of an image as read is not known
until then, so it is asked for by ``tf.shape``, and a choice that depends on it, or on the seed, is
a ``tf.cond``. In functions of your own a Python ``if`` will do; AutoGraph translates it.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from pixelwise.data.pipeline_errors import wants_normalized, wants_whole_numbers
from pixelwise.data.sets.facts import IMAGENET_MEAN
from pixelwise.data.sets.reading import VOID

Pair = tuple[tf.Tensor, tf.Tensor]
Step = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], Pair]

# What red, green and blue add to the brightness that people see: ITU-R BT.601, as Pillow has it.
_GRAY = (0.299, 0.587, 0.114)


def apply_steps(
    steps: Sequence[Step], image: tf.Tensor, label: tf.Tensor, seeds: tf.Tensor
) -> Pair:
    """Take an image and its label through all steps.

    Args:
        steps: what to do, in this order.
        image: (H, W, 3) uint8.
        label: (H, W) uint8.
        seeds: (steps,) int32, one for each step.

    Returns:
        The image as the last step leaves it, float32 (H, W, 3) if one of them normalizes; and the
        label, int32 (H, W).
    """
    for position, step in enumerate(steps):
        image, label = step(image, label, seeds[position])
        if image.dtype.is_floating:
            label = tf.cast(label, tf.int32)
    return image, tf.cast(label, tf.int32)


def paired(function: Callable[..., Any], **options: Any) -> Step:
    """A step from a function of an image and its label, such as those of lesson 1.

    Args:
        function: called as ``function(image, label, **options)``, and with ``seed=…`` if it has a
            parameter of that name. It gets a normalized image, float32 (H, W, 3), and an int32
            label, so its place is after `normalize`.
        options: further arguments of the function, such as ``size=(96, 96)``.
    """
    return partial(_paired, function=function, options=options, takes_seed=_takes_seed(function))


def _paired(
    image: tf.Tensor,
    label: tf.Tensor,
    seed: tf.Tensor,
    function: Callable[..., Any],
    options: dict[str, Any],
    takes_seed: bool,
) -> Pair:
    if not image.dtype.is_floating:
        raise wants_normalized(getattr(function, "__name__", repr(function)))
    random = {"seed": seed} if takes_seed else {}
    image, label = function(image, label, **options, **random)
    return image, label


def on_image(function: Callable[..., tf.Tensor], **options: Any) -> Step:
    """A step from a function of the image alone, such as ``normalize_image`` of lesson 1.

    Args:
        function: called as ``function(image, **options)``, and with ``seed=…`` if it has a
            parameter of that name.
        options: further arguments of the function, such as ``mean=data.facts.mean``.
    """
    return partial(_on_image, function=function, options=options, takes_seed=_takes_seed(function))


def _on_image(
    image: tf.Tensor,
    label: tf.Tensor,
    seed: tf.Tensor,
    function: Callable[..., tf.Tensor],
    options: dict[str, Any],
    takes_seed: bool,
) -> Pair:
    random = {"seed": seed} if takes_seed else {}
    return function(image, **options, **random), label


def _takes_seed(function: Callable[..., Any]) -> bool:
    return "seed" in inspect.signature(function).parameters


def normalize(mean: Sequence[float], std: Sequence[float]) -> Step:
    """Turn a uint8 image into a network's input: (image / 255 - mean) / std, float32 (H, W, 3).

    Args:
        mean: of each channel, on the scale from 0 to 1, such as ``data.facts.mean``.
        std: of each channel, likewise.

    Raises:
        DataError: the image has been normalized before (raised by the step).
    """
    # Multiplied by 255 here, once, instead of dividing every pixel by 255.
    center = 255 * np.array(mean, dtype=np.float32)
    scale = 255 * np.array(std, dtype=np.float32)
    return partial(_normalize, center=center, scale=scale)


def _normalize(
    image: tf.Tensor, label: tf.Tensor, seed: tf.Tensor, center: np.ndarray, scale: np.ndarray
) -> Pair:
    if image.dtype.is_floating:
        raise wants_whole_numbers("normalize")
    # TensorFlow works on whole rows, (H, 3 W) against (3 W,), several times faster than on single
    # pixels, (H, W, 3) against (3,).
    size = tf.shape(image)
    width = size[1]
    rows = tf.cast(tf.reshape(image, [-1, 3 * width]), tf.float32)
    rows = (rows - tf.tile(center, [width])) / tf.tile(scale, [width])
    return tf.ensure_shape(tf.reshape(rows, size), image.shape), label


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
    return partial(_color_jitter, strengths=(brightness, contrast, saturation))


def _color_jitter(
    image: tf.Tensor, label: tf.Tensor, seed: tf.Tensor, strengths: tuple[float, float, float]
) -> Pair:
    if image.dtype.is_floating:
        raise wants_whole_numbers("color_jitter")
    draws = tf.random.stateless_uniform([3], [seed, 0], minval=-1.0)
    brightness, contrast, saturation = tf.unstack(1 + tf.constant(strengths) * draws)
    color = tf.cast(tf.reshape(image, [-1, 3]), tf.float32)
    gray = tf.constant(_GRAY)
    # brightness · (contrast · (saturation · color + (1 - saturation) · gray) + shift): all but the
    # shift is a matrix of 3×3 numbers times the colour of a pixel.
    mix = saturation * tf.eye(3) + (1 - saturation) * gray[:, tf.newaxis]
    shift = (1 - contrast) * tf.reduce_mean(tf.linalg.matvec(color, gray))
    color = tf.matmul(color, brightness * contrast * mix) + brightness * shift
    # A cast cuts the decimals off; with 0.5 more it rounds.
    changed = tf.cast(tf.clip_by_value(color + 0.5, 0, 255), tf.uint8)
    return tf.ensure_shape(tf.reshape(changed, tf.shape(image)), image.shape), label


def resize(size: tuple[int, int]) -> Step:
    """Resize to ``size = (height, width)``: the image bilinearly, the label to nearest neighbours.

    Pixel centres are at one half, and an image that shrinks is smoothed first (antialiasing), as
    Pillow does it. A label is never mixed: the mean of classes 1 and 3 is not class 2.
    """
    height, width = size
    return partial(_resize, height=height, width=width)


def _resize(image: tf.Tensor, label: tf.Tensor, seed: tf.Tensor, height: int, width: int) -> Pair:
    image, label = _resized(image, label, height, width)
    return tf.ensure_shape(image, [height, width, 3]), tf.ensure_shape(label, [height, width])


def random_scale(low: float, high: float) -> Step:
    """Resize by a random factor, drawn evenly from [low, high], as `resize` does it."""
    return partial(_random_scale, low=low, high=high)


def _random_scale(
    image: tf.Tensor, label: tf.Tensor, seed: tf.Tensor, low: float, high: float
) -> Pair:
    factor = tf.random.stateless_uniform([], [seed, 0], low, high)
    size = tf.round(factor * tf.cast(tf.shape(label), tf.float32))
    height, width = tf.unstack(tf.maximum(tf.cast(size, tf.int32), 1), num=2)
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
    image: tf.Tensor,
    label: tf.Tensor,
    seed: tf.Tensor,
    height: int,
    width: int,
    mean: Sequence[float],
) -> Pair:
    H, W = tf.unstack(tf.shape(label), num=2)
    # Where the window starts in the image or, if the window is larger, the image in the window.
    top = _below(abs(H - height) + 1, [seed, 0])
    left = _below(abs(W - width) + 1, [seed, 1])
    zero = tf.constant(0)
    start = [tf.where(height < H, top, zero), tf.where(width < W, left, zero)]
    size = [tf.minimum(H, height), tf.minimum(W, width)]
    image = tf.slice(image, [*start, zero], [*size, 3])
    label = tf.slice(label, start, size)
    above, before = tf.where(height > H, top, zero), tf.where(width > W, left, zero)
    image, label = _padded(image, label, above, before, height, width, mean)
    return tf.ensure_shape(image, [height, width, 3]), tf.ensure_shape(label, [height, width])


def _below(limit: tf.Tensor, seed: list[tf.Tensor | int]) -> tf.Tensor:
    """A whole number from 0 to limit - 1, int32."""
    return tf.random.stateless_uniform([], seed, maxval=limit, dtype=tf.int32)


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
    image: tf.Tensor, label: tf.Tensor, seed: tf.Tensor, of: int, mean: Sequence[float]
) -> Pair:
    height, width = tf.unstack(-(-tf.shape(label) // of) * of, num=2)
    return _padded(image, label, 0, 0, height, width, mean)


def random_flip() -> Step:
    """Mirror image and label left to right, for half of the seeds."""
    return _random_flip


def _random_flip(image: tf.Tensor, label: tf.Tensor, seed: tf.Tensor) -> Pair:
    image, label = tf.cond(
        tf.random.stateless_uniform([], [seed, 0]) < 0.5,
        lambda: (tf.reverse(image, [1]), tf.reverse(label, [1])),
        lambda: (image, label),
    )
    return image, label


def _resized(
    image: tf.Tensor, label: tf.Tensor, height: int | tf.Tensor, width: int | tf.Tensor
) -> Pair:
    H, W = tf.unstack(tf.shape(label), num=2)
    # Where nothing shrinks, antialiasing changes nothing but the time.
    resized = tf.cond(
        (height < H) | (width < W),
        lambda: tf.image.resize(image, [height, width], antialias=True),
        lambda: tf.image.resize(image, [height, width]),
    )
    if not image.dtype.is_floating:
        resized = tf.cast(tf.round(resized), image.dtype)
    label = tf.gather(label, _nearest(H, height), axis=0)
    return resized, tf.gather(label, _nearest(W, width), axis=1)


def _nearest(length: tf.Tensor, wanted: int | tf.Tensor) -> tf.Tensor:
    """(wanted,) int32: for each pixel of the result the nearest of `length` pixels.

    Pixel i of the result has its centre at (i + 1/2) · length / wanted. In whole numbers, so that
    it is exact.
    """
    return (2 * tf.range(wanted) + 1) * length // (2 * wanted)


def _padded(
    image: tf.Tensor,
    label: tf.Tensor,
    top: int | tf.Tensor,
    left: int | tf.Tensor,
    height: int | tf.Tensor,
    width: int | tf.Tensor,
    mean: Sequence[float],
) -> Pair:
    """Image and label at (top, left) of a canvas of (height, width)."""
    H, W = tf.unstack(tf.shape(label), num=2)
    below, after = height - H - top, width - W - left
    color = [0.0] * 3 if image.dtype.is_floating else [round(255 * value) for value in mean]
    color = tf.constant(color, image.dtype)

    def block(rows: int | tf.Tensor, columns: int | tf.Tensor) -> tf.Tensor:
        return tf.reshape(tf.tile(color, [rows * columns]), [rows, columns, 3])

    def pad() -> Pair:
        # Four blocks around the image: several times faster than choosing for each pixel.
        middle = tf.concat([block(H, left), image, block(H, after)], axis=1)
        framed = tf.concat([block(top, width), middle, block(below, width)], axis=0)
        around = [[top, below], [left, after]]
        return framed, tf.pad(label, around, constant_values=VOID)

    fits = (height == H) & (width == W)
    image, label = tf.cond(fits, lambda: (image, label), pad)
    return image, label
