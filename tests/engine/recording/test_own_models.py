"""Models as people write them: compiled, mapped, threaded, quantised, growing; nothing is missing in silence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.ao import quantization
from torch.nn.utils import parametrizations

from explorer.engine import EngineError, record
from explorer.engine.recording.call_tensors import argument_titles
from explorer.engine.recording.recording import Recording
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.stepper import LearningBatch, record_gradients
from tests.named_models import NAMED_MODELS

quantising = pytest.mark.filterwarnings("ignore:.*", "ignore::DeprecationWarning")


def names(recording: Recording) -> list[str]:
    return [call.name for call in recording.calls]


def unchanged(model: nn.Module, before: dict[str, Tensor]) -> bool:
    now = model.state_dict()
    return all(now[key].shape == kept.shape and torch.equal(now[key], kept) for key, kept in before.items())


def copied(model: nn.Module) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in model.state_dict().items()}


# What was compiled


def test_compiled_code_is_recorded_as_it_was_written() -> None:
    code = """
import torch
from torch import nn
from explorer.engine import record

@torch.compile(backend="eager")
def twice(x):
    return x * 2

class Inside(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.compile(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), backend="eager")
        self.last = nn.Linear(4, 2)
        self.last.compile()
    def forward(self, x):
        return twice(self.last(self.first(x)))

in_place = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
in_place.compile()
for model in (in_place, Inside()):
    recording = record(model, torch.ones(1, 4), target=[0], loss="cross_entropy")
    print([call.kind for call in recording.calls], recording.unseen == "", recording.calls[1].parents != ())
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == [
        "['linear', 'relu', 'linear'] True True",
        "['linear', 'relu', 'linear', 'mul'] True True",
    ], done.stderr


def test_the_compiler_is_not_imported_for_a_model_that_is_not_compiled() -> None:
    code = """
import sys, torch
from explorer.engine import record
record(torch.nn.Linear(2, 2), torch.ones(1, 2))
assert "torch._dynamo" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


# What cannot be seen is said


class Mapped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear, self.weights = nn.Linear(4, 4), nn.Parameter(torch.randn(3, 2, 4))

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.linear(x)
        return torch.vmap(lambda weight: hidden @ weight.T)(self.weights)


class Threads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(4, 2), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda module: module(x), [self.one, self.two])
        return first + second


class FunctionInThread(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.linear(x)
        with ThreadPoolExecutor(1) as pool:
            return hidden * pool.submit(torch.relu, hidden).result()


class GivenByThread(FunctionInThread):
    def forward(self, x: Tensor) -> Tensor:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(torch.relu, self.linear(x)).result()


UNSEEN: list[tuple[Callable[[], nn.Module], str]] = [
    (Mapped, "What torch.vmap or its like ran (T, matmul) is not on record call by call."),
    (Threads, "What ran in another thread (one, two) is not on record."),
    (FunctionInThread, "No call on record made what mul reads"),
    (GivenByThread, "No call on record made what the model gives"),
]


@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize(("make", "sentence"), UNSEEN, ids=[make.__name__ for make, _ in UNSEEN])
def test_what_a_pass_ran_unseen_is_told(make: Callable[[], nn.Module], sentence: str, grad: bool) -> None:
    with torch.set_grad_enabled(grad):
        assert record(make(), torch.ones(2, 4)).unseen.startswith(sentence)


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.parametrize(("make", "given"), NAMED_MODELS)
def test_nothing_is_told_to_be_unseen_where_all_is_seen(
    make: Callable[[], nn.Module], given: Callable[[], Tensor]
) -> None:
    with torch.no_grad():
        assert record(make(), given()).unseen == ""


MEAN = torch.full((4,), 0.5)


class Constants(nn.Module):
    """Numbers from around the model, from nothing, from numpy and from an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.plain = torch.ones(4)

    def forward(self, x: Tensor) -> Tensor:
        made = torch.from_numpy(self.plain.numpy() * 2) * torch.arange(4).float()
        return (x - MEAN) * self.plain + made + x.new_ones(4)


def test_constants_are_no_lack() -> None:
    assert record(Constants(), torch.ones(1, 4)).unseen == ""


# Left as found


