"""The recorder against plain PyTorch, over every named model."""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine import Cancelled, EngineError, OutOfMemoryError, RecordError, record
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.tree import leaves
from tests.named_models import (
    NAMED_MODELS,
    AddedInPlace,
    AliasedViews,
    Attention,
    Bookkeeping,
    Checkpointed,
    CustomFunction,
    DictionaryOutput,
    Failing,
    Found,
    FunctionalCalls,
    InPlaceReLU,
    IntegerInput,
    NestedOutput,
    RandomInside,
    Recurrent,
    ResNet18,
    ReusedModule,
    ScriptedControlFlow,
    SharedTensor,
    picture,
)

every_model = pytest.mark.parametrize(("make", "given"), NAMED_MODELS, ids=[make.__name__ for make, _ in NAMED_MODELS])
# TorchScript is deprecated, and still what some people open.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad:UserWarning"),
]


def made(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return make().eval()


def names(recording: Any) -> list[str]:
    return [call.name for call in recording.calls]


def outputs_by_hooks(model: nn.Module, x: Any) -> tuple[list[tuple[str, Tensor]], Any]:
    """What plain PyTorch gives: each module's output as it came out, and the model's."""
    seen: list[tuple[str, Tensor]] = []

    def see(path: str) -> Callable[..., None]:
        return lambda module, given, output: seen.append((path, leaves(output, Tensor)[0].clone()))

    hookable = [(path, module) for path, module in model.named_modules() if not _is_scripted(module)]
    handles = [module.register_forward_hook(see(path)) for path, module in hookable]
    try:
        return seen, model(x)
    finally:
        for handle in handles:
            handle.remove()


def _is_scripted(module: nn.Module) -> bool:
    return isinstance(module, torch.jit.ScriptModule)


# Values


@every_model
def test_outputs_are_those_of_plain_pytorch_to_the_last_bit(make: Any, given: Any) -> None:
    model, x = made(make), given()
    torch.manual_seed(3)
    recorded = record(model, x)
    torch.manual_seed(3)
    plain = model(x)
    assert recorded.error is None
    assert type(recorded.outputs) is type(plain)
    for ours, theirs in zip(leaves(recorded.outputs, Tensor), leaves(plain, Tensor), strict=True):
        assert torch.equal(ours, theirs)


@every_model
def test_each_run_of_a_module_is_recorded_as_a_hook_sees_it(make: Any, given: Any) -> None:
    model, x = made(make), given()
    torch.manual_seed(3)
    recorded = record(model, x)
    torch.manual_seed(3)
    seen, _ = outputs_by_hooks(model, x)
    runs: dict[str, int] = {}
    for path, output in seen:
        runs[path] = runs.get(path, 0) + 1
        name = path if runs[path] == 1 else f"{path}:{runs[path]}"
        if name in names(recorded):
            assert torch.equal(leaves(recorded[name].output, Tensor)[0], output), name
    leaf_paths = {path for path, module in model.named_modules() if path and not list(module.children())}
    assert leaf_paths & {path for path, _ in seen} <= set(names(recorded)) | {"attention.out_proj"}


@every_model
def test_each_call_repeated_alone_on_its_recorded_inputs_gives_its_recorded_output(make: Any, given: Any) -> None:
    """So no later in-place operation changed what a call read or gave."""
    torch.manual_seed(3)
    recording = record(made(make), given())
    for call in recording.calls:
        for kept in leaves(call.kept_output, Kept) if call.random_state is None else ():
            kept.tensor, expected = None, kept.tensor
            again = recording.recompute(call.name)
            kept.tensor = expected
            assert any(torch.equal(output, expected) for output in leaves(again, Tensor)), call.name


@every_model
def test_recording_without_gradients_gives_the_same_numbers(make: Any, given: Any) -> None:
    model, x = made(make), given()
    torch.manual_seed(3)
    with torch.no_grad():
        recorded = record(model, x)
    torch.manual_seed(3)
    for ours, theirs in zip(leaves(recorded.outputs, Tensor), leaves(model(x), Tensor), strict=True):
        torch.testing.assert_close(ours, theirs.detach())


@every_model
def test_gradients_flow_through_a_recorded_pass_as_through_a_plain_one(make: Any, given: Any) -> None:
    def gradients(run: Callable[[nn.Module], Any]) -> dict[str, Tensor]:
        torch.manual_seed(3)
        model = made(make)
        outputs = list(leaves(run(model), Tensor))
        sum(output.sum() for output in outputs if output.requires_grad).backward()
        return {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}

    if make is Bookkeeping:
        pytest.skip("its output takes part in no gradient")
    plain = gradients(lambda model: model(given()))
    recorded = gradients(lambda model: record(model, given(), keep_graph=True).outputs)
    assert plain.keys() == recorded.keys()
    for name, gradient in plain.items():
        torch.testing.assert_close(recorded[name], gradient)


# The model is left as it was found


@every_model
@pytest.mark.parametrize("train", [None, True, False])
def test_the_model_is_left_as_it_was_found(make: Any, given: Any, train: bool | None) -> None:
    model = made(make)
    model.train()
    next(model.modules()).training = False  # a mixture must come back as a mixture
    state = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    forwards = [module.__dict__.get("forward") for module in model.modules()]
    torch_state, python_state, numpy_state = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()
    x = given()
    before = x.clone()
    assert record(model, x, train=train).error is None
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert random.getstate() == python_state
    assert (np.random.get_state()[1] == numpy_state).all()
    assert all(weight.grad is None for weight in model.parameters())
    assert torch.equal(x, before)
    assert [module.__dict__.get("forward") for module in model.modules()] == forwards


def test_a_failed_pass_leaves_the_model_as_it_was_found() -> None:
    model = made(Failing).train()
    record(model, picture(), train=False)
    assert model.training
    assert not any("forward" in module.__dict__ for module in model.modules())


def test_batch_norm_in_training_mode_is_recorded_with_the_batch_s_own_mean_and_its_averages_come_back() -> None:
    model = made(AddedInPlace)
    recording = record(model, picture(), train=True)
    assert model.norm.num_batches_tracked == 0
    assert recording["norm"].output.mean().abs() < 1e-6
    assert torch.equal(recording["norm"].arguments["running_mean"], torch.zeros(4))


def test_a_batch_norm_that_runs_twice_in_training_shows_its_averages_as_each_run_found_them() -> None:
    norm = nn.BatchNorm2d(3)
    recording = record(nn.Sequential(norm, nn.ReLU(), norm), picture())
    after_one = nn.BatchNorm2d(3)
    after_one(picture())
    assert torch.equal(recording["0"].arguments["running_mean"], torch.zeros(3))
    assert torch.equal(recording["0:2"].arguments["running_mean"], after_one.running_mean)
    assert recording["0:2"].parents == ("1",)
    assert torch.equal(norm.running_mean, torch.zeros(3))


def test_the_mode_is_kept_unless_asked_for() -> None:
    model = made(RandomInside)
    assert record(model, picture())["dropout"].arguments["training"] is False
    assert record(model, picture(), train=True)["dropout"].arguments["training"] is True


# Names, kinds, parents


def test_a_module_that_runs_again_gets_a_number() -> None:
    recording = record(made(ReusedModule), picture())
    assert names(recording) == ["conv1", "relu", "conv2", "relu:2", "conv2:2", "relu:3"]
    assert recording["conv2:2"].parents == ("relu:2",)


def test_functional_calls_are_named_by_their_kind() -> None:
    recording = record(made(FunctionalCalls), picture())
    expected = ["conv", "tanh", "max_pool2d", "sub", "cat", "getitem", "flatten", "linear", "log_softmax"]
    assert names(recording) == expected
    assert recording["cat"].parents == ("max_pool2d", "sub")
    assert recording["sub"].kind == "sub"


def test_functional_calls_in_a_block_carry_the_block_s_path() -> None:
    recording = record(made(ResNet18), torch.randn(1, 3, 32, 32))
    first_block = [name for name in names(recording) if name.startswith("layer1.0.")]
    assert first_block == [f"layer1.0.{name}" for name in ("conv1", "bn1", "relu", "conv2", "bn2", "add", "relu:2")]
    assert recording["layer1.0.add"].parents == ("layer1.0.bn2", "maxpool")
    assert recording["layer1"].name == "layer1.1.relu:2"
    assert len(recording.calls) == 69


def test_a_tensor_read_in_several_places_is_each_one_s_parent() -> None:
    recording = record(made(SharedTensor), picture())
    assert recording["mul"].parents == ("first", "input")
    assert recording["add"].parents == ("second", "mul")


def test_a_write_through_a_view_is_a_parent_of_whoever_reads_the_base() -> None:
    recording = record(made(AliasedViews), picture())
    chain = ["conv", "getitem", "mul", "setitem", "view", "relu", "add"]
    assert names(recording) == chain
    assert [recording[name].parents for name in chain[1:]] == [(name,) for name in chain[:-1]]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (Bookkeeping, ["norm", "mean", "mul", "add"]),
        (Recurrent, ["flatten", "lstm", "getitem", "getitem:2", "add", "head"]),
        (Checkpointed, ["first.0", "first.1", "second.0", "second.1", "third", "mul"]),
        (ScriptedControlFlow, ["before", "branching", "add"]),
        (IntegerInput, ["embedding", "mean", "linear"]),
    ],
)
def test_bookkeeping_is_hidden_and_nothing_is_seen_twice(make: Any, expected: list[str]) -> None:
    model = made(make)
    given = dict(NAMED_MODELS)[make]
    assert names(record(model, given(), train=True)) == expected


