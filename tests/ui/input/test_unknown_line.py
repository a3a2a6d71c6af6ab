"""I do not know this: the remark beside the prediction, with the nearest training pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.familiarity import Familiarity
from explorer.ui.common import theme
from explorer.ui.input.prediction import PredictionView
from explorer.ui.input.unknown_line import UnknownLine, unknown_words
from tests.session.test_familiarity import learn, session, show

__all__ = ["session"]


def test_what_it_has_not_seen_gets_a_remark_with_the_nearest_pictures(
    session: Session, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "light")
    view = PredictionView(session)
    qtbot.addWidget(view)
    view.resize(290, 110)
    view.show()
    learn(session, qtbot)
    data = session.state.data.data_set
    assert data is not None
    line = view.findChild(UnknownLine, "unknownInput")
    assert line is not None
    show(session, qtbot, data.train.inputs([5])[0])
    assert not line.isVisible()
    before = _places(view)
    show(session, qtbot, np.full((8, 8, 1), 255, np.uint8))
    told = session.state.maps.familiarity
    assert told.is_unknown
    assert line.isVisible()
    assert _places(view) == before
    answers = view.answers
    answers.scrollToBottom()
    last = answers.visualRect(answers.model().index(answers.model().rowCount() - 1, 0))
    assert last.height() > 0
    assert answers.viewport().mapTo(view, last.bottomLeft()).y() < line.y()
    assert line.sentence.whole().startswith("I do not know this: ")
    assert line.sentence.whole().endswith(" × as far as usual")
    assert f"Nearest: {', '.join(dict.fromkeys(told.labels))}." in line.sentence.toolTip()
    shown = [label for label in line.findChildren(QLabel) if label.isVisible() and not label.pixmap().isNull()]
    assert [name in label.toolTip() for label, name in zip(shown, told.names, strict=True)] == [True] * 3


def _places(view: PredictionView) -> list[QRect]:
    """Of the list of answers and of each of its rows."""
    QApplication.processEvents()
    answers = view.answers
    return [
        answers.geometry(),
        *(answers.visualRect(answers.model().index(row, 0)) for row in range(answers.model().rowCount())),
    ]


@pytest.mark.parametrize(
    ("ratio", "times"),
    [(1.004, "1.004"), (1.04, "1.04"), (1.4, "1.4"), (3.0, "3.0"), (12.4, "12"), (1.00001, "1.00001")],
)
def test_just_above_what_is_usual_it_reads_as_more(ratio: float, times: str) -> None:
    """ "I do not know this · 1.0 ×" said that it is as far as usual."""
    words = unknown_words(Familiarity(ratio, ("a.png",), ("left",)))
    assert words.startswith(f"I do not know this: {times} × as far")


@pytest.mark.parametrize("power", range(1, 16))
def test_however_little_above_it_is(power: int) -> None:
    for ratio in (1 + 10.0**-power, 1 + 5 * 10.0**-power, 1 + 9.99 * 10.0**-power):
        shown = unknown_words(Familiarity(ratio, ("a.png",), ("left",))).split(" × ")[0].split(": ")[1]
        assert float(shown) > 1
