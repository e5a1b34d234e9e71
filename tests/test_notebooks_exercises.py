"""Solution modules as cells: stubs, answers, given code, imports."""

import ast

import pytest
from tiny_course import edit, write_course, write_text

from pixelwise.course import load_course
from pixelwise.notebooks import LessonError, exercises


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path)


def solution(course, topic):
    return exercises.read_solution(course.solution(topic, "torch"))


def test_function_stub_keeps_signature_and_docstring_only(course):
    stub = exercises.stub_cells(solution(course, "tiny"), ["double", "Counter"])["double"]
    assert stub == (
        "def double(x: np.ndarray) -> np.ndarray:\n"
        '    """Twice the array.\n\n    Args:\n        x: any shape.\n    """\n'
        "    raise NotImplementedError"
    )


def test_class_stub_keeps_public_methods_and_what_signatures_name(course):
    stub = exercises.stub_cells(solution(course, "tiny"), ["double", "Counter"])["Counter"]
    assert stub == (
        "Function = Callable[[int], int]\n\n\n"
        "class Counter(dict):\n"
        '    """Counts."""\n\n'
        "    def __init__(self, step: int = 1) -> None:\n"
        "        raise NotImplementedError\n\n"
        "    def add(self, change: Function = abs) -> int:\n"
        '        """Count on."""\n'
        "        raise NotImplementedError"
    )


def test_stub_keeps_decorators(course):
    edit(course.solution("tiny", "torch"), "def double", "@np.vectorize\ndef double")
    stub = exercises.stub_cells(solution(course, "tiny"), ["double"])["double"]
    assert stub.startswith("@np.vectorize\ndef double(")


def test_answer_brings_helpers_and_constants_once(course):
    cells = exercises.answer_cells(solution(course, "tiny"), ["double", "Counter"])
    defined = [getattr(node, "name", "FACTOR") for node in ast.parse(cells["double"]).body]
    assert defined == ["FACTOR", "_times", "double"]
    assert "# The answer." in cells["double"]
    assert "FACTOR" not in cells["Counter"]
    assert "_first" in cells["Counter"]


def test_exercise_missing_in_solution_is_an_error(course):
    with pytest.raises(LessonError, match="no function or class 'halve'"):
        exercises.stub_cells(solution(course, "tiny"), ["halve"])


def test_exercise_needs_a_docstring(course):
    edit(course.solution("more", "torch"), '"""Three times the number.', '_ = """Three')
    with pytest.raises(LessonError, match="'triple' has no docstring"):
        exercises.stub_cells(solution(course, "more"), ["triple"])


def test_given_code_brings_all_it_needs(course):
    code, names, imports = exercises.given_code(solution(course, "more"))
    assert names == ["FACTOR", "_times", "double"]
    assert [ast.unparse(node) for node in imports] == ["import numpy as np"]
    namespace = {}
    exec(exercises.imports_code(solution(course, "more"), imports), namespace)
    exec(code, namespace)
    assert namespace["double"](4) == 8


def test_given_code_of_given_code_comes_along(course):
    path = course.solution("more", "torch").with_name("last_torch.py")
    write_text(path, '"""Answers."""\n\nfrom .more_torch import triple\n')
    code, names, imports = exercises.given_code(exercises.read_solution(path))
    assert names == ["FACTOR", "_times", "double", "triple"]
    namespace = {}
    exec("\n".join(map(ast.unparse, imports)), namespace)
    exec(code, namespace)
    assert namespace["triple"](4) == 12


def test_given_name_that_does_not_exist_is_an_error(course):
    edit(course.solution("more", "torch"), "import double", "import halve")
    with pytest.raises(LessonError, match=r"tiny_torch\.py has no halve"):
        exercises.given_code(solution(course, "more"))


def test_given_name_defined_twice_is_an_error(course):
    edit(course.solution("more", "torch"), "def triple", "FACTOR = 3\n\n\ndef triple")
    with pytest.raises(LessonError, match="FACTOR"):
        exercises.given_code(solution(course, "more"))


def test_imports_keep_their_groups(course):
    code = exercises.imports_code(solution(course, "tiny"), [])
    assert code == "from collections.abc import Callable\n\nimport numpy as np"


def test_loose_statement_in_a_solution_is_an_error(course):
    edit(course.solution("tiny", "torch"), "FACTOR = 2", "print(2)")
    with pytest.raises(LessonError, match=r"tiny_torch\.py:7"):
        solution(course, "tiny")


REAL = load_course()


@pytest.mark.parametrize("framework", REAL.frameworks)
@pytest.mark.parametrize("topic", REAL.topics)
def test_real_stubs_and_answers_are_python(topic, framework):
    module = exercises.read_solution(REAL.solution(topic, framework))
    names = [exercise.name for exercise in REAL.lesson(topic).exercises]
    for name, stub in exercises.stub_cells(module, names).items():
        node = ast.parse(stub).body[-1]
        assert node.name == name
        assert ast.get_docstring(node)
    for name, answer in exercises.answer_cells(module, names).items():
        assert ast.parse(answer).body[-1].name == name
