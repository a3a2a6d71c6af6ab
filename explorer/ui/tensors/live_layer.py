"""The selected layer while the network learns: output, gradient of the output, weight, gradient of the weight."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.session import Cell, Session, State
from explorer.session.shared_place import cell_in_maps, cell_in_tensor
from explorer.session.step_tensors import LearnedTensors, Tensor
from explorer.session.timeline import Timeline
from explorer.ui.common.empty_state import ContentPages
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.number_things import pytorch_line
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.tensor_things import offer_tensor
from explorer.ui.tensors.learned import LearnedLayer, learned_layer, shown_example
from explorer.ui.tensors.pane import TensorPane

PANES = ("liveOutput", "liveOutputGradient", "liveWeight", "liveWeightGradient")


class LiveLayer(FollowingView, QWidget):
    """The four side by side, at every look that the run takes; otherwise those of a recorded training step.

    Gradients are asked for only while it is looked at: they cost a backward pass each time.
    """

    shows = (
        "selection",
        "watching.live",
        "watching.film_at",
        "steps.timeline",
        "steps.message",
        "steps.is_recording",
        "maps.activations",
        "training",
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("liveLayer")
        self._shown: LearnedLayer | None = None
        self._outdated: Timeline | None = None  # the step that was recorded before the run changed the weights
        self._asks = (False, False)
        self._make_parts()
        session.selection.hovered.connect(self.show_hovered)
        self.follow_session(draws_now=False)
        self.redraw()

    def _make_parts(self) -> None:
        self.words = ElidedLabel()
        self.words.setProperty("role", "dim")
        self.panes = tuple(TensorPane(name) for name in PANES)
        row = QHBoxLayout()
        row.setSpacing(16)
        for place, pane in enumerate(self.panes):
            pane.view.clicked.connect(lambda cell, place=place: self._choose(place, cell))
            pane.view.hovered.connect(lambda cell, place=place: self._point(place, cell))
            offer_tensor(pane.view, self._session, line=self._line, find=self._finding(place))
            row.addWidget(pane, 1)
        self._pages = ContentPages(self, spacing=2)
        column, self.empty = self._pages.column, self._pages.empty
        column.addWidget(self.words)
        column.addLayout(row, 1)

    def sizeHint(self) -> QSize:
        return QSize(800, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 110)

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        """Show another layer, or what it has learned since."""
        if old is None or old.training.status != new.training.status:
            self._ask(True)
        self.redraw()

    def showEvent(self, event: QShowEvent) -> None:
        self._ask(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ask(False)

    def _ask(self, is_looked_at: bool) -> None:
        """Let the run take gradients along, or where no run goes on record a step; and no more than is looked at."""
        is_running = self._session.state.training.status == "running"
        asks = (is_looked_at and is_running, is_looked_at and not is_running)
        if asks != self._asks:
            self._asks = asks
            self._session.watching.watch_gradients(asks[0])
            self._session.learning.watch_steps("live", asks[1])

    def redraw(self) -> None:
        """Show the four as they are now; the old ones stay while the next are worked out."""
        state = self._session.state
        if self._waits_for_newer(state):
            return
        found = learned_layer(state)
        if found.tensors is None:
            if state.steps.is_recording and self._shown is not None:
                return
            self._shown = None
            self._pages.show_content(False)
            self.empty.show_message(found.message)
            return
        self._pages.show_content(True)
        self.words.set_whole(f"{found.layer} · {found.origin}")
        if self._shown is None or self._shown.source != found.source:
            self._show_tensors(found, found.tensors)

    def _waits_for_newer(self, state: State) -> bool:
        """Whether there is only the step from before the run, while what the run learned still stands here."""
        if state.training.status == "running":
            self._outdated = state.steps.timeline
            return False
        is_outdated = state.steps.timeline is not None and state.steps.timeline is self._outdated
        return is_outdated and state.watching.film_at is None and self._shown is not None

    def _show_tensors(self, found: LearnedLayer, tensors: LearnedTensors) -> None:
        self._shown = found
        for place, (pane, tensor) in enumerate(zip(self.panes, tensors.all, strict=True)):
            if tensor is None:
                pane.show_missing(found.missing(place))
            else:
                pane.show_tensor(shown_example(tensor, 0))

    def _line(self) -> str:
        return pytorch_line(self._session.state, self._session.state.selection.layer or "")

    def _finding(self, place: int) -> Callable[[tuple[int, ...] | None], Callable[[], object] | None]:
        """How the debugger comes to stand at a cell: at the output's own, or at the gradient of the weight's."""

        def find(cell: tuple[int, ...] | None) -> Callable[[], object] | None:
            layer = self._session.state.selection.layer
            if cell is None or layer is None or place == 1:
                return None
            if place == 0:
                return partial(self._choose, place, cell)
            return partial(self._session.steps.go_to_gradient, layer, "weight", cell)

        return find

    @Slot(object)
    def show_hovered(self, cell: Cell | None) -> None:
        """Mark the cell under the mouse, wherever the mouse is, if it is one of the output."""
        if self.isVisible():
            self.panes[0].view.set_pointed(None if cell is None else self._in_output(cell))

    def _in_output(self, cell: Cell) -> tuple[int, ...] | None:
        tensor, entry = self._output(), self._session.state.entry(cell.call)
        if self._shown is None or self._shown.layer != cell.call or tensor is None or entry is None:
            return None
        return cell_in_tensor(entry, tensor, cell, example=0)

    def _point(self, place: int, cell: tuple[int, ...] | None) -> None:
        """The cell of the output under the mouse is pointed at in all views that show it."""
        tensor, entry = self._output(), self._session.state.entry(self._session.state.selection.layer)
        if place > 0 or cell is None or tensor is None or entry is None:
            self._session.selection.hover(None)
        else:
            self._session.selection.hover(cell_in_maps(entry, tensor, cell))

    def _output(self) -> Tensor | None:
        return None if self._shown is None or self._shown.tensors is None else self._shown.tensors.activation

    def _choose(self, place: int, cell: tuple[int, ...]) -> None:
        """A cell of the output or of its gradient is chosen everywhere; of a weight, the channel that it makes."""
        layer = self._session.state.selection.layer
        if place >= 2:
            self._session.selection.select(layer=layer, channel=cell[0] if cell else None, row=None, column=None)
            return
        tensor = self._output()
        own = cell[1:] if tensor is not None and tensor.has_batch else cell
        if len(own) == 3:
            self._session.selection.select(layer=layer, channel=own[0], row=own[1], column=own[2])
        elif len(own) == 1:
            self._session.selection.select(layer=layer, channel=own[0], row=None, column=None)
