"""A click on a layer until its maps are painted, beside one image item a map; hovering until a value stands."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.data import picture_from_array
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.common.colour import lookup_table, scale_for
from explorer.ui.common.mosaic import Place
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.mosaic_view import MapMosaic
from tests.ui.fakes import make_actions

ROUNDS = 9
BASELINE_ROUNDS = 3
SIZE = (860, 640)
NETWORKS = {
    "64 × 112 × 112": "3x112x112 conv(64, 3, padding=1) relu",
    "2,048 × 7 × 7": "3x7x7 conv(2048, 3, padding=1) relu",
}


def main() -> None:
    """Print milliseconds, medians and worst; the first round warms up and is dropped."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    for name, text in NETWORKS.items():
        _measure(name, text)


def _measure(name: str, text: str) -> None:
    session = Session()
    session.files.new_network(text)
    view = FeatureMaps(session, make_actions(session))
    view.resize(*SIZE)
    view.show()
    for layer in ("conv1", "relu1"):
        clicks = [_click_ms(session, layer, seed) for seed in range(ROUNDS + 1)][1:]
        assert session.state.maps.activations is not None
        values = session.state.maps.activations.by_name[layer].values
        baseline = statistics.median(_one_item_a_map_ms(values) for _ in range(BASELINE_ROUNDS))
        median = statistics.median(clicks)
        print(
            f"{name} {layer}: click to painted {median:6.1f} ms (worst {max(clicks):.1f}), target 16 ms; "
            f"one image item a map {baseline:8.1f} ms, {baseline / median:.0f} × as long"
        )
    hovers = [_hover_ms(view, at) for at in range(ROUNDS + 1)][1:]
    print(f"{name}: hover to exact value {statistics.median(hovers):6.1f} ms (worst {max(hovers):.1f}), target 50 ms")
    view.close()
    session.close()


def _click_ms(session: Session, layer: str, seed: int) -> float:
    """Select `layer` on a picture whose maps were never shown, so that ranges and colours are worked out anew."""
    session.selection.select(layer="input")
    pixels = np.random.default_rng(seed).integers(0, 256, (112, 112, 3)).astype(np.uint8)
    session.input.use_picture(picture_from_array(pixels, f"noise {seed}"))
    _wait_until(lambda: not session.state.maps.computing and session.state.maps.activations is not None)
    return _timed(lambda: session.selection.select(layer=layer))


def _one_item_a_map_ms(values: np.ndarray) -> float:
    """The usual way: a grid of image items, coloured and painted one by one."""
    scale = scale_for(float(values.min()), float(values.max()))
    table = lookup_table(scale.signed)
    columns = int(np.ceil(np.sqrt(len(values))))
    window = pg.GraphicsLayoutWidget()
    window.resize(*SIZE)
    window.show()
    QApplication.processEvents()

    def draw() -> None:
        view = window.addViewBox(lockAspect=True)
        for at, channel in enumerate(values):
            item = pg.ImageItem(channel, levels=(scale.low, scale.high), lut=table)
            item.setPos(at % columns * (channel.shape[0] + 1), at // columns * (channel.shape[1] + 1))
            view.addItem(item)

    taken = _timed(draw)
    window.close()
    return taken


def _hover_ms(view: FeatureMaps, at: int) -> float:
    maps = view.findChild(MapMosaic, "mosaic")
    label = view.findChild(ElidedLabel, "hoveredValue")
    assert label is not None
    assert maps is not None
    viewport, place = maps.canvas.viewport(), maps.point_of(Place(3 + at, 2, 3)).toPoint()
    before = label.whole()
    taken = _timed(lambda: QTest.mouseMove(viewport, place))
    assert label.whole() != before, "hovering told nothing"
    return taken


def _timed(run: Callable[[], object]) -> float:
    """Milliseconds until `run` is done and everything it changed is painted."""
    started = time.perf_counter()
    run()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    return (time.perf_counter() - started) * 1e3


def _wait_until(is_done: Callable[[], bool]) -> None:
    while not is_done():
        QApplication.processEvents()
        time.sleep(0.005)
    QApplication.processEvents()


if __name__ == "__main__":
    main()
