"""A course of two tiny lessons, complete in three languages, for tests to break."""

from pathlib import Path

from babel.messages import Catalog

from pixelwise.course import Course, load_course
from pixelwise.notebooks import build, catalogues, execute, translate

COURSE = """\
title = "Tiny"
repository = "https://github.com/tiny/course"
branch = "main"
languages = ["en", "ru", "zh"]
frameworks = ["torch", "tensorflow"]

[[lesson]]
number = 1
topic = "tiny"
exercises = [{ name = "double", points = 1 }, { name = "Counter", points = 2 }]

[[lesson]]
number = 2
topic = "more"
exercises = [{ name = "triple", points = 1 }]
"""

FRONT_MATTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---

"""

TINY = (
    FRONT_MATTER
    + """\
# Doubling

How many times does a mask fit? See [the list](https://example.org/list).

+++

- Give back `2 * x`.
- The formula is $y = 2x$, with 0.5 it is **one**.

$$
y = 2x
$$

+++ {"tags": ["torch"]}

This is for PyTorch only.

+++ {"tags": ["tensorflow"]}

This is for TensorFlow only.

```{code-cell}
:exercise: double
```

```{code-cell}
:tags: [tensorflow]

print("tensorflow")
```

```{code-cell}
from IPython.display import display

bundle = {"en": "ZW4=", "ru": "cnU=", "zh": "emg="}
display(
    {
        "image/png": "ZW4=",
        "text/plain": "<figure>",
        "application/vnd.pixelwise.figure+json": bundle,
    },
    raw=True,
)
```

```{code-cell}
:exercise: Counter
```

```{code-cell}
print(double(np.arange(3)))
Counter().total
```
"""
)

MORE = (
    FRONT_MATTER
    + """\
# Tripling

```{code-cell}
:exercise: triple
```

```{code-cell}
from pixelwise.figures import show

show([triple(1)], titles=["A tripled mask"])
```
"""
)

TINY_SOLUTION = '''\
"""Answers."""

from collections.abc import Callable

import numpy as np

FACTOR = 2

Function = Callable[[int], int]


def _times(x: np.ndarray, factor: int) -> np.ndarray:
    """A helper that learners do not see."""
    return np.multiply(x, factor).astype(x.dtype, copy=False)


def double(x: np.ndarray) -> np.ndarray:
    """Twice the array.

    Args:
        x: any shape.
    """
    # The answer.
    return _times(np.asarray(x, dtype=None), FACTOR)


class Counter(dict):
    """Counts."""

    start = 7

    def __init__(self, step: int = 1) -> None:
        super().__init__()
        self.total = self._first() + step

    def _first(self) -> int:
        return self.start * 3

    def add(self, change: Function = abs) -> int:
        """Count on."""
        # One step further.
        self.total = change(self.total) + 1
        return self.total
'''

MORE_SOLUTION = '''\
"""Answers."""

import math

from .tiny_{framework} import double


def triple(x: float) -> float:
    """Three times the number.

    Args:
        x: a number.
    """
    return float(double(x) + x) if math.isfinite(x) else x
'''

RUSSIAN = {
    "# Doubling": "# Удвоение",
    "How many times does a mask fit? See [the list](https://example.org/list).": (
        "Сколько раз помещается маска? См. [список](https://example.org/list)."
    ),
    "- Give back `2 * x`.": "- Верните `2 * x`.",
    "- The formula is $y = 2x$, with 0.5 it is **one**.": (
        "- Формула — $y = 2x$, при 0,5 это **единица**."
    ),
    "This is for PyTorch only.": "Это только для PyTorch.",
    "This is for TensorFlow only.": "Это только для TensorFlow.",
    "# Tripling": "# Утроение",
    "A tripled mask": "Утроенная маска",
    "{count} mistake": ("{count} ошибка", "{count} ошибки", "{count} ошибок"),
    "Gives back {name}": "Возвращает {name}",
    "Think of the mask.": "Подумайте о маске.",
    "Twice the input": "Удвоенный вход",
}

CHINESE = {
    "# Doubling": "# 加倍",
    "How many times does a mask fit? See [the list](https://example.org/list).": (
        "掩码能放下几次？参见[列表](https://example.org/list)。"
    ),
    "- Give back `2 * x`.": "- 返回 `2 * x`。",
    "- The formula is $y = 2x$, with 0.5 it is **one**.": (
        "- 公式是 $y = 2x$，取 0.5 时结果是**一**。"
    ),
    "This is for PyTorch only.": "仅适用于 PyTorch。",
    "This is for TensorFlow only.": "仅适用于 TensorFlow。",
    "# Tripling": "# 三倍",
    "A tripled mask": "三倍的掩码",
    "{count} mistake": ("{count} 个错误",),
    "Gives back {name}": "返回 {name}",
    "Think of the mask.": "想想掩码。",
    "Twice the input": "输入的两倍",
}

GLOSSARY = """\
[[term]]
en = "mask"
ru = "маска"
ru_stems = ["маск", "масок"]
zh = "掩码"

[[term]]
en = "Mask R-CNN"
ru = "Mask R-CNN"
zh = "Mask R-CNN"
"""

MESSAGES = """\
from pixelwise.messages import _, _n

FOUND = _n("{count} mistake", "{count} mistakes", 2)
TOLD = _("Gives back {name}", name="x")
"""

CHECKS = '''\
from pixelwise.grading.checks import check


@check("double", tier="values", hint=None)
def test_double(learner):
    """Twice the input

    Not for learners.
    """
'''

MISTAKES = """\
[[mistake]]
exercise = "double"
hint = "Think of the mask."
"""


def write_course(root: Path) -> Course:
    """The tiny course in the folder `root`, with its translations, nothing built."""
    files = {
        "lessons/course.toml": COURSE,
        "lessons/glossary.toml": GLOSSARY,
        "lessons/source/01_tiny.md": TINY,
        "lessons/source/02_more.md": MORE,
        "solutions/__init__.py": "",
        "pixelwise/grading/talk.py": MESSAGES,
        "autograder/test_01_tiny.py": CHECKS,
        "autograder/mistakes/tiny.toml": MISTAKES,
    }
    for framework in ("torch", "tensorflow"):
        files[f"solutions/tiny_{framework}.py"] = TINY_SOLUTION
        files[f"solutions/more_{framework}.py"] = MORE_SOLUTION.format(framework=framework)
    for name, text in files.items():
        write_text(root / name, text)
    course = load_course(root)
    for job in translate.jobs(course):
        words = RUSSIAN if job.language == "ru" else CHINESE
        fill(job.path, job.language, translate.merged(job), words)
    return course


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def fill(path: Path, language: str, catalogue: Catalog, words: dict) -> None:
    """Write the catalogue with its translations taken from `words`."""
    for message in catalogues.messages(catalogue):
        message.string = words[catalogues.ids(message)[0]]
    write_text(path, catalogues.po_text(catalogue))


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path}"
    write_text(path, text.replace(old, new))


def options(course: Course, *topics: str, **chosen) -> build.Options:
    lessons = tuple(map(course.lesson, topics)) or course.lessons
    return build.Options(lessons, chosen.pop("frameworks", course.frameworks), **chosen)


def no_outputs(notebook, name: str) -> execute.Outputs:
    """Stands in for an execution where outputs do not matter."""
    return [[] for cell in notebook.cells if cell.cell_type == "code"]
