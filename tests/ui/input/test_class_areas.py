"""A network that ends in maps of classes: the class picture over what it is fed, its legend, and what a click does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.session import Cell, LayerActivation, Selection, Session
from explorer.session.segmenting import class_picture_of
from explorer.ui.common import theme
from explorer.ui.common.class_colours import area_colour
from explorer.ui.common.fed_pixels import paled
from explorer.ui.input.class_areas import AREA_SHARE, coloured_areas
from explorer.ui.input.prediction import MAPS, PredictionView
from tests.ui.input.shown_prediction import shown_prediction

CLASSES = ("sky", "road", "tree")
Shown = tuple[Session, PredictionView]
Show = Callable[..., Shown]


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication) -> Iterator[Show]:
    """Shows the prediction of a model on a tensor; every session is closed afterwards."""
    theme.apply(qapp, "light")
    sessions: list[Session] = []

    def make(model: nn.Module, x: Tensor, classes: tuple[str, ...] = ()) -> Shown:
        shown = shown_prediction(qtbot, model, x, classes)
        sessions.append(shown[0])
        return shown

    yield make
    for session in sessions:
        assert session.close()


def segments(outputs: int = 3) -> tuple[nn.Module, Tensor, Tensor]:
    """A model, its input, and what it gives, (outputs, H, W)."""
    torch.manual_seed(0)
    model, x = nn.Conv2d(3, outputs, 3, padding=1), torch.randn(1, 3, 6, 8)
    with torch.no_grad():
        return model, x, model(x)[0]


def entry(*shape: int, kind: str = "conv2d") -> LayerActivation:
    values = np.random.default_rng(0).standard_normal(shape[1:]).astype(np.float32)
    return LayerActivation("last", kind, "convolution", ("input",), values, output_shape=shape)


def test_at_each_place_it_is_the_class_whose_map_is_largest(show: Show) -> None:
    model, x, given = segments()
    session, view = show(model, x, CLASSES)
    found = session.state.class_picture
    assert found is not None
    np.testing.assert_array_equal(found.classes, given.argmax(0).numpy())
    shares = torch.bincount(given.argmax(0).reshape(-1), minlength=3) / 48
    np.testing.assert_allclose(found.shares, shares.numpy(), rtol=1e-6)
    answers = view.areas.listed.answers.rows
    assert [answer.index for answer in answers] == torch.argsort(-shares, stable=True).tolist()
    assert {answer.name for answer in answers} == set(CLASSES)
    assert view.areas.isVisible()
    assert not view.empty.isVisible()
    assert not view.answers.isVisible()
    assert view.facts_label.whole().startswith("largest of ")


def test_the_areas_lie_over_the_picture_in_the_colours_of_the_legend() -> None:
    theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]  # there is one
    found = class_picture_of(entry(1, 3, 2, 2), CLASSES)
    assert found is not None
    fed = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)
    pixels = coloured_areas(found, fed)
    assert pixels.shape == (4, 4, 3)
    for row, column in np.ndindex(4, 4):
        own = np.array(area_colour(int(found.classes[row // 2, column // 2])).getRgb()[:3])
        expected = AREA_SHARE * own + (1 - AREA_SHARE) * paled(fed)[row, column]
        np.testing.assert_allclose(pixels[row, column], expected, atol=1)
    assert len({area_colour(at).name() for at in range(60)}) == 60


def test_a_click_chooses_the_place_in_the_map_that_decided_it(show: Show) -> None:
    model, x, given = segments()
    session, view = show(model, x, CLASSES)
    picture = view.areas.picture
    picture.pressed.emit(4, 5)
    channel = int(given[:, 4, 5].argmax())
    layer = session.state.maps.activations.layers[-1].name  # type: ignore[union-attr]  # it has run
    assert session.state.selection == Selection(layer, channel, 4, 5)
    picture.pointed.emit((1, 2))
    assert session.selection.pointed == Cell(layer, (0, int(given[:, 1, 2].argmax()), 1, 2))
    picture.pointed.emit(None)
    assert session.selection.pointed is None


def test_a_class_of_the_legend_leads_to_its_map(show: Show) -> None:
    model, x, _ = segments()
    session, view = show(model, x, CLASSES)
    legend = view.areas.listed
    index = legend.answers.index(1, 0)
    QTest.mouseClick(legend.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(legend.visualRect(index).center()))
    assert session.state.selection.channel == legend.answer_at(index).index
    assert session.state.selection.row is None


def test_one_map_for_two_classes_is_read_through_a_sigmoid(show: Show) -> None:
    model, x, given = segments(1)
    session, _ = show(model, x, ("ground", "nucleus"))
    found = session.state.class_picture
    assert found is not None
    np.testing.assert_array_equal(found.classes, (torch.sigmoid(given[0]) > 0.5).numpy())
    row, column = map(int, np.argwhere(found.classes == 1)[0])
    assert found.channel(row, column) == 0


def test_of_a_volume_it_is_the_middle_slice(show: Show) -> None:
    torch.manual_seed(0)
    model, x = nn.Conv3d(1, 3, 1), torch.randn(1, 1, 5, 4, 4)
    session, view = show(model, x)
    found = session.state.class_picture
    assert found is not None
    with torch.no_grad():
        np.testing.assert_array_equal(found.classes, model(x)[0, :, 2].argmax(0).numpy())
    assert view.facts_label.whole().endswith("slice 2 of 5")
    view.areas.picture.pressed.emit(3, 1)
    assert session.state.chosen_cell is not None
    assert session.state.chosen_cell.index == (0, int(found.classes[3, 1]), 2, 3, 1)


def test_maps_that_are_no_classes_are_not_taken_for_such(show: Show) -> None:
    model, x, _ = segments(3)  # a picture again
    session, view = show(model, x)
    assert session.state.class_picture is None
    assert view.empty.text() == MAPS
    assert class_picture_of(entry(1, 5, 3, 3), (), (3, 6, 6)) is None  # smaller than what was fed
    assert class_picture_of(entry(1, 5, 6, 6), CLASSES, (3, 6, 6)) is None  # as many maps as no one named
    assert class_picture_of(entry(1, 5, 6, 6), (), (3, 6, 6)) is not None
