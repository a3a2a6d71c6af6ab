"""Menus and tool bar, made from the tables of commands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QToolBar

from explorer.ui.common import settings, theme
from explorer.ui.common.command import Shell
from explorer.ui.common.text import on_a_button
from explorer.ui.shell import commands
from explorer.ui.shell.actions import all_commands

TOOLS = ("startList", "openNetwork", "openPictureFile", "save", "", "undo", "redo", "", "find", "lessons")
"""Commands on the tool bar; an empty name is a gap."""


class Menus:
    """Puts the actions of the commands into menus and onto the tool bar."""

    def __init__(self, window: QMainWindow, shell: Shell, docks: Iterable[QDockWidget]) -> None:
        self._window = window
        self._shell = shell
        menus = self._make_menus()
        self._add_view_choices(menus["View"], docks)
        self._recent = QMenu("Open recent", window)
        self._recent.aboutToShow.connect(self._fill_recent)
        menus["File"].insertMenu(shell.actions()["save"], self._recent)
        self._make_tool_bar()

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
            current.addAction(self._shell.actions()[command.name])
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
        for name in TOOLS:
            if not name:
                bar.addSeparator()
                continue
            action = self._shell.actions()[name]
            bar.addAction(action)
            button = bar.widgetForAction(action)
            button.setObjectName(name)
            button.setAccessibleName(action.iconText())
        self._window.addToolBar(bar)
        self.tool_bar = bar

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._shell.session.state.files.recent:
            action = self._recent.addAction(on_a_button(path.name))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, chosen=path: self._shell.open_path(chosen))
        if self._recent.isEmpty():
            self._recent.addAction("Nothing opened yet").setEnabled(False)
