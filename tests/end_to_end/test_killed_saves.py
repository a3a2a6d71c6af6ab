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


@pytest.mark.parametrize("seed", [0, 1])
def test_a_save_killed_at_any_moment_leaves_a_network_with_its_own_weights(tmp_path: Path, seed: int) -> None:
    command = [sys.executable, "-m", killed_saves.__name__, str(tmp_path), str(KILLS // 2), str(seed)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["broken"] == []
    assert told["kills"] == KILLS // 2


def test_two_processes_that_save_one_file_both_end_with_a_whole_one(tmp_path: Path) -> None:
    lines = (
        "import sys",
        "from pathlib import Path",
        "from tests.end_to_end.killed_saves import saved",
        "path = Path(sys.argv[1])",
        f"for number in range(int(sys.argv[2]), int(sys.argv[2]) + {SAVES}):",
        "    saved(path, number)",
    )
    path = tmp_path / "net.json"
    killed_saves.saved(path, 0)
    command = [sys.executable, "-c", "\n".join(lines), str(path)]
    both = [subprocess.Popen([*command, str(begin)], stderr=subprocess.PIPE, text=True) for begin in (1000, 2000)]
    assert [each.communicate()[1] for each in both] == ["", ""]
    assert killed_saves.is_whole(load(path))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["net.json", "net.safetensors"]
