"""The way back through every named model: gradients, shares, updates and their arithmetic, against plain PyTorch."""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.arithmetic.operations import operation_for
from explorer.engine import EngineError, record
from explorer.engine.explaining.explain_all import WithoutTerms
from explorer.engine.recording.call import Call
from explorer.engine.recording.call_tensors import given_tensors
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.passed_back import passed_back
from explorer.engine.recording.recording import Recording
from tests.named_models import (
    LEARNING_MODELS,
    AliasedViews,
    Checkpointed,
    CustomFunction,
    DetachedInside,
    DictionaryOutput,
    Dropouts,
    FrozenLayers,
    IntegerInput,
    SeveralOutputs,
    SharedTensor,
    UnusedBranch,
    WeightOfNoModule,
    picture,
)

FLOATS = {"rtol": 1e-4, "atol": 1e-6}
TOLERANCE = 1e-4  # of the sum of the terms' magnitudes, in float32
CELLS_A_STEP = 4
OPTIMIZERS: dict[str, Callable[[nn.Module], torch.optim.Optimizer]] = {
    "momentum": lambda model: torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
    "Adam": lambda model: torch.optim.Adam(model.parameters(), lr=0.01),
}
# Their gradients pass where no call can be seen: through a view that was written into, code run again on the way back,
# a backward of one's own.
PARTLY_UNSEEN = (AliasedViews, Checkpointed, CustomFunction)

every_model = pytest.mark.parametrize(
    ("make", "given"), LEARNING_MODELS, ids=[make.__name__ for make, _ in LEARNING_MODELS]
)
both_modes = pytest.mark.parametrize("train", [False, True], ids=["eval", "train"])
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad:UserWarning"),
]


def made(make: Callable[[], nn.Module], *, train: bool) -> nn.Module:
    torch.manual_seed(0)
    return make().train(train)


def target_of(make: Any, given: Any) -> Tensor:
    with torch.no_grad():
        return torch.randn(made(make, train=False)(given()).shape, generator=torch.Generator().manual_seed(5))


def recorded(make: Any, given: Any, *, train: bool, **more: Any) -> Recording:
    model, target = made(make, train=train), target_of(make, given)
    optimizer = more.pop("optimizer", None)
    torch.manual_seed(3)
    return record(
        model, given(), target=target, loss="mse", optimizer=None if optimizer is None else optimizer(model), **more
    )


def gone_back_plainly(make: Any, given: Any, *, train: bool) -> tuple[nn.Module, dict[str, Tensor]]:
    """A plain pass forward and back: the model with its gradients, and what arrived at the outputs of its modules."""
    model, target = made(make, train=train), target_of(make, given)
    arrived: dict[str, Tensor] = {}
    runs: dict[str, int] = {}

    def watch(path: str) -> Callable[..., None]:
        def see(module: nn.Module, args: Any, output: Any) -> None:
            runs[path] = runs.get(path, 0) + 1
            name = path if runs[path] == 1 else f"{path}:{runs[path]}"
            if isinstance(output, Tensor) and output.requires_grad:
                output.register_hook(lambda gradient: arrived.setdefault(name, gradient))

        return see

    handles = [
        module.register_forward_hook(watch(path))
        for path, module in model.named_modules()
        if path and not isinstance(module, torch.jit.ScriptModule)
    ]
    torch.manual_seed(3)
    output = model(given())
    for handle in handles:
        handle.remove()
    nn.functional.mse_loss(output, target).backward()
    return model, arrived


@every_model
@both_modes
def test_gradients_are_those_of_plain_pytorch(make: Any, given: Any, train: bool) -> None:
    recording = recorded(make, given, train=train)
    plain, arrived = gone_back_plainly(make, given, train=train)
    expected = {name: weight.grad for name, weight in plain.named_parameters() if weight.grad is not None}
    assert recording.parameter_gradients.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(recording.parameter_gradients[name], gradient, **FLOATS, msg=name)
    by_name = {call.name: call.grad_output for call in recording.calls}
    for name, gradient in arrived.items():
        if name in by_name and make is not Checkpointed:  # whose modules run a second time on the way back
            torch.testing.assert_close(by_name[name], gradient, **FLOATS, msg=name)
    assert make in PARTLY_UNSEEN or any(name in arrived for name in by_name) or not list(plain.children())


