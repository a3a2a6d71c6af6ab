"""Files that take long to write: in a thread of their own, told of, given up, never half."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.file_writing import Tell
from explorer.writing import FileError, write_atomically

PARTS = 40


class SlowFile:
    """A file of many parts; after the first it waits until `go_on` is set."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.thread: threading.Thread | None = None
        self.go_on = threading.Event()

    def write(self, tell: Tell) -> None:
        self.thread = threading.current_thread()
        write_atomically(self.path, self._parts(tell))

    def _parts(self, tell: Tell) -> Iterator[bytes]:
        for part in range(PARTS):
            tell(part, PARTS)
            yield b"part "
            if part == 1:
                assert self.go_on.wait(10)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


@pytest.fixture
def slow(tmp_path: Path, session: Session, qtbot: QtBot) -> Iterator[SlowFile]:
    """A file that waits in its second part."""
    file = SlowFile(tmp_path / "curves.csv")
    file.path.write_bytes(b"older")
    session.exports.write("curves.csv", file.write)
    qtbot.waitUntil(lambda: session.state.status.saving is not None and session.state.status.saving.done == 1)
    yield file
    file.go_on.set()


def test_it_is_written_in_a_thread_of_its_own_and_tells_how_far_it_is(
    slow: SlowFile, session: Session, qtbot: QtBot
) -> None:
    assert slow.thread is not threading.main_thread()
    assert session.state.status.saving is not None
    assert (session.state.status.saving.text, session.state.status.saving.total) == ("Saving curves.csv…", PARTS)
    assert slow.path.read_bytes() == b"older"
    slow.go_on.set()
    qtbot.waitUntil(lambda: session.state.status.saving is None)
    assert session.state.status.notice == "Saved as curves.csv."
    assert slow.path.read_bytes() == b"part " * PARTS


def test_one_that_is_cancelled_leaves_the_older_file_and_nothing_beside_it(
    slow: SlowFile, session: Session, qtbot: QtBot
) -> None:
    session.tasks.cancel()
    slow.go_on.set()
    qtbot.waitUntil(lambda: session.state.status.saving is None)
    assert session.state.status.notice == "Cancelled: curves.csv was not written."
    assert slow.path.read_bytes() == b"older"
    assert list(slow.path.parent.iterdir()) == [slow.path]


def test_what_is_computed_is_cancelled_by_itself(slow: SlowFile, session: Session, qtbot: QtBot) -> None:
    session.store.set(replace(session.state.status, task="Running the network…"))
    session.tasks.cancel()
    slow.go_on.set()
    qtbot.waitUntil(lambda: session.state.status.saving is None)
    assert slow.path.read_bytes() == b"part " * PARTS


def test_a_second_file_waits_for_the_first(slow: SlowFile, session: Session, qtbot: QtBot) -> None:
    other = SlowFile(slow.path.with_name("other.csv"))
    other.go_on.set()
    session.exports.write("other.csv", other.write)
    assert session.exports.names == ("curves.csv", "other.csv")
    assert other.thread is None
    slow.go_on.set()
    qtbot.waitUntil(lambda: session.exports.names == ())
    assert session.state.status.notice == "Saved as other.csv."
    assert slow.path.read_bytes() == other.path.read_bytes() == b"part " * PARTS


def test_one_that_is_cancelled_lets_the_next_be_written(slow: SlowFile, session: Session, qtbot: QtBot) -> None:
    other = SlowFile(slow.path.with_name("other.csv"))
    other.go_on.set()
    session.exports.write("other.csv", other.write)
    session.tasks.cancel_saving()
    slow.go_on.set()
    qtbot.waitUntil(lambda: session.exports.names == ())
    assert slow.path.read_bytes() == b"older"
    assert other.path.read_bytes() == b"part " * PARTS


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_to_be_done_once_all_are_written_is_done_where_they_are(
    fails: bool, slow: SlowFile, session: Session, qtbot: QtBot
) -> None:
    def write(_tell: Tell) -> None:
        if fails:
            raise FileError("b.csv could not be written.")

    done: list[bool] = []
    session.exports.write("b.csv", write)
    session.exports.when_written(lambda: done.append(True))
    slow.go_on.set()
    qtbot.waitUntil(lambda: session.exports.names == ())
    assert done == ([] if fails else [True])
    assert not session.exports.is_waited_for


def test_closing_gives_it_up_and_leaves_no_thread(slow: SlowFile, session: Session) -> None:
    threading.Timer(0.05, slow.go_on.set).start()
    assert session.close()
    assert slow.thread is not None
    assert not slow.thread.is_alive()
    assert slow.path.read_bytes() == b"older"
    assert list(slow.path.parent.iterdir()) == [slow.path]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileError("a.csv could not be written in /: no space left on device."), "no space left on device."),
        (MemoryError(), "a.csv could not be written: there is not enough memory."),
        (OSError("odd"), "a.csv could not be written: odd."),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence(error: Exception, words: str, session: Session, qtbot: QtBot) -> None:
    def fail(_tell: Tell) -> None:
        raise error

    session.exports.write("a.csv", fail)
    qtbot.waitUntil(lambda: session.state.status.saving is None)
    assert session.state.status.notice.endswith(words)
    session.exports.write("b.csv", lambda tell: tell(1, 1))  # it can write again
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as b.csv.")
