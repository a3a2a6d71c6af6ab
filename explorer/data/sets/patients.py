"""Patients of nobody: squares of one micrograph, in each of which patches are cut out. Who is ill was decided by lot.

There is nothing to find in them. Divided by patient a network is right in half of the test; where patches of one
patient lie on both sides it knows the squares again, and looks far better than it is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from explorer.data.data_set import Card, DataSet, Wish
from explorer.data.dividing import checked, parted
from explorer.data.samples import SAMPLES, read_sample
from explorer.data.splits import ArraySplit, PartSplit

SAMPLE = "immunohistochemistry"
SQUARE, SIDE = 64, 32
PATIENTS, OF_EACH = 40, 25

APART = Card(
    "patients",
    "Patients: apart",
    "Squares of stained tissue, each a patient; who is ill was decided by lot. No patient is on both sides.",
    count_train=800,
    count_test=200,
    classes=("well", "ill"),
    origin=next(sample.origin for sample in SAMPLES if sample.name == SAMPLE),
    licence="No known restrictions",
    cite="S. van der Walt and others, scikit-image: image processing in Python, PeerJ 2:e453, 2014",
)
MIXED = replace(
    APART,
    name="patients:mixed",
    title="Patients: mixed",
    what="The same squares of tissue, divided at random: patches of one patient are on both sides.",
)


def open_patients(card: Card, wish: Wish) -> DataSet:
    """The patches of all patients, each in a square of its own. Raises PictureError if scikit-image is not there."""
    pixels, generator = read_sample(SAMPLE).pixels, np.random.default_rng(wish.seed)
    starts = np.arange(0, min(pixels.shape[:2]) - SQUARE + 1, SQUARE)
    squares = generator.permutation(np.stack(np.meshgrid(starts, starts, indexing="ij"), axis=-1).reshape(-1, 2))
    patients = np.repeat(np.arange(PATIENTS), OF_EACH)
    corners = squares[patients] + generator.integers(0, SQUARE - SIDE + 1, (len(patients), 2))
    patches = np.stack([pixels[top : top + SIDE, left : left + SIDE] for top, left in corners.tolist()])
    whole = PatientSplit(patches, patients % 2, "patch")  # the squares lie in the order of the lot
    parts = parted(whole.labels, patients if card is APART else None, "patient", wish.seed)
    train, test = (PartSplit(whole, places) for places in (parts.train, parts.test))
    return checked(card, train, test, (SIDE, SIDE, 3), card.classes, (), [], why=parts.why)


class PatientSplit(ArraySplit):
    """The patches of one patient after those of the other."""

    def name_of(self, index: int) -> str:
        return f"patient {index // OF_EACH + 1}, patch {index % OF_EACH + 1}"


OPENERS = tuple((card, partial(open_patients, card)) for card in (APART, MIXED))
