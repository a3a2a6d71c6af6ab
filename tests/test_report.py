"""A report of a problem: what it holds, and that it can be pasted by who sees it."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

import explorer
from explorer import report_command
from explorer.app import open_window
from explorer.report import LIBRARIES, LONGEST, REMEMBERED, Part, remember, remember_warnings, report
from explorer.ui.common import faults
from explorer.ui.common.report_words import problem_report
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.report_window import ReportWindow


@pytest.fixture
def hooks() -> Iterator[None]:
    before = sys.excepthook, threading.excepthook, list(logging.getLogger().handlers)
    yield
    sys.excepthook, threading.excepthook = before[:2]
    logging.getLogger().handlers[:] = before[2]
    logging.captureWarnings(False)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window()
    qtbot.addWidget(made)
    yield made
    assert made.session.close()


def test_the_command_prints_versions_devices_display_fonts_and_folders(
    qapp: QApplication, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_command.run([]) == 0
    told = capsys.readouterr().out
    for words in (*LIBRARIES, explorer.__version__, "Devices", "CPU", "Display", "offscreen", "text", "settings"):
        assert words in told


def test_a_home_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    told = report(Part("Document", (("saved as", str(tmp_path / "net.json")),)))
    assert "~/net.json" in told
    assert str(tmp_path) not in told


def test_what_goes_wrong_is_remembered_the_newest_of_it_and_the_ends_of_what_is_long() -> None:
    for number in range(REMEMBERED + 1):
        remember(f"fault number {number};")
    remember("begun " + "x" * 10**6 + " over")
    told = report()
    assert "fault number 1;" not in told
    assert f"fault number {REMEMBERED};" in told
    assert "begun x" in told
    assert "x over" in told
    assert len(told) < LONGEST + 100 * REMEMBERED


@pytest.mark.usefixtures("hooks")
def test_an_exception_that_nobody_caught_is_remembered_and_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *parts: told.append(parts[1]))
    monkeypatch.setattr(threading, "excepthook", lambda arguments: told.append(arguments.exc_value))
    remember_warnings()
    faults.watch()
    first, second = ValueError("in the window"), ValueError("in a thread")
    sys.excepthook(ValueError, first, None)
    threading.excepthook(threading.ExceptHookArgs((ValueError, second, None, None)))
    logging.getLogger("library").warning("logged by a library")
    assert told == [first, second]
    assert all(words in report() for words in ("in the window", "in a thread", "library: logged by a library"))


def test_the_windows_report_holds_the_document_the_state_and_what_was_told(window: MainWindow) -> None:
    window.session.files.new_network("3x8x8 mine=conv(4, 3) relu")
    window.session.say("This was said to the person.")
    told = problem_report(window.session.state, happened="It stood still.")
    for words in ("It stood still.", "3x8x8 mine=conv(4, 3) relu", "learning_rate=", "This was said", "Display"):
        assert words in told


def test_the_report_stands_in_the_help_menu_and_sends_nothing(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, lambda *_: pytest.fail("something was sent"))
    (menu,) = (menu for menu in window.menuBar().findChildren(QMenu) if menu.title() == "&Help")
    (entry,) = (entry for entry in menu.actions() if entry.text().startswith("Report a problem"))
    entry.trigger()
    shown = window.findChild(ReportWindow, "problemReport")
    shown.copy()
    shown.close()
    assert "PySide6.QtNetwork" not in sys.modules


def test_the_report_is_shown_whole_edited_copied_and_saved(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.action("report").trigger()
    shown = window.findChild(ReportWindow, "problemReport")
    assert shown is not None
    assert "Network Explorer" in shown.text.toPlainText()
    shown.text.setPlainText("shortened by the person")
    shown.copy()
    assert QApplication.clipboard().text() == "shortened by the person"
    out = tmp_path / "report.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    shown.save()
    assert out.read_text() == "shortened by the person"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "report.txt"), ""))
    shown.save()
    assert "could not be written" in shown.said.text()
    shown.close()
