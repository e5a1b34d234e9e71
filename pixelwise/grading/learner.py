"""What a check talks to: a learner's functions, asked with arrays and answering with arrays."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from pixelwise.grading.engine import Frame, InProcessEngine, Raised, Reply
from pixelwise.grading.failure import Argument, Asked, Failure, Shown
from pixelwise.grading.networks import Layer, Optimizer
from pixelwise.grading.plan import TrainingPlan
from pixelwise.grading.source import Source
from pixelwise.grading.values import LAYOUTS, Array, Map, Reference, Tensor, Value
from pixelwise.messages import Message, _, _n

WRONG_VALUES = _("The values are wrong.")

METHOD_ARGUMENTS = {
    "__call__": ("x",),
    "update": ("logits", "label"),
    "update_state": ("y_true", "y_pred", "sample_weight"),
}
"""How feedback names the arguments of methods."""


GRAPH_SIGNS = ("numpy() is only available", "SymbolicTensor", "ymbolic tensor", "tf.Tensor as a")
"""Parts of what TensorFlow says where a graph meets code that needs values."""


class Learner:
    """One learner's answers to one lesson in one framework."""

    def __init__(self, engine: InProcessEngine, source: Source, framework: str) -> None:
        self.framework = framework
        self.layout = LAYOUTS[framework]
        self._engine = engine
        self._source = source

    def call(self, name: str, *arguments: Any, **options: Any) -> "Answer":
        """Call the learner's function (or class) `name` and take its answer.

        Args:
            name: an exercise.
            *arguments: `Tensor`s become the framework's tensors; NumPy arrays, numbers and tuples
                are passed as they are; an `Answer` stands for the object that it describes.
            **options: keyword arguments, passed as they are.

        Raises:
            Failure: the code raised, ran for too long, changed an argument or returned None.
        """
        passed = tuple(self._passed(value) for value in arguments)
        asked = self._asked(name, passed, options)
        answer = self._answer(name, asked, self._engine.call(name, passed, options))
        _tell_networks(arguments, answer)
        return answer

    def gradient(self, name: str, *arguments: Any, **options: Any) -> "Answer":
        """The gradient of what `name` returns with respect to its first argument, a `Tensor`.

        Values that do not depend on the argument by tensor operations have the gradient 0.
        """
        arguments = tuple(self._passed(value) for value in arguments)
        asked = self._asked(name, arguments, options)
        return self._answer(name, asked, self._engine.gradient(name, arguments, options))

    def build(self, name: str, *arguments: Any, **options: Any) -> "Network":
        """Call the learner's function or class `name`, which makes a network.

        The initial weights are seeded. The network is called once on an empty image, because some
        layers make their weights only then.

        Raises:
            Failure: as `call`, or what came back is no network that takes an image of 64×64 pixels.
        """
        network = self._build(name, arguments, options)
        network.require_network()
        network(Map(np.zeros((1, 64, 64, 3))))
        return network

    def block(
        self, name: str, *arguments: Any, x: Tensor | None = None, **options: Any
    ) -> "Network":
        """Like `build`, of a part of a network; it is called once on `x`, if that is given.

        Raises:
            Failure: as `call`, or what came back can be no part of a network or does not take `x`.
        """
        block = self._build(name, arguments, options)
        block.require_block()
        if x is not None:
            block(x)
        return block

    def _build(self, name: str, arguments: Sequence[Any], options: dict[str, Any]) -> "Network":
        passed = tuple(self._passed(value) for value in arguments)
        asked = self._asked(name, passed, options)
        answer = self._answer(name, asked, self._engine.build(name, passed, options))
        network = Network(self, self._engine, name, asked, answer._reply)
        _tell_networks(arguments, network)
        return network

    def network(self, *layers: Layer, training: bool = True) -> "Network":
        """A new network of the grader's own, to be passed to calls.

        Args:
            *layers: one after the other.
            training: whether it is in training mode, where networks have a mode. Frozen layers
                are in inference mode in any case.
        """
        value = self._engine.network(layers, training)
        network = Network(self, self._engine, "", Asked(""), Reply(value))
        network.code = f"Network({', '.join(layer.code for layer in layers)})"
        return network

    def encoder(self, *stages: Sequence[Layer], training: bool = True) -> "Network":
        """A new encoder of the grader's own, to be passed to calls: a network of several maps.

        Args:
            *stages: the layers of each. A stage halves the size by max pooling of 2×2 before its
                first layer, and the map that its last layer makes is one of those that come back:
                a list, the finest first.
            training: as in `network`.
        """
        value = self._engine.encoder(stages, training)
        encoder = Network(self, self._engine, "", Asked(""), Reply(value))
        encoder.code = "encoder"
        return encoder

    def optimizer(self, network: "Network", optimizer: Optimizer) -> "Answer":
        """A new optimizer of the weights of `network`, to be passed to calls."""
        value = self._engine.optimizer(optimizer, Reference(network.value.reference))
        made = Answer(self, self._engine, "", Asked(""), Reply(value))
        made.code = optimizer.code
        return made

    def call_in_pipeline(self, name: str, *arguments: Any) -> "Answer":
        """Like `call`, but inside the framework's input pipeline (`tf.data.Dataset.map`)."""
        arguments = tuple(self._passed(value) for value in arguments)
        asked = self._asked(name, arguments, {})
        reply = self._engine.call(name, arguments, {}, in_pipeline=True)
        return self._answer(name, asked, reply)

    def raises(self, exception: str, name: str, *arguments: Any) -> None:
        """Require that the call raises `exception` (by class name)."""
        arguments = tuple(self._passed(value) for value in arguments)
        asked = self._asked(name, arguments, {})
        reply = self._engine.call(name, arguments, {})
        if reply.raised and exception in reply.raised.type_names:
            return
        if reply.raised or reply.timed_out or reply.value is None:
            self._answer(name, asked, reply)
        assert reply.value is not None
        raise Failure(
            _("Nothing was raised, but this input must be refused with {name}.", name=exception),
            asked=asked,
            expected=Shown(words=exception),
            got=_shown(reply.value),
            frame=self.definition_frame(name),
        )

    @property
    def has_gpu(self) -> bool:
        """Whether networks are trained on a GPU."""
        return self._engine.has_gpu

    def definition_frame(self, name: str) -> Frame | None:
        """Where the function that counts is defined in the learner's file."""
        definition = self._source.definition(name)
        return Frame(definition.cell, definition.node.lineno) if definition else None

    def _passed(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return Tensor(self.layout.arrange(value))
        if isinstance(value, Answer):
            return Reference(value.value.reference, value.code)
        return value

    def _asked(self, name: str, arguments: Sequence[Any], options: dict[str, Any]) -> Asked:
        names = self._parameter_names(name)
        named = [
            Argument(
                names[position] if position < len(names) else f"argument_{position + 1}",
                value.array if isinstance(value, Tensor) else value,
                isinstance(value, Tensor),
            )
            for position, value in enumerate(arguments)
        ]
        named += [Argument(key, value) for key, value in options.items()]
        return Asked(name, tuple(named))

    def _parameter_names(self, name: str) -> list[str]:
        """Parameters as the learner wrote them, which is how feedback names the arguments."""
        definition = self._source.definition(name)
        node: Any = definition.node if definition else None
        if hasattr(node, "bases"):
            node = next(
                (item for item in node.body if getattr(item, "name", "") == "__init__"), None
            )
            return _positional(node)[1:] if node else []
        return _positional(node) if node else []

    def _answer(
        self, name: str, asked: Asked, reply: Reply, *, may_be_none: bool = False
    ) -> "Answer":
        frame = self.definition_frame(name)
        if reply.timed_out:
            raise Failure(
                _(
                    "Your code ran for more than {seconds} seconds, so it was stopped.",
                    seconds=f"{reply.seconds:g}",
                ),
                asked=asked,
                frame=reply.stopped_at or frame,
                hint=_(
                    "Is there a loop that never ends? Or does Python visit every value one by one, "
                    "where one tensor operation would do? Maps can hold millions of values."
                ),
                timed_out=True,
            )
        if reply.raised:
            raise self._exception(asked, reply.raised, frame)
        if reply.changed:
            parameter = asked.arguments[reply.changed[0]].name
            raise Failure(
                _("Your function changed its argument `{name}`.", name=parameter),
                asked=asked,
                frame=frame,
                hint=_(
                    "Whoever calls your function still needs `{name}` as it was. Work on a copy, "
                    "or build a new array instead of assigning into this one.",
                    name=parameter,
                ),
            )
        assert reply.value is not None
        if reply.value.kind == "none" and not may_be_none:
            raise Failure(
                _("Your function returned None."),
                asked=asked,
                got=Shown(words="None"),
                frame=frame,
                hint=_("Is there a `return` at the end, on every path through the function?"),
            )
        return Answer(self, self._engine, name, asked, reply)

    def _exception(self, asked: Asked, raised: Raised, frame: Frame | None) -> Failure:
        hint = _(
            "The exception arose at the line shown above. Print the shapes and dtypes of what it "
            "uses, and compare them with what the called function wants."
        )
        place = raised.frame or frame
        line = place.cell.line(place.line) if place else ""
        if "NotImplementedError" in raised.type_names and "NotImplementedError" in line:
            hint = _("A part of the answer is still missing: this line has not been replaced yet.")
        elif any(sign in raised.message for sign in GRAPH_SIGNS):
            hint = _(
                "Here your code runs in a graph: the tensors have no values yet. Use TensorFlow's "
                "operations in place of NumPy and of `.numpy()`."
            )
        elif "not implemented for" in raised.message:
            hint = _(
                "This operation does not know the dtype that it was given. Convert the tensor "
                "before it, for instance to float32, and the result back afterwards."
            )
        elif "NameError" in raised.type_names and raised.name:
            hint = _(
                "Only imports, functions, classes and literal constants are taken from your file; "
                "`{name}` is none of these. Compute it inside the function, or check its spelling.",
                name=raised.name,
            )
        elif "ImportError" in raised.type_names:
            hint = _(
                "This module is not installed here. The exercise needs nothing beyond NumPy and "
                "the framework: remove the import, or install the module."
            )
        elif "OverflowError" in raised.type_names and "uint8" in raised.message:
            hint = _(
                "Colours are uint8, and no uint8 is larger than 255. Convert to a wider integer "
                "type before you multiply or add."
            )
        elif "ndarray" in raised.message and any(
            isinstance(argument.value, np.ndarray) and not argument.is_tensor
            for argument in asked.arguments
        ):
            hint = _(
                "This argument may be a NumPy array as well as a tensor. Turn it into a tensor "
                "first, or use operations that both have."
            )
        return Failure(
            _("Your code raised {name}.", name=raised.type_name),
            asked=asked,
            got=Shown(words=f"{raised.type_name}: {raised.message}".removesuffix(": ")),
            frame=place,
            raised=raised,
            hint=hint,
        )


class Answer:
    """What one call returned.

    Attributes:
        value: the same as plain data.
        warnings: what was warned of during the call.
        asked: the call.
        code: how feedback writes the answer where it is passed to another call.
    """

    code = "…"

    def __init__(
        self, learner: Learner, engine: InProcessEngine, name: str, asked: Asked, reply: Reply
    ) -> None:
        assert reply.value is not None
        self.value: Value = reply.value
        self.warnings = reply.warnings
        self.asked = asked
        self._learner = learner
        self._engine = engine
        self._name = name
        self._reply = reply

    def fail(
        self,
        headline: Message,
        *,
        expected: Shown | None = None,
        got: Shown | None = None,
        detail: Message | None = None,
        hint: Message | None = None,
    ) -> NoReturn:
        """Raise a `Failure` about this answer."""
        raise Failure(
            headline,
            asked=self.asked,
            expected=expected,
            got=got or _shown(self.value),
            detail=detail,
            frame=self._learner.definition_frame(self._name),
            hint=hint,
        )

    def require(
        self, condition: object, headline: Message, *, expected: Message | None = None
    ) -> None:
        """Fail with `headline` unless `condition` holds."""
        if not condition:
            self.fail(headline, expected=Shown(words=expected) if expected else None)

    @property
    def array(self) -> Array:
        """The numbers, in the framework's layout; fails if the answer holds none."""
        if self.value.array is None:
            self.fail(
                _(
                    "A dense tensor of numbers should have come back, not {type}.",
                    type=f"`{self.value.type_name}`",
                )
            )
        return self.value.array

    def numpy(self, role: type[Tensor] = Map) -> Array:
        """The numbers, channels last."""
        return self._learner.layout.from_framework(role, self.array)

    def number(self) -> float:
        """The single number that the answer is."""
        if self.array.size != 1 or self.array.dtype.kind not in "biuf":
            self.fail(
                _("A single number should have come back."),
                expected=Shown(words=_("one number")),
            )
        return float(self.array.reshape(()))

    def parts(self, count: int) -> list["Answer"]:
        """The `count` values of a tuple or list."""
        if self.value.kind != "sequence" or len(self.value.items) != count:
            self.fail(
                _n(
                    "A tuple with {count} value should have come back.",
                    "A tuple with {count} values should have come back.",
                    count,
                ),
                got=Shown(words=_describe_kind(self.value)),
            )
        return [self._part(self.value.items[position]) for position in range(count)]

    def inside(self, margin: int) -> "Answer":
        """Maps (N, H, W, C) without their border, `margin` cells wide."""
        middle = self.numpy(Map)[:, margin:-margin, margin:-margin]
        arranged = self._learner.layout.arrange(Map(middle))
        inside = self._part(replace(self.value, array=arranged))
        before = "..." if self._learner.framework == "torch" else ":"
        window = f"[{before}, {margin}:-{margin}, {margin}:-{margin}]"
        inside.asked = replace(self.asked, part=window)
        return inside

    def entry(self, key: str) -> "Answer":
        """The value under `key` of a mapping."""
        if self.value.kind != "mapping":
            self.fail(
                _("A mapping (`dict`) should have come back."),
                got=Shown(words=_describe_kind(self.value)),
            )
        if key not in self.value.items:
            self.fail(
                _("The mapping has no key {key}.", key=f"`{key}`"),
                got=Shown(words=", ".join(map(str, self.value.items))),
            )
        return self._part(self.value.items[key], f"['{key}']")

    def has(
        self, role: type[Tensor], shape: tuple[int, ...], dtype: str | tuple[str, ...] | None = None
    ) -> "Answer":
        """Require a shape (given channels last) and a dtype; of labels, the framework's own."""
        pattern = self._learner.layout.arrange(role(np.broadcast_to(np.float32(0), shape)))
        allowed = (dtype,) if isinstance(dtype, str) else dtype
        if allowed == ("label",):
            allowed = (np.dtype(self._learner.layout.label_dtype).name,)
        got = Shown(self.array, with_dtype=allowed is not None, with_values=False)
        if self.array.shape != pattern.shape:
            self.fail(
                _("The shape is wrong."),
                expected=Shown(words=_("shape {shape}", shape=pattern.shape)),
                got=got,
            )
        if allowed and self.array.dtype.name not in allowed:
            self.fail(_("The dtype is wrong."), expected=Shown(words=" / ".join(allowed)), got=got)
        return self

    def equals(
        self,
        expected: Tensor | ArrayLike,
        atol: float = 0.0,
        *,
        headline: Message = WRONG_VALUES,
    ) -> "Answer":
        """Require these values, each within `atol`; NaN equals NaN. Else fail with `headline`."""
        layout = self._learner.layout
        wanted = layout.arrange(expected) if isinstance(expected, Tensor) else np.asarray(expected)
        got = self.array
        if got.shape != wanted.shape:
            self.fail(
                _("The shape is wrong."), expected=Shown(wanted), got=Shown(got, with_dtype=False)
            )
        if got.dtype.kind not in "biuf":
            self.fail(
                _("The dtype is wrong."),
                expected=Shown(wanted, with_dtype=True),
                got=Shown(got, with_dtype=True),
            )
        right = np.isclose(
            got.astype(np.float64), wanted.astype(np.float64), rtol=0, atol=atol, equal_nan=True
        )
        if not right.all():
            self.fail(
                headline,
                expected=Shown(wanted),
                got=Shown(got),
                detail=_first_difference(got, wanted, ~right),
            )
        return self

    def __call__(self, *arguments: Any) -> "Answer":
        """Call the object that came back: a layer, a network."""
        return self.method("__call__", *arguments)

    def method(self, name: str, *arguments: Any, may_be_none: bool = False) -> "Answer":
        """Call a method of the object that came back."""
        passed = [self._learner._passed(value) for value in arguments]
        reply = self._engine.method(Reference(self.value.reference), name, passed)
        named = tuple(
            Argument(label, value.array if isinstance(value, Tensor) else value)
            for label, value in zip(METHOD_ARGUMENTS.get(name, ()), passed, strict=False)
        )
        asked = self.asked.then("" if name == "__call__" else f".{name}", named)
        if may_be_none:  # it changed the object, so what is asked next depends on it
            self.asked = asked
        return self._learner._answer(self._name, asked, reply, may_be_none=may_be_none)

    def parameters(self) -> list[Array]:
        """The trainable weights of the layer or network that came back."""
        reply = self._engine.parameters(Reference(self.value.reference))
        answer = self._learner._answer(self._name, self.asked, reply)
        return [item.array for item in answer.value.items.values() if item.array is not None]

    def evaluate(self, batches: list[tuple[Tensor, Tensor]]) -> "Answer":
        """What the framework's evaluation loop reports for the metric that came back."""
        arrange = self._learner.layout.arrange
        arrays = [(arrange(logits), arrange(label)) for logits, label in batches]
        reply = self._engine.evaluate(Reference(self.value.reference), arrays)
        return self._learner._answer(self._name, self.asked, reply)

    def _part(self, value: Value, suffix: str = "") -> "Answer":
        part = Answer(self._learner, self._engine, self._name, self.asked, self._reply)
        part.value = value
        if value.kind == "none":
            part.fail(_("One of the values is None."), got=Shown(words=f"{suffix} None".strip()))
        return part


NETWORK_TYPES = {"torch": "nn.Module", "tensorflow": "keras.Model"}
"""How the frameworks call a network."""

CALL_ARGUMENTS = ("x", "indices", "size")
"""How feedback names what networks and blocks are called with."""

BLOCK_TYPES = {"torch": "nn.Module", "tensorflow": "keras.Layer"}
"""How they call what can be a part of one."""


class Network(Answer):
    """A network, which can be asked about its state; calls that it is passed to may change it."""

    def __call__(self, *arguments: Any, training: bool = False, **options: Any) -> Answer:
        """What the network makes of its input, in inference mode unless in `training` mode.

        Args:
            *arguments: images, for a network; whatever a block wants. As in `Learner.call`.
            training: the mode.
            **options: keyword arguments, passed as they are.
        """
        passed = [self._learner._passed(value) for value in arguments]
        reply = self._engine.run(self._reference, passed, options, training)
        return self._learner._answer(self._name, self._given(passed, options), reply)

    def part(self, name: str) -> "Network":
        """The part named so: an attribute, or a layer's name."""
        reply = self._engine.part(self._reference, name)
        if self._state(reply, may_be_none=True).kind == "none":
            self.fail(_("The network has no part named {name}.", name=f"`{name}`"))
        part = Network(self._learner, self._engine, self._name, self.asked, reply)
        part.asked = self.asked.then(
            f".{name}" if self._learner.framework == "torch" else f".get_layer('{name}')", ()
        )
        part.require_block()
        return part

    def require_network(self) -> None:
        """Fail unless this is a network of the framework."""
        if not self._engine.is_network(self._reference):
            expected = NETWORK_TYPES[self._learner.framework]
            self.fail(
                _("A network should have come back."),
                expected=Shown(words=f"`{expected}`"),
                got=Shown(words=_describe_kind(self.value)),
            )

    def require_block(self) -> None:
        """Fail unless this can be a part of a network of the framework."""
        if not self._engine.is_block(self._reference):
            expected = BLOCK_TYPES[self._learner.framework]
            self.fail(
                _("A part of a network should have come back."),
                expected=Shown(words=f"`{expected}`"),
                got=Shown(words=_describe_kind(self.value)),
            )

    def assign(self, weights: Mapping[str, Tensor]) -> None:
        """Give weights new values, under the names of `weights()`, channels last."""
        arrays = {name: self._learner.layout.arrange(value) for name, value in weights.items()}
        self._learner._answer(
            self._name,
            self.asked,
            self._engine.assign(self._reference, arrays),
            may_be_none=True,
        )

    def weight_gradients(self, *arguments: Any, **options: Any) -> dict[str, Array]:
        """The gradient of the sum of all outputs by each weight; zero for frozen weights.

        Arguments are as in a call; outputs that are integers do not count.
        """
        passed = [self._learner._passed(value) for value in arguments]
        reply = self._engine.weight_gradients(self._reference, passed, options)
        found = self._learner._answer(self._name, self._given(passed, options), reply)
        return {name: item.array for name, item in found.value.items.items()}  # type: ignore[misc]

    def train(self, plan: TrainingPlan, images: Tensor, labels: Tensor) -> Array:
        """Give the network new weights and train them, by a loop of the grader's own.

        Weights of transposed convolutions are left as they are. Frozen weights are not trained.

        Returns:
            The loss before each step, (steps,).
        """
        passed = [self._learner._passed(value) for value in (images, labels)]
        reply = self._engine.train(self._reference, plan, *passed)
        return self._learner._answer(self._name, self._given(passed[:1]), reply).array

    def _given(self, passed: Sequence[Any], options: Mapping[str, Any] | None = None) -> Asked:
        named = [*zip(CALL_ARGUMENTS, passed, strict=False), *(options or {}).items()]
        return self.asked.then(
            "",
            tuple(
                Argument(name, value.array if isinstance(value, Tensor) else value)
                for name, value in named
            ),
        )

    def was_passed(self, answer: Answer) -> None:
        """From now on, failures about this network quote the call that gave `answer`."""
        self.asked, self._name = answer.asked, answer._name

    def weights(self) -> dict[str, "Answer"]:
        """All weights and moving statistics by layer and kind: see `Runtime.weights`."""
        items = self._state(self._engine.weights(self._reference)).items
        return {name: self._part(value) for name, value in items.items()}

    def modes(self) -> dict[str, bool]:
        """What a call may leave switched, by layer: see `Runtime.modes`."""
        items = self._state(self._engine.modes(self._reference)).items
        return {name: bool(value.array) for name, value in items.items()}

    def has_recorded(self) -> bool:
        """Whether a call of the network has recorded what gradients need."""
        return bool(self._state(self._engine.has_recorded(self._reference)).array)

    @property
    def _reference(self) -> Reference:
        return Reference(self.value.reference)

    def _state(self, reply: Reply, *, may_be_none: bool = False) -> Value:
        answer = self._learner._answer(self._name, self.asked, reply, may_be_none=may_be_none)
        return answer.value


def _tell_networks(arguments: Sequence[Any], answer: Answer) -> None:
    for value in arguments:
        if isinstance(value, Network):
            value.was_passed(answer)


def _positional(function: ast.FunctionDef) -> list[str]:
    """The names of the parameters that may be passed by position."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    return [argument.arg for argument in arguments]


def _shown(value: Value) -> Shown:
    if value.array is not None:
        return Shown(value.array, with_dtype=True)
    return Shown(words=_describe_kind(value))


def _describe_kind(value: Value) -> Message | str:
    if value.kind == "sequence":
        return _n(
            "`{type}` with {count} value",
            "`{type}` with {count} values",
            len(value.items),
            type=value.type_name,
        )
    if value.array is not None:
        return _("`{type}`, shape {shape}", type=value.type_name, shape=value.array.shape)
    return f"`{value.type_name}`"


def _first_difference(got: Array, wanted: Array, wrong: Array) -> Message:
    count = int(wrong.sum())
    if got.ndim == 0:
        return _("expected {wanted}, got {got}", wanted=_short(wanted), got=_short(got))
    place = tuple(int(index) for index in np.argwhere(wrong)[0])
    return _n(
        "{count} of {total} values differs; the first at {place}: expected {wanted}, got {got}",
        "{count} of {total} values differ; the first at {place}: expected {wanted}, got {got}",
        count,
        total=wrong.size,
        place=list(place),
        wanted=_short(wanted[place]),
        got=_short(got[place]),
    )


def _short(value: Any) -> str:
    number = np.asarray(value).item()
    return f"{number:.4g}" if isinstance(number, float) else str(number)
