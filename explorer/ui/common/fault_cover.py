"""What stands over a view that could not be drawn: the sentence, its details, and a report to copy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.session import Fault
from explorer.ui.common.fault_details import copy_report, show_details
from explorer.ui.common.painting_rests import rests_of

LOOK_MS = 100


class FaultCover(QFrame):
    """Covers its view, which is still drawn beneath it: when that succeeds, the cover goes."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._fault = Fault("")
        self.setObjectName("faultCover")
        self.setProperty("role", "pane")
        self.label = QLabel(wordWrap=True)
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
        view.installEventFilter(self)
        self.setGeometry(view.rect())
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        return False

    @Slot()
    def _look(self) -> None:
        rests = rests_of(self._view)
        if not rests:
            self.hide()
            self.deleteLater()
            return
        if rests[0].fault is not self._fault:
            self._fault = rests[0].fault
            self.label.setText(self._fault.message)
            self.label.setAccessibleName(self._fault.message)
        if any(rest.is_asked for rest in rests):
            self._draw_again()

    def _draw_again(self) -> None:
        """Ask for the view to be drawn; while it rests that changes nothing, and it is asked again later."""
        for rest in rests_of(self._view):
            rest.is_asked = False
        (self._view.viewport() if isinstance(self._view, QAbstractScrollArea) else self._view).update()
