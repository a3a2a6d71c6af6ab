"""Of a tensor of any size only what is in sight is read, coloured and made. Counted, not timed: see bench_large."""

from __future__ import annotations

import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import LayerActivation, channel_facts, ranges, snapshot, timeline
from explorer.session.features import measuring
from explorer.session.numbered import Numbered
from explorer.session.ranges import finite_range
from explorer.session.row_names import row_names
from explorer.session.snapshot import MOST_RANKED, prediction_of
from explorer.session.step_tensors import Tensor
from explorer.ui.common import colour, theme
from explorer.ui.common.colour import colourise
from explorer.ui.common.mosaic import Mosaic, Place
from explorer.ui.common.text import number
from explorer.ui.editor.minis import Minis
from explorer.ui.input import prediction as prediction_pane
from explorer.ui.input.answer_list import Answer, AnswerList
from explorer.ui.input.prediction import Ranked
from explorer.ui.maps.canvas import Overlay
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.sheet import filter_sheet, map_sheet
from explorer.ui.maps.value_bars import ROW, ValueBars
from explorer.ui.overview.map_images import COARSE_CELLS, MapImages
from explorer.ui.tensors.shown import forget, shown_tensor
from explorer.ui.tensors.sight import in_sight, sampled
from explorer.ui.tensors.view import TensorView
from tests.ui.fakes import make_actions, make_session, wait_until_shown
from tests.ui.overview.followed import turn_wheel
from tests.ui.step_sessions import recorded

PANE = (420, 300)
PIXELS = PANE[0] * PANE[1]
HUGE = 10**8


@pytest.fixture(scope="module")
def huge() -> np.ndarray:
    """10⁸ numbers that take no memory: nobody wrote to it."""
    values = np.zeros(HUGE, np.float32)
    values.flags.writeable = False
    return values