@every_model
@both_modes
def test_what_its_users_pass_back_adds_up_to_each_tensor_s_gradient(make: Any, given: Any, train: bool) -> None:
    if make in PARTLY_UNSEEN:
        pytest.skip("not every call on its way back is seen")
    recording = recorded(make, given, train=train)
    sums: dict[int, Tensor] = {}
    for call in (*recording.calls, recording.loss_call):
        hands_on = call.kept_output in call.kept_args  # an identity: its users are counted, it is none itself
        shares = passed_back(call) if call.has_gradient and not hands_on else {}
        for name, kept in kept_by_name(call):
            if name in shares:
                sums[id(kept)] = sums.get(id(kept), 0) + shares[name]
    checked = 0
    for call in recording.calls:
        for kept, gradient in zip(outputs_of(call), call.grad_outputs, strict=False):
            if gradient is not None:
                torch.testing.assert_close(sums[id(kept)], gradient, **FLOATS, msg=call.name)
                checked += 1
    assert checked


def kept_by_name(call: Call) -> Iterator[tuple[str, Kept]]:
    for name, value in call.named(call.kept_args, call.kept_kwargs).items():
        listed = value if isinstance(value, (list, tuple)) else ()
        yield from ((f"{name}[{at}]", item) for at, item in enumerate(listed) if isinstance(item, Kept))
        if isinstance(value, Kept):
            yield name, value


def outputs_of(call: Call) -> list[Kept]:
    return [call.kept_output] if isinstance(call.kept_output, Kept) else list(call.kept_output)


@every_model
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_updates_are_those_of_the_optimizer(make: Any, given: Any, optimizer: str) -> None:
    model, target = made(make, train=False), target_of(make, given)
    plain = made(make, train=False)
    mine, theirs = OPTIMIZERS[optimizer](model), OPTIMIZERS[optimizer](plain)
    for seed in range(2):
        torch.manual_seed(seed)
        recording = record(model, given(), target=target, loss="mse", optimizer=mine)
        theirs.zero_grad()
        torch.manual_seed(seed)
        nn.functional.mse_loss(plain(given()), target).backward()
        theirs.step()
        assert {update.parameter for update in recording.updates} == recording.parameter_gradients.keys()
    for name, weight in plain.named_parameters():
        torch.testing.assert_close(model.get_parameter(name), weight, rtol=1e-3, atol=1e-4, msg=name)
    if make is not Checkpointed and recording.updates:
        read = {step.update.parameter: step.call for step in recording.steps if step.update is not None}
        assert all(call.name for call in read.values())


@every_model
@both_modes
@pytest.mark.parametrize(("budget_bytes", "optimizer"), [(2**31, "momentum"), (2000, "Adam")], ids=["whole", "lean"])
def test_cells_of_every_step_explain_themselves_or_say_why_not(
    make: Any, given: Any, train: bool, budget_bytes: int, optimizer: str
) -> None:
    recording = recorded(make, given, train=train, budget_bytes=budget_bytes, optimizer=OPTIMIZERS[optimizer])
    rng = random.Random(0)
    explained = 0
    for step in recording.steps:
        for of, shape in step.shapes.items():
            for _ in range(CELLS_A_STEP):
                cell = tuple(rng.randrange(size) for size in shape)
                explained += is_explained(recording, step, cell, of)
    assert explained > 20


def is_explained(recording: Recording, step: Any, cell: tuple[int, ...], of: str) -> bool:
    found = explorer.explain(recording, step, cell, of=of)
    if step.update is None and operation_for(step.call.kind) is None:
        assert isinstance(found, WithoutTerms)
        assert found.why.startswith("There is no arithmetic for calls of the kind ")
        return False
    size = max(found.magnitude, abs(found.computed), 1e-6)
    assert found.error <= TOLERANCE * size, f"{step.kind} {step.call.name} {of}{cell}: {found}"
    return True


@every_model
def test_whatever_a_call_was_given_is_worked_out_again_under_a_small_budget(make: Any, given: Any) -> None:
    whole = recorded(make, given, train=True)
    lean = recorded(make, given, train=True, budget_bytes=2000)
    for call, again in zip(whole.calls, lean.calls, strict=True):
        for mine, theirs in zip(given_tensors(lean, again), given_tensors(whole, call), strict=True):
            torch.testing.assert_close(mine.tensor, theirs.tensor, **FLOATS, msg=f"{call.name} {mine.name}")


