"""The steps of a training step as a bar in the colours of its phases, with a cursor that can be dragged along."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.dragging import NOTCH, turned
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import count
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.debugger.timeline_layout import BarLayout, Piece, label_places, lay_out, runs_of

MARK, BAR, NAMES = 6, 15, 16  # heights, from the top
LABEL_PIXELS = 11
PALE_SHARE = 0.32  # how much of a phase's colour is left where the cursor has not been
LEAST_CURSOR = 5.0


class TimelineBar(TipsOfPlaces, QWidget):
    """Emits `chosen` with the step that was clicked, dragged to, or reached with the keys or the wheel.

    Left and Right go one step, Page Up and Page Down one phase, Home and End to the ends.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline of the training step")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._labels: tuple[str, ...] = ()
        self._phases: tuple[str, ...] = ()
        self._marks: Mapping[int, str] = {}
        self._layout = BarLayout(0, (), ())
        self._index = 0
        self._under: int | None = None
        self._turned = 0

    def sizeHint(self) -> QSize:
        return QSize(400, MARK + BAR + NAMES)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, MARK + BAR + NAMES)

    # --- what it shows ---

    def set_steps(self, steps: tuple[tuple[str, str], ...]) -> None:
        """Show `steps`: the phase of each ("forward") and the words of its tip."""
        self._phases = tuple(phase for phase, _ in steps)
        self._labels = tuple(label for _, label in steps)
        self._marks = {}
        self._lay_out()
        self.set_cursor(min(self._index, max(len(steps) - 1, 0)))

    def set_cursor(self, index: int) -> None:
        """Put the cursor on the step `index`."""
        self._index = index
        if self._labels:
            place = f"step {count(index + 1)} of {count(len(self._labels))}"
            tell(self, f"{place}: {self._labels[index]}")
        self.update()

    def set_marks(self, marks: Mapping[int, str]) -> None:
        """Mark steps with a flag above them; a sentence for each says why."""
        self._marks = dict(marks)
        self.update()

    @property
    def index(self) -> int:
        """The step that the cursor is on."""
        return self._index

    def piece_rect(self, index: int) -> QRectF:
        """Where the step `index` lies on the widget; with many steps its neighbours lie there too."""
        piece = self._layout.pieces[self._layout.piece_of(index)]
        return QRectF(piece.left, MARK, piece.right - piece.left, BAR)

    def tip(self, index: int) -> str:
        """What is said of the step `index` when the mouse rests on it."""
        words = f"{count(index + 1)} · {self._labels[index]}"
        return f"{words}\n{self._marks[index]}" if index in self._marks else words

    def names(self) -> tuple[tuple[str, QRectF], ...]:
        """The phases' names under the bar, and where they stand."""
        metrics = QFontMetricsF(theme.interface_font(LABEL_PIXELS))
        places = label_places(self._layout, metrics.horizontalAdvance)
        top = float(MARK + BAR + 1)
        return tuple((name, QRectF(left, top, metrics.horizontalAdvance(name) + 1, NAMES - 1)) for name, left in places)

    # --- mouse and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_at(event.position())
        self._set_under(self._layout.step_at(event.position().x()) if self._labels else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_under(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._turned += turned(event)
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        if notches:
            self._choose(self._index - notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = {
            Qt.Key.Key_Left: self._index - 1,
            Qt.Key.Key_Right: self._index + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._labels) - 1,
            Qt.Key.Key_PageUp: self._phase_start(-1),
            Qt.Key.Key_PageDown: self._phase_start(1),
        }.get(Qt.Key(event.key()))
        if target is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        self._choose(target)

    def explained_at(self, point: QPoint) -> Tipped | None:
        if not self._labels:
            return None
        index = self._layout.step_at(point.x())
        return self.tip(index), self.piece_rect(index)

    def _phase_start(self, direction: int) -> int:
        firsts = [run.first for run in self._layout.runs]
        if direction > 0:
            return next((first for first in firsts if first > self._index), len(self._labels) - 1)
        return next((first for first in reversed(firsts) if first < self._index), 0)

    def _choose_at(self, place: QPointF) -> None:
        if self._labels:
            self._choose(self._layout.step_at(place.x()))

    def _choose(self, index: int) -> None:
        index = min(max(index, 0), len(self._labels) - 1)
        if self._labels and index != self._index:
            self.chosen.emit(index)

    def _set_under(self, index: int | None) -> None:
        if index != self._under:
            self._under = index
            self.update()

    # --- painting ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def _lay_out(self) -> None:
        self._layout = lay_out(runs_of(self._phases), float(self.width()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._layout.pieces:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_cells(painter)
        self._paint_cursor(painter)
        self._paint_marks(painter)
        self._paint_names(painter)

    def _paint_cells(self, painter: QPainter) -> None:
        phases, pane = theme.current().phases, QColor(theme.current().pane)
        full = {phase: QColor(phases[phase]) for phase in {run.phase for run in self._layout.runs}}
        pale = {phase: _mixed(colour, pane, PALE_SHARE) for phase, colour in full.items()}
        under = None if self._under is None else self._layout.piece_of(self._under)
        for place, piece in enumerate(self._layout.pieces):
            is_behind = piece.last <= self._index
            colour = (full if is_behind else pale)[piece.phase]
            painter.setBrush(_mixed(full[piece.phase], colour, 0.5) if place == under and not is_behind else colour)
            _paint_piece(painter, piece.left, piece.right)

    def _paint_cursor(self, painter: QPainter) -> None:
        piece = self._layout.pieces[self._layout.piece_of(self._index)]
        left, right = _cursor_edges(piece, self._index, float(self.width()))
        painter.setBrush(QColor(theme.current().accent if self.hasFocus() else theme.current().text))
        painter.drawRoundedRect(QRectF(left, MARK - 1, right - left, BAR + 2), 3, 3)
        if self.hasFocus():  # the cursor stays dark; its rim shows that it has the keyboard
            painter.setBrush(QColor(theme.current().text))
            painter.drawRoundedRect(QRectF(left + 1.5, MARK + 0.5, max(right - left - 3, 1), BAR - 1), 2, 2)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setBrush(QColor(theme.current().error))
        for index in self._marks:
            middle = self.piece_rect(index).center().x()
            points = [QPointF(middle - 4, 0), QPointF(middle + 4, 0), QPointF(middle, MARK - 1)]
            painter.drawPolygon(QPolygonF(points))

    def _paint_names(self, painter: QPainter) -> None:
        colours, present = theme.current(), self._phases[self._index]
        painter.setFont(theme.interface_font(LABEL_PIXELS))
        for name, rect in self.names():
            painter.setPen(QColor(colours.text if name == present else colours.dim))
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


def _paint_piece(painter: QPainter, left: float, right: float) -> None:
    width = right - left
    if width >= 8:
        painter.drawRoundedRect(QRectF(left, MARK, width - 2, BAR), 2.5, 2.5)
    else:  # too narrow for corners; the gap keeps single steps apart, where there is room for one
        painter.drawRect(QRectF(left, MARK, width - (1 if width >= 4 else 0), BAR))


def _cursor_edges(piece: Piece, index: int, width: float) -> tuple[float, float]:
    """The cursor fills its step's piece; where a piece holds several steps it stands at the step's share of it."""
    count_here = piece.last - piece.first + 1
    size = piece.right - piece.left
    wide = max(size - 2, LEAST_CURSOR)
    if size >= LEAST_CURSOR + 2 and count_here == 1:
        return piece.left, piece.left + wide
    middle = piece.left + size * (index - piece.first + 0.5) / count_here
    left = min(max(middle - wide / 2, 0), width - wide)
    return left, left + wide


def _mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """`share` of `colour` on `ground`."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    under = (ground.redF(), ground.greenF(), ground.blueF())
    return QColor.fromRgbF(*(a * share + b * (1 - share) for a, b in zip(parts, under, strict=True)))
