"""About tells what the program stands on: each library by its name, and what it is used under less loudly."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.shell.about import About, licences


def test_a_librarys_name_weighs_more_than_its_licence(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lines of a row looked the same."""
    theme.apply(qapp, "light")
    shown = About()
    qtbot.addWidget(shown)
    shown.show()
    painted: dict[str, tuple[int, str]] = {}
    draw = QPainter.drawText

    def listening(painter: QPainter, *given: object) -> object:
        painted[str(given[-1])] = painter.font().weight().value, painter.pen().color().name()
        return draw(painter, *given)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(QPainter, "drawText", listening)
        shown.list.viewport().grab()
    own = licences()[0]
    name, licence = painted[f"{own.library} {own.version}"], painted[own.name]
    assert name[0] > QFont.Weight.Normal.value == licence[0]
    assert (name[1], licence[1]) == (theme.current().text, theme.current().dim)
