"""Tiny networks, each with a switch for the one thing that its claim is about: TensorFlow."""

import keras
from keras import KerasTensor, layers

from solutions.upsampling_tensorflow import bilinear_upsampling, max_pool_with_indices, max_unpool

WIDTHS = (12, 24, 32, 48, 64)
"""Channels of the five stages, at 1/1, 1/2, 1/4, 1/8 and 1/16 of the image before pooling."""


def conv(x: KerasTensor, out_channels: int) -> KerasTensor:
    """3×3 convolution, batch norm, ReLU."""
    x = layers.Conv2D(out_channels, 3, padding="same", use_bias=False)(x)
    # As PyTorch's batch norm: statistics that follow the last ten batches, epsilon 1e-5.
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return layers.ReLU()(x)


def enlarge(x: KerasTensor, factor: int) -> KerasTensor:
    """Bilinear enlargement without weights."""
    return layers.UpSampling2D(factor, interpolation="bilinear")(x) if factor > 1 else x


def FCN(num_classes: int, *, skips: bool) -> keras.Model:  # noqa: N802 - a network
    """Scores at 1/32, and with `skips` at 1/16 and 1/8 too, added up on the way back."""
    x = image = keras.Input((None, None, 3))
    pooled = []
    for width in WIDTHS:
        x = layers.MaxPooling2D()(conv(x, width))
        pooled.append(x)
    x = layers.Conv2D(num_classes, 1)(conv(x, WIDTHS[4]))
    if not skips:
        return keras.Model(image, bilinear_upsampling(num_classes, 32)(x))
    for skip in (pooled[3], pooled[2]):
        x = bilinear_upsampling(num_classes, 2)(x)
        x = layers.add([x, layers.Conv2D(num_classes, 1)(skip)])
    return keras.Model(image, bilinear_upsampling(num_classes, 8)(x))


class Pool(layers.Layer):
    """Max pooling that tells where the maxima stood."""

    def call(self, x: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
        """(N, H, W, C) maps to pooled maps and indices."""
        return max_pool_with_indices(x)


class Unpool(layers.Layer):
    """Each value back at its place."""

    def call(self, x: KerasTensor, indices: KerasTensor, like: KerasTensor) -> KerasTensor:
        """Maps of the size of `like`."""
        _, height, width, _ = keras.ops.shape(like)
        unpooled = max_unpool(x, indices, (height, width))
        return keras.ops.reshape(unpooled, keras.ops.shape(like))


def SegNet(num_classes: int, *, indices: bool) -> keras.Model:  # noqa: N802 - a network
    """An encoder and its mirror; goes back up by pooling `indices`, or else bilinearly."""
    x = image = keras.Input((None, None, 3))
    pools = []
    for width in WIDTHS:
        before = conv(x, width)
        x, places = Pool()(before)
        pools.append((before, places))
    for width, (before, places) in zip((*WIDTHS[3::-1], WIDTHS[0]), reversed(pools), strict=True):
        x = Unpool()(x, places, before) if indices else enlarge(x, 2)
        x = conv(x, width)
    return keras.Model(image, layers.Conv2D(num_classes, 1)(x))


def UNet(num_classes: int, *, skips: bool) -> keras.Model:  # noqa: N802 - a network
    """Down four times and back up; with `skips` each map on the way up meets its counterpart."""
    x = image = keras.Input((None, None, 3))
    maps = []
    for width in WIDTHS[:-1]:
        maps.append(conv(x, width))
        x = layers.MaxPooling2D()(maps[-1])
    x = conv(x, WIDTHS[-1])
    for width in WIDTHS[3::-1]:
        x = layers.Conv2DTranspose(width, 2, strides=2)(x)
        skip = maps.pop()
        x = conv(layers.concatenate([skip, x]) if skips else x, width)
    return keras.Model(image, layers.Conv2D(num_classes, 1)(x))


def Pyramid(num_classes: int, *, levels: tuple[int, ...]) -> keras.Model:  # noqa: N802 - a network
    """A semantic head on levels at 1/4 to 1/32: one level alone, or all, merged top-down."""
    x = image = keras.Input((None, None, 3))
    maps = []
    for width in WIDTHS:
        x = layers.MaxPooling2D()(conv(x, width))
        maps.append(x)
    maps = [*maps[1:4], conv(maps[4], WIDTHS[4])]
    top = None
    merged = []
    for level in reversed(levels):
        lateral = layers.Conv2D(48, 1)(maps[level])
        if top is not None:
            lateral = layers.add([lateral, layers.UpSampling2D()(top)])
        top = lateral
        merged.append(enlarge(conv(top, 48), 2**level))
    scores = layers.Conv2D(num_classes, 1)(layers.add(merged) if len(merged) > 1 else merged[0])
    return keras.Model(image, enlarge(scores, 4))
