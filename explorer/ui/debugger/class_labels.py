"""What the numbers of a row are called in a training step: the classes, in what the loss reads; else x₁, u₂, y₁."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType

from explorer.network.names import INPUT
from explorer.session.numbered import Numbered
from explorer.session.row_names import TAUGHT, row_letters, row_names
from explorer.session.step_tensors import Tensor
from explorer.session.timeline import Timeline

Labels = Mapping[str, Sequence[str]]
"""A name for each number of a row, by the title of the tensor."""
NO_NAMES: Labels = MappingProxyType({})
OF_GRADIENT = "gradient of "


def class_labels(timeline: Timeline, classes: tuple[str, ...]) -> Labels:
    """The names of a timeline's rows."""
    forward = [step for step in timeline.steps if step.phase == "forward"]
    letters = row_letters((step.call, step.kind, step.parents) for step in forward)
    names: dict[str, Sequence[str]] = {
        step.call: row_names(letters[step.call], prod(step.asked["output"][1:])) for step in forward
    }
    if forward:
        names |= _of_input(timeline, forward[0].index, letters[INPUT])
    place = timeline.find("loss", "loss")
    for tensor in timeline.tensors(place).given if place is not None else ():
        if tensor.name == "input" and classes:
            names[tensor.title] = classes
    return names


def target_names(of_outputs: Sequence[str]) -> Sequence[str]:
    """The names of what the outputs should be: the classes too, or d₁, d₂ for y₁, y₂."""
    return row_names(TAUGHT, len(of_outputs)) if isinstance(of_outputs, Numbered) else of_outputs


def _of_input(timeline: Timeline, first: int, letter: str) -> Labels:
    given = timeline.tensors(first).by_name.get("input")
    return {} if given is None else {given.title: row_names(letter, prod(given.values.shape[1:]))}


def labels_of(tensor: Tensor, labels: Labels) -> Sequence[str]:
    """A name for each number of `tensor`'s rows, and of their gradients; none of what is no row, nor of rows that have
    another length than the one that was named, as where one is joined to others."""
    found = labels.get(tensor.title.removeprefix(OF_GRADIENT), ())
    return found if tensor.values.ndim and len(found) == tensor.values.shape[-1] else ()
