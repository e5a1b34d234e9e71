"""The small road sets: official layouts, exact labels, every class, the same files every time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelwise.data import CITYSCAPES, load
from pixelwise.data.small import roads
from pixelwise.data.small.road_plane import plane_between
from pixelwise.data.small.road_view import View

SETS = ("kitti_road", "camvid", "cityscapes")
SIZES = {"kitti_road": (128, 416), "camvid": (128, 192), "cityscapes": (128, 256)}
COUNTS = {
    "kitti_road": {"train": 60, "val": 15, "test": 12},
    "camvid": {"train": 60, "val": 20, "test": 20},
    "cityscapes": {"train": 48, "val": 16, "test": 8},
}
LIMITS = {"kitti_road": 9.0, "camvid": 5.0, "cityscapes": 5.0}  # megabytes


@pytest.fixture(scope="module", autouse=True)
def data_folder(small_data):
    """Each set is made at the first `load`, and then used by all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIXELWISE_DATA", str(small_data))
        yield small_data


def small(name, split):
    return load(name, split, small=True, quiet=True)


def labels_of(data):
    return np.stack([data.read(index)[1] for index in range(len(data))])


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("name", SETS)
def test_the_loader_reads_every_image_of_every_split(name):
    for split, count in COUNTS[name].items():
        data = small(name, split)
        assert len(data) == count
        for index in range(count):
            image, label = data.read(index)
            assert image.shape == (*SIZES[name], 3)
            assert label.shape == SIZES[name]
            known = label != 255
            assert label[known].max(initial=0) < len(data.classes)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("split", ["train", "val"])
def test_every_class_occurs(name, split):
    data = small(name, split)
    counts = np.bincount(labels_of(data).ravel(), minlength=256)[: len(data.classes)]
    missing = [data.classes.names[index] for index in np.flatnonzero(counts < 200)]
    assert missing == []


def test_every_class_of_camvid_occurs_in_test():
    assert set(np.unique(labels_of(small("camvid", "test")))) == {*range(11), 255}


@pytest.mark.parametrize("name", SETS)
def test_no_two_images_are_equal_and_splits_share_none(name):
    seen = [
        small(name, split).read(index)[0].tobytes()
        for split, count in COUNTS[name].items()
        for index in range(count)
    ]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_small(name):
    root = small(name, "train").root
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    assert size < LIMITS[name] * 1e6


@pytest.mark.parametrize(
    ("name", "file", "paint"),
    [
        (
            "kitti_road",
            "training/image_2/uu_000003.png",
            lambda: roads._kitti_scene(roads.RoadType.PLAIN, 2, 3),
        ),
        (
            "camvid",
            "train/0006R0_f00150.png",
            lambda: roads._camvid_scene((2, 0, 1, 4), 4, at_dusk=False),
        ),
    ],
)
def test_a_scene_is_the_same_every_time(name, file, paint):
    first, second = paint(), paint()
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.kinds, second.kinds)
    assert np.array_equal(first.lane, second.lane)
    # What another call painted, after other scenes, lies in the file.
    assert np.array_equal(first.image, pixels(small(name, "train").root / file))


