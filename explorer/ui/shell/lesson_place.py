"""Where lessons stand in the window, and the way back to exactly how it was laid out before."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QScrollBar, QTabBar, QTabWidget, QWidget
from shiboken6 import isValid

from explorer.session import Session, State
from explorer.session.soon import soon
from explorer.ui.common.named_box import name_by_label
from explorer.ui.lessons.view import WIDTH, LessonView
from explorer.ui.shell.docks import PaneDock
from explorer.ui.shell.tabs import Tabs

NAMED = {"input": 1, "prediction": 2, "training": 3}
"""The panes that a step may want to be seen, by their place among the docks."""


class LessonPlace:
    """Shows the lessons' pane in front of the network's, brings what a step is about to the front, and takes all of it
    back. Without a lesson the window is as if there were none."""

    def __init__(self, window: QMainWindow, session: Session, tabs: Tabs, docks: tuple[QDockWidget, ...]) -> None:
        self._window, self._tabs, self._docks = window, tabs, docks
        self.view = view = LessonView(session)
        self.dock = PaneDock("Lessons", "dock.lessons", view, window)
        self.dock.setMinimumWidth(WIDTH)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.dock)
        self.dock.hide()
        window.setTabPosition(Qt.DockWidgetArea.LeftDockWidgetArea, QTabWidget.TabPosition.North)
        self._before: tuple[QByteArray, str] | None = None
        self._focus: QWidget | None = None
        self._scrolled: tuple[tuple[QScrollBar, int], ...] = ()
        self._at: tuple[object, ...] | None = None

    @property
    def is_on(self) -> bool:
        """Whether the pane is shown."""
        return self._before is not None

    def layout(self) -> QByteArray | None:
        """Where the parts of the window stand without lessons; None where they stand so now."""
        return None if self._before is None else self._before[0]

    def begin(self) -> None:
        """Show the pane."""
        if self.is_on:
            self.dock.raise_()
            return
        self._before = self._window.saveState(), self._tabs.current
        self._focus = QApplication.focusWidget()
        self._scrolled = tuple((bar, bar.value()) for bar in self._window.findChildren(QScrollBar))
        self._stand_beside()
        self.dock.show()
        self.dock.raise_()
        self._name_bars()
        soon(self._window, self._name_bars)  # Qt may make the bar with the next layout
        width = max(WIDTH, self._docks[0].width())
        self._window.resizeDocks([self.dock], [width], Qt.Orientation.Horizontal)

    def end(self) -> None:
        """Take the pane away: everything stands as before."""
        if self._before is None:
            return
        (before, tab), self._before = self._before, None
        self._at = None
        self.dock.hide()
        self._window.restoreState(before)
        self._hide_tab_bar()
        self._tabs.bring(tab)
        self._give_focus_back()
        soon(self._window, self._scroll_back)

    def _hide_tab_bar(self) -> None:
        """Qt leaves the bar of two tabs where it was when a state is restored in which one of them is hidden."""
        for bar in self._bars():
            bar.hide()

    def _name_bars(self) -> None:
        for bar in self._bars():
            name_by_label(bar, "Network or lessons")

    def _bars(self) -> list[QTabBar]:
        """The bars that have a tab for the pane, and those without any: the one in use, and what Qt left of others."""
        every = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        title = self.dock.windowTitle()
        return [bar for bar in every if not bar.count() or title in map(bar.tabText, range(bar.count()))]

    def _give_focus_back(self) -> None:
        """Qt gives the focus of a hidden part to whatever comes next."""
        focus, self._focus = self._focus, None
        now = QApplication.focusWidget()
        if focus is not None and isValid(focus):
            focus.setFocus()
        elif now is not None:
            now.clearFocus()

    def _scroll_back(self) -> None:
        """Lists went to what was chosen in lessons."""
        scrolled, self._scrolled = self._scrolled, ()
        for bar, value in scrolled:
            if isValid(bar):
                bar.setValue(value)

    def _stand_beside(self) -> None:
        """The pane shares the place of the network's, as a tab beside it."""
        if self.dock not in self._window.tabifiedDockWidgets(self._docks[0]):
            self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.dock)
            self._window.tabifyDockWidget(self._docks[0], self.dock)

    def follow(self, old: State | None, new: State) -> None:
        """Show the pane once a lesson is open, and what each step is about."""
        step, lesson = new.lessons.step, new.lessons.lesson
        at = None if step is None or lesson is None else (lesson.name, step.name, step.view, step.open)
        if step is None or at == self._at:  # written anew, a step is the same
            return
        self.begin()
        self._at = at
        if step.view in VIEWS:
            self._tabs.bring(VIEWS[step.view])
        for name in step.open:
            if name in NAMED:
                self._docks[NAMED[name]].show()


VIEWS: Mapping[str, str] = {name: name for name in ("overview", "maps", "debugger", "losses")}
"""The tabs of the centre, as steps name them."""
