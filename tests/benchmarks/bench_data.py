"""Opening a folder of 100,000 pictures against only listing it, and reading batches against copying an array."""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.data import AUGMENTATIONS, open_data

CLASSES, IN_CLASS, ROUNDS, BATCH = 10, 10_000, 5, 128


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _write_folder(root: Path) -> None:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)).save(content, "PNG")
    for label in range(CLASSES):
        (root / str(label)).mkdir()
        for number in range(IN_CLASS):
            (root / str(label) / f"{number:05}.png").write_bytes(content.getvalue())


def _folder() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        _write_folder(root)
        times = [
            (_seconds(lambda: open_data(root)), _seconds(lambda: sum(len(files) for *_, files in os.walk(root))))
            for _ in range(ROUNDS)
        ]
    opened, listed = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"open 100,000 pictures  {opened:6.2f} s, {opened / listed:.1f} × os.walk ({listed:.2f} s); target 1 s")


def _batches() -> None:
    data = open_data("textures")
    generator = np.random.default_rng(0)
    pixels = data.train.inputs(np.arange(len(data.train)))
    chosen = generator.integers(0, len(pixels), BATCH)
    bare = statistics.median(_seconds(lambda: pixels[chosen]) for _ in range(50))
    cut = statistics.median(_seconds(lambda: data.train.inputs(chosen)) for _ in range(50))
    print(
        f"a batch of {BATCH} patches   {1e3 * cut:6.2f} ms, {cut / bare:.1f} × indexing an array ({1e3 * bare:.2f} ms)"
    )
    for augmentation in AUGMENTATIONS:
        took = statistics.median(_seconds(lambda a=augmentation: a(pixels[chosen], generator)) for _ in range(20))
        print(f"  {augmentation.name:20} {1e3 * took:6.2f} ms a batch, {BATCH / took:,.0f} pictures/s")


def main() -> None:
    """Print medians."""
    _folder()
    _batches()


if __name__ == "__main__":
    main()
