"""How long ago the program was started, from before Python began: for whoever measures how long its window takes."""

from __future__ import annotations

import os
import time
from pathlib import Path

STARTED = "NETWORK_EXPLORER_STARTED"
"""The variable with the uptime, in seconds, at which a script went on as this program: the process is older then."""

_imported_at = time.monotonic()


def seconds_since_start() -> float:
    """Seconds since the program was started; since this file was imported where the system does not tell."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        return round(uptime - max(ticks / os.sysconf("SC_CLK_TCK"), _handed_over()), 3)
    except (OSError, ValueError, IndexError):
        return round(time.monotonic() - _imported_at, 3)


def _handed_over() -> float:
    try:
        return float(os.environ.get(STARTED, "0"))
    except ValueError:
        return 0.0
