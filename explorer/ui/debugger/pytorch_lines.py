"""The line of PyTorch that does what a step shows, as a person would write it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.arithmetic.families import function_of
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.python_call import UNNAMED, call_text, value_text
from explorer.arithmetic.updates import update_of
from explorer.session.step_tensors import StepTensors
from explorer.session.timeline import TimelineStep
from explorer.ui.debugger.facts import inputs_of


def forward_line(step: TimelineStep, tensors: StepTensors) -> str:
    """`F.conv2d(relu1, conv2.weight, conv2.bias, stride=1, padding=1)`; for the loss `loss = …`."""
    names = [variable(name) for name, _ in inputs_of(step, tensors) if not name.startswith(UNNAMED)] or ["x"]
    operation = operation_for(step.kind)
    if isinstance(operation, Loss) and step.call == "loss":
        return f"loss = {operation.computed_by.format(input=names[0])}"
    read = (*tensors.given, *tensors.beside)
    weights = {tensor.name: tensor.title for tensor in read if tensor.role == "weight"}
    if operation is not None:
        return operation.line(step.kind, names, weights, tensors.settings)
    return f"{function_of(step.kind)}({call_text([*names, *weights.values()], tensors.settings)})"


def backward_line(of: str, name: str) -> str:
    """`loss.backward()`, and which gradient of it is looked at: a tensor that is used twice adds up what comes back."""
    if of in ("weight", "bias"):
        return f"loss.backward()  # {name}.grad"
    return f"loss.backward()  # adds to {variable(name)}.grad"


def variable(name: str) -> str:
    """A call's name as a variable: the second run of relu is relu_2."""
    return name.replace(":", "_")


def update_line(step: TimelineStep, settings: Mapping[str, Any]) -> str:
    """`optimizer.step()  # SGD(lr=0.1, momentum=0.9)`."""
    update = update_of(step.kind)
    known = {"lr": settings["lr"]} if "lr" in settings else {}
    chosen = known if update is None else update.changed(settings)
    written = ", ".join(f"{name}={value_text(value)}" for name, value in chosen.items())
    return f"optimizer.step()  # {step.kind}({written})"
