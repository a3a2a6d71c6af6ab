"""Where the arrow keys lead from a channel of a column. No Qt."""

from __future__ import annotations

from explorer.ui.overview.geometry import Column, Layout


def walked(
    layout: Layout, layer: str | None, channel: int | None, *, columns: int, channels: int
) -> tuple[Column, int | None] | None:
    """The column, and its channel, that lie `columns` to the right or `channels` down, stopping at the ends.

    Without a column that shows `layer` it is the first one, whole; None where there are no columns.
    """
    if not layout.columns:
        return None
    here = layout.shown_as.get(layer or "")
    if here is None:
        return layout.columns[0], None
    if not columns:
        column = layout.columns[here]
        return column, _beside(column, channel, channels)
    column = layout.columns[min(max(here + columns, 0), len(layout.columns) - 1)]
    last = column.entry.channels - 1
    return column, None if channel is None or last < 0 else min(channel, last)


def _beside(column: Column, channel: int | None, step: int) -> int | None:
    """The next channel as they stand on the screen; before the first stands the whole layer."""
    order = column.channels or tuple(range(column.entry.channels))
    if not order:
        return None
    if channel is None:
        return order[0] if step > 0 else None
    place = (order.index(channel) if channel in order else 0) + step
    return None if place < 0 else order[min(place, len(order) - 1)]
