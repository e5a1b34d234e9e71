"""Figures: what they show, in every language, and that nothing overlaps or is cut off."""

import base64
import io
import json
import subprocess
import sys
import warnings

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from pixelwise.data import VOC, Classes, photo, street
from pixelwise.figures import bars, charts, curves, grid, ideas, images, matrices, publish, show
from pixelwise.figures.ideas import overlap, pipelines, questions, sizes
from pixelwise.figures.style import DPI, fit, settings, text_width, wrap

IN_NO_FONT = "\U000f0000"
"""A character for private use: computers that have a large Chinese font lack it, too."""

TWO = Classes("two", ("road", "car"), np.array([(90, 90, 90), (0, 114, 178)]))
DRAWINGS = {"tasks": questions, "method_families": pipelines, "confusion": overlap}
DRAWINGS["encoder_decoder"] = sizes


def russian(text):
    """As long as Russian is, in Cyrillic letters: a third longer than English."""
    words = ("".join(chr(0x430 + ord(c) % 32) for c in word) for word in text.split(" "))
    return " ".join(word + "ания"[: max(1, len(word) // 3)] for word in words)


def chinese(text):
    return "".join("语义分割编码阈值熵像素类别"[len(word) % 11 :][:2] for word in text.split())


LANGUAGES = {"en": str, "ru": russian, "zh": chinese}


@pytest.fixture
def drawn():
    """Call a figure function and get the figure that it draws, in a given language."""

    def call(function, *args, language="en", **kwargs):
        caught = []
        with pytest.MonkeyPatch.context() as patch:
            for module in (images, charts, matrices):
                patch.setattr(module, "publish", lambda draw, to: caught.append(draw))
            function(*args, **kwargs)
        return finished(caught[0], language)

    return call


def finished(draw, language):
    """The figure, drawn once: texts know their places only then. Missing letters are errors."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        matplotlib.rcParams.update(settings())
        figure = draw(LANGUAGES[language])
        figure.set_dpi(DPI)
        with pytest.MonkeyPatch.context() as patch:
            # A figure also holds texts that are never drawn, such as ticks beyond an axis.
            figure.written = []
            patch.setattr(Text, "draw", recording(Text.draw, figure.written))
            FigureCanvasAgg(figure).draw()
        return figure


def recording(original, written):
    def draw(self, renderer):
        written.append(self)
        original(self, renderer)

    return draw


def texts(figure):
    return [text for text in dict.fromkeys(figure.written) if text.get_text().strip()]


def words(figure):
    return {text.get_text() for text in texts(figure)}


def assert_readable(figure):
    """Every text lies inside the figure and on no other text."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    width, height = figure.get_size_inches() * DPI
    assert width <= 8 * DPI + 1
    for name, box in boxes:
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"{name!r} is cut off"
    for index, (name, box) in enumerate(boxes):
        for other, its in boxes[index + 1 :]:
            across = min(box.x1, its.x1) - max(box.x0, its.x0)
            along = min(box.y1, its.y1) - max(box.y0, its.y0)
            assert across < 1.5 or along < 1.5, f"{name!r} and {other!r} overlap"


def picture(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def has_color(path, color):
    return (np.abs(picture(path) - color).max(axis=-1) <= 6).any()


def test_importing_needs_no_notebook_and_no_framework():
    code = (
        "import sys, pixelwise.figures; "
        "names = ('matplotlib.pyplot', 'IPython', 'torch', 'tensorflow'); "
        "print([m for m in names if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_the_same_figure_has_the_same_bytes(tmp_path):
    scene = street(0, (80, 120))
    for name in ("a.png", "b.png"):
        show(
            [scene.image, scene.label],
            ["image", "label"],
            classes=scene.classes,
            to=tmp_path / name,
        )
    first, second = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png"))
    assert first == second
    assert len(first) < 40_000
    with Image.open(io.BytesIO(first)) as image:
        assert image.width <= 8 * DPI
        assert not image.info.get("Software")


def test_a_style_set_by_the_reader_changes_nothing(tmp_path):
    curves([1, 2], {"a": [1, 2]}, to=tmp_path / "a.png")
    with matplotlib.rc_context({"font.size": 30, "figure.facecolor": "black"}):
        curves([1, 2], {"a": [1, 2]}, to=tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("kind", ["numpy", "torch", "tensorflow"])
def test_channels_first_or_last_look_the_same(tmp_path, kind):
    image = street(0, (64, 100)).image
    first, floats = np.moveaxis(image, 2, 0).copy(), image / 255
    if kind == "torch":
        torch = pytest.importorskip("torch")
        first, floats = torch.tensor(first), torch.tensor(floats, requires_grad=True)
    elif kind == "tensorflow":
        pytest.importorskip("tensorflow")
        import tensorflow as tf

        first, floats = tf.constant(first), tf.constant(floats)
    for name, array in (("last", image), ("first", first), ("floats", floats)):
        show(array, to=tmp_path / f"{name}.png")
    assert np.array_equal(picture(tmp_path / "last.png"), picture(tmp_path / "first.png"))
    difference = picture(tmp_path / "last.png") - picture(tmp_path / "floats.png")
    assert np.abs(difference).mean() < 2


def test_an_array_of_another_shape_is_no_image():
    with pytest.raises(ValueError, match=r"\(5, 6, 7\)"):
        show(np.zeros((5, 6, 7)))
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        show([np.zeros((4, 4)), np.zeros((4, 4))], ["a"])


def test_legend_names_only_what_occurs(drawn):
    label = np.array([[0, 0, 15], [0, 255, 15]])
    assert words(drawn(show, label, classes=VOC)) == {"background", "person", "void"}
    assert words(drawn(show, np.zeros((3, 3), int), classes=VOC)) == {"background"}


def test_void_is_light_and_a_wrong_label_is_marked(drawn, tmp_path):
    label = np.array([[0, 1], [255, 7]], dtype=np.uint8)
    assert words(drawn(show, label, classes=TWO)) == {"road", "car", "void", "?"}
    show(label, classes=TWO, to=tmp_path / "a.png")
    for color in ((90, 90, 90), (0, 114, 178), (224, 224, 192), (0, 0, 0)):
        assert has_color(tmp_path / "a.png", color)


def test_labels_without_classes_are_numbered(drawn):
    assert words(drawn(show, np.array([[0, 1], [2, 255]]))) == {"0", "1", "2", "void"}
    assert words(drawn(show, np.arange(64).reshape(8, 8))) == set()


def test_grey_images_and_their_scale(drawn, tmp_path):
    show(np.array([[True, False], [False, True]]), to=tmp_path / "a.png")
    assert has_color(tmp_path / "a.png", (255, 255, 255))
    assert has_color(tmp_path / "a.png", (0, 0, 0))
    scale = drawn(show, np.linspace(0, 4, 12).reshape(3, 4), colorbar=True)
    assert {"0.0", "4.0"} <= words(scale)


def test_grid_writes_every_number(drawn):
    figure = drawn(grid, np.array([[1.5, -2], [np.nan, 0.25]]), "weights", rows=["a", "b"])
    assert words(figure) == {"1.5", "-2", "0.25", "weights", "a", "b"}


def test_grid_of_several_matrices(drawn):
    pair = [np.eye(2), np.ones((3, 1))]
    assert {"first", "second"} <= words(drawn(grid, pair, ["first", "second"], fmt="{:.0f}"))
    assert words(drawn(grid, pair, fmt="{:.0f}")) == {"0", "1"}
    with pytest.raises(ValueError, match="1 titles"):
        grid(pair, ["first"])


def test_grid_frames_what_is_highlighted(tmp_path):
    for name, where in (("with", np.eye(2, dtype=bool)), ("without", None)):
        grid(np.ones((2, 2)), highlight=where, to=tmp_path / f"{name}.png")
    orange = (0xD5, 0x5E, 0x00)
    assert has_color(tmp_path / "with.png", orange)
    assert not has_color(tmp_path / "without.png", orange)


def test_bars_tell_zero_from_absent(drawn):
    figure = drawn(bars, {"a": [0.5, np.nan, 0.0]}, ["road", "car", "person"], ylabel="IoU")
    assert [text.get_text() for text in texts(figure)].count("absent") == 1
    assert {"road", "car", "person", "IoU", "a", "0.5"} <= words(figure)
    with pytest.raises(ValueError, match="2 labels"):
        bars({"a": [1, 2, 3]}, ["road", "car"])


def test_curves_want_values_for_each_x(drawn):
    figure = drawn(curves, range(3), {"training": [3, 2, 1], "test": [3, 3, 2]}, xlabel="epoch")
    assert {"training", "test", "epoch"} <= words(figure)
    with pytest.raises(ValueError, match="'a'"):
        curves([1, 2, 3], {"a": [1, 2]})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAWINGS)
def test_ideas_are_readable_in_every_language(name, language):
    assert_readable(finished(DRAWINGS[name].draw, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_are_readable_in_every_language(drawn, language):
    scene = street(0, (80, 120))
    names = scene.classes.names
    matrix = np.arange(64).reshape(8, 8) * 100
    pair = [scene.image, scene.label]
    longer = ["the image of the street", "the label of the street"]
    calls = (
        (show, (pair, longer), {"classes": scene.classes}),
        (show, (pair[0], "a title that is much longer than its image is wide"), {"height": 1.0}),
        (show, ([np.eye(9)] * 6, ["feature map after the convolution"] * 6), {"colorbar": True}),
        (grid, (matrix, "confusion matrix"), {"rows": names, "columns": names}),
        (grid, (matrix[:2, :2], "input of the layer"), {"xlabel": "prediction", "ylabel": "truth"}),
        (bars, ({"careful": np.ones(8), "naive": np.zeros(8)}, names), {"ylabel": "accuracy"}),
        (curves, ([1, 2], {"training loss": [1, 2], "test loss": [2, 1]}), {"xlabel": "epoch"}),
    )
    for function, args, kwargs in calls:
        assert_readable(drawn(function, *args, language=language, **kwargs))


def test_a_missing_letter_is_noticed():
    with pytest.raises(UserWarning, match="missing from"):
        finished(lambda _: questions.draw(lambda text: text + IN_NO_FONT), "en")


def test_wrapping_breaks_at_spaces_and_between_chinese_characters():
    for text in ("one two three four five", "语义分割为每个像素预测类别，边界除外"):
        lines = wrap(text, 0.8, 10).split("\n")
        assert len(lines) > 1
        assert all(text_width(line, 10) <= 0.8 for line in lines)
        assert not any(line.startswith("，") for line in lines)
    assert wrap("短。", 0.1, 10) == "短。"


def test_fitting_makes_long_words_smaller():
    text, size = fit("segmentation", 0.5, 0.3, 10)
    assert text == "segmentation"
    assert size < 10
    assert text_width(text, size) <= 0.5


@pytest.fixture
def notebook(monkeypatch):
    """Run code as a notebook cell does; returns the data of what it displayed."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    monkeypatch.setattr(
        publish, "translate", lambda text, domain, language: LANGUAGES[language](text)
    )
    InteractiveShell.instance()

    def run(function):
        with capture_output() as captured:
            function()
        assert captured.stdout == ""
        return [output.data for output in captured.outputs]

    yield run
    InteractiveShell.clear_instance()


def test_a_notebook_shows_the_reader_s_language(notebook, monkeypatch, tmp_path):
    monkeypatch.delenv(publish.ALL_LANGUAGES, raising=False)
    monkeypatch.setattr(publish, "current_language", lambda: "zh")
    (data,) = notebook(ideas.confusion)
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == "<figure>"
    ideas.confusion(to=tmp_path / "a.png")
    assert base64.b64decode(data["image/png"]) == (tmp_path / "a.png").read_bytes()


def test_a_build_gets_every_language_at_once(notebook, monkeypatch):
    monkeypatch.setenv(publish.ALL_LANGUAGES, "1")
    (data,) = notebook(lambda: show(np.array([[0, 255]]), "label", classes=VOC))
    bundle = data[publish.BUNDLE]
    assert set(bundle) == {"en", "ru", "zh"}
    assert len(set(bundle.values())) == 3
    assert data["image/png"] == bundle["en"]
    json.dumps(data)
    for png in bundle.values():
        with Image.open(io.BytesIO(base64.b64decode(png))) as image:
            assert image.format == "PNG"


def test_a_build_stops_at_a_missing_letter(notebook, monkeypatch):
    monkeypatch.setenv(publish.ALL_LANGUAGES, "1")
    with pytest.raises(UserWarning, match="missing from"):
        notebook(lambda: show(np.array([[0, 255]]), IN_NO_FONT, classes=VOC))


def test_outside_a_notebook_nothing_is_shown(capsys):
    assert show(photo().label, classes=photo().classes) is None
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
