"""Examples of a split as they are best looked at: pictures in rows, points in a plane, numbers in a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from explorer.data import DataSet, Split
from explorer.ui.data.number_table import NumberTable
from explorer.ui.data.picture_grid import PictureGrid
from explorer.ui.data.picture_lines import Group
from explorer.ui.data.words import class_name, kind_of, target_words

if TYPE_CHECKING:
    from explorer.ui.data.point_plot import PointPlot

MOST_POINTS = 3000
MOST_COLUMNS = 64
MOST_ROWS = 2000


class Examples(QStackedWidget):
    """Emits `chosen` with the place in the split of the example that was clicked, and `plot_made` with the plot."""

    chosen = Signal(int)
    plot_made = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = PictureGrid("Pictures of the data set")
        self.grid.chosen.connect(self.chosen)
        self.table = NumberTable()
        self.table.chosen.connect(self._choose)
        self.plot: PointPlot | None = None  # made when points are shown: pyqtgraph takes 0.4 s to import
        self._places = np.zeros(0, np.int64)
        for part in (self.grid, self.table):
            self.addWidget(part)

    def show_groups(self, data: DataSet, split: Split, groups: Sequence[Group], *, are_mistakes: bool = False) -> None:
        """Show `groups` of examples of `split`. All points are shown, and mistakes stand out among them."""
        kind = kind_of(data)
        if kind == "pictures":
            size = (data.sample_shape[0], data.sample_shape[1])
            self.grid.show_groups(groups, read=split.inputs, size=size, name_of=split.name_of)
            self.setCurrentWidget(self.grid)
        elif kind == "points":
            self._show_points(data, split, groups, are_mistakes)
        else:
            heading = ("guess and true class", "given and wanted") if are_mistakes else ("class", "target")
            self._show_rows(split, groups, heading[data.is_regression])

    def _show_points(self, data: DataSet, split: Split, groups: Sequence[Group], are_mistakes: bool) -> None:
        if self.plot is None:
            from explorer.ui.data.point_plot import PointPlot

            self.plot = PointPlot()
            self.plot.chosen.connect(self._choose)
            self.plot_made.emit(self.plot)
            self.addWidget(self.plot)
        told = _told(groups) if are_mistakes else {}
        rest = np.setdiff1d(np.arange(len(split)), list(told))
        generator = np.random.default_rng(0)
        some = generator.permutation(rest)[: max(MOST_POINTS - len(told), 0)]
        self._places = np.sort(np.concatenate([np.array(list(told), np.int64), some]))
        labels = np.zeros(len(self._places), np.int64) if data.is_regression else split.labels[self._places]
        self.plot.show_points(
            split.inputs(self._places),
            labels,
            names=data.classes,
            tip=lambda at: self._tip(data, split, told, int(self._places[at])),
            strong=np.isin(self._places, list(told)) if are_mistakes else None,
        )
        self.setCurrentWidget(self.plot)

    def _tip(self, data: DataSet, split: Split, told: dict[int, tuple[Group, int]], place: int) -> str:
        label = split.labels[place]
        own = target_words(label) if data.is_regression else class_name(data.classes, int(label))
        group, at = told.get(place, (None, 0))
        return f"{split.name_of(place)}\n{own if group is None else group.words(at)}"

    def _show_rows(self, split: Split, groups: Sequence[Group], heading: str) -> None:
        whole = np.concatenate([group.places for group in groups]) if groups else np.zeros(0, np.int64)
        self._places = whole[:MOST_ROWS].astype(np.int64)
        said = (group.words(at) for group in groups for at in range(len(group.places)))
        words = list(islice(said, MOST_ROWS))
        self.table.show_rows(split.inputs(self._places)[:, :MOST_COLUMNS], words, heading)
        self.setCurrentWidget(self.table)

    @Slot(int)
    def _choose(self, at: int) -> None:
        if at < len(self._places):  # a menu may be older than what is shown
            self.chosen.emit(int(self._places[at]))


def _told(groups: Sequence[Group]) -> dict[int, tuple[Group, int]]:
    """For each place its group, and where it stands there."""
    return {place: (group, at) for group in groups for at, place in enumerate(group.places.tolist())}
