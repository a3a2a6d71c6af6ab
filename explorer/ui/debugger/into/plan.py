"""What a step looks like at one cell: the tensor it reads, the arithmetic between, the tensor it makes. Pure.

The explanation decides: terms over maps are patches, a copied cell is a move, a function of one cell a curve, and every
other sum a table.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.arithmetic import Explanation
from explorer.arithmetic.activation import Activation
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.normalization import Normalization
from explorer.arithmetic.operation import Index
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.pooling import MaxPool2d
from explorer.arithmetic.softmax import Softmax
from explorer.session.cursor import Cursor
from explorer.session.step_tensors import AFTER, StepTensors, Tensor
from explorer.session.timeline import Timeline, TimelineStep
from explorer.ui.debugger.cells_read import Read, cells_read
from explorer.ui.debugger.class_labels import Labels, class_labels, labels_of
from explorer.ui.debugger.into.function_curve import FunctionCurve, curve_of
from explorer.ui.debugger.into.loss_tables import loss_table
from explorer.ui.debugger.into.moved_cell import Move, move_of
from explorer.ui.debugger.into.neighbour_grids import Grids, gradient_of_max, update_grids
from explorer.ui.debugger.into.patch_arrangement import padding_of
from explorer.ui.debugger.into.term_grids import Patches, patches_of
from explorer.ui.debugger.into.term_tables import (
    Table,
    ladder,
    normalization_table,
    softmax_table,
    terms_table,
    three_ways_table,
)
from explorer.ui.tensors.shown import shown_map, shown_tensor
from explorer.ui.tensors.tiles import Shown

Middle = Patches | Table | FunctionCurve | Move | Grids
LADDER_AT_MOST = 6


@dataclass(frozen=True, eq=False)
class IntoPlan:
    """`given` stands on the left, `made` on the right, `middle` between; `message` says why there is no arithmetic.

    `given_name` is the name of what is given, `read` the cells that the terms read, `cell` the one explained.
    """

    entry: TimelineStep
    tensors: StepTensors
    cell: Index | None
    made: Shown
    given: Shown | None
    given_name: str
    middle: Middle | None
    read: Read
    message: str = ""


def into_plan(timeline: Timeline, cursor: Cursor, classes: tuple[str, ...]) -> IntoPlan:
    """The picture of the cursor's cell."""
    entry, tensors = timeline.steps[cursor.step], timeline.tensors(cursor.step)
    explained = timeline.explain(cursor.step, cursor.of, cursor.cell)
    labels = class_labels(timeline, classes)
    middle = None
    if explained.explanation is not None and cursor.cell is not None:
        middle = _middle(timeline, cursor, explained.explanation, classes=classes, labels=labels)
    made = _made(timeline.asked(cursor.step, cursor.of), cursor, labels)
    given = _given_tensor(tensors, entry, explained.explanation)
    shown = None if given is None else _given(given, entry, middle=middle, cursor=cursor, labels=labels)
    name, read = given.name if given else "", cells_read(explained)
    return IntoPlan(entry, tensors, cursor.cell, made, shown, name, middle, read, explained.message)


def given_map(plan: IntoPlan, patches: Patches, key: Index) -> Shown | None:
    """The map of the source that a channel's patch lies on."""
    tensor = patches.source_tensor()
    if tensor is None:
        return None
    padding = padding_of(plan.tensors, plan.tensors.settings, kind=plan.entry.kind, phase=plan.entry.phase)
    return shown_map(tensor, key, padding=padding)


def _middle(
    timeline: Timeline, cursor: Cursor, explanation: Explanation, *, classes: tuple[str, ...], labels: Labels
) -> Middle | None:
    entry, tensors = timeline.steps[cursor.step], timeline.tensors(cursor.step)
    assert cursor.cell is not None
    if entry.phase == "update":
        return update_grids(tensors, cursor.cell)
    operation = operation_for(entry.kind)
    if entry.phase == "forward" and cursor.of != entry.asked_first:  # what is left in a buffer
        return terms_table(explanation, tensors, names=labels)
    if isinstance(operation, Loss) and entry.call == "loss":
        table = loss_table(
            explanation,
            tensors,
            loss=operation,
            example=cursor.example,
            cell=cursor.cell,
            of=cursor.of,
            classes=classes,
        )
        return table or terms_table(explanation, tensors, names=labels)
    if isinstance(operation, MaxPool2d) and entry.phase == "backward":
        return gradient_of_max(timeline, cursor, explanation) or terms_table(explanation, tensors, names=labels)
    return _of_kind(entry, tensors, explanation, cursor=cursor, classes=classes, labels=labels)


