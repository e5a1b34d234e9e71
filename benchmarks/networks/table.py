"""The table of what is measured: a row for each network, with this course's version first.

Needs no framework: what builds a network is named here and imported where it is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

Build = Callable[[int, int], Any]
"""Takes `(num_classes, width)` and returns a network, an `nn.Module` or a `keras.Model`."""


@dataclass(frozen=True)
class Contender:
    """A network that is measured.

    Attributes:
        title: what the report calls it.
        path: dotted name of a function or class that takes `(num_classes, width)` and returns the
            network.
        same: whether it is the same network as this course's: given the same weights, it must
            return the same logits. Its weights must come in the order of this course's.
        needs: a package that it needs beside the framework.
        width: the one width that it exists in, or None where it takes any.
    """

    title: str
    path: str
    same: bool = True
    needs: str | None = None
    width: int | None = None

    def load(self) -> Build:
        """Import what builds it."""
        module, _, name = self.path.rpartition(".")
        return getattr(import_module(module), name)

    def obstacle(self, width: int) -> str | None:
        """A sentence that says why it cannot be measured in this width, or None if it can."""
        if self.width not in (None, width):
            return f"{self.title} exists with width {self.width} only and is left out."
        if self.needs is not None and find_spec(self.needs) is None:
            return f"{self.title} is left out; get it with: pip install {self.needs}"
        return None


NETWORKS: dict[str, dict[str, tuple[Contender, ...]]] = {
    "fcn": {
        "torch": (
            Contender("this course, FCN-8s", "solutions.fcn_torch.FCN8s"),
            Contender(
                "torchvision's VGG16 with FCN-8s's decoder",
                "benchmarks.networks.peers.fcn_torch.VGG16FCN8s",
                needs="torchvision",
            ),
            # What torchvision offers under the name of FCN.
            Contender(
                "torchvision's fcn_resnet50",
                "benchmarks.networks.peers.fcn_torch.FCNResNet50",
                same=False,
                needs="torchvision",
                width=64,
            ),
        ),
        "tensorflow": (
            Contender("this course, FCN-8s", "solutions.fcn_tensorflow.FCN8s"),
            Contender(
                "Keras's VGG16 with FCN-8s's decoder",
                "benchmarks.networks.peers.fcn_tensorflow.vgg16_fcn8s",
            ),
            Contender(
                "the same, enlarged as in Keras's example",
                "benchmarks.networks.peers.fcn_tensorflow.vgg16_fcn8s_resized",
                same=False,
            ),
        ),
    },
    "segnet": {
        "torch": (
            Contender("this course, SegNet", "solutions.segnet_torch.SegNet"),
            Contender(
                "torchvision's VGG16 and its mirror image",
                "benchmarks.networks.peers.segnet_torch.VGG16SegNet",
                needs="torchvision",
            ),
        ),
        "tensorflow": (
            Contender("this course, SegNet", "solutions.segnet_tensorflow.SegNet"),
            Contender(
                "Keras layers, functional",
                "benchmarks.networks.peers.segnet_tensorflow.functional_segnet",
            ),
        ),
    },
    "unet": {
        "torch": (
            Contender("this course, U-Net", "solutions.unet_torch.UNet"),
            Contender(
                "U-Net from torchvision's blocks",
                "benchmarks.networks.peers.unet_torch.ConvNormActivationUNet",
                needs="torchvision",
            ),
            # What the library offers under the name of U-Net.
            Contender(
                "smp.Unet over ResNet-34",
                "benchmarks.networks.peers.unet_torch.resnet34_unet",
                same=False,
                needs="segmentation_models_pytorch",
                width=64,
            ),
        ),
        "tensorflow": (
            Contender("this course, U-Net", "solutions.unet_tensorflow.UNet"),
            Contender(
                "Keras layers, functional",
                "benchmarks.networks.peers.unet_tensorflow.functional_unet",
            ),
        ),
    },
    "mobile_unet": {
        "torch": (
            Contender("this course, MobileUNet", "benchmarks.networks.ours_torch.mobile_unet"),
            Contender(
                "torchvision's MobileNetV2, same decoder",
                "benchmarks.networks.peers.mobile_unet_torch.MobileNetV2UNet",
                needs="torchvision",
            ),
            Contender(
                "smp.Unet over a frozen MobileNetV2",
                "benchmarks.networks.peers.mobile_unet_torch.smp_mobilenet_v2_unet",
                same=False,
                needs="segmentation_models_pytorch",
                width=64,
            ),
        ),
        "tensorflow": (
            Contender("this course, MobileUNet", "benchmarks.networks.ours_tensorflow.mobile_unet"),
            Contender(
                "as in TensorFlow's tutorial",
                "benchmarks.networks.peers.mobile_unet_tensorflow.tutorial_unet",
            ),
        ),
    },
}
"""By network, then by framework; this course's comes first, a peer that is the same next."""


def contenders(network: str, framework: str, width: int) -> list[Contender]:
    """Those that exist in this width and can be measured here."""
    row = NETWORKS[network][framework]
    return [contender for contender in row if contender.obstacle(width) is None]


def left_out(network: str, framework: str, width: int) -> list[str]:
    """For each contender that is not measured, a sentence that says why."""
    row = NETWORKS[network][framework]
    return [obstacle for contender in row if (obstacle := contender.obstacle(width))]
