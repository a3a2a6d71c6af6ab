"""All calls of a recorded step in one table, and the chosen one's output and weight beside their gradients."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeView, QWidget

from explorer.arithmetic.operation import Index
from explorer.session import Session, State
from explorer.session.step_code import code_of_step, code_of_tensor
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.common.empty_state import ContentPages
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.row_things import offer_rows
from explorer.ui.common.tensor_things import offer_tensor
from explorer.ui.overview.call_model import SOURCE, CallModel
from explorer.ui.overview.call_tree import Branch, call_tree
from explorer.ui.tensors.learned import shown_example
from explorer.ui.tensors.view import TensorView

WAITING = "Open a picture: a training step of the network is recorded, and its calls are listed here."
PANES = ("output", "gradient of the output", "weight", "gradient of the weight")
NOTHING = ("", "No gradient arrived here.", "This call has no weight.", "This call has no weight.")
LEAST_PANES, MOST_PANES = 100, 240  # pixels of height; they take half of what there is
SPACE, LEAST_SPACE = 12, 0  # pixels that a column gets beside what stands in it, as far as there is room


class CallTable(FollowingView, QWidget):
    """Calls grouped by module. The row of the debugger's cursor is marked; choosing a row moves the cursor there."""

    shows = ("steps.timeline", "steps.message", "steps.cursor")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("callTable")
        self._shown: Timeline | None = None
        self._given: list[int] = []
        self._make_parts()
        self.follow_session(draws_now=False)

    def _make_parts(self) -> None:
        self.model = CallModel(self)
        self.tree = QTreeView(objectName="calls", uniformRowHeights=True, rootIsDecorated=True)
        self.tree.setAccessibleName("Calls of the recorded step")
        self.tree.setModel(self.model)
        self.tree.setAllColumnsShowFocus(True)
        header = self.tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        self.tree.selectionModel().currentRowChanged.connect(self._choose)
        offer_rows(
            self.tree,
            self._session,
            find=lambda index: partial(self._go_to, self.model.branch(index)),
            code=lambda index: self._code_of_output(self.model.branch(index)),
        )
        self.panes = tuple(TensorView() for _ in PANES)
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 10)
        row.setSpacing(16)
        for place, pane in enumerate(self.panes):
            pane.setMinimumHeight(LEAST_PANES)
            pane.setMaximumHeight(MOST_PANES)
            offer_tensor(pane, self._session, code=partial(self._code, place))
            row.addWidget(pane, 1)
        self._stack = ContentPages(self, spacing=0)
        column, self.empty = self._stack.column, self._stack.empty
        column.addWidget(self.tree, 1)
        column.addLayout(row, 1)
        self.setFocusProxy(self.tree)

    # --- what the session shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        if old is None or old.steps.timeline is not new.steps.timeline or old.steps.message != new.steps.message:
            self._show_timeline(new)
        if old is None or old.steps.cursor != new.steps.cursor or old.steps.timeline is not new.steps.timeline:
            self._show_cursor(new)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.learning.watch_steps("calls", True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._session.learning.watch_steps("calls", False)

    def _show_timeline(self, state: State) -> None:
        timeline = state.steps.timeline
        if timeline is None and state.steps.is_recording and self._shown is not None:
            return  # the old table stays until the new one is there
        self._stack.show_content(timeline is not None)
        self.empty.show_message(state.steps.message or WAITING)
        self._shown = timeline
        if timeline is None:
            return
        expanded = {self.model.branch(index).path for index in self._modules() if self.tree.isExpanded(index)}
        is_first = self.model.rowCount() == 0
        self.model.set_tree(call_tree(timeline.steps), timeline.magnitudes)
        self.tree.setColumnHidden(SOURCE, not self.model.has_sources)
        self.tree.setRootIsDecorated(bool(self._modules()))
        for index in self._modules():
            self.tree.setExpanded(index, is_first or self.model.branch(index).path in expanded)
        self._fit_columns()

    def _modules(self) -> list[QModelIndex]:
        """Every row that has rows below it."""
        found, waiting = [], [QModelIndex()]
        while waiting:
            parent = waiting.pop()
            rows = [self.model.index(row, 0, parent) for row in range(self.model.rowCount(parent))]
            modules = [index for index in rows if self.model.rowCount(index)]
            found += modules
            waiting += modules
        return found

    def _fit_columns(self) -> None:
        columns = self._columns()
        self.tree.header().setStretchLastSection(False)  # else that has what the view leaves it, not what it needs
        for column in columns:
            self.tree.resizeColumnToContents(column)
        widths = [self.tree.columnWidth(column) for column in columns]
        beside = self.tree.maximumViewportSize().width() - self.tree.verticalScrollBar().sizeHint().width()
        space = (beside - sum(widths)) // len(widths)  # Qt shows a bar for the rows only after this
        for column, width in zip(columns, widths, strict=True):
            self.tree.setColumnWidth(column, width + min(max(space, LEAST_SPACE), SPACE))
        self.tree.header().setStretchLastSection(True)
        self._given = self._widths()

    def _columns(self) -> range:
        """Those that are shown."""
        return range(SOURCE if self.tree.isColumnHidden(SOURCE) else SOURCE + 1)

    def _widths(self) -> list[int]:
        """Of the columns but the last, which takes what is left."""
        return [self.tree.columnWidth(column) for column in self._columns()[:-1]]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._given and self._widths() == self._given:  # a width that a person dragged stays
            self._fit_columns()

    def _show_cursor(self, state: State) -> None:
        timeline = state.steps.timeline
        if timeline is None or not timeline.steps:
            return
        entry = timeline.steps[state.steps.cursor.step]
        self.model.set_marked(entry.call, theme.current().phases[entry.phase])
        index = self.model.index_of(entry.call)
        if index.isValid() and index.row() != self.tree.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection = self.tree.selectionModel()
            selection.blockSignals(True)
            selection.setCurrentIndex(index, flags)
            selection.blockSignals(False)
            self.tree.scrollTo(index)
            self.tree.viewport().update()
        step = timeline.find("forward", entry.call)
        self._show_tensors(timeline, step, state.steps.cursor.example)

    def _show_tensors(self, timeline: Timeline, step: int | None, example: int) -> None:
        if step is None:
            for pane in self.panes:
                pane.set_tensor(None)
            return
        found = timeline.learned(step)
        tensors = (found.activation, found.activation_gradient, found.weight, found.weight_gradient)
        for pane, tensor, missing in zip(self.panes, tensors, NOTHING, strict=True):
            pane.set_tensor(None if tensor is None else shown_example(tensor, example))
            pane.setToolTip(missing if tensor is None else pane.toolTip())

    def _code_of_output(self, branch: Branch) -> str:
        """What takes out of the model in PyTorch all that a call gave."""
        step = branch.step
        return "" if step is None else code_of_step(self._session.state, step.index, "output", ())

    def _code(self, place: int, _name: str, cell: Index) -> str:
        """The same of what a pane shows of the chosen call."""
        timeline, cursor = self._session.state.steps.timeline, self._session.state.steps.cursor
        step = None if timeline is None else timeline.find("forward", timeline.steps[cursor.step].call)
        if timeline is None or step is None:
            return ""
        tensor = timeline.learned(step).all[place]
        return "" if tensor is None else code_of_tensor(self._session.state, timeline.steps[step], tensor, cell)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self._go_to(self.model.branch(index))

    def _go_to(self, branch: Branch) -> None:
        if branch.step is not None:
            self._session.steps.go_to_step(branch.step.index)
