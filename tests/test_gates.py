"""The gates that keep the course whole: they pass on the course, and each catches its fault."""

import json
import shutil

import pytest
from tiny_course import edit, no_outputs, options, write_course

from pixelwise.course import find_root, load_course
from pixelwise.notebooks import build, catalogues, execute, gates, wording
from pixelwise.notebooks.glossary import load_glossary, missing_terms, russian_stem

GATES = (
    gates.unfinished_translations,
    gates.differing_translations,
    gates.wrong_terms,
    gates.wrong_typography,
    gates.untranslated_texts,
    gates.untranslatable_figures,
    gates.stale_files,
    gates.oversized_notebooks,
    gates.worded_outputs,
    gates.started_stubs,
    gates.leaked_answers,
)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.__name__)
def test_course_passes(gate):
    problems = gate(load_course(find_root()))
    assert not problems, "\n".join(map(str, problems))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a tiny course with all its notebooks, not executed."""
    root = tmp_path_factory.mktemp("tiny")
    course = write_course(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execute, "execute", no_outputs)
        build.build(course, options(course), lambda text: None)
    return root


@pytest.fixture
def course(tmp_path, built):
    return load_course(shutil.copytree(built, tmp_path, dirs_exist_ok=True))


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.__name__)
def test_sound_tiny_course_passes(gate, course):
    # In the tiny course, too, one lesson is given the other's answer on purpose.
    assert gate(course) == []


def po(course, language, domain=None):
    if domain:
        return catalogues.domain_path(course, domain, language)
    return course.catalogue(course.lesson("tiny"), language)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('msgstr "# Удвоение"', 'msgstr ""', "is empty"),
        ('msgid "# Doubling"', '#, fuzzy\nmsgid "# Doubling"', "is fuzzy"),
        ('msgid "# Doubling"', 'msgid "# Other"', "is missing"),
    ],
)
def test_unfinished_translation_is_found(course, old, new, what):
    edit(po(course, "ru"), old, new)
    problems = gates.unfinished_translations(course)
    assert [(p.file, p.entry, p.what) for p in problems] == [
        ("lessons/locale/ru/01_tiny.po", '"# Doubling"', what)
    ]


def test_every_plural_form_is_needed(course):
    edit(po(course, "ru", "messages"), 'msgstr[2] "{count} ошибок"', 'msgstr[2] ""')
    problems = gates.unfinished_translations(course)
    assert [(p.entry, p.what) for p in problems] == [('"{count} mistake"', "is empty")]


def faults(english, translation, language="ru", *, markdown=True):
    pair = wording.Pair(english, translation, language, markdown)
    return wording.differing_parts(pair) + wording.differing_structure(pair)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("https://example.org/list", "https://example.org/другой", "links missing"),
        ("2 * x", "3 * x", "code missing"),
        ("y = 2x", "y = 3x", "formulas missing"),
        ("0,5", "0,6", "numbers missing: 0.5"),
        ("**единица**", "единица", "Markdown missing: strong"),
        ("# Удвоение", "## Удвоение", "Markdown missing: heading #"),
        ("- Верните", "* Верните", "Markdown missing: bullet_list -"),
    ],
)
def test_difference_from_the_english_text_is_found(course, old, new, what):
    text = po(course, "ru").read_text(encoding="utf-8")
    head, _, translation = text.rpartition(old)
    po(course, "ru").write_text(head + new + translation, encoding="utf-8")
    problems = gates.differing_translations(course)
    assert problems
    assert any(what in problem.what for problem in problems), problems
    assert {problem.file for problem in problems} == {"lessons/locale/ru/01_tiny.po"}


def test_differing_field_is_found_in_every_form(course):
    edit(po(course, "ru", "messages"), "{count} ошибки", "{number} ошибки")
    edit(po(course, "zh", "messages"), "返回 {name}", "返回")
    what = [problem.what for problem in gates.differing_translations(course)]
    assert "fields missing: count" in what
    assert "fields added: number" in what
    assert "fields missing: name" in what


@pytest.mark.parametrize(
    ("english", "translation", "language"),
    [
        ("A set of 2,975 and 0.485.", "Набор из 2975 и 0,485.", "ru"),
        ("A set of 2,975 and 0.485.", "Набор из 2\u00a0975 и 0,485.", "ru"),
        ("A set of 2,975 and 0.485.", "共 2975 张与 0.485。", "zh"),
        ("The mean $\\text{mean}(x)$.", "Среднее $\\text{среднее}(x)$.", "ru"),
        ("`a` then `b`", "`b` после `a`", "ru"),
        ("| a | b |\n| --- | --- |\n| c | d |", "| е | ё |\n| --- | --- |\n| ж | з |", "ru"),
    ],
)
def test_lawful_differences_pass(english, translation, language):
    assert faults(english, translation, language) == []


@pytest.mark.parametrize(
    ("english", "translation", "language", "what"),
    [
        ("**Note:** text", "**注：**文字", "zh", "strong"),
        ("Text\n> quote", "Текст > цитата", "ru", "number of lines"),
        ("![a cat](cat.png)", "[кот](cat.png)", "ru", "image"),
        ("See <https://a.org/b>.", "См. <https://a.org/c>.", "ru", "links missing"),
        ("Lesson 12", "Урок 1", "ru", "numbers missing: 12"),
    ],
)
def test_unlawful_differences_are_found(english, translation, language, what):
    assert any(what in fault for fault in faults(english, translation, language))


def test_wrong_term_is_found(course):
    edit(po(course, "ru"), "маска", "накладка")
    edit(po(course, "zh", "figures"), "掩码", "面具")
    problems = gates.wrong_terms(course)
    assert [(problem.file, problem.what) for problem in problems] == [
        ("lessons/locale/ru/01_tiny.po", "'mask' must be 'маска'"),
        ("pixelwise/locale/zh/LC_MESSAGES/figures.po", "'mask' must be '掩码'"),
    ]


def test_longest_term_counts_and_titles_are_left_alone(course):
    terms = load_glossary(course)
    assert missing_terms("Mask R-CNN", "сеть Mask R-CNN", "ru", terms) == []
    assert [t.en for t in missing_terms("Masks of Mask R-CNN", "Mask R-CNN", "ru", terms)] == [
        "mask"
    ]
    assert missing_terms("Unmasked, mask-like", "нет", "ru", terms) == []
    cited = wording.Pair(
        "He, *Masks of many objects*, [A mask](x).",
        "He, *Masks of many objects*, [A mask](x).",
        "ru",
        True,
    )
    assert wording.wrong_terms(cited, terms) == []
    fields = wording.Pair("Got {mask}.", "Получено {mask}.", "ru", False)
    assert wording.wrong_terms(fields, terms) == []


def test_russian_terms_are_found_in_every_case():
    terms = {term.en: term for term in load_glossary(load_course(find_root()))}
    for english, russian in (
        ("confusion matrix", "в матрице ошибок"),
        ("transposed convolution", "транспонированных свёрток"),
        ("transposed convolution", "транспонированной сверткой"),
        ("feature map", "картами признаков"),
        ("mask", "масок"),
        ("palette", "палитрой"),
        ("semantic segmentation", "семантической сегментации"),
        ("batch normalisation", "пакетную нормализацию"),
    ):
        assert terms[english].is_in(russian, "ru"), (english, russian)
    assert not terms["transposed convolution"].is_in("свёрткой", "ru")
    assert russian_stem("интерполяцией") == "интерполяц"


def test_glossary_is_sound():
    terms = load_glossary(load_course(find_root()))
    assert len(terms) >= 70
    for term in terms:
        assert term.is_in(term.agreed["ru"], "ru"), term.en
        assert term.is_in(term.agreed["zh"], "zh"), term.en


@pytest.mark.parametrize(
    ("language", "text", "what"),
    [
        ("ru", 'слово "маска" здесь', "ёлочки"),
        ("ru", "слово “маска” здесь", "ёлочки"),
        ("ru", "маска - это", "dash"),
        ("ru", "маска – это", "dash"),
        ("ru", "маска—это", "dash"),
        ("ru", "маска , да", "punctuation"),
        ("ru", "маска  да", "two spaces"),
        ("zh", "掩码,标签", "full-width"),
        ("zh", "掩码.", "full-width"),
        ("zh", "掩码(mask)", "full-width"),
        ("zh", "掩码: `x`", "full-width"),
        ("zh", "`x`?掩码", "full-width"),
        ("zh", "掩码 标签", "space"),
        ("zh", "掩码， 标签", "space"),
        ("zh", "掩码  mask", "two spaces"),
    ],
)
def test_wrong_typography_is_named(language, text, what):
    found = wording.wrong_typography(wording.Pair("", text, language, True))
    assert any(what in fault for fault in found), found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "- «маска» — `a - b`, 1–3, $a - b$ и [список](x)."),
        ("ru", '«Слово „маска“ здесь», `x = "a"`'),
        ("ru", "| — | маска |\n| --- | --- |"),
        ("zh", "- **掩码**：`a, b` 与 IoU 的[列表](https://a.org/b,c)，见（$a, b$）。"),
        ("zh", "1. 第 1 步，共 3.5 步……"),
        ("zh", "![掩码](a.png)"),
    ],
)
def test_right_typography_passes(language, text):
    assert wording.wrong_typography(wording.Pair("", text, language, True)) == []


def test_wrong_typography_is_found(course):
    edit(po(course, "ru"), "Формула — ", "Формула - ")
    edit(po(course, "zh"), "，取", ",取")
    problems = gates.wrong_typography(course)
    assert [problem.file for problem in problems] == [
        "lessons/locale/ru/01_tiny.po",
        "lessons/locale/zh/01_tiny.po",
    ]


def test_text_left_in_english_is_found(course):
    edit(po(course, "ru"), "Это только для PyTorch.", "This is for PyTorch only.")
    edit(po(course, "zh"), 'msgstr "# 加倍"', 'msgstr "# Doubling"')
    edit(po(course, "ru", "messages"), "Подумайте о маске.", "Маска. So think about the mask.")
    problems = gates.untranslated_texts(course)
    assert [(problem.file, problem.what.split(":")[0]) for problem in problems] == [
        ("lessons/locale/ru/01_tiny.po", "is still English"),
        ("lessons/locale/zh/01_tiny.po", "is still English"),
        ("pixelwise/locale/ru/LC_MESSAGES/messages.po", "has English in it"),
    ]


@pytest.mark.parametrize(
    "text",
    ["U-Net", "IoU {x}", "FCN-8s", "- Long, Shelhamer: [Fully convolutional](x), 2015.", "Python"],
)
def test_names_may_stay_as_they_are(text):
    assert wording.left_in_english(wording.Pair(text, text, "ru", True), []) == []


def test_words_in_f_string_of_figure_are_found(course):
    edit(course.source(course.lesson("more")), '"A tripled mask"', 'f"{3} masks"')
    problems = gates.untranslatable_figures(course)
    assert [(problem.file, problem.entry) for problem in problems] == [
        ("lessons/source/02_more.md", "cell 3")
    ]
    assert "masks" in problems[0].what


def test_stale_and_left_over_files_are_found(course):
    path = course.notebook(course.lesson("tiny"), "ru", "torch", solved=False)
    path.with_name("09_gone_torch.ipynb").write_bytes(path.read_bytes())
    edit(path, "Верните", "Дайте")
    edit(po(course, "zh"), "cell 2", "cell 7")
    assert [(problem.file, problem.what) for problem in gates.stale_files(course)] == [
        ("lessons/locale/zh/01_tiny.po", "is stale"),
        ("lessons/ru/01_tiny_torch.ipynb", "is stale"),
        ("lessons/ru/09_gone_torch.ipynb", "belongs to no lesson"),
    ]


def change_notebook(course, change, *, solved, topic="tiny"):
    path = course.notebook(course.lesson(topic), "en", "torch", solved=solved)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change({cell["id"]: cell for cell in notebook["cells"]}, notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.relative_to(course.root).as_posix()


def test_oversized_picture_is_found(course):
    def enlarge(by_id, cells):
        data = {"image/png": "A" * 300_000}
        by_id["setup"]["outputs"] = [{"output_type": "display_data", "data": data}]

    file = change_notebook(course, enlarge, solved=True)
    problems = gates.oversized_notebooks(course)
    assert [(problem.file, problem.what) for problem in problems] == [
        (file, "cell 2: a picture of 225 kB, more than 200 kB; make it smaller")
    ]


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "text": ["1\n", "the loss is falling\n"]},
        {"output_type": "display_data", "data": {"text/plain": "<function f at 0x7f00aa>"}},
        {"output_type": "display_data", "data": {"text/plain": "60 images made by the course"}},
        {"output_type": "stream", "name": "stderr", "text": "UserWarning: this is old"},
    ],
)
def test_worded_output_is_found(course, output):
    def speak(by_id, cells):
        by_id["imports"]["outputs"] = [output]

    file = change_notebook(course, speak, solved=True)
    assert {(p.file, p.entry) for p in gates.worded_outputs(course)} == {(file, "cell 3")}


def test_a_line_in_the_reader_s_language_is_no_english(course):
    def speak(by_id, cells):
        by_id["imports"]["outputs"] = [
            {
                "output_type": "display_data",
                "data": {"text/plain": "60 images made by the course"},
                "metadata": {"pixelwise": {"language": "en"}},
            }
        ]

    change_notebook(course, speak, solved=True)
    assert gates.worded_outputs(course) == []


def test_numbers_and_identifiers_are_no_words(course):
    def speak(by_id, cells):
        text = "mean_iou = 0.5 shape = (3, 4)\ntorch.float32 TP FP\n"
        by_id["imports"]["outputs"] = [{"output_type": "stream", "text": text}]

    change_notebook(course, speak, solved=True)
    assert gates.worded_outputs(course) == []


def test_started_stub_is_found(course):
    def answer(by_id, cells):
        by_id["exercise-double"]["source"] = "def double(x):\n    return x + x"

    file = change_notebook(course, answer, solved=False)
    problems = gates.started_stubs(course)
    assert [(p.file, p.entry, p.what) for p in problems] == [(file, "double", "is not a stub")]


def test_missing_stub_and_output_of_learner_are_found(course):
    def run(by_id, cells):
        by_id["exercise-Counter"]["source"] = ""
        by_id["setup"]["outputs"] = [{"output_type": "stream", "text": "1"}]

    change_notebook(course, run, solved=False)
    problems = [(problem.entry, problem.what) for problem in gates.started_stubs(course)]
    assert problems == [
        ("Counter", "is defined 0 times, not once"),
        ("cell 2", "has outputs"),
    ]


def append(kind, source, **extra):
    def change(by_id, cells):
        cells.append({"cell_type": kind, "id": "x", "metadata": {}, "source": source, **extra})

    return change


@pytest.mark.parametrize(
    "change",
    [
        append("code", "def f(x, FACTOR):\n    return _times(np.asarray(x, dtype=None), FACTOR)"),
        append("markdown", "Try `return _times(np.asarray(x, dtype=None), FACTOR)`."),
        append(
            "markdown",
            "```python\ndef f():\n    return _times(np.asarray(x, dtype=None), FACTOR)\n```",
        ),
        append("raw", "", outputs=[{"text": "return _times(np.asarray(x, dtype=None), FACTOR)"}]),
        append("code", "y = np.multiply(\n  x, factor,\n).astype(x.dtype, copy = False)\nreturn y"),
        append("code", "super().__init__()\ntotal = self._first() + step"),
    ],
)
def test_leaked_answer_is_found(course, change):
    file = change_notebook(course, change, solved=False)
    problems = gates.leaked_answers(course)
    assert problems
    assert {problem.file for problem in problems} == {file}
    assert "the lesson gives it away" in problems[0].what


def test_given_answer_leaks_nowhere_else(course):
    def copy(by_id, cells):
        by_id["given"]["metadata"] = {}

    file = change_notebook(course, copy, solved=False, topic="more")
    assert {problem.file for problem in gates.leaked_answers(course)} == {file}
