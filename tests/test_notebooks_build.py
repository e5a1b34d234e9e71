"""Built notebooks: what is in them, when they are executed, when they are stale."""

import json

import nbformat
import pytest
from tiny_course import edit, no_outputs, options, write_course, write_text
from typer.testing import CliRunner

from pixelwise import cli
from pixelwise.course import load_course
from pixelwise.notebooks import LessonError, build, catalogues, execute


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path)


@pytest.fixture
def unexecuted(monkeypatch):
    """Executions that take no time, and a list of their names."""
    names = []

    def record(notebook, name):
        names.append(name)
        return no_outputs(notebook, name)

    monkeypatch.setattr(execute, "execute", record)
    return names


def silent(text):
    pass


def read(course, topic, language="en", framework="torch", *, solved=False):
    path = course.notebook(course.lesson(topic), language, framework, solved=solved)
    return nbformat.read(path, as_version=4)


def cell(notebook, identity):
    return next(cell for cell in notebook.cells if cell.id == identity)


def all_bytes(course):
    return {
        path: path.read_bytes()
        for path in course.root.rglob("*")
        if path.suffix in (".ipynb", ".mo", ".po")
    }


def test_every_language_and_framework_is_built(course, unexecuted):
    changed = build.build(course, options(course), silent)
    notebooks = [path for path in changed if path.suffix == ".ipynb"]
    assert len(notebooks) == 2 * 3 * 2 * 2
    assert len(set(unexecuted)) == len(unexecuted) == 4


def test_notebook_begins_with_title_setup_and_imports(course, unexecuted):
    build.build(course, options(course, "tiny"), silent)
    title, setup, imports = read(course, "tiny", "ru").cells[:3]
    heading, badge, text = title.source.split("\n\n")
    assert heading == "# Удвоение"
    assert "(https://colab.research.google.com/assets/colab-badge.svg)" in badge
    assert badge.endswith("/github/tiny/course/blob/main/lessons/ru/01_tiny_torch.ipynb)")
    assert text.startswith("Сколько раз")
    assert 'pip install --quiet "pixelwise @ git+https://github.com/tiny/course@main"' in (
        setup.source
    )
    assert setup.source.endswith('pixelwise.use_language("ru")')
    assert imports.source == "from collections.abc import Callable\n\nimport numpy as np"


def test_no_badge_for_other_hosts(course, unexecuted):
    edit(course.root / "lessons" / "course.toml", "github.com", "git.example.org")
    build.build(load_course(course.root), options(course, "tiny"), silent)
    course = load_course(course.root)
    build.build(course, options(course, "tiny"), silent)
    assert "colab" not in read(course, "tiny").cells[0].source


def test_setup_cell_is_valid_for_ipython(course, unexecuted):
    from IPython.core.inputtransformer2 import TransformerManager

    build.build(course, options(course, "tiny"), silent)
    source = cell(read(course, "tiny"), "setup").source
    compile(TransformerManager().transform_cell(source), "setup", "exec")


def test_metadata(course, unexecuted):
    build.build(course, options(course, "tiny"), silent)
    learner = read(course, "tiny", "zh", "tensorflow")
    assert learner.metadata.pixelwise == {
        "lesson": "tiny",
        "framework": "tensorflow",
        "language": "zh",
    }
    assert learner.metadata.kernelspec.name == "python3"
    solved = read(course, "tiny", "zh", "tensorflow", solved=True).metadata.pixelwise
    assert solved.solution is True
    assert len(solved.digest) == 64
    exercise = cell(learner, "exercise-double")
    assert exercise.metadata == {"pixelwise": {"exercise": "double"}}


def test_learner_gets_stubs_and_solution_gets_answers(course, unexecuted):
    build.build(course, options(course, "tiny"), silent)
    learner = cell(read(course, "tiny"), "exercise-double").source
    solved = cell(read(course, "tiny", solved=True), "exercise-double").source
    assert "raise NotImplementedError" in learner
    assert "_times" not in learner
    assert "return _times(np.asarray(x, dtype=None), FACTOR)" in solved
    assert "NotImplementedError" not in solved


