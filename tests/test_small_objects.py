"""The small sets of objects, animals and cells that the course makes by itself."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from pixelwise.data.known import voc_colormap
from pixelwise.data.loading import load
from pixelwise.data.small import small_set, writer_of
from pixelwise.data.small.objects import annotated
from pixelwise.data.small.soft_bodies import View, ball, relief
from pixelwise.data.small.soft_canvas import Canvas

SPLITS = {
    "voc2012": {"train": 100, "val": 40, "trainval": 140},
    "oxford_pets": {"train": 80, "val": 20, "trainval": 100, "test": 30},
    "nuclei": {"train": 60, "val": 20, "test": 20},
}
MEGABYTES = 4


@pytest.fixture(scope="module")
def data_folder(small_data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIXELWISE_DATA", str(small_data))
        for name in SPLITS:
            small_set(name)
        yield small_data


@pytest.fixture(scope="module")
def contents(data_folder):
    """Of each set, the images and labels of each split."""
    return {
        name: {
            split: list(map(load(name, split, small=True, quiet=True).read, range(count)))
            for split, count in splits.items()
        }
        for name, splits in SPLITS.items()
    }


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "made.json"
    }


def numbers(path):
    with Image.open(path) as image:
        return np.array(image)


@pytest.mark.parametrize(
    ("name", "split", "count"),
    [(name, split, count) for name, splits in SPLITS.items() for split, count in splits.items()],
)
def test_splits_have_their_sizes(data_folder, name, split, count):
    assert len(load(name, split, small=True, quiet=True)) == count


@pytest.mark.parametrize("name", SPLITS)
def test_every_class_occurs_for_training_and_for_validation(contents, name):
    classes = load(name, "train", small=True, quiet=True).classes
    for split in ("train", "val"):
        seen = set(np.unique(np.concatenate([label.ravel() for _, label in contents[name][split]])))
        assert seen - {255} == set(range(len(classes.names)))


@pytest.mark.parametrize("name", SPLITS)
def test_images_differ_in_size_and_content(contents, name):
    split = "trainval" if "trainval" in SPLITS[name] else "train"
    others = [contents[name][other] for other in ("test", "val") if other in SPLITS[name]]
    images = [image for image, _ in contents[name][split]]
    assert len({image.shape for image in images}) > 1
    every = images + [image for part in others for image, _ in part]
    digests = {hashlib.sha256(image.tobytes()).digest() for image in every}
    in_both = SPLITS[name]["val"] if split == "trainval" else 0
    assert len(digests) == len(every) - in_both


@pytest.mark.parametrize("name", SPLITS)
def test_sets_are_small_on_disk(data_folder, name):
    files = [path for path in (data_folder / "mini" / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MEGABYTES * 1e6


@pytest.mark.parametrize("name", SPLITS)
def test_writing_again_gives_the_same_bytes(data_folder, tmp_path, name):
    writer_of(name)(tmp_path)
    assert files_of(tmp_path) == files_of(data_folder / "mini" / name)


@pytest.mark.parametrize("name", SPLITS)
def test_mean_colors_of_a_class_do_not_give_it_away(contents, name):
    """Whoever only compares a pixel's colour with the mean colour of each class is mostly wrong."""

    def pixels(split):
        parts = [(image[label < 255], label[label < 255]) for image, label in contents[name][split]]
        return np.concatenate([a for a, _ in parts]).astype(float), np.concatenate(
            [b for _, b in parts]
        )

    colors, labels = pixels("train")
    means = np.array([colors[labels == k].mean(axis=0) for k in np.unique(labels)])
    colors, labels = pixels("val")
    nearest = ((colors[:, None] - means[None]) ** 2).sum(axis=2).argmin(axis=1)
    ious = [
        ((nearest == k) & (labels == k)).sum() / ((nearest == k) | (labels == k)).sum()
        for k in range(len(means))
    ]
    assert np.mean(ious) < 0.6


# --- objects ---


def test_voc_trainval_is_train_and_val(data_folder):
    lists = data_folder / "mini" / "voc2012" / "ImageSets" / "Segmentation"
    train, val, both = (
        (lists / f"{split}.txt").read_text(encoding="utf-8").split()
        for split in ("train", "val", "trainval")
    )
    assert not set(train) & set(val)
    assert sorted(both) == sorted(train + val)


