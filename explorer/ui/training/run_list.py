"""The list of all runs: drawn or not, name, settings, best validation accuracy; Del takes one off."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
)

from explorer.session import Session, State
from explorer.session.run_curves import RunCurves
from explorer.ui.common.eliding_delegate import ElidingDelegate
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.row_things import More, offer_rows
from explorer.ui.common.text import count, number, percent
from explorer.ui.common.tips import TipsOfRows
from explorer.ui.training.run_words import appears, best_accuracy, run_settings, run_tip
from explorer.ui.training.shown_runs import ShownRuns

COLUMNS = ("run", "settings", "goes on from", "steps", "last loss", "best validation", "")
RUN, SETTINGS, FROM, STEPS, LOSS, BEST, REMOVE = range(7)
NUMBER = Qt.ItemDataRole.UserRole
NOTHING = "–"
EMPTY = "Each run is listed here with its settings, to be compared, hidden or removed."
REFRESH_MS = 500
ROW_HEIGHT = 22
ROW_PADDING = 2  # pixels that the style sheet leaves above and below what lies in a row


class _RunTree(TipsOfRows, QTreeWidget):
    pass


class RunList(FollowingView, QStackedWidget):
    """The newest run stands first. A tick draws a run's curves on all plots."""

    shows = ("watching.runs", "document")

    def __init__(self, session: Session, shown: ShownRuns) -> None:
        super().__init__(session)
        self.setObjectName("runList")
        self._shown = shown
        self.tree = _RunTree(rootIsDecorated=False, uniformRowHeights=True)
        self.tree.setAccessibleName("Training runs")
        self.tree.setToolTip("A tick draws a run; Del takes it off, and undo brings it back.")
        self.tree.setHeaderLabels(COLUMNS)
        _align_numbers(self.tree.headerItem())
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(SETTINGS, QHeaderView.ResizeMode.Stretch)
        self.tree.setItemDelegate(ElidingDelegate(self.tree))
        self.tree.itemChanged.connect(self._tick)
        offer_rows(self.tree, session, more=self._more)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "dim")
        self.addWidget(self.empty)
        self.addWidget(self.tree)
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.follow_session(draws_now=False)
        shown.changed.connect(self.refresh)

    def show_changes(self, old: State | None, new: State) -> None:
        """Show other runs at once, and how they go on twice a second."""
        if old is None or _named(old) != _named(new):
            self.refresh()
        elif not self._timer.isActive():
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.tree.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None:
            self._session.training.forget_run(item.data(RUN, NUMBER))
        else:
            super().keyPressEvent(event)

    def _more(self, index: QModelIndex) -> More:
        number = index.siblingAtColumn(RUN).data(NUMBER)
        return ((f"Remove run {number}", partial(self._session.training.forget_run, number)),)

    @Slot()
    def refresh(self) -> None:
        """Show the runs as they are now."""
        runs = tuple(reversed(self._session.state.watching.runs))
        self.setCurrentIndex(1 if runs else 0)
        self.empty.setText(appears(EMPTY, self._session.state))
        with QSignalBlocker(self.tree):
            if [run.number for run in runs] != self._listed():
                self._list(runs)
            for item, run in zip(self._items(), runs, strict=True):
                self._fill(item, run)

    def _listed(self) -> list[int]:
        return [item.data(RUN, NUMBER) for item in self._items()]

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self.tree.topLevelItem(at) for at in range(self.tree.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _list(self, runs: tuple[RunCurves, ...]) -> None:
        self.tree.clear()
        for run in runs:
            item = QTreeWidgetItem(self.tree)
            item.setData(RUN, NUMBER, run.number)
            _align_numbers(item)
            item.setSizeHint(REMOVE, QSize(0, ROW_HEIGHT))
            button = QToolButton(
                toolTip=f"Take {run.label} off the plots. Undo brings it back.",
                accessibleName=f"Remove run {run.number}",
            )
            button.setIcon(icon("ph.x"))
            button.setProperty("role", "flat")
            button.setStyleSheet("QToolButton { padding: 0; }")
            button.setFixedHeight(ROW_HEIGHT - 2 * ROW_PADDING)
            button.clicked.connect(lambda _checked=False, number=run.number: self._session.training.forget_run(number))
            self.tree.setItemWidget(item, REMOVE, button)

    def _fill(self, item: QTreeWidgetItem, run: RunCurves) -> None:
        best = best_accuracy(run)
        is_shown = self._shown.is_shown(run.number)
        item.setCheckState(RUN, Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
        further = run.varied if run.chosen else run.label  # settings have a column of their own
        words = (
            f"run {run.number}: {further}" if further else f"run {run.number}",
            run_settings(run),
            run.origin or NOTHING if run.parent is None else f"run {run.parent}, step {count(run.first_step)}",
            count(run.last_step - run.first_step),
            number(run.losses[-1]) if len(run.losses) else NOTHING,
            NOTHING if best is None else percent(best),
        )
        for column, text in enumerate(words):
            if item.text(column) != text:
                item.setText(column, text)
                item.setToolTip(column, run_tip(run))

    @Slot(QTreeWidgetItem, int)
    def _tick(self, item: QTreeWidgetItem, column: int) -> None:
        if column == RUN:
            self._shown.show_run(item.data(RUN, NUMBER), item.checkState(RUN) == Qt.CheckState.Checked)


def _named(state: State) -> list[tuple[object, ...]]:
    """Which runs there are; how far they are is another matter."""
    return [(run.number, run.label, run.parent, run.first_step) for run in state.watching.runs]


def _align_numbers(item: QTreeWidgetItem) -> None:
    """Figures, and what stands over them, end at the right."""
    for column in (STEPS, LOSS, BEST):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
