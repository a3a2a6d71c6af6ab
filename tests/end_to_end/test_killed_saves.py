"""A save that is killed, or that another process does at the same time, leaves one whole network.

EXPLORER_KILLS=1000 kills a thousand of them instead of some.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.engine.model.load import load
from tests.end_to_end import killed_saves

KILLS = int(os.environ.get("EXPLORER_KILLS", "40"))
SAVES = 25

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are copied and killed as POSIX does it")


def test_a_save_killed_at_any_moment_leaves_a_network_with_its_own_weights(tmp_path: Path) -> None:
    command = [sys.executable, "-m", killed_saves.__name__, str(tmp_path), str(KILLS), "0"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["broken"] == []
    assert told["kills"] == KILLS


def test_two_processes_that_save_one_file_both_end_with_a_whole_one(tmp_path: Path) -> None:
    """Copies of one that has imported PyTorch already."""
    lines = (
        "import os, sys",
        "from pathlib import Path",
        "from tests.end_to_end.killed_saves import child, saved",
        "path = Path(sys.argv[1])",
        f"work = lambda begin: [saved(path, number) for number in range(begin, begin + {SAVES})]",
        "both = [child(lambda: work(1000)), child(lambda: work(2000))]",
        "print([os.waitpid(each, 0)[1] for each in both])",
    )
    path = tmp_path / "net.json"
    killed_saves.saved(path, 0)
    command = [sys.executable, "-c", "\n".join(lines), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[0, 0]", "")
    assert killed_saves.is_whole(load(path))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["net.json", "net.safetensors"]
