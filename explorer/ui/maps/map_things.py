"""What lies where in the feature maps, as things that something can be done with: cells, maps, weights, numbers."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint

from explorer.arithmetic.operation import Index
from explorer.session import LayerActivation, Selection, Session
from explorer.session.pytorch_code import parameter_code
from explorer.ui.common.mosaic import Place
from explorer.ui.common.number_things import GRADIENT, pytorch_line, thing_of_maps, thing_of_numbers
from explorer.ui.common.things import Thing, offer
from explorer.ui.maps.channel_view import ChannelView
from explorer.ui.maps.layer_maps import LayerMaps
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.sheet import COLOURS, Sheet


class MapThings:
    """Offers what the mosaic, the rows of numbers and the large map show."""

    def __init__(self, session: Session, maps: LayerMaps, large: ChannelView) -> None:
        self._session, self._maps, self._large = session, maps, large
        offer(maps.mosaic.canvas, session, self._of_mosaic, maps.mosaic.chosen_point)
        offer(maps.bars, session, self._of_bars, maps.bars.chosen_point)
        offer(large.map.canvas, session, self._of_large, large.map.chosen_point)
        for plane in (large.planes.row, large.planes.column):
            offer(plane.canvas, session, partial(self._of_plane, plane), plane.chosen_point)

    def _of_mosaic(self, point: QPoint | None) -> Thing | None:
        entry, sheet = self._entry(), self._maps.sheet
        if entry is None or sheet is None:
            return None
        place = None if point is None else self._maps.mosaic.place_at(point)
        if self._maps.are_filters:
            chosen = self._session.state.selection.channel
            index = self._typed() if place is None else weight_index(entry, sheet, place, chosen)
            return self._of_filters(entry, sheet, index)
        if place is None:
            return self._chosen(entry) if point is None else None
        return self._at(entry, sheet, place) if sheet.of_cells else self._of_attention(entry, sheet, place)

    def _of_attention(self, entry: LayerActivation, sheet: Sheet, place: Place) -> Thing:
        """One weight of an attention in the picture of its head."""
        drawn, name = sheet.tile(place.tile), f"{entry.name}, attention of head {place.tile}"
        value = np.asarray(drawn[place.row, place.column])
        return thing_of_numbers(self._session, name, value, drawn=drawn, scale=sheet.scale)

    def _of_large(self, point: QPoint | None) -> Thing | None:
        entry, sheet = self._entry(), self._large.sheet
        place = None if point is None else self._large.map.place_at(point)
        if entry is None or sheet is None or place is None:
            return self._chosen(entry) if point is None else None
        return self._at(entry, sheet, place)

    def _of_plane(self, plane: MapMosaic, point: QPoint | None) -> Thing | None:
        entry = self._entry()
        place = None if point is None else self._large.planes.place_at(plane, point)
        if entry is None or place is None:
            return self._chosen(entry) if point is None else None
        return thing_of_maps(self._session, entry, Selection(entry.name, *place))

    def _of_bars(self, point: QPoint | None) -> Thing | None:
        entry = self._entry()
        index = None if point is None else self._maps.bars.index_at(point.y())
        if entry is None or index is None:
            return self._chosen(entry) if point is None else None
        return thing_of_maps(self._session, entry, Selection(entry.name, index))

    def _typed(self) -> Index | None:
        """The weight that is chosen to be typed over."""
        return None if self._maps.typing.cells is None else self._maps.typing.cells.head

    def _of_filters(self, entry: LayerActivation, sheet: Sheet, index: Index | None) -> Thing:
        """One weight, which leads to its gradient, in the picture of its filter; without an index all of them."""
        name, line = f"{entry.name}.weight", pytorch_line(self._session.state, entry.name)
        code = parameter_code(name, index or ()) if line else ""
        weight = np.asarray(entry.weight)
        if index is None:
            return thing_of_numbers(
                self._session, name, weight, drawn=_drawable(weight), scale=sheet.scale, line=line, code=code
            )
        return thing_of_numbers(
            self._session,
            f"{name}[{', '.join(map(str, index))}]",
            np.asarray(weight[index]),
            drawn=_drawable(weight[index[0]] if weight.ndim > 2 else weight),
            scale=sheet.scale,
            line=line,
            code=code,
            find=partial(self._session.steps.go_to_gradient, entry.name, "weight", index),
            find_words=GRADIENT,
        )

    def _at(self, entry: LayerActivation, sheet: Sheet, place: Place) -> Thing | None:
        return thing_of_maps(self._session, entry, Selection(entry.name, *sheet.cell(place)))

    def _chosen(self, entry: LayerActivation | None) -> Thing | None:
        return None if entry is None else thing_of_maps(self._session, entry, self._session.state.selection)

    def _entry(self) -> LayerActivation | None:
        return self._session.state.entry(self._session.state.selection.layer)


def _drawable(weight: np.ndarray) -> np.ndarray | None:
    return weight if weight.ndim > 1 else None


def weight_index(entry: LayerActivation, sheet: Sheet, place: Place, channel: int | None) -> Index:
    """Which number of the weight lies at a place of its filters; of a coloured filter the colour that weighs most.

    `channel` is the one whose filter the sheet shows, if it shows one only.
    """
    assert entry.weight is not None
    height, width = sheet.size
    if sheet.composite:
        colours = sheet.tile(place.tile)[:, place.row, place.column]
        tile = place.tile * len(COLOURS) + int(np.argmax(np.abs(colours)))
    else:
        is_of_one = channel is not None and bool((sheet.channels == channel).all())
        tile = place.tile + (channel or 0) * sheet.count * is_of_one
    flat = (tile * height + place.row) * width + place.column
    return tuple(int(at) for at in np.unravel_index(flat, entry.weight.shape))
