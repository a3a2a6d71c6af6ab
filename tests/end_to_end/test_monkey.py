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
