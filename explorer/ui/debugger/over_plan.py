"""What a step stepped over shows, from left to right: what is given, the operation, what it makes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.amounts import plain_number
from explorer.arithmetic.cells import subscript
from explorer.arithmetic.update import RENAMED
from explorer.arithmetic.updates import UPDATES
from explorer.session.cursor import Cursor
from explorer.session.step_tensors import AFTER, BEFORE, CHANGE, StepTensors, Tensor
from explorer.session.timeline import Timeline, TimelineStep
from explorer.ui.common.text import shape_text
from explorer.ui.debugger.class_labels import Labels, class_labels, labels_of, target_names
from explorer.ui.debugger.unread import NOTHING_UNREAD, Unread, discarded_of, unread_of
from explorer.ui.tensors.shown import one_hot, shown_tensor, state_title
from explorer.ui.tensors.tiles import Shown

TOLD = (
    "stride",
    "padding",
    "dilation",
    "groups",
    "kernel_size",
    "p",
    "negative_slope",
    "alpha",
    "num_groups",
    "scale_factor",
)
BETAS = "betas"  # written as the formula has them
PLAIN: Mapping[str, Any] = {"dilation": 1, "groups": 1, "padding": 0, "alpha": 1}


@dataclass(frozen=True, eq=False)
class Part:
    """One tensor of the picture. `asks_for` is the name its cells are chosen by, "" where they are only read."""

    shown: Shown
    tensor: str
    asks_for: str = ""


@dataclass(frozen=True, eq=False)
class OverPlan:
    """The parts of the picture and the operation between them; `weight` and `vectors` are what it also reads."""

    given: tuple[Part, ...]
    made: tuple[Part, ...]
    operation: str
    facts: tuple[str, ...]
    weight: Part | None = None
    vectors: tuple[Part, ...] = ()
    unread: Unread = NOTHING_UNREAD
    is_update: bool = False


def over_plan(timeline: Timeline, cursor: Cursor, classes: tuple[str, ...]) -> OverPlan:
    """The picture of the cursor's step."""
    entry, tensors = timeline.steps[cursor.step], timeline.tensors(cursor.step)
    if entry.phase == "update":
        return _update_plan(entry, tensors, cursor)
    names = class_labels(timeline, classes)
    if entry.call == "loss":
        return _loss_plan(entry, tensors, cursor, names=names)
    given = tuple(_part(tensor, entry, cursor, names=names) for tensor in tensors.given)
    made = tuple(_part(tensor, entry, cursor, names=names, asks_for=_asked(tensor, entry)) for tensor in tensors.made)
    weight = tensors.by_name.get("weight")
    shown = None if weight is None or weight.values.ndim < 2 else _part(weight, entry, cursor, names={})
    beside = tensors.beside if entry.phase == "forward" else ()
    vectors = tuple(
        Part(shown_tensor(tensor, title=tensor.name.replace("_", " ")), tensor.name)
        for tensor in beside
        if tensor.role == "weight" and tensor.values.ndim == 1
    )
    operation, facts = entry.kind.replace("_", " "), _facts(entry, tensors)
    return OverPlan(given, made, operation, facts, shown, vectors, unread_of(entry, tensors))


def _asked(tensor: Tensor, entry: TimelineStep) -> str:
    name = tensor.name.removeprefix("grad_") if entry.phase == "backward" else tensor.name
    return name if name in entry.asked else ""


def _part(tensor: Tensor, entry: TimelineStep, cursor: Cursor, *, names: Labels, asks_for: str = "") -> Part:
    labels = labels_of(tensor, names)
    cell = None
    if tensor.role == "weight" or tensor.name in ("grad_weight", "grad_bias"):
        cell = _filter_cell(entry, cursor)
    return Part(shown_tensor(tensor, cell=cell, example=cursor.example, names=labels), tensor.name, asks_for)


