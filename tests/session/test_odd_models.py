"""Models that do what no model should: each is shown or told in a sentence, and none is left otherwise than found."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor, nn
from torch.ao import quantization

from explorer.session import Session

quantising = pytest.mark.filterwarnings("ignore:.*", "ignore::DeprecationWarning")
NO_NUMBERS = "has a shape but no numbers"
OF_COMPLEX = "A loss compares real numbers: outputs or targets are complex here."
COMPARED = "A loss compares plain tables of numbers: outputs or targets are {} here."


class Odd(nn.Module):
    """A linear layer, and `run` in the place of what a model does."""

    def __init__(self, run: Callable[[Odd, Tensor], object]) -> None:
        super().__init__()
        self.linear, self.run = nn.Linear(4, 4), run
        self.register_buffer("kept", torch.zeros(2))
        self.register_buffer("sparse", torch.eye(4).to_sparse())

    def forward(self, x: Tensor) -> object:
        return self.run(self, x)


def resized(model: Odd, x: Tensor) -> Tensor:
    model.kept.resize_(9).zero_()
    return model.linear(x)


def grown(model: Odd, x: Tensor) -> Tensor:
    model.linear.weight.data.mul_(1.5)
    return model.linear(x)


def replaced(model: Odd, x: Tensor) -> Tensor:
    model.linear.weight = nn.Parameter(model.linear.weight * 2)
    return model.linear(x)


def printing(model: Odd, x: Tensor) -> Tensor:
    print("it prints")
    return model.linear(x)


@dataclass(frozen=True)
class Case:
    """`told` is the fault of the pass, "" for none; `step` why there is no whole training step; `last` the last map."""

    run: Callable[[Odd, Tensor], object]
    told: str = ""
    step: str = ""
    last: str = "linear"
    dtype: torch.dtype = field(default=torch.float32)
    is_of_dtype: bool = True


CASES = {
    "moves itself to another device": Case(lambda m, x: m.to("meta").linear(x), NO_NUMBERS, last="input"),
    "moves itself at the end": Case(lambda m, x: (m.linear(x), m.to("meta"))[0], NO_NUMBERS),
    "gives numbers of no device": Case(lambda m, x: m.linear(x).to("meta"), NO_NUMBERS),
    "moves itself to another type": Case(lambda m, x: m.to(torch.float64).linear(x.double())),
    "float16": Case(lambda m, x: m.linear(x), dtype=torch.float16),
    "bfloat16": Case(lambda m, x: m.linear(x), dtype=torch.bfloat16),
    "float64": Case(lambda m, x: m.linear(x), dtype=torch.float64),
    "of another type than its input": Case(
        lambda m, x: m.linear(x), "must have the same dtype", last="input", dtype=torch.float16, is_of_dtype=False
    ),
    "complex": Case(
        lambda m, x: torch.fft.fft(m.linear(x)),
        step=OF_COMPLEX,
        last="fft_fft",
    ),
    "nested": Case(
        lambda m, x: torch.nested.nested_tensor([m.linear(x)[0], x[0]]),
        step=COMPARED.format("nested"),
        last="getitem:2",
    ),
    "nested inside": Case(
        lambda m, x: torch.nested.to_padded_tensor(torch.nested.nested_tensor([m.linear(x)[0], x[0]]), 0.0),
        "A nested tensor holds examples of different sizes",
        last="getitem:2",
    ),
    "sparse": Case(lambda m, x: m.linear(x).to_sparse(), step=COMPARED.format("sparse"), last="to_sparse"),
    "sparse weights": Case(lambda m, x: torch.sparse.mm(m.sparse, m.linear(x).T).T, last="T:2"),
    "quantised": Case(
        lambda m, x: torch.quantize_per_tensor(m.linear(x), 0.1, 0, torch.quint8),
        step=COMPARED.format("quantised"),
        last="quantize_per_tensor",
    ),
    "yes and no": Case(lambda m, x: m.linear(x) > 0, step=COMPARED.format("yes and no"), last="gt"),
    "classes": Case(lambda m, x: m.linear(x).argmax(1), step="No gradient can flow", last="argmax"),
    "raises": Case(lambda m, x: (m.linear(x), 1 / 0), "The network failed: division by zero."),
    "raises without end": Case(lambda m, x: m.run(m, x), "maximum recursion depth exceeded", last="input"),
    "ends the program": Case(lambda m, x: sys.exit(3), "it asked the program to end", last="input"),
    "gives nothing": Case(lambda m, x: (m.linear(x), None)[1], step="A loss needs one output"),
    "gives words": Case(lambda m, x: (m.linear(x), "words")[1], step="A loss needs one output"),
    "prints": Case(printing),
    "changes its weights": Case(grown),
    "replaces its weights": Case(replaced),
    "resizes a buffer": Case(resized),
    "divides by zero": Case(lambda m, x: m.linear(x) / 0, last="div"),
}


def copied(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items() if isinstance(value, Tensor)}


def is_as_found(model: nn.Module, before: dict[str, Tensor]) -> bool:
    now = copied(model)
    known = [(now[name].to_dense(), value.to_dense()) for name, value in before.items()]
    return now.keys() == before.keys() and all(
        (new.dtype, new.device, new.shape) == (old.dtype, old.device, old.shape) and torch.equal(new, old)
        for new, old in known
    )


def look(qtbot: QtBot, session: Session, model: nn.Module, x: Tensor) -> None:
    """Let its pass and its training step be recorded."""
    session.files.adopt(model, x, "odd")
    qtbot.waitUntil(lambda: not session.state.maps.computing and session.state.maps.activations is not None)
    session.learning.watch_steps("debugger", True)
    steps = session.state.steps
    qtbot.waitUntil(lambda: not session.state.steps.is_recording and session.state.steps is not steps, timeout=10_000)
    qtbot.waitUntil(lambda: not session.store.runner.is_busy(), timeout=10_000)


@quantising
@pytest.mark.parametrize("name", CASES)
def test_it_is_shown_or_told_and_left_as_it_was_found(qtbot: QtBot, session: Session, name: str) -> None:
    case = CASES[name]
    model = Odd(case.run)
    if case.is_of_dtype:
        model.linear.to(case.dtype)
    before = copied(model)
    look(qtbot, session, model, torch.ones(2, 4, dtype=case.dtype))
    state = session.state
    fault = state.maps.fault.message if state.maps.fault is not None else ""
    assert case.told in fault
    assert bool(fault) == bool(case.told)
    assert "Error" not in fault
    assert state.maps.activations is not None
    shown = state.maps.activations.layers
    assert shown[-1].name == case.last
    assert all(layer.values.dtype == np.float32 for layer in shown[1:])
    if not case.told:
        assert state.steps.message.startswith(case.step)
        assert bool(state.steps.message) == bool(case.step)
    assert is_as_found(model, before)


@quantising
def test_a_model_in_training_for_quantisation_is_shown_and_left_as_it_was_found(qtbot: QtBot, session: Session) -> None:
    model = nn.Sequential(quantization.QuantStub(), nn.Linear(4, 4), nn.ReLU(), quantization.DeQuantStub())
    model.qconfig = quantization.get_default_qat_qconfig("fbgemm")  # type: ignore[assignment]
    quantization.prepare_qat(model.train(), inplace=True)
    before = copied(model)
    look(qtbot, session, model, torch.randn(2, 4))
    assert session.state.maps.fault is None
    assert {"1.weight_fake_quant", "1.linear"} <= set(session.state.maps.activations.by_name)  # type: ignore[union-attr]
    assert is_as_found(model, before)


@quantising
def test_a_model_of_quantised_weights_is_shown(qtbot: QtBot, session: Session) -> None:
    plain = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    model, x = quantization.quantize_dynamic(plain, {nn.Linear}, dtype=torch.qint8), torch.randn(2, 4)
    look(qtbot, session, model, x)
    assert session.state.maps.fault is None
    entry = session.state.entry("2")
    assert entry is not None
    np.testing.assert_allclose(entry.values, model(x)[0].detach(), rtol=1e-5)


LARGE = 10 * 10**9
NAMES = ("net.pth", "net.pt", "net.ckpt", "net.safetensors", "net.pt2", "net.onnx", "net.py", "net.json", "net.png")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_ten_gigabytes_is_told_at_once(
    qtbot: QtBot, session: Session, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most of it was never written, so that it takes no room on the disk; in memory it would."""
    monkeypatch.setattr("explorer.bounds.memory_budget_bytes", lambda: 10**9)
    monkeypatch.setattr("explorer.engine.opening.program.memory_budget_bytes", lambda: 10**9)
    with (tmp_path / name).open("wb") as file:
        file.truncate(LARGE)
    session.files.new_network("3x8x8 conv(2, 3) relu")
    document = session.state.document
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    session.open_path(tmp_path / name)
    qtbot.waitUntil(lambda: name in session.state.status.notice, timeout=10_000)
    qtbot.waitUntil(lambda: session.state.status.opening is None and not session.store.runner.is_busy())
    assert time.monotonic() - began < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kilobytes
    assert session.state.document is document
    assert session.state.files.question is None
