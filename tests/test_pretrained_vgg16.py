"""Published VGG16 weights in our and in learners' encoders: the same network as its publisher's.

The files are small and random, laid out as the published ones. What the encoder computes with them
is compared with a VGG16 of the framework's own layers, fully connected ones included.
"""

import hashlib
import importlib
import inspect
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import published_vgg16
import pytest
from test_solutions_fcn import Answers

from pixelwise.pretrained import WeightsError, load_vgg16, vgg16
from pixelwise.pretrained.registry import registry

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FRAMEWORKS = ("torch", "tensorflow")
WIDTH = 2
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


@pytest.fixture(scope="module", params=FRAMEWORKS)
def answers(request: pytest.FixtureRequest) -> Answers:
    return Answers(request.param)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIXELWISE_LANG", "en")


def write(framework: str, path: Path, weights: published_vgg16.Weights) -> Path:
    """The file that a framework's publisher would make of weights for normalised images."""
    if framework == "torch":
        published_vgg16.write_torch(path, weights)
    else:
        published_vgg16.write_keras(path, published_vgg16.for_caffe_images(weights))
    return path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes a framework's small file and has the registry take it for the published one."""

    def make(framework: str) -> Path:
        path = tmp_path / registry()["vgg16", framework].file
        write(framework, path, published_vgg16.random_weights(WIDTH))
        content = path.read_bytes()
        entry = replace(
            registry()["vgg16", framework],
            size=len(content),
            checksum=f"sha256:{hashlib.sha256(content).hexdigest()}",
        )
        monkeypatch.setitem(registry(), ("vgg16", framework), entry)
        monkeypatch.setattr(vgg16, "PUBLISHED_WIDTH", WIDTH)
        return path

    return make


