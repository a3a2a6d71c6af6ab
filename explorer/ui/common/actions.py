"""The actions of all commands: what menus, tool bar and buttons show and trigger, in step with the state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence

from explorer.session import State
from explorer.ui.common.command import Command, Shell, as_declared
from explorer.ui.common.icons import icon
from explorer.ui.common.named_action import NamedAction


class Actions(QObject):
    """An action a command, found by the command's name."""

    def __init__(self, commands: Iterable[Command], shell: Shell, owner: QObject) -> None:
        super().__init__(owner)
        self._commands = tuple(commands)
        self._actions = {command.name: _action(command, shell, owner) for command in self._commands}
        self._conditions = tuple({command.enabled for command in self._commands})  # some are of many commands
        self._usable = set(self._actions)
        self._renamed = tuple(command for command in self._commands if command.now is not as_declared)
        self._called = {command.name: command for command in self._renamed}
        shell.session.changed.connect(self.show_state)
        self.show_state(None, shell.session.state)

    @property
    def commands(self) -> tuple[Command, ...]:
        """What they were made of, in their order."""
        return self._commands

    def __getitem__(self, name: str) -> NamedAction:
        """The action of the command `name`."""
        return self._actions[name]

    def __iter__(self) -> Iterator[NamedAction]:
        """All of them, in the order of the commands."""
        return iter(self._actions.values())

    @Slot(object, object)
    def show_state(self, _old: State | None, new: State) -> None:
        """Which commands can be used now, and what they are called."""
        held = {condition for condition in self._conditions if condition(new)}
        usable = {command.name for command in self._commands if command.enabled in held}
        if usable != self._usable:
            self._enable(usable)
        for command in self._renamed:
            called = command.now(command, new)
            if called != self._called[command.name]:
                self._called[command.name] = called
                _call(self[command.name], called)

    def _enable(self, usable: set[str]) -> None:
        changed = [name for name in self._actions if (name in usable) != (name in self._usable)]
        self._usable = usable
        # Those that can be used first: a button that no longer can hands the focus to one that can.
        for name in sorted(changed, key=usable.__contains__, reverse=True):
            self[name].setEnabled(name in self._usable)  # not `usable`: where the focus goes may change the state


def _action(command: Command, shell: Shell, owner: QObject) -> NamedAction:
    action = NamedAction(owner)
    action.setObjectName(f"action.{command.name}")
    action.setStatusTip(command.tip)  # the list of keys says this too, whatever the command is called meanwhile
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    _call(action, command)
    action.triggered.connect(lambda _checked=False: command.run(shell))
    return action


def _call(action: NamedAction, command: Command) -> None:
    action.icon_name, action.brief = command.icon, command.in_its_pane
    action.setText(command.text)
    action.setIconText(command.on_a_button)
    action.setToolTip(command.tip_with_key)
    if command.icon:
        action.setIcon(icon(command.icon))
