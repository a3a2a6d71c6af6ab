"""Textures and tissues: patches cut from the photographs and micrographs inside scikit-image's own package.

No network is needed. Training and test patches come from different regions of a picture, which share no pixel, so that
the test asks for the material and not for the remembered place. Inside a region patches may overlap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from explorer.data.data_set import Array, Card, DataSet, Indices, Split, Wish
from explorer.data.dividing import checked
from explorer.data.picture import Pixels
from explorer.data.samples import SAMPLES, read_sample
from explorer.data.splits import RelabelledSplit

SIDE, LARGEST_SIDE = 32, 64
PER_CLASS = {"train": 400, "test": 100}
STRIDE = 4

Tables = tuple[Array, Array]
Region = tuple[int, int, int, int]
"""(top, left, bottom, right) in pixels of the picture, the last two exclusive."""


@dataclass(frozen=True)
class Material:
    """One class: the sample it is cut from, shrunk by a whole number, and the regions for training and for the test."""

    name: str
    sample: str
    train: tuple[Region, ...]
    test: tuple[Region, ...]
    shrink: int = 1


def _bands(name: str, sample: str, width: int, edges: tuple[int, int, int, int], **more: int) -> Material:
    """A picture of one material throughout: the middle band of its rows is for the test, the others to learn."""
    first, second, third, last = edges
    return Material(
        name, sample, ((first, 0, second, width), (third, 0, last, width)), ((second, 0, third, width),), **more
    )


MATERIALS: tuple[Material, ...] = (
    _bands("brick", "brick", 512, (0, 180, 332, 512)),
    _bands("grass", "grass", 512, (0, 180, 332, 512)),
    _bands("gravel", "gravel", 512, (0, 180, 332, 512)),
    _bands("moon", "moon", 512, (0, 180, 332, 512)),
    _bands("coins", "coins", 370, (0, 85, 160, 300)),
    _bands("galaxies", "hubble_deep_field", 1000, (0, 300, 560, 872)),
    Material("cat fur", "cat", ((0, 50, 80, 330), (170, 30, 290, 200)), ((80, 30, 170, 135), (80, 205, 170, 300))),
    Material("wood", "coffee", ((0, 485, 400, 600), (80, 0, 240, 75)), ((240, 0, 400, 75),)),
    _bands("stained tissue", "immunohistochemistry", 512, (0, 180, 332, 512)),
    Material("retina", "retina", ((110, 130, 430, 580),), ((430, 130, 600, 580),), shrink=2),
)
CLASSES = tuple(material.name for material in MATERIALS)
CARD = Card(
    "textures",
    "Textures and tissues",
    "Patches of ten materials, cut from photographs and micrographs; the test patches come from other regions.",
    count_train=PER_CLASS["train"] * len(MATERIALS),
    count_test=PER_CLASS["test"] * len(MATERIALS),
    classes=CLASSES,
    origin="; ".join(sample.origin for material in MATERIALS for sample in SAMPLES if sample.name == material.sample),
    licence="CC0, public domain or no known restrictions, each picture by its origin",
    cite="S. van der Walt and others, scikit-image: image processing in Python, PeerJ 2:e453, 2014",
)
SHUFFLED = replace(
    CARD,
    name="textures:shuffled",
    title="Textures: labels shuffled",
    what="The same patches, but those to learn from have each other's labels: there is nothing to learn.",
)


def open_shuffled(wish: Wish) -> DataSet:
    """The patches with the labels of the training part in disorder. Raises PictureError as `open_textures`."""
    data = open_textures(wish)
    learned = RelabelledSplit(data.train, np.random.default_rng(wish.seed).permutation(data.train.labels))
    notes = ("The labels of the training patches are shuffled; those of the test are as they should be.",)
    return checked(SHUFFLED, learned, data.test, data.sample_shape, CLASSES, (*data.notes, *notes), [])


def open_textures(wish: Wish) -> DataSet:
    """The patches, 32 × 32 or the size asked for, up to 64 × 64. Raises PictureError if scikit-image is not there."""
    height, width = wish.size[:2] if wish.size else (SIDE, SIDE)
    size = (height, width) if max(height, width) <= LARGEST_SIDE else (LARGEST_SIDE, LARGEST_SIDE)
    pictures = []
    for done, material in enumerate(MATERIALS):
        wish.tell(f"Reading {CARD.title}", done, len(MATERIALS))
        pictures.append(_picture(material))
    tables = [_tables(pixels) for pixels in pictures]
    train, test = (PatchSplit(pictures, tables, part, size, seed=wish.seed) for part in ("train", "test"))
    note = "Training and test patches come from different regions of each picture."
    return checked(CARD, train, test, (*size, 3), CLASSES, (note,), [])


def _picture(material: Material) -> Pixels:
    pixels = read_sample(material.sample).pixels
    return np.asarray(Image.fromarray(pixels).reduce(material.shrink)) if material.shrink > 1 else pixels


class PatchSplit(Split):
    """Patches that are cut out of their picture when asked for."""

    def __init__(
        self, pictures: list[Pixels], tables: list[Tables], part: str, size: tuple[int, int], *, seed: int
    ) -> None:
        self._pictures, self._size = pictures, size
        count = PER_CLASS[part]
        self.labels: Array = np.repeat(np.arange(len(MATERIALS)), count)
        regions = [material.train if part == "train" else material.test for material in MATERIALS]
        self._corners = np.concatenate(
            [
                corners(of_picture, of_class, size, count, seed=(seed, number))
                for number, (of_picture, of_class) in enumerate(zip(tables, regions, strict=True))
            ]
        )

    def _read(self, indices: Indices) -> Pixels:
        height, width = self._size
        chosen = zip(self.labels[indices].tolist(), self._corners[indices].tolist(), strict=True)
        patches = [self._pictures[label][top : top + height, left : left + width] for label, (top, left) in chosen]
        return np.stack(patches) if patches else np.zeros((0, height, width, 3), np.uint8)

    def box(self, index: int) -> Region:
        """Where in its picture the patch lies."""
        top, left = self._corners[index].tolist()
        return top, left, top + self._size[0], left + self._size[1]

    def name_of(self, index: int) -> str:
        top, left = self._corners[index].tolist()
        return f"{CLASSES[self.labels[index]]}, row {top}, column {left}"


def corners(
    tables: Tables, regions: tuple[Region, ...], size: tuple[int, int], count: int, *, seed: tuple[int, int]
) -> Indices:
    """(count, 2) upper left corners of patches that lie wholly in one of the regions, drawn without a repeat.

    They are drawn from that half of the places on a grid that has the most contrast: an empty piece of moon and an
    empty piece of brick cannot be told apart by anyone.
    """
    grid = np.concatenate([_grid(region, size) for region in regions])
    contrast = _contrast(tables, grid, size)
    richer = grid[np.argsort(-contrast, kind="stable")[: max(len(grid) // 2, 1)]]
    generator = np.random.default_rng(seed)
    # Regions too small for that many places give some of them more than once.
    order = generator.permutation(np.resize(np.arange(len(richer)), max(count, len(richer))))
    return np.asarray(richer[order[:count]], np.int64)


def _grid(region: Region, size: tuple[int, int]) -> Indices:
    top, left, bottom, right = region
    rows = np.arange(top, bottom - size[0] + 1, STRIDE)
    columns = np.arange(left, right - size[1] + 1, STRIDE)
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)


def _tables(pixels: Pixels) -> Tables:
    """Summed-area tables (F. Crow, SIGGRAPH 1984) of the brightness and of its square."""
    grey = pixels.mean(axis=2)
    one, other = (np.pad(plane.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0))) for plane in (grey, grey**2))
    return one, other


def _contrast(tables: Tables, grid: Indices, size: tuple[int, int]) -> Array:
    """The variance of the brightness in each patch."""
    mean, of_squares = (_sums(table, grid, size) / (size[0] * size[1]) for table in tables)
    return np.asarray(of_squares - mean**2)


def _sums(table: Array, grid: Indices, size: tuple[int, int]) -> Array:
    top, left = grid.T
    bottom, right = top + size[0], left + size[1]
    return np.asarray(table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left])