@every_model
def test_nothing_is_left_behind_without_an_optimizer(make: Any, given: Any) -> None:
    model, target = made(make, train=True), target_of(make, given)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    record(model, given(), target=target, loss="mse")
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())


# One by one


def test_a_branch_that_goes_nowhere_gets_no_gradient_and_one_times_zero_gets_zeros() -> None:
    recording = recorded(UnusedBranch, picture, train=False)
    assert recording["unused"].grad_output is None
    assert not any(name.startswith(("unused", "idle")) for name in recording.parameter_gradients)
    assert not recording.parameter_gradients["silenced.weight"].any()
    with pytest.raises(EngineError, match="No gradient arrived at unused"):
        passed_back(recording["unused"])


def test_no_gradient_passes_a_detached_tensor() -> None:
    recording = recorded(DetachedInside, picture, train=False)
    assert recording["detach"].grad_output is None
    assert set(passed_back(recording["mul"])) == {"input"}


def test_a_frozen_layer_passes_the_gradient_on_and_learns_nothing() -> None:
    recording = recorded(FrozenLayers, picture, train=False, optimizer=OPTIMIZERS["Adam"])
    assert recording["first"].grad_output is None
    assert set(passed_back(recording["third"])) == {"input"}
    assert set(passed_back(recording["fourth"])) == {"input", "weight"}
    assert [update.parameter for update in recording.updates] == ["second.weight", "second.bias", "fourth.weight"]


def test_a_weight_of_two_layers_is_updated_once_with_both_their_shares() -> None:
    recording = recorded(SharedTensor, picture, train=False, optimizer=OPTIMIZERS["momentum"])
    shares = [passed_back(recording[name])["weight"] for name in ("first", "second")]
    torch.testing.assert_close(sum(shares), recording.parameter_gradients["first.weight"], **FLOATS)
    assert [update.parameter for update in recording.updates] == ["first.weight", "first.bias", "second.bias"]


def test_a_call_with_several_outputs_passes_back_what_arrived_at_each() -> None:
    recording = recorded(SeveralOutputs, picture, train=False)
    assert recording["chunk"].grad_outputs[0] is not None
    assert recording["chunk"].grad_outputs[1] is not None
    assert recording["chunk:2"].grad_outputs[0] is None
    both = torch.cat(recording["chunk"].grad_outputs, dim=1)
    torch.testing.assert_close(passed_back(recording["chunk"])["input"], both)


def test_whole_numbers_get_no_gradient_but_their_embedding_does() -> None:
    words = dict(LEARNING_MODELS)[IntegerInput]
    recording = recorded(IntegerInput, words, train=False)
    step = next(step for step in recording.steps if step.kind == "backward" and step.call.name == "embedding")
    assert dict(step.shapes) == {"weight": (10, 4)}


def test_an_update_belongs_to_the_first_call_that_reads_the_parameter() -> None:
    recording = recorded(WeightOfNoModule, picture, train=False, optimizer=OPTIMIZERS["momentum"])
    assert [(update.parameter, update.call.name) for update in recording.updates] == [
        ("matrix", "matmul"),
        ("shift", "add"),
    ]


@pytest.mark.parametrize("is_leaf", [True, False])
def test_an_input_that_requires_a_gradient_can_be_asked_for_it_and_its_own_is_left_alone(is_leaf: bool) -> None:
    model, target = made(SharedTensor, train=False), target_of(SharedTensor, picture)
    leaf = picture().requires_grad_()
    x = leaf if is_leaf else leaf * 1
    leaf.grad = before = torch.ones_like(leaf)
    recording = record(model, x, target=target, loss="mse")
    assert leaf.grad is before
    assert torch.equal(before, torch.ones_like(leaf))
    (gradient,) = recording.input_gradients
    expected = torch.autograd.grad(nn.functional.mse_loss(model(x), target), x)[0]
    torch.testing.assert_close(gradient, expected, **FLOATS)
    shares = passed_back(recording["first"])["input"] + passed_back(recording["mul"])["other"]
    torch.testing.assert_close(shares, gradient, **FLOATS)
    asked = [step.shapes for step in recording.steps if step.kind == "backward" and step.call.name == "first"]
    assert asked[0]["input"] == (2, 3, 8, 8)


