"""The pages about the data sets: current, valid, and the same in every language."""

import re
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt

from pixelwise.data import facts_table, load
from pixelwise.data.fetching.archives import registry
from pixelwise.data.sets import LAYOUTS
from pixelwise.i18n import LANGUAGES, translate

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "data"
needs_camvid = pytest.mark.skipif(
    not (REAL / "camvid").is_dir(), reason="the folder of real samples is not here"
)


@pytest.fixture(scope="module")
def pages():
    return {language: facts_table.page(language) for language in LANGUAGES}


def tokens(page):
    return MarkdownIt("commonmark").enable("table").parse(page)


def section(page, title):
    """The part of a page below the heading of a set."""
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(page):
    """The cells of every row of every table."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_committed_pages_are_current():
    pages = facts_table.readmes(ROOT)
    assert {path.name for path in pages} == {"README.md", "README.ru.md", "README.zh.md"}
    for path, text in pages.items():
        committed = path.read_text(encoding="utf-8")
        assert committed == text, f"{path.name} is stale: run pixelwise data readme"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_valid_markdown(pages, language):
    page = pages[language]
    assert "{" not in page
    assert "[]" not in page
    found = [token.type for token in tokens(page)]
    # The overview, commands, small sets; a table of facts a set and one a label set.
    label_sets = sum(len(layout.facts.label_sets) for layout in LAYOUTS.values())
    assert found.count("table_open") == 3 + len(LAYOUTS) + label_sets
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_languages_have_the_same_structure(pages, language):
    for pattern in (r"^(#+)", r"\]\(([^)]+)\)", r"<(http[^>]+)>", r"^(\|)", r"^```(\w*)"):
        find = re.compile(pattern, re.MULTILINE).findall
        assert find(pages[language]) == find(pages["en"])
    code = re.compile(r"`([^`\n]+)`").findall
    assert sorted(code(pages[language])) == sorted(code(pages["en"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_in_the_page_lead_to_headings_and_files(pages, language):
    headings = re.findall(r"^#+ (.+)$", pages[language], re.MULTILINE)
    places = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
    anchors = re.findall(r"\]\(#([^)]+)\)", pages[language])
    assert len(anchors) == len(LAYOUTS)
    assert set(anchors) <= places
    for file in re.findall(r"\]\((README[^)]*)\)", pages[language]):
        assert (ROOT / "datasets" / file).is_file()


@pytest.mark.parametrize("name", LAYOUTS)
def test_section_has_the_facts(pages, name):
    facts = LAYOUTS[name].facts
    for language, page in pages.items():
        text = section(page, facts.title)
        said = (facts.about, facts.masks, facts.void, facts.split, facts.licence)
        assert all(message.render(language) in text for message in said)
        for known in (f"<{facts.homepage}>", facts.citation):
            assert known in text
        for split, count in facts.splits.items():
            assert f"`{split}` {count}" in text
        for numbers in (facts.mean, facts.std):
            assert ", ".join(map(str, numbers)) in text
        for marker in LAYOUTS[name].markers[0]:
            assert f"`{marker}`" in text


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_has_a_row(pages, name, language):
    facts = LAYOUTS[name].facts
    found = [row for row in rows(section(pages[language], facts.title)) if len(row) == 3]
    expected = []
    for classes in facts.label_sets.values():
        for label, (name, color) in enumerate(
            zip(classes.names, classes.palette.tolist(), strict=True)
        ):
            local = translate(name, "figures", language)
            both = f"`{name}`" if local == name else f"`{name}` {local}"
            expected.append([str(label), both, "`#" + "".join(f"{v:02X}" for v in color) + "`"])
    assert [row for row in found if row[0].isdecimal()] == expected


def test_known_colors(pages):
    assert ["26", "`car`", "`#00008E`"] in rows(section(pages["en"], "Cityscapes"))
    assert ["1", "`aeroplane`", "`#800000`"] in rows(section(pages["en"], "Pascal VOC 2012"))


@pytest.mark.parametrize("name", LAYOUTS)
def test_section_links_every_archive(pages, name):
    source = registry()[name]
    text = section(pages["en"], LAYOUTS[name].facts.title)
    assert source.archives
    for archive in source.archives:
        address = archive.urls[0] if archive.urls else source.page
        assert address.startswith("http")
        assert f"[{archive.file}]({address})" in text
        assert archive.checksum in text


def test_small_sets_are_described(pages):
    assert list(facts_table.SMALL_SETS) == list(LAYOUTS)
    for name, small in facts_table.SMALL_SETS.items():
        assert list(small.splits) == list(LAYOUTS[name].facts.splits)
        sizes = " … ".join(f"{height} × {width}" for height, width in small.sizes)
        images = " · ".join(f"`{split}` {count}" for split, count in small.splits.items())
        assert [LAYOUTS[name].facts.title, images, sizes] in rows(pages["en"])


@needs_camvid
def test_mean_and_deviation_of_camvid_are_those_of_its_training_images():
    data = load("camvid", "train", folder=REAL / "camvid", quiet=True)
    histogram = np.zeros((3, 256))
    for index in range(len(data)):
        image, _label = data.read(index)
        for channel in range(3):
            histogram[channel] += np.bincount(image[..., channel].ravel(), minlength=256)
    values = np.arange(256) / 255
    shares = histogram / histogram.sum(axis=1, keepdims=True)
    mean = shares @ values
    std = np.sqrt(shares @ values**2 - mean**2)
    facts = data.facts
    assert facts.measured
    assert mean.round(4).tolist() == list(facts.mean)
    assert std.round(4).tolist() == list(facts.std)
