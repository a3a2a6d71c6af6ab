"""Where everything stands: nothing overlaps, everything runs from left to right, branches go beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.session.snapshot import LayerActivation, Prediction
from explorer.ui.overview.column_painter import NUMBERS_FROM
from explorer.ui.overview.columns import READABLE_TILE
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import LayerGroup, folded
from explorer.ui.overview.geometry import Layout
from explorer.ui.overview.layout import Opened, in_order, lay_out

FAMILIES = ("convolution", "activation", "pooling", "linear", "merge")


def entry(name: str, parents: tuple[str, ...], shape: tuple[int, ...] | None, family: str = "convolution") -> Entry:
    return Entry(name, name, family, parents, shape)


def chain(length: int, shape: tuple[int, ...] = (10, 30, 30)) -> list[Entry]:
    names = ["input", *(f"layer{index}" for index in range(length))]
    later = [entry(name, (before,), shape, FAMILIES[index % 2]) for index, (before, name) in enumerate(pairwise(names))]
    return [entry("input", (), (3, 32, 32), "input"), *later]


def classes(amount: int, after: str) -> Entry:
    names = tuple(f"class {index}" for index in range(amount))
    prediction = Prediction(names, np.linspace(0, 1, amount), True, "softmax")
    return Entry("softmax", after, "output", (after,), (amount,), prediction=prediction)


shapes = st.one_of(
    st.none(),
    st.tuples(st.integers(1, 3000)),
    st.tuples(st.integers(1, 300), st.integers(1, 60), st.integers(1, 60)),
)


@st.composite
def networks(draw: st.DrawFn) -> list[Entry]:
    made = [entry("input", (), draw(st.sampled_from([(3, 32, 32), (1, 28, 28), (2,)])), "input")]
    for index in range(draw(st.integers(0, 34))):
        before = [each.name for each in made]
        parents = draw(st.lists(st.sampled_from(before[-5:]), min_size=1, max_size=3, unique=True))
        parents = [before[-1]] if draw(st.booleans()) else parents
        made.append(entry(f"layer{index}", tuple(parents), draw(shapes), draw(st.sampled_from(FAMILIES))))
    if draw(st.booleans()):
        made.append(classes(draw(st.integers(1, 1000)), made[-1].name))
    return made


@dataclass(frozen=True, repr=False)
class Made:
    """A network laid out; its repr is short, for the whole would be pages."""

    entries: list[Entry]
    size: tuple[int, int]
    opened: Opened

    @cached_property
    def layout(self) -> Layout:
        return lay_out(self.entries, *self.size, self.opened)

    def __repr__(self) -> str:
        told = ", ".join(f"{each.name}{each.parents}{each.shape}" for each in self.entries[:12])
        return f"{self.size} {self.opened.groups} {set(self.opened.layers)} of {len(self.entries)}: {told}"


@st.composite
def layouts(draw: st.DrawFn) -> Made:
    entries = draw(networks())
    width, height = draw(st.integers(320, 2500)), draw(st.integers(240, 1600))
    first = lay_out(entries, width, height)
    groups = [column.group.key for column in first.columns if column.group is not None]
    opened = Opened(
        frozenset(draw(st.sets(st.sampled_from(groups)))) if groups else frozenset(),
        frozenset(draw(st.sets(st.sampled_from([each.name for each in entries]), max_size=3))),
    )
    return Made(entries, (width, height), opened)


@settings(max_examples=40, deadline=None)
@given(layouts())
def test_no_column_overlaps_another_and_all_lie_inside(made: Made) -> None:
    layout = made.layout
    for _, _, members in layout.ranks:  # that ranks are apart is held by `in_order`
        for one, other in combinations([layout.columns[index] for index in members], 2):
            assert not one.box.overlaps(other.box), (one.name, other.name)
    for column in layout.columns:
        assert column.box.x >= 0
        assert column.box.right <= layout.width
        assert column.box.bottom <= layout.height


LOW_AND_OPENED = Made([entry("input", (), (3, 32, 32), "input")], (320, 240), Opened(frozenset(), frozenset({"input"})))
"""The picture over the input's channels leaves room for two of the three as large as they are when folded."""


@settings(max_examples=40, deadline=None)
@example(LOW_AND_OPENED)
@given(layouts())
def test_tiles_lie_inside_their_column_below_its_bar_and_apart(made: Made) -> None:
    for column in made.layout.columns:
        assert column.hidden + len(column.channels) == column.entry.channels or column.strip is not None
        if column.grid is None:
            continue
        tiles = [column.grid.tile(slot) for slot in range(column.grid.count)]
        assert all(tile.inside(column.box) and tile.y >= column.bar.bottom for tile in tiles), column.name
        for one, other in pairwise(tiles):
            assert not one.overlaps(other)
        if column.picture is not None:
            assert not any(column.picture.overlaps(tile) for tile in tiles)
        if column.more is not None:
            assert not any(column.more.overlaps(tile) for tile in tiles)


