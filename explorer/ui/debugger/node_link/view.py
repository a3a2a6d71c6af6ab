"""The node-link drawing of the recorded step: neurons, weights, targets and loss as far as the cursor has come."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from explorer.arithmetic.operation import Index
from explorer.session import Session, State
from explorer.session.asked_number import AskedNumber
from explorer.session.step_code import code_of_step
from explorer.ui.common.box import Box
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.inline_editor import InlineEditor
from explorer.ui.common.late import Late
from explorer.ui.common.number_things import asked_at, pytorch_line
from explorer.ui.common.text import MINUS, exact, number
from explorer.ui.common.things import Thing, offer
from explorer.ui.common.typed import beyond
from explorer.ui.debugger.node_link import (
    Ask,
    Bias,
    Edge,
    Item,
    Node,
    NodeLink,
    ask,
    drawable,
    drawing_of,
    least_height,
    shown,
)
from explorer.ui.debugger.node_link.canvas import NodeLinkCanvas
from explorer.ui.debugger.node_link.layout import FOOT

EMPTY = "The neurons and weights of a recorded step appear here."
NOT_DRAWN = (
    "Neurons are drawn for chains of linear layers with up to 48 neurons, 16 in a layer, and 200 weights. "
    "Step through this network's tensors instead."
)
COMPUTED = "This number is computed: change a weight, a bias, an input or a target, or the learning rate."
ONE_CLASS = "Only one class is the target: type 1 at the class that is right."
OTHER_EXAMPLE = "Only the first example of the batch can be changed here."
NOT_NEGATIVE = "The learning rate cannot be below 0."
FLOAT = np.dtype(np.float32)  # what targets and learning rates are turned into


class NodeLinkView(FollowingView, QWidget):
    """Shows `state.steps.timeline` at its cursor; a click explains a number, a double click changes it."""

    shows = ("document", "steps.timeline", "steps.cursor", "steps.is_recording", "steps.message")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("nodeLink")
        self._drawing: NodeLink | None = None
        self._measured: tuple[float, int] | None = None  # the width, and the least height at it
        self._editing: Item | None = None
        self.canvas = NodeLinkCanvas(self)
        self.learning_rate = QPushButton(self)
        self.learning_rate.setObjectName("nodeLinkLearningRate")
        self.learning_rate.setProperty("role", "flat")
        self.learning_rate.setAccessibleName("Learning rate")
        self.learning_rate.setToolTip("The learning rate of the update. Click to change it.")
        self.editor = InlineEditor(self)
        self.editor.setObjectName("nodeLinkEditor")
        self._late = Late(self)
        self._late.turned.connect(self.canvas.set_dimmed)
        self.canvas.chosen.connect(self._choose)
        self.canvas.edit_asked.connect(self._edit)
        self.learning_rate.clicked.connect(self._edit_learning_rate)
        self.editor.finished.connect(self._commit)
        self.editor.cancelled.connect(self._close_editor)
        self.editor.refused.connect(lambda sentence: self.canvas.set_message(sentence, is_fault=True))
        self.editor.textEdited.connect(lambda _text: self.canvas.set_message(""))
        offer(self.canvas, session, self._thing_at, self.canvas.chosen_point)
        self.follow_session()

    def least_height(self, width: float) -> int:
        """The height it needs at that width to write every weight and bias, where that is not much; else what it can do
        with."""
        if self._measured is None or self._measured[0] != width:  # asked for at each step of the cursor
            needed = None if self._drawing is None else least_height(self._drawing, width)
            self._measured = width, self.minimumSizeHint().height() if needed is None else int(needed)
        return self._measured[1]

    def sizeHint(self) -> QSize:
        return self.canvas.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.canvas.minimumSizeHint()

    # --- showing ---

    @np.errstate(all="ignore")  # sums over a diverged step are NaN, and shown as such
    def show_changes(self, old: State | None, new: State) -> None:
        if old is not None and old.subject.structure is not new.subject.structure:
            self._close_editor()
        if old is None or old.steps.timeline is not new.steps.timeline:
            self._show_timeline(new)
        if old is None or old.steps.timeline is not new.steps.timeline or old.steps.cursor != new.steps.cursor:
            self._show_cursor(new, moved=old is not None and old.steps.cursor != new.steps.cursor)
        if old is None or old.steps.is_recording != new.steps.is_recording:
            self._late.wait(new.steps.is_recording)
        if old is None or old.steps.message != new.steps.message:
            self._show_line(new)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.canvas.setGeometry(self.rect())
        self._place_learning_rate()
        self._close_editor()

    def _show_timeline(self, state: State) -> None:
        timeline = state.steps.timeline
        drawing = drawing_of(timeline) if timeline is not None and drawable(timeline) else None
        if drawing != self._drawing:
            self._close_editor()
            self._measured = None
        self._drawing = drawing
        self.learning_rate.setVisible(self._drawing is not None)
        if timeline is not None:
            self.learning_rate.setText(f"η = {number(timeline.learning_rate, 4)}")
            self._place_learning_rate()
        self._show_line(state)

    def _show_cursor(self, state: State, *, moved: bool) -> None:
        if self._drawing is None or state.steps.timeline is None:
            self.canvas.show_drawing(None, None)
            return
        drawing = shown(self._drawing, state.steps.timeline, state.steps.cursor)
        self.canvas.show_drawing(self._drawing, drawing)
        if moved and drawing.chosen is not None:
            self.canvas.set_focused(drawing.chosen)
        if not self.editor.isVisible():
            self.canvas.set_message("")

    def _show_line(self, state: State) -> None:
        if self._drawing is not None:
            self.canvas.set_message("")
        elif state.steps.timeline is not None:
            self.canvas.set_message(NOT_DRAWN)
        else:
            self.canvas.set_message(state.steps.message or EMPTY)

    def _place_learning_rate(self) -> None:
        size = self.learning_rate.sizeHint()
        left = self.width() - size.width() - 4
        top = self.height() - int(FOOT / 2) - size.height() // 2
        self.learning_rate.setGeometry(left, min(top, self.height() - size.height()), size.width(), size.height())
        self.canvas.legend_width = left

    # --- explaining ---

    @Slot(object, object)
    def _choose(self, item: Item, line: int | None) -> None:
        state = self._session.state
        self._close_editor()
        if self._drawing is None or state.steps.timeline is None:
            return
        found = ask(self._drawing, state.steps.timeline, state.steps.cursor, item, line=line)
        if found is not None:
            self._explain(found)

    def _explain(self, found: Ask) -> None:
        cursor = self._session.state.steps.cursor
        if found.step != cursor.step:
            self._session.steps.go_to_step(found.step, cursor.is_inside)
        self._session.steps.choose_cell(found.of, found.cell)

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """A neuron, a weight or a bias; of several numbers that in the line under the mouse, else the newest."""
        item = self.canvas.focused if point is None else self.canvas.item_at(point.x(), point.y())
        if item is None or self.canvas.scene is None:
            return None
        shown, line = self.canvas.scene.shown, None if point is None else self.canvas.line_at(item, point.y())
        written = shown.newest(item) if line is None else shown.written[item][line]
        value = written.value
        refusal = self._refusal(item)
        return Thing(
            self.canvas.description(item).partition(":")[0],
            value=None if value is None else partial(exact, value),
            picture=lambda: self.canvas.grab().toImage(),
            line=pytorch_line(self._session.state, "" if isinstance(item, Node) else self._layer(item)),
            find=partial(self._choose, item, line),
            find_words="Explain this number",
            more=() if refusal else (("Change it…", partial(self._edit, item)),),
            asked=self._asked(item, line),
            code=self._code(item, line),
        )

    def _asked(self, item: Item, line: int | None) -> AskedNumber | None:
        found = self._number(item, line)
        return None if found is None else asked_at(self._session.state, *found)

    def _code(self, item: Item, line: int | None) -> str:
        found = self._number(item, line)
        return "" if found is None else code_of_step(self._session.state, *found)

    def _number(self, item: Item, line: int | None) -> tuple[int, str, Index] | None:
        """The step, the tensor and its cell that make a number of the drawing."""
        state = self._session.state
        if self._drawing is None or state.steps.timeline is None:
            return None
        found = ask(self._drawing, state.steps.timeline, state.steps.cursor, item, line=line)
        if found is None:
            return None
        return found.step, state.steps.timeline.asked(found.step, found.of).name, found.cell

    # --- changing ---

    @Slot(object)
    def _edit(self, item: Item) -> None:
        refusal = self._refusal(item)
        self.canvas.set_message(refusal)
        if refusal or self.canvas.scene is None:
            return
        written = self.canvas.scene.shown.written[item][0]
        value = written.old if written.old is not None else written.value
        self._editing = item
        self._open_editor(self.canvas.box(item), value or 0.0, name=self.canvas.description(item))

    def _refusal(self, item: Item) -> str:
        """Why an item cannot be changed, or ""."""
        if self._drawing is None:
            return EMPTY
        role = self._drawing.columns[item.column].role
        if isinstance(item, Node) and role not in ("input", "target"):
            return COMPUTED
        return OTHER_EXAMPLE if isinstance(item, Node) and self._session.state.steps.cursor.example else ""

    @Slot()
    def _edit_learning_rate(self) -> None:
        timeline = self._session.state.steps.timeline
        if timeline is not None:
            self._editing = None
            place = self.learning_rate.geometry()
            box = Box(place.x(), place.y(), place.width(), place.height())
            self._open_editor(box, timeline.learning_rate, name="Learning rate")

    def _open_editor(self, box: Box, value: float, *, name: str) -> None:
        self.editor.setAccessibleName(name)
        self.editor.open(box, str(np.float32(value)).replace("-", MINUS))

    @Slot(float)
    def _commit(self, value: float) -> None:
        refusal = self._change(value)
        if refusal:
            self.editor.refuse(refusal)
        else:
            self._close_editor()

    def _change(self, value: float) -> str:
        """Call the session's verb for what is being edited; the sentence that refuses the value, or ""."""
        changes: dict[type, Callable[..., str]] = {
            Edge: self._change_weight,
            Bias: self._change_bias,
            Node: self._change_node,
        }
        item = self._editing
        if item is None:
            return self._change_learning_rate(value)
        return self._refusal(item) or beyond(value, self._number_type(item)) or changes[type(item)](item, value)

    def _number_type(self, item: Item) -> np.dtype[Any]:
        """The type of the number that is edited: a parameter's own, or the input's; a target is a float."""
        timeline = self._session.state.steps.timeline
        assert self._drawing is not None
        column = self._drawing.columns[item.column]
        if timeline is not None and isinstance(item, Node) and column.role == "input":
            return self._session.state.subject.number_type(self._session.state.input.numbers)
        if timeline is not None and column.weights is not None:
            of = "bias" if isinstance(item, Bias) else "weight"
            return timeline.tensors(column.weights.forward).by_name[of].values.dtype
        return FLOAT

    def _change_learning_rate(self, value: float) -> str:
        refusal = NOT_NEGATIVE if value < 0 else beyond(value, FLOAT)
        if refusal:
            return refusal
        self._session.learning.set_hyperparameters(learning_rate=value)
        return ""

    def _change_weight(self, edge: Edge, value: float) -> str:
        self._session.editing.set_cell(f"{self._layer(edge)}.weight", (edge.unit, edge.source), value)
        return ""

    def _change_bias(self, bias: Bias, value: float) -> str:
        self._session.editing.set_cell(f"{self._layer(bias)}.bias", (bias.unit,), value)
        return ""

    def _layer(self, item: Item) -> str:
        assert self._drawing is not None
        weights = self._drawing.columns[item.column].weights
        assert weights is not None
        return weights.layer

    def _change_node(self, node: Node, value: float) -> str:
        assert self._drawing is not None
        if self._drawing.columns[node.column].role == "input":
            cell = tuple(int(index) for index in np.unravel_index(node.unit, self._drawing.input_shape))
            self._session.input.set_cell(cell, value)
            return ""
        return self._change_target(node, value)

    def _change_target(self, node: Node, value: float) -> str:
        assert self._drawing is not None
        assert self.canvas.scene is not None
        if self._drawing.has_class_target:
            if value != 1:
                return ONE_CLASS
            self._session.learning.set_target(node.unit)
            return ""
        written = self.canvas.scene.shown.written
        size = self._drawing.columns[node.column].size
        values = [written[Node(node.column, unit)][0].value or 0.0 for unit in range(size)]
        values[node.unit] = value
        self._session.learning.set_target(tuple(values))
        return ""

    @Slot()
    def _close_editor(self) -> None:
        if self.editor.isVisible():
            had_focus = self.editor.hasFocus()
            self.editor.close_quietly()
            self.canvas.set_message("")
            if had_focus:
                (self.canvas if self._editing is not None else self.learning_rate).setFocus()
