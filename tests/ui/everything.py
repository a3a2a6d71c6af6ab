"""All that can be opened in the window, so that what holds for every part of it is asked of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.lessons.shelf import lesson_named
from explorer.ui.common.popup_button import PopupButton
from explorer.ui.data.browser import DataBrowser
from explorer.ui.debugger.breakpoints import BreakpointsButton
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_drawn, wait_until_recorded, wait_until_shown

WAIT_MS = 60_000
STRIP = ("Curves", "Runs", "Compare", "Confusion", "Film", "Live", "Surface", "Landscape")
DIALOGS = ("startList", "newNetwork", "shortcuts", "report", "about", "messages", "find")
DATA_TABS = 5


@dataclass(frozen=True)
class Opened:
    """One state of the window, or what stands over it: `open` leads there from any other, and gives the widget."""

    name: str
    open: Callable[[MainWindow, QtBot, Path], QWidget]

    def __str__(self) -> str:
        return self.name


def close_all(window: MainWindow) -> None:
    """Close what stands over the window, and look at everything as at first."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.close()
    window.leave_lessons()
    window.input_view.draw.setChecked(False)
    for name, is_on in (("overviewCalls", False), ("stageDrawing", True)):
        button = window.findChild(QToolButton, name)
        assert button is not None
        button.setChecked(is_on)
    _look_at(window, "maps")
    QApplication.processEvents()


def _whole(window: MainWindow, qtbot: QtBot, _folder: Path, *, network: str, tab: str, layer: str) -> MainWindow:
    close_all(window)
    session = window.session
    session.files.open_network(network)
    session.selection.select(layer=layer, channel=None, row=None, column=None)
    window.show_part(tab)
    wait_until_shown(qtbot, session)
    if tab in ("debugger", "losses"):
        wait_until_recorded(qtbot, session)
    QApplication.processEvents()
    return window


_cat = partial(_whole, network="cifar10", layer="conv2")
_numbers = partial(_whole, network="two-two-two", layer="linear1")