@settings(max_examples=40, deadline=None)
@given(layouts())
def test_every_edge_runs_to_the_right_and_every_layer_is_shown_once(made: Made) -> None:
    entries, layout = made.entries, made.layout
    assert in_order(layout)
    shown = [
        member.name
        for column in layout.columns
        for member in (column.group.entries() if column.group is not None else (column.entry,))
    ]
    assert shown == [each.name for each in entries]
    assert all(layout.shown_as[each.name] is not None for each in entries)


@settings(max_examples=30, deadline=None)
@given(layouts())
def test_what_is_under_a_tile_is_that_tile(made: Made) -> None:
    layout = made.layout
    for column in layout.columns:
        for channel in column.channels[:30]:
            place = column.place(channel)
            assert place is not None
            assert layout.column_at(*place.middle) is column
            assert column.channel_at(*place.middle) == channel


@settings(max_examples=30, deadline=None)
@given(layouts())
def test_labels_of_one_line_do_not_run_into_each_other(made: Made) -> None:
    labels = [column.label for column in made.layout.columns]
    assert not any(one.overlaps(other) for one, other in combinations(labels, 2))


@pytest.mark.parametrize("length", range(8, 25))
def test_networks_of_usual_length_fit_a_small_window_with_readable_maps(length: int) -> None:
    entries = [*chain(length, (32, 16, 16)), classes(10, f"layer{length - 1}")]
    layout = lay_out(entries, 900, 510)
    assert (layout.width, layout.height) == (900, 510)
    assert all(column.group is None or column.group.is_block for column in layout.columns)
    assert any(column.group for column in layout.columns) == (length > 10), "only where columns would be narrow"
    assert all(column.grid.width >= READABLE_TILE for column in layout.columns[1:-1] if column.grid is not None)


@settings(max_examples=30, deadline=None)
@given(layouts())
def test_the_names_of_the_uppermost_columns_stand_on_one_level(made: Made) -> None:
    assert len({column.label.y for column in made.layout.columns if column.lane == 0}) == 1


def test_of_more_maps_than_fit_the_most_active_are_shown_in_their_order() -> None:
    entries = chain(3, (64, 8, 8))
    values = np.zeros((64, 8, 8), np.float32)
    values[[5, 40, 63, 7], 2, 3] = 9, -8, 7, 6
    maps = LayerActivation("layer1", "relu", "activation", ("layer0",), values)
    column = lay_out([*entries[:2], replace(entries[2], maps=maps), entries[3]], 900, 300).columns[2]
    assert 3 < len(column.channels) < 64
    assert {5, 7, 40, 63} <= set(column.channels)
    assert list(column.channels) == sorted(column.channels)


def test_tiles_are_as_large_as_fits() -> None:
    small, large = (lay_out(chain(6), 900, height).columns[2].grid for height in (300, 900))
    assert small is not None
    assert large is not None
    assert large.width > small.width


def test_branches_stand_beside_each_other() -> None:
    fork = [
        *chain(1),
        entry("left", ("layer0",), (4, 30, 30)),
        entry("right", ("layer0",), (4, 30, 30)),
        entry("sum", ("left", "right"), (4, 30, 30), "merge"),
    ]
    layout = lay_out(fork, 900, 560)
    left, right = layout.columns[2], layout.columns[3]
    assert left.box.x == right.box.x
    assert left.box.bottom <= right.box.y


def test_a_skip_is_an_arc_over_the_layers_between() -> None:
    entries = [*chain(4), entry("sum", ("layer3", "layer0"), (10, 30, 30), "merge")]
    layout = lay_out(entries, 900, 560)
    arcs = [edge for edge in layout.edges if edge.is_arc]
    assert [(layout.columns[arc.source].name, layout.columns[arc.target].name) for arc in arcs] == [("layer0", "sum")]
    assert arcs[0].label == "10 × 30 × 30"
    assert all(y <= layout.columns[0].bar.bottom for _, y in arcs[0].points)


def test_a_chosen_channel_is_shown_although_it_would_be_folded_away() -> None:
    layout = lay_out(chain(20, (64, 8, 8)), 900, 510, Opened(kept={"layer3": 60}))
    column = layout.column_of("layer3")
    assert column is not None
    assert column.place(60) is not None
    assert column.channels[:-1] == tuple(range(len(column.channels) - 1))


def test_an_opened_layer_shows_all_its_channels() -> None:
    layout = lay_out(chain(20, (64, 8, 8)), 900, 510, Opened(layers=frozenset({"layer3"})))
    column = layout.column_of("layer3")
    assert column is not None
    assert column.channels == tuple(range(64))
    assert column.more is not None  # to fold them again


def test_more_classes_than_fit_show_the_likeliest_first() -> None:
    layout = lay_out([*chain(2), classes(1000, "layer1")], 900, 510)
    column = layout.columns[-1]
    assert column.channels[:3] == (999, 998, 997)
    assert column.hidden == 1000 - len(column.channels)


def test_nothing_at_all_is_an_empty_layout() -> None:
    assert lay_out([], 900, 560).columns == ()


# --- folding ---


def groups_of(entries: list[Entry], limit: int) -> list[LayerGroup]:
    return [item for item in folded(entries, limit) if isinstance(item, LayerGroup)]


