"""Encoders of the grader's own: alike in both frameworks, and known after they were passed on."""

from itertools import pairwise

import numpy as np
import pytest

from pixelwise.course import load_course
from pixelwise.grading.engine import InProcessEngine
from pixelwise.grading.learner import Learner, Network
from pixelwise.grading.networks import BatchNorm, Convolution, Layer, ReLU
from pixelwise.grading.runtime import is_installed, make_runtime
from pixelwise.grading.source import parse_script
from pixelwise.grading.values import Array, Kernel, Map

COURSE = load_course()
CHANNELS = (2, 3, 5, 4, 1)

ON_TOP = {
    # Nothing is frozen.
    "torch": """
from torch import nn


class OnTop(nn.Module):
    def __init__(self, num_classes, encoder):
        super().__init__()
        self.encoder = encoder
        self.score = nn.Conv2d(1, num_classes, 1)

    def forward(self, x):
        return self.score(self.encoder(x)[-1])
""",
    "tensorflow": """
import keras
from keras import layers


def OnTop(num_classes, encoder):
    image = keras.Input((None, None, 3))
    return keras.Model(image, layers.Conv2D(num_classes, 1, name="score")(encoder(image)[-1]))
""",
}

FROZEN = {
    "torch": ("self.encoder = encoder", "self.encoder = encoder.requires_grad_(False)"),
    "tensorflow": (
        "    image = keras.Input",
        "    encoder.trainable = False\n    image = keras.Input",
    ),
}


@pytest.fixture(params=["torch", "tensorflow"])
def framework(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if not is_installed(name):
        pytest.skip(f"{name} is not installed")
    return name


def learner(framework: str, code: str = "") -> Learner:
    path = COURSE.solution("unet", framework)
    source = parse_script(path, code or ON_TOP[framework])
    engine = InProcessEngine(make_runtime(framework), source.reachable("OnTop"))
    return Learner(engine, source, framework)


def stages(*, with_norm: bool = False) -> list[list[Layer]]:
    rng = np.random.default_rng(0)
    made: list[list[Layer]] = []
    for number, (before, after) in enumerate(pairwise((3, *CHANNELS)), start=1):
        kernel = rng.normal(size=(1, 1, before, after)).astype(np.float32)
        stage: list[Layer] = [Convolution(f"conv{number}", kernel, np.zeros(after, np.float32))]
        if with_norm:
            mean = np.full(after, 0.5, np.float32)
            stage.append(BatchNorm(f"norm{number}", mean, 4 * mean))
        made.append([*stage, ReLU(f"relu{number}")])
    return made


def some_images(seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=(2, 64, 96, 3)).astype(np.float32)


def halved(x: Array) -> Array:
    images, height, width, channels = x.shape
    return x.reshape(images, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def test_an_encoder_gives_the_map_of_each_stage(framework: str) -> None:
    encoder = learner(framework).encoder(*stages())
    x = some_images()
    maps = encoder(Map(x)).parts(5)
    for found, (convolution, _relu) in zip(maps, stages(), strict=True):
        assert isinstance(convolution, Convolution)
        x = np.maximum(halved(x) @ convolution.kernel[0, 0], 0)
        found.equals(Map(x), atol=1e-3)


def test_its_weights_have_the_names_of_its_layers(framework: str) -> None:
    weights = learner(framework).encoder(*stages(with_norm=True)).weights()
    assert {"conv1.kernel", "conv5.bias", "norm3.mean", "norm3.variance"} <= set(weights)
    assert weights["conv2.kernel"].numpy(Kernel).shape == (1, 1, 2, 3)


def test_a_network_is_built_on_it_and_not_on_a_copy(framework: str) -> None:
    mine = learner(framework)
    encoder = mine.encoder(*stages())
    network = mine.build("OnTop", 7, encoder)
    images = Map(some_images())
    before = network(images).has(Map, (2, 2, 3, 7)).array
    encoder.assign({"conv5.kernel": Kernel(-stages()[4][0].kernel)})  # type: ignore[union-attr]
    assert not np.allclose(network(images).array, before)


def gradients_of_encoder(network: Network) -> list[bool]:
    gradients = network.weight_gradients(Map(some_images()))
    return [bool(np.any(values)) for name, values in gradients.items() if "conv1.kernel" in name]


def test_whether_it_was_frozen_can_be_seen(framework: str) -> None:
    for code, reached in ((ON_TOP[framework], True), (_frozen(framework), False)):
        mine = learner(framework, code)
        network = mine.build("OnTop", 7, mine.encoder(*stages()))
        assert gradients_of_encoder(network) == [reached]


def _frozen(framework: str) -> str:
    assert ON_TOP[framework].count(FROZEN[framework][0]) == 1
    return ON_TOP[framework].replace(*FROZEN[framework])


def test_whether_its_statistics_were_moved_can_be_seen(framework: str) -> None:
    mine = learner(framework)
    encoder = mine.encoder(*stages(with_norm=True))
    network = mine.build("OnTop", 7, encoder)
    start = encoder.weights()["norm1.mean"].array
    np.testing.assert_array_equal(start, np.full(2, 0.5))
    network(Map(some_images()), training=True)
    assert not np.allclose(encoder.weights()["norm1.mean"].array, start)


def test_feedback_about_it_quotes_the_call_that_it_was_passed_to(framework: str) -> None:
    mine = learner(framework)
    encoder = mine.encoder(*stages())
    mine.build("OnTop", 7, encoder)
    assert encoder.asked.call == "OnTop(num_classes=7, encoder=encoder)"
