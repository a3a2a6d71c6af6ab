"""Moving the debugger's cursor in the whole window until everything is painted, beside painting the window once.

python -m tests.benchmarks.bench_cursor
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from explorer.app import application
from explorer.data import read_sample
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.shell.main_window import MainWindow
from tests.own_home import own_home

ROUNDS = 80
SIZE = (1440, 900)
NETWORKS = ("cifar10", "two-two-two")
TARGET_MS = 16.0


@own_home()
def main() -> None:
    """Print milliseconds: median and 95 %."""
    app = application()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    for name in NETWORKS:
        _measure(name)


def _measure(name: str) -> None:
    session = Session()
    window = MainWindow(session)
    session.files.open_network(name)
    if len(session.state.network.input_shape) == 3:  # type: ignore[union-attr]  # it was just opened
        session.input.use_picture(read_sample("cat"))
    window.resize(*SIZE)
    window.show()
    window.show_part("debugger")
    _spin_until(lambda: session.state.steps.timeline is not None and not session.store.runner.is_busy())
    timeline = session.state.steps.timeline
    assert timeline is not None
    count = len(timeline.steps)
    places = iter(range(10**6))
    steps: list[float] = []
    cells: list[float] = []
    whole: list[float] = []
    for turn in range(ROUNDS):
        session.steps.go_to_step(next(places) % count)
        QApplication.processEvents()
        steps.append(_ms(lambda: session.steps.go_to_step(next(places) % count)))
        session.steps.step_into()
        QApplication.processEvents()
        cells.append(_ms(lambda: session.steps.step_over(1 if turn % 2 else -1)))  # noqa: B023  # called at once
        session.steps.step_out()
        whole.append(_ms(window.repaint))
    plain = statistics.median(whole)
    for what, times in (("to the next step", steps), ("to the next cell", cells)):
        middle = statistics.median(times)
        print(
            f"{name}, {what}: {middle:.1f} ms, 95 % {np.percentile(times, 95):.1f} (target ≤ {TARGET_MS:.0f}); "
            f"the whole window once {plain:.1f} ms, ratio {middle / plain:.2f}"
        )
    session.store.set(replace(session.state.files, unsaved=False))
    window.close()


def _spin_until(is_so: Callable[[], bool]) -> None:
    loop = QEventLoop()
    while not is_so():
        QTimer.singleShot(10, loop, loop.quit)
        loop.exec()


def _ms(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    QApplication.processEvents()
    return (perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
