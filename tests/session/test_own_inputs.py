"""What a program feeds its own model, in the session: any structure, every example, its classes, targets and losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.session import Session
from explorer.session.own_document import own_document


class Two(nn.Module):
    """A picture and a row of facts."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.linear, self.head = nn.Conv2d(3, 4, 3), nn.Linear(5, 4), nn.Linear(4, 3)

    def forward(self, image: Tensor, facts: Tensor) -> Tensor:
        return self.head(torch.relu(self.conv(image)).mean((2, 3)) + self.linear(facts))


class Scenes(nn.Module):
    """A class for each pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


IMAGE, FACTS = torch.randn(3, 3, 6, 7), torch.randn(3, 5)


def look(qtbot: QtBot, session: Session, model: nn.Module, x: Any, **more: Any) -> None:
    session.files.look_at(own_document(model, x, **more))
    settle(qtbot, session)


def settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and session.state.maps.shown is not None, timeout=60_000)
    assert session.state.maps.fault is None
    qtbot.waitUntil(lambda: session.state.maps.shown is session.state.maps.asked, timeout=60_000)


def values_of(session: Session, name: str) -> np.ndarray:
    assert session.state.maps.activations is not None
    return session.state.maps.activations.by_name[name].values


def test_each_example_and_each_input_can_be_looked_at(qtbot: QtBot, session: Session) -> None:
    model = Two()
    look(qtbot, session, model, (IMAGE, FACTS), classes=("cat", "dog", "fox"))
    with torch.no_grad():
        expected = model(IMAGE, FACTS)
    for example in (0, 2):
        session.input.look_at((0, example))
        settle(qtbot, session)
        np.testing.assert_allclose(values_of(session, "head"), expected[example], rtol=1e-5)
        np.testing.assert_array_equal(values_of(session, "input"), IMAGE[example])
        np.testing.assert_array_equal(values_of(session, "input.facts"), FACTS[example])
        assert session.state.prediction is not None
        np.testing.assert_allclose(session.state.prediction.values, expected[example].softmax(0), rtol=1e-5)
        assert tuple(session.state.prediction.names) == ("cat", "dog", "fox")
    session.input.look_at((1, 2))
    settle(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "input"), FACTS[2])
    np.testing.assert_array_equal(values_of(session, "input.image"), IMAGE[2])
    assert [part.parents for part in session.state.parts if part.name in ("conv", "linear")] == [
        ("input.image",),
        ("input",),
    ]


def test_a_cell_of_another_example_explains_itself(qtbot: QtBot, session: Session) -> None:
    look(qtbot, session, Two(), (IMAGE, FACTS))
    session.input.look_at((0, 2))
    settle(qtbot, session)
    session.selection.select(layer="conv", channel=1, row=2, column=3)
    qtbot.waitUntil(lambda: session.state.maps.explained is not None, timeout=60_000)
    cell = session.state.chosen_cell
    assert cell is not None
    assert cell.index == (2, 1, 2, 3)
    qtbot.waitUntil(
        lambda: session.state.maps.explained is not None and session.state.maps.explained.cell == cell, timeout=60_000
    )
    why = session.state.maps.explained
    assert why is not None
    assert why.explanation is not None
    assert why.explanation.total == pytest.approx(float(values_of(session, "conv")[1, 2, 3]), rel=1e-4)


def test_what_is_typed_into_one_example_is_fed_while_another_is_looked_at(qtbot: QtBot, session: Session) -> None:
    class Sum(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x + x.sum(0)

    look(qtbot, session, Sum(), torch.zeros(2, 3))
    session.input.set_cell((1,), 5)
    session.input.look_at((0, 1))
    settle(qtbot, session)
    assert values_of(session, "add").tolist() == [0, 5, 0]
    session.input.look_at((0, 0))
    settle(qtbot, session)
    assert values_of(session, "input").tolist() == [0, 5, 0]
    session.editing.undo()
    settle(qtbot, session)
    assert values_of(session, "add").tolist() == [0, 0, 0]


def step(qtbot: QtBot, session: Session) -> Any:
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None, timeout=60_000)
    assert session.state.steps.message == ""
    return session.state.steps.timeline


def test_the_step_learns_from_the_whole_batch_and_its_targets(qtbot: QtBot, session: Session) -> None:
    model = Two()
    look(qtbot, session, model, (IMAGE, FACTS), target=[0, 1, 2], loss=nn.CrossEntropyLoss())
    assert session.state.document.hyperparameters.loss == "cross_entropy"
    assert session.state.wanted == 0
    session.input.look_at((0, 2))
    assert session.state.wanted == 2
    timeline = step(qtbot, session)
    with torch.no_grad():
        expected = nn.functional.cross_entropy(model(IMAGE, FACTS), torch.tensor([0, 1, 2]))
    assert timeline.loss == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(label_smoothing=0.1), nn.functional.cross_entropy])
def test_a_class_for_each_pixel_is_learned_by_the_loss_of_the_program(
    qtbot: QtBot, session: Session, loss: Any
) -> None:
    model, target = Scenes(), torch.randint(0, 4, (3, 6, 7))
    look(qtbot, session, model, IMAGE, target=target, loss=loss)
    with torch.no_grad():
        expected = loss(model(IMAGE), target)
    assert step(qtbot, session).loss == pytest.approx(float(expected), rel=1e-5)


def test_a_loss_of_the_models_own_is_taken_from_its_output(qtbot: QtBot, session: Session) -> None:
    class Tells(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(4, 2)

        def forward(self, x: Tensor, labels: Tensor) -> dict[str, Tensor]:
            logits = self.linear(x)
            return {"logits": logits, "loss": nn.functional.cross_entropy(logits, labels)}

    model, x, labels = Tells(), torch.randn(2, 4), torch.tensor([1, 0])
    look(qtbot, session, model, {"x": x, "labels": labels}, loss="output")
    assert step(qtbot, session).loss == pytest.approx(model(x, labels)["loss"].item(), rel=1e-5)


@pytest.mark.parametrize(
    ("loss", "told", "values"),
    [
        (None, "softmax of linear", lambda outputs: outputs.softmax(0)),
        (nn.BCEWithLogitsLoss(pos_weight=torch.ones(3)), "sigmoid of linear", torch.sigmoid),
        ("mse", "output of linear", lambda outputs: outputs),
    ],
)
def test_outputs_are_read_as_the_loss_reads_them(
    qtbot: QtBot, session: Session, loss: Any, told: str, values: Any
) -> None:
    class One(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.linear(x)

    model, x = One(), torch.randn(1, 4)
    look(qtbot, session, model, x, classes={0: "a", 1: "b", 2: "c"}, loss=loss)
    prediction = session.state.prediction
    assert prediction is not None
    assert prediction.title == told
    with torch.no_grad():
        np.testing.assert_allclose(prediction.values, values(model(x)[0]), rtol=1e-5)


def test_a_target_of_maps_needs_a_loss() -> None:
    with pytest.raises(ValueError, match="needs a loss"):
        own_document(Scenes(), IMAGE, target=torch.zeros(3, 6, 7, dtype=torch.long))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("names.txt", "cat\n\nbig dog\n"),
        ("names.json", '["cat", "big dog"]'),
        ("numbered.json", '{"1": "big dog", "0": "cat"}'),
        ("called.json", '{"big dog": 1, "cat": 0}'),
        ("imagenet.json", '{"0": ["n1", "cat"], "1": ["n2", "big dog"]}'),
    ],
)
def test_names_of_classes_are_read_from_the_files_that_models_come_with(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content)
    assert own_document(Scenes(), IMAGE, classes=tmp_path / name).classes == ("cat", "big dog")


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", "{"), ("b.json", "3"), ("c.json", '{"0": "cat", "2": "dog"}')]
)
def test_files_without_names_are_refused_in_a_sentence(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match="names of"):
        own_document(Scenes(), IMAGE, classes=tmp_path / name)
