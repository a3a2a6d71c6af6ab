"""A detector in the window: the boxes that it returned over what it is fed, the surest first, one alone on a click."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.session import Session
from explorer.session.found_boxes import MOST_BOXES, FoundBoxes
from explorer.ui.common import theme
from explorer.ui.common.class_colours import area_colour
from explorer.ui.common.text import listed_percent
from explorer.ui.input.prediction import PredictionView
from tests.ui.fakes import wait_until_shown
from tests.ui.input.shown_prediction import shown_prediction
from tests.ui.pixels import colours_near

CLASSES = ("background", "cat", "dog")
SIDE = 40
BOXES = torch.tensor([[4.0, 6.0, 20.0, 30.0], [22.0, 2.0, 38.0, 18.0]])
LABELS = torch.tensor([2, 1])


class Detector(nn.Module):
    """Gives what torchvision's detectors give: for each example a dictionary. How sure it is depends on the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> list[dict[str, Tensor]]:
        scores = self.score(x.mean((2, 3))).sigmoid()
        return [{"boxes": BOXES + at, "labels": LABELS, "scores": each} for at, each in enumerate(scores)]


Show = Callable[[Tensor], tuple[Session, PredictionView, Tensor]]


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication) -> Iterator[Show]:
    """Shows what `Detector` says of a batch, with the scores that it gives in PyTorch, (N, 2)."""
    theme.apply(qapp, "light")
    sessions: list[Session] = []

    def make(x: Tensor) -> tuple[Session, PredictionView, Tensor]:
        torch.manual_seed(0)
        model = Detector().eval()
        with torch.no_grad():
            scores = torch.stack([each["scores"] for each in model(x)])
        session, view = shown_prediction(qtbot, model, x, CLASSES)
        sessions.append(session)
        return session, view, scores

    yield make
    for session in sessions:
        assert session.close()


def batch(amount: int = 1) -> Tensor:
    return torch.rand(amount, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))


def test_the_boxes_stand_in_a_list_the_surest_first(show: Show) -> None:
    _, view, scores = show(batch())
    order = torch.argsort(-scores[0]).tolist()
    answers = view.found.listed.answers.rows
    assert [each.name for each in answers] == [CLASSES[int(LABELS[at])] for at in order]
    assert [each.value for each in answers] == [listed_percent(float(scores[0, at])) for at in order]
    assert view.facts_label.whole() == "2 things found"
    assert view.found.isVisible()
    assert not view.answers.isVisible()
    assert not view.empty.isVisible()


def test_each_is_framed_in_the_picture_in_the_colour_of_its_class(show: Show) -> None:
    _, view, _ = show(torch.zeros(1, 3, SIDE, SIDE))
    QApplication.processEvents()
    canvas = view.found.picture
    picture = canvas.grab().toImage()
    for box, label in zip(BOXES.tolist(), LABELS.tolist(), strict=True):
        left, top, right, bottom = box
        for row, column in ((top, (left + right) / 2), (bottom, (left + right) / 2), ((top + bottom) / 2, left)):
            corner = canvas.point_of(0, 0)
            zoom = canvas.point_of(0, 1).x() - corner.x()
            x, y = round(corner.x() + (column - 0.5) * zoom), round(corner.y() + (row - 0.5) * zoom)
            around = picture.copy(x - 3, y - 3, 7, 7)
            assert colours_near(around, area_colour(label).name()) >= 5
            assert not colours_near(picture.copy(x + 6, y + 6, 5, 5), area_colour(label).name(), 20)


def test_a_chosen_one_is_framed_alone_until_it_is_chosen_again(show: Show) -> None:
    _, view, _ = show(batch())
    found = view.found.listed
    first = found.visualRect(found.answers.index(0, 0)).center()
    whole = view.found.picture.grab().toImage()
    QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert found.chosen == 0
    assert view.found.picture.grab().toImage() != whole
    QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert found.chosen is None
    assert view.found.picture.grab().toImage() == whole


def test_they_are_those_of_the_example_that_is_looked_at(show: Show, qtbot: QtBot) -> None:
    session, _, _ = show(batch(2))
    assert session.state.boxes is not None
    np.testing.assert_array_equal(np.sort(session.state.boxes.boxes, axis=0), np.sort(BOXES.numpy(), axis=0))
    session.input.look_at((0, 1))
    wait_until_shown(qtbot, session)
    assert session.state.boxes is not None
    np.testing.assert_array_equal(np.sort(session.state.boxes.boxes, axis=0), np.sort(BOXES.numpy() + 1, axis=0))


def test_very_many_are_cut_where_they_are_least_sure() -> None:
    scores = np.random.default_rng(0).random(500)
    boxes = np.arange(2000, dtype=np.float64).reshape(500, 4)
    found = FoundBoxes.of(boxes, None, scores, ())
    assert len(found.boxes) == MOST_BOXES
    np.testing.assert_array_equal(found.boxes[0], boxes[scores.argmax()])
    assert found.name(3) == "box 3"
    assert FoundBoxes.of(boxes[:1], np.array([7]), None, CLASSES).name(0) == "class 7"
