"""Where the text of a network is written: completion while typing, and marks where something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QMimeData, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from explorer.network.completing import Completion, completions
from explorer.network.draft import Place, Rewriting
from explorer.network.notation import LONGEST_TEXT
from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.text import count
from explorer.ui.new_network.completion_list import CompletionList
from explorer.ui.new_network.highlighting import Highlighting

FONT_PIXELS = 13
MOST_MARKS = 50
ACCEPTING = (*ENTERING, Qt.Key.Key_Tab)
MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class NotationEditor(QPlainTextEdit):
    """Plain text of bounded length. `refused` tells in a sentence why something was not taken.

    Tab and Enter take the marked completion, Escape closes the list and nothing else; without a list Tab goes on to
    the next control. Ctrl+Space asks for the list.
    """

    refused = Signal(str)

    def __init__(self, over: QWidget) -> None:
        """`over` is what the list of completions may cover."""
        super().__init__(over)
        self.setObjectName("newNetworkText")
        self.setAccessibleName("The network in text notation")
        self.setPlaceholderText("3x32x32 conv(12, 5, padding=2) relu maxpool(2) flatten linear(10)")
        self.setTabChangesFocus(True)
        self.setFont(theme.number_font(FONT_PIXELS))
        self._over = over
        self._names: Mapping[str, str] = {}
        self._begin = 0
        self._marks: tuple[tuple[Place, str], ...] = ()
        self._highlighting = Highlighting(self.document())
        self.completion_list = CompletionList(over)
        self.completion_list.picked.connect(self._accept)
        self.cursorPositionChanged.connect(self._close_where_the_word_is_left)
        self.verticalScrollBar().valueChanged.connect(self.completion_list.hide)

    # --- the text ---

    def text(self) -> str:
        """What stands there, as `Network.parse` reads it."""
        return self.toPlainText()

    def replace_text(self, text: str) -> None:
        """Put `text` in the place of all; undo takes it back."""
        self.rewrite(Rewriting(0, len(self.text()), text))
        self.verticalScrollBar().setValue(0)  # read from its beginning, gone on with at its end

    def rewrite(self, rewriting: Rewriting) -> None:
        """Change a part of the text, as one step of undo."""
        cursor = self._cursor_over((rewriting.begin, rewriting.end))
        cursor.insertText(rewriting.text)
        self.setTextCursor(cursor)

    def insert_completion(self, completion: Completion) -> None:
        """Write it where the cursor is, apart from what stands there."""
        cursor = self.textCursor()
        cursor.setPosition(max(cursor.position(), cursor.anchor()))
        before = self.text()[: cursor.position()]
        gap = "" if not before or before[-1].isspace() or before[-1] in "(=" else " "
        cursor.insertText(gap)
        self._begin = cursor.position()
        self.setTextCursor(cursor)
        self._accept(completion)

    def show_place(self, place: Place) -> None:
        """Select a stretch of the text, and give the editor the focus."""
        self.setTextCursor(self._cursor_over(place))
        self.ensureCursorVisible()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cursor_over(self, place: Place) -> QTextCursor:
        cursor, text = self.textCursor(), self.text()
        begin, end = (_in_units(text, each) for each in place)
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    @property
    def position(self) -> int:
        """How many letters stand before the cursor."""
        return _in_letters(self.text(), self.textCursor().position())

    # --- what is known of it ---

    def show_names(self, names: Mapping[str, str]) -> None:
        """Names of layers that may be written here, each with what it gives."""
        self._names = names

    def show_marks(self, marks: Iterable[tuple[Place, str]]) -> None:
        """Underline stretches of the text in colours of the theme: "error" or "warning"."""
        self._marks = tuple(marks)[:MOST_MARKS]
        self._draw_marks()

    @property
    def marks(self) -> tuple[tuple[Place, str], ...]:
        """What is underlined."""
        return self._marks

    def _draw_marks(self) -> None:
        selections = []
        for place, role in self._marks:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self._cursor_over(place)
            selection.format = _underlined(getattr(theme.current(), role))
            selections.append(selection)
        self.setExtraSelections(selections)

    # --- completion ---

    def complete(self, *, is_asked: bool = False) -> None:
        """Offer what can stand here; unless it `is_asked` for only where a word is begun and not yet whole."""
        text, position = self.text(), self.position
        offered = completions(text, position, self._names)
        word = text[offered.begin : position]
        is_whole = any(each.word == word for each in offered.found)
        if not offered.found or (not is_asked and (not word or is_whole)):
            self.completion_list.hide()
            return
        self._begin = offered.begin
        self.completion_list.offer(offered.found, self._place_on(self._over))

    def _place_on(self, other: QWidget) -> QRect:
        """Where the cursor stands, in the pixels of `other`."""
        place = self.cursorRect()
        place.moveTopLeft(self.viewport().mapTo(other, place.topLeft()))
        return place

    @Slot(object)
    def _accept(self, completion: Completion) -> None:
        self.completion_list.hide()
        cursor = self._cursor_over((self._begin, self.position))
        cursor.insertText(completion.text)
        if completion.chosen is not None:
            first, last = (cursor.position() - len(completion.text) + at for at in completion.chosen)
            cursor.setPosition(first)
            cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _close_where_the_word_is_left(self) -> None:
        if self.completion_list.isVisible() and self.position < self._begin:
            self.completion_list.hide()

    # --- Qt's events ---

    def event(self, event: QEvent) -> bool:
        """Tab goes on to the next control before a text ever sees it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        key, shown = Qt.Key(event.key()), self.completion_list
        if key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.complete(is_asked=True)
            return True
        if not shown.isVisible() or event.modifiers():
            return False
        if key in MOVES:
            shown.move_by(MOVES[key])
        elif key in ACCEPTING and shown.current is not None:
            self._accept(shown.current)
        elif key == Qt.Key.Key_Escape:
            shown.hide()
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.text().strip() or event.key() == Qt.Key.Key_Backspace:
            self.complete()
        elif event.text():
            self.completion_list.hide()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.completion_list.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._highlighting.rehighlight()
            self._draw_marks()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """What is pasted or dropped, unless the text would be longer than a network's may be."""
        letters = len(source.text()) + len(self.text()) - len(self.textCursor().selectedText())
        if letters > LONGEST_TEXT:
            self.refused.emit(
                f"The text would have {count(letters)} letters; a network may have at most {count(LONGEST_TEXT)}. "
                "Nothing was put in."
            )
            return
        super().insertFromMimeData(source)


def _in_units(text: str, letters: int) -> int:
    """Qt counts UTF-16 units, of which a letter beyond the first 65,536 takes two."""
    return letters if text.isascii() else letters + sum(letter > "\uffff" for letter in text[:letters])


def _in_letters(text: str, units: int) -> int:
    if text.isascii():
        return units
    letters = 0
    for letter in text:
        units -= 2 if letter > "\uffff" else 1
        if units < 0:
            break
        letters += 1
    return letters


def _underlined(colour: str) -> QTextCharFormat:
    format_ = QTextCharFormat()
    format_.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    format_.setUnderlineColor(QColor(colour))
    return format_
