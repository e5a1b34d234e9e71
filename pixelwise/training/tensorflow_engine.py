"""Training in TensorFlow: on one device, on the GPUs of one machine, or on several machines."""

import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pixelwise.data import DataError, SegmentationSet
from pixelwise.data.sets.reading import VOID
from pixelwise.grading.runtime import import_tensorflow
from pixelwise.pretrained import LOADERS, names_here
from pixelwise.training.engine import Task
from pixelwise.training.errors import uneven_batch
from pixelwise.training.folder import require_space
from pixelwise.training.pipelines import training_steps, validation_steps
from pixelwise.training.processes import this_process
from pixelwise.training.recipe import Machine
from pixelwise.training.schedule import learning_rate

tf = import_tensorflow()
keras = importlib.import_module("keras")
# After TensorFlow itself, whose remarks on the machine would else reach the terminal.
steps = importlib.import_module("pixelwise.data.tensorflow_steps")
pipeline = importlib.import_module("pixelwise.data.tensorflow_pipeline")


def _find_gpus() -> list[Any]:
    """The GPUs that TensorFlow can use.

    Where there are none, its first look for them writes an error straight to the file descriptor.
    """
    stderr = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        return list(tf.config.list_physical_devices("GPU"))
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(silence)


_GPUS = _find_gpus()

# From this compute capability on, NVIDIA's GPUs have bfloat16 in hardware.
_AMPERE = (8, 0)


def look_at_machine() -> Machine:
    """What TensorFlow has to compute with."""
    precision = "float32"
    if _GPUS:
        details = tf.config.experimental.get_device_details(_GPUS[0])
        new = details.get("compute_capability", (0, 0)) >= _AMPERE
        precision = "bfloat16" if new else "float16"
    return Machine(bool(_GPUS), precision, names_here("tensorflow"))


def out_of_memory(error: BaseException) -> bool:
    """TensorFlow calls it an exhausted resource."""
    return isinstance(error, tf.errors.ResourceExhaustedError | MemoryError)


def data_error(error: BaseException) -> DataError | None:
    """The `DataError` in an error of the pipeline, which carries its text among others."""
    if not isinstance(error, tf.errors.OpError):
        return None
    found = re.search(r"\bDataError: (.+?)(?:\n\n|\nTraceback |$)", str(error), re.DOTALL)
    return DataError(found[1]) if found else None


