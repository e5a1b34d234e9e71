"""Running a network in TensorFlow. `running_torch` has the same names."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from benchmarks.networks.memory import process_peak
from benchmarks.networks.table import Build

VERSION = f"tensorflow {tf.__version__}, keras {keras.__version__}"


def configure(device: str, threads: int) -> None:
    """Choose device and number of threads; call it first.

    Raises:
        SystemExit: if there is no such device.
    """
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    elif not tf.config.list_physical_devices("GPU"):
        raise SystemExit("TensorFlow finds no CUDA device; measure with --device cpu.")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


class Running:
    """A network with a batch to run it on: random images and labels.

    Args:
        build: makes the network.
        num_classes: the number of classes.
        width: channels of its first stage.
        batch: `(N, H, W)` of the images.
        device: "cpu" or "cuda", as it was configured.
    """

    def __init__(
        self, build: Build, num_classes: int, width: int, batch: tuple[int, int, int], device: str
    ) -> None:
        del device  # TensorFlow takes the GPU where it sees one
        keras.utils.set_random_seed(0)
        N, H, W = batch
        self.images = tf.random.normal((N, H, W, 3))
        self.labels = tf.random.uniform((N, H, W), maxval=num_classes, dtype=tf.int32)
        self.network: keras.Model = build(num_classes, width)
        # A network that is written as a class has its weights after the first call.
        self.network(tf.zeros((1, 32, 32, 3)), training=False)
        # Without momentum, so that no optimizer's state adds to the memory. The rate is low: what
        # is learned here is noise.
        self.optimizer = keras.optimizers.SGD(learning_rate=1e-5)
        self.optimizer.build(self.network.trainable_variables)
        # As graphs, which is what `predict` and `fit` make of a network, too.
        self._forward = tf.function(self._forward_eagerly)
        self._train = tf.function(self._train_eagerly)

    @property
    def parameters(self) -> int:
        """How many trainable numbers the network holds."""
        return sum(int(np.prod(weight.shape)) for weight in self.network.trainable_variables)

    def forward(self) -> np.ndarray:
        """The logits in inference mode, (N, H, W, K)."""
        return self._forward(self.images).numpy()

    def train(self) -> float:
        """One training step with SGD; returns the loss."""
        return float(self._train(self.images, self.labels))

    def _forward_eagerly(self, images: tf.Tensor) -> tf.Tensor:
        return self.network(images, training=False)

    def _train_eagerly(self, images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = self.network(images, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
        variables = self.network.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def draw_weights(self) -> None:
        """Draw all weights and statistics such that each of them counts in the logits.

        As networks start, scores may be zero, and the batch norms of a deep network, which have
        seen no image yet, let what comes from its first layers fade.
        """
        he = keras.initializers.HeNormal()
        for weight in self.network.weights:
            if len(weight.shape) > 1:
                weight.assign(he.clone()(weight.shape))
            elif weight.name in ("gamma", "moving_variance"):  # of a batch norm: around 1
                weight.assign(tf.random.uniform(weight.shape, 0.5, 1.5))
            else:  # biases and means
                weight.assign(tf.random.normal(weight.shape, stddev=0.1))

    def copy_weights(self, other: "Running") -> None:
        """Take the weights of a network that lists its weights in the same order.

        Raises:
            ValueError: if they differ in number or shape.
        """
        ours, theirs = self.network.weights, other.network.weights
        if [weight.shape for weight in ours] != [weight.shape for weight in theirs]:
            raise ValueError("the networks differ in their weights")
        for weight, source in zip(ours, theirs, strict=True):
            weight.assign(source)


def one_convolution(num_classes: int, width: int) -> keras.Model:
    """A network of a single layer, to bring up all that the framework starts when it first runs."""
    del width
    return keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(num_classes, 1)])


def peak_memory(device: str) -> int | None:
    """The most memory held so far, on the GPU or by this process, in bytes; None if unknown."""
    if device == "cuda":
        return tf.config.experimental.get_memory_info("GPU:0")["peak"]
    return process_peak()