@pytest.fixture
def coloured(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> list[int]:
    """How many cells are given a colour, each time that some are."""
    theme.apply(qapp, "light")
    counted: list[int] = []
    own = colour.with_faults

    def counting(values: np.ndarray, colours: np.ndarray) -> np.ndarray:
        counted.append(values.size)
        return own(values, colours)

    monkeypatch.setattr(colour, "with_faults", counting)
    return counted


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, reading a whole tensor through is a mistake."""

    def refuse(values: np.ndarray) -> tuple[float, float]:
        raise AssertionError(f"{values.size} numbers were read through")

    return lambda: monkeypatch.setattr(ranges, "read_through", refuse)


def _layer(values: np.ndarray, weight: np.ndarray | None = None) -> LayerActivation:
    """As the worker hands it over."""
    entry = LayerActivation("conv1", "conv2d", "convolution", ("relu1",), values, weight)
    entry.read_through()
    return entry


def _shown(qtbot: QtBot, view: Any) -> Any:
    qtbot.addWidget(view)
    view.resize(*PANE)
    view.show()
    qtbot.waitExposed(view)
    return view


# --- maps ---


@pytest.mark.parametrize("shape", [(64, 1250, 1250), (1, 10_000, 10_000), (250_000, 20, 20)])
@pytest.mark.parametrize("per_map", [False, True])
def test_a_mosaic_colours_no_more_cells_than_there_are_pixels(
    qtbot: QtBot,
    huge: np.ndarray,
    coloured: list[int],
    unread: Callable[[], None],
    shape: tuple[int, int, int],
    per_map: bool,
) -> None:
    entry = _layer(huge.reshape(shape))
    unread()
    view = _shown(qtbot, MapMosaic())
    view.show_sheet(map_sheet(entry, per_map=per_map))
    view.grab()
    assert 0 < sum(coloured) <= 1.1 * PIXELS
    coloured.clear()
    turn_wheel(view.canvas.viewport(), view.canvas.rect().center().toPointF(), 21)
    view.grab()
    assert 0 < sum(coloured) <= 1.1 * PIXELS


def test_filters_of_a_large_matrix_are_coloured_where_they_are_seen(
    qtbot: QtBot, huge: np.ndarray, coloured: list[int], unread: Callable[[], None]
) -> None:
    entry = _layer(np.zeros(3, np.float32), huge.reshape(4000, 25_000))
    unread()
    view = _shown(qtbot, MapMosaic())
    view.show_sheet(filter_sheet(entry, None))
    view.grab()
    assert 0 < sum(coloured) <= 1.1 * PIXELS


def test_a_mosaic_is_painted_once_for_each_change(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyqtgraph puts its matrix off until the first painting, which then asks for a second one of everything."""
    painted: list[float] = []
    own = Overlay.paint
    monkeypatch.setattr(Overlay, "paint", lambda self, *given: painted.append(1) or own(self, *given))
    view = _shown(qtbot, MapMosaic())
    qtbot.wait(100)
    counts = []
    for change in (
        lambda: view.show_sheet(map_sheet(_layer(np.ones((7, 30, 40), np.float32)))),
        lambda: QTest.keyClick(view.canvas, Qt.Key.Key_Plus),
        lambda: view.canvas.scroll_to(10),
    ):
        painted.clear()
        change()
        qtbot.wait(100)
        counts.append(len(painted))
    assert counts == [1, 1, 1]


@given(
    st.integers(1, 9),
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(1, 5),
    st.integers(0, 2),
    st.booleans(),
    st.data(),
)
def test_what_is_coloured_of_a_mosaic_is_what_lies_there(
    count: int, height: int, width: int, columns: int, gap: int, is_strided: bool, data: st.DataObject
) -> None:
    values = np.random.default_rng(count).normal(size=(count, height, width)).astype(np.float32)
    values = np.asfortranarray(values) if is_strided else values
    order = np.array(data.draw(st.permutations(range(count))))
    entry = LayerActivation("conv1", "conv2d", "convolution", (), values)
    sheet = map_sheet(entry)
    mosaic = Mosaic(count, height, width, min(columns, count), gap)
    whole = mosaic.assemble(colourise(values[order], sheet.scale))
    rows, across = (data.draw(st.lists(st.integers(0, size - 1), min_size=1)) for size in mosaic.shape)
    shown = type(sheet)(values, sheet.channels, sheet.labels, sheet.scale, order=order)
    np.testing.assert_array_equal(shown.coloured(mosaic, np.array(rows), np.array(across)), whole[np.ix_(rows, across)])


@given(st.floats(0, 5000), st.floats(0.5, 9000), st.integers(1, 600))
def test_cells_that_stand_for_pixels_lie_in_sight_and_are_all_where_there_is_room(
    start: float, length: float, pixels: int
) -> None:
    cells = sampled(start, start + length, pixels)
    assert len(cells) <= max(pixels, 1)
    assert (np.diff(cells) > 0).all()
    assert start - 1 < cells[0]
    assert cells[-1] < start + length
    if length + 2 <= pixels:
        assert len(cells) == cells[-1] - cells[0] + 1


def test_cells_larger_than_pixels_keep_their_place_when_only_a_part_is_in_sight() -> None:
    rows, columns, extent = in_sight(QRectF(2.5, 1.2, 3, 2), (40, 60), (300, 200))
    assert (rows.tolist(), columns.tolist()) == ([1, 2, 3], [2, 3, 4, 5])
    assert extent == QRectF(2, 1, 4, 3)


SIDES = st.floats(1, 4000)


@given(st.integers(1, 700), SIDES, st.floats(-3000, 1500), SIDES)
def test_what_is_in_sight_lies_in_the_tensor_wherever_rounding_puts_its_edge(
    cells: int, side: float, place: float, screen: float
) -> None:
    """As a map of the overview is painted: cell 112 of 112 was asked for, and cell -1 would be the last."""
    target = QRectF(place, place / 3, side, side)
    seen = target.intersected(QRectF(0, 0, screen, screen))
    to_cells = QTransform.fromScale(cells / side, cells / side).translate(-target.left(), -target.top())
    rows, columns, extent = in_sight(to_cells.mapRect(seen), (cells, cells), (300, 200))
    for axis in (rows, columns):
        assert len(axis)
        assert axis[0] >= 0
        assert axis[-1] < cells
    assert QRectF(0, 0, cells, cells).contains(extent)


@given(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 5, 2**20]), st.data())
def test_what_is_told_of_a_map_is_the_same_in_parts(
    count: int, height: int, width: int, at_once: int, data: st.DataObject
) -> None:
    floats = st.floats(-(2.0**100), 2.0**100, width=32) | st.sampled_from([0.0, np.inf, -np.inf, np.nan])
    cells = data.draw(st.lists(floats, min_size=count * height * width, max_size=count * height * width))
    entry = _layer(np.array(cells, np.float32).reshape(count, height, width))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channel_facts, "CELLS_AT_ONCE", at_once)
        facts = entry.facts_of(count - 1)
    values = entry.values[count - 1].astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        np.testing.assert_allclose(facts.mean, values.mean(), rtol=1e-9, atol=1e-12 * np.abs(values).max())
        np.testing.assert_allclose(facts.variance, values.var(), rtol=1e-9, atol=1e-24 * np.square(values).max())
    zero = 0.0  # −0 and 0 are one number
    np.testing.assert_equal((facts.smallest + zero, facts.largest + zero), (values.min() + zero, values.max() + zero))
    assert facts.zeros == (values == 0).sum()


