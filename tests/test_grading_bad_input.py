"""What a learner hears about a broken notebook; that the other exercises still count."""

import json
from pathlib import Path

import pytest

from pixelwise.course import Course, load_course
from pixelwise.grading.grader import Grader
from pixelwise.grading.report import ExerciseResult
from pixelwise.grading.runtime import is_installed
from pixelwise.grading.source import Identity
from pixelwise.grading.submissions import read_submission

pytestmark = pytest.mark.skipif(not is_installed("torch"), reason="PyTorch is not installed")

ROOT = Path(__file__).parent.parent

RIGHT_ONE_HOT = """import torch.nn.functional as F

def one_hot(label, num_classes):
    known = (label >= 0) & (label < num_classes)
    codes = F.one_hot(label.where(known, 0), num_classes) * known[..., None]
    return codes.movedim(-1, -3).float()
"""
WRONG_BODIES = {
    "none": "pass_on = label",
    "list": "return [[0.0]]",
    "dtype": "return torch.zeros(num_classes, *label.shape, dtype=torch.int32)",
    "shape": "return torch.zeros(*label.shape, num_classes)",
    "raises": "return label.no_such_attribute",
    "unknown_name": "return NUM_CLASSES",
}


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


def grade(
    course: Course, folder: Path, cells: list[str], language: str = "en", seconds: float = 10
) -> dict[str, ExerciseResult]:
    entries = [
        {"cell_type": "code", "source": cell, "metadata": {"pixelwise": {"exercise": exercise}}}
        for exercise, cell in zip(["one_hot", "label_to_color", None], cells, strict=False)
    ]
    path = folder / "01_masks_torch.ipynb"
    path.write_text(json.dumps({"cells": entries, "metadata": {}}), encoding="utf-8")
    submission = read_submission(path, Identity("masks", "torch", language))
    grader = Grader(course, submission, seconds=seconds)
    return {name: grader.grade_exercise(name) for name in ("one_hot", "label_to_color")}


def feedback(result: ExerciseResult) -> str:
    wrong = next(check for check in result.checks if check.status != "passed")
    return f"{wrong.message}\n{wrong.hint}"


def wrong(body: str) -> str:
    signature = "def label_to_color(label, palette, ignore_color=(255, 255, 255))"
    return f"import torch\n\n{signature}:\n    {body}\n"


def test_a_syntax_error_is_shown_where_it_is(course: Course, tmp_path: Path) -> None:
    results = grade(
        course, tmp_path, [RIGHT_ONE_HOT, "def label_to_color(label:\n    return label"]
    )
    assert results["one_hot"].status == "passed"
    assert results["label_to_color"].status == "error"
    text = feedback(results["label_to_color"])
    assert "syntax error" in text
    assert "01_masks_torch.ipynb, cell 2 from the top, line 1" in text
    assert "def label_to_color(label:" in text


def test_a_missing_exercise_is_named(course: Course, tmp_path: Path) -> None:
    results = grade(course, tmp_path, [RIGHT_ONE_HOT])
    assert results["one_hot"].status == "passed"
    assert results["label_to_color"].status == "error"
    assert "does not define `label_to_color`" in feedback(results["label_to_color"])


def test_a_renamed_function_is_found(course: Course, tmp_path: Path) -> None:
    cells = [RIGHT_ONE_HOT, "def paint(label, palette):\n    return label"]
    text = feedback(grade(course, tmp_path, cells)["label_to_color"])
    assert "There is no `label_to_color`, but there is `paint`." in text
    assert "rename `paint` to `label_to_color`" in text


def test_a_function_that_is_not_one_is_found(course: Course, tmp_path: Path) -> None:
    cells = [RIGHT_ONE_HOT, "label_to_color = lambda label, palette: label"]
    text = feedback(grade(course, tmp_path, cells)["label_to_color"])
    assert "`label_to_color` is there" in text
    assert "cell 2 from the top, line 1" in text


def test_of_two_definitions_the_last_counts(course: Course, tmp_path: Path) -> None:
    broken = "def one_hot(label, num_classes):\n    return label"
    assert grade(course, tmp_path, [broken, "", RIGHT_ONE_HOT])["one_hot"].status == "passed"
    assert grade(course, tmp_path, [RIGHT_ONE_HOT, "", broken])["one_hot"].status == "failed"


