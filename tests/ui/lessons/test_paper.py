"""A lesson on paper from the window: the hand-out as PDF and HTML, and one step as a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from explorer.lessons.handout import HandOut, handout_of
from explorer.lessons.shelf import lesson_named, lessons
from explorer.ui.common import dialogs
from explorer.ui.common.command import Command
from explorer.ui.lessons import paper
from explorer.ui.lessons.commands import LESSON_COMMANDS
from explorer.ui.shell.main_window import MainWindow
from tests.ui.lessons.test_lessons_in_the_window import opened
from tests.ui.lessons.test_writing_in_the_window import do, idle
from tests.ui.windows import shared_window

PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(qtbot: QtBot, shared: MainWindow) -> Iterator[MainWindow]:
    shared.session.lessons.read_in("en")
    idle(qtbot, shared)
    yield shared
    shared.leave_lessons()
    idle(qtbot, shared)


def asked_to_write(monkeypatch: pytest.MonkeyPatch, path: Path) -> Path:
    for name in ("ask_handout_path", "ask_step_picture_path"):
        monkeypatch.setattr(dialogs, name, lambda _parent, _proposed: path)
    return path


def handout(name: str) -> HandOut:
    lesson = lesson_named(name)
    assert lesson is not None
    return handout_of(lesson)


def letters(svg: bytes) -> str:
    return " ".join("".join(each.itertext()) for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


def test_each_step_stands_on_one_sheet_and_the_solutions_begin_another(qtbot: QtBot) -> None:
    made = handout("convolution")
    whole = len(PAGE.findall(paper.pdf(made)))
    without = len(PAGE.findall(paper.pdf(HandOut(made.title, made.question, "en", made.steps[:1]))))
    assert (without, whole) == (2, 4)  # one step and its solution; six steps take three


def test_a_step_as_picture_has_its_words_and_its_numbers(qtbot: QtBot) -> None:
    step = handout("convolution").steps[0]
    image = QImage.fromData(paper.step_png(step))
    assert (image.width(), image.height() > 400) == (2 * (paper.STEP_WIDTH + 2 * paper.STEP_MARGIN), True)
    assert image.pixelColor(0, 0).name() == "#ffffff"
    written = letters(paper.step_svg(step))
    assert "Lay it on, multiply, add" in written
    assert "conv1.weight" in written
    assert written.split().count("?") == 3  # two later steps ask of the same map


def test_without_a_lesson_the_commands_say_that_one_is_needed(window: MainWindow) -> None:
    for name in ("saveHandOut", "saveOtherHandOut", "saveStepPicture"):
        assert not window.action(name).isEnabled()
        command = next(each for each in LESSON_COMMANDS if isinstance(each, Command) and each.name == name)
        assert command.refusal(window.session.state) == "Open a lesson first."


def test_the_handout_has_the_numbers_that_stand_in_the_window(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, window, "convolution")
    path = asked_to_write(monkeypatch, tmp_path / "filter.html")
    do(qtbot, window, "saveHandOut")
    before = path.read_text(encoding="utf-8")
    window.session.input.set_cell((0, 0, 0), 7.0)
    idle(qtbot, window)
    do(qtbot, window, "saveHandOut")
    after = path.read_text(encoding="utf-8")
    assert "= 4</code>" in before
    assert "= 10</code>" in after
    assert window.session.state.status.notice == "Saved as filter.html."


def test_each_handout_with_other_numbers_has_its_own(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, window, next(lesson.name for lesson in lessons() if not lesson.may_redraw))
    assert not window.action("saveOtherHandOut").isEnabled()  # its words speak of its numbers
    opened(qtbot, window, "convolution")
    found = set()
    for seat in range(3):
        path = asked_to_write(monkeypatch, tmp_path / f"seat {seat}.html")
        do(qtbot, window, "saveOtherHandOut")
        found.add(path.read_text(encoding="utf-8"))
    path = asked_to_write(monkeypatch, tmp_path / "seats.pdf")
    do(qtbot, window, "saveOtherHandOut")
    assert len(found) == 3
    assert path.read_bytes().startswith(b"%PDF-")


def test_a_step_that_was_answered_shows_its_numbers(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, window, "convolution")
    path = asked_to_write(monkeypatch, tmp_path / "step.svg")
    do(qtbot, window, "saveStepPicture")
    assert letters(path.read_bytes()).split().count("?") == 1
    window.session.lessons.answer("4")
    idle(qtbot, window)
    do(qtbot, window, "saveStepPicture")
    assert "?" not in letters(path.read_bytes()).split()
    path = asked_to_write(monkeypatch, tmp_path / "step.png")
    do(qtbot, window, "saveStepPicture")
    assert not QImage(str(path)).isNull()
