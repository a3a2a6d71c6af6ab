"""From a recorded step to the arithmetic of one of its numbers, checked against what PyTorch computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch

from explorer.arithmetic import CallValues, Explanation, Operation
from explorer.arithmetic.operation import Index
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.updates import update_named
from explorer.engine.arrays import array
from explorer.engine.errors import EngineError
from explorer.engine.explaining.asked import cell_asked, step_asked
from explorer.engine.recording.call import Call
from explorer.engine.recording.passed_back import passed_back
from explorer.engine.recording.recording import Recording, Step
from explorer.engine.recording.running import buffers_after
from explorer.engine.recording.tree import leaves, map_tree
from explorer.engine.recording.update import Update

# What a call passes back costs a backward pass of that call: once, not once a cell.
_shares: WeakKeyDictionary[Call, dict[str, torch.Tensor]] = WeakKeyDictionary()


class WithoutRuleError(EngineError):
    """A call that no rule takes apart: of an unknown kind, or made in a way that its rule does not expect."""


@np.errstate(all="ignore")  # a diverged step's infinities are numbers to show like others
def explain(
    recording: Recording,
    step: Step | Call | str,
    cell: Any,
    *,
    of: str = "output",
    symbols: Mapping[str, str] | None = None,
) -> Explanation:
    """The arithmetic of one number of a step by its call's rule; what is asked of it is as in `explain_all`.

    Raises WithoutRuleError for a kind of call without one, EngineError for a cell outside, or an unknown `of`.
    """
    step = step_asked(recording, step, of)
    cell = cell_asked(step, of, cell)
    if step.call.is_complex if step.update is None else step.update.before.is_complex():
        raise EngineError(f"There is no arithmetic for complex numbers yet: {step.call.name}.")
    if step.update is not None:
        return _explained_update(step.update, cell, symbols or {})
    operation = operation_for(step.call.kind)
    if operation is None:
        raise WithoutRuleError(f"There is no arithmetic for calls of the kind {step.call.kind} yet: {step.call.name}.")
    try:
        return _explained(recording, step, operation, of=of, cell=cell, symbols=symbols or {})
    except EngineError:
        raise
    except ValueError as error:
        raise EngineError(f"{step.call.name}: {error}") from error
    except Exception as error:  # a call of a form that no rule expects
        raise WithoutRuleError(
            f"{step.call.name} ({step.call.kind}) was called in a way that is not explained: {_words(error)}."
        ) from error


def _words(error: Exception) -> str:
    """What went wrong in a rule; of a missing argument the error holds only the name."""
    return f"its argument {error} is not known" if isinstance(error, KeyError) else str(error) or type(error).__name__


def _explained(
    recording: Recording, step: Step, operation: Operation, *, of: str, cell: Index, symbols: Mapping[str, str]
) -> Explanation:
    output = outputs_of(recording, step.call)[0]
    given = recording.arguments(step.call)
    values = call_values(step.call, output, symbols, arguments=given)
    operation.check_settings(values)
    if step.kind != "backward" and of != "output":
        return checked(operation.kept_after(values, of, cell), buffers_after(step.call, given)[of][cell])
    if step.kind != "backward":
        return checked(operation.forward(values, cell), output[cell])
    share = shares(step.call, recording)[of]
    return checked(operation.backward(values, of, cell), share[cell])


def checked(explained: Explanation, computed: torch.Tensor) -> Explanation:
    """`explained` beside PyTorch's number, which is not finite where its precision does not reach far enough.

    It would have to reach the total, and whatever is added up on the way to it.
    """
    number, total = computed.item(), explained.total
    if not math.isfinite(number) and not math.isnan(total) and number != total:
        largest, precision = torch.finfo(computed.dtype).max, str(computed.dtype).removeprefix("torch.")
        if math.isfinite(total) and abs(total) > largest and total * number > 0:
            explained = explained.kept_as(number, precision)
        elif explained.reach > largest:
            explained = explained.gone_beyond(number, precision)
    if explained.otherwise is not None and explained.otherwise.includes(number):
        explained = explained.taken_otherwise(number)
    return explained.checked_against(number)


def outputs_of(recording: Recording, call: Call) -> list[torch.Tensor]:
    """The tensors that a call gave, worked out again if they were dropped. Raises EngineError as `recompute` does."""
    output = call.output if not call.is_dropped else recording.recompute(call.name)
    found: list[torch.Tensor] = leaves(output, torch.Tensor)
    return found


def call_values(
    call: Call, output: torch.Tensor, symbols: Mapping[str, str], *, arguments: Mapping[str, Any]
) -> CallValues:
    """A call as numpy, without copies where the tensors lie on the CPU."""
    return CallValues(
        kind=call.kind,
        arguments=map_tree(arguments, torch.Tensor, array),
        output=array(output),
        grad_output=None if call.grad_output is None else array(call.grad_output),
        grad_outputs=tuple(None if each is None else array(each) for each in call.grad_outputs),
        symbols=symbols,
    )


def shares(call: Call, recording: Recording | None = None) -> dict[str, torch.Tensor]:
    """What a call passes back to each of its arguments, worked out once (see `passed_back`).

    The recording is asked where something that was dropped has to be worked out again.
    """
    if call not in _shares:
        _shares[call] = passed_back(call, recording.calls if recording else ())
    return _shares[call]


def _read_by(update: Update) -> torch.Tensor:
    """What the lines begin with: what the optimizer read, or where older gradients were kept that of this step."""
    if update.kept is None:
        return update.gradient
    return torch.zeros_like(update.kept) if update.arrived is None else update.arrived


def _explained_update(update: Update, cell: Index, symbols: Mapping[str, str]) -> Explanation:
    try:
        rule = update_named(update.optimizer)
    except ValueError as error:
        raise EngineError(str(error)) from error
    state = map_tree(dict(update.state_before), torch.Tensor, array)
    explained = rule.explain(
        array(update.before),
        array(_read_by(update)),
        state,
        update.settings,
        cell,
        symbols=symbols,
        kept=None if update.kept is None else array(update.kept),
        clipped=update.clipped,
    )
    return checked(explained, update.after[cell])