def test_modules_without_a_call_of_their_own_are_calls_too() -> None:
    recording = record(nn.Sequential(nn.Identity(), nn.Flatten()), picture())
    assert [call.kind for call in recording.calls] == ["identity", "flatten"]
    assert recording["1"].parents == ("0",)


def test_attention_and_custom_functions_are_seen() -> None:
    attention = record(made(Attention), picture())
    assert "attention.multi_head_attention_forward" in names(attention)
    assert attention["norm"].parents == ("add",)
    assert record(made(CustomFunction), picture())["add"].parents == ("mul",)


def test_dictionaries_and_dataclasses_come_back_as_they_are() -> None:
    outputs = record(made(DictionaryOutput), picture()).outputs
    assert list(outputs) == ["out", "features"]
    found = record(made(NestedOutput), picture()).outputs
    assert isinstance(found, Found)
    assert found.pair.low.shape == (2, 2, 8, 8)


def test_several_inputs_and_named_inputs_are_passed_on() -> None:
    class Two(nn.Module):
        def forward(self, a: Tensor, b: Tensor) -> Tensor:
            return a - b

    a, b = torch.ones(2), torch.zeros(2)
    assert torch.equal(record(Two(), (a, b)).outputs, a)
    assert torch.equal(record(Two(), {"b": a, "a": b}).outputs, -a)


