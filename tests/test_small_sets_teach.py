"""A network that is trained for seconds on a small set learns something."""

from importlib import import_module

import numpy as np
import pytest

from benchmarks.small_sets import measures
from pixelwise.data import load


@pytest.mark.parametrize("framework", ["torch", "tensorflow"])
def test_a_tiny_network_beats_the_most_frequent_class(framework, small_data, monkeypatch):
    pytest.importorskip(framework)
    training = import_module(f"benchmarks.small_sets.training_{framework}")
    monkeypatch.setenv("PIXELWISE_DATA", str(small_data))
    train = load("kitti_road", "train", quiet=True).in_memory()
    val = load("kitti_road", "val", quiet=True).in_memory()
    labels = [val.read(index)[1] for index in range(len(val))]

    model = training.train("FCN", train, size=(96, 160), epochs=6, seed=0, skips=True)
    trained = np.nanmean(measures.iou(labels, training.predict(model, val), K=2))
    assert trained > np.nanmean(measures.iou_of_most_frequent(labels, K=2)) + 0.2
