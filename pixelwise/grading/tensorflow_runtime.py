"""The grader's side of TensorFlow with Keras."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import Any

import numpy as np

from pixelwise.grading import smoke_tensorflow
from pixelwise.grading.networks import (
    EPSILON,
    MOMENTUM,
    BatchNorm,
    Convolution,
    Dropout,
    Layer,
    Optimizer,
    ReLU,
    Stages,
)
from pixelwise.grading.plan import TrainingPlan
from pixelwise.grading.runtime import WHOLE_NETWORK, import_tensorflow
from pixelwise.grading.values import Array

tf = import_tensorflow()
keras = importlib.import_module("keras")

NORM_NAMES = {
    "gamma": "scale",
    "beta": "shift",
    "moving_mean": "mean",
    "moving_variance": "variance",
}


class TensorflowRuntime:
    """See `Runtime`, also for what each method does."""

    def tensor(self, array: Array) -> Any:
        """From NumPy."""
        return tf.constant(array)

    def numpy(self, value: Any) -> Array | None:
        """To NumPy."""
        if isinstance(value, keras.Variable):
            value = value.value
        if not tf.is_tensor(value) and not isinstance(value, tf.Variable):
            return None
        return np.asarray(value.numpy())

    def recording(self) -> AbstractContextManager[Any]:
        """An open tape records, and nothing turns tapes off for good."""
        return nullcontext()

    def in_pipeline(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """`function` traced by `Dataset.map`: tensors become elements, the rest stays Python."""
        elements = tuple(value for value in arguments if tf.is_tensor(value))

        def mapped(*traced: Any) -> Any:
            left = list(traced)
            filled = [left.pop(0) if tf.is_tensor(value) else value for value in arguments]
            result = function(*filled)
            # tf.data would stack a list into one tensor.
            return tuple(result) if isinstance(result, list) else result

        data = tf.data.Dataset.from_tensors(elements)
        return next(iter(data.map(mapped)))

    def gradient(
        self, function: Callable[..., Any], arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        """By `tf.GradientTape`."""
        x = arguments[0]
        with tf.GradientTape() as tape:
            tape.watch(x)
            result = function(*arguments, **options)
        if result is None:
            return None
        if not tf.is_tensor(result):
            return tf.zeros_like(x)
        return tape.gradient(result, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def network(self, layers: Sequence[Layer], training: bool) -> Any:
        """A functional model; it is told at each call whether that is for training."""
        images = _input(layers)
        return keras.Model(images, _through(layers, images))

    def encoder(self, stages: Stages, training: bool) -> Any:
        """A functional model; it is told at each call whether that is for training."""
        images = x = _input(list(chain(*stages)))
        maps = []
        for layers in stages:
            x = _through(layers, keras.layers.MaxPooling2D(2)(x))
            maps.append(x)
        return keras.Model(images, maps)

    def is_network(self, value: Any) -> bool:
        """A model."""
        return isinstance(value, keras.Model)

    def is_block(self, value: Any) -> bool:
        """A layer."""
        return isinstance(value, keras.Layer)

    def part(self, network: Any, name: str) -> Any:
        """A layer with this name."""
        return next((layer for layer in network.layers if layer.name == name), None)

    def seed(self) -> None:
        """The generators of Keras, TensorFlow, NumPy and Python."""
        keras.utils.set_random_seed(0)

    def run(
        self, network: Any, arguments: Sequence[Any], options: Mapping[str, Any], training: bool
    ) -> Any:
        """The mode belongs to the call."""
        return network(*arguments, **options, training=training)

    def assign(self, network: Any, weights: Mapping[str, Array]) -> None:
        """In place, so that an optimizer still knows them."""
        named = _named_weights(network)
        for name, array in weights.items():
            named[name].assign(array)

    def weight_gradients(
        self, network: Any, arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> dict[str, Array]:
        """By `tf.GradientTape`."""
        trained = {id(weight) for weight in network.trainable_weights}
        named = _named_weights(network)
        weights = [weight.value for weight in named.values()]
        with tf.GradientTape() as tape:
            result = self.run(network, arguments, options, training=False)
            outputs = result if isinstance(result, list | tuple) else [result]
            total = tf.add_n(
                [tf.reduce_sum(output) for output in outputs if output.dtype.is_floating]
            )
        zero = tf.UnconnectedGradients.ZERO
        found = tape.gradient(total, weights, unconnected_gradients=zero)
        return {
            name: gradient.numpy() if id(weight) in trained else np.zeros(weight.shape)
            for (name, weight), gradient in zip(named.items(), found, strict=True)
        }

    def optimizer(self, optimizer: Optimizer, network: Any) -> Any:
        """From `keras.optimizers`."""
        make = getattr(keras.optimizers, optimizer.name)
        made = make(optimizer.learning_rate, **optimizer.options)
        # A `tf.function` of the learner's may make variables in its first call only, but may
        # serve several optimizers: let each have its variables before.
        made.build(network.trainable_variables)
        return made

    def parameters(self, module: Any) -> list[Array]:
        """In the order in which the layer or model has them."""
        return [np.asarray(weight.numpy()) for weight in module.trainable_weights]

    def weights(self, network: Any) -> dict[str, Array]:
        """Variables by layer; the state of a random generator is none of them."""
        return {name: np.array(v.numpy()) for name, v in _named_weights(network).items()}

    def modes(self, network: Any) -> dict[str, bool]:
        """Trainable or not."""
        layers = [
            layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)
        ]
        return {
            WHOLE_NETWORK: network.trainable,
            **{layer.name: layer.trainable for layer in layers},
        }

    def has_recorded(self, network: Any) -> bool:
        """What a tape has recorded goes with the tape."""
        return False

    def has_gpu(self) -> bool:
        """A GPU that TensorFlow can use."""
        return smoke_tensorflow.has_gpu()

    def train(self, network: Any, plan: TrainingPlan, images: Any, labels: Any) -> Array:
        """By a loop of the grader's own."""
        return smoke_tensorflow.train(network, plan, images, labels)

    def evaluate(self, metric: Any, batches: list[tuple[Array, Array]]) -> float:
        """`Model.evaluate` of a model that hands its input on, compiled with the metric."""
        shape = (None, None, batches[0][0].shape[-1])
        pixels = keras.Input(shape)
        model = keras.Model(pixels, keras.layers.Identity()(pixels))
        # Keras evaluates only models with a loss; compiling with XLA would depend on the machine.
        model.compile(
            loss=lambda _label, _logits: tf.zeros(()), metrics=[metric], jit_compile=False
        )
        data = tf.data.Dataset.from_generator(
            lambda: iter(batches),
            output_signature=(
                tf.TensorSpec((None, *shape), tf.float32),
                tf.TensorSpec((None, None, None), tf.int32),
            ),
        )
        results = model.evaluate(data, verbose=0, return_dict=True)
        return float(next(value for name, value in results.items() if name != "loss"))


