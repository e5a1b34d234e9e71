"""Getting data sets: downloads that break, archives that lie, and what people are told."""

import errno
import gzip
import hashlib
import io
import re
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from breaking_server import breaking_server, dead_address
from PIL import Image
from rich.console import Console

from pixelwise.data import DataError, load
from pixelwise.data.fetching import (
    Archive,
    Source,
    downloading,
    fetch,
    place,
    registry,
    space,
    unpacking,
)
from pixelwise.data.sets import LAYOUTS

REAL = Path(__file__).parents[2] / "shared" / "data"
PATH = "/data_road.zip"
ETAG = {"ETag": '"version 1"'}


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def tiny_kitti(seed=0):
    """KITTI Road with six training images and one test image, as a dictionary of files."""
    rng = np.random.default_rng(seed)
    files = {}
    for number in range(6):
        image = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
        mask = np.zeros((40, 60, 3), np.uint8)
        mask[..., 0] = 255
        mask[20:, :, 2] = 255
        files[f"data_road/training/image_2/um_{number:06}.png"] = png(image)
        files[f"data_road/training/gt_image_2/um_road_{number:06}.png"] = png(mask)
    files["data_road/testing/image_2/um_000000.png"] = png(image)
    return files


def zipped(files):
    """A zip file of files by name; a name may also be a ZipInfo."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(files, *others, mode="w:gz"):
    """A tar file of files by name, and of TarInfos without contents."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in others:
            archive.addfile(info)
    return buffer.getvalue()


KITTI = zipped(tiny_kitti())


