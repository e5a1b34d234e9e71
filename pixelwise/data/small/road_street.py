"""The plan of a street: what lies on the ground, seen from above."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color


class Texture(IntEnum):
    """The structure of a surface."""

    SMOOTH = 0
    ASPHALT = auto()
    SLABS = auto()
    COBBLES = auto()
    GRASS = auto()
    GRAVEL = auto()


@dataclass(frozen=True)
class Strip:
    """A strip of ground along the road.

    Attributes:
        width: in metres.
        kind: what it is.
        color: its colour in full light.
        texture: its structure.
    """

    width: float
    kind: Kind
    color: Color
    texture: Texture


@dataclass(frozen=True)
class Line:
    """A line painted along the road.

    Attributes:
        u: the offset of its middle.
        width: in metres.
        color: its colour.
        dashed: whether it has gaps.
    """

    u: float
    width: float
    color: Color
    dashed: bool


@dataclass(frozen=True)
class Mouth:
    """Where another road begins at the side, -1 for left and 1 for right, between two distances."""

    side: int
    near: float
    far: float


@dataclass(frozen=True)
class Street:
    """A road and what lies beside it; all offsets are from the centre line, in metres.

    Attributes:
        half: half the width of the road.
        color: the colour of the road.
        texture: its structure.
        left: the strips from the road outwards; the last one has no end.
        right: the same on the other side.
        lines: the lines on the road.
        lane: the offsets between which the lane of the camera lies.
        mouths: the roads that begin here.
        zebra: the distance of a pedestrian crossing, if there is one.
        rails: the offsets of the middle of tram tracks in the road.
    """

    half: float
    color: Color
    texture: Texture
    left: tuple[Strip, ...]
    right: tuple[Strip, ...]
    lines: tuple[Line, ...] = ()
    lane: tuple[float, float] = (0.0, 0.0)
    mouths: tuple[Mouth, ...] = ()
    zebra: float | None = None
    rails: tuple[float, ...] = ()

    def strips(self, side: int) -> Sequence[Strip]:
        """The strips on one side."""
        return self.left if side < 0 else self.right

    def widest(self, side: int, kind: Kind) -> Strip | None:
        """The widest strip of a kind on one side; the last strip, which has no end, is left out."""
        found = [strip for strip in self.strips(side)[:-1] if strip.kind == kind]
        return max(found, key=lambda strip: strip.width) if found else None

    def extent(self, side: int, kind: Kind) -> tuple[float, float] | None:
        """How far from the centre line that strip begins and ends, if there is one."""
        widest, start = self.widest(side, kind), self.half
        for strip in self.strips(side):
            if strip is widest:
                return start, start + strip.width
            start += strip.width
        return None

    def outer(self, side: int) -> float:
        """How far from the centre line the last strip begins."""
        return self.half + sum(strip.width for strip in self.strips(side)[:-1])

    def mouth_at(self, side: int, near: float, far: float, margin: float = 0.0) -> Mouth | None:
        """The side road between two distances, if there is one."""
        for mouth in self.mouths:
            if mouth.side == side and near < mouth.far + margin and far > mouth.near - margin:
                return mouth
        return None

    def clear_of_mouths(self, side: int, z: float) -> float:
        """A distance, or one a little farther where no side road begins."""
        mouth = self.mouth_at(side, z, z, 1.5)
        return mouth.far + 2.5 if mouth else z
