"""The parameters of a call, each with its norm and a histogram of its numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from explorer.session.parameter import BINS, Parameter
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.text import count, number, plural, shape_text

LINE, BARS, GAP = 18, 34, 4  # pixels of height: words, histogram, between the two
MOST_SHOWN = 12
KEPT = ("running_", "num_batches")  # buffers of a batch norm


class ParameterList(QWidget):
    """One above the other, as the call was given them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(8)
        self.histograms: list[Histogram] = []

    def show_parameters(self, parameters: tuple[Parameter, ...]) -> None:
        """Show `parameters`, what is learned before what is only kept; the first ones of very many."""
        shown = sorted(parameters, key=lambda each: each.own_name.startswith(KEPT))[:MOST_SHOWN]
        while len(self.histograms) < len(shown):
            made = Histogram(self)
            self.histograms.append(made)
            self._column.addWidget(made)
        for at, histogram in enumerate(self.histograms):
            histogram.setVisible(at < len(shown))
            if at < len(shown):
                histogram.show_parameter(shown[at])
        self.setVisible(bool(shown))


class Histogram(QWidget):
    """Name and norm, below them how many numbers lie where between the smallest and the largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parameter: Parameter | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(160, LINE + GAP + BARS + LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def show_parameter(self, parameter: Parameter) -> None:
        self._parameter = parameter
        low, high = parameter.ends
        told = (
            f"{parameter.name}, {shape_text(parameter.values.shape)}: {plural(parameter.values.size, 'number')} from "
            f"{number(low, 5)} to {number(high, 5)}, norm {number(parameter.norm, 5)}"
        )
        self.setToolTip(told)
        self.setAccessibleName(told)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._parameter is None:
            return
        painter, colours = QPainter(self), theme.current()
        norm = f"norm {number(self._parameter.norm)}"
        top, right = QRectF(0, 0, self.width(), LINE), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.font())
        painter.setPen(QColor(colours.text))
        painter.drawText(top, right, norm)
        painter.setPen(QColor(colours.dim))
        metrics = painter.fontMetrics()
        room = max(self.width() - metrics.horizontalAdvance(norm) - 8, 0)
        painter.drawText(top, left, elided(self._parameter.own_name, metrics, room))
        self._paint_bars(painter, QRectF(0, LINE + GAP, self.width(), BARS), self._parameter)
        self._paint_ends(painter, QRectF(0, LINE + GAP + BARS, self.width(), LINE), self._parameter)

    def _paint_bars(self, painter: QPainter, area: QRectF, parameter: Parameter) -> None:
        """A bar for each part, in the colour of its sign; the longest is as high as there is room."""
        colours, counts, (low, high) = theme.current(), parameter.histogram, parameter.ends
        step, most = area.width() / max(len(counts), BINS), max(int(counts.max()), 1)
        left = area.left() if len(counts) > 1 else area.center().x() - step / 2  # all are alike
        painter.setPen(Qt.PenStyle.NoPen)
        for at, amount in enumerate(counts.tolist()):
            height = area.height() * amount / most
            height = max(height, 1.0) if amount else 0.0
            middle = low + (high - low) * (at + 0.5) / len(counts)
            painter.setBrush(QColor(colours.of_sign(middle)))
            painter.drawRect(QRectF(left + at * step, area.bottom() - height, max(step - 0.5, 0.5), height))
        painter.setBrush(QColor(colours.border))
        painter.drawRect(QRectF(area.left(), area.bottom() - 0.5, area.width(), 1))
        if low < 0 < high:
            zero = area.left() + area.width() * -low / (high - low)
            painter.setBrush(QColor(colours.dim))
            painter.drawRect(QRectF(zero - 0.5, area.top(), 1, area.height()))

    def _paint_ends(self, painter: QPainter, area: QRectF, parameter: Parameter) -> None:
        low, high = parameter.ends
        painter.setFont(theme.number_font(11))
        painter.setPen(QColor(theme.current().dim))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, number(low))
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self._amount(parameter))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number(high))

    @staticmethod
    def _amount(parameter: Parameter) -> str:
        return f"{count(parameter.values.size)} numbers" if parameter.values.size > 1 else "one number"
