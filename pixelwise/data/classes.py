"""A label set: the names and colours of its classes."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Classes:
    """The classes of a data set; class k is `names[k]`, drawn in `palette[k]`.

    Attributes:
        name: the data set's name.
        names: one English name a class, translated where it is shown.
        palette: (K, 3) uint8 RGB.
        void_color: RGB of the pixels that belong to no class.
        ignore_index: the label of those pixels.
    """

    name: str
    names: tuple[str, ...]
    palette: np.ndarray
    void_color: tuple[int, int, int] = (224, 224, 192)
    ignore_index: int = 255

    def __post_init__(self) -> None:
        palette = np.array(self.palette, dtype=np.uint8)
        if palette.shape != (len(self.names), 3):
            raise ValueError(
                f"{self.name}: {len(self.names)} names, but a palette of shape {palette.shape}"
            )
        palette.setflags(write=False)
        object.__setattr__(self, "palette", palette)

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """The label of the class called `name`; ValueError if there is none."""
        return self.names.index(name)


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture and its segmentation.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        label: (H, W) uint8, class numbers and `classes.ignore_index`.
        classes: what the numbers mean.
        instances: (H, W) uint8, 0 where there is no object, 1 ... n for the n objects; None if
            the picture's objects are not told apart.
    """

    image: np.ndarray
    label: np.ndarray
    classes: Classes
    instances: np.ndarray | None = None
