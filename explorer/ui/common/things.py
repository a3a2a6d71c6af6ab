"""What can be done with what a person points at, each deed declared once: menus at the mouse, keys and help follow.

A view says with `offer` which thing lies where; the menu opens with the right button or the Menu key, and the commands
act on what the mouse is over or, where a key was pressed since, on what is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QMenu, QWidget

from explorer.session import Session
from explorer.session.asked_number import AskedNumber
from explorer.ui.common import lesson_asking
from explorer.ui.common.command import Command, Shell
from explorer.ui.common.icons import icon
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.typing.cell_typing import CellTyping

NOTHING = "Point at something first, or choose it: a cell, a map, a layer, a row."
NOT_OF_THIS = "That cannot be done with {name}."
COPY = "copyValue"
FIND = "findInDebugger"
MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)


@dataclass(frozen=True, eq=False)
class Thing:
    """A cell, a map, a layer, a picture, a curve or a row, as far as something can be done with it.

    `value` gives its number or numbers with all their digits, `picture` how it looks, `line` is what makes it in
    PyTorch, `code` takes the same numbers out of the model there; `export` asks over a widget where to write it.
    `find` makes it what the debugger stands at, which the menu calls `find_words`. `more` is what can be done with this
    thing alone. `asked` is the number as lessons ask about it.
    """

    name: str
    value: Callable[[], str] | None = None
    picture: Callable[[], QImage] | None = None
    line: str = ""
    code: str = ""
    export: Callable[[QWidget], object] | None = None
    find: Callable[[], object] | None = None
    find_words: str = ""
    more: tuple[tuple[str, Callable[[], object]], ...] = ()
    asked: AskedNumber | None = None


ThingAt = Callable[[QPoint | None], Thing | None]
"""Which thing lies at a point of a widget (of the viewport, if it scrolls); for None which is chosen."""

PlaceOf = Callable[[], QPointF | None]
"""Where what is chosen lies in a widget (in the viewport, if it scrolls); None where it is not in sight."""


@dataclass(frozen=True)
class Desk:
    """Where a deed is done: over which widget, and whose session."""

    session: Session
    widget: QWidget

    def show_debugger(self) -> NamedAction | None:
        """The window's command that shows the debugger; None for a view that stands alone."""
        return cast(NamedAction | None, self.widget.window().findChild(NamedAction, "action.showDebugger"))


@dataclass(frozen=True)
class Deed:
    """One thing that can be done with things; `can` says with which."""

    name: str
    text: str
    tip: str
    icon: str
    shortcut: str
    can: Callable[[Thing], bool]
    do: Callable[[Thing, Desk], object]


def _copy_value(thing: Thing, desk: Desk) -> None:
    assert thing.value is not None
    text = thing.value()
    QGuiApplication.clipboard().setText(text)
    told = text if "\n" not in text and len(text) <= 60 else "all numbers"
    desk.session.say(f"On the clipboard, of {thing.name}: {told}")


def _copy_picture(thing: Thing, desk: Desk) -> None:
    assert thing.picture is not None
    QGuiApplication.clipboard().setImage(thing.picture())
    desk.session.say(f"The picture of {thing.name} is on the clipboard.")


def _copy_line(thing: Thing, desk: Desk) -> None:
    QGuiApplication.clipboard().setText(thing.line)
    desk.session.say(f"On the clipboard: {thing.line}")


def _copy_code(thing: Thing, desk: Desk) -> None:
    QGuiApplication.clipboard().setText(thing.code)
    desk.session.say(f"On the clipboard: code that takes {thing.name} out of the model in PyTorch.")


def _export(thing: Thing, desk: Desk) -> None:
    assert thing.export is not None
    thing.export(desk.widget)


def _find(thing: Thing, desk: Desk) -> None:
    assert thing.find is not None
    thing.find()
    action = desk.show_debugger()
    if action is not None:
        action.trigger()


def _ask_about(thing: Thing, desk: Desk) -> None:
    assert thing.asked is not None
    lesson_asking.ask_about(desk.session, desk.widget, thing.asked)


