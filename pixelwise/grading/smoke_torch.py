"""Training a network briefly with PyTorch, on the GPU if there is one."""

from collections.abc import Iterable
from itertools import islice

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from pixelwise.grading.plan import MAX_GRADIENT, NORM_BATCHES, VOID, TrainingPlan, he_weights
from pixelwise.grading.values import Array


def has_gpu() -> bool:
    """Whether training runs on a GPU."""
    return torch.cuda.is_available()


def train(network: nn.Module, plan: TrainingPlan, images: Tensor, labels: Tensor) -> Array:
    """Give a network new weights and train them.

    Weights of transposed convolutions are left as they are, because they start as interpolation.
    Frozen weights get their initial values and keep them.

    Args:
        network: maps images to logits (N, K, H, W). It is back on the CPU afterwards.
        plan: how.
        images: (N, 3, H, W) float32.
        labels: (N, H, W) int64.

    Returns:
        The loss before each step, (steps,).
    """
    device = torch.device("cuda" if has_gpu() else "cpu")
    initialise(network, plan.seed)
    torch.manual_seed(plan.seed)  # dropout
    network.to(device).train()
    images, labels = images.to(device), labels.to(device)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    # An optimizer of nothing is refused; a network without trainable weights is merely bad.
    optimizer = torch.optim.Adam(weights or [torch.zeros(1)], eps=1e-7)

    losses = []
    for rate, batch in zip(plan.rates(), plan.batches(len(images)), strict=True):
        optimizer.param_groups[0]["lr"] = rate
        loss = F.cross_entropy(network(images[batch]), labels[batch], ignore_index=VOID)
        losses.append(loss.item())
        optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()
            nn.utils.clip_grad_norm_(weights, MAX_GRADIENT)
        optimizer.step()
    batches = islice(plan.batches(len(images)), NORM_BATCHES)
    settle_norms(network, (images[batch] for batch in batches))
    network.cpu()
    return np.array(losses)


def settle_norms(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Give batch norms that are in training mode their mean statistics over some batches."""
    norms = [
        layer for layer in network.modules() if isinstance(layer, _BatchNorm) and layer.training
    ]
    if not norms:
        return
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean of all batches since the reset
    with torch.no_grad():
        for images in batches:
            network(images)


def initialise(network: nn.Module, seed: int) -> None:
    """Seeded He weights for all convolutions; scoring layers and biases become zero."""
    rng = np.random.default_rng(seed)
    for name, layer in network.named_modules():
        if not isinstance(layer, nn.Conv2d):
            continue
        weight = he_weights(rng, tuple(layer.weight.shape), layer.weight[0].numel())
        is_score = name.rpartition(".")[2].startswith("score")
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight) * (not is_score))
            if layer.bias is not None:
                layer.bias.zero_()
