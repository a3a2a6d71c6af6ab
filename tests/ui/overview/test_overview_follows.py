"""The overview follows the session: other pictures, edits, numbers that are late, themes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.amounts import VEILED
from explorer.session import State
from explorer.ui.common import theme
from explorer.ui.overview.entries import entries_of
from explorer.ui.overview.lines import Spot
from explorer.ui.overview.preview import preview_of
from tests.ui.fakes import SMALL, make_picture, wait_until_shown
from tests.ui.overview.followed import (
    LONG,
    SKIP,
    WIDE,
    Shown,
    hover,
    paint_afresh,
    turn_wheel,
)
from tests.ui.pixels import colours_near


def test_another_picture_repaints_the_same_columns(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    before = view.canvas.grab().toImage()
    boxes = [column.box for column in view.canvas.scene.layout.columns]
    session = view.session
    session.input.use_picture(make_picture(seed=5))
    with qtbot.waitSignal(view.canvas.redrawn):
        wait_until_shown(qtbot, session)
    assert view.canvas.grab().toImage() != before
    assert [column.box for column in view.canvas.scene.layout.columns] == boxes


@pytest.mark.parametrize("zoomed", [0, 5])
@pytest.mark.parametrize("chosen", [None, "relu1"])
@pytest.mark.parametrize("text", [SMALL, WIDE, SKIP, LONG, "5 linear(7) tanh linear(300) relu linear(3) softmax"])
def test_columns_repainted_one_by_one_are_as_if_painted_at_once(
    shown: Shown, qtbot: QtBot, text: str, chosen: str | None, zoomed: int
) -> None:
    view = shown(text)
    session, canvas = view.session, view.canvas
    session.selection.select(layer=chosen if chosen in session.state.network.names else None)  # type: ignore[union-attr]
    if zoomed:
        turn_wheel(canvas, QPointF(300, 250), zoomed)
    before = canvas.grab().toImage()
    with qtbot.waitSignal(canvas.redrawn):
        if session.state.input.numbers is not None and session.state.input.picture is None:
            session.input.set_values(np.array([1, -2, 0.5, 3, -1], np.float32))
        else:
            session.input.use_picture(make_picture(seed=5))
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    qtbot.waitUntil(lambda: not canvas.is_renewing)
    little_by_little = canvas.grab().toImage()
    paint_afresh(canvas)
    assert little_by_little == canvas.grab().toImage()
    assert little_by_little != before


def test_what_the_network_says_is_drawn_at_once_as_the_prediction_tells_it(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    session, canvas = view.session, view.canvas
    place = canvas.view.rect(canvas.scene.layout.columns[-1].body).toAlignedRect()
    drawn = []

    def keep(old: State, new: State) -> None:
        if new.prediction is not old.prediction:
            drawn.append(canvas.grab(place).toImage())

    before = canvas.grab(place).toImage()
    session.changed.connect(keep)
    session.input.use_picture(make_picture(seed=5))
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    paint_afresh(canvas)
    assert drawn[-1] == canvas.grab(place).toImage()
    assert drawn[-1] != before


def test_an_edit_shows_the_new_layer_as_soon_as_it_has_run(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    session = view.session
    session.editing.duplicate_layer("relu2")
    wait_until_shown(qtbot, session)
    network = session.state.network
    assert network is not None
    assert [column.name for column in view.canvas.scene.layout.columns] == ["input", *network.names]


def test_a_hidden_overview_catches_up_when_it_is_shown(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    view.hide()
    session = view.session
    session.editing.remove_layer("relu2")
    wait_until_shown(qtbot, session)
    assert view.canvas.column("relu2") is not None  # stale while nobody looks
    view.show()
    assert view.canvas.column("relu2") is None


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_follows_the_theme(shown: Shown, choice: str) -> None:
    view = shown()
    theme.apply(QApplication.instance(), choice)
    image = view.canvas.grab().toImage()
    assert image.pixelColor(3, image.height() - 3).name() == theme.current().pane


def test_maps_of_before_are_dimmed_while_new_ones_take_long(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    view.session.store.set(replace(view.session.store.state.maps, computing=True))
    assert not view.canvas.is_dimmed  # a quick answer must not flash
    qtbot.waitUntil(lambda: view.canvas.is_dimmed, timeout=2000)
    view.session.store.set(replace(view.session.store.state.maps, computing=False))
    assert not view.canvas.is_dimmed


def test_another_picture_under_a_resting_mouse_renews_the_preview(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    hover(view, "conv1", 2)
    before = view.canvas.preview.shown()
    session = view.session
    session.input.use_picture(make_picture(seed=7))
    wait_until_shown(qtbot, session)
    after = view.canvas.preview.shown()
    assert before is not None
    assert after is not None
    assert (after.title, after.value == before.value) == (before.title, False)


def test_an_input_that_changed_its_kind_is_painted_as_it_was_last_fed(shown: Shown, qtbot: QtBot) -> None:
    view = shown("3x8x8 flatten linear(3)")
    session = view.session
    wait_until_shown(qtbot, session)
    session.editing.set_input_shape((2,))  # the maps are those of a picture until the network has run again
    entry = next(each for each in entries_of(session.state) if each.name == "input")
    assert entry.maps is None or entry.shape == entry.maps.values.shape
    view.grab()


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("value", "words"), [(np.nan, "NaN"), (VEILED, "?")])
def test_classes_that_are_no_numbers_have_no_bar_and_faults_the_error_colour(
    shown: Shown, qtbot: QtBot, name: str, value: float, words: str
) -> None:
    view = shown("3x8x8 flatten linear(3) softmax")
    theme.apply(QApplication.instance(), name)
    session, activations = view.session, view.session.state.maps.activations
    assert activations is not None
    last, prediction = activations.layers[-1], session.state.prediction
    assert prediction is not None
    nothing = np.full(last.values.shape, value)
    layers = (*activations.layers[:-1], replace(last, values=nothing))
    session.store.set(
        replace(
            session.state.maps,
            activations=replace(activations, layers=layers, prediction=replace(prediction, values=nothing)),
        )
    )
    column = view.canvas.column(view.canvas.scene.layout.columns[-1].name)
    assert column is not None
    assert column.entry.prediction is not None
    qtbot.waitUntil(lambda: not view.canvas.is_renewing)  # what is painted little by little is whole
    view.canvas.clearFocus()  # which is drawn in the accent's colour, and comes when the screen gives it
    body = view.canvas.view.rect(column.body).toAlignedRect()
    picture = view.canvas.grab(body).toImage()
    assert bool(colours_near(picture, theme.current().error)) is (words == "NaN")
    assert not colours_near(picture, theme.current().accent)
    spot = Spot(column.name, 0)
    assert preview_of(column.entry, spot, view.canvas.images).value == words


def test_while_a_run_goes_on_the_maps_stay_those_that_they_were_and_it_says_so(shown: Shown, qtbot: QtBot) -> None:
    view = shown(WIDE)
    session, canvas = view.session, view.canvas

    def channels() -> tuple[int, ...]:
        column = canvas.column("conv1")
        assert column is not None
        return column.channels

    other, chosen_for_other = session.state.maps.activations, channels()
    assert other is not None
    session.input.use_picture(make_picture(seed=5))
    wait_until_shown(qtbot, session)
    chosen, at_rest = channels(), session.state
    assert chosen != chosen_for_other
    folded = canvas.column("conv1")
    assert folded is not None
    assert folded.more is not None
    on_the_line = canvas.view.rect(folded.more).center()
    learning = replace(at_rest.training, status="running", step=40)
    session.store.set(learning, replace(at_rest.maps, activations=other))
    assert channels() == chosen
    assert view.pane.facts_label.whole().endswith(" · maps most active before training")
    assert canvas.tip_at(on_the_line) == (
        f"{len(chosen)} of 400 channels, the most active before training; chosen anew when the run rests. "
        "Click to see all."
    )
    session.store.set(replace(learning, status="paused"), replace(at_rest.maps, activations=replace(other)))
    assert channels() == chosen_for_other
    assert "most active" not in view.pane.facts_label.whole()
    assert canvas.tip_at(on_the_line).startswith(f"The {len(chosen)} most active of 400 channels.")
    session.store.set(at_rest.training)
