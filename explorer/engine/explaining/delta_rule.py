"""The delta rule of a recorded step, in a lecture's words and letters: past an activation to the layer or loss behind.

Everything is read from the recording, and each total is held against what PyTorch computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from explorer.arithmetic import CallValues, Explanation, Factor
from explorer.arithmetic.activation import Activation
from explorer.arithmetic.delta_rule import (
    Letters,
    Slope,
    hidden_delta,
    letters_of,
    output_delta,
    output_delta_of_any_loss,
    weight_rule,
)
from explorer.arithmetic.operation import Index
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.places import one
from explorer.arithmetic.regression_losses import HalfSquaredError
from explorer.arithmetic.reshaping import Identity
from explorer.arithmetic.sgd import SGD
from explorer.engine.arrays import array
from explorer.engine.errors import EngineError
from explorer.engine.explaining.asked import cell_of
from explorer.engine.explaining.explain import call_values, checked, outputs_of
from explorer.engine.recording.call import LOSS, Call
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import leaves
from explorer.engine.recording.update import Update


def explain_delta(
    recording: Recording, layer: str, cell: Index, *, symbols: Mapping[str, str] | None = None
) -> Explanation:
    """Δ or δ of one neuron, `cell` being its place in the output of the linear call `layer`, batch axis included.

    Of a hidden layer it follows from the next linear layer's Δ and weights, of the last one from the loss. `symbols`
    renames fields of `Letters` ("delta", "sum", "next_weight" …). The total is −grad_output of the call.
    Raises EngineError with a sentence if the recording has no loss, the call is not a linear layer, or something other
    than an activation of each neuron by itself stands between it and the next linear layer or the loss.
    """
    call = _linear(recording, layer)
    letters = _letters(recording, call, symbols)
    if call.grad_output is None:
        raise EngineError(f"No gradient arrived at {call.name}, so that it has no Δ.")
    shape = call.output_shape
    if len(cell) != len(shape) or not all(0 <= index < size for index, size in zip(cell, shape, strict=True)):
        raise EngineError(f"{cell} is not a neuron of {call.name}, whose output has the shape {tuple(shape)}.")
    activation, reader = _what_reads(recording, call)
    slope = _slope(recording, call, activation, cell)
    if reader.kind == "linear":
        explained = _hidden(recording, letters, slope, reader, cell)
    else:
        explained = _output(recording, letters, slope, activation or call, cell)
    return checked(explained, -call.grad_output[cell])


def explain_weight_rule(
    recording: Recording, parameter: str, cell: Index, *, symbols: Mapping[str, str] | None = None
) -> Explanation:
    """How a linear layer's weight or bias changed, by w ← w + η·Δ·z: the same number as the update's explanation.

    `parameter` is its dotted path ("linear2.weight"). Raises EngineError with a sentence for an optimizer other than
    plain gradient descent, for another layer's parameter, and for one that several calls share.
    """
    update = next((update for update in recording.updates if update.parameter == parameter), None)
    if update is None:
        known = ", ".join(update.parameter for update in recording.updates) or "none"
        raise EngineError(f"This step updated no {parameter}; it updated {known}.")
    call, name = update.call, parameter.rpartition(".")[2]
    _check_plain(update)
    _check_own(recording, call, name, update)
    cell = cell_of(cell, tuple(update.before.shape), parameter)
    before = Factor(parameter, np.array([update.before[cell].item()]), one(cell))
    examples = np.indices(call.output_shape[:-1]).reshape(len(call.output_shape) - 1, -1).T
    deltas = _negative(call, _with_last(examples, cell[0]))
    inputs = None
    if len(cell) > 1:
        inputs = _factor(f"{call.name}.input", recording.arguments(call)["input"], _with_last(examples, cell[1]))
    rule = weight_rule(
        _letters(recording, call, symbols),
        cell,
        before=before,
        rate=float(update.settings["lr"]),
        deltas=deltas,
        inputs=inputs,
    )
    return checked(rule, update.after[cell])


def forward_symbols(recording: Recording, call: Call) -> dict[str, str]:
    """The lecture's letters for a forward step of `explain`: u, v and x for a linear call, z and u for its activation.

    Empty for other calls.
    """
    if call.kind == "linear":
        letters = _letters(recording, call, None)
        return {"output": letters.sum, "weight": letters.weight, "input": letters.input}
    before = [each for each in recording.calls if each.kind == "linear" and each.name in call.parents]
    if len(before) != 1 or not _is_activation(call):
        return {}
    letters = _letters(recording, before[0], None)
    return {"output": letters.output, "input": letters.sum}


def _linear(recording: Recording, name: str) -> Call:
    call = recording.call(name)
    if call.kind != "linear":
        raise EngineError(f"The delta rule is that of linear layers: {call.name} is a {call.kind}.")
    return call


def _letters(recording: Recording, call: Call, symbols: Mapping[str, str] | None) -> Letters:
    linear = [each for each in recording.calls if each.kind == "linear"]
    try:
        return letters_of(linear.index(call), len(linear)).renamed(dict(symbols or {}))
    except ValueError as error:
        raise EngineError(str(error)) from error


def _what_reads(recording: Recording, call: Call) -> tuple[Call | None, Call]:
    """The activation of a linear call, None where it has none, and the linear call or the loss behind it."""
    reader = _only_reader(recording, call)
    activation = reader if _is_activation(reader) else None
    if activation is not None:
        reader = _only_reader(recording, activation)
    if reader.kind == "linear" or reader is recording.loss_call:
        return activation, reader
    raise EngineError(
        f"{(activation or call).name} goes into {reader.name}, a {reader.kind}: the delta rule goes from one linear "
        "layer to the next, or to the loss, over an activation of each neuron by itself."
    )


def _is_activation(call: Call) -> bool:
    return isinstance(operation_for(call.kind), (Activation, Identity))


def _only_reader(recording: Recording, call: Call) -> Call:
    readers = [each for each in recording.calls_and_loss if call.name in each.parents]
    if len(readers) != 1:
        what = ", ".join(reader.name for reader in readers) or "nothing that is learned from"
        raise EngineError(f"The delta rule follows one way back, but {call.name} goes into {what}.")
    return readers[0]


def _slope(recording: Recording, call: Call, activation: Call | None, cell: Index) -> Slope:
    name, place = f"{call.name}.output", one(cell)
    function = None if activation is None else operation_for(activation.kind)
    if activation is None or not isinstance(function, Activation):
        return Slope((1.0,), name, place)
    return Slope(function.slope_parts(_values(recording, activation), cell), name, place)


def _values(recording: Recording, call: Call) -> CallValues:
    return call_values(call, outputs_of(recording, call)[0], {}, arguments=recording.arguments(call))


def _hidden(recording: Recording, letters: Letters, slope: Slope, reader: Call, cell: Index) -> Explanation:
    neurons = np.arange(reader.output_shape[-1])
    examples = np.repeat(np.asarray([cell[:-1]], dtype=np.int64).reshape(1, -1), len(neurons), axis=0)
    deltas = _negative(reader, np.column_stack((examples, neurons)))
    weight = recording.arguments(reader)["weight"]
    weights = _factor(f"{reader.name}.weight", weight, _with_last(neurons[:, None], cell[-1]))
    return hidden_delta(letters, cell[-1], slope, deltas=deltas, weights=weights)


def _output(recording: Recording, letters: Letters, slope: Slope, last: Call, cell: Index) -> Explanation:
    loss = recording.loss_call
    assert loss is not None
    if loss.kind != HalfSquaredError.name:
        return output_delta_of_any_loss(letters, cell[-1], slope, pull=_negative(last, one(cell)))
    given = recording.arguments(loss)
    output = _factor(f"{LOSS}.input", given["input"], one(cell))
    target = float(given["target"][cell])
    examples = len(given["input"]) if given["input"].dim() > 1 else 1
    return output_delta(letters, cell[-1], slope, target=target, output=output, examples=examples)


def _negative(call: Call, cells: np.ndarray[Any, Any]) -> Factor:
    """What −grad_output of a call is at `cells`: the neurons' Δ."""
    assert call.grad_output is not None
    factor = _factor(f"{call.name}.grad_output", call.grad_output, cells)
    return Factor(factor.name, 0.0 - factor.values, factor.cells, made=f"−{factor.name}")


