"""The one frozen state that every view shows, and the document inside it that undo covers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.bounds import sentence
from explorer.engine.training.hyperparameters import Hyperparameters, as_settings, from_settings
from explorer.network import Layer, Network, Problem
from explorer.network.files import Fit, NetworkFile
from explorer.network.names import INPUT
from explorer.session import cursor as moves
from explorer.session.cursor import Cursor
from explorer.session.explained import Explained
from explorer.session.landscape_state import Landscape
from explorer.session.selection import Selection, has_places
from explorer.session.snapshot import Activations, Prediction
from explorer.session.surface_state import Surface
from explorer.session.train_state import DataProblem, Health, Judged, Live, Progress, Training
from explorer.writing import FileError

if TYPE_CHECKING:
    import numpy as np

    from explorer.data import Fitted, Picture
    from explorer.data.augment import Augmentation
    from explorer.data.data_set import DataSet
    from explorer.data.twins import Twins
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.explaining.finite_difference import Reading
    from explorer.session.run_curves import RunCurves
    from explorer.session.timeline import Timeline

Target = int | tuple[float, ...] | None
"""What the network should give: a class, the numbers of the output, or None for what suggests itself."""

LONGEST_DETAILS = 20_000  # letters; the end of a traceback says what happened

_new_ids = count(1)
_openings = count(1)


def new_ids(amount: int) -> tuple[int, ...]:
    """Ids for `amount` layers that no other layer of this process has."""
    return tuple(next(_new_ids) for _ in range(amount))


@dataclass(frozen=True)
class Document:
    """All that undo covers: the network, and what its file says about pictures and classes.

    A layer keeps its id through every edit, so that its weights follow it, also back through undo.
    `weights` is the file that the layers of `weight_ids`, in that order, take their first weights from.
    `data` is the name or path of the data set to learn from, "" before one was chosen.
    `path` is where it is saved; None for what has no file of its own yet. `opening` is the same for all that came of
    one network that was opened or begun: it is saved to one file.
    `has_fresh_weights` tells that its weights are those which the network is built with, and no file has to keep.
    `network` is None for a person's own `nn.Module`, which can be looked at but not edited.
    """

    network: Network | None
    layer_ids: tuple[int, ...] = ()
    path: Path | None = None
    title: str = "untitled"
    description: str = ""
    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    fit: Fit = "crop"
    weights: Path | None = None
    weight_ids: tuple[int, ...] = ()
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    data: str = ""
    augmentations: tuple[Augmentation, ...] = ()
    has_fresh_weights: bool = True
    opening: int = field(default_factory=lambda: next(_openings), compare=False)

    @classmethod
    def opened(cls, file: NetworkFile, path: Path) -> Document:
        """The document of a network file just read from `path`. Raises FileError for what cannot have been chosen."""
        ids = new_ids(len(file.network.layers))
        return cls(
            network=file.network,
            layer_ids=ids,
            title=file.title or path.stem,
            description=file.description,
            classes=file.classes,
            mean=file.mean,
            std=file.std,
            fit=file.fit,
            weights=path if file.weights else None,
            weight_ids=ids if file.weights else (),
            has_fresh_weights=not file.weights,
            hyperparameters=_chosen(file, path),
        )

    def as_file(self) -> NetworkFile:
        """What is written when this document is saved."""
        assert self.network is not None
        return NetworkFile(
            network=self.network,
            title=self.title,
            description=self.description,
            classes=self.classes,
            mean=self.mean,
            std=self.std,
            fit=self.fit,
            weights=None,
            learning=as_settings(self.hyperparameters),
        )

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the network, worked out once a document."""
        return self.network.problems() if self.network else ()

    @property
    def is_input_too_large(self) -> bool:
        """Whether no picture or row of numbers can be brought to the size that the network takes."""
        return any(problem.layer == INPUT and problem.severity == "error" for problem in self.problems)

    def with_network(self, network: Network, layer_ids: tuple[int, ...] | None = None) -> Document:
        """This document with `network`; ids follow the layers by name unless given.

        The mean and spread of other channels no longer apply.
        """
        changed = replace(self, network=network, layer_ids=layer_ids or self._ids_by_name(network))
        assert self.network is not None
        return changed if _channels(network) == _channels(self.network) else replace(changed, mean=(), std=())

    def with_weights(self, layer_ids: tuple[int, ...]) -> Document:
        """This document with weights that were learned or loaded, which are known under other ids."""
        return replace(self, layer_ids=layer_ids, has_fresh_weights=False)

    def is_saved_as(self, saved: Document) -> bool:
        """Whether a file of `saved` holds all that a file of this document would; what a run learned since is apart."""
        return self.layer_ids == saved.layer_ids and self.as_file() == saved.as_file()

    @property
    def fits_in_text(self) -> bool:
        """Whether text notation holds all of it."""
        assert self.network is not None
        plain = NetworkFile(self.network, title=self.title, learning=as_settings(Hyperparameters()))
        return self.has_fresh_weights and self.as_file() == plain

    def _ids_by_name(self, network: Network) -> tuple[int, ...]:
        assert self.network is not None
        known = dict(zip(self.network.names, self.layer_ids, strict=True))
        # A name that stands twice (a problem the person is shown) still gives each layer an id of its own.
        return tuple(known.pop(name) if name in known else new_ids(1)[0] for name in network.names)


