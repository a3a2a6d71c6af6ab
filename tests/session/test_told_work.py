"""What is told of work ends with that work, not with what goes on untold beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from pytestqt.qtbot import QtBot

from explorer.session.jobs.job import Job
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker
from tests.ui.fakes import make_picture, make_session, wait_until_shown


@dataclass(frozen=True, eq=False)
class Slice(Job[int]):
    """One of many that follow each other, as those of a loss landscape."""

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[int]:
        time.sleep(0.02)
        yield 1


def test_a_pass_is_over_for_the_person_while_untold_work_goes_on(qtbot: QtBot) -> None:
    session = make_session("3x6x6 conv(4, 3) flatten linear(3)")
    wait_until_shown(qtbot, session)
    goes_on, taken = True, 0

    def take(given: int) -> None:
        nonlocal taken
        taken += given
        if goes_on:
            session.store.ask(Slice(), take)

    session.store.ask(Slice(), take)
    session.input.use_picture(make_picture())
    assert session.state.maps.computing
    assert session.state.status.task == "Running the network…"
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.state.status.task)
    before = taken
    qtbot.waitUntil(lambda: taken > before)
    assert session.store.runner.has_requests()
    assert not session.store.runner.has_told_requests()
    goes_on = False
    qtbot.waitUntil(lambda: not session.store.runner.is_busy())
    assert session.close()
