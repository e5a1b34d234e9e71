"""The reference answers of lesson 3, in both frameworks and against the frameworks' own resizing.

Arrays go in and come out channels last; `Answers` turns them for the framework.
"""

import importlib
from types import ModuleType
from typing import Any

import numpy as np
import pytest

FACTORS = (1, 2, 3, 4, 5, 8, 16)


class Answers:
    """A solution module that takes and returns channels-last NumPy arrays."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.module: ModuleType = importlib.import_module(f"solutions.upsampling_{framework}")

    def tensor(self, array: np.ndarray) -> Any:
        if self.framework == "torch":
            import torch

            return torch.from_numpy(np.ascontiguousarray(np.moveaxis(array, -1, 1)))
        import tensorflow as tf

        return tf.constant(array)

    def array(self, tensor: Any) -> np.ndarray:
        if self.framework == "torch":
            return np.moveaxis(tensor.detach().numpy(), 1, -1)
        return tensor.numpy()

    def kernel(self, in_channels: int, out_channels: int, kernel_size: int) -> np.ndarray:
        """(k, k, in, out)."""
        weight = np.asarray(self.module.bilinear_kernel(in_channels, out_channels, kernel_size))
        order = (2, 3, 0, 1) if self.framework == "torch" else (0, 1, 3, 2)
        return weight.transpose(order)

    def upsample(self, x: np.ndarray, factor: int) -> np.ndarray:
        return self.array(self.module.bilinear_upsampling(x.shape[-1], factor)(self.tensor(x)))

    def resize(self, x: np.ndarray, factor: int) -> np.ndarray:
        """The framework's own bilinear resizing, half-pixel centres."""
        if self.framework == "torch":
            from torch.nn import functional as F

            return self.array(F.interpolate(self.tensor(x), scale_factor=factor, mode="bilinear"))
        import tensorflow as tf

        return tf.image.resize(x, (factor * x.shape[1], factor * x.shape[2])).numpy()

    def pool(self, x: np.ndarray) -> tuple[np.ndarray, Any]:
        pooled, indices = self.module.max_pool_with_indices(self.tensor(x))
        return self.array(pooled), indices

    def unpool(self, pooled: np.ndarray, indices: Any, size: tuple[int, int]) -> np.ndarray:
        return self.array(self.module.max_unpool(self.tensor(pooled), indices, size))

    def crop(self, x: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        return self.array(self.module.center_crop(self.tensor(x), size))


@pytest.fixture(scope="module", params=["torch", "tensorflow"])
def answers(request: pytest.FixtureRequest) -> Answers:
    pytest.importorskip(request.param)
    return Answers(request.param)


@pytest.fixture
def maps() -> np.ndarray:
    """Two images of odd height and width with three channels."""
    return np.random.default_rng(3).normal(size=(2, 7, 5, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("kernel_size", "line"),
    [(1, [1]), (4, [1 / 4, 3 / 4, 3 / 4, 1 / 4]), (5, [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3])],
)
def test_kernel_is_the_square_of_a_triangle(answers: Answers, kernel_size: int, line: list) -> None:
    kernel = answers.kernel(2, 2, kernel_size)
    assert kernel.dtype == np.float32
    for i, j in np.ndindex(2, 2):
        expected = np.outer(line, line) if i == j else np.zeros((kernel_size, kernel_size))
        np.testing.assert_allclose(kernel[:, :, i, j], expected, atol=1e-6)


@pytest.mark.parametrize(("in_channels", "out_channels"), [(2, 3), (3, 2)])
def test_kernel_puts_in_and_out_channels_on_their_axes(
    answers: Answers, in_channels: int, out_channels: int
) -> None:
    kernel = answers.kernel(in_channels, out_channels, 4)
    assert kernel.shape == (4, 4, in_channels, out_channels)
    np.testing.assert_allclose(kernel.sum((0, 1)), 4 * np.eye(in_channels, out_channels))


@pytest.mark.parametrize("factor", FACTORS)
def test_upsampling_equals_resizing_away_from_the_border(
    answers: Answers, maps: np.ndarray, factor: int
) -> None:
    enlarged = answers.upsample(maps, factor)
    assert enlarged.shape == (2, 7 * factor, 5 * factor, 3)
    border = factor // 2
    inside = np.s_[:, border : 7 * factor - border, border : 5 * factor - border]
    np.testing.assert_allclose(
        enlarged[inside], answers.resize(maps, factor)[inside], rtol=0, atol=1e-5
    )


def test_upsampling_has_one_trainable_weight_and_no_bias(answers: Answers) -> None:
    layer = answers.module.bilinear_upsampling(2, 3)
    if answers.framework == "torch":
        assert [(p.shape, p.requires_grad) for p in layer.parameters()] == [((2, 2, 5, 5), True)]
    else:
        assert [tuple(w.shape) for w in layer.trainable_weights] == [(5, 5, 2, 2)]
        assert layer.non_trainable_weights == []


def test_pooling_keeps_the_maximum_and_unpooling_puts_it_back(answers: Answers) -> None:
    image = np.array([[1, 2, 5, 0], [0, 9, 4, 3], [-7, -3, 0, 6], [-5, -4, 8, 0]], np.float32)
    pooled, indices = answers.pool(image[None, :, :, None])
    np.testing.assert_array_equal(pooled[0, :, :, 0], [[9, 5], [-3, 8]])
    expected = [[0, 0, 5, 0], [0, 9, 0, 0], [0, -3, 0, 0], [0, 0, 8, 0]]
    np.testing.assert_array_equal(
        answers.unpool(pooled, indices, (4, 4))[0, :, :, 0],
        expected,
    )


def test_unpooling_takes_other_values_than_the_maxima(answers: Answers) -> None:
    image = np.array([[0, 3, 0, 0], [0, 0, 0, 5]], np.float32)[None, :, :, None]
    _, indices = answers.pool(image)
    values = np.array([[[[-2], [0.5]]]], np.float32)
    np.testing.assert_array_equal(
        answers.unpool(values, indices, (2, 4))[0, :, :, 0], [[0, -2, 0, 0], [0, 0, 0, 0.5]]
    )


@pytest.mark.parametrize("size", [(6, 8), (7, 8), (6, 5), (7, 5), (2, 3)])
def test_round_trip_at_even_and_odd_sizes(answers: Answers, size: tuple[int, int]) -> None:
    x = np.random.default_rng(4).normal(size=(2, *size, 3)).astype(np.float32)
    pooled, indices = answers.pool(x)
    restored = answers.unpool(pooled, indices, size)
    assert restored.shape == x.shape
    kept = restored != 0
    np.testing.assert_array_equal(restored[kept], x[kept])
    assert kept.sum() == pooled.size
    np.testing.assert_array_equal(answers.pool(restored)[0], np.maximum(pooled, 0))


def test_indices_are_exact_beyond_what_float32_can_count(answers: Answers) -> None:
    height, width = 2, 2**23 + 6
    x = np.zeros((1, height, width, 1), np.float32)
    columns = np.arange(width - 12, width, 2) + np.array([0, 1, 1, 0, 1, 0])
    x[0, 1, columns, 0] = np.arange(1, 7)
    assert x.size > 2**24
    pooled, indices = answers.pool(x)
    restored = answers.unpool(pooled, indices, (height, width))
    np.testing.assert_array_equal(restored, x)


def test_center_crop_starts_at_the_floor_of_the_half(answers: Answers) -> None:
    x = np.arange(5 * 8, dtype=np.float32).reshape(1, 5, 8, 1)
    np.testing.assert_array_equal(answers.crop(x, (2, 3))[0, :, :, 0], x[0, 1:3, 2:5, 0])
    np.testing.assert_array_equal(answers.crop(x, (5, 8)), x)
    np.testing.assert_array_equal(answers.crop(x, (1, 2))[0, :, :, 0], x[0, 2:3, 3:5, 0])


@pytest.fixture
def both() -> tuple[Answers, Answers]:
    pytest.importorskip("torch")
    pytest.importorskip("tensorflow")
    return Answers("torch"), Answers("tensorflow")


@pytest.mark.parametrize("factor", FACTORS)
def test_both_frameworks_enlarge_alike(
    both: tuple[Answers, Answers], maps: np.ndarray, factor: int
) -> None:
    torch_map, tensorflow_map = (answers.upsample(maps, factor) for answers in both)
    np.testing.assert_allclose(torch_map, tensorflow_map, rtol=0, atol=1e-5)


def test_both_frameworks_pool_unpool_and_crop_alike(
    both: tuple[Answers, Answers], maps: np.ndarray
) -> None:
    results = []
    for answers in both:
        pooled, indices = answers.pool(maps)
        results.append(
            (pooled, answers.unpool(pooled, indices, (7, 5)), answers.crop(maps, (4, 2)))
        )
    for torch_map, tensorflow_map in zip(*results, strict=True):
        np.testing.assert_array_equal(torch_map, tensorflow_map)


def test_torch_unpooling_equals_the_library(maps: np.ndarray) -> None:
    torch = pytest.importorskip("torch")
    from solutions import upsampling_torch

    x = torch.from_numpy(maps)
    pooled, indices = upsampling_torch.max_pool_with_indices(x)
    size = (x.shape[2], x.shape[3])
    torch.testing.assert_close(
        upsampling_torch.max_unpool(pooled, indices, size),
        torch.nn.functional.max_unpool2d(pooled, indices, 2, output_size=size),
        rtol=0,
        atol=0,
    )


def test_gradients_reach_the_maxima_and_nothing_else(answers: Answers, maps: np.ndarray) -> None:
    """d(sum of squares of the unpooled map)/dx is 2x at the maxima, 0 elsewhere."""
    module = answers.module
    x = answers.tensor(maps)
    if answers.framework == "torch":
        x.requires_grad_()
        (module.max_unpool(*module.max_pool_with_indices(x), (7, 5)) ** 2).sum().backward()
        gradient = answers.array(x.grad)
    else:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(module.max_unpool(*module.max_pool_with_indices(x), (7, 5)) ** 2)
        gradient = answers.array(tape.gradient(loss, x))
    restored = answers.unpool(*answers.pool(maps), (7, 5))
    np.testing.assert_allclose(gradient, 2 * restored, rtol=1e-6)


def test_tensorflow_works_in_a_functional_model_of_unknown_size(maps: np.ndarray) -> None:
    pytest.importorskip("tensorflow")
    import keras

    from solutions import upsampling_tensorflow as answers

    class PoolAndUnpool(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            pooled, indices = answers.max_pool_with_indices(x)
            restored = answers.max_unpool(pooled, indices, keras.ops.shape(x)[1:3])
            return answers.center_crop(restored, (6, 4))

    inputs = keras.Input((None, None, 3))
    outputs = answers.bilinear_upsampling(3, 2)(PoolAndUnpool()(inputs))
    model = keras.Model(inputs, outputs)
    assert model.predict(maps, verbose=0).shape == (2, 12, 8, 3)


def test_tensorflow_works_in_a_graph(maps: np.ndarray) -> None:
    tf = pytest.importorskip("tensorflow")
    from solutions import upsampling_tensorflow as answers

    @tf.function(input_signature=[tf.TensorSpec((None, None, None, None))])
    def round_trip(x: Any) -> Any:
        pooled, indices = answers.max_pool_with_indices(x)
        return answers.max_unpool(pooled, indices, tf.shape(x)[1:3])

    expected = answers.max_unpool(*answers.max_pool_with_indices(tf.constant(maps)), (7, 5))
    np.testing.assert_array_equal(round_trip(tf.constant(maps)), expected)
