"""The reference answers of lesson 6: sizes, places, counts, learning, and both frameworks alike.

Arrays go in and come out channels last. `parity` reads and writes weights.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import parity
import pytest
import solved
from solved import Answers, images

answers = solved.answers("segnet")
one_thread, seeded = solved.one_thread, solved.seeded


def both() -> tuple[Answers, Answers]:
    return Answers("segnet", "torch"), Answers("segnet", "tensorflow")


def segnet(answers: Answers, num_classes: int, width: int) -> Any:
    """A SegNet that has its weights: Keras makes them when it sees the first image."""
    model = answers.module.SegNet(num_classes, width=width)
    answers.run(model, images((32, 32)))
    return model


@pytest.fixture(scope="module")
def fresh_model(answers: Answers) -> Any:
    answers.seed()
    return segnet(answers, num_classes=3, width=2)


@pytest.fixture
def model(fresh_model: Any) -> Iterator[Any]:
    """A SegNet with fresh weights, of width 2 and for three classes."""
    weights = [(layer, {part: layer.get(part) for part in layer.weights})
               for layer in parity.layers(fresh_model)]  # fmt: skip
    yield fresh_model
    for layer, parts in weights:
        for part, weight in parts.items():
            layer.set(part, weight)


# --- Autoencoder -----------------------------------------------------------------------------


def part(answers: Answers, model: Any, name: str) -> Any:
    return getattr(model, name) if answers.is_torch else model.get_layer(name)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(16, 16), (32, 48), (48, 16)])
def test_autoencoder_rebuilds_from_a_smaller_code(
    answers: Answers, size: tuple[int, int], channels: int
) -> None:
    model = answers.module.Autoencoder(channels, width=4)
    picture = images(size, count=2, channels=channels)
    rebuilt = answers.run(model, picture)
    assert rebuilt.shape == picture.shape
    code = answers.run(part(answers, model, "encoder"), picture)
    assert code.shape == (2, size[0] // 16, size[1] // 16, 32)
    again = answers.run(part(answers, model, "decoder"), code)
    np.testing.assert_allclose(again, rebuilt, atol=1e-6)


def test_the_default_code_is_a_sixth_of_an_image(answers: Answers) -> None:
    picture = images((32, 48))
    code = answers.run(part(answers, answers.module.Autoencoder(), "encoder"), picture)
    assert picture.size / code.size == 6


def test_code_and_image_take_both_signs(answers: Answers) -> None:
    """No ReLU behind either: a normalised image has values of either sign, and a code may."""
    model = answers.module.Autoencoder(width=4)
    assert answers.run(part(answers, model, "encoder"), images((64, 64))).min() < 0
    *_, last = parity.layers(model)
    last.set("bias", np.array([-5, 0, 5], np.float32))
    rebuilt = answers.run(model, images((32, 32))).mean(axis=(0, 1, 2))
    np.testing.assert_allclose(rebuilt, [-5, 0, 5], atol=1)


def test_a_relu_is_between_any_two_layers(answers: Answers) -> None:
    """Where all of a layer's values are negative, nothing of the image comes through."""
    model = answers.module.Autoencoder(width=4)
    *hidden, _ = parity.layers(model)
    assert len(hidden) == 7
    both = np.concatenate([images((32, 32)), -images((32, 32))])

    def difference() -> float:
        one, other = answers.run(model, both)
        return float(np.abs(one - other).max())

    assert difference() > 0
    for layer in hidden:
        bias = layer.get("bias")
        layer.set("bias", bias - 1000)
        assert difference() == 0, layer.name
        layer.set("bias", bias)


def test_autoencoder_learns_to_rebuild_an_image(answers: Answers) -> None:
    image, _ = solved.mosaic()
    model, x = answers.module.Autoencoder(width=4), answers.tensor(image)
    optimizer = answers.adam(model, lr=1e-2)
    before = np.square(answers.run(model, image) - image).mean()
    for _ in range(40):
        if answers.is_torch:
            optimizer.zero_grad()
            (model(x) - x).square().mean().backward()
            optimizer.step()
        else:
            with answers.library.GradientTape() as tape:
                loss = answers.library.reduce_mean((model(x, training=True) - x) ** 2)
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
    after = np.square(answers.run(model, image) - image).mean()
    assert after < before / 2


