"""Start of the program: to the first painted window, and to the first feature maps, against `import torch` alone."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from tempfile import TemporaryDirectory

from tests.own_home import own_home

ROUNDS = 5


def _import_torch_s() -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.monotonic() - started


def _smoke(compiled: str) -> dict[str, float]:
    command = [sys.executable, "-m", "explorer", "--smoke"]
    # As after the first start: where Python may keep nothing, a third of the time goes into reading its own sources.
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, env=kept, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


@own_home()
def main() -> None:
    """Print the medians of interleaved rounds; the first round warms the disk cache and is dropped."""
    torch_s, window_s, ready_s = [], [], []
    with TemporaryDirectory() as compiled:
        for _ in range(ROUNDS + 1):
            torch_s.append(_import_torch_s())
            told = _smoke(compiled)
            window_s.append(told["window_s"])
            ready_s.append(told["ready_s"])
    torch, window, ready = (statistics.median(seconds[1:]) for seconds in (torch_s, window_s, ready_s))
    print(f"first painted window      {window:6.2f} s   target 0.80 s")
    print(
        f"first feature maps        {ready:6.2f} s   {ready / torch:.2f} × import torch ({torch:.2f} s), target 1.50 ×"
    )


if __name__ == "__main__":
    main()
