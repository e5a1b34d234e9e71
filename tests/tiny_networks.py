"""Networks of a few weights, written to files as a learner would hand them in."""

from pathlib import Path

FORGETFUL = {
    "torch": """
import torch.nn.functional as F
from torch import nn


class FCN8s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.drop = nn.Dropout(0.5)
        self.score = nn.Conv2d(width, num_classes, 3, padding=1)

    def forward(self, x):
        return self.score(self.drop(F.relu(self.norm(self.first(x)))))
""",
    "tensorflow": """
import keras
from keras import layers


def FCN8s(num_classes, width=64):
    image = keras.Input((None, None, 3))
    x = layers.Conv2D(width, 3, padding="same")(image)
    x = layers.Dropout(0.5)(layers.ReLU()(layers.BatchNormalization()(x)))
    return keras.Model(image, layers.Conv2D(num_classes, 3, padding="same")(x))
""",
}
"""With dropout and batch norm: all kinds of memory that a network can have."""

PLAIN = {
    "torch": """
import torch.nn.functional as F
from torch import nn


class FCN8s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.score = nn.Conv2d(width, num_classes, 3, padding=1)

    def forward(self, x):
        return self.score(F.relu(self.first(x)))
""",
    "tensorflow": """
import keras
from keras import layers


def FCN8s(num_classes, width=64):
    image = keras.Input((None, None, 3))
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(image)
    return keras.Model(image, layers.Conv2D(num_classes, 3, padding="same")(x))
""",
}
"""Without anything random, so that the number of processes makes no difference."""


NORMED = {
    "torch": PLAIN["torch"].replace(
        "nn.Conv2d(3, width, 3, padding=1)",
        "nn.Sequential(nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width))",
    ),
    "tensorflow": PLAIN["tensorflow"].replace(
        'padding="same", activation="relu")(image)\n',
        'padding="same")(image)\n    x = layers.ReLU()(layers.BatchNormalization()(x))\n',
    ),
}
"""With batch norm, whose statistics are of the images that a process sees."""


def write_answers(folder: Path, source: str) -> Path:
    """A file with the answer."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "answers.py"
    path.write_text(source, encoding="utf-8")
    return path