class TensorflowEngine:
    """See `Engine`, also for what each method does.

    With several devices, each has a copy of the network and its part of every batch. Gradients are
    summed over the copies, so all copies stay equal. Each copy's loss is divided by the number of
    pixels of the whole batch.
    """

    state_name = "last.npz"
    weights_name = "best.weights.h5"

    def __init__(self, task: Task) -> None:
        recipe = self._recipe = task.recipe
        self._task = task
        self.rank, self.processes = this_process("tensorflow")
        self._strategy = _strategy(self.processes)
        self.replicas = self._strategy.num_replicas_in_sync
        if recipe.batch_size % self.replicas:
            raise uneven_batch(recipe.batch_size, self.replicas)
        self.device = _device_name()

        keras.utils.set_random_seed(recipe.seed)
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy(_POLICIES[recipe.precision])
        try:
            with self._strategy.scope():
                self.model = task.build(len(task.train.classes), width=recipe.width)
                # A network that is written as a class has its weights after the first call.
                self.model(tf.zeros((1, 64, 96, 3)), training=False)
                # PyTorch's epsilon.
                self._optimizer = keras.optimizers.Adam(recipe.learning_rate, epsilon=1e-8)
                if recipe.precision == "float16":
                    # Gradients in float16 can be too small for its range, so the loss is scaled up.
                    self._optimizer = keras.optimizers.LossScaleOptimizer(self._optimizer)
                self._optimizer.build(self.model.trainable_variables)
        finally:
            keras.config.set_dtype_policy(policy)

        self.steps = len(task.train) // recipe.batch_size
        self._next_epoch = -1
        self._batches: Any = None
        self._train_step = tf.function(self._replicated_step)
        self._infer = tf.function(self._classes, reduce_retracing=True)
        self._sum = tf.function(self._replicated_sum)
        self._val_batches = self._validation(task.val[self.rank :: self.processes])

    def _validation(self, data: SegmentationSet) -> Any:
        chosen = validation_steps(self._recipe, data.facts, steps)
        return pipeline.tf_dataset(data, chosen, 1, shuffle=False, seed=0) if len(data) else ()

    def try_network(self) -> tuple[int, ...]:
        """On an image of zeros."""
        return tuple(self.model(tf.zeros((1, 64, 96, 3)), training=False).shape)

    def load_pretrained(self) -> None:
        """In every process, from the same file."""
        if self._task.weights is not None:
            LOADERS[self._task.weights](self.model)

    def train_epoch(self, epoch: int) -> Iterator[float]:
        """The random numbers of dropout are variables of the network; see `save_state`."""
        total = self._recipe.epochs * self.steps
        for step, batch in enumerate(self._epoch(epoch), start=epoch * self.steps):
            self._optimizer.learning_rate = learning_rate(step, total, self._recipe.learning_rate)
            yield float(self._train_step(*batch))

    def _epoch(self, epoch: int) -> Any:
        """The batches of an epoch; a data set goes on to the next epoch each time."""
        if epoch != self._next_epoch:
            self._batches = self._strategy.distribute_datasets_from_function(
                lambda context: self._parts(epoch, context)
            )
        self._next_epoch = epoch + 1
        return self._batches

    def _parts(self, epoch: int, context: Any) -> Any:
        """What the copies of the network in this process see, part by part.

        All processes follow the same order, in which each batch is cut into as many parts as there
        are copies; this process takes its own and drops the others.
        """
        chosen = training_steps(self._recipe, self._task.train.facts, steps)
        parts = pipeline.tf_dataset(
            self._task.train,
            chosen,
            self._recipe.batch_size // self.replicas,
            shuffle=True,
            seed=self._recipe.seed,
            start_epoch=epoch,
            drop_last=True,
        ).take(self.steps * self.replicas)
        if context.num_input_pipelines == 1:
            return parts
        here = self.replicas // context.num_input_pipelines
        first = context.input_pipeline_id * here

        def is_ours(index: Any, _batch: Any) -> Any:
            place = index % self.replicas
            return (first <= place) & (place < first + here)

        return parts.enumerate().filter(is_ours).map(lambda _index, batch: batch)

    def _replicated_step(self, images: Any, labels: Any) -> Any:
        losses = self._strategy.run(self._step, args=(images, labels))
        # Every copy knows the mean over all of them.
        return self._strategy.experimental_local_results(losses)[0]

    def _step(self, images: Any, labels: Any) -> Any:
        """One step of one copy; returns the mean loss over the whole batch."""
        with tf.GradientTape() as tape:
            logits = tf.cast(self.model(images, training=True), tf.float32)
            loss = self._task.training.pixel_cross_entropy(logits, labels)
            pixels = tf.math.count_nonzero(labels != VOID, dtype=tf.float32)
            sums = self._over_replicas(tf.stop_gradient(tf.stack([loss * pixels, pixels])))
            share = tf.math.divide_no_nan(pixels, sums[1])
            objective = loss * share + sum(self.model.losses) / self.replicas
            scaled = self._optimizer.scale_loss(objective)
        variables = self.model.trainable_variables
        # `apply` sums the gradients over the copies.
        self._optimizer.apply(tape.gradient(scaled, variables), variables)
        return tf.math.divide_no_nan(sums[0], sums[1])

    def _over_replicas(self, numbers: Any) -> Any:
        # A copy made here lies on the device of this replica, as the sum wants it.
        here = tf.identity(numbers)
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, here)

    def evaluate(self) -> np.ndarray:
        """Each process counts its share of the images."""
        K = len(self._task.val.classes)
        matrix = np.zeros((K, K), np.int64)
        for images, labels in self._val_batches:
            prediction = self._infer(images, tf.shape(labels)[1:])
            matrix += self._task.metrics.confusion_matrix(labels, prediction, K).numpy()
        return self._over_processes(matrix)

    def predict(self, index: int) -> np.ndarray:
        """Image by image."""
        ((image, label),) = self._validation(self._task.val[index : index + 1])
        height, width = self._task.val.read(index)[1].shape
        prediction = self._infer(image, tf.shape(label)[1:])
        return prediction.numpy()[0, :height, :width].astype(np.uint8)

    def _classes(self, images: Any, size: Any) -> Any:
        """(N, H, W) int32: the class of every pixel of images at the size of their labels."""
        logits = tf.cast(self.model(images, training=False), tf.float32)
        if self._recipe.size is not None:
            logits = tf.image.resize(logits, size)
        return tf.argmax(logits, axis=-1, output_type=tf.int32)

    def save_weights(self, path: Path) -> None:
        """As Keras does: ``model.load_weights(path)``."""
        # The library below Keras does not survive a disk that becomes full.
        require_space(path, 5 * self.model.count_params())
        self.model.save_weights(path)

    def load_weights(self, path: Path) -> None:
        """In every process, from the same file."""
        self.model.load_weights(path)

    def save_state(self, path: Path, epochs_done: int) -> None:
        """All variables; those of the network include the random numbers of dropout."""
        arrays = {f"variable{i}": value.numpy() for i, value in enumerate(self._variables())}
        with path.open("wb") as file:
            np.savez(file, epochs_done=np.array(epochs_done), **arrays)

    def load_state(self, path: Path) -> int:
        """In every process, from the same file."""
        with np.load(path) as state:
            for i, variable in enumerate(self._variables()):
                variable.assign(state[f"variable{i}"])
            return int(state["epochs_done"])

    def _variables(self) -> list[Any]:
        return [*self.model.variables, *self._optimizer.variables]

    def any_process(self, flag: bool) -> bool:
        """By a sum over all processes."""
        return bool(self._over_processes(np.array(int(flag), np.int64)))

    def _over_processes(self, numbers: np.ndarray) -> np.ndarray:
        if self.processes == 1:
            return numbers
        here = self.replicas // self.processes
        # Every copy of the network adds the same, so a process with several adds it several times.
        total: np.ndarray = self._sum(tf.constant(numbers)).numpy() // here
        return total

    def _replicated_sum(self, numbers: Any) -> Any:
        sums = self._strategy.run(self._over_replicas, args=(numbers,))
        return self._strategy.experimental_local_results(sums)[0]

    def close(self) -> None:
        """Nothing to leave: TensorFlow ends its connections with the process."""


_POLICIES = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}


def _strategy(processes: int) -> Any:
    """How the work is divided."""
    if processes > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if len(devices) > 1:
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    return tf.distribute.get_strategy()


def _device_name() -> str:
    if not _GPUS:
        return "CPU"
    details = tf.config.experimental.get_device_details(_GPUS[0])
    return str(details.get("device_name", "GPU"))
