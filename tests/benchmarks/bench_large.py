"""The first painting of tensors of 10⁵ to 10⁸ cells in each view that shows them, beside colouring every cell."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from explorer.session import LayerActivation
from explorer.session.ranges import finite_range
from explorer.session.snapshot import Prediction, prediction_of
from explorer.session.step_tensors import Tensor
from explorer.ui.common import theme
from explorer.ui.common.colour import colourise, scale_for
from explorer.ui.common.images import image_of
from explorer.ui.editor.minis import Minis
from explorer.ui.input.answer_list import AnswerList
from explorer.ui.input.prediction import Ranked
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.sheet import filter_sheet, map_sheet
from explorer.ui.maps.value_bars import ValueBars
from explorer.ui.maps.words import names_of
from explorer.ui.overview.map_images import MapImages
from explorer.ui.tensors.shown import shown_tensor
from explorer.ui.tensors.view import TensorView

ROUNDS = 5
SIZES = (10**5, 10**6, 10**7, 10**8)
PANE = (900, 640)
MOST_OF_BASELINE = 10**7  # its colours would take another 400 MB a step


class Taken(NamedTuple):
    """Milliseconds that the window's thread was busy, and those that passed."""

    busy: float
    by_clock: float


def main() -> None:
    """Print medians from being told of a tensor until it is painted; what the worker reads through is not in.

    Both what the window's thread was busy for and what the clock says, which counts other programs too.
    """
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    for size in SIZES:
        values = np.random.default_rng(0).random(size, np.float32) - np.float32(0.5)
        for name, run in VIEWS.items():
            run(np.zeros(4096, np.float32) + values[:4096])  # imports and fonts are no part of it
            _print(size, name, [run(values) for _ in range(ROUNDS)], "target 16")
        if size <= MOST_OF_BASELINE:
            _print(size, "every cell coloured", [_every_cell(values) for _ in range(ROUNDS)], "baseline")


def _print(size: int, name: str, taken: list[Taken], beside: str) -> None:
    busy, clock = (statistics.median(milliseconds) for milliseconds in zip(*taken, strict=True))
    print(f"{size:>11,} cells  {name:<28} {busy:8.1f} ms busy, {clock:8.1f} by the clock   {beside}", flush=True)


def _maps(values: np.ndarray, *, per_map: bool = False) -> Taken:
    entry = _layer(_as_maps(values))
    return _painted(MapMosaic(), lambda view: view.show_sheet(map_sheet(entry, per_map=per_map)))


def _maps_with_own_scales(values: np.ndarray) -> Taken:
    return _maps(values, per_map=True)


def _filters(values: np.ndarray) -> Taken:
    entry = _layer(np.zeros(3, np.float32), weight=_as_matrix(values))
    return _painted(MapMosaic(), lambda view: view.show_sheet(filter_sheet(entry, None)))


def _bars(values: np.ndarray) -> Taken:
    entry = _layer(values)
    ends = entry.low, entry.high
    rows = range(len(values))
    return _painted(ValueBars(), lambda view: view.show_values(values, names_of(entry, ()), rows, ends=ends))


def _prediction(values: np.ndarray) -> Taken:
    prediction = prediction_of(_layer(values), ())
    assert prediction is not None
    return _answers(prediction)


def _probabilities(values: np.ndarray) -> Taken:
    return _answers(Prediction(names_of(_layer(values), ()), values, True, "softmax1"))


def _answers(prediction: Prediction) -> Taken:
    prediction.read_through()
    return _painted(AnswerList(), lambda view: view.show_answers(Ranked(prediction), signed=True))


def _debugger_maps(values: np.ndarray) -> Taken:
    return _tensor(_as_maps(values)[None], "activation")


def _debugger_weight(values: np.ndarray) -> Taken:
    return _tensor(_as_matrix(values), "weight")


def _debugger_row(values: np.ndarray) -> Taken:
    return _tensor(values, "gradient")


def _tensor(values: np.ndarray, role: str) -> Taken:
    finite_range(values)
    tensor = Tensor("weight", "linear1.weight", values, role)
    return _painted(TensorView(), lambda view: view.set_tensor(shown_tensor(tensor)))


def _overview(values: np.ndarray) -> Taken:
    entry, images = _layer(_as_maps(values)), MapImages()

    def paint(target: QPixmap) -> None:
        painter = QPainter(target)
        atlas = images.atlas(entry, tuple(range(min(16, len(entry.values)))))
        painter.drawImage(QRectF(0, 0, 400, 400), atlas.image)
        painter.end()

    return _timed(lambda: paint(QPixmap(*PANE)))


def _card(values: np.ndarray) -> Taken:
    entry = _layer(_as_maps(values))
    return _timed(lambda: Minis(entry.values, entry.low, entry.high).rendered(56, 400))


VIEWS: dict[str, Callable[[np.ndarray], Taken]] = {
    "feature maps": _maps,
    "feature maps, scale a map": _maps_with_own_scales,
    "filters, a matrix": _filters,
    "bars of a layer": _bars,
    "prediction, plain outputs": _prediction,
    "prediction, ranked": _probabilities,
    "debugger, maps": _debugger_maps,
    "debugger, a matrix": _debugger_weight,
    "debugger, a row": _debugger_row,
    "overview, a column": _overview,
    "card": _card,
}


def _every_cell(values: np.ndarray) -> Taken:
    matrix = _as_matrix(values)
    target = QPixmap(*PANE)

    def paint() -> None:
        painter = QPainter(target)
        scale = scale_for(float(matrix.min()), float(matrix.max()))
        painter.drawImage(QRectF(0, 0, *PANE), image_of(colourise(matrix, scale)))
        painter.end()

    return _timed(paint)


def _layer(values: np.ndarray, *, weight: np.ndarray | None = None) -> LayerActivation:
    entry = LayerActivation("conv1", "conv2d", "convolution", ("relu1",), values, weight)
    entry.read_through()
    return entry


def _as_maps(values: np.ndarray) -> np.ndarray:
    side = int((values.size / 64) ** 0.5)
    return values[: 64 * side * side].reshape(64, side, side)


def _as_matrix(values: np.ndarray) -> np.ndarray:
    side = int((values.size / 6) ** 0.5)
    return values[: 6 * side * side].reshape(6 * side, side)


def _painted(view: Any, show: Callable[[Any], object]) -> Taken:
    view.resize(*PANE)
    view.show()
    QApplication.processEvents()

    def run() -> None:
        show(view)
        view.repaint()

    taken = _timed(run)
    view.close()
    view.deleteLater()
    return taken


def _timed(run: Callable[[], object]) -> Taken:
    """How long until `run` is done and everything it changed is painted."""
    busy, clock = time.thread_time(), time.perf_counter()
    run()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    return Taken((time.thread_time() - busy) * 1e3, (time.perf_counter() - clock) * 1e3)


if __name__ == "__main__":
    main()
