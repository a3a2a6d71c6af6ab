"""The overview as one picture: painted whole when it changes its looks, column by column when only values change."""

from __future__ import annotations

from collections import deque
from time import perf_counter

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPixmap

from explorer.ui.common import theme
from explorer.ui.overview.geometry import Layout
from explorer.ui.overview.painter import OverviewPainter
from explorer.ui.overview.scene import Scene, View

CHUNK_S = 0.002
"""How long columns are painted before the window may do something else: no event waits longer."""
AT_ONCE_S = 0.005
"""A picture that took no longer than this last time is painted at once: all of it is of one pass then."""
PAUSE_MS = 3


class OverviewPicture(QObject):
    """Keeps the picture of a scene. `renewed` tells that it shows newer values now, and how many seconds that took."""

    renewed = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture: QPixmap | None = None
        self._next: QPixmap | None = None  # the picture with newer values, while it is painted
        self._waiting: deque[int] = deque()  # columns of it that are still to be painted
        self._is_outdated = False  # still newer values came meanwhile
        self._spent = 0.0
        self._last_spent = 1.0
        self._scene: Scene | None = None
        self._begun: Scene | None = None  # what the next picture is painted of
        self._view = View()
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._paint_some)

    @property
    def is_renewing(self) -> bool:
        """Whether newer values are being painted, little by little."""
        return self._next is not None

    def forget(self) -> None:
        """Paint everything afresh when it is asked for next."""
        self._picture = self._next = self._begun = None
        self._is_outdated = False
        self._timer.stop()

    def of(self, scene: Scene, view: View, size: QSize, ratio: float) -> QPixmap:
        """`scene` through `view`, `size` in logical pixels, each `ratio` pixels of the screen wide."""
        if self._picture is None:
            self._scene, self._view = scene, view
            self._picture = QPixmap(max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio)))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(theme.current().pane))
            painter = _on(self._picture, view)
            OverviewPainter(painter, scene, view).paint()
            painter.end()
        return self._picture

    def renew(self, scene: Scene) -> bool:
        """Put newer values into the picture, little by little; False if it has to be forgotten instead.

        Until that is done the maps of the older picture stay whole: no two columns of them are of different passes.
        What the network says is put in at once: it stands elsewhere in the window too.
        """
        if self._picture is None or self._scene is None or not _has_same_places(self._scene.layout, scene.layout):
            return False
        self._scene = scene
        self._paint_said(self._picture)
        if self._next is not None:
            self._is_outdated = True
        elif not self._view.is_far:  # far boxes show no values
            self._begin()
        return True

    def _begin(self) -> None:
        assert self._picture is not None
        assert self._scene is not None
        self._next = QPixmap(self._picture)
        self._waiting = deque(self._scene.layout.between(*self._view.span()))
        self._is_outdated, self._spent, self._begun = False, 0.0, self._scene
        if self._last_spent <= AT_ONCE_S:
            self._paint_for(AT_ONCE_S)
        if self._next is not None:
            self._timer.start()

    def _paint_said(self, picture: QPixmap) -> None:
        """The classes, and the numbers that they were made of."""
        assert self._scene is not None
        if self._view.is_far:
            return
        painter = _on(picture, self._view)
        overview = OverviewPainter(painter, self._scene, self._view)
        for index in self._scene.layout.said:
            overview.paint_again(index)
        painter.end()

    @Slot()
    def _paint_some(self) -> None:
        self._paint_for(CHUNK_S)

    def _paint_for(self, seconds: float) -> None:
        """Paint columns of the pass that it was begun with; the last of them shows the new picture."""
        assert self._next is not None
        assert self._begun is not None
        began = perf_counter()
        painter = _on(self._next, self._view)
        overview = OverviewPainter(painter, self._begun, self._view)
        while self._waiting:
            overview.paint_again(self._waiting.popleft())
            if perf_counter() - began >= seconds:
                break
        painter.end()
        self._spent += perf_counter() - began
        if not self._waiting:
            self._show_next()

    def _show_next(self) -> None:
        assert self._next is not None
        self._timer.stop()
        self._paint_said(self._next)  # still newer than the maps, if a pass came meanwhile
        self._picture, self._next, self._begun = self._next, None, None
        self._last_spent = self._spent
        self.renewed.emit(self._spent)
        if self._is_outdated:
            self._begin()


def _on(picture: QPixmap, view: View) -> QPainter:
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not view.is_far)
    return painter


def _has_same_places(old: Layout, new: Layout) -> bool:
    """Whether only the values differ: every column stands where it stood, by the same name."""
    return (
        len(old.columns) == len(new.columns)
        and old.edges == new.edges
        and [bracket.rect for bracket in old.brackets] == [bracket.rect for bracket in new.brackets]
        and all(a.looks == b.looks for a, b in zip(old.columns, new.columns, strict=True))
    )
