"""Where everything of the overview stands: a column a layer from left to right, branches beside each other. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from explorer.ui.common.box import Box
from explorer.ui.common.text import shape_text
from explorer.ui.overview.columns import READABLE_NUMBER, Measures, beside_classes, column, has_number_tiles
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import Item, LayerGroup
from explorer.ui.overview.geometry import Bracket, Column, ColumnEdge, Layout
from explorer.ui.overview.items import MARGIN, MINIMUM_PITCH, Span, classes_width, items_for, shown

MAXIMUM_PITCH, MAXIMUM_FLAT_PITCH = 480.0, 132.0
"""What a column of maps takes where there is room for it, and one of plain numbers, which need no more."""
LABEL_HEIGHT = 27.0
ARC_HEIGHT = 13.0
ARC_LEVELS = 6
BRACKET_HEIGHT = 18.0
MINIMUM_LANE_BODY = 64.0


@dataclass(frozen=True)
class Opened:
    """What the person has unfolded: groups by key and layers whose channels are all shown.

    `kept` are channels that must be seen although they would be folded away: the chosen ones.
    """

    groups: frozenset[tuple[str, str]] = frozenset()
    layers: frozenset[str] = frozenset()
    kept: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Seat:
    """An item with its rank (from left to right) and lane (from top to bottom).

    `leader` is the layer whose most active channels it shows.
    """

    item: Item
    rank: int
    lane: int
    parents: tuple[int, ...]
    leader: Entry

    @property
    def entry(self) -> Entry:
        return self.item.last if isinstance(self.item, LayerGroup) else self.item


def lay_out(entries: Sequence[Entry], width: float, height: float, opened: Opened | None = None) -> Layout:
    """The places of `entries` in `width` × `height` pixels; more than that only where something was opened."""
    opened = opened or Opened()
    if not entries:
        return Layout((), (), (), width, height)
    closed = items_for(tuple(entries), width)
    items, spans = shown(closed, opened.groups)
    shown_as = _shown_as(items)
    seats = _seated(items, shown_as, _leaders(spans))
    at_rest = _seated(closed, _shown_as(closed), {}) if spans else seats
    arcs = _arc_levels(seats)
    measures = _measures(at_rest, width, height, arcs=max(arcs.values(), default=-1) + 1, depth=_depth(spans))
    columns = _columns(seats, measures, opened)
    extent = max(each.box.right for each in columns) + MARGIN
    bottom = max(each.box.bottom for each in columns) + MARGIN / 2
    edges = tuple(_edges(seats, columns, arcs, measures))
    return Layout(columns, edges, _brackets(spans, columns), max(width, extent), max(height, bottom), shown_as)


def _leaders(spans: Sequence[Span]) -> dict[str, Entry]:
    """For each layer of an opened block its last one: all of them show the channels that are most active there."""
    return {each.name: group.last for group, *_ in spans if group.is_block for each in group.entries()}


def _depth(spans: Sequence[Span]) -> int:
    return max((depth + 1 for _, _, _, depth in spans), default=0)


def _shown_as(items: Sequence[Item]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, item in enumerate(items):
        for entry in item.entries() if isinstance(item, LayerGroup) else (item,):
            found[entry.name] = index
            found.setdefault(entry.layer, index)
    return found


def _seated(items: Sequence[Item], shown_as: Mapping[str, int], leaders: Mapping[str, Entry]) -> list[_Seat]:
    """Longest way from the start gives the rank; what shares a rank stands one below the other."""
    seats: list[_Seat] = []
    lanes: dict[int, int] = {}
    for index, item in enumerate(items):
        members = tuple(item.entries()) if isinstance(item, LayerGroup) else (item,)
        named = [shown_as[name] for entry in members for name in entry.parents if name in shown_as]
        parents = tuple(dict.fromkeys(each for each in named if each < index))
        if not parents and index and not _is_source(members[0]):
            parents = (index - 1,)  # a layer whose input is not known stands after the one before it
        rank = max((seats[each].rank + 1 for each in parents), default=0)
        lanes[rank] = lanes.get(rank, -1) + 1
        seats.append(_Seat(item, rank, lanes[rank], parents, leaders.get(members[-1].name, members[-1])))
    return seats


def _is_source(entry: Entry) -> bool:
    return not entry.parents and not entry.remark


def _arc_levels(seats: Sequence[_Seat]) -> dict[tuple[int, int], int]:
    """For each edge that skips a rank the level of its arc: short ones low, apart from each other if levels suffice."""
    arcs = [(parent, index) for index, seat in enumerate(seats) for parent in seat.parents]
    arcs = [arc for arc in arcs if seats[arc[1]].rank - seats[arc[0]].rank > 1]
    arcs.sort(key=lambda arc: (seats[arc[1]].rank - seats[arc[0]].rank, arc))
    taken: list[list[tuple[int, int]]] = [[] for _ in range(ARC_LEVELS)]
    levels: dict[tuple[int, int], int] = {}
    for arc in arcs:
        start, end = seats[arc[0]].rank, seats[arc[1]].rank
        free = (level for level in range(ARC_LEVELS) if all(end <= a or b <= start for a, b in taken[level]))
        levels[arc] = next(free, ARC_LEVELS - 1)
        taken[levels[arc]].append((start, end))
    return levels


def _measures(seats: Sequence[_Seat], width: float, height: float, *, arcs: int, depth: int) -> Measures:
    ranks = max(seat.rank for seat in seats) + 1
    classes = seats[-1].entry.prediction is not None
    beside = classes_width(width) if classes else 0
    free = width - 2 * MARGIN - beside
    amount = max(1, ranks - classes)
    flat = amount - len({seat.rank for seat in seats if _has_tiles(seat.entry)})
    pitch = flat_pitch = _pitch(free, amount)
    numbers = len({seat.rank for seat in seats if has_number_tiles(seat.entry)})
    wider = max(0.0, READABLE_NUMBER - (pitch - _gap(pitch))) if numbers <= amount / 4 else 0.0
    if pitch > MAXIMUM_FLAT_PITCH:  # what the numbers do not need is left to the maps
        flat_pitch = MAXIMUM_FLAT_PITCH
        pitch = _pitch(free - flat * flat_pitch, max(1, amount - flat))
    elif wider:
        pitch = flat_pitch = _pitch(free - numbers * wider, amount)
    taken = pitch * (amount - flat) + flat_pitch * flat + numbers * wider
    top = MARGIN / 2 + depth * BRACKET_HEIGHT
    arc_height = arcs * ARC_HEIGHT
    return Measures(
        pitch=pitch,
        gap=_gap(pitch),
        top=top,
        labels=LABEL_HEIGHT,
        arcs=arc_height,
        bottom=max(height - MARGIN / 2, top + LABEL_HEIGHT + arc_height + 120),
        left=max(MARGIN, (width - beside - taken) / 2),
        classes_width=classes_width(width),
        flat_width=flat_pitch - _gap(pitch),
        number_width=flat_pitch - _gap(pitch) + wider,
        most=max((seat.entry.channels // seat.entry.slices for seat in seats if _has_tiles(seat.entry)), default=1),
    )


def _pitch(free: float, amount: int) -> float:
    return min(max(free / amount, MINIMUM_PITCH), MAXIMUM_PITCH)


def _gap(pitch: float) -> float:
    return max(7.0, min(26.0, pitch * 0.28))


def _has_tiles(entry: Entry) -> bool:
    return not entry.is_numbers and entry.prediction is None


def _columns(seats: Sequence[_Seat], measures: Measures, opened: Opened) -> tuple[Column, ...]:
    """Rank by rank from the left; an opened layer makes its rank wider, a fourth branch makes the lanes lower."""
    by_rank: dict[int, list[int]] = {}
    for index, seat in enumerate(seats):
        by_rank.setdefault(seat.rank, []).append(index)
    made: dict[int, Column] = {}
    x = measures.left
    for _, members in sorted(by_rank.items()):
        width = max(_width(seats[index], measures, opened, len(members)) for index in members)
        for index in members:
            made[index] = _placed(seats[index], Box(x, 0, width, 0), measures, len(members), opened)
        x += width + measures.gap
    if seats[-1].entry.prediction is not None:
        for parent in seats[-1].parents:
            if seats[parent].entry.is_numbers:
                made[parent] = beside_classes(made[parent], made[len(seats) - 1])
    return tuple(made[index] for index in range(len(seats)))


def _lane(measures: Measures, lane: int, lanes: int) -> tuple[float, float]:
    """Top of a lane's labels and bottom of its body; the first lane's labels stand over the arcs."""
    whole = measures.bottom - measures.top
    least = measures.labels + 8 + MINIMUM_LANE_BODY
    each = max((whole - measures.arcs) / lanes, least)
    start = measures.top + lane * each + (measures.arcs if lane else 0)
    return start, measures.top + measures.arcs + (lane + 1) * each - (6 if lane < lanes - 1 else 0)


def _body(measures: Measures, lane: int, lanes: int) -> tuple[float, float, float]:
    start, bottom = _lane(measures, lane, lanes)
    bar = start + measures.labels + (0 if lane else measures.arcs)
    return start, bar, bottom


def _width(seat: _Seat, measures: Measures, opened: Opened, lanes: int) -> float:
    if seat.entry.prediction is not None:
        return measures.classes_width - measures.gap
    if has_number_tiles(seat.entry):
        return measures.number_width
    if seat.entry.is_numbers:
        return measures.flat_width
    if seat.entry.name not in opened.layers:
        return measures.inner
    _, bar, bottom = _body(measures, seat.lane, lanes)
    return measures.opened_width(seat.entry, bottom - bar)


def _placed(seat: _Seat, across: Box, measures: Measures, lanes: int, opened: Opened) -> Column:
    start, bar, bottom = _body(measures, seat.lane, lanes)
    group = seat.item if isinstance(seat.item, LayerGroup) else None
    box = Box(across.x, start, across.width, bottom - start)
    name = seat.entry.name
    own = tuple(group.entries()) if group is not None and group.is_block else (seat.entry,)
    return column(
        seat.entry,
        group,
        rank=seat.rank,
        lane=seat.lane,
        box=box,
        bar_y=bar,
        measures=measures,
        is_opened=name in opened.layers,
        kept=next((opened.kept[each.layer] for each in own if each.layer in opened.kept), None),
        leader=seat.leader,
    )


def _edges(
    seats: Sequence[_Seat], columns: Sequence[Column], levels: Mapping[tuple[int, int], int], measures: Measures
) -> list[ColumnEdge]:
    made = []
    for index, seat in enumerate(seats):
        for parent in seat.parents:
            source, target = columns[parent], columns[index]
            level = levels.get((parent, index))
            if level is None:
                start, end = (source.bar.right, source.bar.middle[1]), (target.bar.x, target.bar.middle[1])
                middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
                made.append(ColumnEdge(parent, index, (start, end), "", middle, False))
            else:
                made.append(_arc(parent, index, source, target, level, measures))
    return made


def _arc(parent: int, index: int, source: Column, target: Column, level: int, measures: Measures) -> ColumnEdge:
    """Up through the gap beside the source, over the columns between, down through the gap before the target."""
    y = measures.top + measures.labels + measures.arcs - (level + 0.5) * ARC_HEIGHT
    up, down = source.box.right + measures.gap * 0.35, target.box.x - measures.gap * 0.35
    points = (
        (source.bar.right, source.bar.middle[1]),
        (up, source.bar.middle[1]),
        (up, y),
        (down, y),
        (down, target.bar.middle[1]),
        (target.bar.x, target.bar.middle[1]),
    )
    shape = shape_text(source.entry.sizes)
    return ColumnEdge(parent, index, points, shape, ((up + down) / 2, y), True)


def _brackets(spans: Sequence[Span], columns: Sequence[Column]) -> tuple[Bracket, ...]:
    made = []
    for group, first, last, depth in spans:
        boxes = [each.box for each in columns[first : last + 1]]
        left, right = min(box.x for box in boxes), max(box.right for box in boxes)
        made.append(Bracket(group, Box(left, MARGIN / 2 + depth * BRACKET_HEIGHT, right - left, BRACKET_HEIGHT - 4)))
    return tuple(made)


def in_order(layout: Layout) -> bool:
    """Whether every edge runs from left to right; what the tests hold."""
    return all(layout.columns[edge.source].rank < layout.columns[edge.target].rank for edge in layout.edges) and all(
        one[1] <= other[0] for one, other in pairwise(layout.ranks)
    )
