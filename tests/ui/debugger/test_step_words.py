"""Every step of every kind is told in words of its own, and the line of PyTorch beside them really does it."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import explorer
from explorer.arithmetic import mathematics, more_activations
from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.arithmetic.operations import OPERATIONS, operation_for
from explorer.arithmetic.updates import UPDATES, update_named, update_of
from explorer.arithmetic.words import UNKNOWN, KindWords
from explorer.engine.recording.arguments import tensors_by_name
from explorer.session.cursor import Cursor, at, into
from explorer.session.step_tensors import Tensor
from explorer.session.timeline import Timeline
from explorer.ui.debugger.into.plan import into_plan
from explorer.ui.debugger.into.term_tables import Table
from explorer.ui.debugger.words import facts_line, header, step_label, step_words
from tests.arithmetic.calls import function_of
from tests.by_hand import ByHand
from tests.named_models import LEARNING_MODELS

# Kinds that go by another's words.
ALIASES = {
    "max_pool2d_with_indices": "max_pool2d",
    "upsample": "interpolate",
    "dropout1d": "dropout2d",
    "dropout3d": "dropout2d",
    **dict.fromkeys(("swapaxes", "swapdims"), "transpose"),
    **dict.fromkeys(("T", "mT"), "t"),
    "moveaxis": "movedim",
    **dict.fromkeys(("broadcast_to", "expand_as"), "expand"),
    "tile": "repeat",
    **dict.fromkeys(("mm", "bmm", "mv", "dot"), "matmul"),
    "baddbmm": "addmm",
    **dict.fromkeys(("type_as", "type", "float", "double", "half", "bfloat16", "long", "int", "bool", "cpu"), "to"),
}
LONGEST = 190  # letters that have room on the panel's lines


class Calls(nn.Module):
    """A model that is one function."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x)


def _calls(function: Callable[[torch.Tensor], torch.Tensor]) -> nn.Module:
    return Calls(function)


def _assigned(x: torch.Tensor) -> torch.Tensor:
    made = 2 * x
    made[:, 1:3] = x[:, 2:4]
    return made


MAPS, ROW = (2, 4, 6, 6), (2, 5)

