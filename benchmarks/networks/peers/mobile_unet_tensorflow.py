"""U-Net over a frozen MobileNetV2, as TensorFlow's tutorial on segmentation has it.

https://www.tensorflow.org/tutorials/images/segmentation
"""

import keras
from keras import layers

MAPS = (
    "block_1_expand_relu",  # 1/2
    "block_3_expand_relu",  # 1/4
    "block_6_expand_relu",  # 1/8
    "block_13_expand_relu",  # 1/16
    "block_16_project",  # 1/32
)
"""The tutorial's layers of MobileNetV2."""


def tutorial_unet(num_classes: int, width: int = 64) -> keras.Model:
    """The tutorial's network for images of any size whose sides are multiples of 32.

    Two things are as in this course: the last kernel, 4×4 where the tutorial has 3×3, and the
    settings of batch norms.
    """
    base = keras.applications.MobileNetV2(
        input_shape=(None, None, 3), alpha=width / 64, include_top=False, weights=None
    )
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.epsilon = 1e-5
    outputs = [base.get_layer(name).output for name in MAPS]
    down_stack = keras.Model(inputs=base.input, outputs=outputs)
    down_stack.trainable = False

    inputs = keras.Input((None, None, 3))
    *skips, x = down_stack(inputs)
    for filters, skip in zip((512, 256, 128, 64), reversed(skips), strict=True):
        x = upsample(filters)(x)
        x = layers.Concatenate()([x, skip])
    last = layers.Conv2DTranspose(num_classes, 4, strides=2, padding="same")
    return keras.Model(inputs=inputs, outputs=last(x))


def upsample(filters: int) -> keras.Sequential:
    """pix2pix's step up: transposed convolution, batch norm, ReLU."""
    initializer = keras.initializers.RandomNormal(0.0, 0.02)
    return keras.Sequential(
        [
            layers.Conv2DTranspose(
                filters,
                4,
                strides=2,
                padding="same",
                kernel_initializer=initializer,
                use_bias=False,
            ),
            layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
            layers.ReLU(),
        ]
    )
