"""The overview with a thousand maps: frames a second, against a graphics scene of one pixmap item a map.

Every frame is painted whole, into the same size of picture, in the same run and interleaved. Then 5,000 layers drawn.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView

from explorer.session.snapshot import LayerActivation
from explorer.ui.common import theme
from explorer.ui.common.colour import colourise, scale_for
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import LayerGroup
from explorer.ui.overview.items import items_for
from explorer.ui.overview.layout import Opened
from explorer.ui.overview.lines import Lines, Spot
from explorer.ui.overview.sources import sources_of

SIZE = (1440, 900)
LAYERS, CHANNELS, CELLS = 20, 50, 32
FRAMES, ROUNDS = 40, 5
MANY = 5000


def _entries() -> tuple[Entry, ...]:
    """A thousand maps: convolutions and activations in turn, on an input of three channels."""
    rng = np.random.default_rng(0)
    made = [_entry("input", (), rng.random((3, CELLS, CELLS), np.float32), None)]
    for index in range(LAYERS):
        before = made[-1].maps
        assert before is not None
        values = rng.standard_normal((CHANNELS, CELLS, CELLS), np.float32)
        weight = rng.standard_normal((CHANNELS, len(before.values), 3, 3), np.float32) if index % 2 == 0 else None
        made.append(_entry(f"layer{index}", (before.name,), np.maximum(values, 0) if index % 2 else values, weight))
    return tuple(made)


def _entry(name: str, parents: tuple[str, ...], values: np.ndarray, weight: np.ndarray | None) -> Entry:
    family = "input" if not parents else "convolution" if weight is not None else "activation"
    kind = "conv2d" if weight is not None else "relu"
    maps = LayerActivation(name, kind, family, parents, values, weight)
    return Entry(name, name, family, parents, values.shape, maps)


class _Painted:
    """Paints a widget's frames into a picture and counts them."""

    def __init__(self, canvas: OverviewCanvas, entries: tuple[Entry, ...]) -> None:
        self.canvas, self.entries = canvas, entries
        self.target = QPixmap(*SIZE)

    def pan(self, frame: int) -> None:
        self.canvas.pan(3 if frame % 40 < 20 else -3, 0)
        self.canvas.render(self.target)

    def hover(self, frame: int) -> None:
        index = 1 + frame % (LAYERS - 1)
        entry, before = self.entries[index], self.entries[index - 1]
        assert entry.maps is not None
        assert before.maps is not None
        made = sources_of(entry.maps, frame % 8, [before.maps])
        self.canvas.set_lines(Lines(Spot(entry.name, frame % 8), made.drawn))
        self.canvas.render(self.target)


def _canvas(entries: tuple[Entry, ...]) -> OverviewCanvas:
    canvas = OverviewCanvas()
    canvas.resize(*SIZE)
    canvas.set_entries(entries)
    canvas.set_opened(Opened(layers=frozenset(entry.name for entry in entries)))
    canvas.fit()
    canvas.show()
    QApplication.processEvents()
    return canvas


def _maps_seen(canvas: OverviewCanvas) -> int:
    seen = 0
    for column in canvas.scene.layout.columns:
        places = (column.place(channel) for channel in column.channels)
        seen += sum(place is not None and canvas.view.sees(place) for place in places)
    return seen


class _Baseline:
    """The same maps in the same places as items of a graphics scene."""

    def __init__(self, canvas: OverviewCanvas) -> None:
        self.scene = QGraphicsScene()
        for column in canvas.scene.layout.columns:
            for channel in column.channels:
                self._add(canvas, column, channel)
        self.view = QGraphicsView(self.scene)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.view.resize(*SIZE)
        self.view.show()
        self.target = QPixmap(*SIZE)
        QApplication.processEvents()

    def _add(self, canvas: OverviewCanvas, column: object, channel: int) -> None:
        maps, place = column.entry.maps, canvas.view.rect(column.place(channel))  # type: ignore[attr-defined]
        colours = np.ascontiguousarray(colourise(maps.values[channel], scale_for(maps.low, maps.high)))
        image = QImage(colours.data, CELLS, CELLS, 4 * CELLS, QImage.Format.Format_RGBA8888).copy()
        item = QGraphicsPixmapItem(QPixmap.fromImage(image))
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        item.setPos(place.topLeft())
        item.setScale(place.width() / CELLS)
        self.scene.addItem(item)

    def pan(self, frame: int) -> None:
        self.view.translate(3 if frame % 40 < 20 else -3, 0)
        self.view.grab()


def _frames_a_second(step: Callable[[int], None]) -> float:
    started = time.perf_counter()
    for frame in range(FRAMES):
        step(frame)
    return FRAMES / (time.perf_counter() - started)


def _many(opened: bool) -> tuple[float, float]:
    """Seconds until 5,000 layers are drawn, folded or all open, and frames a second while panning them."""
    entries = [Entry("input", "input", "input", (), (3, 32, 32))]
    for index in range(MANY):
        family = ("convolution", "normalization", "activation")[index % 3]
        entries.append(Entry(f"l{index}", f"l{index}", family, (entries[-1].name,), (64, 16, 16)))
    canvas = OverviewCanvas()
    canvas.resize(*SIZE)
    painted = _Painted(canvas, tuple(entries))
    started = time.perf_counter()
    if opened:
        keys = _all_groups(items_for(tuple(entries), SIZE[0]))
        canvas.set_opened(Opened(frozenset(keys)))
    canvas.set_entries(tuple(entries))
    canvas.render(painted.target)
    seconds = time.perf_counter() - started
    return seconds, _frames_a_second(painted.pan)


def _all_groups(items: tuple[Entry | LayerGroup, ...]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for item in items:
        if isinstance(item, LayerGroup):
            found |= {item.key} | _all_groups(item.items)
    return found


def main() -> None:
    """Print medians of interleaved rounds beside the baseline of the same run."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    entries = _entries()
    canvas = _canvas(entries)
    ours, baseline = _Painted(canvas, entries), _Baseline(canvas)
    seen = _maps_seen(canvas)
    pans, hovers, plain = [], [], []
    for _ in range(ROUNDS + 1):
        pans.append(_frames_a_second(ours.pan))
        hovers.append(_frames_a_second(ours.hover))
        canvas.set_lines(None)
        plain.append(_frames_a_second(baseline.pan))
    pan, hover, items = (statistics.median(rates[1:]) for rates in (pans, hovers, plain))
    print(f"{seen:,} maps in sight, {SIZE[0]} × {SIZE[1]}; one item a map: {items:.0f} frames/s panning")
    print(f"panning     {pan:6.0f} frames/s   {pan / items:.2f} × one item a map; target 30 frames/s")
    print(f"hovering    {hover:6.0f} frames/s   {hover / items:.2f} × one item a map; target 30 frames/s")
    for opened in (False, True):
        seconds, rate = _many(opened)
        words = "all open" if opened else "folded  "
        print(f"{MANY:,} layers {words} drawn in {seconds:.2f} s, panned at {rate:.0f} frames/s; targets 1 s, 30")


if __name__ == "__main__":
    main()
