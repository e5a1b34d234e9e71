"""What stands at the back, as a flat backdrop. Each function fills all rows above one row."""

from collections.abc import Callable

import numpy as np

from pixelwise.data.small.soft_canvas import FINER, Canvas, Rgb
from pixelwise.data.small.soft_noise import clouds

Wall = Callable[[Canvas, float, Rgb, np.random.Generator], None]
"""Paints the backdrop down to a row, in about a colour."""


def _fill(canvas: Canvas, bottom: float, color: Rgb, light: np.ndarray | float) -> None:
    rows = _rows(canvas, bottom)
    lit = np.broadcast_to(np.asarray(light, np.float32), (rows, canvas.shape[1]))
    canvas.fine[:rows] = np.asarray(color, np.float32) * lit[:, :, None]


def _rows(canvas: Canvas, bottom: float) -> int:
    """Rows of the fine grid above a row of the picture."""
    return int(np.clip(np.ceil(bottom * FINER), 0, canvas.shape[0]))


def _uneven(canvas: Canvas, rows: int, rng: np.random.Generator) -> np.ndarray:
    """(rows, W): the light on a wall: brighter on one side, and a little blotchy."""
    across = np.linspace(-1, 1, canvas.shape[1], dtype=np.float32)[None] * rng.uniform(-0.15, 0.15)
    return 1 + across + 0.03 * clouds((rows, canvas.shape[1]), 50, rng)


