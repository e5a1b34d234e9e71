"""Measuring networks in a process of its own: `python -m benchmarks.networks.measuring REQUEST`.

The request is a `Request` as JSON; the answer is the last line of what is printed, also JSON.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.networks.table import Build, Contender, contenders

NUM_CLASSES = 2
"""As in KITTI Road, whose working size is measured unless another one is asked for."""
ROUNDS = 7
TOLERANCE = 1e-3
"""How far logits of equal networks may lie apart, as a part of the largest one."""


@dataclass(frozen=True)
class Request:
    """What is to be measured.

    Attributes:
        network: a row of the table.
        framework: "torch" or "tensorflow".
        size: height and width of the images, multiples of 32.
        width: channels of the network's first stage.
        batch_size: images in a batch.
        device: "cpu" or "cuda".
        threads: how many threads an operation may use on the CPU.
        seconds: about how long each network is run, for each kind of work.
        memory_of: the number of the contender whose memory is measured, or None to measure the
            speed of all.
    """

    network: str
    framework: str
    size: tuple[int, int]
    width: int
    batch_size: int
    device: str
    threads: int
    seconds: float
    memory_of: int | None = None

    def contenders(self) -> list[Contender]:
        """The networks that are compared, this course's first."""
        return contenders(self.network, self.framework, self.width)

    def library(self) -> ModuleType:
        """`running_torch` or `running_tensorflow`."""
        return import_module(f"benchmarks.networks.running_{self.framework}")

    def run(self, build: Build) -> Any:
        """A network with a batch: a `Running`."""
        batch = (self.batch_size, *self.size)
        return self.library().Running(build, NUM_CLASSES, self.width, batch, self.device)

    def clock(self) -> float:
        """Seconds, from any start."""
        # With one thread, the time that this process has had on the CPU is about what it would take
        # on an idle machine, whatever else runs. Windows counts it in steps of 16 ms: too coarse.
        alone = self.device == "cpu" and self.threads == 1 and sys.platform != "win32"
        return time.process_time() if alone else time.perf_counter()


def measure_speed(request: Request) -> dict[str, Any]:
    """Images per second of all contenders, in turns.

    Returns:
        `parameters`, a number for each contender; `forward` and `training`, for each contender a
        list of images per second, one for each round.

    Raises:
        ValueError: if a contender that claims to be the same network returns other logits.
    """
    networks = prepare(request)
    return {
        "parameters": [network.parameters for network in networks],
        "forward": in_turns([network.forward for network in networks], request),
        "training": in_turns([network.train for network in networks], request),
    }


def prepare(request: Request) -> list[Any]:
    """All contenders, those that are the same network with the same weights and logits."""
    networks = [request.run(contender.load()) for contender in request.contenders()]
    ours = networks[0]
    # As they start, networks may return much the same whatever some of their layers compute.
    ours.draw_weights()
    for contender, network in zip(request.contenders()[1:], networks[1:], strict=True):
        if contender.same:
            network.copy_weights(ours)
            require_equal(ours.forward(), network.forward(), contender.title)
    return networks


def require_equal(ours: np.ndarray, theirs: np.ndarray, title: str) -> None:
    """Raise ValueError unless the logits of two networks are the same up to rounding."""
    if ours.shape != theirs.shape:
        raise ValueError(f"{title}: logits of shape {theirs.shape}, this course's {ours.shape}")
    largest, difference = np.abs(ours).max(), np.abs(ours - theirs).max()
    if not (largest > 0 and difference <= TOLERANCE * largest):
        raise ValueError(
            f"{title} is another network: with the same weights, logits of up to {largest:.3g} "
            f"differ by {difference:.3g}"
        )


def in_turns(actions: Sequence[Callable[[], object]], request: Request) -> list[list[float]]:
    """Images per second of each action, in rounds A B, A B, …, so that noise hits all alike."""
    times = [repetitions(action, request) for action in actions]
    speeds: list[list[float]] = [[] for _ in actions]
    for _round in range(ROUNDS):
        for action, count, found in zip(actions, times, speeds, strict=True):
            start = request.clock()
            for _ in range(count):
                action()
            found.append(count * request.batch_size / (request.clock() - start))
    return speeds


def repetitions(action: Callable[[], object], request: Request) -> int:
    """How often to repeat an action in a round, at least once; warms it up."""
    action()  # graphs are compiled, memory is taken
    start = time.perf_counter()
    action()
    seconds = time.perf_counter() - start
    return max(1, round(request.seconds / ROUNDS / seconds))


def measure_memory(request: Request, contender: Contender) -> dict[str, int | None]:
    """The peak of memory after each kind of work, in bytes; None where nothing tells.

    Returns:
        `built`, `forward` and `training`: the most memory held up to the end of each, less what
        the framework holds by itself. A process must not have measured anything before.
    """
    library = request.library()
    build = contender.load()
    # Frameworks import and start much only when they first run and train anything.
    smallest = request.run(library.one_convolution)
    smallest.forward()
    smallest.train()
    framework = library.peak_memory(request.device)

    network = request.run(build)
    peaks = {"built": library.peak_memory(request.device)}
    for kind, action in (("forward", network.forward), ("training", network.train)):
        for _ in range(3):
            action()
        peaks[kind] = library.peak_memory(request.device)
    return {kind: None if peak is None else peak - framework for kind, peak in peaks.items()}


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Ours by theirs: the ratio of the medians, and the least and greatest ratio of a round."""
    of_rounds = [a / b for a, b in zip(ours, theirs, strict=True)]
    return statistics.median(ours) / statistics.median(theirs), min(of_rounds), max(of_rounds)


def main(text: str) -> None:
    """Measure what is requested and print it."""
    values = json.loads(text)
    request = Request(**{**values, "size": tuple(values["size"])})
    library = request.library()
    library.configure(request.device, request.threads)
    if request.memory_of is None:
        answer = measure_speed(request)
    else:
        answer = measure_memory(request, request.contenders()[request.memory_of])
    print(json.dumps({"version": library.VERSION, **answer}))


if __name__ == "__main__":
    main(sys.argv[1])
