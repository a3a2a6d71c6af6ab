"""Where maps lie beside each other: every cell has one place, and small maps stay readable."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.common.mosaic import MIN_TILE_PIXELS, Mosaic, Place, arrange

mosaics = st.builds(
    Mosaic,
    count=st.integers(1, 40),
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    columns=st.integers(1, 12),
    gap=st.integers(1, 3),
)


@given(mosaics, st.data())
def test_a_cell_is_found_where_it_was_put(mosaic: Mosaic, data: st.DataObject) -> None:
    place = Place(
        data.draw(st.integers(0, mosaic.count - 1)),
        data.draw(st.integers(0, mosaic.height - 1)),
        data.draw(st.integers(0, mosaic.width - 1)),
    )
    top, left = mosaic.origin(place.tile)
    assert mosaic.place_at(left + place.column + 0.5, top + place.row + 0.5) == place


@given(mosaics)
def test_gaps_and_the_outside_hold_no_cell(mosaic: Mosaic) -> None:
    height, width = mosaic.shape
    assert mosaic.place_at(mosaic.width + 0.5, 0.5) is None
    assert mosaic.place_at(-0.5, 0.5) is None
    assert mosaic.place_at(0.5, height + mosaic.gap + 0.5) is None
    assert mosaic.place_at(width + mosaic.gap + 0.5, 0.5) is None


@given(mosaics)
def test_all_maps_stand_in_one_picture_and_gaps_are_transparent(mosaic: Mosaic) -> None:
    tiles = np.random.default_rng(0).integers(1, 256, (mosaic.count, mosaic.height, mosaic.width, 4)).astype(np.uint8)
    whole = mosaic.assemble(tiles)
    assert whole.shape == (*mosaic.shape, 4)
    for tile in range(mosaic.count):
        top, left = mosaic.origin(tile)
        np.testing.assert_array_equal(whole[top : top + mosaic.height, left : left + mosaic.width], tiles[tile])
    assert np.count_nonzero(whole.any(axis=-1)) == tiles[..., 0].size


@given(st.integers(1, 3000), st.integers(1, 120), st.integers(200, 2000), st.integers(150, 1200))
def test_no_map_gets_narrower_than_can_be_seen(count: int, size: int, width: int, height: int) -> None:
    mosaic = arrange(count, size, size, pane=(width, height))
    tile_pixels = width / mosaic.shape[1] * size
    assert tile_pixels >= MIN_TILE_PIXELS * 0.9 or mosaic.columns == 1
    assert mosaic.rows * mosaic.columns >= count


def test_a_few_maps_use_the_room_there_is() -> None:
    assert arrange(10, 60, 60, pane=(1000, 300)).columns == 5
    assert arrange(10, 60, 60, pane=(300, 1000)).columns == 2


def test_kernels_of_one_filter_stand_in_one_row_where_there_is_room() -> None:
    assert arrange(60, 3, 3, pane=(900, 600), wanted_columns=10).columns == 10
    assert arrange(60, 3, 3, pane=(100, 600), wanted_columns=10).columns < 10