# --- stages ----------------------------------------------------------------------------------


def encoder_stage(answers: Answers, in_channels: int, out_channels: int, num_convs: int) -> Any:
    leading = (in_channels,) if answers.is_torch else ()
    stage = answers.module.encoder_stage(*leading, out_channels, num_convs)
    answers.run(stage, images((4, 4), channels=in_channels))  # now it has its weights
    return stage


def decoder_stage(answers: Answers, in_channels: int, out_channels: int, num_convs: int) -> Any:
    leading = (in_channels,) if answers.is_torch else ()
    stage = answers.module.decoder_stage(*leading, out_channels, num_convs)
    pooled, indices = pool(answers, images((4, 4), channels=in_channels))
    answers.call(stage, pooled, indices, size=(4, 4))  # now it has its weights
    return stage


def pool(answers: Answers, maps: np.ndarray) -> Any:
    """Pooled maps and indices as the framework has them."""
    return answers.module.max_pool_with_indices(answers.tensor(maps))


def kinds_and_kernels(stage: Any) -> list[tuple[str, tuple[int, ...] | None]]:
    return [
        (layer.kind, layer.get("kernel").shape if "kernel" in layer.weights else None)
        for layer in parity.layers(stage)
    ]


def convs(*channels: int) -> list[tuple[str, tuple[int, ...] | None]]:
    """What `kinds_and_kernels` finds in 3×3 convolutions with batch norms between these maps."""
    found: list[tuple[str, tuple[int, ...] | None]] = []
    for a, b in pairwise(channels):
        found += [("convolution", (3, 3, a, b)), ("batch norm", None)]
    return found


@pytest.mark.parametrize("num_convs", [1, 2, 3])
def test_stages_have_their_layers(answers: Answers, num_convs: int) -> None:
    """An encoder's first convolution changes the channels, a decoder's last one does."""
    encoder = encoder_stage(answers, 3, 5, num_convs)
    assert kinds_and_kernels(encoder) == convs(3, *[5] * num_convs)
    decoder = decoder_stage(answers, 5, 3, num_convs)
    assert kinds_and_kernels(decoder) == convs(*[5] * num_convs, 3)
    for layer in (*parity.layers(encoder), *parity.layers(decoder)):
        assert "bias" not in layer.weights


