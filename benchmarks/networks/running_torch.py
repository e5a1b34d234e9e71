"""Running a network in PyTorch. `running_tensorflow` has the same names."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.networks.memory import process_peak
from benchmarks.networks.table import Build

VERSION = f"torch {torch.__version__}"


def configure(device: str, threads: int) -> None:
    """Choose device and number of threads; call it first.

    Raises:
        SystemExit: if there is no such device.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("PyTorch finds no CUDA device; measure with --device cpu.")
    torch.set_num_threads(threads)


class Running:
    """A network with a batch to run it on: random images and labels.

    Args:
        build: makes the network.
        num_classes: the number of classes.
        width: channels of its first stage.
        batch: `(N, H, W)` of the images.
        device: "cpu" or "cuda".
    """

    def __init__(
        self, build: Build, num_classes: int, width: int, batch: tuple[int, int, int], device: str
    ) -> None:
        torch.manual_seed(0)
        N, H, W = batch
        self.images = torch.randn(N, 3, H, W).to(device)
        self.labels = torch.randint(num_classes, (N, H, W)).to(device)
        self.network: nn.Module = build(num_classes, width).to(device)
        # Without momentum, so that no optimizer's state adds to the memory. The rate is low: what
        # is learned here is noise.
        self.optimizer = torch.optim.SGD(self._trainable(), lr=1e-5)

    @property
    def parameters(self) -> int:
        """How many trainable numbers the network holds."""
        return sum(weight.numel() for weight in self._trainable())

    def _trainable(self) -> list[nn.Parameter]:
        return [weight for weight in self.network.parameters() if weight.requires_grad]

    def forward(self) -> np.ndarray:
        """The logits in inference mode, (N, H, W, K)."""
        self.network.eval()
        with torch.inference_mode():
            logits = self.network(self.images)
        return logits.cpu().numpy().transpose(0, 2, 3, 1)

    def train(self) -> float:
        """One training step with SGD; returns the loss."""
        self.network.train()
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.network(self.images), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def draw_weights(self) -> None:
        """Draw all weights and statistics such that each of them counts in the logits.

        As networks start, scores may be zero, and the batch norms of a deep network, which have
        seen no image yet, let what comes from its first layers fade.
        """
        with torch.no_grad():
            for name, weight in self.network.state_dict().items():
                if weight.ndim > 1:
                    nn.init.kaiming_normal_(weight, nonlinearity="relu")
                elif name.endswith((".weight", ".running_var")):  # of a batch norm: around 1
                    weight.uniform_(0.5, 1.5)
                elif weight.is_floating_point():  # biases and means, not counts of batches
                    weight.normal_(std=0.1)

    def copy_weights(self, other: "Running") -> None:
        """Take the weights of a network that lists its weights in the same order.

        Raises:
            ValueError: if they differ in number or shape.
        """
        ours, theirs = self.network.state_dict().values(), other.network.state_dict().values()
        if [weight.shape for weight in ours] != [weight.shape for weight in theirs]:
            raise ValueError("the networks differ in their weights")
        with torch.no_grad():
            for weight, source in zip(ours, theirs, strict=True):
                weight.copy_(source)


def one_convolution(num_classes: int, width: int) -> nn.Module:
    """A network of a single layer, to bring up all that the framework starts when it first runs."""
    del width
    return nn.Conv2d(3, num_classes, 1)


def peak_memory(device: str) -> int | None:
    """The most memory held so far, on the GPU or by this process, in bytes; None if unknown."""
    return torch.cuda.max_memory_allocated() if device == "cuda" else process_peak()
