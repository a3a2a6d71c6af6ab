"""What the debugger says in little room: nothing of it is cut that has room somewhere."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.rich_label import RichLabel
from explorer.ui.debugger.into.move_note import MoveNote
from explorer.ui.debugger.into.moved_cell import Move
from explorer.ui.debugger.over_view import LEAST_VECTOR
from explorer.ui.debugger.stage import LEAST_STAGE, StepStage
from explorer.ui.debugger.step_lines import SPACING, shared_room
from explorer.ui.debugger.view import Debugger
from explorer.ui.debugger.whole_line import wrapped
from explorer.ui.debugger.words_panel import WordsPanel
from tests.ui.fakes import make_actions, make_session
from tests.ui.pixels import colours_near
from tests.ui.step_sessions import CLASSES, SteppedSession, recorded


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (100, 100, [300, 300]),
        (400, 100, [400, 200]),
        (590, 100, [500, 100]),
        (100, 400, [200, 400]),
        (900, 900, [300, 300]),
    ],
)
def test_formula_and_line_share_a_row_by_halves_unless_one_needs_more(
    first: int, second: int, shared: list[int]
) -> None:
    assert shared_room(600, first, second) == shared


def test_a_note_on_a_move_stays_inside_a_low_room(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    note = MoveNote()
    qtbot.addWidget(note)
    lines = ("24 · 16 + 2 = 386", "A map has 16 cells.")
    note.show_move(Move("input", (0, 1), (1,), 1.5, "a", "b", lines, ((0, 1), (1,))))
    note.show()
    inked = []
    for height in (400, 100):
        note.resize(360, height)
        inked.append(colours_near(note.grab().toImage(), theme.current().text, 60))
    assert inked[0] == inked[1] > 100


FORMULA = "∂L/∂x[c, p, q] = Σ w[o, c, r, s] · ∂L/∂y[o, i, j], where p = i + r − 1, q = j + s − 1"
SOURCE = "F.batch_norm(conv1, bn1.running_mean, bn1.running_var, bn1.weight, bn1.bias, training=False)"
NAMED = SOURCE.replace("bn1", "the_normalization_behind_the_first_convolution_of_the_second_block")


@given(st.text("ab(,. _−0123", max_size=80), st.integers(3, 40))
def test_a_broken_line_loses_nothing_and_every_row_has_room(text: str, width: int) -> None:
    rows = wrapped(text, len, width)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")
    assert all(len(row.rstrip()) <= width for row in rows[:-1])
    assert len(rows[-1]) <= width


@pytest.mark.parametrize("is_low", [False, True])
@pytest.mark.parametrize("width", [330, 480, 672, 900])
@pytest.mark.parametrize("source", [SOURCE, NAMED], ids=["usual", "long names"])
def test_formula_and_pytorchs_line_are_whole_in_any_room(
    qtbot: QtBot, qapp: QApplication, width: int, is_low: bool, source: str
) -> None:
    """They ended in an … wherever a sentence took two lines, and in a narrow low pane one was not there at all."""
    theme.apply(qapp, "light")
    words = WordsPanel()
    qtbot.addWidget(words)
    words.resize(width, 100)
    words.show()
    words.set_low(is_low)
    for sentence in ("Each map is shifted.", "Each map is shifted and scaled by what is remembered. " * 3):
        words.show_words("forward", "Batch normalization", sentence=sentence, formula=FORMULA, source=source)
        for line, text in ((words.formula, FORMULA), (words.source, source)):
            assert line.isVisible()
            assert line.text().replace("\n", "").replace(" ", "") == text.replace(" ", "")
            assert line.sizeHint().width() <= line.width()
            assert line.sizeHint().height() <= line.height()
            place = QRect(line.mapTo(words, QPoint()), line.size())
            assert words.rect().contains(place)
            assert place.top() >= words.sentence.heightForWidth(words.sentence.width())


def test_lines_that_were_broken_keep_their_room_from_step_to_step(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    words = WordsPanel()
    qtbot.addWidget(words)
    words.resize(672, 100)
    words.show()
    heights = []
    for source in (SOURCE, "F.relu(bn1)", SOURCE):
        words.show_words("forward", "Step", sentence="A sentence.", formula="y = x", source=source)
        heights.append(words.height())
    assert len(set(heights)) == 1


@pytest.mark.parametrize("is_low", [False, True])
def test_the_formula_stands_right_under_its_sentence(qtbot: QtBot, qapp: QApplication, is_low: bool) -> None:
    """A line was empty between them; in a low room formula and PyTorch's line shared one row under it, both cut."""
    theme.apply(qapp, "light")
    words = WordsPanel()
    qtbot.addWidget(words)
    words.resize(672, 100)
    words.show()
    words.set_low(is_low)
    formula, source = (
        "y[o, i, j] = Σ w[o, c, r, s] · x[c, i + r − 1, j + s − 1] + b[o]",
        "F.conv2d(input, conv1.weight)",
    )
    heights = []
    for sentence in ("Each cell is a weighted sum.", "Each cell is a weighted sum of a patch. " * 3):
        words.show_words("forward", "Convolution", sentence=sentence, formula=formula, source=source)
        heights.append(words.height())
        assert words.lines.geometry().bottom() <= words.height()
        if sentence.endswith(".") or not is_low:
            assert (words.formula.text(), words.source.text()) == (formula, source)
        between = words.formula.mapTo(words, QPoint()).y() - words.sentence.heightForWidth(words.sentence.width())
        assert 0 <= between <= 2 * SPACING
    assert is_low or heights[0] == heights[1]