# One model and the shape of its input for every kind of call that is explained.
MODELS: ByHand[tuple[nn.Module, tuple[int, ...]]] = ByHand(
    "MODELS of tests/ui/debugger/test_step_words.py",
    {
        "conv2d": (nn.Conv2d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2), MAPS),
        "conv_transpose2d": (nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1), MAPS),
        "conv1d": (nn.Conv1d(4, 6, 3, padding=1), (2, 4, 6)),
        "conv3d": (nn.Conv3d(2, 3, 2, stride=2), (2, 2, 4, 4, 4)),
        "conv_transpose1d": (nn.ConvTranspose1d(4, 2, 3, stride=2), (2, 4, 6)),
        "conv_transpose3d": (nn.ConvTranspose3d(2, 3, 2, stride=2), (2, 2, 2, 2, 2)),
        "linear": (nn.Linear(5, 3), ROW),
        "max_pool2d": (nn.MaxPool2d(3, 2, 1), MAPS),
        "max_pool2d_with_indices": (_calls(lambda x: functional.max_pool2d(x, 2, return_indices=True)[0]), MAPS),
        "avg_pool2d": (nn.AvgPool2d(2, padding=1, count_include_pad=False), MAPS),
        "adaptive_avg_pool2d": (nn.AdaptiveAvgPool2d(4), MAPS),
        "max_pool1d": (nn.MaxPool1d(2), (2, 4, 6)),
        "avg_pool1d": (nn.AvgPool1d(2), (2, 4, 6)),
        "adaptive_max_pool1d": (nn.AdaptiveMaxPool1d(2), (2, 4, 6)),
        "adaptive_avg_pool1d": (nn.AdaptiveAvgPool1d(2), (2, 4, 6)),
        "adaptive_max_pool2d": (nn.AdaptiveMaxPool2d(2), MAPS),
        "max_pool3d": (nn.MaxPool3d(2), (2, 2, 4, 4, 4)),
        "avg_pool3d": (nn.AvgPool3d(2), (2, 2, 4, 4, 4)),
        "adaptive_max_pool3d": (nn.AdaptiveMaxPool3d(2), (2, 2, 4, 4, 4)),
        "adaptive_avg_pool3d": (nn.AdaptiveAvgPool3d(2), (2, 2, 4, 4, 4)),
        "relu": (nn.ReLU(), ROW),
        "leaky_relu": (nn.LeakyReLU(0.2), ROW),
        "elu": (nn.ELU(0.5), ROW),
        "gelu": (nn.GELU(), ROW),
        "silu": (nn.SiLU(), ROW),
        "sigmoid": (nn.Sigmoid(), ROW),
        "tanh": (nn.Tanh(), ROW),
        **{
            kind: (_calls(lambda x, kind=kind: function_of(kind)(x.abs())), ROW)
            for kind in (*more_activations.TABLE, *mathematics.TABLE)
        },
        "softmax": (nn.Softmax(1), ROW),
        "log_softmax": (nn.LogSoftmax(1), ROW),
        "batch_norm": (nn.BatchNorm2d(4), MAPS),
        "group_norm": (nn.GroupNorm(2, 4), MAPS),
        "layer_norm": (nn.LayerNorm(5), ROW),
        "matmul": (_calls(lambda x: x @ (2 * x).T), ROW),
        "mm": (_calls(lambda x: x.mm((2 * x).T)), ROW),
        "bmm": (_calls(lambda x: x.bmm((2 * x).mT)), (2, 3, 4)),
        "mv": (_calls(lambda x: x.mv((2 * x)[0])), ROW),
        "dot": (_calls(lambda x: (row := x[0]).dot(2 * row)), ROW),
        "outer": (_calls(lambda x: (row := x[0]).outer(2 * row)), ROW),
        "einsum": (_calls(lambda x: torch.einsum("ij,kj->ik", x, 2 * x)), ROW),
        "addmm": (_calls(lambda x: torch.addmm(x[:, :2], x, (3 * x).T, beta=2)), ROW),
        "baddbmm": (_calls(lambda x: torch.baddbmm(x[..., :3], x, (3 * x).mT)), (2, 3, 4)),
        "add": (_calls(lambda x: x + 2 * x), ROW),
        "scaled_dot_product_attention": (
            _calls(lambda x: functional.scaled_dot_product_attention(x, 2 * x, x.exp())),
            (2, 3, 4),
        ),
        "sub": (_calls(lambda x: 1 - x), ROW),
        "div": (_calls(lambda x: x / (2 * x)), ROW),
        "pow": (_calls(lambda x: x**3), ROW),
        "clamp": (_calls(lambda x: x.clamp(min=-0.5)), ROW),
        "maximum": (_calls(lambda x: x.maximum(2 * x)), ROW),
        "minimum": (_calls(lambda x: x.minimum(2 * x)), ROW),
        "addcmul": (_calls(lambda x: x.addcmul(2 * x, x.exp(), value=0.5)), ROW),
        "addcdiv": (_calls(lambda x: x.addcdiv(2 * x, x.exp())), ROW),
        "eq": (_calls(lambda x: x * (x == 0.5)), ROW),
        "ne": (_calls(lambda x: x * (x != 0.5)), ROW),
        "lt": (_calls(lambda x: x * (x < 0.5)), ROW),
        "le": (_calls(lambda x: x * (x <= 0.5)), ROW),
        "gt": (_calls(lambda x: x * (x > 0.5)), ROW),
        "ge": (_calls(lambda x: x * (x >= 2 * x)), ROW),
        "mul": (_calls(lambda x: x * 3.5), ROW),
        "cat": (_calls(lambda x: torch.cat((x, 2 * x), dim=1)), MAPS),
        "mean": (_calls(lambda x: x.mean(dim=(2, 3))), MAPS),
        "sum": (_calls(lambda x: x.sum(dim=(2, 3))), MAPS),
        "amax": (_calls(lambda x: x.amax(dim=(2, 3))), MAPS),
        "amin": (_calls(lambda x: x.amin(dim=1, keepdim=True)), MAPS),
        "normalize": (_calls(lambda x: functional.normalize(x, dim=1)), ROW),
        "flatten": (nn.Flatten(), MAPS),
        "reshape": (_calls(lambda x: x.reshape(2, -1)), MAPS),
        "view": (_calls(lambda x: x.view(2, 4, 36)), MAPS),
        "squeeze": (_calls(lambda x: x.squeeze(1)), (2, 1, 5)),
        "unsqueeze": (_calls(lambda x: x.unsqueeze(1)), ROW),
        "unflatten": (nn.Unflatten(1, (2, 2)), MAPS),
        "reshape_as": (_calls(lambda x: (2 * x).reshape_as(x)), ROW),
        "view_as": (_calls(lambda x: (2 * x).view_as(x)), ROW),
        "permute": (_calls(lambda x: x.permute(0, 2, 3, 1)), MAPS),
        "transpose": (_calls(lambda x: x.transpose(1, 2)), MAPS),
        "swapaxes": (_calls(lambda x: x.swapaxes(1, 2)), MAPS),
        "swapdims": (_calls(lambda x: x.swapdims(1, 2)), MAPS),
        "movedim": (_calls(lambda x: x.movedim(1, -1)), MAPS),
        "moveaxis": (_calls(lambda x: x.moveaxis(1, -1)), MAPS),
        "t": (_calls(lambda x: x.t()), ROW),
        "T": (_calls(lambda x: x.T), ROW),
        "mT": (_calls(lambda x: x.mT), ROW),
        "contiguous": (_calls(lambda x: x.contiguous()), ROW),
        "clone": (_calls(lambda x: x.clone()), ROW),
        "detach": (_calls(lambda x: x + x.detach()), ROW),
        "getitem": (_calls(lambda x: x[:, 1:3, ::2]), MAPS),
        "select": (_calls(lambda x: x.select(1, 2)), MAPS),
        "narrow": (_calls(lambda x: x.narrow(1, 1, 2)), MAPS),
        "index_select": (_calls(lambda x: x.index_select(1, torch.tensor([2, 0]))), MAPS),
        "gather": (_calls(lambda x: x.gather(1, torch.tensor([[3, 0], [1, 1]]))), ROW),
        "chunk": (_calls(lambda x: x.chunk(2, 1)[0]), MAPS),
        "split": (_calls(lambda x: x.split([1, 3], 1)[1]), MAPS),
        "unbind": (_calls(lambda x: x.unbind(1)[0]), MAPS),
        "expand": (_calls(lambda x: x.expand(2, 3, 5)), (2, 1, 5)),
        "broadcast_to": (_calls(lambda x: x.broadcast_to(2, 3, 5)), (2, 1, 5)),
        "expand_as": (_calls(lambda x: x[:, :1].expand_as(x)), ROW),
        "repeat": (_calls(lambda x: x.repeat(1, 2)), ROW),
        "tile": (_calls(lambda x: x.tile(1, 2)), ROW),
        "repeat_interleave": (_calls(lambda x: x.repeat_interleave(2, 1)), ROW),
        "stack": (_calls(lambda x: torch.stack((x, 2 * x), dim=1)), ROW),
        "pad": (_calls(lambda x: functional.pad(x, (1, 1, 1, 1), mode="replicate")), MAPS),
        "roll": (_calls(lambda x: x.roll(1, 2)), MAPS),
        "flip": (_calls(lambda x: x.flip(1)), MAPS),
        "pixel_shuffle": (nn.PixelShuffle(2), MAPS),
        "pixel_unshuffle": (nn.PixelUnshuffle(2), MAPS),
        "channel_shuffle": (nn.ChannelShuffle(2), MAPS),
        "unfold": (nn.Unfold(3, padding=1), MAPS),
        "tensor_split": (_calls(lambda x: x.tensor_split(3, 1)[0]), ROW),
        "diagonal": (_calls(lambda x: x.diagonal(1)), ROW),
        "triu": (_calls(lambda x: x.triu(1)), ROW),
        "tril": (_calls(lambda x: x.tril(-1)), ROW),
        "setitem": (_calls(_assigned), ROW),
        "index_copy": (_calls(lambda x: x.index_copy(1, torch.tensor([2]), 2 * x[:, :1])), ROW),
        "scatter": (_calls(lambda x: x.scatter(1, torch.tensor([[3], [1]]), 2 * x[:, :1])), ROW),
        "masked_fill": (_calls(lambda x: x.masked_fill(x.bool(), 2.5)), ROW),
        "where": (_calls(lambda x: torch.where(x.bool(), x, 2 * x)), ROW),
        "copy": (_calls(lambda x: (2 * x).copy_(x)), ROW),
        "fill": (_calls(lambda x: x + (2 * x).fill_(3)), ROW),
        "zero": (_calls(lambda x: x + (2 * x).zero_()), ROW),
        "embedding": (_calls(lambda x: functional.embedding(x.bool().long(), 2 * x)), ROW),
        "to": (_calls(lambda x: x.to(torch.float64)), ROW),
        "type_as": (_calls(lambda x: x.type_as(x.double())), ROW),
        "type": (_calls(lambda x: x.type(torch.float64)), ROW),
        "float": (_calls(lambda x: x.float()), ROW),
        "double": (_calls(lambda x: x.double()), ROW),
        "half": (_calls(lambda x: x.half().double()), ROW),
        "bfloat16": (_calls(lambda x: x.bfloat16().double()), ROW),
        "long": (_calls(lambda x: x + x.long()), ROW),
        "int": (_calls(lambda x: x + x.int()), ROW),
        "bool": (_calls(lambda x: x * x.bool()), ROW),
        "cpu": (_calls(lambda x: x.cpu()), ROW),
        "identity": (nn.Identity(), ROW),
        "dropout": (nn.Dropout(0.4), ROW),
        "dropout1d": (nn.Dropout1d(0.4), (2, 3, 5)),
        "dropout2d": (nn.Dropout2d(0.4), MAPS),
        "dropout3d": (nn.Dropout3d(0.4), (2, 3, 4, 4, 4)),
        "interpolate": (_calls(lambda x: functional.interpolate(x, scale_factor=2, mode="bilinear")), MAPS),
        "upsample": (nn.Upsample(scale_factor=2), MAPS),
    },
)
CALL_KINDS = [kind for operation in OPERATIONS for kind in operation.kinds]


