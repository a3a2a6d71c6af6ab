"""Checkpoints: whole or not there, the older one safe, nothing left lying about."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from explorer.arithmetic.updates import UPDATES
from explorer.engine.errors import EngineError
from explorer.engine.training.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.train import train, train_as_chosen
from explorer.network import Network
from explorer.writing import FileError
from tests.engine.training.test_train_choices import halves


def disk_that_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes do not get through to the disk: there is no room."""

    def fail(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)


def test_what_is_written_is_read(tmp_path):
    write_checkpoint(tmp_path / "run", {"step": 3, "weights": torch.arange(4)})
    state = read_checkpoint(tmp_path / "run")
    assert state is not None
    assert state["step"] == 3
    assert torch.equal(state["weights"], torch.arange(4))


def test_a_full_disk_leaves_the_older_one_whole_and_no_half_file(tmp_path, monkeypatch):
    path = tmp_path / "run"
    write_checkpoint(path, {"step": 1})
    disk_that_fills(monkeypatch)
    with pytest.raises(FileError, match="no space left"):
        write_checkpoint(path, {"step": 2})
    assert read_checkpoint(path) == {"step": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_a_run_on_a_full_disk_tells_of_it_and_learns_on(tmp_path, monkeypatch):
    def run(folder: str) -> tuple[list[float], list[str], torch.nn.Module]:
        net = Network.parse("2 linear(2)").build(seed=0)
        told, seen = (
            train_as_chosen(
                net,
                halves(),
                Hyperparameters(batch_size=16, epochs=3),
                classes=2,
                under=Conditions(checkpoint=tmp_path / folder),
            ),
            [],
        )
        for snapshot in told:
            seen.append(snapshot)
            if snapshot.step == 5 and folder == "full":
                disk_that_fills(monkeypatch)
        return [s.loss for s in seen], [s.warning for s in seen if s.warning], net

    losses, warnings, _ = run("enough")
    assert not warnings
    assert run("full")[:2] == (losses, [
        f"No new checkpoint was kept: full could not be written in {tmp_path}: no space left on device."
    ] * 2)  # fmt: skip
    state = read_checkpoint(tmp_path / "full")
    assert state is not None
    assert state["step"] == 4


def test_weights_of_another_network_are_refused(tmp_path):
    chosen = Hyperparameters(batch_size=16, epochs=1)
    for text, refused in (("2 linear(2)", False), ("2 linear(3) relu linear(2)", True)):
        net = Network.parse(text).build(seed=0)
        run = train_as_chosen(net, halves(), chosen, classes=2, under=Conditions(checkpoint=tmp_path / "run"))
        if refused:
            with pytest.raises(CheckpointError, match="another network"):
                next(run)
        else:
            list(run)


def test_a_checkpoint_without_what_a_run_needs_is_told_before_a_step(tmp_path):
    """PyTorch would find out in the middle of its next step, or take a batch of none for ever."""
    net = Network.parse("2 linear(2)").build(seed=0)
    chosen = Hyperparameters(batch_size=16, epochs=2, optimizer="Adam", schedule="cosine", patience=1)
    whole = tmp_path / "whole"
    run = partial(train_as_chosen, net, halves(), classes=2, under=Conditions(validation=halves(), checkpoint=whole))
    list(run(replace(chosen, epochs=1)))
    state = read_checkpoint(whole)
    assert state is not None
    for name in state:
        if name != "line":
            _is_refused(run, chosen, {other: value for other, value in state.items() if other != name})
        for value in (None, "x", -1.5, [], {}, [1], torch.zeros(7)):
            _is_refused_or_goes_on(run, chosen, state | {name: value})
    optimizer = state["optimizer"]
    of_weights = optimizer["state"] | {0: {"step": torch.tensor(3.0)}}
    _is_refused(run, chosen, state | {"optimizer": optimizer | {"state": of_weights}})
    _is_refused(run, chosen, state | {"batch_size": 0})
    nowhere = torch.full_like(state["generator"], 255)
    drawn = state["processes"][0]
    _is_refused(run, chosen, state | {"generator": nowhere})
    _is_refused(run, chosen, state | {"order_state": nowhere, "position": 16})
    _is_refused(run, chosen, state | {"processes": [drawn | {"random_state": [nowhere]}]})
    best = {"best_weights": {"0.weight": torch.zeros(1)}}
    _is_refused(run, chosen, state | {"early_stop": state["early_stop"] | best})


def _is_refused(run, chosen, state):
    write_checkpoint(run.keywords["under"].checkpoint, state)
    with pytest.raises(CheckpointError, match="checkpoint"):
        next(run(chosen), None)


def _is_refused_or_goes_on(run, chosen, state):
    write_checkpoint(run.keywords["under"].checkpoint, state)
    with suppress(EngineError):
        next(run(chosen), None)


def test_a_run_goes_on_with_a_whole_number_as_its_rate(tmp_path):
    net = Network.parse("2 linear(2)").build(seed=0)
    for epochs, rate in ((1, 0.5), (2, 1), (3, 0.25)):
        optimizer = torch.optim.SGD(net.parameters(), lr=rate)
        told = train(
            net, halves(), loss="cross_entropy", optimizer=optimizer, epochs=epochs, batch_size=16, classes=2,
            under=Conditions(checkpoint=tmp_path / "run"),
        )  # fmt: skip
        assert list(told)[-1].epoch == epochs


@pytest.mark.parametrize("optimizer", [update.name for update in UPDATES])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_what_each_optimizer_remembers_is_taken_back(tmp_path, optimizer, momentum):
    chosen = Hyperparameters(batch_size=16, epochs=1, optimizer=optimizer, momentum=momentum)
    net = Network.parse("2 linear(2)").build(seed=0)
    for epochs in (1, 2):
        told = train_as_chosen(
            net, halves(), replace(chosen, epochs=epochs), classes=2, under=Conditions(checkpoint=tmp_path / "run")
        )
        assert list(told)[-1].epoch == epochs


def test_other_examples_are_refused(tmp_path):
    chosen = Hyperparameters(batch_size=16, epochs=1)
    net = Network.parse("2 linear(2)").build(seed=0)
    list(train_as_chosen(net, halves(), chosen, classes=2, under=Conditions(checkpoint=tmp_path / "run")))
    with pytest.raises(CheckpointError, match="another run: its order of labels"):
        next(train_as_chosen(net, halves(seed=9), chosen, classes=2, under=Conditions(checkpoint=tmp_path / "run")))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK"])
def test_a_file_that_is_no_checkpoint_is_told_in_a_sentence(tmp_path, content):
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(CheckpointError) as told:
        read_checkpoint(tmp_path / "run")
    assert str(told.value) == f"The checkpoint {tmp_path / 'run'} is damaged, or is not a checkpoint."


def test_what_torch_wrote_for_something_else_is_no_checkpoint(tmp_path):
    torch.save({"weight": torch.zeros(2)}, tmp_path / "run")
    with pytest.raises(CheckpointError, match="is not the checkpoint of a run"):
        read_checkpoint(tmp_path / "run")


def test_code_in_a_checkpoint_is_not_run(tmp_path):
    class Runs:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"step": Runs()}, tmp_path / "run")
    with pytest.raises(CheckpointError, match="is damaged, or is not a checkpoint"):
        read_checkpoint(tmp_path / "run")
    assert not (tmp_path / "ran").exists()


