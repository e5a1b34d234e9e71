"""From a data set to batches, for TensorFlow.

    data = load("kitti_road", "train")
    batches = tf_dataset(data, [random_crop((96, 96)), random_flip(),
                                normalize(data.facts.mean, data.facts.std)],
                         batch_size=8, shuffle=True, seed=0)
    model.fit(batches, epochs=10)  # of (8, 96, 96, 3) float32 and (8, 96, 96) int32

An image's way: `EpochOrder` says which image is next and with which seeds; ``data.read`` reads its
files, several at a time; the steps (`pixelwise.data.tensorflow_steps`) follow in TensorFlow's own
threads, each with its seed; a batch of such pairs is stacked while the model works on the one
before. Order and seeds are made beforehand, so it does not matter which thread is first.
"""

from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np
import tensorflow as tf

from pixelwise.data.loading import SegmentationSet
from pixelwise.data.order import EpochOrder
from pixelwise.data.pipeline_errors import different_sizes
from pixelwise.data.tensorflow_steps import Pair, Step, apply_steps


def tf_dataset(
    data: SegmentationSet,
    steps: Sequence[Step],
    batch_size: int,
    *,
    shuffle: bool,
    seed: int,
    start_epoch: int = 0,
    drop_last: bool = False,
) -> tf.data.Dataset:
    """Batches of a data set; each pass over them is the next epoch, finished or not.

    Args:
        data: where images and labels are read.
        steps: what to do with each pair, in this order; see `pixelwise.data.tensorflow_steps`.
        batch_size: how many pairs make a batch.
        shuffle: whether the images come in a random order, another one each epoch: True for
            training, False for evaluation.
        seed: of the order and of all that is random in the steps. The same seed gives the same
            batches again.
        start_epoch: the number of the first epoch; k to resume a training after k epochs.
        drop_last: whether to leave out a last batch that is not full.

    Returns:
        A dataset of pairs: images float32 (N, H, W, 3), where one of the steps normalizes, and
        labels int32 (N, H, W). Iterating raises a `tf.errors.OpError` with the text of the
        `DataError` where a file cannot be read, and where the images of a batch differ in size.
        Steps in a wrong order are refused here, by an error of TensorFlow's that ends with the
        text of the `DataError`.
    """
    steps = tuple(steps)
    order = EpochOrder(len(data), len(steps), seed, shuffle)
    epochs = count(start_epoch)

    def next_epoch() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        yield order.epoch(next(epochs))

    def deliver(index: tf.Tensor, seeds: tf.Tensor) -> Pair:
        image, label = tf.numpy_function(data.read, [index], (tf.uint8, tf.uint8))
        image, label = tf.ensure_shape(image, [None, None, 3]), tf.ensure_shape(label, [None, None])
        return apply_steps(steps, image, label, seeds)

    plan = (
        tf.TensorSpec([order.length], tf.int32),
        tf.TensorSpec([order.length, order.steps], tf.int32),
    )
    # All of an epoch's indices and seeds come from Python at once; one at a time would be slow.
    visits = tf.data.Dataset.from_generator(next_epoch, output_signature=plan).unbatch()
    visits = visits.apply(tf.data.experimental.assert_cardinality(order.length))
    pairs = visits.map(deliver, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    sizes_are_known = pairs.element_spec[1].shape.is_fully_defined()
    if batch_size > 1 and not sizes_are_known:
        pairs = _of_equal_sizes(pairs, batch_size)
    return pairs.batch(batch_size, drop_remainder=drop_last).prefetch(tf.data.AUTOTUNE)


def _of_equal_sizes(pairs: tf.data.Dataset, batch_size: int) -> tf.data.Dataset:
    """The same pairs; an error where the images of one batch differ in size, saying what to do."""

    def compare(state: Pair, pair: Pair) -> tuple[Pair, Pair]:
        position, expected = state
        size = tf.shape(pair[1])
        expected = tf.where(position % batch_size == 0, size, expected)
        next_position = tf.cond(
            tf.reduce_all(size == expected),
            lambda: position + 1,
            lambda: tf.numpy_function(refuse, [expected, size], tf.int64),
        )
        return (tf.ensure_shape(next_position, []), expected), pair

    def refuse(expected: np.ndarray, size: np.ndarray) -> None:
        raise different_sizes([tuple(expected.tolist()), tuple(size.tolist())])

    return pairs.scan((tf.constant(0, tf.int64), tf.zeros([2], tf.int32)), compare)
