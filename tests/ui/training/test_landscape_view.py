"""The loss over weights: the person chooses them, the point walks down, and training goes on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.engine.training.weight import Weight
from explorer.session import Session
from explorer.session.landscape_state import Landscape
from explorer.session.train_state import Training
from explorer.ui.common import theme
from explorer.ui.training.plane.landscape_view import (
    BROKEN,
    NO_DATA,
    NOWHERE_FINITE,
    WORKING,
    WORKING_ON_THE_SIDE,
    LandscapeView,
    sentence,
)
from explorer.ui.training.plane.loss_picture import FINE, contours, finer, loss_picture
from tests.ui.fakes import make_session, wait_until_drawn
from tests.ui.pixels import colours_near

MOONS = "2 linear(8) tanh linear(2)"


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session(MOONS)
    made.input.set_values(np.array([0.5, -0.25], np.float32))
    made.learning.set_hyperparameters(epochs=5, batch_size=50, learning_rate=0.2)
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=60_000)
    yield made
    assert made.close()


def opened(qtbot: QtBot, session: Session) -> LandscapeView:
    view = LandscapeView(session)
    qtbot.addWidget(view)
    view.resize(800, 240)
    view.show()
    qtbot.waitUntil(lambda: session.state.plane.landscape is not None, timeout=20_000)
    return view


def _settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=60_000)
    wait_until_drawn(qtbot)


def choose(view: LandscapeView, which: str, name: str) -> None:
    picker = getattr(view, which)
    picker.parameter.setCurrentText(name)
    picker.parameter.activated.emit(picker.parameter.currentIndex())


def test_at_rest_it_gets_finer_and_the_middle_is_the_network(qtbot: QtBot, session: Session) -> None:
    sides: list[int] = []
    session.changed.connect(
        lambda: session.state.plane.landscape is not None and sides.append(len(session.state.plane.landscape.losses))
    )
    view = opened(qtbot, session)
    _settle(qtbot, session)
    assert sides[0] == 5, "a coarse picture soon: a finer one of a large network takes half a minute"
    assert sides == sorted(sides)
    landscape = session.state.plane.landscape
    assert landscape.losses.shape == (33, 33)
    assert len(landscape.trail) == 1
    assert landscape.losses[16, 16] == pytest.approx(landscape.trail[-1, -1], rel=1e-5)
    assert [axis[16] for axis in landscape.axes] == pytest.approx(landscape.trail[-1, :2])
    qtbot.waitUntil(lambda: str(landscape.weights[0]) in view.sentence.whole())
    assert "400 training examples" in view.sentence.whole()
    assert view.across.cell.text() == ", ".join(map(str, landscape.weights[0].index))


def test_the_point_walks_down_while_it_trains(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session)
    _settle(qtbot, session)
    session.learning.set_hyperparameters(epochs=60)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    last = session.state.training.step
    qtbot.waitUntil(lambda: session.state.plane.landscape.step == last, timeout=20_000)
    _settle(qtbot, session)
    landscape = session.state.plane.landscape
    assert len(landscape.trail) > 2
    assert landscape.trail[-1, -1] < landscape.trail[0, -1]
    weights = [session.state.maps.activations.by_name[weight.parameter.split(".")[0]] for weight in landscape.weights]
    shown = [
        getattr(layer, weight.parameter.split(".")[1])[weight.index]
        for layer, weight in zip(weights, landscape.weights, strict=True)
    ]
    assert shown == pytest.approx(landscape.trail[-1, :2])


def test_a_run_with_it_in_sight_is_the_same_run(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    for is_seen in (True, False):
        view.setVisible(is_seen)
        session.training.train()
        qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
        _settle(qtbot, session)
        session.training.rewind()
        _settle(qtbot, session)
    first, second = session.state.watching.runs
    np.testing.assert_array_equal(first.losses, second.losses)


def test_the_person_chooses_weights_and_span(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    _settle(qtbot, session)
    choose(view, "across", "linear1.weight")
    view.across.cell.selectAll()
    QTest.keyClicks(view.across.cell, "5, 1")
    QTest.keyClick(view.across.cell, Qt.Key.Key_Return)
    choose(view, "up", "none")
    qtbot.waitUntil(
        lambda: (
            (shown := session.state.plane.landscape) is not None
            and shown.weights == (Weight("linear1.weight", (5, 1)),)
        ),
        timeout=20_000,
    )
    _settle(qtbot, session)
    before = session.state.plane.landscape.axes[0]
    assert session.state.plane.landscape.losses.shape == (65,)
    view.span.setValue(10)
    qtbot.waitUntil(
        lambda: (shown := session.state.plane.landscape) is not None and np.ptp(shown.axes[0]) > 1.9 * np.ptp(before),
        timeout=20_000,
    )


def test_a_cell_is_typed_where_a_parameter_is_chosen_and_told_where_it_is_the_steepest(
    qtbot: QtBot, session: Session
) -> None:
    view = opened(qtbot, session)
    _settle(qtbot, session)
    across, up = session.state.plane.landscape.weights
    for picker, weight in ((view.across, across), (view.up, up)):
        qtbot.waitUntil(lambda picker=picker, weight=weight: str(weight) in picker.parameter.currentText())
        assert not picker.cell.isVisible()
    choose(view, "up", "linear2.weight")
    assert view.up.cell.isVisible()
    assert view.up.cell.isEnabled()
    _settle(qtbot, session)
    assert view.up.parameter.itemText(0) == "steepest"
    choose(view, "up", "none")
    assert not view.up.cell.isVisible()


def test_a_cell_beyond_the_edge_becomes_the_last_one(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    _settle(qtbot, session)
    choose(view, "up", "linear2.weight")
    view.up.cell.selectAll()
    QTest.keyClicks(view.up.cell, "99")
    QTest.keyClick(view.up.cell, Qt.Key.Key_Return)
    assert view.up.cell.text() == "1, 0"


def test_hidden_it_asks_for_nothing(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    view.hide()
    _settle(qtbot, session)
    before = session.state.plane.landscape
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    _settle(qtbot, session)
    assert session.state.plane.landscape is before


def test_it_says_why_there_is_nothing_to_see(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    session.files.new_network("2 linear(5)")
    qtbot.waitUntil(lambda: view.empty.text() == BROKEN and view.pages.currentIndex() == 0)
    session.store.set(replace(session.state.data, data_set=None))
    qtbot.waitUntil(lambda: view.empty.text() == NO_DATA)


def test_it_says_so_where_no_loss_is_a_number(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    _settle(qtbot, session)
    assert not view.canvas.message.isVisible()
    losses = np.full_like(session.state.plane.landscape.losses, np.nan)
    session.store.set(replace(session.state.plane, landscape=replace(session.state.plane.landscape, losses=losses)))
    qtbot.waitUntil(lambda: view.canvas.message.text() == NOWHERE_FINITE)
    assert view.canvas.message.isVisible()
    assert not view.bar.isVisible()


def test_before_the_first_losses_it_says_that_they_are_worked_out(qtbot: QtBot, session: Session) -> None:
    view = LandscapeView(session)
    qtbot.addWidget(view)
    view.redraw()
    assert view.canvas.message.text() == WORKING
    session.store.set(Training("running", 1))
    view.redraw()
    assert view.canvas.message.text() == WORKING_ON_THE_SIDE
    assert not view.sentence.text()
    session.store.set(Training())


def test_a_low_wide_view_has_its_sentence_beside_the_weights(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    qtbot.waitUntil(lambda: "training examples" in view.sentence.whole(), timeout=20_000)
    view.resize(970, 114)
    assert view.sentence.isVisible()
    qtbot.waitUntil(
        lambda: view.sentence.mapTo(view, QPoint()).x() > view.up.mapTo(view, QPoint(view.up.width(), 0)).x()
    )
    view.resize(560, 114)
    assert not view.sentence.isVisible()
    assert view.canvas.toolTip() == view.sentence.whole()


def test_a_weight_of_a_layer_that_has_gone_is_chosen_anew(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    _settle(qtbot, session)
    choose(view, "across", "linear2.bias")
    session.editing.rename_layer("linear2", "linear7")
    qtbot.waitUntil(
        lambda: (
            (shown := session.state.plane.landscape) is not None
            and bool(shown.weights)
            and "linear2" not in str(shown.weights)
            and shown.losses is not None
        ),
        timeout=20_000,
    )
    assert session.state.maps.fault is None


def test_contours_are_smooth_lines_where_a_whole_number_is_crossed() -> None:
    plane = np.add.outer(np.zeros(20), np.linspace(0.05, 2.05, 40))
    found = contours(plane)
    assert found.shape == plane.shape
    assert np.ptp(found, axis=0).max() < 1e-9
    lines = found[0]
    near = [abs(plane[0] - whole).argmin() for whole in (1, 2)]
    assert set(np.flatnonzero(lines > 0.4)) <= {at + beside for at in near for beside in (-1, 0, 1)}
    assert lines[near].min() > 0.5
    assert lines[10] == 0
    assert not contours(np.ones((4, 4))).any()


def test_between_the_places_the_loss_is_linear_and_a_hole_stays_one() -> None:
    plane = np.add.outer(np.arange(5.0), 2 * np.arange(5.0))
    fine = finer(plane)
    assert fine.shape == (FINE, FINE)
    np.testing.assert_allclose(fine, np.add.outer(np.linspace(0, 4, FINE), 2 * np.linspace(0, 4, FINE)), atol=1e-9)
    plane[2, 2] = np.nan
    assert np.isnan(finer(plane)[FINE // 2, FINE // 2])
    assert loss_picture(plane).dtype == np.uint8


@pytest.mark.parametrize("walked", [0.0, 0.25])
def test_a_line_is_told_of_where_one_is_seen(walked: float) -> None:
    weights = (Weight("linear1.weight", (0, 0)), Weight("linear1.weight", (0, 1)))
    trail = np.array([[1.0, 2.0, 0.5], [1.0 + walked, 2.0, 0.5 + 1e-8]])
    told = sentence(Landscape(weights, trail=trail, count=400, loss="cross_entropy"))
    assert told.endswith("where it came from.") is bool(walked)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_where_nothing_went_wrong_nothing_has_the_colour_of_an_error(
    session: Session, qtbot: QtBot, qapp: QApplication, name: str
) -> None:
    """The point of the present weights had it."""
    theme.apply(qapp, name)
    view = opened(qtbot, session)
    _settle(qtbot, session)
    picture = view.grab().toImage()
    assert colours_near(picture, theme.current().text, 2) > 20
    assert not colours_near(picture, theme.current().error, 2)