def plaster(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """A painted wall."""
    rows = _rows(canvas, bottom)
    rough = 0.015 * clouds((rows, canvas.shape[1]), 3, rng)
    _fill(canvas, bottom, color, _uneven(canvas, rows, rng) + rough)


def wallpaper(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """Upright stripes or a pattern of dots."""
    rows = _rows(canvas, bottom)
    light = _uneven(canvas, rows, rng)
    step = rng.uniform(9, 22) * FINER
    y, x = np.mgrid[:rows, : canvas.shape[1]].astype(np.float32)
    if rng.random() < 0.5:
        pattern = np.sin(2 * np.pi * x / step) > rng.uniform(-0.5, 0.5)
    else:
        shifted = x + step / 2 * (np.floor(y / step) % 2)
        pattern = np.hypot(shifted % step - step / 2, y % step - step / 2) < 0.28 * step
    _fill(canvas, bottom, color, light * np.where(pattern, rng.uniform(0.78, 1.14), 1))


def bricks(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """A wall of bricks with light joints."""
    rows = _rows(canvas, bottom)
    high = rng.uniform(4, 8) * FINER
    y, x = np.mgrid[:rows, : canvas.shape[1]].astype(np.float32)
    course = np.floor(y / high)
    place = x / (2.6 * high) + 0.5 * (course % 2)
    tones = rng.uniform(0.8, 1.12, 97).astype(np.float32)
    light = tones[(31 * course + np.floor(place)).astype(int) % 97]
    light += 0.05 * clouds((rows, canvas.shape[1]), 3, rng)
    joint = (y / high % 1 < 0.14) | (place % 1 < 0.055)
    _fill(canvas, bottom, color, light)
    canvas.fine[:rows][joint] = np.array((176, 168, 158)) * rng.uniform(0.8, 1.1)


def panels(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """Upright wooden boards, as of a fence or a shed."""
    rows = _rows(canvas, bottom)
    wide = rng.uniform(8, 16) * FINER
    x = np.arange(canvas.shape[1], dtype=np.float32)[None] + 0 * np.zeros((rows, 1), np.float32)
    light = rng.uniform(0.82, 1.1, 97).astype(np.float32)[np.floor(x / wide).astype(int) % 97]
    light += 0.06 * clouds((rows, canvas.shape[1]), (40, 2.5), rng)
    _fill(canvas, bottom, color, np.where(x / wide % 1 < 0.09, 0.5 * light, light))


def curtain(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """Cloth that hangs in folds."""
    rows = _rows(canvas, bottom)
    x = np.arange(canvas.shape[1], dtype=np.float32)[None]
    bent = x + 5 * clouds((rows, canvas.shape[1]), (80, 40), rng)
    folds = np.sin(2 * np.pi * bent / (rng.uniform(10, 20) * FINER)) + 0.5 * np.sin(bent / 9)
    _fill(canvas, bottom, color, 0.95 + 0.13 * folds + 0.02 * clouds(folds.shape, 2, rng))


def upholstery(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """The back of a sofa: wide soft cushions, with a bit of wall above."""
    top = bottom * rng.uniform(0.0, 0.35)
    rows = _rows(canvas, bottom)
    wide = rng.uniform(0.4, 0.8) * canvas.shape[1]
    start = rng.uniform(0, wide)
    y, x = np.mgrid[:rows, : canvas.shape[1]].astype(np.float32)
    across = (x + start) / wide % 1 * 2 - 1
    down = ((y / FINER - top) / max(bottom - top, 1)) * 2 - 1
    plump = 1.1 - 0.45 * np.abs(across) ** 6 - 0.3 * np.abs(down.clip(-1, 1)) ** 4
    weave = 0.03 * clouds(x.shape, 1.6, rng) + 0.04 * clouds(x.shape, 24, rng)
    light = plump + weave
    _fill(canvas, bottom, color, light)
    wall = down < -1
    canvas.fine[:rows][wall] = np.array(rng.uniform(120, 225, 3)) * rng.uniform(0.9, 1.1)


def window(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """A wall with a bright window: sky above, green below."""
    plaster(canvas, bottom, color, rng)
    left, right = rng.uniform(-0.2, 0.25) * canvas.width, rng.uniform(0.7, 1.2) * canvas.width
    top, sill = bottom * rng.uniform(-0.3, 0.1), bottom * rng.uniform(0.75, 0.95)

    def pane(x: float, y: float, to_x: float, to_y: float, first: Rgb, last: Rgb) -> None:
        canvas.polygon([(x, y), (to_x, y), (to_x, to_y), (x, to_y)], first, last, grain=0.01)

    pane(left - 3, top - 3, right + 3, sill + 3, (236, 234, 230), (222, 220, 214))
    middle = sill - (sill - top) * rng.uniform(0.2, 0.55)
    pane(left, top, right, middle, (206, 226, 246), (238, 242, 244))
    pane(left, middle, right, sill, (150, 186, 120), (98, 140, 80))
    for _bush in range(9):
        place = (rng.uniform(left, right), middle + rng.uniform(-4, 10))
        size = rng.uniform(3, 11)
        visible = place[0] - size > left and place[0] + size < right and place[1] + size < sill
        if visible:
            green = np.array((92, 140, 76)) * rng.uniform(0.7, 1.3)
            canvas.ellipse(place, (size, 0.8 * size), green, grain=0.1)
    bar = (left + right) / 2
    pane(bar - 2, top, bar + 2, sill, (240, 238, 232), (224, 222, 216))


def bookshelf(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """Shelves full of books."""
    _fill(canvas, bottom, np.asarray(color) * 0.45, 1.0)
    high = rng.uniform(20, 34)
    for low in np.arange(bottom - 4, -high, -high):
        left = -rng.uniform(0, 6)
        while left < canvas.width:
            wide, tall = rng.uniform(2.5, 6), high * rng.uniform(0.6, 0.85)
            corners = [
                (left, low - tall),
                (left + wide, low - tall),
                (left + wide, low),
                (left, low),
            ]
            cover = rng.uniform(40, 200) + rng.uniform(-50, 50, 3)
            canvas.polygon(corners, cover.clip(20, 230), 0.75 * cover.clip(20, 230))
            left += wide + (0.4 if rng.random() < 0.85 else rng.uniform(4, 12))
        shelf = [(0, low), (canvas.width, low), (canvas.width, low + 2.5), (0, low + 2.5)]
        canvas.polygon(shelf, color)


def hedge(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """Leaves: light spots and dark gaps."""
    rows = _rows(canvas, bottom)
    shape = (rows, canvas.shape[1])
    light = 0.82 + 0.2 * clouds(shape, 26, rng) + 0.24 * clouds(shape, 7, rng, octaves=2)
    _fill(canvas, bottom, color, light.clip(0.25, 1.7))


def trees(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """Distant trees below the sky."""
    sky(canvas, bottom, (160, 196, 232), rng)
    rows = _rows(canvas, bottom)
    shape = (rows, canvas.shape[1])
    y = np.arange(rows, dtype=np.float32)[:, None] / FINER
    line = clouds((1, canvas.shape[1]), 40, rng, octaves=3) * 0.08 * bottom
    top = bottom * rng.uniform(0.3, 0.75) + line + 1.5 * clouds(shape, 5, rng)
    light = 0.85 + 0.12 * clouds(shape, 14, rng) + 0.2 * clouds(shape, 5, rng)
    foliage = np.asarray(color, np.float32) * light.clip(0.35, 1.5)[:, :, None]
    wood = y > top
    canvas.fine[:rows][wood] = foliage[wood]


def sky(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """A sky, paler towards the horizon, with clouds."""
    rows = _rows(canvas, bottom)
    if not rows:
        return
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    zenith = np.asarray(color, np.float32)
    blue = zenith + 0.75 * down * (np.array((232, 238, 242), np.float32) - zenith)
    shape = (rows, canvas.shape[1])
    # Clouds are flatter the nearer they are to the horizon.
    billows = clouds(shape, (28, 70), rng, octaves=3)
    cover = (0.8 * (billows - rng.uniform(-0.4, 1.2))).clip(0, 0.92)[:, :, None]
    grey = 246 - 26 * clouds(shape, (16, 40), rng).clip(0, 2)[:, :, None] * cover
    canvas.fine[:rows] = blue + cover * (grey - blue)


def hills(canvas: Canvas, bottom: float, color: Rgb, rng: np.random.Generator) -> None:
    """Ranges of hills below the sky, the far ones bluer."""
    sky(canvas, bottom, (140, 180, 224), rng)
    rows = _rows(canvas, bottom)
    y = np.arange(rows, dtype=np.float32)[:, None] / FINER
    for distance in (0.7, 0.35, 0.0):
        line = clouds((1, canvas.shape[1]), 90, rng, octaves=4)
        top = bottom - bottom * (0.06 + 0.28 * distance) + 0.06 * bottom * line
        near = np.asarray(color, np.float32) * rng.uniform(0.85, 1.1)
        far = np.array((160, 184, 206), np.float32)
        uneven = 1 + 0.06 * clouds((rows, canvas.shape[1]), 6, rng)[:, :, None]
        ridge = ((1 - distance) * near + distance * far) * uneven
        here = y > top
        canvas.fine[:rows][here] = ridge[here]


def tree_tops(canvas: Canvas, top: float, color: Rgb, rng: np.random.Generator) -> None:
    """The crowns of trees at the foot of the picture, below a row; the sky above them stays."""
    y = np.arange(canvas.shape[0], dtype=np.float32)[:, None] / FINER
    line = 7 * clouds((1, canvas.shape[1]), 40, rng, octaves=3)
    here = y > top + line + 1.2 * clouds(canvas.shape, 5, rng)
    light = 0.75 + 0.2 * clouds(canvas.shape, 6, rng, octaves=2)
    canvas.fine[here] = (np.asarray(color, np.float32) * light.clip(0.3, 1.4)[:, :, None])[here]
