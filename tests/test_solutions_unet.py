"""The reference answers of lesson 7: sizes, places, counts, learning, and both frameworks alike.

Arrays go in and come out channels last. `parity` reads and writes weights.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import parity
import pytest
import solved
from solved import Answers, images, noise

answers = solved.answers("unet")
one_thread, seeded = solved.one_thread, solved.seeded


def both() -> tuple[Answers, Answers]:
    return Answers("unet", "torch"), Answers("unet", "tensorflow")


# --- double_conv -----------------------------------------------------------------------------


def double_conv(answers: Answers, in_channels: int, out_channels: int) -> Any:
    leading = (in_channels,) if answers.is_torch else ()
    block = answers.module.double_conv(*leading, out_channels)
    answers.run(block, images((4, 4), channels=in_channels))  # now it has its weights
    return block


@pytest.mark.parametrize("size", [(4, 4), (5, 8), (1, 3)])
def test_double_conv_keeps_the_size(answers: Answers, size: tuple[int, int]) -> None:
    block = double_conv(answers, 3, 6)
    assert answers.run(block, images(size, count=2)).shape == (2, *size, 6)


def test_double_conv_has_its_layers(answers: Answers) -> None:
    first, first_norm, second, second_norm = parity.layers(double_conv(answers, 3, 6))
    assert {part: first.get(part).shape for part in first.weights} == {"kernel": (3, 3, 3, 6)}
    assert {part: second.get(part).shape for part in second.weights} == {"kernel": (3, 3, 6, 6)}
    assert first_norm.kind == second_norm.kind == "batch norm"


def test_convolution_then_batch_norm_then_relu(answers: Answers) -> None:
    block, maps = double_conv(answers, 3, 6), images((16, 24), count=2)
    _, first_norm, convolution, norm = parity.layers(block)
    # A ReLU that comes last sets to zero what batch norm makes negative.
    assert answers.run(block, maps, training=True).any()
    norm.set("beta", np.full(6, -1000, np.float32))
    assert not answers.run(block, maps, training=True).any()
    # Batch norm is just before it: by its shift, 10, no value is negative, and each channel has
    # mean 10 and variance 1, however large the convolution's values are.
    norm.set("beta", np.full(6, 10, np.float32))
    convolution.set("kernel", 100 * convolution.get("kernel"))
    shifted = answers.run(block, maps, training=True)
    np.testing.assert_allclose(shifted.mean(axis=(0, 1, 2)), 10, atol=1e-3)
    np.testing.assert_allclose(shifted.std(axis=(0, 1, 2)), 1, atol=1e-3)
    # Where the first batch norm makes all values negative, the second convolution sees zeros.
    assert answers.run(block, maps).std(axis=(0, 1, 2)).min() > 0.1
    first_norm.set("beta", np.full(6, -1000, np.float32))
    assert answers.run(block, maps).std(axis=(0, 1, 2)).max() < 1e-3


# --- UNet ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("depth", "size"),
    [(1, (2, 2)), (1, (6, 10)), (2, (4, 12)), (3, (24, 8)), (4, (16, 16)), (4, (48, 32))],
)
def test_logits_are_as_large_as_the_images(
    answers: Answers, depth: int, size: tuple[int, int]
) -> None:
    model = answers.module.UNet(5, width=2, depth=depth)
    assert answers.run(model, images(size, count=2)).shape == (2, *size, 5)


def test_unet_has_its_layers(answers: Answers) -> None:
    found = parity.layers(answers.module.UNet(5, width=2, depth=3))
    kernels = {
        kind: sorted(layer.get("kernel").shape for layer in found if layer.kind == kind)
        for kind in ("convolution", "transposed convolution")
    }
    inward = [(3, 2), (2, 2), (2, 4), (4, 4), (4, 8), (8, 8), (8, 16), (16, 16)]
    # A skip and an enlarged map of as many channels, one beside the other.
    outward = [(16, 8), (8, 8), (8, 4), (4, 4), (4, 2), (2, 2)]
    assert kernels == {
        "convolution": sorted([(1, 1, 2, 5), *((3, 3, *pair) for pair in inward + outward)]),
        "transposed convolution": sorted([(2, 2, 8, 16), (2, 2, 4, 8), (2, 2, 2, 4)]),
    }
    assert sum(layer.kind == "batch norm" for layer in found) == len(inward + outward)


def test_scores_take_both_signs(answers: Answers) -> None:
    model = answers.module.UNet(3, width=2, depth=2)
    bias = np.array([-4, 0, 4], np.float32)
    solved.by_name(model)["score"].set("bias", bias)
    assert answers.run(model, images((16, 16))).mean(axis=(0, 1, 2)) == pytest.approx(bias, abs=2)


def open_one_way(model: Any, width: int, depth: int, way: int) -> None:
    """Let an image reach the scores by one skip alone, or, where `way` is `depth`, by the bottom.

    Every layer on the way averages its channels, and a 2×2 transposed convolution copies a cell
    four times.
    """
    joined = 0
    for layer in parity.layers(model):
        if layer.kind == "convolution":
            solved.average_channels(layer)
            kernel = layer.get("kernel")
            channels = kernel.shape[3]
            if kernel.shape[:3] == (3, 3, 2 * channels):
                # The skip comes first, then the map from below.
                level = int(np.log2(channels / width))
                kernel[1, 1, :channels] = 1 / channels if level == way else 0
                kernel[1, 1, channels:] = 1 / channels if level < way else 0
                layer.set("kernel", kernel)
                joined += 1
        elif layer.kind == "transposed convolution":
            kernel = layer.get("kernel")
            layer.set("kernel", np.full_like(kernel, 1 / kernel.shape[3]))
            layer.set("bias", np.zeros_like(layer.get("bias")))
    assert joined == depth


@pytest.mark.parametrize("way", [0, 1, 2, 3])
def test_every_skip_brings_its_map_to_its_place(answers: Answers, way: int) -> None:
    """A skip of level n holds the maxima of squares of 2**n pixels; the bottom is one level deeper.

    So the logits tell which map was kept, at which level it was joined, and whether pooling takes
    the maximum.
    """
    model = answers.module.UNet(2, width=2, depth=3)
    open_one_way(model, width=2, depth=3, way=way)
    picture = np.abs(images((16, 24), count=2)).mean(axis=-1)
    logits = answers.run(model, picture[..., np.newaxis].repeat(3, axis=-1))

    side = 2**way
    squares = picture.reshape(2, 16 // side, side, 24 // side, side)
    maxima = squares.max(axis=(2, 4)).repeat(side, axis=1).repeat(side, axis=2)
    expected = maxima[..., np.newaxis].repeat(2, axis=-1)
    np.testing.assert_allclose(logits, expected, rtol=1e-3)


# --- parameters ------------------------------------------------------------------------------


def unet_convolutions(
    in_channels: int, num_classes: int, width: int, depth: int
) -> list[tuple[str, int, int, int]]:
    """Kind, size of the kernel, channels in and channels out of every convolution."""
    found, channels = [], in_channels
    widths = [width * 2**level for level in range(depth + 1)]
    for c in widths:
        found += [("double", 3, channels, c), ("double", 3, c, c)]
        channels = c
    for c in reversed(widths[:-1]):
        found += [("up", 2, 2 * c, c), ("double", 3, 2 * c, c), ("double", 3, c, c)]
    return [*found, ("score", 1, width, num_classes)]


def unet_parameters(num_classes: int, width: int, depth: int) -> int:
    # Each convolution of a `double_conv` has a batch norm's scale and shift, all others a bias.
    return sum(
        size**2 * a * b + (2 * b if kind == "double" else b)
        for kind, size, a, b in unet_convolutions(3, num_classes, width, depth)
    )


def test_the_formula_follows_from_the_published_network() -> None:
    # Figure 1 of https://arxiv.org/abs/1505.04597: one channel in, two classes out, a bias in every
    # convolution, no batch norm. Section 2: "In total the network has 23 convolutional layers."
    published = unet_convolutions(1, 2, width=64, depth=4)
    assert len(published) == 23
    assert sum(size**2 * a * b + b for _, size, a, b in published) == 31_030_658
    # Here: two channels more, and a scale and a shift in place of each bias beside a batch norm.
    more_channels = 2 * 3**2 * 64
    more_with_norm = sum(b for kind, _, _, b in published if kind == "double")
    assert (more_channels, more_with_norm) == (1152, 5888)
    assert unet_parameters(2, 64, 4) == 31_030_658 + 1152 + 5888 == 31_037_698


@pytest.mark.parametrize(("width", "depth"), [(2, 4), (3, 2)])
def test_parameters_are_as_many_as_the_formula_says(
    answers: Answers, width: int, depth: int
) -> None:
    model = answers.module.UNet(5, width=width, depth=depth)
    assert answers.parameters(model) == unet_parameters(5, width, depth)


def test_the_default_is_the_published_network() -> None:
    torch = pytest.importorskip("torch")
    from solutions import unet_torch

    with torch.device("meta"):  # shapes without memory
        model = unet_torch.UNet(2)
    assert sum(weight.numel() for weight in model.parameters()) == 31_037_698


# --- upsample_block --------------------------------------------------------------------------


def upsample_block(
    answers: Answers, in_channels: int, out_channels: int, dropout: bool = False
) -> Any:
    leading = (in_channels,) if answers.is_torch else ()
    block = answers.module.upsample_block(*leading, out_channels, dropout=dropout)
    answers.run(block, images((2, 2), channels=in_channels))  # now it has its weights
    return block


@pytest.mark.parametrize("size", [(2, 2), (3, 5)])
def test_upsample_block_doubles_the_size(answers: Answers, size: tuple[int, int]) -> None:
    block = upsample_block(answers, 4, 6)
    enlarged = answers.run(block, images(size, count=2, channels=4))
    assert enlarged.shape == (2, 2 * size[0], 2 * size[1], 6)
    # A ReLU came last, and left something.
    assert enlarged.min() == 0
    assert enlarged.max() > 0


@pytest.mark.parametrize("dropout", [False, True])
def test_upsample_block_has_its_layers(answers: Answers, dropout: bool) -> None:
    enlarge, norm = parity.layers(upsample_block(answers, 4, 6, dropout))
    assert enlarge.kind == "transposed convolution"
    assert {part: enlarge.get(part).shape for part in enlarge.weights} == {"kernel": (4, 4, 6, 4)}
    assert norm.kind == "batch norm"


def test_initial_weights_are_normal_with_deviation_002(answers: Answers) -> None:
    enlarge, _ = parity.layers(upsample_block(answers, 64, 64))
    kernel = enlarge.get("kernel") / 0.02
    # Of 65,536 values, the mean is known to 0.004 and the deviation to 0.003.
    assert kernel.mean() == pytest.approx(0, abs=0.02)
    assert kernel.std() == pytest.approx(1, abs=0.015)
    # A truncated normal distribution has nothing beyond 2, a uniform one nothing beyond 1.73.
    assert (np.abs(kernel) > 2).mean() == pytest.approx(0.0455, abs=0.005)


def test_batch_norm_is_between_enlarging_and_relu(answers: Answers) -> None:
    block, maps = upsample_block(answers, 4, 6), images((8, 12), count=2, channels=4)
    _, norm = parity.layers(block)
    norm.set("beta", np.full(6, -1000, np.float32))
    assert not answers.run(block, maps, training=True).any()
    norm.set("beta", np.full(6, 10, np.float32))
    shifted = answers.run(block, maps, training=True)
    np.testing.assert_allclose(shifted.mean(axis=(0, 1, 2)), 10, atol=1e-3)
    np.testing.assert_allclose(
        shifted.std(axis=(0, 1, 2)), 1, atol=0.03
    )  # its values are small: epsilon counts


def test_dropout_works_where_asked_for_and_in_training_only(answers: Answers) -> None:
    maps = images((16, 16), channels=4)
    plain, dropping = (upsample_block(answers, 4, 6, dropout) for dropout in (False, True))
    kernel = parity.layers(plain)[0].get("kernel")
    for enlarge, norm in map(parity.layers, (plain, dropping)):
        enlarge.set("kernel", kernel)
        norm.set("beta", np.full(6, 10, np.float32))  # nothing is negative: the ReLU is idle
    # In inference mode, they are the same.
    kept = answers.run(plain, maps)
    assert kept.min() > 0
    np.testing.assert_array_equal(answers.run(dropping, maps), kept)
    # In training mode, half of the values are dropped, and the others doubled.
    trained = answers.run(plain, maps, training=True)
    assert trained.min() > 0
    dropped = answers.run(dropping, maps, training=True)
    assert (dropped == 0).mean() == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(dropped[dropped > 0], 2 * trained[dropped > 0], rtol=1e-4)
    assert (answers.run(dropping, maps, training=True) != dropped).any()


# --- MobileUNet ------------------------------------------------------------------------------

CHANNELS = (3, 5, 4, 7, 6)
"""Of the five maps of the encoder below, finest first: no two alike, no order."""


def make_encoder(answers: Answers, channels: Sequence[int] = CHANNELS) -> Any:
    """Five maps at 1/2 to 1/32 that have nothing to do with each other, behind batch norms."""
    if answers.is_torch:
        from torch import nn

        class Encoder(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.maps = nn.ModuleList(
                    nn.Sequential(
                        nn.Conv2d(3, c, kernel_size=2**level, stride=2**level),
                        nn.BatchNorm2d(c),
                    )
                    for level, c in enumerate(channels, start=1)
                )

            def forward(self, x: Any) -> list[Any]:
                return [part(x) for part in self.maps]

        return Encoder()
    import keras
    from keras import layers

    image = keras.Input((None, None, 3))
    maps = []
    for level, c in enumerate(channels, start=1):
        x = layers.Conv2D(c, 2**level, strides=2**level)(image)
        maps.append(layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x))
    return keras.Model(image, maps)


def weights_of(network: Any) -> list[np.ndarray]:
    return [layer.get(part) for layer in parity.layers(network) for part in layer.weights]


def parameters_of(network: Any) -> int:
    """All but the statistics of batch norms, frozen or not."""
    return sum(
        layer.get(part).size
        for layer in parity.layers(network)
        for part in layer.weights
        if not part.startswith("moving")
    )


@pytest.fixture(scope="module")
def mobile(answers: Answers) -> tuple[Any, Any]:
    """A MobileUNet for three classes, and its encoder."""
    answers.seed()
    encoder = make_encoder(answers)
    return answers.module.MobileUNet(3, encoder), encoder


@pytest.mark.parametrize("size", [(32, 32), (64, 96)])
def test_mobile_unet_gives_logits_as_large_as_the_images(
    answers: Answers, mobile: tuple[Any, Any], size: tuple[int, int]
) -> None:
    model, _ = mobile
    assert answers.run(model, images(size, count=2)).shape == (2, *size, 3)


def test_mobile_unet_takes_any_channels(answers: Answers, mobile: tuple[Any, Any]) -> None:
    """Four blocks, each with the skip beside its predecessor's map, then the scores."""
    found = [layer for layer in parity.layers(mobile[0]) if layer.kind == "transposed convolution"]
    one, two, three, four, deepest = CHANNELS
    assert [layer.get("kernel").shape for layer in found] == [
        (4, 4, 512, deepest),
        (4, 4, 256, 512 + four),
        (4, 4, 128, 256 + three),
        (4, 4, 64, 128 + two),
        (4, 4, 3, 64 + one),
    ]
    *blocks, score = found
    assert score.name == "score"
    assert "bias" in score.weights
    assert not any("bias" in layer.weights for layer in blocks)


