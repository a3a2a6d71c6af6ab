"""Menus and tool bar, made from the table of commands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QToolBar, QToolButton

from explorer.session import State
from explorer.ui.common import settings, theme
from explorer.ui.common.command import Command, Shell
from explorer.ui.common.text import on_a_button
from explorer.ui.shell import commands
from explorer.ui.shell.actions import all_commands, make_action

# Commands on the tool bar with the short words they have there; an empty name is a gap.
TOOLS = (
    ("startList", "Networks"),
    ("openNetwork", "Open network"),
    ("openPictureFile", "Open picture"),
    ("save", "Save"),
    ("", ""),
    ("undo", "Undo"),
    ("redo", "Redo"),
)


class Menus:
    """Makes the window's actions and keeps them in step with the state."""

    def __init__(self, window: QMainWindow, shell: Shell, docks: Iterable[QDockWidget]) -> None:
        self._window = window
        self._shell = shell
        self._actions: dict[str, tuple[Command, QAction]] = {}
        menus = self._make_menus()
        self._add_view_choices(menus["View"], docks)
        self._recent = QMenu("Open recent", window)
        self._recent.aboutToShow.connect(self._fill_recent)
        menus["File"].insertMenu(self.action("save"), self._recent)
        self._make_tool_bar()

    def action(self, name: str) -> QAction:
        """The action of the command `name`."""
        return self._actions[name][1]

    def actions(self) -> list[QAction]:
        """All actions, in the order of the table."""
        return [action for _, action in self._actions.values()]

    def show_state(self, state: State) -> None:
        """Which commands can be used now, and what undo and redo would do."""
        for command, action in self._actions.values():
            action.setEnabled(command.enabled(state))
        for name, text in (("undo", state.files.undo_text), ("redo", state.files.redo_text)):
            action = self.action(name)
            label = f"{name.capitalize()} {text}".strip()
            action.setText(label)
            action.setIconText(name.capitalize())
            action.setToolTip(f"{label} ({action.shortcut().toString()})" if text else f"Nothing to {name}.")

    def _make_menus(self) -> dict[str, QMenu]:
        menus: dict[str, QMenu] = {}
        current: QMenu | None = None
        for command in all_commands():
            if isinstance(command, str):
                if current is not None:
                    current.addSeparator()
                continue
            if command.menu not in menus:
                menus[command.menu] = self._window.menuBar().addMenu(f"&{command.menu}")
            current = menus[command.menu]
            action = make_action(command, self._window, self._shell)
            current.addAction(action)
            self._actions[command.name] = (command, action)
        return menus

    def _add_view_choices(self, menu: QMenu, docks: Iterable[QDockWidget]) -> None:
        menu.addSeparator()
        for dock in docks:
            menu.addAction(dock.toggleViewAction())
        themes = menu.addMenu("Theme")
        group = QActionGroup(self._window)
        for choice in theme.CHOICES:
            action = themes.addAction("As the system" if choice == "system" else choice.capitalize())
            action.setCheckable(True)
            action.setChecked(choice == settings.theme_choice())
            action.setObjectName(f"action.theme.{choice}")
            action.triggered.connect(lambda _checked=False, chosen=choice: commands.set_theme(chosen))
            group.addAction(action)

    def _make_tool_bar(self) -> None:
        bar = QToolBar("Tools")
        bar.setObjectName("toolBar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name, short in TOOLS:
            if not name:
                bar.addSeparator()
                continue
            bar.addAction(self.action(name))
            button = bar.widgetForAction(self.action(name))
            assert isinstance(button, QToolButton)
            button.setObjectName(name)
            button.setAccessibleName(short)
            self.action(name).setIconText(short)
        self._window.addToolBar(bar)

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._shell.session.state.files.recent:
            action = self._recent.addAction(on_a_button(path.name))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, chosen=path: self._shell.open_path(chosen))
        if self._recent.isEmpty():
            self._recent.addAction("Nothing opened yet").setEnabled(False)
