"""linear: each output is one neuron's weighted sum of the inputs, plus its bias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from explorer.arithmetic.biased import explain_biased
from explorer.arithmetic.cells import arrived, formula, picked, place
from explorer.arithmetic.explanation import Explanation, Factor, explain_sum
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.words import DY, KindWords, Told


class Linear(Operation):
    """output[…, o] = Σᵢ input[…, i] · weight[o, i] + bias[o].

    input (…, in), weight (out, in), bias (out,) or None, output (…, out).
    """

    kinds = ("linear",)
    family = "linear"
    told: ClassVar[Mapping[str, KindWords]] = {
        "linear": KindWords(
            "Linear layer",
            Told(
                "Each neuron of {made} is a weighted sum of {all_numbers} of {input}{plus_bias}.",
                "y[o] = Σ w[o, i] · x[i]{bias_term}",
            ),
            {
                "input": Told(
                    "The gradient of each number of {input} gathers what every neuron it fed sends back through the "
                    "weight between them.",
                    f"∂L/∂x[i] = Σ w[o, i] · {DY}[o]",
                ),
                "weight": Told(
                    "The gradient of each weight is the number of {input} that came in times the gradient of the "
                    "neuron it led to{over_batch}.",
                    f"∂L/∂w[o, i] = {{batch_sum}}x[{{n}}i] · {DY}[{{n}}o]",
                ),
                "bias": Told(
                    "A bias is added to its neuron as it is, so its gradient is that neuron's own{over_batch}.",
                    f"∂L/∂b[o] = {{batch_sum}}{DY}[{{n}}o]",
                ),
            },
        ),
    }
    differentiable = ("input", "weight", "bias")

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        given, weight, bias = call.arguments["input"], call.arguments["weight"], call.arguments.get("bias")
        inputs = np.arange(np.shape(weight)[1])
        factors = picked("input", given, *cell[:-1], inputs), picked("weight", weight, cell[-1], inputs)
        rule = formula(call, "output", "input", "weight", bias=bias is not None)
        return explain_biased(rule, factors, bias, cell[-1:], name=place(call, "output", cell))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        factors = {"input": _of_input, "weight": _of_weight, "bias": _of_bias}[of](call, cell)
        rule = formula(call, f"grad_{of}", *(factor.name for factor in factors))
        return explain_sum(rule, factors, name=place(call, f"grad_{of}", cell))


def _of_input(call: CallValues, cell: Index) -> tuple[Factor, ...]:
    """Every neuron that read this input sends its gradient back through the weight it read it with."""
    weight = call.arguments["weight"]
    neurons = np.arange(np.shape(weight)[0])
    return picked("grad_output", arrived(call), *cell[:-1], neurons), picked("weight", weight, neurons, cell[-1])


def _of_weight(call: CallValues, cell: Index) -> tuple[Factor, ...]:
    """The neuron's gradient times the input that the weight was multiplied by, for every example."""
    neuron, which = cell
    examples = _examples(call)
    return (
        picked("grad_output", arrived(call), *examples, neuron),
        picked("input", call.arguments["input"], *examples, which),
    )


def _of_bias(call: CallValues, cell: Index) -> tuple[Factor, ...]:
    return (picked("grad_output", arrived(call), *_examples(call), cell[0]),)


def _examples(call: CallValues) -> np.ndarray:
    """Indices of all rows of the input: every axis but the last."""
    return np.indices(call.output.shape[:-1])
