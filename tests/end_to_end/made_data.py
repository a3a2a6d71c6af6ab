"""Data as a class has them, made of the pictures that come with the program: where the archives are absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.data.samples import read_sample

CLASSES = ("brick", "grass", "gravel", "cat", "coffee", "coins", "astronaut", "retina", "cell", "moon")
SIDE, EACH = 32, 40


def write_patches(path: Path) -> Path:
    """Patches of ten of the sample pictures, as many of each, 32 × 32 in colour; `path` ends in .npz."""
    rng = np.random.default_rng(0)
    patches = []
    for name in CLASSES:
        pixels = read_sample(name).pixels[..., :3]
        pixels = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
        rows, columns = (rng.integers(0, size - SIDE, EACH) for size in pixels.shape[:2])
        patches += [pixels[r : r + SIDE, c : c + SIDE] for r, c in zip(rows, columns, strict=True)]
    np.savez(path, x=np.stack(patches), y=np.repeat(np.arange(len(CLASSES)), EACH), classes=np.array(CLASSES))
    return path
