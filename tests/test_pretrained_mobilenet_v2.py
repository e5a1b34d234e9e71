"""Published MobileNetV2 weights in the encoders: the same network as its publisher's.

The files are small and random, laid out as the published ones. What the encoder computes with them
is compared with torchvision's network, written down again, and with Keras's own.
"""

import hashlib
import importlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import published_mobilenet_v2
import pytest
import solved
from published_mobilenet_v2 import WIDTH
from solved import Answers

from pixelwise.pretrained import WeightsError, load_mobilenet_v2, mobilenet_v2
from pixelwise.pretrained.places import find
from pixelwise.pretrained.registry import Published, registry

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])

answers = solved.answers("unet")
one_thread, seeded = solved.one_thread, solved.seeded


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIXELWISE_LANG", "en")


def make(answers: Answers, width: float = WIDTH) -> Any:
    module = importlib.import_module(f"pixelwise.encoders.mobilenet_v2_{answers.framework}")
    return module.MobileNetV2Encoder(width)


@pytest.fixture(scope="module")
def network(answers: Answers) -> Any:
    """The publisher's network, small and with random weights."""
    if answers.is_torch:
        return published_mobilenet_v2.torch_network()
    return published_mobilenet_v2.keras_network()


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Path], Published]:
    """Has the registry take a small file for the published one, checksum or size."""

    def take(framework: str, path: Path) -> Published:
        entry = registry()["mobilenet_v2", framework]
        content = path.read_bytes()
        checksum = f"sha256:{hashlib.sha256(content).hexdigest()}" if entry.checksum else ""
        entry = replace(entry, size=len(content), checksum=checksum)
        monkeypatch.setitem(registry(), ("mobilenet_v2", framework), entry)
        monkeypatch.setattr(mobilenet_v2, "PUBLISHED_WIDTH", WIDTH)
        return entry

    return take


@pytest.fixture
def file(answers: Answers, network: Any, register: Any, tmp_path: Path) -> Path:
    """The publisher's file of that network."""
    path = tmp_path / registry()["mobilenet_v2", answers.framework].file
    if answers.is_torch:
        published_mobilenet_v2.write_torch(path, network)
    else:
        published_mobilenet_v2.write_keras(path, network)
    register(answers.framework, path)
    return path


