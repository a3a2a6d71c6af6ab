"""Writing the lesson that is open for people without a screen: a hand-out, and one step as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from explorer.session import Session
from explorer.ui.common import dialogs
from explorer.writing import write_atomically

if TYPE_CHECKING:
    from explorer.lessons.handout import Exercise, HandOut


def save_handout(session: Session, widget: QWidget, *, anew: bool = False) -> None:
    """Write the hand-out where the person says; `anew` with other numbers each time."""
    lesson = session.state.lessons.lesson
    path = None if lesson is None else dialogs.ask_handout_path(widget.window(), _file_name(lesson.title))
    if path is not None:
        session.lessons.papers.hand_out(lambda handout: _write(session, path, as_file(handout, path)), anew=anew)


def save_step_picture(session: Session, widget: QWidget) -> None:
    """Write the step that is open as a picture, where the person says."""
    step = session.state.lessons.step
    path = None if step is None else dialogs.ask_step_picture_path(widget.window(), _file_name(step.title))
    if path is not None:
        session.lessons.papers.put_step_on_paper(lambda step: _write(session, path, as_picture(step, path)))


def as_file(handout: HandOut, path: Path) -> bytes:
    """The hand-out as PDF or as HTML, as the ending of `path` says."""
    if path.suffix.lower() == ".pdf":
        from explorer.ui.lessons.paper import pdf

        return pdf(handout)
    from explorer.lessons.handout_page import handout_html

    return handout_html(handout).encode()


def as_picture(step: Exercise, path: Path) -> bytes:
    """The step as SVG or as PNG, as the ending of `path` says."""
    from explorer.ui.lessons.paper import step_png, step_svg

    return step_svg(step) if path.suffix.lower() == ".svg" else step_png(step)


def _write(session: Session, path: Path, content: bytes) -> None:
    session.exports.write(path.name, lambda _tell: write_atomically(path, content))


def _file_name(title: str) -> str:
    """`title` as files can be called everywhere."""
    return "".join(letter if letter not in '<>:"/\\|?*' else "" for letter in title).strip(" .") or "lesson"
