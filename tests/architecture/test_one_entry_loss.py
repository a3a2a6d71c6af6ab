"""A loss is one class and one entry in LOSSES: the log-cosh loss, added here, is found everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import Tensor, nn
from torch.nn import functional

import explorer
from explorer.arithmetic.compared import Compared
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.regression_loss import DIFFERENCE, RegressionLoss
from explorer.arithmetic.written import Function, Written, difference
from explorer.cli import run
from explorer.engine.errors import EngineError
from explorer.engine.explaining.finite_difference import finite_difference
from explorer.engine.losses import check_target
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.hyperparameters import Hyperparameters, as_settings, from_settings
from explorer.engine.training.train import Examples, train_as_chosen
from explorer.network import Network
from explorer.session import cursor as moves
from explorer.training_options import parser
from explorer.ui.common import theme
from explorer.ui.common.learning_form import LearningForm
from explorer.ui.debugger.into.plan import into_plan
from explorer.ui.debugger.into.term_tables import Table
from explorer.ui.debugger.stage import StepStage
from explorer.ui.debugger.words import step_words
from explorer.ui.training.run_words import settings_words
from tests.architecture.entries import listed
from tests.ui.step_sessions import SteppedSession, recorded


class ToyLogCosh(RegressionLoss):
    """The logarithm of the hyperbolic cosine of each difference: squared near 0, straight far away."""

    name = "toy_log_cosh"
    kinds: ClassVar[tuple[str, ...]] = ("toy_log_cosh",)
    title = "toy log-cosh loss"
    term = "log cosh({input} − {target})"
    slope_term = "· tanh({input} − {target})"
    forwards = "Small differences count by half their square, large ones nearly by their distance."
    backwards = "The gradient is the hyperbolic tangent of the difference, shared among all n outputs."
    computed_by = "torch.cosh({input} - target).log().mean()"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return (output - target.to(output.dtype)).cosh().log().mean()

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", np.log(np.cosh(difference)), cells, made=f"log cosh({DIFFERENCE})"),)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", np.tanh(difference), cells, made=f"tanh({DIFFERENCE})"),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        return Function("log cosh", (difference(output, target),), means=lambda u: np.log(np.cosh(u)))

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        return Function("tanh", (difference(output, target),))


@pytest.fixture(autouse=True)
def _added() -> Iterator[None]:
    with listed(LOSSES, ToyLogCosh()):
        yield


@pytest.fixture
def target() -> list[list[float]]:
    return [[0.5, -1.0, 0.25]]


def test_it_is_recorded_and_each_of_its_cells_explained_as_pytorch_computed_it() -> None:
    torch.manual_seed(0)
    model, x, wanted = nn.Linear(4, 3).double(), torch.randn(2, 4).double(), torch.randn(2, 3).double()
    recording = explorer.record(model, x, target=wanted, loss="toy_log_cosh")
    assert recording.loss == pytest.approx((model(x) - wanted).cosh().log().mean().item())
    steps = [step for step in recording.steps if step.call is recording.loss_call]
    assert [step.kind for step in steps] == ["loss", "backward"]
    for step in steps:
        for of, shape in step.shapes.items():
            for cell in product(*(range(size) for size in shape)):
                explained = explorer.explain(recording, step, cell, of=of)
                assert explained.error is not None
                assert explained.error < 1e-12
                reading = finite_difference(recording, step, cell, of=of)
                assert reading.value == pytest.approx(reading.expected, rel=1e-4)


def test_targets_that_do_not_fit_are_refused_under_its_title() -> None:
    check_target("toy_log_cosh", torch.zeros(2, 3), torch.zeros(2, 3))
    with pytest.raises(EngineError, match="The toy log-cosh loss compares each output with a target of its own"):
        check_target("toy_log_cosh", torch.zeros(2, 3), torch.zeros(2))


def test_its_steps_have_their_sentences_their_formula_and_a_line_that_does_the_same(target: list[list[float]]) -> None:
    timeline = recorded("4 linear(3)", loss="toy_log_cosh", target=target)
    forward, backward = (
        step_words(step, timeline.tensors(step.index)) for step in timeline.steps if step.call == "loss"
    )
    assert (forward.title, forward.sentence) == ("Toy log-cosh loss", ToyLogCosh.forwards)
    assert forward.formula == "L = 1/n Σ log cosh(x − t)"
    assert (backward.title, backward.sentence) == ("Toy log-cosh loss, on the way back", ToyLogCosh.backwards)
    assert backward.formula == "∂L/∂x = 1/n · tanh(x − t)"
    output = timeline.tensors(timeline.find("loss", "loss") or 0).by_name["input"]
    names = {"torch": torch, "target": torch.tensor(target), output.title: torch.tensor(output.values)}
    computed = eval(forward.source.removeprefix("loss = "), names)  # the line is what is tested
    assert computed.item() == pytest.approx(timeline.loss, rel=1e-6)


def test_its_table_stands_in_the_debugger(target: list[list[float]], qtbot: QtBot, qapp: QApplication) -> None:
    timeline = recorded("1x6x6 conv(2, 3) flatten linear(3)", loss="toy_log_cosh", target=target)
    back = timeline.find("backward", "loss")
    assert back is not None
    table = into_plan(timeline, moves.into(timeline, moves.at(timeline, back)), ()).middle
    assert isinstance(table, Table)
    assert [column.title for column in table.columns] == ["output", "target", "gradient"]
    assert table.symbols == ("−", "⇒")
    theme.apply(qapp, "light")
    session = SteppedSession(timeline)
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(860, 330)
    stage.show()
    session.go("backward", "loss", of="input", inside=True)
    assert stage.into.table.isVisible()
    stage.hide()


def test_a_network_learns_with_it() -> None:
    points = torch.rand(64, 2, generator=torch.Generator().manual_seed(1))
    data = Examples(points, points.sum(dim=1))
    net = Network.parse("2 linear(1)").build(seed=0)
    chosen = Hyperparameters(loss="toy_log_cosh", optimizer="Adam", learning_rate=0.05, batch_size=16, epochs=40)
    told = list(train_as_chosen(net, data, chosen, under=Conditions(validation=data)))
    assert told[-1].val_loss is not None
    assert told[-1].val_loss < 0.01 < told[0].loss
    plain = functional.mse_loss(net(points).flatten(), data.targets).item()
    assert plain < 0.02


def test_the_command_line_takes_it(tmp_path: Path) -> None:
    assert "toy_log_cosh" in parser().format_help()
    (tmp_path / "net.txt").write_text("2 linear(2) sigmoid")
    arguments = ["train", str(tmp_path / "net.txt"), "--data", "points:moons", "--epochs", "1"]
    arguments += ["--loss", "toy_log_cosh", "--out", str(tmp_path / "run"), "--device", "cpu", "--threads", "1"]
    assert run(arguments) == 0
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["val_accuracy"] > 0


def test_the_form_offers_it_and_a_file_keeps_it(qtbot: QtBot) -> None:
    form = LearningForm()
    qtbot.addWidget(form)
    form.show_chosen(Hyperparameters(loss="toy_log_cosh"))
    assert form.loss.currentText() == "toy log-cosh loss"
    assert form.formula.whole() == "1/n Σ log cosh(y − t)"
    chosen = Hyperparameters(loss="toy_log_cosh")
    assert from_settings(as_settings(chosen)) == chosen
    assert "toy log-cosh loss" in settings_words(chosen)