def _channels(network: Network) -> tuple[int, int]:
    """How many axes the input has, and how many channels or numbers."""
    return len(network.input_shape), network.input_shape[0]


def _chosen(file: NetworkFile, path: Path) -> Hyperparameters:
    try:
        return from_settings(file.learning)
    except ValueError as error:
        raise FileError(f"{path.name}: {error}") from None


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
class State:
    """Everything the window shows. Replaced, never changed; views compare the old one with the new."""

    document: Document = field(default_factory=lambda: Document(None))
    unsaved: bool = False
    picture: Picture | None = None
    numbers: np.ndarray | None = None
    fitted: Fitted | None = None
    selection: Selection = field(default_factory=Selection)
    activations: Activations | None = None
    explained: Explained | None = None
    is_stepping: bool = False  # the debugger is looked at; otherwise no step is recorded
    is_recording_step: bool = False
    timeline: Timeline | None = None
    cursor: Cursor = field(default_factory=Cursor)
    step_message: str = ""  # why the step ends before its loss, or why there is none
    target: Target = None  # what the present input should give
    batch: tuple[Example, ...] = ()  # further examples beside the present input
    is_batch_alone: bool = False  # the batch came from training data: the present input is no part of it
    breakpoints: tuple[Breakpoint, ...] = ()
    reading: Reading | None = None
    reading_at: Cursor | None = None
    data: DataSet | None = None
    data_progress: Progress | None = None  # data are being opened
    data_problem: DataProblem | None = None
    twins: Twins | None = None  # pictures that are held out and learned from as well
    training: Training = field(default_factory=Training)
    runs: tuple[RunCurves, ...] = ()  # the curves grow; `training.step` tells that they did
    health: Health = ()
    judged: Judged | None = None
    live: Live | None = None
    film: tuple[int, ...] = ()  # steps of the film's frames
    film_at: int | None = None  # the frame that is shown; None: the network as it is
    surface: Surface | None = None  # what it says over the plane, while someone looks
    landscape: Landscape | None = None  # its loss over one or two weights, while someone looks
    computing: bool = False
    task: str = ""
    opening: Progress | None = None  # a file or data are read in a thread of their own, the newest of several
    saving: Progress | None = None  # a file is written in a thread of its own
    fault: Fault | None = None
    mistake: Fault | None = None  # the program's own, which `notice` told of when it was caught
    notice: str = ""
    device: str = "CPU"
    devices: tuple[str, ...] = ("CPU",)
    mode: str = "eval"
    undo_text: str = ""
    redo_text: str = ""
    recent: tuple[Path, ...] = ()
    offer: Offer | None = None

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
        return self.numbers if self.fitted is None else self.fitted.values

    @property
    def prediction(self) -> Prediction | None:
        return self.activations.prediction if self.activations else None

    def layer(self, name: str) -> Layer | None:
        """The network's layer called `name`, if there is one."""
        if self.network is None or name not in self.network.names:
            return None
        return self.network.layer(name)


def settled(state: State) -> State:
    """`state` with a selection, a cursor and a frame of the film that point at something of this very state."""
    selection, cursor = _settled_selection(state), _settled_cursor(state)
    film_at = state.film_at if has_places((state.film_at,), (len(state.film),)) else None
    if (selection, cursor, film_at) == (state.selection, state.cursor, state.film_at):
        return state
    return replace(state, selection=selection, cursor=cursor, film_at=film_at)


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
    shown = state.activations.by_name.get(selection.layer or "") if state.activations else None
    if shown is not None and not selection.is_in(shown.values.shape):
        selection = Selection(selection.layer)
    return selection


def _settled_cursor(state: State) -> Cursor:
    """The step is on the timeline, the cell lies inside the tensor that is looked at."""
    timeline, cursor = state.timeline, state.cursor
    if timeline is None or moves.points_into(timeline, cursor):
        return cursor
    return moves.at(timeline, 0)


def _selectable(state: State) -> tuple[str, ...]:
    if state.network is not None:
        return ("input", *state.network.names)
    return tuple(state.activations.by_name) if state.activations else ()
