"""Which target the label of an example is to a network, and what becomes of a target when classes get other names."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from explorer.session.example import Target
from explorer.session.slices import StepsState
from explorer.session.state import State


def with_label(state: State, label: int | None) -> StepsState:
    """The steps of `state` while an example of its data with this label is shown.

    The label is the target where the network tells these very classes apart, or has no names for what it gives: to
    any other it would be a class of another name. There a target that the person chose stays.
    """
    if label is not None and _is_known(state, label):
        return replace(state.steps, target=label, is_label=True)
    return without_label(state.steps)


def without_label(steps: StepsState) -> StepsState:
    """`steps` once something else is shown than the example whose label is the target."""
    return replace(steps, target=None, is_label=False) if steps.is_label else steps


def renamed(target: Target, before: tuple[str, ...], after: tuple[str, ...]) -> Target:
    """The target that means the same class under the names `after`; None where there is no such class any more."""
    if not isinstance(target, int) or not before or not after or not 0 <= target < len(before):
        return target
    return after.index(before[target]) if before[target] in after else None


def _is_known(state: State, label: int) -> bool:
    data, outputs = state.data.data_set, state.subject.output_shape
    if state.classes and data is not None and data.classes:
        return state.classes == data.classes
    return outputs is None or prod(outputs) == 1 or label < prod(outputs)
