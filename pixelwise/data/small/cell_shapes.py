"""Where nuclei lie, what outline each has, and which pixel belongs to which."""

from dataclasses import dataclass

import numpy as np

# Nuclei of fewer pixels than this are left out: nobody could outline them.
_SMALLEST = 7
# Nuclei may cover each other by this many pixels at most.
_OVERLAP = 1.2


@dataclass(frozen=True)
class Nucleus:
    """An outline: an ellipse with waves.

    Attributes:
        center: (y, x) in pixels.
        radii: half the length and half the width, in pixels.
        angle: of the long axis, in radians.
        waves: (3, 2): amplitude and phase of the waves with 2, 3 and 4 crests along the outline.
    """

    center: tuple[float, float]
    radii: tuple[float, float]
    angle: float
    waves: np.ndarray

    @property
    def radius(self) -> float:
        """Of the circle of about the same area."""
        return float(np.sqrt(self.radii[0] * self.radii[1]))

    def outside(self, shape: tuple[int, int]) -> tuple[tuple[slice, slice], np.ndarray]:
        """The window around the nucleus, and how far outside each of its pixels lies.

        Returns:
            The rows and columns of the window, and (h, w) float32: about the distance from the
            outline in pixels, negative inside.
        """
        reach = 1.4 * max(self.radii) + 3
        rows, columns = (
            slice(max(0, int(middle - reach)), min(length, int(middle + reach) + 1))
            for middle, length in zip(self.center, shape, strict=True)
        )
        y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - self.center[0]
        x = np.arange(columns.start, columns.stop, dtype=np.float32)[None] - self.center[1]
        along = (np.cos(self.angle) * x + np.sin(self.angle) * y) / self.radii[0]
        across = (np.cos(self.angle) * y - np.sin(self.angle) * x) / self.radii[1]
        distance = np.hypot(along, across)
        turn = np.arctan2(across, along)
        outline = np.ones_like(distance)
        for crests, (amplitude, phase) in enumerate(self.waves, start=2):
            outline += amplitude * np.cos(crests * turn + phase)
        return (rows, columns), (distance / outline - 1) * self.radius


@dataclass(frozen=True)
class Division:
    """Which pixel belongs to which nucleus.

    Attributes:
        nearest: (H, W) integers, the index of the nucleus that a pixel is in or next to, -1 far
            from all.
        depth: (H, W) float32, how deep in it the pixel lies, in pixels; negative outside.
        count: the number of nuclei.
    """

    nearest: np.ndarray
    depth: np.ndarray
    count: int

    def numbers(self) -> np.ndarray:
        """(H, W) integers: 0 for the background, 1 ... count for the nuclei."""
        return np.where(self.depth > 0, self.nearest + 1, 0)

    def coverage(self) -> np.ndarray:
        """(H, W) float32: which part of a pixel is nucleus, from 0 to 1."""
        return (self.depth + 0.5).clip(0, 1)


def random_nucleus(
    center: tuple[float, float],
    diameter: float,
    longer: float,
    rough: float,
    rng: np.random.Generator,
) -> Nucleus:
    """A nucleus of a given size at a given place.

    Args:
        center: (y, x) in pixels.
        diameter: of the circle of the same area, in pixels.
        longer: length divided by width.
        rough: amplitude of the waves in its outline, relative to its radius.
        rng: chooses the angle and the waves.
    """
    stretch = np.sqrt(longer)
    waves = np.stack([rough * rng.normal(size=3) / (1, 1.5, 2), rng.uniform(0, 2 * np.pi, 3)], 1)
    radii = (diameter / 2 * stretch, diameter / 2 / stretch)
    return Nucleus(center, radii, rng.uniform(0, np.pi), waves)


def scattered(
    shape: tuple[int, int],
    diameters: np.ndarray,
    clustered: float,
    longer: tuple[float, float],
    rough: float,
    rng: np.random.Generator,
) -> list[Nucleus]:
    """Nuclei that do not cover each other, many of them touching.

    Args:
        shape: (H, W) of the image; nuclei may be cut off by its edges.
        diameters: (n,) in pixels, one a nucleus; those that find no room are left out.
        clustered: the share of nuclei that are put right beside another one.
        longer: the least and the greatest length divided by width.
        rough: amplitude of the waves in the outlines.
        rng: the source of places and shapes.
    """
    nuclei: list[Nucleus] = []
    nearest = np.full(shape, np.inf, np.float32)
    for diameter in sorted(diameters, reverse=True):
        for _attempt in range(12):
            if nuclei and rng.random() < clustered:
                center = _beside(nuclei[rng.integers(len(nuclei))], diameter / 2, rng)
            else:
                center = (rng.uniform(0, shape[0]), rng.uniform(0, shape[1]))
            nucleus = random_nucleus(center, diameter, rng.uniform(*longer), rough, rng)
            window, outside = nucleus.outside(shape)
            if (outside < 0).sum() < _SMALLEST:
                continue
            if (nearest[window] + outside).min() > -_OVERLAP:
                nearest[window] = np.minimum(nearest[window], outside)
                nuclei.append(nucleus)
                break
    return nuclei


def _beside(neighbour: Nucleus, radius: float, rng: np.random.Generator) -> tuple[float, float]:
    """A centre from which a nucleus of this radius about touches its neighbour."""
    turn = rng.uniform(0, 2 * np.pi)
    distance = (neighbour.radius + radius) * rng.uniform(0.95, 1.12)
    y, x = neighbour.center
    return y + distance * np.sin(turn), x + distance * np.cos(turn)


def divided(nuclei: list[Nucleus], shape: tuple[int, int], gap: float) -> Division:
    """Give each pixel to one nucleus, with a gap between nuclei that touch.

    Args:
        nuclei: their outlines.
        shape: (H, W) of the image.
        gap: the width in pixels of the strip between two nuclei that belongs to neither.

    Returns:
        The division, without those nuclei of which hardly anything is left.
    """
    first = np.full(shape, 1e6, np.float32)
    second = first.copy()
    nearest = np.full(shape, -1)
    for index, nucleus in enumerate(nuclei):
        window, outside = nucleus.outside(shape)
        nearer = outside < first[window]
        second[window] = np.where(nearer, first[window], np.minimum(second[window], outside))
        first[window] = np.where(nearer, outside, first[window])
        nearest[window][nearer] = index
    # The middle between two outlines is where both are equally far away.
    depth = np.minimum(-first, (second - first - gap) / 2)
    return _without_scraps(nearest, depth, len(nuclei))


def _without_scraps(nearest: np.ndarray, depth: np.ndarray, count: int) -> Division:
    areas = np.bincount(nearest[depth > 0], minlength=count)
    kept = areas >= _SMALLEST
    new_index = np.append(np.cumsum(kept) - 1, -1)
    lost = ~np.append(kept, True)[nearest]
    depth[lost] = -1e6
    return Division(np.where(lost, -1, new_index[nearest]), depth, int(kept.sum()))
