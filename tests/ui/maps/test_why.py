"""The chosen cell says why it is that number, beside what PyTorch computed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common.text import number
from explorer.ui.maps.why import CHOOSE, GIVEN, WhyOfMaps, short_lines
from tests.ui.fakes import make_picture, make_session, wait_until_shown
from tests.ui.listed_terms import sections_of

TEXT = "3x12x12 conv(4, 3, padding=1) batchnorm relu maxpool(2) flatten linear(5) softmax"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(TEXT)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def why(session: Session, qtbot: QtBot) -> WhyOfMaps:
    made = WhyOfMaps(session)
    qtbot.addWidget(made)
    made.resize(460, 190)
    made.show()
    return made


def _choose(session: Session, qtbot: QtBot, layer: str, *, is_map: bool) -> None:
    place = {"row": 2, "column": 3} if is_map else {}
    session.selection.select(layer=layer, channel=1, **place)
    qtbot.waitUntil(lambda: session.state.maps.explained is not None)


@pytest.mark.parametrize(
    ("layer", "is_map"),
    [("conv1", True), ("bn1", True), ("relu1", True), ("pool1", True), ("flatten1", False), ("linear1", False),
     ("softmax1", False)],
)  # fmt: skip
def test_a_cell_of_every_layer_is_explained_and_agrees_with_pytorch(
    layer: str, is_map: bool, session: Session, why: WhyOfMaps, qtbot: QtBot
) -> None:
    _choose(session, qtbot, layer, is_map=is_map)
    explained = session.state.maps.explained
    assert explained is not None
    assert explained.explanation is not None, explained.message
    assert session.state.maps.activations is not None
    values = session.state.maps.activations.by_name[layer].values
    assert explained.explanation.computed == float(values[1, 2, 3] if is_map else values[1])
    assert why.line.toolTip() == str(explained.explanation)
    assert why.line.whole() == short_lines(explained.explanation)[0]
    assert why.second.whole() == explained.explanation.formula
    assert why.check.text().startswith("✓ same as PyTorch")
    assert why.terms.terms.rowCount() > 0


def test_without_a_cell_it_says_what_would_stand_there(session: Session, why: WhyOfMaps, qtbot: QtBot) -> None:
    assert why.line.whole() == CHOOSE
    _choose(session, qtbot, "conv1", is_map=True)
    assert why.line.whole() != CHOOSE
    session.selection.clear_cell()
    assert why.line.whole() == CHOOSE
    assert why.terms.terms.rowCount() == 0
    session.selection.select(layer="conv1", channel=2)
    qtbot.waitUntil(lambda: not session.store.runner.is_busy())
    assert why.line.whole() == CHOOSE


def test_every_term_stands_there_ranked_and_by_channel_they_come_to_the_same(
    session: Session, why: WhyOfMaps, qtbot: QtBot
) -> None:
    _choose(session, qtbot, "conv1", is_map=True)
    explanation = session.state.maps.explained.explanation
    by_channel, by_itself = ([row.value for row in each] for each in sections_of(why.terms.terms.rows))
    assert len(by_channel) == 3 + 1  # and the bias
    assert sum(by_channel) == pytest.approx(explanation.computed, rel=1e-5)
    QTest.mouseClick(why.switches["term"], Qt.MouseButton.LeftButton)
    terms = [row.value for row in why.terms.terms.rows]
    assert terms == by_itself
    assert len(terms) == len(explanation.terms) == 28
    assert [abs(value) for value in terms] == sorted((abs(value) for value in terms), reverse=True)
    assert sum(terms) == pytest.approx(explanation.computed, rel=1e-5)


def test_another_picture_brings_another_explanation(session: Session, why: WhyOfMaps, qtbot: QtBot) -> None:
    _choose(session, qtbot, "conv1", is_map=True)
    before = why.line.whole()
    session.input.use_picture(make_picture(9))
    qtbot.waitUntil(lambda: why.line.whole() != before)


def test_the_whole_line_and_its_formula_can_be_copied(session: Session, why: WhyOfMaps, qtbot: QtBot) -> None:
    _choose(session, qtbot, "linear1", is_map=False)
    QTest.mouseClick(why.copy, Qt.MouseButton.LeftButton)
    explanation = session.state.maps.explained.explanation
    assert QGuiApplication.clipboard().text() == f"{explanation.formula}\n{explanation}"


def test_a_number_of_the_input_says_that_it_is_given(session: Session, why: WhyOfMaps, qtbot: QtBot) -> None:
    _choose(session, qtbot, "input", is_map=True)
    assert session.state.maps.explained is not None
    assert session.state.maps.explained.explanation is None
    assert why.line.whole().endswith(".")


def test_a_line_of_many_terms_shows_the_largest_and_how_many(session: Session, why: WhyOfMaps, qtbot: QtBot) -> None:
    _choose(session, qtbot, "conv1", is_map=True)
    assert session.state.maps.explained is not None
    explanation = session.state.maps.explained.explanation
    assert explanation is not None
    shown = []
    for width in (900, 560, 340):
        why.resize(width, why.height())
        QApplication.processEvents()
        shown.append(why.line.text())
    assert set(shown) <= set(short_lines(explanation))  # whole terms are left out, never a part of one
    assert all(line.endswith(f"terms = {number(explanation.total, 5)}") for line in shown)
    assert len(shown[0]) > len(shown[1]) > len(shown[2])


@pytest.mark.parametrize(
    ("layer", "is_map", "source"),
    [("conv1", True, "input"), ("relu1", True, "bn1"), ("linear1", False, "flatten1"), ("softmax1", False, "linear1"),
     ("flatten1", False, "pool1")],
)  # fmt: skip
def test_a_term_leads_to_the_cell_it_came_from(
    layer: str, is_map: bool, source: str, session: Session, why: WhyOfMaps, qtbot: QtBot
) -> None:
    _choose(session, qtbot, layer, is_map=is_map)
    if not why.switches["term"].isHidden():
        QTest.mouseClick(why.switches["term"], Qt.MouseButton.LeftButton)
    cells = dict(why.terms.terms.rows[0].cells)
    tensor = next(name for name in cells if name in ("input", "scores"))
    expected = tuple(int(at) for at in cells[tensor][0][1:])
    place = why.terms.visualRect(why.terms.terms.index(0)).center()
    QTest.mouseClick(why.terms.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert why.follow.isEnabled()
    QTest.mouseClick(why.follow, Qt.MouseButton.LeftButton)
    chosen = session.state.selection
    assert (chosen.layer, (chosen.channel, chosen.row, chosen.column)[: len(expected)]) == (source, expected)


def test_a_weight_leads_nowhere_and_says_so(session: Session, why: WhyOfMaps, qtbot: QtBot) -> None:
    _choose(session, qtbot, "conv1", is_map=True)
    bias = next(at for at, row in enumerate(why.terms.terms.rows) if row.text.startswith("bias"))
    why.terms.setCurrentIndex(why.terms.terms.index(bias))
    assert not why.follow.isEnabled()
    QTest.keyClick(why.terms, Qt.Key.Key_Return)
    assert session.state.status.notice == GIVEN
    assert session.state.selection.layer == "conv1"


def test_it_explains_beside_the_live_layer_and_rests_beside_the_debugger(session: Session, qtbot: QtBot) -> None:
    session.learning.watch_steps("live", True)
    _choose(session, qtbot, "conv1", is_map=True)
    session.learning.watch_steps("debugger", True)
    assert session.state.maps.explained is None
    session.learning.watch_steps("debugger", False)
    qtbot.waitUntil(lambda: session.state.maps.explained is not None)