def _of_kind(
    entry: TimelineStep,
    tensors: StepTensors,
    explanation: Explanation,
    *,
    cursor: Cursor,
    classes: tuple[str, ...],
    labels: Labels,
) -> Middle:
    assert cursor.cell is not None
    operation = operation_for(entry.kind)
    if isinstance(operation, Activation):
        curve = curve_of(explanation, tensors, cursor.cell, function=operation, step=entry)
        if curve is not None:
            return curve
    if isinstance(operation, Softmax) and entry.phase == "forward":
        names = classes if len(classes) == len(explanation.terms) else ()
        return softmax_table(explanation, tensors, cursor.cell, kind=entry.kind, classes=names, names=labels)
    if isinstance(operation, Normalization):
        found = _of_normalization(entry, explanation, cursor.of)
        if found is not None:
            return found
    moved = move_of(explanation, entry, tensors, of=cursor.of, cell=cursor.cell)
    if moved is not None:
        return moved
    return _of_terms(entry, tensors, explanation, cursor=cursor, labels=labels)


def _of_normalization(entry: TimelineStep, explanation: Explanation, of: str) -> Table | None:
    if entry.phase == "forward" and len(explanation.terms.parts) >= 2:
        return normalization_table(explanation)
    factors = {factor.label for factor in explanation.terms.factors}
    return three_ways_table(explanation) if of == "input" and {"x̂", "share"} <= factors else None


def _of_terms(
    entry: TimelineStep, tensors: StepTensors, explanation: Explanation, *, cursor: Cursor, labels: Labels
) -> Middle:
    of, cell = cursor.of, cursor.cell
    assert cell is not None
    patches = patches_of(explanation, tensors, kind=entry.kind, phase=entry.phase, of=of, cell=cell)
    if patches is not None and patches.arrangement.shape != (1, 1):
        return patches
    parts = explanation.terms.parts
    if all(len(part) == 1 for part in parts) and len(parts) <= LADDER_AT_MOST:
        return ladder(explanation, tensors)
    return terms_table(explanation, tensors, names=labels)


def _made(tensor: Tensor, cursor: Cursor, labels: Labels) -> Shown:
    """The map that the cell lies on, or the whole of a tensor without maps."""
    values = tensor.values
    if cursor.cell is not None and values.ndim == 4 and len(cursor.cell) == 4:
        return shown_map(tensor, cursor.cell[:2])
    names = labels_of(tensor, labels)
    title = "after" if tensor.name == AFTER else ""
    return shown_tensor(tensor, cell=cursor.cell, example=cursor.example, names=names, title=title)


def _given_tensor(tensors: StepTensors, entry: TimelineStep, explanation: Explanation | None) -> Tensor | None:
    """What the terms read first; what is given where there are none."""
    if explanation is not None and entry.phase != "update" and entry.call != "loss":
        for part in explanation.terms.parts:
            for factor in part.factors:
                tensor = tensors.by_name.get(factor.name)
                if tensor is not None and factor.cells is not None and tensor.role != "weight":
                    return tensor
    return tensors.given[0] if tensors.given and entry.call != "loss" else tensors.by_name.get("input")


def _given(tensor: Tensor, entry: TimelineStep, *, middle: Middle | None, cursor: Cursor, labels: Labels) -> Shown:
    cell = None if cursor.cell is None else _own_map(tensor, entry, middle, cursor)
    if cell is not None and tensor.values.ndim == 4:
        return shown_map(tensor, cell)
    names = labels_of(tensor, labels)
    return shown_tensor(tensor, cell=cursor.cell, example=cursor.example, names=names)


def _own_map(tensor: Tensor, entry: TimelineStep, middle: Middle | None, cursor: Cursor) -> Index | None:
    """The map of a (N, C, H, W) tensor in which the cursor's terms lie."""
    if isinstance(middle, Move):
        return middle.source[:2] if len(middle.source) == 4 else None
    cell = cursor.cell or ()
    is_same = len(cell) == 4 and all(index < size for index, size in zip(cell, tensor.values.shape, strict=False))
    if isinstance(middle, Grids) and not middle.is_update and len(middle.source) == 4:
        return middle.source[:2]
    return cell[:2] if is_same and tensor.has_batch else None
