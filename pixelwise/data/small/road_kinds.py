"""What can be seen in the made-up road scenes: one list of kinds for all the sets."""

from enum import IntEnum, auto


class Kind(IntEnum):
    """The kind of a pixel. Each set has a table that translates kinds to its own numbers."""

    NOTHING = 0
    EGO = auto()  # the car that carries the camera
    BORDER = auto()  # the rim of the picture, which nobody annotates
    STATIC = auto()  # bins, benches, bollards
    DYNAMIC = auto()  # what somebody carries or pushes along
    ROAD = auto()
    PAVEMENT = auto()
    PARKING = auto()
    GRAVEL = auto()
    TERRAIN = auto()
    BUILDING = auto()
    WALL = auto()
    FENCE = auto()
    GUARD_RAIL = auto()
    POLE = auto()
    TRAFFIC_LIGHT = auto()
    SIGN = auto()
    VEGETATION = auto()
    SKY = auto()
    PERSON = auto()
    RIDER = auto()
    CAR = auto()
    TRUCK = auto()
    BUS = auto()
    TRAM = auto()
    MOTORCYCLE = auto()
    BICYCLE = auto()


GROUND_KINDS = (Kind.ROAD, Kind.PAVEMENT, Kind.PARKING, Kind.GRAVEL, Kind.TERRAIN)
"""What lies flat."""
