"""An overview and the session that it follows, with what a person does on it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.session import Session
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.overview.view import Overview

WIDE = "3x16x16 conv(400, 3, padding=1) relu flatten linear(5) softmax"
LONG = "3x16x16 " + " ".join("conv(4, 3, padding=1) batchnorm relu" for _ in range(14)) + " flatten linear(3)"
SKIP = "3x16x16 conv(4, 3, padding=1) r=relu conv(4, 3, padding=1) relu add(r, relu2) flatten linear(3)"
BROKEN = "3x16x16 conv(4, 3) relu conv(4, 40) relu"


class FollowedOverview(Overview):
    """The overview, and the session that it follows."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session


Shown = Callable[..., FollowedOverview]


def paint_afresh(canvas: OverviewCanvas) -> None:
    """Nothing that was painted is kept, as after a change of theme."""
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.PaletteChange))


def place(canvas: OverviewCanvas, layer: str, channel: int) -> QPoint:
    column = canvas.column(layer)
    assert column is not None
    rect = column.place(channel)
    assert rect is not None, f"channel {channel} of {layer} is folded away"
    return canvas.view.rect(rect).center().toPoint()


def hover(view: Overview, layer: str, channel: int) -> None:
    QTest.mouseMove(view.canvas, QPoint(1, view.canvas.height() - 2))
    QTest.mouseMove(view.canvas, place(view.canvas, layer, channel))


def click(view: Overview, point: QPoint) -> None:
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)


def turn_wheel(canvas: QWidget, at: QPointF, steps: int) -> None:
    event = QWheelEvent(
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        QPoint(0, 0),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)
