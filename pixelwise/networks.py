"""The networks that can be trained: what each is called, and which answer builds it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """A network of the course.

    Attributes:
        topic: the lesson in which it is written.
        name: the class or function that builds it, called as ``name(num_classes, width=width)``,
            or as ``name(num_classes, encoder)`` if it takes an encoder.
        weights: the published weights that its encoder fits at width 64; None if there are none.
        takes_encoder: whether it gets a MobileNetV2 encoder, which it freezes.
        batch_norm: whether it has batch norms; it learns at higher rates then.
    """

    topic: str
    name: str
    weights: str | None = None
    takes_encoder: bool = False
    batch_norm: bool = False


NETWORKS = {
    "fcn": Network("fcn", "FCN8s", weights="vgg16"),
    "fcn16s": Network("fcn", "FCN16s", weights="vgg16"),
    "fcn32s": Network("fcn", "FCN32s", weights="vgg16"),
    "segnet": Network("segnet", "SegNet", batch_norm=True),
    "unet": Network("unet", "UNet", batch_norm=True),
    "mobile_unet": Network(
        "unet", "MobileUNet", weights="mobilenet_v2", takes_encoder=True, batch_norm=True
    ),
}
"""By the name that the command line takes."""

PUBLISHED_WIDTH = 64
"""The width of the networks as they were published, and of published weights.

A MobileNetV2 encoder has the width multiplier 1.0 then, and an eighth of its channels at width 8.
"""
