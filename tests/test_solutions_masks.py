"""The reference answers of lesson 1: the same in both frameworks, by hand and on real masks."""

import importlib
import os
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
PALETTE = np.array([[0, 0, 0], [128, 0, 0], [0, 128, 0], [255, 255, 255]], np.uint8)


class Answers:
    """The functions of one framework, with NumPy in and out, channels last."""

    def __init__(self, framework: str) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        self.library = pytest.importorskip(framework)
        self.framework = framework
        self.module: ModuleType = importlib.import_module(f"solutions.masks_{framework}")

    def image(self, image):
        if self.framework == "torch":
            return self.library.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0)))
        return self.library.constant(image)

    def label(self, label):
        if self.framework == "torch":
            return self.library.from_numpy(label.astype(np.int64))
        return self.library.constant(label, self.library.int32)

    def channels_last(self, x, axis=-3):
        return np.moveaxis(np.asarray(x), axis, -1) if self.framework == "torch" else np.asarray(x)

    @property
    def label_dtype(self):
        return np.int64 if self.framework == "torch" else np.int32

    def pair(self, name, image, label, *arguments):
        function = getattr(self.module, name)
        image, label = function(self.image(image), self.label(label), *arguments)
        return self.channels_last(image), np.asarray(label)

    def array(self, name, *arguments, **options):
        return np.asarray(getattr(self.module, name)(*arguments, **options))


@pytest.fixture(params=["torch", "tensorflow"], scope="module")
def answers(request):
    return Answers(request.param)


@pytest.fixture(scope="module")
def scene():
    """An image and a label of 7×11 whose every pixel tells where it is."""
    label = np.arange(77).reshape(7, 11)
    image = np.stack([label, -label, label**2], axis=-1).astype(np.float32)
    return image, label


def shared(*parts: str) -> Path:
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real masks are not here: {path}")
    return path


def read(path: Path) -> np.ndarray:
    return np.array(Image.open(path))


def voc_palette() -> np.ndarray:
    """The first 21 colours of the palette that Pascal VOC's files carry."""
    path = shared("voc2012_sample", "VOCdevkit/VOC2012/SegmentationClass/2011_000003.png")
    return np.array(Image.open(path).getpalette(), np.uint8).reshape(-1, 3)[:21]


# --- colours ------------------------------------------------------------------------------------


def test_color_to_label_by_hand(answers):
    mask = np.array(
        [[[0, 0, 0], [0, 128, 0], [128, 0, 0]], [[255, 255, 255], [128, 128, 0], [9, 9, 9]]]
    )
    label = answers.array("color_to_label", mask.astype(np.uint8), PALETTE)
    assert label.dtype == answers.label_dtype
    np.testing.assert_array_equal(label, [[0, 2, 1], [3, 255, 255]])


def test_color_to_label_tells_apart_colours_that_arithmetic_confuses(answers):
    # Equal sums, equal r * 256 + g * 256 + b, equal modulo 256 after an overflow.
    palette = np.array([[1, 2, 3], [2, 1, 3], [3, 2, 1], [1, 3, 2], [0, 3, 3], [9, 2, 3]], np.uint8)
    label = answers.array("color_to_label", palette[None, ::-1].copy(), palette)
    np.testing.assert_array_equal(label, [[5, 4, 3, 2, 1, 0]])


def test_color_to_label_takes_another_ignore_index(answers):
    mask = np.full((1, 2, 3), 77, np.uint8)
    np.testing.assert_array_equal(answers.array("color_to_label", mask, PALETTE, -1), [[-1, -1]])


