"""Contact sheets: which samples, in which colours, and that every text can be read."""

import numpy as np
import pytest
import tiny_sets
from PIL import Image
from test_figures import LANGUAGES, assert_readable, finished, picture, words

from pixelwise.data import CAMVID, CITYSCAPES, PETS, VOC, Classes, Sample, load, street
from pixelwise.figures import contact_sheet, overlays, samples


@pytest.fixture
def sheet(monkeypatch):
    """Call `samples` and get the figure, in a given language."""
    caught = []
    monkeypatch.setattr(contact_sheet, "publish", lambda draw, to: caught.append(draw))

    def call(*args, language="en", **kwargs):
        samples(*args, **kwargs)
        return finished(caught.pop(), language)

    return call


@pytest.fixture
def camvid(tmp_path, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    tiny_sets.camvid(tmp_path / "data" / "camvid")
    return load("camvid", "train", quiet=True)


def sample(label, classes=CAMVID, seed=0):
    label = np.array(label, dtype=np.uint8)
    image = np.random.default_rng(seed).integers(0, 256, (*label.shape, 3), dtype=np.uint8)
    return Sample(image, label, classes)


def stripes(classes, size=(340, 680), seed=0):
    """All classes and void, each in a place of its own."""
    count = len(classes) + 1
    labels = np.random.default_rng(seed).permutation([*range(count - 1), 255])
    places = np.arange(size[1]) * (count // 2 + 1) // size[1]
    label = np.stack([labels[places], labels[(places + count // 2) % count]])
    return sample(np.repeat(label, size[0] // 2, axis=0), classes, seed)


def indices(figure):
    """The indices that stand below the samples."""
    captions = [text.get_text() for text in figure.texts if text.get_ha() == "left"]
    return [int(caption) for caption in captions if caption.isdecimal()]


def test_title_says_which_images_these_are(sheet, camvid):
    assert "CamVid · train · real images" in words(sheet(camvid))
    made = load("camvid", "val", folder=camvid.root, quiet=True)
    object.__setattr__(made, "small", True)
    assert "CamVid · val · images made by the course" in words(sheet(made))


def test_captions_give_index_and_file_name(sheet, camvid):
    found = words(sheet(camvid))
    assert {f"{index} · 0001TP_train_{index:06d}" for index in range(3)} <= found
    assert {"image", "mask", "overlay"} <= found


def test_long_name_is_cut_off(sheet, camvid):
    pair = camvid.pairs[0]
    object.__setattr__(pair, "name", "w" * 200)
    (caption,) = [text for text in words(sheet(camvid[:1])) if text.startswith("0 · www")]
    assert caption.endswith("w…")
    assert_readable(sheet(camvid[:1]))


def test_samples_are_spread_over_the_set(sheet):
    many = [sample(np.zeros((4, 6)))] * 10
    assert indices(sheet(many, 2)) == [0, 5]
    assert indices(sheet(many, 5)) == [0, 2, 4, 6, 8]
    assert indices(sheet(many, 20)) == list(range(10))


def test_seed_draws_samples_at_random(sheet):
    many = [sample(np.zeros((4, 6)))] * 100

    first = indices(sheet(many, 5, seed=1))
    assert first == indices(sheet(many, 5, seed=1)) == sorted(first)
    assert len(set(first)) == 5
    assert indices(sheet(many, 5, seed=2)) != first


def test_nothing_to_show_is_refused(camvid):
    for data, count in (([], 3), (camvid, 0)):
        with pytest.raises(ValueError, match="nothing to show"):
            samples(data, count)


def test_legend_has_the_classes_that_occur_void_last(sheet):
    figure = sheet([sample([[0, 15, 15], [0, 255, 3]], VOC), sample([[7, 7, 7]], VOC)])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "0 background",
        "3 bird",
        "7 car",
        "15 person",
        "255 void",
    ]
    faces = [
        tuple(round(255 * v) for v in patch.get_facecolor()[:3]) for patch in legend.get_patches()
    ]
    assert faces == [*(tuple(VOC.palette[k].tolist()) for k in (0, 3, 7, 15)), VOC.void_color]


def test_mask_has_the_official_colors_pixel_by_pixel(tmp_path, camvid):
    samples(camvid[:1], to=tmp_path / "a.png")
    label = camvid.read(0)[1]
    drawn = picture(tmp_path / "a.png")
    for number in range(len(CAMVID)):
        same = (drawn == CAMVID.palette[number]).all(axis=-1).sum()
        # 6 × 10 pixels are enlarged to 120 × 200; numbers cover a little of them.
        assert same >= 0.7 * (label == number).sum() * 400


def test_rare_color_is_not_mixed_with_others(tmp_path):
    """256 colours are few for six photographs: those of the masks must be among them."""
    label = np.full((120, 180), 3)
    label[10:14, 10:14] = CAMVID.index("cyclist")
    label[30:33, 60:66] = CAMVID.index("pedestrian")
    samples([sample(label, seed=seed) for seed in range(3)], to=tmp_path / "a.png")
    drawn = picture(tmp_path / "a.png")
    for name in ("cyclist", "pedestrian", "road"):
        assert (drawn == CAMVID.palette[CAMVID.index(name)]).all(axis=-1).sum() > 40


def test_overlay_blends_leaves_void_clear_and_parts_regions():
    label = np.zeros((40, 60), dtype=np.uint8)
    label[:, 30:] = 1
    label[10:20] = 255
    image = np.full((40, 60, 3), 100, dtype=np.uint8)
    classes = Classes("two", ("a", "b"), np.array([(200, 0, 0), (0, 0, 200)]))
    drawn = overlays.panels(Sample(image, label, classes), (40, 60), 15).overlay
    assert drawn[15, 5].tolist() == [100, 100, 100]
    assert drawn[25, 5].tolist() == [150, 50, 50]
    assert drawn[25, 50].tolist() == [50, 50, 150]
    lines = (drawn > 170).all(axis=-1)
    assert lines[:10, 30].all()
    assert lines[20:, 30].all()
    # One line for a strip of void, not one on either side of it.
    assert lines[10].all()
    assert lines.sum() == 10 + 20 + 60


def test_panels_fit_into_the_box_and_keep_the_shape():
    for size, expected in (((100, 300), (50, 150)), ((300, 100), (100, 33)), ((10, 20), (75, 150))):
        drawn = overlays.panels(sample(np.zeros(size)), (100, 150), 15)
        shapes = {part.shape for part in (drawn.image, drawn.mask, drawn.overlay)}
        assert shapes == {(*expected, 3)}


def test_mask_of_a_small_panel_holds_no_mixed_colors():
    scene = street(0)
    drawn = overlays.panels(scene, (50, 80), 15)
    colors = {tuple(color) for color in scene.classes.palette.tolist()}
    assert {tuple(color) for color in drawn.mask.reshape(-1, 3).tolist()} <= colors


def test_number_stands_in_the_middle_of_the_widest_place():
    region = np.zeros((60, 90), dtype=bool)
    region[5:10, 0:80] = True  # long, but thin
    region[25:46, 60:81] = True
    assert overlays.widest_place(region, 15) == (35.5, 70.5)
    assert overlays.widest_place(region, 21) == (35.5, 70.5)
    assert overlays.widest_place(region, 23) is None
    assert overlays.widest_place(np.zeros((9, 9), bool), 1) is None
    assert overlays.widest_place(np.ones((30, 30), bool), 15) == pytest.approx((15, 15), abs=0.5)


def test_numbers_are_written_on_the_regions_that_have_room(sheet):
    label = np.zeros((120, 200), dtype=np.uint8)
    label[:, 100:] = 8
    label[60:64, 20:24] = 9
    numbers = [text for text in sheet([sample(label)]).texts if text.get_va() == "center"]
    assert [text.get_text() for text in numbers] == ["0", "8"]
    assert [text.get_color() for text in numbers] == ["black", "white"]


@pytest.mark.parametrize("shape", [(120, 400), (90, 120), (100, 100), (200, 120), (300, 60)])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_sheet_is_no_wider_than_a_page(sheet, shape, count):
    assert_readable(sheet([sample(np.zeros(shape), seed=seed) for seed in range(count)]))


def test_portraits_and_landscapes_share_a_grid(sheet):
    shapes = [(150, 100), (100, 150), (80, 200), (100, 100)]
    figure = sheet([sample(np.zeros(shape)) for shape in shapes])
    images = figure.images
    assert len(images) == 12
    centers = [image.ox + image.get_size()[1] / 2 for image in images]
    for column in range(3):
        assert np.ptp(centers[column::3]) <= 1
    for row in range(4):
        assert len({image.get_size() for image in images[3 * row : 3 * row + 3]}) == 1
        height, width = images[3 * row].get_size()
        assert height / width == pytest.approx(np.divide(*shapes[row]), rel=0.02)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("classes", [CITYSCAPES, VOC, CAMVID, PETS], ids=lambda c: c.name)
def test_every_text_is_readable_in_every_language(sheet, classes, language):
    scenes = [stripes(classes, seed=seed) for seed in range(2)]
    figure = sheet(scenes, language=language)
    (legend,) = figure.legends
    assert len(legend.get_texts()) == len(classes) + 1
    assert_readable(figure)


def test_title_is_readable_in_every_language(sheet, camvid):
    for language in LANGUAGES:
        assert_readable(sheet(camvid, language=language))


def test_file_is_small_and_the_same_each_time(tmp_path):
    scenes = [street(seed) for seed in range(4)]
    for name in ("a.png", "b.png"):
        samples(scenes, to=tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").stat().st_size < 200_000
    with Image.open(tmp_path / "a.png") as image:
        assert image.width <= 640


def test_nothing_is_shown_outside_a_notebook(capsys, camvid):
    assert samples(camvid) is None
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