DEEDS = (
    Deed(
        COPY,
        "Copy value",
        "Put the number under the mouse, or the chosen one, on the clipboard with all its digits.",
        "ph.copy",
        "Ctrl+C",
        lambda thing: thing.value is not None,
        _copy_value,
    ),
    Deed(
        "copyPicture",
        "Copy picture",
        "Put the map or picture under the mouse, or the chosen one, on the clipboard.",
        "ph.image",
        "Ctrl+Alt+I",
        lambda thing: thing.picture is not None,
        _copy_picture,
    ),
    Deed(
        "copyLine",
        "Copy PyTorch line",
        "Put the line of PyTorch that makes it on the clipboard.",
        "ph.code",
        "Ctrl+Alt+P",
        lambda thing: bool(thing.line),
        _copy_line,
    ),
    Deed(
        "copyCode",
        "Copy PyTorch code",
        "Put the code on the clipboard that takes the same numbers out of the model in PyTorch: a hook and a slice.",
        "ph.brackets-curly",
        "Ctrl+Alt+K",
        lambda thing: bool(thing.code),
        _copy_code,
    ),
    Deed(
        "exportThing",
        "Export…",
        "Write it to a file, as a picture or as numbers.",
        "ph.export",
        "Ctrl+Alt+E",
        lambda thing: thing.export is not None,
        _export,
    ),
    Deed(
        FIND,
        "Go to the debugger",
        "Stand at it in the step debugger, where every number explains itself.",
        "ph.bug",
        "Ctrl+Alt+B",
        lambda thing: thing.find is not None,
        _find,
    ),
    Deed(
        "askAboutNumber",
        "Ask about this number…",
        "Ask in a lesson of your own what stands there: it is a question mark until it is answered.",
        "ph.question",
        "Ctrl+Alt+A",
        lambda thing: thing.asked is not None,
        _ask_about,
    ),
)


def is_menu_key(event: QKeyEvent) -> bool:
    """Whether a key asks for the menu of what is chosen."""
    return event.key() == Qt.Key.Key_Menu or event.keyCombination() == SHIFT_F10


def open_menu_within(view: QWidget) -> bool:
    """Open the menu of what is chosen in the first part of `view` that is seen and has something; whether one has."""
    offers = [each for each in view.findChildren(Offer) if each.widget.isVisible()]
    return any(each.open_menu_of_chosen() for each in offers)


def offer(widget: QWidget, session: Session, thing_at: ThingAt, chosen_at: PlaceOf | None = None) -> None:
    """Let the menu and the keys do what can be done with the things of `widget`; `chosen_at` is where they open it."""
    Offer(widget, session, thing_at, chosen_at)


