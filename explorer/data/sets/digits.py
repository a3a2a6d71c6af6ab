"""scikit-learn's digits, read from the file inside its package; scikit-learn itself is not imported."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from explorer.data.arrays import Source
from explorer.data.data_set import Card, DataError, DataSet, Wish
from explorer.data.dividing import data_set_of

WHITE = 16
CARD = Card(
    "digits",
    "Digits",
    "Handwritten digits in grey, 8 × 8, that come with scikit-learn.",
    count_train=1438,
    count_test=359,
    classes=tuple("0123456789"),
    origin="E. Alpaydin and C. Kaynak, UCI repository, the test part of Optical Recognition of Handwritten Digits",
    licence="CC BY 4.0",
    cite="E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998",
)


def found(_wish: Wish) -> Path | None:
    """The file in scikit-learn's package, if that is installed."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    return path if path.is_file() else None


def open_digits(wish: Wish) -> DataSet:
    """The digits. Raises DataError if scikit-learn is not installed."""
    path = found(wish)
    if path is None:
        raise DataError("The digits are part of scikit-learn, which is not installed: pip install scikit-learn.")
    with gzip.open(path, "rt") as file:
        table = np.loadtxt(file, delimiter=",")
    pixels = np.rint(table[:, :-1].reshape(-1, 8, 8) * (255 / WHITE)).astype(np.uint8)
    return data_set_of(CARD, Source(pixels, table[:, -1].astype(np.int64), "digit"), None, seed=wish.seed)
