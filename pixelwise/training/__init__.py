"""Training the networks of the course on its data sets: ``pixelwise train``."""

from pixelwise.training.errors import TrainingError
from pixelwise.training.loop import Ending, Outcome
from pixelwise.training.recipe import Recipe
from pixelwise.training.run import evaluate, train

__all__ = ["Ending", "Outcome", "Recipe", "TrainingError", "evaluate", "train"]