def test_given_cell_stands_before_the_exercises(course, unexecuted):
    build.build(course, options(course, "more"), silent)
    notebook = read(course, "more")
    assert [cell.id for cell in notebook.cells[:5]] == [
        "title",
        "setup",
        "imports",
        "given",
        "exercise-triple",
    ]
    given = cell(notebook, "given")
    assert given.metadata.pixelwise.given == ["FACTOR", "_times", "double"]
    assert "return _times(np.asarray(x, dtype=None), FACTOR)" in given.source
    assert cell(notebook, "imports").source == "import math\nimport numpy as np"


ASKING = """\
```{code-cell}
:given: more.triple
```

```{code-cell}
:exercise: Counter
```
"""


def test_a_lesson_asks_for_answers_where_it_needs_them(course, unexecuted):
    edit(course.source(course.lesson("tiny")), "```{code-cell}\n:exercise: Counter\n```\n", ASKING)
    for framework in course.frameworks:
        edit(course.solution("more", framework), f"from .tiny_{framework} import double\n", "")
        edit(course.solution("more", framework), "float(double(x) + x)", "3 * x")
    build.build(course, options(course, "tiny"), silent)
    notebook = read(course, "tiny")
    [given] = [cell for cell in notebook.cells if cell.id.startswith("given")]
    assert given.metadata.pixelwise.given == ["triple"]
    assert "return 3 * x if math.isfinite(x) else x" in given.source
    position = notebook.cells.index(given)
    assert notebook.cells[position + 1].id == "exercise-Counter"
    assert "import math" in cell(notebook, "imports").source


def test_an_answer_given_twice_stands_there_once(course, unexecuted):
    path = course.source(course.lesson("more"))
    edit(
        path,
        "```{code-cell}\nfrom",
        "```{code-cell}\n:given: tiny.double, tiny.Counter\n```\n\n```{code-cell}\nfrom",
    )
    build.build(course, options(course, "more"), silent)
    first, second = [c for c in read(course, "more").cells if c.id.startswith("given")]
    assert first.metadata.pixelwise.given == ["FACTOR", "_times", "double"]
    assert "Counter" in second.metadata.pixelwise.given
    assert not {"FACTOR", "_times", "double"} & set(second.metadata.pixelwise.given)


def test_a_lesson_cannot_ask_for_what_it_has_itself(course, unexecuted):
    edit(course.source(course.lesson("tiny")), "```{code-cell}\n:exercise: Counter\n```\n", ASKING)
    with pytest.raises(LessonError, match="double itself"):
        build.build(course, options(course, "tiny"), silent)


def test_frameworks_are_not_mixed(course, unexecuted):
    build.build(course, options(course, "tiny"), silent)
    torch = "\n".join(cell.source for cell in read(course, "tiny").cells)
    tensorflow = "\n".join(
        cell.source for cell in read(course, "tiny", framework="tensorflow").cells
    )
    assert "PyTorch only" in torch
    assert "tensorflow" not in torch.lower()
    assert "TensorFlow only" in tensorflow
    assert "PyTorch" not in tensorflow
    assert 'print("tensorflow")' in tensorflow


def test_cells_that_draw_are_ignored_by_nbval_in_solutions_only(course, unexecuted):
    build.build(course, options(course, "more"), silent)
    assert read(course, "more", solved=True).cells[-1].metadata.tags == ["nbval-ignore-output"]
    assert "tags" not in read(course, "more").cells[-1].metadata


def test_code_and_cell_ids_are_the_same_in_every_language(course, unexecuted):
    build.build(course, options(course, "tiny"), silent)
    english, russian = read(course, "tiny"), read(course, "tiny", "ru")
    assert [cell.id for cell in english.cells] == [cell.id for cell in russian.cells]
    for ours, theirs in zip(english.cells, russian.cells, strict=True):
        if ours.cell_type == "code" and ours.id != "setup":
            assert ours.source == theirs.source