def _filter_cell(entry: TimelineStep, cursor: Cursor) -> tuple[int, ...] | None:
    """Which filter of a large weight is shown: the chosen cell's own, or the one that makes the chosen channel."""
    if cursor.cell is None or not cursor.cell:
        return None
    if cursor.of == "weight":
        return cursor.cell
    return cursor.cell[1:2] if cursor.of == "output" and len(cursor.cell) > 1 else None


def _loss_plan(entry: TimelineStep, tensors: StepTensors, cursor: Cursor, *, names: Labels) -> OverPlan:
    output, target = tensors.by_name["input"], tensors.by_name.get("target")
    given = [_part(output, entry, cursor, names=names)]
    if target is not None:
        of_outputs = target_names(names.get(output.title, ()))
        hot = one_hot(target, output, example=cursor.example, names=of_outputs)
        given.append(
            Part(hot, "") if hot is not None else _part(target, entry, cursor, names={target.title: of_outputs})
        )
    made = tuple(_part(tensor, entry, cursor, names=names, asks_for=_asked(tensor, entry)) for tensor in tensors.made)
    return OverPlan(tuple(given), made, entry.kind.replace("_", " "), ())


def _update_plan(entry: TimelineStep, tensors: StepTensors, cursor: Cursor) -> OverPlan:
    """Before, gradient, what was kept of older ones, the optimizer's own numbers, after and difference; before and
    after share their colours."""
    by_name, of = tensors.by_name, entry.asked_first
    before, after = by_name[BEFORE], by_name[AFTER]
    given = [_update_part(before, entry, cursor, of, beside=(after,), title="before")]
    given += [_update_part(tensor, entry, cursor, of, title=tensor.name) for tensor in tensors.given[1:]]
    given += [_update_part(tensor, entry, cursor, of, title=state_title(tensor)) for tensor in tensors.beside]
    made = (
        _update_part(after, entry, cursor, of, beside=(before,), title="after"),
        _update_part(by_name[CHANGE], entry, cursor, of, title="difference"),
    )
    return OverPlan(tuple(given), made, entry.kind, _update_facts(tensors.settings), is_update=True)


def _update_part(
    tensor: Tensor, entry: TimelineStep, cursor: Cursor, of: str, *, title: str, beside: tuple[Tensor, ...] = ()
) -> Part:
    shown = shown_tensor(tensor, cell=cursor.cell, beside=beside, title=title)
    return Part(shown, tensor.name, of)


def _facts(entry: TimelineStep, tensors: StepTensors) -> tuple[str, ...]:
    weight = tensors.by_name.get("weight")
    found = []
    if weight is not None and weight.values.ndim == 4:
        found.append(f"{shape_text(weight.values.shape[2:])} filters")
    for name in TOLD:
        value = tensors.settings.get(name)
        if value is not None and value != PLAIN.get(name) and value != (PLAIN.get(name),) * 2:
            found.append(f"{name.replace('_', ' ')} {_setting_text(value)}")
    discarded = discarded_of(entry, tensors)
    if discarded:
        found.append(f"discards {discarded}")
    return tuple(found)


def _update_facts(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers that a person chooses of any optimizer, where they are not 0; what is only on or off comes last."""
    names = dict.fromkeys(RENAMED.get(name, name) for update in UPDATES for name in update.numbers)
    told = {name.replace("_", " "): settings[name] for name in names if settings.get(name)}
    betas = [f"{subscript('β', at)} {_setting_text(beta)}" for at, beta in enumerate(told.pop(BETAS, ()))]
    numbers = [f"{title} {_setting_text(value)}" for title, value in told.items() if value is not True]
    return (*numbers, *betas, *(title.capitalize() for title, value in told.items() if value is True))


def _setting_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        texts = [_setting_text(part) for part in value]
        return texts[0] if len(set(texts)) == 1 else " × ".join(texts)
    return plain_number(value, 6) if isinstance(value, float) else str(value)
