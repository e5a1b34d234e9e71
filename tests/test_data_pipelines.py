"""From a data set to batches, in both frameworks: the plan of the epochs, the steps, the loaders.

Arrays go in and come out channels last; `Framework` turns them.
"""

import importlib
import os
import pickle
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny_sets import image_file, save

from pixelwise.data import DataError, SegmentationSet, load
from pixelwise.data.order import EpochOrder

MEAN, STD = (0.4, 0.45, 0.5), (0.2, 0.25, 0.3)
PADDING = (102, 115, 128)  # MEAN as bytes


class Framework:
    """The steps and pipeline of a framework, with arrays as NumPy has them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps = importlib.import_module(f"pixelwise.data.{name}_steps")
        self.pipeline = importlib.import_module(f"pixelwise.data.{name}_pipeline")
        self.answers = importlib.import_module(f"solutions.masks_{name}")

    def apply(self, steps: list[Any], image: np.ndarray, label: np.ndarray, seed: int = 0) -> Any:
        """All steps, each with `seed`: (image, label)."""
        seeds = [seed] * len(steps)
        if self.name == "torch":
            return self.arrays(*self.steps.apply_steps(steps, image, label, seeds))
        import tensorflow as tf

        return self.arrays(
            *self.steps.apply_steps(
                steps, tf.constant(image), tf.constant(label), tf.constant(seeds, tf.int32)
            )
        )

    def arrays(self, images: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
        images, labels = images.numpy(), labels.numpy()
        if self.name == "torch" and images.dtype == np.float32:
            images = np.moveaxis(images, -3, -1)
        return images, labels

    def batches(self, data: SegmentationSet, steps: list[Any], size: int, **options: Any) -> Any:
        """A function that makes a pass and returns its batches."""
        options = {"shuffle": True, "seed": 0} | options
        if self.name == "torch":
            dataset = self.pipeline.TorchDataset(data, steps)
            passes = self.pipeline.loader(dataset, size, **options)
        else:
            passes = self.pipeline.tf_dataset(data, steps, size, **options)
        return lambda: [self.arrays(*batch) for batch in passes]

    def normalize(self) -> Any:
        return self.steps.normalize(MEAN, STD)

    def seed_writer(self) -> Any:
        """A step that adds its seed, but for the highest bits, to the normalized image."""
        if self.name == "torch":
            return self.steps.on_image(lambda image, seed: image * 0 + seed % 2**20)
        import tensorflow as tf

        return self.steps.on_image(
            lambda image, seed: image * 0 + tf.cast(seed % 2**20, tf.float32)
        )


@pytest.fixture(scope="module", params=["torch", "tensorflow"])
def framework(request: pytest.FixtureRequest) -> Framework:
    return Framework(request.param)


def road_set(root: Path, sizes: list[tuple[int, int]]) -> SegmentationSet:
    """A KITTI Road whose training images have these sizes."""
    colors = np.array([(255, 0, 0), (255, 0, 255), (0, 0, 0)], np.uint8)
    # The last fifth becomes the validation split.
    sizes = [*sizes, *[(8, 8)] * -(-len(sizes) // 4)]
    for number, size in enumerate(sizes):
        image_file(root / "training" / "image_2" / f"um_{number:06d}.png", number, size)
        numbers = np.random.default_rng(number).integers(0, 3, size)
        mask = root / "training" / "gt_image_2" / f"um_road_{number:06d}.png"
        save(mask, Image.fromarray(colors[numbers]))
    return load("kitti_road", "train", folder=root, quiet=True)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> SegmentationSet:
    """Seven images of 12×20."""
    return road_set(tmp_path_factory.mktemp("дороги"), [(12, 20)] * 7)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> SegmentationSet:
    """Four images of 12×16 and 14×20 in turn."""
    return road_set(tmp_path_factory.mktemp("mixed"), [(12, 16), (14, 20)] * 2)


def numbered(H: int, W: int) -> tuple[np.ndarray, np.ndarray]:
    """A label in which every pixel has a number of its own, and an image that shows the numbers."""
    label = np.arange(H * W, dtype=np.uint8).reshape(H, W)
    return np.repeat(label[..., None], 3, axis=-1), label


def noise(H: int, W: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = rng.choice(np.array([0, 1, 3, 20, 255], np.uint8), (H, W))
    return rng.integers(0, 256, (H, W, 3), dtype=np.uint8), label


def same(
    one: list[tuple[np.ndarray, np.ndarray]], two: list[tuple[np.ndarray, np.ndarray]]
) -> bool:
    pairs = zip(one, two, strict=True)
    return all(np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1]) for a, b in pairs)


# The plan of the epochs


def test_every_epoch_shows_every_image_once_in_an_order_of_its_own() -> None:
    order = EpochOrder(50, 3, seed=7, shuffle=True)
    epochs = [order.epoch(number) for number in range(4)]
    for indices, seeds in epochs:
        assert sorted(indices.tolist()) == list(range(50))
        assert seeds.shape == (50, 3)
    for (one, one_seeds), (two, two_seeds) in pairwise(epochs):
        assert not np.array_equal(one, two)
        assert not np.isin(one_seeds, two_seeds).any()


def test_a_plan_follows_from_its_seed() -> None:
    def plan(seed: int) -> list[Any]:
        return list(EpochOrder(20, 2, seed, shuffle=True).visits(3))

    assert plan(1) == plan(1)
    assert plan(1) != plan(2)


def test_a_plan_is_the_same_on_every_machine_and_with_every_numpy() -> None:
    order = EpochOrder(5, 2, seed=1, shuffle=True)
    assert list(order.visits(0)) == [
        (4, (65405320, 719301184)),
        (1, (1813241169, 1013641769)),
        (3, (221990243, 1650263985)),
        (2, (733011362, 697622712)),
        (0, (1744998587, 324269057)),
    ]


def test_without_shuffling_images_come_as_they_are_numbered_with_the_same_seeds() -> None:
    shuffled, plain = (dict(EpochOrder(30, 2, 5, shuffle).visits(1)) for shuffle in (True, False))
    assert list(plain) == list(range(30))
    assert shuffled == plain


def test_seeds_are_31_bits_and_even_as_often_as_odd() -> None:
    _indices, seeds = EpochOrder(2000, 5, seed=0, shuffle=True).epoch(0)
    assert seeds.min() >= 0
    assert 2**30 < seeds.max() < 2**31
    assert abs((seeds % 2).mean() - 0.5) < 0.02
    assert len(np.unique(seeds)) == seeds.size


# The steps


def test_normalizing_makes_a_networks_input(framework: Framework) -> None:
    image, label = noise(7, 11)
    made, kept = framework.apply([framework.normalize()], image, label)
    assert made.dtype == np.float32
    assert kept.dtype == (np.int64 if framework.name == "torch" else np.int32)
    assert np.abs(made - (image / 255 - np.array(MEAN)) / np.array(STD)).max() < 1e-6
    assert np.array_equal(kept, label)


@pytest.mark.parametrize("size", [(6, 31), (20, 9), (13, 17), (1, 1), (40, 60)])
def test_resizing_is_bilinear_for_the_image_and_nearest_for_the_label(
    framework: Framework, size: tuple[int, int]
) -> None:
    image, label = noise(13, 17)
    resized, resized_label = framework.apply([framework.steps.resize(size)], image, label)
    pillow = np.asarray(Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR))
    assert resized.dtype == np.uint8
    assert resized.shape == (*size, 3)
    assert np.abs(resized.astype(int) - pillow).max() <= 1
    rows, columns = (
        ((np.arange(n) + 0.5) * length / n).astype(int)
        for n, length in zip(size, (13, 17), strict=True)
    )
    assert np.array_equal(resized_label, label[np.ix_(rows, columns)])


def test_a_normalized_image_is_resized_without_rounding(framework: Framework) -> None:
    image, label = noise(13, 17)
    steps = [framework.normalize(), framework.steps.resize((8, 21))]
    resized, _label = framework.apply(steps, image, label)
    for channel in range(3):
        plane = (image[..., channel] / 255 - MEAN[channel]) / STD[channel]
        pillow = Image.fromarray(plane.astype(np.float32)).resize(
            (21, 8), Image.Resampling.BILINEAR
        )
        assert np.abs(resized[..., channel] - np.asarray(pillow)).max() < 1e-4


def test_a_random_scale_keeps_pairs_and_classes_together(framework: Framework) -> None:
    image, label = noise(20, 30)
    heights = set()
    for seed in range(40):
        scaled, scaled_label = framework.apply(
            [framework.steps.random_scale(0.5, 2)], image, label, seed
        )
        H, W = scaled_label.shape
        assert scaled.shape == (H, W, 3)
        assert 10 <= H <= 40
        assert abs(W - 1.5 * H) <= 1.5
        assert set(np.unique(scaled_label)) <= set(np.unique(label))
        heights.add(H)
    assert min(heights) < 15 < 30 < max(heights)


def test_every_window_is_cut_out_equally_often(framework: Framework) -> None:
    image, label = numbered(4, 7)
    windows: Counter[int] = Counter()
    for seed in range(300):
        crop, crop_label = framework.apply(
            [framework.steps.random_crop((3, 5))], image, label, seed
        )
        assert np.array_equal(crop[..., 1], crop_label)
        first = int(crop_label[0, 0])
        top, left = divmod(first, 7)
        assert np.array_equal(crop_label, label[top : top + 3, left : left + 5])
        windows[first] += 1
    assert set(windows) == {0, 1, 2, 7, 8, 9}
    assert min(windows.values()) > 25


@pytest.mark.parametrize("normalized", [False, True])
def test_an_image_smaller_than_the_window_lies_in_it_surrounded_by_void(
    framework: Framework, normalized: bool
) -> None:
    image, label = noise(3, 8)
    label[label == 255] = 0
    crop = framework.steps.random_crop((5, 6), mean=MEAN)
    steps = [framework.normalize(), crop] if normalized else [crop]
    rows = set()
    for seed in range(60):
        padded, padded_label = framework.apply(steps, image, label, seed)
        assert padded.shape == (5, 6, 3)
        inside = padded_label != 255
        assert inside.all(axis=1).sum() == 3
        assert (padded[~inside] == ((0, 0, 0) if normalized else PADDING)).all()
        top = int(np.argmax(inside[:, 0]))
        lefts = [
            x for x in range(3) if np.array_equal(padded_label[inside], label[:, x : x + 6].ravel())
        ]
        assert len(lefts) == 1
        if not normalized:
            assert np.array_equal(padded[top : top + 3], image[:, lefts[0] : lefts[0] + 6])
        rows.add((top, lefts[0]))
    assert rows == {(top, left) for top in range(3) for left in range(3)}


@pytest.mark.parametrize("normalized", [False, True])
def test_padding_to_a_multiple_adds_void_below_and_to_the_right(
    framework: Framework, normalized: bool
) -> None:
    image, label = noise(9, 16)
    pad = framework.steps.pad_to_multiple(8, mean=MEAN)
    steps = [framework.normalize(), pad] if normalized else [pad]
    padded, padded_label = framework.apply(steps, image, label)
    assert padded.shape == (16, 16, 3)
    assert np.array_equal(padded_label[:9], label)
    assert (padded_label[9:] == 255).all()
    assert (padded[9:] == ((0, 0, 0) if normalized else PADDING)).all()
    if not normalized:
        assert np.array_equal(padded[:9], image)


def test_a_flip_mirrors_both_or_neither(framework: Framework) -> None:
    image, label = numbered(5, 6)
    flipped = 0
    for seed in range(200):
        made, made_label = framework.apply([framework.steps.random_flip()], image, label, seed)
        assert np.array_equal(made[..., 2], made_label)
        if np.array_equal(made_label, label[:, ::-1]):
            flipped += 1
        else:
            assert np.array_equal(made_label, label)
    assert 70 < flipped < 130


@pytest.mark.parametrize("step", ["random_crop", "random_flip"])
def test_geometry_is_the_same_before_and_after_normalizing(framework: Framework, step: str) -> None:
    image, label = noise(9, 14)
    options = [(5, 7)] if step == "random_crop" else []
    geometry = getattr(framework.steps, step)(*options)
    for seed in range(8):
        before = framework.apply([geometry, framework.normalize()], image, label, seed)
        after = framework.apply([framework.normalize(), geometry], image, label, seed)
        assert same([before], [after])


def jittered(framework: Framework, image: np.ndarray, seed: int, **strengths: float) -> np.ndarray:
    label = noise(*image.shape[:2])[1]
    jitter = framework.steps.color_jitter(**strengths)
    made, kept = framework.apply([jitter], image, label, seed)
    assert made.dtype == np.uint8
    assert made.shape == image.shape
    assert np.array_equal(kept, label)
    return made.astype(float)


def test_brightness_multiplies_and_stops_at_white(framework: Framework) -> None:
    image = np.full((4, 6, 3), (40, 100, 240), np.uint8)
    factors = []
    for seed in range(30):
        red, green, blue = jittered(framework, image, seed, brightness=0.5)[0, 0]
        factor = green / 100
        assert abs(red - 40 * factor) <= 1
        assert abs(blue - min(240 * factor, 255)) <= 2
        factors.append(factor)
    assert 0.49 < min(factors) < 0.7
    assert 1.3 < max(factors) < 1.51


def test_contrast_spreads_around_the_mean_grey(framework: Framework) -> None:
    image = np.full((4, 6, 3), 100, np.uint8)
    image[:, 3:] = 160
    spreads = []
    for seed in range(30):
        made = jittered(framework, image, seed, contrast=0.5)
        dark, light = made[0, 0, 0], made[0, 5, 0]
        assert abs(dark + light - 260) <= 1
        spreads.append((light - dark) / 60)
    assert 0.45 < min(spreads) < 0.7
    assert 1.3 < max(spreads) < 1.55


def test_saturation_moves_between_grey_and_colour(framework: Framework) -> None:
    image = np.full((4, 6, 3), (80, 120, 140), np.uint8)
    gray = 0.299 * 80 + 0.587 * 120 + 0.114 * 140
    spreads = []
    for seed in range(30):
        pixel = jittered(framework, image, seed, saturation=0.5)[0, 0]
        assert abs(pixel @ (0.299, 0.587, 0.114) - gray) <= 1
        spreads.append((pixel[2] - pixel[0]) / 60)
    assert 0.45 < min(spreads) < 0.7
    assert 1.3 < max(spreads) < 1.55


def test_saturation_contrast_and_brightness_follow_each_other(framework: Framework) -> None:
    image = np.full((4, 6, 3), 100, np.uint8)
    image[:, 3:] = (150, 120, 60)
    gray = image @ np.array([0.299, 0.587, 0.114])
    for seed in range(10):
        # The same seed draws the same factors, so each can be measured alone.
        bright = jittered(framework, image, seed, brightness=0.2)[0, 0, 0] / 100
        dark, light = jittered(framework, image, seed, contrast=0.2)[0, [0, 3], 0]
        contrast = (light - dark) / 50
        red, _green, blue = jittered(framework, image, seed, saturation=0.2)[0, 3]
        saturation = (red - blue) / 90
        expected = saturation * image + (1 - saturation) * gray[..., None]
        expected = bright * (contrast * expected + (1 - contrast) * gray.mean())
        every = {"brightness": 0.2, "contrast": 0.2, "saturation": 0.2}
        assert np.abs(jittered(framework, image, seed, **every) - expected).max() < 3


def test_all_colours_at_once_never_wrap_around(framework: Framework) -> None:
    image = np.full((4, 6, 3), 250, np.uint8)
    image[0] = 3
    for seed in range(30):
        made = jittered(framework, image, seed, brightness=0.4, contrast=0.4, saturation=0.4)
        assert made[1:].min() > 120
        assert made[0].max() < 120


def test_no_strength_changes_nothing(framework: Framework) -> None:
    image, _label = noise(6, 9)
    assert np.array_equal(jittered(framework, image, 1), image)


def test_steps_leave_what_they_get_as_it_was(framework: Framework) -> None:
    image, label = noise(10, 12)
    before = image.copy(), label.copy()
    steps = framework.steps
    framework.apply(
        [
            steps.random_flip(),
            steps.color_jitter(0.5, 0.5, 0.5),
            steps.random_crop((14, 8)),
            steps.pad_to_multiple(16),
            steps.normalize(MEAN, STD),
        ],
        image,
        label,
        seed=3,
    )
    framework.apply([steps.normalize(MEAN, STD), steps.random_flip()], image, label, seed=3)
    assert same([(image, label)], [before])


def test_the_same_seed_does_the_same_again(framework: Framework) -> None:
    image, label = noise(10, 12)
    steps = [
        framework.steps.random_scale(0.7, 1.5),
        framework.steps.random_crop((8, 8)),
        framework.steps.color_jitter(0.5, 0.5, 0.5),
        framework.steps.random_flip(),
    ]
    one, two, other = (framework.apply(steps, image, label, seed) for seed in (5, 5, 6))
    assert same([one], [two])
    assert not same([one], [other])


def test_every_step_can_be_pickled(framework: Framework) -> None:
    steps = framework.steps
    image, label = noise(10, 12)
    made = [
        steps.random_scale(0.7, 1.5),
        steps.random_crop((8, 8)),
        steps.color_jitter(0.5, 0.5, 0.5),
        steps.random_flip(),
        steps.normalize(MEAN, STD),
        steps.resize((5, 6)),
        steps.pad_to_multiple(4),
        steps.paired(framework.answers.random_crop_pair, size=(3, 4)),
    ]
    again = pickle.loads(pickle.dumps(made))
    expected = framework.apply(made, image, label, seed=2)
    assert same([framework.apply(again, image, label, seed=2)], [expected])


def test_steps_in_the_wrong_order_say_where_they_belong(framework: Framework) -> None:
    image, label = noise(6, 8)
    steps = framework.steps
    with pytest.raises(DataError, match=r"color_jitter .*put it before normalize"):
        framework.apply([framework.normalize(), steps.color_jitter(0.1)], image, label)
    with pytest.raises(DataError, match=r"normalize .*put it before normalize"):
        framework.apply([framework.normalize(), framework.normalize()], image, label)
    with pytest.raises(DataError, match=r"random_flip_pair .*put it after normalize"):
        framework.apply([steps.paired(framework.answers.random_flip_pair)], image, label)


# The pipelines


def augmenting(framework: Framework) -> list[Any]:
    return [
        framework.steps.random_scale(0.5, 2),
        framework.steps.random_crop((8, 12)),
        framework.steps.color_jitter(0.3, 0.3, 0.3),
        framework.normalize(),
        framework.steps.random_flip(),
    ]


def test_batches_are_what_the_network_and_the_loss_want(
    framework: Framework, roads: SegmentationSet
) -> None:
    batches = framework.batches(roads, [framework.normalize()], 3, shuffle=False)()
    assert [len(images) for images, _labels in batches] == [3, 3, 1]
    images, labels = batches[1]
    assert images.shape == (3, 12, 20, 3)
    assert images.dtype == np.float32
    assert labels.shape == (3, 12, 20)
    assert labels.dtype == (np.int64 if framework.name == "torch" else np.int32)
    image, label = roads.read(5)
    assert np.abs(images[2] - (image / 255 - np.array(MEAN)) / np.array(STD)).max() < 1e-6
    assert np.array_equal(labels[2], label)


def test_a_last_batch_that_is_not_full_can_be_left_out(
    framework: Framework, roads: SegmentationSet
) -> None:
    batches = framework.batches(roads, [framework.normalize()], 3, drop_last=True)
    assert [len(images) for images, _labels in batches()] == [3, 3]


def test_the_same_seed_gives_the_same_batches_and_each_epoch_others(
    framework: Framework, roads: SegmentationSet
) -> None:
    def epochs(**options: Any) -> list[Any]:
        one_pass = framework.batches(roads, augmenting(framework), 3, **options)
        return [one_pass() for _epoch in range(2)]

    first, second = epochs(seed=4)
    again = epochs(seed=4)
    assert same(first, again[0])
    assert same(second, again[1])
    assert not same(first, second)
    assert not same(first, epochs(seed=5)[0])


def test_a_training_is_resumed_with_the_batches_that_come_next(
    framework: Framework, roads: SegmentationSet
) -> None:
    one_pass = framework.batches(roads, augmenting(framework), 3)
    epochs = [one_pass() for _epoch in range(4)]
    resumed = framework.batches(roads, augmenting(framework), 3, start_epoch=2)
    assert same(resumed(), epochs[2])
    assert same(resumed(), epochs[3])


def test_each_step_gets_the_seed_that_is_planned_for_it(
    framework: Framework, roads: SegmentationSet
) -> None:
    steps = [framework.normalize(), framework.seed_writer()]
    batches = framework.batches(roads, steps, 2, seed=9, start_epoch=1)()
    seeds = np.concatenate([images[:, 0, 0, 0] for images, _labels in batches])
    visits = list(EpochOrder(7, 2, seed=9, shuffle=True).visits(1))
    assert seeds.tolist() == [seeds[1] % 2**20 for _index, seeds in visits]
    labels = np.concatenate([labels for _images, labels in batches])
    planned = [roads.read(index)[1] for index, _seeds in visits]
    assert np.array_equal(labels, planned)


def test_the_functions_of_lesson_1_fit_in(framework: Framework, roads: SegmentationSet) -> None:
    steps, answers = framework.steps, framework.answers
    own = [
        steps.on_image(answers.normalize_image, mean=MEAN, std=STD),
        steps.paired(answers.random_crop_pair, size=(8, 11)),
        steps.paired(answers.random_flip_pair),
        steps.paired(answers.resize_pair, size=(4, 6)),
    ]
    (images, labels), *_rest = framework.batches(roads, own, 3)()
    assert images.shape == (3, 4, 6, 3)
    assert labels.shape == (3, 4, 6)
    index, seeds = next(EpochOrder(7, 4, seed=0, shuffle=True).visits(0))
    image, label = roads.read(index)
    expected = answers.normalize_image(image, MEAN, STD)
    label = label.astype(labels.dtype)
    if framework.name == "torch":
        import torch

        label = torch.from_numpy(label)
    expected, label = answers.random_crop_pair(expected, label, (8, 11), seeds[1])
    expected, label = answers.random_flip_pair(expected, label, seeds[2])
    expected, label = framework.arrays(*answers.resize_pair(expected, label, (4, 6)))
    assert np.abs(images[0] - expected).max() < 1e-5
    assert np.array_equal(labels[0], label)


def test_images_of_different_sizes_need_a_step_or_batches_of_one(
    framework: Framework, mixed: SegmentationSet
) -> None:
    plain = [framework.normalize()]
    with pytest.raises(Exception, match=r"12×16 and 14×20.*resize.*batch_size=1") as caught:
        framework.batches(mixed, plain, 2, shuffle=False)()
    assert "DataError" in f"{caught.type.__name__} {caught.value}"
    ones = framework.batches(mixed, plain, 1, shuffle=False)()
    assert [images.shape[1:3] for images, _labels in ones] == [(12, 16), (14, 20)] * 2
    padded = framework.batches(mixed, [*plain, framework.steps.pad_to_multiple(32)], 4)()
    assert padded[0][0].shape == (4, 32, 32, 3)


def test_only_the_images_of_one_batch_must_agree(framework: Framework, tmp_path: Path) -> None:
    data = road_set(tmp_path, [(12, 16)] * 2 + [(14, 20)] * 2)
    batches = framework.batches(data, [framework.normalize()], 2, shuffle=False)()
    assert [images.shape[1:3] for images, _labels in batches] == [(12, 16), (14, 20)]


def test_a_damaged_file_is_named(framework: Framework, tmp_path: Path) -> None:
    data = road_set(tmp_path / "дороги", [(12, 20)] * 4)
    path = data.pairs[2].image
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(Exception, match="cut off or damaged") as caught:
        framework.batches(data, [framework.normalize()], 2)()
    text = f"{caught.type.__name__}: {caught.value}"
    assert "DataError" in text
    assert str(path) in text


def test_both_frameworks_deliver_the_same(roads: SegmentationSet) -> None:
    passes = []
    for name in ("torch", "tensorflow"):
        framework = Framework(name)
        steps = [framework.normalize(), framework.steps.resize((7, 25))]
        one_pass = framework.batches(roads, steps, 3, seed=2)
        passes.append([*one_pass(), *one_pass()])
    for (images, labels), (other_images, other_labels) in zip(*passes, strict=True):
        assert np.abs(images - other_images).max() < 1e-3
        assert np.array_equal(labels, other_labels)


# PyTorch alone


def torch_dataset(roads: SegmentationSet) -> Any:
    framework = Framework("torch")
    return framework.pipeline.TorchDataset(roads, augmenting(framework))


def test_a_torch_dataset_is_a_sequence_of_fixed_pairs(roads: SegmentationSet) -> None:
    dataset = torch_dataset(roads)
    pairs = list(dataset)
    assert len(pairs) == len(dataset) == 7
    image, label = dataset[2]
    assert tuple(image.shape) == (3, 8, 12)
    assert tuple(label.shape) == (8, 12)
    assert (image == pairs[2][0]).all()
    assert (dataset[-1][0] == pairs[6][0]).all()


def test_a_loader_leaves_threads_and_global_random_numbers_alone(roads: SegmentationSet) -> None:
    import torch

    loader = Framework("torch").pipeline.loader(torch_dataset(roads), 3, shuffle=True, seed=0)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert [torch.get_num_threads() for _batch in loader] == [3, 3, 3]
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(torch.get_rng_state(), state)
    assert len(loader) == 3


def test_a_pass_that_is_broken_off_counts_as_an_epoch(roads: SegmentationSet) -> None:
    loader = Framework("torch").pipeline.loader
    broken = loader(torch_dataset(roads), 3, shuffle=True, seed=0)
    next(iter(broken))
    whole = loader(torch_dataset(roads), 3, shuffle=True, seed=0, start_epoch=1)
    assert all((a[0] == b[0]).all() for a, b in zip(broken, whole, strict=True))


# No file holds this code, as none holds a notebook's: nothing in it can be imported by a worker.
WORKERS = """
import sys
import torch
from pixelwise.data import DataError, load
from pixelwise.data.torch_pipeline import TorchDataset, loader
from pixelwise.data.torch_steps import on_image, paired, normalize, random_crop, random_flip

