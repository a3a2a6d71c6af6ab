"""Patients of nobody: who is on both sides, and that nothing but who they are can be learned."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.data import DataSet, open_data
from explorer.data.data_set import Split


def patients_of(split: Split) -> set[str]:
    return {split.name_of(index).partition(",")[0] for index in range(len(split))}


def test_apart_no_patient_is_on_both_sides() -> None:
    data = open_data("patients")
    assert data.test is not None
    assert (len(patients_of(data.train)), len(patients_of(data.test))) == (32, 8)
    assert not patients_of(data.train) & patients_of(data.test)
    assert "none of which is on both sides" in data.notes[0]


def test_mixed_every_patient_of_the_test_is_learned_from_too() -> None:
    data = open_data("patients:mixed")
    assert data.test is not None
    assert patients_of(data.test) <= patients_of(data.train)
    assert len(patients_of(data.train)) == 40


@pytest.mark.parametrize("name", ["patients", "patients:mixed"])
def test_each_patient_is_well_or_ill_and_half_of_them_are_ill(name: str) -> None:
    data = open_data(name)
    found = dict(_labels(data))
    assert len(found) == 40
    assert sum(found.values()) == 20
    assert set(_labels(data)) == set(found.items())  # no patch says otherwise


def _labels(data: DataSet) -> list[tuple[str, int]]:
    assert data.test is not None
    return [
        (split.name_of(index).partition(",")[0], int(split.labels[index]))
        for split in (data.train, data.test)
        for index in range(len(split))
    ]


def test_patches_of_one_patient_overlap_and_those_of_two_never_do() -> None:
    """They lie in squares of their own: what is known again is the place, not the illness."""
    from skimage import data as pictures

    whole = pictures.immunohistochemistry()
    mixed = open_data("patients:mixed")
    squares: dict[str, set[tuple[int, int]]] = {}
    for index in range(0, len(mixed.train), 7):
        patch = mixed.train.inputs([index])[0]
        top, left = _place(whole, patch)
        squares.setdefault(mixed.train.name_of(index).partition(",")[0], set()).add((top // 64, left // 64))
        assert max(top % 64, left % 64) <= 32
    assert all(len(each) == 1 for each in squares.values())
    assert len({each for of_one in squares.values() for each in of_one}) == len(squares)


def _place(whole: np.ndarray, patch: np.ndarray) -> tuple[int, int]:
    corners = np.argwhere((whole[:-31, :-31] == patch[0, 0]).all(-1) & (whole[31:, 31:] == patch[-1, -1]).all(-1))
    (found,) = [at for at in corners if np.array_equal(whole[at[0] : at[0] + 32, at[1] : at[1] + 32], patch)]
    return int(found[0]), int(found[1])
