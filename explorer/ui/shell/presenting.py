"""The window while a lesson is presented: one step, the one view that it shows, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from explorer.session import Session, State
from explorer.session.soon import soon
from explorer.ui.common.kept_focus import KeptFocus
from explorer.ui.shell.lesson_place import NAMED, LessonPlace

SHARE = 0.44  # of the window's width for the step


class Presenting:
    """Hides the docks that a step does not name and `others`, and shows them again where they were."""

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        lessons: LessonPlace,
        docks: Sequence[QDockWidget],
        others: Sequence[QWidget],
    ) -> None:
        self._window, self._session, self._lessons, self._docks, self._others = window, session, lessons, docks, others
        self._before: QByteArray | None = None
        self._state, self._size = window.windowState(), window.size()  # those before the whole screen was taken
        self._hidden: tuple[QWidget, ...] = ()
        self._named: tuple[str, ...] = ()
        self._focus = KeptFocus()
        self._presenter = lessons.view.presenter(window)
        self._presenter.ended.connect(self.end)

    @property
    def is_on(self) -> bool:
        """Whether a lesson is presented."""
        return self._before is not None

    def switch(self) -> None:
        """Begin, or end."""
        if self.is_on:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        """Present the lesson that is open."""
        step = self._session.state.lessons.step
        if self.is_on or step is None:
            return
        self._lessons.begin()
        self._focus.keep()
        self._before = self._window.saveState()
        self._hidden = tuple(each for each in self._others if not each.isHidden())
        for each in self._hidden:
            each.hide()
        self._state, self._size = self._window.windowState(), self._window.size()
        self._window.setWindowState(self._state | Qt.WindowState.WindowFullScreen)
        self._show_named(step.open)
        self._lessons.view.write(False)
        self._presenter.begin()
        self._lessons.view.take_keys()

    def end(self) -> None:
        """Everything stands where it stood."""
        if self._before is None:
            return
        before, self._before = self._before, None
        self._presenter.end()
        for each in self._hidden:
            each.show()
        self._window.setWindowState(self._state)
        if not self._state & Qt.WindowState.WindowMaximized:
            self._window.resize(self._size)  # not every desktop gives it back
        self._window.restoreState(before)
        self._lessons.dock.raise_()
        self._focus.give_back()

    def follow(self, new: State) -> None:
        """Show of each step what it is about; without a lesson there is nothing to present."""
        if not self.is_on:
            return
        step = new.lessons.step
        if step is None:
            self.end()
            return
        if step.open != self._named:
            self._show_named(step.open)
        self._presenter.follow(new.lessons)

    def _show_named(self, named: Sequence[str]) -> None:
        self._named = tuple(named)
        shown = {self._docks[NAMED[name]] for name in named if name in NAMED}
        for dock in self._docks:
            dock.setVisible(dock in shown)
        soon(self._window, self._share_width)

    def _share_width(self) -> None:
        if self.is_on:
            width = round(SHARE * self._window.width())
            self._window.resizeDocks([self._lessons.dock], [width], Qt.Orientation.Horizontal)
