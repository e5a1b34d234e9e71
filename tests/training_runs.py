"""Fixtures for tests that train: a framework, a small data set, no pictures unless asked for."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import tiny_sets

from pixelwise.training import loop

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=["torch", "tensorflow"])
def framework(request):
    if find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return request.param


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    """A data folder with 12 training and 3 validation images; the course as the current folder."""
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PIXELWISE_SMALL_DATA", raising=False)
    monkeypatch.setenv("PIXELWISE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(ROOT)
    tiny_sets.kitti_road(tmp_path / "data" / "kitti_road")


@pytest.fixture(autouse=True)
def pictures(request, monkeypatch):
    """Drawing takes longer than all else here; only tests marked so look at pictures."""
    if "draws" not in request.fixturenames:
        monkeypatch.setattr(loop, "draw_curves", lambda _rows, to: to.touch())
        monkeypatch.setattr(loop, "draw_overlays", lambda _data, _predict, to: to.touch())
