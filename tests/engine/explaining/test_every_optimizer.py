"""Every optimizer of PyTorch is explained or refused by its name; the step itself is PyTorch's own."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import explorer
from explorer.arithmetic.updates import UPDATES
from explorer.engine import EngineError, record
from explorer.engine.recording.recording import Recording

EVERY = tuple(
    kind
    for kind in vars(torch.optim).values()
    if isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer) and kind is not torch.optim.Optimizer
)
REFUSED = {
    "LBFGS": "LBFGS runs the model several times within a step",
    "SparseAdam": "SparseAdam could not step: SparseAdam does not support dense gradients",
}
EXPLAINED = {update.name for update in UPDATES}


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 3, bias=False), nn.ReLU(), nn.Linear(3, 2, bias=False))


ROWS, TARGET = torch.randn(5, 4, generator=torch.Generator().manual_seed(1)), [0, 1, 1, 0, 1]


def stepped(kind: type[torch.optim.Optimizer]) -> tuple[nn.Module, Recording]:
    """The second step: by then every optimizer remembers something."""
    model = network()
    optimizer = kind(model.parameters(), lr=0.01)  # type: ignore[call-arg]
    for _ in range(2):
        recording = record(model, ROWS, target=TARGET, loss="cross_entropy", optimizer=optimizer)
    return model, recording


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind.__name__ not in REFUSED])
def test_a_step_is_pytorchs_own_and_explained_or_refused_by_name(kind: Any) -> None:
    model, recording = stepped(kind)
    plain = network()
    optimizer = kind(plain.parameters(), lr=0.01)
    for _ in range(2):
        optimizer.zero_grad()
        nn.functional.cross_entropy(plain(ROWS), torch.tensor(TARGET)).backward()
        optimizer.step()
    for ours, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    steps = [step for step in recording.steps if step.kind == "update"]
    assert len(steps) == 2
    for step in steps:
        if kind.__name__ in EXPLAINED:
            why = explorer.explain(recording, step, (1, -1), of="weight")
            assert why.error < 1e-6
            continue
        with pytest.raises(EngineError, match=f"The updates of {kind.__name__} are not explained; those of SGD"):
            explorer.explain(recording, step, (1, -1), of="weight")


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind.__name__ in REFUSED])
def test_an_optimizer_that_cannot_step_on_record_is_refused_by_name(kind: Any) -> None:
    model = network()
    before = [weight.detach().clone() for weight in model.parameters()]
    optimizer = kind(model.parameters(), lr=0.01)
    with pytest.raises(EngineError, match=REFUSED[kind.__name__]):
        record(model, ROWS, target=TARGET, loss="cross_entropy", optimizer=optimizer)
    assert all(torch.equal(now, then) for now, then in zip(model.parameters(), before, strict=True))
    assert all(weight.grad is None for weight in model.parameters())


def test_an_optimizer_made_from_an_explained_one_is_not_taken_for_it() -> None:
    class Twice(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            super().step()
            return super().step(closure)

    _, recording = stepped(Twice)
    step = next(step for step in recording.steps if step.kind == "update")
    with pytest.raises(EngineError, match="The updates of Twice are not explained"):
        explorer.explain(recording, step, (0, 0), of="weight")


def test_what_is_no_optimizer_is_refused() -> None:
    model = network()
    with pytest.raises(EngineError, match=r"An optimizer is one of torch[.]optim, not a str"):
        record(model, ROWS, target=TARGET, loss="cross_entropy", optimizer="adam")  # type: ignore[arg-type]
    with pytest.raises(EngineError, match=r"make one of it, SGD\(model.parameters\(\), …\)"):
        record(model, ROWS, target=TARGET, loss="cross_entropy", optimizer=torch.optim.SGD)  # type: ignore[arg-type]
    other = torch.optim.SGD(network().parameters(), lr=0.1)
    with pytest.raises(EngineError, match="The SGD has none of the weights of this model"):
        record(model, ROWS, target=TARGET, loss="cross_entropy", optimizer=other)
