"""Typing over the cells of a view: which are chosen, what was typed, and the box over one of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QMenu, QWidget

from explorer.arithmetic.operation import Index
from explorer.session.cell import block_from, is_index
from explorer.ui.common.box import Box
from explorer.ui.common.inline_editor import InlineEditor
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import MINUS
from explorer.ui.common.typed import beyond, written
from explorer.ui.common.typing import clipboard, keys
from explorer.ui.common.typing.cell_range import CellRange
from explorer.ui.common.typing.menu import add_actions, open_menu
from explorer.ui.common.typing.mouse import CellMouse
from explorer.ui.common.typing.overlay import RangeFrame, Sentence
from explorer.ui.common.typing.scale_keys import ScaleKeys
from explorer.ui.common.typing.target import CellView, TypingTarget
from explorer.ui.common.typing.writer import NumberWriter

FRAMED_AT_MOST = 2_000  # cells; of a larger range its corners are framed


class CellTyping(QObject):
    """Stands beside a view, hears its mouse and keys first, and leaves to the view what has nothing to do with typing.

    A click chooses a cell, Shift or dragging a range; a double click, Enter, F2 or a first digit opens a box over it,
    dragging with Ctrl scales it. `double_clicked` tells that the box was opened by the mouse.
    """

    double_clicked = Signal()

    def __init__(self, view: CellView, writer: NumberWriter, *, name: str) -> None:
        super().__init__(view.surface)
        self._view, self._writer = view, writer
        self.cells: CellRange | None = None
        self._target: TypingTarget | None = None
        self._typed: np.ndarray | None = None  # all values, with those that were typed and are not yet shown
        self._frame = RangeFrame(view.surface)
        self._mouse = CellMouse(self, view, writer)
        self._scale_keys = ScaleKeys(writer)
        self.goes_on = False
        self.editor = InlineEditor(view.surface, in_table=True)
        self.editor.setObjectName(name)
        self._sentence = Sentence(self.editor)
        self.editor.finished.connect(self._commit)
        self.editor.cancelled.connect(self._leave)
        self.editor.pasted.connect(self._paste)
        self.editor.refused.connect(self._sentence.show_text)
        self.editor.textEdited.connect(lambda _text: self._sentence.show_text(""))
        view.relaid.connect(self._follow_view)
        view.surface.installEventFilter(self)
        if view.keys is not view.surface:
            view.keys.installEventFilter(self)

    # --- what is chosen ---

    @property
    def surface(self) -> QWidget:
        """Where the cells are seen."""
        return self._view.surface

    def choose(self, cells: CellRange | None) -> None:
        """Frame the range; keys and the clipboard mean its cells."""
        self.cells = cells
        self._show_frame()
        self._tell()

    def _tell(self) -> None:
        """The number that the keys mean, or how many of them."""
        target, cells = self.target(), self.cells
        if target is None or cells is None or not is_index(cells.head, target.values.shape):
            return
        rows, columns = cells.size
        value = _text(target.values[cells.head]) or "no number yet"
        block = f"{rows} × {columns} cells chosen, to " if cells.count > 1 else ""
        tell(self._view.keys, f"{block}{target.called(cells.head)}: {value}")

    def target(self) -> TypingTarget | None:
        """What can be typed over now, with what was typed and is not shown yet."""
        shown = self._view.typing_target()
        if shown is not self._target and (shown is None or self._target is None or not _is_same(shown, self._target)):
            self._typed = None
            self._target = shown
        return shown if shown is None or self._typed is None else replace(shown, values=self._typed)

    def write(self, start: Index, numbers: np.ndarray, *, merge: str | None = None) -> None:
        """Type `numbers`, with as many axes as the target, over its cells from `start` on."""
        target = self.target()
        if target is not None:
            if self._typed is None:
                self._typed = target.values.copy()
            self._typed[block_from(start, numbers.shape)] = numbers
            self._writer.write(target.name, *target.as_kept(start, numbers), merge=merge)

    def write_chosen(self, numbers: np.ndarray, *, merge: str | None = None) -> None:
        """Type `numbers` (rows, columns) over the chosen range."""
        if self.cells is not None and not self.refuses():
            self.write(self.cells.start, self.cells.shaped(numbers), merge=merge)

    def scale(self, presses: int) -> None:
        """Make the chosen numbers larger, or with less than 0 smaller; presses in a row are one entry of undo."""
        target = self.target()
        if target is not None and self.cells is not None and not self.refuses():
            numbers, merge = self._scale_keys.pressed(presses, target, self.cells)
            self.write_chosen(numbers, merge=merge)

    def say(self, sentence: str) -> None:
        """Tell the person something."""
        self._writer.say(sentence)

    def refuses(self) -> bool:
        """Whether what is shown cannot be typed over; the person is told why."""
        target = self._view.typing_target()
        refusal = "" if target is None else self._writer.refusal(target.name)
        if refusal:
            self._writer.say(refusal)
        return target is None or bool(refusal)

    def add_to_menu(self, menu: QMenu, point: QPoint | None) -> bool:
        """Add what can be done with the chosen cells, or with the one at a point of the surface; whether there is any.

        For a view that opens the menu itself.
        """
        is_there = self._view.typing_target() is not None and self._mouse.choose_at(point)
        if is_there:
            add_actions(menu, self, self._view.surface)
        return is_there

    def open_menu(self) -> None:
        """The menu of the chosen cells, at the one that moves."""
        open_menu(self, self.surface, self.surface.mapToGlobal(self.place()))

    def place(self) -> QPoint:
        """Where the chosen cells are seen on the surface; its middle where none are."""
        rect = None if self.cells is None else self._view.rect_of(self.cells.head)
        seen = QRectF(self.surface.rect())
        return (seen.center() if rect is None or not seen.intersects(rect) else rect.center()).toPoint()

    def standing(self) -> CellRange | None:
        """The cell that the keys begin at: the one that the view stands at, or else the first."""
        target, cell = self.target(), self._view.standing()
        if target is None:
            return None
        is_there = cell is not None and is_index(cell, target.values.shape)
        return CellRange.of(cell if cell is not None and is_there else (0,) * target.values.ndim)

    # --- the box ---

    def open(self, cell: Index, text: str | None = None) -> None:
        """Let a number be typed over `cell`; `text` is what was typed already."""
        target, rect = self.target(), self._view.rect_of(cell)
        if target is None or rect is None or not is_index(cell, target.values.shape) or self.refuses():
            return
        self.choose(CellRange.of(cell))
        self.editor.setAccessibleName(target.called(cell))
        self.editor.open(_box(rect), _text(target.values[cell]) if text is None else text, selected=text is None)
        self.editor.setModified(text is not None)
        self.editor.setToolTip(f"{target.called(cell)}\n{self.editor.toolTip()}")

    @Slot(float)
    def _commit(self, value: float) -> None:
        target, cells = self.target(), self.cells
        if target is None or cells is None:
            self._leave()
            return
        fault = beyond(value, target.values.dtype)
        if fault:
            self.editor.refuse(fault)
            return
        going, had_focus = self.editor.going, self.editor.hasFocus()
        self._close()
        if had_focus:
            self._view.keys.setFocus()
        number = target.values.dtype.type(value)
        if number != target.values[cells.head]:
            self.write_chosen(np.full((1, 1), number))
        keys.go(self, going, target)

    @Slot()
    def _leave(self) -> None:
        had_focus = self.editor.hasFocus()
        self._close()
        if had_focus:
            self._view.keys.setFocus()

    @Slot()
    def _paste(self) -> None:
        """A block goes over the cells from this one on, not into the box."""
        self._leave()
        clipboard.paste(self)

    def _close(self) -> None:
        self._sentence.show_text("")
        self.editor.close_quietly()

    # --- the view ---

    @Slot()
    def _follow_view(self) -> None:
        """What was chosen stays where the same tensor is shown, in whichever size."""
        before, target = self._target, self.target()
        is_same = target is not None and before is not None and target.name == before.name
        if self.cells is not None and not (is_same and is_index(self.cells.anchor, target.values.shape)):  # type: ignore[union-attr]
            self._close()
            self.cells = None
        self._show_frame()

    def _show_frame(self) -> None:
        cells = self.cells
        if cells is None:
            self._frame.show_cells(())
            return
        framed = cells.each() if cells.count <= FRAMED_AT_MOST else iter((cells.start, cells.anchor, cells.head))
        rects = [rect for rect in map(self._view.rect_of, (cells.head, *framed)) if rect is not None]
        self._frame.show_cells(rects)
        if self.editor.isVisible():
            rect = self._view.rect_of(cells.head)
            if rect is not None:
                self.editor.place(_box(rect))
                self.editor.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._view.typing_target() is not None:
            if watched is self._view.surface and self._mouse.hears(event):
                return True
            if watched is self._view.keys and keys.hears(self, event):
                return True
        if watched is self._view.keys and isinstance(event, QFocusEvent):
            self._show_focus(event)
        return False

    def _show_focus(self, event: QFocusEvent) -> None:
        """What is chosen is framed where the keys mean it; a menu gives them back."""
        if event.gotFocus():
            self.goes_on = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
            self._show_frame()
        elif not self.editor.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._frame.hide()


def _is_same(one: TypingTarget, other: TypingTarget) -> bool:
    return one.name == other.name and one.values is other.values


def _text(value: np.generic) -> str:
    """A number as it is typed again; nothing where there is none, or none that stands for all."""
    return written(float(str(value))).replace("-", MINUS) if np.isfinite(value) else ""


def _box(rect: QRectF) -> Box:
    return Box(rect.x(), rect.y(), rect.width(), rect.height())


def typing_of(widget: QWidget | None) -> CellTyping | None:
    """What types over the cells of the widget that has the focus, if anything does."""
    while widget is not None:
        found = widget.findChild(CellTyping, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if found is not None:
            return found
        widget = widget.parentWidget()
    return None
