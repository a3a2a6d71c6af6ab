"""Asking about a number in a lesson of one's own, from wherever the number is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QTabWidget, QWidget

from explorer.session import Session
from explorer.session.asked_number import AskedNumber
from explorer.session.open_views import OpenViews
from explorer.ui.common import dialogs

PANES = ("input", "prediction")


def open_views(widget: QWidget) -> OpenViews:
    """What is in front of the person in the window that `widget` is in."""
    window = widget.window()
    centre = window.findChild(QTabWidget, "centre")
    docks = {name: window.findChild(QDockWidget, f"dock.{name}") for name in PANES}
    panes = tuple(name for name, dock in docks.items() if dock is not None and dock.isVisible())
    return OpenViews(str(getattr(centre, "current", "")), panes)


def ask_about(session: Session, widget: QWidget, asked: AskedNumber) -> None:
    """Ask about a number in the lesson of the person's own that is open, or else in a new one."""
    if session.lessons.writing.lesson is not None:
        session.lessons.writing.ask_about(asked, open_views(widget))
    else:
        save_as_lesson(session, widget, asked)


def save_as_lesson(session: Session, widget: QWidget, asked: AskedNumber | None = None) -> None:
    """Write what stands in the window as a lesson, where the person says."""
    views = open_views(widget)
    path = dialogs.ask_lesson_path(widget.window(), session.state.title)
    if path is not None:
        session.lessons.writing.save_as(path, views, asked)
