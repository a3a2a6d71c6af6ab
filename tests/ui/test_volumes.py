"""Volumes (C, D, H, W) in the window: channels are kept apart, and slices of depth are called by their place."""

from __future__ import annotations

import numpy as np

from explorer.session import Cell, LayerActivation
from explorer.session.snapshot import input_activation
from explorer.ui.editor.volume import box_of
from explorer.ui.maps.cell_facts import place_words
from explorer.ui.maps.sheet import map_sheet
from explorer.ui.maps.words import cell_words, facts
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.sources import sources_of


def conv3d() -> LayerActivation:
    """8 channels of 4 slices."""
    values = np.arange(8 * 4 * 5 * 6, dtype=np.float32).reshape(32, 5, 6)
    weight = np.ones((8, 1, 3, 3, 3), np.float32)
    return LayerActivation("0", "conv3d", "convolution", ("input",), values, weight, output_shape=(1, 8, 4, 5, 6))


def test_a_volume_is_told_by_its_channels_and_slices_everywhere() -> None:
    entry = conv3d()
    assert entry.shape == (8, 4, 5, 6)
    assert facts(entry) == "8 feature maps of 4 slices · 5 × 6"
    assert tuple(map_sheet(entry).labels)[:6] == ("0:0", "0:1", "0:2", "0:3", "1:0", "1:1")
    assert cell_words(entry, Cell("0", (0, 1, 2, 1, 2)), ()).startswith("0 · channel 1, slice 2 · row 1, column 2 · ")
    assert entry.cell(6, 1, 2) == Cell("0", (0, 1, 2, 1, 2))
    assert entry.place(Cell("0", (0, 1, 2, 1, 2))) == (6, 1, 2)
    assert place_words(entry, 6) == "channel 1, slice 2 of 0"
    assert Entry("0", "0", "convolution", ("input",), entry.values.shape, entry).title_of(6) == "0, channel 1, slice 2"
    assert box_of(entry.shape).sizes == (5, 6, 8, 4)
    assert box_of(entry.shape).deep == "8 × 4"


def test_maps_and_numbers_are_told_as_before() -> None:
    maps = LayerActivation("relu1", "relu", "activation", (), np.zeros((3, 5, 6), np.float32))
    assert (maps.map_name(2), maps.map_label(2), facts(maps)) == ("channel 2", "2", "3 feature maps · 5 × 6")
    assert box_of((3, 5, 6)).deep == "3"
    assert box_of((10,)).sizes == (1, 1, 10)


def test_a_slice_is_not_said_to_be_weighed_by_the_filter_of_its_number() -> None:
    fed = input_activation(np.zeros((1, 8, 10, 12), np.float32))
    found = sources_of(conv3d(), 6, [fed])
    assert (found.drawn, found.sentence) == ((), "made of slices of input")
