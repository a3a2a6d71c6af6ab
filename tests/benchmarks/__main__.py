"""Runs every benchmark, one after the other: `python -m tests.benchmarks [NAME …]`."""

from __future__ import annotations

import importlib
import os
import sys

NAMES = (
    "bench_start",
    "bench_record",
    "bench_maps",
    "bench_large",
    "bench_overview",
    "bench_explain",
    "bench_train",
    "bench_train_live",
    "bench_curve",
    "bench_export",
    "bench_cursor",
    "bench_data",
    "bench_debugger",
    "bench_stage",
    "bench_lessons",
)


def main() -> None:
    """Run the benchmarks named on the command line, or all of them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in sys.argv[1:] or NAMES:
        print(f"--- {name}", flush=True)
        importlib.import_module(f"tests.benchmarks.{name}").main()


if __name__ == "__main__":
    main()
