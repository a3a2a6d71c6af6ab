"""Another page of the picture's file is chosen in the input pane, with the keyboard and the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.input.view import InputView
from tests.ui.fakes import make_actions, make_session, wait_until_shown

RANDOM = np.random.default_rng(5)
STACK = RANDOM.integers(0, 256, (4, 3, 24, 24), dtype=np.uint8)  # depth, channel


@pytest.fixture
def pane(qtbot: QtBot, qapp: QApplication) -> Iterator[tuple[Session, InputView]]:
    theme.apply(qapp, "light")
    session = make_session()
    view = InputView(session, make_actions(session))
    qtbot.addWidget(view)
    view.resize(290, 520)
    view.show()
    wait_until_shown(qtbot, session)
    yield session, view
    assert session.close()


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    path = tmp_path / "cells.ome.tif"
    tifffile.imwrite(path, STACK, ome=True, photometric="minisblack", metadata={"axes": "ZCYX"})
    return path


def _open(session: Session, qtbot: QtBot, path: Path) -> None:
    session.input.open_picture(path)
    qtbot.waitUntil(lambda: session.state.input.picture is not None and session.state.input.picture.path == path)
    wait_until_shown(qtbot, session)


def _shown(session: Session) -> np.ndarray:
    picture = session.state.input.picture
    assert picture is not None
    return picture.pixels[..., 0]


def _is_shown(session: Session, pixels: np.ndarray) -> bool:
    return np.array_equal(_shown(session), pixels)


def test_a_picture_without_further_pages_has_no_chooser(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path, tmp_path: Path
) -> None:
    session, view = pane
    assert not view.picture.pages.isVisible()
    _open(session, qtbot, stack)
    assert view.picture.pages.isVisible()
    Image.fromarray(STACK[0, 0]).save(tmp_path / "one.png")
    _open(session, qtbot, tmp_path / "one.png")
    assert not view.picture.pages.isVisible()


def test_the_arrow_keys_go_through_depth_and_channel(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path
) -> None:
    session, view = pane
    _open(session, qtbot, stack)
    depth, channel = view.picture.pages.boxes
    assert [box.text() for box in (depth, channel)] == ["Z 1 of 4", "C 1 of 3"]
    assert [box.accessibleName() for box in (depth, channel)] == ["Z (depth)", "C (channel)"]
    QTest.keyClick(depth, Qt.Key.Key_Up)
    QTest.keyClick(depth, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: _is_shown(session, STACK[2, 0]))
    QTest.keyClick(channel, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: _is_shown(session, STACK[2, 1]))
    wait_until_shown(qtbot, session)
    assert [box.text() for box in (depth, channel)] == ["Z 3 of 4", "C 2 of 3"]
    assert view.picture.rule.accessibleName().startswith("Z 3 of 4, C 2 of 3 is shown.")
    QTest.keyClick(depth, Qt.Key.Key_Home)
    assert session.state.input.page_asked is None


def test_a_number_is_typed_and_one_that_there_is_not_is_told(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path
) -> None:
    session, view = pane
    _open(session, qtbot, stack)
    depth = view.picture.pages.boxes[0]
    depth.setFocus()
    depth.selectAll()
    QTest.keyClicks(depth, "4")
    QTest.keyClick(depth, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _is_shown(session, STACK[3, 0]))
    depth.selectAll()
    QTest.keyClicks(depth, "9")
    QTest.keyClick(depth, Qt.Key.Key_Return)
    assert session.state.status.notice == "Z (depth): 9 does not lie between 1 and 4."
    assert depth.text() == "Z 4 of 4"


def test_what_is_asked_for_while_a_page_is_read_follows_and_is_what_the_boxes_say(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path
) -> None:
    session, view = pane
    _open(session, qtbot, stack)
    for page in (3, 6, 9, 10):
        session.input.show_page(page)
    assert [box.text() for box in view.picture.pages.boxes] == ["Z 4 of 4", "C 2 of 3"]
    qtbot.waitUntil(lambda: session.state.input.page_asked is None)
    assert _is_shown(session, STACK[3, 1])
    assert [box.text() for box in view.picture.pages.boxes] == ["Z 4 of 4", "C 2 of 3"]


def test_a_damaged_page_is_told_and_the_boxes_say_what_is_shown(
    pane: tuple[Session, InputView], qtbot: QtBot, tmp_path: Path
) -> None:
    session, view = pane
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, STACK[:, 0], photometric="minisblack", compression="deflate")
    with tifffile.TiffFile(path) as opened:
        place = opened.pages[1].dataoffsets[0]  # type: ignore[union-attr]
    content = bytearray(path.read_bytes())
    content[place : place + 8] = b"\xff" * 8
    path.write_bytes(content)
    _open(session, qtbot, path)
    (box,) = view.picture.pages.boxes
    QTest.keyClick(box, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: session.state.status.notice.startswith("Page 2 of stack.tif is damaged"))
    assert box.text() == "Page 1 of 4"
    assert _is_shown(session, STACK[0, 0])
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keyClick(box, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: _is_shown(session, STACK[2, 0]))


def test_frames_of_what_moves_are_chosen_alike(pane: tuple[Session, InputView], qtbot: QtBot, tmp_path: Path) -> None:
    session, view = pane
    frames = [Image.fromarray(np.full((8, 8, 3), colour, np.uint8)) for colour in (10, 120, 250)]
    frames[0].save(tmp_path / "moving.webp", save_all=True, append_images=frames[1:], lossless=True)
    _open(session, qtbot, tmp_path / "moving.webp")
    (box,) = view.picture.pages.boxes
    QTest.keyClick(box, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: bool((_shown(session) == 120).all()))
    assert box.text() == "Frame 2 of 3"


def test_a_recent_picture_comes_back_at_the_page_that_was_looked_at(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path, tmp_path: Path
) -> None:
    session, view = pane
    _open(session, qtbot, stack)
    session.input.show_page(7)
    qtbot.waitUntil(lambda: _is_shown(session, STACK[2, 1]))
    session.input.use_sample("cat")
    wait_until_shown(qtbot, session)
    view.recent.menu().aboutToShow.emit()
    view.recent.menu().actions()[0].trigger()
    qtbot.waitUntil(lambda: _is_shown(session, STACK[2, 1]))
    assert view.picture.pages.boxes[0].text() == "Z 3 of 4"


def test_undo_of_typed_numbers_brings_back_the_page_that_they_covered(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path
) -> None:
    session, view = pane
    _open(session, qtbot, stack)
    session.input.show_page(5)
    qtbot.waitUntil(lambda: _is_shown(session, STACK[1, 2]))
    wait_until_shown(qtbot, session)
    session.input.set_cell((0, 0, 0), 0.5)
    wait_until_shown(qtbot, session)
    assert not view.picture.pages.isEnabled()
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert view.picture.pages.boxes[0].text() == "Z 2 of 4"
    assert view.picture.pages.isEnabled()
    assert _is_shown(session, STACK[1, 2])


@pytest.mark.parametrize("axes", ["YX", "ZYX", "ZCYX", "TZCYX"])
@pytest.mark.parametrize("size", [(280, 520), (290, 282)])
def test_nothing_is_cut_off_beside_the_boxes(
    pane: tuple[Session, InputView], qtbot: QtBot, tmp_path: Path, axes: str, size: tuple[int, int]
) -> None:
    session, view = pane
    path = tmp_path / "stack.tif"
    sizes = {"T": 12, "C": 3, "Z": 20}
    shape = tuple(sizes[letter] for letter in axes[:-2]) or (10_050,)
    stack = np.zeros((*shape, 4, 4), np.uint8)
    metadata = {"axes": axes} if len(axes) > 2 else None
    tifffile.imwrite(path, stack, photometric="minisblack", metadata=metadata, imagej=metadata is not None)
    _open(session, qtbot, path)
    view.resize(*size)
    qtbot.waitUntil(lambda: view.picture.pages.boxes[-1].isVisible() and view.width() == size[0])
    QApplication.processEvents()
    picture = view.picture
    for box in picture.pages.boxes:
        box.show_number(box.maximum())
        assert box.lineEdit().width() >= box.fontMetrics().horizontalAdvance(box.text())
    for part in (picture.fed, picture.pages, *picture.pages.boxes, picture.original, picture.fit, picture.rule):
        place = QRect(part.mapTo(picture, part.rect().topLeft()), part.size())
        assert picture.rect().contains(place), part.objectName()
    assert picture.rule.height() >= picture.rule.heightForWidth(picture.rule.width())


@pytest.mark.parametrize("typed", ["99", "0", "C 99", "many"])
@pytest.mark.parametrize("leaves", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_page_that_there_is_not_is_refused_in_a_sentence(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path, typed: str, leaves: Qt.Key
) -> None:
    session, view = pane
    _open(session, qtbot, stack)
    box = view.picture.pages.boxes[1]
    before = box.text()
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, typed)
    QTest.keyClick(box, leaves)
    assert box.text() == before
    why = "“many” is not a whole number" if typed == "many" else f"{typed[-2:].strip()} does not lie between 1 and 3."
    assert session.state.status.notice.startswith(f"C (channel): {why}")


def test_the_word_before_the_number_may_be_typed_with_it(
    pane: tuple[Session, InputView], qtbot: QtBot, stack: Path
) -> None:
    session, view = pane
    _open(session, qtbot, stack)
    box = view.picture.pages.boxes[0]
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "z 3")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _is_shown(session, STACK[2, 0]))
