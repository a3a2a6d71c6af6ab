"""The stage of the debugger: the step as a whole, one of its cells, or the drawing of a tiny network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.arithmetic.operation import Index
from explorer.session import Cell, Session, State
from explorer.session.batch_place import is_present_input, values_at
from explorer.session.soon import soon
from explorer.session.step_code import code_of_step
from explorer.session.timeline import Timeline
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.late import Late
from explorer.ui.common.tab_order import chain, stops
from explorer.ui.common.tensor_things import offer_tensor
from explorer.ui.common.typing.target import EXAMPLE, INPUT, TypingTarget
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.debugger.cells_read import Read
from explorer.ui.debugger.into.number_things import offer_channels, offer_curve, offer_grid, offer_note, offer_table
from explorer.ui.debugger.into.view import IntoView
from explorer.ui.debugger.over_view import OverView
from explorer.ui.debugger.step_picture import StepPicture
from explorer.ui.debugger.words import step_words
from explorer.ui.tensors import shown as shown_tensors
from explorer.ui.tensors.cell_images import images

if TYPE_CHECKING:
    from explorer.ui.debugger.node_link.view import NodeLinkView

LEAST_STAGE = 158  # pixels of height
CHOICE_HEIGHT, GAP = 22, 4
EMPTY = "Open a network and a picture: their whole training step appears here, one operation after the other."
RECORDING = "The training step is being recorded…"


class StepStage(FollowingView, QWidget):
    """Draws `state.steps.cursor` on its timeline. Tiny networks have a second drawing, with every neuron and edge.

    `least_changed` tells the height that what is drawn needs, in which alone the rest may be scrolled to.
    """

    shows = ("document", "steps.timeline", "steps.cursor", "steps.is_recording", "steps.message")

    least_changed = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("stepStage")
        self._least = LEAST_STAGE
        self.setAccessibleName("What happens in this step")
        self._wants_drawing = True
        writer, offer_cells = (
            NumberWriter(session),
            partial(offer_tensor, session=session, line=self._line, code=self._code),
        )
        offer_numbers = partial(offer_grid, session=session, line=self._line)
        self.over, self.into = OverView(writer, offer_cells), IntoView(writer, offer_numbers)
        offer_table(self.into.table, session=session, line=self._line)
        offer_curve(self.into.curve, session=session, line=self._line)
        offer_note(self.into.note, session=session, line=self._line)
        offer_channels(self.into.patches.strip, session=session, line=self._line)
        for tensor in (self.into.given, self.into.made):
            offer_cells(tensor)
        for view in (self.over, self.into):
            view.cell_chosen.connect(session.steps.choose_cell)
            view.followed.connect(session.steps.follow_term)
            view.pointed.connect(self._tell_pointed)
        session.selection.hovered.connect(self.show_hovered)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "dim")
        self.pages = QStackedWidget()
        for page in (self.empty, self.over, self.into):
            self.pages.addWidget(page)
        self.drawing: NodeLinkView | None = None
        self._choice = self._make_choice()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self._choice)
        layout.addWidget(self.pages, 1)
        self._late = Late(self)
        self._late.turned.connect(self._dim)
        self.follow_session()

    def _line(self) -> str:
        """What makes the step in PyTorch."""
        timeline, cursor = self._session.state.steps.timeline, self._session.state.steps.cursor
        if timeline is None:
            return ""
        return step_words(timeline.steps[cursor.step], timeline.tensors(cursor.step), cursor.of).source

    def _code(self, tensor: str, cell: Index) -> str:
        """What takes a cell of a tensor of the step out of the model in PyTorch."""
        return code_of_step(self._session.state, self._session.state.steps.cursor.step, tensor, cell)

    def _make_choice(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._group = QButtonGroup(self)
        for name, tip in (
            ("Drawing", "Draw every neuron and every weight of this small network."),
            ("Tensors", "Show the numbers of the step as rows, maps and filters."),
        ):
            button = QToolButton(text=name, checkable=True, toolTip=tip, accessibleName=name)
            button.setObjectName(f"stage{name}")
            button.setProperty("role", "flat")
            button.setStyleSheet("QToolButton { padding: 0 8px; min-height: 0; }")
            button.setFixedHeight(CHOICE_HEIGHT)
            button.setChecked(name == "Drawing")
            self._group.addButton(button)
            layout.addWidget(button)
        layout.addStretch(1)
        self._group.buttonToggled.connect(self._on_choice)
        row.hide()
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            soon(self, self._tell_least)

    @Slot()
    def _tell_least(self) -> None:
        least = LEAST_STAGE
        if self.drawing is not None and self.pages.currentWidget() is self.drawing:
            beside = CHOICE_HEIGHT + GAP
            least = max(least, beside + self.drawing.least_height(self.width()))
        if least != self._least:
            self._least = least
            self.least_changed.emit(least)

    # --- what it shows ---

    @np.errstate(all="ignore")  # sums over a diverged step are NaN, and shown as such
    def show_changes(self, old: State | None, new: State) -> None:
        if old is None or old.steps.is_recording != new.steps.is_recording:
            self._late.wait(new.steps.is_recording)
        is_new = old is None or old.steps.timeline is not new.steps.timeline
        if is_new:
            _forget()
            self._offer_drawing(new.steps.timeline)
        differs = is_new or old is None or old.steps.cursor != new.steps.cursor or old.classes != new.classes
        if differs or (old is not None and old.steps.message != new.steps.message):
            self._show_step(new)

    def _show_step(self, state: State) -> None:
        """Show the step; the keys that were in a view which it hides go to what is asked for in it."""
        focus = QApplication.focusWidget()
        self._show_page(state)
        if focus is not None and self.pages.isAncestorOf(focus) and not focus.isVisible():
            self._take_keys()

    def _take_keys(self) -> None:
        page = self.pages.currentWidget()
        assert page is not None
        seen = [each for each in stops(page) if each.isVisible()]
        asked = page.asked_for() if isinstance(page, StepPicture) else ()
        taking = next(iter([*asked, *seen]), None)
        if taking is not None and self.isVisible():
            taking.setFocus()

    def _show_page(self, state: State) -> None:
        timeline, cursor = state.steps.timeline, state.steps.cursor
        if timeline is None or not timeline.steps:
            self.empty.setText(
                state.steps.message or (RECORDING if state.steps.is_recording or state.maps.computing else EMPTY)
            )
            self.pages.setCurrentWidget(self.empty)
            return
        if self.drawing is not None and self._wants_drawing and not self._choice.isHidden():
            self.pages.setCurrentWidget(self.drawing)
            soon(self, self._tell_least)  # once it knows what it draws
            return
        view = self.into if cursor.is_inside else self.over
        view.fed = _fed(state)
        view.show_cursor(timeline, cursor, state.classes)
        self.pages.setCurrentWidget(view)
        self._tell_least()

    def _offer_drawing(self, timeline: Timeline | None) -> None:
        """The choice is shown only where there is one."""
        is_tiny = timeline is not None and bool(timeline.steps) and _drawable(timeline)
        if is_tiny and self.drawing is None:
            self.drawing = _node_link(self._session)
            self.pages.addWidget(self.drawing)
            chain(self._choice, self.drawing)
        self._choice.setVisible(is_tiny and self.drawing is not None)

    @Slot(object)
    def point_at(self, pointed: Read) -> None:
        """Show the cells behind a row of the explanation: names of tensors and their cells, () for none."""
        page, steps = self.pages.currentWidget(), self._session.state.steps
        if page is self.over and steps.timeline is not None:
            self.over.point_at(steps.timeline, steps.cursor, pointed)
        elif page is self.into:
            self.into.point_at(pointed)

    @Slot(str, object)
    def _tell_pointed(self, tensor: str, cell: Index | None) -> None:
        """The cell under the mouse is pointed at in all views that show it."""
        steps = self._session.steps
        self._session.selection.hover(None if cell is None else steps.cell_in_maps(tensor, cell))

    @Slot(object)
    def show_hovered(self, cell: Cell | None) -> None:
        """Mark the cell under the mouse, wherever the mouse is."""
        page, steps = self.pages.currentWidget(), self._session.steps
        if self.isVisible() and isinstance(page, StepPicture):
            page.show_pointed(lambda tensor: None if cell is None else steps.cell_in_tensor(tensor, cell))

    @Slot()
    def _on_choice(self) -> None:
        checked = self._group.checkedButton()
        self._wants_drawing = checked is not None and checked.objectName() == "stageDrawing"
        self._show_step(self._session.state)

    @Slot(bool)
    def _dim(self, is_late: bool) -> None:
        for view in (self.over, self.into):
            view.set_dimmed(is_late and self._session.state.steps.timeline is not None)


def _fed(state: State) -> TypingTarget | None:
    """What the example at the cursor was fed as, to be typed over: the present input, or a further one of the batch."""
    example = state.steps.cursor.example
    values = values_at(state, example)
    if values is None:
        return None
    return TypingTarget(INPUT if is_present_input(state, example) else f"{EXAMPLE}{example}", values)


def _forget() -> None:
    """Let go of the pictures of an older timeline."""
    images.clear()
    shown_tensors.forget()


def _drawable(timeline: Timeline) -> bool:
    from explorer.ui.debugger.node_link import drawable

    return drawable(timeline)


def _node_link(session: Session) -> NodeLinkView:
    from explorer.ui.debugger.node_link.view import NodeLinkView

    return NodeLinkView(session)
