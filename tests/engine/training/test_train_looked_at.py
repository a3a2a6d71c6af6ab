"""Recording a probe picture between the steps of a run: exact, and unnoticed by the run."""

from __future__ import annotations

import torch
from torch.nn import functional

from explorer.engine import record
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.train import Examples, train_as_chosen
from explorer.network import Network

TEXT = "3x6x6 conv(4, 3) batchnorm relu dropout(0.5) flatten linear(2)"


def pictures() -> Examples:
    generator = torch.Generator().manual_seed(0)
    return Examples(torch.rand(40, 3, 6, 6, generator=generator), torch.arange(40) % 2)


def test_a_run_does_not_notice_that_a_probe_is_recorded_forward_and_back():
    states, x = [], torch.ones(1, 3, 6, 6)
    for looking in (False, True):
        model = Network.parse(TEXT).build(seed=0)
        for _ in train_as_chosen(model, pictures(), Hyperparameters(batch_size=8, epochs=2, momentum=0.9), classes=2):
            if looking:
                record(model, x, target=[1], loss="cross_entropy", train=False)
        states.append(model.state_dict())
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_the_probe_shows_the_weights_of_that_step():
    model, x = Network.parse(TEXT).build(seed=0), torch.rand(1, 3, 6, 6)
    for _ in train_as_chosen(model, pictures(), Hyperparameters(batch_size=8, epochs=1), classes=2):
        seen = record(model, x, target=[1], loss="cross_entropy", train=False)
        assert model.training
    model.eval()
    model.zero_grad()
    loss = functional.cross_entropy(model(x), torch.tensor([1]))
    loss.backward()
    assert torch.equal(seen["conv1"].output, model.conv1(x))
    assert seen.loss == loss.item()
    assert torch.equal(seen.parameter_gradients["conv1.weight"], model.conv1.weight.grad)