def test_every_map_of_the_encoder_has_influence(answers: Answers, mobile: tuple[Any, Any]) -> None:
    model, encoder = mobile
    logits = answers.run(model, images((64, 64)))
    for layer in parity.layers(encoder):
        if layer.kind == "convolution":
            kernel = layer.get("kernel")
            layer.set("kernel", kernel + noise(kernel.shape))
            assert np.abs(answers.run(model, images((64, 64))) - logits).max() > 0
            layer.set("kernel", kernel)


def test_building_leaves_the_encoders_weights_alone(answers: Answers) -> None:
    """Its batch norms, too, although it comes in training mode and is tried out."""
    encoder = make_encoder(answers, (1, 1, 1, 1, 1))
    before = weights_of(encoder)
    answers.module.MobileUNet(2, encoder)
    for old, new in zip(before, weights_of(encoder), strict=True):
        np.testing.assert_array_equal(old, new)


def test_training_changes_all_but_the_encoder(answers: Answers) -> None:
    encoder = make_encoder(answers)
    model = answers.module.MobileUNet(3, encoder)
    label = np.random.default_rng(7).integers(0, 3, (2, 64, 64))
    frozen, everything = weights_of(encoder), weights_of(model)
    answers.train_step(model, answers.sgd(model, lr=0.1), images((64, 64), count=2), label)
    for old, new in zip(frozen, weights_of(encoder), strict=True):
        np.testing.assert_array_equal(old, new)
    changed = sum(
        (old != new).any() for old, new in zip(everything, weights_of(model), strict=True)
    )
    assert changed == len(everything) - len(frozen)
    # To Keras and PyTorch, too, the encoder has nothing to train, and all else is to be trained.
    assert answers.parameters(encoder) == 0
    trained = parameters_of(model) - parameters_of(encoder)
    assert answers.parameters(model) == trained


