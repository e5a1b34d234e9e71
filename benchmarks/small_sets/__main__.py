"""Train tiny networks on the small data sets and print what the lessons claim of them.

Usage: python -m benchmarks.small_sets [--framework torch|tensorflow] [--seeds N] [claim ...]

The claims are road, fcn, segnet, unet and pyramid. Both networks of a claim have the same
encoder, see the same batches for the same number of epochs, and are scored on the images of val.
"""

import argparse
import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import numpy as np

from benchmarks.small_sets import measures
from pixelwise.data import SegmentationSet, load
from pixelwise.data.sets.reading import read_numbers


class Trial:
    """One network trained on one set, with its predictions for val."""

    def __init__(
        self,
        framework: ModuleType,
        build: str,
        name: str,
        size: tuple[int, int],
        epochs: int,
        seed: int,
        **options: object,
    ) -> None:
        self.val = load(name, "val", small=True, quiet=True).in_memory()
        train = load(name, "train", small=True, quiet=True).in_memory()
        start = time.perf_counter()
        model = framework.train(build, train, size, epochs, seed, **options)
        self.seconds = time.perf_counter() - start
        self.labels = [self.val.read(index)[1] for index in range(len(self.val))]
        self.predictions = framework.predict(model, self.val)
        self.iou = measures.iou(self.labels, self.predictions, len(self.val.classes))

    @property
    def mean_iou(self) -> float:
        """Over the classes that occur."""
        return float(np.nanmean(self.iou))

    def iou_of(self, *names: str) -> float:
        """Mean IoU of the classes called so."""
        return float(np.mean([self.iou[self.val.classes.index(name)] for name in names]))

    def report(self, title: str, **numbers: float) -> None:
        """Print one line."""
        numbers = {"mean_IoU": self.mean_iou, **numbers}
        found = [f"{name.replace('_', ' ')} {value:.3f}" for name, value in numbers.items()]
        print(f"    {title:<22} {self.seconds:3.0f} s  " + "  ".join(found), flush=True)


def road(framework: ModuleType, seed: int) -> None:
    """A tiny network finds the road better than always saying the most frequent class."""
    trial = Trial(framework, "FCN", "kitti_road", (128, 256), 12, seed, skips=True)
    baseline = np.nanmean(measures.iou_of_most_frequent(trial.labels, len(trial.val.classes)))
    trial.report("FCN with skips", most_frequent_class=float(baseline), road=trial.iou_of("road"))


def fcn(framework: ModuleType, seed: int) -> None:
    """FCN-32s blurs what FCN-8s keeps: thin and small things, borders."""
    for title, skips in (("FCN-32s", False), ("FCN-8s", True)):
        trial = Trial(framework, "FCN", "camvid", (128, 192), 20, seed, skips=skips)
        trial.report(
            title,
            thin_and_small=trial.iou_of("pole", "sign or symbol", "pedestrian"),
            at_borders=measures.border_accuracy(trial.labels, trial.predictions),
        )


def segnet(framework: ModuleType, seed: int) -> None:
    """Pooling indices make sharper borders than bilinear enlargement."""
    for title, indices in (("bilinear", False), ("pooling indices", True)):
        trial = Trial(framework, "SegNet", "camvid", (128, 192), 12, seed, indices=indices)
        trial.report(
            title,
            thin_and_small=trial.iou_of("pole", "sign or symbol", "pedestrian"),
            at_borders=measures.border_accuracy(trial.labels, trial.predictions),
        )


def unet(framework: ModuleType, seed: int) -> None:
    """Concatenated skips rescue small nuclei."""
    for title, skips in (("without skips", False), ("with skips", True)):
        trial = Trial(framework, "UNet", "nuclei", (96, 128), 20, seed, skips=skips)
        small, large = nuclei_found(trial.val, trial.predictions)
        trial.report(title, nucleus=trial.iou_of("nucleus"), small_found=small, large_found=large)


def nuclei_found(
    val: SegmentationSet, predictions: list[np.ndarray], limit: int = 60
) -> tuple[float, float]:
    """The share of nuclei below and from `limit` pixels of which more than half is found."""
    found: tuple[list[bool], list[bool]] = ([], [])
    for pair, prediction in zip(val.pairs, predictions, strict=True):
        assert pair.mask is not None
        for file in sorted(pair.mask.iterdir()):
            nucleus = read_numbers(file) > 0
            found[int(nucleus.sum() >= limit)].append(bool((prediction[nucleus] == 1).mean() > 0.5))
    return float(np.mean(found[0])), float(np.mean(found[1]))


def pyramid(framework: ModuleType, seed: int) -> None:
    """One level alone finds the large things or the small ones; a pyramid finds both."""
    for title, levels in (
        ("1/4 alone", (0,)),
        ("1/32 alone", (3,)),
        ("pyramid, 1/4 to 1/32", (0, 1, 2, 3)),
    ):
        trial = Trial(framework, "Pyramid", "cityscapes", (128, 256), 16, seed, levels=levels)
        things = [trial.val.classes.index(name) for name in ("car", "person")]
        small, middle, large = measures.recall_by_height(
            trial.labels, trial.predictions, things, limits=(12, 28)
        )
        trial.report(title, below_12_px=small, middle=middle, from_28_px=large)


CLAIMS: dict[str, Callable[[ModuleType, int], None]] = {
    claim.__name__: claim for claim in (road, fcn, segnet, unet, pyramid)
}


def main() -> None:
    """Run the claims that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("claims", nargs="*", metavar="claim")
    parser.add_argument("--framework", choices=("torch", "tensorflow"), default="torch")
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    if unknown := set(options.claims) - set(CLAIMS):
        parser.error(f"no claim {', '.join(sorted(unknown))}; there are {', '.join(CLAIMS)}")
    framework = import_module(f"benchmarks.small_sets.training_{options.framework}")
    for name in options.claims or CLAIMS:
        print(f"{name}: {CLAIMS[name].__doc__}")
        for seed in range(options.seeds):
            print(f"  seed {seed}", flush=True)
            CLAIMS[name](framework, seed)


if __name__ == "__main__":
    main()