@pytest.mark.parametrize("folder", ["SegmentationClass", "SegmentationObject"])
def test_voc_masks_carry_the_official_palette(data_folder, folder):
    for path in sorted((data_folder / "mini" / "voc2012" / folder).iterdir()):
        with Image.open(path) as mask:
            assert mask.mode == "P"
            palette = np.array(mask.getpalette(), np.uint8).reshape(-1, 3)
            used = int(np.asarray(mask).max())
        assert (palette == voc_colormap()[: len(palette)]).all()
        assert len(palette) > used


def test_voc_objects_and_classes_agree(data_folder):
    root = data_folder / "mini" / "voc2012"
    several = 0
    for path in sorted((root / "SegmentationClass").iterdir()):
        label, objects = numbers(path), numbers(root / "SegmentationObject" / path.name)
        assert ((label == 255) == (objects == 255)).all()
        assert ((label == 0) == (objects == 0)).all()
        count = int(objects[objects < 255].max())
        for number in range(1, count + 1):
            assert len(np.unique(label[objects == number])) == 1
        several += count > 1
    assert several > 70


def test_voc_objects_have_a_strip_of_void_around_them(contents):
    for _, label in contents["voc2012"]["val"]:
        beside = [(label[:, :-1], label[:, 1:]), (label[:-1], label[1:])]
        for one, other in beside:
            assert ((one == other) | (one == 255) | (other == 255)).mean() > 0.997
        assert 0.001 < (label == 255).mean() < 0.2
        assert (label == 0).mean() > 0.05


def test_voc_classes_come_in_very_different_sizes(contents):
    person = 15
    heights = []
    for _, label in contents["voc2012"]["trainval"]:
        rows = np.flatnonzero((label == person).any(axis=1))
        if len(rows):
            heights.append(rows[-1] - rows[0] + 1)
    assert min(heights) < 20
    assert max(heights) > 90


def test_the_strip_keeps_what_is_thin():
    objects = np.zeros((20, 20), np.uint8)
    objects[4:14, 2:12] = 1
    objects[2:18, 16] = 2
    label, numbered = annotated(np.array([0, 7, 2], np.uint8)[objects], objects)
    assert (label[5:13, 3:11] == 7).all()
    assert (label[3:15, (1, 2, 11, 12)][1:-1] == 255).all()
    assert (label[2:18, 16] == 2).all()
    assert (label[2:18, (15, 17)] == 255).all()
    assert set(np.unique(numbered)) == {0, 1, 2, 255}


def test_objects_too_small_to_be_recognised_are_void():
    objects = np.zeros((20, 20), np.uint8)
    objects[3:6, 3:6] = 1
    objects[10:16, 10:16] = 2
    label, numbered = annotated((objects * 5).astype(np.uint8), objects)
    assert (label[3:6, 3:6] == 255).all()
    assert set(np.unique(label)) == {0, 10, 255}
    assert set(np.unique(numbered)) == {0, 1, 255}


# --- animals ---


def test_trimaps_hold_their_three_numbers(data_folder):
    for path in sorted((data_folder / "mini" / "oxford_pets" / "annotations").rglob("*.png")):
        with Image.open(path) as trimap:
            assert trimap.mode == "L"
        assert set(np.unique(numbers(path))) == {1, 2, 3}


def test_the_border_lies_between_pet_and_background(contents):
    for _, label in contents["oxford_pets"]["val"]:
        pet, background = label == 0, label == 1
        assert not (pet[:, 1:] & background[:, :-1]).any()
        assert not (pet[1:] & background[:-1]).any()
        assert not (pet[:, :-1] & background[:, 1:]).any()


def test_pets_are_large(contents):
    shares = [(label == 0).mean() for _, label in contents["oxford_pets"]["trainval"]]
    assert np.mean(shares) > 0.2


def test_pet_lists_are_in_the_official_format(data_folder):
    folder = data_folder / "mini" / "oxford_pets" / "annotations"
    text = (folder / "list.txt").read_text(encoding="utf-8")
    comments = [line for line in text.splitlines() if line.startswith("#")]
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    assert len(comments) == 6
    assert len(lines) == 130
    for name, class_number, species, breed in lines:
        assert 1 <= int(class_number) <= 37
        assert int(species) == (1 if name[0].isupper() else 2)
        assert 1 <= int(breed) <= (12 if species == "1" else 25)
    known = {name.rsplit("_", 1)[0]: int(number) for name, number, *_ in lines}
    # As in the published list.
    assert (known["Abyssinian"], known["american_bulldog"], known["Bengal"]) == (1, 2, 6)
    assert (known["Sphynx"], known["yorkshire_terrier"]) == (34, 37)
    assert len(known) == 37
    listed = [
        line.split()[0]
        for split in ("trainval", "test")
        for line in (folder / f"{split}.txt").read_text(encoding="utf-8").splitlines()
    ]
    assert sorted(listed) == sorted(name for name, *_ in lines)


