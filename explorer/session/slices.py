"""The slices of the state, one for each feature: frozen records of what the window shows."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.bounds import sentence
from explorer.session.cell import Cell
from explorer.session.comparison import Comparison
from explorer.session.cursor import Cursor, StepName
from explorer.session.document import Document
from explorer.session.elsewhere import NOTHING_ELSEWHERE
from explorer.session.example import Example, Target
from explorer.session.explained import Explained
from explorer.session.familiarity import Familiarity
from explorer.session.fault import Fault
from explorer.session.landscape_state import Landscape
from explorer.session.lesson_state import LessonState
from explorer.session.message import Message
from explorer.session.model_question import ModelQuestion
from explorer.session.progress import Progress
from explorer.session.run_curves import RunCurves, with_curves
from explorer.session.selection import Selection
from explorer.session.snapshot import Activations
from explorer.session.surface_state import Surface
from explorer.session.train_state import DataProblem, Health, Judged, Live, Training
from explorer.session.tried import Tried

if TYPE_CHECKING:
    import numpy as np

    from explorer.data import Fitted, Picture
    from explorer.data.data_set import DataSet
    from explorer.data.twins import Twins
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.explaining.finite_difference import Reading
    from explorer.engine.recording.feed import Place
    from explorer.session.opened import Opened
    from explorer.session.request import Request
    from explorer.session.timeline import Timeline

DAY_S = 24 * 3600


@dataclass(frozen=True)
class Offer:
    """Work that another session left when it ended without closing: since when, and how much more of it there is."""

    title: str
    written_s: float
    more: int = 0

    @property
    def when(self) -> str:
        """The time at which it was kept, with the day where that is more than a day ago."""
        is_new = time.time() - self.written_s < DAY_S
        return time.strftime("%H:%M" if is_new else "%d %B %Y, %H:%M", time.localtime(self.written_s))


@dataclass(frozen=True)
class FilesState:
    """What files hold, and what undo leads back to."""

    unsaved: bool = False
    undo_text: str = ""
    redo_text: str = ""
    recent: tuple[Path, ...] = ()
    offer: Offer | None = None
    question: ModelQuestion | None = None  # before a model out of a file is opened
    trusted: tuple[str, ...] = ()  # digests of files that the person agreed to run


@dataclass(frozen=True)
class InputState:
    """What the network is fed: a picture, brought to its size, or numbers."""

    picture: Picture | None = None
    numbers: np.ndarray | None = None
    fitted: Fitted | None = None
    page_asked: int | None = None  # another page of the picture's file, while it is being read
    is_typed: bool = False  # whether a person typed the numbers, or some of them
    place: Place = (0, 0)  # which input and which example of it this is, of what a program feeds its model
    elsewhere: Mapping[Place, np.ndarray] = field(
        default_factory=lambda: NOTHING_ELSEWHERE
    )  # what other places are fed in the place of their own

    @property
    def values(self) -> np.ndarray | None:
        """What the network is fed: float32, (C, H, W) or (features,); None before there is any."""
        return self.numbers if self.fitted is None else self.fitted.values


@dataclass(frozen=True)
class MapsState:
    """The newest pass: what it was asked for with, what it gave, and where it runs."""

    asked: Request | None = None
    activations: Activations | None = None
    shown: Request | None = None  # what `activations` were asked for with
    explained: Explained | None = None
    computing: bool = False
    fault: Fault | None = None
    mode: str = "eval"
    wanted_device: str | None = None  # None: whatever is best
    device: str = "CPU"
    devices: tuple[str, ...] = ("CPU",)
    familiarity: Familiarity | None = None  # of the present input, while it is known what was learned from
    missed: tuple[str, ...] = ()  # layers of the pass whose weights were no longer kept: theirs are fresh ones
    measured: int = 0  # statistics of large layers that were read through since they were asked for


@dataclass(frozen=True)
class StepsState:
    """The training step on record, where the person stands in it, and what it learns from."""

    is_watched: bool = False  # whether any view shows recorded steps; otherwise none is recorded
    is_walked: bool = False  # whether that is the debugger
    is_recording: bool = False
    timeline: Timeline | None = None
    is_made: bool = False  # the one on the timeline was made by a run, which rests after it
    cursor: Cursor = field(default_factory=Cursor)
    wanted: Cell | StepName | None = None  # where the next recorded step opens: a gradient's cell, of a parameter
    is_playing: bool = False  # it steps by itself
    message: str = ""  # why the step ends before its loss, or why there is none
    target: Target = None  # what the present input should give
    is_label: bool = False  # the target is that of the example of the data that is shown, and goes with it
    batch: tuple[Example, ...] = ()  # further examples beside the present input
    is_batch_alone: bool = False  # the batch came from training data: the present input is no part of it
    input_gradient: bool = False  # the input gets a gradient too
    breakpoints: tuple[Breakpoint, ...] = ()
    reading: Reading | None = None
    reading_at: Cursor | None = None
    tried: Tried | None = None  # what the losses are asked of in place of the step's outputs and target
    loss_looked_at: str = ""  # "": that of the step
    output_looked_at: int = 0

    @property
    def has_made_step(self) -> bool:
        """Whether the step on record is one that a run made, not the one that the present input would make."""
        return self.is_made and self.timeline is not None

    def for_other_outputs(self) -> StepsState:
        """The same without what was meant for the outputs of the network before: target, batch, what was tried."""
        given = replace(self, target=None, is_label=False, batch=(), is_batch_alone=False, input_gradient=False)
        return replace(given, tried=None, loss_looked_at="", output_looked_at=0)


@dataclass(frozen=True)
class NotOpened:
    """Data that were asked for by `name` and could not be opened, and why."""

    name: str
    sentence: str


@dataclass(frozen=True)
class DataState:
    """What there is to learn from."""

    opened: Opened | None = None  # as they were opened
    whole: DataSet | None = None  # without what was taken out of training since, and before classes are grouped
    data_set: DataSet | None = None  # those that are learned from
    progress: Progress | None = None  # data are being opened
    failed: NotOpened | None = None  # what was asked for last, where it could not be opened
    problem: DataProblem | None = None
    twins: Twins | None = None  # pictures that are held out and learned from as well


@dataclass(frozen=True)
class WatchingState:
    """What runs have told, and what the present one shows."""

    runs: tuple[RunCurves, ...] = ()
    taken_off: tuple[RunCurves, ...] = ()  # which undo brings back
    health: Health = ()
    judged: Judged | None = None
    live: Live | None = None
    film: tuple[int, ...] = ()  # steps of the film's frames
    film_at: int | None = None  # the frame that is shown; None: the network as it is
    comparison: Comparison = field(default_factory=Comparison)

    @property
    def known(self) -> tuple[RunCurves, ...]:
        """All runs that there are curves of, in the order of their numbers."""
        return tuple(sorted((*self.runs, *self.taken_off), key=lambda run: run.number))

    @property
    def numbers_taken_off(self) -> frozenset[int]:
        """Of the runs whose curves undo brings back."""
        return frozenset(run.number for run in self.taken_off)

    def grown(self, *curves: RunCurves) -> WatchingState:
        """The same with these curves as they are now; what was taken off the plots goes on out of sight."""
        return replace(self, runs=with_curves(self.runs, *curves), taken_off=with_curves(self.taken_off, *curves))

    def without(self, numbers: Iterable[int]) -> WatchingState:
        """The same with just these runs taken off the plots."""
        off = frozenset(numbers)
        runs = tuple(run for run in self.known if run.number not in off)
        return replace(self, runs=runs, taken_off=tuple(run for run in self.known if run.number in off))


@dataclass(frozen=True)
class PlaneState:
    """The pictures of the network as a function, while someone looks."""

    surface: Surface | None = None  # what it says over the plane of its inputs
    landscape: Landscape | None = None  # its loss over one or two weights


@dataclass(frozen=True)
class StatusState:
    """What the person is told: in a sentence, and of work that goes on."""

    notice: str = ""
    mistake: Fault | None = None  # the program's own, which `notice` told of when it was caught
    told: tuple[Message, ...] = ()  # all messages of this session, the newest last
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
    | LessonState
    | StatusState
)
