"""The benchmark of networks compares like with like, in turns, and computes what it reports."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.networks import __main__ as command
from benchmarks.networks import measuring
from benchmarks.networks.memory import process_peak
from benchmarks.networks.table import NETWORKS, Contender, contenders, left_out
from pixelwise.course import load_course
from pixelwise.networks import NETWORKS as COURSE_NETWORKS
from pixelwise.training.answers import network_builder

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FRAMEWORKS = ("torch", "tensorflow")
ROWS = [(network, framework) for network in NETWORKS for framework in FRAMEWORKS]


def request(network: str = "fcn", framework: str = "torch") -> measuring.Request:
    """Small enough to be over at once."""
    return measuring.Request(
        network=network,
        framework=framework,
        size=(32, 64),
        width=2,
        batch_size=2,
        device="cpu",
        threads=1,
        seconds=0.01,
    )


@pytest.mark.parametrize(("network", "framework"), ROWS)
def test_a_row_holds_this_course_and_the_same_network_from_a_library(
    network: str, framework: str
) -> None:
    ours, peer, *_others = NETWORKS[network][framework]
    answer = COURSE_NETWORKS[network]
    if answer.takes_encoder:  # given one by a function of the benchmark
        assert ours.path == f"benchmarks.networks.ours_{framework}.{network}"
    else:
        assert ours.path == f"solutions.{answer.topic}_{framework}.{answer.name}"
    assert ours.obstacle(width=2) is None
    assert ours.same
    assert peer.same
    assert peer.width is None


@pytest.fixture
def no_graphs(framework: str) -> Iterator[None]:
    """TensorFlow runs operations one by one: to make graphs of them would take longer."""
    library = pytest.importorskip(framework)
    if framework == "torch":
        yield
        return
    library.config.run_functions_eagerly(True)
    yield
    library.config.run_functions_eagerly(False)


@pytest.mark.usefixtures("no_graphs")
@pytest.mark.parametrize(("network", "framework"), ROWS)
def test_same_networks_have_equal_weights_and_logits(network: str, framework: str) -> None:
    asked = request(network, framework)
    measured = asked.contenders()
    same = [index for index, contender in enumerate(measured) if contender.same]
    if len(same) == 1:
        pytest.skip(" ".join(left_out(network, framework, asked.width)))

    networks = measuring.prepare(asked)  # compares the logits

    assert len({networks[index].parameters for index in same}) == 1
    logits = [one.forward() for one in networks]
    assert {one.shape for one in logits} == {(2, 32, 64, measuring.NUM_CLASSES)}
    for index in same:
        np.testing.assert_allclose(logits[index], logits[0], atol=1e-3 * np.abs(logits[0]).max())
    # A training step moves the weights of each, and the statistics of batch norms, alike.
    for one, before in zip(networks, logits, strict=True):
        assert np.isfinite(one.train())
        assert not np.array_equal(one.forward(), before)
    after = [networks[index].forward() for index in same]
    for one in after[1:]:
        np.testing.assert_allclose(one, after[0], atol=1e-3 * np.abs(after[0]).max())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_network_over_an_encoder_is_the_one_that_is_trained(framework: str) -> None:
    pytest.importorskip(framework)
    asked = request("mobile_unet", framework)
    measured = asked.run(asked.contenders()[0].load())
    answer = COURSE_NETWORKS["mobile_unet"]
    trained = asked.run(network_builder(load_course(), answer, framework, None))
    trained.copy_weights(measured)  # raises where shapes differ
    assert trained.parameters == measured.parameters


def test_every_weight_of_a_deep_network_counts_when_logits_are_compared() -> None:
    pytest.importorskip("torch")
    asked = request("segnet")
    ours = asked.run(asked.contenders()[0].load())
    ours.draw_weights()
    logits = ours.forward()
    for weight in ours.network.state_dict().values():
        if weight.is_floating_point():
            kept = weight.clone()
            weight.add_(0.1)
            with pytest.raises(ValueError, match="peer"):
                measuring.require_equal(logits, ours.forward(), "peer")
            weight.copy_(kept)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_networks_with_other_weights_are_refused(framework: str) -> None:
    pytest.importorskip(framework)
    asked = request(framework=framework)
    ours = asked.run(asked.contenders()[0].load())
    with pytest.raises(ValueError, match="differ in their weights"):
        ours.copy_weights(asked.run(asked.library().one_convolution))


@pytest.mark.parametrize(
    "theirs",
    [[1.0, -2.01], [1.0, np.nan], [1.0], [-2.0, 1.0]],
    ids=["rounding too coarse", "not a number", "another shape", "another order"],
)
def test_other_logits_are_refused(theirs: list[float]) -> None:
    with pytest.raises(ValueError, match="peer"):
        measuring.require_equal(np.array([1.0, -2.0]), np.array(theirs), "peer")


def test_logits_may_differ_by_rounding_but_must_not_all_be_zero() -> None:
    measuring.require_equal(np.array([1.0, -2.0]), np.array([1.0, -2.0001]), "peer")
    with pytest.raises(ValueError, match="peer"):
        measuring.require_equal(np.zeros(2), np.zeros(2), "peer")


def test_rounds_take_turns() -> None:
    calls: list[str] = []
    actions = [lambda: calls.append("ours"), lambda: calls.append("peer")]

    speeds = measuring.in_turns(actions, request())

    warm_up = 4
    turns = [name for name, _run in itertools.groupby(calls[warm_up:])]
    assert turns == ["ours", "peer"] * measuring.ROUNDS
    assert [len(found) for found in speeds] == [measuring.ROUNDS] * 2


def test_speed_is_images_by_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(step=4.0)
    monkeypatch.setattr(measuring.Request, "clock", lambda self: next(ticks))
    monkeypatch.setattr(measuring, "repetitions", lambda action, request: 3)
    # 3 batches of 2 images in 4 seconds.
    assert measuring.in_turns([lambda: None], request()) == [[1.5] * measuring.ROUNDS]


def test_ratio_is_of_medians_with_the_extremes_of_rounds() -> None:
    assert measuring.ratio([2.0, 4.0, 9.0], [1.0, 8.0, 2.0]) == (2.0, 0.5, 4.5)


def test_lines_of_the_report() -> None:
    lines = command.table(["ours", "peer"], [[2.0, 2.0], [4.0, 4.0]], [3 * 2**20, None])
    assert "2.00 images/s" in lines[0]
    assert lines[0].endswith("+3 MiB")
    assert "n/a" in lines[1]
    assert lines[1].endswith("ours / this: 0.50 (0.50 to 0.50)")


def test_what_cannot_be_measured_is_left_out_with_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = (
        Contender("ours", "solutions.fcn_torch.FCN8s"),
        Contender("wide", "nowhere.wide", width=64),
        Contender("absent", "nowhere.absent", needs="no_such_package"),
    )
    monkeypatch.setitem(NETWORKS, "fcn", {"torch": row})
    assert [one.title for one in contenders("fcn", "torch", width=8)] == ["ours"]
    wide, absent = left_out("fcn", "torch", width=8)
    assert wide.startswith("wide exists with width 64 only")
    assert absent.endswith("pip install no_such_package")
    assert left_out("fcn", "torch", width=64) == [absent]


@pytest.mark.parametrize("text", ["160", "160x", "160x577", "0x32", "axb"])
def test_sizes_that_would_not_be_the_same_work_are_refused(text: str) -> None:
    assert command.image_size("160x576") == (160, 576)
    with pytest.raises(command.argparse.ArgumentTypeError):
        command.image_size(text)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_memory_holds_weights_then_gradients(framework: str) -> None:
    pytest.importorskip(framework)
    if process_peak() is None:
        pytest.skip("this system does not tell how much memory a process has held")
    asked = replace(request(framework=framework), width=16, memory_of=0)
    weights = 4 * 8_427_216  # bytes of float32: fc6 and fc7 hold most of them
    peaks = command.asked(asked)
    assert weights <= peaks["built"] <= peaks["forward"]
    assert peaks["training"] >= 2 * weights
    assert peaks["training"] > peaks["forward"]


def test_wide_peers_are_the_library_s_own_vgg16_torch() -> None:
    torch = pytest.importorskip("torch")
    torchvision = pytest.importorskip("torchvision")
    from benchmarks.networks.peers.fcn_torch import VGG16FCN8s

    with torch.device("meta"):  # shapes only
        peer, vgg = VGG16FCN8s(2), torchvision.models.vgg16()
    stages = [*peer.to_pool3, *peer.to_pool4, *peer.to_pool5]
    assert [str(layer) for layer in stages] == [str(layer) for layer in vgg.features]
    fc6, fc7 = peer.classifier[0], peer.classifier[3]
    assert fc6.weight.numel() == vgg.classifier[0].weight.numel()
    assert fc7.weight.numel() == vgg.classifier[3].weight.numel()


def test_narrow_peers_are_keras_s_vgg16_but_for_the_width() -> None:
    pytest.importorskip("tensorflow")
    from benchmarks.networks.peers.fcn_tensorflow import narrow_vgg16, vgg16

    ours, theirs = narrow_vgg16(64), vgg16(64)
    assert len(ours.layers) == len(theirs.layers)
    for layer, other in zip(ours.layers[1:], theirs.layers[1:], strict=True):
        assert layer.get_config() == other.get_config()
