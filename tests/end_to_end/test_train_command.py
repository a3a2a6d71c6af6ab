"""`network-explorer train` as a person types it: it learns, is stopped, killed, goes on, and ends in a sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

import explorer
from explorer.cli import run
from explorer.data import ClassGroup
from explorer.engine.training.checkpoint import read_checkpoint
from explorer.engine.training.metrics import evaluate
from explorer.engine.training.run_folder import RunFolder
from explorer.network.files import read_network
from explorer.session.document import Document
from explorer.writing import FileError

TIMEOUT_S = 240


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.txt"
    path.write_text("2 linear(16) tanh dropout(0.1) linear(2)\n")
    return path


def arguments(net: Path, out: Path, *more: str, epochs: int = 3, data: str = "points:moons") -> list[str]:
    return [
        "train", str(net), "--data", data, "--epochs", str(epochs), "--out", str(out), "--optimizer", "Adam",
        "--learning-rate", "0.02", "--batch-size", "16", "--threads", "1", "--device", "cpu", *more,
    ]  # fmt: skip


def started(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "explorer", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return safetensors.torch.load_file(folder / "network.safetensors")


def metrics(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def wait_for_steps(folder: Path, steps: int, process: subprocess.Popen[str]) -> None:
    """Follow the run as the window does until it has come so far."""
    reader, last, end = RunFolder(folder), 0, time.monotonic() + TIMEOUT_S
    while last < steps:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        new = reader.read_new()
        last = new[-1]["step"] if new else last
        time.sleep(0.005)


def test_it_learns_and_leaves_a_network_that_opens(net, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(arguments(net, out, epochs=20)) == 0
    told = capsys.readouterr().err
    assert "epoch 20/20" in told
    assert f"the network is in {out / 'network.json'}." in told
    entries = metrics(out)
    assert [entry["step"] for entry in entries] == list(range(1, len(entries) + 1))
    assert set(entries[0]) == {"step", "epoch", "loss", "learning_rate"}
    assert {"val_loss", "val_accuracy", "train_accuracy"} < set(entries[-1])
    assert entries[-1]["val_accuracy"] > 0.95
    loaded = explorer.load(out / "network.json")
    assert len(loaded.classes) == 2
    settings = RunFolder(out).settings()
    assert (settings["data"], settings["optimizer"], settings["loss"]) == ("points:moons", "Adam", "cross_entropy")


def test_pictures_are_learned_and_the_network_knows_their_mean(tmp_path):
    (tmp_path / "net.txt").write_text("1x12x12 conv(4, 3) relu maxpool(2) flatten linear(2)")
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 120, (80, 12, 12), dtype=np.uint8)
    labels = np.arange(80) % 2
    pictures[labels == 1, :, 4:8] += 100
    np.savez(tmp_path / "bars.npz", images=pictures, labels=labels)
    out = tmp_path / "run"
    assert (
        run(arguments(tmp_path / "net.txt", out, "--augment", "flip", epochs=10, data=str(tmp_path / "bars.npz"))) == 0
    )
    assert metrics(out)[-1]["val_accuracy"] > 0.9
    loaded = explorer.load(out / "network.json")
    assert loaded.mean == pytest.approx([pictures.mean() / 255], abs=0.05)
    with torch.no_grad():
        probability = loaded.model(loaded.prepare(np.stack([pictures[1]] * 3, axis=-1))).softmax(1)
    assert probability[0, 1] > 0.5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that kills outright")
def test_a_killed_run_goes_on_to_the_weights_of_an_unbroken_one(net, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    every = ("--checkpoint-every", "7")
    assert run(arguments(net, whole, *every, epochs=60)) == 0
    process = started(arguments(net, broken, *every, epochs=60))
    wait_for_steps(broken, 40, process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=TIMEOUT_S)
    assert not (broken / "network.json").exists()
    state = read_checkpoint(broken / "checkpoint")
    assert state is not None
    assert state["step"] > 0
    assert run(arguments(net, broken, *every, epochs=60)) == 0
    assert metrics(broken) == metrics(whole)
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(broken)[name]), name


@pytest.mark.skipif(sys.platform == "win32", reason="ctrl-C of another process")
def test_ctrl_c_ends_in_a_sentence_with_a_checkpoint_of_that_very_step(net, tmp_path):
    out = tmp_path / "run"
    process = started(arguments(net, out, epochs=100_000))
    wait_for_steps(out, 20, process)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    state = read_checkpoint(out / "checkpoint")
    assert state is not None
    assert f"Stopped after step {state['step']}; the same command goes on from here." in told
    assert "Traceback" not in told
    assert len(metrics(out)) in (state["step"], state["step"] - 1)  # the end of an epoch that was not judged any more
    assert (out / "network.json").exists()


def test_ctrl_c_while_an_epoch_is_judged_tells_the_step_that_was_kept(net, tmp_path, capsys, monkeypatch):
    whole, out = tmp_path / "whole", tmp_path / "run"
    assert run(arguments(net, whole, epochs=2)) == 0

    def interrupted(*arguments, **named):
        os.kill(os.getpid(), signal.SIGINT)
        return evaluate(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr("explorer.engine.training.run.evaluate", interrupted)
        assert run(arguments(net, out, epochs=2)) == 130
    state = read_checkpoint(out / "checkpoint")
    assert state is not None
    assert f"Stopped after step {state['step']}; the same command goes on" in capsys.readouterr().err
    assert len(metrics(out)) == state["step"] - 1  # its line says how the epoch ended
    assert run(arguments(net, out, epochs=2)) == 0
    assert metrics(out) == metrics(whole)


def test_ctrl_c_on_a_full_disk_says_where_the_run_goes_on(net, tmp_path, capsys, monkeypatch):
    out, asked = tmp_path / "run", []

    def full(_path, state):
        if not asked:  # a second ctrl-C would end it at once
            os.kill(os.getpid(), signal.SIGINT)
        asked.append(state["step"])
        raise FileError("could not be written: the disk is full.")

    monkeypatch.setattr("explorer.engine.training.run.write_checkpoint", full)
    assert run(arguments(net, out, "--checkpoint-every", "3", epochs=2)) == 130
    assert "Stopped after step 3, which could not be kept: the same command goes on after step 0." in (
        capsys.readouterr().err
    )


def test_a_longer_run_of_the_same_kind_goes_on(net, tmp_path, capsys):
    assert run(arguments(net, tmp_path / "run", epochs=2)) == 0
    steps = len(metrics(tmp_path / "run"))
    assert run(arguments(net, tmp_path / "run", epochs=4)) == 0
    assert f"Going on after step {steps}." in capsys.readouterr().err
    assert run(arguments(net, tmp_path / "whole", epochs=4)) == 0
    assert metrics(tmp_path / "run") == metrics(tmp_path / "whole")


def test_a_schedule_that_lasts_longer_now_is_told_where_the_run_goes_on(net, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(arguments(net, out, "--schedule", "cosine", epochs=2)) == 0
    steps, last = len(metrics(out)), metrics(out)[-1]["learning_rate"]
    assert run(arguments(net, out, "--schedule", "cosine", epochs=4)) == 0
    told = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("Going on"))
    half_way = metrics(out)[steps]["learning_rate"]
    assert half_way == pytest.approx(0.01)  # of a cosine from 0.02 to 0
    assert last < 0.001
    assert told == (
        f"Going on after step {steps}: the cosine schedule lasts for 4 epochs now, not 2, "
        "so the learning rate goes from 0 to 0.01."
    )


def test_a_run_begun_otherwise_is_not_gone_on_with(net, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(arguments(net, out, epochs=1)) == 0
    assert run(arguments(net, out, "--seed", "3", epochs=2)) == 1
    assert "was begun with seed 0, not 3. Choose another folder, or add --start-over" in capsys.readouterr().err
    assert run(arguments(net, out, "--seed", "3", "--start-over", epochs=2)) == 0


def test_labels_that_do_not_fit_are_told_with_the_option_that_mends_it(tmp_path, capsys):
    (tmp_path / "net.txt").write_text("2 linear(16) tanh linear(10)")
    out = tmp_path / "run"
    assert run(arguments(tmp_path / "net.txt", out)) == 1
    told = capsys.readouterr().err
    assert "2 classes, but the network gives 10 outputs" in told
    assert told.strip().endswith("Add --fit-last-layer to change it.")
    assert run(arguments(tmp_path / "net.txt", out, "--fit-last-layer")) == 0
    assert explorer.load(out / "network.json").network.text().endswith("linear(2)")


def test_each_file_that_is_left_out_is_named_and_the_rest_are_counted(tmp_path, capsys):
    for name in ("ants", "bees"):
        (tmp_path / "insects" / name).mkdir(parents=True)
        for index in range(5):
            Image.new("L", (4, 4), index * 40).save(tmp_path / "insects" / name / f"{index}.png")
    for index in range(7):
        (tmp_path / "insects" / "ants" / f"note{index}.txt").write_text("of no use")
    (tmp_path / "small.txt").write_text("1x4x4 flatten linear(2)")
    assert run(arguments(tmp_path / "small.txt", tmp_path / "run", data=str(tmp_path / "insects"), epochs=1)) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("left out: ")]
    assert len({*lines}) == 6
    assert all(line.startswith("left out: ants/note") for line in lines[:5])
    assert lines[0].endswith(".txt: Its name does not end like that of a picture.")
    assert lines[5:] == ["left out: 2 more"]


def test_a_loss_that_is_no_number_ends_in_a_sentence(tmp_path, capsys):
    (tmp_path / "net.txt").write_text("2 linear(16) relu linear(16) relu linear(2)")
    assert run(arguments(tmp_path / "net.txt", tmp_path / "run", "--learning-rate", "1e30", epochs=5)) == 1
    told = capsys.readouterr().err
    assert "holds" in told
    assert "a learning rate below 1e30 may help." in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("network", "data", "words"),
    [
        ("nosuch.txt", "points:moons", "There is no network called"),
        ("net.txt", "nosuch", "There is no file and no data set called nosuch."),
        ("net.txt", "digits-of-nobody.npz", "There is no file"),
        ("wide.txt", "points:moons", "The network takes 3 numbers, but an example of the data is 2 numbers."),
        ("faulty.txt", "points:moons", "faulty.txt cannot run."),
    ],
)
def test_what_cannot_be_done_ends_in_a_sentence(net, tmp_path, capsys, network, data, words):
    (tmp_path / "wide.txt").write_text("3 linear(2)")
    (tmp_path / "faulty.txt").write_text("2 linear(4, in_features=7) linear(2)")
    assert run(arguments(tmp_path / network, tmp_path / "run", data=data)) == 1
    told = capsys.readouterr().err
    assert words in told
    assert told.strip().endswith(".")


@pytest.mark.parametrize("device", ["nosuch", "meta"])
def test_a_device_that_cannot_compute_is_told_with_those_that_can(net, tmp_path, capsys, device):
    assert run(arguments(net, tmp_path / "run", "--device", device)) == 1
    assert f"There is no device {device} here; there is " in capsys.readouterr().err


def test_a_loss_there_is_not_is_told_with_those_there_are(net, tmp_path, capsys):
    assert run(arguments(net, tmp_path / "run", "--loss", "magic")) == 1
    assert "There is no loss 'magic'; there are half_squared_error," in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(net, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert run(arguments(net, tmp_path / "file" / "run")) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_more_threads_than_there_are_cores_are_not_made(net, tmp_path):
    process = started(arguments(net, tmp_path / "run", "--threads", "1000000"))
    told = process.communicate(timeout=TIMEOUT_S)[1]
    assert process.returncode == 0, told


def test_classes_are_put_into_groups_and_one_output_tells_them_apart(tmp_path, capsys):
    labels = np.arange(200) % 4
    noise = np.random.default_rng(0).normal(size=(200, 5)) * 0.1
    np.savez(tmp_path / "rows.npz", x=(noise + labels[:, None] - 1.5).astype(np.float32), y=labels)
    (tmp_path / "neuron.txt").write_text("5 linear(1)\n")
    asked = arguments(tmp_path / "neuron.txt", tmp_path / "run", epochs=8, data=str(tmp_path / "rows.npz"))
    assert run([*asked, "--learning-rate", "0.2", "--group", "low=0,1", "--group", "high=*"]) == 0
    settings = json.loads((tmp_path / "run" / "run.json").read_text())
    assert settings["classes"] == ["low", "high"]
    assert settings["loss"] == "bce_with_logits"
    assert metrics(tmp_path / "run")[-1]["val_accuracy"] > 0.9
    written = tmp_path / "run" / "network.json"
    document = Document.opened(read_network(written), written)
    assert document.data == str(tmp_path / "rows.npz")
    assert document.class_groups == (ClassGroup("low", ("0", "1")), ClassGroup("high", ("2", "3")))
    assert run([*asked, "--group", "low=0"]) == 1
    assert "two groups" in capsys.readouterr().err
