"""Every data set, real or small, is delivered as equal arrays in both frameworks."""

from pathlib import Path

import numpy as np
import pytest

from pixelwise.data import SegmentationSet, load
from pixelwise.data.sets import LAYOUTS

REAL = Path(__file__).parents[2] / "shared" / "data"
FOLDERS = {
    "kitti_road": "kitti_road",
    "voc2012": "voc2012_sample",
    "oxford_pets": "oxford_pets",
    "camvid": "camvid",
    "nuclei": "dsb2018",
}


def assert_equal_arrays(data: SegmentationSet) -> None:
    """Normalized images are equal to a millionth, labels exactly."""
    torch_pipeline = pytest.importorskip("pixelwise.data.torch_pipeline")
    tensorflow_pipeline = pytest.importorskip("pixelwise.data.tensorflow_pipeline")
    from pixelwise.data import tensorflow_steps, torch_steps

    mean, std = data.facts.mean, data.facts.std
    dataset = torch_pipeline.TorchDataset(data, [torch_steps.normalize(mean, std)])
    batches = tensorflow_pipeline.tf_dataset(
        data, [tensorflow_steps.normalize(mean, std)], 1, shuffle=False, seed=0
    )
    pairs = (dataset[index] for index in range(len(data)))
    for (image, label), (images, labels) in zip(pairs, batches, strict=True):
        assert np.abs(image.permute(1, 2, 0).numpy() - images[0].numpy()).max() < 1e-6
        assert np.array_equal(label.numpy(), labels[0].numpy())
        assert label.min() >= 0


@pytest.mark.parametrize("name", LAYOUTS)
def test_small_sets(name, small_data, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(small_data))
    assert_equal_arrays(load(name, "val", quiet=True)[:3])


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real samples is not here")
@pytest.mark.parametrize("name", FOLDERS)
def test_real_sets(name):
    for split in LAYOUTS[name].facts.splits:
        assert_equal_arrays(load(name, split, folder=REAL / FOLDERS[name], quiet=True)[:4])
