"""What a step does, in words: a sentence, the formula and the line of PyTorch, in places that never move."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.widgets.pane import ElidedLabel

BAR, SPACING = 4, 3
WIDE = 640  # pixels from which the longest sentence has room on two lines


class WordsPanel(QWidget):
    """A sentence after its title, the formula under it, PyTorch's line under that; a bar in the phase's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stepWords")
        self.setAccessibleName("What this step does")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._phase = ""
        self.sentence = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.sentence.setObjectName("stepSentence")
        self.sentence.setTextFormat(Qt.TextFormat.RichText)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.formula = _line("stepFormula")
        self.source = _line("stepSource")
        grid = QGridLayout(self)
        grid.setContentsMargins(BAR + 10, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(SPACING)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.sentence, 0, 0, 1, 2)
        for row, (caption, line) in enumerate((("formula", self.formula), ("PyTorch", self.source)), start=1):
            label = QLabel(caption)
            label.setProperty("role", "dim")
            grid.addWidget(label, row, 0)
            grid.addWidget(line, row, 1)
        self._set_lines(2)

    def show_words(self, phase: str, title: str, *, sentence: str, formula: str, source: str) -> None:
        """Say `sentence` after `title`; `phase` gives the bar its colour."""
        self._phase = phase
        self.sentence.setText(f"<b>{escape(title)}.</b> {escape(sentence)}")
        self.formula.set_whole(formula)
        self.source.set_whole(source)
        self.setAccessibleDescription(f"{title}. {sentence} {formula}. {source}")
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_lines(2 if self.width() >= WIDE else 3)

    def _set_lines(self, lines: int) -> None:
        sentence = QFontMetrics(theme.interface_font()).lineSpacing() * lines + 2
        line = QFontMetrics(theme.number_font()).lineSpacing() + 2
        self.sentence.setFixedHeight(sentence)
        self.setFixedHeight(sentence + 2 * (line + SPACING))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
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


def _line(name: str) -> ElidedLabel:
    label = ElidedLabel()
    label.setObjectName(name)
    label.setFont(theme.number_font())
    return label
