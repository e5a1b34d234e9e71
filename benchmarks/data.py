"""Decoding, augmenting and batching: images per second and memory, beside peers in the same run.

Usage: python benchmarks/data.py [--rounds N] [--images N] [--workers N]

The work is that of a training epoch: read image and mask from disk, scale at random, cut out a
window of the working size (padded where needed), flip, vary the colours of the image, normalise,
batch by eight. It is done by this course's pipelines, by a plain loop over Pillow and NumPy, and,
where torchvision is installed, by its VOCSegmentation with v2 transforms in a DataLoader. Both
work sizes read the same kind of files: photographs as JPEG with palette masks, as Pascal VOC has
them.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

from pixelwise.data import SegmentationSet, load, on_disk, street
from pixelwise.data.sets import LAYOUTS
from pixelwise.data.small import writer_of

BATCH = 8
SIZES = {(160, 576): (240, 720), (512, 512): (480, 640)}
"""Working size of a batch, and size of the images on disk, (height, width)."""
SCALE = (0.75, 1.5)
JITTER = 0.2
MEAN, STD = LAYOUTS["voc2012"].facts.mean, LAYOUTS["voc2012"].facts.std

Epoch = Callable[[], Iterable[Any]]
"""Starts one pass over the data; each item is a batch."""


def write_set(folder: Path, size: tuple[int, int], count: int) -> None:
    """A set in the layout of Pascal VOC 2012 with `count` images of street scenes."""
    root = folder / "VOCdevkit" / "VOC2012"
    names = [f"2012_{number:06d}" for number in range(count)]
    for number, name in enumerate(names):
        # Painting is slow and decoding does not care: eight different scenes are enough.
        scene = street(number % 8, size)
        image = root / "JPEGImages" / f"{name}.jpg"
        mask = root / "SegmentationClass" / f"{name}.png"
        for path in (image, mask):
            path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(scene.image).save(image, quality=90)
        with tempfile.TemporaryDirectory() as temporary:
            on_disk(temporary, scene)["voc"].rename(mask)
    lists = root / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    for split in LAYOUTS["voc2012"].facts.splits:
        (lists / f"{split}.txt").write_text("\n".join(names) + "\n", encoding="utf-8")


def pillow_loop(data: SegmentationSet, size: tuple[int, int], workers: int) -> Epoch:
    """What one writes without a library for data."""
    del workers  # a plain loop has none

    def sample(index: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        pair = data.pairs[index]
        assert pair.mask is not None
        image = Image.open(pair.image).convert("RGB")
        mask = Image.open(pair.mask)
        scale = rng.uniform(*SCALE)
        scaled = (round(image.width * scale), round(image.height * scale))
        image = image.resize(scaled, Image.Resampling.BILINEAR)
        mask = mask.resize(scaled, Image.Resampling.NEAREST)
        left = int(rng.integers(max(scaled[0] - size[1], 0) + 1))
        top = int(rng.integers(max(scaled[1] - size[0], 0) + 1))
        window = (left, top, left + size[1], top + size[0])
        image, mask = image.crop(window), mask.crop(window)
        if rng.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            mask = mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            image = enhance(image).enhance(rng.uniform(1 - JITTER, 1 + JITTER))
        pixels = (np.asarray(image, np.float32) / 255 - np.float32(MEAN)) / np.float32(STD)
        return pixels, np.asarray(mask, np.int64)

    def epoch() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng(0)
        order = rng.permutation(len(data))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            samples = [sample(int(index), rng) for index in order[start : start + BATCH]]
            images, labels = zip(*samples, strict=True)
            yield np.stack(images).transpose(0, 3, 1, 2).copy(), np.stack(labels)

    return epoch


def course_torch(data: SegmentationSet, size: tuple[int, int], workers: int) -> Epoch:
    """This course's pipeline in PyTorch."""
    from pixelwise.data import torch_steps as steps
    from pixelwise.data.torch_pipeline import TorchDataset, loader

    dataset = TorchDataset(
        data,
        [
            steps.random_scale(*SCALE),
            steps.random_crop(size),
            steps.random_flip(),
            steps.color_jitter(JITTER, JITTER, JITTER),
            steps.normalize(MEAN, STD),
        ],
    )
    batches = loader(dataset, BATCH, shuffle=True, seed=0, workers=workers, drop_last=True)
    return lambda: batches


def course_tensorflow(data: SegmentationSet, size: tuple[int, int], workers: int) -> Epoch:
    """This course's pipeline in TensorFlow."""
    from pixelwise.data import tensorflow_steps as steps
    from pixelwise.data.tensorflow_pipeline import tf_dataset

    del workers  # tf.data has threads of its own
    batches = tf_dataset(
        data,
        [
            steps.random_scale(*SCALE),
            steps.random_crop(size),
            steps.random_flip(),
            steps.color_jitter(JITTER, JITTER, JITTER),
            steps.normalize(MEAN, STD),
        ],
        BATCH,
        shuffle=True,
        seed=0,
        drop_last=True,
    )
    return lambda: batches