def test_in_training_mode_the_encoder_computes_what_it_did(
    answers: Answers, mobile: tuple[Any, Any]
) -> None:
    """Its batch norms take their own statistics, not those of the images."""
    model, encoder = mobile
    maps = answers.run(encoder, images((64, 64)))
    if answers.is_torch:
        seen: list[np.ndarray] = []
        hook = encoder.register_forward_hook(
            lambda module, inputs, output: seen.extend(answers.array(x) for x in output)
        )
        answers.run(model, images((64, 64)), training=True)
        hook.remove()
    else:
        seen = [x.numpy() for x in encoder(answers.tensor(images((64, 64))), training=True)]
    for one, other in zip(maps, seen, strict=True):
        np.testing.assert_array_equal(one, other)


def test_torch_keeps_the_encoder_in_inference_mode() -> None:
    ours = Answers("unet", "torch")
    encoder = make_encoder(ours).train()
    model = ours.module.MobileUNet(2, encoder)
    for switched in (model, model.train(), model.eval(), model.train(True)):
        assert switched is model
        assert not any(module.training for module in encoder.modules())
        assert all(module.training == model.training for module in model.up.modules())
    assert model.training


def test_keras_takes_an_encoder_of_one_size_and_any_sequence_of_outputs() -> None:
    theirs = Answers("unet", "tensorflow")
    import keras

    image = keras.Input((64, 96, 3))
    maps = [keras.layers.AveragePooling2D(2**level)(image) for level in range(1, 6)]
    for outputs in (maps, tuple(maps)):
        model = theirs.module.MobileUNet(2, keras.Model(image, outputs))
        assert theirs.run(model, images((64, 96))).shape == (1, 64, 96, 2)


