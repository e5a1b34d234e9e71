"""`load`: which set, which files, what the labels are, and what bad input gets."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_sets
from nbformat import NotebookNode
from PIL import Image

from pixelwise.data import CAMVID, CITYSCAPES, DataError, announce, load
from pixelwise.data.folders import data_folder
from pixelwise.data.sets import LAYOUTS
from pixelwise.i18n import use_language
from pixelwise.notebooks import execute

REAL = Path(__file__).parents[2] / "shared" / "data"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real samples is not here")

SPLITS = {
    "kitti_road": {"train": 12, "val": 3, "test": 2},
    "voc2012": {"train": 3, "val": 2, "trainval": 5},
    "oxford_pets": {"train": 8, "val": 2, "trainval": 10, "test": 2},
    "cityscapes": {"train": 2, "val": 1, "test": 1},
    "camvid": {"train": 3, "val": 1, "test": 1},
    "nuclei": {"train": 6, "val": 2, "test": 2},
}
LABELS = {
    "kitti_road": {0, 1, 255},
    "voc2012": {*range(21), 255},
    "oxford_pets": {0, 1, 2},
    "cityscapes": {*range(19), 255},
    "camvid": {*range(11), 255},
    "nuclei": {0, 1},
}


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PIXELWISE_SMALL_DATA", raising=False)
    use_language("en")
    return tmp_path / "data"


def test_every_set_is_covered():
    assert set(LAYOUTS) == set(SPLITS) == set(tiny_sets.WRITERS)
    for name, layout in LAYOUTS.items():
        assert layout.facts.name == name
        assert set(layout.facts.splits) == set(SPLITS[name])


@pytest.mark.parametrize("name", SPLITS)
def test_reads_the_official_layout(name, data):
    tiny_sets.WRITERS[name](data / name)
    for split, count in SPLITS[name].items():
        found = load(name, split)
        assert len(found) == count
        assert not found.small
        image, label = found.read(0)
        assert image.shape == (*tiny_sets.SIZE, 3)
        assert label.shape == tiny_sets.SIZE
        assert image.dtype == label.dtype == np.uint8
        unpublished = (name, split) in (("kitti_road", "test"), ("cityscapes", "test"))
        assert set(label.ravel().tolist()) == ({255} if unpublished else LABELS[name])


@pytest.mark.parametrize("name", SPLITS)
def test_is_found_however_deep_the_archive_put_it(name, data):
    tiny_sets.WRITERS[name](data / name / "SomeArchive-1.0" / "data")
    assert load(name).root == data / name / "SomeArchive-1.0" / "data"


def test_train_and_val_share_no_image(data):
    for name, writer in tiny_sets.WRITERS.items():
        writer(data / name)
        train, val = load(name, "train"), load(name, "val")
        assert not {pair.name for pair in train.pairs} & {pair.name for pair in val.pairs}


def test_kitti_road_reads_the_road_and_not_the_lane(data):
    tiny_sets.kitti_road(data / "kitti_road")
    for pair in load("kitti_road").pairs:
        assert "_road_" in pair.mask.name
        assert pair.mask.name.replace("_road", "") == pair.image.name


def test_kitti_road_is_split_by_category(data):
    tiny_sets.kitti_road(data / "kitti_road", (10, 5, 4))
    names = [pair.name for pair in load("kitti_road", "val").pairs]
    assert names == ["um_000008", "um_000009", "umm_000004", "uu_000003"]


def test_the_published_counts_of_kitti_road_follow_from_the_split(data):
    # 95, 96 and 98 images of the three categories are published.
    folder = data / "kitti_road" / "training"
    for category, count in (("um", 95), ("umm", 96), ("uu", 98)):
        for number in range(count):
            for path in (
                folder / "image_2" / f"{category}_{number:06d}.png",
                folder / "gt_image_2" / f"{category}_road_{number:06d}.png",
            ):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
    published = LAYOUTS["kitti_road"].facts.splits
    assert len(load("kitti_road", "train")) == published["train"]
    assert len(load("kitti_road", "val")) == published["val"]


def test_kitti_road_black_is_void_and_magenta_is_road(data):
    tiny_sets.kitti_road(data / "kitti_road")
    found = load("kitti_road")
    with Image.open(found.pairs[0].mask) as file:
        colors = np.asarray(file)
    label = found.read(0)[1]
    assert (colors[label == 0] == (255, 0, 0)).all()
    assert (colors[label == 1] == (255, 0, 255)).all()
    assert (colors[label == 255] == (0, 0, 0)).all()


def test_cityscapes_has_two_label_sets(data):
    tiny_sets.cityscapes(data / "cityscapes")
    ids, train_ids = load("cityscapes", label_set="ids"), load("cityscapes")
    assert len(ids.classes) == 34
    assert len(train_ids.classes) == 19
    for number in range(2):
        all_ids, trained = ids.read(number)[1], train_ids.read(number)[1]
        for class_, name in enumerate(train_ids.classes.names):
            # Two of the 34 ids share no name with another one.
            assert (all_ids[trained == class_] == CITYSCAPES.index(name)).all()


def test_nuclei_are_the_union_of_their_masks(data):
    tiny_sets.nuclei(data / "nuclei")
    assert load("nuclei").read(0)[1].sum() == 2 * 2 * 3


def test_a_set_behaves_like_a_sequence_of_samples(data):
    tiny_sets.camvid(data / "camvid")
    found = load("camvid")
    assert found[0].classes is CAMVID
    assert np.array_equal(found[-1].image, found.read(2)[0])
    assert len(found[1:]) == 2
    assert np.array_equal(found[1:][0].label, found.read(1)[1])
    assert len(list(found)) == 3
    with pytest.raises(IndexError):
        found[3]


def test_a_set_travels_to_worker_processes(data):
    tiny_sets.voc2012(data / "voc2012")
    for found in (load("voc2012"), load("voc2012").in_memory()):
        again = pickle.loads(pickle.dumps(found))
        assert np.array_equal(again.read(1)[1], found.read(1)[1])


def test_in_memory_reads_each_file_once(data):
    tiny_sets.camvid(data / "camvid")
    found = load("camvid")
    kept = found.in_memory()
    expected = [found.read(index) for index in range(3)]
    for index in range(3):
        kept.read(index)[0][:] = 0  # what is handed out is the caller's own
    shutil.rmtree(data)
    for index, (image, label) in enumerate(expected):
        assert np.array_equal(kept.read(index)[0], image)
        assert np.array_equal(kept[index].label, label)


def test_says_which_set_it_is(data, capsys):
    tiny_sets.camvid(data / "camvid")
    load("camvid", "val")
    assert capsys.readouterr().err == "CamVid, val: 1 real image.\n"
    load("camvid", "val", quiet=True)
    assert capsys.readouterr().err == ""


@pytest.fixture
def notebook():
    """A function that runs another as a notebook would, and returns what is displayed."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()

    def run(function):
        with capture_output() as captured:
            function()
        assert captured.stdout == captured.stderr == ""
        return [output.data for output in captured.outputs]

    yield run
    InteractiveShell.clear_instance()