# --- cells ---


def test_nuclei_are_one_file_each_and_do_not_overlap(data_folder):
    for folder in sorted((data_folder / "mini" / "nuclei" / "stage1_train").iterdir()):
        assert len(folder.name) == 64
        int(folder.name, 16)
        with Image.open(folder / "images" / f"{folder.name}.png") as image:
            assert image.mode == "RGBA"
            size = image.size
        total = np.zeros(size[::-1], int)
        for path in (folder / "masks").iterdir():
            mask = numbers(path)
            assert set(np.unique(mask)) == {0, 255}
            total += mask > 0
            assert (mask > 0).sum() >= 7
        assert total.max() == 1


def test_nuclei_differ_in_size_and_many_are_small(data_folder):
    areas = [
        (numbers(path) > 0).sum()
        for path in (data_folder / "mini" / "nuclei" / "stage1_train").glob("*/masks/*.png")
    ]
    diameters = np.sqrt(np.array(areas) * 4 / np.pi)
    assert np.quantile(diameters, 0.98) > 4 * np.quantile(diameters, 0.1)
    assert (diameters < 8).mean() > 0.35


def test_a_threshold_alone_does_badly_on_nuclei(contents):
    overlap = union = 0
    for image, label in contents["nuclei"]["val"]:
        grey = image.mean(axis=2).astype(np.uint8)
        bright = grey > otsu(grey)
        # Stained nuclei are the dark ones.
        found = ~bright if np.ptp(image, axis=2).max() > 40 else bright
        overlap += (found & (label == 1)).sum()
        union += (found | (label == 1)).sum()
    assert overlap / union < 0.75


def otsu(grey):
    """The threshold that divides the grey levels best (N. Otsu, 1979)."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(float)
    below, weighted = counts.cumsum(), (counts * np.arange(256)).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (weighted[-1] * below / below[-1] - weighted) ** 2 / (below * (below[-1] - below))
    return int(np.nanargmax(between))


# --- painting ---


def test_a_ball_is_seen_where_it_is():
    seen = relief([ball((0, 0, 0), 1.0, 3)], View((20.0, 10.0), 5.0), (40, 80), finer=2)
    rows, columns = np.nonzero(seen.inside)
    assert (rows.mean() + seen.window[0].start, columns.mean() + seen.window[1].start) == (
        pytest.approx(19.5),
        pytest.approx(39.5),
    )
    assert seen.inside.sum() == pytest.approx(np.pi * 10**2, rel=0.03)
    assert (seen.kind[seen.inside] == 3).all()


def test_the_nearer_of_two_balls_is_seen():
    balls = [ball((0, 0, 2), 0.5, 1), ball((0, 0, -2), 0.5, 2)]
    for turn, nearer in ((0.0, 1), (np.pi, 2)):
        seen = relief(balls, View((10.0, 10.0), 8.0, turn), (40, 40), finer=2)
        assert (seen.kind[seen.inside] == nearer).all()


def test_a_pixel_belongs_to_the_object_that_covers_half_of_it():
    canvas = Canvas((8, 8), (0, 1, 1), np.random.default_rng(0))
    with canvas.object(7):
        canvas.polygon([(2.5, 2), (5, 2), (5, 4), (2.5, 4)], (255, 0, 0))
    label = canvas.label()
    assert (label[2:4, 2:5] == 7).all()
    assert (label == 7).sum() == 6


def test_tints_and_shadows_change_no_label():
    canvas = Canvas((16, 16), (0, 1, 1), np.random.default_rng(0))
    canvas.fine[:] = 100
    with canvas.object(3):
        canvas.ellipse((8, 8), (4, 4), (200, 0, 0))
    label, picture = canvas.label(), canvas.picture()
    canvas.tint([(0, 0), (16, 0), (16, 16), (0, 16)], (0, 0, 255), 0.5)
    canvas.shadow((8, 8), (6, 6))
    assert (canvas.label() == label).all()
    assert (canvas.picture() != picture).any(axis=2).all()
