"""Looking at a probe while a network learns: exact, unnoticed by the run, at its pace."""

from __future__ import annotations

import torch
from torch.nn import functional

from explorer.engine.hyperparameters import Hyperparameters
from explorer.engine.probe import Probe, probe
from explorer.engine.train import Examples, train_as_chosen
from explorer.network import Network

TEXT = "3x6x6 conv(4, 3) batchnorm relu dropout(0.5) flatten linear(2)"


def pictures() -> Examples:
    generator = torch.Generator().manual_seed(0)
    return Examples(torch.rand(40, 3, 6, 6, generator=generator), torch.arange(40) % 2)


def test_a_run_does_not_notice_the_probe():
    states, x = [], torch.ones(1, 3, 6, 6)
    for looking in (False, True):
        model = Network.parse(TEXT).build(seed=0)
        for _ in train_as_chosen(model, pictures(), Hyperparameters(batch_size=8, epochs=2, momentum=0.9), classes=2):
            if looking:
                probe(model, x, target=[1], loss="cross_entropy")
        states.append(model.state_dict())
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_it_sees_activations_and_gradients_of_the_weights_of_that_step():
    model, x = Network.parse(TEXT).build(seed=0), torch.rand(1, 3, 6, 6)
    for _ in train_as_chosen(model, pictures(), Hyperparameters(batch_size=8, epochs=1), classes=2):
        seen = probe(model, x, target=[1], loss="cross_entropy")
        assert model.training
    model.eval()
    model.zero_grad()
    conv = model.conv1(x)
    loss = functional.cross_entropy(model(x), torch.tensor([1]))
    loss.backward()
    assert torch.equal(seen["conv1"].output, conv)
    assert seen.loss == loss.item()
    assert torch.equal(seen.parameter_gradients["conv1.weight"], model.conv1.weight.grad)


def test_it_looks_no_oftener_than_its_pace_allows():
    model, x = Network.parse("2 linear(2)").build(seed=0), torch.ones(1, 2)
    slow = Probe(x, per_second=1e-6)
    assert slow.look(model) is not None
    assert [slow.look(model) for _ in range(5)] == [None] * 5
    assert slow.look(model, at_once=True) is not None
