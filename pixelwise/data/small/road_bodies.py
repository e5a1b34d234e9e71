"""The shapes of vehicles: an outline seen from the side, and what is on it."""

import itertools
from dataclasses import dataclass

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_view import Point


@dataclass(frozen=True)
class Body:
    """The shape of a vehicle, or of a part of one.

    A spot on its side is (share of the length from the rear, height in metres).

    Attributes:
        kind: what it is.
        length: in metres.
        width: in metres.
        outline: of its side, from the lowest point of the rear over the roof to the lowest point
            of the front.
        glass: which stretches of the outline are windows: the numbers of their first points.
        windows: polygons of its side windows.
        wheels: where the wheels are, as shares of the length.
        wheel: their radius.
        belt: above this height it gets narrower.
        roof: how much of its width is left at the top.
        tail: the heights between which the lamps are.
    """

    kind: Kind
    length: float
    width: float
    outline: tuple[Point, ...]
    glass: frozenset[int]
    windows: tuple[tuple[Point, ...], ...]
    wheels: tuple[float, ...] = (0.19, 0.81)
    wheel: float = 0.33
    belt: float = 0.95
    roof: float = 0.8
    tail: tuple[float, float] = (0.66, 0.86)

    @property
    def height(self) -> float:
        """Of its highest point."""
        return max(y for _, y in self.outline)

    def half(self, y: float) -> float:
        """Half its width at a height."""
        if y <= self.belt:
            return self.width / 2
        narrowing = (y - self.belt) / max(self.height - self.belt, 0.1)
        return self.width / 2 * (1 - (1 - self.roof) * narrowing)


def _row_of_windows(
    count: int, first: float, last: float, low: float, high: float
) -> tuple[tuple[Point, ...], ...]:
    """Windows of equal width along the side of a bus."""
    step = (last - first) / count
    edges = [first + number * step for number in range(count + 1)]
    gap = 0.08 * step
    return tuple(
        ((a + gap, low), (a + gap, high), (b - gap, high), (b - gap, low))
        for a, b in itertools.pairwise(edges)
    )


# fmt: off
HATCHBACK = Body(
    kind=Kind.CAR, length=4.0, width=1.76,
    outline=(
        (0, 0.26), (0, 0.6), (0.02, 0.95), (0.1, 1.4), (0.2, 1.48),
        (0.52, 1.46), (0.73, 0.98), (0.97, 0.76), (1, 0.6), (1, 0.26),
    ),
    glass=frozenset({2, 5}),
    windows=(
        ((0.1, 1.0), (0.16, 1.36), (0.36, 1.4), (0.36, 1.0)),
        ((0.39, 1.0), (0.39, 1.4), (0.51, 1.38), (0.67, 1.0)),
    ),
)
SEDAN = Body(
    kind=Kind.CAR, length=4.6, width=1.8,
    outline=(
        (0, 0.26), (0, 0.62), (0.02, 0.96), (0.15, 1.02), (0.28, 1.4),
        (0.57, 1.42), (0.75, 0.98), (0.97, 0.76), (1, 0.6), (1, 0.26),
    ),
    glass=frozenset({3, 5}),
    windows=(
        ((0.19, 1.02), (0.29, 1.34), (0.43, 1.36), (0.43, 1.0)),
        ((0.46, 1.0), (0.46, 1.36), (0.56, 1.35), (0.69, 1.0)),
    ),
)
ESTATE = Body(
    kind=Kind.CAR, length=4.7, width=1.82,
    outline=(
        (0, 0.26), (0, 0.62), (0.01, 0.96), (0.06, 1.4), (0.12, 1.5),
        (0.58, 1.48), (0.76, 0.98), (0.97, 0.78), (1, 0.6), (1, 0.26),
    ),
    glass=frozenset({2, 5}),
    windows=(
        ((0.07, 1.02), (0.1, 1.38), (0.26, 1.42), (0.26, 1.02)),
        ((0.28, 1.02), (0.28, 1.42), (0.46, 1.42), (0.46, 1.02)),
        ((0.48, 1.02), (0.48, 1.42), (0.57, 1.4), (0.7, 1.02)),
    ),
)
OFF_ROADER = Body(
    kind=Kind.CAR, length=4.6, width=1.9,
    outline=(
        (0, 0.36), (0, 0.75), (0.01, 1.12), (0.05, 1.64), (0.12, 1.72),
        (0.56, 1.7), (0.7, 1.16), (0.97, 1.0), (1, 0.75), (1, 0.36),
    ),
    glass=frozenset({2, 5}),
    windows=(
        ((0.07, 1.16), (0.09, 1.58), (0.28, 1.62), (0.28, 1.16)),
        ((0.3, 1.16), (0.3, 1.62), (0.54, 1.6), (0.65, 1.16)),
    ),
    wheel=0.38, belt=1.1, tail=(0.86, 1.12),
)
VAN = Body(
    kind=Kind.CAR, length=5.2, width=1.98,
    outline=(
        (0, 0.36), (0, 0.9), (0, 1.3), (0.01, 2.1), (0.05, 2.24),
        (0.68, 2.22), (0.86, 1.3), (0.98, 1.06), (1, 0.75), (1, 0.36),
    ),
    glass=frozenset({2, 5}),
    windows=(((0.66, 1.34), (0.66, 1.98), (0.71, 1.98), (0.82, 1.34)),),
    wheel=0.35, belt=1.3, roof=0.9, tail=(0.9, 1.3),
)
BUS = Body(
    kind=Kind.BUS, length=11.5, width=2.5,
    outline=(
        (0, 0.34), (0, 1.35), (0, 2.5), (0.005, 3.05), (0.01, 3.12),
        (0.985, 3.12), (0.99, 2.75), (1, 1.15), (1, 0.34),
    ),
    glass=frozenset({1, 6}),
    windows=_row_of_windows(7, 0.03, 0.97, 1.4, 2.55),
    wheels=(0.22, 0.76), wheel=0.48, belt=3.0, roof=0.96, tail=(0.8, 1.2),
)
TRAM = Body(
    kind=Kind.TRAM, length=24.0, width=2.4,
    outline=(
        (0, 0.3), (0, 1.3), (0.012, 2.7), (0.02, 3.3), (0.025, 3.4),
        (0.975, 3.4), (0.985, 2.7), (1, 1.3), (1, 0.3),
    ),
    glass=frozenset({1, 6}),
    windows=_row_of_windows(12, 0.03, 0.97, 1.35, 2.65),
    wheels=(), belt=3.1, roof=0.9, tail=(0.7, 1.0),
)
# A lorry has a cab, and a box behind it.
BOX = Body(
    kind=Kind.TRUCK, length=6.4, width=2.5,
    outline=((0, 0.95), (0, 2.2), (0, 3.5), (1, 3.5), (1, 0.95)),
    glass=frozenset(),
    windows=(),
    wheels=(0.12, 0.28), wheel=0.5, belt=9.0, tail=(0.98, 1.2),
)
CAB = Body(
    kind=Kind.TRUCK, length=2.3, width=2.4,
    outline=((0, 0.6), (0, 3.0), (0.75, 3.0), (0.92, 2.7), (1, 1.55), (1, 0.5)),
    glass=frozenset({3}),
    windows=(((0.35, 1.6), (0.35, 2.5), (0.75, 2.5), (0.88, 1.6)),),
    wheels=(0.55,), wheel=0.5, belt=9.0, tail=(0.75, 1.0),
)
# fmt: on

CARS = (HATCHBACK, HATCHBACK, SEDAN, ESTATE, OFF_ROADER, VAN)
"""The shapes of cars; the first one is met more often."""
