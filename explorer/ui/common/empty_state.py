"""What stands where nothing can be shown: a sentence, and a button for what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

MARGIN = 24


class EmptyState(QWidget):
    """A sentence in the middle, with a button under it if there is something to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Callable[[], object] | None = None
        self.label = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.label.setProperty("role", "dim")
        self.button = QPushButton(accessibleName="Mend it")
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.addStretch()
        column.addWidget(self.label)
        column.addSpacing(12)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()

    def show_message(self, message: str, action: str = "", run: Callable[[], object] | None = None) -> None:
        """Show `message` and, where there is an `action`, the button that runs it."""
        self._run = run
        self.label.setText(message)
        self.button.setText(action)
        self.button.setToolTip(action)
        self.button.setAccessibleName(action or "Mend it")
        self.button.setVisible(bool(action and run))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """In a low pane the margins give way, never a line of the sentence."""
        layout = self.layout()
        assert layout is not None
        above = min(MARGIN, max(2, self.height() // 8))
        layout.setContentsMargins(MARGIN, above, MARGIN, above)
        self.label.setMinimumHeight(max(0, self.label.heightForWidth(max(1, self.width() - 2 * MARGIN))))

    def _clicked(self) -> None:
        if self._run is not None:
            self._run()


class ContentPages(QStackedLayout):
    """What `view` shows, in a `column` without margins, or the sentence that says why there is nothing."""

    def __init__(self, view: QWidget, *, spacing: int) -> None:
        super().__init__(view)
        self.empty = EmptyState()
        self._content = QWidget()
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(spacing)
        self.addWidget(self.empty)
        self.addWidget(self._content)

    def show_content(self, has_content: bool) -> None:
        """Show the content, or the sentence in its place."""
        self.setCurrentWidget(self._content if has_content else self.empty)
