"""Training a tiny network and predicting with it: PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.small_sets import networks_torch as networks
from pixelwise.data import SegmentationSet
from pixelwise.data.torch_pipeline import TorchDataset, loader
from pixelwise.data.torch_steps import (
    color_jitter,
    normalize,
    pad_to_multiple,
    random_crop,
    random_flip,
)


def train(
    build: str,
    data: SegmentationSet,
    size: tuple[int, int],
    epochs: int,
    seed: int,
    **options: object,
) -> nn.Module:
    """Build the network called `build` and train it; the same seed does the same again.

    Args:
        build: a class of the module of networks.
        data: the training images.
        size: (height, width) of the crops.
        epochs: how often each image is seen.
        seed: of the weights, the order and the augmentation.
        options: of the network.
    """
    torch.manual_seed(seed)
    model = getattr(networks, build)(len(data.classes), **options)
    steps = [
        random_crop(size),
        random_flip(),
        color_jitter(0.2, 0.2, 0.2),
        normalize(data.facts.mean, data.facts.std),
    ]
    batches = loader(TorchDataset(data, steps), 4, shuffle=True, seed=seed, drop_last=True)
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=8e-3, total_steps=epochs * len(batches)
    )
    model.train()
    for _epoch in range(epochs):
        for images, labels in batches:
            loss = functional.cross_entropy(model(images), labels, ignore_index=255)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def predict(model: nn.Module, data: SegmentationSet) -> list[np.ndarray]:
    """The label map of each image, (H, W) integers."""
    steps = [normalize(data.facts.mean, data.facts.std), pad_to_multiple(32)]
    dataset = TorchDataset(data, steps)
    found = []
    with torch.inference_mode():
        for index in range(len(data)):
            height, width = data.read(index)[1].shape
            logits = model(dataset[index][0][None])
            found.append(logits[0].argmax(dim=0).numpy()[:height, :width])
    return found
