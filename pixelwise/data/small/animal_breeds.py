"""The breeds of the Oxford-IIIT Pet set, each with a build and a coat."""

from dataclasses import dataclass
from typing import Any

from pixelwise.data.small.animal_build import Build, Kind
from pixelwise.data.small.animal_coats import (
    Coat,
    Rgb,
    below,
    blaze,
    on,
    patches,
    saddle,
    spots,
    stripes,
)

_BLACK: Rgb = (44, 40, 42)
_BROWN: Rgb = (104, 70, 48)
_CREAM: Rgb = (232, 212, 180)
_FAWN: Rgb = (214, 172, 122)
_GOLD: Rgb = (206, 150, 84)
_GREY: Rgb = (124, 126, 134)
_PINK: Rgb = (226, 178, 160)
_RED: Rgb = (186, 104, 54)
_SILVER: Rgb = (186, 182, 176)
_WHITE: Rgb = (240, 236, 228)

_AMBER: Rgb = (214, 160, 50)
_BLUE: Rgb = (110, 160, 214)
_GREEN: Rgb = (156, 188, 84)
_ROSE: Rgb = (206, 124, 120)

_POINTS = on(Kind.EAR, Kind.MUZZLE, Kind.TAIL, Kind.TAIL_TIP, Kind.PAW, Kind.NOSE, soft=3)
_LEGS = on(Kind.LEG, Kind.PAW, soft=4)
_MASK = on(Kind.MUZZLE, Kind.EAR, soft=2)
_MUZZLE = on(Kind.MUZZLE)
_EARS = on(Kind.EAR)
_CHEST = on(Kind.CHEST, soft=5)
_SOCKS = on(Kind.PAW, soft=2)
_TIP = on(Kind.TAIL_TIP)


@dataclass(frozen=True)
class Breed:
    """A breed: its name as the set writes it, cats with a capital letter."""

    name: str
    build: Build
    coat: Coat

    @property
    def cat(self) -> bool:
        """Whether it is a breed of cats."""
        return self.build.shape == "cat"


def _cat(name: str, coat: Coat, **measures: Any) -> Breed:
    return Breed(name, Build("cat", **measures), coat)


_CATS = (
    _cat(
        "Abyssinian",
        Coat(_RED, ((below(), _CREAM), (_TIP, _BROWN)), _GREEN, _ROSE, 0.2),
        ear_length=1.0,
        belly=0.125,
    ),
    _cat(
        "Bengal", Coat(_GOLD, ((below(), _CREAM), (spots(0.023, 0.35), _BLACK)), _GREEN, _ROSE, 0.2)
    ),
    _cat(
        "Birman",
        Coat(_CREAM, ((_POINTS, _BROWN), (_SOCKS, _WHITE)), _BLUE, _BROWN, 0.9),
        tail_width=0.055,
    ),
    _cat("Bombay", Coat(_BLACK, (), _AMBER, _BLACK, 0.15)),
    _cat(
        "British_Shorthair",
        Coat(_GREY, (), _AMBER, _GREY, 0.45),
        chest=0.175,
        belly=0.17,
        head=0.17,
        ear_length=0.6,
        leg=0.18,
        tail_width=0.045,
    ),
    _cat(
        "Egyptian_Mau",
        Coat(
            _SILVER, ((stripes(4, -0.5), _BLACK), (spots(0.020, 0.6), _BLACK)), _GREEN, _ROSE, 0.15
        ),
        belly=0.125,
        leg=0.25,
    ),
    _cat(
        "Maine_Coon",
        Coat(
            _BROWN, ((stripes(6), _BLACK), (_CHEST, _CREAM), (_MUZZLE, _WHITE)), _AMBER, _ROSE, 1.0
        ),
        length=0.56,
        chest=0.17,
        belly=0.165,
        ear_length=1.05,
        tail=0.6,
        tail_width=0.065,
    ),
    _cat(
        "Persian",
        Coat(_WHITE, ((below(), _SILVER),), _AMBER, _ROSE, 1.0),
        chest=0.175,
        belly=0.175,
        leg=0.15,
        head=0.17,
        muzzle=0.1,
        ear_length=0.5,
        tail_width=0.065,
    ),
    _cat(
        "Ragdoll",
        Coat(_CREAM, ((_POINTS, _GREY), (saddle(0.3, 0.5), _SILVER)), _BLUE, _ROSE, 0.9),
        length=0.55,
        tail_width=0.055,
    ),
    _cat("Russian_Blue", Coat((112, 120, 138), (), _GREEN, _GREY, 0.25), belly=0.125),
    _cat(
        "Siamese",
        Coat(_CREAM, ((_POINTS, _BLACK), (_LEGS, _BROWN)), _BLUE, _BLACK, 0.1),
        belly=0.115,
        chest=0.13,
        ear_length=1.1,
        leg=0.25,
        tail_width=0.024,
    ),
    _cat(
        "Sphynx",
        Coat(_PINK, ((patches(0.15, 0.3), (176, 142, 134)),), _GREEN, _ROSE, 0.0),
        ear_length=1.25,
        belly=0.13,
        chest=0.13,
        tail_width=0.02,
        tail=0.45,
    ),
)


