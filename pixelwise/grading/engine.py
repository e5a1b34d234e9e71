"""Running a learner's functions in this process, each call within a time limit.

Fast, works on every system and with a debugger; for practice. It does not protect the marks from
code that means to cheat.
"""

import __future__

import ast
import ctypes
import importlib.util
import linecache
import os
import queue
import re
import sys
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pixelwise.grading.networks import Layer, Optimizer, Stages
from pixelwise.grading.plan import TrainingPlan
from pixelwise.grading.runtime import Runtime
from pixelwise.grading.source import Cell, Definition
from pixelwise.grading.values import Array, Reference, Tensor, Value

TIME_LIMIT = float(os.environ.get("PIXELWISE_TIME_LIMIT", "10"))
"""Seconds for one call; 0 waits for ever, which a debugger needs."""

TRAINING_FACTOR = 30
"""How many times longer than a call the training of a network may take."""

IMPORT_FACTOR = 6
"""How many times longer than a call the imports may take: frameworks' helpers are slow to load."""


class TimeLimitReached(BaseException):
    """Raised inside a learner's code that runs for too long.

    Attributes:
        stack: where the code was when the time was up; empty inside that code.
    """

    stack: traceback.StackSummary = traceback.StackSummary()


@dataclass(frozen=True)
class Frame:
    """A line of the learner's code: the cell and the line number in it."""

    cell: Cell
    line: int


@dataclass(frozen=True)
class Raised:
    """An exception that left the learner's code, and its last line that was reached."""

    type_names: tuple[str, ...]
    message: str
    frame: Frame | None
    name: str | None = None

    @property
    def type_name(self) -> str:
        """The name of the exception's class."""
        return self.type_names[0]


@dataclass(frozen=True)
class Reply:
    """The outcome of one call.

    Attributes:
        value: what came back, None if nothing did.
        raised: the exception, if one left the code.
        timed_out: whether the call was stopped.
        seconds: how long the call was allowed to take; 0 for ever.
        stopped_at: the learner's line at which it was stopped.
        changed: positions of the arguments that the call changed.
        warnings: what was warned of during the call.
    """

    value: Value | None = None
    raised: Raised | None = None
    timed_out: bool = False
    seconds: float = 0.0
    stopped_at: Frame | None = None
    changed: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


class CallFailed(Exception):
    """An exception left the learner's code; `error` is that exception."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


class Worker:
    """One thread that runs calls one after the other; a call that takes too long costs it."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def _start(self) -> threading.Thread:
        # Queues of its own: what a thread that was given up still says reaches nobody.
        self._tasks: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        arguments = (self._tasks, self._results)
        thread = threading.Thread(target=self._work, args=arguments, daemon=True)
        thread.start()
        return thread

    @staticmethod
    def _work(
        tasks: "queue.SimpleQueue[Callable[[], Any]]",
        results: "queue.SimpleQueue[tuple[bool, Any]]",
    ) -> None:
        while True:
            task = tasks.get()
            try:
                results.put((True, task()))
            except BaseException as error:
                results.put((False, error))

    def run(self, task: Callable[[], Any], seconds: float) -> Any:
        """The result of `task()`.

        Raises:
            CallFailed: the task raised an exception.
            TimeLimitReached: the task was still running after `seconds`.
        """
        self._thread = self._thread or self._start()
        self._tasks.put(task)
        try:
            done, result = self._results.get(timeout=seconds or None)
        except queue.Empty:
            reached = TimeLimitReached()
            thread = self._thread.ident or 0
            reached.stack = traceback.extract_stack(sys._current_frames()[thread])
            self._interrupt(thread)
            self._thread = None
            raise reached from None
        if not done:
            raise CallFailed(result)
        return result

    def _interrupt(self, thread: int) -> None:
        # A bare `except:` in the learner's loop may swallow the exception, hence more than once.
        # A thread that is stuck outside Python is left behind: it dies with the process.
        for _attempt in range(20):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread), ctypes.py_object(TimeLimitReached)
            )
            try:
                self._results.get(timeout=0.1)
                return
            except queue.Empty:
                continue


WORKER = Worker()
"""Calls of all submissions run here: one is graded at a time, and mistakes make many engines."""


