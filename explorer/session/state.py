"""The one frozen state that every view shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.bounds import sentence
from explorer.network import Layer, Network, Problem
from explorer.network.files import Fit
from explorer.session import cursor as moves
from explorer.session.cursor import Cursor
from explorer.session.document import Document
from explorer.session.explained import Explained
from explorer.session.landscape_state import Landscape
from explorer.session.progress import Progress
from explorer.session.selection import Selection, has_places
from explorer.session.snapshot import Activations, LayerActivation, Prediction
from explorer.session.surface_state import Surface
from explorer.session.train_state import DataProblem, Health, Judged, Live, Training

if TYPE_CHECKING:
    import numpy as np

    from explorer.data import Fitted, Picture
    from explorer.data.data_set import DataSet
    from explorer.data.twins import Twins
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.explaining.finite_difference import Reading
    from explorer.session.data_errands import Opened
    from explorer.session.request import Request
    from explorer.session.run_curves import RunCurves
    from explorer.session.timeline import Timeline

Target = int | tuple[float, ...] | None
"""What the network should give: a class, the numbers of the output, or None for what suggests itself."""

LONGEST_DETAILS = 20_000  # letters; the end of a traceback says what happened


@dataclass(frozen=True)
class Cell:
    """One number of one layer's activation."""

    layer: str
    channel: int
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Fault:
    """What went wrong while running, in one sentence; `details` is for whoever wants the traceback."""

    message: str
    layer: str | None = None
    details: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", sentence(self.message))
        object.__setattr__(self, "details", self.details[-LONGEST_DETAILS:])


@dataclass(frozen=True)
class Offer:
    """Work that another session left when it ended without closing: since when it lies there, and how much more."""

    title: str
    written_s: float
    more: int = 0


@dataclass(frozen=True, eq=False)
class Example:
    """One element of a batch: what the network is fed, (C, H, W) or (features,), and what it should give for it."""

    values: np.ndarray
    target: Target = None
    name: str = ""


@dataclass(frozen=True)
class FilesState:
    """What files hold, and what undo leads back to."""

    unsaved: bool = False
    undo_text: str = ""
    redo_text: str = ""
    recent: tuple[Path, ...] = ()
    offer: Offer | None = None


@dataclass(frozen=True)
class InputState:
    """What the network is fed: a picture, brought to its size, or numbers."""

    picture: Picture | None = None
    numbers: np.ndarray | None = None
    fitted: Fitted | None = None

    @property
    def values(self) -> np.ndarray | None:
        """What the network is fed: float32, (C, H, W) or (features,); None before there is any."""
        return self.numbers if self.fitted is None else self.fitted.values


@dataclass(frozen=True)
class MapsState:
    """The newest pass: what it was asked for with, what it gave, and where it runs."""

    asked: Request | None = None
    activations: Activations | None = None
    explained: Explained | None = None
    computing: bool = False
    fault: Fault | None = None
    mode: str = "eval"
    wanted_device: str | None = None  # None: whatever is best
    device: str = "CPU"
    devices: tuple[str, ...] = ("CPU",)


@dataclass(frozen=True)
class StepsState:
    """The training step on record, where one stands in it, and what it learns from."""

    is_watched: bool = False  # the debugger is looked at; otherwise no step is recorded
    is_recording: bool = False
    timeline: Timeline | None = None
    cursor: Cursor = field(default_factory=Cursor)
    message: str = ""  # why the step ends before its loss, or why there is none
    target: Target = None  # what the present input should give
    batch: tuple[Example, ...] = ()  # further examples beside the present input
    is_batch_alone: bool = False  # the batch came from training data: the present input is no part of it
    breakpoints: tuple[Breakpoint, ...] = ()
    reading: Reading | None = None
    reading_at: Cursor | None = None


@dataclass(frozen=True)
class DataState:
    """What there is to learn from."""

    opened: Opened | None = None  # as they were opened
    data_set: DataSet | None = None  # those that are learned from
    progress: Progress | None = None  # data are being opened
    problem: DataProblem | None = None
    twins: Twins | None = None  # pictures that are held out and learned from as well


