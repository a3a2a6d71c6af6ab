"""Numbers as things: what can be done with a cell, a map or a whole layer, and with any other array that is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtWidgets import QWidget

from explorer.network.names import INPUT
from explorer.network.source import layer_source
from explorer.session import LayerActivation, Selection, Session, State, Verb
from explorer.session.asked_number import AskedNumber
from explorer.session.cell import has_places, is_index
from explorer.session.pytorch_code import code_of_maps
from explorer.session.ranges import finite_range
from explorer.session.reading_names import reading_of
from explorer.session.step_code import code_of_cursor
from explorer.session.switched_off import channel_blocks
from explorer.ui.common import dialogs, map_files
from explorer.ui.common.colour import Scale, colourise, scale_for
from explorer.ui.common.text import exact
from explorer.ui.common.things import Thing

KINDS = {
    "PNG picture (*.png)": ".png",
    "SVG drawing (*.svg)": ".svg",
    "NumPy array (*.npy)": ".npy",
    "Table (*.csv)": ".csv",
}
WITHOUT_PICTURE = {words: ending for words, ending in KINDS.items() if ending in (".npy", ".csv")}
GAP = 1  # cells between maps
GRADIENT = "Its gradient, in the debugger"


def chosen_thing(session: Session) -> Thing | None:
    """The number that the debugger stands at, while it is looked at; else what is chosen of the maps."""
    state = session.state
    timeline, cursor = state.steps.timeline, state.steps.cursor
    if state.steps.is_walked and timeline is not None and cursor.cell is not None:
        tensor = timeline.asked(cursor.step, cursor.of)
        if not is_index(cursor.cell, tensor.values.shape):  # it is drawn as one cell where its size is asked for
            return None
        around = tensor.values[cursor.cell[:-2]] if tensor.values.ndim > 1 else None
        scale = None if around is None else scale_for(*finite_range(around))
        name = f"{tensor.title}[{', '.join(map(str, cursor.cell))}]"
        asked = asked_at(state, cursor.step, tensor.name, cursor.cell)
        thing = thing_of_numbers(session, name, np.asarray(tensor.values[cursor.cell]), drawn=around, scale=scale)
        return replace(thing, asked=asked, code=code_of_cursor(state))
    entry = state.entry(state.selection.layer)
    return None if entry is None else thing_of_maps(session, entry, state.selection)


def thing_of_maps(session: Session, entry: LayerActivation, chosen: Selection) -> Thing | None:
    """The cell, the map or the layer that is chosen of the present maps; None where these have none there.

    A view may point at what was drawn before the present maps came.
    """
    places = (chosen.channel, chosen.row, chosen.column)[: entry.values.ndim]
    return _thing_of(session, entry, chosen, places) if has_places(places, entry.values.shape) else None


def thing_of_layer(session: Session, entry: LayerActivation) -> Thing:
    """All of a layer's present maps."""
    return _thing_of(session, entry, Selection(entry.name), ())


def _thing_of(session: Session, entry: LayerActivation, chosen: Selection, places: tuple[int | None, ...]) -> Thing:
    own = tuple(place for place in places if place is not None)
    values = entry.values[own] if len(own) in (0, 1, entry.values.ndim) else entry.values[own[:1]]
    words = [entry.name]
    if own:
        words.append(entry.map_name(own[0]))
    if len(own) == 3:
        words.append(f"row {own[1]}, column {own[2]}")
    drawn = entry.values if not own else entry.values[own[0]]
    cell = entry.cell(*own) if own else None
    find: Callable[[], object] | None = partial(_select, session, entry.name, chosen)
    if entry.name == INPUT:
        find = _gradient_of_input(session, entry, chosen)
    thing = thing_of_numbers(
        session,
        " · ".join(words),
        np.asarray(values),
        drawn=np.asarray(drawn) if entry.values.ndim == 3 else None,
        scale=scale_for(entry.low, entry.high),
        line=pytorch_line(session.state, entry.name),
        find=find,
        find_words=GRADIENT if entry.name == INPUT else "",
    )
    asked = None if cell is None else asked_number(session.state, cell.call, cell.index, values)
    code = code_of_maps(entry, chosen, session.state.subject.feed, example=session.state.input.place[1])
    return replace(thing, asked=asked, code=code, more=_switching(session, entry, chosen.channel))


def _switching(
    session: Session, entry: LayerActivation, channel: int | None
) -> tuple[tuple[str, Callable[[], object]], ...]:
    """Switching a channel off, where its layer has numbers of its own that make it."""
    may = session.state.subject.can(Verb.CHANGE_WEIGHTS)
    if channel is None or not may or not channel_blocks(entry, channel):
        return ()
    return ((f"Switch off {entry.map_name(channel)}", partial(session.editing.switch_off, entry.name, channel)),)