def picture(size: tuple[int, int]) -> np.ndarray:
    """An image of soft coloured spots, (1, *size, 3) uint8."""
    spots = np.random.default_rng(1).integers(0, 256, (size[0] // 8, size[1] // 8, 3))
    return np.kron(spots, np.ones((8, 8, 1)))[None].astype(np.uint8)


def normalized(image: np.ndarray) -> np.ndarray:
    return ((image / 255 - MEAN) / STD).astype(np.float32)


def for_keras(image: np.ndarray) -> np.ndarray:
    import keras

    return keras.applications.mobilenet_v2.preprocess_input(image.astype(np.float32))


def values_of(network: Any) -> list[np.ndarray]:
    """All weights of a network."""
    if hasattr(network, "state_dict"):
        return [value.numpy().copy() for value in network.state_dict().values()]
    return [weight.numpy() for weight in network.weights]


def assert_unchanged(network: Any, before: list[np.ndarray]) -> None:
    for value, old in zip(values_of(network), before, strict=True):
        np.testing.assert_array_equal(value, old)


# --- the same network as the publisher's -----------------------------------------------------


@pytest.mark.parametrize("zipped", [False, True])
def test_torch_makes_torchvisions_maps(tmp_path: Path, zipped: bool) -> None:
    """The published file has the format of torch before 1.6; the newer one is read alike."""
    torch = pytest.importorskip("torch")
    from pixelwise.pretrained.mobilenet_v2_torch import copy_from

    ours = Answers("unet", "torch")
    image = normalized(picture((64, 96)))
    network, encoder = published_mobilenet_v2.torch_network(), make(ours)
    published_mobilenet_v2.write_torch(tmp_path / "file.pth", network, zipped=zipped)
    copy_from(tmp_path / "file.pth", encoder)
    with torch.no_grad():
        expected = published_mobilenet_v2.torch_maps(network, ours.tensor(image))
    for one, other in zip(ours.run(encoder, image), expected, strict=True):
        assert other.std() > 0.01
        np.testing.assert_allclose(one, ours.array(other), atol=1e-5 * other.abs().max())


def test_keras_makes_the_maps_of_keras(register: Any, tmp_path: Path) -> None:
    """Where the first convolution does not look beyond the border, all maps are the same.

    Names in the file do not matter: those of the published one are older than Keras's of today.
    """
    ours = Answers("unet", "tensorflow")
    network = published_mobilenet_v2.keras_network()
    first = network.get_layer("Conv1").kernel
    inside = first.numpy()
    inside[2], inside[:, 2] = 0, 0  # what Keras pads is below and on the right
    first.assign(inside)
    path = tmp_path / "file.h5"
    published_mobilenet_v2.write_keras(path, network, prefix="older_")
    register("tensorflow", path)
    encoder = make(ours)
    load_mobilenet_v2(encoder, path)
    image = picture((64, 96))
    expected = published_mobilenet_v2.keras_maps(network)(for_keras(image))
    for one, other in zip(ours.run(encoder, normalized(image)), expected, strict=True):
        other = other.numpy()
        assert other.std() > 0.01
        np.testing.assert_allclose(one, other, atol=1e-4 * np.abs(other).max())


def test_keras_first_layer_is_the_same_inside_and_almost_the_same_at_the_border() -> None:
    pytest.importorskip("tensorflow")
    import keras

    from pixelwise.pretrained.mobilenet_v2_tensorflow import for_normalized_images

    rng = np.random.default_rng(0)
    kernel, mean = rng.normal(size=(3, 3, 3, 8)).astype(np.float32), rng.normal(size=8)
    image = picture((64, 96))
    new_kernel, new_mean = for_normalized_images(kernel, mean)
    expected = keras.ops.conv(for_keras(image), kernel, strides=2, padding="same").numpy() - mean
    found = keras.ops.conv(normalized(image), new_kernel, strides=2, padding="same").numpy()
    found -= new_mean
    np.testing.assert_allclose(found[:, :-1, :-1], expected[:, :-1, :-1], atol=1e-5)
    difference = np.abs(found - expected).max()
    assert 0.01 < difference < 0.5 * expected.std()


def test_another_epsilon_and_its_scale_make_the_same_batch_norm() -> None:
    pytest.importorskip("tensorflow")
    from keras import layers

    from pixelwise.pretrained.mobilenet_v2_tensorflow import for_epsilon

    theirs, ours = (layers.BatchNormalization(epsilon=epsilon) for epsilon in (1e-3, 1e-5))
    x = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)
    theirs.build(x.shape)
    ours.build(x.shape)
    for norm in (theirs, ours):
        norm.moving_variance.assign([0, 1e-4, 1e-2, 1])
    ours.gamma.assign(for_epsilon(theirs, ours.epsilon))
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-5)


def test_real_torchvision_and_its_weights() -> None:
    """Only where both are on this machine."""
    torch = pytest.importorskip("torch")
    models = pytest.importorskip("torchvision").models
    from pixelwise.pretrained.mobilenet_v2_torch import copy_from

    ours, path = Answers("unet", "torch"), find(registry()["mobilenet_v2", "torch"])
    if path is None:
        pytest.skip("the published weights are not on this machine")
    encoder, network = make(ours, 1.0), models.mobilenet_v2().eval()
    copy_from(path, encoder)
    network.load_state_dict(torch.load(path, weights_only=True))
    image = normalized(picture((64, 96)))
    with torch.no_grad():
        expected = published_mobilenet_v2.torch_maps(network, ours.tensor(image))
    for one, other in zip(ours.run(encoder, image), expected, strict=True):
        np.testing.assert_allclose(one, ours.array(other), atol=1e-5)


# --- the networks they fit -------------------------------------------------------------------


