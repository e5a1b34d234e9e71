"""Reference answers of lesson 4, PyTorch: loss, schedule, loop, picture."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .masks_torch import one_hot


def pixel_cross_entropy(logits: Tensor, label: Tensor, ignore_index: int = 255) -> Tensor:
    """The mean cross-entropy over all pixels that are not void.

    Args:
        logits: (N, K, H, W), any real numbers.
        label: (N, H, W) int64, in [0, K) or `ignore_index`.
        ignore_index: the label of void pixels; they take no part, and get no gradient.

    Returns:
        The loss, a float32 tensor without axes; 0 if every pixel is void.
    """
    # (N, H, W), zero at void pixels. PyTorch's own mean would be 0 / 0 = NaN without any other.
    losses = F.cross_entropy(logits, label, ignore_index=ignore_index, reduction="none")
    evaluated = label != ignore_index
    return losses.sum() / evaluated.sum().clamp(min=1)


def dice_loss(logits: Tensor, label: Tensor, ignore_index: int = 255, eps: float = 1.0) -> Tensor:
    """One minus the mean Dice coefficient of the classes, with probabilities in place of sets.

    The coefficient of a class is (2·Σpg + eps) / (Σp + Σg + eps), where p is its probability
    (softmax) and g is 1 at the pixels of the class, 0 elsewhere. The sums are over all pixels of
    the batch that are not void. After Milletari et al. (2016), https://arxiv.org/abs/1606.04797,
    who have p² and g² in the denominator.

    Args:
        logits: (N, K, H, W), any real numbers.
        label: (N, H, W) int64, in [0, K) or `ignore_index`.
        ignore_index: the label of void pixels; they are left out of every sum.
        eps: keeps the coefficient of an absent class from being 0 / 0.

    Returns:
        The loss, a float32 tensor without axes.
    """
    evaluated = (label != ignore_index).unsqueeze(1)  # (N, 1, H, W)
    p = logits.softmax(dim=1) * evaluated  # (N, K, H, W)
    g = one_hot(label, logits.shape[1]) * evaluated  # (N, K, H, W)

    pixels = (0, 2, 3)  # every axis but that of the classes
    overlap = (p * g).sum(pixels)  # (K,)
    total = p.sum(pixels) + g.sum(pixels)  # (K,)
    dice = (2 * overlap + eps) / (total + eps)
    return 1 - dice.mean()


def step_decay(epoch: int, initial_lr: float, factor: float = 0.5, every: int = 30) -> float:
    """The learning rate of an epoch: multiplied by `factor` after every `every` epochs.

    Args:
        epoch: counted from 0.
        initial_lr: the rate of epoch 0.
        factor: what the rate is multiplied by.
        every: after how many epochs.

    Returns:
        The learning rate.
    """
    return initial_lr * factor ** (epoch // every)


def train_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor
) -> float:
    """One step of training on one batch, on `pixel_cross_entropy`.

    Args:
        model: maps images to logits (N, K, H, W); it is put into training mode and changed.
        optimizer: of the model's parameters.
        images: (N, 3, H, W) float32.
        labels: (N, H, W) int64, in [0, K) or 255 for void.

    Returns:
        The loss before the step, a Python float.
    """
    model.train()
    # Gradients add up until they are cleared.
    optimizer.zero_grad()
    loss = pixel_cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def predict(model: nn.Module, image: Tensor) -> Tensor:
    """The class of every pixel of one image, in inference mode and without gradients.

    Args:
        model: maps images to logits (N, K, H, W); every module in it is left in its mode.
        image: (3, H, W) float32, normalised.

    Returns:
        (H, W) int64 label map.
    """
    # Modules can be in different modes: a frozen encoder is in inference mode all the time.
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            logits = model(image.unsqueeze(0))  # (1, K, H, W)
    finally:
        for module, training in modes:
            # Not module.train(training): that would change all the modules inside, too.
            module.training = training
    return logits[0].argmax(dim=0)


def overlay(
    image: np.ndarray | Tensor,
    mask: np.ndarray | Tensor,
    color: Sequence[int] = (0, 255, 0),
    alpha: float = 0.5,
) -> Tensor:
    """Paint a mask over an image, half transparent.

    Args:
        image: (H, W, 3) uint8.
        mask: (H, W) boolean; where it holds, there is paint.
        color: the RGB colour of the paint.
        alpha: how opaque the paint is, from 0 to 1.

    Returns:
        (H, W, 3) uint8: (1 - alpha)·image + alpha·color under the paint, the image elsewhere.
    """
    image, mask = torch.as_tensor(image), torch.as_tensor(mask)
    paint = torch.tensor(color, dtype=torch.float32, device=image.device)  # (3,)
    painted = (1 - alpha) * image + alpha * paint  # (H, W, 3) float32
    # Conversion to uint8 alone would cut the fraction off.
    return torch.where(mask.unsqueeze(-1), painted.round().to(torch.uint8), image)
