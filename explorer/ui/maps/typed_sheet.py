"""Which numbers of a sheet can be typed over: filters one by one, and the channels of the input. No Qt widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.arithmetic.operation import Index
from explorer.session import LayerActivation
from explorer.ui.common.mosaic import Place
from explorer.ui.common.typing.target import INPUT, TypingTarget
from explorer.ui.maps.sheet import COLOURS, Sheet


@dataclass(frozen=True, eq=False)
class TypedSheet:
    """What is typed over, which of its cells lies at a place of the mosaic, and the other way round."""

    target: TypingTarget
    cell: Callable[[Place], Index]
    place: Callable[[Index], Place | None]


def typed_sheet(entry: LayerActivation, sheet: Sheet, *, are_filters: bool) -> TypedSheet | None:
    """How `sheet` is typed over; None where its numbers were worked out, or a cell stands for more than one number."""
    if not are_filters:
        return _of_input(entry, sheet) if entry.name == INPUT and entry.values.ndim == 3 else None
    weight = entry.weight
    if weight is None:
        return None
    name = f"{entry.name}.weight"
    if sheet.composite:
        return _in_colour(TypingTarget(name, weight, colours=COLOURS, is_together=True))
    if sheet.size == weight.shape:
        return _of_matrix(TypingTarget(name, weight))
    target = TypingTarget(name, weight, colours=COLOURS if sheet.labels == COLOURS else ())
    if weight.ndim == 2:
        target = TypingTarget(name, weight.reshape(len(weight), -1, *sheet.size), columns=weight.shape[1])
    is_first = sheet.tile_of(0) == 0  # of all filters, or the first one alone: else the slices of one
    return _of_filters(target, sheet.count, first=0 if is_first else int(sheet.channels[0]) * target.values.shape[1])


def _of_input(entry: LayerActivation, sheet: Sheet) -> TypedSheet:
    def place(cell: Index) -> Place | None:
        tile = sheet.tile_of(cell[0])
        return None if tile is None else Place(tile, *cell[1:])

    target = TypingTarget(INPUT, entry.values)
    return TypedSheet(target, lambda at: (int(sheet.channels[at.tile]), at.row, at.column), place)


def _in_colour(target: TypingTarget) -> TypedSheet:
    """Filters as pictures in colour: a cell is that of the first colour, and stands for the others at its place too."""
    return TypedSheet(target, lambda at: (at.tile, 0, at.row, at.column), lambda cell: Place(cell[0], *cell[2:]))


def _of_matrix(target: TypingTarget) -> TypedSheet:
    return TypedSheet(target, lambda at: (at.row, at.column), lambda cell: Place(0, *cell))


def _of_filters(target: TypingTarget, count: int, *, first: int) -> TypedSheet:
    """Slices of filters, a tile each, from the slice `first` on."""
    inputs = target.values.shape[1]

    def place(cell: Index) -> Place | None:
        tile = cell[0] * inputs + cell[1] - first
        return Place(tile, *cell[2:]) if 0 <= tile < count else None

    return TypedSheet(target, lambda at: (*divmod(at.tile + first, inputs), at.row, at.column), place)
