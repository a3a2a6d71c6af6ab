"""Points in the plane: small problems whose decision surface can be drawn.

The shapes are those of scikit-learn's make_blobs, make_circles and make_moons, of the TensorFlow Playground (xor) and
of the CS231n notes (spirals), written out here in a line or two each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from explorer.data.arrays import FeatureSplit
from explorer.data.data_set import Card, DataSet, Wish
from explorer.data.dividing import checked

Points = npt.NDArray[np.float64]
COUNT_TRAIN, COUNT_TEST = 400, 200
LICENCE = "Made by the program from a formula"


def blobs(labels: Points, generator: np.random.Generator) -> Points:
    """Three round clouds on the corners of a triangle."""
    angle = np.pi / 2 + 2 * np.pi * labels / 3
    return _noisy(np.cos(angle), np.sin(angle), 0.3, generator)


def circles(labels: Points, generator: np.random.Generator) -> Points:
    """A ring around a smaller one."""
    angle, radius = generator.uniform(0, 2 * np.pi, len(labels)), np.where(labels == 0, 1.0, 0.5)
    return _noisy(radius * np.cos(angle), radius * np.sin(angle), 0.08, generator)


def moons(labels: Points, generator: np.random.Generator) -> Points:
    """Two half circles that reach into each other, centred on zero."""
    angle, side = generator.uniform(0, np.pi, len(labels)), 1 - 2 * labels
    return _noisy(side * np.cos(angle) + labels - 0.5, side * np.sin(angle) + 0.5 * labels - 0.25, 0.1, generator)


def xor(labels: Points, generator: np.random.Generator) -> Points:
    """A square of which opposite quarters belong together: class 0 where x and y have the same sign."""
    x, y = generator.uniform(0.05, 1, (2, len(labels)))
    sign = generator.choice((-1, 1), len(labels))
    return np.stack([sign * x, sign * y * (1 - 2 * labels)], axis=1)


def spirals(labels: Points, generator: np.random.Generator) -> Points:
    """Three arms that wind around zero, the angle growing with the radius."""
    radius = generator.uniform(0.05, 1, len(labels))
    angle = 5 * radius + 2 * np.pi * labels / 3 + generator.normal(0, 0.15, len(labels))
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def _noisy(x: Points, y: Points, spread: float, generator: np.random.Generator) -> Points:
    return np.stack([x, y], axis=1) + generator.normal(0, spread, (len(x), 2))


@dataclass(frozen=True)
class Shape:
    """A kind of point set; `place` gives (N, 2) for labels (N,) from 0 to `classes` − 1."""

    name: str
    title: str
    what: str
    classes: int
    place: Callable[[Points, np.random.Generator], Points]
    source: str


SHAPES: tuple[Shape, ...] = (
    Shape("blobs", "Points: blobs", "Three round clouds of points.", 3, blobs, "after scikit-learn's make_blobs"),
    Shape(
        "circles",
        "Points: circles",
        "A ring of points inside another.",
        2,
        circles,
        "after scikit-learn's make_circles",
    ),
    Shape(
        "moons",
        "Points: moons",
        "Two crescents that reach into each other.",
        2,
        moons,
        "after scikit-learn's make_moons",
    ),
    Shape(
        "xor", "Points: xor", "Four quarters; opposite ones belong together.", 2, xor, "after the TensorFlow Playground"
    ),
    Shape(
        "spirals", "Points: spirals", "Three arms that wind around each other.", 3, spirals, "after the notes of CS231n"
    ),
)


def card_of(shape: Shape) -> Card:
    """Its card."""
    classes = tuple("ABC"[: shape.classes])
    return Card(
        f"points:{shape.name}", shape.title, shape.what, COUNT_TRAIN, COUNT_TEST, classes, shape.source, LICENCE
    )


def open_points(shape: Shape, wish: Wish) -> DataSet:
    """The points of one shape, the same for the same seed."""
    train, test = (_split(shape, part, wish.seed) for part in (0, 1))
    return checked(card_of(shape), train, test, (2,), card_of(shape).classes, (), [])


def _split(shape: Shape, part: int, seed: int) -> FeatureSplit:
    generator = np.random.default_rng([seed, part])
    labels = np.arange((COUNT_TRAIN, COUNT_TEST)[part]) % shape.classes
    points = shape.place(labels.astype(np.float64), generator)
    return FeatureSplit(points.astype(np.float32), labels.astype(np.int64), ("training point", "test point")[part])


OPENERS = tuple((card_of(shape), partial(open_points, shape)) for shape in SHAPES)
