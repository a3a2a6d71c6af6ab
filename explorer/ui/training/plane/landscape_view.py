"""The loss along one or two weights, with the network as a point that walks down while it learns."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.arithmetic.losses import loss_named
from explorer.engine.training.weight import Weight
from explorer.session import Session, State, Verb
from explorer.session.cell import is_index
from explorer.session.features.plane import can_judge
from explorer.session.landscape_state import SPAN, Landscape, LandscapeWish
from explorer.ui.common.brief_label import BriefLabel
from explorer.ui.common.colour_bar import ColourBar
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.number_boxes import FloatBox
from explorer.ui.common.number_things import thing_of_numbers
from explorer.ui.common.picture_things import drawn
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import count, exact, number
from explorer.ui.common.things import Thing, offer
from explorer.ui.training.plane.landscape_canvas import LandscapeCanvas
from explorer.ui.training.plane.loss_picture import loss_scale
from explorer.ui.training.plane.picture_pages import PicturePages
from explorer.ui.training.plane.weight_picker import NONE, WeightPicker

SIDE_WIDTH, CONTROLS_WIDTH, SIDE_GAP, WORDS_WIDTH = 264, 320, 16, 200
NO_LIMIT = 16_777_215  # Qt's own
WIDEST = 3.2  # times its height
ROOM_FOR_WORDS, ROOM_FOR_SPAN = 150, 92
LEAST_SPAN, LARGEST_SPAN = 0.1, 100.0
SPAN_TIP = "How far to both sides, in standard deviations of the parameter's weights."
NO_DATA = "The loss over the network's weights appears here. Choose data to learn from."
BROKEN = "The network cannot be run on the chosen data yet. Its loss appears here once that is mended."
WORKING = "The loss is worked out…"
WORKING_ON_THE_SIDE = "The loss is worked out between the steps of the run, which takes a while. Paused it is quick."
NOWHERE_FINITE = "The loss is NaN or infinite everywhere here. Rewind, then try a smaller learning rate."
WHAT = "The loss over the weights of a network appears here."


class LandscapeView(FollowingView, QWidget):
    """The person picks the weights. Hidden it asks for nothing."""

    shows = ("plane.landscape", "data.data_set", "document", "data.problem")
    is_paced = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("landscapeView")
        self.setAccessibleName("Loss over weights")
        self._wish = LandscapeWish()
        self._is_drawn = False
        self._labels: dict[str, QLabel] = {}
        self._make_parts()
        self._lay_out()
        self.follow_session()

    def _make_parts(self) -> None:
        self.canvas = LandscapeCanvas()
        self.canvas.setAccessibleName("Loss over the chosen weights")
        offer(self.canvas, self._session, self._thing_at, self._place_of_network)
        self.across = WeightPicker("to the right", may_be_none=False)
        self.up = WeightPicker("upwards", may_be_none=True)
        for picker in (self.across, self.up):
            picker.refused.connect(self._session.say)
        self.across.chosen.connect(lambda choice: self._choose(0, choice))
        self.up.chosen.connect(lambda choice: self._choose(1, choice))
        self.span = FloatBox(LEAST_SPAN, LARGEST_SPAN, name="Span", tip=SPAN_TIP)
        self.span.setValue(SPAN)
        self.span.refused.connect(self._session.say)
        self.span.valueChanged.connect(self._choose_span)
        self.bar = ColourBar()
        self.sentence = BriefLabel(None)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence.setProperty("role", "dim")

    def _lay_out(self) -> None:
        self._controls = QWidget()
        grid = QGridLayout(self._controls)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(3, 1)
        parts: tuple[tuple[str, QWidget], ...] = (("right", self.across), ("up", self.up), ("span", self.span))
        for at, (label, part) in enumerate(parts):
            words = QLabel(label)
            words.setProperty("role", "dim")
            words.setBuddy(part)
            grid.addWidget(words, at, 0)
            self._labels[label] = words
            grid.addWidget(part, at, 1)
        self._side = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._side.setSpacing(SIDE_GAP)
        self._side.addWidget(self._controls, 3)
        self._side.addLayout(self._words(), 2)
        self.pages = PicturePages(self.canvas, self._side, side_width=SIDE_WIDTH)
        self.empty = self.pages.empty
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _words(self) -> QVBoxLayout:
        """What the colours mean, and the sentence that says what can be seen."""
        title = QLabel("loss")
        title.setProperty("role", "dim")
        self._scale = QWidget()
        scale = QHBoxLayout(self._scale)
        scale.setContentsMargins(0, 0, 0, 0)
        for part in (title, self.bar):
            scale.addWidget(part)
        scale.addStretch()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._scale)
        words.addWidget(self.sentence, 1)
        return words

    def sizeHint(self) -> QSize:
        return QSize(640, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 70)

    # --- what it shows ---

    def redraw(self) -> None:
        """Draw everything as it is now."""
        state = self._session.state
        landscape = state.plane.landscape
        applies = can_judge(state)
        self.empty.setText(why_empty(state))
        self.pages.setCurrentIndex(int(applies))
        words, why = sentence(landscape), self._why_no_plot(state)
        self.sentence.set_whole("" if words in (why, WORKING) else words)
        self.canvas.setToolTip(words)
        self.canvas.show_message(why)
        for picker in (self.across, self.up):
            picker.set_parameters(parameter_shapes(state))
        if applies and landscape is not None and landscape.losses is not None and landscape.trail is not None:
            self._draw(landscape, landscape.losses, landscape.trail)
            self._is_drawn = True
        self._scale.setVisible(not self.canvas.message.text() and len(landscape.weights if landscape else ()) > 1)
        self._watch()

    def _why_no_plot(self, state: State) -> str:
        """While the next one is worked out, the one before stays."""
        landscape = state.plane.landscape
        if landscape is not None and landscape.losses is not None:
            return "" if np.isfinite(landscape.losses).any() else NOWHERE_FINITE
        if landscape is not None and landscape.message:
            return landscape.message
        return "" if self._is_drawn else WORKING_ON_THE_SIDE if state.training.status == "running" else WORKING

    def _draw(self, landscape: Landscape, losses: np.ndarray, trail: np.ndarray) -> None:
        weights = landscape.weights
        self.across.show_weight(weights[0])
        self.up.show_weight(weights[1] if len(weights) > 1 else None)
        if len(weights) == 1:
            self.canvas.show_line(landscape.axes[0], losses, trail, name=str(weights[0]))
        else:
            names = (str(weights[0]), str(weights[1]))
            self.canvas.show_picture(landscape.axes[0], landscape.axes[1], losses, trail=trail, names=names)
            self.bar.set_scale(loss_scale(losses))
        tell(self.canvas, self.sentence.whole())

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """The loss that was worked out nearest to a place, or that of the network now; all of them are exported."""
        landscape, place = self._session.state.plane.landscape, None if point is None else self.canvas.place_at(point)
        if landscape is None or landscape.losses is None or landscape.trail is None or self.canvas.message.text():
            return None
        numbers = thing_of_numbers(self._session, "loss over weights", landscape.losses)
        name, loss = "the loss of the network now", float(landscape.trail[-1, -1])
        if place is not None:
            at = tuple(int(np.abs(axis - each).argmin()) for axis, each in zip(landscape.axes, place, strict=False))
            chosen = zip(landscape.weights, landscape.axes, at, strict=True)
            name = f"the loss at {', '.join(f'{weight} = {number(axis[each])}' for weight, axis, each in chosen)}"
            loss = float(landscape.losses[at[::-1]])
        return replace(numbers, name=name, value=partial(exact, loss), picture=partial(drawn, self.canvas))

    def _place_of_network(self) -> QPointF | None:
        landscape = self._session.state.plane.landscape
        if landscape is None or landscape.trail is None:
            return None
        return self.canvas.point_of(*landscape.trail[-1, :2].tolist())

    # --- what is chosen ---

    def _choose(self, which: int, choice: object) -> None:
        weights = [*self._wish.weights, None][:2]
        weights[which] = choice if isinstance(choice, Weight) else None
        is_line = choice == NONE or (which == 0 and self.up.parameter.currentText() == NONE)
        self._wish = LandscapeWish(tuple(weights[:1] if is_line else weights), self._wish.span)
        self._watch()

    @Slot(float)
    def _choose_span(self, span: float) -> None:
        self._wish = LandscapeWish(self._wish.weights, span)
        self._watch()

    def _watch(self) -> None:
        is_shown = self.isVisible() and self.pages.currentIndex() == 1
        self._session.landscape.watch_landscape(self._valid_wish() if is_shown else None)

    def _valid_wish(self) -> LandscapeWish:
        """A weight of a layer that has gone is chosen anew."""
        shapes = parameter_shapes(self._session.state)
        weights = tuple(each if each is not None and _is_in(each, shapes) else None for each in self._wish.weights)
        self._wish = LandscapeWish(weights, self._wish.span)
        return self._wish

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._session.landscape.watch_landscape(None)
        self._is_stale = True  # shown again, it is watched again

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widest = round(WIDEST * self.height())
        has_room_beside = self.width() - widest >= SIDE_WIDTH + SIDE_GAP + WORDS_WIDTH
        directions = QBoxLayout.Direction
        self._side.setDirection(directions.LeftToRight if has_room_beside else directions.TopToBottom)
        self._controls.setMaximumWidth(CONTROLS_WIDTH if has_room_beside else NO_LIMIT)
        self._controls.setMinimumWidth(SIDE_WIDTH)
        self.canvas.setMaximumWidth(widest)
        for part in (self.span, self._labels["span"]):
            part.setVisible(self.height() >= ROOM_FOR_SPAN)
        self.sentence.setVisible(has_room_beside or self.height() >= ROOM_FOR_WORDS)  # the picture's tip tells it too

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.redraw_soon()


def parameter_shapes(state: State) -> dict[str, tuple[int, ...]]:
    """The parameters of the network's layers by name, as far as they are known."""
    layers = state.maps.activations.layers if state.maps.activations else ()
    parts = ((layer.name, part, getattr(layer, part)) for layer in layers for part in ("weight", "bias"))
    return {f"{name}.{part}": array.shape for name, part, array in parts if array is not None}


