"""The chosen cell says why it is that number, beside what PyTorch computed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.maps.explanation_line import ExplanationLine, short_line
from tests.ui.fakes import make_session, wait_until_shown

TEXT = "3x12x12 conv(4, 3, padding=1) batchnorm relu maxpool(2) flatten linear(5) softmax"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(TEXT)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def line(session: Session, qtbot: QtBot) -> ExplanationLine:
    made = ExplanationLine(session)
    qtbot.addWidget(made)
    made.resize(900, 30)
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
    layer: str, is_map: bool, session: Session, line: ExplanationLine, qtbot: QtBot
) -> None:
    _choose(session, qtbot, layer, is_map=is_map)
    explained = session.state.maps.explained
    assert explained is not None
    assert explained.explanation is not None, explained.message
    assert session.state.maps.activations is not None
    values = session.state.maps.activations.by_name[layer].values
    assert explained.explanation.computed == float(values[1, 2, 3] if is_map else values[1])
    assert line.line.toolTip() == str(explained.explanation)
    assert line.line.whole() == short_line(explained.explanation)
    assert line.check.text().startswith("✓ PyTorch")


def test_without_a_cell_there_is_nothing(session: Session, line: ExplanationLine, qtbot: QtBot) -> None:
    assert line.isHidden()
    _choose(session, qtbot, "conv1", is_map=True)
    assert not line.isHidden()
    session.selection.clear_cell()
    assert line.isHidden()


def test_another_picture_brings_another_explanation(session: Session, line: ExplanationLine, qtbot: QtBot) -> None:
    from tests.ui.fakes import make_picture

    _choose(session, qtbot, "conv1", is_map=True)
    before = line.line.whole()
    session.input.use_picture(make_picture(9))
    qtbot.waitUntil(lambda: line.line.whole() != before)


def test_the_whole_line_can_be_copied(session: Session, line: ExplanationLine, qtbot: QtBot) -> None:
    _choose(session, qtbot, "linear1", is_map=False)
    button = line.findChild(QToolButton)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.state.maps.explained is not None
    assert QGuiApplication.clipboard().text() == str(session.state.maps.explained.explanation)


def test_a_number_of_the_input_says_that_it_is_given(session: Session, line: ExplanationLine, qtbot: QtBot) -> None:
    _choose(session, qtbot, "input", is_map=True)
    assert session.state.maps.explained is not None
    assert session.state.maps.explained.explanation is None
    assert line.line.whole().endswith(".")


def test_a_line_of_many_terms_shows_the_largest_and_how_many(
    session: Session, line: ExplanationLine, qtbot: QtBot
) -> None:
    _choose(session, qtbot, "conv1", is_map=True)
    assert "terms" in line.line.whole()
    assert len(line.line.whole()) < 60


def test_a_whole_channel_is_not_one_number(session: Session, line: ExplanationLine, qtbot: QtBot) -> None:
    session.selection.select(layer="conv1", channel=2)
    qtbot.waitUntil(lambda: not session.store.runner.is_busy())
    assert session.state.maps.explained is None
    assert line.isHidden()
