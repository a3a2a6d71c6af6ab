"""The line that says why a run ended or cannot begin, with what can be done about it as a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.session import Session, State


class RunMessage(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runMessage")
        self._session = session
        self.label = QLabel(wordWrap=True)
        self.rewind = self._button("Rewind", "Go back to the weights that the run began with.", session.rewind)
        self.halve = self._button("Halve the batch", "Train on with half the batch size.", self._halve)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        row.addWidget(self.rewind)
        row.addWidget(self.halve)
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """Show why the run ended, or what it warns of."""
        training = new.training
        if old is not None and old.training is training:
            return
        is_over = training.status == "ended"
        self.label.setText(training.message)
        role = "error" if is_over and (training.layer or training.too_large_batch) else "dim"
        if self.label.property("role") != role:
            self.label.setProperty("role", role)
            self.label.style().unpolish(self.label)
            self.label.style().polish(self.label)
        self.rewind.setVisible(is_over and bool(training.layer))
        self.halve.setVisible(is_over and training.too_large_batch > 1)
        self.setVisible(bool(training.message))

    def _button(self, text: str, tip: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, toolTip=tip, accessibleName=text)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _halve(self) -> None:
        self._session.set_hyperparameters(batch_size=max(self._session.state.training.too_large_batch // 2, 1))
        self._session.train()
