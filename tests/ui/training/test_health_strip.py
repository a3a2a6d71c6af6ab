"""The health strip: what its figures say, when they are coloured, and a network that dies in front of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.engine.training.health import LayerHealth
from explorer.network import Network
from explorer.session import State
from explorer.session.document import Document
from explorer.session.selection import Selection
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.session.train_state import Training
from explorer.ui.common import theme
from explorer.ui.common.text import percent
from explorer.ui.training.health.strip import EMPTY, WAITING, HealthStrip
from explorer.ui.training.health.words import MEASURES, NORMS, RATIOS, USUAL_RATIO, layer_rows, log_share, summary
from explorer.ui.training.run_words import TRAIN
from tests.session.staging import with_parts
from tests.ui.fakes import make_session

NETWORK = Network.parse("3x8x8 conv(4, 3) relu tanh flatten linear(2)")
WELL = (
    LayerHealth("conv1", "Conv2d", gradient_norm=0.02, update_ratio=0.001),
    LayerHealth("relu1", "ReLU", dead=0.1),
    LayerHealth("tanh1", "Tanh", saturated=0.05),
    LayerHealth("flatten1", "Flatten"),
    LayerHealth("linear1", "Linear", gradient_norm=0.5, update_ratio=0.002),
)
RUNNING = Training("running", 1, step=20)

NO_LOSS_LEFT = tuple(
    replace(layer, gradient_norm=0.0, update_ratio=0.0, batch_loss=0.0) for layer in (WELL[0], WELL[4])
)

numbers = st.none() | st.floats(min_value=0) | st.just(math.nan)
shares = st.none() | st.floats(0, 1)
healths = st.builds(
    LayerHealth,
    name=st.just("conv1"),
    kind=st.just("Conv2d"),
    dead=shares,
    saturated=shares,
    gradient_norm=numbers,
    update_ratio=numbers,
    first_nan=st.none() | st.integers(1, 10**6),
)


class Holding(QObject):
    """A session that holds a state and remembers what was selected."""

    changed = Signal(object, object)

    def __init__(self, **fields: object) -> None:
        super().__init__()
        self.state = with_parts(State(Document(EditableNetwork.fresh(NETWORK))), **fields)
        self.selected: list[str] = []
        self.selection = self  # its one verb

    def show(self, **fields: object) -> None:
        old, self.state = self.state, with_parts(self.state, **fields)
        self.changed.emit(old, self.state)

    def select(self, *, layer: str) -> None:
        self.selected.append(layer)
        self.show(selection=Selection(layer))


@pytest.fixture
def session() -> Holding:
    return Holding(health=WELL, training=RUNNING)


@pytest.fixture
def strip(session: Holding, qtbot: QtBot, qapp: QApplication) -> HealthStrip:
    theme.apply(qapp, "light")
    made = HealthStrip(session)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(860, 215)
    made.show()
    return made


def _texts(strip: HealthStrip) -> list[list[str]]:
    model = strip.table.layers
    return [[model.index(row, at).data() for at in range(model.columnCount())] for row in range(model.rowCount())]


def _headings(strip: HealthStrip) -> list[str]:
    model = strip.table.layers
    return [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]


# --- what the figures say ---


@given(healths)
def test_every_figure_is_told_in_whole_sentences(health: LayerHealth) -> None:
    for row in layer_rows((health,), RUNNING):
        for figure in filter(None, row.figures):
            assert figure.tip.endswith(".")
            assert ("Try " in figure.tip) == bool(figure.level)
            assert figure.share is None or 0 <= figure.share <= 1
        words, level = summary((row,))
        assert words.endswith(".")
        assert level == row.level


@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12))
def test_a_larger_norm_never_has_a_shorter_bar(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= log_share(low, NORMS) <= log_share(high, NORMS) <= 1


def test_bars_of_norms_go_in_powers_of_ten() -> None:
    low, middle, high = (log_share(value, (1e-8, 1e4)) for value in (1e-8, 1e-2, 1e4))
    assert (low, middle, high) == pytest.approx((0, 0.5, 1))
    assert log_share(0, NORMS) == 0


def test_the_usual_range_of_the_ratio_is_about_a_thousandth() -> None:
    low, high = next(measure.usual for measure in MEASURES if measure.usual)
    assert low < log_share(1e-3, RATIOS) < high
    assert USUAL_RATIO[0] < 1e-3 < USUAL_RATIO[1]


@pytest.mark.parametrize(
    ("health", "level"),
    [
        (LayerHealth("relu1", "ReLU", dead=0.1), ""),
        (LayerHealth("relu1", "ReLU", dead=0.4), "warning"),
        (LayerHealth("relu1", "ReLU", dead=1.0), "error"),
        (LayerHealth("tanh1", "Tanh", saturated=0.2), ""),
        (LayerHealth("tanh1", "Tanh", saturated=0.6), "warning"),
        (LayerHealth("tanh1", "Tanh", saturated=0.95), "error"),
        (LayerHealth("conv1", "Conv2d", gradient_norm=0.3), ""),
        (LayerHealth("conv1", "Conv2d", gradient_norm=1e-9), "warning"),
        (LayerHealth("conv1", "Conv2d", gradient_norm=1e5), "warning"),
        (LayerHealth("conv1", "Conv2d", gradient_norm=0.0), "error"),
        (LayerHealth("conv1", "Conv2d", gradient_norm=math.inf), "error"),
        (LayerHealth("conv1", "Conv2d", update_ratio=2e-3), ""),
        (LayerHealth("conv1", "Conv2d", update_ratio=0.3), "warning"),
        (LayerHealth("conv1", "Conv2d", update_ratio=1e29), "error"),
        (LayerHealth("conv1", "Conv2d", update_ratio=1e-9), "warning"),
        (LayerHealth("conv1", "Conv2d", update_ratio=math.nan), "error"),
    ],
)
def test_only_what_is_beyond_its_limits_is_coloured(health: LayerHealth, level: str) -> None:
    (row,) = layer_rows((health,), RUNNING)
    assert row.level == level


def test_shares_are_never_rounded_to_nothing_or_all() -> None:
    assert [percent(share) for share in (0, 1e-6, 0.125, 0.99999, 1)] == [
        "0 %",
        "< 0.1 %",
        "12.5 %",
        "> 99.9 %",
        "100 %",
    ]


def test_the_worst_layer_is_told_first() -> None:
    ill = (*WELL[:2], LayerHealth("relu2", "ReLU", dead=1.0), LayerHealth("tanh1", "Tanh", saturated=0.6))
    words, level = summary(layer_rows(ill, RUNNING))
    assert words == "relu2 is 100 % dead. Try a smaller learning rate, other start weights, or ELU."
    assert level == "error"
    assert summary(layer_rows(WELL, RUNNING)) == ("Nothing is beyond its usual limits.", "")


def test_dead_outputs_are_told_before_the_gradients_that_they_stop() -> None:
    ill = (LayerHealth("conv1", "Conv2d", gradient_norm=0.0), LayerHealth("relu1", "ReLU", dead=1.0))
    words, _ = summary(layer_rows(ill, RUNNING))
    assert words.startswith("relu1 is 100 % dead. Try ")
    assert words.endswith("Another layer needs a look too.")


# --- the strip ---


def test_there_is_a_row_for_each_layer_that_has_a_figure(strip: HealthStrip) -> None:
    assert [row[0] for row in _texts(strip)] == ["conv1", "relu1", "tanh1", "linear1"]
    assert _headings(strip) == ["layer", "dead", "saturated", "gradient norm", "update / weight"]
    assert _texts(strip)[0] == ["conv1", "", "", "0.0200", "0.00100"]


def test_measures_that_no_layer_has_take_no_room(strip: HealthStrip, session: Holding, qtbot: QtBot) -> None:
    session.show(health=(WELL[0], WELL[4]))
    qtbot.waitUntil(lambda: _headings(strip) == ["layer", "gradient norm", "update / weight"])


@pytest.mark.parametrize("width", [320, 560, 860, 1400])
def test_all_columns_stay_in_sight(strip: HealthStrip, width: int) -> None:
    strip.resize(width, 215)
    table = strip.table
    used = sum(table.columnWidth(column) for column in range(table.layers.columnCount()))
    assert width - 40 < used + (width - table.viewport().width()) <= width
    assert not table.horizontalScrollBar().isVisible()


def test_a_narrow_strip_has_short_titles(strip: HealthStrip) -> None:
    strip.resize(400, 190)
    assert _headings(strip) == ["layer", "dead", "satur.", "gradient", "update"]
    strip.resize(860, 215)
    assert _headings(strip)[-1] == "update / weight"


def test_the_first_nan_is_named_with_its_step_in_red(strip: HealthStrip, session: Holding, qtbot: QtBot) -> None:
    broken = replace(WELL[0], gradient_norm=math.nan, first_nan=17)
    session.show(health=(broken, *WELL[1:]))
    qtbot.waitUntil(lambda: _headings(strip)[-1] == "first NaN")
    assert _texts(strip)[0][-1] == "step 17"
    assert strip.words.property("role") == "error"
    assert "conv1" in strip.words.whole()
    index = strip.table.layers.index(0, strip.table.layers.columnCount() - 1)
    colours = strip.table.grab(strip.table.visualRect(index).translated(0, strip.table.viewport().y())).toImage()
    red = [colours.pixelColor(x, y).name() for x in range(colours.width()) for y in range(colours.height())]
    assert theme.current().error in red


def test_the_layer_at_which_a_run_broke_off_is_marked(strip: HealthStrip, session: Holding, qtbot: QtBot) -> None:
    message = "The output of tanh1 holds NaN at step 3."
    session.show(training=Training("ended", 1, message=message, layer="tanh1"))
    qtbot.waitUntil(lambda: _headings(strip)[-1] == "first NaN")
    assert [row[-1] for row in _texts(strip)] == ["", "", "stopped", ""]
    model = strip.table.layers
    assert model.index(2, model.columnCount() - 1).data(Qt.ItemDataRole.ToolTipRole) == message


def test_an_ended_run_is_dimmed_and_says_so(strip: HealthStrip, session: Holding, qtbot: QtBot) -> None:
    assert not strip.table.is_dimmed
    session.show(training=Training("ended", 3))
    qtbot.waitUntil(lambda: strip.table.is_dimmed)
    assert strip.words.whole().endswith("Run 3 has ended.")


def test_a_click_selects_the_layer_everywhere(strip: HealthStrip, session: Holding) -> None:
    place = strip.table.visualRect(strip.table.layers.index(3, 2)).center()
    QTest.mouseClick(strip.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.selected == ["linear1"]


def test_the_keys_walk_from_layer_to_layer(strip: HealthStrip, session: Holding) -> None:
    session.show(selection=Selection("relu1"))
    QTest.keyClick(strip.table, Qt.Key.Key_Down)
    assert session.selected == ["tanh1"]


def test_the_selected_layer_is_marked_without_selecting_it_again(strip: HealthStrip, session: Holding) -> None:
    session.show(selection=Selection("linear1"))
    assert strip.table.currentIndex().row() == 3
    assert session.selected == []


def test_before_a_run_it_says_what_would_appear(qtbot: QtBot) -> None:
    session = Holding()
    made = HealthStrip(session)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show()
    shown = made.empty.label
    assert shown.isVisible()
    assert shown.text() == f"{EMPTY} {TRAIN}"
    assert any(label.text() == "Health" and label.isVisible() for label in made.findChildren(QLabel))
    session.show(training=RUNNING)
    qtbot.waitUntil(lambda: shown.text() == WAITING)


def test_a_hidden_strip_waits_until_it_is_shown(strip: HealthStrip, session: Holding) -> None:
    strip.hide()
    session.show(health=WELL[:1])
    assert strip.table.layers.rowCount() == 4
    strip.show()
    assert strip.table.layers.rowCount() == 1


# --- a real network ---


def test_a_network_with_a_dead_layer_says_so_and_no_gradient_arrives_before_it(qtbot: QtBot) -> None:
    session = make_session("2 linear(6) relu linear(2)")
    session.learning.set_hyperparameters(epochs=500, batch_size=50)
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    session.input.set_values(np.array([0.3, -0.2], np.float32))
    qtbot.waitUntil(lambda: not session.state.maps.computing, timeout=60_000)
    for neuron in range(6):
        session.editing.set_cell("linear1.bias", (neuron,), -100.0)
        qtbot.waitUntil(lambda: not session.store.runner.is_busy(), timeout=60_000)
    strip = HealthStrip(session)
    qtbot.addWidget(strip)
    strip.show()
    session.training.train()
    qtbot.waitUntil(lambda: strip.table.layers.rowCount() == 3, timeout=60_000)
    assert _texts(strip)[1][1] == "100 %"
    assert _texts(strip)[0][2] == "0"
    assert strip.words.property("role") == "error"
    session.training.pause()
    assert session.close()


def test_a_learning_rate_beyond_all_bounds_ends_in_red_with_the_layer_named(qtbot: QtBot) -> None:
    session = make_session("2 linear(6) relu linear(8) relu linear(2)")
    session.learning.set_hyperparameters(epochs=3, batch_size=50, learning_rate=1e30)
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    strip = HealthStrip(session)
    qtbot.addWidget(strip)
    strip.show()
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    named = session.state.training.layer
    qtbot.waitUntil(lambda: named in strip.words.whole(), timeout=60_000)
    assert strip.words.property("role") == "error"
    assert session.close()


def test_a_loss_of_exactly_0_is_no_illness_but_nothing_to_learn_from_this_batch() -> None:
    rows = layer_rows(NO_LOSS_LEFT, RUNNING)
    assert [row.level for row in rows] == ["", ""]
    assert summary(rows) == ("The loss of this batch is 0: there is nothing to learn from it.", "")
    lost = layer_rows(tuple(replace(layer, batch_loss=0.5) for layer in NO_LOSS_LEFT), RUNNING)
    assert [row.level for row in lost] == ["error", "error"]
    assert summary(lost)[0].startswith("No gradient reaches conv1")