def test_files_are_sorted_json_with_unix_line_ends(course, unexecuted):
    build.build(course, options(course, "tiny"), silent)
    path = course.notebook(course.lesson("tiny"), "ru", "torch", solved=False)
    text = path.read_bytes().decode("utf-8")
    assert "\r" not in text
    assert text.endswith("}\n")
    expected = json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False)
    assert text == expected + "\n"


def test_building_twice_gives_the_same_bytes_and_executes_once(course, unexecuted):
    build.build(course, options(course), silent)
    before = all_bytes(course)
    assert build.build(course, options(course), silent) == []
    assert len(unexecuted) == 4
    build.build(course, options(course, execute=True), silent)
    assert len(unexecuted) == 8
    assert all_bytes(course) == before


def test_a_changed_sentence_does_not_execute(course, unexecuted):
    build.build(course, options(course), silent)
    unexecuted.clear()
    edit(
        course.catalogue(course.lesson("tiny"), "ru"),
        "Верните `2 * x`.",
        "Отдайте `2 * x`.",
    )
    changed = build.build(course, options(course), silent)
    assert {path.name for path in changed} == {"01_tiny_torch.ipynb", "01_tiny_tensorflow.ipynb"}
    assert {path.parent.name for path in changed} == {"ru"}
    assert unexecuted == []


def test_changed_code_executes_its_lesson_and_framework(course, unexecuted):
    build.build(course, options(course), silent)
    unexecuted.clear()
    edit(course.solution("more", "torch"), "double(x) + x", "x + double(x)")
    build.build(course, options(course), silent)
    assert unexecuted == ["02_more (torch)"]


def test_changed_words_in_its_figures_execute_a_lesson(course, unexecuted):
    build.build(course, options(course), silent)
    unexecuted.clear()
    edit(catalogues.domain_path(course, "figures", "ru"), "Утроенная маска", "Маска втройне")
    build.build(course, options(course), silent)
    assert unexecuted == ["02_more (torch)", "02_more (tensorflow)"]


def test_changed_drawing_code_executes_everything(course, unexecuted):
    build.build(course, options(course), silent)
    unexecuted.clear()
    write_text(course.root / "pixelwise" / "figures" / "new.py", "x = 1\n")
    build.build(course, options(course), silent)
    assert len(unexecuted) == 4


def test_missing_translation_stops_the_build_unless_allowed(course, unexecuted):
    path = course.catalogue(course.lesson("tiny"), "ru")
    edit(path, '"- Верните `2 * x`."', '""')
    edit(path, "#. cell 3, torch only", "#. cell 3, torch only\n#, fuzzy")
    edit(path, '"# Удвоение"', '"# Удвоение."')
    edit(path, 'msgid "# Doubling"', 'msgid "# Gone"')
    with pytest.raises(LessonError) as error:
        build.build(course, options(course, "tiny"), silent)
    text = str(error.value)
    assert 'missing: "# Doubling"' in text
    assert 'empty: "- Give back `2 * x`."' in text
    assert 'cell 3, torch only: fuzzy: "This is for PyTorch only."' in text
    assert not list(course.root.glob("lessons/ru/*.ipynb"))

    build.build(course, options(course, "tiny", allow_untranslated=True), silent)
    russian = "\n".join(cell.source for cell in read(course, "tiny", "ru").cells)
    assert "- Give back `2 * x`." in russian
    assert "This is for PyTorch only." in russian
    assert "Формула" in russian


def test_stale_names_what_build_would_change(course, unexecuted):
    everything = build.stale(course, options(course))
    assert len(everything) == 4 + 24
    build.build(course, options(course), silent)
    assert build.stale(course, options(course)) == []

    learner = course.notebook(course.lesson("tiny"), "ru", "torch", solved=False)
    edit(learner, "Верните", "Дайте")
    compiled = catalogues.domain_path(course, "messages", "zh").with_suffix(".mo")
    compiled.write_bytes(b"")
    assert set(build.stale(course, options(course))) == {learner, compiled}


def test_stale_solution_is_found_without_executing(course, unexecuted):
    build.build(course, options(course), silent)
    unexecuted.clear()
    edit(course.solution("tiny", "torch"), "FACTOR = 2", "FACTOR = 3")
    names = {(path.parts[-3], path.name) for path in build.stale(course, options(course))}
    assert ("solutions", "01_tiny_torch.ipynb") in names
    assert ("solutions", "01_tiny_tensorflow.ipynb") not in names
    assert unexecuted == []


