"""What the window adds to a report of a problem: its display and fonts, and the document that is open."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase, QFontInfo, QGuiApplication, QScreen

from explorer.report import Part, lines_of, remember, report
from explorer.session import State, Verb
from explorer.ui.common import theme


def problem_report(state: State | None = None, happened: str = "") -> str:
    """The whole text: what happened, if that is known, then everything that helps to find out why."""
    first = (Part("What happened", tuple(lines_of(happened))),) if happened else ()
    return report(*first, *(() if state is None else (_document(state), _state(state))), display())


def remember_what_was_told(old: State | None, new: State) -> None:
    """Keep for a report what the window told the person: each notice and each fault, with its details."""
    if new.maps.fault is not None and (old is None or new.maps.fault is not old.maps.fault):
        remember(f"{new.maps.fault.message}\n{new.maps.fault.details}".strip())
    elif new.status.notice and (old is None or new.status.notice != old.status.notice):
        remember(new.status.notice)


def display() -> Part:
    """The platform, its screens and the fonts that are used; a line for a process without a window system."""
    if QGuiApplication.instance() is None:
        return Part("Display", (("", "none"),))
    screens = tuple((f"screen {at}", _screen(each)) for at, each in enumerate(QGuiApplication.screens(), 1))
    return Part(
        "Display",
        (
            ("Qt", qVersion()),
            ("platform", QGuiApplication.platformName()),
            *screens,
            ("colours", "dark" if theme.is_system_dark() else "light"),
            ("text", _family(QFontInfo(theme.interface_font()))),
            ("numbers", _family(QFontInfo(theme.number_font()))),
            ("families", str(len(QFontDatabase.families()))),
        ),
    )


def _screen(screen: QScreen) -> str:
    size = screen.size()
    return f"{size.width()} × {size.height()}, scaled by {screen.devicePixelRatio():g}, {screen.refreshRate():.0f} Hz"


def _family(font: QFontInfo) -> str:
    return f"{font.family()}, {font.pixelSize()} px" if QFontDatabase.families() else "no font is installed"


def _document(state: State) -> Part:
    """The network in text notation, which can be opened again, and what was chosen for its training."""
    document = state.document
    if not document.subject.can(Verb.EDIT):
        return Part("Document", (("", "a model opened from a program, or none"),))
    chosen = document.hyperparameters
    learning = ", ".join(f"{field.name}={getattr(chosen, field.name)!r}" for field in fields(chosen))
    return Part(
        "Document",
        (
            ("network", document.subject.edited.text()),
            ("title", document.title),
            ("saved as", str(document.path or "no file yet")),
            ("mean, std", f"{document.mean}, {document.std}"),
            ("classes", ", ".join(document.classes) or "none"),
            ("data", document.data or "none chosen"),
            ("learning", learning),
        ),
    )


def _state(state: State) -> Part:
    training, cursor = state.training, state.steps.cursor
    shown = "none" if state.values is None else f"{state.values.shape} {state.values.dtype}"
    return Part(
        "State",
        (
            ("device", f"{state.maps.device} of {', '.join(state.maps.devices)}"),
            ("mode", state.maps.mode),
            ("input", shown),
            ("picture", state.input.picture.name if state.input.picture else "none"),
            ("selection", str(state.selection)),
            ("cursor", str(cursor)),
            ("training", f"{training.status}, run {training.run}, step {training.step}"),
            ("notice", state.status.notice or "none"),
            ("fault", state.maps.fault.message if state.maps.fault else "none"),
        ),
    )