@pytest.mark.parametrize("size", [(708, 512), (560, 640)])
def test_words_that_are_long_later_have_their_room_from_the_first_step(qtbot: QtBot, size: tuple[int, int]) -> None:
    """PyTorch's line of a batch norm is broken: where it came all that is below moved down, and stayed there."""
    session = make_session("3x8x8 conv(2, 3, padding=1) batchnorm relu maxpool(2) flatten linear(3)")
    view = Debugger(session, make_actions(session))
    view.resize(*size)
    view.show()
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None, timeout=60_000)
    timeline = session.state.steps.timeline
    assert timeline is not None
    tops, rows = set(), set()
    for step in timeline.steps:
        session.steps.go_to_step(step.index)
        for of in step.asked:
            cell = timeline.telling_cell(step.index, of)
            assert cell is not None
            session.steps.choose_cell(of, cell)
            QApplication.processEvents()
            tops.add(view.stage.mapTo(view.scrolled.widget(), QPoint()).y())
            rows.add(view.words.source.text().count("\n"))
    view.close()
    view.deleteLater()
    assert session.close()
    assert len(rows) > 1
    assert len(tops) == 1, tops


def test_a_sentence_is_measured_once_however_often_the_cursor_comes_back(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times a step, which took longer than drawing it."""
    theme.apply(qapp, "light")
    words = WordsPanel()
    qtbot.addWidget(words)
    words.resize(672, 100)
    words.show()
    measured: list[str] = []
    measure = RichLabel.heightForWidth

    def count(label: RichLabel, width: int) -> int:
        measured.append(label.text())
        return measure(label, width)

    monkeypatch.setattr(RichLabel, "heightForWidth", count)
    sentences = ("A weighted sum.", "A weighted sum of a patch. " * 9)
    heights = []
    for sentence in sentences * 3:
        words.show_words("forward", "Convolution", sentence=sentence, formula="y = w · x", source="F.conv2d(x, w)")
        heights.append(words.height())
    assert len(measured) == len(set(measured)) == 2
    assert heights[0] < heights[1] == heights[2] == heights[-1]


def test_the_filters_are_seen_in_the_lowest_stage(qtbot: QtBot, qapp: QApplication) -> None:
    """They were a strip of eight pixels."""
    theme.apply(qapp, "light")
    session = SteppedSession(recorded("3x14x14 conv(32, 3, padding=1) relu flatten linear(10)"), classes=CLASSES)
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(672, LEAST_STAGE)
    stage.show()
    session.go("forward", "conv1")
    QApplication.processEvents()
    weight = stage.over.weight
    places = [weight.point_of((filters, 2, 2, 2)) for filters in range(32)]
    tops = [weight.point_of((filters, 0, 0, 0)) for filters in range(32)]
    assert max(place.y() for place in places) - min(top.y() for top in tops) > 20
    assert all(place.y() < weight.height() for place in places)
    stage.hide()


def test_a_weight_and_all_rows_of_numbers_are_seen_in_the_lowest_stage(qtbot: QtBot, qapp: QApplication) -> None:
    """The bias of a convolution was not there, and of a batch norm's four rows only two."""
    theme.apply(qapp, "light")
    session = SteppedSession(recorded("3x14x14 conv(12, 5) batchnorm relu flatten linear(10)"), classes=CLASSES)
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(672, LEAST_STAGE)
    stage.show()
    for layer, weights in (("conv1", ["bias"]), ("bn1", ["running mean", "running var", "weight", "bias"])):
        session.go("forward", layer)
        QApplication.processEvents()
        rows = [view for view in stage.over.vectors.views if view.isVisible()]
        assert [view.accessibleName() for view in rows] == weights
        assert all(view.visibleRegion().boundingRect() == view.rect() for view in rows)
        assert all(view.height() >= LEAST_VECTOR for view in rows)
        assert not any(one.geometry().intersects(other.geometry()) for one, other in combinations(rows, 2))
    session.go("forward", "conv1")
    told = stage.over.explained_at(stage.over.weight.geometry().topLeft() - QPoint(-4, 20))
    assert told is not None
    assert "5 × 5 filters" in told[0], "what is not written there is in the tip"
    stage.hide()
