"""scikit-learn's digits: what that package itself gives, or a sentence where it is not installed."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from explorer.data import DataError, open_data
from explorer.data.catalogue import DATA_SETS
from explorer.data.sets import digits

ENTRY = next(entry for entry in DATA_SETS if entry.card.name == "digits")


@pytest.mark.filterwarnings("default")
def test_they_are_those_of_scikit_learn() -> None:
    if importlib.util.find_spec("sklearn") is None:
        pytest.skip("scikit-learn is not installed")
    from sklearn.datasets import load_digits

    data, theirs = open_data("digits"), load_digits()
    pixels = np.concatenate([split.inputs(np.arange(len(split))) for split in (data.train, data.test)])
    labels = np.concatenate([data.train.labels, data.test.labels])
    ours = sorted((picture.tobytes(), int(label)) for picture, label in zip(pixels, labels, strict=True))
    expected = np.rint(theirs.images * 255 / 16).astype(np.uint8)
    assert ours == sorted(
        (picture.tobytes(), int(label)) for picture, label in zip(expected, theirs.target, strict=True)
    )
    assert (data.card.count_train, data.card.count_test) == (ENTRY.card.count_train, ENTRY.card.count_test)


def test_without_scikit_learn_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "find_spec", lambda _name: None)
    assert not ENTRY.is_here()
    with pytest.raises(DataError, match=r"part of scikit-learn, which is not installed: pip install scikit-learn\."):
        open_data("digits")
