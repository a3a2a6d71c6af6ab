"""The decision surface: it follows the network, marks the points, says why it is empty, and costs nothing unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
import torch
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.data.arrays import FeatureSplit
from explorer.data.data_set import Card, DataSet
from explorer.engine.training.surface import plane_points
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.common.colour import rgb
from explorer.ui.training.plane.colours import class_picture
from explorer.ui.training.plane.surface_view import BROKEN, NO_DATA, NO_NUMBERS, SurfaceView, reading
from tests.ui.fakes import make_session, wait_until_drawn

MOONS = "2 linear(8) tanh linear(2)"


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session(MOONS)
    made.input.set_values(np.array([0.5, -0.25], np.float32))
    made.learning.set_hyperparameters(epochs=3, batch_size=50, learning_rate=0.1)
    yield made
    assert made.close()


def opened(qtbot: QtBot, session: Session, data: str = "points:moons") -> SurfaceView:
    session.data.use_data(data)
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    view = SurfaceView(session)
    qtbot.addWidget(view)
    view.resize(700, 240)
    view.show()
    qtbot.waitUntil(lambda: session.state.plane.surface is not None or view.pages.currentIndex() == 0, timeout=20_000)
    return view


def _settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=60_000)
    wait_until_drawn(qtbot)


def _said_by_pytorch(session: Session) -> np.ndarray:
    """The shares of the classes at the surface's cells, from the weights that the window shows."""
    state = session.state
    assert state.network is not None
    assert state.maps.activations is not None
    assert state.plane.surface is not None
    model = state.network.build(seed=0).eval()
    layers = state.maps.activations.by_name
    model.load_state_dict(
        {
            f"{name}.{part}": torch.from_numpy(np.array(getattr(layers[name], part)))
            for name in ("linear1", "linear2")
            for part in ("weight", "bias")
        }
    )
    rows, columns, _ = state.plane.surface.values.shape
    with torch.no_grad():
        outputs = model(plane_points(state.plane.surface.area, columns=columns, rows=rows))
    return outputs.softmax(-1).view(rows, columns, 2).numpy()


