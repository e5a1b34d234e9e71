"""The leaves of potted plants, in metres."""

import numpy as np

from pixelwise.data.small.soft_solids import Bar, Face, face


def foliage(tall: float, rng: np.random.Generator) -> list[Face | Bar]:
    """The leaves of a plant in a pot; the pot is 0.3 of all its height.

    Args:
        tall: the height of plant and pot.
        rng: chooses the kind of plant.
    """
    return (_blades, _bush, _fronds)[rng.integers(3)](tall, rng)


def _leaf(
    start: np.ndarray,
    direction: np.ndarray,
    long: float,
    wide: float,
    droop: float,
    color: np.ndarray,
) -> Face:
    """A leaf from a stem outwards, bent down towards its tip."""
    side = np.cross(direction, (0.0, 1.0, 0.0))
    side /= max(float(np.linalg.norm(side)), 1e-6)
    right, left = [], []
    for t, width in ((0.0, 0.15), (0.3, 0.9), (0.6, 0.8), (1.0, 0.05)):
        middle = start + long * t * direction - (0, droop * long * t * t, 0)
        right.append(middle + 0.5 * wide * width * side)
        left.append(middle - 0.5 * wide * width * side)
    return face([*right, *left[::-1]], color)


def _green(rng: np.random.Generator) -> np.ndarray:
    return np.array((74, 128, 58)) * rng.uniform(0.7, 1.15) + rng.uniform(-14, 14, 3)


def _blades(tall: float, rng: np.random.Generator) -> list[Face | Bar]:
    """Long leaves like swords."""
    green = _green(rng)
    start = np.array((0, 0.28 * tall, 0))
    leaves: list[Face | Bar] = []
    for _leaf_number in range(int(rng.integers(9, 16))):
        turn, rise = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 1.5)
        direction = np.array(
            (np.cos(turn) * np.cos(rise), np.sin(rise), np.sin(turn) * np.cos(rise))
        )
        leaves.append(
            _leaf(
                start,
                direction,
                rng.uniform(0.5, 0.8) * tall,
                0.09 * tall,
                rng.uniform(0.05, 0.5),
                green * rng.uniform(0.75, 1.3),
            )
        )
    return leaves


def _bush(tall: float, rng: np.random.Generator) -> list[Face | Bar]:
    """Many small leaves, often with flowers between them."""
    green = _green(rng)
    petal = np.array(
        ((220, 60, 70), (240, 200, 70), (230, 140, 190), (244, 240, 236))[rng.integers(4)]
    )
    flowers = rng.random() < 0.6
    leaves: list[Face | Bar] = []
    for _leaf_number in range(46):
        direction = rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        radius = 0.24 * tall * rng.uniform(0.3, 1) ** 0.4
        start = np.array((0, 0.56 * tall, 0)) + radius * direction * (1, 1.1, 1)
        color = petal if flowers and rng.random() < 0.25 else green
        leaves.append(
            _leaf(start, direction, 0.17 * tall, 0.13 * tall, 0.3, color * rng.uniform(0.75, 1.2))
        )
    return leaves


def _fronds(tall: float, rng: np.random.Generator) -> list[Face | Bar]:
    """Stems with broad leaves at their ends."""
    green = _green(rng)
    pieces: list[Face | Bar] = []
    for _stem in range(int(rng.integers(6, 11))):
        turn, lean = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.3) * tall
        top = np.array((lean * np.cos(turn), rng.uniform(0.5, 0.92) * tall, lean * np.sin(turn)))
        pieces.append(
            Bar(
                np.array(
                    [(0, 0.28 * tall, 0), (*(0.4 * top[:1]), 0.6 * top[1], 0.4 * top[2]), top]
                ),
                0.014 * tall,
                0.8 * green,
            )
        )
        direction = np.array((np.cos(turn), 0.25, np.sin(turn)))
        pieces.append(
            _leaf(top, direction, 0.28 * tall, 0.17 * tall, 0.5, green * rng.uniform(0.8, 1.3))
        )
    return pieces
