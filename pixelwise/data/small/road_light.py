"""The light of a scene: sun, sky, haze, and what the camera makes of them."""

import math
from dataclasses import dataclass

import numpy as np

Color = tuple[float, float, float]
Vector = tuple[float, float, float]
Ink = tuple[int, int, int]

UP: Vector = (0.0, 1.0, 0.0)
TOWARDS_US: Vector = (0.0, 0.0, -1.0)


@dataclass(frozen=True)
class Light:
    """Directions are (right, up, forward); colours that multiply others are near 1.

    Attributes:
        sun: what direct light adds on a surface that faces it.
        ambient: the light in the shade.
        towards_sun: where the sun is, a unit vector.
        sky_top: the colour of the sky far above.
        sky_low: its colour at the horizon, which is also that of haze.
        clouds: how much of the sky is covered, 0 to 1.
        cloud: the colour of the clouds.
        haze: how much of a colour is lost to haze, per metre.
        lamps: whether lamps and windows are lit.
        brightness: the mean grey level that the camera aims at.
        noise: the deviation of the camera's noise, in grey levels.
        wet: how much the ground reflects the sky, 0 to 1.
    """

    sun: Color
    ambient: Color
    towards_sun: Vector
    sky_top: Color
    sky_low: Color
    clouds: float
    cloud: Color
    haze: float
    lamps: bool = False
    brightness: float = 120.0
    noise: float = 1.5
    wet: float = 0.0

    def on(self, normal: Vector, lit: bool = True) -> Color:
        """What the colour of a surface is multiplied by; `lit` unless something shades it."""
        right, up, forward = normal
        direct = 0.0
        if lit:
            sun = self.towards_sun
            direct = max(0.0, right * sun[0] + up * sun[1] + forward * sun[2])
            direct = min(direct / max(sun[1], 0.5), 1.15)
        # Less of the sky is seen from a wall than from the ground.
        share = 0.86 + 0.14 * up
        (r, g, b), (r0, g0, b0) = self.sun, self.ambient
        return share * r0 + direct * r, share * g0 + direct * g, share * b0 + direct * b

    def shadow_of_a_metre(self) -> tuple[float, float]:
        """How far, to the right and forward, the shadow of a pole of one metre reaches."""
        right, up, forward = self.towards_sun
        up = max(up, 0.28)
        return -right / up, -forward / up

    def tint(self, z: float, normal: Vector = TOWARDS_US, lit: bool = True) -> "Tint":
        """What becomes of the colours of a surface at the distance `z`."""
        return Tint(self.on(normal, lit), math.exp(-self.haze * z), self.sky_low)

    def glow(self, color: Color, z: float) -> Ink:
        """The colour of a lamp: it does not depend on the light of the scene."""
        return Tint((1.0, 1.0, 1.0), math.exp(-self.haze * z), self.sky_low).ink(color)


@dataclass(frozen=True)
class Tint:
    """What light and haze make of a colour.

    Attributes:
        factor: the light that falls on the surface.
        clear: how much of the colour is left after the haze.
        haze: the colour of the haze.
    """

    factor: Color
    clear: float
    haze: Color

    def ink(self, color: Color) -> Ink:
        """The colour as it is seen."""
        clear = self.clear
        (r, g, b), (fr, fg, fb), (hr, hg, hb) = color, self.factor, self.haze
        return (
            min(255, int(hr + clear * (r * fr - hr))),
            min(255, int(hg + clear * (g * fg - hg))),
            min(255, int(hb + clear * (b * fb - hb))),
        )


def scaled(color: Color, factor: float) -> Color:
    """A colour, darker or lighter."""
    return color[0] * factor, color[1] * factor, color[2] * factor


def mixed(first: Color, second: Color, share: float) -> Color:
    """A colour between two; `share` of it is the second."""
    red, green, blue = (a + share * (b - a) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _sun_at(azimuth: float, elevation: float) -> Vector:
    """Angles in degrees; azimuth 0 is ahead, 90 to the right."""
    a, e = math.radians(azimuth), math.radians(elevation)
    return math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)


