"""What is huge ends in a sentence that the window has room for, and makes nothing wait."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from explorer.bounds import SENTENCE_LETTERS
from explorer.session import Fault, Session
from explorer.ui.common import pictures
from explorer.ui.shell.messages import Messages
from tests.ui.fakes import make_session, wait_until_shown


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("3x16x16 relu")
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def _on_the_clipboard(width: int, height: int) -> QMimeData:
    image = QImage(width, height, QImage.Format.Format_Mono)  # a bit a pixel: nothing is large before it is converted
    image.fill(1)
    mime = QMimeData()
    mime.setImageData(image)
    return mime


def test_a_picture_of_400_million_pixels_on_the_clipboard_is_refused_before_it_is_converted(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QImage, "convertToFormat", lambda *_: pytest.fail("it was converted"))
    shown = session.state.input.picture
    pictures.take(session, _on_the_clipboard(20_000, 20_000), session.open_path, pictures.NOTHING_TO_PASTE)
    assert session.state.status.notice.startswith(
        "pasted picture is too large: pictures of up to 80 million pixels are read."
    )
    assert session.state.input.picture is shown


def test_a_picture_of_the_usual_size_is_pasted_at_once(session: Session, qtbot: QtBot) -> None:
    pictures.take(session, _on_the_clipboard(40, 30), session.open_path, pictures.NOTHING_TO_PASTE)
    assert session.state.input.picture is not None
    assert (session.state.input.picture.width, session.state.input.picture.height) == (40, 30)
    wait_until_shown(qtbot, session)


def test_no_message_is_longer_than_the_window_has_room_for(session: Session, qtbot: QtBot) -> None:
    view = Messages(session)
    qtbot.addWidget(view)
    session.say("word " * 10**6)
    assert len(view.label.whole()) == len(session.state.status.notice) == SENTENCE_LETTERS
    session.say("")
    session.store.set(replace(session.state.maps, fault=Fault("word " * 10**6, details="line\n" * 10**6 + "the last")))
    assert session.state.maps.fault is not None
    assert len(view.label.whole()) == SENTENCE_LETTERS
    assert len(session.state.maps.fault.details) <= 20_000
    assert session.state.maps.fault.details.endswith("the last")


@pytest.mark.parametrize("text", ["relu " * 5_000_000, "x" * 10**7], ids=["many layers", "one word"])
def test_megabytes_of_text_pasted_or_dropped_as_a_network_end_in_a_sentence(
    session: Session, tmp_path: Path, text: str
) -> None:
    before = session.state.document
    session.editing.paste_layers(text, 0)
    assert "a network may have at most 300,000" in session.state.status.notice
    (tmp_path / "blob.txt").write_text(text)
    session.say("")
    session.open_path(tmp_path / "blob.txt")
    assert len(session.state.status.notice) < SENTENCE_LETTERS
    assert session.state.document is before


@pytest.mark.parametrize("text", ["3x100000x100000 relu", "1000000000000 linear(3)"])
def test_an_input_that_no_memory_holds_is_told_and_nothing_is_made_for_it(
    session: Session, qtbot: QtBot, text: str
) -> None:
    session.files.new_network(text)
    assert [problem.layer for problem in session.state.problems][:1] == ["input"]
    assert session.state.problems[0].message.endswith("at most 64 MiB is allowed.")
    qtbot.waitUntil(lambda: not session.store.runner.is_busy())
    assert (session.state.maps.activations, session.state.maps.fault, session.state.status.notice) == (None, None, "")
    session.editing.undo()
    wait_until_shown(qtbot, session)


@pytest.mark.skipif(os.name != "posix", reason="pipes with names and device files are of POSIX systems")
@pytest.mark.parametrize("name", ["x.json", "x.txt", "x.png", "x.pt", "x.safetensors"])
def test_a_pipe_and_a_device_that_are_opened_are_never_waited_for(
    session: Session, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    os.mkfifo(tmp_path / name)
    (tmp_path / "endless").mkdir()
    (tmp_path / "endless" / name).symlink_to("/dev/zero")
    for path, kind in ((tmp_path / name, "a pipe"), (tmp_path / "endless" / name, "a device")):
        session.open_path(path)
        qtbot.waitUntil(lambda kind=kind: kind in session.state.status.notice)
        session.say("")
