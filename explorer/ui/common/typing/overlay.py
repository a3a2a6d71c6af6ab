"""What lies over a view while numbers are typed: the frame of the chosen range, and the sentence about a wrong text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QLabel, QWidget

from explorer.ui.common import theme

WIDTH = 2
TINT_ALPHA = 46
WIDEST = 280
SMALLEST = 6.0


class RangeFrame(QWidget):
    """A frame around cells and a tint over all but the first one; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._first = QRectF()
        self._region = QRegion()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def show_cells(self, cells: Sequence[QRectF]) -> None:
        """Frame the rectangles of `cells`, in pixels of the parent; none takes the frame away."""
        self.setVisible(bool(cells))
        if not cells:
            return
        self._first = _seen(cells[0])
        self._region = QRegion()
        for cell in cells:
            self._region += _seen(cell).toAlignedRect()
        self.setGeometry(self._region.boundingRect().adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH))
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.translate(-self.pos())
        accent = QColor(theme.current().accent)
        tint = QColor(accent)
        tint.setAlpha(TINT_ALPHA)
        painter.setClipRegion(self._region - QRegion(self._first.toAlignedRect()))
        painter.fillRect(self._region.boundingRect(), tint)
        painter.setClipping(False)
        for colour, width in ((QColor(theme.current().pane), WIDTH + 2), (accent, WIDTH)):
            pen = QPen(colour, width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(QRectF(self._region.boundingRect()).adjusted(0, 0, -1, -1))


def _seen(cell: QRectF) -> QRectF:
    """A cell that is large enough to be seen."""
    wide, high = max(0.0, (SMALLEST - cell.width()) / 2), max(0.0, (SMALLEST - cell.height()) / 2)
    return cell.adjusted(-wide, -high, wide, high)


class Sentence(QLabel):
    """A sentence under what it is about, in the window, so that a small view does not cut it."""

    def __init__(self, about: QWidget) -> None:
        super().__init__(about.window(), wordWrap=True)
        self._about = about
        self.setObjectName("typedSentence")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_text(self, text: str) -> None:
        """Say `text`; "" goes away."""
        self.setText(text)
        self.setVisible(bool(text))
        if not text:
            return
        window = self._about.window()
        self.setParent(window)
        self._colour()
        self.setFixedWidth(min(WIDEST, window.width()))
        self.adjustSize()
        below = self._about.mapTo(window, QPoint(0, self._about.height() + 2))
        top = (
            below.y()
            if below.y() + self.height() <= window.height()
            else below.y() - 4 - self._about.height() - self.height()
        )
        self.move(max(0, min(below.x(), window.width() - self.width())), max(0, top))
        self.show()
        self.raise_()

    def _colour(self) -> None:
        """In the colours of now: it is gone with the next key."""
        colours = theme.current()
        self.setStyleSheet(
            f"QLabel {{ background: {colours.pane}; color: {colours.error}; border: 1px solid {colours.error};"
            " border-radius: 4px; padding: 4px 6px; }"
        )
