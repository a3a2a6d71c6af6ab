"""The letters of the delta rule. Its numbers are held against PyTorch in tests/engine/explaining/test_delta_rule.py."""

from __future__ import annotations

from itertools import pairwise

import pytest

from explorer.arithmetic.cells import subscript
from explorer.arithmetic.delta_rule import letters_of


def test_two_layers_have_the_lectures_letters() -> None:
    hidden, last = letters_of(0, 2), letters_of(1, 2)
    assert (hidden.input, hidden.weight, hidden.sum, hidden.output, hidden.delta) == ("x", "v", "u", "z", "δ")
    assert (last.input, last.weight, last.sum, last.output, last.delta) == ("z", "w", "a", "y", "Δ")
    assert (hidden.next_delta, hidden.next_weight) == ("Δ", "w")


def test_one_layer_reads_x() -> None:
    only = letters_of(0, 1)
    assert (only.input, only.weight, only.delta, only.output) == ("x", "w", "Δ", "y")


def test_of_more_layers_each_hidden_one_has_its_number_and_reads_the_one_before() -> None:
    layers = [letters_of(layer, 12) for layer in range(12)]
    assert [layer.delta for layer in layers[:2]] == ["δ⁽¹⁾", "δ⁽²⁾"]
    assert layers[10].weight == "v⁽¹¹⁾"
    assert all(after.input == before.output for before, after in pairwise(layers))
    assert all(before.next_delta == after.delta for before, after in pairwise(layers))
    assert len({layer.delta for layer in layers}) == 12


def test_letters_can_be_changed_by_name_only() -> None:
    assert letters_of(0, 1).renamed({"target": "t"}).target == "t"
    with pytest.raises(ValueError, match="no colour; it has"):
        letters_of(0, 1).renamed({"colour": "t"})


def test_places_are_counted_from_1_and_kept_apart_where_one_has_two_digits() -> None:
    assert subscript("w", 1, 0) == "w₂₁"
    assert subscript("w", 11, 0) == "w₁₂ ₁"
    assert subscript("u", 11) == "u₁₂"
