"""Lesson sources and Markdown blocks."""

import pytest
from tiny_course import FRONT_MATTER, TINY, edit, write_course, write_text

from pixelwise.notebooks import LessonError, blocks, extract
from pixelwise.notebooks.source import read_source


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path)


@pytest.fixture
def tiny(course):
    return course.lesson("tiny")


def test_source_is_read_in_cells(course, tiny):
    cells = read_source(course.source(tiny), tiny)
    assert [cell.number for cell in cells] == list(range(1, 10))
    assert cells[0].text.startswith("# Doubling\n")
    assert cells[2].frameworks == ("torch",)
    assert cells[3].frameworks == ("tensorflow",)
    assert [cell.exercise for cell in cells if cell.exercise] == ["double", "Counter"]
    assert cells[5].kind == "code"
    assert cells[5].frameworks == ("tensorflow",)


@pytest.mark.parametrize(
    ("old", "new", "cell", "fault"),
    [
        ("# Doubling", "Doubling", "cell 1", "title"),
        (":exercise: Counter", ":exercise: Cuonter", "cell 8", "Cuonter"),
        (":exercise: Counter", "", "exercise 'Counter'", "0 times"),
        (":exercise: Counter", ":exercise: double", "exercise 'double'", "2 times"),
        (":exercise: Counter\n", ":exercise: Counter\n\nx = 1\n", "cell 8", "must be empty"),
        (":tags: [tensorflow]", ":tags: [tensorflwo]", "cell 6", "tensorflwo"),
        (":tags: [tensorflow]", ":tag: [tensorflow]", "cell 6", "unknown option tag"),
        ('print("tensorflow")', 'print("tensorflow"', "cell 6", "not Python"),
        (":tags: [tensorflow]", ":given: more.triple", "cell 6", "must be empty"),
        (":tags: [tensorflow]", ":given: triple", "cell 6", "lesson.name"),
        ('print("tensorflow")\n```\n', 'print("tensorflow")\n```\n\nText.\n', "line", "`+++`"),
    ],
)
def test_faults_name_file_and_cell(course, tiny, old, new, cell, fault):
    path = course.source(tiny)
    edit(path, old, new)
    with pytest.raises(LessonError) as error:
        read_source(path, tiny)
    lines = [line for line in str(error.value).splitlines() if fault in line]
    assert lines, error.value
    assert lines[0].startswith(f"{path}: ")
    assert cell in lines[0]


def test_missing_source_is_named(course, tiny):
    course.source(tiny).unlink()
    with pytest.raises(LessonError, match=r"01_tiny\.md: no such file"):
        read_source(course.source(tiny), tiny)


def texts(markdown):
    return [block.text for block in blocks.split(markdown) if block.translatable]


def test_blocks_are_paragraphs_headings_and_list_items():
    markdown = (
        "## Why\nOne sentence\nin two lines.\n\n- first\n  goes on\n  - nested\n- second\n\n"
        "1. one\n2. two"
    )
    assert texts(markdown) == [
        "## Why",
        "One sentence in two lines.",
        "- first goes on\n  - nested",
        "- second",
        "1. one",
        "2. two",
    ]


@pytest.mark.parametrize(
    "markdown",
    [
        "$$\ny = 2x\n$$",
        "$y = 2x$",
        "```python\nx = 1\n\ny = 2\n```",
        "![](picture.png)",
        "<!-- not for readers -->",
        "- `one_hot`",
        "<https://example.org/words>",
        "| 1 | 2 |\n| --- | --- |",
    ],
)
def test_blocks_without_words_are_not_translated(markdown):
    assert texts(markdown) == []


@pytest.mark.parametrize("markdown", ["$$\n\\text{mean} = 1\n$$", "![a cat](cat.png)"])
def test_words_in_formulas_and_pictures_are_translated(markdown):
    assert texts(markdown) == [markdown]


def test_joining_blocks_gives_the_cell_again():
    markdown = (
        "# Title\n\nText $x$:\n\n$$\nx\n$$\n\n- item\n\n  still the item\n- next\n\n"
        "```\nfence\n\n- no item\n```\n\n> quoted\n> text\n\n| a word | b |\n| --- | --- |"
    )
    assert blocks.join(blocks.split(markdown), {}) == markdown


def test_translation_replaces_blocks_and_keeps_indentation():
    split = blocks.split("- item\n\n  still the item\n\nend")
    translations = {"still the item": "строка\nещё", "end": "конец"}
    assert blocks.join(split, translations) == "- item\n\n  строка\n  ещё\n\nконец"


def lesson_with(course, tiny, code):
    path = course.source(tiny)
    write_text(path, TINY + f"\n```{{code-cell}}\n{code}\n```\n")
    return read_source(path, tiny)


def test_words_in_figures_are_found(course, tiny):
    code = """\
from pixelwise.data import Classes
from pixelwise.figures import grid as table, ideas, show
names = ["named list", "b"]
show([image["a key"]], titles=["first title", str("not this")], to="file name.png")
table([[1]], "a matrix", fmt="{:.2f} no", rows=names)
ideas.tasks({"dictionary key": [1]})
Classes("set", ("sky", "ground"), palette)
other("not this either")"""
    found, faults = extract.figure_texts(lesson_with(course, tiny, code))
    assert set(found) == {
        "first title",
        "a matrix",
        "named list",
        "dictionary key",
        "sky",
        "ground",
    }
    assert faults == []


def test_words_in_f_strings_of_figures_are_faults(course, tiny):
    code = """\
from pixelwise.figures import show
show([1], titles=[f"IoU {x:.2f}, mIoU, k = {k} × mean_iou"])
show([1], titles=[f"{x} apples"])"""
    found, faults = extract.figure_texts(lesson_with(course, tiny, code))
    assert found == []
    assert len(faults) == 1
    assert "apples" in faults[0]
    assert "cell 10" in faults[0]


def test_front_matter_is_no_cell(course, tiny):
    write_text(course.source(tiny), FRONT_MATTER + "# Only a title\n")
    with pytest.raises(LessonError, match="0 times"):
        read_source(course.source(tiny), tiny)
