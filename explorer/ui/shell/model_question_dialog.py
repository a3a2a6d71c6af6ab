"""The dialog that asks a question about a model before it is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.session.model_question import ModelQuestion

WIDTH = 460


class ModelQuestionDialog(QDialog):
    """Emits `answered` with what was chosen or written; closed otherwise, it is declined."""

    answered = Signal(str)

    def __init__(self, question: ModelQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelQuestion")
        self.setWindowTitle(question.title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(WIDTH)
        self.text = QLabel(question.text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.text.setVisible(bool(question.text))
        self.choice = self._choice(question)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(self.text)
        if question.field:
            label = QLabel(question.field)
            label.setBuddy(self.choice)
            column.addWidget(label)
            column.addWidget(self.choice)
        column.addWidget(self._buttons(question))

    def _choice(self, question: ModelQuestion) -> QComboBox:
        """What is offered; anything else may be written, such as a call with arguments."""
        box = QComboBox(self, objectName="modelChoice", editable=True, accessibleName=question.field or question.title)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(list(question.choices))
        box.setCurrentText(question.usual)
        box.setVisible(bool(question.field))
        return box

    def _buttons(self, question: ModelQuestion) -> QDialogButtonBox:
        """Cancel is what the Return key presses where something would run."""
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.agree = QPushButton(question.agree, objectName="modelAgree")
        buttons.addButton(self.agree, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        (cancel if question.text else self.agree).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.answered.emit(self.choice.currentText()))
        return buttons
