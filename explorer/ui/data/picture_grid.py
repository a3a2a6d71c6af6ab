"""A field of pictures from which one is chosen, by mouse or keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import PRESSING
from explorer.ui.common.spoken import tell
from explorer.ui.data.lazy_pictures import Read
from explorer.ui.data.picture_field import WANTED_WITH_CAPTION, PictureField
from explorer.ui.data.picture_lines import MARGIN, Group
from explorer.ui.data.picture_walk import STEPS, Spot, end_of, walked


class PictureGrid(PictureField):
    """Emits `chosen` with the place of a picture that was clicked, or of the framed one on Enter."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None, *, captioned: float = WANTED_WITH_CAPTION) -> None:
        """captioned: how large pictures with captions are, in pixels."""
        super().__init__(name, parent, captioned=captioned)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._current: Spot | None = None
        self._under: Spot | None = None
        self._chosen: int | None = None

    def show_groups(
        self, groups: Sequence[Group], *, read: Read, size: tuple[int, int], name_of: Callable[[int], str]
    ) -> None:
        """Show `groups`, none of them chosen yet; size: (height, width). name_of: what stands in the tip of one."""
        self._current = self._under = self._chosen = None
        super().show_groups(groups, read=read, size=size, name_of=name_of)
        self._describe()

    def _frame_pen(self, at: Spot, place: int) -> QPen | None:
        """Of the chosen picture, of the one that the keys came to, or of the one under the pointer."""
        colours = theme.current()
        if place == self._chosen:
            return QPen(QColor(colours.accent), 2)
        if at == self._current and self.hasFocus():
            return QPen(QColor(colours.accent), 2, Qt.PenStyle.DotLine)
        return QPen(QColor(colours.dim), 1) if at == self._under else None

    def spot_at(self, point: QPoint | None) -> Spot | None:
        """Which picture is there, as (group, number in it); for None the one that the keys came to, if they did."""
        return self._current if point is None else self._at(point)

    def chosen_point(self) -> QPointF | None:
        """The middle of the picture that the keys came to, in pixels of the viewport."""
        return None if self._current is None else QPointF(self.rect_of(*self._current).center())

    def take(self, at: Spot) -> None:
        """What a click on a picture does; nothing where there is none, for a menu may be older than the pictures."""
        group, within = at
        if group < len(self._groups) and within < len(self._groups[group].places):
            self._go_to(at)
            self._choose()

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def _point_at(self, at: Spot | None) -> None:
        if at != self._under:
            self._under = at
            shape = Qt.CursorShape.ArrowCursor if at is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().toPoint())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self.take(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in PRESSING:
            self._choose()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to(end_of(self._lines, key))
        elif key in STEPS and self._lines.lines:
            self._walk(key)
        else:
            super().keyPressEvent(event)

    def _walk(self, key: Qt.Key) -> None:
        page = max(self.viewport().height() // self._lines.line_height - 1, 1)
        self._go_to(walked(self._lines, self._current, key, page=page))

    def _go_to(self, at: Spot | None) -> None:
        if at is None:
            return
        self._current = at
        rect, bar = self.rect_of(*at), self.verticalScrollBar()
        if rect.top() < MARGIN:
            bar.setValue(bar.value() + rect.top() - MARGIN)
        elif rect.bottom() > self.viewport().height() - MARGIN:
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + MARGIN)
        self._describe()
        self.viewport().update()

    def _choose(self) -> None:
        if self._current is not None:
            self._chosen = self._place(self._current)
            self.viewport().update()
            self.chosen.emit(self._chosen)

    def _describe(self) -> None:
        amount = sum(len(group.places) for group in self._groups)
        words = f"{amount} pictures" if self._current is None else self._tip(self._current).replace("\n", ", ")
        tell(self, words)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current is None and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._walk(Qt.Key.Key_Down)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._under = None
        super().scrollContentsBy(dx, dy)
