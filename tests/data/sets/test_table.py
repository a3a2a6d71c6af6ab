"""A CSV of paths and labels: separators, headers, parts, groups, and rows that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import DataError, open_data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    for number in range(10):
        Image.new("RGB", (4, 4), (number, number, number)).save(tmp_path / "pictures" / f"{number}.png")
    return tmp_path


def table(folder: Path, *lines: str, name: str = "set.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def rows(form: str = "pictures/{0}.png,{1}") -> list[str]:
    return [form.format(number, "odd" if number % 2 else "even") for number in range(10)]


def numbers(split) -> list[int]:
    """Which of the ten pictures are in it, by their grey level."""
    return split.inputs(np.arange(len(split)))[:, 0, 0, 0].tolist()


@pytest.mark.parametrize(
    "lines",
    [
        ["path,label", *rows()],
        ["Label;File", *rows("{1};pictures/{0}.png")],
        ["number\tfilename\tclass", *rows("{0}\tpictures/{0}.png\t{1}")],
        rows(),
        ["path,label", "", *rows(' "pictures/{0}.png" , {1}').copy(), ""],
        ["\ufeffpath,label", *rows()],
    ],
)
def test_columns_are_found_by_name_or_by_place(folder: Path, lines: list[str]) -> None:
    if '"' in "".join(lines):
        lines = [line.replace(' "', '"').replace('" ,', '",') for line in lines]
    data = open_data(table(folder, *lines))
    assert (data.classes, data.sample_shape, len(data.train), len(data.test)) == (("even", "odd"), (4, 4, 3), 8, 2)
    for split in (data.train, data.test):
        assert [number % 2 for number in numbers(split)] == split.labels.tolist()


def test_a_picture_listed_again_is_not_on_both_sides(folder: Path) -> None:
    data = open_data(table(folder, "path,label", *rows(), *rows(), "pictures/3.png,even"))
    assert sorted(numbers(data.train) + numbers(data.test)) == list(range(10))
    assert [skipped.sentence for skipped in data.skipped] == ["It is listed more than once."] * 11


@pytest.mark.parametrize("sign", ["\n", "\u2028", "\x0c", "\x85"])
def test_a_name_may_hold_any_sign(folder: Path, sign: str) -> None:
    (folder / "pictures" / "3.png").rename(folder / f"a{sign}b.png")
    lines = [line.replace("pictures/3.png", f'"a{sign}b.png"') for line in rows()]
    data = open_data(table(folder, "path,label", *lines))
    assert len(data.train) + len(data.test) == 10


def test_labels_of_many_digits_are_classes(folder: Path) -> None:
    data = open_data(table(folder, "path,label", *rows("pictures/{0}.png,9" + 20 * "0" + "{0}")))
    assert len(data.classes) == 10


def test_the_tables_own_split_is_respected(folder: Path) -> None:
    lines = [f"{line},{'test' if number > 6 else 'train'}" for number, line in enumerate(rows())]
    data = open_data(table(folder, "path,label,split", *lines))
    assert sorted(numbers(data.test)) == [7, 8, 9]


def test_groups_are_never_on_both_sides(folder: Path) -> None:
    lines = [f"{line},patient {number // 3}" for number, line in enumerate(rows())]
    data = open_data(table(folder, "path,label,patient", *lines))
    sides = [{number // 3 for number in numbers(split)} for split in (data.train, data.test)]
    assert not sides[0] & sides[1]


def test_whole_numbers_are_classes_and_real_ones_a_regression(folder: Path) -> None:
    by_class = open_data(table(folder, "path,label", *(f"pictures/{n}.png,{n % 2 + 9}" for n in range(10))))
    assert by_class.classes == ("9", "10")
    real = open_data(table(folder, "path,target", *(f"pictures/{n}.png,{n / 7}" for n in range(10))))
    assert real.is_regression
    np.testing.assert_allclose(real.train.labels[:, 0], np.array(numbers(real.train)) / 7, rtol=1e-6)


def test_rows_that_cannot_be_used_are_named(folder: Path) -> None:
    (folder / "pictures" / "3.png").write_text("no picture")
    data = open_data(table(folder, "path,label", *rows(), "pictures/11.png,odd", ",odd", "pictures/1.png"))
    said = {skipped.path: skipped.sentence for skipped in data.skipped}
    assert said == {
        "pictures/3.png": "3.png holds text, not a picture.",
        "pictures/11.png": "There is no such file.",
        "set.csv, entry 12": "It has no path or no label.",
        "set.csv, entry 13": "It has no path or no label.",
    }
    assert len(data.train) + len(data.test) == 9


def test_targets_that_are_nan_are_named(folder: Path) -> None:
    lines = [f"pictures/{n}.png,{'nan' if n == 4 else n / 7}" for n in range(10)]
    data = open_data(table(folder, "path,target", *lines))
    assert [(skipped.path, skipped.sentence) for skipped in data.skipped] == [
        ("pictures/4.png", "Its label is not a finite number.")
    ]
    assert 4 not in numbers(data.train) + numbers(data.test)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([""], "is empty"),
        (["only", "one"], "has one column only"),
        (["a,b", "1,2"], "names its columns a, b; one called path and one called label"),
        (["path,label", "pictures/99.png,odd"], "None of the 1 pictures that set.csv names is there"),
        (["path,label"], "None of the 0 pictures"),
        (["path,label", "pictures/1.png,odd", "pictures/3.png,odd"], "has one class only, “odd”"),
        (["path,target", "pictures/1.png,nan", "pictures/2.png,inf"], "has no label that is a finite number"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(folder: Path, lines: list[str], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        open_data(table(folder, *lines))


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "set.csv").write_bytes(b"\xff\xfe\x00\x80" * 20)
    with pytest.raises(DataError, match=r"set\.csv is no table of text"):
        open_data(folder / "set.csv")