def kind_words(kind: str) -> KindWords:
    operation = operation_for(kind)
    assert operation is not None
    return operation.words(kind, {})


def timeline_of(model: nn.Module, x: torch.Tensor, *, optimizer: Any = None, **learning: Any) -> Timeline:
    learning = {"loss": "half_squared_error", **learning}
    if "target" not in learning:
        with torch.no_grad():
            learning["target"] = model(x) + 1
    parameters = list(model.parameters())
    if optimizer is None and parameters:
        optimizer = torch.optim.SGD(parameters, lr=0.1)
    recording = explorer.record(model, x, optimizer=optimizer, **learning)
    return Timeline(recording, loss=learning["loss"], optimizer="SGD", learning_rate=0.1)


def timeline_of_kind(kind: str) -> Timeline:
    return timeline_on(*MODELS[kind])


def timeline_on(model: nn.Module, shape: tuple[int, ...]) -> Timeline:
    return timeline_of(model.eval(), torch.randn(shape, generator=torch.Generator().manual_seed(1), requires_grad=True))


def words_of(timeline: Timeline) -> list[Any]:
    return [
        step_words(step, timeline.tensors(step.index), of) for step in timeline.steps for of in step.asked
    ]  # fmt: skip


@pytest.mark.parametrize("kind", CALL_KINDS)
def test_every_kind_of_call_has_words_that_fit_the_panel(kind: str) -> None:
    assert kind_words(kind) is not UNKNOWN
    timeline = timeline_of_kind(kind)
    own = [step for step in timeline.steps if step.phase == "forward" and step.kind in (kind, _recorded_as(kind))]
    assert own, [step.kind for step in timeline.steps]
    for words in words_of(timeline):
        assert words.sentence.endswith(".")
        assert len(f"{words.title}. {words.sentence}") <= LONGEST
        assert not re.search(r"[{}]|not taken apart", words.sentence + words.formula + words.title)
        assert words.formula
        assert words.source


