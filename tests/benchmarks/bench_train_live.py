"""Training inside the window with live maps against the bare loop; what maps cost; how evenly the window ticks.

python -m tests.benchmarks.bench_train_live [--turns 8] [--seconds 1.5]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from explorer import interpreter
from explorer.app import application
from explorer.data import read_sample
from explorer.data.data_set import Card, DataSet
from explorer.data.splits import ArraySplit
from explorer.engine.model.device import leave_a_core_to_the_window
from explorer.network import Network
from explorer.session import Session
from explorer.session.opened import Opened
from explorer.session.worker import run as learning_run
from explorer.ui.common import theme
from explorer.ui.shell.main_window import MainWindow
from tests.benchmarks.bench_train import bare, examples, in_channels_last
from tests.own_home import own_home

CONVNETJS = (
    "3x32x32 conv(16, 5, padding=2) relu maxpool(2) conv(20, 5, padding=2) relu maxpool(2) "
    "conv(20, 5, padding=2) relu maxpool(2) flatten linear(10)"
)
CASES = (("ConvNetJS", CONVNETJS, 4), ("ConvNetJS", CONVNETJS, 32))
SIZE = (1440, 900)
TARGET, LIVE_TARGET, PICTURES = 0.95, 0.9, 1000
TICK_MS, GAP_99_MS, GAP_WORST_MS = 16, 17, 50
NEVER = 1e-9  # looks a second


class Trained:
    """A session that trains `text`, in a window or without one."""

    def __init__(self, text: str, batch_size: int, *, in_window: bool, looks_per_second: float) -> None:
        self.session = Session()
        self.window = MainWindow(self.session) if in_window else None
        self.session.files.new_network(text)
        self.session.input.use_picture(read_sample("cat"))
        self.session.learning.set_hyperparameters(
            epochs=10**6, batch_size=batch_size, learning_rate=0.001, momentum=0.9
        )
        self.session.data.use_opened(Opened("made", _data_set(Network.parse(text))))
        if self.window is not None:
            self.window.resize(*SIZE)
            interpreter.Collector(self.window)
            self.window.completed.connect(interpreter.keep_what_is_there)
            self.window.show()
        _spin_until(lambda: not self.session.state.maps.computing and self.session.state.maps.activations is not None)
        learning_run.LIVE_PER_SECOND = looks_per_second  # type: ignore[assignment]  # read when a run begins
        self.session.training.train()
        _spin_until(lambda: self.steps > 20)
        learning_run.LIVE_PER_SECOND = LOOKS
        self._rest()

    @property
    def steps(self) -> int:
        runs = self.session.state.watching.runs
        return len(runs[-1].steps) if runs else 0

    def pace(self, seconds: float) -> float:
        """Steps a second over so many seconds."""
        self.session.training.train()
        began, before = perf_counter(), self.steps
        _spin(seconds)
        spent = perf_counter() - began
        self._rest()  # the last steps arrive
        return (self.steps - before) / spent

    def _rest(self) -> None:
        self.session.training.pause()
        _spin_until(lambda: not self.session.state.maps.computing and not self.session.store.runner.is_busy())

    def close(self) -> None:
        if self.window is not None:
            self.session.store.set(replace(self.session.state.files, unsaved=False))
            self.window.close()
        self.session.close()


LOOKS = learning_run.LIVE_PER_SECOND


class Ticks(QObject):
    """A timer of 16 ms that notes when it ticks."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.times.append(perf_counter()))

    def gaps(self, act: Callable[[], object]) -> np.ndarray:
        """Milliseconds between two ticks while `act` goes on."""
        self.times.clear()
        self._timer.start()
        act()
        self._timer.stop()
        return np.diff(self.times) * 1e3


