"""MobileNetV2 as an encoder: the same network in both frameworks, and the one that is published."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import solved
from solved import Answers, images

from pixelwise import encoders
from pixelwise.encoders.mobilenet_v2 import MAPS, blocks

one_thread = solved.one_thread

WIDTH = 0.1
SIZE = (64, 96)


def make(framework: str, width: float = WIDTH, **more: Any) -> Any:
    pytest.importorskip(framework)
    if framework == "torch":
        from pixelwise.encoders.mobilenet_v2_torch import MobileNetV2Encoder

        return MobileNetV2Encoder(width, **more)
    from pixelwise.encoders.mobilenet_v2_tensorflow import MobileNetV2Encoder

    return MobileNetV2Encoder(width, **more)


def torch_layers(encoder: Any) -> dict[str, Any]:
    """The convolutions and batch norms, by Keras's names."""
    return {
        path.replace(".", "_"): module
        for path, module in encoder.named_modules()
        if type(module).__name__ in ("Conv2d", "BatchNorm2d")
    }


PARTS = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
    "kernel": "weight",
}


def carry_over(encoder: Any, model: Any) -> None:
    """Give the Keras encoder the weights of the PyTorch one, by name."""
    ours = torch_layers(encoder)
    for layer in model.layers:
        for weight in layer.weights:
            array = getattr(ours[layer.name], PARTS[weight.name]).detach().numpy()
            if "depthwise" in layer.name and array.ndim == 4:
                array = array.transpose(2, 3, 0, 1)  # (C, 1, kh, kw) to (kh, kw, C, 1)
            elif array.ndim == 4:
                array = array.transpose(2, 3, 1, 0)  # (out, in, kh, kw) to (kh, kw, in, out)
            weight.assign(array)


@pytest.fixture(scope="module")
def pair() -> tuple[Any, Any]:
    """Encoders of both frameworks with the same random weights.

    Batch norms have the statistics of another picture: with random ones every layer would enlarge
    the rounding errors of the one before.
    """
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    encoder, model = make("torch", padding="same"), make("tensorflow")
    for module in torch_layers(encoder).values():
        if module.weight.ndim == 1:
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0.2, 0.5)
            module.momentum = 1.0
    with torch.no_grad():
        encoder.train()(torch.randn(2, 3, *SIZE))
    for module in torch_layers(encoder).values():
        if module.weight.ndim == 1:
            module.momentum = 0.1
    carry_over(encoder, model)
    return encoder, model


# --- what comes out --------------------------------------------------------------------------


@pytest.mark.parametrize("framework", ["torch", "tensorflow"])
def test_five_maps_from_fine_to_coarse(framework: str) -> None:
    answers, encoder = Answers("unet", framework), make(framework)
    maps = answers.run(encoder, images(SIZE, count=2))
    assert [x.shape for x in maps] == [
        (2, 32, 48, 48),
        (2, 16, 24, 48),
        (2, 8, 12, 48),
        (2, 4, 6, 96),
        (2, 2, 3, 32),
    ]
    # What comes before a convolution of stride 2 has been through ReLU6; the last map has not.
    assert all(x.min() >= 0 and x.max() <= 6 for x in maps[:4])
    assert maps[4].min() < 0


def test_keras_tells_the_channels_without_a_run(pair: tuple[Any, Any]) -> None:
    assert [x.shape for x in pair[1].outputs] == [
        (None, None, None, channels) for channels in (48, 48, 48, 96, 32)
    ]