@pytest.mark.parametrize("kind", CALL_KINDS)
def test_the_line_of_pytorch_does_what_the_call_did(kind: str) -> None:
    _check_the_line(timeline_of_kind(kind), kind, _recorded_as(kind))


@pytest.mark.parametrize("kind", CALL_KINDS)
def test_every_kind_of_call_is_taken_apart_inside_both_ways(kind: str) -> None:
    timeline = timeline_of_kind(kind)
    for step in (step for step in timeline.steps if step.kind == kind):
        for of in step.asked:
            last = tuple(size - 1 for size in timeline.asked(step.index, of).values.shape)
            plan = into_plan(timeline, replace(into(timeline, at(timeline, step.index)), of=of, cell=last), ())
            assert plan.message == ""
            assert plan.middle is not None
            if isinstance(plan.middle, Table):
                _check_the_signs(plan.middle)


def _check_the_signs(table: Table) -> None:
    """Of a layer norm's weight the numbers had a sign too few between them, and drawing the last of them raised."""
    assert len(table.symbols) == len(table.columns) - 1
    for column in range(len(table.columns)):
        assert len(table.figures(column, table.order[:2].tolist())) == len(table.order[:2])


# Kinds that are shown whole, by where their functions are found; PyTorch's own name of one differs from its function's.
SHOWN_WHOLE = {
    "instance_norm": (nn.InstanceNorm2d(4), MAPS),
}


