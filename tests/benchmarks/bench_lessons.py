"""Opening a lesson, and its next steps, until all is painted: 300 ms and 100 ms."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from explorer.app import application, open_window
from explorer.lessons.shelf import lessons
from explorer.ui.shell.main_window import MainWindow

OPENING_MS, STEP_MS = 300, 100


def main() -> None:
    """Print the median and the worst of all lessons, and which it was."""
    application()
    window = open_window([])
    window.resize(1280, 720)
    _wait(lambda: window.session.state.maps.activations is not None and not window.session.state.maps.computing)
    window.show_late_parts()
    _settle(window)
    opening: dict[str, float] = {}
    steps: dict[str, float] = {}
    for lesson in lessons():
        opening[lesson.name] = _ms(window, lambda lesson=lesson: window.session.lessons.open(lesson))
        for step in lesson.steps[1:]:
            steps[f"{lesson.name} {step.name}"] = _ms(window, lambda: window.session.lessons.step(1))
    _tell("opening a lesson", opening, OPENING_MS)
    _tell("its next step", steps, STEP_MS)
    window.session.close()
    window.close()


def _tell(what: str, times: dict[str, float], target: float) -> None:
    over = {name: round(ms) for name, ms in times.items() if ms > target}
    worst = max(times, key=lambda name: times[name])
    median = statistics.median(times.values())
    print(f"{what:18} {median:6.1f} ms (worst {times[worst]:6.1f}, {worst}); target {target} ms; over it: {over}")


def _ms(window: MainWindow, act: Callable[[], object]) -> float:
    _settle(window)
    began = time.perf_counter()
    act()
    _wait(lambda: _is_shown(window))
    window.repaint()
    QApplication.processEvents()
    return (time.perf_counter() - began) * 1e3


def _is_shown(window: MainWindow) -> bool:
    """Whether the step's scene and its texts are there, with its maps, and where it walks its step on record."""
    state = window.session.state
    page = state.lessons.page
    has_step = state.steps.timeline is not None and not state.steps.is_recording
    has_maps = state.maps.activations is not None and not state.maps.computing
    return page is not None and state.lessons.is_set and has_maps and (has_step or not state.steps.is_walked)


def _settle(window: MainWindow) -> None:
    _wait(lambda: not window.session.store.runner.is_busy() and not window.session.state.maps.computing)
    QApplication.processEvents()


def _wait(until: Callable[[], bool], seconds: float = 20) -> None:
    """Asleep between events as the window is: one that asks without end takes the interpreter from the worker."""
    end = time.perf_counter() + seconds
    ticks = QTimer(interval=1)
    ticks.start()
    while not until() and time.perf_counter() < end:
        QApplication.processEvents(
            QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        )


if __name__ == "__main__":
    main()
