"""Where the arrow keys lead: never out of the network, and back again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ui.overview.geometry import Layout
from explorer.ui.overview.layout import lay_out
from explorer.ui.overview.walking import walked
from tests.ui.overview.test_overview_layout import chain, networks

STEPS = st.tuples(st.integers(-3, 3), st.integers(-1, 1))


def test_without_columns_there_is_nowhere_to_go() -> None:
    assert walked(Layout((), (), (), 1, 1), None, None, columns=1, channels=0) is None


def test_the_first_step_leads_to_the_first_column() -> None:
    layout = lay_out(chain(3), 900, 500)
    assert walked(layout, None, None, columns=1, channels=0) == (layout.columns[0], None)


def test_above_the_first_channel_stands_the_whole_layer_and_below_the_last_the_last() -> None:
    layout = lay_out(chain(1, (2, 8, 8)), 900, 500)
    column = layout.columns[-1]
    assert walked(layout, column.name, None, columns=0, channels=1) == (column, 0)
    assert walked(layout, column.name, 0, columns=0, channels=1) == (column, 1)
    assert walked(layout, column.name, 1, columns=0, channels=1) == (column, 1)
    assert walked(layout, column.name, 0, columns=0, channels=-1) == (column, None)


@settings(max_examples=40, deadline=None)
@given(networks(), st.lists(STEPS, max_size=12))
def test_a_walk_stays_inside_the_network(entries: list, steps: list[tuple[int, int]]) -> None:
    layout = lay_out(entries, 900, 500)
    layer, channel = None, None
    for columns, channels in steps:
        found = walked(layout, layer, channel, columns=columns, channels=channels)
        assert found is not None
        column, channel = found
        layer = column.entry.layer
        assert column in layout.columns
        assert channel is None or 0 <= channel < column.entry.channels