# --- learning --------------------------------------------------------------------------------


def test_unet_learns_one_picture_by_heart(answers: Answers) -> None:
    image, label = solved.mosaic()
    model = answers.module.UNet(3, width=8, depth=2)
    solved.learn(answers, model, image, label, steps=60, lr=1e-2)
    solved.assert_knows_by_heart(answers, model, image, label)


# --- both frameworks -------------------------------------------------------------------------


def test_both_unets_compute_and_learn_alike() -> None:
    ours, theirs = both()
    ours.seed()
    model, other = (answers.module.UNet(3, width=4, depth=3) for answers in (ours, theirs))
    parity.randomize(model, scale=0.1)
    picture = images((40, 64), count=2)
    label = np.random.default_rng(7).choice([0, 1, 2, 255], (2, 40, 64))
    logits = solved.assert_same_output(ours, theirs, model, other, picture)
    loss = solved.assert_same_step(ours, theirs, model, other, picture, label)
    assert loss == pytest.approx(ours.loss(logits, label), abs=1e-4)


def test_both_mobile_unets_compute_and_learn_alike() -> None:
    ours, theirs = both()
    ours.seed()
    encoder = make_encoder(ours)
    parity.randomize(encoder, scale=0.1)
    model, other = (
        ours.module.MobileUNet(3, encoder),
        theirs.module.MobileUNet(3, make_encoder(theirs)),
    )
    picture = images((64, 96), count=2)
    label = np.random.default_rng(7).choice([0, 1, 2, 255], (2, 64, 96))
    solved.assert_same_output(ours, theirs, model, other, picture)
    solved.assert_same_step(ours, theirs, model, other, picture, label, frozen=encoder)