def _dog(name: str, coat: Coat, ear: str = "hanging", **measures: Any) -> Breed:
    usual: dict[str, Any] = {
        "length": 0.52,
        "chest": 0.155,
        "belly": 0.13,
        "leg": 0.28,
        "neck": 0.15,
        "muzzle": 0.55,
        "ear_length": 0.9,
        "tail": 0.38,
    }
    return Breed(name, Build("dog", ear=ear, **{**usual, **measures}), coat)


_DOGS = (
    _dog(
        "american_bulldog",
        Coat(_WHITE, ((patches(0.19, 0.3), _BROWN),), fur=0.1),
        "folded",
        chest=0.19,
        belly=0.15,
        bone=0.058,
        muzzle=0.4,
        wide=0.6,
        head=0.17,
    ),
    _dog(
        "american_pit_bull_terrier",
        Coat(_GREY, ((_CHEST, _WHITE), (_SOCKS, _WHITE)), fur=0.1),
        "folded",
        chest=0.175,
        bone=0.052,
        wide=0.55,
        tail_width=0.024,
    ),
    _dog(
        "basset_hound",
        Coat(
            _RED,
            (
                (saddle(0.2, 0.26), _BLACK),
                (_LEGS, _WHITE),
                (_MUZZLE, _WHITE),
                (blaze(), _WHITE),
                (_TIP, _WHITE),
            ),
            fur=0.2,
        ),
        length=0.62,
        leg=0.11,
        bone=0.06,
        ear_length=1.6,
        muzzle=0.7,
    ),
    _dog(
        "beagle",
        Coat(
            _GOLD,
            (
                (saddle(0.36, 0.42), _BLACK),
                (_CHEST, _WHITE),
                (_LEGS, _WHITE),
                (_MUZZLE, _WHITE),
                (blaze(), _WHITE),
                (_TIP, _WHITE),
            ),
            fur=0.2,
        ),
        ear_length=1.1,
        leg=0.24,
        curl=1.6,
    ),
    _dog(
        "boxer",
        Coat(_FAWN, ((_MASK, _BLACK), (_CHEST, _WHITE), (_SOCKS, _WHITE)), fur=0.1),
        "folded",
        chest=0.18,
        muzzle=0.3,
        wide=0.6,
        leg=0.32,
        tail=0.12,
    ),
    _dog(
        "chihuahua",
        Coat(_FAWN, ((below(), _CREAM),), fur=0.15),
        "upright",
        length=0.42,
        chest=0.125,
        belly=0.11,
        head=0.18,
        muzzle=0.35,
        wide=0.36,
        ear_length=1.1,
        leg=0.2,
        bone=0.032,
        tail_width=0.02,
    ),
    _dog(
        "english_cocker_spaniel",
        Coat(_GOLD, (), fur=0.8),
        ear_length=1.5,
        leg=0.22,
        tail=0.16,
        tail_width=0.04,
        bone=0.055,
    ),
    _dog(
        "english_setter",
        Coat(_WHITE, ((spots(0.016, 0.7), _BLACK), (_EARS, _BLACK)), fur=0.7),
        ear_length=1.1,
        muzzle=0.75,
        leg=0.32,
        tail_width=0.045,
    ),
    _dog(
        "german_shorthaired",
        Coat(
            _SILVER,
            (
                (spots(0.013, 0.3), _BROWN),
                (patches(0.20, 0.3), _BROWN),
                (on(Kind.HEAD, Kind.EAR, Kind.MUZZLE, Kind.NOSE), _BROWN),
            ),
            fur=0.1,
        ),
        muzzle=0.7,
        leg=0.33,
        tail=0.2,
    ),
    _dog(
        "great_pyrenees",
        Coat(_WHITE, ((_EARS, _CREAM), (below(), _CREAM)), fur=0.9),
        length=0.56,
        chest=0.19,
        belly=0.18,
        bone=0.062,
        head=0.16,
        tail_width=0.06,
    ),
    _dog(
        "havanese",
        Coat(_CREAM, ((patches(0.17, 0.35), _BROWN),), fur=1.0),
        length=0.48,
        leg=0.15,
        chest=0.16,
        belly=0.155,
        head=0.16,
        muzzle=0.35,
        curl=2.6,
        tail_width=0.06,
    ),
    _dog(
        "japanese_chin",
        Coat(_WHITE, ((patches(0.14, 0.35), _BLACK), (_EARS, _BLACK), (blaze(), _WHITE)), fur=0.9),
        length=0.45,
        leg=0.17,
        head=0.17,
        muzzle=0.1,
        curl=2.4,
        tail_width=0.06,
    ),
    _dog(
        "keeshond",
        Coat(_SILVER, ((saddle(0.3, 0.42), _BLACK), (_MASK, _BLACK)), fur=1.0),
        "upright",
        length=0.46,
        chest=0.19,
        belly=0.17,
        muzzle=0.5,
        ear_length=0.7,
        curl=3.0,
        tail_width=0.065,
    ),
    _dog(
        "leonberger",
        Coat(_RED, ((_MASK, _BLACK), (below(), _GOLD)), fur=0.9),
        length=0.56,
        chest=0.185,
        belly=0.17,
        bone=0.06,
        leg=0.31,
        tail_width=0.06,
    ),
    _dog(
        "miniature_pinscher",
        Coat(_BLACK, ((_LEGS, _RED), (_MUZZLE, _RED), (_CHEST, _RED)), fur=0.05),
        "upright",
        chest=0.135,
        belly=0.1,
        bone=0.034,
        leg=0.31,
        muzzle=0.65,
        wide=0.38,
        tail=0.12,
    ),
    _dog(
        "newfoundland",
        Coat(_BLACK, ((saddle(0.35, 0.5), _BROWN),), fur=0.9),
        length=0.56,
        chest=0.195,
        belly=0.185,
        bone=0.062,
        head=0.165,
        tail_width=0.06,
    ),
    _dog(
        "pomeranian",
        Coat((222, 146, 74), ((_CHEST, _CREAM), (below(), _CREAM)), fur=1.0),
        "upright",
        length=0.38,
        chest=0.18,
        belly=0.175,
        leg=0.15,
        bone=0.035,
        head=0.15,
        muzzle=0.35,
        wide=0.38,
        ear_length=0.55,
        curl=3.2,
        tail_width=0.07,
    ),
    _dog(
        "pug",
        Coat(_FAWN, ((_MASK, _BLACK),), fur=0.1),
        length=0.44,
        chest=0.165,
        belly=0.155,
        leg=0.19,
        head=0.17,
        muzzle=0.12,
        wide=0.6,
        ear_length=0.5,
        curl=4.0,
        tail=0.3,
    ),
    _dog(
        "saint_bernard",
        Coat(
            _RED,
            (
                (patches(0.22, 0.35), _WHITE),
                (_CHEST, _WHITE),
                (_LEGS, _WHITE),
                (_MUZZLE, _WHITE),
                (blaze(), _WHITE),
            ),
            fur=0.6,
        ),
        length=0.57,
        chest=0.195,
        belly=0.175,
        bone=0.064,
        head=0.17,
        wide=0.6,
    ),
    _dog(
        "samoyed",
        Coat(_WHITE, ((below(), _SILVER),), fur=1.0),
        "upright",
        length=0.5,
        chest=0.185,
        belly=0.175,
        ear_length=0.65,
        curl=2.8,
        tail_width=0.065,
    ),
    _dog(
        "scottish_terrier",
        Coat(_BLACK, (), fur=0.8),
        "upright",
        length=0.52,
        leg=0.11,
        chest=0.16,
        belly=0.155,
        muzzle=0.75,
        wide=0.55,
        ear_length=0.75,
        curl=1.6,
        tail=0.25,
    ),
    _dog(
        "shiba_inu",
        Coat(
            (206, 128, 66),
            ((_CHEST, _CREAM), (_MUZZLE, _WHITE), (below(), _CREAM), (_SOCKS, _WHITE)),
            fur=0.5,
        ),
        "upright",
        ear_length=0.7,
        muzzle=0.5,
        wide=0.42,
        curl=3.6,
        tail_width=0.05,
    ),
    _dog(
        "staffordshire_bull_terrier",
        Coat(_BROWN, ((stripes(14, -0.2), _BLACK), (_CHEST, _WHITE)), fur=0.05),
        "folded",
        chest=0.18,
        bone=0.054,
        leg=0.22,
        wide=0.58,
        muzzle=0.4,
        tail_width=0.024,
    ),
    _dog(
        "wheaten_terrier",
        Coat(_CREAM, ((saddle(0.35, 0.5), _FAWN),), fur=0.9),
        "folded",
        muzzle=0.55,
        wide=0.58,
        leg=0.29,
        bone=0.058,
        tail=0.2,
        tail_width=0.045,
    ),
    _dog(
        "yorkshire_terrier",
        Coat(_GOLD, ((saddle(0.18, 0.26), (86, 92, 108)), (on(Kind.LEG), _GOLD)), fur=1.0),
        "upright",
        length=0.44,
        leg=0.14,
        chest=0.14,
        belly=0.135,
        head=0.15,
        muzzle=0.4,
        wide=0.4,
        ear_length=0.7,
        tail=0.2,
        tail_width=0.045,
    ),
)

BREEDS = tuple(sorted((*_CATS, *_DOGS), key=lambda breed: breed.name.lower()))
"""All 37, in the order of the set's class numbers: by name, whether capitalised or not."""
