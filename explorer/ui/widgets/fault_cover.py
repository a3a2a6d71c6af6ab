"""What stands over a view that could not be drawn: the sentence, its details, and a report to copy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.session import Fault
from explorer.ui import painting_faults
from explorer.ui.fault_details import copy_report, show_details

LEAST_WIDTH, LEAST_HEIGHT = 200, 90  # of a view in which the sentence and its buttons have room


def cover_over(widget: QWidget | None) -> FaultCover | None:
    """The cover of the view that `widget` is or is the inside of; None where it has no room."""
    around = None if widget is None else widget.parentWidget()
    view = around if isinstance(around, QAbstractScrollArea) and around.viewport() is widget else widget
    if view is None or view.isWindow() or view.width() < LEAST_WIDTH or view.height() < LEAST_HEIGHT:
        return None
    there = view.findChild(FaultCover, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return there if isinstance(there, FaultCover) else FaultCover(view)


class FaultCover(QFrame):
    """Lies over its view as large as that is, and lets it be drawn beneath: when that succeeds it goes."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.hide()
        self._view = view
        self._fault = Fault("")
        self._is_asked = False
        self.setObjectName("faultCover")
        self.setProperty("role", "pane")
        self.label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        details = QPushButton("Details…", toolTip="Show where in the program this happened.")
        details.clicked.connect(lambda: show_details(self, self._fault))
        copy = QPushButton("Copy report", toolTip="Put a report of this problem on the clipboard; nothing is sent.")
        copy.clicked.connect(lambda: copy_report(self._fault))
        buttons = QHBoxLayout()
        buttons.addWidget(details)
        buttons.addWidget(copy)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.addStretch()
        column.addWidget(self.label)
        column.addLayout(buttons)
        column.addStretch()
        self._timer = QTimer(self, interval=round(1000 * painting_faults.REST_S))
        self._timer.timeout.connect(self._look_again)
        view.installEventFilter(self)

    def tell(self, fault: Fault) -> None:
        """Show the sentence, as soon as nothing is being painted."""
        self._fault = fault
        QTimer.singleShot(0, self, self._appear)

    def draw_later(self) -> None:
        """Let the view be drawn once its rest is over."""
        self._is_asked = True

    def leave_if_free(self) -> None:
        """Go, if all that the view shows can be drawn."""
        QTimer.singleShot(0, self, self._leave)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        return False

    @Slot()
    def _appear(self) -> None:
        self.label.setText(self._fault.message)
        self.label.setAccessibleName(self._fault.message)
        self.setGeometry(self._view.rect())
        self.raise_()
        self.show()
        self._timer.start()

    @Slot()
    def _look_again(self) -> None:
        if not painting_faults.covers(self):
            self._leave()
        elif self._is_asked:
            self._is_asked = False
            _draw(self._view)

    @Slot()
    def _leave(self) -> None:
        if not painting_faults.covers(self):
            self.hide()
            self.deleteLater()


def _draw(view: QWidget) -> None:
    (view.viewport() if isinstance(view, QAbstractScrollArea) else view).update()
