"""Training in two processes under torchrun: the curve of one with the doubled batch, one folder, exact resuming."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
from torch.nn.functional import cross_entropy

import explorer
from explorer.cli import run
from explorer.data import open_data
from explorer.engine.training.examples import both_splits
from explorer.engine.training.train import evaluate

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="torchrun's gloo needs a POSIX system")
TIMEOUT_S = 280


def arguments(net: Path, out: Path, *, batch_size: int, epochs: int) -> list[str]:
    return [
        "train", str(net), "--data", "points:moons", "--epochs", str(epochs), "--out", str(out), "--momentum", "0.9",
        "--learning-rate", "0.1", "--batch-size", str(batch_size), "--precision", "float64", "--device", "cpu",
        "--threads", "1",
    ]  # fmt: skip


def together(*command: str) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*torchrun, "-m", "explorer", *command],
        capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Trained for") == 1  # one speaks for both


def curve(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.txt"
    path.write_text("2 linear(8) tanh linear(2)")
    return path


def test_two_processes_give_the_curve_of_one_with_the_doubled_batch_also_after_a_stop(net, tmp_path):
    """Training points that do not divide evenly leave a last batch of which each process has another share."""
    two, one = tmp_path / "two", tmp_path / "one"
    together(*arguments(net, two, batch_size=27, epochs=1))
    together(*arguments(net, two, batch_size=27, epochs=3))
    assert run(arguments(net, one, batch_size=54, epochs=3)) == 0
    assert [entry["step"] for entry in curve(two)] == [entry["step"] for entry in curve(one)]
    for double, single in zip(curve(two), curve(one), strict=True):
        assert double.keys() == single.keys()
        assert list(double.values()) == pytest.approx(list(single.values()), rel=1e-12)
    weights = [safetensors.torch.load_file(folder / "network.safetensors") for folder in (one, two)]
    assert all((value - weights[1][name]).abs().max() < 1e-6 for name, value in weights[0].items())


def test_what_is_told_of_two_processes_with_batch_norm_is_true_of_the_network_that_is_kept(tmp_path):
    """Each has averages of its own parts; those of the first are kept."""
    (tmp_path / "net.txt").write_text("1x4x4 conv(4, 3) batchnorm relu flatten linear(2)")
    labels = np.arange(60) % 2
    pictures = np.random.default_rng(0).integers(0, 156, (60, 4, 4)) + 100 * labels[:, None, None]
    np.savez(tmp_path / "set.npz", x=pictures.astype(np.uint8), y=labels)
    out = tmp_path / "run"
    together("train", str(tmp_path / "net.txt"), "--data", str(tmp_path / "set.npz"), "--out", str(out),
             "--epochs", "2", "--batch-size", "11", "--device", "cpu", "--threads", "1")  # fmt: skip
    kept = explorer.load(out / "network.json")
    _, held_out = both_splits(open_data(tmp_path / "set.npz"), (1, 4, 4), mean=kept.mean, std=kept.std)
    assert curve(out)[-1]["val_loss"] == pytest.approx(evaluate(kept.model, held_out, cross_entropy).loss, rel=1e-6)