@pytest.mark.parametrize("size", [(4, 4), (6, 10), (7, 9)])
def test_encoder_stage_pools_and_remembers_where(answers: Answers, size: tuple[int, int]) -> None:
    stage = encoder_stage(answers, 3, 5, 2)
    pooled, indices = answers.call(stage, answers.tensor(images(size, count=2)))
    assert answers.array(pooled).shape == (2, size[0] // 2, size[1] // 2, 5)
    # Back in their places, the maxima are those of the maps before pooling.
    unpooled = answers.array(answers.module.max_unpool(pooled, indices, size))
    maps = answers.run(stage.convs, images(size, count=2))
    assert maps.min() == 0
    np.testing.assert_array_equal(unpooled[unpooled > 0], maps[unpooled > 0])
    cells = maps[:, : size[0] // 2 * 2, : size[1] // 2 * 2]
    cells = cells.reshape(2, size[0] // 2, 2, size[1] // 2, 2, 5)
    np.testing.assert_array_equal(answers.array(pooled), cells.max(axis=(2, 4)))


@pytest.mark.parametrize("size", [(4, 4), (6, 10), (7, 9)])
def test_decoder_stage_unpools_to_the_size_it_is_given(
    answers: Answers, size: tuple[int, int]
) -> None:
    stage = decoder_stage(answers, 4, 3, 2)
    for layer in parity.layers(stage):
        if layer.kind == "convolution":
            solved.average_channels(layer)
    maps = np.abs(images(size, count=2, channels=4))
    pooled, indices = pool(answers, maps)
    decoded = answers.array(answers.call(stage, pooled, indices, size=size))
    unpooled = answers.array(answers.module.max_unpool(pooled, indices, size))
    expected = unpooled.mean(axis=-1, keepdims=True).repeat(3, axis=-1)
    np.testing.assert_allclose(decoded, expected, rtol=1e-4)


@pytest.mark.parametrize("which", ["encoder_stage", "decoder_stage"])
def test_convolution_then_batch_norm_then_relu(answers: Answers, which: str) -> None:
    stage = {"encoder_stage": encoder_stage, "decoder_stage": decoder_stage}[which](
        answers, 3, 5, 1
    )
    convolution, norm = parity.layers(stage)
    maps = images((16, 24), count=2)

    def output(training: bool) -> np.ndarray:
        if which == "encoder_stage":
            return answers.run(stage.convs, maps, training=training)
        pooled, indices = pool(answers, maps)
        decoded = answers.call(stage, pooled, indices, size=(16, 24), training=training)
        return answers.array(decoded)

    # A ReLU that comes last sets to zero what batch norm makes negative.
    assert output(training=True).any()
    norm.set("beta", np.full(5, -1000, np.float32))
    assert not output(training=True).any()
    # Batch norm is just before it: by its shift, 10, no value is negative, and each channel has
    # mean 10 and variance 1, however large the convolution's values are.
    norm.set("beta", np.full(5, 10, np.float32))
    convolution.set("kernel", 100 * convolution.get("kernel"))
    shifted = output(training=True)
    np.testing.assert_allclose(shifted.mean(axis=(0, 1, 2)), 10, atol=1e-3)
    np.testing.assert_allclose(shifted.std(axis=(0, 1, 2)), 1, atol=1e-3)
    # In inference mode it takes the moving statistics instead.
    assert np.abs(output(training=False) - shifted).max() > 1


def test_a_relu_is_between_the_convolutions(answers: Answers) -> None:
    """Where a batch norm makes all values negative, the next convolution sees zeros."""
    for stage_of in (encoder_stage, decoder_stage):
        stage = stage_of(answers, 4, 4, 3)
        for layer in parity.layers(stage)[1:4:2]:
            layer.set("beta", np.full(4, -1000, np.float32))
            assert not answers.run(stage.convs, images((4, 4), channels=4)).any()
            layer.set("beta", np.zeros(4, np.float32))
            assert answers.run(stage.convs, images((4, 4), channels=4)).any()


# --- SegNet ----------------------------------------------------------------------------------

# Channels, as multiples of the first stage's, between the 26 convolutions: VGG16's 13, and their
# mirror image, whose last convolution gives the scores.
ENCODER = [(None, 1), (1, 1), (1, 2), (2, 2), (2, 4), (4, 4), (4, 4), (4, 8), *[(8, 8)] * 5]
DECODER = [(b, a) for a, b in reversed(ENCODER)]


def segnet_parameters(num_classes: int, width: int) -> int:
    count = 0
    for a, b in (*ENCODER, *DECODER):
        in_channels = 3 if a is None else a * width
        out_channels = num_classes if b is None else b * width
        count += 3 * 3 * in_channels * out_channels
        # The scores have a bias, all others a batch norm's scale and shift.
        count += out_channels if b is None else 2 * out_channels
    return count


def test_the_formula_gives_the_published_number() -> None:
    # The layers of Models/segnet_train.prototxt in the authors' repository
    # alexgkendall/SegNet-Tutorial, 11 classes: the same, but with a bias in every convolution
    # beside the scale and the shift of its batch norm: 29.45 million, in float32 the 117.8 MB that
    # https://arxiv.org/abs/1606.02147, table 3, gives for SegNet.
    biases = sum(b * 64 for _, b in (*ENCODER, *DECODER) if b is not None)
    assert biases == 4224 + 3712
    published = segnet_parameters(11, 64) + biases
    assert published == 29_449_355
    assert round(4 * published / 1e6, 1) == 117.8
    # With VGG16's 14,714,688 parameters in the encoder, biases included, and no batch norm.
    kernels = [9 * (3 if a is None else a * 64) * b * 64 for a, b in ENCODER if b is not None]
    assert sum(kernels) + 4224 == 14_714_688
    # CamVid's 11 classes and a 12th for void.
    assert segnet_parameters(12, 64) == 29_441_996


def test_parameters_are_as_many_as_the_formula_says(answers: Answers, model: Any) -> None:
    assert answers.parameters(model) == segnet_parameters(3, width=2)


def test_the_default_is_the_published_network() -> None:
    torch = pytest.importorskip("torch")
    from solutions import segnet_torch

    with torch.device("meta"):  # shapes without memory
        model = segnet_torch.SegNet(12)
    assert sum(weight.numel() for weight in model.parameters()) == 29_441_996


def test_segnet_has_vgg16s_layers_and_their_mirror_image(answers: Answers, model: Any) -> None:
    """Each with weights of its own, and none of them a transposed convolution."""
    down = [3, 2, 2, 4, 4, 8, 8, 8, *[16] * 6]
    up = [*[16] * 6, 8, 8, 8, 4, 4, 2, 2]
    *stages, score = [*convs(*down), *convs(*up), ("convolution", (3, 3, 2, 3))]
    assert len({id(layer.layer) for layer in parity.layers(model)}) == 26 + 25
    # Keras lists a layer that is an attribute before the layers in lists.
    found = kinds_and_kernels(model)
    found.remove(score)
    assert found == stages


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (96, 32)])
def test_logits_are_as_large_as_the_images(
    answers: Answers, model: Any, size: tuple[int, int]
) -> None:
    assert answers.run(model, images(size, count=2)).shape == (2, *size, 3)


def test_scores_take_both_signs(answers: Answers, model: Any) -> None:
    bias = np.array([-4, 0, 4], np.float32)
    solved.by_name(model)["score"].set("bias", bias)
    assert answers.run(model, images((32, 32))).mean(axis=(0, 1, 2)) == pytest.approx(bias, abs=1)


def test_one_step_of_training_changes_every_weight(answers: Answers, model: Any) -> None:
    """No layer, no batch norm's statistics included, is left out of the output."""
    parity.randomize(model, scale=0.3)
    before = [layer.get(part) for layer in parity.layers(model) for part in layer.weights]
    label = np.random.default_rng(7).integers(0, 3, (2, 64, 64))
    answers.train_step(model, answers.sgd(model, lr=0.1), images((64, 64), count=2), label)
    after = [layer.get(part) for layer in parity.layers(model) for part in layer.weights]
    assert all((old != new).any() for old, new in zip(before, after, strict=True))


def test_a_peak_comes_out_where_it_went_in(answers: Answers, model: Any) -> None:
    """With convolutions that look at one cell, only the indices can tell where it was.

    Pooled five times, all of these peaks are in one of two cells of the coarsest map.
    """
    for layer in parity.layers(model):
        if layer.kind == "convolution":
            solved.average_channels(layer)
    places = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (6, 9), (13, 20), (31, 31), (8, 63)]
    pictures = np.zeros((len(places), 32, 64, 3), np.float32)
    for n, (y, x) in enumerate(places):
        pictures[n, y, x] = 1 + n
    logits = answers.run(model, pictures)
    np.testing.assert_allclose(logits, pictures, rtol=1e-3, atol=0)


