"""Following runs that the command line writes to folders."""

from __future__ import annotations

import json
from pathlib import Path

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
    session.follow_run(tmp_path)
    assert "no metrics" in session.state.notice
    metrics = tmp_path / "metrics.jsonl"
    _write(metrics, step=1, loss=2.0)
    session.follow_run(tmp_path)
    (run,) = session.state.runs
    assert run.losses.values.tolist() == [2.0]
    _write(metrics, step=2, loss=1.5, val_loss=1.0)
    qtbot.waitUntil(lambda: len(run.steps) == 2, timeout=20_000)
    assert run.epochs[0].val_loss == 1.0
    session.follow_run(tmp_path)
    assert session.state.runs == (run,)
    assert "already" in session.state.notice


def test_a_run_taken_off_the_plots_is_followed_no_longer_and_can_be_followed_again(
    session: Session, tmp_path: Path
) -> None:
    _write(tmp_path / "metrics.jsonl", step=1, loss=2.0)
    session.follow_run(tmp_path)
    session.forget_run(session.state.runs[0].number)
    assert session.state.runs == ()
    session.follow_run(tmp_path)
    assert session.state.notice == ""
    assert [run.losses.values.tolist() for run in session.state.runs] == [[2.0]]


def test_a_followed_run_carries_the_loss_that_its_folder_names(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    for name, loss in (("known", "hinge"), ("strange", ["x"])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "run.json").write_text(json.dumps({"loss": loss}))
        _write(folder / "metrics.jsonl", step=1, epoch=1, loss=0.5, learning_rate=0.1)
        session.follow_run(folder)
    assert [run.loss for run in session.state.runs] == ["hinge", ""]


def _write(metrics: Path, **figures: float) -> None:
    with metrics.open("a") as file:
        file.write(json.dumps({"epoch": 1, "learning_rate": 0.1, **figures}) + "\n")
