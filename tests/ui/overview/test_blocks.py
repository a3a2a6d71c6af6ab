"""Which layers fold into one block: what follows a convolution or a linear layer in one chain, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings

import explorer
from explorer.network import Network
from explorer.ui.overview.blocks import NARROW, WIDE, BlockRule, in_blocks
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import Item, LayerGroup
from explorer.ui.overview.items import items_for
from tests.ui.overview.test_overview_layout import networks

RESNET = (
    "3x16x16 conv(8, 3, padding=1) batchnorm r=relu conv(8, 3, padding=1) batchnorm relu "
    "conv(8, 3, padding=1) batchnorm add(r, bn3) relu maxpool(2) flatten dropout(0.5) linear(10)"
)
UNET = (
    "1x16x16 conv(4, 3, padding=1) s=relu maxpool(2) conv(8, 3, padding=1) batchnorm relu "
    "u=convtranspose(4, 2, stride=2) concat(s, u) conv(4, 3, padding=1) relu conv(1, 1) sigmoid"
)


def entries_of(network: Network) -> list[Entry]:
    layers = (Entry(each.name, each.name, each.family, network.inputs(each.name), (4, 4, 4)) for each in network.layers)
    return [Entry("input", "input", "input", (), network.input_shape), *layers]


def named(items: Sequence[Item]) -> list[str]:
    """A block as its layers joined by "+"."""
    return [
        "+".join(each.name for each in item.entries()) if isinstance(item, LayerGroup) else item.name for item in items
    ]


def blocks_of(text: str, rule: BlockRule = NARROW) -> list[str]:
    return named(in_blocks(entries_of(Network.parse(text)), rule))


def test_what_follows_a_convolution_in_one_chain_folds_behind_it() -> None:
    text = "3x8x8 conv(4, 3) batchnorm relu dropout(0.5) maxpool(2) flatten linear(8) relu linear(3)"
    assert blocks_of(text) == [
        *("input", "conv1+bn1+relu1+dropout1", "pool1", "flatten1"),
        *("linear1+relu2", "linear2"),
    ]
    assert blocks_of(text, WIDE) == [
        *("input", "conv1+bn1+relu1+dropout1+pool1", "flatten1+linear1+relu2", "linear2"),
    ]


def test_a_block_is_named_by_what_begins_it() -> None:
    blocks = in_blocks(entries_of(Network.parse("3x8x8 flatten linear(8) relu")), WIDE)
    block = blocks[-1]
    assert isinstance(block, LayerGroup)
    assert (block.title, block.count, block.is_block) == ("linear1", 3, True)


def test_of_a_residual_network_no_skip_leaves_a_block_from_within() -> None:
    assert blocks_of(RESNET) == [
        *("input", "conv1+bn1+r", "conv2+bn2+relu2", "conv3+bn3", "add1", "relu3", "pool1", "flatten1"),
        *("dropout1", "linear1"),
    ]
    assert blocks_of(RESNET, WIDE)[4] == "add1+relu3+pool1"
    within = "3x16x16 c=conv(4, 3, padding=1) batchnorm relu add(c, relu1)"
    assert blocks_of(within) == ["input", "c", "bn1", "relu1", "add1"]


def test_of_a_u_the_skip_is_read_from_where_its_block_ends() -> None:
    assert blocks_of(UNET) == [
        *("input", "conv1+s", "pool1", "conv2+bn1+relu2", "u", "concat1", "conv3+relu3", "conv4+sigmoid1"),
    ]


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("two-two-two", ["input", "linear1+identity1", "linear2+identity2"]),
        ("one-neuron", ["input", "conv1", "pool1", "flatten1", "linear1+sigmoid1"]),
        ("lecture", ["input", "conv1+relu1", "pool1", "flatten1", "linear1"]),
    ],
)
def test_small_networks_that_come_with_the_program(name: str, blocks: list[str]) -> None:
    assert named(in_blocks(entries_of(explorer.load(name).network))) == blocks


def test_the_deep_network_that_comes_with_it_has_nine_columns_of_maps() -> None:
    network = explorer.load("cifar10").network
    assert named(items_for(tuple(entries_of(network)), 860)) == [
        *("input", "conv1+bn1+relu1+pool1", "conv2+bn2+relu2", "conv3+bn3+relu3", "conv4+bn4+relu4"),
        *("add1+pool2", "conv5+bn5+relu5", "conv6+bn6+relu6+pool3", "flatten1+linear1"),
    ]
    assert not any(isinstance(item, LayerGroup) for item in items_for(tuple(entries_of(network)), 2400))


def test_a_layer_at_fault_stands_for_itself() -> None:
    entries = entries_of(Network.parse("3x8x8 conv(4, 3) relu conv(4, 3) relu"))
    entries[3] = replace(entries[3], is_broken=True)
    assert named(in_blocks(entries)) == ["input", "conv1+relu1", "conv2", "relu2"]


@settings(max_examples=40, deadline=None)
@given(networks())
def test_blocks_keep_every_layer_in_order_and_are_read_from_their_ends_alone(entries: list[Entry]) -> None:
    for rule in (NARROW, WIDE):
        items = in_blocks(entries, rule)
        assert "+".join(named(items)) == "+".join(each.name for each in entries)
        for item in items:
            if not isinstance(item, LayerGroup):
                continue
            *inner, _last = (each.name for each in item.entries())
            outside = {each.name for each in entries} - {each.name for each in item.entries()}
            read = {parent for each in entries if each.name in outside for parent in each.parents}
            assert not read & set(inner)
