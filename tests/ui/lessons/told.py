"""What the window tells, in words and numbers: painted, written, said to who hears it, and in tips."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from explorer.ui.shell.main_window import MainWindow

NUMBER = re.compile(r"(?<![\w.])−?\d[\d,]*(?:\.\d+)?(?:e−?\d+)?")


def painted_texts(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All words that are painted anywhere in the window, in labels, tips, descriptions and drawn by hand."""
    found: list[str] = []
    draw = QPainter.drawText

    def listening(painter: QPainter, *given: object) -> object:
        found.extend(each for each in given if isinstance(each, str))
        return draw(painter, *given)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(QPainter, "drawText", listening)
        for widget in window.findChildren(QWidget):
            if widget.isVisible():
                widget.update()
        window.grab()
    for widget in window.findChildren(QWidget):
        if widget.isVisible():
            found += words_of(widget)
    return found


def words_of(widget: QWidget) -> list[str]:
    """What one part says, in sight and to who hears it."""
    text = getattr(widget, "text", None)
    own = [str(text())] if callable(text) else []
    return [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), *own]


def words_of_lessons(window: MainWindow) -> set[str]:
    """What the lesson itself says, which no view has to."""
    return {text for each in window.lessons.view.findChildren(QWidget) for text in words_of(each)}


def hovered_tips(window: MainWindow, every: int = 1) -> list[str]:
    """What the tips say over a grid of places of the window, `every` so many of them."""
    found: list[str] = []
    for x in range(20, window.width(), 26 * every):
        for y in range(90, window.height() - 90, 22 * every):
            at = window.childAt(x, y)
            if at is not None:
                place = at.mapFrom(window, QPoint(x, y))
                QTest.mouseMove(at, place)
                QApplication.sendEvent(at, QHelpEvent(QEvent.Type.ToolTip, place, at.mapToGlobal(place)))
                if QToolTip.isVisible():
                    found.append(QToolTip.text())
    QToolTip.hideText()
    return found


def numbers_in(text: str) -> list[float]:
    """All numbers that stand in a text, as the window writes them."""
    return [float(each.replace(",", "").replace("−", "-")) for each in NUMBER.findall(text)]


def is_written(number: float, text: str) -> bool:
    """Whether it stands in a text with all its digits, or rounded to three or more."""
    for found in NUMBER.findall(text):
        whole = found.replace(",", "").replace("−", "-")
        _, _, decimals = whole.partition(".")
        digits = len(whole.lstrip("-0.").replace(".", ""))
        if float(whole) == number or (digits >= 3 and float(whole) == round(number, len(decimals))):
            return True
    return False
