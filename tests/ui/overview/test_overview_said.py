"""What the network says stands once in the window: overview and prediction are of the same pass, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session, State
from explorer.session.snapshot import Activations
from explorer.ui.common import theme
from explorer.ui.input.prediction import PredictionView
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.overview.entries import entries_of
from explorer.ui.overview.layout import lay_out
from tests.ui.fakes import make_picture, make_session, wait_until_shown
from tests.ui.overview.followed import FollowedOverview, Shown
from tests.ui.overview.test_overview_layout import chain, classes, entry

CLASSES = tuple(f"class {letter}" for letter in "abcde")
CLASSIFYING = "3x16x16 conv(6, 3, padding=1) relu maxpool(2) flatten linear(5)"
POINTS = "2 linear(8) tanh linear(2)"


@pytest.fixture
def seen(shown: Shown, qtbot: QtBot) -> tuple[FollowedOverview, PredictionView]:
    """The overview and the pane Prediction of the same session, whose last layer gives logits."""
    view = shown(CLASSIFYING)
    view.session.store.edit("classes", lambda before: replace(before, classes=CLASSES))
    wait_until_shown(qtbot, view.session)
    pane = PredictionView(view.session)
    qtbot.addWidget(pane)
    pane.show()
    return view, pane


def said_in(canvas: OverviewCanvas) -> QRect:
    """Where the logits and the classes stand."""
    first, *_, last = (canvas.view.rect(canvas.scene.layout.columns[index].body) for index in canvas.scene.layout.said)
    return first.united(last).toAlignedRect()


def grabbed(canvas: OverviewCanvas, place: QRect) -> QImage:
    """The colours of a place, whether the picture could be transparent or not."""
    return canvas.grab(place).toImage().convertToFormat(QImage.Format.Format_RGB32)


def painted_at_once(canvas: OverviewCanvas, state: State) -> OverviewCanvas:
    """An overview that has never shown anything else."""
    other = OverviewCanvas()
    other.resize(canvas.size())
    other.set_entries(entries_of(state))
    return other


def says_the_newest(canvas: OverviewCanvas, state: State) -> bool:
    other = painted_at_once(canvas, state)
    return grabbed(canvas, said_in(canvas)) == grabbed(other, said_in(other))


def rows_of(pane: PredictionView) -> dict[str, str]:
    return {row.name: row.exact for row in pane.answers.answers.rows}


def passes_of(session: Session, qtbot: QtBot) -> Iterator[Activations]:
    for seed in (3, 4, 5):
        session.input.use_picture(make_picture(seed=seed))
        wait_until_shown(qtbot, session)
        assert session.state.maps.activations is not None
        yield session.state.maps.activations


def test_passes_faster_than_the_overview_is_painted_leave_logits_and_classes_of_the_newest(
    seen: tuple[FollowedOverview, PredictionView], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, pane = seen
    session, canvas = view.session, view.canvas
    passes = list(passes_of(session, qtbot))
    monkeypatch.setattr("explorer.ui.overview.picture.AT_ONCE_S", 0.0)
    monkeypatch.setattr("explorer.ui.overview.picture.CHUNK_S", 0.0)  # a column at a time
    canvas.grab()
    told = []
    for activations in passes * 4:
        session.store.set(replace(session.state.maps, activations=activations))
        assert canvas.is_renewing
        assert says_the_newest(canvas, session.state)
        assert session.state.prediction is not None
        assert [float(rows_of(pane)[name]) for name in CLASSES] == pytest.approx(session.state.prediction.values)
        told.append(rows_of(pane))
        for _ in range(3):
            qtbot.wait(4)
            assert says_the_newest(canvas, session.state)
    assert all(one != other for one, other in pairwise(told))


def test_an_overview_that_is_painted_quickly_is_of_one_pass_at_every_moment(
    seen: tuple[FollowedOverview, PredictionView], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, _ = seen
    session, canvas = view.session, view.canvas
    monkeypatch.setattr("explorer.ui.overview.picture.AT_ONCE_S", 5.0)
    passes = list(passes_of(session, qtbot))
    qtbot.waitUntil(lambda: not canvas.is_renewing)
    canvas.grab()
    for activations in passes:
        session.store.set(replace(session.state.maps, activations=activations))
        assert not canvas.is_renewing
        other = painted_at_once(canvas, session.state)
        assert grabbed(canvas, canvas.rect()) == grabbed(other, other.rect())


def test_while_it_trains_both_show_the_same_pass(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    session = make_session(POINTS, picture=False)
    session.input.set_values(np.array([0.3, -0.2], np.float32))
    session.learning.set_hyperparameters(epochs=4000, batch_size=20, learning_rate=0.5)
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    view, pane = FollowedOverview(session), PredictionView(session)
    for each in (view, pane):
        qtbot.addWidget(each)
        each.show()
    view.resize(900, 500)
    wait_until_shown(qtbot, session)
    view.canvas.grab()
    seen: list[tuple[float, ...]] = []

    def compare(old: State, new: State) -> None:
        if new.prediction is None or new.prediction is old.prediction or new.training.status != "running":
            return
        assert says_the_newest(view.canvas, new)
        rows = rows_of(pane)
        assert [float(rows[name]) for name in new.prediction.names] == pytest.approx(new.prediction.values)
        seen.append(tuple(new.prediction.values))

    session.changed.connect(compare)
    session.training.train()
    qtbot.waitUntil(lambda: len(set(seen)) >= 3, timeout=60_000)
    session.training.pause()
    qtbot.waitUntil(lambda: not session.store.runner.is_busy(), timeout=60_000)
    session.changed.disconnect(compare)
    assert session.close()


def test_each_logit_stands_on_the_line_of_its_class(seen: tuple[FollowedOverview, PredictionView]) -> None:
    columns = seen[0].canvas.scene.layout.columns
    logits, shares = columns[-2], columns[-1]
    assert logits.entry.name == "linear1"
    assert logits.channels == shares.channels == tuple(range(5))
    for channel in range(5):
        one, other = logits.place(channel), shares.place(channel)
        assert one is not None
        assert other is not None
        assert other.y <= one.middle[1] <= other.bottom
        assert one.y >= logits.body.y - 1


def test_of_more_classes_than_fit_the_logits_are_those_of_the_classes_that_are_shown() -> None:
    logits = entry("linear1", ("layer1",), (1000,), "linear")
    columns = lay_out([*chain(2), logits, classes(1000, "linear1")], 900, 510).columns
    assert columns[-1].channels[:3] == (999, 998, 997), "the likeliest first"
    assert columns[-2].channels == columns[-1].channels
    assert columns[-2].hidden == columns[-1].hidden > 0


def test_what_is_chosen_of_newer_maps_is_no_class_of_the_older_ones(shown: Shown, qtbot: QtBot) -> None:
    """Its columns are those of the last showing: laid out anew while hidden, they have no ninth class."""
    view = shown(f"{CLASSIFYING} softmax")
    session = view.session
    session.store.edit("classes", lambda before: replace(before, classes=CLASSES))
    wait_until_shown(qtbot, session)
    view.hide()
    assert session.state.network is not None
    last = session.state.network.layers[-2]
    session.editing.replace_layer(last.name, last.with_settings(out_features=9))
    wait_until_shown(qtbot, session)
    session.selection.select(layer="softmax1", channel=8)
    assert session.state.selection.channel == 8
    view.canvas.laid_out.emit()
    assert view.pane.title_label.text() == "softmax1"
