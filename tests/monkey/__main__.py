"""`python -m tests.monkey --seed 3 --events 30000`: plays, and tells how it went in a line of JSON."""

from __future__ import annotations

import argparse
import faulthandler
import os
import resource
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.monkey.play import play

MEMORY_LIMIT_BYTES = 12 * 2**30  # what asks for more gets none, as on a small machine


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.monkey", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--events", type=int, default=6000)
    parser.add_argument("--hang", type=float, default=1.0, help="seconds that one event may take")
    options = parser.parse_args()
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    played = play(
        options.seed, options.events, hang_s=options.hang, says=lambda line: print(line, file=sys.stderr, flush=True)
    )
    print(played.as_line())
    return 1 if played.faults else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
