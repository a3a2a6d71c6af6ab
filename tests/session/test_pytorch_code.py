"""Copied code of PyTorch, run as it is: it takes the very numbers out of the model that are on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from explorer.engine import record
from explorer.engine.recording.tree import leaves
from explorer.session.pytorch_code import (
    LossCode,
    called,
    forward_code,
    gradient_code,
    input_gradient_code,
    loss_code,
    numbers_line,
    parameter_code,
    parameter_gradient_code,
    update_code,
)
from tests.named_models import LEARNING_MODELS, NAMED_MODELS

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad:UserWarning"),
]
Made = tuple[Callable[[], nn.Module], Callable[[], Any]]
SUM = LossCode("{input}.square().sum()")
SQUARES = LossCode("F.mse_loss({input}, target)")


def ids(models: tuple[Made, ...]) -> list[str]:
    return [make.__name__ for make, _ in models]


def run(code: str, **given: object) -> Tensor:
    """The numbers that the code leaves, as a script of its own."""
    names: dict[str, Any] = dict(given)
    torch.manual_seed(7)
    exec(compile(code, "copied.py", "exec"), names)
    found: Tensor = names["numbers"]
    return found.detach()


def made(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return make().eval()


@pytest.mark.parametrize(("make", "given"), NAMED_MODELS, ids=ids(NAMED_MODELS))
def test_the_code_of_every_call_gives_what_is_on_record(
    make: Callable[[], nn.Module], given: Callable[[], Any]
) -> None:
    model, x = made(make), given()
    torch.manual_seed(7)
    recording = record(model, x)
    assert len(recording.calls) > 1
    for call in recording.calls:
        if call.kind == "script":  # it takes no hook
            continue
        assert call.taken is not None
        first = leaves(call.output, Tensor)[0]
        torch.testing.assert_close(run(forward_code(call.taken, ()), model=model, x=x), first, rtol=0, atol=0)


@pytest.mark.parametrize(("make", "given"), LEARNING_MODELS, ids=ids(LEARNING_MODELS))
def test_the_code_of_every_gradient_gives_what_is_on_record(
    make: Callable[[], nn.Module], given: Callable[[], Any]
) -> None:
    model, x = made(make), given()
    torch.manual_seed(7)
    recording = record(model, x, loss=lambda output: output.square().sum())
    known = [call for call in recording.calls if call.grad_output is not None and call.kind != "script"]
    known = [call for call in known if call.module != "loss"]
    assert known
    for call in known:
        assert call.taken is not None
        found = run(gradient_code(call.taken, (), SUM), model=model, x=x)
        torch.testing.assert_close(found, call.grad_output)
    for name, gradient in recording.parameter_gradients.items():
        found = run(parameter_gradient_code(name, (), SUM), model=model, x=x)
        torch.testing.assert_close(found, gradient)


def chain() -> tuple[nn.Module, Tensor, Tensor]:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), torch.randn(5, 4), torch.randn(5, 2)


def test_loss_update_weight_and_gradient_of_the_input_are_taken_too() -> None:
    model, x, target = chain()
    weight = model.state_dict()["0.weight"].clone()
    assert torch.equal(run(parameter_code("0.weight", (1,)), model=model), weight[1])
    recording = record(
        model, x.requires_grad_(), target=target, loss="mse", optimizer=torch.optim.SGD(model.parameters(), lr=0.5)
    )
    after = model.state_dict()["0.weight"].clone()
    with torch.no_grad():
        for update in recording.updates:
            model.get_parameter(update.parameter).copy_(update.before)
    given = {"model": model, "x": x, "target": target}
    assert float(run(loss_code(SQUARES), **given)) == pytest.approx(recording.loss)
    torch.testing.assert_close(run(input_gradient_code((2,), SQUARES), **given), recording.input_gradients[0][2])
    sgd = "torch.optim.SGD(model.parameters(), lr=0.5)"
    torch.testing.assert_close(run(update_code("0.weight", (), SQUARES, optimizer=sgd), **given), after)
    assert not torch.equal(after, weight)


def test_gradients_that_are_cut_are_cut_before_the_step() -> None:
    model, x, target = chain()
    before = model.state_dict()["0.weight"].clone()
    optimizer = "torch.optim.SGD(model.parameters(), lr=1.0)"
    code = update_code("0.weight", (), LossCode(SQUARES.loss, clip_norm=0.01), optimizer=optimizer)
    moved = run(code, model=model, x=x, target=target) - before
    assert 0 < float(moved.norm()) <= 0.01


def test_a_cell_is_a_slice_and_inputs_are_given_as_they_were() -> None:
    assert numbers_line("kept[0]", (0, 3)) == "numbers = kept[0][0, 3]"
    assert numbers_line("kept[0]", ()) == "numbers = kept[0]"
    assert called(torch.zeros(2)) == "model(x)"
    assert called((torch.zeros(2), torch.zeros(2))) == "model(*x)"
    assert called({"mask": torch.zeros(2)}) == "model(**x)"


def test_a_hook_goes_into_the_module_that_has_the_call_and_counts_its_runs() -> None:
    relu = nn.ReLU()
    model, x = nn.Sequential(nn.Linear(4, 4), relu, nn.Linear(4, 4), relu), torch.randn(2, 4)
    recording = record(model, x)
    second = recording.call("1:2")
    assert second.taken is not None
    code = forward_code(second.taken, (1, 2))
    assert 'model.get_submodule("1").register_forward_hook' in code
    assert "kept[1][1, 2]" in code
    assert torch.equal(run(code, model=model, x=x), second.output[1, 2])