def test_an_import_that_fails_costs_only_the_answers_that_use_it(
    course: Course, tmp_path: Path
) -> None:
    cell = (
        "import absent_module\n\ndef label_to_color(label, palette):\n    return absent_module.f()"
    )
    results = grade(course, tmp_path, [RIGHT_ONE_HOT, cell])
    assert results["one_hot"].status == "passed"
    text = feedback(results["label_to_color"])
    assert "ModuleNotFoundError" in text
    assert "cell 2 from the top, line 1" in text
    assert "not installed" in text


def test_an_endless_loop_is_stopped(course: Course, tmp_path: Path) -> None:
    # The bare except swallows the first attempts to stop the loop.
    body = "while True:\n        try:\n            label\n        except:\n            pass"
    results = grade(course, tmp_path, [RIGHT_ONE_HOT, wrong(body)], seconds=1)
    assert results["one_hot"].status == "passed"
    assert results["label_to_color"].status == "failed"
    assert "ran for more than 1 seconds" in feedback(results["label_to_color"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("label + 1", "returned None"),
        ("return [[0]]", "A dense tensor of numbers should have come back, not `list`"),
        ("return torch.zeros(*label.shape, 3)", "dtype is wrong"),
        ("return torch.zeros(3, *label.shape, dtype=torch.uint8)", "shape is wrong"),
        ("return label.no_such_attribute", "AttributeError"),
        ("return TABLE[label]", "NameError"),
        ("raise NotImplementedError", None),
        (
            "palette[0] = 7\n    return torch.as_tensor(palette)[label]",
            "changed its argument `palette`",
        ),
        ("import sys; sys.exit()", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return torch.ones(2, 3, 3).to_sparse()", "A dense tensor of numbers should have come"),
        ("return torch.ones(2, 3, 3, dtype=torch.complex64)", "complex64"),
        (
            "return torch.empty(2, 3, 3, device='meta')",
            "A dense tensor of numbers should have come",
        ),
        ("return F.no_such_function", "AttributeError"),
    ],
)
def test_a_wrong_answer_is_explained(
    course: Course, tmp_path: Path, body: str, expected: str | None
) -> None:
    results = grade(course, tmp_path, [RIGHT_ONE_HOT, wrong(body)])
    assert results["one_hot"].status == "passed"
    if expected is None:
        assert results["label_to_color"].status == "todo"
        return
    assert results["label_to_color"].status == "failed"
    text = feedback(results["label_to_color"])
    assert expected in text
    assert "cell 2 from the top, line" in text


def test_a_constant_computed_beside_the_function_is_explained(
    course: Course, tmp_path: Path
) -> None:
    cell = "import torch\nTABLE = torch.zeros(3)\n" + wrong("return TABLE[label]")
    text = feedback(grade(course, tmp_path, [RIGHT_ONE_HOT, cell])["label_to_color"])
    assert "`TABLE` is none of these" in text


def test_an_unreadable_notebook_fails_every_exercise_with_the_reason(
    course: Course, tmp_path: Path
) -> None:
    path = tmp_path / "01_masks_torch.ipynb"
    path.write_text("{", encoding="utf-8")
    results = Grader(course, read_submission(path, Identity("masks", "torch", None))).grade()
    assert {result.status for result in results} == {"error"}
    assert "not hold valid JSON" in feedback(results[0])


@pytest.mark.parametrize("language", ["ru", "zh"])
@pytest.mark.parametrize("body", list(WRONG_BODIES.values()), ids=list(WRONG_BODIES))
def test_feedback_is_in_the_learners_language(
    course: Course, tmp_path: Path, body: str, language: str
) -> None:
    cell = f"import torch\n\ndef label_to_color(label, num_classes=3):\n    {body}\n"
    result = grade(course, tmp_path, [RIGHT_ONE_HOT, cell], language)["label_to_color"]
    english = grade(course, tmp_path, [RIGHT_ONE_HOT, cell], "en")["label_to_color"]
    alphabet = {"ru": ("а", "я"), "zh": ("\u4e00", "\u9fff")}[language]
    for check, same in zip(result.checks, english.checks, strict=True):
        assert check.status == same.status
        for text in (check.title, check.message.splitlines()[0], check.hint):
            assert any(alphabet[0] <= letter <= alphabet[1] for letter in text.lower()), text


def test_a_check_that_cannot_read_an_answer_spoils_nothing_else(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, *arguments: object) -> None:
        raise RuntimeError("unreadable")

    monkeypatch.setattr("pixelwise.grading.learner.Answer.has", broken)
    result = grade(course, tmp_path, [RIGHT_ONE_HOT])["one_hot"]
    assert result.status == "failed"
    assert "The grader cannot read what came back (unreadable)." in feedback(result)
