"""Where the debugger stands and what a step does, in words, in places that never move.

The labels are placed by hand: in a layout every new text would have the whole tab laid out again, 2 ms a step.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.fault_pointer import ElidedPointer
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.rich_label import RichLabel
from explorer.ui.debugger.step_lines import GAP, SPACING, StepLines, row_height

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
    """A sentence after its title, the formula under it, PyTorch's line under that; a bar in the phase's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stepWords")
        self.setAccessibleName("What this step does")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._phase, self._is_low = "", False
        self._told: tuple[object, ...] = ()
        self._heights: dict[str, int] = {}  # pixels of the sentences so far
        self._tallest, self._measured_at = 0, 0  # the largest of them, and the width that all were measured at
        self._most_below, self._placed_at = 0, (0, False)  # pixels of the lines under it so far, and in which room
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
        self.sentence.setText(f"<b>{escape(title)}.</b> {escape(sentence)}")
        self.formula.set_whole(formula)
        self.source.set_whole(source)
        self.setAccessibleDescription(f"{title}. {sentence} {formula}. {source}")
        self._place()
        if phase != self._phase:
            self._phase = phase
            self.update()

    def set_low(self, is_low: bool) -> None:
        """Whether there is room for one row only under the sentence: formula and PyTorch's line then share it."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        lines = 2 if self.width() >= WIDE else 3
        left = BAR + GAP
        own, tallest = self._heights_of_sentences(max(self.width() - left, 0))
        height = max(_line_height() * lines + 2, tallest)
        self.sentence.setGeometry(left, 0, max(self.width() - left, 0), height)
        has_line = self._is_low and height - own >= row_height()  # of a short sentence: the formula stands in it
        top = height - row_height() if has_line else height + SPACING
        below = self.lines.place(left, top, self.width() - left, may_share=self._is_low and not has_line) - height
        self._most_below = max(below, self._most_below if self._placed_at == (self.width(), self._is_low) else 0)
        self._placed_at = self.width(), self._is_low
        self.setFixedHeight(height + self._most_below + SPACING)

    def _heights_of_sentences(self, width: int) -> tuple[int, int]:
        """What this sentence needs, and what the longest so far does: the room grows where it must, and then stays.

        Each is measured once: it takes as long as all else here, and as the cursor moves the same ones come back.
        """
        if not self.isVisible():  # its letters may be others yet
            return self.sentence.heightForWidth(width), 0
        if width != self._measured_at:
            self._heights, self._tallest, self._measured_at = {}, 0, width
        sentence = self.sentence.text()
        if sentence not in self._heights:
            if len(self._heights) >= REMEMBERED:
                self._heights.clear()
            self._heights[sentence] = self.sentence.heightForWidth(width)
            self._tallest = max(self._tallest, self._heights[sentence])
        return self._heights[sentence], self._tallest

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measured_at = 0
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


def _line_height() -> int:
    return QFontMetrics(theme.interface_font()).lineSpacing()
