"""Weights go into the model of their class however they were wrapped; what does not fit is named."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.engine.opening.weights_of_class import misfit, put_into, under_names_of


class Net(nn.Module):
    def __init__(self, classes: int = 4) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)
        self.norm = nn.BatchNorm2d(2)
        self.head = nn.Linear(2, classes)


def wrapped(*prefixes: str) -> dict[str, torch.Tensor]:
    return {f"{''.join(prefixes)}{name}": value for name, value in Net().state_dict().items()}


@pytest.mark.parametrize(
    "prefixes",
    [(), ("module.",), ("_orig_mod.",), ("model.",), ("module.", "_orig_mod."), ("model.", "_orig_mod.", "module.")],
)
def test_what_wraps_the_names_is_taken_off(prefixes: tuple[str, ...]) -> None:
    model, given = Net(), wrapped(*prefixes)
    assert not put_into(model, given)
    assert torch.equal(model.head.weight, given[f"{''.join(prefixes)}head.weight"])


def test_what_a_lightning_module_holds_beside_its_model_is_left_out() -> None:
    given = wrapped("model.") | {"loss.weight": torch.ones(4), "n_averaged": torch.tensor(3)}
    found = put_into(Net(), given)
    assert not found
    assert found.left_out == 2


def test_counters_may_be_missing() -> None:
    given = {name: value for name, value in wrapped().items() if not name.endswith("num_batches_tracked")}
    assert not put_into(Net(), given)


def test_what_does_not_fit_is_named_and_the_model_stays_as_it_was() -> None:
    model, given = Net(classes=5), wrapped() | {"more.weight": torch.ones(1)}
    del given["norm.bias"]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = put_into(model, given)
    assert found.sentence("net.pth", "Net") == (
        "The weights in net.pth do not fit Net: 1 is missing (norm.bias); 1 is unknown to it (more.weight); "
        "of another shape: head.weight is 4 × 2 there and 5 × 2 here, and 1 more."
    )
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_other_names_in_the_same_order_fit() -> None:
    expected = Net().state_dict()
    given = {f"{at}": value for at, value in enumerate(expected.values())}
    assert not misfit(expected, under_names_of(expected, given))
