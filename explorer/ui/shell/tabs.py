"""The tabs of the centre, each declared once: its page, its command and its key follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from explorer.session import Session
from explorer.ui.common.actions import Actions
from explorer.ui.common.command import Command
from explorer.ui.common.named_box import name_by_label
from explorer.ui.common.things import is_menu_key, open_menu_within
from explorer.ui.overview.view import Overview


@dataclass(frozen=True)
class Tab:
    """One tab. `make` is given the session and the actions of all commands; `name` is what commands call it.

    What `is_late` is made after the first paint: pyqtgraph alone takes 0.4 s to import.
    """

    name: str
    title: str
    command: str
    tip: str
    icon: str
    shortcut: str
    make: Callable[[Session, Actions], QWidget]
    is_late: bool = True


def _overview(session: Session, actions: Actions) -> QWidget:
    overview = Overview(session)
    overview.opened.connect(actions["showFeatureMaps"].trigger)
    return overview


def _maps(session: Session, actions: Actions) -> QWidget:
    from explorer.ui.maps.feature_maps import FeatureMaps

    return FeatureMaps(session, actions)


def _debugger(session: Session, actions: Actions) -> QWidget:
    from explorer.ui.debugger.view import Debugger

    return Debugger(session, actions)


def _losses(session: Session, actions: Actions) -> QWidget:
    from explorer.ui.losses.view import LossesView

    return LossesView(session)


TABS = (
    Tab(
        "overview",
        "Overview",
        "showOverview",
        "See the whole network with the picture running through it.",
        "ph.flow-arrow",
        "Ctrl+1",
        _overview,
        is_late=False,
    ),
    Tab(
        "maps",
        "Feature maps",
        "showFeatureMaps",
        "See all channels of the selected layer.",
        "ph.grid-four",
        "Ctrl+2",
        _maps,
    ),
    Tab(
        "debugger",
        "Step debugger",
        "showDebugger",
        "Walk through one whole training step: forward, loss, backward, update.",
        "ph.bug",
        "Ctrl+3",
        _debugger,
    ),
    Tab(
        "losses",
        "Losses",
        "showLosses",
        "Compare what every loss says of the same predictions and targets, and drag them.",
        "ph.scales",
        "Ctrl+4",
        _losses,
    ),
)


def tab_commands() -> tuple[Command, ...]:
    """What brings each tab to the front."""
    return tuple(_command(tab) for tab in TABS)


def _command(tab: Tab) -> Command:
    return Command(tab.command, "View", tab.title, tab.tip, lambda shell: shell.show(tab.name), tab.icon, tab.shortcut)


class Tabs(QTabWidget):
    """The centre of the window: a page for each tab; the late ones are filled when they are asked for."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__(documentMode=True, objectName="centre")
        self._session, self._actions = session, actions
        self._views: dict[str, QWidget] = {}
        self._pages: dict[str, QWidget] = {}
        self.tabBar().setDrawBase(False)
        name_by_label(self.tabBar(), "Views of the network")
        for tab in TABS:
            page = self._pages[tab.name] = QWidget()
            QVBoxLayout(page).setContentsMargins(0, 0, 0, 0)
            if not tab.is_late:
                self._fill(tab)
            self.addTab(page, tab.title)

    @property
    def is_complete(self) -> bool:
        """Whether all of them are made."""
        return len(self._views) == len(TABS)

    @property
    def current(self) -> str:
        """The name of the one in front."""
        return TABS[self.currentIndex()].name

    def complete(self) -> None:
        """Make those that are not there yet."""
        for tab in TABS:
            self._fill(tab)

    def view(self, name: str) -> QWidget:
        """What the tab `name` shows."""
        self._fill(next(tab for tab in TABS if tab.name == name))
        return self._views[name]

    def bring(self, name: str) -> None:
        """Show the tab `name`."""
        self.setCurrentWidget(self._pages[name])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A tab that was clicked has the keys: the menu is that of what is chosen in its page."""
        if not (is_menu_key(event) and open_menu_within(self.currentWidget())):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if not (is_by_key and open_menu_within(self.currentWidget())):
            super().contextMenuEvent(event)

    def _fill(self, tab: Tab) -> None:
        if tab.name not in self._views:
            view = self._views[tab.name] = tab.make(self._session, self._actions)
            layout = self._pages[tab.name].layout()
            assert layout is not None
            layout.addWidget(view)
