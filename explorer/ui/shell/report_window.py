"""A report of a problem, shown whole before it goes anywhere: the person copies or saves it, nothing is sent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.common import dialogs, theme
from explorer.writing import FileError, write_atomically

WORDS = (
    "This is all that the report holds: read it, and take out what nobody should see. Nothing is sent from here; "
    "copy the text, or save it, and put it where you report the problem."
)
SIZE = (720, 560)


class ReportWindow(QDialog):
    """The text of a report, which may be edited, with Copy and Save."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemReport")
        self.setWindowTitle("Report a problem")
        self.resize(*SIZE)
        self.text = QPlainTextEdit(text, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Text of the report")
        self.text.setFont(theme.number_font())
        self.said = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        column = QVBoxLayout(self)
        column.addWidget(QLabel(WORDS, wordWrap=True))
        column.addWidget(self.text, 1)
        column.addWidget(self.said)
        column.addWidget(self._buttons())

    def copy(self) -> None:
        QApplication.clipboard().setText(self.text.toPlainText())
        self.said.setText("The report is on the clipboard.")

    def save(self) -> None:
        path = dialogs.ask_where_to_write(self, "Save report", "network-explorer-report.txt", {"Text (*.txt)": ".txt"})
        if path is None:
            return
        try:
            write_atomically(path, self.text.toPlainText().encode())
        except FileError as error:
            self.said.setText(str(error))
        else:
            self.said.setText(f"Saved as {path.name}.")

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        for words, run in (("Copy", self.copy), ("Save…", self.save)):
            button = buttons.addButton(words, QDialogButtonBox.ButtonRole.ActionRole)
            button.setAutoDefault(False)
            button.clicked.connect(run)
        return buttons