def test_label_to_color_by_hand(answers):
    # -1 alone would not do: it counts from the end, which may be the void's colour by luck.
    label = np.array([[3, 1, 255], [-2, 4, 0]])
    painted = answers.array("label_to_color", answers.label(label), PALETTE, (7, 8, 9))
    assert painted.dtype == np.uint8
    void = [7, 8, 9]
    expected = [[[255] * 3, [128, 0, 0], void], [void, void, [0, 0, 0]]]
    np.testing.assert_array_equal(painted, expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_label_to_color_takes_labels_of_any_integer_type(answers, dtype):
    painted = answers.array("label_to_color", np.array([[0, 1, 255]], dtype), PALETTE)
    np.testing.assert_array_equal(painted, [[[0] * 3, [128, 0, 0], [255] * 3]])


def test_colours_survive_the_round_trip_on_real_voc_masks(answers):
    palette = voc_palette()
    folder = shared("voc2012_sample", "VOCdevkit", "VOC2012", "SegmentationClass")
    for path in sorted(folder.glob("*.png")):
        ids = read(path)
        rgb = np.array(Image.open(path).convert("RGB"))
        label = answers.array("color_to_label", rgb, palette)
        np.testing.assert_array_equal(label, ids)
        # The void colour of VOC is (224, 224, 192), which is no class's colour.
        painted = answers.array("label_to_color", label, palette, (224, 224, 192))
        np.testing.assert_array_equal(painted, rgb)


# --- one-hot ------------------------------------------------------------------------------------


def test_one_hot_by_hand(answers):
    label = np.array([[0, 2], [255, -1], [3, 1]])
    maps = answers.array("one_hot", answers.label(label), 3)
    assert maps.dtype == np.float32
    assert maps.shape == ((3, 3, 2) if answers.framework == "torch" else (3, 2, 3))
    expected = [[[1, 0, 0], [0, 0, 1]], [[0] * 3, [0] * 3], [[0] * 3, [0, 1, 0]]]
    np.testing.assert_array_equal(answers.channels_last(maps), expected)


def test_one_hot_of_a_batch_is_the_batch_of_one_hots(answers):
    label = np.random.default_rng(0).integers(-1, 6, (4, 2, 3))
    maps = answers.channels_last(answers.array("one_hot", answers.label(label), 5))
    assert maps.shape == (4, 2, 3, 5)
    for one, expected in zip(label, maps, strict=True):
        alone = answers.channels_last(answers.array("one_hot", answers.label(one), 5))
        np.testing.assert_array_equal(alone, expected)


def test_one_hot_of_real_trimaps_sums_to_one_but_on_the_border(answers):
    folder = shared("oxford_pets", "annotations", "trimaps")
    for path in sorted(folder.glob("*.png"))[:5]:
        trimap = read(path)
        label = np.select([trimap == 1, trimap == 2], [1, 0], 255).astype(np.uint8)
        maps = answers.channels_last(answers.array("one_hot", label, 2))
        np.testing.assert_array_equal(maps.sum(-1), trimap != 3)
        np.testing.assert_array_equal(maps[..., 1], trimap == 1)


def test_road_one_hot_follows_the_rule_of_the_development_kit(answers):
    # Red above 0: evaluated. Blue above 0: road. Faint values count as well; green never does.
    mask = np.array(
        [[[255, 0, 0], [255, 0, 255], [0, 0, 0]], [[1, 0, 1], [0, 9, 255], [1, 255, 0]]], np.uint8
    )
    maps = answers.array("road_one_hot", mask)
    assert maps.dtype == np.float32
    expected = [[[1, 0], [0, 1], [0, 0]], [[0, 1], [0, 0], [1, 0]]]
    np.testing.assert_array_equal(answers.channels_last(maps), expected)


def test_road_one_hot_on_real_kitti_masks(answers):
    folder = shared("kitti_road", "data_road", "training", "gt_image_2")
    counts = {}
    for path in sorted(folder.glob("um_road_*.png")):
        mask = read(path)
        maps = answers.channels_last(answers.array("road_one_hot", mask))
        road = (mask == (255, 0, 255)).all(-1)
        black = (mask == 0).all(-1)
        np.testing.assert_array_equal(maps[..., 1], road)
        np.testing.assert_array_equal(maps.sum(-1), ~black)
        counts[path.stem] = (int(maps[..., 1].sum()), int(black.sum()), black.size)
    # The lesson quotes the first file, and that black pixels would make its road 9 % larger.
    assert counts == {
        "um_road_000000": (61_316, 5_470, 465_750),
        "um_road_000001": (69_165, 8_472, 465_750),
    }
    road_pixels, black_pixels, _ = counts["um_road_000000"]
    assert round(100 * black_pixels / road_pixels) == 9


# --- images -------------------------------------------------------------------------------------


def test_normalize_image_by_hand(answers):
    image = np.array([[[0, 51, 255], [255, 102, 0]]], np.uint8)
    out = answers.array("normalize_image", image, (0.5, 0.2, 0.0), (0.5, 0.1, 2.0))
    assert out.dtype == np.float32
    assert out.shape == ((3, 1, 2) if answers.framework == "torch" else (1, 2, 3))
    expected = [[[-1, 0, 0.5], [1, 2, 0]]]
    np.testing.assert_allclose(answers.channels_last(out), expected, atol=1e-6)


def test_normalize_image_matches_mean_and_std_with_the_channels(answers):
    # Three columns and three channels: the wrong axis would go unnoticed by shape alone.
    image = np.random.default_rng(1).integers(0, 256, (3, 3, 3), np.uint8)
    mean, std = (0.485, 0.456, 0.406), np.array([0.229, 0.224, 0.225])
    out = answers.channels_last(answers.array("normalize_image", image, mean, std))
    np.testing.assert_allclose(out, (image / 255 - np.array(mean)) / std, atol=1e-5)


# --- augmentation -------------------------------------------------------------------------------


def test_crop_cuts_the_same_window_out_of_both(answers, scene):
    image, label = scene
    for seed in range(20):
        small_image, small_label = answers.pair("random_crop_pair", image, label, (3, 4), seed)
        assert small_image.shape == (3, 4, 3)
        assert small_label.dtype == answers.label_dtype
        top, left = divmod(int(small_label[0, 0]), 11)
        np.testing.assert_array_equal(small_label, label[top : top + 3, left : left + 4])
        np.testing.assert_array_equal(small_image, image[top : top + 3, left : left + 4])


def test_crop_reaches_every_window_and_repeats_itself(answers, scene):
    image, label = scene

    def corner(seed: int) -> int:
        return int(answers.pair("random_crop_pair", image, label, (5, 8), seed)[1][0, 0])

    corners = [corner(seed) for seed in range(300)]
    assert set(corners) == {11 * top + left for top in range(3) for left in range(4)}
    assert corners[:20] == [corner(seed) for seed in range(20)]


def test_crop_of_the_whole_image_is_the_image(answers, scene):
    image, label = scene
    out_image, out_label = answers.pair("random_crop_pair", image, label, (7, 11), 5)
    np.testing.assert_array_equal(out_image, image)
    np.testing.assert_array_equal(out_label, label)


@pytest.mark.parametrize("size", [(8, 11), (7, 12), (11, 7)])
def test_crop_refuses_a_window_that_does_not_fit(answers, scene, size):
    with pytest.raises(ValueError, match=f"{size[0]}×{size[1]}"):
        answers.pair("random_crop_pair", *scene, size, 0)


def test_flip_mirrors_both_or_none_about_half_of_the_time(answers, scene):
    image, label = scene
    choices = []
    for seed in range(1000):
        new_image, new_label = answers.pair("random_flip_pair", image, label, seed)
        flipped = bool(new_label[0, 0] == 10)
        step = -1 if flipped else 1
        np.testing.assert_array_equal(new_label, label[:, ::step])
        np.testing.assert_array_equal(new_image, image[:, ::step])
        choices.append(flipped)
    # Five standard deviations of 1000 fair coins are 79.
    assert 420 < sum(choices) < 580
    # Nor does the choice follow from the seed's parity or size.
    for some in (choices[::2], choices[1::2], choices[:200], choices[-200:]):
        assert 0.3 < np.mean(some) < 0.7
    # Neighbouring seeds are as free as any others: no run is longer than 20.
    runs = "".join("x" if choice else "o" for choice in choices)
    assert "x" * 20 not in runs
    assert "o" * 20 not in runs
    again = answers.pair("random_flip_pair", image, label, 3)[1]
    assert bool(again[0, 0] == 10) == choices[3]


def test_resize_by_hand(answers):
    image = np.array([[[0.0], [1.0]]], np.float32)
    label = np.array([[2, 7]])
    big_image, big_label = answers.pair("resize_pair", image, label, (2, 4))
    # Half-pixel centres: new pixel i lies at (i + 0.5) / 2 - 0.5 of the old row.
    np.testing.assert_allclose(big_image[..., 0], [[0, 0.25, 0.75, 1]] * 2, atol=1e-6)
    np.testing.assert_array_equal(big_label, [[2, 2, 7, 7]] * 2)
    assert big_label.dtype == answers.label_dtype


def test_resize_invents_no_label_on_real_masks(answers):
    folder = shared("voc2012_sample", "VOCdevkit", "VOC2012", "SegmentationClass")
    for path in sorted(folder.glob("*.png")):
        label = read(path)
        image = np.zeros((*label.shape, 1), np.float32)
        for size in [(100, 77), (301, 640)]:
            new_image, new_label = answers.pair("resize_pair", image, label, size)
            assert new_label.shape == new_image.shape[:2] == size
            assert set(np.unique(new_label)) <= set(np.unique(label))


# --- all of them --------------------------------------------------------------------------------


def test_arguments_stay_as_they_are(answers, scene):
    image, label = answers.image(scene[0]), answers.label(scene[1])
    mask = np.random.default_rng(2).integers(0, 256, (4, 5, 3), np.uint8)
    palette = PALETTE.copy()
    before = [np.asarray(x).copy() for x in (image, label, mask, palette)]
    module = answers.module
    module.color_to_label(mask, palette)
    module.label_to_color(label, palette)
    module.one_hot(label, 4)
    module.road_one_hot(mask)
    module.normalize_image(mask, (0.5,) * 3, (0.5,) * 3)
    for seed in range(4):
        module.random_crop_pair(image, label, (2, 3), seed)
        module.random_flip_pair(image, label, seed)
    module.resize_pair(image, label, (3, 20))
    for old, new in zip(before, (image, label, mask, palette), strict=True):
        np.testing.assert_array_equal(old, np.asarray(new))


def test_torch_leaves_the_global_generator_alone():
    answers = Answers("torch")
    state = answers.library.get_rng_state()
    image, label = np.zeros((4, 5, 3), np.float32), np.zeros((4, 5))
    answers.pair("random_crop_pair", image, label, (2, 2), 1)
    answers.pair("random_flip_pair", image, label, 1)
    assert answers.library.equal(state, answers.library.get_rng_state())


def test_parity():
    """Everything that is not random gives the same numbers in both frameworks."""
    torch, tensorflow = Answers("torch"), Answers("tensorflow")
    rng = np.random.default_rng(3)
    label = rng.integers(0, 5, (13, 17))
    image = rng.random((13, 17, 3), np.float32)
    photo = rng.integers(0, 256, (13, 17, 3), np.uint8)
    mask = PALETTE[rng.integers(0, 4, (13, 17))]
    road = rng.choice([0, 255], (13, 17, 3)).astype(np.uint8)

    def results(answers):
        yield answers.array("color_to_label", mask, PALETTE[:3])
        yield answers.array("label_to_color", answers.label(label), PALETTE)
        yield answers.channels_last(answers.array("one_hot", answers.label(label), 4))
        yield answers.channels_last(answers.array("road_one_hot", road))
        moments = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
        yield answers.channels_last(answers.array("normalize_image", photo, *moments))
        for size in [(26, 34), (6, 8), (20, 9)]:
            yield from answers.pair("resize_pair", image, label, size)

    for one, other in zip(results(torch), results(tensorflow), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("known", [True, False], ids=["size known", "size unknown"])
def test_tensorflow_works_in_a_dataset_graph(scene, known):
    answers = Answers("tensorflow")
    tf, module = answers.library, answers.module
    rng = np.random.default_rng(4)
    photo = rng.integers(0, 256, (7, 11, 3), np.uint8)
    mask = PALETTE[rng.integers(0, 4, (7, 11))]
    shape = (7, 11, 3) if known else (None, None, 3)

    def steps(photo, mask, seed):
        label = module.color_to_label(mask, PALETTE[:3])
        image = module.normalize_image(photo, (0.5,) * 3, (0.5,) * 3)
        image, label = module.random_crop_pair(image, label, (4, 6), seed)
        image, label = module.random_flip_pair(image, label, seed)
        image, label = module.resize_pair(image, label, (8, 5))
        painted = module.label_to_color(label, PALETTE)
        return image, label, painted, module.one_hot(label, 3), module.road_one_hot(mask)

    # The seed as a tensor of its own for each picture, and as one number for all.
    specs = tuple(tf.TensorSpec(s, d) for s, d in [(shape, tf.uint8)] * 2 + [((), tf.int64)])
    rows = [(photo, mask, np.int64(seed)) for seed in range(8)]
    dataset = tf.data.Dataset.from_generator(lambda: iter(rows), output_signature=specs)
    moving = dataset.map(steps)
    assert moving.element_spec[0].shape == (8, 5, 3)
    assert moving.element_spec[1].shape == (8, 5)
    for row, got in zip(rows, moving, strict=True):
        for one, other in zip(got, steps(*row), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)
    still = dataset.map(lambda photo, mask, seed: steps(photo, mask, 3)[:2])
    for _image, label in still:
        np.testing.assert_array_equal(label, steps(photo, mask, 3)[1])


def test_tensorflow_refuses_in_a_graph_what_it_can_know_there(scene):
    answers = Answers("tensorflow")
    tf = answers.library
    image, label = answers.image(scene[0]), answers.label(scene[1])
    dataset = tf.data.Dataset.from_tensors((image, label))

    def too_large(image, label):
        return answers.module.random_crop_pair(image, label, (8, 3), 0)

    with pytest.raises(ValueError, match="8×3"):
        dataset.map(too_large)