def test_moving_a_peak_inside_a_cell_moves_the_output(answers: Answers) -> None:
    """With fresh weights, too: 2×2 pooling alone would see no difference."""
    encoder, decoder = encoder_stage(answers, 3, 3, 1), decoder_stage(answers, 3, 3, 1)
    solved.average_channels(parity.layers(encoder)[0])
    pictures = np.zeros((2, 8, 8, 3), np.float32)
    pictures[0, 2, 4] = pictures[1, 3, 5] = 1
    pooled, indices = answers.call(encoder, answers.tensor(pictures))
    np.testing.assert_array_equal(*answers.array(pooled))
    one, other = answers.array(answers.call(decoder, pooled, indices, size=(8, 8)))
    assert one.any()
    np.testing.assert_array_equal(other[1:, 1:], one[:-1, :-1])


def test_no_feature_map_is_carried_across(answers: Answers, model: Any) -> None:
    """Where the coarsest map is zero, nothing of the image is left: places alone are no values."""
    for layer in parity.layers(model):
        if layer.kind == "convolution":
            solved.average_channels(layer)
    bias = np.array([-1, 2, 3], np.float32)
    solved.by_name(model)["score"].set("bias", bias)
    logits = answers.run(model, images((32, 64)))
    assert logits.std(axis=(1, 2)).min() > 0
    *_, norm = parity.layers(model.encoder[4])
    norm.set("gamma", np.zeros(16, np.float32))
    logits = answers.run(model, images((32, 64)))
    np.testing.assert_array_equal(logits, np.broadcast_to(bias, logits.shape))


