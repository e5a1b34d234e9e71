"""Several processes or devices train the weights that one would train."""

import json
import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import tiny_networks
import tiny_sets
from PIL import Image

from pixelwise.training import TrainingError, train
from pixelwise.training.history import from_csv
from pixelwise.training.processes import this_process

ROOT = Path(__file__).parent.parent
SCRIPT = Path(__file__).with_name("train_here.py")
SECONDS = 240

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
needs_tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="tensorflow is not installed"
)


@pytest.fixture
def given(tmp_path):
    """Settings, and 12 training images: every other one is void but for a line."""
    root = tiny_sets.kitti_road(tmp_path / "data" / "kitti_road")
    for path in sorted((root / "training" / "gt_image_2").glob("*_road_*.png"))[::2]:
        mask = np.array(Image.open(path))
        mask[1:] = 0
        Image.fromarray(mask).save(path)
    return {"width": 2, "size": (32, 64), "epochs": 2, "batch_size": 4}


def command(framework, folder, given, copies=1, networks=tiny_networks.PLAIN):
    answers = tiny_networks.write_answers(folder.parent, networks[framework])
    settings = json.dumps({**given, "answers": str(answers)})
    return [str(SCRIPT), framework, str(folder), str(copies), settings]


def environment(tmp_path, **more):
    plain = {"PIXELWISE_DATA": str(tmp_path / "data"), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    # No GPU: its sums are rounded in another order every time.
    return {**os.environ, **plain, "CUDA_VISIBLE_DEVICES": "", **more}


def run_all(commands, environments):
    """Run processes at the same time; none outlives the test."""
    processes = [
        subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for command, environment in zip(commands, environments, strict=True)
    ]
    try:
        outputs = [process.communicate(timeout=SECONDS)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    for process, output in zip(processes, outputs, strict=True):
        assert process.returncode == 0, output


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for found in sockets:
        found.bind(("localhost", 0))
    ports = [found.getsockname()[1] for found in sockets]
    for found in sockets:
        found.close()
    return ports


def arrays(path):
    if path.suffix == ".npz":
        with np.load(path) as state:
            return list(state.values())
    import torch

    return [value.numpy() for value in torch.load(path, weights_only=True)["model"].values()]


def assert_close(one, other, tolerance):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert np.abs(a - b).max() <= tolerance


def assert_same_history(one, other):
    rows = [
        from_csv((folder / "history.csv").read_text(encoding="utf-8")) for folder in (one, other)
    ]
    for a, b in zip(*rows, strict=True):
        assert a.loss == pytest.approx(b.loss, rel=1e-5, nan_ok=True)
        # Confusion matrices are summed over processes: pixels on the brink may change sides.
        assert a.pixel_accuracy == pytest.approx(b.pixel_accuracy, abs=0.02)


@needs_torch
def test_two_processes_of_torchrun_train_as_one(tmp_path, given):
    alone, together = tmp_path / "alone", tmp_path / "together"
    plain = environment(tmp_path)
    run_all([command("torch", alone, given)], [plain])
    (port,) = free_ports(1)
    torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(port)]
    run_all([[*torchrun, *command("torch", together, given)]], [plain])

    first, second = (arrays(together / f"{rank}.last.pt") for rank in (0, 1))
    assert_close(first, second, 0)
    assert_close(arrays(alone / "last.pt"), first, 1e-5)
    assert_same_history(alone, together)
    run = json.loads((together / "run.json").read_text(encoding="utf-8"))
    assert run["environment"]["processes"] == 2


@needs_tensorflow
def test_two_tensorflow_workers_train_as_one_and_as_two_devices(tmp_path, given):
    alone, devices, workers = (tmp_path / name for name in ("alone", "devices", "workers"))
    plain = environment(tmp_path)
    run_all([command("tensorflow", alone, given)], [plain])
    run_all([command("tensorflow", devices, given, copies=2)], [plain])
    cluster = {"worker": [f"localhost:{port}" for port in free_ports(2)]}
    environments = [
        environment(
            tmp_path,
            TF_CONFIG=json.dumps({"cluster": cluster, "task": {"type": "worker", "index": rank}}),
        )
        for rank in (0, 1)
    ]
    run_all([command("tensorflow", workers, given)] * 2, environments)

    first, second = (arrays(workers / f"{rank}.last.npz") for rank in (0, 1))
    assert_close(first, second, 0)
    for folder in (devices, workers):
        assert_close(arrays(alone / "last.npz"), arrays(folder / "last.npz"), 1e-5)
        assert_same_history(alone, folder)
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        assert run["environment"]["copies_of_the_network"] == 2


@needs_torch
def test_processes_measure_and_keep_the_same_batch_norms(tmp_path, given):
    (port,) = free_ports(1)
    torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(port)]
    training = command("torch", tmp_path / "run", given, networks=tiny_networks.NORMED)
    run_all([[*torchrun, *training]], [environment(tmp_path)])
    first, second = (arrays(tmp_path / "run" / f"{rank}.last.pt") for rank in (0, 1))
    assert_close(first, second, 0)


@needs_tensorflow
def test_devices_share_the_statistics_of_batch_norms(tmp_path, given):
    run_all(
        [command("tensorflow", tmp_path / "run", given, 2, tiny_networks.NORMED)],
        [environment(tmp_path)],
    )
    rows = from_csv((tmp_path / "run" / "history.csv").read_text(encoding="utf-8"))
    assert rows[-1].loss < rows[1].loss


@needs_torch
def test_a_batch_that_cannot_be_divided_is_refused(tmp_path, given, monkeypatch):
    monkeypatch.setenv("PIXELWISE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PIXELWISE_LANG", "en")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.chdir(ROOT)
    with pytest.raises(TrainingError, match=r"5 images .* among 2 .* --batch-size"):
        train("fcn", "torch", "kitti_road", {**given, "batch_size": 5})


def test_a_process_learns_its_place_from_the_environment(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "TF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    assert this_process("torch") == this_process("tensorflow") == (0, 1)
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert this_process("torch") == (1, 3)
    cluster = {"worker": ["a:1", "b:1"]}
    config = {"cluster": cluster, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    assert this_process("tensorflow") == (1, 2)
