"""Following runs that the command line writes to folders."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from tests.ui.fakes import make_session


@pytest.fixture
def session(qtbot: QtBot):
    made = make_session("2 linear(2)")
    yield made
    assert made.close()


def test_a_run_is_followed_while_it_is_written(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.following.follow_run(tmp_path)
    assert "no metrics" in session.state.status.notice
    metrics = tmp_path / "metrics.jsonl"
    _write(metrics, step=1, loss=2.0)
    session.following.follow_run(tmp_path)
    (run,) = session.state.watching.runs
    assert run.losses.tolist() == [2.0]
    _write(metrics, step=2, loss=1.5, val_loss=1.0)
    qtbot.waitUntil(lambda: len(session.state.watching.runs[0].steps) == 2, timeout=20_000)
    (run,) = session.state.watching.runs
    assert run.epochs[0].val_loss == 1.0
    session.following.follow_run(tmp_path)
    assert session.state.watching.runs == (run,)
    assert "already" in session.state.status.notice


def test_a_run_of_a_newer_version_is_not_followed(session: Session, tmp_path: Path) -> None:
    _write(tmp_path / "metrics.jsonl", step=1, loss=2.0)
    (tmp_path / "run.json").write_text('{"version": 2}')
    session.following.follow_run(tmp_path)
    assert "is of version 2, made by a newer Network Explorer" in session.state.status.notice
    assert session.state.watching.runs == ()


def test_a_run_taken_off_the_plots_is_followed_no_longer_and_can_be_followed_again(
    session: Session, tmp_path: Path
) -> None:
    _write(tmp_path / "metrics.jsonl", step=1, loss=2.0)
    session.following.follow_run(tmp_path)
    session.training.forget_run(session.state.watching.runs[0].number)
    assert session.state.watching.runs == ()
    session.following.follow_run(tmp_path)
    assert session.state.status.notice == ""
    assert [run.losses.tolist() for run in session.state.watching.runs] == [[2.0]]


def test_a_followed_run_that_undo_brings_back_is_followed_on(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    metrics = tmp_path / "metrics.jsonl"
    _write(metrics, step=1, loss=2.0)
    session.following.follow_run(tmp_path)
    session.training.forget_run(1)
    _write(metrics, step=2, loss=1.5)
    session.editing.undo()
    qtbot.waitUntil(lambda: session.state.watching.runs[0].losses.tolist() == [2.0, 1.5], timeout=20_000)


def test_a_followed_run_carries_the_loss_that_its_folder_names(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    for name, loss in (("known", "hinge"), ("strange", ["x"])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "run.json").write_text(json.dumps({"loss": loss}))
        _write(folder / "metrics.jsonl", step=1, epoch=1, loss=0.5, learning_rate=0.1)
        session.following.follow_run(folder)
    assert [run.loss for run in session.state.watching.runs] == ["hinge", ""]


def _write(metrics: Path, **figures: float) -> None:
    with metrics.open("a") as file:
        file.write(json.dumps({"epoch": 1, "learning_rate": 0.1, **figures}) + "\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes with names and device files are of POSIX systems")
def test_metrics_that_are_no_plain_file_are_refused_and_never_waited_for(session: Session, tmp_path: Path) -> None:
    for name in ("pipe", "endless", "folder"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe" / "metrics.jsonl")
    (tmp_path / "endless" / "metrics.jsonl").symlink_to("/dev/zero")
    (tmp_path / "folder" / "metrics.jsonl").mkdir()
    for name, kind in (("pipe", "a pipe"), ("endless", "a device"), ("folder", "a folder")):
        session.following.follow_run(tmp_path / name)
        assert session.state.status.notice.startswith(
            f"There are no metrics of a run in {name}. metrics.jsonl is {kind}"
        )
    assert session.state.watching.runs == ()


def test_what_somebody_else_wrote_is_shown_as_far_as_it_is_numbers(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = (
        '{"step": 1, "loss": 0.5}',
        "[" * 100_000,
        '{"step": 2, "loss": "high", "learning_rate": Infinity}',
        f'{{"step": 1{"0" * 400}, "loss": 0.2}}',
        '{"step": "three", "loss": 0.2}',
        '{"step": true, "loss": 0.2}',
        f'{{"step": 4, "loss": 1{"0" * 400}, "epoch": {{}}, "train_loss": "x", "val_loss": [1], "val_accuracy": NaN}}',
        '{"step": 5, "loss": 0.1}',
    )
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    session.following.follow_run(tmp_path)
    qtbot.waitUntil(lambda: session.state.watching.runs[0].last_step == 5)
    (run,) = session.state.watching.runs
    assert run.steps.tolist() == [1, 2, 4, 5]
    np.testing.assert_array_equal(run.losses, [0.5, np.nan, np.nan, 0.1])
    assert run.rates.tolist() == [0, 0, 0, 0]
    (figures,) = run.epochs
    assert (figures.epoch, figures.train_loss, figures.val_loss, figures.val_accuracy) == (0, None, None, None)


def test_a_line_of_gigabytes_is_passed_over_beside_the_window_a_piece_at_a_time(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.engine.training.run_folder.PIECE_BYTES", 1000)
    with (tmp_path / "metrics.jsonl").open("wb") as file:
        file.write(b'{"step": 1, "loss": 2.0}\n')
        file.seek(20_000)  # a long line of zeros
        file.write(b'\n{"step": 2, "loss": 1.0}\n')
    session.following.follow_run(tmp_path)
    qtbot.waitUntil(lambda: session.state.watching.runs[0].last_step == 2)
    (run,) = session.state.watching.runs
    assert run.losses.tolist() == [2.0, 1.0]