def _cell_of_the_maps(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _cat(window, qtbot, folder, tab="maps")
    window.session.selection.select(channel=3, row=6, column=9)
    qtbot.waitUntil(lambda: window.session.state.maps.explained is not None)
    QApplication.processEvents()
    return window


def _depth_column(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _cell_of_the_maps(window, qtbot, folder)
    button = next(each for each in window.findChildren(QToolButton) if each.text() == "All channels")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return window


def _filters(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _cat(window, qtbot, folder, tab="maps")
    _look_at(window, "filters")
    return window


def _look_at(window: MainWindow, what: str) -> None:
    box = next(each for each in window.findChildren(QComboBox) if each.accessibleName() == "Show")
    box.setCurrentText(what)
    box.activated.emit(box.currentIndex())
    QApplication.processEvents()


def _inside(window: MainWindow, qtbot: QtBot, folder: Path, *, layer: str) -> QWidget:
    _whole(window, qtbot, folder, network="cifar10", tab="debugger", layer=layer)
    window.session.steps.step_into()
    QApplication.processEvents()
    return window


def _tensors_of_neurons(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _numbers(window, qtbot, folder, tab="debugger")
    button = window.findChild(QToolButton, "stageTensors")
    assert button is not None
    button.click()
    return window


def _calls(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _cat(window, qtbot, folder, tab="overview")
    button = window.findChild(QToolButton, "overviewCalls")
    assert button is not None
    if not button.isChecked():
        button.click()
    wait_until_recorded(qtbot, window.session)
    QApplication.processEvents()
    return window


def _drawing(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _cat(window, qtbot, folder, tab="overview")
    window.input_view.draw.setChecked(True)
    QApplication.processEvents()
    return window


def _pages_of_a_stack(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    import tifffile

    _cat(window, qtbot, folder, tab="overview")
    path = folder / "cells.ome.tif"
    planes = np.random.default_rng(5).integers(0, 256, (4, 3, 24, 24), dtype=np.uint8)
    tifffile.imwrite(path, planes, ome=True, photometric="minisblack", metadata={"axes": "ZCYX"})
    window.session.input.open_picture(path)
    state = window.session.store
    qtbot.waitUntil(lambda: state.state.input.picture is not None and state.state.input.picture.path == path)
    wait_until_shown(qtbot, window.session)
    return window


def _strip(window: MainWindow, qtbot: QtBot, folder: Path, *, title: str) -> QWidget:
    """A view of the training, of a run that has ended."""
    close_all(window)
    session = window.session
    window.training_dock.unfold()
    if not session.state.watching.runs:
        session.files.new_network("2 linear(8) relu linear(2)")
        session.learning.set_hyperparameters(epochs=2, batch_size=50)
        session.data.use_data("points:moons")
        qtbot.waitUntil(lambda: session.state.document.data == "points:moons" and session.state.data.progress is None)
        session.training.train()
        qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=WAIT_MS)
    assert window.training.parts is not None
    tabs = window.training.parts.tabs
    tabs.setCurrentIndex(next(at for at in range(tabs.count()) if tabs.tabText(at) == title))
    QApplication.processEvents()
    if title == "Surface":
        qtbot.waitUntil(lambda: session.state.plane.surface is not None, timeout=WAIT_MS)
        wait_until_drawn(qtbot)
    if title == "Landscape":
        qtbot.waitUntil(lambda: getattr(session.state.plane.landscape, "losses", None) is not None, timeout=WAIT_MS)
        wait_until_drawn(qtbot)
    return window


def _over(window: MainWindow, qtbot: QtBot, folder: Path, *, command: str) -> QWidget:
    """What a command opens over the window."""
    _numbers(window, qtbot, folder, tab="overview")
    window.session.say("Something was told, so that there is something to read again.")
    window.action(command).trigger()
    QApplication.processEvents()
    return _in_front(window)


def _in_front(window: MainWindow) -> QWidget:
    seen = [each for each in QApplication.topLevelWidgets() if each.isVisible() and each is not window]
    return QApplication.activePopupWidget() or next(
        each for each in seen if isinstance(each, QDialog) or each.windowType() == Qt.WindowType.Popup
    )


def _data(window: MainWindow, qtbot: QtBot, folder: Path, *, tab: int) -> QWidget:
    """The browser of data, with pictures of three classes open."""
    close_all(window)
    window.action("showData").trigger()
    browser = window.findChild(DataBrowser)
    assert browser is not None
    random = np.random.default_rng(0)
    for name in ("cat", "dog", "ship"):
        (folder / "pictures" / name).mkdir(parents=True, exist_ok=True)
        for at in range(5):
            pixels = random.integers(0, 255, (32, 32, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "pictures" / name / f"{at}.png")
    browser.open_data(str(folder / "pictures"))
    qtbot.waitUntil(lambda: window.session.state.data.progress is None, timeout=WAIT_MS)
    tabs = browser.shown.tabs
    tabs.setCurrentIndex([at for at in range(tabs.count()) if tabs.isTabVisible(at)][tab])
    QApplication.processEvents()
    return browser


def _contents(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    """The contents of the lessons."""
    _cat(window, qtbot, folder, tab="overview")
    window.action("lessons").trigger()
    QApplication.processEvents()
    return window


def _lesson(window: MainWindow, qtbot: QtBot, folder: Path, *, name: str, answer: str = "") -> QWidget:
    """The first step of a lesson, answered or not."""
    _cat(window, qtbot, folder, tab="overview")
    lesson = lesson_named(name)
    assert lesson is not None
    window.session.lessons.open(lesson)
    qtbot.waitUntil(lambda: window.session.state.lessons.page is not None)
    wait_until_shown(qtbot, window.session)
    if answer:
        window.session.lessons.answer(answer)
        qtbot.waitUntil(lambda: bool(window.session.state.lessons.told))
    QApplication.processEvents()
    return window


def _form(window: MainWindow, qtbot: QtBot, folder: Path, *, kind: type[PopupButton], name: str) -> QWidget:
    """The form that a button opens."""
    _cat(window, qtbot, folder, tab="debugger")
    window.training_dock.unfold()
    buttons = [each for each in window.findChildren(kind) if each.isVisible() and name in each.objectName()]
    buttons[0].open_popup()
    QApplication.processEvents()
    return buttons[0].popup


def _palette(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _cat(window, qtbot, folder, tab="overview")
    button = window.findChild(QPushButton, "addLayer")
    assert button is not None
    button.click()
    QApplication.processEvents()
    return _in_front(window)


def _samples(window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    _cat(window, qtbot, folder, tab="overview")
    window.input_view.samples.click()
    QApplication.processEvents()
    return _in_front(window)


EVERYTHING: tuple[Opened, ...] = (
    Opened("overview", partial(_cat, tab="overview")),
    Opened("calls", _calls),
    Opened("maps", partial(_cat, tab="maps")),
    Opened("cell of the maps", _cell_of_the_maps),
    Opened("depth column", _depth_column),
    Opened("filters", _filters),
    Opened("numbers", partial(_numbers, tab="maps")),
    Opened("step", partial(_cat, tab="debugger")),
    *(Opened(f"inside {layer}", partial(_inside, layer=layer)) for layer in ("conv2", "bn2", "relu2", "pool1")),
    Opened("neurons", partial(_numbers, tab="debugger")),
    Opened("tensors of neurons", _tensors_of_neurons),
    Opened("losses of classes", partial(_cat, tab="losses")),
    Opened("losses of numbers", partial(_numbers, tab="losses")),
    Opened("drawing", _drawing),
    Opened("pages of a stack", _pages_of_a_stack),
    Opened("lessons", _contents),
    Opened("lesson with a number", partial(_lesson, name="convolution", answer="6")),
    Opened("lesson with options", partial(_lesson, name="first-look")),
    Opened("lesson answered", partial(_lesson, name="first-look", answer="A")),
    Opened("palette", _palette),
    Opened("samples", _samples),
    *(Opened(f"dialog {command}", partial(_over, command=command)) for command in DIALOGS),
    *(Opened(f"data {tab}", partial(_data, tab=tab)) for tab in range(DATA_TABS)),
    Opened("loss and optimizer", partial(_form, kind=PopupButton, name="openRunForm")),
    Opened("stop at", partial(_form, kind=BreakpointsButton, name="")),
    *(Opened(f"training {title}", partial(_strip, title=title)) for title in STRIP),
)


def parts_of(root: QWidget) -> Iterator[QWidget]:
    """What is seen in `root`, without the parts that Qt's own widgets are made of."""
    for widget in root.findChildren(QWidget):
        above = widget.parentWidget()
        is_qts = widget.objectName().startswith("qt_") or isinstance(above, QComboBox)
        if widget.isVisible() and widget.window() is root.window() and not is_qts:
            yield widget
