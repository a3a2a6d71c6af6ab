"""Moving the debugger's cursor until it is painted, step by step and cell by cell; and painting a long timeline."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import cycle

from PySide6.QtWidgets import QApplication

from explorer.session import Session
from explorer.session.timeline import PHASES
from explorer.ui.common import theme
from explorer.ui.debugger.timeline_bar import TimelineBar
from explorer.ui.debugger.view import Debugger
from tests.ui.fakes import make_actions

ROUNDS = 60
SIZE = (860, 700)
NETWORKS = ("cifar10", "two-two-two")
LONG = 5000


def main() -> None:
    """Print milliseconds, medians and worst; the target is one frame."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    for name in NETWORKS:
        _measure(name)
    _measure_bar()


def _measure(name: str) -> None:
    session = Session()
    session.files.open_network(name)
    view = Debugger(session, make_actions(session))
    view.resize(*SIZE)
    view.show()
    session.learning.watch_steps("debugger", True)
    while session.state.steps.timeline is None or session.state.maps.computing:
        QApplication.processEvents()
        time.sleep(0.005)
    count = len(session.state.steps.timeline.steps)
    steps = iter(range(ROUNDS * 2))
    _told(
        f"{name}: to the next step", [_ms(lambda: session.steps.go_to_step(next(steps) % count)) for _ in range(ROUNDS)]
    )
    session.steps.go_to_step(0, inside=True)
    session.steps.choose_cell("output", (0,) * len(session.state.steps.timeline.steps[0].asked["output"]))
    there_and_back = cycle((1, -1))  # also where a step has two cells only
    _told(
        f"{name}: to the next cell", [_ms(lambda: session.steps.step_over(next(there_and_back))) for _ in range(ROUNDS)]
    )
    view.close()
    session.close()


def _measure_bar() -> None:
    bar = TimelineBar()
    bar.resize(SIZE[0], bar.sizeHint().height())
    bar.set_steps(tuple((PHASES[place * len(PHASES) // LONG], "") for place in range(LONG)))
    bar.show()
    _told(f"timeline of {LONG:,} steps", [_ms(lambda at=at: bar.set_cursor(at * 80)) for at in range(ROUNDS)])
    bar.close()


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    QApplication.processEvents()
    return (time.perf_counter() - began) * 1e3


def _told(what: str, times: list[float]) -> None:
    print(f"{what}: {statistics.median(times):6.1f} ms (worst {max(times):.1f}), target 16 ms")


if __name__ == "__main__":
    main()
