"""What the runner's thread does for the loss over weights: a grid of losses in slices; a run goes on between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.engine.training.weight import Weight
from explorer.session.data_errands import examples_of
from explorer.session.document import Document
from explorer.session.landscape_state import Landscape, LandscapeWish
from explorer.session.worker.desk import Desk

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet

LINE_SIDES, IMAGE_SIDES = (9, 17, 33, 65), (5, 9, 17, 33)  # each grid holds the one before; the first is only a preview
SLICE_S = 0.02
FINER_WHILE_RUNNING_S, FINER_AT_REST_S = 0.1, 15.0  # how long the next finer grid may take
INNER = 0.9  # share of the frame: beyond it, the frame is put around the network anew
TRAIL_AT_MOST = 2000


@dataclass(frozen=True, eq=False)
class LandscapeRequest:
    """Which network, at which step of its run, on which data, and what to show of its loss."""

    document: Document
    data: DataSet
    wish: LandscapeWish
    step: int
    is_running: bool


@dataclass(frozen=True, eq=False)
class Slice:
    """`landscape` is what can be shown by now, None before there is anything; `is_done`: no more for these weights."""

    landscape: Landscape | None
    is_done: bool
    seconds: float


@dataclass(eq=False)
class _Frame:
    """Where the axes stand."""

    weights: tuple[Weight, ...]
    centre: tuple[float, ...]
    half: tuple[float, ...]

    def holds(self, values: tuple[float, ...]) -> bool:
        return all(
            abs(value - middle) <= INNER * half
            for value, middle, half in zip(values, self.centre, self.half, strict=True)
        )

    def axes(self, side: int) -> tuple[np.ndarray, ...]:
        return tuple(
            np.linspace(middle - half, middle + half, side) for middle, half in zip(self.centre, self.half, strict=True)
        )


@dataclass(eq=False)
class _Grid:
    """Losses on a grid that gets finer, of the weights at one step."""

    frame: _Frame
    step: int
    side: int
    losses: np.ndarray  # NaN where `known` is not set
    known: np.ndarray
    seconds: float = 0.0
    computed: int = 0

    @classmethod
    def of(cls, frame: _Frame, step: int) -> _Grid:
        side = _sides(len(frame.weights))[0]
        shape = (side,) * len(frame.weights)
        return cls(frame, step, side, np.full(shape, np.nan), np.zeros(shape, bool))

    @property
    def is_whole(self) -> bool:
        return bool(self.known.all())

    def refine(self) -> None:
        self.side = 2 * self.side - 1
        losses, known = self.losses, self.known
        shape = (self.side,) * losses.ndim
        self.losses, self.known = np.full(shape, np.nan), np.zeros(shape, bool)
        every_other = (slice(None, None, 2),) * losses.ndim
        self.losses[every_other], self.known[every_other] = losses, known

    def may_refine(self, limit_s: float) -> bool:
        preview, *_, finest = _sides(self.losses.ndim)
        if self.side in (preview, finest):
            return self.side == preview
        finer = (2 * self.side - 1) ** self.losses.ndim - self.losses.size
        return bool(finer * self.seconds / max(self.computed, 1) <= limit_s)


def _sides(dimensions: int) -> tuple[int, ...]:
    return LINE_SIDES if dimensions == 1 else IMAGE_SIDES


@dataclass(eq=False)
class LandscapeWork:
    """Lives in the runner's thread from slice to slice; one for each wish."""

    _sample: Any = None  # explorer.engine.training.landscape.LossOnSample
    _made_for: tuple[object, ...] = ()
    _loss: str = ""
    _frame: _Frame | None = None
    _grid: _Grid | None = None
    _shown: _Grid | None = None
    _trail: list[tuple[float, ...]] = field(default_factory=list)
    _trail_of: tuple[int, ...] = ()

    def slice(self, desk: Desk, request: LandscapeRequest) -> Slice:
        """Go on for a moment."""
        from explorer.engine.errors import EngineError

        began = monotonic()
        try:
            landscape, is_done = self._go_on(desk, request, began)
        except EngineError as error:
            landscape, is_done = Landscape(message=str(error)), True
        return Slice(landscape, is_done, monotonic() - began)

    def _go_on(self, desk: Desk, request: LandscapeRequest, began: float) -> tuple[Landscape | None, bool]:
        model = desk.model_of(request.document)
        self._sample_of(model, request)
        frame, values = self._framed(model, request)
        self._follow(model, request, values)
        grid = self._grid_for(model, request, frame)
        self._work_out(grid, until=began + SLICE_S)
        limit = FINER_WHILE_RUNNING_S if request.is_running else FINER_AT_REST_S
        is_finished = grid.is_whole and not grid.may_refine(limit)
        if grid.is_whole and not is_finished:
            self._show(grid, is_finished=False)
            grid.refine()
        elif is_finished:
            self._show(grid, is_finished=True)
            self._grid = None if grid.step != request.step or request.is_running else grid
        return self._landscape(request), is_finished and grid.step == request.step

    def _sample_of(self, model: Any, request: LandscapeRequest) -> None:
        document, data = request.document, request.data
        scale = (document.mean, document.std, document.fit)
        chosen = document.hyperparameters
        key = (document.subject.structure, id(data), *scale, chosen.loss, chosen.label_smoothing)
        if key == self._made_for:
            return
        from explorer.engine.training.landscape import LossOnSample
        from explorer.engine.training.train import chosen_loss, objective_of

        learning, _ = examples_of(document, data)
        classes = len(data.classes)
        self._loss = chosen_loss(model, learning, chosen, classes=classes)
        smoothing = chosen.label_smoothing
        objective = objective_of(model, learning, self._loss, classes=classes, label_smoothing=smoothing)
        self._sample = LossOnSample(model, learning, objective)
        self._made_for, self._frame, self._grid, self._shown = key, None, None, None

    def _framed(self, model: Any, request: LandscapeRequest) -> tuple[_Frame, tuple[float, ...]]:
        """The frame, around the network where it has none or was left."""
        frame = self._frame
        if frame is None or self._trail_of != request.document.layer_ids:
            weights = self._weights(model, request.wish)
            frame = None
        else:
            weights = frame.weights
        values = tuple(self._sample.value_of(weight, model) for weight in weights)
        if frame is None or not frame.holds(values):
            half = tuple(request.wish.span * self._sample.spread(weight.parameter) for weight in weights)
            frame = self._frame = _Frame(weights, values, half)
            self._grid = self._shown = None
        return frame, values

    def _weights(self, model: Any, wish: LandscapeWish) -> tuple[Weight, ...]:
        """The wanted weights; the steepest ones that are not among them in the places left free."""
        if None not in wish.weights:
            return tuple(weight for weight in wish.weights if weight is not None)
        self._sample.take(model)
        steepest = self._sample.steepest(len(wish.weights))
        free = iter([weight for weight in steepest if weight not in wish.weights])
        return tuple(next(free) if weight is None else weight for weight in wish.weights)

    def _follow(self, model: Any, request: LandscapeRequest, values: tuple[float, ...]) -> None:
        """One more place of the trail."""
        if self._trail_of != request.document.layer_ids:
            self._trail, self._trail_of = [], request.document.layer_ids
        place = (*values, self._sample.loss_of(model))
        if not self._trail or self._trail[-1] != place:
            self._trail.append(place)
        if len(self._trail) > TRAIL_AT_MOST:
            self._trail = [*self._trail[:-1:2], self._trail[-1]]

    def _grid_for(self, model: Any, request: LandscapeRequest, frame: _Frame) -> _Grid:
        grid = self._grid
        # While a run goes on, every grid belongs to the weights of a moment ago.
        is_old = grid is not None and grid.step != request.step and not (request.is_running and not grid.is_whole)
        if grid is None or grid.frame is not frame or is_old:
            self._sample.take(model)
            grid = self._grid = _Grid.of(frame, request.step)
        return grid

    def _work_out(self, grid: _Grid, *, until: float) -> None:
        """Losses of the grid, one at least."""
        axes, began = grid.frame.axes(grid.side), monotonic()
        for place in np.argwhere(~grid.known):
            at = tuple(int(each) for each in place)
            values = tuple(float(axis[each]) for axis, each in zip(axes, reversed(at), strict=True))
            grid.losses[at] = self._sample.loss_at(grid.frame.weights, values)
            grid.known[at] = True
            grid.computed += 1
            if monotonic() > until:
                break
        grid.seconds += monotonic() - began

    def _show(self, grid: _Grid, *, is_finished: bool) -> None:
        """A whole grid replaces the shown one, unless that one is finer and has the same frame."""
        shown = self._shown
        if is_finished or shown is None or shown.frame is not grid.frame or shown.side <= grid.side:
            self._shown = _Grid(grid.frame, grid.step, grid.side, grid.losses.copy(), grid.known.copy())

    def _landscape(self, request: LandscapeRequest) -> Landscape | None:
        shown = self._shown
        if shown is None:
            return None
        losses, trail = shown.losses, np.array(self._trail, np.float64)
        for array in (losses, trail):
            array.flags.writeable = False
        return Landscape(
            weights=shown.frame.weights,
            axes=shown.frame.axes(shown.side),
            losses=losses,
            trail=trail,
            step=shown.step,
            now=request.step,
            count=self._sample.count,
            loss=self._loss,
        )
