"""Checking a data set: everything that is wrong is told at once, and each file is named."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_sets
from PIL import Image

from pixelwise.data import DataError, load
from pixelwise.data.checking import check_set
from pixelwise.data.facts_table import SMALL_SETS
from pixelwise.data.small import MODULES
from pixelwise.i18n import use_language

REAL = Path(__file__).parents[2] / "shared" / "data"
needs_camvid = pytest.mark.skipif(
    not (REAL / "camvid").is_dir(), reason="the folder of real samples is not here"
)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    use_language("en")
    return tmp_path / "data"


def english(messages):
    return [message.render("en") for message in messages]


def problems(name, folder=None):
    return english(check_set(name, folder).problems)


def cut_off(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def rewrite(path, change):
    """Change the lines of a list."""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


def number_40(path):
    with Image.open(path) as file:
        numbers = np.array(file)
    numbers[2, 3] = 40
    tiny_sets.palette_file(path, numbers)


def smaller(path):
    with Image.open(path) as file:
        narrow = file.crop((0, 0, 7, 6))
    narrow.save(path)


def as_jpeg(path):
    """What a program does that saves a mask as JPEG under its old name."""
    with Image.open(path) as file:
        colors = file.convert("RGB")
    colors.save(path, format="JPEG")


@pytest.mark.parametrize("name", tiny_sets.WRITERS)
def test_sound_set_has_no_problems(name, data):
    tiny_sets.WRITERS[name](data / name)
    report = check_set(name)
    assert english(report.problems) == []
    assert report.root == data / name
    assert set(report.counts) == set(report.facts.splits)
    assert all(report.counts.values())
    # Tiny sets are smaller than the published ones, and that is told for each split.
    assert len(report.warnings) == len(report.counts)


def test_set_of_the_published_size_is_not_warned_about(data):
    root = tiny_sets.kitti_road(data / "kitti_road", (95, 96, 98))
    warnings = english(check_set("kitti_road").warnings)
    assert [warning.split(";")[0] for warning in warnings] == [
        "KITTI Road has 2 images in the split test"
    ]
    assert "complete set has 290" in warnings[0]
    (root / "training" / "image_2" / "um_000000.png").unlink()
    (root / "training" / "gt_image_2" / "um_road_000000.png").unlink()
    assert len(check_set("kitti_road").warnings) == 2


VOC_BREAKS = {
    "missing image": ("JPEGImages/a.jpg", Path.unlink, "is missing"),
    "missing mask": ("SegmentationClass/a.png", Path.unlink, "is missing"),
    "image cut off": ("JPEGImages/2007_000002.jpg", cut_off, "cut off or damaged"),
    "mask cut off": ("SegmentationClass/b.png", cut_off, "cut off or damaged"),
    "mask of another size": ("SegmentationClass/b.png", smaller, "6×7 pixels in size"),
    "unknown number": ("SegmentationClass/b.png", number_40, "the number 40 at row 2, column 3"),
    "mask of colours": ("SegmentationClass/b.png", as_jpeg, "one number a pixel is expected"),
    "empty image": ("JPEGImages/a.jpg", lambda path: path.write_bytes(b""), "damaged"),
    "missing list": ("ImageSets/Segmentation/val.txt", Path.unlink, "is missing: the list"),
    "empty list": (
        "ImageSets/Segmentation/val.txt",
        lambda path: path.write_text("", encoding="utf-8"),
        "The split val is empty",
    ),
}


@pytest.mark.parametrize(("file", "break_it", "said"), VOC_BREAKS.values(), ids=VOC_BREAKS)
def test_one_broken_file_is_one_problem(file, break_it, said, data):
    root = tiny_sets.voc2012(data / "voc2012")
    break_it(root / file)
    (found,) = problems("voc2012")
    assert said in found
    # An empty list is no broken file: what it leaves empty is named.
    assert str(root if "empty" in said else root / file) in found


def test_unknown_color_of_a_colored_mask(data):
    root = tiny_sets.kitti_road(data / "kitti_road")
    mask = root / "training" / "gt_image_2" / "uu_road_000001.png"
    as_jpeg(mask)
    (found,) = problems("kitti_road")
    assert str(mask) in found
    assert "no class of this set" in found


def test_list_may_name_what_is_not_there(data):
    root = tiny_sets.voc2012(data / "voc2012")
    rewrite(root / "ImageSets/Segmentation/val.txt", lambda lines: [*lines, "ghost"])
    found = problems("voc2012")
    assert len(found) == 2
    assert str(root / "JPEGImages" / "ghost.jpg") in found[0]
    assert str(root / "SegmentationClass" / "ghost.png") in found[1]


def test_image_and_mask_are_both_looked_at(data):
    root = tiny_sets.voc2012(data / "voc2012")
    cut_off(root / "JPEGImages/a.jpg")
    number_40(root / "SegmentationClass/a.png")
    found = problems("voc2012")
    assert [str(root / "JPEGImages/a.jpg") in text for text in found] == [True, False]
    assert "the number 40" in found[1]


def test_name_listed_twice(data):
    root = tiny_sets.voc2012(data / "voc2012")
    rewrite(root / "ImageSets/Segmentation/train.txt", lambda lines: [*lines, lines[1]])
    (found,) = problems("voc2012")
    assert str(root / "JPEGImages" / "2007_000002.jpg") in found
    assert "more than once for the split train" in found


def test_image_in_train_and_val_is_found_and_trainval_is_lawful(data):
    root = tiny_sets.voc2012(data / "voc2012")
    rewrite(root / "ImageSets/Segmentation/val.txt", lambda lines: [*lines, "2007_000003"])
    (found,) = problems("voc2012")
    assert str(root / "JPEGImages" / "2007_000003.jpg") in found
    assert "in the split train and in val" in found


def test_image_in_trainval_and_test(data):
    root = tiny_sets.oxford_pets(data / "oxford_pets")
    rewrite(root / "annotations/test.txt", lambda lines: [*lines, "trainval_cat_0 1 1 1"])
    found = problems("oxford_pets")
    assert all(str(root / "images" / "trainval_cat_0.jpg") in text for text in found)
    assert [text.partition("in the split ")[2].partition(":")[0] for text in found] == [
        "train and in test",
        "trainval and in test",
    ]


def test_list_of_several_splits_is_missing_once(data):
    root = tiny_sets.oxford_pets(data / "oxford_pets")
    (root / "annotations" / "trainval.txt").unlink()
    report = check_set("oxford_pets")
    (found,) = english(report.problems)
    assert str(root / "annotations" / "trainval.txt") in found
    assert report.counts == {"test": 2}


def test_all_problems_come_at_once_and_in_the_same_order(data):
    root = tiny_sets.camvid(data / "camvid")
    (root / "train" / "0001TP_train_000000.png").unlink()
    cut_off(root / "trainannot" / "0001TP_train_000001.png")
    smaller(root / "trainannot" / "0001TP_train_000002.png")
    (root / "valannot" / "0001TP_val_000000.png").unlink()
    (root / "test.txt").write_text("one_name_only.png\n", encoding="utf-8")
    found = problems("camvid")
    named = (
        "test.txt",
        "train/0001TP_train_000000.png",
        "trainannot/0001TP_train_000001.png",
        "trainannot/0001TP_train_000002.png",
        "valannot/0001TP_val_000000.png",
    )
    assert len(found) == len(named)
    for text, path in zip(found, named, strict=True):
        assert str(root / path) in text
    assert problems("camvid") == found


def test_every_sentence_can_be_said_in_every_language(data):
    root = tiny_sets.voc2012(data / "voc2012")
    (root / "JPEGImages/a.jpg").unlink()
    rewrite(root / "ImageSets/Segmentation/train.txt", lambda lines: [*lines, lines[0], "b"])
    report = check_set("voc2012")
    assert len(report.problems) == 3
    for message in (*report.problems, *report.warnings, report.summary()):
        for language in ("en", "ru", "zh"):
            assert "{" not in message.render(language)


def test_each_pair_is_read_once_and_progress_is_told(data):
    tiny_sets.voc2012(data / "voc2012")
    told = []
    report = check_set("voc2012", on_progress=lambda done, total: told.append((done, total)))
    assert report.counts == {"train": 3, "val": 2, "trainval": 5}
    assert told == [(done, 5) for done in range(1, 6)]


def test_pixels_are_counted_by_class(data):
    root = tiny_sets.voc2012(data / "voc2012")
    report = check_set("voc2012")
    whole = np.zeros(256, dtype=int)
    for path in sorted((root / "SegmentationClass").glob("*.png")):
        with Image.open(path) as file:
            whole += np.bincount(np.array(file).ravel(), minlength=256)
    assert report.pixels["trainval"].tolist() == [*whole[:21], whole[255]]
    assert (report.pixels["train"] + report.pixels["val"] == report.pixels["trainval"]).all()
    shares = report.pixel_shares("train")
    assert shares.shape == (22,)
    assert shares.sum() == pytest.approx(1)


def test_masks_that_are_not_published_are_not_counted(data):
    tiny_sets.kitti_road(data / "kitti_road")
    report = check_set("kitti_road")
    assert set(report.pixels) == {"train", "val"}
    assert report.counts["test"] == 2


def test_set_that_is_not_there(data):
    report = check_set("camvid")
    (found,) = english(report.problems)
    assert str(data / "camvid") in found
    assert "pixelwise data fetch camvid" in found
    assert report.root is None
    assert report.summary().render("en") == "CamVid was not checked."
    (data / "camvid").mkdir(parents=True)
    assert problems("camvid") == [found]


def test_unknown_name_is_refused():
    with pytest.raises(DataError, match="'imagenet'"):
        check_set("imagenet")


def test_folder_with_something_else(data):
    (data / "camvid" / "holiday").mkdir(parents=True)
    (found,) = problems("camvid")
    assert "does not hold CamVid" in found


@pytest.mark.parametrize("above", ["", "CityscapesArchive/data"])
def test_one_of_two_archives_is_there(above, data):
    root = tiny_sets.cityscapes(data / "cityscapes" / above)
    shutil.rmtree(root / "leftImg8bit")
    (found,) = problems("cityscapes")
    assert f"{root} has gtFine, but not leftImg8bit" in found


def test_marker_of_several_folders_is_missing(data):
    root = tiny_sets.voc2012(data / "voc2012" / "VOCdevkit" / "VOC2012")
    shutil.rmtree(root / "ImageSets")
    (found,) = problems("voc2012")
    assert f"{root} has JPEGImages, SegmentationClass, but not ImageSets/Segmentation" in found


def test_set_in_another_folder(tmp_path):
    root = tiny_sets.camvid(tmp_path / "elsewhere" / "CamVid")
    assert check_set("camvid", tmp_path / "elsewhere").root == root


def test_summary_counts_problems(data):
    root = tiny_sets.camvid(data / "camvid")
    where = f"CamVid in {root} (train 3 · val 1 · test 1)"
    assert check_set("camvid").summary().render("en") == f"{where}: every file is sound."
    (root / "val" / "0001TP_val_000000.png").unlink()
    assert check_set("camvid").summary().render("en") == f"{where}: 1 problem."
    (root / "test" / "0001TP_test_000000.png").unlink()
    assert check_set("camvid").summary().render("en") == f"{where}: 2 problems."


def test_small_set_is_no_incomplete_one(monkeypatch, tmp_path):
    root = tiny_sets.camvid(tmp_path / "made")
    monkeypatch.setattr("pixelwise.data.checking.small_set", lambda name: root)
    report = check_set("camvid", small=True)
    assert report.root == root
    assert english(report.problems) == english(report.warnings) == []


@pytest.mark.parametrize("name", MODULES)
def test_every_small_set_is_sound_and_as_described(name, small_data, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(small_data))
    report = check_set(name, small=True)
    assert english(report.problems) == english(report.warnings) == []
    assert report.counts == SMALL_SETS[name].splits
    sizes = set()
    for split in report.counts:
        for pair in load(name, split, small=True, quiet=True).pairs:
            with Image.open(pair.image) as image:
                sizes.add((image.height, image.width))
    by_area = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    assert list(dict.fromkeys((by_area[0], by_area[-1]))) == list(SMALL_SETS[name].sizes)


@needs_camvid
def test_camvid_has_the_pixel_shares_that_its_readme_gives():
    report = check_set("camvid", REAL / "camvid")
    assert english(report.problems) == english(report.warnings) == []
    assert report.counts == {"train": 367, "val": 101, "test": 233}
    published = [0.169, 0.233, 0.010, 0.317, 0.045, 0.097, 0.012, 0.011, 0.059, 0.006, 0.003, 0.040]
    # They were rounded from four digits: 0.16845 became 0.1685, and then 0.169.
    shares = report.pixel_shares("train").round(4)
    assert np.abs(shares - published).max() <= 0.0005 + 1e-9
