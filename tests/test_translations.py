"""Catalogues: what is extracted, how it is merged, what the programs read."""

import gettext

import pytest
from tiny_course import edit, write_course, write_text
from typer.testing import CliRunner

from pixelwise import cli
from pixelwise.notebooks import catalogues, extract, translate


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path)


def tiny_path(course, language="ru"):
    return course.catalogue(course.lesson("tiny"), language)


def update(course):
    files, progress = translate.update_catalogues(course)
    for path, content in files.items():
        path.write_bytes(content)
    return {(entry.path.name, entry.language): entry for entry in progress}


def message(path, id, language="ru"):
    found = catalogues.messages(catalogues.read(path, language))
    return next(message for message in found if catalogues.ids(message)[0] == id)


def test_catalogue_is_plain_and_stable(course):
    text = tiny_path(course).read_text(encoding="utf-8")
    assert text.startswith('msgid ""\nmsgstr ""\n"Language: ru\\n"\n"Plural-Forms: nplurals=3;')
    assert "Date" not in text
    assert '#. cell 1\nmsgid "# Doubling"\nmsgstr "# Удвоение"\n' in text
    assert "#. cell 4, tensorflow only\n" in text
    assert "nplurals=1" in tiny_path(course, "zh").read_text(encoding="utf-8")
    update(course)
    assert tiny_path(course).read_text(encoding="utf-8") == text


def test_changed_sentence_becomes_fuzzy_and_keeps_old_texts(course):
    edit(course.source(course.lesson("tiny")), "How many times", "How many more times")
    progress = update(course)
    assert progress["01_tiny.po", "ru"].fuzzy == 1
    assert progress["01_tiny.po", "ru"].missing == 0
    changed = "How many more times does a mask fit? See [the list](https://example.org/list)."
    entry = message(tiny_path(course), changed)
    assert entry.fuzzy
    assert entry.string.startswith("Сколько раз")
    text = tiny_path(course).read_text(encoding="utf-8")
    assert '#| msgid "How many times does a mask fit?' in text
    # A second run keeps what the translator needs to see.
    update(course)
    assert tiny_path(course).read_text(encoding="utf-8") == text


def test_mended_fuzzy_entry_forgets_the_old_text(course):
    edit(course.source(course.lesson("tiny")), "How many times", "How many more times")
    update(course)
    edit(tiny_path(course), "#, fuzzy\n", "")
    progress = update(course)
    assert progress["01_tiny.po", "ru"].fuzzy == 0
    assert "#|" not in tiny_path(course).read_text(encoding="utf-8")


def test_new_sentence_is_missing_and_gone_one_is_dropped(course):
    edit(course.source(course.lesson("tiny")), "- Give back `2 * x`.", "- Zzz qqq vvv.")
    progress = update(course)
    assert progress["01_tiny.po", "zh"].missing == 1
    text = tiny_path(course, "zh").read_text(encoding="utf-8")
    assert "Give back" not in text
    assert 'msgid "- Zzz qqq vvv."\nmsgstr ""' in text


def test_rewrapped_paragraph_keeps_its_translation(course):
    edit(course.source(course.lesson("tiny")), "How many times does", "How many times\ndoes")
    progress = update(course)
    assert all(not entry.missing and not entry.fuzzy for entry in progress.values())


def test_translators_remarks_stay(course):
    edit(tiny_path(course), "#. cell 1\nmsgid", "# Ask an author.\n#. cell 1\nmsgid")
    update(course)
    assert "# Ask an author.\n" in tiny_path(course).read_text(encoding="utf-8")


def test_messages_come_from_marks_checks_and_hints(course):
    found = {entry.id: entry.files for entry in catalogues.combine(extract.message_entries(course))}
    assert found == {
        ("{count} mistake", "{count} mistakes"): ["pixelwise/grading/talk.py"],
        "Gives back {name}": ["pixelwise/grading/talk.py"],
        "Twice the input": ["autograder/test_01_tiny.py"],
        "Think of the mask.": ["autograder/mistakes/tiny.toml"],
    }


def test_figures_come_from_lessons_and_drawing_code(course):
    write_text(course.root / "pixelwise" / "data" / "sets.py", 'NAMES = (N_("sky"),)\n')
    write_text(course.root / "pixelwise" / "figures" / "ideas.py", '_("input " "size")\n')
    found = {entry.id: entry.files for entry in extract.figure_entries(course)}
    assert found == {
        "sky": ["pixelwise/data/sets.py"],
        "input size": ["pixelwise/figures/ideas.py"],
        "A tripled mask": ["lessons/source/02_more.md"],
    }
    assert "sky" not in {entry.id for entry in extract.message_entries(course)}


def test_compiled_catalogues_are_what_gettext_reads(course):
    files = translate.compiled_catalogues(course)
    path = catalogues.domain_path(course, "messages", "ru").with_suffix(".mo")
    path.write_bytes(files[path])
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert found.gettext("Think of the mask.") == "Подумайте о маске."
    plural = [
        found.ngettext("{count} mistake", "{count} mistakes", count) for count in (1, 3, 5, 21)
    ]
    assert plural == ["{count} ошибка", "{count} ошибки", "{count} ошибок", "{count} ошибка"]
    assert translate.compiled_catalogues(course) == files


def test_fuzzy_messages_are_not_compiled(course):
    po = catalogues.domain_path(course, "messages", "zh")
    edit(po, 'msgid "Think', '#, fuzzy\nmsgid "Think')
    files = translate.compiled_catalogues(course)
    assert "想想" not in files[po.with_suffix(".mo")].decode("utf-8", "ignore")
    assert "返回" in files[po.with_suffix(".mo")].decode("utf-8", "ignore")


def test_command_line_merges_compiles_and_counts(course, monkeypatch):
    monkeypatch.chdir(course.root)
    edit(course.source(course.lesson("tiny")), "- Give back `2 * x`.", "- Zzz qqq vvv.")
    run = CliRunner().invoke
    result = run(cli.app, ["translate", "--check"])
    assert result.exit_code == 1
    assert "stale: lessons/locale/ru/01_tiny.po" in result.output
    result = run(cli.app, ["translate"])
    assert result.exit_code == 0, result.output
    assert "lessons/locale/ru/01_tiny.po: 6 texts, 1 missing, 0 fuzzy" in result.output
    assert "zh: 12 texts, 1 missing, 0 fuzzy" in result.output
    assert "wrote: pixelwise/locale/zh/LC_MESSAGES/figures.mo" in result.output
    assert run(cli.app, ["translate", "--check"]).exit_code == 0