def test_a_notebook_is_told_in_the_reader_s_language(data, notebook, monkeypatch):
    tiny_sets.camvid(data / "camvid")
    monkeypatch.delenv("PIXELWISE_ALL_LANGUAGES", raising=False)
    use_language("ru")
    (shown,) = notebook(lambda: load("camvid"))
    assert list(shown) == ["text/plain"]
    monkeypatch.setenv("PIXELWISE_ALL_LANGUAGES", "1")
    (bundle,) = notebook(lambda: load("camvid"))
    versions = bundle[announce.BUNDLE]
    assert set(versions) == {"en", "ru", "zh"}
    assert versions["ru"] == shown["text/plain"]
    assert versions["en"] == bundle["text/plain"]


def test_a_built_notebook_says_it_in_its_own_language():
    output = NotebookNode(
        output_type="display_data",
        metadata={},
        data={"text/plain": "one", announce.BUNDLE: {"en": "one", "ru": "один", "zh": "一"}},
    )
    ((chosen,),) = execute.in_language([[output]], "zh")
    assert chosen.data == {"text/plain": "一"}
    assert chosen.metadata == {"pixelwise": {"language": "zh"}}


def test_data_folder_is_the_environment_s_else_the_course_s_else_the_home_s(monkeypatch, tmp_path):
    monkeypatch.delenv("PIXELWISE_DATA")
    monkeypatch.chdir(Path(__file__).parent)
    assert data_folder() == Path(__file__).parents[1] / "datasets"
    monkeypatch.chdir(tmp_path)
    assert data_folder() == Path.home() / ".pixelwise" / "datasets"
    monkeypatch.setenv("PIXELWISE_DATA", "~/elsewhere")
    assert data_folder() == Path.home() / "elsewhere"