@settings(max_examples=30, deadline=None)
@given(networks(), st.integers(6, 30))
def test_folding_keeps_every_layer_in_order_and_within_the_limit(entries: list[Entry], limit: int) -> None:
    items = folded(entries, limit)
    assert len(items) <= limit
    names = [
        each.name for item in items for each in (item.entries() if isinstance(item, LayerGroup) else (item,))
    ]  # fmt: skip
    assert names == [each.name for each in entries]


def test_a_stage_ends_where_the_maps_get_smaller() -> None:
    sizes = [32] * 12 + [16] * 12 + [8] * 12
    entries = [entry("input", (), (3, 32, 32), "input")]
    entries += [entry(f"l{index}", (entries[-1].name,), (8, size, size)) for index, size in enumerate(sizes)]
    entries = [entries[0], *(entry(e.name, (b.name,), e.shape) for b, e in pairwise(entries))]
    assert [group.last.name for group in groups_of(entries, 12)] == ["l12", "l24", "l35"]


def test_modules_fold_by_their_dotted_path() -> None:
    names = [f"layer{block}.{part}.conv" for block in range(3) for part in range(9)]
    entries = [entry("input", (), (3, 8, 8), "input"), *(entry(name, (), (8, 8, 8)) for name in names)]
    assert [group.title for group in groups_of(entries, 8)] == ["layer0", "layer1", "layer2"]


def test_a_repeated_pattern_folds_into_its_repeats() -> None:
    families = ["convolution", "normalization", "activation"] * 10
    entries = [entry("input", (), (3, 8, 8), "input")]
    entries += [entry(f"l{index}", (), (8, 8, 8), family) for index, family in enumerate(families)]
    assert {group.count for group in groups_of(entries, 14)} == {3}


def test_five_thousand_layers_fold_into_what_fits() -> None:
    layout = lay_out(chain(5000), 900, 560)
    assert layout.width == 900
    assert 3 < len(layout.columns) < 30


def test_other_values_keep_every_place_and_other_looks_do_not() -> None:
    entries = chain(4)
    layout = lay_out(entries, 900, 500)
    newer = tuple(replace(entry) for entry in entries)
    same = layout.with_values(newer)
    assert same is not None
    assert [column.looks for column in same.columns] == [column.looks for column in layout.columns]
    assert all(column.entry is entry for column, entry in zip(same.columns, newer, strict=True))
    assert layout.with_values(entries[:-1]) is None
    assert layout.with_values((*entries[:-1], replace(entries[-1], shape=(5,)))) is None
    long, again = chain(60), chain(60)
    folded_again = lay_out(long, 500, 400, Opened(frozenset({("layer0", "layer1")}))).with_values(again)
    assert folded_again is not None
    assert [each for column in folded_again.columns for each in column.members] == again
    assert folded_again.columns[-1].entry is again[-1]
    assert folded_again.columns[-1].group is not None
    assert list(folded_again.columns[-1].group.entries())[-1] is again[-1], "groups know their layers' entries"


def test_class_names_get_more_of_a_wide_window() -> None:
    """At 2,560 pixels they were cut beside empty margins."""
    entries = [*chain(3), classes(10, "layer2")]
    widths = [lay_out(entries, width, 700).columns[-1].grid for width in (700, 840, 1270, 1700)]
    sizes = [grid.tile(0).width for grid in widths if grid is not None]
    assert sizes[0] == sizes[1] < sizes[2] < sizes[3]


def tiny() -> list[Entry]:
    """A map of 5 × 5 that becomes one of 3 × 3, and two numbers."""
    shapes = {"input": (1, 5, 5), "conv1": (1, 3, 3), "flatten1": (9,), "linear1": (2,)}
    names = [*shapes]
    families = ("input", "convolution", "other", "linear")
    return [entry(name, tuple(names[max(0, at - 1) : at]), shapes[name], families[at]) for at, name in enumerate(names)]


def test_the_maps_of_a_tiny_network_take_the_room_that_there_is() -> None:
    """They were 64 pixels wide in an empty pane, and their cells too small for a number."""
    layout = lay_out(tiny(), 860, 480)
    grids = [column.grid for column in layout.columns[:2]]
    assert all(grid is not None and grid.width > 200 for grid in grids)
    assert all(grid.width / 5 > NUMBERS_FROM for grid in grids)
    for column in layout.columns[2:]:
        assert column.box.width < 140
    assert layout.columns[-1].box.right <= 860


@pytest.mark.parametrize("length", [2, 4, 8, 12])
def test_in_a_larger_window_the_maps_grow_and_not_the_margins(length: int) -> None:
    """The gaps grew: from 1440 to 2560 pixels the maps stayed as they were."""
    entries = chain(length, (12, 30, 30))
    small, large = (lay_out(entries, width, height) for width, height in ((830, 480), (1930, 1160)))
    sizes = [layout.columns[1].grid.width for layout in (small, large)]
    assert sizes[1] > 1.6 * sizes[0]
    used = [each.grid.across * each.grid.step_x for each in large.columns if each.grid is not None]
    assert sum(used) > 0.45 * 1930
