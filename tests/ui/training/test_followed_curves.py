"""Runs that somebody else wrote are drawn as far as they are numbers: words, nests and huge steps stop no painting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.training.curves.view import ACCURACY, LOSS, CurvePlot
from tests.ui.fakes import make_session

BESIDE = {"train_loss": "abc", "val_accuracy": {"a": 1}, "train_accuracy": 5e9}
METRICS = {
    "a word for a loss": '{"step": 1, "loss": 0.5}\n{"step": 2, "loss": "high"}\n{"step": 3, "loss": 0.1}',
    "words among an epoch's figures": "\n".join(
        json.dumps({"step": step, "loss": 1 / step, "epoch": step, **BESIDE}) for step in range(1, 9)
    ),
    "deep nesting": '{"step": 1, "loss": 0.5}\n' + "[" * 100_000 + '\n{"step": 3, "loss": 0.1}',
    "a step of 400 digits": f'{{"step": 1, "loss": 0.5}}\n{{"step": 1{"0" * 400}, "loss": 0.2}}\n{{"step": 3}}',
    "a step of 200 digits": f'{{"step": 1, "loss": 0.5}}\n{{"step": 1{"0" * 200}, "loss": 1e300}}',
    "the largest numbers": '{"step": 9007199254740993, "loss": 1e308, "learning_rate": 1e308, "epoch": 1}\n'
    '{"step": 9007199254740995, "loss": -1e308, "learning_rate": 1e-320, "epoch": 2}',
    "no numbers": "\n".join(f'{{"step": {step}, "loss": NaN, "learning_rate": Infinity}}' for step in range(1, 9)),
    "steps before the first": '{"step": -5, "loss": 0.5}\n{"step": 2, "loss": 0.1, "epoch": -3, "train_loss": -1}',
}


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("2 linear(3)", picture=False)
    yield made
    assert made.close()


@pytest.mark.parametrize("metrics", METRICS.values(), ids=METRICS)
@pytest.mark.parametrize("is_log", [False, True], ids=["linear", "log"])
def test_they_are_drawn(qtbot: QtBot, session: Session, tmp_path: Path, metrics: str, is_log: bool) -> None:
    plots = [CurvePlot(session, figure) for figure in (LOSS, ACCURACY)]
    for plot in plots:
        qtbot.addWidget(plot)
        plot.resize(520, 220)
        plot.show()
        plot.canvas.set_log(is_log)
    (tmp_path / "metrics.jsonl").write_text(f"{metrics}\n")
    session.following.follow_run(tmp_path)
    (run,) = session.state.watching.runs
    for plot in plots:
        qtbot.waitUntil(lambda plot=plot: not plot.is_due)
        plot.grab()
    assert plots[0].canvas.isVisible() == bool(len(run.steps))
