"""The files that the monkey opens, drops and saves over: whole ones of every kind, damaged ones and none."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
from PIL import Image

NOTATIONS = (
    "3x16x16 conv(4, 3, padding=1) relu maxpool(2) flatten linear(4)",
    "1x9x9 conv(3, 3) tanh avgpool(2) flatten linear(2) softmax",
    "2 linear(3) sigmoid linear(2)",
    "3x12x12 c1=conv(4, 3, padding=1) batchnorm relu conv(4, 3, padding=1) add(c1, conv1) flatten linear(3)",
    "3x8x8 conv(2, 3, groups=1, dilation=2) upsample(2) dropout(0.3) flatten linear(1)",
    "3x8x8",
    "1x1x40 conv(3, (1, 5)) relu flatten linear(2)",
    "3x8x8 conv(4, 3) linear(7)",
)
DAMAGED = (b"", b"\x00" * 64, b"\x89PNG\r\n\x1a\n broken", b'{"format": "network-explorer network"', b"3x8x8 conv(")


def fill(folder: Path) -> list[Path]:
    """Write the files into `folder` and give their paths; some lead nowhere."""
    rng = np.random.default_rng(0)
    paths = [*_networks(folder), *_pictures(folder, rng), *_data(folder, rng), *_damaged(folder)]
    return [*paths, folder / "nothing.png", folder / "nothing.json", folder]


def any_name(rng: random.Random, folder: Path) -> Path:
    """Where something is saved: often over what is there."""
    return folder / rng.choice(("mine", "mine.json", "other.json", "map.png", "cells.csv", "curves.svg", "a.npy", "x"))


def _networks(folder: Path) -> list[Path]:
    paths = []
    for number, text in enumerate(NOTATIONS):
        paths.append(folder / f"network{number}.txt")
        paths[-1].write_text(text)
    return paths


def _pictures(folder: Path, rng: np.random.Generator) -> list[Path]:
    paths = []
    for name, shape in (
        ("tall.png", (61, 20, 3)),
        ("grey.png", (32, 32)),
        ("wide.jpg", (9, 90, 3)),
        ("dot.bmp", (1, 1, 3)),
    ):
        paths.append(folder / name)
        Image.fromarray(rng.integers(0, 255, shape).astype(np.uint8)).save(paths[-1])
    return paths


def _data(folder: Path, rng: np.random.Generator) -> list[Path]:
    table = folder / "points.csv"
    rows = (f"{x:.3f},{y:.3f},{int(x * y > 0)}" for x, y in rng.normal(size=(60, 2)))
    table.write_text("x0,x1,label\n" + "\n".join(rows))
    archive = folder / "patches.npz"
    np.savez(archive, x=rng.integers(0, 255, (60, 8, 8, 3)).astype(np.uint8), y=np.arange(60) % 3)
    return [table, archive]


def _damaged(folder: Path) -> list[Path]:
    paths = []
    for number, content in enumerate(DAMAGED):
        for ending in (".json", ".png", ".pt", ".npz", ".csv"):
            paths.append(folder / f"damaged{number}{ending}")
            paths[-1].write_bytes(content)
    paths.append(folder / "deep.json")
    paths[-1].write_text(json.dumps({"format": "network-explorer network", "version": 1}) + "[" * 5000)
    return paths
