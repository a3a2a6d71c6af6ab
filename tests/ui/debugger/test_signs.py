"""No sign stands directly before a minus: every text in every state of the debugger is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from explorer.session.cursor import at
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.common.line_ways import line_ways
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.term_rows import groupings, rows, seen_rows
from explorer.ui.debugger.into.term_table import TermTable
from explorer.ui.debugger.stage import StepStage
from explorer.ui.debugger.words import header
from tests.ui.step_sessions import SteppedSession, recorded

DOUBLED = re.compile(r"[+−·×/^] ?−(?=[\d∞.a-zA-Z])")
MAPS = "3x8x8 conv(4, 3, padding=1) batchnorm relu avgpool(2) conv(3, 3) maxpool(2) flatten linear(4)"
NUMBERS = "3 linear(2) tanh linear(2)"
IN_LETTERS, IN_BRACKETS = re.compile(r"[₀-₉]"), re.compile(r"\[\d|cell \(\d")
LETTER_IN_BRACKETS = re.compile(r"(?<!\w)[abduvwxyzδΔ]\[\d")
WIDE: dict[str, Any] = {"text": "3 linear(11) tanh linear(2)", "loss": "mse", "target": [[1.0, -1.0]]}
CASES: dict[str, dict[str, Any]] = {
    "maps": {"text": MAPS, "loss": "cross_entropy", "examples": 2, "training": True, "steps_before": 1},
    "numbers": {"text": NUMBERS, "loss": "mse", "target": [[1.0, -1.0]], "steps_before": 1},
    "adam": {"text": "2 linear(2) leakyrelu linear(1) sigmoid", "loss": "bce", "target": [[1.0]], "optimizer": "Adam"},
    "rmsprop": {"text": "2 linear(3) gelu linear(1)", "loss": "mse", "target": [[-1.0]], "optimizer": "RMSprop"},
    "layer norm": {"text": "3 linear(4) layernorm silu linear(3)", "loss": "cross_entropy", "target": [1], "seed": 2},
}


def states(timeline: Timeline) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    """Each step, with each tensor that explains itself, at its most telling cell, its ends, and if small all."""
    for step in timeline.steps:
        for of, shape in step.asked.items():
            telling = timeline.telling_cell(step.index, of)
            ends = (tuple(0 for _ in shape), tuple(size - 1 for size in shape))
            few = tuple(np.ndindex(*shape)) if prod(shape) <= 4 else ()
            for cell in dict.fromkeys((telling, *few, *ends)):
                if cell is not None:
                    yield step.index, of, cell


def in_sight(stage: StepStage, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """All that is painted or said in the stage."""
    painted: list[str] = []
    draw = QPainter.drawText

    def listening(painter: QPainter, *given: object) -> object:
        painted.extend(each for each in given if isinstance(each, str))
        return draw(painter, *given)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(QPainter, "drawText", listening)
        stage.grab()
    yield from painted
    for widget in stage.findChildren(QWidget):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        if isinstance(widget, QLabel):
            yield widget.whole() if isinstance(widget, ElidedLabel) else widget.text()


def explained(timeline: Timeline, step: int, of: str, cell: tuple[int, ...]) -> Iterator[str]:
    """All ways in which the panel may say why a number is what it is."""
    yield timeline.lecture_line(step, of, cell)
    explanation = timeline.explain(step, of, cell).explanation
    if explanation is None:
        return
    yield explanation.written
    yield from line_ways(explanation)
    for grouping in groupings(explanation):
        for row in rows(explanation, grouping):
            yield from (row.text, row.brief)
    yield from (row.text for row in seen_rows(explanation))


@pytest.mark.parametrize("case", [*CASES, "wide"])
def test_a_line_counts_from_0_between_brackets_or_from_1_in_letters_and_never_both(case: str) -> None:
    """Of a row of ten numbers the last was "u[0, 9]", beside "u₉"."""
    timeline = recorded(**(CASES | {"wide": WIDE})[case])
    texts: set[str] = set()
    for step, of, cell in states(timeline):
        texts |= set(explained(timeline, step, of, cell))
        texts.add(header(timeline, replace(at(timeline, step), of=of, cell=cell, is_inside=True)))
    assert not {text for text in texts if IN_LETTERS.search(text) and IN_BRACKETS.search(text)}
    assert not {text for text in texts if LETTER_IN_BRACKETS.search(text)}
    assert any(IN_BRACKETS.search(text) for text in texts)
    assert case in ("maps", "layer norm") or any(IN_LETTERS.search(text) for text in texts)


def across(shown: TermTable, painted: list[str]) -> Iterator[str]:
    """The rows of the table in sight, from what a row is called to its last number."""
    if not shown.isVisible() or shown.table is None:
        return
    table, rows = shown.table, shown.table.order.tolist()
    columns = [table.figures(at, rows) for at in range(len(table.columns))]
    assert all(column[0] in painted for column in columns)
    for row, figures in zip(rows, zip(*columns, strict=True), strict=True):
        signs = (*table.symbols, "")
        yield " ".join([table.labels[row], *(f"{text} {sign}" for text, sign in zip(figures, signs, strict=False))])


@pytest.mark.parametrize("case", CASES)
def test_no_number_stands_behind_a_sign_with_a_bare_minus(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    theme.apply(qapp, "light")
    timeline = recorded(**CASES[case])
    session = SteppedSession(timeline)
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(900, 520)
    stage.show()
    read, wrong = 0, set()
    for step, of, cell in states(timeline):
        texts = list(explained(timeline, step, of, cell))
        for is_inside in (False, True):
            session.show(cursor=replace(at(timeline, step), of=of, cell=cell, is_inside=is_inside))
            seen = list(in_sight(stage, monkeypatch))
            texts += [*seen, *across(stage.into.table, seen)]
        read += len(texts)
        wrong |= {text for text in texts if DOUBLED.search(text)}
    assert read > 1000
    assert not wrong