# What a call knows


def test_a_call_knows_its_arguments_size_cost_and_line() -> None:
    recording = record(made(ResNet18), torch.randn(1, 3, 64, 64))
    conv = recording["conv1"]
    assert conv.arguments["stride"] == (2, 2)
    assert conv.arguments["bias"] is None
    assert conv.input_shapes == ((1, 3, 64, 64), (64, 3, 7, 7))
    assert conv.output_shape == (1, 64, 32, 32)
    assert conv.output_bytes == 64 * 32 * 32 * 4
    assert conv.multiply_adds == 64 * 32 * 32 * 3 * 49
    assert conv.source.partition(":")[0].endswith("named_models.py")
    assert conv.seconds > 0
    assert recording["maxpool"].arguments["kernel_size"] == 3
    assert recording["fc"].multiply_adds == 512 * 1000


def test_steps_follow_the_calls() -> None:
    recording = record(made(ReusedModule), picture())
    assert [step.call for step in recording.steps] == list(recording.calls)
    assert {step.kind for step in recording.steps} == {"forward"}
    assert recording.steps[0].shapes == {"output": (2, 4, 8, 8)}


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(KeyError, match="conv1"):
        record(made(ReusedModule), picture())["conv9"]


def test_a_compiled_model_is_recorded_as_the_model_inside_it() -> None:
    class Compiled(nn.Module):
        """What torch.compile gives, but for the compiler."""

        def __init__(self, model: nn.Module) -> None:
            super().__init__()
            self._orig_mod = model

    assert names(record(Compiled(made(ReusedModule)), picture()))[0] == "conv1"