def test_windows_line_ends_of_a_checkout_are_not_stale(course, unexecuted):
    build.build(course, options(course), silent)
    path = course.notebook(course.lesson("tiny"), "ru", "torch", solved=False)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert build.stale(course, options(course)) == []


def test_execution_gives_each_language_its_pictures(course):
    build.build(course, options(course, "tiny", frameworks=("torch",)), silent)
    for language, picture in (("en", "ZW4="), ("ru", "cnU="), ("zh", "emg=")):
        notebook = read(course, "tiny", language, solved=True)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
        outputs = [output for cell in code for output in cell.outputs]
        figure, printed, value = outputs
        assert dict(figure.data) == {"image/png": picture, "text/plain": "<figure>"}
        assert printed == {"output_type": "stream", "name": "stdout", "text": "[0 2 4]\n"}
        assert value.data == {"text/plain": "22"}
        assert value.execution_count == len(code)
    learner = read(course, "tiny")
    assert all(not cell.get("outputs") for cell in learner.cells)


def test_failing_cell_is_named_with_its_code_and_error(course):
    edit(course.source(course.lesson("tiny")), "Counter().total", "Counter().totals")
    with pytest.raises(LessonError) as error:
        build.build(course, options(course, "tiny", frameworks=("torch",)), silent)
    text = str(error.value)
    assert text.startswith("01_tiny (torch): cell 9 of the notebook failed:")
    assert "    print(double(np.arange(3)))" in text
    assert "AttributeError: 'Counter' object has no attribute 'totals'" in text


def test_startup_log_of_tensorflow_is_cut_from_stderr():
    noise = (
        "2026-01-01 10:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN is on.\n"
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "E0000 00:00:1760000000.1 12 cuda_dnn.cc:8310] Unable to register\n"
    )
    log = nbformat.v4.new_output("stream", name="stderr", text=noise)
    assert execute._cleaned(log) is None
    warning = nbformat.v4.new_output("stream", name="stderr", text=noise + "UserWarning: x\n")
    assert execute._cleaned(warning).text == "UserWarning: x\n"


def test_oversized_notebook_and_picture_are_reported(course, monkeypatch):
    def outputs(notebook, name):
        cells = no_outputs(notebook, name)
        data = {"image/png": "A" * 2_000_000}
        cells[0] = [nbformat.v4.new_output("display_data", data=data)]
        return cells

    monkeypatch.setattr(execute, "execute", outputs)
    told = []
    build.build(course, options(course, "tiny", frameworks=("torch",)), told.append)
    assert any("2.0 MB" in line for line in told)
    assert any("cell 2: a picture of 1500 kB" in line for line in told)


def test_command_line_checks_and_builds(course, unexecuted, monkeypatch):
    monkeypatch.chdir(course.root)
    run = CliRunner().invoke
    result = run(cli.app, ["build", "--check"])
    assert result.exit_code == 1
    assert "stale: lessons/ru/01_tiny_torch.ipynb" in result.output
    assert "run pixelwise build" in result.output

    result = run(cli.app, ["build", "1", "--framework", "torch"])
    assert result.exit_code == 0, result.output
    assert "wrote: solutions/zh/01_tiny_torch.ipynb" in result.output
    assert "tensorflow" not in result.output
    assert run(cli.app, ["build", "tiny", "--framework", "torch", "--check"]).exit_code == 0

    result = run(cli.app, ["build", "tinny"])
    assert result.exit_code == 1
    assert "no lesson 'tinny'; there are tiny, more" in result.output


def test_command_line_reports_what_cannot_be_built(course, unexecuted, monkeypatch):
    monkeypatch.chdir(course.root)
    course.source(course.lesson("tiny")).unlink()
    result = CliRunner().invoke(cli.app, ["build"])
    assert result.exit_code == 1
    assert "01_tiny.md: no such file" in result.output
    assert "Traceback" not in result.output