@pytest.mark.parametrize("dropout", [False, True])
def test_both_upsample_blocks_compute_alike(dropout: bool) -> None:
    ours, theirs = both()
    block, other = (upsample_block(answers, 4, 6, dropout) for answers in (ours, theirs))
    parity.randomize(block, scale=0.5)
    solved.assert_same_output(ours, theirs, block, other, images((6, 8), count=2, channels=4))


# --- what only TensorFlow has ----------------------------------------------------------------


def test_tensorflow_works_in_one_graph_for_all_sizes() -> None:
    theirs = Answers("unet", "tensorflow")
    encoder = make_encoder(theirs)
    for model, step in (
        (theirs.module.UNet(3, width=2, depth=2), 4),
        (theirs.module.MobileUNet(3, encoder), 32),
    ):
        solved.assert_one_graph_for_all_sizes(theirs, model, [(step, 2 * step), (3 * step, step)])


@pytest.mark.parametrize("network", ["UNet", "MobileUNet"])
def test_keras_saves_and_loads_a_network(tmp_path: Any, network: str) -> None:
    theirs = Answers("unet", "tensorflow")
    import keras

    if network == "UNet":
        model = theirs.module.UNet(3, width=1, depth=2)
    else:
        model = theirs.module.MobileUNet(3, make_encoder(theirs, (1, 1, 1, 1, 1)))
    model.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        theirs.run(loaded, images((32, 64))), theirs.run(model, images((32, 64)))
    )
