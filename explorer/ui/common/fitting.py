"""Views that are zoomed and panned, and how the one that is meant is found and shown whole again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget


@runtime_checkable
class Fits(Protocol):
    """A view that can show the whole of what it shows."""

    def fit(self) -> None:
        """Show all of it."""


def fit_at(place: QPoint, window: QWidget) -> None:
    """Fit the view at `place` of the screen; where there is none, the one with the keyboard, else the largest."""
    meant = view_under(place, window) or _view_around(QApplication.focusWidget(), window)
    if meant is None:
        seen = [each for each in window.findChildren(QWidget) if _fits(each) and each.isVisible()]
        meant = max(seen, key=lambda each: each.width() * each.height(), default=None)
    if isinstance(meant, Fits):
        meant.fit()


def view_under(place: QPoint, window: QWidget) -> QWidget | None:
    """The view of `window` at `place` of the screen that can be fitted."""
    return _view_around(QApplication.widgetAt(place), window)


def _view_around(widget: QWidget | None, window: QWidget) -> QWidget | None:
    return next((each for each in _around(widget, window) if _fits(each)), None)


def _fits(widget: QWidget) -> bool:
    """Whether it has that verb: the pane of the input calls its box of rules `fit`."""
    return isinstance(widget, Fits) and callable(widget.fit)


def _around(widget: QWidget | None, window: QWidget) -> Iterator[QWidget]:
    """`widget` and what it lies in, if that is `window`."""
    if widget is not None and widget.window() is not window:
        return
    while widget is not None and widget is not window:
        yield widget
        widget = widget.parentWidget()
