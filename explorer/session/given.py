"""What a person gives beside the document, and undo takes back as well: an input, a target, a batch, breakpoints,
numbers that are tried in the losses, which runs were taken off the plots, and in which mode the model runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.session.document import Document
from explorer.session.elsewhere import NOTHING_ELSEWHERE
from explorer.session.example import Example, Target
from explorer.session.slices import InputState, MapsState, Slice, StepsState, WatchingState
from explorer.session.tried import Tried

if TYPE_CHECKING:
    from explorer.data import Picture
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.recording.feed import Place
    from explorer.session.state import State


@dataclass(frozen=True, eq=False)
class Fed:
    """The picture or the numbers that the network is fed. Two are equal if they hold the same picture and numbers."""

    picture: Picture | None = None
    numbers: np.ndarray | None = None
    is_typed: bool = False
    place: Place = (0, 0)
    elsewhere: Mapping[Place, np.ndarray] = field(default_factory=lambda: NOTHING_ELSEWHERE)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fed) or self.place != other.place or self.elsewhere is not other.elsewhere:
            return False
        return self.picture is other.picture and _is_same(self.numbers, other.numbers)

    __hash__ = None  # type: ignore[assignment]  # it is compared, never looked up

    def put_into(self, present: InputState) -> InputState:
        """`present` with this picture or these numbers; numbers are not fitted to anything."""
        fitted = present.fitted if self.numbers is None and self.picture is not None else None
        fed = replace(present, picture=self.picture, numbers=self.numbers, is_typed=self.is_typed)
        return replace(fed, fitted=fitted, page_asked=None, place=self.place, elsewhere=self.elsewhere)


@dataclass(frozen=True)
class Examples:
    """What a training step learns from: the target of the present input, the further examples beside it, and whether
    the input gets a gradient too."""

    target: Target = None
    is_label: bool = False
    batch: tuple[Example, ...] = ()
    is_batch_alone: bool = False
    input_gradient: bool = False

    def put_into(self, present: StepsState) -> StepsState:
        """`present` with this target and this batch."""
        return replace(
            present,
            target=self.target,
            is_label=self.is_label,
            batch=self.batch,
            is_batch_alone=self.is_batch_alone,
            input_gradient=self.input_gradient,
        )


@dataclass(frozen=True)
class Stops:
    """The breakpoints at which a run of training steps ends."""

    breakpoints: tuple[Breakpoint, ...] = ()

    def put_into(self, present: StepsState) -> StepsState:
        """`present` with these breakpoints."""
        return replace(present, breakpoints=self.breakpoints)


@dataclass(frozen=True)
class OwnNumbers:
    """What the losses are asked of in place of the step's own outputs and target."""

    tried: Tried | None = None

    def put_into(self, present: StepsState) -> StepsState:
        """`present` with these numbers."""
        return replace(present, tried=self.tried)


@dataclass(frozen=True)
class TakenOff:
    """The numbers of the runs whose curves were taken off the plots."""

    runs: frozenset[int] = frozenset()

    def put_into(self, present: WatchingState) -> WatchingState:
        """`present` with these runs taken off, and all others on the plots."""
        return present.without(self.runs)


@dataclass(frozen=True)
class Mode:
    """ "eval" or "train": every number that the model gives may be another."""

    mode: str = "eval"

    def put_into(self, present: MapsState) -> MapsState:
        """`present` in this mode."""
        return replace(present, mode=self.mode)


Undoable = Document | Fed | Examples | Stops | OwnNumbers | TakenOff | Mode
"""What undo takes back, each as a whole."""

Undoables = tuple[Undoable, ...]
"""At most one of each kind."""


def undoables_of(state: State) -> Undoables:
    """All that undo could take back of `state`, one of each kind."""
    given, stops = state.input, Stops(state.steps.breakpoints)
    fed = Fed(given.picture, given.numbers, given.is_typed, given.place, given.elsewhere)
    off = TakenOff(state.watching.numbers_taken_off)
    own, mode = OwnNumbers(state.steps.tried), Mode(state.maps.mode)
    return state.document, fed, examples_of(state), stops, own, off, mode


def examples_of(state: State) -> Examples:
    """What the next training step of `state` learns from beside the present input."""
    steps = state.steps
    return Examples(steps.target, steps.is_label, steps.batch, steps.is_batch_alone, steps.input_gradient)


def with_undoables(state: State, undoables: Undoables) -> tuple[Slice, ...]:
    """The slices of `state` that hold `undoables`, with them in the place of what they hold."""
    input_, steps, watching, maps, documents = state.input, state.steps, state.watching, state.maps, []
    for each in undoables:
        if isinstance(each, Document):
            documents.append(each)
        elif isinstance(each, Fed):
            input_ = each.put_into(input_)
        elif isinstance(each, TakenOff):
            watching = each.put_into(watching)
        elif isinstance(each, Mode):
            maps = each.put_into(maps)
        else:
            steps = each.put_into(steps)
    return (*documents, input_, steps, watching, maps)


def _is_same(one: np.ndarray | None, two: np.ndarray | None) -> bool:
    if one is None or two is None or one is two:
        return one is two
    return one.dtype == two.dtype and np.array_equal(one, two)