class Offer(QObject):
    """Opens the menu of a widget's things, and remembers where the mouse is in it."""

    def __init__(self, widget: QWidget, session: Session, thing_at: ThingAt, chosen_at: PlaceOf | None) -> None:
        super().__init__(widget)
        self.widget, self.thing_at, self._chosen_at = widget, thing_at, chosen_at
        self.desk = Desk(session, widget)
        self.pointed: QPoint | None = None  # where the mouse is, unless a key was pressed since
        self._menu = QMenu(widget, objectName="thingMenu")
        self._menu.setToolTipsVisible(True)
        self._surface = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        self._surface.setMouseTracking(True)
        for watched in {widget, self._surface}:
            watched.installEventFilter(self)

    def now(self) -> Thing | None:
        """What the mouse is over, or else what is chosen here."""
        found = None if self.pointed is None else self.thing_at(self.pointed)
        return found if found is not None else self.thing_at(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseMove and watched is self._surface:
            self.pointed = cast(QMouseEvent, event).position().toPoint()
        elif kind == QEvent.Type.Leave:
            self.pointed = None
        elif kind == QEvent.Type.ContextMenu:
            return self._open(cast(QContextMenuEvent, event), watched)
        elif kind == QEvent.Type.KeyPress and cast(QKeyEvent, event).key() not in MODIFIERS:
            return self._press(cast(QKeyEvent, event))
        return False

    def _press(self, event: QKeyEvent) -> bool:
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if is_menu_key(event):
            return self.open_menu_of_chosen()
        if is_plain:
            self.pointed = None
        return self._do_deed_of(event)

    def _do_deed_of(self, event: QKeyEvent) -> bool:
        """In a window without the commands their keys do it here: the data are looked at in one of their own."""
        keys = QKeySequence(event.keyCombination())
        deed = next((each for each in DEEDS if QKeySequence(each.shortcut) == keys), None)
        typed = self._typing()
        if deed is None or (typed is not None and typed.cells is not None):  # there the key copies all that are chosen
            return False
        if self.widget.window().findChild(NamedAction, f"action.{deed.name}") is not None:
            return False
        thing = self.now()
        if thing is None or not deed.can(thing):
            return False
        deed.do(thing, self.desk)
        return True

    def _open(self, event: QContextMenuEvent, watched: QObject) -> bool:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            return self.open_menu_of_chosen()
        if watched is not self._surface:
            return False
        return self.open_menu(self.thing_at(event.pos()), event.pos())

    def _typing(self) -> CellTyping | None:
        return self._surface.findChild(CellTyping, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def open_menu_of_chosen(self) -> bool:
        """Open the menu of what is chosen here, at its place; whether there is anything in it."""
        return self.open_menu(self.thing_at(None), None)

    def open_menu(self, thing: Thing | None, place: QPoint | None) -> bool:
        """Open the menu of `thing` there; whether there is anything in it."""
        self._menu.clear()
        typed = self._typing()
        is_typed = typed is not None and typed.add_to_menu(self._menu, place)
        if is_typed:
            self._menu.addSeparator()
        if thing is not None:
            self._add_deeds(thing, is_typed=is_typed)
        if self.widget.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu:
            self._menu.addSeparator()
            self._menu.addActions(self.widget.actions())
        if self._menu.isEmpty():
            return False
        self._menu.setAccessibleName(f"What can be done with {thing.name}" if thing is not None else "What can be done")
        where = self._place_of_chosen(typed) if place is None else place
        self._menu.popup(self._surface.mapToGlobal(where))
        return True

    def _place_of_chosen(self, typed: CellTyping | None) -> QPoint:
        """Where the keys open the menu: at what is chosen, where the view tells and shows it, or else in its middle."""
        if typed is not None and typed.cells is not None:
            return typed.place()
        area, place = self._surface.rect(), None
        if isinstance(self.widget, QAbstractItemView):
            place = self.widget.visualRect(self.widget.currentIndex()).center()
        elif self._chosen_at is not None:
            found = self._chosen_at()
            place = None if found is None else found.toPoint()
        return area.center() if place is None or not area.contains(place) else place

    def _add_deeds(self, thing: Thing, *, is_typed: bool) -> None:
        for deed in filter(lambda each: each.can(thing), DEEDS):
            self._add(deed, thing, has_key=not (is_typed and deed.name == COPY))
        for words, do in thing.more:
            self._menu.addAction(words).triggered.connect(lambda _checked=False, do=do: do())

    def _add(self, deed: Deed, thing: Thing, *, has_key: bool) -> None:
        words = thing.find_words if deed.name == FIND and thing.find_words else deed.text
        action = self._menu.addAction(icon(deed.icon), words)
        action.setObjectName(f"thing.{deed.name}")
        action.setToolTip(f"{deed.text.rstrip('…')}: {thing.name}")
        action.setShortcut(deed.shortcut if has_key else "")  # where cells are chosen the key copies all of them
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # it is only read there: the command has the key
        action.triggered.connect(lambda _checked=False: deed.do(thing, self.desk))


SHIFT_F10 = Qt.KeyboardModifier.ShiftModifier | Qt.Key.Key_F10


Chosen = Callable[[Session], Thing | None]
"""What is chosen in the window as a whole."""


def thing_commands(chosen: Chosen) -> tuple[Command, ...]:
    """The deeds as commands of the window, which act on what the mouse is over or on what is chosen."""
    return tuple(_command(deed, chosen) for deed in DEEDS)


def _command(deed: Deed, chosen: Chosen) -> Command:
    return Command(
        deed.name,
        "Edit",
        deed.text,
        deed.tip,
        lambda shell: do_now(deed, shell, chosen),
        deed.icon,
        deed.shortcut,
        word=f"{deed.text.rstrip('…')}, of what is pointed at",
    )


def do_now(deed: Deed, shell: Shell, chosen: Chosen) -> None:
    """Do `deed` with what the mouse is over, with what is chosen where the keys go, or else with what is `chosen`;
    marked text in a label is copied as it is."""
    focused = QApplication.focusWidget()
    if deed.name == COPY and _copied_marked_text(focused):
        return
    found = [thing for thing in (*_things_now(shell.widget, focused), chosen(shell.session)) if thing is not None]
    fitting = next(filter(deed.can, found), None)
    if fitting is not None:
        deed.do(fitting, Desk(shell.session, shell.widget))
    else:
        shell.session.say(NOT_OF_THIS.format(name=found[0].name) if found else NOTHING)


def _things_now(window: QWidget, focused: QWidget | None) -> Iterable[Thing | None]:
    """What the mouse is over in the visible views, then what is chosen in the view that has the keys."""
    offers = [each for each in window.findChildren(Offer) if each.widget.isVisible()]
    yield from (each.now() for each in offers if each.pointed is not None)
    if focused is not None:
        yield from (each.now() for each in offers if each.widget is focused or each.widget.isAncestorOf(focused))


def _copied_marked_text(focused: QWidget | None) -> bool:
    marked = getattr(focused, "selectedText", None)
    text = marked() if callable(marked) else ""
    if text:
        QGuiApplication.clipboard().setText(str(text))
    return bool(text)
