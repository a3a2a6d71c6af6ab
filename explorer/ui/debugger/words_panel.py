"""Where the debugger stands and what a step does, in words, in places that never move.

The labels are placed by hand: in a layout every new text would have the whole tab laid out again, 2 ms a step.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.fault_pointer import ElidedPointer
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.rich_label import RichLabel
from explorer.ui.debugger.step_lines import GAP, SPACING, StepLines, row_height
from explorer.ui.debugger.words import StepWords

BAR = 4
WIDE = 640  # pixels from which the longest sentence has room on two lines
REMEMBERED = 512  # sentences whose heights are known


class HeaderLine(QWidget):
    """A title at the left, cut short where there is no room, and dim facts at the right.

    Between them stands a warning where there is one: in a line of its own it would push everything below down.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel(parent=self)
        self.title.setObjectName("stepTitle")
        self.title.setProperty("role", "title")
        self.notice = ElidedPointer(parent=self)
        self.notice.setObjectName("stepNotice")
        self.notice.setProperty("role", "warning")
        self.facts = QLabel(self)
        self.facts.setObjectName("stepFacts")
        self.facts.setProperty("role", "dim")
        self.setFixedHeight(_line_height() + 2)

    def show_words(self, title: str, facts: str) -> None:
        """Show both."""
        self.title.set_whole(title)
        self.facts.setText(facts)
        self._place()

    def show_notice(self, notice: str) -> None:
        """Show a warning; "" takes it away."""
        self.notice.set_whole(notice)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    def _place(self) -> None:
        facts = min(self.facts.sizeHint().width(), self.width() // 2)
        self.facts.setGeometry(self.width() - facts, 0, facts, self.height())
        room = max(self.width() - facts - GAP, 0)
        self.notice.setVisible(bool(self.notice.whole()))
        if self.notice.whole():
            self.title.ensurePolished()  # its bold letters are wider
            title = min(self.title.fontMetrics().horizontalAdvance(self.title.whole()) + 1, room // 2)
            self.notice.setGeometry(title + GAP, 0, max(room - title - GAP, 0), self.height())
            room = title
        self.title.setGeometry(0, 0, room, self.height())


class WordsPanel(QWidget):
    """A sentence after its title, the formula under it, PyTorch's line under that; a bar in the phase's colour.

    They follow each other without a gap; what room is left stays free below, so that nothing under them ever moves.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stepWords")
        self.setAccessibleName("What this step does")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._phase, self._is_low = "", False
        self._told: tuple[object, ...] = ()
        self._longest: tuple[StepWords, ...] = ()
        self._heights: dict[str, int] = {}  # pixels of the sentences so far
        self._most, self._measured_at = 0, (0, False)  # pixels of all words so far, and the room they were measured in
        top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        self.sentence = RichLabel(self, wordWrap=True, alignment=top_left)
        self.sentence.setObjectName("stepSentence")
        self.lines = StepLines(self)
        self.formula, self.source = self.lines.formula, self.lines.source
        self._place()

    def show_words(self, phase: str, title: str, *, sentence: str, formula: str, source: str) -> None:
        """Say `sentence` after `title`; `phase` gives the bar its colour."""
        words = (phase, title, sentence, formula, source, self.isVisible())  # its height is found once it is seen
        if words == self._told:  # from cell to cell they stay, and measuring them takes long
            return
        self._told = words
        self.sentence.setText(_titled(title, sentence))
        self.formula.set_whole(formula)
        self.source.set_whole(source)
        self.setAccessibleDescription(f"{title}. {sentence} {formula}. {source}")
        self._place()
        if phase != self._phase:
            self._phase = phase
            self.update()

    def keep_room_for(self, longest: tuple[StepWords, ...]) -> None:
        """Be as high from now on as the longest of the words that are to be shown ask for."""
        self._longest, self._measured_at = longest, (0, False)
        self._place()

    def set_low(self, is_low: bool) -> None:
        """Whether there is room for one row only under a long sentence: formula and PyTorch's line then share it."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()  # its letters may have been others

    def _place(self) -> None:
        left = BAR + GAP
        room = max(self.width() - left, 0)
        if self.isVisible() and self._measured_at != (self.width(), self._is_low):
            self._measured_at = self.width(), self._is_low
            self._heights = {}
            self._most = max((self._needed(words, room) for words in self._longest), default=0)
        own = self._height_of(self.sentence.text(), room)
        self.sentence.setGeometry(left, 0, room, own)
        end = self.lines.place(left, own + SPACING, room, may_share=self._shares(own))
        self._most = max(self._most, self._usual(), end) if self.isVisible() else max(self._usual(), end)
        self.setFixedHeight(self._most + SPACING)

    def _needed(self, words: StepWords, room: int) -> int:
        own = self._height_of(_titled(words.title, words.sentence), room)
        below = self.lines.height_of(words.formula, words.source, room, may_share=self._shares(own))
        return own + SPACING + below

    def _usual(self) -> int:
        """A sentence of two rows, in a narrow room of three, the formula, and PyTorch's line where there is room."""
        sentence = _line_height() * (2 if self.width() >= WIDE else 3) + 2
        return sentence + (row_height() + SPACING) * (1 if self._is_low else 2)

    def _shares(self, sentence: int) -> bool:
        """Whether formula and PyTorch's line have to share a row under a sentence of so many pixels."""
        return self._is_low and sentence + (row_height() + SPACING) * 2 > self._usual()

    def _height_of(self, sentence: str, room: int) -> int:
        """Pixels of a sentence. Each is measured once: it takes as long as all else here, and they come back."""
        if sentence not in self._heights:
            if len(self._heights) >= REMEMBERED:
                self._heights.clear()
            shown = self.sentence.text()
            if sentence != shown:
                self.sentence.setText(sentence)
            self._heights[sentence] = self.sentence.heightForWidth(room)
            if sentence != shown:
                self.sentence.setText(shown)
        return self._heights[sentence]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measured_at = 0, False
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = theme.current().phases.get(self._phase)
        if colour is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(0, 1, BAR, self.height() - 2), 2, 2)


def _titled(title: str, sentence: str) -> str:
    return f"<b>{escape(title)}.</b> {escape(sentence)}"


def _line_height() -> int:
    return QFontMetrics(theme.interface_font()).lineSpacing()
