"""What a lesson calls a number that is on the screen. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.arithmetic.operation import Index
from explorer.lessons.readings.expressions import Reference
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.script import Showing
from explorer.network import Network
from explorer.network.names import INPUT
from explorer.session.state import State
from explorer.session.subjects.subject import Verb

if TYPE_CHECKING:
    from explorer.session.timeline import Timeline

GRADIENT, BEFORE, AFTER = "gradient of ", " before", " after"
LOSS = "loss"
LEARNED = ("weight", "bias")
KEPT = ("running_mean", "running_var")


def reading_of(state: State, title: str, cell: Index) -> str:
    """The reading of a cell of the tensor that the window calls `title`, "gradient of conv1"; "" if there is none."""
    if not state.subject.can(Verb.EDIT):
        return ""
    name = _name_of(state.subject.edited, title)
    return f"{name}[{','.join(map(str, cell))}]" if name and cell else name if name == LOSS else ""


def _name_of(network: Network, title: str) -> str:
    if title in (INPUT, LOSS):
        return title
    ways: tuple[tuple[str, Callable[[Network, str], str]], ...] = (
        (title.removeprefix(GRADIENT), _gradient) if title.startswith(GRADIENT) else ("", _gradient),
        (title.removesuffix(AFTER), _after) if title.endswith(AFTER) else ("", _after),
        (title.removesuffix(BEFORE), _plain),
    )
    return next((found for of, way in ways if of and (found := way(network, of))), "")


def _plain(network: Network, of: str) -> str:
    layer, _, tensor = of.rpartition(".")
    if of in network.names:
        return f"{of}.output"
    return of if layer in network.names and tensor in (*LEARNED, *KEPT) else ""


def _after(network: Network, of: str) -> str:
    layer, _, tensor = of.rpartition(".")
    return f"{of}_after" if layer in network.names and tensor in LEARNED else ""


def _gradient(network: Network, of: str) -> str:
    layer, _, tensor = of.rpartition(".")
    if of in network.names:
        return f"{of}.grad_output"
    if of == INPUT:
        first = next((name for name in network.names if INPUT in network.inputs(name)), "")
        return f"{first}.grad_input" if first else ""
    return f"{layer}.grad_{tensor}" if layer in network.names and tensor in LEARNED else ""


SHOWN_IN = {"output": "forward", "input": "backward", "weight": "backward", "bias": "backward"}


def showing_of_reading(reading: str) -> Showing | None:
    """Where a number is made that is read so; None where the reading does not say it."""
    found = parse_reading(reading)
    if not isinstance(found, Reference) or len(found.names) != 2 or found.index is None:
        return None
    call, fact = found.names
    cell = tuple(place for place in found.index if isinstance(place, int))
    tensor = fact.removeprefix("grad_").removesuffix("_after")
    if fact.endswith("_after"):
        return Showing("update", call, tensor, cell)
    is_made = fact == "output" or (fact.startswith("grad_") and tensor != "output")
    return Showing(SHOWN_IN[tensor], call, tensor, cell) if is_made else None


def showing_of(state: State, *, is_walked: bool) -> Showing | None:
    """Where the person stands: in the debugger while that is in front, and else at what is chosen of the maps."""
    timeline, cursor = state.steps.timeline, state.steps.cursor
    if is_walked and timeline is not None:
        return _at_cursor(timeline, cursor.step, cursor.of, cursor.cell)
    chosen = state.chosen_cell
    if chosen is not None and chosen.call != INPUT:
        return Showing("forward", chosen.call, chosen.of, chosen.index)
    layer = state.selection.layer
    return Showing("forward", layer) if layer and state.layer(layer) is not None else None


def _at_cursor(timeline: Timeline, step: int, of: str, cell: Index | None) -> Showing:
    entry = timeline.steps[step]
    call = "" if entry.phase == LOSS else entry.call
    return Showing(entry.phase, call) if cell is None or not cell else Showing(entry.phase, call, of, cell)
