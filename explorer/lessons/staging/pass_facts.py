"""What can be read of a whole pass: a function for each name. `PASS_FACTS` and `ASKED_OF` list them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from explorer.arithmetic.probabilities import softmax
from explorer.bounds import quoted
from explorer.engine.arrays import array
from explorer.engine.training.pass_by_hand import spreads
from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.expressions import Expression, ReadingError, Reference
from explorer.lessons.staging.indexing import check_index
from explorer.lessons.staging.layer_facts import call_of
from explorer.lessons.staging.runs import run_of
from explorer.lessons.staging.stage import Stage

ALREADY_SHARES = ("softmax", "sigmoid")


def _loss(stage: Stage) -> Value:
    if stage.recording.loss is None:
        raise ReadingError("there is no loss: give the scene a loss and a target")
    return stage.recording.loss


def _target(stage: Stage) -> Value:
    if stage.scene.target is None:
        raise ReadingError("there is no target: give the scene one")
    return np.asarray(stage.scene.target)


def _probabilities(stage: Stage) -> np.ndarray:
    """Of the first example; the last layer's own where it gives shares."""
    outputs = array(stage.forward.outputs)[0].ravel()
    last = stage.network.layers[-1].word if stage.network.layers else ""
    return outputs if last in ALREADY_SHARES else softmax(outputs)


def _class(stage: Stage) -> Value:
    return _classes(stage)[int(_probabilities(stage).argmax())]


def _classes(stage: Stage) -> tuple[str, ...]:
    amount = len(_probabilities(stage))
    named = stage.classes
    return named if len(named) == amount else tuple(str(at) for at in range(amount))


PASS_FACTS: Mapping[str, Callable[[Stage], Value]] = {
    "loss": _loss,
    "parameters": lambda stage: sum(stage.network.parameter_counts()),
    "runnable": lambda stage: stage.network.runnable(),
    "input": lambda stage: stage.input,
    "target": _target,
    "class": _class,
    "probability": lambda stage: float(_probabilities(stage).max()),
}
"""What a name gives that stands alone; cells are taken of it by an index."""


def _probability(stage: Stage, arguments: tuple[Expression, ...]) -> Value:
    name, classes = _layer_name(arguments), _classes(stage)
    if name not in classes:
        raise ReadingError(f"there is no class {quoted(name)}; there are {', '.join(classes)}")
    return float(_probabilities(stage)[classes.index(name)])


def _zeros(stage: Stage, arguments: tuple[Expression, ...]) -> Value:
    """The share of a layer's cells that are 0."""
    output = array(call_of(stage, _known_layer(stage, arguments)).output)
    return float((output == 0).mean())


def _kept(stage: Stage, arguments: tuple[Expression, ...]) -> Value:
    """The share of what arrives that leaves."""
    name = _known_layer(stage, arguments)
    arriving, leaving = stage.network.input_shapes(name)[0], stage.network.shapes()[stage.network.index(name)]
    if arriving is None or leaving is None:
        raise ReadingError(stage.why_not(name))
    return float(np.prod(leaving) / np.prod(arriving))


def _place(stage: Stage, arguments: tuple[Expression, ...]) -> Value:
    """Where in the row of a flattening a cell of what it takes lies, counted from 0."""
    if len(arguments) != 2 or not isinstance(arguments[1], Reference):
        raise ReadingError("place takes a layer and a cell: place(flatten1, input[0,1,1,1])")
    call, cell = call_of(stage, _known_layer(stage, arguments[:1])), arguments[1]
    given = np.asarray(array(call.inputs[0]))
    check_index(given.shape, cell)
    marks = np.arange(given[0].size).reshape(given.shape[1:])  # which cell each number of the row was
    index = cell.index or ()
    if not all(isinstance(part, int) for part in index):
        raise ReadingError(f"{cell.text} is more than one cell")
    return int(marks[index[1:]])


def _spread(stage: Stage, arguments: tuple[Expression, ...]) -> Value:
    """How far the filters or neurons of a weight are from the first of them; after the run where there are data."""
    weight = arguments[0] if len(arguments) == 1 else None
    if not isinstance(weight, Reference) or len(weight.names) != 2 or weight.index is not None:
        raise ReadingError("spread takes a weight: spread(conv1.weight)")
    known = run_of(stage).spreads if stage.scene.data else spreads(stage.model)
    name = ".".join(weight.names)
    if name not in known:
        raise ReadingError(f"there is no weight {name}; there are {', '.join(known) or 'none'}")
    return known[name]


ASKED_OF: Mapping[str, Callable[[Stage, tuple[Expression, ...]], Value]] = {
    "probability": _probability,
    "zeros": _zeros,
    "kept": _kept,
    "place": _place,
    "spread": _spread,
}
"""What is asked of something in round brackets."""


def _layer_name(arguments: tuple[Expression, ...]) -> str:
    if len(arguments) != 1 or not isinstance(arguments[0], Reference) or len(arguments[0].names) != 1:
        raise ReadingError("one name is needed between the round brackets")
    return arguments[0].names[0]


def _known_layer(stage: Stage, arguments: tuple[Expression, ...]) -> str:
    name = _layer_name(arguments)
    if name not in stage.network.names:
        raise ReadingError(f'there is no layer "{name}"; the network has {", ".join(stage.network.names) or "none"}')
    return name