def picture(size: int) -> np.ndarray:
    """An image of soft coloured spots, (1, size, size, 3) uint8."""
    spots = np.random.default_rng(1).integers(0, 256, (size // 16, size // 16, 3))
    return np.kron(spots, np.ones((16, 16, 1)))[None].astype(np.uint8)


def normalized(image: np.ndarray) -> np.ndarray:
    return ((image / 255 - MEAN) / STD).astype(np.float32)


def values_of(network: Any) -> list[np.ndarray]:
    """All weights of a network."""
    if hasattr(network, "state_dict"):
        return [value.numpy().copy() for value in network.state_dict().values()]
    return [weight.numpy() for weight in network.weights]


def assert_unchanged(network: Any, before: list[np.ndarray]) -> None:
    for value, old in zip(values_of(network), before, strict=True):
        np.testing.assert_array_equal(value, old)


# --- the same network as the publisher's -----------------------------------------------------


def torchvision_features_and_fc7(path: Path, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """pool5, channels last, and the last hidden layer of torchvision's network."""
    import torch
    from torch import nn

    parts: list[nn.Module] = []
    channels = 3
    for num_convs, widths in published_vgg16.STAGES:
        for _ in range(num_convs):
            parts += [nn.Conv2d(channels, widths * WIDTH, 3, padding=1), nn.ReLU(inplace=True)]
            channels = widths * WIDTH
        parts.append(nn.MaxPool2d(2, stride=2))
    hidden = 64 * WIDTH
    network = nn.Module()
    network.features = nn.Sequential(*parts)
    network.classifier = nn.Sequential(
        nn.Linear(channels * 7 * 7, hidden), nn.ReLU(True), nn.Dropout(),
        nn.Linear(hidden, hidden), nn.ReLU(True), nn.Dropout(),
        nn.Linear(hidden, 5),
    )  # fmt: skip
    network.load_state_dict(torch.load(path, weights_only=True))  # all names, all shapes
    network.eval()
    with torch.no_grad():
        pool5 = network.features(torch.from_numpy(normalized(image)).permute(0, 3, 1, 2))
        fc7 = network.classifier[:5](torch.flatten(pool5, 1))
    return pool5.permute(0, 2, 3, 1).numpy(), fc7[0].numpy()


def keras_features_and_fc7(path: Path, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """pool5 and the last hidden layer of Keras's network, which reads the file itself."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input((224, 224, 3))])
    for stage, (num_convs, widths) in enumerate(published_vgg16.STAGES, start=1):
        for number in range(1, num_convs + 1):
            name = f"block{stage}_conv{number}"
            conv = layers.Conv2D(widths * WIDTH, 3, padding="same", activation="relu", name=name)
            network.add(conv)
        network.add(layers.MaxPooling2D(2, strides=2))
    pool5 = network.layers[-1]
    network.add(layers.Flatten())
    network.add(layers.Dense(64 * WIDTH, activation="relu", name="fc1"))
    network.add(layers.Dense(64 * WIDTH, activation="relu", name="fc2"))
    network.add(layers.Dense(5, name="predictions"))
    network.load_weights(path)
    caffe = keras.applications.vgg16.preprocess_input(image.astype(np.float32))
    outputs = keras.Model(network.inputs, [pool5.output, network.get_layer("fc2").output])(caffe)
    return outputs[0].numpy(), outputs[1].numpy()[0]


def test_fc7_in_the_centre_is_the_classifiers_last_hidden_layer(
    answers: Answers, small: Callable[[str], Path]
) -> None:
    """The encoder pads its 7×7 map for fc6, so only the centre cell sees what fc6 once saw."""
    path, image = small(answers.framework), picture(224)
    encoder = answers.module.VGG16Encoder(WIDTH)
    load_vgg16(encoder, path)
    *_, fc7 = answers.run(encoder, normalized(image))
    reference = torchvision_features_and_fc7 if answers.is_torch else keras_features_and_fc7
    pool5, expected = reference(path, image)
    assert pool5.shape == (1, 7, 7, 8 * WIDTH)
    assert expected.std() > 0.1
    # Keras pads another colour than we do, half a level off; see for_normalized_images.
    tolerance = 1e-5 if answers.is_torch else 2e-3
    np.testing.assert_allclose(fc7[0, 3, 3], expected, rtol=0, atol=tolerance * expected.max())


def test_keras_first_layer_is_the_same_inside_and_all_but_the_same_at_the_border() -> None:
    pytest.importorskip("tensorflow")
    import keras

    from pixelwise.pretrained.vgg16_tensorflow import for_normalized_images

    kernel, bias = published_vgg16.for_caffe_images(published_vgg16.random_weights(8))[0]
    image = picture(64)
    caffe = keras.applications.vgg16.preprocess_input(image.astype(np.float32))
    expected = keras.ops.conv(caffe, kernel, padding="same").numpy() + bias
    kernel, bias = for_normalized_images(kernel, bias)
    found = keras.ops.conv(normalized(image), kernel, padding="same").numpy() + bias
    np.testing.assert_allclose(found[:, 1:-1, 1:-1], expected[:, 1:-1, 1:-1], atol=1e-4)
    difference = np.abs(found - expected).max()
    assert 1e-4 < difference < 0.01 * expected.std()


def test_both_frameworks_make_the_same_maps_of_the_same_weights(
    small: Callable[[str], Path],
) -> None:
    maps = []
    for framework in FRAMEWORKS:
        answers = Answers(framework)
        encoder = answers.module.VGG16Encoder(WIDTH)
        load_vgg16(encoder, small(framework))
        maps.append(answers.run(encoder, normalized(picture(96))))
    for ours, theirs in zip(*maps, strict=True):
        assert ours.std() > 0.05
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4 * ours.max())


def test_torchs_newer_format_is_read_alike(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from pixelwise.pretrained.vgg16_torch import convolutions, copy_from
    from solutions.fcn_torch import VGG16Encoder

    weights = published_vgg16.random_weights(1)
    found = []
    for zipped in (False, True):
        encoder, path = VGG16Encoder(1), tmp_path / f"{zipped}.pth"
        published_vgg16.write_torch(path, weights, zipped=zipped)
        copy_from(path, vgg16.encoder_in(convolutions(encoder)))
        found.append(values_of(encoder))
    for old, new in zip(*found, strict=True):
        np.testing.assert_array_equal(old, new)


# --- the networks they fit -------------------------------------------------------------------


@pytest.mark.parametrize("network", ["FCN32s", "FCN16s", "FCN8s"])
def test_a_network_with_an_encoder_in_it_gets_the_weights_there_only(
    answers: Answers, small: Callable[[str], Path], network: str
) -> None:
    path = small(answers.framework)
    encoder = answers.module.VGG16Encoder(WIDTH)
    load_vgg16(encoder, path)
    model = getattr(answers.module, network)(3, WIDTH)
    others = values_of(model)[30:]  # behind 15 kernels and biases
    load_vgg16(model, path)
    loaded = values_of(model)
    assert len(loaded) > 30
    for value, expected in zip(loaded[:30], values_of(encoder), strict=True):
        np.testing.assert_array_equal(value, expected)
    for value, old in zip(loaded[30:], others, strict=True):
        np.testing.assert_array_equal(value, old)


def torch_flat(width: int) -> Any:
    """One nn.Sequential of lazy layers, as one textbook writes networks, without our names."""
    from torch import nn

    parts: list[nn.Module] = []
    for num_convs, widths in published_vgg16.STAGES:
        for _ in range(num_convs):
            parts += [nn.LazyConv2d(widths * width, 3, padding=1), nn.ReLU()]
        parts.append(nn.MaxPool2d(2))
    parts += [nn.LazyConv2d(64 * width, 7, padding=3), nn.ReLU(), nn.Dropout()]
    parts += [nn.LazyConv2d(64 * width, 1), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*parts)


def keras_subclass(width: int) -> Any:
    """A subclass of keras.Model whose stages are layers with lists of layers, not yet called."""
    import keras
    from keras import layers

    class Stage(layers.Layer):
        def __init__(self, channels: int, num_convs: int) -> None:
            super().__init__()
            self.convs = [
                layers.Conv2D(channels, 3, padding="same", activation="relu")
                for _ in range(num_convs)
            ]
            self.pool = layers.MaxPooling2D(2)

        def call(self, x: Any) -> Any:
            for conv in self.convs:
                x = conv(x)
            return self.pool(x)

    class Encoder(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.stages = [Stage(widths * width, num) for num, widths in published_vgg16.STAGES]
            self.top = keras.Sequential([
                layers.Conv2D(64 * width, 7, padding="same", activation="relu"),
                layers.Dropout(0.5),
                layers.Conv2D(64 * width, 1, activation="relu"),
            ])  # fmt: skip

        def call(self, x: Any, training: bool = False) -> Any:
            for stage in self.stages:
                x = stage(x)
            return self.top(x, training=training)

    return Encoder()


def keras_flat(width: int) -> Any:
    """One functional model of all layers, with the scores of FCN-16s beside the encoder."""
    import keras
    from keras import layers

    x = image = keras.Input((None, None, 3))
    maps = []
    for num_convs, widths in published_vgg16.STAGES:
        for _ in range(num_convs):
            x = layers.Conv2D(widths * width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
        maps.append(x)
    score_pool4 = layers.Conv2D(5, 1)(maps[3])
    x = layers.Conv2D(64 * width, 7, padding="same", activation="relu")(x)
    fc7 = layers.Conv2D(64 * width, 1, activation="relu")(x)
    score_fr = layers.UpSampling2D(2)(layers.Conv2D(5, 1)(fc7))
    return keras.Model(image, [score_fr + score_pool4, fc7])


@pytest.mark.parametrize("make", [torch_flat, keras_subclass, keras_flat])
def test_learners_encoders_are_matched_by_order_whatever_their_names(
    small: Callable[[str], Path], make: Callable[[int], Any]
) -> None:
    answers = Answers(make.__name__.split("_")[0].replace("keras", "tensorflow"))
    path = small(answers.framework)
    ours, theirs = answers.module.VGG16Encoder(WIDTH), make(WIDTH)
    load_vgg16(ours, path)
    load_vgg16(theirs, path)
    image = normalized(picture(64))
    *_, expected = answers.run(ours, image)
    assert expected.std() > 0.05
    found = answers.run(theirs, image)
    fc7 = found[-1] if isinstance(found, list) else found
    np.testing.assert_allclose(fc7, expected, atol=1e-5)


def test_the_published_width_is_that_of_the_papers_network() -> None:
    """Counted without the memory that 134 million weights take."""
    torch = pytest.importorskip("torch")
    from pixelwise.pretrained.vgg16_torch import convolutions
    from solutions.fcn_torch import FCN8s

    with torch.device("meta"):
        model = FCN8s(21)
    encoder = vgg16.encoder_in(convolutions(model))
    vgg16.require_published_width(encoder)
    # torchvision's and Keras's VGG16, less the layer of 1000 classes.
    count = sum(conv.kernel.numel() + conv.bias.numel() for conv in encoder)
    assert count == 138_357_544 - (4096 * 1000 + 1000)


# --- the networks they do not fit ------------------------------------------------------------


def refusal(network: Any, path: Path | None = None) -> str:
    """What is said; a refused network is as it was."""
    before = values_of(network)
    with pytest.raises(WeightsError) as refused:
        load_vgg16(network, path)
    assert_unchanged(network, before)
    return str(refused.value)


def test_another_width_is_refused_before_a_file_is_looked_for(answers: Answers) -> None:
    said = refusal(answers.module.VGG16Encoder(3), Path("no such file"))
    assert "width=64 only" in said
    assert "this network has width=3" in said


def test_the_first_layer_that_does_not_fit_is_named(answers: Answers) -> None:
    if answers.is_torch:
        network = answers.module.VGG16Encoder(WIDTH)
        network.stage3.conv3_2 = answers.library.nn.Conv2d(8, 8, 5, padding=2)
        layer = "stage3.conv3_2"
    else:
        import keras
        from keras import layers

        network = keras.Sequential([
            keras.Input((None, None, 3)),
            *(layers.Conv2D(n * WIDTH, 3, name=f"mine{i}") for i, n in enumerate((1, 1, 2, 2, 4))),
            layers.Conv2D(8, 5, name="wrong"),
        ])  # fmt: skip
        layer = "wrong"
    said = refusal(network)
    assert f"{layer} does not fit: it is a convolution of 5×5, 8 → 8 channels" in said
    assert "conv3_2, of 3×3, 8 → 8 channels" in said


def test_layers_in_another_order_are_refused() -> None:
    nn = pytest.importorskip("torch").nn
    network = nn.Module()
    network.first = nn.Conv2d(3, 2, 3)
    network.fc7 = nn.Conv2d(128, 128, 1)
    network.second = nn.Conv2d(2, 2, 3)
    said = refusal(network)
    assert said.startswith("fc7 does not fit")
    assert "conv1_2" in said
    assert "order" in said


def test_a_network_that_ends_early_is_refused(answers: Answers) -> None:
    """VGG16 without its fully connected layers."""
    if answers.is_torch:
        stages = list(answers.module.VGG16Encoder(WIDTH).children())[:5]
        network = answers.library.nn.Sequential(*stages)
    else:
        import keras

        whole = answers.module.VGG16Encoder(WIDTH)

        network = keras.Model(whole.input, whole.get_layer("pool5").output)
    said = refusal(network)
    assert "is the last convolution of this network, but VGG16 goes on with fc6, of 7×7" in said


def test_a_layer_without_bias_is_named(answers: Answers) -> None:
    if answers.is_torch:
        network = answers.module.VGG16Encoder(WIDTH)
        network.fc6 = answers.library.nn.Conv2d(16, 128, 7, bias=False)
    else:
        from keras import Input, Sequential, layers

        network = Sequential([Input((None, None, 3)), layers.Conv2D(2, 3, use_bias=False)])
        network.add(layers.Conv2D(2, 3))
    said = refusal(network)
    assert "has no bias" in said
    assert ("fc6" if answers.is_torch else "conv1_1") in said


def test_what_is_no_vgg16_is_refused(answers: Answers) -> None:
    if answers.is_torch:
        nn = answers.library.nn
        networks = [nn.Linear(3, 4), nn.Conv2d(1, 2, 3), nn.Conv2d(3, 2, 7)]
    else:
        from keras import Input, Sequential, layers

        networks = [
            Sequential([Input((None, None, 3)), layer])
            for layer in (layers.Dense(4), layers.Conv2D(2, 7), layers.Conv2DTranspose(2, 3))
        ]
        networks[-1] = Sequential([Input((None, None, 1)), layers.Conv2D(2, 3)])
    for network in networks:
        assert "holds no VGG16" in refusal(network)


@pytest.mark.parametrize("thing", [None, "vgg16", np.zeros(3), Answers])
def test_what_is_no_network_is_refused(thing: Any) -> None:
    with pytest.raises(WeightsError, match="a network of PyTorch or Keras"):
        load_vgg16(thing)


# --- the files -------------------------------------------------------------------------------


def test_a_damaged_file_is_refused_and_nothing_changed(
    answers: Answers, small: Callable[[str], Path]
) -> None:
    path = small(answers.framework)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    network = answers.module.VGG16Encoder(WIDTH)
    said = refusal(network, path)
    assert str(path) in said
    assert "Its checksum is sha256:" in said
    assert f"pixelwise weights fetch vgg16 --framework {answers.framework}" in said


def test_a_path_without_a_file_is_named(
    answers: Answers, small: Callable[[str], Path], tmp_path: Path
) -> None:
    small(answers.framework)
    network = answers.module.VGG16Encoder(WIDTH)
    for path in (tmp_path / "elsewhere.pth", tmp_path):  # the second is a folder
        assert f"There is no file {path}." in refusal(network, path)


def test_the_keras_file_is_the_one_that_keras_itself_takes() -> None:
    pytest.importorskip("tensorflow")
    module = importlib.import_module("keras.src.applications.vgg16")
    ours = registry()["vgg16", "tensorflow"]
    assert ours.url == module.WEIGHTS_PATH
    assert ours.checksum.removeprefix("md5:") in inspect.getsource(module)
    # In the order in which Keras builds the layers.
    names = [layer.name for layer in module.VGG16(include_top=False, weights=None).layers]
    from pixelwise.pretrained.vgg16_tensorflow import NAMES

    assert [name for name in names if "conv" in name] == NAMES[:13]


def test_the_torch_files_name_holds_the_beginning_of_its_checksum() -> None:
    ours = registry()["vgg16", "torch"]
    assert ours.url.endswith("/" + ours.file)
    assert ours.file == f"vgg16-{ours.checksum.removeprefix('sha256:')[:8]}.pth"