class Growing(nn.Module):
    """A buffer that each pass makes larger in place."""

    seen: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(0))

    def forward(self, x: Tensor) -> Tensor:
        self.seen.resize_(len(self.seen) + 3).copy_(x.mean(0).repeat(len(self.seen) // 3))
        return x * 2


def test_a_buffer_that_a_pass_resizes_is_left_as_found() -> None:
    model = Growing()
    model(torch.ones(2, 3))
    seen = model.seen
    assert record(model, torch.randn(2, 3)).error is None
    assert model.seen is seen
    assert torch.equal(model.seen, torch.ones(3))


@quantising
def test_a_model_in_training_for_quantisation_is_recorded_and_left_as_found() -> None:
    model = nn.Sequential(quantization.QuantStub(), nn.Conv2d(3, 8, 3), nn.ReLU(), quantization.DeQuantStub()).train()
    model.qconfig = quantization.get_default_qat_qconfig("x86")  # type: ignore[assignment, no-untyped-call]
    quantization.prepare_qat(model, inplace=True)  # type: ignore[no-untyped-call]
    before = copied(model)
    assert record(model, torch.randn(2, 3, 8, 8)).error is None
    assert unchanged(model, before)


@pytest.mark.parametrize("training", [True, False])
def test_asking_for_gradients_leaves_what_a_pass_rewrites(training: bool) -> None:
    model = nn.Sequential(parametrizations.spectral_norm(nn.Linear(4, 3)), nn.BatchNorm1d(3)).train(training)
    before = copied(model)
    batch = LearningBatch(torch.randn(4, 4).numpy(), (0, 1, 2, 0), Hyperparameters())
    assert record_gradients(model, batch, training=training).recording.loss is not None
    assert unchanged(model, before)


# Names


class Encoder(nn.Module):
    """Gives its input on beside what it made of it, as the encoders of segmentation networks do."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()

    def forward(self, x: Tensor) -> list[Tensor]:
        return [x, self.relu(self.conv(x))]


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.block = Encoder()

    def forward(self, x: Tensor) -> Tensor:
        return self.block(self.block(x)[1])[1]


def test_a_block_that_hands_its_input_on_or_runs_twice_has_a_name() -> None:
    recording = record(Twice(), torch.randn(1, 3, 8, 8))
    assert names(recording) == ["block.conv", "block.relu", "block.conv:2", "block.relu:2"]
    assert recording["block"] is recording["block.relu"]
    assert recording["block:2"] is recording["block.relu:2"]


class OnBuffer(nn.Module):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.register_buffer(name, torch.arange(9.0))
        self.linear = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(torch.add(self.get_buffer(self.name)[:4], x) + torch.exp(torch.zeros(4)))


@pytest.mark.parametrize(
    ("name", "title"), [("position", "position"), ("input", "self.input"), ("getitem", "self.getitem")]
)
def test_a_buffer_is_called_by_its_own_name_and_constants_by_none(name: str, title: str) -> None:
    recording = record(OnBuffer(name), torch.randn(1, 4))
    titles = {call.name: argument_titles(recording, call) for call in recording.calls}
    assert recording["getitem"].parents == ()  # which no call made, nor was it the network's input
    assert list(recording["getitem"].arguments) == ["input", "index"]  # as PyTorch calls what it is given
    assert titles["getitem"] == {"input": title}
    assert titles["add"] == {"input": "getitem", "other": "input"}
    assert titles["exp"] == {"input": "other numbers"}
    assert titles["linear"] == {"input": "add:2", "weight": "linear.weight", "bias": "linear.bias"}


class InputAndLoss(nn.Module):
    """Layers under the names of what the network was given and of the loss that it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.input, self.loss = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.loss(self.input(x))


def test_a_layer_called_input_or_loss_is_told_from_the_input_and_the_loss() -> None:
    recording = record(InputAndLoss(), torch.randn(1, 4), target=[0], loss="cross_entropy")
    assert names(recording) == ["input.linear", "loss.linear"]
    assert [call.parents for call in recording] == [("input",), ("input.linear",)]
    assert recording["input"] is recording["input.linear"]
    assert recording.loss_call is not None
    assert (recording.loss_call.name, recording.loss_call.parents) == ("loss", ("loss.linear",))
    assert [step.call.name for step in recording.steps if step.kind == "backward"] == [
        "loss",
        *reversed(names(recording)),
    ]


def test_the_source_of_a_call_is_the_line_of_its_modules_author_though_his_folder_begins_as_pytorchs() -> None:
    library = f"{Path(torch.__file__).parent}vision/models/net.py"
    code = """
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 2)
    def forward(self, x):
        return self.linear(x)
"""
    found: dict[str, type[nn.Module]] = {}
    exec(compile(code, library, "exec"), found)
    assert record(found["Net"](), torch.ones(1, 4)).calls[0].source == f"{library}:8"


# Receptive fields


class MeanOver(nn.Module):
    def __init__(self, dims: list[int]) -> None:
        super().__init__()
        self.conv, self.dims = nn.Conv2d(3, 4, 3), dims

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x).mean(self.dims)


def test_a_mean_over_a_list_of_axes_has_fields() -> None:
    field = record(MeanOver([2, 3]), torch.randn(1, 3, 8, 8)).receptive_fields().field("mean", 0, 1)
    assert field is not None
    assert field.mask.all()


@quantising
def test_a_quantised_model_has_fields_that_are_never_too_small() -> None:
    model = nn.Sequential(quantization.QuantStub(), nn.Conv2d(3, 8, 3), nn.ReLU(), quantization.DeQuantStub()).eval()
    model.qconfig = quantization.get_default_qconfig("x86")  # type: ignore[assignment, no-untyped-call]
    quantization.prepare(model, inplace=True)  # type: ignore[no-untyped-call]
    model(torch.randn(2, 3, 8, 8))
    quantization.convert(model, inplace=True)  # type: ignore[no-untyped-call]
    recording = record(model, torch.randn(1, 3, 8, 8))
    field = recording.receptive_fields().field(recording.calls[-1].name, 2, 2)
    assert field is not None
    assert field.mask[2:5, 2:5].all()


# Nested tensors


@pytest.mark.parametrize("layout", [torch.strided, torch.jagged])
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_nested_tensors_are_refused_in_a_sentence(layout: torch.layout) -> None:
    x = torch.nested.nested_tensor([torch.randn(3, 8), torch.randn(5, 8)], layout=layout)
    with pytest.raises(EngineError, match="different sizes, which no map can show"):
        record(nn.Linear(8, 2), x)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_a_nested_tensor_inside_ends_the_recording_where_it_comes() -> None:
    class Nesting(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(torch.nested.nested_tensor([x[0], x[1, :2]]))

    recording = record(Nesting(8, 2), torch.randn(2, 3, 8))
    assert "different sizes" in str(recording.error)
    assert names(recording) == ["getitem", "getitem:2"]


# Attention


def encoder(**others: Any) -> nn.TransformerEncoder:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    return nn.TransformerEncoder(layer, 2, **others).eval()


BEHIND = torch.tensor([[False, False, False, False, True], [False, False, True, True, True]])
PADDED: dict[str, tuple[Callable[[], nn.Module], Tensor]] = {
    "padding behind": (encoder, BEHIND),
    "a mask of numbers": (encoder, torch.zeros(2, 5).masked_fill(BEHIND, float("-inf"))),
    "a whole example": (encoder, torch.tensor([[False] * 5, [True] * 5])),
    "no padding": (encoder, torch.zeros(2, 5, dtype=torch.bool)),
    "padding before": (encoder, BEHIND.flip(1)),
    "a norm behind the layers": (lambda: encoder(norm=nn.LayerNorm(8)), BEHIND),
    "no nested tensors": (lambda: encoder(enable_nested_tensor=False), BEHIND),
    "in training": (lambda: encoder().train(), BEHIND),
}


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("name", PADDED)
def test_an_encoder_with_padding_gives_its_own_output(name: str, grad: bool) -> None:
    make, padding = PADDED[name]
    model, x = make(), torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(1))
    with torch.set_grad_enabled(grad):
        torch.manual_seed(2)
        expected = model(x, src_key_padding_mask=padding)
        torch.manual_seed(2)
        recording = record(model, {"src": x, "src_key_padding_mask": padding})
    torch.testing.assert_close(recording.outputs, expected, rtol=1e-5, atol=1e-5, equal_nan=True)
    assert recording.unseen == ""
    assert not any("forward" in vars(module) for module in model.modules())


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("by", ["padding", "mask", "mask of each head"])
def test_a_row_that_is_masked_as_a_whole_is_pytorchs_or_a_sentence_says_why_it_is_not(by: str, whole: bool) -> None:
    blocked = torch.zeros(5, dtype=torch.bool)
    blocked[0 if whole else 1 :] = True
    masks = {
        "padding": {"key_padding_mask": torch.stack([blocked, torch.zeros(5, dtype=torch.bool)])},
        "mask": {"attn_mask": blocked.repeat(5, 1)},
        "mask of each head": {"attn_mask": torch.stack([blocked.repeat(5, 1)] + [torch.zeros(5, 5) > 0] * 3)},
    }[by]

    class Attending(nn.MultiheadAttention):
        def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
            return super().forward(x, x, x, need_weights=False, **masks)[0]

    model, x = nn.Sequential(Attending(8, 2, batch_first=True)).eval(), torch.randn(2, 5, 8)
    for grad in (True, False):
        with torch.set_grad_enabled(grad):
            recording, expected = record(model, x), model(x)
        is_same = torch.allclose(recording.outputs, expected, rtol=1e-5, atol=1e-5, equal_nan=True)
        assert is_same == ("A row in which everything is masked (0) gives zeros on record" not in recording.unseen)
        assert is_same or (whole and not grad and expected.isnan().any())


@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("needs", [True, False])
def test_attention_gives_its_own_output(needs: bool, grad: bool) -> None:
    class Attending(nn.MultiheadAttention):
        def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
            return super().forward(x, x, x, key_padding_mask=BEHIND, need_weights=needs)[0]

    model, x = Attending(8, 2, batch_first=True).eval(), torch.randn(2, 5, 8)
    with torch.set_grad_enabled(grad):
        torch.testing.assert_close(record(model, x).outputs, model(x), rtol=1e-5, atol=1e-5)