def asked_at(state: State, step: int, of: str, cell: tuple[int, ...]) -> AskedNumber | None:
    """A cell of a tensor that a step of the timeline reads or makes, as lessons ask about it."""
    timeline = state.steps.timeline
    tensor = None if timeline is None else timeline.tensors(step).by_name.get(of)
    if tensor is None or not is_index(cell, tensor.values.shape):
        return None
    return asked_number(state, tensor.title, cell, tensor.values[cell])


def asked_number(state: State, title: str, cell: tuple[int, ...], value: np.ndarray | float) -> AskedNumber | None:
    """A cell of the tensor that the window calls `title`, as lessons ask about it; None where they cannot."""
    reading = reading_of(state, title, cell)
    number = float(value)
    return AskedNumber(reading, number if np.isfinite(number) else None) if reading else None


def thing_of_numbers(
    session: Session,
    name: str,
    values: np.ndarray,
    *,
    drawn: np.ndarray | None = None,
    scale: Scale | None = None,
    colours: Callable[[], np.ndarray] | None = None,
    line: str = "",
    code: str = "",
    find: Callable[[], object] | None = None,
    find_words: str = "",
) -> Thing:
    """Any numbers that are shown; `drawn` are those of the picture around them, whose colours are on `scale`, or are
    `colours`, (H, W, 4)."""
    if drawn is not None and scale is not None and drawn.ndim > 1:
        colours = partial(picture_of, drawn, scale)
    exported = values if values.ndim or drawn is None else drawn
    return Thing(
        name,
        value=partial(_value_text, values),
        picture=None if colours is None else lambda: map_files.enlarged_image(colours()),
        line=line,
        code=code,
        export=partial(_ask_to_export, session, name, np.atleast_1d(exported), colours),
        find=find,
        find_words=find_words,
    )


def _value_text(values: np.ndarray) -> str:
    return exact(float(values)) if values.ndim == 0 else map_files.table_text(values)


def _select(session: Session, layer: str, chosen: Selection) -> None:
    session.selection.select(layer=layer, channel=chosen.channel, row=chosen.row, column=chosen.column)


def _gradient_of_input(session: Session, entry: LayerActivation, chosen: Selection) -> Callable[[], object] | None:
    """Leads to the gradient of a chosen number of the input; None for a whole map, and for words, which have none."""
    cell = None if chosen.channel is None else entry.cell(chosen.channel, chosen.row, chosen.column)
    if cell is None or entry.values.dtype.kind != "f":
        return None
    return partial(session.steps.go_to_input_gradient, cell.index[1:])


def pytorch_line(state: State, layer: str) -> str:
    """How a layer of an editable network is written in PyTorch.

    "" for the input, for a layer that cannot run, or that none before it gives anything, and for a person's own model.
    """
    subject = state.subject
    if not subject.can(Verb.EDIT) or state.layer(layer) is None:
        return ""
    network = subject.edited
    runs = dict(zip(network.names, network.shapes(), strict=True))[layer] is not None
    return layer_source(network, layer) if runs else ""


def picture_of(values: np.ndarray, scale: Scale) -> np.ndarray:
    """Maps (…, H, W) beside each other, in colours (rows, columns, 4)."""
    maps = values.reshape(-1, *values.shape[-2:])
    count, height, width = maps.shape
    columns = max(1, round((count * height / max(width, 1)) ** 0.5))
    rows = -(-count // columns)
    whole = np.zeros((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 4), np.uint8)
    for at, cells in enumerate(maps):
        top, left = at // columns * (height + GAP), at % columns * (width + GAP)
        whole[top : top + height, left : left + width] = colourise(cells, scale)
    return whole


def _ask_to_export(
    session: Session, name: str, values: np.ndarray, colours: Callable[[], np.ndarray] | None, widget: QWidget
) -> None:
    """Ask where to write the numbers, or their picture where they have one, and write them."""
    kinds = KINDS if colours is not None else WITHOUT_PICTURE
    file_name = name.replace(" · ", " ").replace("/", "-")
    path = dialogs.ask_where_to_write(widget.window(), "Export", f"{file_name}{next(iter(kinds.values()))}", kinds)
    if path is None:
        return
    drawn = colours() if colours is not None else np.zeros((1, 1, 4), np.uint8)
    session.exports.write(path.name, lambda _tell: map_files.write(path, drawn, values, name))
