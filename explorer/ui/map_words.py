"""What the feature-map viewer says about what it shows, or about why there is nothing."""

from __future__ import annotations

from explorer.session import LayerActivation, State
from explorer.ui.map_sheet import Sheet
from explorer.ui.mosaic import Place
from explorer.ui.text import exact, plural, shape_text


def facts(entry: LayerActivation, *, is_filters: bool) -> str:
    """The dim line beside a layer's name: how many maps or numbers, and their size."""
    if is_filters and entry.weight is not None:
        return f"weights {shape_text(entry.weight.shape)}"
    if entry.values.ndim == 1:
        return plural(len(entry.values), "number")
    channels, height, width = entry.values.shape
    return f"{plural(channels, 'feature map')} · {shape_text((height, width))}"


def filter_words(sheet: Sheet, place: Place) -> str:
    """Which weight the mouse is over, and its exact value."""
    if sheet.composite:
        red, green, blue = sheet.tiles[place.tile, place.row, 3 * place.column : 3 * place.column + 3]
        values = f"red {exact(float(red))}, green {exact(float(green))}, blue {exact(float(blue))}"
    else:
        values = exact(float(sheet.tiles[place.tile, place.row, place.column]))
    owner = f"filter {int(sheet.channels[place.tile])} · " if len(sheet.tiles) > 1 else ""
    return f"{owner}row {place.row}, column {place.column} · {values}"


def why_empty(state: State, entry: LayerActivation | None) -> str:
    """What to say where there is nothing to show; empty if there is."""
    if state.activations is None:
        return state.fault.message if state.fault else "The maps appear here as soon as the network has run."
    if state.selection.layer is None:
        return "Choose a layer in the list on the left to see its feature maps."
    if entry is not None:
        return ""
    problem = next((found for found in state.problems if found.severity == "error"), None)
    if problem is not None:
        return f"{state.selection.layer} does not run: {problem.layer}: {problem.message}"
    return f"{state.selection.layer} has not run yet." if state.computing else "This layer gave no maps."
