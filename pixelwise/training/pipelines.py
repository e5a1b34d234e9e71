"""The steps that images go through, written once for both frameworks.

`pixelwise.data.torch_steps` and `pixelwise.data.tensorflow_steps` have the same names; which of
the two modules is meant comes as an argument.
"""

from types import ModuleType
from typing import Any

from pixelwise.data.sets import Facts
from pixelwise.data.sets.facts import IMAGENET_MEAN, IMAGENET_STD
from pixelwise.training.recipe import MULTIPLE, Recipe


def training_steps(recipe: Recipe, facts: Facts, steps: ModuleType) -> list[Any]:
    """From an image and its label to what the network learns from: varied at random."""
    mean, std = _statistics(recipe, facts)
    chosen = []
    if recipe.size is not None:
        chosen.append(steps.resize(recipe.size))
    if recipe.scale is not None:
        chosen.append(steps.random_scale(*recipe.scale))
    if recipe.crop is not None:
        chosen.append(steps.random_crop(recipe.crop, mean))
    if recipe.flip:
        chosen.append(steps.random_flip())
    if recipe.jitter:
        chosen.append(steps.color_jitter(recipe.jitter, recipe.jitter, recipe.jitter))
    return [*chosen, steps.normalize(mean, std)]


def validation_steps(recipe: Recipe, facts: Facts, steps: ModuleType) -> list[Any]:
    """From an image to what the network sees of it; the label keeps its full size.

    Where the network was trained on resized images, it gets one, and its scores are enlarged to
    the size of the label. Else it gets the whole image, padded to a size that it can halve; the
    padding is void in the label, so it does not count.
    """
    mean, std = _statistics(recipe, facts)
    to_input = steps.normalize(mean, std)
    if recipe.size is not None:
        return [_image_only(steps.resize(recipe.size)), to_input]
    return [steps.pad_to_multiple(MULTIPLE, mean), to_input]


def _statistics(recipe: Recipe, facts: Facts) -> tuple[Any, Any]:
    """The mean and standard deviation by which colours are normalised.

    Published weights expect colours as they were in their own training, on ImageNet.
    """
    if recipe.pretrained:
        return IMAGENET_MEAN, IMAGENET_STD
    return facts.mean, facts.std


def _image_only(step: Any) -> Any:
    """The same step, but the label stays as it is."""

    def change_image(image: Any, label: Any, seed: Any) -> tuple[Any, Any]:
        changed, _changed_label = step(image, label, seed)
        return changed, label

    return change_image
