"""The fur of cats and dogs: a ground colour and layers of markings over it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pixelwise.data.small.animal_build import Kind
from pixelwise.data.small.soft_bodies import Relief
from pixelwise.data.small.soft_noise import clouds, softened

Rgb = tuple[float, float, float]
Marking = Callable[[Relief, np.random.Generator], np.ndarray]
"""From what is seen of an animal to (h, w) float32: how strongly each place is marked, 0 to 1."""

_FURRY = (
    Kind.BODY,
    Kind.CHEST,
    Kind.HEAD,
    Kind.MUZZLE,
    Kind.EAR,
    Kind.LEG,
    Kind.PAW,
    Kind.TAIL,
    Kind.TAIL_TIP,
)
_TORSO = (Kind.BODY, Kind.CHEST)


@dataclass(frozen=True)
class Coat:
    """The colours of an animal.

    Attributes:
        ground: of all fur that has no marking.
        layers: markings and their colours, later ones over earlier ones.
        eye: of its eyes.
        nose: of its nose.
        fur: how long its fur is, from 0 (bare) to 1.
    """

    ground: Rgb
    layers: tuple[tuple[Marking, Rgb], ...] = ()
    eye: Rgb = (70, 44, 26)
    nose: Rgb = (42, 36, 36)
    fur: float = 0.3

    def colors(self, rng: np.random.Generator) -> Callable[[Relief], np.ndarray]:
        """The function that colours what is seen, (h, w, 3), before it is lit."""
        collar = rng.uniform(30, 220, 3).astype(np.float32)

        def colored(seen: Relief) -> np.ndarray:
            color = np.full((*seen.kind.shape, 3), self.ground, np.float32)
            for marking, marked in self.layers:
                strength = marking(seen, rng)[:, :, None]
                color += strength * (np.array(marked, np.float32) - color)
            hair = (0.012 + 0.03 * self.fur) * seen.scale, (0.006 + 0.006 * self.fur) * seen.scale
            strands = clouds(seen.kind.shape, hair, rng)
            strands += 0.7 * clouds(seen.kind.shape, 0.07 * seen.scale, rng)
            color *= (1 + (0.03 + 0.08 * self.fur) * strands)[:, :, None]
            for kind, fixed in self._fixed().items():
                color[seen.kind == kind] = fixed
            color[seen.kind == Kind.COLLAR] = collar
            return color

        return colored

    def _fixed(self) -> dict[Kind, Rgb]:
        """The colours of what is not fur."""
        red, green, blue = self.ground
        inner = (0.4 * red + 125, 0.4 * green + 80, 0.4 * blue + 75)
        return {
            Kind.EYE: self.eye,
            Kind.PUPIL: (8, 8, 10),
            Kind.NOSE: self.nose,
            Kind.TONGUE: (222, 110, 118),
            Kind.INNER_EAR: inner,
            Kind.HORN: (214, 200, 176),
        }


def on(*kinds: Kind, soft: float = 1.5) -> Marking:
    """Certain parts of the body, with a soft edge."""

    def marking(seen: Relief, rng: np.random.Generator) -> np.ndarray:
        return softened(np.isin(seen.kind, kinds), soft)

    return marking


def stripes(per_unit: float, width: float = 0.0) -> Marking:
    """Stripes around body, legs, tail and head.

    Args:
        per_unit: the number of stripes along a body's length.
        width: how wide they are, from -1 (none) to 1 (all marked).
    """

    def marking(seen: Relief, rng: np.random.Generator) -> np.ndarray:
        forward, up, right = np.moveaxis(seen.place, 2, 0)
        along = np.where(np.isin(seen.kind, _TORSO), forward + 0.3 * up, up - 0.3 * forward)
        along = np.where(
            np.isin(seen.kind, (Kind.TAIL, Kind.TAIL_TIP)), 1.4 * (forward - up), along
        )
        along = np.where(np.isin(seen.kind, (Kind.HEAD,)), 1.3 * right + 0.4 * up, along)
        bent = along + 0.03 * clouds(along.shape, 0.08 * seen.scale, rng, octaves=2)
        wave = (
            np.sin(2 * np.pi * per_unit * bent)
            + width
            + 0.35 * clouds(along.shape, 0.04 * seen.scale, rng)
        )
        return (1.6 * wave).clip(0, 0.85) * np.isin(seen.kind, _FURRY)

    return marking


def spots(size: float, share: float = 1.0) -> Marking:
    """Round spots on body and legs; `size` is their distance in units of the body."""

    def marking(seen: Relief, rng: np.random.Generator) -> np.ndarray:
        dots = clouds(seen.kind.shape, size * seen.scale, rng)
        dots += 0.25 * clouds(seen.kind.shape, 0.3 * size * seen.scale, rng)
        spotted = (3 * (dots - share)).clip(0, 0.9)
        return spotted * np.isin(seen.kind, (*_TORSO, Kind.LEG, Kind.TAIL))

    return marking


def patches(size: float, share: float) -> Marking:
    """Large patches.

    Args:
        size: their distance in units of the body.
        share: of the fur that they cover, about.
    """

    def marking(seen: Relief, rng: np.random.Generator) -> np.ndarray:
        field = clouds(seen.kind.shape, size * seen.scale, rng, octaves=2)
        edge = float(np.quantile(field[seen.inside], 1 - share))
        return (4 * (field - edge)).clip(0, 1)

    return marking


def saddle(low: float, high: float) -> Marking:
    """The back: all of the torso and the tail above a height that lies between `low` and `high`."""

    def marking(seen: Relief, rng: np.random.Generator) -> np.ndarray:
        up = seen.place[:, :, 1] + 0.03 * clouds(seen.kind.shape, 0.05 * seen.scale, rng)
        back = ((up - low) / (high - low)).clip(0, 1)
        return back * np.isin(seen.kind, (Kind.BODY, Kind.TAIL))

    return marking


def below() -> Marking:
    """The belly and the chin: whatever faces the ground."""

    def marking(seen: Relief, rng: np.random.Generator) -> np.ndarray:
        return (-1.4 * seen.normal[:, :, 1] - 0.1).clip(0, 0.8)

    return marking


def blaze() -> Marking:
    """A streak up the middle of the face."""

    def marking(seen: Relief, rng: np.random.Generator) -> np.ndarray:
        # The face looks where its surface is, whichever way the head is turned.
        face = np.isin(seen.kind, (Kind.HEAD, Kind.MUZZLE))
        nose = seen.kind == Kind.NOSE
        if not nose.any():
            return np.zeros(seen.kind.shape, np.float32)
        rows, columns = np.nonzero(nose)
        x = np.arange(nose.shape[1])[None] - columns.mean()
        y = np.arange(nose.shape[0])[:, None] - rows.mean()
        width = np.sqrt(nose.sum()) * np.where(y < 0, 0.8, 1.6)
        return (2 - np.abs(x) / width).clip(0, 1).astype(np.float32) * face

    return marking
