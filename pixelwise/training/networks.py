"""The networks that can be trained: what each is called, and which answer builds it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """A network of the course.

    Attributes:
        topic: the lesson in which it is written.
        name: the class or function that builds it, called as ``name(num_classes, width=width)``.
        vgg16: whether its encoder is a VGG16, which published weights fit at width 64.
    """

    topic: str
    name: str
    vgg16: bool = False


NETWORKS = {
    "fcn": Network("fcn", "FCN8s", vgg16=True),
    "fcn16s": Network("fcn", "FCN16s", vgg16=True),
    "fcn32s": Network("fcn", "FCN32s", vgg16=True),
}
"""By the name that the command line takes."""

PUBLISHED_WIDTH = 64
"""The width of the networks as they were published, and of published weights."""