def test_an_input_that_requires_no_gradient_gets_none() -> None:
    assert recorded(SharedTensor, picture, train=False).input_gradients == (None,)


def test_every_cell_of_a_dropout_tells_whether_it_was_kept() -> None:
    """Also where the input is 0, where the output cannot tell."""
    recording = recorded(Dropouts, picture, train=True)
    lines = []
    for step in recording.steps:
        if step.call.name == "cells":
            for cell in torch.cartesian_prod(*map(torch.arange, step.call.output_shape)).tolist():
                of = "output" if step.kind == "forward" else "input"
                found = explorer.explain(recording, step, tuple(cell), of=of)
                assert found.error <= 1e-6
                lines.append(found.result)
    assert set(lines) == {"it was kept", "it was dropped", "the cell was kept", "the cell was dropped"}
    assert (recording["cells"].arguments["input"] == 0).any()


def test_a_dropout_of_channels_keeps_or_drops_them_whole() -> None:
    recording = recorded(Dropouts, picture, train=True)
    mask = recording.arguments(recording["channels"])["mask"]
    assert mask.flatten(2).float().std(dim=2).max() == 0
    assert "mask" not in recording.arguments(recording["relu"])
    idle = recorded(Dropouts, picture, train=False)
    assert "mask" not in idle.arguments(idle["cells"])


@pytest.mark.parametrize(
    ("target", "words"),
    [(None, "missing"), ("cat", "a str"), ([[1.0], [2.0, 3.0]], "a list"), (torch.zeros(3), "3")],
)
def test_a_target_that_does_not_fit_is_refused_in_a_sentence(target: Any, words: str) -> None:
    with pytest.raises(EngineError) as refused:
        record(made(SharedTensor, train=False), picture(), target=target, loss="mse")
    assert words in str(refused.value)
    assert str(refused.value).endswith(".")


def test_complex_outputs_are_refused_in_a_sentence() -> None:
    class Spectrum(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return torch.fft.fft(super().forward(x))

    with pytest.raises(EngineError, match=r"A loss compares real numbers: .*\."):
        record(Spectrum(4, 4), torch.randn(2, 4), target=torch.zeros(2, 4), loss="mse")


def test_a_target_or_an_optimizer_without_a_loss_is_refused() -> None:
    model = made(SharedTensor, train=False)
    with pytest.raises(EngineError, match="only with a loss"):
        record(model, picture(), target=torch.zeros(2))
    with pytest.raises(EngineError, match="only with a loss"):
        record(model, picture(), optimizer=OPTIMIZERS["Adam"](model))


def test_a_model_that_gives_several_tensors_has_no_loss() -> None:
    with pytest.raises(EngineError, match="gives 2 tensors"):
        record(made(DictionaryOutput, train=False), picture(), target=torch.zeros(1), loss="mse")


def test_a_way_back_that_pytorch_cannot_go_is_refused_in_a_sentence() -> None:
    class Overwritten(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(8, 8)

        def forward(self, x: Tensor) -> Tensor:
            y = self.linear(x).sigmoid()
            z = y * 2
            y.add_(1)
            return y + z

    model = made(Overwritten, train=False)
    with pytest.raises(EngineError, match=r"The way back failed: .* inplace operation") as refused:
        record(model, picture(), target=picture(), loss="mse")
    assert str(refused.value).endswith(".")
    assert model.linear.weight.grad is None


def test_a_step_is_freed_with_its_last_reference() -> None:
    assert not gc.isenabled()
    recording = recorded(SharedTensor, picture, train=False, optimizer=OPTIMIZERS["Adam"])
    tensors = [weakref.ref(recording["first"].output), weakref.ref(recording["first"].grad_output)]
    del recording
    assert [tensor() for tensor in tensors] == [None, None]


def test_weights_that_were_changed_since_are_not_taken_for_the_recorded_ones() -> None:
    model, target = made(SharedTensor, train=False), target_of(SharedTensor, picture)
    recording = record(model, picture(), target=target, loss="mse")
    with torch.no_grad():
        model.first.weight += 1
    with pytest.raises(EngineError, match="changed since"):
        explorer.explain(recording, "first", (0, 0, 0, 0))
    with pytest.raises(EngineError, match="changed since"):
        passed_back(recording["first"])
