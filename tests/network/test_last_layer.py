"""Fitting a network to another number of outputs."""

from __future__ import annotations

from math import prod

import pytest

from explorer.network import Network
from explorer.network.last_layer import last_weighted_layer, with_outputs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("4 linear(8) relu linear(10)", "4 linear(8) relu linear(3)"),
        ("4 linear(8) relu linear(10) softmax", "4 linear(8) relu linear(3) softmax"),
        ("3x8x8 conv(10, 3) adaptiveavgpool(1) flatten", "3x8x8 conv(3, 3) adaptiveavgpool(1) flatten"),
    ],
)
def test_only_the_last_layer_with_weights_is_changed(before, after):
    changed = with_outputs(Network.parse(before), 3)
    assert changed is not None
    assert changed == Network.parse(after)
    assert prod(changed.shapes()[-1] or ()) == 3


@pytest.mark.parametrize("text", ["3x8x8 conv(10, 3) flatten", "4 relu", "3x8x8 a=conv(3, 1) b=relu add(a, b)"])
def test_where_one_layer_does_not_decide_nothing_is_changed(text):
    assert with_outputs(Network.parse(text), 3) is None


def test_the_layer_that_decides_is_named():
    assert last_weighted_layer(Network.parse("4 first=linear(8) relu last=linear(10) sigmoid")) == "last"
    assert last_weighted_layer(Network.parse("4 relu")) is None
