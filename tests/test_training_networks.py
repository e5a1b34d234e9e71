"""Each network of the course can be trained by the command."""

import numpy as np
import pytest
import tiny_sets
import training_runs

from pixelwise.networks import NETWORKS
from pixelwise.training import TrainingError, train
from pixelwise.training.recipe import Machine, make_recipe

framework, surroundings = training_runs.framework, training_runs.surroundings
pictures = training_runs.pictures

NEW = ("segnet", "unet", "mobile_unet")
"""FCN is trained by other tests."""

SETTINGS = {"size": (32, 64), "epochs": 1, "batch_size": 4, "pretrained": False}

NOTHING = Machine(gpu=False, precision="float32", pretrained=frozenset())
EVERYTHING = Machine(gpu=False, precision="float32", pretrained=frozenset({"mobilenet_v2"}))


def arrays(path):
    """All variables of a network, by name, as they were saved."""
    if path.suffix == ".h5":
        import h5py

        found = {}
        with h5py.File(path) as file:
            file.visititems(
                lambda name, item: (
                    found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
                )
            )
        return found
    import torch

    return {name: value.numpy() for name, value in torch.load(path, weights_only=True).items()}


@pytest.mark.parametrize("network", NEW)
def test_it_is_trained_from_the_reference_answers(network, framework, tmp_path):
    seen = []
    outcome = train(
        network,
        framework,
        "kitti_road",
        {**SETTINGS, "width": 1},
        out=tmp_path / "run",
        on_epoch=lambda row, predict: seen.append((row.epoch, predict(0).shape)),
    )
    assert np.isfinite(outcome.rows[1].loss)
    # Predictions have the size of the images, not the one that the network sees.
    assert seen == [(0, tiny_sets.SIZE), (1, tiny_sets.SIZE)]
    (weights,) = (tmp_path / "run").glob("best.*")
    assert all(np.isfinite(array).all() for array in arrays(weights).values())


@pytest.mark.parametrize("network", NETWORKS)
def test_rates_suit_the_width(network):
    def rate(width):
        given = {"width": width, "pretrained": False}
        return make_recipe(network, "torch", "camvid", NOTHING, given).learning_rate

    assert rate(8) > rate(64)


def test_a_frozen_encoder_needs_published_weights_or_a_decision():
    def recipe(machine, **given):
        return make_recipe("mobile_unet", "tensorflow", "oxford_pets", machine, given)

    assert recipe(EVERYTHING).pretrained
    assert recipe(EVERYTHING).width == 64
    with pytest.raises(
        TrainingError, match=r"fetch mobilenet_v2 --framework tensorflow.*--scratch"
    ):
        recipe(NOTHING)
    assert not recipe(NOTHING, pretrained=False).pretrained
    assert recipe(NOTHING, pretrained=True).pretrained
    with pytest.raises(TrainingError, match="width 64, not 8"):
        recipe(EVERYTHING, width=8)
    assert recipe(EVERYTHING, width=8, pretrained=False).width == 8


@pytest.mark.parametrize("network", ["segnet", "unet"])
def test_networks_without_published_weights_start_from_scratch(network):
    assert not make_recipe(network, "torch", "camvid", EVERYTHING, {}).pretrained
    with pytest.raises(TrainingError, match=rf"no published weights for {network}.*--scratch"):
        make_recipe(network, "torch", "camvid", EVERYTHING, {"pretrained": True})
