"""Speed and memory of this course's networks, beside the same networks from libraries.

Usage: python -m benchmarks.networks --framework torch|tensorflow [--networks fcn] [--size 160x576]
    [--width 64] [--batch-size 1] [--seconds 10] [--device cpu|cuda] [--threads 1]

All networks of a row run in turns in one process; before that, each runs in a process of its own,
where its memory is measured. Networks that are the same are given the same weights and must return
the same logits.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.networks.measuring import ROUNDS, Request, ratio
from benchmarks.networks.table import NETWORKS, left_out

ROOT = Path(__file__).parent.parent.parent
KINDS = {"forward": "forward pass, inference mode", "training": "training step, SGD"}


def image_size(text: str) -> tuple[int, int]:
    """Height and width from text such as "160x576"."""
    height, _, width = text.partition("x")
    if not (height.isdecimal() and width.isdecimal() and int(height) and int(width)):
        raise argparse.ArgumentTypeError(f"{text!r} is not HEIGHTxWIDTH, such as 160x576")
    size = int(height), int(width)
    if size[0] % 32 or size[1] % 32:
        # Elsewhere libraries round sizes down, this course up: not the same work.
        raise argparse.ArgumentTypeError(f"height and width must be multiples of 32, not {text}")
    return size


def asked(request: Request) -> dict[str, Any]:
    """What a process of its own measures."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.networks.measuring", json.dumps(asdict(request))],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": str(request.threads), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise SystemExit(f"{done.stderr}\nMeasuring failed; the reason is above.")
    return json.loads(done.stdout.splitlines()[-1])


def compare(request: Request) -> None:
    """Measure one row of the table and print it."""
    titles = [contender.title for contender in request.contenders()]
    memory = [asked(replace(request, memory_of=index)) for index in range(len(titles))]
    speed = asked(request)
    libraries = sorted({one.needs for one in request.contenders() if one.needs is not None})
    versions = ", ".join([speed["version"], *(f"{name} {version(name)}" for name in libraries)])
    H, W = request.size
    print(
        f"{request.network}: {versions}, {request.device}, threads: {request.threads}, "
        f"{H}×{W}, batch of {request.batch_size}, width {request.width}"
    )
    for title, count in zip(titles, speed["parameters"], strict=True):
        print(f"  {title:<44} {count:>12,} parameters")
    for kind, heading in KINDS.items():
        print(f"  {heading}")
        for line in table(titles, speed[kind], [peaks[kind] for peaks in memory]):
            print(f"    {line}")
    built = ", ".join(in_mib(peaks["built"]) for peaks in memory)
    print(f"  memory after building: {built}")
    for obstacle in left_out(request.network, request.framework, request.width):
        print(f"  {obstacle}")


def table(
    titles: Sequence[str], speeds: Sequence[Sequence[float]], peaks: Sequence[int | None]
) -> list[str]:
    """A line for each network; a peer's ends with the speed of the first network, divided by its.

    Args:
        titles: names of the networks.
        speeds: images per second, a list for each network, one number for each round.
        peaks: the most memory that each network took, in bytes.
    """
    lines = []
    for title, found, peak in zip(titles, speeds, peaks, strict=True):
        line = f"{title:<42} {statistics.median(found):8.2f} images/s  {in_mib(peak):>10}"
        if found is not speeds[0]:
            middle, low, high = ratio(speeds[0], found)
            line += f"   ours / this: {middle:.2f} ({low:.2f} to {high:.2f})"
        lines.append(line)
    return lines


def in_mib(size: int | None) -> str:
    """Bytes for people."""
    return "n/a" if size is None else f"+{size / 2**20:.0f} MiB"


def main() -> None:
    """Measure the rows that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.networks")
    parser.add_argument("--framework", choices=("torch", "tensorflow"), required=True)
    parser.add_argument("--networks", nargs="+", choices=tuple(NETWORKS), default=tuple(NETWORKS))
    parser.add_argument("--size", type=image_size, default=(160, 576), metavar="HEIGHTxWIDTH")
    parser.add_argument("--width", type=int, default=64, help="channels of the first stage")
    parser.add_argument("--batch-size", type=int, default=1)
    help_seconds = f"how long each network is run for each kind of work, in {ROUNDS} rounds"
    parser.add_argument("--seconds", type=float, default=10, help=help_seconds)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    help_threads = "threads of one operation; with 1, CPU time is measured, else wall-clock time"
    parser.add_argument("--threads", type=int, default=1, help=help_threads)
    options = parser.parse_args()
    framework = options.framework
    if find_spec(framework) is None:
        parser.error(f'{framework} is not installed; get it with: pip install ".[{framework}]"')
    for network in options.networks:
        compare(
            Request(
                network=network,
                framework=framework,
                size=options.size,
                width=options.width,
                batch_size=options.batch_size,
                device=options.device,
                threads=options.threads,
                seconds=options.seconds,
            )
        )


if __name__ == "__main__":
    main()
