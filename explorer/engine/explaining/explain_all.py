"""Any number of a recording explained: where no rule takes its call apart, by what PyTorch gave and how it moves.

This is the explanation that scripts ask for. The window tells which kinds have no rule, and reads a difference when it
is asked to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import Terms, plain_number
from explorer.arithmetic.operation import Index
from explorer.engine.errors import EngineError
from explorer.engine.explaining import explain as by_rules
from explorer.engine.explaining.asked import cell_asked, step_asked
from explorer.engine.explaining.finite_difference import Reading, finite_difference
from explorer.engine.recording.call import Call
from explorer.engine.recording.recording import Recording, Step


@dataclass(frozen=True, eq=False, repr=False)
class WithoutTerms(Explanation):
    """A number that is not taken apart: its `total` is what PyTorch has, and nothing checks it.

    `why` says so in a sentence. `reading` is how the number moves with another one; None where nothing can be moved.
    """

    why: str = ""
    reading: Reading | None = None


def explain(
    recording: Recording,
    step: Step | Call | str,
    cell: Any,
    *,
    symbols: Mapping[str, str] | None = None,
    of: str = "output",
) -> Explanation:
    """How one number of a step came about: its terms, their total, and beside it what PyTorch computed.

    `step` is an entry of `recording.steps`, or a call or its name: for its forward step, or for the one on the way back
    where `of` is not "output". `cell` counts the batch axis; it may be any sequence of whole numbers, negative ones
    from the end.
    `of` is one of `step.shapes`: forwards "output", or a buffer as the call leaves it ("running_mean_after"); an
    argument ("input", "weight" …) on the way back; a parameter in an update. `symbols` renames tensors in the written
    line.
    A kind of call without arithmetic of its own is answered with an explanation without terms: its `reading` is a
    finite difference. Raises EngineError with a sentence for a cell outside, an unknown `of` and complex numbers.
    """
    try:
        return by_rules.explain(recording, step, cell, of=of, symbols=symbols)
    except by_rules.WithoutRuleError as error:
        found = step_asked(recording, step, of)
        return _without_terms(recording, found, cell_asked(found, of, cell), of=of, why=str(error))


def _without_terms(recording: Recording, step: Step, cell: Index, *, of: str, why: str) -> WithoutTerms:
    value, reading = _value(recording, step, cell, of=of), None
    try:
        reading = finite_difference(recording, step, cell, of=of)
    except EngineError as error:
        why = f"{why} {error}"
    name = f"{of if step.kind != 'backward' else f'grad_{of}'}[{', '.join(map(str, cell))}]"
    moved = "" if reading is None else f". {reading.what}"
    return WithoutTerms(
        f"{step.call.kind}(…)",
        Terms(()),
        value,
        f"{name} = {plain_number(value)}, as PyTorch has it{moved}",
        why=why,
        reading=reading,
    )


def _value(recording: Recording, step: Step, cell: Index, *, of: str) -> float:
    if step.kind == "backward":
        return float(by_rules.shares(step.call, recording)[of][cell])
    return float(by_rules.outputs_of(recording, step.call)[0][cell])
