"""The decision surface: what a network of two inputs says everywhere in the plane, with the points it learns from."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.arithmetic.cells import subscript
from explorer.data.data_set import DataSet, Split
from explorer.session import Session, State, Verb
from explorer.session.features.plane import has_surface
from explorer.session.surface_state import Area, Surface
from explorer.ui.common.class_colours import class_colour, class_mark
from explorer.ui.common.colour_bar import ColourBar
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.number_things import thing_of_numbers
from explorer.ui.common.picture_things import drawn
from explorer.ui.common.text import count, exact, number, percent
from explorer.ui.common.things import Thing, offer
from explorer.ui.training.plane.canvas import PlaneCanvas, Points
from explorer.ui.training.plane.colours import class_picture, number_picture, number_scale
from explorer.ui.training.plane.legend import PlaneLegend, Row
from explorer.ui.training.plane.picture_pages import PicturePages

AXES = subscript("x", 0), subscript("x", 1)
ROOM = 0.2  # share of the points' extent that is left free around them
POINTS_AT_MOST = 2000
SIDE_WIDTH = 232
WIDEST = 2.4  # times its height: more of the plane would only make the points small
NO_DATA = (
    "What the network says everywhere in the plane appears here. Choose a set of points as data, for instance moons."
)
NOT_TWO = "A surface can be drawn of a network that takes two numbers. This one takes {taken}."
NO_NUMBERS = "The network gives no numbers here, only NaN or ∞. Rewind, then try a smaller learning rate."
BROKEN = "The network cannot be run on these points yet. Its decisions appear here once that is mended."


class SurfaceView(FollowingView, QWidget):
    """Follows the network while it learns; a click feeds it that point. Hidden it asks for nothing."""

    shows = ("plane.surface", "data.data_set", "document", "data.problem", "values")
    is_paced = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("surfaceView")
        self.setAccessibleName("Decision surface")
        self._points_of: DataSet | None = None
        self._make_parts()
        self.follow_session()

    def _make_parts(self) -> None:
        self.canvas = PlaneCanvas()
        self.canvas.setAccessibleName("The plane with the network's decisions")
        self.canvas.set_labels(*AXES)
        self.canvas.setToolTip("A click or the arrow keys feed the network a point. Wheel zooms, F shows all.")
        self.canvas.moved.connect(self._watch)
        self.canvas.pointed.connect(self._read_off)
        self.canvas.chosen.connect(self._feed)
        offer(self.canvas, self._session, self._thing_at, self._place_of_input)
        self.legend = PlaneLegend()
        self.bar = ColourBar()
        self.reading = QLabel(wordWrap=True, accessibleName="What the network says at a point")
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setProperty("role", "dim")
        side = QVBoxLayout()
        side.setSpacing(6)
        for part in (self.legend, self.bar, self.reading, self.sentence):
            side.addWidget(part)
        side.addStretch()
        self.pages = PicturePages(self.canvas, side, side_width=SIDE_WIDTH)
        self.empty = self.pages.empty
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def sizeHint(self) -> QSize:
        return QSize(640, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(380, 96)

    # --- what it shows ---

    def redraw(self) -> None:
        """Draw everything as it is now."""
        state = self._session.state
        applies = has_surface(state)
        self.empty.setText(why_empty(state))
        self.pages.setCurrentIndex(int(applies))
        if applies and state.data.data_set is not None:
            self._show_points(state.data.data_set)
            self._show_surface(state)
        self._watch()

    def _show_points(self, data: DataSet) -> None:
        if self._points_of is not data:
            self._points_of = data
            self.canvas.set_whole(*whole_area(data))
            self.legend.show_rows(legend_rows(data))
            self._draw_points(data, None)

    def _draw_points(self, data: DataSet, surface: Surface | None) -> None:
        splits = ((data.train, False), *(((data.test, True),) if data.test is not None else ()))
        colours = class_clouds if data.classes else number_clouds
        self.canvas.set_points(tuple(cloud for split, held in splits for cloud in colours(split, held, surface)))

    def _show_surface(self, state: State) -> None:
        surface = _fitting(state)
        values = state.values
        self.canvas.set_mark((float(values[0]), float(values[1])) if values is not None and values.size == 2 else None)
        self.bar.setVisible(not state.classes and surface is not None)
        if surface is None:
            self.canvas.set_picture(None)
        elif surface.is_of_classes:
            self.canvas.set_picture(class_picture(surface.values), surface.area)
        else:
            self._show_numbers(state, surface)
        self.sentence.setText(sentence(state, surface))
        self._read_off(None)

    def _show_numbers(self, state: State, surface: Surface) -> None:
        assert state.data.data_set is not None
        scale = number_scale(surface.values[..., 0], state.data.data_set.train.labels)
        self.bar.set_scale(scale)
        self.canvas.set_picture(number_picture(surface.values[..., 0], scale), surface.area)
        self._draw_points(state.data.data_set, surface)

    @Slot(object)
    def _read_off(self, place: tuple[float, float] | None) -> None:
        """What the network says under the mouse; without it, at the point it is fed."""
        state = self._session.state
        values, surface = state.values, _fitting(state)
        if place is None and values is not None and values.size == 2:
            place = float(values[0]), float(values[1])
        self.reading.setText("" if surface is None or place is None else reading(state, surface, place))

    @Slot(float, float)
    def _feed(self, x: float, y: float) -> None:
        self.canvas.set_mark((x, y))  # at once, so that the arrow keys go on from there
        self._session.input.point_at(np.array([x, y], np.float32))

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """What the network says at a place, or at the point it is fed; the whole surface is exported."""
        surface = _fitting(self._session.state)
        place = self.canvas.mark if point is None else self.canvas.place_at(point)
        if surface is None or place is None:
            return None
        said = said_at(surface, place)
        name = f"what the network says at {where_words(place)}"
        numbers = thing_of_numbers(self._session, "decision surface", surface.values)
        return replace(
            numbers,
            name=name,
            value=None if said is None else lambda: "\t".join(exact(float(each)) for each in said),
            picture=partial(drawn, self.canvas),
            more=(("Feed the network this point", partial(self._feed, *place)),),
        )

    def _place_of_input(self) -> QPointF | None:
        return None if self.canvas.mark is None else self.canvas.point_of(*self.canvas.mark)

    # --- what it asks for ---

    @Slot()
    def _watch(self) -> None:
        is_shown = self.isVisible() and self.pages.currentIndex() == 1
        self._session.plane.watch_surface(Area(*self.canvas.visible_area()) if is_shown else None)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._session.plane.watch_surface(None)
        self._is_stale = True  # shown again, it is watched again

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.canvas.setMaximumWidth(round(WIDEST * self.height()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._points_of = None
            self.redraw_soon()


def why_empty(state: State) -> str:
    """The sentence that stands where no surface can be drawn."""
    if state.data.data_set is None:
        return NO_DATA
    shape = state.subject.input_shape
    if shape is not None and shape != (2,):
        taken = f"{count(shape[0])} numbers" if len(shape) == 1 else "pictures"
        return NOT_TWO.format(taken=taken)
    return state.subject.refusal(Verb.USE_DATA) or BROKEN


def whole_area(data: DataSet) -> Area:
    """The part of the plane that the points take, with room around them."""
    places = np.concatenate([_places(split) for split in (data.train, data.test) if split is not None])
    (left, bottom), (right, top) = places.min(0), places.max(0)
    room = ROOM * max(right - left, top - bottom, 1e-6)
    return Area(float(left - room), float(right + room), float(bottom - room), float(top + room))


def legend_rows(data: DataSet) -> tuple[Row, ...]:
    """What the colours and the shapes mean."""
    classes = tuple(Row(name, class_colour(index).name(), "square") for index, name in enumerate(data.classes))
    held = (Row("held out", "", "ring"),) if data.test is not None else ()
    return (*classes, Row("learned from", "", "disc"), *held, Row("the present input", "", "cross"))


def class_clouds(split: Split, is_held_out: bool, _surface: Surface | None) -> tuple[Points, ...]:
    """The points of a split, one cloud a class."""
    chosen = _chosen(split)
    places, labels = split.inputs(chosen), split.labels[chosen]
    return tuple(
        Points(places[labels == label], class_colour(label).name(), is_held_out, class_mark(label))
        for label in np.unique(labels).tolist()
    )


def number_clouds(split: Split, is_held_out: bool, surface: Surface | None) -> tuple[Points, ...]:
    """The points of a split in bands of their targets, coloured on the scale of the surface."""
    chosen = _chosen(split)
    places, targets = split.inputs(chosen), np.asarray(split.labels[chosen], np.float64).reshape(len(chosen), -1)[:, 0]
    values = np.zeros(0) if surface is None else surface.values[..., 0]
    scale = number_scale(values, np.asarray(split.labels))
    edges = np.linspace(scale.low, scale.high, 10)[1:-1]
    bands = np.digitize(targets, edges)
    clouds = []
    for band in np.unique(bands):
        member = bands == band
        red, green, blue = number_picture(targets[member].mean(keepdims=True), scale)[0]
        clouds.append(Points(places[member], f"#{red:02x}{green:02x}{blue:02x}", is_held_out))
    return tuple(clouds)


def sentence(state: State, surface: Surface | None) -> str:
    """What the picture shows, and of when."""
    if surface is None:
        shown = state.plane.surface
        return shown.message if shown is not None and shown.message else "The network is asked…"
    if not np.isfinite(surface.values).any():
        return NO_NUMBERS
    when = f"after step {count(surface.step)}" if surface.step else "as it is"
    if surface.is_of_classes:
        return f"The colour is the class that the network chooses, {when}; the stronger, the surer."
    which = "" if surface.values.shape[-1] == 1 else "the first number of "
    return f"The colour is {which}what the network says, {when}. A point of its colour is met."


def reading(state: State, surface: Surface, place: tuple[float, float]) -> str:
    """ "x₁ 0.31, x₂ −0.2: A 93 %"."""
    where, said = where_words(place), said_at(surface, place)
    if said is None:
        return where
    if not np.isfinite(said).all():
        return f"{where}: the network gives {number(float(said[~np.isfinite(said)][0]))}"
    if not surface.is_of_classes:
        return f"{where}: {', '.join(number(value) for value in said[:4])}"
    best = int(said.argmax())
    name = state.classes[best] if best < len(state.classes) else f"class {best}"
    return f"{where}: {name} {percent(float(said[best]))}"


def where_words(place: tuple[float, float]) -> str:
    """ "x₁ 0.31, x₂ −0.2"."""
    return f"{AXES[0]} {number(place[0])}, {AXES[1]} {number(place[1])}"


def said_at(surface: Surface, place: tuple[float, float]) -> np.ndarray | None:
    """What the network says in the cell that a place lies in, (K,); None beside the surface."""
    area, (rows, columns) = surface.area, surface.values.shape[:2]
    column = int((place[0] - area.left) / area.width * columns)
    row = int((place[1] - area.bottom) / area.height * rows)
    return surface.values[row, column] if 0 <= column < columns and 0 <= row < rows else None


def _fitting(state: State) -> Surface | None:
    """The surface, if it is one of the kind of data there are."""
    surface = state.plane.surface
    if surface is None or surface.message or state.data.data_set is None:
        return None
    return surface if surface.is_of_classes == bool(state.data.data_set.classes) else None


def _chosen(split: Split) -> np.ndarray:
    return np.unique(np.linspace(0, len(split) - 1, min(len(split), POINTS_AT_MOST)).astype(np.int64))


def _places(split: Split) -> np.ndarray:
    return split.inputs(_chosen(split))