def test_a_run_that_began_on_a_gpu_goes_on_without_one(tmp_path):
    chosen = Hyperparameters(batch_size=16, epochs=1)
    net = Network.parse("2 linear(4) dropout(0.5) linear(2)").build(seed=0)
    steps = len(list(train_as_chosen(net, halves(), chosen, classes=2, under=Conditions(checkpoint=tmp_path / "run"))))
    state = read_checkpoint(tmp_path / "run")
    assert state is not None
    state["processes"][0]["random_state"].append(torch.zeros(16, dtype=torch.uint8))
    write_checkpoint(tmp_path / "run", state)
    longer = replace(chosen, epochs=2)
    assert (
        len(list(train_as_chosen(net, halves(), longer, classes=2, under=Conditions(checkpoint=tmp_path / "run"))))
        == steps
    )


def test_a_link_in_the_folder_of_somebody_elses_run_is_not_written_through(tmp_path):
    precious, folder = tmp_path / "precious", tmp_path / "run"
    precious.write_bytes(b"precious")
    folder.mkdir()
    for name in ("checkpoint.part", ".checkpoint.part", "checkpoint"):
        (folder / name).symlink_to(precious)
    write_checkpoint(folder / "checkpoint", {"step": 1})
    assert read_checkpoint(folder / "checkpoint") == {"step": 1}
    assert precious.read_bytes() == b"precious"
