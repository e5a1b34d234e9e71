"""Why a check failed: facts first, worded when somebody reads them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pixelwise.grading.engine import Frame, Raised
from pixelwise.grading.values import Array, Reference, excerpt
from pixelwise.messages import Message, _


@dataclass(frozen=True)
class Argument:
    """One argument of the call that a check made."""

    name: str
    value: Any
    is_tensor: bool = False


@dataclass(frozen=True)
class Asked:
    """The call that a check made: what feedback quotes.

    Attributes:
        function: what was called.
        arguments: with what.
        before: the calls that made the object of which `function` is a method.
        part: which part of the result is looked at, as an index; empty for all of it.
    """

    function: str
    arguments: tuple[Argument, ...] = ()
    before: "Asked | None" = None
    part: str = ""

    @property
    def call(self) -> str:
        """The call as code; arrays stand under their parameter's name."""
        shown = [
            argument.name
            if isinstance(argument.value, np.ndarray)
            else f"{argument.name}={_code(argument.value)}"
            for argument in self.arguments
        ]
        before = self.before.call if self.before else ""
        return f"{before}{self.function}({', '.join(shown)}){self.part}"

    @property
    def arrays(self) -> list[Argument]:
        """The arguments that are arrays, in the order in which they were passed."""
        earlier = self.before.arrays if self.before else []
        return earlier + [one for one in self.arguments if isinstance(one.value, np.ndarray)]

    def then(self, function: str, arguments: tuple[Argument, ...]) -> "Asked":
        """The call of a method (its name begins with a dot) of what this call returned."""
        return Asked(function, arguments, before=self)


def _code(value: Any) -> str:
    if isinstance(value, Reference):
        return value.code
    return repr(value) if isinstance(value, int | float | str | tuple | type(None)) else "…"


class Failure(Exception):
    """A check's verdict that the answer is wrong.

    Attributes:
        headline: one sentence that says what is wrong.
        asked: the call.
        expected, got: what should have come back and what did, ready to print or as arrays.
        frame: the learner's line that matters.
        raised: the exception that left the learner's code, if one did.
        hint: what to think about, if the failure itself tells.
        timed_out: whether the code was stopped.
    """

    def __init__(
        self,
        headline: Message,
        *,
        asked: Asked | None = None,
        expected: "Shown | None" = None,
        got: "Shown | None" = None,
        detail: Message | None = None,
        frame: Frame | None = None,
        raised: Raised | None = None,
        hint: Message | None = None,
        timed_out: bool = False,
    ) -> None:
        super().__init__(headline.render("en"))
        self.headline = headline
        self.asked = asked
        self.expected = expected
        self.got = got
        self.detail = detail
        self.frame = frame
        self.raised = raised
        self.hint = hint
        self.timed_out = timed_out

    @property
    def can_be_compared(self) -> bool:
        """Whether another failure can be the same: it tells an exception or a wrong answer."""
        return self.raised is not None or (self.got is not None and self.got.array is not None)

    def same_as(self, other: "Failure") -> bool:
        """Whether both went wrong in the same way: the same wrong answer, or the same exception."""
        if self.raised or other.raised:
            return (
                self.raised is not None
                and other.raised is not None
                and self.raised.type_name == other.raised.type_name
                and self.raised.message == other.raised.message
            )
        if self.got is None or other.got is None or self.headline.text != other.headline.text:
            return False
        mine, theirs = self.got.array, other.got.array
        if mine is None or theirs is None or mine.shape != theirs.shape:
            return False
        if not self.got.with_values:
            return bool(mine.dtype == theirs.dtype)
        # The same wrong values may come in another dtype, unless the dtype is what is wrong.
        if self.got.with_dtype and mine.dtype != theirs.dtype:
            return False
        if "f" in (mine.dtype.kind, theirs.dtype.kind):
            return bool(np.allclose(mine, theirs, rtol=1e-4, atol=1e-5, equal_nan=True))
        return bool(np.array_equal(mine, theirs))


@dataclass(frozen=True)
class Shown:
    """An array, or words, to be shown as expected or as received."""

    array: Array | None = None
    words: Message | str | None = None
    with_dtype: bool = False
    with_values: bool = True

    def lines(self, language: str) -> list[str]:
        """The text in `language`."""
        if self.words is not None:
            words = self.words
            return (words.render(language) if isinstance(words, Message) else words).splitlines()
        assert self.array is not None
        fields: dict[str, Any] = {"dtype": self.array.dtype, "shape": tuple(self.array.shape)}
        if self.array.ndim == 0 and self.with_values and not self.with_dtype:
            return [excerpt(self.array)]
        form = _("{dtype}, shape {shape}") if self.with_dtype else _("shape {shape}")
        head = replace(form, fields=fields).render(language)
        return [head, *(excerpt(self.array).splitlines() if self.with_values else ())]


def describe(failure: Failure, language: str) -> list[tuple[str, list[str]]]:
    """The facts of a failure as (label, lines), in the order in which a learner needs them."""
    sections = []

    def add(label: Message, lines: list[str]) -> None:
        sections.append((label.render(language), lines))

    if failure.asked is not None:
        lines = [failure.asked.call]
        for argument in failure.asked.arrays:
            head, *values = Shown(argument.value, with_dtype=True).lines(language)
            lines += [f"{argument.name}: {head}", *(f"  {line}" for line in values)]
        add(_("Asked:"), lines)
    if failure.expected is not None:
        add(_("Expected:"), failure.expected.lines(language))
    if failure.got is not None:
        add(_("Got:"), failure.got.lines(language))
    if failure.detail is not None:
        add(_("Where:"), [failure.detail.render(language)])
    if failure.frame is not None:
        place = failure.frame.cell.place(failure.frame.line).render(language)
        add(_("Your code:"), [place, "  " + failure.frame.cell.line(failure.frame.line)])
    return sections
