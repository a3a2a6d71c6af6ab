"""What Qt calls in Python never ends the program: the view or the message line tells, and everything goes on."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import numpy as np
import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QListView,
    QMessageBox,
    QPushButton,
    QStyledItemDelegate,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

import explorer
from explorer.session import Session
from explorer.ui.common import faults, guard, painting_faults
from explorer.ui.common.fault_cover import FaultCover
from explorer.ui.shell.messages import Messages


def made_in_c() -> None:
    """Raises an exception that C made, of which PySide dies."""
    np.unravel_index(-7, (2, 2))


class Broken(QWidget):
    """Paints, answers and moves as long as it is `whole`."""

    def __init__(self) -> None:
        super().__init__()
        self.is_whole = False
        self.painted = 0
        self.tried = 0
        self.page = QWidget()  # a window has no room for a cover
        self.setParent(self.page)
        self.page.resize(500, 400)
        self.resize(400, 300)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.tried += 1
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("green"))
        self.check()
        self.painted += 1

    def sizeHint(self) -> QSize:
        self.check()
        return QSize(300, 200)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.check()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.check()
        return super().event(event)

    def check(self) -> None:
        if not self.is_whole:
            made_in_c()


def is_covered(view: QWidget) -> bool:
    cover = view.findChild(FaultCover)
    return cover is not None and cover.isVisibleTo(view)


class BrokenModel(QAbstractListModel):
    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 2

    def data(self, index: QModelIndex, role: int = 0) -> object:
        made_in_c()
        return None


class BrokenDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: object, index: QModelIndex) -> None:
        made_in_c()


for each in (Broken, BrokenModel, BrokenDelegate):  # not of this program, but to be guarded like its own
    each.__module__ = "explorer.tests"
    guard.guard(each)


@pytest.fixture
def passed_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """What reaches the hook of exceptions that nobody caught; an exception there fails every other test."""
    told: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: told.append(error))
    faults.kept.clear()
    yield told
    faults.kept.clear()


@pytest.fixture
def broken(qtbot: QtBot, passed_on: list[BaseException]) -> Broken:
    view = Broken()
    qtbot.addWidget(view.page)
    return view


def _below(base: type) -> Iterator[type]:
    for made in type.__subclasses__(base):
        yield made
        yield from _below(made)


def _classes() -> list[type]:
    """Every class of the window's room that stands below one of Qt's."""
    for module in walk_packages(explorer.__path__, "explorer."):
        if module.name.startswith("explorer.ui"):
            import_module(module.name)
    below = list(_below(Shiboken.Object))
    return [each for each in dict.fromkeys(below) if each.__module__.startswith("explorer.ui")]


def test_every_function_of_the_room_that_qt_may_call_is_guarded() -> None:
    classes = _classes()
    assert len(classes) > 150
    bare = [
        f"{each.__module__}.{each.__qualname__}.{name}"
        for each in classes
        for name, function in guard.overrides(each)
        if function.__module__.startswith("explorer.") and not hasattr(function, "is_guarded")
    ]
    assert not bare, "a virtual function that guard.VIRTUALS does not know, or a name of Qt's used for another thing"


def test_pyqtgraphs_items_are_guarded_too() -> None:
    import pyqtgraph as pg

    for item in (pg.AxisItem, pg.ImageItem, pg.PlotCurveItem, pg.ScatterPlotItem, pg.ViewBox, pg.InfiniteLine):
        assert hasattr(item.paint, "is_guarded")
        assert hasattr(item.boundingRect, "is_guarded")
    assert not hasattr(pg.PlotDataItem.setData, "is_guarded")  # Qt does not call it, whoever does wants its exceptions


def test_an_exception_made_in_c_does_not_end_the_program() -> None:
    """In a process of its own, which died of it."""
    code = (
        "import sys, numpy as np; sys.excepthook = lambda *a: print('told', a[0].__name__)\n"
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "from PySide6.QtTest import QTest\n"
        "import explorer.ui\n"
        "class W(QWidget):\n"
        "    __module__ = 'explorer.w'\n"
        "    def keyPressEvent(self, event): np.unravel_index(-7, (2, 2))\n"
        "app = QApplication([]); w = W()\n"
        "for _ in range(20): QTest.keyClick(w, 'A')\n"
        "print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split("\n") == ["told ValueError"] * 20 + ["alive", ""], done.stderr


def test_an_event_that_fails_is_kept_passed_on_and_answered(broken: Broken, passed_on: list[BaseException]) -> None:
    QTest.keyClick(broken, Qt.Key.Key_Up)
    QTest.keyClick(broken, Qt.Key.Key_Up)
    assert broken.sizeHint() == QSize()
    QApplication.sendEvent(broken, QEvent(QEvent.Type.ToolTip))
    assert [type(error) for error in passed_on] == [ValueError] * 4
    assert len(faults.kept) == 4
    assert "index -7 is out of bounds" in faults.kept[-1].message
    assert "made_in_c" in faults.kept[-1].details


def test_a_model_and_a_delegate_that_fail_leave_their_list_standing(
    qtbot: QtBot, passed_on: list[BaseException]
) -> None:
    view = QListView()
    qtbot.addWidget(view)
    model, delegate = BrokenModel(view), BrokenDelegate(view)
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.grab()
    assert passed_on
    assert model.data(model.index(0)) is None


def test_what_cannot_be_drawn_says_so_in_its_place(broken: Broken, qtbot: QtBot) -> None:
    broken.window().show()
    qtbot.waitUntil(lambda: is_covered(broken))
    cover = broken.findChild(FaultCover)
    assert cover.label.text().startswith("This view could not be drawn: index -7 is out of bounds")
    assert cover.geometry() == broken.rect()
    words = {button.text(): button for button in cover.findChildren(QPushButton)}
    words["Copy report"].click()
    assert "index -7 is out of bounds" in QApplication.clipboard().text()
    assert "What went wrong since the start" in QApplication.clipboard().text()
    words["Details…"].click()
    box = broken.window().findChild(QMessageBox)
    assert "made_in_c" in box.detailedText()
    box.close()
    broken.resize(350, 250)
    assert cover.geometry() == broken.rect()


def test_what_cannot_be_drawn_rests_and_is_drawn_when_it_can_be(
    broken: Broken, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, passed_on: list[BaseException]
) -> None:
    for _ in range(50):
        broken.window().grab()
    assert broken.tried == 1
    monkeypatch.setattr(painting_faults, "monotonic", lambda: 1e12)  # its rest is over
    broken.window().grab()
    assert broken.tried == 2
    assert len(passed_on) == 1  # and told once
    monkeypatch.setattr(painting_faults, "monotonic", lambda: 2e12)
    broken.is_whole = True
    broken.window().grab()
    assert broken.painted == 1
    qtbot.waitUntil(lambda: broken.findChild(FaultCover) is None)


def test_another_picture_is_drawn_after_the_rest_by_itself(broken: Broken, qtbot: QtBot) -> None:
    broken.window().show()
    qtbot.waitUntil(lambda: is_covered(broken))
    broken.is_whole = True
    broken.update()  # as a view does that was given something else
    qtbot.waitUntil(lambda: broken.findChild(FaultCover) is None)
    assert broken.painted


def test_a_painter_ends_whoever_keeps_the_exception(broken: Broken, passed_on: list[BaseException]) -> None:
    broken.window().grab()
    frames = [passed_on[0].__traceback__]
    while frames[-1] is not None:
        frames.append(frames[-1].tb_next)
    painters = [
        value for frame in frames[:-1] for value in frame.tb_frame.f_locals.values() if isinstance(value, QPainter)
    ]
    assert painters
    assert not any(painter.isActive() for painter in painters)


def test_a_painter_that_qt_gave_is_not_ended(qtbot: QtBot, passed_on: list[BaseException]) -> None:
    picture = QPixmap(8, 8)
    painter = QPainter(picture)
    BrokenDelegate().paint(painter, None, QModelIndex())
    assert passed_on
    assert painter.isActive()
    painter.end()


def test_the_message_line_tells_a_mistake_once_with_its_details_and_a_report(
    qtbot: QtBot, passed_on: list[BaseException], broken: Broken
) -> None:
    session = Session()
    messages = Messages(session)
    qtbot.addWidget(messages)
    faults.teller().told.connect(session.tell)
    QTest.keyClick(broken, Qt.Key.Key_Up)
    assert session.state.status.notice == ""  # not while Qt waits for an answer
    qtbot.waitUntil(lambda: session.state.status.notice != "")
    assert session.state.status.notice == messages.label.whole()
    assert session.state.status.notice.startswith("The program made a mistake and went on: index -7 is out of bounds")
    told: list[object] = []
    session.changed.connect(lambda _old, new: told.append(new))
    QTest.keyClick(broken, Qt.Key.Key_Up)
    qtbot.wait(1)
    assert not told
    details, report = (
        next(button for button in messages.findChildren(QAbstractButton) if button.text() == text)
        for text in ("Details…", "Copy report")
    )
    assert details.isVisibleTo(messages)
    report.click()
    assert "made_in_c" in QApplication.clipboard().text()
    session.say("Another thing.")
    assert not details.isVisibleTo(messages)
    assert not report.isVisibleTo(messages)
    faults.teller().told.disconnect(session.tell)
    session.close()


def test_a_view_that_fails_while_it_is_told_is_not_told_of_without_an_end(
    qtbot: QtBot, passed_on: list[BaseException]
) -> None:
    told: list[object] = []

    def fail(fault: object) -> None:
        told.append(fault)
        faults.catch(ValueError(f"another each time: {len(told)}"))

    faults.teller().told.connect(fail)
    faults.catch(ValueError("the first"))
    qtbot.waitUntil(lambda: len(told) == 1)
    QApplication.processEvents()
    QApplication.processEvents()
    assert len(told) == 1
    faults.teller().told.disconnect(fail)


def test_what_nobody_catches_is_kept_and_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    faults.kept.clear()
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: told.append(str(error)))
    monkeypatch.setattr(threading, "excepthook", lambda arguments: told.append(str(arguments.exc_value)))
    monkeypatch.setattr(sys, "unraisablehook", lambda arguments: told.append(str(arguments.exc_value)))
    faults.watch()
    first = sys.excepthook
    faults.watch()
    assert sys.excepthook is first  # nothing more
    sys.excepthook(ValueError, ValueError("in a slot"), None)
    thread = threading.Thread(target=lambda: [][1])
    thread.start()
    thread.join()

    class Gone:
        def __del__(self) -> None:
            raise ValueError("while it goes")

    Gone()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt("by the person"), None)
    assert told == ["in a slot", "list index out of range", "while it goes", "by the person"]
    assert ["in a slot" in faults.kept[0].message, len(faults.kept)] == [True, 3]
    faults.kept.clear()


def test_a_hook_of_another_that_goes_on_to_ours_keeps_an_exception_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyqtgraph puts its own before ours when it is imported."""
    faults.kept.clear()
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    faults.watch()
    ours = sys.excepthook
    monkeypatch.setattr(sys, "excepthook", lambda *parts: ours(*parts))
    faults.watch()
    faults.catch(ValueError("once"))
    sys.excepthook(ValueError, ValueError("twice"), None)
    assert len(faults.kept) == 2
    faults.kept.clear()


def test_what_an_exception_says_is_one_line_of_bounded_length() -> None:
    assert faults.words(ValueError("one\n  two")) == "one two (ValueError)"
    assert len(faults.words(ValueError("x" * 10**6))) < 300
    assert faults.words(ValueError()) == "ValueError"