def error_of(name, split="train", index=0, **options):
    """What is said when the set is loaded and one of its pairs is read."""
    with pytest.raises(DataError) as caught:
        load(name, split, **options).read(index)
    return str(caught.value)


def test_unknown_names_are_answered_with_the_known_ones(data):
    tiny_sets.cityscapes(data / "cityscapes")
    assert "kitti_road, voc2012" in error_of("kitti")
    assert "train, val, test" in error_of("cityscapes", "training")
    assert "train_ids, ids" in error_of("cityscapes", label_set="19")


def test_a_set_that_is_not_there_is_not_replaced_where_it_was_asked_for(data, tmp_path):
    expected = f"{data / 'camvid'}. Get it with `pixelwise data fetch camvid`"
    assert expected in error_of("camvid", small=False)
    assert str(tmp_path / "nowhere") in error_of("camvid", folder=tmp_path / "nowhere")


def test_a_folder_with_something_else_is_named(data):
    (data / "kitti_road" / "training" / "image_2").mkdir(parents=True)
    said = error_of("kitti_road")
    assert str(data / "kitti_road") in said
    assert "training/gt_image_2" in said


def test_a_missing_file_is_named(data):
    tiny_sets.voc2012(data / "voc2012")
    (data / "voc2012" / "SegmentationClass" / "2007_000002.png").unlink()
    assert str(Path("SegmentationClass") / "2007_000002.png") in error_of("voc2012")
    for path in (data / "voc2012" / "JPEGImages").iterdir():
        path.unlink()
    assert "4 files" in error_of("voc2012")


def test_a_missing_list_is_named(data):
    tiny_sets.oxford_pets(data / "oxford_pets")
    (data / "oxford_pets" / "annotations" / "trainval.txt").unlink()
    assert "trainval.txt is missing" in error_of("oxford_pets")


def test_a_list_of_something_else_is_named(data):
    tiny_sets.camvid(data / "camvid")
    (data / "camvid" / "train.txt").write_text("one two three\n", encoding="utf-8")
    assert "one two three" in error_of("camvid")
    (data / "camvid" / "train.txt").write_bytes(b"\xff\xfe\x00\x81")
    assert "train.txt is not a text file" in error_of("camvid")
    (data / "camvid" / "train.txt").write_text("\n", encoding="utf-8")
    assert "no images for the split train" in error_of("camvid")


def test_a_truncated_image_is_named(data):
    tiny_sets.camvid(data / "camvid")
    path = data / "camvid" / "train" / "0001TP_train_000000.png"
    path.write_bytes(path.read_bytes()[:60])
    said = error_of("camvid")
    assert str(path) in said
    assert "cut off or damaged" in said
    path.write_text("<html>not found</html>", encoding="utf-8")
    assert str(path) in error_of("camvid")