def sha256(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def source_of(*urls, content=KITTI, **changes):
    archive = Archive("data_road.zip", urls, size=len(content), unpacked=1_000_000)
    return Source((replace(archive, **changes),))


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with breaking_server() as running:
        yield running


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The data folder, and the small things that every test of `fetch` needs."""
    folder = tmp_path / "datasets"
    monkeypatch.setenv("PIXELWISE_DATA", str(folder))
    monkeypatch.delenv("PIXELWISE_SMALL_DATA", raising=False)
    return folder


class Run:
    """A call of `fetch` for the tiny set, what it said and how long it wanted to wait."""

    def __init__(self, source, name="kitti_road", terminal=False, pause=None, **options):
        self.said = io.StringIO()
        self.pauses = []
        self.error = None
        console = Console(file=self.said, width=120, force_terminal=terminal)
        try:
            self.root = fetch(
                name,
                source=source,
                console=console,
                pause=pause or self.pauses.append,
                **options,
            )
        except DataError as error:
            self.error = str(error)

    @property
    def text(self):
        return self.said.getvalue()


def assert_nothing_but(folder, *names):
    """There is no set and no temporary folder; only what is for the next run."""
    kept = {path.name for path in folder.rglob("*") if path.is_file()}
    assert {name for name in kept if not name.endswith(".lock")} == set(names)
    assert not list(folder.glob("*unpacking*"))


def assert_complete(folder, *also):
    assert len(load("kitti_road", "train", small=False, quiet=True)) == 4
    data = load("kitti_road", "val", small=False, quiet=True)
    image, label = data.read(0)
    assert image.shape == (40, 60, 3)
    assert set(np.unique(label)) == {0, 1}
    published = {name.rpartition("/")[2] for name in tiny_kitti()}
    assert_nothing_but(folder, *published, *also)


# The registry


def test_every_set_has_a_source_with_sound_facts():
    assert set(registry()) == set(LAYOUTS)
    for source in registry().values():
        assert source.archives
        for archive in source.archives:
            assert bool(archive.urls) != bool(source.page)
            for url in (*archive.urls, *filter(None, [source.page])):
                assert re.fullmatch(r"https?://[\w.-]+(/[\w.~%-]+)+/?", url), url
            method, _colon, digest = archive.checksum.partition(":")
            assert (method, len(digest)) in {("sha256", 64), ("md5", 32), ("", 0)}
            assert re.fullmatch(r"[0-9a-f]*", digest)
            assert archive.unpacked >= archive.size * 0.9
            assert archive.file.endswith((".zip", ".tar", ".tar.gz"))


def test_set_without_a_folder_in_its_archive_gets_one(server, folder):
    rng = np.random.default_rng(0)
    files = {}
    for number in range(5):
        name = f"id{number}"
        files[f"{name}/images/{name}.png"] = png(rng.integers(0, 256, (9, 9, 3), dtype=np.uint8))
        files[f"{name}/masks/one.png"] = png(np.full((9, 9), 255, np.uint8))
    content = zipped(files)
    known = registry()["nuclei"].archives[0]
    archive = replace(known, urls=(server.put("/stage1_train.zip", content),))
    run = Run(Source((archive,)), name="nuclei")
    assert run.error is None
    assert len(load("nuclei", "train", small=False, quiet=True)) == 3


def test_a_set_deep_in_its_archive_is_found(server, folder):
    rng = np.random.default_rng(0)
    files = {}
    for split in ("train", "val", "test"):
        pair = f"/SegNet/CamVid/{split}/1.png /SegNet/CamVid/{split}annot/1.png\n"
        files[f"{split}.txt"] = pair.encode()
        files[f"{split}/1.png"] = png(rng.integers(0, 256, (9, 9, 3), dtype=np.uint8))
        files[f"{split}annot/1.png"] = png(rng.integers(0, 12, (9, 9), dtype=np.uint8))
    known = registry()["camvid"].archives[0]
    inside = known.file.removesuffix(".zip") + "/CamVid/"
    content = zipped({inside + name: file for name, file in files.items()})
    archive = replace(known, urls=(server.put("/tutorial.zip", content),))
    assert Run(Source((archive,)), name="camvid").error is None
    assert load("camvid", "test", small=False, quiet=True).read(0)[1].shape == (9, 9)


# Downloading


def test_a_set_is_downloaded_checked_unpacked_and_loaded(server, folder):
    source = source_of(server.put(PATH, KITTI), checksum=sha256(KITTI))
    run = Run(source)
    assert run.error is None
    assert run.root == folder / "kitti_road"
    assert_complete(folder)
    assert "KITTI Road: about" in run.text
    assert "CC BY-NC-SA 3.0" in run.text
    assert "data_road.zip: " in run.text
    assert f"KITTI Road is in {folder / 'kitti_road'}." in run.text
    assert not (folder / ".downloads" / "kitti_road").exists()


def test_a_terminal_shows_bars(server, folder):
    run = Run(source_of(server.put(PATH, KITTI)), terminal=True)
    assert run.error is None
    assert "data_road.zip" in run.text
    assert "unpacking data_road.zip" in run.text
    assert re.search(r"\d/s", run.text) or "B/s" in run.text


def test_a_set_that_is_there_is_left_alone(server, folder):
    source = source_of(server.put(PATH, KITTI))
    Run(source)
    marked = next((folder / "kitti_road").rglob("um_000000.png"))
    marked.write_bytes(b"changed")
    run = Run(source)
    assert run.error is None
    assert "already" in run.text
    assert "--force" in run.text
    assert len(server.requests) == 1
    assert marked.read_bytes() == b"changed"

    run = Run(source, force=True)
    assert run.error is None
    assert len(server.requests) == 2
    assert_complete(folder)


def test_something_else_in_the_folder_is_replaced_only_by_force(server, folder):
    source = source_of(server.put(PATH, KITTI))
    other = folder / "kitti_road" / "thesis.txt"
    other.parent.mkdir(parents=True)
    other.write_text("mine", encoding="utf-8")
    run = Run(source)
    assert "does not hold KITTI Road" in run.error
    assert other.read_text(encoding="utf-8") == "mine"
    assert not server.requests
    assert Run(source, force=True).error is None
    assert_complete(folder)


def test_a_failed_renewal_keeps_the_old_set(server, folder):
    Run(source_of(server.put(PATH, KITTI)))
    server.put(PATH, KITTI[: len(KITTI) // 2])
    run = Run(source_of(server.address + PATH), force=True)
    assert "no archive" in run.error
    assert_complete(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_to_another_disk_is_followed(server, folder, tmp_path):
    other_disk = tmp_path / "other disk"
    other_disk.mkdir()
    folder.mkdir()
    (folder / "kitti_road").symlink_to(other_disk, target_is_directory=True)
    run = Run(source_of(server.put(PATH, KITTI)))
    assert run.error is None
    assert (folder / "kitti_road").is_symlink()
    assert [path.name for path in other_disk.iterdir()] == ["data_road"]
    assert len(load("kitti_road", "train", small=False, quiet=True)) == 4


@pytest.mark.parametrize("headers", [ETAG, {"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"}])
def test_a_broken_download_goes_on_where_it_broke_off(server, folder, headers):
    run = Run(source_of(server.put(PATH, KITTI, cuts=[5000, 7000], headers=headers)))
    assert run.error is None
    assert server.ranges == [None, "bytes=5000-", "bytes=12000-"]
    assert run.pauses == [1.0, 1.0]
    assert "data_road.zip: The connection broke off. Next attempt in 1 s." in run.text
    assert "going on after the first 5.0 kB" in run.text
    assert_complete(folder)


def test_a_download_without_announced_size_works(server, folder):
    url = server.put(PATH, KITTI, announce=False)
    assert Run(source_of(url)).error is None
    assert_complete(folder)


def test_a_cut_download_without_announced_size_is_noticed(server, folder):
    url = server.put(PATH, KITTI, announce=False, cuts=[5000] * 9)
    assert "no archive, or one that is cut off" in Run(source_of(url)).error


def test_a_download_goes_on_in_the_next_run(server, folder):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    url = server.put(PATH, KITTI, cuts=[5000], headers=ETAG)
    said = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        fetch(
            "kitti_road",
            source=source_of(url),
            console=Console(file=said),
            pause=interrupt,
        )
    assert "kept" in said.getvalue()
    assert_nothing_but(folder, "data_road.zip.part", "data_road.zip.part.json")
    assert Run(source_of(url)).error is None
    assert server.ranges == [None, "bytes=5000-"]
    assert_complete(folder)


def test_a_download_interrupted_after_its_last_byte_is_not_repeated(server, folder, monkeypatch):
    url = server.put(PATH, KITTI, headers=ETAG)
    with monkeypatch.context() as patched:
        patched.setattr(downloading, "_require_flawless", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Run(source_of(url))
    assert Run(source_of(url)).error is None
    assert len(server.requests) == 1
    assert_complete(folder)


def interrupted(*_arguments):
    raise KeyboardInterrupt


def test_a_download_that_never_goes_on_ends_with_advice(server, folder):
    url = server.put(PATH, KITTI, cuts=[5000] + [0] * 20, headers=ETAG)
    run = Run(source_of(url))
    assert run.pauses == [1.0, 3.0, 9.0]
    assert f"- The connection broke off. {url}" in run.error
    assert "The first 5.0 kB are kept: run the same command again" in run.error
    assert "pixelwise data fetch kitti_road --from data_road.zip" in run.error
    assert "small set" in run.error
    assert_nothing_but(folder, "data_road.zip.part", "data_road.zip.part.json")


def test_a_server_that_always_breaks_off_and_starts_again_is_given_up(server, folder):
    url = server.put(PATH, KITTI, cuts=[5000] * 20, ranges=False, headers=ETAG)
    run = Run(source_of(url))
    assert "broke off" in run.error
    assert len(server.requests) == 4


def test_a_server_that_stops_sending_is_not_waited_for_forever(server, folder, monkeypatch):
    monkeypatch.setattr(downloading, "TIMEOUT", (1, 0.2))
    url = server.put(PATH, KITTI, cuts=[5000], hang=True, headers=ETAG)
    run = Run(source_of(url))
    assert run.error is None
    assert "The server has stopped sending" in run.text
    assert_complete(folder)


def test_a_server_that_knows_no_ranges_sends_all_again(server, folder):
    run = Run(source_of(server.put(PATH, KITTI, cuts=[5000], ranges=False, headers=ETAG)))
    assert run.error is None
    assert server.ranges == [None, "bytes=5000-"]
    assert_complete(folder)


@pytest.mark.parametrize("if_range", [True, False])
def test_two_versions_of_a_file_are_not_put_together(server, folder, if_range):
    newer = zipped(tiny_kitti(seed=1))
    url = server.put(PATH, KITTI, cuts=[5000], headers=ETAG)

    def change(_seconds):
        server.put(PATH, newer, if_range=if_range, headers={"ETag": '"version 2"'})

    run = Run(source_of(url), pause=change)
    assert run.error is None
    assert server.ranges[1] == "bytes=5000-"
    assert_complete(folder)
    image = next((folder / "kitti_road").rglob("image_2/um_000000.png")).read_bytes()
    assert image in tiny_kitti(seed=1).values()


def test_without_a_version_and_a_checksum_a_download_starts_again(server, folder):
    assert Run(source_of(server.put(PATH, KITTI, cuts=[5000]))).error is None
    assert server.ranges == [None, None]
    weak = {"ETag": 'W/"weak"'}
    assert Run(source_of(server.put(PATH, KITTI, cuts=[5000], headers=weak)), force=True)
    assert server.ranges[2:] == [None, None]


def test_with_a_checksum_a_download_goes_on_at_another_address(server, folder):
    first = server.put("/1.zip", KITTI, cuts=[5000] + [0] * 9)
    second = server.put("/2.zip", KITTI)
    run = Run(source_of(first, second, checksum=sha256(KITTI)))
    assert run.error is None
    assert server.requests[-1] == ("/2.zip", "bytes=5000-")
    assert_complete(folder)


def test_without_a_checksum_another_address_starts_again(server, folder):
    first = server.put("/1.zip", KITTI, cuts=[5000] + [0] * 9, headers=ETAG)
    second = server.put("/2.zip", KITTI, headers=ETAG)
    assert Run(source_of(first, second)).error is None
    assert server.requests[-1] == ("/2.zip", None)
    assert_complete(folder)


def leave_part(folder, url, content, total, validator='"version 1"'):
    """What an interrupted run leaves."""
    downloads = folder / ".downloads" / "kitti_road"
    downloads.mkdir(parents=True)
    part = downloading.Part(downloads / "data_road.zip.part")
    part.begin(downloading.Origin(url, validator, total))
    part.path.write_bytes(content)


def test_a_complete_part_of_unknown_size_is_taken(server, folder):
    url = server.put(PATH, KITTI, headers=ETAG)
    leave_part(folder, url, KITTI, None)
    assert Run(source_of(url)).error is None
    assert server.ranges == [f"bytes={len(KITTI)}-"]
    assert_complete(folder)


def test_a_part_longer_than_the_file_is_dropped(server, folder):
    url = server.put(PATH, KITTI, headers=ETAG)
    leave_part(folder, url, KITTI + b"more", None)
    assert Run(source_of(url)).error is None
    assert server.ranges == [f"bytes={len(KITTI) + 4}-", None]
    assert_complete(folder)


def test_a_part_without_its_note_is_not_trusted(server, folder):
    url = server.put(PATH, KITTI, headers=ETAG)
    leave_part(folder, url, b"who knows what", None)
    note = folder / ".downloads" / "kitti_road" / "data_road.zip.part.json"
    note.write_text("{", encoding="utf-8")
    assert Run(source_of(url)).error is None
    assert server.ranges == [None]
    assert_complete(folder)


def test_a_spoiled_part_is_found_out_by_the_checksum(server, folder):
    url = server.put(PATH, KITTI, headers=ETAG)
    leave_part(folder, url, bytes(5000), len(KITTI))
    source = source_of(url, checksum=sha256(KITTI))
    assert "checksum" in Run(source).error
    assert_nothing_but(folder)
    assert Run(source).error is None
    assert_complete(folder)


def test_a_wrong_checksum_names_both_and_leads_to_the_next_address(server, folder):
    wrong = server.put("/wrong.zip", KITTI[:-1] + b"!")
    source = source_of(wrong, checksum=sha256(KITTI))
    run = Run(source)
    assert sha256(KITTI) in run.error
    assert sha256(KITTI[:-1] + b"!") in run.error
    assert_nothing_but(folder)

    right = server.put("/right.zip", KITTI)
    assert Run(source_of(wrong, right, checksum=sha256(KITTI))).error is None
    assert_complete(folder)


def test_a_file_of_another_size_than_published_is_not_even_downloaded(server, folder):
    url = server.put(PATH, KITTI + b"more")
    run = Run(source_of(url, checksum=sha256(KITTI)))
    assert f"has {len(KITTI) + 4} bytes, but {len(KITTI)} are published" in run.error
    assert_nothing_but(folder)


def test_redirects_are_followed(server, folder):
    server.put("/moved.zip", KITTI)
    assert Run(source_of(server.put(PATH, location="/moved.zip"))).error is None
    assert_complete(folder)


def test_redirects_without_end_are_left(server, folder):
    run = Run(source_of(server.put(PATH, location=PATH)))
    assert "redirects without end" in run.error
    assert run.pauses == []


def test_a_missing_page_is_not_asked_for_twice(server, folder):
    run = Run(source_of(server.address + "/gone.zip"))
    assert "The server answers 404 Not Found" in run.error
    assert len(server.requests) == 1


def test_a_server_in_trouble_is_asked_again(server, folder):
    run = Run(source_of(server.put(PATH, KITTI, statuses=[500, 503])))
    assert run.error is None
    assert "The server answers 503 Service Unavailable. Next attempt in 3 s." in run.text
    run = Run(source_of(server.put(PATH, KITTI, statuses=[500] * 9)), force=True)
    assert "The server answers 500" in run.error
    assert_complete(folder)


def test_nobody_there_then_the_second_address(server, folder):
    run = Run(source_of(dead_address(), server.put(PATH, KITTI)))
    assert run.error is None
    assert_complete(folder)


def test_offline_says_what_to_do(folder):
    run = Run(source_of(dead_address(), dead_address()))
    assert run.error.count("The server cannot be reached") == 2
    for advice in ("HTTPS_PROXY", "browser", "--from data_road.zip", "small set"):
        assert advice in run.error
    assert "kept" not in run.error
    assert_nothing_but(folder)


@pytest.mark.parametrize(
    ("type_", "page"),
    [
        ("text/html; charset=utf-8", b"Please log in to the network"),
        ("application/zip", b"\n<!DOCTYPE html><html>Please log in to the network</html>"),
    ],
)
def test_a_login_page_is_no_archive_and_spoils_nothing(server, folder, type_, page):
    url = server.put(PATH, KITTI, cuts=[5000] + [0] * 9, headers=ETAG)
    Run(source_of(url))
    server.put(PATH, page, headers={"Content-Type": type_})
    assert "A web page came instead of the archive" in Run(source_of(url)).error
    server.put(PATH, KITTI, headers=ETAG)
    assert Run(source_of(url)).error is None
    assert server.ranges[-1] == "bytes=5000-"
    assert_complete(folder)


def test_a_declared_encoding_does_not_change_the_file(server, folder):
    content = tarred(tiny_kitti())
    headers = {"Content-Type": "application/x-tar", "Content-Encoding": "x-gzip"}
    url = server.put("/data_road.tar.gz", content, headers=headers)
    source = source_of(url, content=content, file="data_road.tar.gz", checksum=sha256(content))
    assert Run(source).error is None
    assert_complete(folder)


# Room on disk


def free_bytes(monkeypatch, free):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 10**12 - free, free))


def test_too_little_room_is_said_before_the_download(server, folder, monkeypatch):
    source = source_of(server.put(PATH, KITTI), size=2_000_000, unpacked=3_000_000)
    free_bytes(monkeypatch, 4_999_999)
    run = Run(source)
    assert "needs about 5.0 MB" in run.error
    assert str(folder) in run.error
    assert "PIXELWISE_DATA" in run.error
    assert not server.requests


def test_too_little_room_to_unpack_keeps_the_download(server, folder, monkeypatch):
    source = source_of(server.put(PATH, KITTI), size=1, unpacked=40_000)
    free_bytes(monkeypatch, 45_000)
    run = Run(source)
    assert "only 45.0 kB are free" in run.error
    assert_nothing_but(folder, "data_road.zip")
    monkeypatch.undo()
    monkeypatch.setenv("PIXELWISE_DATA", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert Run(source).error is None
    assert len(server.requests) == 1
    assert_complete(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have other rights on Windows")
def test_a_data_folder_that_cannot_be_written_is_named(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "file" / "datasets"))
    run = Run(source_of(server.put(PATH, KITTI)))
    assert "cannot be read or written" in run.error
    assert "PIXELWISE_DATA" in run.error


def test_needs_add_up_only_on_the_same_volume(tmp_path, monkeypatch):
    free_bytes(monkeypatch, 100)
    one, two = tmp_path / "one" / "not there yet", tmp_path / "two"
    with pytest.raises(DataError, match="needs about 120 bytes"):
        space.require_space({one: 60, two: 60}, "x")
    two.mkdir()
    real = Path.stat

    def other_volume(path, **options):
        result = real(path, **options)
        return namedtuple("result", "st_dev st_mode")(result.st_dev + (path == two), result.st_mode)

    monkeypatch.setattr(Path, "stat", other_volume)
    space.require_space({one: 60, two: 60}, "x")


def test_a_disk_that_fills_up_keeps_what_is_there(server, folder, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(downloading, "_write", full)
        run = Run(source_of(server.put(PATH, KITTI)))
    assert "No space left on device" in run.error
    assert "PIXELWISE_DATA" in run.error
    assert run.pauses == []


# Unpacking


def tar_special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def zip_link(name, target):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped({**tiny_kitti(), info: target})


UNSAFE = {
    "parent": zipped({**tiny_kitti(), "data_road/../../../evil.txt": b"x"}),
    "absolute": zipped({**tiny_kitti(), "/evil.txt": b"x"}),
    "drive": zipped({**tiny_kitti(), "C:/evil.txt": b"x"}),
    "backslashes": zipped({**tiny_kitti(), "..\\..\\evil.txt": b"x"}),
    "link in zip": zip_link("data_road/evil.txt", "/etc/passwd"),
    "parent in tar": tarred({**tiny_kitti(), "../evil.txt": b"x"}),
    "absolute in tar": tarred({**tiny_kitti(), "/evil.txt": b"x"}),
    "link": tarred(tiny_kitti(), tar_special("evil.txt", tarfile.SYMTYPE, "/etc/passwd")),
    "hard link": tarred(tiny_kitti(), tar_special("evil.txt", tarfile.LNKTYPE, "../../x")),
    "device": tarred(tiny_kitti(), tar_special("evil.txt", tarfile.CHRTYPE)),
    "pipe": tarred(tiny_kitti(), tar_special("evil.txt", tarfile.FIFOTYPE)),
    "through a link": tarred({}, tar_special("data_road", tarfile.SYMTYPE, ".."), mode="w"),
}


@pytest.mark.parametrize("content", UNSAFE.values(), ids=UNSAFE.keys())
def test_what_could_be_written_elsewhere_is_refused(server, folder, tmp_path, content):
    file = "data_road.zip" if content.startswith(b"PK") else "data_road.tar.gz"
    run = Run(source_of(server.put(PATH, content), content=content, file=file))
    assert "It was not unpacked" in run.error
    assert "evil.txt" in run.error or "'data_road'" in run.error
    assert "has been deleted" in run.error
    assert_nothing_but(folder)
    assert not list(tmp_path.rglob("*evil*"))


def with_false_size(content):
    """A zip file whose table of contents says of its first file that it has 10 bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.infolist()[0].file_size
    assert content.count(struct.pack("<L", size)) >= 2
    return content.replace(struct.pack("<L", size), struct.pack("<L", 10))


BOMBS = {
    "zip": zipped({**tiny_kitti(), "zeros": bytes(50_000_000)}),
    "tar.gz": tarred({**tiny_kitti(), "zeros": bytes(50_000_000)}),
    "many files": zipped({str(number): b"" for number in range(1500)}),
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS.keys())
def test_archives_that_unpack_to_absurdly_much_are_refused(server, folder, content):
    run = Run(source_of(server.put(PATH, content), content=content))
    assert "would take more than 4.0 MB" in run.error
    assert_nothing_but(folder)


def test_an_endless_tar_is_not_read_to_its_end(tmp_path, monkeypatch):
    header = tarfile.TarInfo("zeros")
    header.size = 10**12
    path = tmp_path / "bomb.tar.gz"
    with gzip.open(path, "wb") as file:
        file.write(header.tobuf())
        file.write(bytes(10_000_000))
    with pytest.raises(unpacking.UnusableArchive, match="would take more than"):
        unpacking.unpack(
            path, tmp_path / "out", expected=1000, title="x", console=Console(file=io.StringIO())
        )
    assert not (tmp_path / "out").exists()


DAMAGED = {
    "false size": with_false_size(zipped({"zeros": bytes(5_000_000), **tiny_kitti()})),
    "wrong bytes": KITTI[:3000] + bytes(200) + KITTI[3200:],
    "cut tar": tarred(tiny_kitti(), mode="w")[:20_000],
    "cut tar.gz": tarred(tiny_kitti())[:20_000],
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_archives_are_named_and_not_kept(server, folder, content):
    run = Run(source_of(server.put(PATH, content), unpacked=10_000_000))
    assert "data_road.zip is damaged or cut off" in run.error
    assert "Run the same command again" in run.error
    assert_nothing_but(folder)


def test_a_zip_with_a_password_is_refused(tmp_path):
    content = bytearray(KITTI)
    # The lowest bit of a file's flags: encrypted.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(content)
    with pytest.raises(unpacking.UnusableArchive, match="password"):
        unpacking.unpack(
            path, tmp_path / "out", expected=10**6, title="x", console=Console(file=io.StringIO())
        )


@pytest.mark.parametrize("missing", ["testing", "gt_image_2/um_road_000000", "training/image_2"])
def test_an_archive_without_the_whole_set_is_refused(server, folder, missing):
    files = {name: content for name, content in tiny_kitti().items() if missing not in name}
    run = Run(source_of(server.put(PATH, zipped(files))))
    assert "does not hold all of KITTI Road" in run.error
    assert_nothing_but(folder)


def test_what_macos_adds_is_left_out(server, folder):
    clutter = {
        "__MACOSX/data_road/training": b"x",
        "data_road/.DS_Store": b"x",
        "data_road/training/image_2/._um_000000.png": b"x",
    }
    assert Run(source_of(server.put(PATH, zipped({**tiny_kitti(), **clutter})))).error is None
    assert_complete(folder)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_tar_files_are_unpacked(server, folder, mode):
    files = {f"./{name}": content for name, content in tiny_kitti().items()}
    content = tarred(files, tar_special("./empty", tarfile.DIRTYPE), mode=mode)
    run = Run(source_of(server.put(PATH, content), file="data_road.tar.gz", content=content))
    assert run.error is None
    assert_complete(folder)


def test_an_interruption_while_unpacking_leaves_no_half_set(server, folder, monkeypatch):
    source = source_of(server.put(PATH, KITTI))
    with monkeypatch.context() as patched:
        patched.setattr(place, "_require_complete", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Run(source)
    assert_nothing_but(folder, "data_road.zip")
    assert Run(source).error is None
    assert len(server.requests) == 1


def test_an_archive_that_was_damaged_between_two_runs_is_downloaded_again(
    server, folder, monkeypatch
):
    source = source_of(server.put(PATH, KITTI), checksum=sha256(KITTI))
    with monkeypatch.context() as patched:
        patched.setattr(place, "_require_complete", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Run(source)
    (folder / ".downloads" / "kitti_road" / "data_road.zip").write_bytes(KITTI[:9000])
    assert Run(source).error is None
    assert len(server.requests) == 2
    assert_complete(folder)


def test_what_a_killed_run_left_is_removed(server, folder):
    left = folder / ".kitti_road.unpacking" / "new" / "data_road" / "half.png"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert Run(source_of(server.put(PATH, KITTI))).error is None
    assert_complete(folder)


def test_if_the_new_set_cannot_be_moved_the_old_one_is_put_back(tmp_path):
    old = tmp_path / "kitti_road"
    old.mkdir()
    (old / "file").touch()
    with pytest.raises(FileNotFoundError):
        place._exchange(old, tmp_path / "not there", tmp_path / "aside")
    assert (old / "file").exists()


# Two at once


def test_two_processes_do_not_fetch_the_same_set_at_once(server, folder):
    code = (
        "import sys; from pathlib import Path; from pixelwise.data.fetching.lock import locked\n"
        "with locked(Path(sys.argv[1]), 'KITTI Road'):\n"
        "    print('locked', flush=True); sys.stdin.read()"
    )
    lock = folder / ".downloads" / "kitti_road.lock"
    command = [sys.executable, "-c", code, str(lock)]
    source = source_of(server.put(PATH, KITTI))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline().strip() == b"locked"
        run = Run(source)
        assert "Another process is getting KITTI Road" in run.error
        assert str(lock) in run.error
        assert not server.requests
        other.kill()
    # The lock of a process that was killed is gone.
    assert lock.exists()
    assert Run(source).error is None
    assert_complete(folder)


# Archives fetched by hand


def by_hand(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["data_road.zip", "data_road (1).zip", "download"])
@pytest.mark.parametrize("checksum", [sha256(KITTI), ""], ids=["checksum", "no checksum"])
def test_an_archive_fetched_by_hand_is_used_and_kept(folder, tmp_path, name, checksum):
    path = by_hand(tmp_path, name, KITTI)
    run = Run(source_of(dead_address(), checksum=checksum), archives_by_hand=[path])
    assert run.error is None
    assert path.read_bytes() == KITTI
    assert_complete(folder)


def two_archives(*urls):
    """The tiny set in two archives: images behind `urls`, masks behind none."""
    masks = {name: content for name, content in tiny_kitti().items() if "gt_image_2" in name}
    images = {name: content for name, content in tiny_kitti().items() if "gt" not in name}
    licence = {"license.txt": b"free"}
    contents = {"images.zip": zipped(images | licence), "gt.zip": zipped(masks | licence)}
    archives = tuple(
        Archive(name, urls if name == "images.zip" else (), len(content), 10**6)
        for name, content in contents.items()
    )
    return Source(archives, page="https://example.org/login"), contents


def test_renamed_archives_are_told_apart_by_checksum(folder, tmp_path):
    source, contents = two_archives()
    archives = [
        replace(archive, checksum=sha256(contents[archive.file])) for archive in source.archives
    ]
    paths = [
        by_hand(tmp_path, name, content)
        for name, content in zip("ab", reversed(contents.values()), strict=True)
    ]
    assert Run(Source(tuple(archives)), archives_by_hand=paths).error is None
    assert_complete(folder, "license.txt")


def test_an_archive_without_name_and_checksum_is_the_one_that_is_left(folder, tmp_path):
    source, contents = two_archives()
    unnamed = by_hand(tmp_path, "download", contents["images.zip"])
    named = by_hand(tmp_path, "gt.zip", contents["gt.zip"])
    assert Run(source, archives_by_hand=[unnamed, named]).error is None
    assert_complete(folder, "license.txt")


def test_what_is_not_given_by_hand_is_downloaded(server, folder, tmp_path):
    _source, contents = two_archives()
    source, _contents = two_archives(server.put("/images.zip", contents["images.zip"]))
    masks = by_hand(tmp_path, "gt.zip", contents["gt.zip"])
    assert Run(source, archives_by_hand=[masks]).error is None
    assert_complete(folder, "license.txt")


def test_the_archives_before_the_one_that_failed_are_kept(server, folder):
    _source, contents = two_archives()
    source, _contents = two_archives(server.put("/images.zip", contents["images.zip"]))
    images, masks = source.archives
    gone = server.address + "/gt.zip"
    source = Source((images, replace(masks, urls=(gone,))))
    run = Run(source)
    assert "gt.zip could not be downloaded" in run.error
    assert "pixelwise data fetch kitti_road --from gt.zip" in run.error
    assert "images.zip" not in run.error
    server.put("/gt.zip", contents["gt.zip"])
    assert Run(source).error is None
    assert [path for path, _range in server.requests] == ["/images.zip", "/gt.zip", "/gt.zip"]
    assert_complete(folder, "license.txt")


def test_a_set_behind_a_login_says_where_to_go(folder):
    run = Run(None, name="cityscapes")
    assert "https://www.cityscapes-dataset.com/downloads/" in run.error
    assert "leftImg8bit_trainvaltest.zip, gtFine_trainvaltest.zip (about 11.9 GB)" in run.error
    assert (
        "pixelwise data fetch cityscapes --from leftImg8bit_trainvaltest.zip "
        "--from gtFine_trainvaltest.zip"
    ) in run.error
    assert "small set" in run.error
    assert_nothing_but(folder)


def test_half_of_a_set_behind_a_login_says_what_is_missing(folder, tmp_path):
    source, contents = two_archives()
    run = Run(source, archives_by_hand=[by_hand(tmp_path, "gt.zip", contents["gt.zip"])])
    assert "Download there images.zip (about" in run.error


def test_wrong_files_by_hand_are_named(folder, tmp_path):
    source, contents = two_archives()

    def error(*paths):
        return Run(source, archives_by_hand=paths).error

    page = by_hand(tmp_path, "images.zip", b"<html>log in</html>")
    assert "images.zip cannot be used as the archive images.zip. It is a web page" in error(page)
    cut = by_hand(tmp_path, "images (1).zip", contents["images.zip"][:-100])
    assert "no archive, or one that is cut off" in error(cut)
    assert cut.exists()
    assert "is a folder" in error(tmp_path)
    assert "does not exist" in error(tmp_path / "gone.zip")
    unknown = by_hand(tmp_path, "holiday.zip", contents["gt.zip"])
    assert "holiday.zip is none of the archives" in error(unknown)
    one = by_hand(tmp_path, "gt.zip", contents["gt.zip"])
    two = by_hand(tmp_path, "gt (1).zip", contents["gt.zip"])
    assert "are both the archive gt.zip" in error(one, two)
    assert_nothing_but(folder)


def test_a_wrong_checksum_by_hand_deletes_nothing(folder, tmp_path):
    path = by_hand(tmp_path, "data_road.zip", KITTI)
    run = Run(source_of(checksum=f"md5:{'0' * 32}"), archives_by_hand=[path])
    assert f"md5:{'0' * 32} is published" in run.error
    assert f"md5:{hashlib.md5(KITTI).hexdigest()}" in run.error
    assert path.exists()


def test_an_unusable_archive_by_hand_is_kept(folder, tmp_path):
    path = by_hand(tmp_path, "data_road.zip", zipped({"holiday.jpg": b"x"}))
    run = Run(source_of(), archives_by_hand=[path])
    assert f"{path} was unpacked, but does not hold all of KITTI Road" in run.error
    assert "Download it again from https://www.cvlibs.net" in run.error
    assert path.exists()
    assert_nothing_but(folder)


def test_an_unknown_set_is_refused(folder):
    run = Run(None, name="imagenet")
    assert "There is no data set 'imagenet'" in run.error


# Real files, packed as they are published


def packed(folder, prefix, file):
    """An archive called as `file` of all files in `folder`, whose names get the prefix."""
    files = {
        f"{prefix}{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return zipped(files) if file.endswith(".zip") else tarred(files, mode="w")


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real samples is not here")
@pytest.mark.parametrize(
    ("name", "packs"),
    [
        ("kitti_road", [("kitti_road/data_road", "data_road/")]),
        ("voc2012", [("voc2012_sample/VOCdevkit", "VOCdevkit/")]),
        (
            "oxford_pets",
            [("oxford_pets/images", "images/"), ("oxford_pets/annotations", "annotations/")],
        ),
        ("nuclei", [("dsb2018/original_sample/stage1_train", "")]),
    ],
)
def test_real_samples_are_put_where_they_are_found(folder, tmp_path, name, packs):
    # The sample archives are not the published ones, so their checksums are their own.
    archives = tuple(replace(archive, checksum="") for archive in registry()[name].archives)
    paths = [
        by_hand(tmp_path, archive.file, packed(REAL / place_, prefix, archive.file))
        for archive, (place_, prefix) in zip(archives, packs, strict=True)
    ]
    run = Run(Source(archives), name=name, archives_by_hand=paths)
    assert run.error is None
    for split in LAYOUTS[name].facts.splits:
        image, label = load(name, split, small=False, quiet=True).read(0)
        assert image.shape[:2] == label.shape
