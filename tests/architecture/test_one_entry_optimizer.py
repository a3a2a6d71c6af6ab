"""An optimizer is one class and one entry in UPDATES: Adagrad as a toy, added here, is found everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

import explorer
from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.update import Update
from explorer.arithmetic.update_lines import Lines, LineTerm, descended, over_root
from explorer.arithmetic.updates import UPDATES
from explorer.arithmetic.words import Told
from explorer.arithmetic.written import Number, Product
from explorer.cli import run
from explorer.engine.training.hyperparameters import Hyperparameters, as_settings, from_settings, make_optimizer
from explorer.engine.training.train import Examples, train_as_chosen
from explorer.network import Network
from explorer.session import cursor as moves
from explorer.ui.common.learning_form import LearningForm
from explorer.ui.debugger.into.neighbour_grids import Grids
from explorer.ui.debugger.into.plan import into_plan
from explorer.ui.debugger.words import step_words
from explorer.ui.training.run_words import settings_words
from tests.architecture.entries import listed
from tests.ui.step_sessions import recorded


class ToyAdagrad(Update):
    """The gradient over the root of the sum of all squared gradients so far.

    Source: Duchi, Hazan and Singer 2011, Adaptive Subgradient Methods, in the form of torch.optim.Adagrad.
    """

    name = "ToyAdagrad"
    reads = ("step", "sum")
    defaults: ClassVar[Mapping[str, Any]] = {"lr": 1e-2, "lr_decay": 0.0, "weight_decay": 0.0, "eps": 1e-10}

    def words(self, settings: Mapping[str, Any], *, is_first: bool) -> Told:
        return Told(
            "Every number of {parameter} steps against its gradient over the root of all its squared gradients, times "
            "{lr}, with {eps} in the root's place where there were none.",
            "s ← s + g²,  w ← w − lr · g/(√s + ε)",
        )

    def run(self, lines: Lines) -> Explanation:
        lines.count_step()
        symbol, gradient = lines.gradient()
        squares = [LineTerm((lines.before.get("sum", 0.0),)), LineTerm((float(gradient), float(gradient)))]
        total = lines.add("s", f"s + {symbol}²", squares, state="sum")
        lr, eps = lines.setting("lr"), lines.setting("eps")
        scaled = float(gradient / (np.sqrt(total) + eps))
        shown = Product((Number(lr), over_root(gradient, total, eps)))
        return descended(lines, f"{symbol}/(√s + ε)", LineTerm((lr, scaled), is_subtracted=True, shown=shown))


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PyTorch has its optimizer under that name, which nobody will find taken."""
    monkeypatch.setattr(torch.optim, "ToyAdagrad", type("ToyAdagrad", (torch.optim.Adagrad,), {}), raising=False)
    with listed(UPDATES, ToyAdagrad()):
        yield


def test_each_of_its_updates_is_explained_as_pytorch_made_it() -> None:
    torch.manual_seed(0)
    model, x = nn.Linear(3, 2).double(), torch.randn(2, 3).double()
    optimizer = make_optimizer(Hyperparameters(optimizer="ToyAdagrad", weight_decay=0.1), model.parameters())
    for _ in range(3):
        recording = explorer.record(
            model, x, target=torch.zeros(2, 2).double(), loss="mse", optimizer=optimizer
        )  # fmt: skip
        updates = [step for step in recording.steps if step.kind == "update"]
        assert len(updates) == 2
        for step in updates:
            ((of, shape),) = step.shapes.items()
            for cell in product(*(range(size) for size in shape)):
                explained = explorer.explain(recording, step, cell, of=of)
                assert explained.error is not None
                assert explained.error < 1e-12


def test_its_steps_have_their_sentence_a_line_and_a_picture() -> None:
    timeline = recorded("4 linear(3)", loss="mse", target=[[0.5, 1.0, 0.0]], optimizer="ToyAdagrad", steps_before=1)
    step = timeline.steps[-1]
    words = step_words(step, timeline.tensors(step.index))
    assert words.title == "Update of linear1.bias"
    assert "times 0.05, with 1e−10 in the root's place" in words.sentence
    assert words.source == "optimizer.step()  # ToyAdagrad(lr=0.05)"
    picture = into_plan(timeline, moves.into(timeline, moves.at(timeline, step.index)), ()).middle
    assert isinstance(picture, Grids)
    assert picture.is_update


def test_a_network_learns_with_it() -> None:
    points = torch.rand(64, 2, generator=torch.Generator().manual_seed(1))
    data = Examples(points, points.sum(dim=1))
    chosen = Hyperparameters(loss="mse", optimizer="ToyAdagrad", learning_rate=0.3, batch_size=16, epochs=30)
    told = list(train_as_chosen(Network.parse("2 linear(1)").build(seed=0), data, chosen))
    assert told[-1].loss < 0.01 < told[0].loss


def test_the_command_line_takes_it(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text("2 linear(2)")
    arguments = ["train", str(tmp_path / "net.txt"), "--data", "points:moons", "--optimizer", "ToyAdagrad", "--epochs"]
    assert run([*arguments, "1", "--out", str(tmp_path / "run"), "--device", "cpu", "--threads", "1"]) == 0
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["val_accuracy"] > 0


def test_the_form_offers_it_with_its_numbers_and_a_file_keeps_it(qtbot: QtBot) -> None:
    form = LearningForm()
    qtbot.addWidget(form)
    chosen = Hyperparameters(optimizer="ToyAdagrad", momentum=0.9)
    form.show_chosen(chosen)
    assert form.optimizer.currentText() == "ToyAdagrad"
    shown = {field.label for field, (label, _) in form.boxes.items() if not label.isHidden()}
    assert shown == {"learning rate", "weight decay", "gradient clipping"}
    assert from_settings(as_settings(chosen)) == chosen
    assert settings_words(chosen).startswith("ToyAdagrad, learning rate 0.01, batch")