def test_mobile_unet_gets_them_in_its_encoder_only_and_keeps_them(
    answers: Answers, file: Path
) -> None:
    """Frozen: training changes nothing of the encoder, statistics of batch norms included."""
    alone, encoder = make(answers), make(answers)
    load_mobilenet_v2(alone, file)
    model = answers.module.MobileUNet(3, encoder)
    at_first = values_of(model)
    load_mobilenet_v2(model, file)
    assert_unchanged(encoder, values_of(alone))
    changed = sum((new != old).any() for new, old in zip(values_of(model), at_first, strict=True))
    assert 0 < changed <= len(values_of(encoder))

    image = normalized(picture((64, 96)))
    label = np.random.default_rng(7).integers(0, 3, (1, 64, 96))
    before = answers.run(model, image)
    assert before.shape == (1, 64, 96, 3)
    loss = answers.train_step(model, answers.sgd(model, lr=0.1), image, label)
    assert np.isfinite(loss)
    assert_unchanged(encoder, values_of(alone))
    assert answers.parameters(encoder) == 0
    assert np.abs(answers.run(model, image) - before).max() > 1e-3


# --- the networks they do not fit ------------------------------------------------------------


def refusal(network: Any, path: Path | None = None) -> str:
    """What is said; a refused network is as it was."""
    before = values_of(network)
    with pytest.raises(WeightsError) as refused:
        load_mobilenet_v2(network, path)
    assert_unchanged(network, before)
    return str(refused.value)


def test_another_width_is_refused_before_a_file_is_looked_for(answers: Answers) -> None:
    said = refusal(make(answers), Path("no such file"))
    assert "fit width=1.0 only" in said
    assert "Conv1 makes 8 channels, not 32" in said


def test_a_network_without_such_an_encoder_is_refused(answers: Answers) -> None:
    if answers.is_torch:
        network = answers.library.nn.Conv2d(3, 8, 3)
    else:
        from keras import Input, Sequential, layers

        network = Sequential([Input((None, None, 3)), layers.Conv2D(8, 3, name="Conv1")])
    assert "holds no MobileNetV2Encoder" in refusal(network)


@pytest.mark.parametrize("thing", [None, "mobilenet_v2", np.zeros(3), Answers])
def test_what_is_no_network_is_refused(thing: Any) -> None:
    with pytest.raises(WeightsError, match="load_mobilenet_v2 takes a network of PyTorch or Keras"):
        load_mobilenet_v2(thing)


# --- the files -------------------------------------------------------------------------------


def test_a_file_that_is_cut_off_is_refused(answers: Answers, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])
    said = refusal(make(answers), file)
    assert str(file) in said
    assert f"pixelwise weights fetch mobilenet_v2 --framework {answers.framework}" in said
    size = file.stat().st_size
    flaw = "Its checksum is" if answers.is_torch else f"It has {size} bytes, but {size + 1} are"
    assert flaw in said


def test_a_file_of_the_right_size_that_keras_cannot_read_is_refused(
    register: Any, tmp_path: Path
) -> None:
    ours = Answers("unet", "tensorflow")
    path = tmp_path / "file.h5"
    path.write_bytes(bytes(1000))
    register("tensorflow", path)
    said = refusal(make(ours), path)
    assert str(path) in said
    assert "Keras cannot read it" in said
    assert "Delete it and run" in said


def test_a_path_without_a_file_is_named(answers: Answers, file: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "elsewhere.pth", tmp_path):  # the second is a folder
        assert f"There is no file {path}." in refusal(make(answers), path)


def test_the_keras_file_is_the_one_that_keras_itself_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("tensorflow")
    module = importlib.import_module("keras.src.applications.mobilenet_v2")
    asked = {}

    def get_file(name: str, address: str, cache_subdir: str, **more: Any) -> Path:
        asked.update(name=name, address=address, folder=cache_subdir, **more)
        raise InterruptedError

    monkeypatch.setattr(module.file_utils, "get_file", get_file)
    with pytest.raises(InterruptedError):
        module.MobileNetV2(include_top=False, input_shape=(224, 224, 3))
    entry = registry()["mobilenet_v2", "tensorflow"]
    # No checksum is among what Keras knows of it.
    assert asked == {"name": entry.file, "address": entry.url, "folder": "models"}


def test_the_torch_files_name_holds_the_beginning_of_its_checksum() -> None:
    entry = registry()["mobilenet_v2", "torch"]
    assert entry.url.endswith("/" + entry.file)
    assert entry.file == f"mobilenet_v2-{entry.checksum.removeprefix('sha256:')[:8]}.pth"
