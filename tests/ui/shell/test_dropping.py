"""What is dropped on the window is opened as what it is: data in the window of data, pictures by the network."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.session import Session
from explorer.ui.data.browser import DataBrowser
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_shown
from tests.ui.windows import leave_unasked

RANDOM = np.random.default_rng(4)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window()
    qtbot.addWidget(made, before_close_func=_leave_all)
    made.session.files.new_network("3x12x12 conv(4, 3) relu flatten linear(2)")
    wait_until_shown(qtbot, made.session)
    yield made
    made.close()


def _leave_all(window: MainWindow) -> None:
    for browser in _browsers():
        browser.close()
    leave_unasked(window)


def _browsers() -> list[DataBrowser]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, DataBrowser) and each.isVisible()]


def drop(onto: QWidget, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    details = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(30, 30), *details)
    enter.setAccepted(False)
    QApplication.sendEvent(onto, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(onto, QDropEvent(QPointF(30, 30), *details))


def _picture(path: Path) -> Path:
    Image.fromarray(RANDOM.integers(0, 256, (12, 12, 3), dtype=np.uint8)).save(path)
    return path


def _class_folders(at: Path) -> Path:
    for name in ("ants", "bees"):
        (at / "insects" / name).mkdir(parents=True)
        for number in range(5):
            _picture(at / "insects" / name / f"{number}.png")
    return at / "insects"


def _table(at: Path) -> Path:
    folder = _class_folders(at)
    lines = [f"{path.relative_to(at)},{path.parent.name}" for path in sorted(folder.rglob("*.png"))]
    (at / "insects.csv").write_text("\n".join(["path,label", *lines]))
    return at / "insects.csv"


def _archive(at: Path) -> Path:
    pictures = RANDOM.integers(0, 256, (10, 12, 12, 3), dtype=np.uint8)
    np.savez(at / "insects.npz", x=pictures, y=np.arange(10) % 2)
    return at / "insects.npz"


@pytest.mark.parametrize("make", [_class_folders, _table, _archive], ids=["folder", "csv", "npz"])
@pytest.mark.parametrize("onto", ["mainWindow", "inputView"])
def test_data_that_are_dropped_are_opened_in_the_window_of_data(
    make: object, onto: str, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path, session = make(tmp_path), window.session  # type: ignore[operator]
    before = session.state.input.picture
    drop(window if onto == "mainWindow" else window.findChild(QWidget, onto), path)
    assert session.state.status.notice == f"{path.name} is opened as data to learn from, in a window of its own."
    (browser,) = _browsers()
    qtbot.waitUntil(lambda: session.state.data.data_set is not None and session.state.data.progress is None)
    data = session.state.data.data_set
    assert data is not None
    assert session.state.document.data == str(path)
    assert (len(data.train) + len(data.test or ()), len(data.classes)) == (10, 2)
    assert browser.shown.title_label.text() == path.name
    assert session.state.input.picture is before


def test_a_folder_that_is_no_data_is_told_in_the_window_of_data(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    drop(window, tmp_path / "nothing")
    session = window.session
    qtbot.waitUntil(lambda: session.state.status.notice == "The folder nothing is empty.")
    (browser,) = _browsers()
    assert browser.shown.message.text() == "The folder nothing is empty."
    assert session.state.data.data_set is None


def test_a_model_of_a_program_takes_no_data(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    import torch

    window.session.files.adopt(torch.nn.Linear(3, 2), np.zeros(3, np.float32)[None], "own")
    drop(window, _archive(tmp_path))
    assert "fed by that program" in window.session.state.status.notice
    assert window.session.state.data.data_set is None
    assert window.session.state.data.progress is None


@pytest.mark.parametrize("amount", [3, 14])
def test_of_several_pictures_the_first_is_shown_and_the_others_are_offered(
    amount: int, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    paths, session = [_picture(tmp_path / f"{number:02}.png") for number in range(amount)], window.session
    (tmp_path / "notes.txt").write_text("left out")
    drop(window, tmp_path / "notes.txt", *paths)
    others = "the others" if amount == 3 else "the next 5"
    told = f"The first of {amount} pictures is shown; {others} are in the list beside Open."
    qtbot.waitUntil(lambda: session.state.status.notice == told)
    _is_shown(session, paths[0])
    menu = window.input_view.recent.menu()
    for place in (1, 2):
        menu.aboutToShow.emit()
        names = [action.text() for action in menu.actions()]
        assert set(names) >= {path.name for path in paths[:6]}
        menu.actions()[names.index(paths[place].name)].trigger()
        qtbot.waitUntil(partial(_is_at, session, paths[place]))
        _is_shown(session, paths[place])


def test_several_pictures_on_the_command_line_are_shown_and_offered_as_dropped_ones(
    qtbot: QtBot, tmp_path: Path
) -> None:
    network = tmp_path / "net.txt"
    network.write_text("3x12x12 conv(4, 3) relu flatten linear(2)")
    paths = [_picture(tmp_path / f"{number}.png") for number in range(3)]
    window = open_window([str(paths[0]), str(network), str(paths[1]), str(paths[2])])
    qtbot.addWidget(window, before_close_func=_leave_all)
    session = window.session
    told = "The first of 3 pictures is shown; the others are in the list beside Open."
    qtbot.waitUntil(lambda: session.state.status.notice == told)
    wait_until_shown(qtbot, session)
    _is_shown(session, paths[0])
    assert session.state.network.names[:1] == ("conv1",)
    window.show_late_parts()
    menu = window.input_view.recent.menu()
    menu.aboutToShow.emit()
    names = [action.text() for action in menu.actions()]
    assert {path.name for path in paths} <= set(names)
    menu.actions()[names.index("2.png")].trigger()
    qtbot.waitUntil(partial(_is_at, session, paths[2]))
    _is_shown(session, paths[2])


def test_the_others_are_offered_though_the_first_is_damaged(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    paths, session = [_picture(tmp_path / f"{number}.png") for number in range(2)], window.session
    paths[0].write_bytes(b"no picture")
    drop(window.input_view, *paths)
    qtbot.waitUntil(lambda: session.state.status.notice == "0.png holds text, not a picture.")
    assert session.state.files.recent[0] == paths[1]


def _is_at(session: Session, path: Path) -> bool:
    picture = session.state.input.picture
    return picture is not None and picture.path == path


def _is_shown(session: Session, path: Path) -> None:
    assert _is_at(session, path)
    assert session.state.input.picture is not None
    np.testing.assert_array_equal(session.state.input.picture.pixels, np.asarray(Image.open(path)))


@pytest.mark.parametrize("amount", [1, 2])
@pytest.mark.parametrize("is_data_first", [True, False])
def test_data_and_pictures_of_the_command_line_are_each_opened_as_what_they_are(
    amount: int, is_data_first: bool, tmp_path: Path, qtbot: QtBot
) -> None:
    rng = np.random.default_rng(0)
    folder, network = tmp_path / "insects", tmp_path / "net.txt"
    network.write_text("3x16x16 conv(4, 3) relu flatten linear(2)")
    for name in ("ants", "bees"):
        (folder / name).mkdir(parents=True)
        for at in range(6):
            Image.fromarray(rng.integers(0, 255, (16, 16, 3)).astype(np.uint8)).save(folder / name / f"{at}.png")
    paths = [_picture(tmp_path / f"{at}.png") for at in range(amount)]
    given = [folder, network, *paths] if is_data_first else [*paths, network, folder]
    window = open_window([str(path) for path in given])
    qtbot.addWidget(window, before_close_func=_leave_all)
    session = window.session
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    qtbot.waitUntil(lambda: session.state.input.picture is not None, timeout=60_000)
    assert session.state.document.data == str(folder)
    assert session.state.data.data_set.classes == ("ants", "bees")
    assert session.state.input.picture.path == paths[0]
    assert session.state.network.text() == network.read_text()
    assert window.isVisible()
    assert _browsers()


def test_data_are_known_by_their_whole_path_as_the_network_may_be_opened_from_another_folder(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _class_folders(tmp_path)
    monkeypatch.chdir(tmp_path)
    window.open_path(Path("insects"))
    qtbot.waitUntil(lambda: window.session.state.data.opened is not None, timeout=60_000)
    assert window.session.state.document.data == str(tmp_path / "insects")
