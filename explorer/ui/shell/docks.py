"""Docks whose title bar is the pane's own title row, so that there is one title and no frame within a frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from explorer.ui.common.pane import Pane


def stands_in(dock: QDockWidget, window: QMainWindow) -> bool:
    """Whether a dock has a place in the layout of `window`: it floats neither by itself nor in tabs with others.

    Qt says only of the first that it floats, and warns where the other is to be given a size.
    """
    return not dock.isFloating() and dock.window() is window


class PaneDock(QDockWidget):
    """A dock for `content`; it can be moved, floated and hidden, and is remembered by `name`."""

    def __init__(self, title: str, name: str, content: QWidget, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(name)
        self.setWidget(content)
        pane = content if isinstance(content, Pane) else content.findChild(Pane)
        if pane is not None:
            pane.setProperty("role", "docked")
            pane.style().polish(pane)
            # Where it was measured before, it keeps the frame of a pane all around until it hears of another style.
            QApplication.sendEvent(pane, QEvent(QEvent.Type.StyleChange))
            pane.title_bar.setProperty("role", "docked-title")
            pane.title_bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            pane.title_bar.setToolTip(f"Drag to move {title.lower()}; double-click to float it.")
            self.setTitleBarWidget(pane.title_bar)