def _factor(name: str, tensor: torch.Tensor, cells: np.ndarray[Any, Any]) -> Factor:
    return Factor(name, array(tensor)[tuple(cells.T)].astype(np.float64), cells)


def _with_last(cells: np.ndarray[Any, Any], last: int) -> np.ndarray[Any, Any]:
    """`cells` (T, n) with one more axis, along which each has the index `last`."""
    return np.column_stack((cells, np.full(len(cells), last)))


def _check_plain(update: Update) -> None:
    """Raises EngineError unless the update is w − lr·g and nothing else."""
    more = [name for name in ("momentum", "weight_decay", "nesterov", "maximize") if update.settings.get(name)]
    if update.kept is not None:
        raise EngineError(
            "The delta rule's change is that of one step's gradient; here those of the steps before count."
        )
    if update.optimizer != SGD.name or more:
        what = f"{SGD.name} with {more[0].replace('_', ' ')}" if update.optimizer == SGD.name else update.optimizer
        raise EngineError(f"The delta rule's change is that of plain gradient descent; this step was made by {what}.")


def _check_own(recording: Recording, call: Call, name: str, update: Update) -> None:
    """Raises EngineError unless the parameter is a linear call's, and of no other call."""
    if call.kind != "linear" or name not in ("weight", "bias") or call.grad_output is None:
        raise EngineError(f"The delta rule is that of linear layers: {update.parameter} belongs to {call.name}.")
    kept = call.named(call.kept_args, call.kept_kwargs)[name]
    users = [each.name for each in recording.calls if any(kept is each_kept for each_kept in _kept_of(each))]
    if len(users) != 1:
        raise EngineError(
            f"{update.parameter} is shared by {', '.join(users)}: its change is the sum over all of them."
        )


def _kept_of(call: Call) -> list[Kept]:
    found: list[Kept] = leaves((call.kept_args, call.kept_kwargs), Kept)
    return found
