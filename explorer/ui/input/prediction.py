"""What the network says about the picture: its answers with bars, the surest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import overload

import numpy as np
from PySide6.QtCore import QModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.amounts import is_fault
from explorer.session import Prediction, Session, State
from explorer.session.class_picture import ClassPicture
from explorer.session.ranges import finite_range
from explorer.session.shared_place import chosen_answer
from explorer.session.snapshot import MOST_RANKED
from explorer.session.switched_off import SWITCH_OFF
from explorer.ui.common.fault_card import lead_to_card
from explorer.ui.common.fault_pointer import FaultPointer
from explorer.ui.common.fed_pixels import pixels_of
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.late import Late
from explorer.ui.common.pane import Pane
from explorer.ui.common.row_things import offer_rows
from explorer.ui.common.text import count, exact, listed_percent, number, plural
from explorer.ui.input.answer_list import Answer, AnswerList
from explorer.ui.input.box_picture import BoxPicture
from explorer.ui.input.class_areas import ClassAreas
from explorer.ui.input.unknown_line import UnknownLine

EMPTY = "What the network says about the picture appears here. Open a picture, or drop one anywhere in the window."
NO_NETWORK = "What a network says about a picture appears here. Open a network first."
RUNNING = "What the network says about the picture appears here once it has run."
MAPS = "This network ends in maps, not in numbers: choose its last layer to see them."


class PredictionView(FollowingView, Pane):
    """The last layer's numbers; a click chooses that channel in every view."""

    shows = (
        "document",
        "files.undo_text",
        "maps.activations",
        "maps.computing",
        "maps.fault",
        "selection",
        "steps.cursor",
        "steps.is_walked",
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Prediction", parent)
        self.setObjectName("prediction")
        self.answers = AnswerList()
        self.answers.setObjectName("answers")
        self.answers.setAccessibleName("Answers of the network")
        self.answers.setToolTip("What the network says, the surest first. Choose one to see it in every view.")
        self.answers.clicked.connect(self._choose)
        self.answers.activated.connect(self._choose)
        offer_rows(self.answers, session, value=self._value, find=self._find)
        self.empty = FaultPointer(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.empty.setProperty("role", "dim")
        self.empty.setContentsMargins(12, 4, 12, 12)
        self.body.setContentsMargins(0, 2, 0, 6)
        self.areas = ClassAreas()
        self.areas.pointed.connect(self._point_at_place)
        self.areas.chosen.connect(self._choose_place)
        self.areas.class_chosen.connect(self._choose_map)
        self.body.addWidget(self.answers, 1)
        self.body.addWidget(self.areas, 1)
        self.found = BoxPicture()
        self.body.addWidget(self.found, 1)
        self.body.addWidget(self.empty, 1)
        self.unknown = UnknownLine(session, self)
        self.unknown.turned.connect(self._lay_over)
        self._before: Prediction | None = None  # what it said while nothing was switched off
        self._late = Late(self)
        self._late.turned.connect(self.answers.set_dimmed)
        self.follow_session()

    def sizeHint(self) -> QSize:
        return QSize(290, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 84)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_over()

    @Slot()
    def _lay_over(self) -> None:
        """The remark covers the end of the answers, the least likely ones: they can be scrolled out from under it."""
        height = self.unknown.sizeHint().height()
        self.unknown.setGeometry(1, self.height() - height - 1, self.width() - 2, height)
        self.unknown.raise_()
        below = self.body.contentsMargins().bottom()
        self.answers.set_covered(0 if self.unknown.isHidden() else max(height + 1 - below, 0))

    def show_changes(self, old: State | None, new: State) -> None:
        if old is None or old.maps.computing != new.maps.computing:
            self._late.wait(new.maps.computing)
        is_off = new.files.undo_text.startswith(SWITCH_OFF)
        if not is_off and not new.maps.computing:
            self._before = new.prediction
        was_off = old is not None and old.files.undo_text.startswith(SWITCH_OFF)
        is_other = old is None or _said(old) != _said(new)
        if old is None or is_other or is_off != was_off or _line(old) != _line(new):
            self._show_prediction(new)
        self.answers.set_chosen(chosen_answer(new))

    def _value(self, row: QModelIndex) -> str:
        return self.answers.answer_at(row).exact

    def _find(self, row: QModelIndex) -> Callable[[], object]:
        return partial(self._choose_output, self.answers.answer_at(row).index)

    def _show_prediction(self, state: State) -> None:
        is_of_places = state.boxes is not None or state.class_picture is not None
        fed = pixels_of(state.input) if is_of_places else None
        boxes = state.boxes if fed is not None else None
        areas = state.class_picture if boxes is None else None
        prediction = state.prediction if boxes is None and areas is None else None
        self.answers.setVisible(prediction is not None)
        self.areas.setVisible(areas is not None)
        self.found.setVisible(boxes is not None)
        self.empty.setVisible(prediction is None and areas is None and boxes is None)
        self.empty.setText(_line(state))
        at = state.told_at
        self.empty.lead((lambda: lead_to_card(self, self._session, at)) if at else None)
        self.set_facts(_facts(prediction) if prediction else "")
        if areas is not None:
            self._show_areas(areas, fed)
        if boxes is not None and fed is not None:
            self.set_facts(f"{plural(len(boxes.boxes), 'thing')} found")
            self.found.show_boxes(boxes, fed)
        if prediction is not None:
            is_off = state.files.undo_text.startswith(SWITCH_OFF)
            answers = Ranked(prediction, self._before if is_off else None)
            self.answers.show_answers(answers, signed=not prediction.is_probability, classes=prediction.names)
            self.setAccessibleDescription(", ".join(f"{a.name} {a.value}" for a in answers[:5]))

    def _show_areas(self, shown: ClassPicture, fed: np.ndarray | None) -> None:
        of_slice = f" · slice {shown.at_slice} of {shown.slices}" if shown.slices > 1 else ""
        self.set_facts(f"{shown.title}{of_slice}")
        self.areas.show_areas(shown, fed if shown.slices == 1 else None)

    @Slot(object)
    def _point_at_place(self, place: tuple[int, int] | None) -> None:
        shown = self._session.state.class_picture
        if place is None or shown is None:
            self._session.selection.hover(None)
        else:
            self._session.selection.hover_at(shown.layer, shown.channel(*place), *place)

    @Slot(int, int)
    def _choose_place(self, row: int, column: int) -> None:
        shown = self._session.state.class_picture
        if shown is not None:
            channel = shown.channel(row, column)
            self._session.selection.select(layer=shown.layer, channel=channel, row=row, column=column)

    @Slot(int)
    def _choose_map(self, at: int) -> None:
        """The whole map of a class."""
        shown = self._session.state.class_picture
        if shown is not None:
            self._session.selection.select(layer=shown.layer, channel=shown.map_of(at), row=None, column=None)

    @Slot(QModelIndex)
    def _choose(self, row: QModelIndex) -> None:
        self._choose_output(self.answers.answer_at(row).index)

    def _choose_output(self, output: int) -> None:
        activations = self._session.state.maps.activations
        if activations is None:
            return
        last = activations.layers[-1]
        # One sigmoid neuron stands for two classes: both rows are that neuron.
        channel = min(output, last.values.shape[0] - 1)
        self._session.selection.select(layer=last.name, channel=channel, row=None, column=None)


class Ranked(Sequence[Answer]):
    """The answers as rows: probabilities and named classes the largest first, plain outputs in their own order.

    A row is made when it is asked for. Where answers are very many there are `MOST_RANKED` rows.
    """

    def __init__(self, prediction: Prediction, before: Prediction | None = None) -> None:
        """`before` is what it said of the same until something was switched off."""
        self._prediction = prediction
        has_before = before is not None and before.names == prediction.names
        self._before = before.values if before is not None and has_before else None
        self._order = (
            prediction.surest if prediction.is_probability else range(min(prediction.values.size, MOST_RANKED))
        )
        self._largest = 1.0 if prediction.is_probability else max(map(abs, finite_range(prediction.values)))

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, row: int) -> Answer: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[Answer]: ...

    def __getitem__(self, row: int | slice) -> Answer | Sequence[Answer]:
        if isinstance(row, slice):
            return [self._answer(int(index)) for index in self._order[row]]
        return self._answer(int(self._order[row]))

    def _answer(self, index: int) -> Answer:
        value, is_share = float(self._prediction.values[index]), self._prediction.is_probability
        was = None if self._before is None else float(self._before[index])
        return Answer(
            index=index,
            name=self._prediction.names[index],
            value=listed_percent(value) if is_share else number(value),
            share=_share(value, self._largest),
            exact=exact(value),
            is_fault=is_fault(value),
            before=None if was is None else _share(was, self._largest),
            was="" if was is None else exact(was),
        )


def _facts(prediction: Prediction) -> str:
    """Where the answers come from, and how many of very many are shown."""
    shown, there_are = min(prediction.values.size, MOST_RANKED), prediction.values.size
    which = "surest" if prediction.is_probability else "first"
    return (
        f"{prediction.title} · the {which} {count(shown)} of {count(there_are)}"
        if shown < there_are
        else prediction.title
    )


def _share(value: float, largest: float) -> float:
    if not np.isfinite(value) or largest == 0:
        return 0.0
    return min(max(value / largest, -1.0), 1.0)


def _said(state: State) -> tuple[int, ...]:
    """Tells one answer of the network from another: each is made anew by every pass."""
    return tuple(id(each) for each in (state.prediction, state.class_picture, state.boxes))


def _line(state: State) -> str:
    """What stands here while there is no prediction."""
    if state.prediction is not None:
        return ""
    if state.pointer:
        return state.pointer
    if state.maps.activations is not None and len(state.maps.activations.layers) > 1 and not state.maps.computing:
        return MAPS
    if not state.subject.is_open:
        return NO_NETWORK
    return RUNNING if state.maps.computing else EMPTY
