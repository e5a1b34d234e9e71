"""``pixelwise data``: what a person types, and what they read."""

import subprocess
import sys

import pytest
import tiny_sets
from PIL import Image
from typer.testing import CliRunner

from pixelwise.cli import app
from pixelwise.data.sets import LAYOUTS


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PIXELWISE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "data"


def run(*arguments):
    return CliRunner().invoke(app, ["data", *map(str, arguments)])


def test_other_commands_do_not_wait_for_the_data_part():
    code = "import sys, pixelwise.cli; print(*({'numpy', 'requests'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_list_names_every_set_and_says_what_is_there(data):
    tiny_sets.camvid(data / "camvid")
    (data / "voc2012").mkdir()
    (data / "voc2012" / "notes.txt").touch()
    done = run("list")
    assert done.exit_code == 0
    rows = {line.split()[0]: line for line in done.output.splitlines() if line.strip()}
    assert set(LAYOUTS) <= set(rows)
    assert rows["camvid"].rstrip().endswith("yes")
    assert "small set only" in rows["kitti_road"]
    assert "pixelwise data check voc2012" in rows["voc2012"]
    assert "behind a login" in rows["cityscapes"]
    assert str(data) in done.output


@pytest.mark.parametrize(("lang", "word"), [("ru", "изображ"), ("zh", "图像")])
def test_speaks_the_language_asked_for(lang, word):
    assert word in run("list", "--lang", lang).output.lower()


def test_an_unknown_language_is_refused():
    done = run("list", "--lang", "de")
    assert done.exit_code == 2
    assert "en, ru, zh" in done.output


def test_check_passes_a_sound_set_and_names_every_fault(data):
    root = tiny_sets.camvid(data / "camvid")
    assert run("check", "camvid").exit_code == 0
    broken = [root / "train" / "0001TP_train_000000.png", root / "val" / "0001TP_val_000000.png"]
    for path in broken:
        path.write_bytes(path.read_bytes()[:60])
    done = run("check", "camvid")
    assert done.exit_code == 1
    assert all(str(path) in done.output for path in broken)


def test_show_writes_the_picture(data, tmp_path):
    tiny_sets.camvid(data / "camvid")
    done = run("show", "camvid", "--count", 2, "--to", tmp_path / "sheet.png")
    assert done.exit_code == 0
    assert str(tmp_path / "sheet.png") in done.output
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.format == "PNG"


@pytest.mark.parametrize("command", ["fetch", "check", "show"])
def test_an_unknown_set_is_answered_without_a_traceback(command):
    done = run(command, "kitti")
    assert done.exit_code == 1
    assert "kitti_road, voc2012" in done.output
    assert "Traceback" not in done.output


def test_fetch_behind_a_login_says_what_to_do():
    done = run("fetch", "cityscapes")
    assert done.exit_code == 1
    assert "pixelwise data fetch cityscapes --from" in done.output
