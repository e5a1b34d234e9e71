"""The reference answers of lesson 4: against formulas in NumPy, and the same in both frameworks.

Arrays go in and come out channels last; `Answers` turns them for the framework.
"""

import importlib
import os
from types import ModuleType
from typing import Any

import numpy as np
import parity
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


class Answers:
    """A solution module that takes and returns NumPy arrays, images channels last."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.is_torch = framework == "torch"
        self.library = pytest.importorskip(framework)
        self.module: ModuleType = importlib.import_module(f"solutions.training_{framework}")

    def images(self, array: np.ndarray) -> Any:
        array = np.asarray(array, np.float32)
        if self.is_torch:
            return self.library.from_numpy(np.ascontiguousarray(np.moveaxis(array, -1, -3)))
        return self.library.constant(array)

    def labels(self, array: np.ndarray) -> Any:
        if self.is_torch:
            return self.library.from_numpy(np.asarray(array, np.int64))
        return self.library.constant(np.asarray(array, np.int32))

    def loss(self, name: str, logits: np.ndarray, label: np.ndarray, **options: Any) -> Any:
        """The value of a loss and its gradient with respect to the logits."""
        function = getattr(self.module, name)
        x, y = self.images(logits), self.labels(label)
        if self.is_torch:
            x.requires_grad_()
            value = function(x, y, **options)
            value.backward()
            return value.item(), np.moveaxis(x.grad.numpy(), 1, -1)
        with self.library.GradientTape() as tape:
            tape.watch(x)
            value = function(x, y, **options)
        return float(value), tape.gradient(value, x).numpy()

    def sgd(self, network: Any, lr: float) -> Any:
        if self.is_torch:
            return self.library.optim.SGD(network.parameters(), lr=lr)
        import keras

        return keras.optimizers.SGD(lr)

    def train_step(
        self, network: Any, optimizer: Any, images: np.ndarray, labels: np.ndarray
    ) -> float:
        return self.module.train_step(network, optimizer, self.images(images), self.labels(labels))

    def scorer(self, num_classes: int = 3) -> Any:
        """A 1×1 convolution from RGB to logits."""
        if self.is_torch:
            return self.library.nn.Conv2d(3, num_classes, 1)
        import keras

        pixels = keras.Input((None, None, 3))
        return keras.Model(pixels, keras.layers.Conv2D(num_classes, 1)(pixels))

    def normed(self) -> Any:
        """Convolution, batch norm, dropout and 1×1 scores of three classes."""
        if self.is_torch:
            nn = self.library.nn
            return nn.Sequential(
                nn.Conv2d(3, 4, 3, padding=1),
                nn.BatchNorm2d(4),
                nn.Dropout(0.5),
                nn.Conv2d(4, 3, 1),
            )
        import keras

        return keras.Sequential(
            [
                keras.Input((None, None, 3)),
                keras.layers.Conv2D(4, 3, padding="same"),
                keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
                keras.layers.Dropout(0.5),
                keras.layers.Conv2D(3, 1),
            ]
        )

    def logits(self, network: Any, images: np.ndarray) -> np.ndarray:
        """In inference mode."""
        if self.is_torch:
            network.eval()
            with self.library.no_grad():
                return np.moveaxis(network(self.images(images)).numpy(), 1, -1)
        return network(self.images(images), training=False).numpy()


@pytest.fixture(scope="module", params=["torch", "tensorflow"])
def answers(request: pytest.FixtureRequest) -> Answers:
    return Answers(request.param)


@pytest.fixture(autouse=True)
def _seeded(request: pytest.FixtureRequest) -> None:
    """Initial weights and dropout are the same in every run."""
    if "answers" in request.fixturenames:
        used = request.getfixturevalue("answers")
        if used.is_torch:
            used.library.manual_seed(0)
        else:
            importlib.import_module("keras").utils.set_random_seed(0)


@pytest.fixture
def batch() -> tuple[np.ndarray, np.ndarray]:
    """Logits of four classes and labels with void, more in the first image than in the second."""
    rng = np.random.default_rng(5)
    logits = rng.normal(scale=3, size=(2, 5, 7, 4)).astype(np.float32)
    label = rng.choice([0, 1, 2, 3], (2, 5, 7))
    label[0, :4] = 255
    label[1, 0, 0] = 255
    return logits, label


@pytest.fixture
def scene() -> tuple[np.ndarray, np.ndarray]:
    """Two RGB images and labels of three classes with void."""
    rng = np.random.default_rng(6)
    return rng.normal(size=(2, 6, 9, 3)).astype(np.float32), rng.choice([0, 1, 2, 255], (2, 6, 9))


def softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def one_hot(label: np.ndarray, num_classes: int, ignore_index: int = 255) -> np.ndarray:
    """Zeros at void pixels."""
    known = (label != ignore_index)[..., None]
    return (label[..., None] == np.arange(num_classes)) * known.astype(np.float64)


def cross_entropy(logits: np.ndarray, label: np.ndarray, ignore_index: int = 255) -> Any:
    """The loss and its gradient, from their formulas."""
    p, g = softmax(logits), one_hot(label, logits.shape[-1], ignore_index)
    known = label != ignore_index
    gradient = (p - g) * known[..., None] / known.sum()
    return -np.log((p * g).sum(-1)[known]).mean(), gradient


# --- pixel_cross_entropy ---------------------------------------------------------------------


def test_cross_entropy_and_its_gradient_follow_the_formula(
    answers: Answers, batch: tuple[np.ndarray, np.ndarray]
) -> None:
    loss, gradient = answers.loss("pixel_cross_entropy", *batch)
    expected, expected_gradient = cross_entropy(*batch)
    assert loss == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(gradient, expected_gradient, atol=1e-7)
    assert not gradient[batch[1] == 255].any()


@pytest.mark.parametrize("ignore_index", [-1, 2, 255])
def test_void_follows_ignore_index(answers: Answers, ignore_index: int) -> None:
    logits = np.random.default_rng(7).normal(size=(1, 3, 4, 3)).astype(np.float32)
    label = np.array([[[0, 1, ignore_index, 1]] * 3])
    loss, gradient = answers.loss("pixel_cross_entropy", logits, label, ignore_index=ignore_index)
    expected, expected_gradient = cross_entropy(logits, label, ignore_index)
    assert loss == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(gradient, expected_gradient, atol=1e-7)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_all_void_costs_nothing(answers: Answers, scale: float) -> None:
    logits = scale * np.random.default_rng(8).normal(size=(2, 3, 4, 5)).astype(np.float32)
    loss, gradient = answers.loss("pixel_cross_entropy", logits, np.full((2, 3, 4), 255))
    assert loss == 0
    np.testing.assert_array_equal(gradient, np.zeros_like(logits))


def test_large_logits_are_safe(answers: Answers) -> None:
    logits = np.array([[[[1e4, -1e4], [-1e4, 1e4], [1e4, -1e4]]]], np.float32)
    loss, gradient = answers.loss("pixel_cross_entropy", logits, np.array([[[0, 1, 1]]]))
    assert loss == pytest.approx(2e4 / 3)
    np.testing.assert_allclose(gradient[0, 0], [[0, 0], [0, 0], [1 / 3, -1 / 3]], atol=1e-7)


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes(answers: Answers) -> None:
    loss, _ = answers.loss("pixel_cross_entropy", np.zeros((1, 4, 4, 7)), np.zeros((1, 4, 4)))
    assert loss == pytest.approx(np.log(7))


def test_tensorflow_losses_work_in_a_graph_of_unknown_size(
    batch: tuple[np.ndarray, np.ndarray],
) -> None:
    tf = pytest.importorskip("tensorflow")
    from solutions import training_tensorflow as module

    signature = [tf.TensorSpec((None, None, None, 4)), tf.TensorSpec((None, None, None), tf.int32)]

    @tf.function(input_signature=signature)
    def losses(logits: Any, label: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = module.pixel_cross_entropy(logits, label)
        return loss, tape.gradient(loss, logits), module.dice_loss(logits, label)

    logits, label = tf.constant(batch[0]), tf.constant(batch[1], tf.int32)
    loss, gradient, dice = losses(logits, label)
    expected, expected_gradient = cross_entropy(*batch)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(gradient, expected_gradient, atol=1e-7)
    np.testing.assert_allclose(dice, module.dice_loss(logits, label), rtol=1e-6)
    loss, gradient, _ = losses(logits, tf.fill(label.shape, 255))
    assert float(loss) == 0
    assert not gradient.numpy().any()


# --- dice_loss -------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"eps": 0.1}, {"ignore_index": 2}])
def test_dice_follows_the_formula(
    answers: Answers, batch: tuple[np.ndarray, np.ndarray], options: dict[str, Any]
) -> None:
    logits, label = batch
    void = options.get("ignore_index", 255)
    label = np.where(label == 255, void, label)
    known, eps = (label != void)[..., None], options.get("eps", 1.0)
    p, g = softmax(logits) * known, one_hot(label, 4, void)
    overlap, total = (p * g).sum((0, 1, 2)), (p + g).sum((0, 1, 2))
    loss, gradient = answers.loss("dice_loss", logits, label, **options)
    assert loss == pytest.approx(1 - np.mean((2 * overlap + eps) / (total + eps)), rel=1e-5)
    assert not gradient[label == void].any()
    assert gradient[label != void].any(axis=-1).all()


def test_dice_of_a_perfect_and_of_a_wrong_prediction(answers: Answers) -> None:
    label = np.array([[[0, 1, 1, 0]] * 50])
    right = 1e4 * (2 * one_hot(label, 2) - 1)
    assert answers.loss("dice_loss", right, label)[0] == pytest.approx(0, abs=1e-6)
    # Each class has 100 pixels and is predicted at the 100 others: 1 - 1 / 201.
    assert answers.loss("dice_loss", -right, label)[0] == pytest.approx(200 / 201)


def test_dice_of_void_alone_is_zero(answers: Answers) -> None:
    logits = np.random.default_rng(9).normal(size=(1, 3, 4, 2))
    loss, gradient = answers.loss("dice_loss", logits, np.full((1, 3, 4), 255))
    assert loss == 0
    assert not gradient.any()


# --- step_decay ------------------------------------------------------------------------------


def test_step_decay(answers: Answers) -> None:
    decay = answers.module.step_decay
    rates = [decay(epoch, 0.1) for epoch in (0, 29, 30, 59, 60, 90)]
    np.testing.assert_allclose(rates, [0.1, 0.1, 0.05, 0.05, 0.025, 0.0125])
    rates = [decay(epoch, 2.0, factor=0.1, every=2) for epoch in range(5)]
    np.testing.assert_allclose(rates, [2, 2, 0.2, 0.2, 0.02])


# --- train_step ------------------------------------------------------------------------------


def test_each_step_goes_down_the_gradient_once(
    answers: Answers, scene: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = scene
    network = answers.scorer()
    optimizer = answers.sgd(network, lr=0.5)
    (layer,) = parity.layers(network)
    for _ in range(3):
        kernel, bias = layer.get("kernel")[0, 0], layer.get("bias")
        expected, slope = cross_entropy(images @ kernel + bias, labels)
        loss = answers.train_step(network, optimizer, images, labels)
        assert type(loss) is float
        assert loss == pytest.approx(expected, rel=1e-5)
        slope = slope.reshape(-1, 3)
        np.testing.assert_allclose(
            layer.get("kernel")[0, 0], kernel - 0.5 * images.reshape(-1, 3).T @ slope, atol=1e-6
        )
        np.testing.assert_allclose(layer.get("bias"), bias - 0.5 * slope.sum(0), atol=1e-6)


def test_the_step_is_in_training_mode_and_sees_the_batch_once(
    answers: Answers, scene: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = scene
    network = answers.normed()
    answers.logits(network, images)  # leaves a PyTorch network in inference mode
    convolution, norm, _ = parity.layers(network)
    # A 1×1 kernel in the middle of the 3×3 one, so that NumPy can follow.
    kernel = np.zeros((3, 3, 3, 4), np.float32)
    kernel[1, 1] = np.random.default_rng(0).normal(size=(3, 4))
    convolution.set("kernel", kernel)
    features = (images @ kernel[1, 1] + convolution.get("bias")).reshape(-1, 4)
    answers.train_step(network, answers.sgd(network, lr=0.1), images, labels)
    # The statistics start at 0 and 1, and move by a tenth towards the batch's, once.
    np.testing.assert_allclose(norm.get("moving_mean"), 0.1 * features.mean(0), atol=1e-5)
    moved = (norm.get("moving_variance") - 0.9) / 0.1
    # PyTorch divides by n - 1, Keras by n.
    np.testing.assert_allclose(moved, features.var(0, ddof=int(answers.is_torch)), rtol=1e-3)
    if answers.is_torch:
        assert all(module.training for module in network.modules())


def test_the_step_changes_only_what_is_trainable(
    answers: Answers, scene: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = scene[0].copy(), scene[1].copy()
    network = answers.normed()
    first, *_, last = parity.layers(network)
    if answers.is_torch:
        first.layer.requires_grad_(False)
    else:
        first.layer.trainable = False
    before = first.get("kernel"), last.get("kernel")
    answers.train_step(network, answers.sgd(network, lr=1.0), images, labels)
    np.testing.assert_array_equal(first.get("kernel"), before[0])
    assert np.abs(last.get("kernel") - before[1]).max() > 1e-3
    np.testing.assert_array_equal(images, scene[0])
    np.testing.assert_array_equal(labels, scene[1])


def test_void_alone_changes_nothing(answers: Answers, scene: tuple[np.ndarray, np.ndarray]) -> None:
    network = answers.scorer()
    (layer,) = parity.layers(network)
    before = layer.get("kernel")
    void = np.full_like(scene[1], 255)
    assert answers.train_step(network, answers.sgd(network, lr=1.0), scene[0], void) == 0
    np.testing.assert_array_equal(layer.get("kernel"), before)


def test_tensorflow_adds_the_penalties_that_layers_declare(
    scene: tuple[np.ndarray, np.ndarray],
) -> None:
    """A void batch has no cross-entropy: only the penalty can change the kernel."""
    answers = Answers("tensorflow")
    import keras

    layer = keras.layers.Conv2D(3, 1, kernel_regularizer=keras.regularizers.L2(0.01))
    network = keras.Sequential([keras.Input((None, None, 3)), layer])
    before = layer.kernel.numpy()
    void = np.full_like(scene[1], 255)
    loss = answers.train_step(network, answers.sgd(network, lr=1.0), scene[0], void)
    np.testing.assert_allclose(layer.kernel, before * (1 - 2 * 0.01), rtol=1e-5)
    assert loss == 0  # the cross-entropy alone, to compare with networks without penalty


def test_both_frameworks_take_the_same_step(scene: tuple[np.ndarray, np.ndarray]) -> None:
    ours, theirs = Answers("torch"), Answers("tensorflow")
    network, model = ours.normed(), theirs.normed()
    parity.randomize(network, scale=0.5)
    parity.copy_weights(network, model)
    parity.without_dropout(network, model)
    for _ in range(2):
        losses = [
            answers.train_step(net, answers.sgd(net, lr=0.5), *scene)
            for answers, net in ((ours, network), (theirs, model))
        ]
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    for a, b in parity.pairs(network, model):
        for part in a.weights:
            # PyTorch's variance is that of n - 1 pixels.
            rtol = 2e-2 if part == "moving_variance" else 0
            np.testing.assert_allclose(a.get(part), b.get(part), rtol=rtol, atol=1e-5)


def test_parity_refuses_batch_norms_that_compute_differently() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("tensorflow")
    import keras

    network = torch.nn.Sequential(torch.nn.BatchNorm2d(4))
    for options, fits in (({"epsilon": 1e-5, "momentum": 0.9}, True), ({}, False)):
        norm = keras.layers.BatchNormalization(**options)
        model = keras.Sequential([keras.Input((None, None, 4)), norm])
        if fits:
            assert len(parity.pairs(network, model)) == 1
        else:
            with pytest.raises(AssertionError):
                parity.pairs(network, model)


# --- predict ---------------------------------------------------------------------------------


def test_predict_is_the_class_of_the_largest_logit(
    answers: Answers, scene: tuple[np.ndarray, np.ndarray]
) -> None:
    network = answers.normed()
    # All logits within (-1, 1): whoever casts them to integers before comparing sees zeros.
    *_, scores = parity.layers(network)
    scores.set("kernel", 0.1 * scores.get("kernel"))
    scores.set("bias", 0 * scores.get("bias"))
    image = scene[0][0]
    logits = answers.logits(network, image[None])
    assert np.abs(logits).max() < 1
    label = answers.module.predict(network, answers.images(image))
    assert np.asarray(label).shape == image.shape[:2]
    assert np.asarray(label).dtype == (np.int64 if answers.is_torch else np.int32)
    np.testing.assert_array_equal(label, logits[0].argmax(-1))
    assert len(np.unique(label)) > 1


def test_predict_leaves_the_network_as_it_was(
    answers: Answers, scene: tuple[np.ndarray, np.ndarray]
) -> None:
    network = answers.normed()
    image = answers.images(scene[0][0])
    if answers.is_torch:
        network.train()
    before = [layer.get(part) for layer in parity.layers(network) for part in layer.weights]
    labels = [np.asarray(answers.module.predict(network, image)) for _ in range(2)]
    np.testing.assert_array_equal(*labels)  # dropout would differ
    after = [layer.get(part) for layer in parity.layers(network) for part in layer.weights]
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("fails", [False, True])
def test_torch_predict_restores_the_mode_of_every_module(fails: bool) -> None:
    answers = Answers("torch")
    network = answers.normed().train()
    network[1].eval()  # a frozen batch norm in a network that trains
    channels = 5 if fails else 3
    image = answers.images(np.zeros((4, 6, channels)))
    if fails:
        with pytest.raises(RuntimeError):
            answers.module.predict(network, image)
    else:
        assert not answers.module.predict(network, image).requires_grad
    assert network.training
    assert [module.training for module in network] == [True, False, True, True]


def test_torch_predict_computes_without_gradients() -> None:
    torch = pytest.importorskip("torch")
    seen = []

    class Spy(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            seen.append((torch.is_grad_enabled(), self.training))
            return x

    Answers("torch").module.predict(Spy(), torch.zeros(3, 4, 5))
    assert seen == [(False, False)]


# --- overlay ---------------------------------------------------------------------------------


@pytest.fixture
def picture() -> tuple[np.ndarray, np.ndarray]:
    """Every grey value, once under the mask and once beside it."""
    image = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 2, axis=0).repeat(3, axis=2)
    mask = np.zeros((2, 256), bool)
    mask[1] = True
    return image, mask


@pytest.mark.parametrize("as_tensor", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.5, 1.0])
def test_overlay_blends_and_rounds(
    answers: Answers, picture: tuple[np.ndarray, np.ndarray], alpha: float, as_tensor: bool
) -> None:
    image, mask = picture[0].copy(), picture[1].copy()
    color = (200, 0, 255)
    arguments: Any = (image, mask)
    if as_tensor:
        convert = answers.library.from_numpy if answers.is_torch else answers.library.constant
        arguments = [convert(array) for array in arguments]
    result = np.asarray(answers.module.overlay(*arguments, color, alpha))
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result[0], image[0])
    exact = (1 - alpha) * image[1].astype(np.float64) + alpha * np.array(color)
    # To the nearest integer, either of the two at a half.
    assert np.abs(result[1] - exact).max() <= 0.5 + 1e-4
    np.testing.assert_array_equal(image, picture[0])
    np.testing.assert_array_equal(mask, picture[1])


def test_overlay_is_half_green_by_default(answers: Answers) -> None:
    result = answers.module.overlay(np.full((1, 2, 3), 100, np.uint8), np.array([[True, False]]))
    np.testing.assert_allclose(np.asarray(result)[0], [[50, 177.5, 50], [100] * 3], atol=0.5)
