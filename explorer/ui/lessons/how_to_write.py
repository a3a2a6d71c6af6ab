"""The page of the manual on writing a lesson, in a window of its own that stays open beside the work."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from explorer.resources import resource
from explorer.ui.common.focus_ring import FocusRing

SIZE = QSize(820, 640)


class HowToWrite(QDialog):
    """Shows the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("howToWrite")
        self.setWindowTitle("How to write a lesson")
        self.resize(SIZE)
        self.page = QTextBrowser(
            objectName="howToWritePage", accessibleName="How to write a lesson", openExternalLinks=True
        )
        self.page.setMarkdown(resource("lessons", "README.md").read_text(encoding="utf-8"))
        FocusRing(self.page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.page)
        column.addWidget(buttons)
