"""Reference answers of lesson 6, TensorFlow: from autoencoder to SegNet."""

import keras
import tensorflow as tf
from keras import layers

from .upsampling_tensorflow import max_pool_with_indices, max_unpool


def _halve(channels: int, activation: str | None = "relu") -> layers.Conv2D:
    """A convolution that halves the size."""
    return layers.Conv2D(channels, 4, strides=2, padding="same", activation=activation)


def _double(channels: int, activation: str | None = "relu") -> layers.Conv2DTranspose:
    """A transposed convolution that doubles the size."""
    return layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation=activation)


def Autoencoder(channels: int = 3, width: int = 16) -> keras.Model:  # noqa: N802
    """An autoencoder: it squeezes an image into a code and rebuilds the image from it.

    Its parts are named `encoder` and `decoder`; the output is `decoder(encoder(x))`. The idea is
    from Hinton and Salakhutdinov (2006), https://doi.org/10.1126/science.1127647.

    Args:
        channels: of the image.
        width: channels of the first stage. With the default the code holds one sixth of an RGB
            image's numbers.

    Returns:
        A model that rebuilds (N, H, W, channels) images, H and W multiples of 16.
    """
    encoder = keras.Sequential(
        [
            keras.Input((None, None, channels)),  # (N, H, W, channels)
            _halve(width),  # (N, H/2, W/2, width)
            _halve(2 * width),  # (N, H/4, W/4, 2·width)
            _halve(4 * width),  # (N, H/8, W/8, 4·width)
            _halve(8 * width, activation=None),  # the code, (N, H/16, W/16, 8·width)
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((None, None, 8 * width)),
            layers.ReLU(),
            _double(4 * width),  # (N, H/8, W/8, 4·width)
            _double(2 * width),  # (N, H/4, W/4, 2·width)
            _double(width),  # (N, H/2, W/2, width)
            # No ReLU: a normalised image has values of either sign.
            _double(channels, activation=None),  # (N, H, W, channels)
        ],
        name="decoder",
    )
    image = keras.Input((None, None, channels))
    return keras.Model(image, decoder(encoder(image)), name="autoencoder")


def _conv_norm_relu(channels: int) -> list[layers.Layer]:
    """3×3 convolution, batch norm, ReLU."""
    return [
        # No bias: batch norm would subtract it again, and has a shift of its own.
        layers.Conv2D(channels, 3, padding="same", use_bias=False),
        # PyTorch's settings. By Keras's (0.99, 0.001) the moving statistics need hundreds of
        # steps before they are of use.
        layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
        layers.ReLU(),
    ]


class EncoderStage(layers.Layer):
    """What `encoder_stage` returns."""

    def __init__(self, out_channels: int, num_convs: int) -> None:
        super().__init__()
        # XLA, with which Keras compiles where it finds a GPU, cannot pool with indices.
        self.supports_jit = False
        convs = [_conv_norm_relu(out_channels) for _ in range(num_convs)]
        self.convs = keras.Sequential([layer for conv in convs for layer in conv])

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the weights for maps of (N, H, W, C)."""
        self.convs.build(shape)

    def call(self, x: tf.Tensor, training: bool | None = None) -> tuple[tf.Tensor, tf.Tensor]:
        """Convolve (N, H, W, C) maps, then pool them."""
        x = self.convs(x, training=training)  # (N, H, W, out_channels)
        return max_pool_with_indices(x)  # each (N, H/2, W/2, out_channels)


def encoder_stage(out_channels: int, num_convs: int) -> layers.Layer:
    """A stage of SegNet's encoder: convolutions, then pooling that remembers its places.

    Args:
        out_channels: of every convolution's output.
        num_convs: how many times 3×3 convolution, batch norm and ReLU follow each other.

    Returns:
        A layer that maps (N, H, W, C) to `(pooled, indices)`, the results of
        `max_pool_with_indices`, each (N, H/2, W/2, out_channels).
    """
    return EncoderStage(out_channels, num_convs)


class DecoderStage(layers.Layer):
    """What `decoder_stage` returns."""

    def __init__(self, out_channels: int, num_convs: int) -> None:
        super().__init__()
        self.out_channels = out_channels
        self.num_convs = num_convs

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the weights for maps of (N, H, W, C)."""
        # The mirror image of an encoder's stage: only the last convolution changes the channels.
        channels = [shape[-1]] * (self.num_convs - 1) + [self.out_channels]
        convs = [_conv_norm_relu(c) for c in channels]
        self.convs = keras.Sequential([layer for conv in convs for layer in conv])
        self.convs.build(shape)

    def call(
        self,
        x: tf.Tensor,
        indices: tf.Tensor,
        size: tuple[int, int],
        training: bool | None = None,
    ) -> tf.Tensor:
        """Unpool (N, h, w, C) maps to the size (H, W), then convolve them."""
        x = max_unpool(x, indices, size)  # (N, H, W, C), zero except where maxima stood
        return self.convs(x, training=training)  # (N, H, W, out_channels)


def decoder_stage(out_channels: int, num_convs: int) -> layers.Layer:
    """A stage of SegNet's decoder: unpooling, then convolutions that fill the gaps.

    Args:
        out_channels: of the last convolution's output.
        num_convs: how many times 3×3 convolution, batch norm and ReLU follow each other.

    Returns:
        A layer that is called as `stage(x, indices, size=size)` and maps (N, h, w, C) to
        (N, H, W, out_channels), where `size` is `(H, W)`.
    """
    return DecoderStage(out_channels, num_convs)


class SegNet(keras.Model):
    """SegNet: VGG16's convolutions, and their mirror image with unpooling by stored indices.

    Badrinarayanan, Kendall and Cipolla (2017), https://arxiv.org/abs/1511.00561, figure 2.

    Args:
        num_classes: the number of classes, K.
        width: channels of the first stage; 64 is the published network.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        self.encoder = [
            encoder_stage(width, num_convs=2),
            encoder_stage(2 * width, num_convs=2),
            encoder_stage(4 * width, num_convs=3),
            encoder_stage(8 * width, num_convs=3),
            encoder_stage(8 * width, num_convs=3),
        ]
        self.decoder = [
            decoder_stage(8 * width, num_convs=3),
            decoder_stage(4 * width, num_convs=3),
            decoder_stage(2 * width, num_convs=3),
            decoder_stage(width, num_convs=2),
            decoder_stage(width, num_convs=1),
        ]
        # The mirror image of the very first convolution: scores, so no batch norm and no ReLU.
        self.score = layers.Conv2D(num_classes, 3, padding="same", name="score")

    def call(self, x: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Turn (N, H, W, 3) images, H and W multiples of 32, into (N, H, W, K) logits."""
        # Down: each stage halves the map, and leaves behind where its maxima stood.
        places = []
        for stage in self.encoder:
            _, H, W, _ = keras.ops.shape(x)
            x, indices = stage(x, training=training)
            places.append((indices, (H, W)))  # (N, H/2, W/2, C) of an (H, W) map

        # Up, in reverse: each maximum returns to where it stood.
        for stage in self.decoder:
            indices, size = places.pop()
            x = stage(x, indices, size=size, training=training)
        return self.score(x)  # (N, H, W, K)
