"""Reading submissions: what is taken from a file, and what is said about a broken one."""

import json
from pathlib import Path

import pytest

from pixelwise.grading.source import UnreadableSubmission, identify, is_stub, read_source

TOPICS = ("masks", "metrics")


def notebook(path: Path, *cells: str, metadata: dict | None = None) -> Path:
    entries = [
        {"cell_type": "code", "source": cell.splitlines(keepends=True), "metadata": {}}
        for cell in cells
    ]
    content = {"cells": entries, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_metadata_identifies_a_notebook_before_its_name_does(tmp_path: Path) -> None:
    named = {"pixelwise": {"lesson": "metrics", "framework": "tensorflow", "language": "zh"}}
    path = notebook(tmp_path / "masks_torch.ipynb", metadata=named)
    identity = identify(path, TOPICS)
    assert identity is not None
    assert (identity.lesson, identity.framework, identity.language) == (
        "metrics",
        "tensorflow",
        "zh",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01_masks_torch.ipynb", ("masks", "torch")),
        ("ivanov-masks_tensorflow.py", ("masks", "tensorflow")),
        ("metrics_torch.py", ("metrics", "torch")),
        ("unmasks_torch.py", None),
        ("masks_jax.py", None),
        ("masks_torch.txt", None),
        ("notes.py", None),
    ],
)
def test_the_name_identifies_a_file_without_metadata(
    tmp_path: Path, name: str, expected: tuple[str, str] | None
) -> None:
    path = tmp_path / name
    if path.suffix == ".ipynb":
        notebook(path)
    else:
        path.write_text("", encoding="utf-8")
    identity = identify(path, TOPICS)
    assert (identity and (identity.lesson, identity.framework)) == expected


def test_the_folder_tells_the_language_of_a_file_without_metadata(tmp_path: Path) -> None:
    (tmp_path / "ru").mkdir()
    identity = identify(notebook(tmp_path / "ru" / "01_masks_torch.ipynb"), TOPICS)
    assert identity is not None
    assert identity.language == "ru"


def test_nothing_but_definitions_and_literals_is_taken(tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "masks_torch.ipynb",
        "import os\nSIZE = (2, 3)\nA, B = 1, 2\nnow = os.getcwd()\nprint('hello')",
        "!rm -rf important\n%matplotlib inline\ndef f(x):\n    return g(x)",
        "%%bash\nrm -rf important",
        "class C:\n    pass\nfor i in range(3):\n    f(i)",
    )
    names = [name for definition in read_source(path).definitions for name in definition.names]
    assert names == ["os", "SIZE", "A", "B", "f", "C"]


def test_a_percent_sign_that_continues_an_expression_is_not_a_magic(tmp_path: Path) -> None:
    path = notebook(tmp_path / "masks_torch.ipynb", "def f(a, b):\n    return (a\n        % b)")
    assert read_source(path).definition("f") is not None


def test_the_last_definition_counts(tmp_path: Path) -> None:
    path = notebook(tmp_path / "m.ipynb", "def f():\n    return 1", "def f():\n    return 2")
    source = read_source(path)
    definition = source.definition("f")
    assert definition is not None
    assert definition.cell.number == 2
    assert source.times_defined("f") == 2


def test_a_syntax_error_costs_only_its_own_cell(tmp_path: Path) -> None:
    path = notebook(tmp_path / "m.ipynb", "def f(:\n    return 1", "def g():\n    return 2")
    source = read_source(path)
    assert source.definition("g") is not None
    broken = source.broken_cell("f")
    assert broken is not None
    assert broken.cell.number == 1
    assert broken.line == 1


def test_a_syntax_error_in_a_script_costs_only_its_own_function(tmp_path: Path) -> None:
    path = tmp_path / "masks_torch.py"
    path.write_text(
        "import math\n\ndef f(:\n    return 1\n\n@cached\ndef g():\n    return 2\n", "utf-8"
    )
    source = read_source(path)
    definition = source.definition("g")
    assert definition is not None
    assert definition.cell.line(definition.node.lineno) == "def g():"
    assert source.broken_cell("f") is not None


