"""The window killed at random moments, while it is edited, trains and writes: what it kept comes back equal.

EXPLORER_KILLS says how often; by hand as often as asked for.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.jobs.weights import CopyWeights
from explorer.session.kept_work import Arrays, Work
from explorer.session.left_over import usual_folder
from tests.end_to_end.killed_window import digest
from tests.ui.fakes import wait_until_shown

KILLS = int(os.environ.get("EXPLORER_KILLS", "2"))
CHILD = Path(__file__).with_name("killed_window.py")
MOST_LINES = 150

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that end a process")


def _started(seed: int) -> subprocess.Popen[str]:
    path = os.pathsep.join((str(CHILD.parents[2]), os.environ.get("PYTHONPATH", "")))
    environment = os.environ | {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(CHILD), str(seed)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _ended(seed: int, how: signal.Signals) -> tuple[list[str], int, str]:
    """What a window told until it was ended at a random line, and a random moment after it; its exit status, and what
    it said of itself."""
    rng = random.Random(seed)
    process = _started(seed)
    assert process.stdout is not None
    lines: list[str] = []
    while "kept\n" not in lines or len(lines) < rng.randint(10, MOST_LINES):
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr.read() if process.stderr else ""
    for _ in range(rng.randrange(10**5)):  # not always just after a line
        pass
    process.send_signal(how)
    rest, faults = process.communicate(timeout=60)
    assert "Traceback" not in faults, faults
    return [line.strip() for line in (*lines, *rest.splitlines())], process.returncode, faults


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(left_overs=usual_folder())
    made.files.new_network("2 linear(1)")
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def _restored(session: Session, qtbot: QtBot) -> str:
    """The digest of the work that is offered, as it is once it is restored; "" where there is none."""
    session.left_overs.look_for_left_overs()
    if session.state.files.offer is None:
        return ""
    assert session.state.files.offer.more == 0
    session.left_overs.restore()
    qtbot.waitUntil(lambda: session.state.files.offer is None)
    assert session.state.files.unsaved
    work, found = Work.of(session.state), list[Arrays]()
    session.store.ask(CopyWeights(work), found.append)
    qtbot.waitUntil(lambda: bool(found))
    return digest(work, found[0])


@pytest.mark.parametrize("seed", range(KILLS))
def test_what_was_kept_comes_back_equal_after_a_kill(seed: int, session: Session, qtbot: QtBot) -> None:
    lines, status, _ = _ended(seed, signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert _restored(session, qtbot) in _possible(lines)


def _possible(lines: list[str]) -> set[str]:
    """The digests of what may lie there: what was written or removed last, and what was just being so."""
    since = max(at for at, line in enumerate(lines) if line == "kept")
    before = [line.removeprefix("writes ") for line in lines[:since] if line.startswith("writes ")]
    later = [line for line in lines[since:] if line != "edit"]
    written = {line.removeprefix("writes ") for line in later if line.startswith("writes ")}
    return {before[-1], *written} if "forgets" not in later else {before[-1], "", *written}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_process_that_is_told_to_end_keeps_its_newest_work(
    how: signal.Signals, session: Session, qtbot: QtBot
) -> None:
    lines, status, told = _ended(7, how)
    assert status == 128 + how
    assert told == "network-explorer: What is not saved of untitled is kept, and offered at the next start.\n"
    writes, kept = [line for line in lines if line != "edit"][-2:]
    assert kept == "kept"
    assert writes == f"writes {_restored(session, qtbot)}"
