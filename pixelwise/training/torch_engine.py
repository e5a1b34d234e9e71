"""Training in PyTorch: in one process, or in several that `torchrun` starts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from pixelwise.data import SegmentationSet
from pixelwise.data import torch_steps as steps
from pixelwise.data.sets.reading import VOID
from pixelwise.data.torch_pipeline import TorchDataset, loader
from pixelwise.pretrained import LOADERS, names_here
from pixelwise.training.engine import Task
from pixelwise.training.errors import uneven_batch
from pixelwise.training.pipelines import training_steps, validation_steps
from pixelwise.training.processes import this_process
from pixelwise.training.recipe import Machine
from pixelwise.training.schedule import learning_rate
from pixelwise.training.shares import ShareOfOrder


def look_at_machine() -> Machine:
    """What PyTorch has to compute with."""
    gpu = torch.cuda.is_available()
    precision = "float32"
    if gpu:
        precision = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    return Machine(gpu, precision, names_here("torch"))


def out_of_memory(error: BaseException) -> bool:
    """Of the processor's memory PyTorch says only in words that it is full."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "DefaultCPUAllocator: " in str(error)


class TorchEngine:
    """See `Engine`, also for what each method does.

    With several processes (`DistributedDataParallel`), each has a copy of the network and its part
    of every batch. Gradients are averaged over the processes, so all copies stay equal.
    """

    state_name = "last.pt"
    weights_name = "best.pt"

    def __init__(self, task: Task) -> None:
        recipe = self._recipe = task.recipe
        self._task = task
        self.rank, self.processes = this_process("torch")
        self.replicas = self.processes
        if recipe.batch_size % self.processes:
            raise uneven_batch(recipe.batch_size, self.processes)
        self._device = _join(self.processes)
        self.device = _device_name(self._device)

        torch.manual_seed(recipe.seed)
        self.model: nn.Module = task.build(len(task.train.classes), width=recipe.width)
        self.model.to(self._device)
        if self._device.type == "cuda":
            # The order in memory that a GPU's tensor cores work in.
            self.model.to(memory_format=torch.channels_last)
        self._network = self.model
        if self.processes > 1:
            devices = [self._device] if self._device.type == "cuda" else None
            self._network = DistributedDataParallel(self.model, device_ids=devices)
        trained = [weight for weight in self.model.parameters() if weight.requires_grad]
        self._optimizer = torch.optim.Adam(trained, lr=recipe.learning_rate)
        # Gradients in float16 can be too small for its range, so the loss is scaled up.
        self._scaler = torch.amp.GradScaler(
            self._device.type, enabled=recipe.precision == "float16"
        )

        self._training_set = TorchDataset(
            task.train, training_steps(recipe, task.train.facts, steps)
        )
        self.steps = len(task.train) // recipe.batch_size
        self._next_epoch = -1
        self._batches: Any = None
        self._val_set = self._validation_set(task.val)
        share = self._validation_set(task.val[self.rank :: self.processes])
        self._val_batches = loader(share, 1, shuffle=False, seed=0, workers=task.workers)

    def _validation_set(self, data: SegmentationSet) -> TorchDataset:
        return TorchDataset(data, validation_steps(self._recipe, data.facts, steps))

    def try_network(self) -> tuple[int, ...]:
        """On an image of zeros."""
        logits = self._logits(torch.zeros(1, 3, 64, 96))
        N, K, H, W = logits.shape
        return N, H, W, K

    def load_pretrained(self) -> None:
        """In every process, from the same file."""
        if self._task.weights is not None:
            LOADERS[self._task.weights](self.model)

    def train_epoch(self, epoch: int) -> Iterator[float]:
        """Random numbers of dropout follow from seed, epoch and process; see `load_state`."""
        torch.manual_seed(_epoch_seed(self._recipe.seed, epoch, self.rank))
        self.model.train()
        total = self._recipe.epochs * self.steps
        for step, (images, labels) in enumerate(self._epoch(epoch), start=epoch * self.steps):
            for group in self._optimizer.param_groups:
                group["lr"] = learning_rate(step, total, self._recipe.learning_rate)
            yield self._step(self._to_device(images), labels.to(self._device, non_blocking=True))

    def _epoch(self, epoch: int) -> Any:
        """The batches of an epoch; a loader goes on to the next epoch each time."""
        if epoch != self._next_epoch:
            part = self._recipe.batch_size // self.processes
            self._batches = loader(
                self._training_set,
                part,
                shuffle=True,
                seed=self._recipe.seed,
                start_epoch=epoch,
                drop_last=True,
                workers=self._task.workers,
            )
            sampler = self._batches.sampler
            sampler.order = ShareOfOrder(
                sampler.order, self._recipe.batch_size, self.rank, self.processes
            )
        self._next_epoch = epoch + 1
        return self._batches

    def _step(self, images: Tensor, labels: Tensor) -> float:
        with self._autocast():
            logits = self._network(images)
        loss = self._task.training.pixel_cross_entropy(logits.float(), labels)
        # A mean over the pixels of this process. Processes that see more void have fewer pixels:
        # only weighted by them is the average over processes the mean over the whole batch.
        pixels = (labels != VOID).sum()
        sums = self._sum(torch.stack([loss.detach() * pixels, pixels.to(loss.dtype)]))
        weight = self.processes * pixels / sums[1].clamp(min=1)

        self._optimizer.zero_grad()
        self._scaler.scale(loss * weight).backward()
        self._scaler.step(self._optimizer)
        self._scaler.update()
        return float(sums[0] / sums[1].clamp(min=1))

    def evaluate(self) -> np.ndarray:
        """Each process counts its share of the images."""
        self._agree_on_buffers()
        K = len(self._task.val.classes)
        matrix = torch.zeros(K, K, dtype=torch.int64, device=self._device)
        for images, labels in self._val_batches:
            labels = labels.to(self._device)
            prediction = self._classes(images, labels.shape[-2:])
            matrix += self._task.metrics.confusion_matrix(labels, prediction, K)
        return self._sum(matrix).cpu().numpy()

    def _agree_on_buffers(self) -> None:
        """In all processes the first one's: batch norms have followed different images."""
        if self.processes > 1:
            for buffer in self.model.buffers():
                dist.broadcast(buffer, src=0)

    def predict(self, index: int) -> np.ndarray:
        """Image by image."""
        image, label = self._val_set[index]
        height, width = self._task.val.read(index)[1].shape
        prediction = self._classes(image[None], label.shape)[0, :height, :width]
        return prediction.to(torch.uint8).cpu().numpy()

    def _classes(self, images: Tensor, size: torch.Size) -> Tensor:
        """(N, H, W) int64: the class of every pixel of images at the size of their labels."""
        logits = self._logits(images)
        if logits.shape[-2:] != size:
            logits = F.interpolate(logits, size=tuple(size), mode="bilinear")
        return logits.argmax(dim=1)

    def _logits(self, images: Tensor) -> Tensor:
        """(N, K, H, W) float32, in inference mode."""
        self.model.eval()
        # Without DistributedDataParallel: processes may evaluate different numbers of images.
        with torch.inference_mode(), self._autocast():
            logits: Tensor = self.model(self._to_device(images))
        return logits.float()

    def _to_device(self, images: Tensor) -> Tensor:
        if self._device.type == "cuda":
            return images.to(self._device, non_blocking=True, memory_format=torch.channels_last)
        return images

    def _autocast(self) -> torch.autocast:
        dtype = getattr(torch, self._recipe.precision)
        return torch.autocast(self._device.type, dtype, enabled=dtype is not torch.float32)

    def save_weights(self, path: Path) -> None:
        """The state dict: ``model.load_state_dict(torch.load(path))``."""
        _save(self.model.state_dict(), path)

    def load_weights(self, path: Path) -> None:
        """In every process, from the same file."""
        self.model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))

    def save_state(self, path: Path, epochs_done: int) -> None:
        """Random numbers are not in it: they follow from the number of the epoch."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "scaler": self._scaler.state_dict(),
            "epochs_done": epochs_done,
        }
        _save(state, path)

    def load_state(self, path: Path) -> int:
        """In every process, from the same file."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._scaler.load_state_dict(state["scaler"])
        return int(state["epochs_done"])

    def any_process(self, flag: bool) -> bool:
        """By a sum over all processes."""
        if self.processes == 1:
            return flag
        return bool(self._sum(torch.tensor(int(flag), device=self._device)))

    def _sum(self, numbers: Tensor) -> Tensor:
        if self.processes > 1:
            dist.all_reduce(numbers)
        return numbers

    def close(self) -> None:
        """End the group that `torchrun` started."""
        if self.processes > 1:
            dist.destroy_process_group()


def _join(processes: int) -> torch.device:
    """Join the other processes, and return the device for this one: a GPU each, or the CPU."""
    gpu = torch.cuda.is_available()
    if processes > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if gpu else "gloo")
    if not gpu:
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return "CPU"


def _epoch_seed(seed: int, epoch: int, rank: int) -> int:
    """Another number for every epoch and process."""
    state = np.random.SeedSequence((seed, epoch, rank)).generate_state(1, np.uint64)[0]
    return int(state >> np.uint64(1))


def _save(state: Any, path: Path) -> None:
    # By an open file: PyTorch, given a path, hides what the system says of a full disk.
    with path.open("wb") as file:
        try:
            torch.save(state, file)
        except RuntimeError as error:
            # After an error of the system, closing the archive is another error.
            if isinstance(error.__context__, OSError):
                raise error.__context__ from None
            raise
