"""A derivative read off by moving one number a little, in float64: a check that owes nothing to any formula.

It is what a call without arithmetic is shown with, and a second opinion where there is one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from explorer.arithmetic.explanation import plain_number
from explorer.arithmetic.operation import Index
from explorer.engine.errors import EngineError
from explorer.engine.explaining.asked import cell_asked, step_asked
from explorer.engine.explaining.explain import outputs_of, shares
from explorer.engine.recording.arguments import tensors_by_name
from explorer.engine.recording.call import Call
from explorer.engine.recording.hollow_patches import refuse_hollow_patches
from explorer.engine.recording.recomputation import Recomputation, rerun
from explorer.engine.recording.recording import Recording, Step
from explorer.engine.recording.tree import leaves, map_tree

STEP = 1e-6  # of a number of size 1; the cube root of float64's precision, where both errors are small
NEARER = (1.0, 1e-2, 1e-4, 1e-6)  # how near the readings go while the two sides differ
STRAIGHTER = 0.1  # how much of a curve's difference may be left one step nearer
HIDDEN = 0.1  # how much of a slope may be rounding for a nearer reading to tell anything
AGREEMENT = 1e-4  # how far apart the two sides may be, relative to the larger one, before they are looked at again
ROUNDING = 1e3 * torch.finfo(torch.float64).eps  # of the numbers that changed
Outputs = list[torch.Tensor]
Read = Callable[[Outputs], torch.Tensor]

REPEATED = 0.05  # how far a random call's second run may be from its first, relative to its size


@dataclass(frozen=True)
class Reading:
    """`value` is (f(x + h) − f(x − h)) / 2h, h being `step_size`; `what` says in a sentence what was moved.

    `expected` is the same derivative as PyTorch's autograd gives it; None where there is none.
    """

    value: float
    expected: float | None
    step_size: float
    what: str


def finite_difference(recording: Recording, step: Step | Call | str, cell: Any, *, of: str = "output") -> Reading:
    """How a number moves when another one is moved a little: worked out on request, in float64.

    Of a step on the way back: how the loss, as far as this call passes it on, changes with `cell` of the argument `of`;
    what PyTorch passed back stands beside it. Of a forward step: how `cell` of the output changes with the one number
    among the call's inputs that moves it most.
    Of complex numbers the real part is moved, and followed.
    Raises EngineError with a sentence for an update, which is arithmetic; for whole numbers; for an input that was
    changed since; and for a call that cannot be repeated in float64 with the random numbers it had.
    """
    step = step_asked(recording, step, of)
    cell = cell_asked(step, of, cell)
    if step.update is not None:
        raise EngineError(
            "An update is arithmetic alone: its explanation is all there is to it, nothing needs to be moved."
        )
    if step.kind == "forward" and of != "output":
        raise EngineError(f"{of} is kept for later passes: nothing of this one depends on it.")
    again = _Again(recording, step)
    if step.kind == "backward":
        share = shares(step.call, recording).get(of)
        return _through(again, of, cell, expected=None if share is None else share[cell].real.item())
    return _most_moving(again, cell)


def _through(again: _Again, of: str, cell: Index, *, expected: float | None) -> Reading:
    """The reading of Σ grad_output · output; of the loss itself where the call is the loss, since 1 arrives there."""
    arrived = [
        (place, gradient.detach().to(again.outputs[place].device, _wide(gradient.dtype)).conj())
        for place, gradient in enumerate(again.call.grad_outputs)
        if gradient is not None
    ]

    def passed_on(outputs: Outputs) -> torch.Tensor:
        return torch.cat([(gradient * outputs[place]).real.reshape(-1) for place, gradient in arrived])

    sides = again.sides(of, cell, passed_on)
    loss = "the loss" if again.call.is_loss else "the loss through this call"
    return Reading(sides.value, expected, sides.step_size, sides.sentence(again.place(of, cell), loss))


def _most_moving(again: _Again, cell: Index) -> Reading:
    name = "the loss" if again.call.is_loss else again.place("output", cell)
    of, moved, slope = again.steepest(cell)
    sides = again.sides(of, moved, lambda outputs: outputs[0][cell].real)
    sentence = sides.sentence(again.place(of, moved), name)
    return Reading(
        sides.value, slope, sides.step_size, f"{sentence} No other number given to {again.call.name} moves it more."
    )


@dataclass(frozen=True)
class _Sides:
    """What moving a number by `step_size` up and down gave, for each unit of it."""

    up: float
    down: float
    value: float
    step_size: float
    is_bend: bool

    @property
    def slope(self) -> float:
        """The steeper side's."""
        return max(abs(self.up), abs(self.down))

    @property
    def apart(self) -> float:
        """How far apart the sides are; infinite where one could not be read."""
        apart = abs(self.up - self.down)
        return math.inf if math.isnan(apart) else apart

    def sentence(self, moved: str, followed: str) -> str:
        change, step = plain_number(2 * self.step_size * self.value), plain_number(self.step_size)
        text = f"Moving {moved} by ±{step} changes {followed} by {change}, {plain_number(self.value)} for each unit."
        if not self.is_bend:
            return text
        return (
            f"{text} There is a bend here: upwards it is {plain_number(self.up)}, downwards {plain_number(self.down)}."
        )


