"""What the feature-map viewer says about what it shows, or about why there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.session import Cell, LayerActivation, Selection, State
from explorer.session.row_names import row_names
from explorer.ui.common.dead_map import DEAD
from explorer.ui.common.mosaic import Place
from explorer.ui.common.text import count, hovered, plural, shape_text
from explorer.ui.maps.sheet import Sheet
from explorer.ui.maps.token_maps import TokenMaps

ROW_OF_NUMBERS = "{} is a row of numbers, not a picture: save or copy its values."


def facts(entry: LayerActivation, filters: Sheet | None = None) -> str:
    """The dim line beside a layer's name: how many maps or numbers, and their size; of its `filters` if they show."""
    if filters is not None and entry.weight is not None:
        words = f"{_whose(filters, len(entry.weight))}weights {shape_text(entry.weight.shape)}"
        shown = f" · the first {count(filters.count)} slices: choose a channel to see all of its own"
        return words + (shown if filters.left_out else "")
    if entry.values.ndim == 1:
        return plural(entry.shape[0], "number")
    channels, *slices, height, width = entry.shape if len(entry.shape) > 2 else (1, *entry.shape)
    noun = "channel" if entry.family == "input" else "feature map"
    depth = f" of {shape_text(slices)} slices" if slices else ""
    return f"{plural(channels, noun)}{depth} · {shape_text((height, width))}"


def _whose(filters: Sheet, outputs: int) -> str:
    """ "filter 10 · " where only the slices of the chosen channel's filter are shown: their labels do not say it."""
    owners = {int(channel) for channel in filters.channels}
    is_one = len(owners) == 1 and outputs > 1 and bool(filters.labels[0])
    return f"filter {owners.pop()} · " if is_one else ""


def hint(*, is_filters: bool, is_bars: bool, attends: bool = False) -> tuple[str, ...]:
    """What can be done here, while the mouse is elsewhere; the last way is for little room."""
    if attends:
        return ("Point at a cell to read how much the query takes of it.",)
    if is_filters:
        return (
            "Point at a weight to read its value; double-click it to type another.",
            "Double-click: type.",
        )
    if is_bars:
        return ("Point at a row to read its value.",)
    return ("Point at a cell to read its value; click it to read where that comes from.", "Click: why this number?")


def what_to_choose(entry: LayerActivation, *, are_filters: bool, attends: bool = False) -> str:
    """What stands where the chosen channel will, while none is."""
    if attends:
        return "Each head has a map: how much of every token, the key, goes into what the query's token becomes."
    if are_filters:
        return "Click a filter to see its slices, and the map that it makes."
    if entry.values.ndim == 1:
        return "Click a number to read where it comes from."
    return "Point at a map to see it large. Click a cell of it to read where its number comes from."


def names_of(entry: LayerActivation, classes: tuple[str, ...]) -> Sequence[str]:
    """The names of a layer's numbers: the classes, where there is one for each, else y₁, y₂ and so on."""
    amount = entry.values.shape[0]
    return classes if len(classes) == amount else row_names(entry.letter, amount)


def cell_words(entry: LayerActivation, cell: Cell, classes: tuple[str, ...], tokens: TokenMaps | None = None) -> str:
    """Which cell of `entry` the mouse is over, and its exact value; "" for one that it does not have. Of `tokens` that
    lie as maps it is a feature of one."""
    place = entry.place(cell)
    if place is None:
        return ""
    value = hovered(entry.values[place])
    if len(place) == 1:
        return f"{entry.name} · {names_of(entry, classes)[place[0]]} · {value}"
    channel, row, column = place
    if tokens is not None:
        return f"{entry.name} · {tokens.words((channel, row, column))} · {value}"
    dead = f" · {DEAD}" if entry.family != "input" and entry.dead[channel] else ""
    return f"{entry.name} · {entry.map_name(channel)} · row {row}, column {column} · {value}{dead}"


def chosen_words(entry: LayerActivation, chosen: Selection, classes: tuple[str, ...]) -> str:
    """What is chosen of `entry`: a cell with its exact value, a map, a number, or all of it."""
    if chosen.channel is None:
        return f"{entry.name} · {facts(entry)}"
    is_cell = entry.values.ndim == 1 or (chosen.row is not None and chosen.column is not None)
    cell = entry.cell(chosen.channel, chosen.row, chosen.column) if is_cell else None
    return f"{entry.name} · {entry.map_name(chosen.channel)}" if cell is None else cell_words(entry, cell, classes)


def filter_words(sheet: Sheet, place: Place) -> str:
    """Which weight the mouse is over, and its exact value."""
    if sheet.composite:
        red, green, blue = sheet.tile(place.tile)[:, place.row, place.column]
        values = f"red {hovered(red)}, green {hovered(green)}, blue {hovered(blue)}"
    else:
        values = hovered(sheet.tile(place.tile)[place.row, place.column])
    owner = f"filter {int(sheet.channels[place.tile])} · " if sheet.count > 1 else ""
    return f"{owner}row {place.row}, column {place.column} · {values}"


def attention_facts(weights: np.ndarray) -> str:
    """How many heads look from how many tokens at how many."""
    heads, queries, keys = weights.shape
    return f"{plural(heads, 'head')} of {count(queries)} queries × {count(keys)} keys"


def attention_words(sheet: Sheet, place: Place) -> str:
    """Which weight of an attention the mouse is over, and its exact value."""
    value = hovered(float(sheet.tile(place.tile)[place.row, place.column]))
    if sheet.tokens is not None:
        return f"{sheet.tokens.words(sheet.cell(place))} · {value}"
    return f"head {place.tile} · query {place.row}, key {place.column} · {value}"


def why_empty(state: State, entry: LayerActivation | None) -> str:
    """What to say where there is nothing to show; empty if there is."""
    if state.maps.activations is None:
        return state.pointer or "The maps appear here as soon as the network has run."
    if state.selection.layer is None:
        return "Choose a layer in the list on the left to see its feature maps."
    if entry is not None:
        return ""
    if state.pointer:
        return state.pointer
    return f"{state.selection.layer} has not run yet." if state.maps.computing else "This layer gave no maps."