class InProcessEngine:
    """Calls one submission's functions and keeps the objects that they return."""

    def __init__(
        self,
        runtime: Runtime,
        definitions: Sequence[Definition],
        provided: Mapping[str, Any] | None = None,
        seconds: float = TIME_LIMIT,
    ) -> None:
        self._runtime = runtime
        self._definitions = definitions
        self._provided = dict(provided or {})
        self.seconds = seconds
        self._objects: list[Any] = []
        self._cells = {definition.cell.filename: definition.cell for definition in definitions}
        self._module: types.ModuleType | None = None

    def call(
        self,
        name: str,
        arguments: Sequence[Any],
        options: Mapping[str, Any],
        *,
        in_pipeline: bool = False,
    ) -> Reply:
        """Call the function or class `name`; arguments may be `Tensor`, arrays or `Reference`."""

        def task() -> Any:
            function = getattr(self._module, name)
            if in_pipeline:
                return lambda *values: self._runtime.in_pipeline(function, list(values))
            return function

        return self._reply(task, arguments, options)

    def method(self, owner: Reference, name: str, arguments: Sequence[Any]) -> Reply:
        """Call method `name` (``__call__`` for the object itself) of an object returned before."""
        return self._reply(lambda: getattr(self._objects[owner.number], name), arguments, {})

    def gradient(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> Reply:
        """The gradient of what function `name` returns with respect to its first argument."""

        def task() -> Any:
            function = getattr(self._module, name)
            return lambda *values, **named: self._runtime.gradient(function, values, named)

        return self._reply(task, arguments, options)

    def build(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> Reply:
        """Like `call`, of a function that makes a network: its initial weights are seeded."""

        def task() -> Any:
            self._runtime.seed()
            return getattr(self._module, name)

        return self._reply(task, arguments, options)

    def is_network(self, owner: Reference) -> bool:
        """Whether an object returned before is a network of the framework."""
        return self._runtime.is_network(self._objects[owner.number])

    def is_block(self, owner: Reference) -> bool:
        """Whether an object returned before can be a part of a network."""
        return self._runtime.is_block(self._objects[owner.number])

    def run(
        self,
        network: Reference,
        arguments: Sequence[Any],
        options: Mapping[str, Any],
        training: bool,
    ) -> Reply:
        """What a network or block makes of its input, in training or in inference mode."""

        def task() -> Any:
            found = self._objects[network.number]
            return lambda *values, **named: self._runtime.run(found, values, named, training)

        return self._reply(task, arguments, options)

    def part(self, network: Reference, name: str) -> Reply:
        """The part of a network that is named so; None if there is none."""
        return self._read(network, lambda found: self._runtime.part(found, name))

    def assign(self, network: Reference, weights: Mapping[str, Array]) -> Reply:
        """Give weights of a network new values, by name."""
        return self._read(network, lambda found: self._runtime.assign(found, weights))

    def weight_gradients(
        self, network: Reference, arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> Reply:
        """The gradient of the sum of a network's outputs by each weight, by name."""

        def task() -> Any:
            found = self._objects[network.number]
            return lambda *values, **named: self._runtime.weight_gradients(found, values, named)

        return self._reply(task, arguments, options)

    @property
    def has_gpu(self) -> bool:
        """Whether networks are trained on a GPU."""
        return self._runtime.has_gpu()

    def train(self, network: Reference, plan: TrainingPlan, images: Any, labels: Any) -> Reply:
        """The losses of a network that gets new weights and is trained, and not by its author."""

        def task() -> Any:
            return lambda x, y: self._runtime.train(self._objects[network.number], plan, x, y)

        return self._reply(task, [images, labels], {}, TRAINING_FACTOR * self.seconds)

    def network(self, layers: Sequence[Layer], training: bool) -> Value:
        """A network of the grader's own, made where the learner's code can use it."""
        return self._make(lambda: self._runtime.network(layers, training))

    def encoder(self, stages: Stages, training: bool) -> Value:
        """An encoder of the grader's own, likewise."""
        return self._make(lambda: self._runtime.encoder(stages, training))

    def optimizer(self, optimizer: Optimizer, network: Reference) -> Value:
        """An optimizer of the weights of such a network."""
        return self._make(lambda: self._runtime.optimizer(optimizer, self._objects[network.number]))

    def parameters(self, owner: Reference) -> Reply:
        """The trainable weights of a layer or network."""
        return self._read(owner, self._runtime.parameters)

    def weights(self, network: Reference) -> Reply:
        """All weights of a network and its moving statistics, by name."""
        return self._read(network, self._runtime.weights)

    def modes(self, network: Reference) -> Reply:
        """Which modules of a network are switched to training, by name."""
        return self._read(network, self._runtime.modes)

    def has_recorded(self, network: Reference) -> Reply:
        """Whether calls of a network that was made here recorded what gradients need."""
        return self._read(network, self._runtime.has_recorded)

    def evaluate(self, metric: Reference, batches: list[tuple[Array, Array]]) -> Reply:
        """The framework's own evaluation of a metric on batches in the framework's layout."""
        return self._read(metric, lambda found: self._runtime.evaluate(found, batches))

    def forget(self) -> None:
        """Let go of the objects returned so far; references to them end here."""
        self._objects.clear()

    def function(self, name: str) -> Any:
        """The function `name` itself, to be provided to another engine."""
        self._load_once()
        return getattr(self._module, name)

    def _make(self, make: Callable[[], Any]) -> Value:
        """What `make` returns; nothing of the learner's runs in it."""
        value: Value = WORKER.run(lambda: self._value(make()), IMPORT_FACTOR * self.seconds)
        return value

    def _read(self, owner: Reference, read: Callable[[Any], Any]) -> Reply:
        """What `read` says of an object."""
        return self._reply(lambda: lambda: read(self._objects[owner.number]), (), {})

    def _reply(
        self,
        find: Callable[[], Callable[..., Any]],
        arguments: Sequence[Any],
        options: Mapping[str, Any],
        seconds: float | None = None,
    ) -> Reply:
        seconds = self.seconds if seconds is None else seconds
        originals = [self._plain(value) for value in arguments]

        def task() -> tuple[Any, list[Any], list[str]]:
            with warnings.catch_warnings(record=True) as caught, self._runtime.recording():
                warnings.simplefilter("always")
                function = find()
                passed = [self._argument(value) for value in arguments]
                result = function(*passed, **options)
            # What frameworks deprecate is no concern of the learner's.
            own = [str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)]
            return self._value(result), passed, own

        try:
            self._load_once()
            value, passed, warned = WORKER.run(task, seconds)
        except TimeLimitReached as reached:
            stopped_at = self._last_frame(reached.stack)
            return Reply(timed_out=True, seconds=seconds, stopped_at=stopped_at)
        except CallFailed as failed:
            return Reply(raised=self._raised(failed.error))
        changed = tuple(
            position
            for position, (original, now) in enumerate(zip(originals, passed, strict=True))
            if isinstance(original, np.ndarray) and not self._unchanged(original, now)
        )
        return Reply(value=value, changed=changed, warnings=tuple(warned))

    def _plain(self, value: Any) -> Any:
        """An argument's numbers before the call, to be compared after it."""
        match value:
            case Tensor():
                return value.array
            case Reference(number):
                return self._numpy(self._objects[number])
            case _:
                return value

    def _numpy(self, value: Any) -> Array | None:
        """The numbers in a tensor; None for anything else, also for tensors that are not dense."""
        try:
            return self._runtime.numpy(value)
        except Exception:
            return None

    def _unchanged(self, original: Array, now: Any) -> bool:
        array = now if isinstance(now, np.ndarray) else self._numpy(now)
        return array is not None and np.array_equal(
            array, original, equal_nan=np.issubdtype(original.dtype, np.floating)
        )

    def _argument(self, value: Any) -> Any:
        match value:
            case Tensor():
                return self._runtime.tensor(value.array)
            case np.ndarray():
                return value.copy()
            case Reference(number):
                return self._objects[number]
            case _:
                return value

    def _value(self, result: Any) -> Value:
        self._objects.append(result)
        reference = len(self._objects) - 1
        kind, array, items = "object", self._numpy(result), {}
        if array is not None:
            kind = "tensor"
        elif result is None:
            kind = "none"
        elif isinstance(result, np.ndarray):
            kind, array = "array", result.copy()
        elif isinstance(result, bool | int | float | np.number):
            kind, array = "number", np.asarray(result)
        elif isinstance(result, Mapping):
            kind = "mapping"
            items = {key: self._value(item) for key, item in result.items()}
        elif isinstance(result, list | tuple):
            kind = "sequence"
            items = {index: self._value(item) for index, item in enumerate(result)}
        type_name = type(result).__name__
        module = type(result).__module__.split(".")[0]
        if kind in ("tensor", "array"):
            type_name = {"tensorflow": "tf"}.get(module, module) + "." + type_name
        return Value(kind, type_name, array, items, reference)

    def _load_once(self) -> None:
        if self._module is None:
            self._module = WORKER.run(self._load, IMPORT_FACTOR * self.seconds)

    def _load(self) -> types.ModuleType:
        """Run the definitions, and nothing else, in a module of their own.

        The module has a spec and its cells are known to `linecache`: tracebacks quote the
        learner's lines, and TensorFlow's AutoGraph finds the source that it rewrites.
        """
        name = f"pixelwise_submission_{id(self)}"
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, None))  # type: ignore[arg-type]
        sys.modules[name] = module
        module.__dict__.update(self._provided)
        for filename, cell in self._cells.items():
            lines = cell.source.splitlines(keepends=True)
            linecache.cache[filename] = (len(cell.source), None, lines, filename)
        for definition in self._definitions:
            if set(definition.names) & set(self._provided):
                continue
            tree = ast.Module([definition.node], type_ignores=[])
            # Annotations are for readers: an unknown name in one must not stop anybody.
            flags = __future__.annotations.compiler_flag
            code = compile(tree, definition.cell.filename, "exec", flags=flags, dont_inherit=True)
            exec(code, module.__dict__)
        return module

    def _last_frame(self, stack: traceback.StackSummary) -> Frame | None:
        """The innermost of the learner's own lines."""
        frame = None
        for summary in stack:
            if summary.filename in self._cells and summary.lineno:
                frame = Frame(self._cells[summary.filename], summary.lineno)
        return frame

    def _raised(self, error: BaseException) -> Raised:
        frame = self._last_frame(traceback.extract_tb(error.__traceback__))
        message = str(error)
        if message.startswith("in user code:"):
            # AutoGraph puts its own traceback into the message: the learner's lines are in there.
            for filename, line in re.findall(r'File "(.+?)", line (\d+)', message):
                if filename in self._cells:
                    frame = Frame(self._cells[filename], int(line))
            message = message.strip().splitlines()[-1].strip().partition(": ")[2]
        names = tuple(c.__name__ for c in type(error).__mro__ if c is not object)
        missing = error.name if isinstance(error, NameError) else None
        return Raised(names, message, frame, missing)
