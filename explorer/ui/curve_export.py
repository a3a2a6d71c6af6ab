"""Curves of runs into files: PNG, SVG, CSV, and event files for TensorBoard."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.network.files import FileError, write_atomically
from explorer.session.run_curves import RunCurves
from explorer.ui import event_file
from explorer.ui.curve_lines import line_of
from explorer.ui.export import ExportError

Paint = Callable[[QPainter], None]
SCALE = 2  # pixels of a PNG for one on the screen
EPOCH_FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
TAGS = {
    "train_loss": "loss/training",
    "val_loss": "loss/validation",
    "train_accuracy": "accuracy/training",
    "val_accuracy": "accuracy/validation",
}
HEADER = ("run", "step", "loss", "learning_rate", "epoch", *EPOCH_FIGURES)


def png(paint: Paint, size: QSize) -> bytes:
    """What `paint` draws into `size`, at twice the resolution of the screen."""
    image = QImage(size * SCALE, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(SCALE)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    return _written(lambda buffer: image.save(buffer, "PNG"))


def svg(paint: Paint, size: QSize, *, title: str) -> bytes:
    """What `paint` draws into `size`, as lines and letters that stay sharp."""

    def draw(buffer: QBuffer) -> None:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(title)
        painter = QPainter(generator)
        paint(painter)
        painter.end()

    return _written(draw)


def csv_table(runs: tuple[RunCurves, ...]) -> bytes:
    """A line a step: run, step, loss, learning rate; at an epoch's end also its figures. All digits there are."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for run in runs:
        writer.writerows(_rows(run))
    return buffer.getvalue().encode()


def _rows(run: RunCurves) -> Iterator[tuple[Any, ...]]:
    name = run.label.partition(":")[0] if run.chosen else run.label
    ends = {each.step: each for each in run.epochs}
    columns = zip(run.steps.values.tolist(), run.losses.values.tolist(), run.rates.values.tolist(), strict=True)
    for step, loss, rate in columns:
        end = ends.get(int(step))
        figures = (end.epoch, *(getattr(end, each) for each in EPOCH_FIGURES)) if end else ("",) * 5
        yield (name, int(step), repr(loss), repr(rate), *("" if each is None else each for each in figures))


def write_events(runs: tuple[RunCurves, ...], folder: Path) -> None:
    """A folder a run with an event file: every step's loss and learning rate, every epoch's figures.

    Raises ExportError with a sentence.
    """
    now = time()
    try:
        for run in runs:
            place = folder / folder_name(run)
            place.mkdir(parents=True, exist_ok=True)
            write_atomically(place / f"events.out.tfevents.{int(now)}.network-explorer.{os.getpid()}", events(run, now))
    except FileError as error:
        raise ExportError(str(error)) from error
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ExportError(f"{folder.name} could not be written in {folder.parent}: {why}.") from error


def folder_name(run: RunCurves) -> str:
    """ "run-2-SGD-0.01": the label, with what no file system minds."""
    return re.sub(r"[^\w.+-]+", "-", run.label).strip("-.") or f"run-{run.number}"


def events(run: RunCurves, wall_time: float) -> bytes:
    """The content of a run's event file."""
    steps = run.steps.values
    figures = [("loss/step", steps, run.losses.values), ("learning rate", steps, run.rates.values)]
    figures += [(TAGS[name], *line_of(run, name)) for name in EPOCH_FIGURES]
    parts = [event_file.file_version(wall_time)]
    for tag, at, values in figures:
        parts += event_file.scalars(tag, at, values, np.full(len(at), wall_time))
    return b"".join(parts)


def write(path: Path, content: bytes) -> None:
    """Put `content` into a file, whole or not at all. Raises ExportError with a sentence."""
    try:
        write_atomically(path, content)
    except FileError as error:
        raise ExportError(str(error)) from error


def _written(draw: Callable[[QBuffer], object]) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    draw(buffer)
    buffer.close()
    return bytes(content.data())