@dataclass(frozen=True)
class WatchingState:
    """What runs have told, and what the present one shows."""

    runs: tuple[RunCurves, ...] = ()  # the curves grow; `training.step` tells that they did
    health: Health = ()
    judged: Judged | None = None
    live: Live | None = None
    film: tuple[int, ...] = ()  # steps of the film's frames
    film_at: int | None = None  # the frame that is shown; None: the network as it is


@dataclass(frozen=True)
class PlaneState:
    """What is seen of the network beside its numbers, while someone looks."""

    surface: Surface | None = None  # what it says over the plane of its inputs
    landscape: Landscape | None = None  # its loss over one or two weights


@dataclass(frozen=True)
class StatusState:
    """What the person is told: in a sentence, and of work that goes on."""

    notice: str = ""
    mistake: Fault | None = None  # the program's own, which `notice` told of when it was caught
    task: str = ""
    opening: Progress | None = None  # a file or data are read in a thread of their own, the newest of several
    saving: Progress | None = None  # a file is written in a thread of its own

    def __post_init__(self) -> None:
        object.__setattr__(self, "notice", sentence(self.notice))


Slice = (
    Document
    | FilesState
    | InputState
    | Selection
    | MapsState
    | StepsState
    | DataState
    | Training
    | WatchingState
    | PlaneState
    | StatusState
)


@dataclass(frozen=True)
class State:
    """Everything the window shows, a slice a feature. Replaced, never changed; views compare the old with the new."""

    document: Document = field(default_factory=lambda: Document(None))
    files: FilesState = field(default_factory=FilesState)
    input: InputState = field(default_factory=InputState)
    selection: Selection = field(default_factory=Selection)
    maps: MapsState = field(default_factory=MapsState)
    steps: StepsState = field(default_factory=StepsState)
    data: DataState = field(default_factory=DataState)
    training: Training = field(default_factory=Training)
    watching: WatchingState = field(default_factory=WatchingState)
    plane: PlaneState = field(default_factory=PlaneState)
    status: StatusState = field(default_factory=StatusState)

    @property
    def network(self) -> Network | None:
        return self.document.network

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
        return self.document.problems

    @property
    def values(self) -> np.ndarray | None:
        """What the network is fed: float32, (C, H, W) or (features,); None before there is any."""
        return self.input.values

    @property
    def prediction(self) -> Prediction | None:
        return self.maps.activations.prediction if self.maps.activations else None

    @property
    def wanted(self) -> Target:
        """The chosen target; without one, the class that the picture is named after."""
        target, picture = self.steps.target, self.input.picture
        if target is None and picture is not None and picture.name in self.classes:
            return self.classes.index(picture.name)
        return target

    def entry(self, name: str | None) -> LayerActivation | None:
        """What the layer called `name` gave, if that is known."""
        return self.maps.activations.by_name.get(name or "") if self.maps.activations else None

    def layer(self, name: str) -> Layer | None:
        """The network's layer called `name`, if there is one."""
        if self.network is None or name not in self.network.names:
            return None
        return self.network.layer(name)


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
    """Which of `parts` of the state ("document", "maps.activations") are others than they were; all, if it is new."""
    return tuple(part for part in parts if old is None or attrgetter(part)(old) is not attrgetter(part)(new))


def has_cell(activations: Activations | None, cell: Cell) -> bool:
    """Whether `cell` is one of these activations."""
    entry = activations.by_name.get(cell.layer) if activations else None
    return entry is not None and has_places((cell.channel, cell.row, cell.column), entry.values.shape)


def _settled_selection(state: State) -> Selection:
    """The layer exists, the cell lies inside its activation."""
    selection = state.selection
    names = _selectable(state)
    if selection.layer is not None and selection.layer not in names:
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


def _selectable(state: State) -> tuple[str, ...]:
    if state.network is not None:
        return ("input", *state.network.names)
    return tuple(state.maps.activations.by_name) if state.maps.activations else ()