@pytest.mark.parametrize("kind", SHOWN_WHOLE)
def test_the_line_of_a_kind_without_arithmetic_does_what_the_call_did_too(kind: str) -> None:
    _check_the_line(timeline_on(*SHOWN_WHOLE[kind]), kind)


def _check_the_line(timeline: Timeline, *kinds: str) -> None:
    """The line of PyTorch of the first call of one of `kinds` gives what the call gave."""
    step = next(step for step in timeline.steps if step.phase == "forward" and step.kind in kinds)
    tensors = timeline.tensors(step.index)
    names: dict[str, Any] = {"F": functional, "torch": torch, "nn": nn}
    for tensor in (*tensors.given, *tensors.beside):
        owner, _, attribute = tensor.title.partition(".")
        value = _as_recorded(timeline, step.call, tensor)
        if attribute:
            setattr(names.setdefault(owner, SimpleNamespace()), attribute, value)
        else:
            names[owner] = value
    line = step_words(step, tensors).source
    written = line.partition("[")[0] if "setitem" in kinds else ""
    exec(line if written else f"result = {line}", names)  # the line is what is tested
    computed = names[written or "result"]
    computed = computed[0] if isinstance(computed, tuple | list) else computed
    np.testing.assert_allclose(
        computed.to(torch.float64).numpy(), tensors.by_name["output"].values, rtol=1e-5, atol=1e-6
    )


def _as_recorded(timeline: Timeline, call: str, tensor: Tensor) -> torch.Tensor:
    """The numbers that a step shows, in the type that the call was given: a mask or an index is no float."""
    given = tensors_by_name(timeline.recording.arguments(timeline.recording.call(call))).get(tensor.name)
    value = torch.tensor(tensor.values)
    return value if given is None else value.to(given.dtype)


def _recorded_as(kind: str) -> str:
    return {"max_pool2d_with_indices": "max_pool2d", "upsample": "interpolate", "identity": "identity"}.get(kind, kind)


def test_no_two_kinds_share_a_sentence() -> None:
    told: dict[str, str] = {}
    for kind in CALL_KINDS:
        words = kind_words(kind)
        if ALIASES.get(kind, kind) == kind:
            sentence = words.forward.sentence
            assert sentence not in told, f"{kind} says what {told.get(sentence)} says"
            told[sentence] = kind
    for loss in LOSSES:
        words = loss.words(loss.name, {"input": np.zeros((1, 2)), "target": np.zeros((1, 2))})
        assert words.forward.sentence not in told
        told[words.forward.sentence] = loss.name