def test_only_what_an_answer_needs_is_reached(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(
        "import math\nimport json\nLIMIT = 3\n"
        "def helper(x):\n    return math.floor(x)\n"
        "def f(x):\n    return helper(x) + LIMIT\n"
        "def g(x):\n    return json.dumps(x)\n",
        "utf-8",
    )
    reached = [d.names[0] for d in read_source(path).reachable("f")]
    assert reached == ["math", "LIMIT", "helper", "f"]


def test_a_relative_import_brings_what_it_names_and_what_that_needs(tmp_path: Path) -> None:
    (tmp_path / "a_torch.py").write_text("K = 2\ndef twice(x):\n    return K * x\n", "utf-8")
    (tmp_path / "b_torch.py").write_text(
        "from .a_torch import twice\ndef f(x):\n    return twice(x)\n", "utf-8"
    )
    reached = [d.names[0] for d in read_source(tmp_path / "b_torch.py").reachable("f")]
    assert reached == ["K", "twice", "f"]


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError",
        "raise NotImplementedError('your turn')",
        "pass",
        "...",
        '"""Docstring."""\n    raise NotImplementedError',
    ],
)
def test_stubs_are_recognised(tmp_path: Path, body: str) -> None:
    path = tmp_path / "m.py"
    path.write_text(f"def f(x):\n    {body}\n", "utf-8")
    definition = read_source(path).definition("f")
    assert definition is not None
    assert is_stub(definition)


def test_a_class_is_a_stub_while_all_its_methods_are(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    text = "class C:\n    '''Doc.'''\n    def a(self):\n        raise NotImplementedError\n"
    path.write_text(text, "utf-8")
    stub = read_source(path).definition("C")
    path.write_text(text + "    def b(self):\n        return 1\n", "utf-8")
    begun = read_source(path).definition("C")
    assert stub is not None
    assert begun is not None
    assert is_stub(stub)
    assert not is_stub(begun)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"not json at all", "not hold valid JSON"),
        (b'{"cells": [', "not hold valid JSON"),
        (b'["a list"]', "no list of cells"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_an_unreadable_notebook_is_explained(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "masks_torch.ipynb"
    path.write_bytes(content)
    with pytest.raises(UnreadableSubmission, match=expected):
        read_source(path)


def test_assigning_into_something_is_no_definition(tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "m.ipynb",
        "import settings\nlabel[0, 0] = 255\nsettings.fast = True\nA, (B, C) = 1, (2, 3)",
    )
    names = [name for definition in read_source(path).definitions for name in definition.names]
    assert names == ["settings", "A", "B", "C"]


def test_local_names_are_no_concern_of_other_cells(tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "m.ipynb",
        "void = 3\nlabel = 4\nK = 5\nscale = 6",
        "def f(label, k=K):\n    void = label == 255\n    return [scale for _ in void]",
    )
    reached = [d.names[0] for d in read_source(path).reachable("f")]
    assert reached == ["K", "scale", "f"]


def test_an_import_with_a_substitute_is_taken(tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "m.ipynb",
        "try:\n    import fast as lib\nexcept ImportError:\n    import math as lib",
        "def f(x):\n    return lib.floor(x)",
    )
    assert len(read_source(path).reachable("f")) == 2


def test_magics_that_assign_do_not_cost_the_cell(tmp_path: Path) -> None:
    path = notebook(tmp_path / "m.ipynb", "files = !ls\nnames = %who_ls\ndef f(x):\n    return x")
    assert read_source(path).definition("f") is not None


def test_modules_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "a_torch.py").write_text("from .b_torch import g\ndef f(x):\n    return g(x)\n")
    (tmp_path / "b_torch.py").write_text("from .a_torch import f\ndef g(x):\n    return x\n")
    assert read_source(tmp_path / "a_torch.py").definition("f") is not None


@pytest.mark.parametrize(
    "code",
    ["f = lambda x: x", "async def f(x):\n    return x", "if True:\n    def f(x):\n        pass"],
)
def test_what_is_not_taken_is_found_all_the_same(tmp_path: Path, code: str) -> None:
    source = read_source(notebook(tmp_path / "m.ipynb", "x = 1", code))
    assert source.definition("f") is None
    found = source.bound_elsewhere("f")
    assert found is not None
    assert found[0].number == 2


def test_text_that_python_cannot_parse_at_all_is_a_syntax_error(tmp_path: Path) -> None:
    path = notebook(tmp_path / "m.ipynb", "x = " + "-" * 100_000 + "1", "def f():\n    return 1")
    assert read_source(path).definition("f") is not None