class _Again:
    """A call on float64 copies of what it was given, each use of a tensor a copy of its own."""

    def __init__(self, recording: Recording, step: Step) -> None:
        self.call = call = step.call
        given = Recomputation(recording.calls).given(call)
        self._given = map_tree(given, (torch.Tensor, torch.dtype), _in_float64)
        self.outputs = self._run(self._given)
        if call.random_state is not None and not self._is_repeated(outputs_of(recording, call)[0]):
            raise EngineError(f"{call.name} draws random numbers that cannot be drawn again in float64.")

    def place(self, name: str, cell: Index) -> str:
        """ "input[0, 3, 4, 4]"; of a complex tensor only the real part is moved or followed."""
        tensor = self.outputs[0] if name == "output" else self._named(self._given)[name]
        text = f"{name}[{', '.join(map(str, cell))}]" if cell else name
        return f"the real part of {text}" if tensor.is_complex() else text

    def steepest(self, cell: Index) -> tuple[str, Index, float]:
        """The number given to the call that `cell` of its output depends on most: whose, where, and how much."""
        if not _can_move("output", self.outputs[0]):
            raise EngineError(
                f"{self.call.name} gives whole numbers or yes and no, which follow nothing little by little."
            )
        refuse_hollow_patches((self.call,))
        with torch.enable_grad():
            given = map_tree(self._given, torch.Tensor, torch.clone)
            wanted = {name: tensor for name, tensor in self._named(given).items() if _can_move(name, tensor)}
            for tensor in wanted.values():
                tensor.requires_grad_()
            if not wanted:
                raise EngineError(f"{self.call.name} was given no numbers that can be moved a little, only whole ones.")
            output = self._run(given)[0]
            if not output.requires_grad:
                raise EngineError(f"{self.call.name} follows none of the numbers that it was given.")
            found = torch.autograd.grad(output.real[cell], list(wanted.values()), allow_unused=True)
        slopes = {name: slope for name, slope in zip(wanted, found, strict=True) if slope is not None and slope.numel()}
        slopes = {name: slope.real for name, slope in slopes.items()}
        if not slopes:
            raise EngineError(f"{self.call.name} follows none of the numbers that it was given.")
        name = max(slopes, key=lambda name: float(slopes[name].abs().nan_to_num(torch.inf).max()))
        flat = int(slopes[name].abs().nan_to_num(torch.inf).argmax())
        where = tuple(int(index) for index in torch.unravel_index(torch.tensor(flat), slopes[name].shape))
        return name, where, float(slopes[name][where])

    def sides(self, of: str, cell: Index, read: Read) -> _Sides:
        """`read` of the output, with `cell` of the argument `of` moved up and down; nearer where the sides differ.

        Seen from near, a curve becomes straight and a bend does not; from too near, rounding hides which of them it is.
        """
        size = _step_size(float(self._movable(of)[cell].abs()))
        found: list[_Sides] = []
        for nearer in NEARER:
            sides, rounding = self._sides(of, cell, read, size=size * nearer)
            if found and rounding > HIDDEN * sides.slope:
                break
            before = found[-1].apart if found else 0.0
            allowed = max(AGREEMENT * sides.slope, STRAIGHTER * before) + rounding
            if math.isfinite(sides.apart) and sides.apart <= allowed:
                return sides
            found.append(sides)
        return replace(found[min(1, len(found) - 1)], is_bend=all(math.isfinite(each.apart) for each in found))

    def _sides(self, of: str, cell: Index, read: Read, *, size: float) -> tuple[_Sides, float]:
        """The two sides at one distance, and how far apart rounding alone may put them."""
        here = read(self.outputs)
        (raised, up), (lowered, down) = (self._moved(of, cell, by) for by in (size, -size))
        above, below = read(raised), read(lowered)
        moves = above != below
        changed = float((here.abs() * moves).sum()) + self._rounded_moves(of, above - below, size)
        rise, fall = float((above - here).sum()), float((here - below).sum())  # apart first: sums would round it away
        value = float((above - below).sum()) / (up + down)
        return _Sides(rise / up, fall / down, value, size, is_bend=False), ROUNDING * changed / size

    def _rounded_moves(self, of: str, moves: torch.Tensor, size: float) -> float:
        """How much of the moves may be rounding of the numbers beside the moved one, as in x − mean."""
        return float(moves.abs().nan_to_num(0.0).sum()) / 2 * _largest(self._movable(of).abs()) / size

    def _moved(self, of: str, cell: Index, by: float) -> tuple[Outputs, float]:
        """The output with one number moved, and by how much it was: what float64 makes of x + h − x."""
        given = map_tree(self._given, torch.Tensor, torch.clone)
        tensor = self._named(given)[of]
        before = tensor[cell].real.item()
        tensor[cell] += by
        return self._run(given), abs(tensor[cell].real.item() - before)

    def _movable(self, of: str) -> torch.Tensor:
        tensor = self._named(self._given).get(of)
        if tensor is None:
            raise EngineError(f"{self.call.name} was given no tensor as {of}.")
        if not (tensor.is_floating_point() or tensor.is_complex()):
            raise EngineError(f"{of} of {self.call.name} holds whole numbers, which cannot be moved a little.")
        if not _can_move(of, tensor):
            raise EngineError(f"{of} of {self.call.name} is written to, not differentiated.")
        return tensor

    def _named(self, given: Any) -> dict[str, torch.Tensor]:
        """The tensors of `given` by what the call knows them as; the loss has no more than an input and a target."""
        named = tensors_by_name(self.call.named(*given))
        return {"input": named["input"]} if self.call.is_loss else named

    def _run(self, given: Any) -> Outputs:
        args, kwargs = map_tree(given, torch.Tensor, torch.clone)
        try:
            return leaves(rerun(self.call, args, kwargs), torch.Tensor)
        except (RuntimeError, TypeError, NotImplementedError) as error:
            raise EngineError(f"{self.call.name} cannot be repeated in float64: {error}") from error

    def _is_repeated(self, recorded: torch.Tensor) -> bool:
        """Whether the same random numbers came: the mask of a dropout depends on its device and number format."""
        first = recorded.detach().to(self.outputs[0].device, self.outputs[0].dtype)
        are_numbers = (
            first.isfinite() & self.outputs[0].isfinite()
        )  # float32 may have overflowed where float64 does not
        first, again = first[are_numbers], self.outputs[0][are_numbers]
        return not first.numel() or bool((first - again).abs().max() <= REPEATED * first.abs().max())


def _largest(sizes: torch.Tensor) -> float:
    """The largest finite one; 0 of none."""
    finite = sizes[sizes.isfinite()]
    return float(finite.max()) if finite.numel() else 0.0


def _in_float64(given: torch.Tensor | torch.dtype) -> Any:
    if isinstance(given, torch.dtype):
        return _wide(given)
    tensor = given.detach()
    device = "cpu" if tensor.device.type == "mps" else tensor.device  # which has no float64
    return tensor.to(device, _wide(tensor.dtype), copy=True)


def _wide(dtype: torch.dtype) -> torch.dtype:
    if dtype.is_complex:
        return torch.complex128
    return torch.float64 if dtype.is_floating_point else dtype


def _can_move(name: str, tensor: torch.Tensor) -> bool:
    """Whether a number of it may be moved. What batch norm keeps from training is written to, not differentiated."""
    return (tensor.is_floating_point() or tensor.is_complex()) and name not in ("running_mean", "running_var")


def _step_size(value: float) -> float:
    """A power of ten: `STEP` of the number's own size."""
    return float(f"1e{math.ceil(math.log10(value)) - 6}") if 1 < value < math.inf else STEP