def _named_weights(network: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable in network.variables:
        *layers, kind = variable.path.split("/")
        if np.issubdtype(variable.dtype, np.floating):
            name = ".".join([*layers, NORM_NAMES.get(kind, kind)])
            # Layers of different models may have the same name.
            number = 1 + sum(other.partition("#")[0] == name for other in found)
            found[f"{name}#{number}" if number > 1 else name] = variable
    return found


def _input(layers: Sequence[Layer]) -> Any:
    # Batch norm and dropout in front leave the number of channels as it is.
    channels = next(layer.kernel.shape[2] for layer in layers if isinstance(layer, Convolution))
    return keras.Input((None, None, channels))


def _through(layers: Sequence[Layer], x: Any) -> Any:
    for layer in layers:
        made = _layer(layer)
        made.trainable = not layer.frozen
        x = made(x)
    return x


def _layer(layer: Layer) -> Any:
    known = keras.initializers.Constant
    match layer:
        case Convolution(name=name, kernel=kernel, bias=bias):
            return keras.layers.Conv2D(
                kernel.shape[3],
                kernel.shape[:2],
                padding="same",
                kernel_initializer=known(kernel),
                bias_initializer=known(bias),
                name=name,
            )
        case BatchNorm(name=name, mean=mean, variance=variance):
            return keras.layers.BatchNormalization(
                momentum=MOMENTUM,
                epsilon=EPSILON,
                moving_mean_initializer=known(mean),
                moving_variance_initializer=known(variance),
                name=name,
            )
        case Dropout(name=name, rate=rate):
            return keras.layers.Dropout(rate, name=name)
        case ReLU(name=name):
            return keras.layers.ReLU(name=name)
