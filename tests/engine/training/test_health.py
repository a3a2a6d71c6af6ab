"""Health of layers: every figure against plain PyTorch, on networks that are known to be ill."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.training import health
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.health import HealthWatch, LayerHealth, Pace
from explorer.engine.training.train import Examples, train
from explorer.network import Network

ALWAYS = Pace(per_second=1e9, share=1.0)


def one_step(
    net: nn.Module, inputs: Tensor, *, rate: float = 0.1, watch: HealthWatch | None = None
) -> dict[str, LayerHealth]:
    """The health of each layer after one step of SGD on `inputs`, all of class 0."""
    data = Examples(inputs, torch.zeros(len(inputs), dtype=torch.long))
    optimizer = torch.optim.SGD(net.parameters(), lr=rate)
    told = list(train(
        net, data, loss="cross_entropy", classes=2, optimizer=optimizer, epochs=1, batch_size=len(inputs),
        under=Conditions(health=watch or HealthWatch(net, pace=ALWAYS)),
    ))  # fmt: skip
    return {layer.name: layer for layer in told[-1].health}


@pytest.fixture
def pictures() -> Tensor:
    return torch.rand(8, 3, 6, 6, generator=torch.Generator().manual_seed(1)) - 0.5


def test_dead_channels_and_neurons_are_counted(pictures):
    net = Network.parse("3x6x6 conv(4, 3) a=relu flatten linear(10) b=relu linear(2)").build(seed=0)
    with torch.no_grad():
        net.conv1.bias[:3] = -100
        net.linear1.bias[1:] = -100
    health = one_step(net, pictures)
    assert health["a"].dead == pytest.approx(0.75)
    assert health["b"].dead == pytest.approx(0.9)
    assert health["conv1"].dead is None


def test_saturated_cells_are_counted(pictures):
    net = Network.parse("3x6x6 flatten linear(4) sigmoid linear(4) tanh linear(2)").build(seed=0)
    with torch.no_grad():
        net.linear1.bias[:] = torch.tensor([-50.0, 50.0, 0.0, 0.0])
        net.linear2.bias[0] = 50.0
    health = one_step(net, pictures)
    assert health["sigmoid1"].saturated == pytest.approx(0.5)
    assert health["tanh1"].saturated == pytest.approx(0.25)
    assert health["linear1"].saturated is None


def test_gradient_and_update_are_measured_as_pytorch_has_them(pictures):
    net = Network.parse("3x6x6 conv(4, 3) batchnorm relu flatten linear(2)").build(seed=0)
    other = Network.parse("3x6x6 conv(4, 3) batchnorm relu flatten linear(2)").build(seed=0)
    health = one_step(net, pictures, rate=0.3)
    nn.functional.cross_entropy(other.train()(pictures), torch.zeros(8, dtype=torch.long)).backward()
    for name, module in other.named_children():
        weights = list(module.parameters())
        if not weights:
            assert health[name].gradient_norm is None
            assert health[name].update_ratio is None
            continue
        gradient = torch.cat([weight.grad.flatten() for weight in weights]).norm().item()
        length = torch.cat([weight.detach().flatten() for weight in weights]).norm().item()
        assert health[name].gradient_norm == pytest.approx(gradient, rel=1e-5)
        assert health[name].update_ratio == pytest.approx(0.3 * gradient / length, rel=1e-3)


def test_the_first_step_with_an_infinite_output_is_kept(pictures):
    class Overflows(nn.Module):
        """Infinite from its third run on, but only in a cell that nothing takes."""

        def __init__(self) -> None:
            super().__init__()
            self.runs = 0
            self.inner = nn.Identity()

        def forward(self, x: Tensor) -> Tensor:
            self.runs += 1
            self.inner(x / 0 if self.runs > 2 else x)
            return x

    net = nn.Sequential(nn.Flatten(), Overflows(), nn.Linear(108, 2))
    watch = HealthWatch(net, pace=ALWAYS)
    data = Examples(pictures, torch.zeros(8, dtype=torch.long))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    steps = train(
        net,
        data,
        loss=nn.functional.cross_entropy,
        optimizer=optimizer,
        epochs=5,
        batch_size=8,
        under=Conditions(health=watch),
    )
    first = [{layer.name: layer.first_nan for layer in step.health}["1.inner"] for step in steps]
    assert first == [None, None, 3, 3, 3]


def test_large_finite_outputs_are_not_taken_for_infinite():
    net = nn.Sequential(nn.Identity(), nn.Linear(2, 2))
    data = torch.tensor([[3e38, -3e38], [3e38, 3e38]])
    with torch.no_grad():
        net[1].weight.zero_()
    assert one_step(net, data, rate=0.0)["0"].first_nan is None


def test_watching_changes_nothing_and_leaves_no_hooks(pictures):
    text = "3x6x6 conv(4, 3) relu dropout(0.5) flatten linear(2)"
    plain, watched = (Network.parse(text).build(seed=0) for _ in range(2))
    one_step(plain, pictures, watch=HealthWatch(plain, pace=Pace(per_second=1e-9)))
    assert one_step(watched, pictures)
    assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), watched.parameters(), strict=True))
    assert not any(module._forward_hooks for module in watched.modules())


def test_it_is_measured_at_its_pace_and_not_more_than_its_share(monkeypatch):
    pace, now = Pace(per_second=20, share=0.1), [100.0]
    monkeypatch.setattr(health, "monotonic", lambda: now[0])

    def is_due_after(seconds):
        now[0] += seconds
        return pace.is_due()

    assert pace.is_due()
    pace.took(now[0])
    assert not is_due_after(1 / 20 - 1e-3)
    assert is_due_after(2e-3)
    pace.took(now[0] - 1.0)  # a second of work, so nine of rest
    assert not is_due_after(9 - 1e-3)
    assert is_due_after(2e-3)


def test_the_loss_of_the_measured_batch_is_told_beside_its_gradients():
    net = Network.parse("2 linear(2)").build(seed=0)
    with torch.no_grad():
        net.linear1.bias[0] = 100.0  # every example has the margin that hinge asks for
    data = Examples(torch.zeros(4, 2), torch.zeros(4, dtype=torch.long))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    watch = HealthWatch(net, pace=ALWAYS)
    (told,) = train(
        net, data, loss="hinge", classes=2, optimizer=optimizer, epochs=1, batch_size=4, under=Conditions(health=watch)
    )
    assert [(layer.batch_loss, layer.gradient_norm) for layer in told.health] == [(0.0, 0.0)]
