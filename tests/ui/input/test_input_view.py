"""The input pane, driven as a person would: open, drop, paste, sample, draw, fit, and see what a cell sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.data import SAMPLES, picture_from_array
from explorer.network.receptive_field import Field
from explorer.session import Cell, Session
from explorer.ui.common import pictures, theme
from explorer.ui.input.brush import stamp, stroke
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.input.picture import HINT, field_text, pixel_text
from explorer.ui.input.thumbnails import ThumbnailPopup
from explorer.ui.input.view import EMPTY, InputView
from tests.ui.fakes import make_actions, make_picture, make_session, wait_until_shown
from tests.ui.pixels import colours_near

Opened = Callable[..., tuple[Session, InputView]]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[Opened]:
    """Opens the pane on a network; every session is closed afterwards."""
    theme.apply(qapp, "light")
    sessions = []

    def make(*arguments: object, width: int = 290, **options: object) -> tuple[Session, InputView]:
        session = make_session(*arguments, **options)
        sessions.append(session)
        view = InputView(session, make_actions(session))
        qtbot.addWidget(view)
        view.resize(width, 520)
        view.show()
        if session.state.input.picture is not None:
            wait_until_shown(qtbot, session)
        return session, view

    yield make
    for session in sessions:
        assert session.close()


def _drop(view: InputView, mime: QMimeData) -> None:
    details = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), *details)
    enter.setAccepted(False)
    view.dragEnterEvent(enter)
    assert enter.isAccepted()
    view.dropEvent(QDropEvent(QPointF(50, 50), *details))


def _urls(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def _picture_file(folder: Path, name: str = "mine.png") -> Path:
    Image.fromarray(make_picture(7).pixels).save(folder / name)
    return folder / name


def test_without_a_picture_a_line_says_how_to_get_one(opened: Opened) -> None:
    _, view = opened(picture=False)
    assert view.empty.isVisible()
    assert view.empty.text() == EMPTY
    assert view.open.isVisible()
    assert view.samples.isVisible()


def test_the_picture_is_shown_with_its_name_and_the_rule_that_fits_it(opened: Opened) -> None:
    _, view = opened()
    assert view.facts_label.whole() == "waves 0 · 48 × 48"
    assert view.picture.fed.isVisible()
    assert view.picture.original.isVisible()
    assert "shrunk to 16 × 16" in view.picture.rule.text()
    assert view.picture.fit.currentData() == "crop"


def test_all_steps_are_a_click_away(opened: Opened) -> None:
    _, view = opened()
    assert "x / 255" not in view.picture.rule.text()
    view.picture.rule.linkActivated.emit("steps")
    assert "x / 255" in view.picture.rule.text()


def test_another_rule_changes_what_the_network_is_fed(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    session.input.use_picture(picture_from_array(np.full((20, 40, 3), 200, np.uint8)))
    wait_until_shown(qtbot, session)
    view.picture.fit.setFocus()
    QTest.keyClick(view.picture.fit, Qt.Key.Key_Down)
    view.picture.fit.activated.emit(view.picture.fit.currentIndex())
    wait_until_shown(qtbot, session)
    assert session.state.fit == "pad"
    assert session.state.input.fitted is not None
    assert (session.state.input.fitted.pixels[0] == 0).all()
    assert "Black fills the rest" in view.picture.rule.toolTip()


def test_a_dropped_picture_is_opened(opened: Opened, qtbot: QtBot, tmp_path: Path) -> None:
    session, view = opened()
    path = _picture_file(tmp_path)
    _drop(view, _urls(path))
    qtbot.waitUntil(lambda: session.state.input.picture is not None and session.state.input.picture.path == path)
    wait_until_shown(qtbot, session)
    assert view.facts_label.whole() == "mine.png · 48 × 48"
    np.testing.assert_array_equal(session.state.input.picture.pixels, make_picture(7).pixels)


def test_a_dropped_text_file_is_told_and_the_picture_stays(opened: Opened, qtbot: QtBot, tmp_path: Path) -> None:
    session, view = opened()
    before = session.state.input.picture
    (tmp_path / "notes.png").write_text("no picture at all")
    _drop(view, _urls(tmp_path / "notes.png"))
    qtbot.waitUntil(lambda: session.state.status.notice == "notes.png holds text, not a picture.")
    assert session.state.input.picture is before


def test_a_dropped_web_address_is_told(opened: Opened) -> None:
    session, view = opened()
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.png")])
    _drop(view, mime)
    assert session.state.status.notice == pictures.NOT_A_FILE


def test_a_dropped_image_is_taken(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    mime = QMimeData()
    image = QImage(5, 4, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.red)
    mime.setImageData(image)
    _drop(view, mime)
    assert session.state.input.picture is not None
    assert session.state.input.picture.name == "dropped picture"
    assert session.state.input.picture.pixels[0, 0].tolist() == [255, 0, 0]
    wait_until_shown(qtbot, session)


def test_pasting_takes_the_clipboards_picture(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    image = QImage(6, 3, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    QGuiApplication.clipboard().setImage(image)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert session.state.input.picture is not None
    assert session.state.input.picture.facts == "6 × 3"
    assert session.state.input.picture.pixels[0, 0].tolist() == [0, 0, 255]
    wait_until_shown(qtbot, session)


def test_pasting_without_a_picture_says_so(opened: Opened) -> None:
    session, view = opened()
    QGuiApplication.clipboard().setText("only words")
    QTest.mouseClick(view.paste, Qt.MouseButton.LeftButton)
    assert session.state.status.notice == pictures.NOTHING_TO_PASTE


def test_opened_pictures_are_in_the_recent_menu(opened: Opened, qtbot: QtBot, tmp_path: Path) -> None:
    session, view = opened()
    view.recent.menu().aboutToShow.emit()
    assert [action.text() for action in view.recent.menu().actions()] == ["No picture opened yet"]
    picture = _picture_file(tmp_path).rename(tmp_path / "cat & dog.png")
    session.open_path(picture)
    qtbot.waitUntil(lambda: bool(session.state.files.recent))
    view.recent.menu().aboutToShow.emit()
    assert [action.text() for action in view.recent.menu().actions()] == ["cat && dog.png"]  # one & would mark a key
    wait_until_shown(qtbot, session)


def test_samples_are_offered_by_subject_and_chosen_with_a_click(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    QTest.mouseClick(view.samples, Qt.MouseButton.LeftButton)
    popup = view.findChild(ThumbnailPopup)
    assert popup is not None
    assert set(popup.buttons) == {sample.name for sample in SAMPLES}
    assert len({button.width() for button in popup.buttons.values()}) == 1
    assert all(button.width() >= button.sizeHint().width() for button in popup.buttons.values()), "titles are whole"
    QTest.mouseClick(popup.buttons["retina"], Qt.MouseButton.LeftButton)
    assert not popup.isVisible()
    assert session.state.input.picture is not None
    assert session.state.input.picture.name == "Retina"
    wait_until_shown(qtbot, session)


def test_the_keys_walk_over_the_samples_as_they_lie_and_enter_chooses_one(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    view.samples.setFocus()
    QTest.mouseClick(view.samples, Qt.MouseButton.LeftButton)
    popup = view.findChild(ThumbnailPopup)
    qtbot.waitUntil(lambda: popup.focusWidget() is not None)
    first = popup.focusWidget()
    places = [first.pos()]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left):
        QTest.keyClick(popup.focusWidget(), key)
        places.append(popup.focusWidget().pos())
    start, right, below, left = places[:4]
    assert right.y() == start.y() < below.y() == left.y()
    assert below.x() == right.x() > start.x() == left.x()
    assert places[4:] == [start] * 3  # the rim
    QTest.keyClick(first, Qt.Key.Key_Down)
    chosen = popup.focusWidget().accessibleName()
    QTest.keyClick(popup.focusWidget(), Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert session.state.input.picture is not None
    assert session.state.input.picture.name == chosen
    wait_until_shown(qtbot, session)


def test_the_field_of_the_chosen_cell_is_outlined_on_both_pictures(opened: Opened) -> None:
    session, view = opened()
    session.selection.select(layer="conv1", channel=0, row=5, column=8)
    assert view.picture.fed.outline == QRectF(7, 4, 3, 3)
    assert view.picture.original.outline == QRectF(21, 12, 9, 9)
    assert view.picture.caption.text() == "conv1 sees 3 × 3 × 3 numbers."


def test_the_hovered_cell_goes_before_the_chosen_one(opened: Opened) -> None:
    session, view = opened()
    session.selection.select(layer="conv1", channel=0, row=5, column=8)
    session.selection.hover(Cell("conv1", (0, 0, 10, 10)))
    assert view.picture.fed.outline == QRectF(9, 9, 3, 3)
    session.selection.hover(None)
    assert view.picture.fed.outline == QRectF(7, 4, 3, 3)
    session.selection.clear_cell()
    assert view.picture.fed.outline is None
    assert view.picture.caption.text() == HINT


def test_a_chosen_pixel_of_the_input_tells_its_numbers(opened: Opened) -> None:
    session, view = opened()
    session.selection.select(layer="input", channel=1, row=5, column=8)
    assert session.state.input.values is not None
    assert view.picture.caption.text() == pixel_text(session.state.input.values, 5, 8)


@pytest.mark.parametrize("size", [(200, 120), (120, 200), (87, 86), (300, 300)])
def test_the_frame_about_a_whole_picture_is_seen_on_all_sides(qtbot: QtBot, size: tuple[int, int]) -> None:
    canvas = PictureCanvas(is_sharp=True)
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    canvas.set_picture(np.zeros((32, 32, 3), np.uint8))
    canvas.set_field(np.ones((32, 32), bool), (0, 0, 32, 32))
    canvas.show()
    qtbot.waitExposed(canvas)
    area, picture = canvas.picture_area(), canvas.grab().toImage()
    middle = area.center().toPoint()
    sides = [
        [(middle.x(), round(area.top()) + step) for step in (-1, 0)],
        [(middle.x(), round(area.bottom()) + step) for step in (-1, 0)],
        [(round(area.left()) + step, middle.y()) for step in (-1, 0)],
        [(round(area.right()) + step, middle.y()) for step in (-1, 0)],
    ]
    assert all(all(picture.pixelColor(*place).lightness() > 150 for place in side) for side in sides)


def test_a_field_at_the_edge_is_clipped_to_the_picture(opened: Opened) -> None:
    session, view = opened()
    session.selection.select(layer="conv1", channel=0, row=0, column=0)
    assert view.picture.fed.outline == QRectF(0, 0, 2, 2)


def test_a_cell_of_a_flattened_row_sees_its_own_part(opened: Opened) -> None:
    session, view = opened("1x6x6 conv(2, 3) flatten linear(3)")
    session.selection.select(layer="flatten1", channel=5)
    assert view.picture.fed.outline == QRectF(1, 1, 3, 3)
    session.selection.select(layer="linear1", channel=2)
    assert view.picture.caption.text() == "linear1 sees the whole picture, 6 × 6 × 1 numbers."


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (np.eye(3, dtype=bool), "a sees 3 pixels within 3 × 3 × 5."),
        (np.zeros((3, 3), bool), "This cell of a sees nothing but padding."),
        (np.ones((3, 3), bool), "a sees the whole picture, 3 × 3 × 5 numbers."),
        (np.array([[True, True, False]]), "a sees 1 × 2 × 5 numbers."),
        (np.array([[True, False]]), "a sees 1 × 1 × 5 numbers."),
    ],
)
def test_a_field_is_told_in_words(mask: np.ndarray, sentence: str) -> None:
    assert field_text("a", Field.of(mask), (5, *mask.shape)) == sentence


def test_where_channels_stay_apart_a_field_is_told_without_the_others() -> None:
    """As of a convolution in groups."""
    field = Field.of(np.array([[True, True, False]]), frozenset({1}))
    assert field_text("a", field, (3, 1, 3)) == "a sees 1 × 2 × 1 numbers."


def test_a_pixel_under_the_mouse_tells_its_values(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    fed = view.picture.fed
    QTest.mouseMove(fed, fed.point_of(3, 11).toPoint())
    qtbot.waitUntil(lambda: view.picture.caption.text().startswith("Row 3, column 11\n"))
    values = session.state.values
    assert values is not None
    assert view.picture.caption.text() == pixel_text(values, 3, 11)
    assert f"{session.state.input.fitted.pixels[3, 11, 0]} → " in fed.toolTip()


def test_arrow_keys_walk_over_the_pixels_and_return_chooses_one(opened: Opened) -> None:
    session, view = opened()
    fed = view.picture.fed
    fed.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(fed, key)
    chosen = session.state.selection
    assert (chosen.layer, chosen.row, chosen.column) == ("input", 1, 1)


def test_a_stroke_changes_what_the_network_sees(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    before = session.state.maps.activations
    QTest.mouseClick(view.draw, Qt.MouseButton.LeftButton)
    assert view.brush.isVisible()
    fed = view.picture.fed
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(fed, left, pos=fed.point_of(2, 2).toPoint())
    QTest.mouseMove(fed, fed.point_of(2, 12).toPoint())
    view.picture.fed.dragged.emit(2, 12)
    QTest.mouseRelease(fed, left, pos=fed.point_of(2, 12).toPoint())
    wait_until_shown(qtbot, session)
    assert session.state.input.picture is not None
    assert session.state.input.picture.name == "drawing"
    assert (session.state.input.fitted.pixels[2, 2:13] == 255).all()
    assert session.state.maps.activations is not before


def test_a_second_stroke_before_the_first_is_answered_keeps_it(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    view.draw.setChecked(True)
    for row in (1, 5, 9):
        view.picture.fed.pressed.emit(row, 3)
        view.picture.fed.released.emit()
    wait_until_shown(qtbot, session)
    assert (session.state.input.fitted.pixels[[1, 5, 9], 3] == 255).all()


def test_filling_gives_an_empty_sheet_in_the_chosen_colour(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    view.draw.setChecked(True)
    view.brush.set_colour(QColor("black"))
    QTest.mouseClick(view.brush.clear, Qt.MouseButton.LeftButton)
    wait_until_shown(qtbot, session)
    assert (session.state.input.fitted.pixels == 0).all()


def test_drawing_without_a_picture_starts_on_an_empty_sheet(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("1x8x8 conv(2, 3)", picture=False)
    view.draw.setChecked(True)
    wait_until_shown(qtbot, session)
    assert view.picture.fed.isVisible()
    assert view.draw.isChecked()
    assert session.state.values.shape == (1, 8, 8)


def test_a_fast_stroke_leaves_no_gap() -> None:
    pixels = np.zeros((20, 20, 3), np.uint8)
    stroke(pixels, (0, 0), (19, 10), size=1, colour=(9, 9, 9))
    assert (pixels[..., 0] == 9).any(axis=1).all()


@pytest.mark.parametrize(("size", "cells"), [(1, 1), (2, 4), (3, 9), (4, 12)])
def test_a_brush_is_as_wide_as_it_says(size: int, cells: int) -> None:
    pixels = np.zeros((20, 20, 3), np.uint8)
    stamp(pixels, (10, 10), size=size, colour=(1, 1, 1))
    assert pixels[..., 0].any(axis=0).sum() == size
    assert pixels[..., 0].sum() <= cells


def test_plain_numbers_are_typed_into_fields(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("2 linear(2)", picture=False)
    wait_until_shown(qtbot, session)
    assert view.numbers.isVisible()
    assert not view.open.isVisible()
    boxes = view.numbers.boxes
    assert [box.accessibleName() for box in boxes] == ["Input x₁", "Input x₂"]
    boxes[1].lineEdit().selectAll()
    QTest.keyClicks(boxes[1], "-0.3")
    QTest.keyClick(boxes[1], Qt.Key.Key_Return)
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(session.state.values, np.array([0, -0.3], np.float32))
    assert boxes[1].text() == "-0.3"


def test_many_numbers_show_the_first_fields_and_say_so(opened: Opened) -> None:
    _, view = opened("100 linear(2)", picture=False)
    assert len(view.numbers.boxes) == 64
    assert any("36 more" in label.text() for label in view.numbers.findChildren(QLabel) if label.isVisible())


def test_from_numbers_to_pictures_and_back(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("3 linear(2)", picture=False)
    session.files.new_network("3x8x8 conv(2, 3)")
    session.input.use_picture(make_picture())
    wait_until_shown(qtbot, session)
    assert view.picture.fed.isVisible()
    session.files.new_network("2 linear(2)")
    wait_until_shown(qtbot, session)
    assert len(view.numbers.boxes) == 2


def test_a_model_of_a_program_keeps_the_input_it_was_given(opened: Opened, qtbot: QtBot) -> None:
    import torch

    session, view = opened(picture=False)
    values = np.random.default_rng(0).normal(size=(2, 9, 7)).astype(np.float32)
    session.files.adopt(torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3)), values[None], "mine")
    wait_until_shown(qtbot, session)
    assert view.picture.fed.isVisible()
    assert "2 × 9 × 7 numbers from a program" in view.picture.rule.text()
    assert not view.open.isEnabled()
    assert not view.draw.isEnabled()


def test_of_an_input_that_is_no_picture_the_pane_says_so(opened: Opened, qtbot: QtBot) -> None:
    import torch

    session, view = opened(picture=False)
    session.files.adopt(torch.nn.Linear(16, 3), np.zeros((4, 16), np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    assert view.empty.isVisible()
    assert "feeds it 4 × 16 numbers" in view.empty.text()


def test_a_hidden_pane_catches_up_when_it_is_shown(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    view.hide()
    session.input.use_picture(make_picture(3))
    wait_until_shown(qtbot, session)
    assert "waves 0" in view.facts_label.whole()
    view.show()
    assert "waves 3" in view.facts_label.whole()


def test_every_control_has_a_name_and_a_tip(opened: Opened) -> None:
    _, view = opened()
    view.draw.setChecked(True)
    controls = [view.open, view.recent, view.samples, view.draw, view.paste, view.picture.fit, view.brush.slider]
    assert all(control.accessibleName() and control.toolTip() for control in controls)


@pytest.mark.parametrize("width", [280, 480])
def test_nothing_is_cut_off_in_a_low_pane_and_it_was_higher_before(opened: Opened, qtbot: QtBot, width: int) -> None:
    _, view = opened(width=width)
    view.resize(width, 900)
    QApplication.processEvents()
    view.resize(width, 282)  # a window of 1280 × 720 with its strip open
    qtbot.waitUntil(lambda: view.height() == 282)
    QApplication.processEvents()
    picture = view.picture
    for part in (picture.fed, picture.original, picture.fit, picture.caption, picture.rule):
        assert picture.rect().contains(QRect(part.mapTo(picture, QPoint(0, 0)), part.size())), part.objectName()
    assert picture.rule.height() >= picture.rule.heightForWidth(picture.rule.width())
    assert picture.fed.height() >= 50
    assert view.rect().contains(view.open.geometry())


@pytest.mark.parametrize("width", [280, 480])
def test_nothing_is_cut_off(opened: Opened, width: int) -> None:
    _, view = opened(width=width)
    assert view.width() == width
    for button in (view.open, view.recent, view.samples, view.draw):
        assert button.width() >= button.minimumSizeHint().width()
        assert view.rect().contains(button.geometry())
    words = view.picture.rule
    assert words.height() >= words.heightForWidth(words.width())


@pytest.mark.parametrize("size", [(1, 1), (3, 20_000), (500, 2)])
def test_pictures_of_any_proportions_are_drawn(opened: Opened, qtbot: QtBot, size: tuple[int, int]) -> None:
    session, view = opened()
    session.input.use_picture(picture_from_array(np.full((*size, 3), 90, np.uint8)))
    wait_until_shown(qtbot, session)
    for mode in ("crop", "pad", "stretch"):
        session.input.set_fit(mode)
        wait_until_shown(qtbot, session)
        assert not view.grab().isNull()


def test_cells_are_square_and_equal(qtbot: QtBot) -> None:
    canvas = PictureCanvas(is_sharp=True)
    qtbot.addWidget(canvas)
    canvas.resize(200, 260)
    canvas.set_picture(np.zeros((32, 32, 3), np.uint8))
    area = canvas.picture_area()
    assert area.width() == area.height() == 32 * 6
    assert canvas.place_at(QPointF(0, 0)) is None
    assert canvas.place_at(canvas.point_of(31, 31)) == (31, 31)
    assert canvas.place_at(QPointF(QPoint(199, 130))) is None


def test_a_network_of_numbers_is_told_by_its_numbers_though_a_picture_waits(qtbot: QtBot) -> None:
    session = make_session()
    view = InputView(session, make_actions(session))
    qtbot.addWidget(view)
    view.show()
    wait_until_shown(qtbot, session)
    session.files.new_network("2 linear(2)")
    wait_until_shown(qtbot, session)
    assert view.facts_label.whole() == "2 numbers"
    assert session.close()


@pytest.mark.parametrize(("mode", "level"), [("light", 255), ("dark", 0)])
def test_small_cells_carry_their_digit_and_the_picture_an_edge(
    qtbot: QtBot, qapp: QApplication, mode: str, level: int
) -> None:
    """Typed numbers in a low window were grey boxes, and white ones were not seen at all on the white pane."""
    theme.apply(qapp, mode)
    canvas = PictureCanvas(is_sharp=True)
    qtbot.addWidget(canvas)
    canvas.resize(84, 84)
    canvas.set_picture(np.full((5, 5, 3), level, np.uint8))
    without = canvas.grab().toImage()
    assert colours_near(without, theme.current().border, 8) > 200
    canvas.set_numbers(np.full((5, 5), 7, np.float32))
    ink = "#000000" if level else "#ffffff"
    assert colours_near(canvas.grab().toImage(), ink) - colours_near(without, ink) > 25 * 8