# --- learning --------------------------------------------------------------------------------


def test_segnet_learns_one_picture_by_heart(answers: Answers) -> None:
    image, label = solved.mosaic(rows=8, columns=8)
    model = segnet(answers, 3, width=16)
    solved.learn(answers, model, image, label, steps=100, lr=5e-3)
    solved.assert_knows_by_heart(answers, model, image, label)


# --- both frameworks -------------------------------------------------------------------------


def test_both_autoencoders_compute_alike() -> None:
    ours, theirs = both()
    ours.seed()
    model, other = (answers.module.Autoencoder(width=4) for answers in (ours, theirs))
    parity.randomize(model, scale=0.1)
    solved.assert_same_output(ours, theirs, model, other, images((32, 48), count=2))


def test_both_segnets_compute_and_learn_alike() -> None:
    ours, theirs = both()
    ours.seed()
    model, other = (segnet(answers, 3, width=4) for answers in (ours, theirs))
    parity.randomize(model, scale=0.1)
    picture = images((64, 64), count=2)
    label = np.random.default_rng(7).choice([0, 1, 2, 255], (2, 64, 64))
    logits = solved.assert_same_output(ours, theirs, model, other, picture)
    # Among so many values, one may be so near to zero that a rounding error switches its ReLU: in
    # float32 and float64, PyTorch's own gradients differ by up to 4 %.
    loss = solved.assert_same_step(ours, theirs, model, other, picture, label, tolerance=0.1)
    assert loss == pytest.approx(ours.loss(logits, label), abs=1e-4)


# --- what only TensorFlow has ----------------------------------------------------------------


def test_tensorflow_works_in_one_graph_for_all_sizes() -> None:
    theirs = Answers("segnet", "tensorflow")
    for model, step in ((theirs.module.Autoencoder(width=2), 16), (segnet(theirs, 3, 2), 32)):
        parity.randomize(model, scale=0.3)
        solved.assert_one_graph_for_all_sizes(theirs, model, [(step, 2 * step), (3 * step, step)])


def test_keras_does_not_compile_segnet_with_xla() -> None:
    """It would, by itself, where there is a GPU; XLA has no pooling with indices."""
    model = Answers("segnet", "tensorflow").module.SegNet(3, width=1)
    with pytest.warns(UserWarning, match="jit_compile"):
        model.compile("sgd", "mse", jit_compile=True)
    assert not model.jit_compile


def test_keras_saves_and_loads_the_weights(tmp_path: Any) -> None:
    theirs = Answers("segnet", "tensorflow")
    model, picture = segnet(theirs, 3, width=1), images((32, 64))
    logits = theirs.run(model, picture)
    model.save_weights(tmp_path / "segnet.weights.h5")
    parity.randomize(model, scale=0.3)
    assert (theirs.run(model, picture) != logits).any()
    model.load_weights(tmp_path / "segnet.weights.h5")
    np.testing.assert_array_equal(theirs.run(model, picture), logits)
