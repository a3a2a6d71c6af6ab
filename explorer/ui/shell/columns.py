"""The columns at both sides of the centre: in a wide window they are wider, unless a person gave them a width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from explorer.ui.shell.docks import stands_in

NEAR = 2  # pixels by which Qt may miss a width


@dataclass(frozen=True)
class ColumnWidth:
    """A column takes `share` of the window, between `least` and `most` pixels."""

    share: float
    least: int
    most: int

    def within(self, window_width: int) -> int:
        """Its pixels in a window of that width."""
        return min(max(round(self.share * window_width), self.least), self.most)


LEFT = ColumnWidth(0.17, least=290, most=420)
RIGHT = ColumnWidth(0.16, least=270, most=400)


class Columns:
    """Gives the columns of `left` and `right`, a dock of each, their widths, and follows the window's."""

    def __init__(self, window: QMainWindow, left: QDockWidget, right: QDockWidget) -> None:
        self._window, self._left, self._right = window, left, right
        self._given = self._usual()

    def place(self) -> None:
        """Give them the widths for the window as it is."""
        self._given = self._usual()
        both = zip(self._seen(), self._given, strict=True)
        here = [(dock, width) for dock, width in both if stands_in(dock, self._window)]
        if here:
            docks, widths = zip(*here, strict=True)
            self._window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)

    def take_over(self) -> None:
        """The window was laid out as it was before: what differs from the usual widths was chosen by a person."""
        self._given = self._usual()

    def follow(self) -> None:
        """The window has another width: the columns follow where they have the widths that they were given.

        A centre that needs its room squeezes them while the window shrinks: that is nobody's choice either.
        """
        if self._usual() != self._given and self._are_as_given():
            self.place()

    def follow_through(self, restore: Callable[[], None]) -> None:
        """What `restore` puts back may be of a window of another width: columns that nobody moved follow this one's."""
        follows = self._are_as_given()
        restore()
        if follows and not self._are_as_given():
            self.place()

    def _seen(self) -> tuple[QDockWidget, QDockWidget]:
        """The dock of each column that is in front, where it shares its place with another as tabs."""
        return self._front(self._left), self._front(self._right)

    def _front(self, dock: QDockWidget) -> QDockWidget:
        tabs = (dock, *self._window.tabifiedDockWidgets(dock))
        return next((each for each in tabs if not each.visibleRegion().isEmpty()), dock)

    def _usual(self) -> tuple[int, int]:
        width = self._window.width()
        return LEFT.within(width), RIGHT.within(width)

    def _is_centre_tight(self) -> bool:
        """Whether the centre has no more than the least it needs."""
        centre = self._window.centralWidget()
        assert centre is not None
        return centre.width() <= max(centre.minimumSizeHint().width(), centre.minimumWidth()) + NEAR

    def _are_as_given(self) -> bool:
        is_tight = self._is_centre_tight()
        widths = zip(self._seen(), self._given, strict=True)
        return all(
            not dock.isVisible()
            or not stands_in(dock, self._window)
            or abs(dock.width() - given) <= NEAR
            or (is_tight and dock.width() < given)
            for dock, given in widths
        )
