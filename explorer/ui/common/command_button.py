"""Buttons that are one with a command: words, icon, tip and key, and whether it can be used, come from its action."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

from explorer.ui.common import icons, theme
from explorer.ui.common.named_action import NamedAction

if TYPE_CHECKING:
    _Beside = QAbstractButton
else:
    _Beside = object


def brief(action: NamedAction) -> str:
    """What a button says in the pane of its command."""
    return action.brief


class _OneWithAction(_Beside):
    """Stands before the kind of button among the bases of a class.

    `words` picks which of the action's words it shows, `icon` whether its icon too, `colour` the theme's colour for it.
    `press` is called in place of the action, where something has to be done before.
    """

    def __init__(
        self,
        action: NamedAction,
        name: str = "",
        *,
        words: Callable[[NamedAction], str] = brief,
        icon: bool = True,
        colour: str = "",
        press: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._action, self._words = action, words
        self._has_icon, self._colour = icon, colour
        self._drawn = ("", "")
        self._heir: QAbstractButton | None = None
        self._lent_to: QAbstractButton | None = None
        self._heir_of: list[_OneWithAction] = []
        self.clicked.connect(press or action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    @property
    def command(self) -> NamedAction:
        """The action of the command."""
        return self._action

    def hand_focus_to(self, heir: QAbstractButton) -> None:
        """Where this button has the focus and can no longer be used, `heir` gets it, not the nearest beside it.

        It takes the focus back as soon as it can be used again, if the focus is still there, or where that one had to
        lend it. So does the heir, if it can be used only later.
        """
        self._heir = heir
        if isinstance(heir, _OneWithAction):
            heir._heir_of.append(self)

    @Slot()
    def _follow(self) -> None:
        action = self._action
        self.setText(self._words(action))
        self.setAccessibleName(action.iconText())
        self._draw_icon()
        self.setToolTip(action.toolTip())
        if self.isEnabled() and not action.isEnabled() and self.hasFocus():
            self._lend_focus()
        self.setEnabled(action.isEnabled())
        if self.isEnabled():
            self._take_focus()

    def _take_focus(self) -> None:
        """Back from whoever has it now of those that it was lent to; and from those that hold it for its heir."""
        holder, self._lent_to = self._holder(), None
        if holder is not None and holder.hasFocus():
            self.setFocus()
        for owner in self._heir_of:
            holder = owner._holder()
            if holder is not None and holder is not self and holder.hasFocus():
                self.setFocus()
                owner._lent_to = self

    def _holder(self) -> QAbstractButton | None:
        """Who has what it lent: the last of those that lent it on."""
        holder, seen = self._lent_to, {self}
        while isinstance(holder, _OneWithAction) and holder._lent_to is not None and holder not in seen:
            seen.add(holder)
            holder = holder._lent_to
        return holder

    def _lend_focus(self) -> None:
        """Qt would give it to whatever comes next, which may be in another pane."""
        self._lent_to = self._heir if self._heir is not None and self._heir.isEnabled() else self._nearest()
        if self._lent_to is not None:
            self._lent_to.setFocus()

    def _nearest(self) -> QAbstractButton | None:
        """The button beside it that can be used, the nearest of them."""
        parent, options = self.parentWidget(), Qt.FindChildOption.FindDirectChildrenOnly
        beside = [] if parent is None else parent.findChildren(QAbstractButton, options=options)
        usable = [each for each in beside if each is not self and each.isEnabled() and each.isVisible()]
        return min(usable, key=lambda each: (each.pos() - self.pos()).manhattanLength(), default=None)

    def _draw_icon(self) -> None:
        colour = getattr(theme.current(), self._colour) if self._colour else ""
        wanted = (self._action.icon_name, colour)
        if self._has_icon and self._drawn != wanted:  # each icon that is set is laid out and painted anew
            self._drawn = wanted
            self.setIcon(icons.icon(self._action.icon_name, colour or None))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._colour and hasattr(self, "_drawn"):
            self._draw_icon()


class CommandTool(_OneWithAction, QToolButton):
    """A tool button of a command."""


class CommandButton(_OneWithAction, QPushButton):
    """A push button of a command."""
