"""The curves as a person sees them: runs told apart, read off, zoomed, put away; a million points in a frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.data.data_set import Card, DataSet
from explorer.data.splits import ArraySplit
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.session import Session
from explorer.session.run_curves import EpochFigures, GrowingCurves, RunCurves
from explorer.ui.common import theme
from explorer.ui.shell import commands
from explorer.ui.training.curves.canvas import CurveCanvas
from explorer.ui.training.curves.curve import STYLES, Curve, colour_of
from explorer.ui.training.curves.legend import CurveLegend, LegendEntry
from explorer.ui.training.curves.lines import smoothed
from explorer.ui.training.curves.view import ACCURACY, ALL_AWAY, LOSS, NO_ACCURACY, NO_CLASSES, NO_LOSS, CurvePlot
from explorer.ui.training.run_words import TRAIN, run_tip
from explorer.ui.training.shown_runs import ShownRuns
from tests.ui.fakes import make_session


def make_run(number: int = 1, steps: int = 40, *, first_step: int = 0, parent: int | None = None) -> RunCurves:
    """A run whose loss falls as 1 / step, told every ten steps."""
    return make_growing(number, steps, first_step=first_step, parent=parent).now


def make_growing(number: int = 1, steps: int = 40, *, first_step: int = 0, parent: int | None = None) -> GrowingCurves:
    """The same run, which goes on."""
    run = GrowingCurves(RunCurves(number, f"run {number}: SGD 0.01", Hyperparameters(), parent, first_step))
    for step in range(first_step + 1, first_step + steps + 1):
        run.add(step, 1 / step, 0.01)
        if step % 10 == 0:
            run.end_epoch(EpochFigures(step, step // 10, 1.0, 0.5 + step / 1000, 0.9, 0.4 + step / 1000))
    return run


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("2 linear(3)", picture=False)
    yield made
    assert made.close()


@pytest.fixture
def plot(session: Session, qtbot: QtBot) -> CurvePlot:
    return _shown(CurvePlot(session), qtbot)


def _shown(plot: CurvePlot, qtbot: QtBot) -> CurvePlot:
    qtbot.addWidget(plot)
    plot.resize(520, 220)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def _show(session: Session, *runs: RunCurves) -> None:
    session.store.set(replace(session.state.watching, runs=runs))


def _words(plot: CurvePlot) -> list[str]:
    return [entry.words for entry in plot.legend.entries]


def _items(canvas: CurveCanvas, kind: type[pg.GraphicsObject]) -> list[Any]:
    """What of `kind` is drawn in the plot."""
    return [item for item in canvas.getPlotItem().items if isinstance(item, kind)]


def _marked(canvas: CurveCanvas) -> list[float]:
    """Where upright lines stand."""
    return [line.value() for line in _items(canvas, pg.InfiniteLine) if line.isVisible()]


def _fitting(legend: CurveLegend) -> list[tuple[QRectF, LegendEntry]]:
    """The entries that the legend has room for, and where they stand in it."""
    target = QPixmap(legend.size())
    painter = QPainter(target)
    places = legend.paint_entries(painter, QRectF(legend.rect()))
    painter.end()
    return places


def test_an_empty_plot_says_what_appears_there(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    assert plot.empty.isVisible()
    assert plot.empty.text() == f"{NO_LOSS} {TRAIN}"
    accuracy = _shown(CurvePlot(session, ACCURACY), qtbot)
    assert accuracy.empty.text() == NO_ACCURACY
    rows = ArraySplit(np.zeros((4, 2), np.float32), np.zeros((4, 1), np.float32), "row")
    sums = DataSet(Card("sum", "Sums", "Sums."), rows, rows, (2,))
    session.store.set(replace(session.state.data, data_set=sums))
    qtbot.waitUntil(lambda: accuracy.empty.text() == NO_CLASSES)
    session.store.set(replace(session.state.data, data_set=None))


def test_every_step_is_pale_under_the_smoothed_line_and_validation_orange(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    run = make_run()
    _show(session, run)
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    pale, strong, judged = plot.canvas.curves
    np.testing.assert_array_equal(pale.ys, run.losses)
    np.testing.assert_allclose(strong.ys, smoothed(run.losses, plot.smoothing.value() / 100 * 0.999))
    assert judged.xs.tolist() == [10, 20, 30, 40]
    assert (pale.role, strong.role, judged.role) == ("training", "training", "validation")
    assert (pale.is_pale, strong.is_pale) == (True, False)
    assert colour_of("training") != colour_of("validation")


def test_the_slider_smooths_and_without_it_both_lines_are_one(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run())
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    QTest.keyClick(plot.smoothing, Qt.Key.Key_Home)
    pale, strong, _ = plot.canvas.curves
    np.testing.assert_array_equal(pale.ys, strong.ys)


def test_a_curve_that_grows_is_redrawn_at_most_fifteen_times_a_second(
    plot: CurvePlot, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_growing(steps=5)
    _show(session, run.now)
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    drawn: list[int] = []
    monkeypatch.setattr(plot.canvas, "show_curves", lambda curves, **_limits: drawn.append(len(curves[0].xs)))
    for step in range(6, 60):
        run.add(step, 0.5, 0.01)
        _show(session, run.now)
    assert not drawn
    qtbot.waitUntil(lambda: bool(drawn))
    assert drawn == [59]


def test_a_hidden_plot_draws_nothing_until_it_is_shown(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    plot.hide()
    _show(session, make_run())
    assert not plot.canvas.curves
    plot.show()
    assert len(plot.canvas.curves) == 3


def test_runs_differ_by_style_and_label_and_a_fork_starts_where_it_forks(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    _show(session, make_run(1), make_run(2, first_step=40, parent=1))
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    strong = [curve for curve in plot.canvas.curves if curve.role == "training" and not curve.is_pale]
    assert [curve.end for curve in strong] == ["run 1", "run 2"]
    assert len({STYLES[curve.style] for curve in strong}) == 2
    assert strong[1].xs[0] == 41
    fork = next(entry for entry in plot.legend.entries if entry.words.startswith("run 2"))
    assert "It went on from run 1 at step 40." in fork.tip
    assert "learning rate 0.01," in fork.tip


def test_the_values_at_the_curves_ends_stand_above_the_plot(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run())
    qtbot.waitUntil(lambda: len(plot.legend.entries) == 2)
    assert _words(plot)[0].startswith("training ≈ ")
    assert "Smoothed" in plot.legend.entries[0].tip
    QTest.keyClick(plot.smoothing, Qt.Key.Key_Home)
    assert _words(plot) == ["training 0.0250", "validation 0.900"]
    assert plot.legend.geometry().bottom() <= plot.canvas.mapTo(plot, QPoint(0, 0)).y()


def test_the_crosshair_reads_the_nearest_step_of_each_run(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run(1), make_run(2, 20))
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    QTest.keyClick(plot.smoothing, Qt.Key.Key_Home)
    place = plot.canvas.mapFromScene(plot.canvas.getViewBox().mapViewToScene(QPointF(10.2, 0.4)))
    QTest.mouseMove(plot.canvas.viewport(), place)
    qtbot.waitUntil(lambda: plot.canvas.cross == 10)
    assert _words(plot) == ["step 10", "run 2 0.100", "0.900", "run 1 0.100", "0.900"]
    plot.canvas.look_at(30)
    assert _words(plot) == ["step 30", "run 1 0.0333", "0.900"]
    plot.canvas.look_at(None)
    assert not _words(plot)[0].startswith("step")


def test_the_crosshair_walks_with_the_arrow_keys(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run())
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    plot.canvas.setFocus()
    for expected in (1, 2, 3):
        QTest.keyClick(plot.canvas, Qt.Key.Key_Right)
        assert plot.canvas.cross == expected
    QTest.keyClick(plot.canvas, Qt.Key.Key_Left)
    assert plot.canvas.cross == 2
    QTest.keyClick(plot.canvas, Qt.Key.Key_Escape)
    assert plot.canvas.cross is None


def test_zooming_stays_while_the_curve_grows_and_f_shows_all_again(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    run = make_growing()
    _show(session, run.now)
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    box = plot.canvas.getViewBox()
    box.setXRange(5, 10, padding=0)
    box.sigRangeChangedManually.emit([True, True])
    run.add(41, 0.1, 0.01)
    _show(session, run.now)
    plot.redraw()
    assert box.viewRange()[0] == pytest.approx([5, 10])
    QTest.keyClick(plot.canvas, Qt.Key.Key_F)
    assert box.viewRange()[0][1] > 41


def test_the_logarithmic_scale_leaves_out_what_has_no_logarithm(qtbot: QtBot) -> None:
    canvas = CurveCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 200)
    canvas.show()
    xs = np.arange(1.0, 5.0)
    canvas.show_curves((Curve("loss", xs, np.array([100.0, 0.0, 1.0, 0.01])),))
    canvas.set_log(True)
    low, high = canvas.getViewBox().viewRange()[1]
    assert low < -2
    assert high > 2
    drawn = _items(canvas, pg.PlotCurveItem)[0].getData()[1]
    assert drawn[[0, 2, 3]].tolist() == pytest.approx([2, 0, -2])
    assert np.isnan(drawn[1])
    assert canvas.getAxis("left").tickStrings([-2.0, 0.0, 2.0], 1, 1) == ["0.01", "1", "100"]


def test_a_log_button_switches_the_scale(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run())
    QTest.mouseClick(plot.log, Qt.MouseButton.LeftButton)
    assert plot.canvas.is_log


def test_a_single_value_is_a_point(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run(steps=1))
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    marks = [item for item in _items(plot.canvas, pg.ScatterPlotItem) if item.isVisible()]
    places = [item.getData()[0].tolist() for item in marks]
    assert places == [[1], [1], []]  # of every step, smoothed, and judged, of which there is none yet


def test_axes_carry_their_units(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    plot.resize(600, 400)
    _show(session, replace(make_run(), loss="mse"))
    qtbot.waitUntil(lambda: "mean squared error" in plot.canvas.getAxis("left").labelText)
    assert plot.canvas.getAxis("bottom").labelText == "step"
    plot.resize(600, 110)
    qtbot.waitUntil(lambda: plot.canvas.getAxis("left").labelText == "loss")


def test_accuracies_are_shown_in_percent_at_each_epochs_end(session: Session, qtbot: QtBot) -> None:
    plot = _shown(CurvePlot(session, ACCURACY), qtbot)
    _show(session, make_run())
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    training, validation = plot.canvas.curves
    assert training.ys.tolist() == pytest.approx([51, 52, 53, 54])
    assert (training.role, validation.role) == ("training", "validation")
    assert _words(plot) == ["training 54 %", "validation 44 %"]
    low, high = plot.canvas.getViewBox().viewRange()[1]
    assert low == pytest.approx(40, abs=1)
    assert high >= 100


def test_the_films_place_is_marked_and_counts_from_the_forks_start(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    _show(session, make_run(1), make_run(2, first_step=40, parent=1))
    session.store.set(
        replace(session.state.watching, film=(0, 12, 30), film_at=1), replace(session.state.training, run=2)
    )
    qtbot.waitUntil(lambda: _marked(plot.canvas) == [52])
    session.store.set(replace(session.state.watching, film_at=None))
    qtbot.waitUntil(lambda: not _marked(plot.canvas))


def test_both_plots_begin_where_the_first_of_their_runs_does(session: Session, qtbot: QtBot) -> None:
    shown = ShownRuns()
    plots = [_shown(CurvePlot(session, figure, shown=shown), qtbot) for figure in (LOSS, ACCURACY)]
    _show(session, make_run(1), make_run(2, first_step=40, parent=1))
    for expected in (0, 40):
        qtbot.waitUntil(lambda at=expected: all(_left_end(plot) == pytest.approx(at) for plot in plots))
        shown.show_run(1, False)


def _left_end(plot: CurvePlot) -> float:
    return plot.canvas.getViewBox().viewRange()[0][0]


def test_runs_that_are_put_away_are_not_drawn(session: Session, qtbot: QtBot) -> None:
    shown = ShownRuns()
    plot = _shown(CurvePlot(session, shown=shown), qtbot)
    _show(session, make_run(1), make_run(2))
    qtbot.waitUntil(lambda: len(plot.canvas.curves) == 6)
    shown.show_run(1, False)
    qtbot.waitUntil(lambda: len(plot.canvas.curves) == 3)
    shown.show_run(2, False)
    qtbot.waitUntil(lambda: plot.empty.isVisible())
    assert plot.empty.text() == ALL_AWAY


def test_the_plot_follows_the_theme(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run())
    for choice in ("dark", "light"):
        commands.set_theme(choice)
        QApplication.processEvents()
        assert plot.canvas.backgroundBrush().color().name() == theme.current().pane


def test_many_entries_are_counted_and_stand_whole_in_the_description(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    _show(session, *(make_run(number) for number in range(1, 9)))
    qtbot.waitUntil(lambda: len(plot.legend.entries) == 18)
    assert plot.legend.accessibleDescription().count("run") == 8
    plot.canvas.look_at(30)
    plot.legend.resize(300, plot.legend.height())
    place, last = _fitting(plot.legend)[-1]
    assert last.words.startswith("+")
    assert place.right() <= plot.legend.width() + 40


def test_where_words_have_no_room_the_numbers_stay(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run())
    qtbot.waitUntil(lambda: len(plot.legend.entries) == 2)
    drawn = {}
    for width in (600, 200):
        plot.legend.resize(width, plot.legend.height())
        drawn[width] = [entry.words for _, entry in _fitting(plot.legend)]
    assert drawn[600] == _words(plot)
    assert drawn[200] == [words.partition(" ")[2] for words in _words(plot)]


def test_where_the_values_of_many_runs_have_no_room_each_run_is_named(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    _show(session, *(make_run(number) for number in (1, 2, 3)))
    qtbot.waitUntil(lambda: len(plot.legend.entries) == 8)
    plot.legend.resize(440, plot.legend.height())
    fitting = [entry for _, entry in _fitting(plot.legend)]
    assert [entry.words for entry in fitting] == ["training", "validation", "run 3", "run 2", "run 1"]
    assert [entry.style for entry in fitting[2:]] == [2, 1, 0]


def test_the_colours_are_explained_also_in_the_narrowest_legend_of_several_runs(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    _show(session, *(make_run(number) for number in range(1, 9)))
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    for width in (1200, 600, 260, 176):
        plot.legend.resize(width, plot.legend.height())
        fitting = [entry for _, entry in _fitting(plot.legend)]
        assert [(entry.words, entry.role) for entry in fitting[:2]] == [
            ("training", "training"),
            ("validation", "validation"),
        ], width
    assert fitting[0].tip.split("\n") == [f"run {number}" for number in range(8, 0, -1)]


def test_at_the_crosshair_the_values_stay_where_the_words_have_no_room(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    _show(session, make_run(1), make_run(2, 20))
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    QTest.keyClick(plot.smoothing, Qt.Key.Key_Home)
    plot.canvas.look_at(30)
    plot.legend.resize(160, plot.legend.height())
    assert [entry.words for _, entry in _fitting(plot.legend)] == ["0.0333", "0.900"]


def test_words_at_the_ends_leave_out_what_would_cover_a_curve(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run(1), make_run(2, 400, first_step=41, parent=1))
    qtbot.waitUntil(lambda: bool(_items(plot.canvas, pg.TextItem)))
    plot.canvas.grab()
    shown = [text for text in _items(plot.canvas, pg.TextItem) if text.isVisible()]
    assert shown[0].toPlainText() == "run 2"
    boxes = [text.sceneBoundingRect() for text in shown]
    assert not any(a.intersects(b) for at, a in enumerate(boxes) for b in boxes[:at])


def test_a_low_plot_gives_its_room_to_the_curves(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    _show(session, make_run())
    plot.resize(400, 110)
    qtbot.waitUntil(lambda: plot.canvas.getAxis("bottom").labelText == "")
    qtbot.waitUntil(lambda: plot.canvas.getViewBox().height() > plot.canvas.height() - 24)


def test_a_million_points_are_drawn_as_the_pixels_there_are(qtbot: QtBot) -> None:
    canvas = CurveCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(700, 300)
    canvas.show()
    ys = np.ones(1_000_000)
    ys[123_456] = 9.0
    canvas.show_curves((Curve("loss", np.arange(1.0, 1_000_001.0), ys),))
    drawn = _items(canvas, pg.PlotCurveItem)[0].getData()[1]
    assert len(drawn) <= 4 * 700
    assert drawn.max() == 9


def test_no_other_pyqtgraph_menu_opens(plot: CurvePlot) -> None:
    assert not plot.canvas.getPlotItem().menuEnabled()
    assert isinstance(plot.canvas, pg.PlotWidget)


def test_steps_between_two_epochs_leave_the_accuracies_as_they_are(session: Session, qtbot: QtBot) -> None:
    plot = _shown(CurvePlot(session, ACCURACY), qtbot)
    run = make_growing()
    _show(session, run.now)
    qtbot.waitUntil(lambda: not plot.is_due)
    run.add(41, 0.1, 0.01)
    session.store.set(replace(session.state.training, step=1), replace(session.state.watching, runs=(run.now,)))
    assert not plot.is_due
    run.end_epoch(replace(run.now.epochs[-1], step=41))
    session.store.set(replace(session.state.training, step=2), replace(session.state.watching, runs=(run.now,)))
    assert plot.is_due


def test_each_run_carries_the_name_of_its_own_loss(plot: CurvePlot, session: Session, qtbot: QtBot) -> None:
    hinge, bias = replace(make_run(1), loss="hinge"), replace(make_run(2), loss="mbe")
    _show(session, hinge)
    qtbot.waitUntil(lambda: plot.canvas.getAxis("left").labelText == "loss: hinge loss")
    session.learning.set_hyperparameters(loss="mse")  # what the next run would learn by is no name of this curve
    plot.redraw()
    assert plot.canvas.getAxis("left").labelText == "loss: hinge loss"
    _show(session, hinge, bias)
    qtbot.waitUntil(lambda: plot.canvas.getAxis("left").labelText == "loss")
    words = " · ".join(_words(plot))
    assert "run 1, hinge loss" in words
    assert "run 2, mean bias error" in words
    assert "mean bias error" in run_tip(bias)


def test_a_logarithmic_scale_tells_of_losses_that_have_no_place_on_it(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    run = make_growing()
    for step, loss in ((41, 0.0), (42, -0.5), (43, float("nan"))):
        run.add(step, loss, 0.01)
    _show(session, run.now)
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    assert plot.canvas.note == ""
    plot.log.click()
    assert plot.canvas.note == "2 of 46 values are 0 or below and have no logarithm"  # 42 losses of steps, 4 of epochs
    plot.log.click()
    assert plot.canvas.note == ""


def test_a_run_of_nothing_but_losses_of_0_is_told_of_on_a_logarithmic_scale(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    run = GrowingCurves(RunCurves(1, "run 1: SGD 0.01", Hyperparameters()))
    for step in range(1, 6):
        run.add(step, 0.0, 0.01)
    _show(session, run.now)
    qtbot.waitUntil(lambda: plot.canvas.isVisible())
    plot.log.click()
    assert plot.canvas.note == "5 of 5 values are 0 or below and have no logarithm"
    plot.resize(260, 240)
    QApplication.processEvents()
    box = plot.canvas.getViewBox()
    (note,) = (item for item in box.childItems() if isinstance(item, pg.TextItem) and item.isVisible())
    assert box.rect().width() < 250
    words = note.mapRectToParent(note.boundingRect())
    assert words.right() <= box.rect().right() + 1
    assert words.bottom() == pytest.approx(box.rect().bottom(), abs=1)


def test_the_value_nearest_to_the_mouse_is_read_off_with_its_run_and_step(
    plot: CurvePlot, session: Session, qtbot: QtBot
) -> None:
    """Of the pale line, that of every step, which lies off the smoothed one."""
    _show(session, make_run())
    qtbot.waitUntil(lambda: len(plot.canvas.curves) > 0)
    curve = next(curve for curve in plot.canvas.curves if curve.is_pale)
    box = plot.canvas.getViewBox()
    for at in (1, 12):
        scene = box.mapViewToScene(QPointF(float(curve.xs[at]), float(curve.ys[at])))
        place = QPointF(plot.canvas.mapFromScene(scene))
        assert plot.read_off(place) == (f"loss, every step, step {at + 1}", pytest.approx(1 / (at + 1)))
    assert plot.read_off(None) is None
    plot.canvas.look_at(10)
    name, value = plot.read_off(None) or ("", 0.0)
    assert name == "loss, validation, step 10"
    assert value == pytest.approx(0.9)
