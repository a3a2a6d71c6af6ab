"""What a point of the overview says and does: what is folded there, and why a column is empty."""

from __future__ import annotations

from explorer.ui.common.dead_map import DEAD
from explorer.ui.common.text import count, listed
from explorer.ui.overview.folding import LayerGroup
from explorer.ui.overview.geometry import Column


def is_control(column: Column, x: float, y: float, *, is_far: bool) -> bool:
    """Whether the point of the world is on the line that opens more, or on a folded group's label."""
    if column.more is not None and column.entry.prediction is None and column.more.contains(x, y):
        return True
    return column.group is not None and (is_far or y < column.bar.bottom)


def tip(column: Column, x: float, y: float, *, is_far: bool, since: int | None = None) -> str:
    """What is worth saying: why a column is empty, what a fold hides, a name that is cut off.

    `since` is the step of training at which the channels shown were the most active, None where they are now.
    """
    if column.more is not None and column.more.contains(x, y):
        return _fold_tip(column, since)
    if column.entry.remark:
        return f"{column.name}: {column.entry.remark}"
    if column.group is not None and y < column.bar.bottom:
        return _group_tip(column.group)
    channel = None if is_far else column.channel_at(x, y)
    if channel is not None and column.entry.is_dead(channel):
        return f"{column.entry.title_of(channel)} is {DEAD}."
    return column.name if y < column.bar.bottom or is_far else ""


def _group_tip(group: LayerGroup) -> str:
    if not group.is_block:
        return f"{group.title}: {group.count} layers folded. Click here to open them."
    names = [entry.name for entry in group.entries()]
    return f"A block of {listed(names)}; the maps are those that leave {names[-1]}. Click here to open it."


def active_words(since: int | None) -> str:
    """What the channels that are shown have in common: "most active", or when they were."""
    if since is None:
        return "most active"
    return f"most active at step {count(since)}" if since else "most active before training"


def _fold_tip(column: Column, since: int | None) -> str:
    if column.entry.prediction is not None:
        return f"The {len(column.channels)} largest of {column.entry.channels} classes."
    if column.hidden:
        noun = "channels" if column.entry.slices == 1 else "slices"
        shown, there_are = len(column.channels), f"of {column.entry.channels} {noun}"
        if since is None:
            return f"The {shown} {active_words(None)} {there_are}. Click to see all."
        return f"{shown} {there_are}, the {active_words(since)}; chosen anew when the run rests. Click to see all."
    return "Click to see the most active channels only."