def test_keras_keeps_the_settings_of_batch_norm_where_it_rebuilds_the_encoder(
    pair: tuple[Any, Any],
) -> None:
    import keras

    rebuilt = keras.Model.from_config(pair[1].get_config())
    norms = [
        layer for layer in rebuilt.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert {(norm.momentum, norm.epsilon) for norm in norms} == {(0.9, 1e-5)}


def test_the_paddings_differ_by_a_move_of_one_cell() -> None:
    """In the first of the maps, whose two last rows and columns see the border."""
    answers = Answers("unet", "torch")
    symmetric, same = make("torch"), make("torch", padding="same")
    same.load_state_dict(symmetric.state_dict())
    picture, moved = images(SIZE), np.zeros((1, *SIZE, 3), np.float32)
    moved[:, 1:, 1:] = picture[:, :-1, :-1]
    expected, found = answers.run(symmetric, picture)[0], answers.run(same, moved)[0]
    np.testing.assert_allclose(found[:, :-2, :-2], expected[:, :-2, :-2], atol=1e-5)
    assert np.abs(answers.run(same, picture)[0] - expected).max() > 0.1


def test_an_unknown_padding_is_refused() -> None:
    with pytest.raises(ValueError, match="'symmetric' or 'same', not 'valid'"):
        make("torch", padding="valid")


# --- both frameworks -------------------------------------------------------------------------


def test_layers_have_the_same_names_in_the_same_order(pair: tuple[Any, Any]) -> None:
    encoder, model = pair
    assert list(torch_layers(encoder)) == [layer.name for layer in model.layers if layer.weights]
    assert len(torch_layers(encoder)) == 51 + 50  # the last convolution has no batch norm
    assert set(MAPS) <= {layer.name for layer in model.layers}


def test_batch_norms_have_the_same_settings(pair: tuple[Any, Any]) -> None:
    encoder, model = pair
    for name, module in torch_layers(encoder).items():
        if module.weight.ndim == 1:
            theirs = model.get_layer(name)
            assert module.eps == theirs.epsilon
            assert module.momentum == pytest.approx(1 - theirs.momentum)


@pytest.mark.parametrize("training", [False, True])
def test_the_same_weights_give_the_same_maps(pair: tuple[Any, Any], training: bool) -> None:
    """In training mode batch norms take the statistics of the images, and move towards them."""
    ours, theirs = Answers("unet", "torch"), Answers("unet", "tensorflow")
    encoder, model = pair
    picture = images((128, 192), count=2)
    maps = ours.run(encoder, picture, training=training)
    others = theirs.run(model, picture, training=training)
    for one, other in zip(maps, others, strict=True):
        assert one.std() > 0.05
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-4 * np.abs(one).max())
    for name, module in torch_layers(encoder).items():
        if module.weight.ndim == 1:
            mean = model.get_layer(name).moving_mean.numpy()
            np.testing.assert_allclose(mean, module.running_mean.numpy(), atol=1e-4)


def test_the_same_weights_have_the_same_gradients(pair: tuple[Any, Any]) -> None:
    torch, tensorflow = pytest.importorskip("torch"), pytest.importorskip("tensorflow")
    encoder, model = pair
    carry_over(encoder, model)
    picture = images(SIZE)
    encoder.eval()
    encoder.zero_grad()
    maps = encoder(torch.from_numpy(picture).permute(0, 3, 1, 2))
    sum((x**2).mean() for x in maps).backward()
    kernel = model.get_layer("Conv1").kernel
    with tensorflow.GradientTape() as tape:
        loss = sum(tensorflow.reduce_mean(x**2) for x in model(picture, training=False))
    expected = tape.gradient(loss, kernel.value).numpy()
    found = encoder.Conv1.weight.grad.numpy().transpose(2, 3, 1, 0)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


# --- the published network -------------------------------------------------------------------

# Of keras.applications.MobileNetV2(include_top=False), statistics of batch norms included.
PUBLISHED = 2_257_984
LEFT_OUT = 4 * 320 + 320 * 1280 + 4 * 1280
"""block_16_project_BN, Conv_1 and Conv_1_bn."""


def test_the_default_has_the_published_parameters() -> None:
    torch = pytest.importorskip("torch")
    with torch.device("meta"):  # shapes without memory
        encoder = make("torch", 1.0)
        maps = encoder(torch.zeros(1, 3, 64, 64))
    values = [v for name, v in encoder.state_dict().items() if "num_batches" not in name]
    assert sum(value.numel() for value in values) == PUBLISHED - LEFT_OUT == 1_841_984
    # With torchvision's classifier and without statistics, as many as torchvision tells.
    statistics = sum(v.numel() for n, v in encoder.named_buffers() if "running" in n)
    trained = PUBLISHED - statistics - 2 * 320 - 2 * 1280 + 1280 * 1000 + 1000
    assert trained == 3_504_872
    assert [x.shape[1] for x in maps] == [96, 144, 192, 576, 320]


def test_keras_has_as_many() -> None:
    model = make("tensorflow", 1.0)
    assert model.count_params() == PUBLISHED - LEFT_OUT
    assert [x.shape[-1] for x in model.outputs] == [96, 144, 192, 576, 320]


@pytest.mark.parametrize("width", [0.05, 0.35, 0.3, 0.75, 1.0, 1.3, 1.4])
def test_channels_are_rounded_as_keras_rounds_them(width: float) -> None:
    pytest.importorskip("tensorflow")
    from keras.src.applications.mobilenet_v2 import _make_divisible

    published = [16, *[24] * 2, *[32] * 3, *[64] * 4, *[96] * 3, *[160] * 3, 320]
    found = list(blocks(width))
    assert [block.out_channels for block in found] == [
        _make_divisible(int(channels * width), 8) for channels in published
    ]
    assert found[0].in_channels == _make_divisible(32 * width, 8)


# --- imports ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("module", "others"), [
    ("mobilenet_v2", {"torch", "tensorflow", "keras"}),
    ("mobilenet_v2_torch", {"tensorflow", "keras"}),
    ("mobilenet_v2_tensorflow", {"torch", "torchvision"}),
])  # fmt: skip
def test_neither_framework_needs_the_other(module: str, others: set[str]) -> None:
    source = Path(encoders.__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    imported = re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE)
    assert imported
    assert not others & set(imported)
