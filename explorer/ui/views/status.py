"""The foot of the window: what is being worked on, a way to cancel it, the device and the mode."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from explorer.session import Session, State
from explorer.ui.text import plural, seconds_text

SLOW_MS = 200
MODE_TIPS = {
    "eval": "eval(): dropout is off and batch norm uses what it learned, as when the network is used.",
    "train": "train(): dropout is on and batch norm uses this picture alone, as while it learns.",
}


class Status(QStatusBar):
    """Work that takes longer than 200 ms shows a moving line and a Cancel button; quick work shows nothing."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeGripEnabled(False)
        self._task = QLabel()
        self._line = QProgressBar(maximum=0, textVisible=False)
        self._line.setFixedWidth(120)
        self._line.setAccessibleName("Work in progress")
        self._cancel = QToolButton(text="Cancel", toolTip="Give up what is being computed (Ctrl+.).")
        self._cancel.setProperty("role", "flat")
        self._cancel.clicked.connect(session.cancel)
        self._facts = QLabel()
        self._facts.setProperty("role", "dim")
        self._device = QComboBox(objectName="deviceLabel", toolTip="Where the network runs.", accessibleName="Device")
        self._device.textActivated.connect(session.set_device)
        self._mode = QComboBox(objectName="mode", accessibleName="Mode of the model")
        self._mode.addItems(["eval", "train"])
        self._mode.textActivated.connect(session.set_mode)
        for widget in (self._task, self._line, self._cancel):
            self.addWidget(widget)
        for permanent in (self._facts, self._device, self._mode):
            self.addPermanentWidget(permanent)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self._show_work)
        self._show_work()
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        if old is None or old.devices != new.devices or old.device != new.device:
            self._device.clear()
            self._device.addItems(list(new.devices))
            self._device.setCurrentText(new.device)
        if old is None or old.mode != new.mode:
            self._mode.setCurrentText(new.mode)
            self._mode.setToolTip(MODE_TIPS[new.mode])
        if old is None or old.activations is not new.activations:
            self._facts.setText(_facts(new))
        if old is None or old.task != new.task:
            self._slow.start() if new.task else self._show_work()

    @Slot()
    def _show_work(self) -> None:
        task = self._session.state.task
        self._task.setText(task)
        for widget in (self._task, self._line, self._cancel):
            widget.setVisible(bool(task))


def _facts(state: State) -> str:
    if state.activations is None:
        return ""
    layers = len(state.activations.layers) - 1
    return f"{plural(layers, 'layer')} in {seconds_text(state.activations.seconds)}"