def _data_set(network: Network) -> DataSet:
    """The examples of the bare loop, as a data set."""
    data = examples(network)
    pictures = data.inputs.permute(0, 2, 3, 1).contiguous().numpy()
    names = tuple(f"class {index}" for index in range(int(data.targets.max()) + 1))
    split = ArraySplit(pictures, data.targets.numpy(), "picture")
    return DataSet(Card("made", "Made", "Random pictures.", classes=names), split, None, pictures.shape[1:])


def _spin(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1e3), loop, loop.quit)
    loop.exec()


def _spin_until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        _spin(0.01)


def _bare_pace(text: str, batch_size: int) -> Callable[[float], float]:
    network = Network.parse(text)
    loop = bare(in_channels_last(network), examples(network), batch_size)

    def pace(seconds: float) -> float:
        began, count = perf_counter(), 0
        while perf_counter() - began < seconds:
            next(loop)
            count += 1
        return count / (perf_counter() - began)

    return pace


def measure_case(name: str, text: str, batch_size: int, *, turns: int, seconds: float) -> None:
    """The bare loop, the session alone, and window with and without live maps, in turns."""
    kinds = {
        "session": Trained(text, batch_size, in_window=False, looks_per_second=NEVER),
        "window, no maps": Trained(text, batch_size, in_window=True, looks_per_second=NEVER),
        "window, live maps": Trained(text, batch_size, in_window=True, looks_per_second=LOOKS),
    }
    paces: dict[str, Callable[[float], float]] = {"bare": _bare_pace(text, batch_size)}
    paces |= {kind: each.pace for kind, each in kinds.items()}
    found: dict[str, list[float]] = {kind: [] for kind in paces}
    for turn in range(turns):
        for kind in list(paces) if turn % 2 else reversed(list(paces)):
            found[kind].append(paces[kind](seconds))
    ratios = {kind: median(np.array(each) / np.array(found["bare"])) for kind, each in found.items()}
    pictures = {kind: median(each) * batch_size for kind, each in found.items()}
    print(f"{name}, batch {batch_size}: bare {pictures['bare']:,.0f} pictures/s")
    for kind in kinds:
        print(f"  {kind}: {pictures[kind]:,.0f} pictures/s, {ratios[kind]:.3f} of bare (target ≥ {TARGET})")
    live = median(np.array(found["window, live maps"]) / np.array(found["window, no maps"]))
    print(f"  live maps on / off: {live:.3f} (target ≥ {LIVE_TARGET})")
    told = pictures["window, live maps"]
    print(f"  pictures a second with live maps: {told:,.0f} (target ≥ {PICTURES:,})")
    for each in kinds.values():
        each.close()


def measure_ticks(turns: int, seconds: float) -> None:
    """Gaps between ticks of the window, at rest and while it trains with live maps, in turns."""
    trained, ticks = Trained(CONVNETJS, 32, in_window=True, looks_per_second=LOOKS), Ticks()
    assert trained.window is not None
    for tab in ("overview", "maps"):
        trained.window.show_part(tab)
        _spin(0.5)
        rest, training = [], []
        for _ in range(turns):
            rest.append(ticks.gaps(lambda: _spin(seconds)))
            training.append(ticks.gaps(lambda: trained.pace(seconds)))
        for what, gaps in (("at rest", np.concatenate(rest)), ("training", np.concatenate(training))):
            print(
                f"ticks, {tab}, {what}: 99 % {np.percentile(gaps, 99):.1f} ms (target ≤ {GAP_99_MS}), "
                f"worst {gaps.max():.1f} ms (target ≤ {GAP_WORST_MS}), median {median(gaps):.1f}, {len(gaps):,} ticks"
            )
    trained.close()


@own_home()
def main() -> None:
    """Print every figure beside its baseline and its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=1.5)
    chosen, _ = parser.parse_known_args()
    app = application()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    leave_a_core_to_the_window()
    interpreter.share_evenly()
    for name, text, batch_size in CASES:
        measure_case(name, text, batch_size, turns=chosen.turns, seconds=chosen.seconds)
    measure_ticks(chosen.turns, chosen.seconds)


if __name__ == "__main__":
    main()
