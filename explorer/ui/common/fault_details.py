"""What a person can do with a fault beyond reading its sentence: see the details, copy a report."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from explorer.session import Fault, State
from explorer.ui.common.passing import passing
from explorer.ui.common.report_words import problem_report


def show_details(parent: QWidget, fault: Fault, state: State | None = None) -> None:
    """The whole of what is known of `fault`, in a box of its own."""
    box = passing(QMessageBox(QMessageBox.Icon.NoIcon, "What happened", "", parent=parent.window()))
    box.setText(fault.message)
    box.setDetailedText(fault.details)
    copy = box.addButton("Copy report", QMessageBox.ButtonRole.ActionRole)
    copy.clicked.connect(lambda: copy_report(fault, state))
    box.addButton(QMessageBox.StandardButton.Close)
    box.open()


def copy_report(fault: Fault, state: State | None = None) -> None:
    """Put a report that begins with `fault` on the clipboard; `state` tells of the document."""
    QApplication.clipboard().setText(problem_report(state, f"{fault.message}\n{fault.details}"))