def test_the_words_of_a_loss_say_how_it_is_set() -> None:
    set_so = {"ignore_index": 1, "reduction": "sum", "label_smoothing": 0.1, "weight": np.ones(2)}
    compared = {"input": np.zeros((3, 2)), "target": np.array([0, 1, 1])}
    words = loss_named("cross_entropy").words("cross_entropy", compared | set_so)
    for sentence in ("added up here, not averaged.", "with its weight.", "2 of the targets", "Of each target 0.1"):
        assert sentence in words.forward.sentence
    assert words.forward.formula.startswith("L = −Σ weight · t′ · log softmax(x)")


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_loss_is_told_forwards_and_on_the_way_back(loss: Any) -> None:
    model = nn.Sequential(OrderedDict(inner=nn.Linear(3, 2), outer=nn.Sigmoid()))
    classes = loss.targets == "classes"
    target = torch.tensor([1, 0]) if classes else torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    timeline = timeline_of(model, torch.randn(2, 3), loss=loss.name, target=target)
    steps = [step for step in timeline.steps if step.call == "loss"]
    assert [step.phase for step in steps] == ["loss", "backward"]
    for step in steps:
        words = step_words(step, timeline.tensors(step.index))
        assert len(f"{words.title}. {words.sentence}") <= LONGEST
        assert not re.search(r"[{}]", words.sentence + words.formula)
    forward = step_words(steps[0], timeline.tensors(steps[0].index))
    assert forward.formula.startswith("L = ")
    output = timeline.tensors(steps[0].index).by_name["input"]
    names = {"F": functional, "torch": torch, "nn": nn, "target": target, output.title: torch.tensor(output.values)}
    line = forward.source.removeprefix("loss = ")
    assert eval(line, names).item() == pytest.approx(timeline.loss, rel=1e-5)


SETTINGS: ByHand[tuple[dict[str, Any], ...]] = ByHand(
    "SETTINGS of tests/ui/debugger/test_step_words.py",
    {
        "SGD": ({}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"weight_decay": 0.01}),
        "Adam": ({}, {"weight_decay": 0.01}),
        "AdamW": ({}, {"weight_decay": 0.0}),
        "RMSprop": ({}, {"momentum": 0.9}, {"weight_decay": 0.01, "centered": True}),
    },
)


@pytest.mark.parametrize("name", [update.name for update in UPDATES])
def test_every_optimizer_is_told_as_it_is_set(name: str) -> None:
    told = set()
    for settings in SETTINGS[name]:
        model = nn.Linear(3, 2)
        optimizer = getattr(torch.optim, name)(model.parameters(), lr=0.05, **settings)
        for _ in range(2):
            timeline = timeline_of(model, torch.randn(2, 3), optimizer=optimizer)
            step = timeline.steps[-1]
            words = step_words(step, timeline.tensors(step.index))
            assert words.title == "Update of bias"
            assert "0.05" in words.sentence
            assert len(f"{words.title}. {words.sentence}") <= LONGEST
            assert words.source.startswith(f"optimizer.step()  # {name}(lr=0.05")
            assert all(
                f"{setting}={value:g}" in words.source for setting, value in settings.items() if value is not True
            )
            told.add(words.formula)
    assert len(told) >= len(SETTINGS[name])


def test_the_first_buffer_is_the_gradient_and_later_ones_keep_some_of_themselves() -> None:
    first = update_named("SGD").words({"lr": 0.1, "momentum": 0.9}, is_first=True)
    later = update_named("SGD").words({"lr": 0.1, "momentum": 0.9}, is_first=False)
    assert first.formula.startswith("b ← g,")
    assert later.formula.startswith("b ← μ · b + g,")


def test_what_is_not_known_says_so() -> None:
    timeline = timeline_of(_calls(torch.special.i0e), torch.randn(2, 3, requires_grad=True))
    for words in words_of(timeline)[:1]:
        assert "not taken apart" in words.sentence
    assert update_of("Nobodys") is None


