"""What the tests of the networks among the reference answers share.

Arrays go in and come out channels last; `Answers` turns them for the framework. `parity` reads
and writes weights. A test module makes fixtures of its own from what is here:

    answers = solved.answers("fcn")
    one_thread, seeded = solved.one_thread, solved.seeded
"""

import importlib
import os
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import parity
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


class Answers:
    """The answers of one lesson in one framework; they take and return channels-last arrays."""

    def __init__(self, lesson: str, framework: str) -> None:
        self.framework = framework
        self.is_torch = framework == "torch"
        self.library = pytest.importorskip(framework)
        self.module: ModuleType = importlib.import_module(f"solutions.{lesson}_{framework}")
        self.training: ModuleType = importlib.import_module(f"solutions.training_{framework}")

    def seed(self) -> None:
        """Make initial weights and dropout the same in every run."""
        if self.is_torch:
            self.library.manual_seed(0)
        else:
            importlib.import_module("keras").utils.set_random_seed(0)

    def tensor(self, array: np.ndarray) -> Any:
        array = np.asarray(array, np.float32)
        if self.is_torch:
            return self.library.from_numpy(np.ascontiguousarray(np.moveaxis(array, -1, -3)))
        return self.library.constant(array)

    def labels(self, array: np.ndarray) -> Any:
        if self.is_torch:
            return self.library.from_numpy(np.asarray(array, np.int64))
        return self.library.constant(np.asarray(array, np.int32))

    def array(self, tensor: Any) -> np.ndarray:
        return np.moveaxis(tensor.numpy(), 1, -1) if self.is_torch else tensor.numpy()

    def call(self, network: Any, *tensors: Any, training: bool = False, **named: Any) -> Any:
        """Tensors to tensors, without gradients."""
        if self.is_torch:
            network.train(training)
            with self.library.no_grad():
                return network(*tensors, **named)
        return network(*tensors, training=training, **named)

    def run(self, network: Any, images: np.ndarray, *, training: bool = False) -> Any:
        """Arrays to the array of the output, or to a list of all of them."""
        result = self.call(network, self.tensor(images), training=training)
        if isinstance(result, (tuple, list)):
            return [self.array(part) for part in result]
        return self.array(result)

    def parameters(self, network: Any) -> int:
        """How many parameters are trained; a Keras network needs to have run once."""
        if self.is_torch:
            return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
        return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)

    def sgd(self, network: Any, lr: float) -> Any:
        if self.is_torch:
            return self.library.optim.SGD(network.parameters(), lr=lr)
        import keras

        return keras.optimizers.SGD(lr)

    def adam(self, network: Any, lr: float) -> Any:
        if self.is_torch:
            return self.library.optim.Adam(network.parameters(), lr=lr)
        import keras

        return keras.optimizers.Adam(lr)

    def train_step(
        self, network: Any, optimizer: Any, images: np.ndarray, labels: np.ndarray
    ) -> float:
        arguments = self.tensor(images), self.labels(labels)
        return self.training.train_step(network, optimizer, *arguments)

    def loss(self, logits: np.ndarray, labels: np.ndarray) -> float:
        loss = self.training.pixel_cross_entropy(self.tensor(logits), self.labels(labels))
        return float(loss)


# --- fixtures --------------------------------------------------------------------------------


