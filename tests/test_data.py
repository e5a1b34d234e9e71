"""The pictures that need no download, and the forms their segmentations are written in."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelwise.data import CITYSCAPES, KITTI_ROAD, PETS, VOC, Classes, on_disk, photo, street

REAL = Path(__file__).parents[2] / "shared" / "data"
KINDS = ("kitti_road", "voc", "pets", "cityscapes", "cityscapes_color")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return on_disk(tmp_path_factory.mktemp("disk"), street(0))


def read(path):
    with Image.open(path) as image:
        return np.asarray(image)


def values_of(mask):
    """The numbers or colours that occur."""
    pixels = mask.reshape(mask.shape[0] * mask.shape[1], -1)
    return {tuple(value) for value in np.unique(pixels, axis=0).tolist()}


def test_importing_needs_no_plotting_and_no_framework():
    code = (
        "import sys, pixelwise.data; "
        "print([m for m in ('matplotlib.pyplot', 'torch', 'tensorflow') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_classes_want_a_color_for_each_name():
    with pytest.raises(ValueError, match="2 names"):
        Classes("x", ("a", "b"), np.zeros((3, 3), np.uint8))


def test_known_label_sets():
    assert (len(VOC), len(CITYSCAPES), len(PETS), len(KITTI_ROAD)) == (21, 34, 3, 2)
    assert VOC.palette[[0, 1, 15, 20]].tolist() == [
        [0, 0, 0],
        [128, 0, 0],
        [192, 128, 128],
        [0, 64, 128],
    ]
    assert CITYSCAPES.index("road") == 7
    assert CITYSCAPES.index("car") == 26
    assert CITYSCAPES.palette[7].tolist() == [128, 64, 128]


def test_photo_has_every_class_and_nothing_else():
    sample = photo()
    assert sample.image.shape == (600, 512, 3)
    assert sample.image.dtype == sample.label.dtype == np.uint8
    assert sample.label.shape == (600, 512)
    assert set(np.unique(sample.label)) == {0, 1, 2, 3, 4, 255}
    assert (sample.label == 255).mean() < 0.04


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ((300, 480), "background"),
        ((100, 60), "flag"),
        ((330, 145), "flag"),  # the gold cord
        ((250, 250), "skin"),
        ((380, 260), "skin"),  # the neck
        ((60, 260), "cap"),
        ((55, 200), "cap"),  # its white part
        ((500, 120), "uniform"),
        ((440, 250), "uniform"),  # the tie
    ],
)
def test_photo_label_fits_the_photograph(place, name):
    sample = photo()
    assert sample.label[place] == sample.classes.index(name)


def test_photo_colors_agree_with_the_label():
    """The wall is blue, the uniform dark, the skin reddish: a shifted mask would not be so."""
    sample = photo()
    pixels = {name: sample.image[sample.label == k] for k, name in enumerate(sample.classes.names)}
    wall, skin, uniform = (pixels[name].astype(int) for name in ("background", "skin", "uniform"))
    assert (wall[:, 2] > wall[:, 0] + 20).mean() > 0.99
    assert (skin[:, 0] > skin[:, 2]).mean() > 0.95
    assert (uniform.max(axis=1) < 80).mean() > 0.85


def test_photo_void_lies_along_every_border():
    label = photo().label.astype(int)
    for a, b in ((label[:, 1:], label[:, :-1]), (label[1:], label[:-1])):
        assert not ((a != b) & (a != 255) & (b != 255)).any()


def test_photo_can_be_changed_without_harm():
    photo().image[:] = 0
    photo().label[:] = 0
    assert photo().image.any()
    assert photo().label.any()


@pytest.mark.parametrize("seed", range(20))
def test_every_class_occurs_in_every_street(seed):
    sample = street(seed)
    assert sample.image.shape == (160, 240, 3)
    assert sample.label.shape == (160, 240)
    assert set(np.unique(sample.label)) == set(range(8))


def test_street_varies_by_seed_only():
    assert np.array_equal(street(4).image, street(4).image)
    assert np.array_equal(street(4).label, street(4).label)
    assert (street(4).label != street(5).label).mean() > 0.1


def test_street_of_any_size():
    sample = street(1, (96, 200))
    assert sample.image.shape == (96, 200, 3)
    assert sample.label.shape == sample.instances.shape == (96, 200)
    with pytest.raises(ValueError, match="at least"):
        street(0, (40, 40))


def test_street_instances_are_cars_persons_and_poles():
    sample = street(2)
    names = sample.classes.names
    things = [names.index(name) for name in ("car", "person", "pole")]
    assert np.array_equal(sample.instances > 0, np.isin(sample.label, things))
    count = int(sample.instances.max())
    assert count >= 8
    assert np.unique(sample.instances).tolist() == list(range(count + 1))
    for number in range(1, count + 1):
        assert len(np.unique(sample.label[sample.instances == number])) == 1


def test_street_persons_are_near_and_far():
    sample = street(0)
    person = sample.classes.index("person")
    heights = [
        np.ptp(np.nonzero(sample.instances == number)[0]) + 1
        for number in range(1, sample.instances.max() + 1)
        if (sample.label[sample.instances == number] == person).all()
    ]
    assert min(heights) < 20 < 40 < max(heights)


def test_street_is_quick():
    started = time.perf_counter()
    street(3)
    assert time.perf_counter() - started < 0.5  # 0.05 s where nothing else runs


def test_files_are_all_there(files):
    assert set(files) == set(KINDS)
    assert all(path.is_file() for path in files.values())


def test_kitti_road_file(files):
    scene, mask = street(0), read(files["kitti_road"])
    assert mask.shape == (160, 240, 3)
    road = (mask == (255, 0, 255)).all(axis=-1)
    assert np.array_equal(road, scene.label == scene.classes.index("road"))
    colors = {tuple(color) for color in np.unique(mask.reshape(-1, 3), axis=0).tolist()}
    assert colors == {(255, 0, 255), (255, 0, 0), (0, 0, 0)}


def test_voc_file(files):
    scene = street(0)
    with Image.open(files["voc"]) as image:
        assert image.mode == "P"
        palette = np.array(image.getpalette()).reshape(-1, 3)
        ids = np.asarray(image)
    assert np.array_equal(palette[:21], VOC.palette)
    assert palette[255].tolist() == [224, 224, 192]
    assert set(np.unique(ids)) == {0, VOC.index("car"), VOC.index("person"), 255}
    car = ids == VOC.index("car")
    assert (scene.label[car] == scene.classes.index("car")).all()


def test_voc_void_parts_objects_that_touch(files):
    ids, instances = read(files["voc"]).astype(int), street(0).instances
    inside = (ids > 0) & (ids < 255)
    both = inside[:, 1:] & inside[:, :-1]
    assert not (both & (instances[:, 1:] != instances[:, :-1])).any()


def test_pets_file(files):
    with Image.open(files["pets"]) as image:
        assert image.mode == "L"
        trimap = np.asarray(image)
    assert set(np.unique(trimap)) == {1, 2, 3}
    scene = street(0)
    things = [scene.classes.index(name) for name in ("car", "person")]
    assert np.isin(scene.label[trimap == 1], things).all()
    assert not np.isin(scene.label[trimap == 2], things).any()


def test_cityscapes_files(files):
    with Image.open(files["cityscapes"]) as image:
        assert image.mode == "L"
        ids = np.asarray(image)
    scene = street(0)
    for ours, theirs in (("road", "road"), ("tree", "vegetation"), ("pavement", "sidewalk")):
        same = scene.label == scene.classes.index(ours)
        assert np.array_equal(ids == CITYSCAPES.index(theirs), same)
    color = read(files["cityscapes_color"])
    assert np.array_equal(color[..., :3], CITYSCAPES.palette[ids])


def test_a_scene_without_a_road_has_no_road_file(tmp_path):
    files = on_disk(tmp_path, photo())
    assert set(files) == set(KINDS) - {"kitti_road"}
    assert set(np.unique(read(files["pets"]))) == {1, 2, 3}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data sets are not here")
@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("kitti_road", "kitti_road/data_road/training/gt_image_2/um_road_*.png"),
        ("voc", "voc2012_sample/VOCdevkit/VOC2012/SegmentationClass/*.png"),
        ("pets", "oxford_pets/annotations/trimaps/*.png"),
    ],
)
def test_files_have_the_form_of_the_real_ones(files, kind, pattern):
    real = sorted(REAL.glob(pattern))[0]
    with Image.open(real) as theirs, Image.open(files[kind]) as ours:
        assert ours.mode == theirs.mode
        assert ours.getpalette() == theirs.getpalette()
    if kind != "voc":  # the classes that occur in a picture differ
        assert values_of(read(files[kind])) == values_of(read(real))
    assert files[kind].parent.name == real.parent.name
