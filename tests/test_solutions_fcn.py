"""The reference answers of lesson 5: counts, sizes, places, learning, and both frameworks alike.

Arrays go in and come out channels last. `parity` reads and writes weights.
"""

from typing import Any

import numpy as np
import parity
import pytest
import solved
from solved import by_name, images, learn, mosaic

NETWORKS = ("FCN32s", "FCN16s", "FCN8s")
SKIPS = {"FCN32s": (), "FCN16s": ("score_pool4",), "FCN8s": ("score_pool4", "score_pool3")}


class Answers(solved.Answers):
    """The answers of lesson 5."""

    def __init__(self, framework: str) -> None:
        super().__init__("fcn", framework)


answers = solved.answers("fcn")
one_thread, seeded = solved.one_thread, solved.seeded


# --- fc_to_conv ------------------------------------------------------------------------------


def test_fc_to_conv_makes_a_convolution_of_the_same_values(answers: Answers) -> None:
    rng = np.random.default_rng(2)
    maps = rng.normal(size=(2, 3, 3, 5)).astype(np.float32)
    weight = rng.normal(size=(3, 3, 5, 4)).astype(np.float32)  # (k, k, C, out)
    expected = np.einsum("nijc,ijco->no", maps, weight)
    if answers.is_torch:
        flat = answers.library.from_numpy(weight.transpose(3, 2, 0, 1).reshape(4, -1).copy())
        kernel = answers.module.fc_to_conv(flat, 3)
        assert tuple(kernel.shape) == (4, 5, 3, 3)
        convolved = answers.library.nn.functional.conv2d(answers.tensor(maps), kernel)
    else:
        kernel = answers.module.fc_to_conv(answers.library.constant(weight.reshape(-1, 4)), 3)
        assert tuple(kernel.shape) == (3, 3, 5, 4)
        convolved = answers.library.nn.conv2d(maps, kernel, strides=1, padding="VALID")
    np.testing.assert_allclose(answers.array(convolved)[:, 0, 0], expected, atol=1e-5)


# --- VGG16Encoder ----------------------------------------------------------------------------

# VGG16's configuration D: the name of each layer, its kernel's size, and its channels as multiples
# of the first stage's.
VGG16 = [
    *((f"conv1_{i}", 3, 1) for i in (1, 2)),
    *((f"conv2_{i}", 3, 2) for i in (1, 2)),
    *((f"conv3_{i}", 3, 4) for i in (1, 2, 3)),
    *((f"conv4_{i}", 3, 8) for i in (1, 2, 3)),
    *((f"conv5_{i}", 3, 8) for i in (1, 2, 3)),
    ("fc6", 7, 64),
    ("fc7", 1, 64),
]