def test_it_shows_what_the_network_says_before_and_after_it_learned(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    _settle(qtbot, session)
    before = session.state.plane.surface
    np.testing.assert_allclose(before.values, _said_by_pytorch(session), atol=1e-5)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    last = session.state.training.step
    qtbot.waitUntil(lambda: session.state.plane.surface.step == last, timeout=20_000)
    _settle(qtbot, session)
    np.testing.assert_allclose(session.state.plane.surface.values, _said_by_pytorch(session), atol=1e-5)
    assert not np.allclose(session.state.plane.surface.values, before.values, atol=0.05)
    qtbot.waitUntil(lambda: f"step {last}" in view.sentence.text())


def test_it_follows_a_run_while_it_goes(qtbot: QtBot, session: Session) -> None:
    session.learning.set_hyperparameters(epochs=100_000)
    opened(qtbot, session)
    session.training.train()
    seen = set()

    def follows() -> bool:
        seen.add(session.state.plane.surface.step)
        return len(seen) > 3

    qtbot.waitUntil(follows, timeout=20_000)
    assert session.state.training.status == "running"


def test_hidden_it_asks_for_nothing(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    view.hide()
    _settle(qtbot, session)
    before = session.state.plane.surface
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    _settle(qtbot, session)
    assert session.state.plane.surface is before
    view.show()
    qtbot.waitUntil(lambda: session.state.plane.surface.step == session.state.training.step, timeout=20_000)


def test_a_click_feeds_the_network_that_point(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    box = view.canvas.getViewBox()
    place = view.canvas.mapFromScene(box.mapViewToScene(QPointF(0.25, 0.5)))
    QTest.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    x, y = session.state.values
    assert (x, y) == (pytest.approx(0.25, abs=0.05), pytest.approx(0.5, abs=0.05))
    QTest.keyClick(view.canvas, Qt.Key.Key_Right)
    first = session.state.values[0]
    QTest.keyClick(view.canvas, Qt.Key.Key_Right)
    assert x < first < session.state.values[0]
    assert session.state.values[1] == y
    qtbot.waitUntil(lambda: "%" in view.reading.text())
    assert view.reading.text().startswith("x₁ 0.")
    assert "the present input" in view.legend.accessibleDescription()


def _clouds(view: SurfaceView) -> list[pg.ScatterPlotItem]:
    """The points that are drawn: all marks but the cross of the present input."""
    items = view.canvas.getPlotItem().items
    return [item for item in items if isinstance(item, pg.ScatterPlotItem) and item.opts["symbol"] != "+"]


def test_training_points_are_filled_and_held_out_ones_are_rings(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    clouds = _clouds(view)
    assert sum(len(item.data) for item in clouds) == len(session.state.data.data_set.train) + len(
        session.state.data.data_set.test
    )
    inside = [item.opts["brush"].color().name() for item in clouds]
    assert inside[2:] == [theme.current().pane] * 2
    assert theme.current().pane not in inside[:2]
    assert "held out" in view.legend.accessibleDescription()


def test_it_says_why_there_is_nothing_to_see(qtbot: QtBot, session: Session) -> None:
    view = SurfaceView(session)
    qtbot.addWidget(view)
    view.show()
    assert view.empty.text() == NO_DATA
    session.data.use_data("points:spirals")
    qtbot.waitUntil(lambda: session.state.data.problem is not None, timeout=60_000)
    qtbot.waitUntil(lambda: view.empty.text() == BROKEN)
    session.files.new_network("3x8x8 conv(2, 3) flatten linear(3)")
    qtbot.waitUntil(lambda: "pictures" in view.empty.text())
    assert view.pages.currentIndex() == 0
    assert session.state.plane.surface is None


def test_where_the_network_gives_no_numbers_it_says_so(qtbot: QtBot, session: Session) -> None:
    view = opened(qtbot, session)
    _settle(qtbot, session)
    surface = session.state.plane.surface
    broken = replace(surface, values=np.full_like(surface.values, np.nan))
    session.store.set(replace(session.state.plane, surface=broken))
    qtbot.waitUntil(lambda: view.sentence.text() == NO_NUMBERS)
    assert reading(session.state, broken, (0.0, 0.5)) == "x₁ 0, x₂ 0.500: the network gives NaN"


def test_one_neuron_is_read_as_the_second_class(qtbot: QtBot, session: Session) -> None:
    session.files.new_network("2 linear(4) tanh linear(1)")
    session.learning.set_hyperparameters(epochs=3, batch_size=50, learning_rate=0.1)
    view = opened(qtbot, session)
    assert session.state.plane.surface.values.shape[-1] == 2
    np.testing.assert_allclose(session.state.plane.surface.values.sum(-1), 1, rtol=1e-5)
    qtbot.waitUntil(lambda: "class" in view.sentence.text())


def test_a_regression_is_drawn_on_one_scale_with_its_points(qtbot: QtBot, session: Session) -> None:
    session.files.new_network("2 linear(4) tanh linear(1)")
    places = np.random.default_rng(0).uniform(-1, 1, (60, 2)).astype(np.float32)
    split = FeatureSplit(places, (places[:, :1] * 3).astype(np.float32), "point")
    session.store.set(
        replace(session.state.data, data_set=DataSet(Card("made", "Made", "Made here."), split, None, (2,)))
    )
    view = SurfaceView(session)
    qtbot.addWidget(view)
    view.resize(700, 240)
    view.show()
    qtbot.waitUntil(lambda: session.state.plane.surface is not None and view.bar.isVisible(), timeout=20_000)
    assert not session.state.plane.surface.is_of_classes
    assert sum(len(item.data) for item in _clouds(view)) == 60


@pytest.mark.parametrize("name", ["light", "dark"])
def test_doubt_has_the_colour_of_the_pane_and_certainty_that_of_the_class(name: str, qapp: QApplication) -> None:
    theme.apply(qapp, name)
    picture = class_picture(np.array([[[0.5, 0.5], [1.0, 0.0], [0.25, 0.75], [np.nan, np.nan]]]))
    pane = rgb(theme.current().pane)
    assert tuple(picture[0, 0]) == pane == tuple(picture[0, 3])
    strong, weak = (np.abs(picture[0, at].astype(int) - pane).sum() for at in (1, 2))
    assert strong > weak > 0
    theme.apply(qapp, "light")
