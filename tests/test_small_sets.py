"""The small sets are made when they are asked for, once, and anew when their painters change."""

import json
from pathlib import Path

import pytest

from pixelwise.data import DataError, load, small
from pixelwise.data.sets import LAYOUTS


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def painted(monkeypatch):
    """How often a set was painted; painting is one file here."""
    calls = []

    def write(folder: Path) -> None:
        calls.append(folder)
        (folder / "file.txt").write_text("painted", encoding="utf-8")

    monkeypatch.setattr(small, "writer_of", lambda name: write)
    return calls


def test_every_set_has_a_small_one():
    assert set(small.MODULES) == set(LAYOUTS)
    for name in small.MODULES:
        assert callable(small.writer_of(name))


def test_a_small_set_is_made_once(data, painted):
    folder = small.small_set("camvid")
    assert folder == data / "mini" / "camvid"
    assert (folder / "file.txt").read_text(encoding="utf-8") == "painted"
    assert small.small_set("camvid") == folder
    assert len(painted) == 1
    assert [path.name for path in folder.parent.iterdir()] == ["camvid"]


def test_a_small_set_of_other_code_is_made_anew(data, painted):
    folder = small.small_set("camvid")
    (folder / "made.json").write_text(json.dumps({"digest": "other"}), encoding="utf-8")
    (folder / "file.txt").write_text("old", encoding="utf-8")
    small.small_set("camvid")
    assert (folder / "file.txt").read_text(encoding="utf-8") == "painted"
    (folder / "made.json").write_text("{", encoding="utf-8")
    small.small_set("camvid")
    assert len(painted) == 3


def test_an_interrupted_painting_leaves_nothing(data, monkeypatch):
    def fail(folder: Path) -> None:
        (folder / "half.txt").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(small, "writer_of", lambda name: fail)
    with pytest.raises(KeyboardInterrupt):
        small.small_set("camvid")
    assert list((data / "mini").iterdir()) == []


def test_of_two_that_paint_at_once_one_is_kept(data, monkeypatch, painted):
    write = small.writer_of("camvid")

    def overtaken(folder: Path) -> None:
        write(folder)
        monkeypatch.setattr(small, "writer_of", lambda name: write)
        small.small_set("camvid")

    monkeypatch.setattr(small, "writer_of", lambda name: overtaken)
    folder = small.small_set("camvid")
    assert (folder / "file.txt").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["camvid"]


def test_a_folder_that_cannot_be_written_is_named(data, tmp_path, painted):
    data.parent.mkdir(exist_ok=True)
    data.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(DataError, match="PIXELWISE_DATA") as caught:
        small.small_set("camvid")
    assert str(data / "mini" / "camvid") in str(caught.value)


def test_load_takes_the_small_set_where_there_is_no_real_one(small_data, monkeypatch, capsys):
    monkeypatch.setenv("PIXELWISE_DATA", str(small_data))
    found = load("nuclei", "val")
    assert found.small
    assert found.root == small_data / "mini" / "nuclei"
    said = capsys.readouterr().err
    assert f"{len(found)} images made by the course" in said
    assert "pixelwise data fetch nuclei" in said


def test_load_can_be_told_to_take_the_small_set(small_data, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(small_data))
    real = small_data / "nuclei"
    monkeypatch.setattr("pixelwise.data.loading.find_set", lambda layout, folder: real)
    assert load("nuclei", small=True, quiet=True).small
    monkeypatch.setenv("PIXELWISE_SMALL_DATA", "1")
    assert load("nuclei", quiet=True).small
