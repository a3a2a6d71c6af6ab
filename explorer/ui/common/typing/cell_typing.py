"""Typing over the cells of a view: which are chosen, the box over one of them, and what keys and mouse do."""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index
from explorer.session.cell import is_index
from explorer.ui.common.arrow_keys import ARROWS, ENTERING
from explorer.ui.common.box import Box
from explorer.ui.common.inline_editor import STAY, InlineEditor
from explorer.ui.common.text import MINUS
from explorer.ui.common.typed import beyond, written
from explorer.ui.common.typing import clipboard
from explorer.ui.common.typing.block import Block, Step, neighbour, next_in_reading
from explorer.ui.common.typing.overlay import BlockFrame, Sentence
from explorer.ui.common.typing.target import CellView, TypingTarget
from explorer.ui.common.typing.writer import NumberWriter

FIRST_SIGNS = "0123456789.,+-−"
OPENING = (*ENTERING, Qt.Key.Key_F2)
EMPTYING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
FRAMED_AT_MOST = 2_000  # cells; of a larger block its corners are framed
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
PRESSES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)


class CellTyping(QObject):
    """Stands beside a view, hears its mouse and keys first, and leaves to the view what has nothing to do with typing.

    A click chooses a cell, Shift or dragging a block; a double click, Enter, F2 or a first digit opens a box over it.
    """

    def __init__(self, view: CellView, writer: NumberWriter, *, name: str) -> None:
        super().__init__(view.surface)
        self._view, self._writer = view, writer
        self.block: Block | None = None
        self._target: TypingTarget | None = None
        self._pending: list[tuple[Index, np.ndarray]] = []  # typed, and not yet in what the view shows
        self._pressed: Index | None = None  # while the button is down
        self._clicked: Index | None = None  # where it went down last
        self._frame = BlockFrame(view.surface)
        self.editor = InlineEditor(view.surface, in_table=True)
        self.editor.setObjectName(name)
        self._sentence = Sentence(self.editor)
        self.editor.finished.connect(self._commit)
        self.editor.cancelled.connect(self._leave)
        self.editor.refused.connect(self._sentence.show_text)
        self.editor.textEdited.connect(lambda _text: self._sentence.show_text(""))
        view.relaid.connect(self._follow_view)
        view.surface.installEventFilter(self)
        if view.keys is not view.surface:
            view.keys.installEventFilter(self)

    # --- what is chosen ---

    def choose(self, block: Block | None) -> None:
        """Frame `block`; keys and the clipboard mean its cells."""
        self.block = block
        self._show_frame()

    def target(self) -> TypingTarget | None:
        """What can be typed over now, with what was typed and is not shown yet."""
        shown = self._view.typing_target()
        if shown is not self._target and (shown is None or self._target is None or not _is_same(shown, self._target)):
            self._pending.clear()
            self._target = shown
        if shown is None or not self._pending:
            return shown
        values = shown.values.copy()
        for start, numbers in self._pending:
            values[tuple(slice(at, at + size) for at, size in zip(start, numbers.shape, strict=True))] = numbers
        return TypingTarget(shown.name, values)

    def write(self, start: Index, numbers: np.ndarray, *, merge: str | None = None) -> None:
        """Type `numbers`, with as many axes as the target, over its cells from `start` on."""
        target = self.target()
        if target is not None:
            self._pending.append((start, numbers))
            self._writer.write(target.name, start, numbers, merge=merge)

    def write_block(self, numbers: np.ndarray, *, merge: str | None = None) -> None:
        """Type `numbers` (rows, columns) over the chosen block."""
        if self.block is not None and not self.refuses():
            self.write(self.block.start, self.block.shaped(numbers), merge=merge)

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

    # --- the box ---

    def open(self, cell: Index, text: str | None = None) -> None:
        """Let a number be typed over `cell`; `text` is what was typed already."""
        target, rect = self.target(), self._view.rect_of(cell)
        if target is None or rect is None or self.refuses():
            return
        self.choose(Block.of(cell))
        place = ", ".join(map(str, cell))
        self.editor.setAccessibleName(f"{target.name} [{place}]")
        self.editor.open(_box(rect), _text(target.values[cell]) if text is None else text, selected=text is None)
        self.editor.setModified(text is not None)

    @Slot(float)
    def _commit(self, value: float) -> None:
        target, block = self.target(), self.block
        if target is None or block is None:
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
        if number != target.values[block.head]:
            self.write_block(np.full((1, 1), number))
        self._go(going, target)

    def _go(self, step: Step, target: TypingTarget) -> bool:
        """Go on to the next cell; whether there is one."""
        if self.block is None or step == STAY:
            return False
        down, across = step
        cell = self.block.head
        shape = target.values.shape
        found = next_in_reading(cell, across, shape) if across else neighbour(cell, (down, 0), shape)
        if found is not None:
            self.choose(Block.of(found))
        return found is not None

    @Slot()
    def _leave(self) -> None:
        had_focus = self.editor.hasFocus()
        self._close()
        if had_focus:
            self._view.keys.setFocus()

    def _close(self) -> None:
        self._sentence.show_text("")
        self.editor.close_quietly()

    # --- the view ---

    @Slot()
    def _follow_view(self) -> None:
        """What was chosen stays where the same tensor is shown, in whichever size."""
        before, target = self._target, self.target()
        is_same = target is not None and before is not None and target.name == before.name
        if self.block is not None and not (is_same and is_index(self.block.anchor, target.values.shape)):  # type: ignore[union-attr]
            self._close()
            self.block = None
        self._show_frame()

    def _show_frame(self) -> None:
        block = self.block
        if block is None:
            self._frame.show_cells(())
            return
        cells = block.cells() if block.count <= FRAMED_AT_MOST else iter((block.start, block.anchor, block.head))
        rects = [rect for rect in map(self._view.rect_of, (block.head, *cells)) if rect is not None]
        self._frame.show_cells(rects)
        if self.editor.isVisible():
            rect = self._view.rect_of(block.head)
            if rect is not None:
                self.editor.place(_box(rect))
                self.editor.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and watched is self._view.keys:
            return self._claims(cast("QKeyEvent", event))
        if kind in PRESSES and watched is self._view.surface:
            return self._on_mouse(cast("QMouseEvent", event))
        if kind == QEvent.Type.KeyPress and watched is self._view.keys:
            return self._on_key(cast("QKeyEvent", event))
        if kind == QEvent.Type.FocusOut and watched is self._view.keys and not self.editor.isVisible():
            self._frame.hide()
        if kind == QEvent.Type.FocusIn and watched is self._view.keys:
            self._show_frame()
        return False

    # --- the mouse ---

    def _on_mouse(self, event: QMouseEvent) -> bool:
        """Whether the view is not to hear of it."""
        if self._view.typing_target() is None:
            return False
        cell = self._view.cell_under(event.position())
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._pressed = None
        elif event.type() == QEvent.Type.MouseMove:
            self._drag_to(event, cell)
        elif cell is not None and event.button() == Qt.MouseButton.LeftButton:
            if event.type() == QEvent.Type.MouseButtonDblClick:
                # The first click may have brought other cells here.
                return self._double_click(self._clicked or cell)
            is_extending = self.block is not None and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._press(cell, is_extending=is_extending)
            return is_extending
        return False

    def _press(self, cell: Index, *, is_extending: bool) -> None:
        self._pressed = self._clicked = cell
        self._view.keys.setFocus()
        self.choose(self.block.to(cell) if is_extending and self.block is not None else Block.of(cell))

    def _drag_to(self, event: QMouseEvent, cell: Index | None) -> None:
        is_dragging = self._pressed is not None and bool(event.buttons() & Qt.MouseButton.LeftButton)
        if is_dragging and cell is not None and self.block is not None and not self._view.pans:
            self.choose(self.block.to(cell))

    def _double_click(self, cell: Index) -> bool:
        target = self._view.typing_target()
        if target is None or self._writer.refusal(target.name):
            return False  # the view leads to where the number came from
        self.open(cell)
        return True

    # --- the keys ---

    def _claims(self, event: QKeyEvent) -> bool:
        """Whether a key is for the chosen cells, whatever it means elsewhere in the window."""
        if self.block is None or self._view.typing_target() is None:
            return False
        is_plain = event.modifiers() in PLAIN or event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        key = Qt.Key(event.key())
        is_own = key in ARROWS or key in OPENING or key in EMPTYING or key == Qt.Key.Key_Escape
        is_sign = bool(event.text()) and event.text() in FIRST_SIGNS
        if (is_plain and (is_own or is_sign)) or clipboard.action_of(event) is not None:
            event.accept()
            return True
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        """Whether the view is not to hear of it."""
        target, key = self._view.typing_target(), Qt.Key(event.key())
        if target is None:
            return False
        if self.block is not None and (act := clipboard.action_of(event)) is not None:
            act(self)
            return True
        is_shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() not in PLAIN and not is_shifted:
            return False
        if key in ARROWS:
            return self._walk(ARROWS[key], target, is_shifted=is_shifted)
        if self.block is None:
            return key == Qt.Key.Key_F2 and self._enter(target)
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._go((0, 1 if key == Qt.Key.Key_Tab else -1), target)
        if key == Qt.Key.Key_Escape:
            self.choose(None)
        elif key in OPENING:
            self.open(self.block.head)
        elif key in EMPTYING:
            self.write_block(np.zeros(self.block.size))
        elif event.text() and event.text() in FIRST_SIGNS:
            self.open(self.block.head, event.text())
        else:
            return False
        return True

    def _enter(self, target: TypingTarget) -> bool:
        """Choose the first cell, for those who come by the keyboard."""
        first = (0,) * target.values.ndim
        is_shown = self._view.rect_of(first) is not None
        if is_shown:
            self.choose(Block.of(first))
        return is_shown

    def _walk(self, step: Step, target: TypingTarget, *, is_shifted: bool) -> bool:
        if self.block is None:
            return False
        cell = neighbour(self.block.head, step, target.values.shape)
        self.choose(self.block.to(cell) if is_shifted else Block.of(cell))
        return True


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