def torchvision_v2(data: SegmentationSet, size: tuple[int, int], workers: int) -> Epoch:
    """torchvision's data set and transforms."""
    import torch
    from torch.utils.data import DataLoader
    from torchvision import tv_tensors
    from torchvision.datasets import VOCSegmentation, wrap_dataset_for_transforms_v2
    from torchvision.transforms import InterpolationMode, v2

    transform = v2.Compose(
        [
            v2.ToImage(),
            v2.ScaleJitter(data.read(0)[1].shape, SCALE, InterpolationMode.BILINEAR),
            v2.RandomCrop(
                size, pad_if_needed=True, fill={tv_tensors.Image: 0, tv_tensors.Mask: 255}
            ),
            v2.RandomHorizontalFlip(),
            v2.ColorJitter(JITTER, JITTER, JITTER),
            v2.ToDtype({tv_tensors.Image: torch.float32, "others": None}, scale=True),
            v2.Normalize(MEAN, STD),
        ]
    )
    # As in a worker process, and as the course's pipeline does it: two threads for an operation
    # that takes a millisecond cost more than they bring.
    torch.set_num_threads(1)
    root = data.root.parent.parent
    voc = wrap_dataset_for_transforms_v2(VOCSegmentation(str(root), transforms=transform))
    batches = DataLoader(
        voc,
        BATCH,
        shuffle=True,
        num_workers=workers,
        drop_last=True,
        persistent_workers=workers > 0,
    )
    return lambda: batches


PIPELINES: dict[str, tuple[str, Callable[[SegmentationSet, tuple[int, int], int], Epoch]]] = {
    "pillow": ("numpy", pillow_loop),
    "torchvision": ("torchvision", torchvision_v2),
    "torch": ("torch", course_torch),
    "tensorflow": ("tensorflow", course_tensorflow),
}
"""By name: the package that a pipeline needs, and the pipeline."""


def measure(name: str, folder: Path, size: tuple[int, int], workers: int) -> tuple[float, float]:
    """Images per second of a second epoch, and by how many MiB memory grew during it."""
    data = load("voc2012", folder=folder, quiet=True)
    epoch = PIPELINES[name][1](data, size, workers)
    count = sum(1 for _batch in epoch())  # threads, compiled graphs and caches are there now
    before = peak_memory()
    start = time.perf_counter()
    for _batch in epoch():
        pass
    return count * BATCH / (time.perf_counter() - start), peak_memory() - before


def peak_memory() -> float:
    """The most memory that this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def measured_apart(name: str, folder: Path, size: tuple[int, int], workers: int) -> list[float]:
    """`measure` in a process of its own, so that frameworks do not share threads or memory."""
    arguments = [name, str(folder), *map(str, size), str(workers)]
    done = subprocess.run(
        [sys.executable, __file__, "--one", *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    return [float(number) for number in done.stdout.split()[-2:]]


def main() -> None:
    """Measure in turns, so that noise hits all alike, and print medians and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, folder, height, width, workers = options.one
        print(*measure(name, Path(folder), (int(height), int(width)), int(workers)))
        return
    names = [name for name, (package, _) in PIPELINES.items() if find_spec(package)]
    with tempfile.TemporaryDirectory() as temporary:
        for size, on_disk_size in SIZES.items():
            folder = Path(temporary) / f"{size[0]}x{size[1]}"
            write_set(folder, on_disk_size, options.images)
            compare(names, folder, size, options.workers, options.rounds)
    time_small_sets()


def compare(
    names: list[str], folder: Path, size: tuple[int, int], workers: int, rounds: int
) -> None:
    """Print a line for each pipeline; the ratio is to the plain loop over Pillow."""
    found: dict[str, list[list[float]]] = {name: [] for name in names}
    for _round in range(rounds):
        for name in names:
            found[name].append(measured_apart(name, folder, size, workers))
    speeds = {name: statistics.median(run[0] for run in runs) for name, runs in found.items()}
    for name, runs in found.items():
        grown = statistics.median(run[1] for run in runs)
        print(
            f"{size[0]}×{size[1]}  {name:<12} {speeds[name]:6.1f} images/s   "
            f"ratio {speeds[name] / speeds['pillow']:.2f}   memory +{grown:.0f} MiB",
            flush=True,
        )


def time_small_sets() -> None:
    """How long each small set takes to make, and how much room it takes."""
    for name in LAYOUTS:
        with tempfile.TemporaryDirectory() as temporary:
            start = time.perf_counter()
            writer_of(name)(Path(temporary))
            seconds = time.perf_counter() - start
            files = [path for path in Path(temporary).rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files) / 2**20
        print(f"small {name:<12} {seconds:5.1f} s   {len(files)} files   {size:.1f} MiB")


if __name__ == "__main__":
    main()
