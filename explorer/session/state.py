"""The one frozen state that every view shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.network import Layer, Network, Problem
from explorer.network.files import Fit
from explorer.network.names import INPUT
from explorer.session import cursor as moves
from explorer.session.asked_sizes import parts_under
from explorer.session.cell import Cell, has_places
from explorer.session.class_picture import ClassPicture
from explorer.session.cursor import Cursor
from explorer.session.document import Document
from explorer.session.example import Target
from explorer.session.fault import Fault
from explorer.session.found_boxes import FoundBoxes
from explorer.session.lesson_state import LessonState
from explorer.session.part import Part
from explorer.session.selection import Selection
from explorer.session.slices import (
    DataState,
    FilesState,
    InputState,
    MapsState,
    PlaneState,
    StatusState,
    StepsState,
    WatchingState,
)
from explorer.session.snapshot import Activations, LayerActivation, Prediction
from explorer.session.subjects.subject import Subject, Verb
from explorer.session.train_state import Training

if TYPE_CHECKING:
    import numpy as np

PARTS_COME = "Its layers appear here once the model has run."
TOLD_AT_THE_FOOT = "It did not run to its end: the message at the foot of the window says why."


def pointer_to(name: str) -> str:
    """What stands elsewhere of a fault that the card of the part called `name` tells."""
    return "The input cannot be fed: see its card." if name == INPUT else f"{name} cannot run: see its card."


@dataclass(frozen=True)
class State:
    """Everything the window shows, a slice for each feature. Replaced, never changed; views compare old and new."""

    document: Document = field(default_factory=Document)
    files: FilesState = field(default_factory=FilesState)
    input: InputState = field(default_factory=InputState)
    selection: Selection = field(default_factory=Selection)
    maps: MapsState = field(default_factory=MapsState)
    steps: StepsState = field(default_factory=StepsState)
    data: DataState = field(default_factory=DataState)
    training: Training = field(default_factory=Training)
    watching: WatchingState = field(default_factory=WatchingState)
    plane: PlaneState = field(default_factory=PlaneState)
    lessons: LessonState = field(default_factory=LessonState)
    status: StatusState = field(default_factory=StatusState)

    @property
    def subject(self) -> Subject:
        """What is looked at: what can be done with it is asked of it."""
        return self.document.subject

    @property
    def network(self) -> Network | None:
        """The network that is edited, if one is: a handle for scripts, where the program itself asks the subject."""
        return self.subject.edited if self.subject.can(Verb.EDIT) else None

    @property
    def path(self) -> Path | None:
        return self.document.path

    @property
    def title(self) -> str:
        return self.document.title

    @property
    def classes(self) -> tuple[str, ...]:
        return self.document.classes

    @property
    def fit(self) -> Fit:
        return self.document.fit

    @property
    def problems(self) -> tuple[Problem, ...]:
        return () if self.lessons.veil.sizes.runs else self.document.problems

    @property
    def values(self) -> np.ndarray | None:
        """What the network is fed: float32, (C, H, W) or (features,); None before there is any."""
        return self.input.values

    @property
    def prediction(self) -> Prediction | None:
        return self.maps.activations.prediction if self.maps.activations else None

    @property
    def boxes(self) -> FoundBoxes | None:
        """What a detector found."""
        return self.maps.activations.boxes if self.maps.activations else None

    @property
    def class_picture(self) -> ClassPicture | None:
        """What the network says place by place, where it ends in maps."""
        return self.maps.activations.class_picture if self.maps.activations else None

    @property
    def wanted(self) -> Target:
        """The chosen target; without one, the class that the picture is named after, or what the program gave."""
        target, picture = self.steps.target, self.input.picture
        if target is None and picture is not None and picture.name in self.classes:
            return self.classes.index(picture.name)
        given, example = self.subject.targets, self.input.place[1]
        return given[example] if target is None and picture is None and example < len(given) else target

    @property
    def has_maps_of_another_network(self) -> bool:
        """Whether the maps were made by another network than is open now, or by this one before an edit."""
        shown = self.maps.shown if self.maps.activations is not None else None
        return shown is not None and shown.document.subject != self.subject

    @property
    def maps_that_stay(self) -> Activations | None:
        """The maps that may stand where no newer ones come, as after a fault: none of another network."""
        return None if self.has_maps_of_another_network else self.maps.activations

    @property
    def message(self) -> str:
        """The sentence that stands at the foot of the window; "" where there is nothing to say."""
        fault = self.maps.fault
        return self.status.notice or ("" if fault is None else self.pointer if self.told_at else fault.message)

    @property
    def told_at(self) -> str:
        """The part whose card says why not all of it runs; "" where all does, or where no part says it."""
        problem, fault = None if self.lessons.veil.sizes.runs else self.subject.fault, self.maps.fault
        name = problem.layer if problem is not None else fault.layer if fault is not None else None
        return name if name and self.subject.has_part(name, self.maps.activations) else ""

    @property
    def pointer(self) -> str:
        """A line for every other place, which leads to the one where a fault is told; "" where there is none."""
        name = self.told_at
        if name:
            return pointer_to(name)
        return "" if self.maps.fault is None else TOLD_AT_THE_FOOT

    @property
    def no_parts_yet(self) -> str:
        """Why nothing is seen yet of what an open model is made of, which its calls tell; "" where it is."""
        if not self.subject.is_open or self.subject.can(Verb.EDIT) or self.parts:
            return ""
        return PARTS_COME if self.maps.fault is None else TOLD_AT_THE_FOOT

    def told_once(self, sentence: str) -> str:
        """`sentence`, unless it is that of the present fault: then the line that leads to it."""
        return self.pointer if self.maps.fault is not None and sentence == self.maps.fault.message else sentence

    def fault_told_of(self, sentence: str) -> Fault | None:
        """The fault that `sentence` tells of, if there is one."""
        mistake, fault = self.status.mistake, self.maps.fault
        if mistake is not None and mistake.message == sentence:
            return mistake
        return fault if fault is not None and sentence in (fault.message, self.pointer) else None

    def entry(self, name: str | None) -> LayerActivation | None:
        """What the layer called `name` gave, if that is known."""
        return self.maps.activations.by_name.get(name or "") if self.maps.activations else None

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of the input that the present maps were made from, without its batch; () before there are any."""
        entry = self.entry(INPUT)
        return () if entry is None else entry.values.shape

    @property
    def chosen_cell(self) -> Cell | None:
        """The cell that is chosen of the present maps; None for a layer or a whole map."""
        chosen, entry = self.selection, self.entry(self.selection.layer)
        if entry is None or chosen.channel is None:
            return None
        return entry.cell(chosen.channel, chosen.row, chosen.column)

    def layer(self, name: str) -> Layer | None:
        """The network's layer called `name`, if there is one."""
        return self.subject.layer(name)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the subject is made of, as far as that is known."""
        return parts_under(self.subject.parts(self.maps.activations), self.lessons.veil.sizes)


def settled(state: State) -> State:
    """`state` with a selection, a cursor and a frame of the film that point at something of this very state."""
    selection, cursor = _settled_selection(state), _settled_cursor(state)
    film, film_at = state.watching.film, state.watching.film_at
    if selection != state.selection:
        state = replace(state, selection=selection)
    if cursor != state.steps.cursor:
        state = replace(state, steps=replace(state.steps, cursor=cursor))
    if not has_places((film_at,), (len(film),)):
        state = replace(state, watching=replace(state.watching, film_at=None))
    return state


def parts_changed(old: State | None, new: State, parts: Iterable[str]) -> tuple[str, ...]:
    """Which of `parts` of the state ("document", "maps.activations") differ from before; all, if there was no state."""
    return tuple(part for part in parts if old is None or _reader(part)(old) is not _reader(part)(new))


def any_changed(old: State | None, new: State, parts: Iterable[str]) -> bool:
    """Whether `parts_changed` names any: asked at each change by each view."""
    if old is None:
        return True
    for part in parts:  # `any` over a generator takes longer
        read = _reader(part)
        if read(old) is not read(new):
            return True
    return False


_reader = cache(attrgetter)


def _settled_selection(state: State) -> Selection:
    """The layer exists, the cell lies inside its activation."""
    selection = state.selection
    if selection.layer is not None and not state.subject.has_part(selection.layer, state.maps.activations):
        selection = Selection()
    shown = state.entry(selection.layer)
    if shown is not None and not selection.is_in(shown.values.shape):
        selection = Selection(selection.layer)
    return selection


def _settled_cursor(state: State) -> Cursor:
    """The step is on the timeline, the cell lies inside the tensor that is looked at."""
    timeline, cursor = state.steps.timeline, state.steps.cursor
    if timeline is None or moves.points_into(timeline, cursor):
        return cursor
    return moves.at(timeline, 0)
