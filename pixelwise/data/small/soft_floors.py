"""What the ground is made of. Each function colours all of it below the horizon."""

from collections.abc import Callable

import numpy as np

from pixelwise.data.small.soft_camera import Camera
from pixelwise.data.small.soft_canvas import Canvas, Rgb
from pixelwise.data.small.soft_noise import clouds

_TILE = 192

Floor = Callable[[Canvas, Camera, Rgb, np.random.Generator], None]
"""Paints the ground in about a colour."""


def sampled(
    x: np.ndarray, z: np.ndarray, per_unit: float, cell: float, rng: np.random.Generator
) -> np.ndarray:
    """Noise that lies on the ground: finer and flatter the farther away it is.

    Args:
        x: (h, w), see `Camera.ground`.
        z: (h, w).
        per_unit: points of the noise per unit of x and z.
        cell: see `clouds`.
        rng: the source of the noise.
    """
    tile = clouds((_TILE, _TILE), cell, rng)
    # Mirrored at its edges, so that it goes on without a seam.
    rows, columns = (
        _TILE - 1 - np.abs((axis * per_unit).astype(np.int32) % (2 * _TILE - 2) - _TILE + 1)
        for axis in (z, x)
    )
    return tile[rows, columns]


def _fade(z: np.ndarray, per_unit: float, camera: Camera) -> np.ndarray:
    """1 where a pattern is large in the picture, 0 where it is finer than a pixel."""
    return (camera.focal / (z * per_unit) / 1.5 - 0.5).clip(0, 1)