def answers(lesson: str) -> Any:
    """The fixture `answers` of a lesson: each test runs once a framework."""

    @pytest.fixture(scope="module", params=["torch", "tensorflow"], name="answers")
    def of_framework(request: pytest.FixtureRequest) -> Answers:
        return Answers(lesson, request.param)

    return of_framework


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that share a core wait for each other: on a busy machine, tiny maps take seconds."""
    try:
        import torch
    except ImportError:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def seeded(request: pytest.FixtureRequest) -> None:
    """Initial weights and dropout are the same in every run."""
    if "answers" in request.fixturenames:
        request.getfixturevalue("answers").seed()


# --- inputs and weights ----------------------------------------------------------------------


def images(size: tuple[int, int], count: int = 1, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, *size, channels)).astype(np.float32)


def mosaic(rows: int = 6, columns: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """An image of coloured squares of 8×8 pixels and its labels: three classes, void below."""
    rng = np.random.default_rng(6)
    label = rng.integers(0, 3, (1, rows, columns)).repeat(8, axis=1).repeat(8, axis=2)
    colors = np.array([[1, 0, -1], [-1, 1, 0], [0, -1, 1]], np.float32)
    image = colors[label] + rng.normal(scale=0.1, size=(*label.shape, 3))
    label[:, -8:] = 255
    return image.astype(np.float32), label


def by_name(network: Any) -> dict[str, parity.Layer]:
    return {layer.name: layer for layer in parity.layers(network)}


def noise(shape: tuple[int, ...], seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def average_channels(layer: parity.Layer) -> None:
    """Make a convolution return the mean of all channels, of the one cell that it stands on."""
    kernel = np.zeros_like(layer.get("kernel"))
    middle = kernel.shape[0] // 2
    kernel[middle, middle] = 1 / kernel.shape[2]
    layer.set("kernel", kernel)
    if "bias" in layer.weights:
        layer.set("bias", np.zeros_like(layer.get("bias")))


# --- learning --------------------------------------------------------------------------------


def learn(
    answers: Answers,
    model: Any,
    image: np.ndarray,
    label: np.ndarray,
    steps: int,
    lr: float = 3e-3,
) -> None:
    """Train on one image."""
    optimizer, x, y = answers.adam(model, lr), answers.tensor(image), answers.labels(label)
    if answers.is_torch:
        for _ in range(steps):
            answers.training.train_step(model, optimizer, x, y)
        return

    # What `train_step` does, traced once: without a graph, each step takes longer.
    tf, variables = answers.library, model.trainable_variables
    optimizer.build(variables)

    @tf.function
    def train_step() -> None:
        with tf.GradientTape() as tape:
            loss = answers.training.pixel_cross_entropy(model(x, training=True), y)
        optimizer.apply(tape.gradient(loss, variables), variables)

    for _ in range(steps):
        train_step()


def assert_knows_by_heart(
    answers: Answers, model: Any, image: np.ndarray, label: np.ndarray
) -> None:
    """The loss on the image is small, and every pixel that is not void has its class."""
    logits = answers.run(model, image)
    assert answers.loss(logits, label) < 0.05
    known = label != 255
    assert (logits.argmax(-1) == label)[known].mean() > 0.99
    predicted = np.asarray(answers.training.predict(model, answers.tensor(image[0])))
    np.testing.assert_array_equal(predicted, logits[0].argmax(-1))


# --- both frameworks -------------------------------------------------------------------------


def assert_same_output(
    ours: Answers, theirs: Answers, model: Any, other: Any, picture: np.ndarray
) -> np.ndarray:
    """From the same weights, both compute the same, in inference and in training mode.

    Returns:
        What they compute in training mode. The weights are the same again afterwards.
    """
    parity.without_dropout(model, other)
    for training in (False, True):
        parity.copy_weights(model, other)
        output = ours.run(model, picture, training=training)
        other_output = theirs.run(other, picture, training=training)
        assert output.std(axis=(0, 1, 2)).min() > 0.01 * np.abs(output).max()
        np.testing.assert_allclose(output, other_output, rtol=0, atol=1e-4 * np.abs(output).max())
    parity.copy_weights(model, other)
    return output


def assert_same_step(
    ours: Answers,
    theirs: Answers,
    model: Any,
    other: Any,
    picture: np.ndarray,
    label: np.ndarray,
    *,
    frozen: Any = None,
    tolerance: float = 1e-3,
) -> float:
    """From the same weights, one step of training gives the same loss and the same new weights.

    Args:
        frozen: the part of `model` whose weights must stay as they are, if there is one.
        tolerance: how much a trained weight may differ, as a share of the layer's largest change.

    Returns:
        The loss before the step.
    """
    counts = parity.values_averaged(model, lambda: ours.run(model, picture, training=True))
    parity.copy_weights(model, other)
    before = [{part: a.get(part) for part in a.weights} for a in parity.layers(model)]
    kept = {layer.layer for layer in parity.layers(frozen)} if frozen is not None else set()

    loss = ours.train_step(model, ours.sgd(model, lr=0.1), picture, label)
    other_loss = theirs.train_step(other, theirs.sgd(other, lr=0.1), picture, label)
    assert loss == pytest.approx(other_loss, abs=1e-4)

    for (a, b), old in zip(parity.pairs(model, other), before, strict=True):
        for part in a.weights:
            new, other_new = a.get(part), b.get(part)
            if a.layer in kept:
                np.testing.assert_array_equal(new, old[part])
                np.testing.assert_array_equal(other_new, old[part])
                continue
            if part == "moving_variance":
                n = counts[a.layer]
                new = parity.variance_in_keras(old[part], new, a.layer.momentum, n)
            step = np.abs(new - old[part]).max()
            assert step > 0, (a.name, part)
            share = 1e-3 if part.startswith("moving") else tolerance
            np.testing.assert_allclose(
                new, other_new, rtol=0, atol=share * step, err_msg=f"{a.name} {part}"
            )
    return loss


def assert_one_graph_for_all_sizes(
    theirs: Answers, model: Any, sizes: list[tuple[int, int]], channels: int = 3
) -> None:
    """`tf.function` traces a Keras model once, and computes what the model does without it."""
    tf = theirs.library
    signature = [tf.TensorSpec((None, None, None, channels))]
    graph = tf.function(lambda x: model(x, training=False), input_signature=signature)
    for size in sizes:
        picture = images(size, channels=channels)
        output = graph(theirs.tensor(picture))
        expected = theirs.run(model, picture)
        assert expected.std() > 0
        np.testing.assert_allclose(output, expected, atol=1e-5 * np.abs(expected).max())
    assert graph.experimental_get_tracing_count() == 1
