"""Training a tiny network and predicting with it: TensorFlow."""

import keras
import numpy as np

from benchmarks.small_sets import networks_tensorflow as networks
from pixelwise.data import SegmentationSet
from pixelwise.data.tensorflow_pipeline import tf_dataset
from pixelwise.data.tensorflow_steps import (
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
) -> keras.Model:
    """Build the network called `build` and train it.

    Args:
        build: a function of the module of networks.
        data: the training images.
        size: (height, width) of the crops.
        epochs: how often each image is seen.
        seed: of the weights, the order and the augmentation.
        options: of the network.
    """
    keras.utils.set_random_seed(seed)
    model = getattr(networks, build)(len(data.classes), **options)
    steps = [
        random_crop(size),
        random_flip(),
        color_jitter(0.2, 0.2, 0.2),
        normalize(data.facts.mean, data.facts.std),
    ]
    batches = tf_dataset(data, steps, 4, shuffle=True, seed=seed, drop_last=True)
    total = epochs * int(batches.cardinality())
    schedule = keras.optimizers.schedules.CosineDecay(
        3e-4, total * 7 // 10, warmup_target=8e-3, warmup_steps=total * 3 // 10
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)
    model.compile(keras.optimizers.Adam(schedule), loss)
    model.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    return model


def predict(model: keras.Model, data: SegmentationSet) -> list[np.ndarray]:
    """The label map of each image, (H, W) integers."""
    steps = [normalize(data.facts.mean, data.facts.std), pad_to_multiple(32)]
    found = []
    for index, (image, _label) in enumerate(tf_dataset(data, steps, 1, shuffle=False, seed=0)):
        height, width = data.read(index)[1].shape
        logits = model(image, training=False)
        found.append(np.argmax(logits[0], axis=-1)[:height, :width])
    return found