# In-place calls


def test_in_place_calls_spare_their_input_without_a_copy_where_that_is_safe() -> None:
    """A ReLU that runs out of place leaves its input the very tensor that batch norm made."""
    with torch.no_grad():
        recording = record(made(InPlaceReLU), picture())
    assert recording["relu"].inputs[0] is recording["norm"].output
    assert (recording["norm"].output < 0).any()
    assert (recording["relu"].output >= 0).all()


# A pass that fails


def test_a_failing_pass_keeps_what_came_before_and_names_the_call_and_the_shapes() -> None:
    recording = record(made(Failing), picture())
    assert names(recording) == ["conv", "relu", "flatten"]
    assert isinstance(recording.error, RecordError)
    assert recording.error.call == "linear"
    assert recording.error.input_shapes[0] == (2, 144)
    assert str(recording.error).startswith("linear failed on 2 × 144, 2 × 10, 2: ")
    assert str(recording.error).endswith(".")
    assert recording.outputs is None


def test_an_error_in_python_code_names_the_module() -> None:
    class Inner(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise ValueError("no picture today")

    recording = record(nn.Sequential(nn.ReLU(), Inner()), picture())
    assert str(recording.error) == "1 failed: no picture today."
    assert names(recording) == ["0"]


def test_an_error_the_model_catches_is_no_failure() -> None:
    class Careful(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            try:
                return x @ x[:, :, :1, :3]
            except RuntimeError:
                return x * 2

    recording = record(Careful(), picture())
    assert recording.error is None
    assert names(recording) == ["getitem", "mul"]


def test_running_out_of_memory_says_how_much_was_asked_for() -> None:
    class Greedy(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.flatten()[:1].expand(2**50).clone()

    recording = record(Greedy(), picture())
    assert isinstance(recording.error, OutOfMemoryError)
    assert "clone failed" in str(recording.error)
    assert "4,096 TiB of memory" in str(recording.error)


def test_a_recording_is_freed_with_its_last_reference() -> None:
    """Without waiting for the garbage collector, which would keep the activations of many passes."""
    assert not gc.isenabled()
    recording = record(made(InPlaceReLU), picture())
    activation = weakref.ref(recording["conv1"].output)
    del recording
    assert activation() is None


def test_a_lazy_module_that_never_ran_is_refused_and_left_alone() -> None:
    model = nn.Sequential(nn.LazyLinear(3))
    with pytest.raises(EngineError, match="A LazyLinear has no weights yet: run the model once"):
        record(model, torch.ones(1, 4))
    assert nn.parameter.is_lazy(model[0].weight)


def test_a_forward_that_somebody_else_put_on_a_module_runs_and_stays() -> None:
    model = made(ReusedModule)
    own = model.conv1.forward
    model.conv1.forward = doubled = lambda x: own(x) * 2
    recording = record(model, picture())
    assert names(recording)[:3] == ["conv1.conv2d", "conv1", "relu"]
    assert recording["conv1"].kind == "mul"
    assert model.conv1.forward is doubled


def test_the_garbage_collector_is_on_again_after_a_pass() -> None:
    gc.enable()
    try:
        record(made(Failing), picture())
        assert gc.isenabled()
    finally:
        gc.disable()  # as in all tests


# Stopping


def test_a_pass_stops_between_two_calls_and_the_model_is_left_as_it_was() -> None:
    model = made(AddedInPlace).train()
    asked = iter([False, False, False, True])
    with pytest.raises(Cancelled):
        record(model, picture(), should_stop=lambda: next(asked, True))
    assert model.norm.num_batches_tracked == 0
    assert not any("forward" in module.__dict__ for module in model.modules())


# The memory budget


def test_the_largest_outputs_are_dropped_first_and_said_so() -> None:
    model = nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(576, 2)).eval()
    small = 64 * 3 * 3 * 4 * 2 + 4 * 4
    with torch.no_grad():
        recording = record(model, picture(), budget_bytes=small + 1)
    assert recording.dropped == ("0", "1")
    assert recording["0"].is_dropped
    assert recording["1"].inputs == (None,)
    assert not recording["2"].is_dropped
    assert recording["0"].output_shape == (2, 64, 6, 6)
    assert torch.equal(recording.outputs, model(picture()))


@every_model
def test_whatever_is_dropped_can_be_worked_out_again(make: Any, given: Any) -> None:
    torch.manual_seed(3)
    whole = record(made(make), given(), train=make is RandomInside)
    torch.manual_seed(3)
    lean = record(made(make), given(), budget_bytes=0, train=make is RandomInside)
    assert lean.dropped
    for call in whole.calls:
        again = lean.recompute(call.name)
        for ours, theirs in zip(leaves(again, Tensor), leaves(call.output, Tensor), strict=True):
            torch.testing.assert_close(ours, theirs.detach())


def test_what_was_dropped_cannot_be_worked_out_with_other_weights() -> None:
    model = made(ReusedModule)
    recording = record(model, picture(), budget_bytes=0)
    with torch.no_grad():
        model.conv1.weight += 1
    with pytest.raises(EngineError, match="was changed since"):
        recording.recompute("conv1")


@pytest.mark.parametrize("make_tail", [lambda: torch.jit.script(nn.Sequential(nn.Tanh())), nn.Tanh])
def test_a_tensor_changed_in_place_whose_result_nobody_takes_reaches_the_next_module_changed(make_tail: Any) -> None:
    class Dropped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear, self.relu, self.tail = nn.Linear(4, 4), nn.ReLU(inplace=True), make_tail()

        def forward(self, x: Tensor) -> Tensor:
            x = self.linear(x)
            self.relu(x)
            return self.tail(x)

    torch.manual_seed(0)
    model, x = Dropped(), torch.randn(3, 4)
    assert torch.equal(record(model, x).outputs, model(x))


def test_a_model_with_a_sparse_buffer_is_left_as_found_in_training() -> None:
    class Graph(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(4, 2)
            self.register_buffer("neighbours", torch.eye(3).to_sparse())

        def forward(self, x: Tensor) -> Tensor:
            return torch.sparse.mm(self.neighbours, self.linear(x))

    model, x = Graph().train(), torch.randn(3, 4)
    assert torch.equal(record(model, x).outputs, model(x))
    assert torch.equal(model.neighbours.to_dense(), torch.eye(3))


def test_a_layer_under_vmap_is_part_of_the_module_around() -> None:
    class Mapped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(4, 2)

        def forward(self, x: Tensor) -> Tensor:
            return torch.vmap(self.linear)(x)

    model, x = Mapped(), torch.randn(3, 4)
    recording = record(model, x)
    assert names(recording) == ["mapped"]
    assert torch.equal(recording["mapped"].output, model(x))


def test_a_model_that_refuses_another_mode_runs_in_its_own() -> None:
    class Exported(nn.Linear):
        def train(self, mode: bool = True) -> Exported:
            raise NotImplementedError("Calling train() is not supported yet.")

    model, x = Exported(4, 2), torch.randn(3, 4)
    assert torch.equal(record(model, x, train=False).outputs, model(x))


def test_a_missing_key_is_told_as_one() -> None:
    class Keyed(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return {"y": x}["mask"]

    assert str(record(Keyed(), torch.ones(1)).error) == "The network failed: there is no key 'mask'."


def test_a_model_that_ends_the_program_fails_in_a_sentence() -> None:
    class Leaving(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise SystemExit(3)

    assert str(record(Leaving(), torch.ones(1)).error) == "The network failed: it asked the program to end."