def test_a_mask_of_another_size_is_named(data):
    tiny_sets.camvid(data / "camvid")
    path = data / "camvid" / "trainannot" / "0001TP_train_000000.png"
    tiny_sets.number_file(path, np.zeros((10, 6)))
    said = error_of("camvid")
    assert str(path) in said
    assert "10×6" in said
    assert "6×10" in said


@pytest.mark.parametrize(
    ("name", "path", "number", "known"),
    [
        ("camvid", "trainannot/0001TP_train_000000.png", 12, "0–11"),
        ("voc2012", "SegmentationClass/2007_000001.png", 21, "0–20, 255"),
        ("oxford_pets", "annotations/trimaps/trainval_cat_0.png", 0, "1–3"),
        ("cityscapes", "gtFine/train/aachen/aachen_000000_000000_gtFine_labelIds.png", 34, "0–33"),
    ],
)
def test_an_unknown_number_is_named_with_its_place(name, path, number, known, data):
    tiny_sets.WRITERS[name](data / name)
    mask = np.ones(tiny_sets.SIZE)
    mask[2, 7:9] = number
    write = tiny_sets.palette_file if name == "voc2012" else tiny_sets.number_file
    write(data / name / path, mask)
    said = error_of(name)
    assert str(Path(path)) in said
    assert f"number {number} at row 2, column 7" in said
    assert "2 pixels" in said
    assert known in said


def test_an_unknown_color_is_named_with_its_place(data):
    tiny_sets.kitti_road(data / "kitti_road")
    colors = np.zeros((*tiny_sets.SIZE, 3), np.uint8)
    colors[..., 0] = 255
    colors[3, 4] = (254, 0, 1)
    path = data / "kitti_road" / "training" / "gt_image_2" / "um_road_000000.png"
    tiny_sets.save(path, Image.fromarray(colors))
    said = error_of("kitti_road")
    assert str(path) in said
    assert "(254, 0, 1) at row 3, column 4" in said


def test_a_colored_file_is_no_mask_of_numbers(data):
    tiny_sets.camvid(data / "camvid")
    path = data / "camvid" / "trainannot" / "0001TP_train_000000.png"
    tiny_sets.image_file(path)
    said = error_of("camvid")
    assert str(path) in said
    assert "mode RGB" in said


def test_nuclei_without_masks_are_named(data):
    tiny_sets.nuclei(data / "nuclei")
    folder = data / "nuclei" / "stage1_train" / f"{0:064x}" / "masks"
    path = folder / f"{1:064x}.png"
    tiny_sets.number_file(path, np.zeros((3, 3)))
    assert str(path) in error_of("nuclei")
    for file in folder.iterdir():
        file.unlink()
    assert str(folder) in error_of("nuclei")


@needs_real
@pytest.mark.parametrize(
    ("name", "folder", "counts"),
    [
        ("kitti_road", "kitti_road", {"train": 1, "val": 1, "test": 1}),
        ("voc2012", "voc2012_sample", {"train": 2, "val": 1, "trainval": 3}),
        ("oxford_pets", "oxford_pets", {"train": 16, "val": 4, "test": 6}),
        ("camvid", "camvid", {"train": 367, "val": 101, "test": 233}),
        ("nuclei", "dsb2018", {"train": 399, "val": 133, "test": 132}),
        ("nuclei", "dsb2018/original_sample", {"train": 6, "val": 1, "test": 1}),
    ],
)
def test_reads_real_images(name, folder, counts):
    for split, count in counts.items():
        found = load(name, split, folder=REAL / folder)
        assert len(found) == count
        for index in range(0, count, 40):
            image, label = found.read(index)
            assert image.shape[:2] == label.shape
            assert set(np.unique(label).tolist()) <= {*range(len(found.classes)), 255}


@needs_real
def test_real_camvid_lists_with_their_authors_paths_are_read():
    root = REAL / "camvid" / "original_sample" / "CamVid"
    pairs = LAYOUTS["camvid"].pairs(root, "train")
    assert len(pairs) == 367
    assert sum(pair.image.exists() and pair.mask.exists() for pair in pairs) == 3
