"""Whatever is pressed, typed, dragged and dropped, in whatever order: nothing is raised, nothing hangs, all agrees."""

from __future__ import annotations

import json
import subprocess
import sys

EVENTS = 4_000
HANG_S = 10  # on a machine that does other things as well
GROWTH_MIB = 250  # over the second half: what data sets, curves and undo may keep; a window that leaks keeps more


def test_two_minutes_of_a_monkey_at_the_window_end_in_agreement() -> None:
    command = [sys.executable, "-m", "tests.monkey", "--seed", "7", "--events", str(EVENTS), "--hang", str(HANG_S)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    assert done.stdout, f"it died with {done.returncode}: {done.stderr[-6000:]}"
    told = json.loads(done.stdout.splitlines()[-1])
    assert not told["faults"], "\n".join(told["faults"])
    assert done.returncode == 0
    assert told["events"] >= EVENTS
    assert told["agreed"] >= EVENTS // 200
    memory = told["memory"]
    assert memory[-1] - memory[len(memory) // 2] < GROWTH_MIB


SAVED_AND_CLOSED = """
from pathlib import Path
from tests.monkey import play
from tests.monkey.hand import Hand

play.SAVE_EVERY = play.LOOK_EVERY

def act(hand):
    hand.events = getattr(hand, "events", 0) + 1
    if hand.events == play.LOOK_EVERY - 1:
        window = hand._window()
        window.session.files.save_network(Path("mine.json"), window.close)

Hand.act = act
print(play.play(3, 2 * play.LOOK_EVERY + 1, hang_s=60).as_line())
"""


def test_a_window_that_closes_once_it_is_saved_is_not_asked_whether_it_saves() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SAVED_AND_CLOSED], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout, done.stderr[-6000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert not told["faults"], "\n".join(told["faults"])
    assert told["agreed"] == 2