def test_the_indices_of_a_formula_are_those_of_its_settings() -> None:
    plain = timeline_of(nn.Conv2d(1, 1, 3, bias=False), torch.randn(1, 1, 5, 5))
    assert _first_words(plain).formula == "y[o, i, j] = Σ w[o, c, r, s] · x[c, i + r, j + s]"
    strided = timeline_of(nn.Conv2d(1, 1, 3, stride=2, padding=(1, 0)), torch.randn(1, 1, 5, 5))
    assert _first_words(strided).formula == "y[o, i, j] = Σ w[o, c, r, s] · x[c, 2·i + r − 1, 2·j + s] + b[o]"


def _first_words(timeline: Timeline) -> Any:
    return step_words(timeline.steps[0], timeline.tensors(0))


def test_a_neuron_of_one_number_sums_up_the_one_number_there_is() -> None:
    sums = {size: _first_words(timeline_of(nn.Linear(size, 2), torch.randn(1, size))).sentence for size in (1, 3)}
    assert "the one number of" in sums[1]
    assert "all 3 numbers of" in sums[3]


def test_the_header_names_step_phase_call_and_cell() -> None:
    loaded = explorer.load("two-two-two")
    recording = explorer.record(
        loaded.model,
        torch.tensor([[1.0, 0.5]]),
        target=torch.tensor([[1.0, 0.0]]),
        loss="half_squared_error",
        optimizer=torch.optim.SGD(loaded.model.parameters(), lr=0.1),
    )
    timeline = Timeline(recording, layers=loaded.network.names, loss="", optimizer="SGD", learning_rate=0.1)
    assert header(timeline, Cursor(0, "output", (0, 1))) == "step 1 of 14 · forward · linear1 · u₂"
    back = timeline.find("backward", "linear2")
    assert back is not None
    assert header(timeline, Cursor(back, "input", (0, 1))).endswith(" · gradient of identity1 · z₂")
    assert header(timeline, Cursor(back, "weight", (0, 1))) == (
        "step 8 of 14 · backward · gradient of linear2.weight · cell (0, 1)"
    )
    assert step_label(timeline.steps[back]) == "backward · linear2 · gradient of identity1, weight and bias"
    inside = into(timeline, at(timeline, 0))
    assert facts_line(timeline, inside).endswith("of 2")
    assert facts_line(timeline, at(timeline, 0)).startswith("training step 1 · loss ")


def test_a_term_that_was_spread_gathers_its_gradients() -> None:
    class Shifted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.shift = nn.Linear(3, 1, bias=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + self.shift(x)

    timeline = timeline_of(Shifted(), torch.randn(2, 3, requires_grad=True))
    back = timeline.find("backward", "add")
    assert back is not None
    step, tensors = timeline.steps[back], timeline.tensors(back)
    assert "gets all of it" in step_words(step, tensors, "input").sentence
    assert "the sum of theirs" in step_words(step, tensors, "other").sentence


# PyTorch warns of checkpoints without gradients and of its scripts' age.
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize(("make", "given"), LEARNING_MODELS, ids=lambda part: getattr(part, "__name__", ""))
def test_every_step_of_every_named_model_is_told(make: Callable[[], nn.Module], given: Callable[[], Any]) -> None:
    torch.manual_seed(0)
    model = make()
    timeline = timeline_of(model, given())
    for step in timeline.steps:
        assert step_label(step).startswith(step.phase)
        cursor = at(timeline, step.index)
        assert step.phase in header(timeline, cursor)
        assert facts_line(timeline, cursor)
        for of in step.asked:
            words = step_words(step, timeline.tensors(step.index), of)
            assert words.sentence.endswith(".")
            assert not re.search(r"[{}]", words.sentence + words.formula), words
            assert words.source


@pytest.mark.parametrize("kind", ["batch_norm", "group_norm", "layer_norm"])
def test_the_formula_of_a_normalization_scales_and_shifts_as_the_call_does(kind: str) -> None:
    formula = _first_words(timeline_of_kind(kind)).formula
    assert formula == "y = γ · (x − μ)/√(σ² + ε) + β"
