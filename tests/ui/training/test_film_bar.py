"""The film of a run: its slider over the loss, playing it, going back to the present, and the GIF."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from explorer.engine.errors import Cancelled
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.common.mosaic import Mosaic
from explorer.ui.maps.sheet import map_sheet
from explorer.ui.training.film.bar import EMPTY, NO_INPUT, FilmBar
from explorer.ui.training.film.curve import FilmCurve, paint_curve
from explorer.ui.training.film.export import NO_LAYER, film_curve
from explorer.ui.training.film.gif_file import FilmFile
from explorer.ui.training.film.picture import CAPTION, HEIGHT, MARGIN, WIDTH, film_picture
from explorer.ui.training.film.track import FilmTrack
from explorer.ui.training.run_words import TRAIN
from tests.ui.fakes import make_session, wait_until_drawn
from tests.ui.pixels import colours_near

WAIT_MS = 60_000


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication) -> Iterator[Session]:
    """A session whose network of four neurons has learned the moons for two epochs."""
    theme.apply(qapp, "light")
    made = make_session("2 linear(4) tanh linear(2)")
    made.input.set_values(np.array([0.3, -0.2], np.float32))
    made.learning.set_hyperparameters(epochs=2, batch_size=100, learning_rate=0.1)
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=WAIT_MS)
    made.training.train()
    qtbot.waitUntil(lambda: made.state.training.status == "ended", timeout=WAIT_MS)
    _settle(qtbot, made)
    made.selection.select(layer="linear1")
    yield made
    assert made.close()


@pytest.fixture
def bar(session: Session, qtbot: QtBot) -> FilmBar:
    made = FilmBar(session)
    qtbot.addWidget(made)
    made.resize(860, 215)
    made.show()
    return made


def _settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=WAIT_MS)
    wait_until_drawn(qtbot)


def _weight(session: Session) -> np.ndarray:
    return session.state.maps.activations.by_name["linear1"].weight.copy()


def _wait_for_frame(qtbot: QtBot, session: Session, frame: int | None) -> None:
    qtbot.waitUntil(lambda: session.state.watching.film_at == frame, timeout=WAIT_MS)


# --- where frames lie ---

films = st.lists(st.integers(0, 10**6), min_size=1, max_size=60, unique=True).map(sorted)


@given(films, st.integers(100, 2000))
def test_a_frame_is_found_where_it_stands(frames: list[int], width: int) -> None:
    curve, area = FilmCurve(tuple(frames)), QRectF(10, 0, width, 50)
    places = [curve.x(step, area) for step in frames]
    assert places == sorted(places)
    assert area.left() <= places[0]
    assert places[-1] <= area.right() + 1e-6
    for place, frame in zip(places, range(len(frames)), strict=True):
        found = curve.frame_at(place, area)
        assert found == frame or abs(places[found] - place) < 1e-6


def test_the_loss_of_a_frame_is_that_of_its_step(session: Session) -> None:
    curve, (run,) = film_curve(session.state), session.state.watching.runs
    last = curve.frames[-1]
    assert last == run.last_step
    assert curve.loss_at(last) == run.losses[-1]
    assert curve.loss_at(0) is None


# --- showing it ---


def test_the_film_spans_the_run_and_begins_in_the_present(bar: FilmBar, session: Session) -> None:
    frames = session.state.watching.film
    assert (bar.track.minimum(), bar.track.maximum()) == (0, len(frames) - 1)
    assert "as it is now" in bar.words.whole()
    assert not bar.live.isEnabled()
    assert bar.save.isEnabled()


def test_a_click_on_the_slider_shows_the_weights_of_then(bar: FilmBar, session: Session, qtbot: QtBot) -> None:
    trained, last = _weight(session), len(session.state.watching.film) - 1
    QTest.mouseClick(bar.track, Qt.MouseButton.LeftButton, pos=bar.track.place_of(0).toPoint())
    _wait_for_frame(qtbot, session, 0)
    first = _weight(session)
    assert not np.array_equal(first, trained)
    qtbot.waitUntil(lambda: bar.words.whole().startswith("step 0 of"))
    QTest.mouseClick(bar.track, Qt.MouseButton.LeftButton, pos=bar.track.place_of(last).toPoint())
    _wait_for_frame(qtbot, session, last)
    np.testing.assert_array_equal(_weight(session), trained)
    qtbot.waitUntil(lambda: f"frame {last + 1} of {last + 1} · loss" in bar.words.whole())


def test_the_keys_of_a_slider_go_from_frame_to_frame(bar: FilmBar, session: Session, qtbot: QtBot) -> None:
    QTest.keyClick(bar.track, Qt.Key.Key_Home)
    _wait_for_frame(qtbot, session, 0)
    qtbot.waitUntil(lambda: bar.track.value() == 0)
    QTest.keyClick(bar.track, Qt.Key.Key_Right)
    _wait_for_frame(qtbot, session, 1)
    assert bar.track.accessibleDescription() or bar.track.value() == 1


def test_live_leads_back_to_the_network_as_it_is(bar: FilmBar, session: Session, qtbot: QtBot) -> None:
    trained = _weight(session)
    session.watching.show_frame(0)
    _wait_for_frame(qtbot, session, 0)
    qtbot.waitUntil(bar.live.isEnabled)
    bar.live.click()
    _settle(qtbot, session)
    assert session.state.watching.film_at is None
    np.testing.assert_array_equal(_weight(session), trained)
    qtbot.waitUntil(lambda: not bar.live.isEnabled())


def test_playing_shows_every_frame_in_order_and_stops_at_the_last(bar: FilmBar, session: Session, qtbot: QtBot) -> None:
    seen: list[int] = []
    session.changed.connect(
        lambda old, new: seen.append(new.watching.film_at) if new.watching.film_at is not None else None
    )
    bar.pace.setCurrentIndex(bar.pace.count() - 1)
    bar.play.click()
    assert bar.play.accessibleName() == "Pause the film"
    last = len(session.state.watching.film) - 1
    qtbot.waitUntil(lambda: bar.play.accessibleName() == "Play the film", timeout=WAIT_MS)
    assert session.state.watching.film_at == last
    assert list(dict.fromkeys(seen)) == list(range(last + 1))


def test_pausing_stays_at_the_frame_and_playing_goes_on_from_there(
    bar: FilmBar, session: Session, qtbot: QtBot
) -> None:
    bar.play.click()
    _wait_for_frame(qtbot, session, 1)
    bar.play.click()
    _settle(qtbot, session)
    rests_at = session.state.watching.film_at
    assert rests_at in (1, 2)
    bar.play.click()
    _wait_for_frame(qtbot, session, rests_at + 1)
    bar.play.click()


def test_the_present_ends_playing(bar: FilmBar, session: Session, qtbot: QtBot) -> None:
    bar.play.click()
    _wait_for_frame(qtbot, session, 0)
    session.watching.show_frame(None)
    qtbot.waitUntil(lambda: bar.play.accessibleName() == "Play the film")
    _settle(qtbot, session)
    assert session.state.watching.film_at is None


def test_another_input_is_seen_as_the_frame_saw_it(bar: FilmBar, session: Session, qtbot: QtBot) -> None:
    QTest.mouseClick(bar.track, Qt.MouseButton.LeftButton, pos=bar.track.place_of(0).toPoint())
    _wait_for_frame(qtbot, session, 0)
    then = _weight(session)
    session.input.set_values(np.array([2.0, 1.0], np.float32))
    shown = lambda: session.state.maps.activations.by_name  # noqa: E731
    qtbot.waitUntil(lambda: shown()["input"].values.tolist() == [2, 1], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: np.array_equal(_weight(session), then), timeout=WAIT_MS)
    entry = shown()["linear1"]
    np.testing.assert_allclose(entry.values, then @ [2, 1] + entry.bias, rtol=1e-5)


def test_a_changed_network_is_shown_as_it_is(bar: FilmBar, session: Session, qtbot: QtBot) -> None:
    session.watching.show_frame(0)
    _wait_for_frame(qtbot, session, 0)
    session.editing.insert_layer(2, session.state.network.layer("tanh1").with_settings(name=""))
    _settle(qtbot, session)
    assert session.state.watching.film_at is None
    assert "tanh2" in session.state.maps.activations.by_name


def test_playing_a_film_of_a_network_that_is_gone_says_so_and_rests(
    bar: FilmBar, session: Session, qtbot: QtBot
) -> None:
    session.editing.insert_layer(2, session.state.network.layer("tanh1").with_settings(name=""))
    _settle(qtbot, session)
    bar.play.click()
    qtbot.waitUntil(lambda: bar.play.accessibleName() == "Play the film")
    assert "before it was changed" in session.state.status.notice


def test_before_a_run_it_says_what_would_appear(qtbot: QtBot) -> None:
    session = make_session(picture=False)
    made = FilmBar(session)
    qtbot.addWidget(made)
    made.show()
    assert made.empty.label.text() == f"{EMPTY} {TRAIN}"
    session.store.set(replace(session.state.watching, film=(0, 5)))
    qtbot.waitUntil(lambda: made.empty.label.text() == NO_INPUT)
    assert session.close()


# --- the GIF ---


def test_the_gif_has_every_frame_and_the_window_is_where_it_was(
    bar: FilmBar, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "film.gif"
    told: list[tuple[int, int]] = []
    bar.export.progressed.connect(lambda done, whole: told.append((done, whole)))
    with qtbot.waitSignal(bar.export.ended, timeout=WAIT_MS):
        bar.export.save_to(path, frame_ms=100)
        assert bar.cancel.isVisible()
        assert not bar.save.isEnabled()
    whole = len(session.state.watching.film)
    with Image.open(path) as film:
        assert (film.n_frames, film.size, film.info["duration"]) == (whole, (WIDTH, HEIGHT), 100)
    assert told == [(done, whole) for done in range(whole + 1)]
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as film.gif.")
    _settle(qtbot, session)
    assert session.state.watching.film_at is None
    assert not bar.cancel.isVisible()


def test_a_cancelled_film_leaves_the_older_file(bar: FilmBar, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    path.write_bytes(b"older")
    bar.export.save_to(path, frame_ms=100)
    qtbot.waitUntil(lambda: bar.progress.value() == 1, timeout=WAIT_MS)
    with qtbot.waitSignal(bar.export.ended, timeout=WAIT_MS):
        bar.cancel.click()
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]
    assert "Saved" not in session.state.status.notice


def film_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "explorer-export"]


def test_closing_while_a_film_is_saved_writes_nothing_and_leaves_no_thread(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    made = FilmBar(session)
    made.show()
    made.export.save_to(tmp_path / "film.gif", frame_ms=100)
    assert len(film_threads()) == 1
    made.close()
    made.deleteLater()
    qtbot.waitUntil(lambda: not film_threads(), timeout=WAIT_MS)
    assert not list(tmp_path.iterdir())
    _settle(qtbot, session)


def test_a_film_that_is_cancelled_below_is_not_walked_on(bar: FilmBar, session: Session, qtbot: QtBot, tmp_path: Path):
    bar.export.save_to(tmp_path / "film.gif", frame_ms=100)
    with qtbot.waitSignal(bar.export.ended, timeout=WAIT_MS):
        session.tasks.cancel_saving()
    qtbot.waitUntil(lambda: session.state.status.notice == "Cancelled: film.gif was not written.")
    assert not bar.export.is_saving
    assert not list(tmp_path.iterdir())
    _settle(qtbot, session)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_film_that_is_given_up_is_no_file(tmp_path: Path, is_whole: bool) -> None:
    film = FilmFile(tmp_path / "film.gif", frame_ms=100, frames=200)
    for number in range(200):
        film.add(np.full((40, 60, 3), number, np.uint8))
    if is_whole:
        film.finish()
    told: list[tuple[int, int]] = []

    def tell(done: int, whole: int) -> None:
        told.append((done, whole))
        if done == (whole if is_whole else 100):
            film.give_up()

    with pytest.raises(Cancelled):
        film.write(tell)
    assert told[0] == (0, 200)
    assert film.is_done
    assert not list(tmp_path.iterdir())


def test_a_film_that_cannot_be_written_is_told_in_a_sentence(
    bar: FilmBar, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    shutil.rmtree(folder)
    with qtbot.waitSignal(bar.export.ended, timeout=WAIT_MS):
        bar.export.save_to(folder / "film.gif", frame_ms=100)
    qtbot.waitUntil(lambda: session.state.status.notice.startswith("film.gif could not be written"))
    assert session.state.status.notice.endswith(".")


def test_a_film_without_a_layer_is_asked_for_one(
    bar: FilmBar, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "film"), ""))
    session.selection.select(layer=None)
    bar.save.click()
    assert session.state.status.notice == NO_LAYER
    assert not list(tmp_path.iterdir())


def test_the_ending_is_added_where_it_was_left_out(
    bar: FilmBar, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "my film"), ""))
    with qtbot.waitSignal(bar.export.ended, timeout=WAIT_MS):
        bar.save.click()
    assert [path.name for path in tmp_path.iterdir()] == ["my film.gif"]


def test_a_run_of_one_step_shows_its_loss_as_a_dot(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.current().pane))
    painter = QPainter(image)
    paint_curve(painter, QRectF(5, 5, 50, 30), FilmCurve((0, 1), np.array([1.0]), np.array([2.3])), until=None)
    painter.end()
    ground = QColor(theme.current().pane)
    inked = [(x, y) for x in range(60) for y in range(40) if image.pixelColor(x, y) != ground]
    assert inked
    assert all(abs(x - 55) <= 4 and abs(y - 35) <= 4 for x, y in inked)


@pytest.mark.parametrize("height", [70, 120])
def test_the_curve_keeps_clear_of_what_is_written_over_it(qtbot: QtBot, height: int) -> None:
    track = FilmTrack()
    qtbot.addWidget(track)
    track.resize(400, max(height, track.minimumSizeHint().height()))
    steps = np.arange(1, 40)
    track.show_film(FilmCurve(tuple(steps.tolist()), steps, np.where(steps > 30, 9.0, 1.0)), None)
    track.show()
    picture = track.grab().toImage()
    words, ink = track.fontMetrics().ascent(), theme.current().phases["forward"]
    assert colours_near(picture, ink) > 100
    assert not colours_near(picture.copy(0, 0, picture.width(), words), ink)


def test_a_frame_shows_the_maps_in_the_colours_of_the_mosaic(qtbot: QtBot) -> None:
    session = make_session()
    qtbot.waitUntil(
        lambda: not session.state.maps.computing and session.state.maps.activations is not None, timeout=WAIT_MS
    )
    entry = session.state.maps.activations.by_name["conv1"]
    picture = film_picture(entry, FilmCurve((0, 4)), 4)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    area = picture[CAPTION:, MARGIN:-MARGIN].reshape(-1, 3)
    sheet = map_sheet(entry)
    column = Mosaic(sheet.count, *sheet.size, columns=1, gap=0)
    wanted = {tuple(colour) for colour in sheet.coloured(column, *column.whole)[..., :3].reshape(-1, 3).tolist()}
    assert wanted <= {tuple(colour) for colour in np.unique(area, axis=0).tolist()}
    assert session.close()


def test_a_film_without_a_frame_is_no_file(tmp_path: Path) -> None:
    film = FilmFile(tmp_path / "film.gif", frame_ms=100, frames=0)
    film.finish()
    with pytest.raises(ValueError, match="there is no frame"):
        film.write(lambda _done, _whole: None)
    assert film.is_done
    assert not list(tmp_path.iterdir())