def why_empty(state: State) -> str:
    """The sentence that stands where there is no loss."""
    if not state.subject.can(Verb.USE_DATA):
        return f"{WHAT} {state.subject.refusal(Verb.USE_DATA)}"
    return NO_DATA if state.data.data_set is None else BROKEN


def sentence(landscape: Landscape | None) -> str:
    """What is shown, of how many examples, and of when."""
    if landscape is None:
        return WORKING
    if landscape.message or landscape.trail is None:
        return landscape.message
    names = " and ".join(map(str, landscape.weights))
    rest = (
        "all other weights as they are" if not landscape.step else f"all others as after step {count(landscape.step)}"
    )
    now = f"The point is the network now, its loss {number(landscape.trail[-1, -1])}"
    drawn = landscape.trail[:, :2]  # a loss that was taken twice differs in its last digits: no line is seen of that
    walked = "." if np.allclose(drawn, drawn[-1], equal_nan=True) else ", the line where it came from."
    title = loss_named(landscape.loss).title
    what = f"{title[0].upper()}{title[1:]} of {count(landscape.count)} training examples"
    return f"{what} along {names}, {rest}. {now}{walked}"


def _is_in(weight: Weight, shapes: dict[str, tuple[int, ...]]) -> bool:
    return is_index(weight.index, shapes.get(weight.parameter, ()))
