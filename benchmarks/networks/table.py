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
                "benchmarks.networks.peers_torch.VGG16FCN8s",
                needs="torchvision",
            ),
            # What torchvision offers under the name of FCN.
            Contender(
                "torchvision's fcn_resnet50",
                "benchmarks.networks.peers_torch.FCNResNet50",
                same=False,
                needs="torchvision",
                width=64,
            ),
        ),
        "tensorflow": (
            Contender("this course, FCN-8s", "solutions.fcn_tensorflow.FCN8s"),
            Contender(
                "Keras's VGG16 with FCN-8s's decoder",
                "benchmarks.networks.peers_tensorflow.vgg16_fcn8s",
            ),
            Contender(
                "the same, enlarged as in Keras's example",
                "benchmarks.networks.peers_tensorflow.vgg16_fcn8s_resized",
                same=False,
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