def test_encoder_has_vgg16s_layers_in_their_order(answers: Answers) -> None:
    """In this order the weights of torchvision's `vgg16` and of `keras.applications` come."""
    expected, in_channels = [], 3
    for name, size, multiple in VGG16:
        expected.append((name, (size, size, in_channels, 2 * multiple)))
        in_channels = 2 * multiple
    found = parity.layers(answers.module.VGG16Encoder(width=2))
    assert [(layer.name, layer.get("kernel").shape) for layer in found] == expected
    assert all(set(layer.weights) == {"kernel", "bias"} for layer in found)


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (70, 101), (33, 47)])
def test_encoder_gives_three_maps(answers: Answers, size: tuple[int, int]) -> None:
    maps = answers.run(answers.module.VGG16Encoder(width=2), images(size, count=2))
    for found, stride, channels in zip(maps, (8, 16, 32), (8, 16, 128), strict=True):
        assert found.shape == (2, -(-size[0] // stride), -(-size[1] // stride), channels)
        # A ReLU came last, and left something.
        assert found.min() == 0
        assert found.max() > 0


def test_a_relu_follows_every_convolution(answers: Answers) -> None:
    """Where all of a layer's values are negative, nothing of the image comes through."""
    encoder = answers.module.VGG16Encoder(width=4)
    both = np.concatenate([images((32, 32)), -images((32, 32))])

    def difference() -> float:
        one, other = answers.run(encoder, both)[2]
        return float(np.abs(one - other).max())

    assert difference() > 0
    for layer in parity.layers(encoder):
        bias = layer.get("bias")
        layer.set("bias", bias - 1000)
        assert difference() == 0, layer.name
        layer.set("bias", bias)


def test_the_signal_does_not_fade_in_the_encoder(answers: Answers) -> None:
    """What tells one place from another is still there after 15 layers with fresh weights."""
    *_, fc7 = answers.run(answers.module.VGG16Encoder(width=8), images((64, 64)))
    assert 0.05 < fc7.std(axis=(0, 1, 2)).mean() < 5


def test_dropout_works_on_the_last_map_only_and_in_training_only(answers: Answers) -> None:
    encoder, picture = answers.module.VGG16Encoder(width=4), images((64, 96))
    maps, again = (answers.run(encoder, picture) for _ in range(2))
    trained, trained_again = (answers.run(encoder, picture, training=True) for _ in range(2))
    for level in (0, 1):
        np.testing.assert_array_equal(trained[level], maps[level])
    np.testing.assert_array_equal(again[2], maps[2])
    assert (trained[2] != trained_again[2]).any()
    # Half of fc7 is dropped, whatever became of fc6.
    assert 0.4 < (trained[2] == 0)[maps[2] > maps[2].mean()].mean() < 0.8


# --- parameters ------------------------------------------------------------------------------


def vgg16_parameters(width: int) -> dict[str, int]:
    counts, in_channels = {}, 3
    for name, size, multiple in VGG16:
        counts[name] = (size * size * in_channels + 1) * multiple * width
        in_channels = multiple * width
    return counts


def fcn_parameters(network: str, num_classes: int, width: int) -> int:
    scored = {"score_fr": 64, "score_pool4": 8, "score_pool3": 4}
    scores = sum((scored[name] * width + 1) * num_classes for name in ("score_fr", *SKIPS[network]))
    factors = {"FCN32s": (32,), "FCN16s": (2, 16), "FCN8s": (2, 2, 8)}[network]
    upsampling = sum((2 * factor) ** 2 * num_classes**2 for factor in factors)
    return sum(vgg16_parameters(width).values()) + scores + upsampling


def test_the_formulas_give_the_published_numbers() -> None:
    counts = vgg16_parameters(64)
    fc6, fc7 = counts.pop("fc6"), counts.pop("fc7")
    # Keras' and torchvision's VGG16 both have 138,357,544 parameters, and 14,714,688 without the
    # fully connected layers; the 1000-class layer has 4096 * 1000 + 1000.
    assert sum(counts.values()) == 14_714_688
    assert (fc6, fc7) == (102_764_544, 16_781_312)
    assert 14_714_688 + fc6 + fc7 == 138_357_544 - 4_097_000
    # The layers of voc-fcn8s/net.py in the authors' repository, fcn.berkeleyvision.org; the paper,
    # https://arxiv.org/abs/1411.4038, table 1, says 134M.
    upsampling = 21 * 21 * (4 * 4 + 4 * 4 + 16 * 16)
    scores = 21 * (4096 + 1) + 21 * (512 + 1) + 21 * (256 + 1)
    assert fcn_parameters("FCN8s", 21, 64) == 134_260_544 + scores + upsampling == 134_489_759


@pytest.mark.parametrize("network", NETWORKS)
def test_parameters_are_as_many_as_the_formula_says(answers: Answers, network: str) -> None:
    model = getattr(answers.module, network)(5, width=3)
    assert answers.parameters(model) == fcn_parameters(network, 5, width=3)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_default_is_the_published_network(network: str) -> None:
    torch = pytest.importorskip("torch")
    from solutions import fcn_torch

    with torch.device("meta"):  # shapes without memory
        model = getattr(fcn_torch, network)(21)
    count = sum(weight.numel() for weight in model.parameters())
    assert count == fcn_parameters(network, 21, 64)


# --- the networks ----------------------------------------------------------------------------


@pytest.mark.parametrize("network", NETWORKS)
def test_logits_are_as_large_as_the_images(answers: Answers, network: str) -> None:
    model = getattr(answers.module, network)(5, width=2)
    for count, size in ((1, (32, 32)), (1, (33, 47)), (1, (64, 96)), (2, (70, 101))):
        assert answers.run(model, images(size, count)).shape == (count, *size, 5)


@pytest.mark.parametrize("network", NETWORKS)
def test_scoring_layers_are_named_and_start_at_zero(answers: Answers, network: str) -> None:
    model = getattr(answers.module, network)(3, width=2)
    scores = {name: layer for name, layer in by_name(model).items() if name.startswith("score_")}
    assert set(scores) == {"score_fr", *SKIPS[network]}
    for layer in scores.values():
        assert layer.get("kernel").shape[:2] == (1, 1)
        assert not layer.get("kernel").any()
    assert not answers.run(model, images((64, 96))).any()
    if answers.is_torch:
        assert all(hasattr(model, name) for name in scores)
    else:
        assert all(model.get_layer(name) for name in scores)


@pytest.mark.parametrize("network", NETWORKS)
def test_upsampling_starts_bilinear(answers: Answers, network: str) -> None:
    model = getattr(answers.module, network)(3, width=1)
    found = [layer for layer in parity.layers(model) if layer.kind == "transposed convolution"]
    for layer in found:
        assert set(layer.weights) == {"kernel"}
        kernel = layer.get("kernel")
        factor = kernel.shape[0] // 2
        line = 1 - np.abs(np.arange(2 * factor) - factor + 0.5) / factor
        expected = np.outer(line, line)[:, :, None, None] * np.eye(3)
        np.testing.assert_allclose(kernel, expected, atol=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_scores_take_both_signs_and_skips_are_added_unscaled(
    answers: Answers, network: str
) -> None:
    model = getattr(answers.module, network)(3, width=1)
    layers = by_name(model)
    biases = {
        "score_fr": np.array([-8, 8, -1], np.float32),
        "score_pool4": np.array([-4, 1, 3], np.float32),
        "score_pool3": np.array([-2, -5, 7], np.float32),
    }
    used = [biases[name] for name in ("score_fr", *SKIPS[network])]
    for name in ("score_fr", *SKIPS[network]):
        layers[name].set("bias", biases[name])
    # In the middle; at the border, transposed convolutions see zeros beside the map.
    middle = answers.run(model, images((224, 256)))[:, 104:120, 120:136]
    np.testing.assert_allclose(middle, np.broadcast_to(sum(used), middle.shape), rtol=1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_score_has_influence(answers: Answers, network: str) -> None:
    model, picture = getattr(answers.module, network)(3, width=4), images((64, 96))
    layers = by_name(model)
    logits = answers.run(model, picture)
    for name in ("score_fr", *SKIPS[network]):
        before, layer = logits, layers[name]
        rng = np.random.default_rng(3)
        layer.set("kernel", rng.normal(size=layer.get("kernel").shape).astype(np.float32))
        logits = answers.run(model, picture)
        assert np.abs(logits - before).max() > 1e-3


# --- where things are ------------------------------------------------------------------------


def keep_centers(model: Any) -> None:
    """Make every convolution look at one cell: then only pooling and enlarging move things."""
    for layer in parity.layers(model):
        if layer.kind == "convolution":
            kernel = layer.get("kernel")
            middle = kernel.shape[0] // 2
            center = np.zeros_like(kernel)
            center[middle, middle] = kernel[middle, middle]
            layer.set("kernel", center)


@pytest.fixture(scope="module", params=NETWORKS)
def placed(request: pytest.FixtureRequest, answers: Answers) -> Any:
    """A network with random scores, in which every convolution looks at one cell."""
    answers.seed()
    model = getattr(answers.module, request.param)(3, width=4)
    rng = np.random.default_rng(4)
    for layer in parity.layers(model):
        if layer.name.startswith("score_"):
            layer.set("kernel", rng.normal(size=layer.get("kernel").shape).astype(np.float32))
        elif layer.kind == "convolution":  # all positive: nothing dies, no matter the image
            layer.set("kernel", np.abs(layer.get("kernel")))
    keep_centers(model)
    return model


@pytest.mark.parametrize("axis", [1, 2])
def test_a_mirrored_image_gives_mirrored_logits(answers: Answers, placed: Any, axis: int) -> None:
    """A transposed convolution that is cropped on one side would shift them."""
    picture = np.abs(images((64, 96)))
    logits = answers.run(placed, picture)
    mirrored = answers.run(placed, np.flip(picture, axis))
    assert logits.std() > 1e-3
    np.testing.assert_allclose(
        mirrored, np.flip(logits, axis), rtol=1e-4, atol=1e-4 * np.abs(logits).max()
    )


def test_what_is_cut_is_beside_the_image(answers: Answers, placed: Any) -> None:
    """The logits of 70×101 pixels are those of the same image on 96×128 black ones."""
    picture = np.abs(images((70, 101)))
    on_black = np.zeros((1, 96, 128, 3), np.float32)
    on_black[:, :70, :101] = picture
    logits, on_black_logits = answers.run(placed, picture), answers.run(placed, on_black)
    assert logits.std() > 1e-3
    # The last pixels are between two cells of pool3, of which only the larger image has the second.
    np.testing.assert_allclose(
        logits[:, :68, :100], on_black_logits[:, :68, :100], atol=1e-4 * np.abs(logits).max()
    )


def test_a_shift_by_8_shifts_the_logits_by_8(answers: Answers) -> None:
    """With the scores of pool3 alone: the other maps are coarser."""
    model = answers.module.FCN8s(3, width=2)
    layer = by_name(model)["score_pool3"]
    rng = np.random.default_rng(5)
    layer.set("kernel", rng.normal(size=layer.get("kernel").shape).astype(np.float32))
    wide = images((136, 168))
    here = answers.run(model, wide[:, :128, :160])
    shifted = answers.run(model, wide[:, 8:, 8:])
    # A cell of pool3 sees 44 pixels and spreads over 16: 40 pixels from the border, the border is
    # out of sight.
    assert here.std() > 1e-3
    np.testing.assert_allclose(
        here[:, 48:88, 48:120], shifted[:, 40:80, 40:112], atol=1e-4 * np.abs(here).max()
    )


# --- learning --------------------------------------------------------------------------------


def test_fcn8s_learns_one_picture_by_heart(answers: Answers) -> None:
    image, label = mosaic()
    model = answers.module.FCN8s(3, width=4)
    assert answers.loss(answers.run(model, image), label) == pytest.approx(np.log(3))
    learn(answers, model, image, label, steps=60)
    solved.assert_knows_by_heart(answers, model, image, label)


# --- both frameworks -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(64, 96), (70, 101)])
@pytest.mark.parametrize("network", NETWORKS)
def test_both_frameworks_compute_and_learn_alike(network: str, size: tuple[int, int]) -> None:
    ours, theirs = Answers("torch"), Answers("tensorflow")
    ours.seed()
    model, other = (getattr(answers.module, network)(3, width=4) for answers in (ours, theirs))
    parity.randomize(model, scale=0.05)
    picture = images(size, count=2)
    label = np.random.default_rng(7).choice([0, 1, 2, 255], (2, *size))

    logits = solved.assert_same_output(ours, theirs, model, other, picture)
    loss = solved.assert_same_step(ours, theirs, model, other, picture, label)
    assert loss == pytest.approx(ours.loss(logits, label), abs=1e-4)


# --- what only TensorFlow has ----------------------------------------------------------------


def test_tensorflow_works_in_one_graph_for_all_sizes() -> None:
    answers = Answers("tensorflow")
    tf, model = answers.library, answers.module.FCN8s(3, width=2)
    parity.randomize(model, scale=0.1)
    graph = tf.function(model, input_signature=[tf.TensorSpec((None, None, None, 3))])
    for size in ((33, 47), (70, 40)):
        logits = graph(answers.tensor(images(size)))
        np.testing.assert_allclose(logits, answers.run(model, images(size)), atol=1e-5)
    assert graph.experimental_get_tracing_count() == 1


def test_keras_trains_with_fit() -> None:
    answers = Answers("tensorflow")
    import keras

    answers.seed()
    image, label = mosaic()
    model = answers.module.FCN8s(3, width=4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)
    model.compile(answers.adam(model, lr=3e-3), loss)
    batches = image.repeat(60, axis=0), label.repeat(60, axis=0)
    model.fit(*batches, batch_size=1, verbose=0)
    solved.assert_knows_by_heart(answers, model, image, label)


def test_keras_saves_and_loads_a_network(tmp_path: Any) -> None:
    answers = Answers("tensorflow")
    import keras

    model = answers.module.FCN16s(3, width=1)
    parity.randomize(model, scale=0.3)
    model.save(tmp_path / "fcn.keras")
    loaded = keras.models.load_model(tmp_path / "fcn.keras")
    picture = images((33, 47))
    np.testing.assert_array_equal(answers.run(loaded, picture), answers.run(model, picture))


def test_keras_cuts_in_a_graph_with_and_without_xla() -> None:
    """Keras compiles with XLA where it finds a GPU."""
    answers = Answers("tensorflow")
    tf = answers.library
    cut = answers.module.CutLike()
    x, like = tf.random.normal((1, 6, 8, 2)), tf.zeros((1, 5, 7, 3))
    for jit_compile in (False, True):
        graph = tf.function(lambda x, like: cut(x, like), jit_compile=jit_compile)
        np.testing.assert_array_equal(graph(x, like), x[:, :5, :7])