SHIFT = 3.0

def shifted(image, label, seed):
    return image + SHIFT * (seed % 7), label

def passes(workers):
    options = {"multiprocessing_context": "spawn"} if workers else {}
    batches = loader(dataset, 2, shuffle=True, seed=3, workers=workers, **options)
    next(iter(batches))
    return [[(x.clone(), y.clone()) for x, y in batches] for _epoch in range(2)]

data = load("kitti_road", folder=sys.argv[1], quiet=True)
mean, std = data.facts.mean, data.facts.std
steps = [random_crop((8, 12)), normalize(mean, std), random_flip(), paired(shifted),
         on_image(lambda image: image - SHIFT * torch.get_num_threads())]
dataset = TorchDataset(data, steps)
torch.set_num_threads(1)
for one, two in zip(passes(0), passes(2), strict=True):
    for (x, y), (u, v) in zip(one, two, strict=True):
        assert torch.equal(x, u) and torch.equal(y, v) and x.dtype == u.dtype
path = data.pairs[1].image
path.write_bytes(path.read_bytes()[:300])
try:
    list(loader(dataset, 2, shuffle=False, seed=3, workers=1, multiprocessing_context="spawn"))
except DataError as error:
    print(error)
"""


def test_workers_that_start_afresh_deliver_the_same_and_name_damaged_files(tmp_path: Path) -> None:
    data = road_set(tmp_path, [(12, 20)] * 5)
    done = subprocess.run(
        [sys.executable, "-c", WORKERS, str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(data.pairs[1].image))
    assert "cut off or damaged" in done.stdout
    assert "Exception" not in done.stderr


# TensorFlow alone


def test_a_tf_dataset_knows_its_length_and_sizes(roads: SegmentationSet) -> None:
    framework = Framework("tensorflow")
    steps = augmenting(framework)
    batches = framework.pipeline.tf_dataset(roads, steps, 3, shuffle=True, seed=0, drop_last=True)
    images, labels = batches.element_spec
    assert int(batches.cardinality()) == 2
    assert images.shape.as_list() == [3, 8, 12, 3]
    assert labels.shape.as_list() == [3, 8, 12]


def test_fit_takes_one_epoch_after_the_other(roads: SegmentationSet) -> None:
    import keras

    framework = Framework("tensorflow")

    def batches(**options: Any) -> Any:
        return framework.pipeline.tf_dataset(
            roads, augmenting(framework), 3, shuffle=True, seed=0, **options
        )

    model = keras.Sequential([keras.layers.Conv2D(2, 1)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(True, ignore_class=255))
    fitted = batches()
    history = model.fit(fitted, epochs=2, shuffle=False, verbose=0)
    assert len(history.history["loss"]) == 2
    assert history.params["steps"] == 3
    follows = [framework.arrays(*batch) for batch in fitted]
    assert same(follows, [framework.arrays(*batch) for batch in batches(start_epoch=2)])


def test_a_function_without_source_code_is_used_as_it_is(roads: SegmentationSet) -> None:
    framework = Framework("tensorflow")
    namespace: dict[str, Any] = {}
    exec("def half(image, label, seed):\n    return image / 2, label\n", namespace)
    plain = framework.batches(roads, [framework.normalize()], 7, shuffle=False)()
    halved = framework.batches(
        roads, [framework.normalize(), namespace["half"]], 7, shuffle=False
    )()
    assert np.allclose(halved[0][0] * 2, plain[0][0])