def test_writing_twice_gives_equal_files(data_folder, tmp_path):
    first = small("cityscapes", "train").root
    roads.write_cityscapes(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.png"))
    assert written == sorted(path.relative_to(first) for path in first.rglob("*.png"))
    for path in written:
        assert (tmp_path / path).read_bytes() == (first / path).read_bytes(), path


# KITTI Road


def test_kitti_masks_have_the_official_colors_and_sizes_of_categories():
    root = small("kitti_road", "train").root
    masks = sorted((root / "training" / "gt_image_2").glob("*.png"))
    assert len(masks) == 100
    for path in masks:
        red, green, blue = (pixels(path)[..., channel] for channel in range(3))
        not_road = (red == 255) & (blue == 0)
        road = (red == 255) & (blue == 255)
        not_evaluated = (red == 0) & (blue == 0)
        assert (not_road | road | not_evaluated).all()
        assert not green.any()
    for category in ("um", "umm", "uu"):
        images = list((root / "training" / "image_2").glob(f"{category}_*.png"))
        assert len(images) == 25


def test_kitti_lane_masks_lie_in_the_road_and_are_not_read():
    root = small("kitti_road", "train").root / "training" / "gt_image_2"
    lanes = sorted(root.glob("*_lane_*.png"))
    assert [path.name for path in lanes] == [f"um_lane_{index:06d}.png" for index in range(25)]
    for path in lanes:
        lane = pixels(path)[..., 2] > 0
        road = pixels(root / path.name.replace("lane", "road"))[..., 2] > 0
        assert not (lane & ~road).any()
        assert 0.1 * road.sum() < lane.sum() < 0.9 * road.sum()
    for split in ("train", "val"):
        assert all("_road_" in pair.mask.name for pair in small("kitti_road", split).pairs)


def test_kitti_masks_leave_out_some_pixels_of_every_image():
    labels = np.concatenate([labels_of(small("kitti_road", split)) for split in ("train", "val")])
    shares = (labels == 255).mean(axis=(1, 2))
    assert shares.min() > 0.005
    assert 0.02 < shares.mean() < 0.15
    assert ((labels == 1).mean(axis=(1, 2)) > 0.05).all()


def test_kitti_test_images_have_no_masks():
    data = small("kitti_road", "test")
    assert all(pair.mask is None for pair in data.pairs)
    assert sorted({pair.name.rpartition("_")[0] for pair in data.pairs}) == ["um", "umm", "uu"]


# CamVid


def test_camvid_lists_name_the_files_in_the_way_of_the_authors():
    root = small("camvid", "train").root
    for split, count in COUNTS["camvid"].items():
        lines = (root / f"{split}.txt").read_text(encoding="utf-8").splitlines()
        assert len(lines) == count
        for line in lines:
            image, mask = line.split()
            assert image.startswith(f"/SegNet/CamVid/{split}/")
            assert mask == image.replace(f"/{split}/", f"/{split}annot/")
            assert (root / split / Path(image).name).exists()


def test_camvid_masks_are_grey_with_numbers_to_11():
    root = small("camvid", "val").root
    for path in (root / "valannot").glob("*.png"):
        with Image.open(path) as image:
            assert image.mode == "L"
        assert pixels(path).max() <= 11


def test_camvid_is_darker_at_dusk():
    data = small("camvid", "train")
    brightness = {True: [], False: []}
    for index, pair in enumerate(data.pairs):
        brightness[pair.name.startswith("0001TP")].append(data.read(index)[0].mean())
    assert len(brightness[True]) == 20
    assert max(brightness[True]) < min(brightness[False]) + 30
    assert np.mean(brightness[True]) < np.mean(brightness[False]) - 15


# Cityscapes


def test_cityscapes_files_are_named_and_numbered_as_published():
    root = small("cityscapes", "train").root
    cities = {
        split: sorted(path.name for path in (root / "leftImg8bit" / split).iterdir())
        for split in ("train", "val", "test")
    }
    assert cities == {
        "train": ["aachen", "bochum", "bremen"],
        "val": ["frankfurt", "lindau"],
        "test": ["berlin"],
    }
    images = sorted((root / "leftImg8bit").rglob("*_leftImg8bit.png"))
    for path in images:
        folder = root / "gtFine" / path.parent.relative_to(root / "leftImg8bit")
        name = path.name.removesuffix("_leftImg8bit.png")
        ids = pixels(folder / f"{name}_gtFine_labelIds.png")
        colors = pixels(folder / f"{name}_gtFine_color.png")
        assert np.array_equal(colors[..., :3], CITYSCAPES.palette[ids])


def test_cityscapes_masks_of_test_are_empty():
    root = small("cityscapes", "test").root
    masks = list((root / "gtFine" / "test").rglob("*_labelIds.png"))
    assert len(masks) == 8
    assert all((pixels(path) == 0).all() for path in masks)


def test_cityscapes_has_void_ids_and_our_own_car_at_the_bottom():
    data = load("cityscapes", "val", small=True, quiet=True, label_set="ids")
    for index in range(len(data)):
        label = data.read(index)[1]
        assert label[-2, 128] == CITYSCAPES.index("ego vehicle")
        assert (label[0] == CITYSCAPES.index("out of region of interest")).all()


# What the scenes ask of a model


def test_colors_alone_do_not_tell_the_classes():
    """The class whose mean colour is nearest is wrong for most pixels."""
    for name, limit in (("camvid", 0.2), ("cityscapes", 0.15)):
        train, val = small(name, "train"), small(name, "val")
        means = class_means(train)
        matrix = np.zeros((len(means), len(means)))
        for index in range(len(val)):
            image, label = val.read(index)
            known = label != 255
            gaps = ((image[known].astype(float)[:, None] - means) ** 2).sum(axis=2)
            np.add.at(matrix, (label[known], gaps.argmin(axis=1)), 1)
        hits = np.diag(matrix)
        iou = hits / (matrix.sum(axis=0) + matrix.sum(axis=1) - hits)
        assert iou.mean() < limit


def class_means(data):
    total, count = np.zeros((len(data.classes), 3)), np.zeros(len(data.classes))
    for index in range(len(data)):
        image, label = data.read(index)
        known = label != 255
        np.add.at(total, label[known], image[known])
        count += np.bincount(label[known], minlength=len(count))
    return total / count[:, None]


def test_people_and_cars_are_near_and_far():
    """Some persons are hardly larger than a dozen pixels, others a good part of the picture."""
    for name, kind in (("cityscapes", "person"), ("cityscapes", "car"), ("camvid", "car")):
        data = small(name, "train")
        number = data.classes.index(kind)
        areas = [(label == number).sum() for label in labels_of(data)]
        assert min(area for area in areas if area) < 120
        assert max(areas) > 900


# The camera

VIEW = View(
    height=256,
    width=512,
    focal=500,
    horizon=110,
    eye=1.4,
    lateral=1.5,
    heading=0.02,
    bend=0.002,
    slope=0.0004,
)


@pytest.mark.parametrize("slope", [-0.0008, 0.0, 0.0008])
def test_tracing_a_row_back_to_the_ground_undoes_the_projection(slope):
    view = replace(VIEW, slope=slope)
    for z in (5.0, 12.0, 40.0):
        column, row = view.project(2.0, 0, z)
        found = view.depths(np.array([row - 0.5]))
        assert found[0] == pytest.approx(z, rel=1e-4)
        assert view.offsets(found)[0, round(column - 0.5)] == pytest.approx(2.0, abs=z / 500)


def test_a_hilltop_hides_what_is_behind_it():
    hill, level = replace(VIEW, slope=-0.001), replace(VIEW, slope=0.0)
    assert hill.farthest == pytest.approx(np.sqrt(2 * 1.4 / 0.001))
    assert hill.first_row > level.first_row
    behind = hill.project(0, 0, 1.5 * hill.farthest)[1]
    assert behind > hill.project(0, 0, hill.farthest)[1]


def test_a_plane_fills_the_pixels_between_its_projected_corners():
    start, end, height = (4.0, 8.0), (4.0, 20.0), 3.0
    plane = plane_between(VIEW, start, end, height)
    assert plane is not None
    columns = sorted(VIEW.project(u, 0, z)[0] for u, z in (start, end))
    left = plane.corner[0]
    assert abs(left - columns[0]) <= 1
    assert abs(left + plane.inside.shape[1] - columns[1]) <= 1
    # The nearest column, at the right: from the foot of the plane up to its top.
    rows = plane.corner[1] + np.flatnonzero(plane.inside[:, -1])
    assert abs(rows.min() - VIEW.project(4.0, height, 8.0)[1]) < 2
    assert abs(rows.max() - VIEW.project(4.0, 0, 8.0)[1]) < 2
    assert plane.facing[0] < -0.9  # towards the road


def test_a_plane_behind_the_camera_is_not_seen():
    assert plane_between(VIEW, (4.0, -9.0), (4.0, 0.5), 3.0) is None
