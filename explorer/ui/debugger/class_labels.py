"""Which tensors of a training step have the classes as their rows: what the loss reads, and its gradient."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.session.step_tensors import Tensor
from explorer.session.timeline import Timeline

Labels = Mapping[str, tuple[str, ...]]
"""Class names by the title of the tensor they label."""


def class_labels(timeline: Timeline, classes: tuple[str, ...]) -> Labels:
    """The class names of a timeline's tensors."""
    place = timeline.find("loss", "loss")
    if place is None or not classes:
        return {}
    return {tensor.title: classes for tensor in timeline.tensors(place).given if tensor.name == "input"}


def labels_of(tensor: Tensor, labels: Labels) -> tuple[str, ...]:
    """A name for each row of `tensor`; none where its rows are no classes."""
    return labels.get(tensor.title.removeprefix("gradient of "), ())