class _Large:
    """A session that looks at maps of random numbers, each of which counts as large, and reads none until told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session = make_session()
        self.may_read = threading.Event()
        self.readers: list[threading.Thread] = []
        monkeypatch.setattr(measuring, "LARGE", 1)
        own = channel_facts.moments

        def waits(cells: np.ndarray, look: Any) -> tuple[float, float]:
            self.readers.append(threading.current_thread())
            assert self.may_read.wait(10)
            return own(cells, look)

        monkeypatch.setattr(snapshot, "moments", waits)
        monkeypatch.setattr(channel_facts, "moments", waits)


@pytest.fixture
def large(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Large]:
    theme.apply(qapp, "light")
    made = _Large(monkeypatch)
    wait_until_shown(qtbot, made.session)
    yield made
    made.may_read.set()
    assert made.session.close()


@pytest.mark.parametrize("statistic", ["mean", "variance"])
def test_large_maps_lie_as_before_until_another_thread_has_read_them_through_once(
    qtbot: QtBot, large: _Large, statistic: str
) -> None:
    session = large.session
    view = _shown(qtbot, FeatureMaps(session, make_actions(session)))
    session.selection.select(layer="conv1")
    mosaic, box = view.findChild(MapMosaic, "mosaic"), _box(view, "Order")

    def first() -> int | None:
        """The channel of the map at the top left."""
        QTest.mouseClick(
            mosaic.canvas.viewport(), Qt.MouseButton.LeftButton, pos=mosaic.point_of(Place(0, 1, 1)).toPoint()
        )
        return session.state.selection.channel

    before = mosaic.colours()
    box.setCurrentText(statistic)
    np.testing.assert_array_equal(mosaic.colours(), before)
    qtbot.waitUntil(lambda: bool(large.readers))
    large.may_read.set()
    qtbot.waitUntil(lambda: session.state.maps.measured == 1)
    values = session.state.maps.activations.by_name["conv1"].values.astype(np.float64)
    of = {"mean": np.mean, "variance": np.var}[statistic](values, axis=(1, 2))
    assert first() == of.argmax()
    assert threading.current_thread() not in large.readers
    count = len(large.readers)
    box.setCurrentText("index")
    box.setCurrentText(statistic)
    assert len(large.readers) == count


def test_what_is_told_of_a_large_map_comes_when_it_is_read(qtbot: QtBot, large: _Large) -> None:
    session = large.session
    view = _shown(qtbot, FeatureMaps(session, make_actions(session)))
    session.selection.select(layer="conv1", channel=2)
    label = next(each for each in view.findChildren(QLabel) if each.accessibleName() == "mean of the chosen cell")
    assert label.text() == "…"
    large.may_read.set()
    values = session.state.maps.activations.by_name["conv1"].values[2]
    qtbot.waitUntil(lambda: label.text() == number(float(values.mean(dtype=np.float64)), 5))
    assert threading.current_thread() not in large.readers


def _box(view: QWidget, name: str) -> QComboBox:
    return next(each for each in view.findChildren(QComboBox) if each.accessibleName() == name)


# --- the debugger's tensors ---


@pytest.mark.parametrize("shape", [(4000, 25_000), (HUGE,), (64, 1250, 1250), (HUGE // 9, 3, 3)])
def test_a_large_tensor_of_a_step_is_coloured_where_it_is_seen(
    qtbot: QtBot, huge: np.ndarray, coloured: list[int], unread: Callable[[], None], shape: tuple[int, ...]
) -> None:
    values = huge[: int(np.prod(shape))].reshape(shape)
    finite_range(values)
    unread()
    view = _shown(qtbot, TensorView())
    view.set_tensor(shown_tensor(Tensor("weight", "linear1.weight", values, "weight")))
    view.grab()
    forget()
    assert coloured
    assert max(coloured) <= 1.1 * PIXELS


def test_the_worker_reads_large_tensors_through_so_that_the_cursor_waits_for_none(
    monkeypatch: pytest.MonkeyPatch, unread: Callable[[], None]
) -> None:
    monkeypatch.setattr(timeline, "LARGE", 1)
    made = recorded("2 linear(3) tanh linear(2)", target=[1])
    made.read_through(lambda: False)
    unread()
    for entry in made.steps:
        for tensor in made.tensors(entry.index).by_name.values():
            finite_range(tensor.values)

    def refuse(step: int, of: str) -> Tensor:
        raise AssertionError(f"{of} of step {step} is looked through for its largest cell")

    monkeypatch.setattr(made, "asked", refuse)
    for entry in made.steps:
        for of in entry.asked:
            assert made.telling_cell(entry.index, of) is not None


def test_a_range_is_read_once_as_long_as_its_array_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    own = ranges.read_through
    monkeypatch.setattr(ranges, "read_through", lambda values: read.append(values.size) or own(values))
    values = np.array([3.0, np.nan, -1.0, np.inf], np.float32)
    assert finite_range(values) == finite_range(values) == (-1.0, 3.0)
    assert read == [4]
    gone = weakref.ref(values)
    del values
    assert gone() is None


def test_ranges_of_arrays_that_are_gone_are_forgotten() -> None:
    """Round after round; what remembers them may grow in one of them, and keeps its size then."""
    shares = []
    for _ in range(3):
        tracemalloc.start()
        try:
            arrays = [np.zeros(1) for _ in range(2000)]
            for values in arrays:
                finite_range(values)
            remembered, _ = tracemalloc.get_traced_memory()
            del arrays, values
            left, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        shares.append(left / remembered)
    assert min(shares) < 1 / 4


# --- rows ---


class _Counted(Numbered):
    """Names that count how often one is made."""

    made = 0

    def __getitem__(self, index: Any) -> Any:
        _Counted.made += 1
        return super().__getitem__(index)


def test_millions_of_numbers_are_scrolled_to_their_end_and_only_rows_in_sight_are_made(
    qtbot: QtBot, huge: np.ndarray
) -> None:
    bars = _shown(qtbot, ValueBars())
    chosen: list[int] = []
    bars.chosen.connect(chosen.append)
    _Counted.made = 0
    bars.show_values(huge, _Counted(range(HUGE)), range(HUGE), ends=(0.0, 0.0))
    bars.grab()
    QTest.keyClick(bars, Qt.Key.Key_End)
    assert chosen == [HUGE - 1]
    bars.set_selected(HUGE - 1)
    bars.grab()
    last = bars.row_rect(HUGE - 1)
    assert 0 <= last.top() < last.bottom() <= bars.viewport().height()
    assert 0 < _Counted.made <= 8 * (PANE[1] // ROW + 2)
    QTest.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=last.center().toPoint())
    assert chosen[-1] == HUGE - 1


def test_the_chosen_number_stays_in_sight_where_what_is_told_of_it_takes_room(qtbot: QtBot) -> None:
    bars = _shown(qtbot, ValueBars())
    bars.show_values(np.arange(1000.0), Numbered(range(1000)), range(1000), ends=(0.0, 999.0))
    bars.set_selected(999)
    bars.resize(PANE[0], PANE[1] // 2)
    assert bars.row_rect(999).bottom() <= bars.viewport().height()


@pytest.mark.parametrize("kind", ["linear", "softmax"])
def test_of_millions_of_answers_only_those_in_sight_are_made(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    values = np.random.default_rng(0).random(3_000_000, np.float32)
    prediction = prediction_of(LayerActivation("last", kind, "linear", (), values), ())
    assert prediction is not None
    prediction.read_through()
    made: list[int] = []
    monkeypatch.setattr(prediction_pane, "Answer", lambda **told: made.append(told["index"]) or Answer(**told))
    view = _shown(qtbot, AnswerList())
    view.show_answers(Ranked(prediction), signed=True)
    view.grab()
    assert len(view.answers.rows) == MOST_RANKED
    assert 0 < len(made) < 300
    surest = np.argsort(-prediction.values, kind="stable")[:MOST_RANKED]
    wanted = surest if kind == "softmax" else np.arange(MOST_RANKED)
    assert [answer.index for answer in view.answers.rows] == wanted.tolist()
    first: Answer = view.answers.rows[0]
    assert first.name == row_names("y", wanted[0] + 1)[-1]


# --- overview and cards ---


def test_a_column_of_the_overview_reads_the_channels_it_shows(huge: np.ndarray, coloured: list[int]) -> None:
    entry = _layer(huge.reshape(64, 1250, 1250))
    atlas = MapImages().atlas(entry, (0, 3, 5))
    assert (atlas.channels, max(atlas.height, atlas.width) <= COARSE_CELLS) == ((0, 3, 5), True)
    assert sum(coloured) <= 3 * COARSE_CELLS**2


def test_a_card_reads_as_many_cells_as_it_shows(huge: np.ndarray, coloured: list[int]) -> None:
    entry = _layer(huge.reshape(64, 1250, 1250))
    image = Minis(entry.values, entry.low, entry.high).rendered(56, 400)
    assert image.height() == 56
    assert sum(coloured) <= 56 * 400


def test_painting_many_maps_of_the_overview_gives_each_its_own_place(qapp: QApplication) -> None:
    values = np.repeat(np.linspace(0.1, 1, 6, dtype=np.float32), 100 * 100).reshape(6, 100, 100)
    entry = _layer(values)
    atlas, target = MapImages().atlas(entry, (4, 1)), QPixmap(40, 20)
    painter = QPainter(target)
    for slot in (0, 1):
        painter.drawImage(QRectF(20 * slot, 0, 20, 20), atlas.image, QRectF(atlas.part(slot)))
    painter.end()
    image = target.toImage()
    colours = [image.pixelColor(20 * slot + 10, 10).getRgb() for slot in (0, 1)]
    wanted = colourise(values[[4, 1], 0, 0], colour.scale_for(entry.low, entry.high)).tolist()
    assert colours == [tuple(each) for each in wanted]
