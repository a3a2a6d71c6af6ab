"""Icons come from one font, in the theme's colours, and every one that the program names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from pytestqt.qtbot import QtBot

from explorer.ui.common.icons import icon

SOURCES = sorted((Path(__file__).resolve().parents[3] / "explorer" / "ui").rglob("*.py"))
NAMES = sorted({name for path in SOURCES for name in re.findall(r'"(ph\.[a-z0-9-]+)"', path.read_text())})


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_that_is_named_can_be_drawn(name: str, qtbot: QtBot) -> None:
    image = icon(name, "#ff0000").pixmap(QSize(32, 32)).toImage()
    inked = [(x, y) for x in range(32) for y in range(32) if QColor(image.pixelColor(x, y)).alpha() > 128]
    assert 10 < len(inked) < 900
    assert all(image.pixelColor(x, y).red() > 200 for x, y in inked)


def test_a_disabled_icon_is_paler(qtbot: QtBot) -> None:
    drawn = icon("ph.plus", "#000000")
    normal = drawn.pixmap(QSize(32, 32)).toImage()
    disabled = drawn.pixmap(QSize(32, 32), QIcon.Mode.Disabled).toImage()
    assert normal != disabled


def test_an_icon_without_room_is_nothing_and_warns_of_nothing(qtbot: QtBot) -> None:
    assert icon("ph.plus").pixmap(QSize(0, 0)).isNull()
    assert icon("ph.plus").pixmap(QSize(16, 0)).isNull()
