"""Getting pretrained weights: where they are looked for, downloads that break, what is said."""

import hashlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from breaking_server import BreakingServer, breaking_server, dead_address
from rich.console import Console
from typer.testing import CliRunner

from pixelwise import pretrained
from pixelwise.cli import app
from pixelwise.pretrained import WeightsError, have_mobilenet_v2, have_vgg16
from pixelwise.pretrained.fetching import existing, fetch
from pixelwise.pretrained.places import places
from pixelwise.pretrained.registry import Published, published, registry

FRAMEWORKS = ("torch", "tensorflow")
CONTENT = bytes(range(256)) * 2000

NUMBERS = {
    "vgg16": {"torch": 138_357_544, "tensorflow": 138_357_544},
    # Statistics of batch norms included; Keras's file is without the layer of 1000 classes.
    "mobilenet_v2": {"torch": 2_257_984 + 1280 * 1000 + 1000, "tensorflow": 2_257_984},
}
"""How many there are in the published files."""

NAMES = {"vgg16": 100_000, "mobilenet_v2": 400_000}
"""The most bytes that the names of the layers may take; MobileNetV2 has 104 of them."""
ETAG = {"ETag": '"version 1"'}


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with breaking_server() as running:
        yield running


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder of the weights; all caches are empty."""
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PIXELWISE_LANG", "en")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path / "data" / "weights"


@pytest.fixture
def small(monkeypatch, server):
    """Has the registry take CONTENT for the published file, and the server send it."""

    def make(framework: str = "torch", *, url: str | None = None, **page) -> Published:
        url = url or server.put("/weights", CONTENT, headers=ETAG, **page)
        checksum = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
        entry = replace(
            published("vgg16", framework), url=url, size=len(CONTENT), checksum=checksum
        )
        monkeypatch.setitem(registry(), ("vgg16", framework), entry)
        return entry

    return make


def fetched(entry: Published) -> tuple[Path, str]:
    """Where the file is then, and what was said."""
    said = io.StringIO()
    path = fetch(entry, console=Console(file=said, width=200), pause=lambda seconds: None)
    return path, said.getvalue()


def refused(entry: Published) -> str:
    with pytest.raises(WeightsError) as error:
        fetched(entry)
    return str(error.value)


def put(path: Path, content: bytes = CONTENT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# --- the registry ----------------------------------------------------------------------------


def test_the_registry_is_sound():
    assert set(registry()) == {(name, framework) for name in NUMBERS for framework in FRAMEWORKS}
    for (name, framework), entry in registry().items():
        assert (entry.name, entry.framework) == (name, framework)
        assert re.fullmatch(r"https://[\w.-]+(/[\w.~-]+)+", entry.url)
        assert entry.url.endswith("/" + entry.file)
        method, _colon, digest = entry.checksum.partition(":")
        # Of one file no checksum is published.
        known = {("sha256", 64), ("md5", 32)}
        if (name, framework) == ("mobilenet_v2", "tensorflow"):
            known = {("", 0)}
        assert (method, len(digest)) in known
        # Numbers of 4 bytes; the rest of the file is names.
        assert 0 < entry.size - 4 * NUMBERS[name][framework] < NAMES[name]


def test_unknown_weights_are_answered_with_those_there_are():
    everything = (
        r"resnet.*vgg16 \(torch\), vgg16 \(tensorflow\), "
        r"mobilenet_v2 \(torch\), mobilenet_v2 \(tensorflow\)"
    )
    with pytest.raises(WeightsError, match=everything):
        published("resnet", "torch")
    with pytest.raises(WeightsError, match="jax"):
        published("vgg16", "jax")


# --- where they are looked for ---------------------------------------------------------------


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_file_put_there_by_hand_is_found(small, folder, framework):
    entry = small(framework)
    assert not have_vgg16(framework)
    path = put(folder / entry.file)
    assert have_vgg16(framework)
    assert existing(entry) == path


def test_caches_of_the_frameworks_are_looked_into(small, tmp_path, server):
    caches = {"torch": tmp_path / "torch/hub/checkpoints", "tensorflow": tmp_path / "keras/models"}
    for framework, cache in caches.items():
        entry = small(framework)
        path = put(cache / entry.file)
        assert have_vgg16(framework)
        assert existing(entry) == path
        found, said = fetched(entry)
        assert found == path
        assert str(path) in said
    assert not server.requests


@pytest.mark.parametrize("home", [None, "XDG_CACHE_HOME", "TORCH_HOME"])
def test_the_cache_of_torch_is_where_torch_says(monkeypatch, tmp_path, home):
    hub = pytest.importorskip("torch").hub
    for variable in ("XDG_CACHE_HOME", "TORCH_HOME"):
        monkeypatch.delenv(variable, raising=False)
    if home:
        monkeypatch.setenv(home, str(tmp_path / "somewhere"))
    assert str(places(published("vgg16", "torch"))[1].parent) == str(
        Path(hub.get_dir()) / "checkpoints"
    )


def test_the_cache_of_keras_is_in_its_home(monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    entry = published("vgg16", "tensorflow")
    assert places(entry)[1] == Path.home() / ".keras" / "models" / entry.file


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_missing_is_told_with_all_ways_to_get_it(folder, framework):
    entry = published("vgg16", framework)
    with pytest.raises(WeightsError) as error:
        existing(entry)
    said = str(error.value)
    for place in places(entry):
        assert str(place) in said
    assert f"`pixelwise weights fetch vgg16 --framework {framework}`: it downloads 553." in said
    assert entry.url in said
    assert f"put it into {folder}" in said


def test_a_damaged_file_is_told_from_a_missing_one(small, folder):
    entry = small()
    path = put(folder / entry.file, CONTENT[:-1])
    with pytest.raises(WeightsError) as error:
        existing(entry)
    said = str(error.value)
    assert str(path) in said
    assert entry.checksum in said
    assert "Delete it and run `pixelwise weights fetch vgg16 --framework torch`" in said


def test_a_login_page_saved_as_the_file_is_recognised(small, folder):
    entry = small()
    put(folder / entry.file, b"<html>Log in first</html>")
    with pytest.raises(WeightsError, match="web page"):
        existing(entry)


# --- a file of which only the size is published ----------------------------------------------


@pytest.fixture
def of_known_size(monkeypatch, server) -> Published:
    """CONTENT as the published MobileNetV2 of Keras: in the registry and on the server."""
    entry = published("mobilenet_v2", "tensorflow")
    assert not entry.checksum
    entry = replace(entry, url=server.put("/weights", CONTENT, headers=ETAG), size=len(CONTENT))
    monkeypatch.setitem(registry(), ("mobilenet_v2", "tensorflow"), entry)
    return entry


def test_a_file_of_the_published_size_is_downloaded_and_taken(of_known_size, folder):
    assert not have_mobilenet_v2("tensorflow")
    path, said = fetched(of_known_size)
    assert path == folder / of_known_size.file
    assert path.read_bytes() == CONTENT
    assert "512.0 kB of 512.0 kB" in said
    assert have_mobilenet_v2("tensorflow")
    assert existing(of_known_size) == path


def test_a_file_of_another_size_is_refused_and_replaced(of_known_size, folder):
    path = put(folder / of_known_size.file, CONTENT[:-1])
    with pytest.raises(WeightsError) as error:
        existing(of_known_size)
    assert "It has 511999 bytes, but 512000 are published" in str(error.value)
    assert "pixelwise weights fetch mobilenet_v2 --framework tensorflow" in str(error.value)
    fetched(of_known_size)
    assert path.read_bytes() == CONTENT


def test_an_answer_of_another_size_is_refused(of_known_size, server):
    server.pages["/weights"].content = CONTENT + b"more"
    assert "It has 512004 bytes, but 512000 are published" in refused(of_known_size)
    assert not have_mobilenet_v2("tensorflow")


def test_a_web_page_of_the_published_size_is_recognised(of_known_size, folder):
    put(folder / of_known_size.file, b"<html>".ljust(len(CONTENT)))
    with pytest.raises(WeightsError, match="web page"):
        existing(of_known_size)


# --- downloads -------------------------------------------------------------------------------


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_download_is_announced_checked_and_put_in_place(small, folder, framework):
    entry = small(framework)
    path, said = fetched(entry)
    assert path == folder / entry.file
    assert path.read_bytes() == CONTENT
    assert have_vgg16(framework)
    assert f"{entry.title}: 512.0 kB to download into {folder}." in said
    assert entry.page in said
    assert "512.0 kB of 512.0 kB" in said
    assert f"{entry.title} is at {path}." in said
    assert {file.name for file in folder.iterdir()} == {entry.file, f".{entry.file}.lock"}


def test_what_is_there_is_not_downloaded_again(small, server):
    entry = small()
    fetched(entry)
    path, said = fetched(entry)
    assert str(path) in said
    assert "to download" not in said
    assert len(server.requests) == 1


def test_a_download_that_breaks_off_goes_on_in_this_run_and_in_the_next(
    small, server: BreakingServer
):
    entry = small(cuts=[100_000, 0, 0, 0, 0, 150_000])
    said = refused(entry)
    assert "The first 100.0 kB are kept" in said
    path, _ = fetched(entry)
    assert path.read_bytes() == CONTENT
    # The first run asks once and, with nothing new, four times more; the second twice.
    assert server.ranges == [None, *["bytes=100000-"] * 5, "bytes=250000-"]


def test_a_damaged_file_is_replaced(small, folder):
    entry = small()
    put(folder / entry.file, b"\0" * len(CONTENT))
    path, said = fetched(entry)
    assert path.read_bytes() == CONTENT
    assert "512.0 kB to download" in said


def test_a_damaged_file_in_a_cache_is_left_alone_and_ours_goes_first(small, tmp_path, folder):
    entry = small()
    cached = put(tmp_path / "torch/hub/checkpoints" / entry.file, b"damaged")
    path, _ = fetched(entry)
    assert path == folder / entry.file
    assert existing(entry) == path
    assert cached.read_bytes() == b"damaged"


def test_another_file_at_the_address_is_refused(small, server, folder):
    entry = small()
    server.pages["/weights"].content = bytes(len(CONTENT))
    assert "Its checksum is" in refused(entry)
    assert not have_vgg16("torch")


def test_without_a_connection_other_ways_are_told(small, folder):
    entry = small(url=dead_address())
    said = refused(entry)
    assert f"{entry.file} could not be downloaded." in said
    assert "The server cannot be reached." in said
    assert "HTTPS_PROXY" in said
    assert f"put it into {folder}:\n  {entry.url}" in said


def test_a_folder_that_cannot_be_made_is_named(small, tmp_path):
    put(tmp_path / "data", b"a file where the data folder should be")
    assert str(tmp_path / "data") in refused(small())


def test_too_little_room_is_told_before_the_download(small, server, monkeypatch):
    entry = replace(small(), size=10**15)
    said = refused(entry)
    assert "1.0 PB" in said
    assert entry.title in said
    assert not server.requests


def test_an_interruption_is_answered_with_how_to_go_on(small):
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    said = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        fetch(small(cuts=[1000]), console=Console(file=said, width=200), pause=interrupt)
    assert "goes on from there" in said.getvalue()


# --- the command line ------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(app, ["weights", *arguments])


def test_list_names_files_sizes_and_where_they_are(small, folder):
    path = put(folder / small("tensorflow").file)
    done = run("list")
    assert done.exit_code == 0
    rows = {tuple(line.split()[:2]): line for line in done.output.splitlines() if line.strip()}
    assert rows["vgg16", "torch"].rstrip().endswith("no")
    assert "553.4 MB" in rows["vgg16", "torch"]
    assert "14.2 MB" in rows["mobilenet_v2", "torch"]
    assert "9.4 MB" in rows["mobilenet_v2", "tensorflow"]
    assert rows["vgg16", "tensorflow"].rstrip().endswith(str(path))
    assert str(folder) in done.output


def test_fetch_gets_the_file(small, folder):
    entry = small("tensorflow")
    done = run("fetch", "vgg16", "--framework", "tensorflow")
    assert done.exit_code == 0, done.output
    assert (folder / entry.file).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("resnet", "--framework", "torch"), "vgg16 (torch)"),
        (("vgg16", "--framework", "jax"), "vgg16 (tensorflow)"),
    ],
)
def test_what_there_is_not_is_answered_without_a_traceback(arguments, word):
    done = run("fetch", *arguments)
    assert done.exit_code == 1
    assert word in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_looking_for_weights_imports_no_framework(framework):
    code = (
        "import sys; from pixelwise.pretrained import have_mobilenet_v2, have_vgg16\n"
        "from pixelwise.pretrained import load_mobilenet_v2, load_vgg16\n"
        f"have_vgg16({framework!r}); have_mobilenet_v2({framework!r})\n"
        "import pixelwise.encoders, pixelwise.pretrained_cli\n"
        "print(*{'torch', 'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(("module", "others"), [
    ("vgg16_torch", {"tensorflow", "keras", "h5py"}),
    ("vgg16_tensorflow", {"torch", "torchvision"}),
    ("mobilenet_v2", {"torch", "tensorflow", "keras", "h5py"}),
    ("mobilenet_v2_torch", {"tensorflow", "keras", "h5py"}),
    ("mobilenet_v2_tensorflow", {"torch", "torchvision"}),
])  # fmt: skip
def test_neither_framework_needs_the_other(module, others):
    source = Path(pretrained.__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    imported = re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE)
    assert imported
    assert not others & set(imported)