def _azimuth(rng: np.random.Generator) -> float:
    """Anywhere but straight ahead or straight behind: the shadows of the houses cross the road."""
    return float(rng.choice((-1, 1)) * rng.uniform(35, 150))


def clear_day(rng: np.random.Generator) -> Light:
    """A blue sky with a few clouds, and hard shadows."""
    return Light(
        sun=(0.70, 0.66, 0.58),
        ambient=(0.44, 0.48, 0.57),
        towards_sun=_sun_at(_azimuth(rng), rng.uniform(30, 58)),
        sky_top=(float(rng.uniform(94, 132)), float(rng.uniform(152, 178)), 222),
        sky_low=(196, 214, float(rng.uniform(222, 236))),
        clouds=rng.uniform(0.25, 0.65),
        cloud=(247, 247, 246),
        haze=rng.uniform(0.0012, 0.003),
        brightness=rng.uniform(112, 134),
    )


def low_sun(rng: np.random.Generator) -> Light:
    """Morning or late afternoon: warm light, long shadows."""
    return Light(
        sun=(0.72, 0.56, 0.36),
        ambient=(0.45, 0.46, 0.55),
        towards_sun=_sun_at(_azimuth(rng), rng.uniform(16, 26)),
        sky_top=(136, 166, 204),
        sky_low=(244, float(rng.uniform(208, 222)), float(rng.uniform(170, 190))),
        clouds=rng.uniform(0.1, 0.5),
        cloud=(250, 226, 204),
        haze=rng.uniform(0.002, 0.004),
        brightness=rng.uniform(102, 124),
    )


def overcast(rng: np.random.Generator) -> Light:
    """A grey sky and hardly any shadows; sometimes the ground is wet."""
    gray = float(rng.uniform(186, 216))
    return Light(
        sun=(0.16, 0.15, 0.14),
        ambient=(0.90, 0.92, 0.95),
        towards_sun=_sun_at(_azimuth(rng), 60),
        sky_top=(gray - 46, gray - 36, gray - 20),
        sky_low=(gray + 14, gray + 15, gray + 18),
        clouds=rng.uniform(0.45, 0.8),
        cloud=(gray + 18, gray + 19, gray + 22),
        haze=rng.uniform(0.002, 0.005),
        brightness=rng.uniform(108, 134),
        noise=1.8,
        wet=float(rng.choice((0.0, rng.uniform(0.2, 0.45)))),
    )


def mist(rng: np.random.Generator) -> Light:
    """Haze in which far things fade."""
    gray = float(rng.uniform(188, 212))
    return Light(
        sun=(0.14, 0.13, 0.12),
        ambient=(0.84, 0.86, 0.89),
        towards_sun=_sun_at(_azimuth(rng), 40),
        sky_top=(gray - 10, gray - 6, gray),
        sky_low=(gray + 4, gray + 6, gray + 8),
        clouds=0.3,
        cloud=(gray + 10, gray + 10, gray + 12),
        haze=rng.uniform(0.009, 0.015),
        brightness=rng.uniform(126, 150),
        noise=1.8,
        wet=0.15,
    )


def dusk(rng: np.random.Generator) -> Light:
    """After sunset: a bright strip of sky, dark streets, lit lamps and windows, more noise."""
    warm = float(rng.uniform(0, 1))
    return Light(
        sun=(0.05, 0.04, 0.03),
        ambient=(0.50, 0.51, 0.60),
        towards_sun=_sun_at(_azimuth(rng), 30),
        sky_top=(70 + 14 * warm, 88, 128 - 8 * warm),
        sky_low=(168 + 66 * warm, 164 + 14 * warm, 178 - 34 * warm),
        clouds=rng.uniform(0.2, 0.7),
        cloud=(104 + 60 * warm, 102 + 14 * warm, 120),
        haze=rng.uniform(0.002, 0.004),
        lamps=True,
        brightness=rng.uniform(70, 94),
        noise=2.6,
        wet=float(rng.choice((0.0, 0.25))),
    )