def lawn(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """Grass: blades near by, a patchy green farther away."""
    rows, x, z = camera.ground(canvas)
    scale = camera.height
    patchy = sampled(x, z, 12 / scale, 24, rng)
    tufts = sampled(x, z, 60 / scale, 3, rng)
    height, width = z.shape
    # Blades stand upright in the picture, the taller the nearer they are.
    near = clouds((height, width), (9, 2.2), rng)
    far = clouds((height, width), (3, 1.2), rng)
    nearness = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    blades = nearness * near + (1 - nearness) * far
    light = 1 + 0.07 * patchy + 0.08 * tufts + (0.08 + 0.14 * nearness) * blades
    green = np.asarray(color, np.float32) * light[:, :, None]
    dry = (0.14 * (patchy + 0.6 * blades)).clip(0, 0.4)[:, :, None]
    canvas.fine[rows] = green + dry * (np.array((196, 180, 96), np.float32) - green)


def boards(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """Floorboards that run away from the viewer, or across."""
    rows, x, z = camera.ground(canvas)
    wide = rng.uniform(0.1, 0.2) * camera.height
    across, along = (z, x) if rng.random() < 0.4 else (x, z)
    number = np.floor(across / wide).astype(np.int32)
    tones = rng.uniform(0.86, 1.1, 64).astype(np.float32)[number % 64]
    grain = sampled(0.15 * along, across, 40 / wide * 0.3, 2.5, rng)
    joint = np.abs((across / wide) % 1 - 0.5) > 0.47
    light = tones + 0.07 * grain
    light = np.where(joint, light - 0.28 * _fade(z, 1 / wide, camera), light)
    canvas.fine[rows] = np.asarray(color, np.float32) * light[:, :, None]


def tiles(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """Square tiles, of two tones or of one."""
    rows, x, z = camera.ground(canvas)
    side = rng.uniform(0.25, 0.45) * camera.height
    column, row = np.floor(x / side), np.floor(z / side)
    two_tones = rng.choice((0.0, 0.22))
    light = 1 - two_tones * ((column + row) % 2) + 0.04 * sampled(x, z, 20 / side, 8, rng)
    joint = (np.abs((x / side) % 1 - 0.5) > 0.475) | (np.abs((z / side) % 1 - 0.5) > 0.475)
    light = np.where(joint, light - 0.18 * _fade(z, 1 / side, camera), light)
    canvas.fine[rows] = np.asarray(color, np.float32) * light[:, :, None]


def carpet(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """A woven carpet, often with stripes."""
    rows, x, z = camera.ground(canvas)
    pile = canvas.noise((1.2, 1.2), rng)[rows] + sampled(x, z, 10 / camera.height, 16, rng)
    light = (1 + 0.06 * pile)[:, :, None]
    colors = np.asarray(color, np.float32) * light
    if rng.random() < 0.6:
        wide = rng.uniform(0.25, 0.7) * camera.height
        turn = rng.uniform(-0.5, 0.5)
        place = (np.cos(turn) * x + np.sin(turn) * z) / wide % 1
        second = np.array(rng.uniform(60, 220, 3), np.float32)
        colors = np.where((place < rng.uniform(0.15, 0.5))[:, :, None], second * light, colors)
    canvas.fine[rows] = colors


def cloth(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """A blanket with folds, as on a bed or a sofa."""
    rows, x, z = camera.ground(canvas)
    hills = sampled(x, z, 26 / camera.height, 20, rng) + 0.5 * sampled(
        x, z, 26 / camera.height, 9, rng
    )
    # Light from one side shows the slope of the folds.
    slope = np.gradient(hills, axis=1) * 5 + np.gradient(hills, axis=0) * 3
    weave = canvas.noise(1.0, rng)[rows]
    light = 1 + 0.16 * np.tanh(slope) + 0.05 * hills + 0.035 * weave
    colors = np.asarray(color, np.float32) * light[:, :, None]
    if rng.random() < 0.35:
        wide = rng.uniform(0.12, 0.4) * camera.height
        check = ((x + 0.02 * hills) / wide % 1 < 0.3) | ((z + 0.02 * hills) / wide % 1 < 0.3)
        second = np.array(rng.uniform(50, 230, 3), np.float32)
        colors[check] = 0.5 * colors[check] + 0.5 * second * light[check][:, None]
    canvas.fine[rows] = colors


def stones(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """Gravel, sand, asphalt or snow: only their colours differ."""
    rows, x, z = camera.ground(canvas)
    coarse = sampled(x, z, 10 / camera.height, 14, rng)
    fine = sampled(x, z, 70 / camera.height, 2, rng) * _fade(z, 30 / camera.height, camera)
    light = 1 + 0.06 * coarse + 0.07 * fine + 0.03 * canvas.noise(0.7, rng)[rows]
    canvas.fine[rows] = np.asarray(color, np.float32) * light[:, :, None]


def leaves(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """Fallen leaves in many colours on the grass."""
    lawn(canvas, camera, color, rng)
    rows, x, z = camera.ground(canvas)
    for red, green, blue in ((190, 110, 40), (214, 160, 60), (140, 70, 40)):
        fallen = sampled(x, z, 70 / camera.height, 3.5, rng) > 1.0
        canvas.fine[rows][fallen] = rng.uniform(0.85, 1.1) * np.array((red, green, blue))


def water(canvas: Canvas, camera: Camera, color: Rgb, rng: np.random.Generator) -> None:
    """Waves that mirror the sky, flatter and paler towards the horizon."""
    rows, x, z = camera.ground(canvas)
    waves = sampled(0.4 * x, z, 24 / camera.height, 5, rng)
    waves += 0.7 * sampled(0.3 * x, z, 5 / camera.height, 6, rng)
    ripples = clouds(z.shape, (1.6, 7), rng)
    down = np.linspace(0, 1, len(z), dtype=np.float32)[:, None]
    pale = (1 - down)[:, :, None] ** 2 * 0.45
    base = np.asarray(color, np.float32)
    light = 1 + (0.05 + 0.12 * down) * waves + 0.05 * ripples
    mixed = base * light[:, :, None]
    canvas.fine[rows] = mixed + pale * (np.array((206, 220, 230), np.float32) - mixed)
    glitter = (waves + ripples) > 2.6
    canvas.fine[rows][glitter] = (236, 242, 246)
