"""A channel of a volume in three planes through one cell: its slice, and beside and below it what lies in depth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.session import LayerActivation, Selection
from explorer.ui.common.colour import Scale
from explorer.ui.common.mosaic import Place
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.sheet import Sheet

GAP = 8
Where = tuple[int, int, int]
"""Where a cell lies in a layer's values: (channel, row, column), the slices of a channel counting as channels."""


@dataclass(frozen=True, eq=False)
class Volume:
    """One channel of `entry`, (D, H, W), and the cell in it through which the planes go: slice, row, column."""

    entry: LayerActivation
    channel: int
    at: Where

    @classmethod
    def around(cls, entry: LayerActivation, chosen: Selection) -> Volume | None:
        """Through the chosen cell, or the middle of the chosen slice; None where it is no slice of a volume."""
        if entry.slices == 1 or len(entry.volume) != 4 or chosen.channel is None:
            return None
        channel, at_slice = divmod(chosen.channel, entry.slices)
        _, height, width = entry.values.shape
        row = height // 2 if chosen.row is None else chosen.row
        return cls(entry, channel, (at_slice, row, width // 2 if chosen.column is None else chosen.column))

    @property
    def values(self) -> np.ndarray:
        """(D, H, W)."""
        first = self.channel * self.entry.slices
        return self.entry.values[first : first + self.entry.slices]

    @property
    def row_plane(self) -> np.ndarray:
        """What lies in the cell's row, (D, W)."""
        return self.values[:, self.at[1], :]

    @property
    def column_plane(self) -> np.ndarray:
        """What lies in the cell's column, (H, D)."""
        return self.values[:, :, self.at[2]].T

    def place(self, at: Where) -> Where:
        """Where the cell in a slice, row and column lies in the layer's values; the nearest one there is."""
        ends = self.values.shape
        at_slice, row, column = (min(max(each, 0), end - 1) for each, end in zip(at, ends, strict=True))
        return self.channel * self.entry.slices + at_slice, row, column


class VolumePlanes(QWidget):
    """The large map alone or, of a volume, with the two other planes, all on one scale, their cells of one size.

    `hovered` tells which cell of the planes the mouse is over (or None), `chosen` which place in the layer's values
    was clicked or walked to.
    """

    hovered = Signal(object)
    chosen = Signal(int, int, int)

    def __init__(self, large: MapMosaic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._volume: Volume | None = None
        self._large = large
        self.row, self.column = (MapMosaic(frames=False, labels=True, scrolls=False) for _ in range(2))
        self.row.setObjectName("rowPlane")
        self.column.setObjectName("columnPlane")
        self.row.canvas.setAccessibleName("Chosen channel, plane through its row")
        self.column.canvas.setAccessibleName("Chosen channel, plane through its column")
        for each in (large, self.row, self.column):
            each.setParent(self)
        for each in (self.row, self.column):
            each.hide()
            each.hovered.connect(partial(self._point, each))
            each.clicked.connect(partial(self._choose, each))
            each.canvas.walked.connect(partial(self._walk, each))

    def show_planes(self, volume: Volume | None, scale: Scale | None = None) -> None:
        """Show the planes of `volume`, in the colours of `scale`; None where there is no depth."""
        self._volume = volume
        self.row.setVisible(volume is not None)
        self.column.setVisible(volume is not None)
        if volume is not None and scale is not None:
            one = np.zeros(1, int)
            self.row.show_sheet(Sheet(volume.row_plane[None], one, (f"row {volume.at[1]}",), scale))
            self.column.show_sheet(Sheet(volume.column_plane[None], one, (f"column {volume.at[2]}",), scale))
        self._lay_out()

    def mark(self, *, is_cell: bool, pointed: Where | None) -> None:
        """Mark the cell through which the planes go, if it `is_cell` that was chosen, and the one under the mouse."""
        for plane in (self.row, self.column):
            seen = None if pointed is None or self._volume is None else self._seen(plane, pointed, self._volume)
            chosen = None if self._volume is None or not is_cell else self._in_plane(plane, self._volume.at)
            plane.set_marks(chosen, seen)

    def place_at(self, plane: MapMosaic, point: QPoint) -> Where | None:
        """Where in the layer's values the cell under a point of a plane lies."""
        place = plane.place_at(point)
        return None if place is None or self._volume is None else self._volume.place(self._of_plane(plane, place))

    def _of_plane(self, plane: MapMosaic, place: Place) -> Where:
        """Slice, row and column of a cell of a plane."""
        assert self._volume is not None
        _, row, column = self._volume.at
        return (place.row, row, place.column) if plane is self.row else (place.column, place.row, column)

    def _in_plane(self, plane: MapMosaic, at: Where) -> Place:
        at_slice, row, column = at
        return Place(0, at_slice, column) if plane is self.row else Place(0, row, at_slice)

    def _seen(self, plane: MapMosaic, place: Where, volume: Volume) -> Place | None:
        """Where a plane shows a cell of the layer's values, if it does."""
        channel, at_slice = divmod(place[0], volume.entry.slices)
        at = (at_slice, *place[1:])
        own = 1 if plane is self.row else 2
        return self._in_plane(plane, at) if channel == volume.channel and at[own] == volume.at[own] else None

    # --- the mouse and keys ---

    def _point(self, plane: MapMosaic, place: Place | None) -> None:
        if place is None or self._volume is None:
            self.hovered.emit(None)
        else:
            self.hovered.emit(self._volume.entry.cell(*self._volume.place(self._of_plane(plane, place))))

    def _choose(self, plane: MapMosaic, place: Place) -> None:
        if self._volume is not None:
            self.chosen.emit(*self._volume.place(self._of_plane(plane, place)))

    def _walk(self, plane: MapMosaic, down: int, across: int) -> None:
        if self._volume is not None:
            here = self._in_plane(plane, self._volume.at)
            self._choose(plane, Place(0, here.row + down, here.column + across))

    # --- where they stand ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """The slice at the top left, its column's plane to the right with the same rows, its row's plane below it."""
        if self._volume is None:
            self._large.setGeometry(self.rect())
            return
        depth, height, width = self._volume.values.shape
        cell = min((self.width() - GAP) / (width + depth), (self.height() - GAP) / (height + depth))
        across, down, deep = (max(1, int(size * cell)) for size in (width, height, depth))
        self._large.setGeometry(0, 0, across, down)
        self.column.setGeometry(across + GAP, 0, deep, down)
        self.row.setGeometry(0, down + GAP, across, deep)
