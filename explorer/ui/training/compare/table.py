"""The variants of a comparison in a table: what is their own, parameters, time, how well they did."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QToolButton, QTreeWidget, QTreeWidgetItem, QWidget

from explorer.session.comparison import ComparedRun, Comparison
from explorer.session.run_curves import RunCurves
from explorer.ui.common.text import count, number, percent, seconds_text

COLUMNS = ("parameters", "time", "held out", "last loss", "")
WHAT, PARAMETERS, TIME, HELD_OUT, LOSS, USE = range(6)
ROW_HEIGHT = 22
CELL_PADDING, ROW_PADDING = 4, 2  # pixels that the style sheet leaves beside and above what lies in a cell
LEAST_WIDTH = 410  # all columns with their usual numbers
USE_WORD = "use"
USE_TIP = "Give the network this value and the weights that were learned with it; undo takes both back."
USE_VALUE_TIP = "Give the network this value; undo takes it back. Its weights are not kept: it did not come to its end."
SHOWN = (WHAT, PARAMETERS, TIME, HELD_OUT, LOSS)
NOTHING = "–"
TIPS = {HELD_OUT: "The accuracy on the held-out examples after the last epoch."}


class CompareTable(QTreeWidget):
    """Emits `taken` with the place of a variant that is to be taken over: by its button, a double click or Enter."""

    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareTable")
        self.setAccessibleName("Variants")
        self.setMinimumWidth(LEAST_WIDTH)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setHeaderLabels(("", *COLUMNS))
        _align_numbers(self.headerItem())
        header = self.header()
        header.setStretchLastSection(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(USE, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)  # the form beside it has the whole name
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemActivated.connect(lambda item, _column: self.taken.emit(self.indexOfTopLevelItem(item)))

    def show_comparison(self, comparison: Comparison, curves: dict[int, RunCurves]) -> None:
        """Show all variants; `curves` are those of all runs by their numbers."""
        self.setHeaderLabels((comparison.what, *COLUMNS))
        self.headerItem().setToolTip(WHAT, comparison.what)
        while self.topLevelItemCount() > len(comparison.runs):
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        while self.topLevelItemCount() < len(comparison.runs):
            self._add_row(self.topLevelItemCount())
        best = best_of(comparison, curves)
        for at, run in enumerate(comparison.runs):
            item = self.topLevelItem(at)
            if item is not None:
                self._fill(item, run, curves.get(run.run), is_best=at == best)

    def _add_row(self, at: int) -> None:
        item = QTreeWidgetItem(self)
        _align_numbers(item)
        item.setSizeHint(USE, QSize(0, ROW_HEIGHT))
        button = QToolButton(text=USE_WORD, toolTip=USE_TIP, accessibleName=f"Take over variant {at + 1}")
        button.setProperty("role", "link")
        button.setStyleSheet("QToolButton { padding: 0 4px; }")
        button.setFixedHeight(ROW_HEIGHT - 2 * ROW_PADDING)
        button.clicked.connect(partial(self._take, at))
        self.setItemWidget(item, USE, button)
        button.ensurePolished()
        self.header().resizeSection(USE, button.sizeHint().width() + 2 * CELL_PADDING)

    def _take(self, at: int, _checked: bool = False) -> None:
        self.taken.emit(at)

    def _fill(self, item: QTreeWidgetItem, run: ComparedRun, curves: RunCurves | None, *, is_best: bool) -> None:
        for column, words in zip(SHOWN, cells_of(run, curves, is_best=is_best), strict=True):
            item.setText(column, words)
            item.setToolTip(column, run.message or TIPS.get(column, words))
        button = self.itemWidget(item, USE)
        button.setToolTip(USE_TIP if run.standing == "done" else USE_VALUE_TIP)
        font = self.font()
        font.setBold(is_best)
        item.setFont(WHAT, font)
        item.setFont(HELD_OUT, font)


def _align_numbers(item: QTreeWidgetItem) -> None:
    """Figures, and what stands over them, end at the right."""
    for column in range(PARAMETERS, USE):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def cells_of(run: ComparedRun, curves: RunCurves | None, *, is_best: bool = False) -> tuple[str, ...]:
    """What stands in the row of a variant."""
    last = curves.epochs[-1] if curves is not None and curves.epochs else None
    held_out = None if last is None else last.val_accuracy
    return (
        f"{run.value} · best" if is_best else run.value,
        count(run.parameters),
        _time_words(run),
        NOTHING if held_out is None else percent(held_out),
        number(curves.losses[-1]) if curves is not None and len(curves.losses) else NOTHING,
    )


def _time_words(run: ComparedRun) -> str:
    """How long it has learned; of what did not come to its end what became of it."""
    learned = seconds_text(run.seconds) if run.seconds else ""
    standing = "" if run.standing in ("running", "done") else run.standing
    return ", ".join(filter(None, (learned, standing))) or NOTHING


def best_of(comparison: Comparison, curves: dict[int, RunCurves]) -> int | None:
    """The place of the variant that did best on held-out examples, once all are done; None where none stands out."""
    if comparison.is_running or not comparison.runs:
        return None
    known = [curves[run.run].epochs[-1:] if run.run in curves else () for run in comparison.runs]
    found = [each[0].val_accuracy if each else None for each in known]
    told = [value for value in found if value is not None]
    if len(told) < 2 or told.count(max(told)) > 1:
        return None
    return found.index(max(told))
