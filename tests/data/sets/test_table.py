"""A CSV of paths and labels: separators, headers, parts, groups, and rows that cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import DataError, open_data
from explorer.data.sets.listed_files import ListedFiles
from explorer.data.sets.table_columns import label_values


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


def test_a_picture_of_two_labels_is_told(folder: Path) -> None:
    data = open_data(table(folder, "path,label", *rows(), "pictures/3.png,even", "./pictures/3.png,even"))
    assert (
        data.notes[-1]
        == "1 picture has different labels in set.csv (pictures/3.png is odd and even); the first counts. "
        "Take the others out of the table."
    )
    data = open_data(table(folder, "path,label", *rows(), *rows("pictures/{0}.png,x")))
    assert data.notes[-1].startswith("10 pictures have different labels in set.csv (pictures/0.png is even and x);")
    again = [f"pictures/{number}.png,{number}.0" for number in range(10)]
    data = open_data(table(folder, "path,label", *[f"pictures/{number}.png,{number}" for number in range(10)], *again))
    assert not any("different labels" in note for note in data.notes)  # the same number in another spelling


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


@pytest.mark.parametrize(("learnt", "held_out"), [("dev", "eval"), ("Training", "PublicTest"), ("val", "test")])
def test_the_parts_of_a_table_are_known_by_many_names(folder: Path, learnt: str, held_out: str) -> None:
    split = [f"{row},{held_out if number < 3 else learnt}" for number, row in enumerate(rows())]
    data = open_data(table(folder, "path,label,usage", *split))
    assert (numbers(data.train), numbers(data.test)) == ([3, 4, 5, 6, 7, 8, 9], [0, 1, 2])


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
        (["a,b", "x,y"], "names its columns a, b; one called path and one called label"),
        (["path,label", "pictures/99.png,odd"], "None of the 1 pictures that set.csv names is there"),
        (["path,label"], r"set\.csv names no pictures\.$"),
        (["path,label", "pictures/1.png,odd", "pictures/3.png,odd"], "has one class only, “odd”"),
        (["path,target", "pictures/1.png,nan", "pictures/2.png,inf"], "has no label that is a finite number"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(folder: Path, lines: list[str], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        open_data(table(folder, *lines))


PLAIN = ["path,label", *rows()]
AS_PEOPLE_HAVE_THEM = {
    "back-slashes": "\n".join(["filename,label", *rows("pictures\\{0}.png,{1}")]).encode(),
    "UTF-16 of a spreadsheet": "\n".join(["filename\tlabel", *rows("pictures/{0}.png\t{1}")]).encode("utf-16"),
    "UTF-16 without a mark": "\n".join(PLAIN).encode("utf-16-le"),
    "UTF-16, the other way round": b"\xfe\xff" + "\n".join(PLAIN).encode("utf-16-be"),
    "a line for Excel": "\n".join(["sep=;", "filename;label", *rows("pictures/{0}.png;{1}")]).encode(),
    "a line for Excel, a tab": "\r\n".join(["sep=\t", "filename\tlabel", *rows("pictures/{0}.png\t{1}")]).encode(),
    "names without ending": "\n".join(["id,label", *rows("pictures/{0},{1}")]).encode(),
    "names without folder or ending": "\n".join(["id_code,diagnosis", *rows("{0},{1}")]).encode(),
    "names without folder": "\n".join(["image,level", *rows("{0}.png,{1}")]).encode(),
    "the words of skin lesions": "\n".join(["lesion_id,image_id,dx", *rows("{0},pictures/{0},{1}")]).encode(),
    "the words of lungs": "\n".join(["Image Index,Finding Labels", *rows("{0}.png,{1}")]).encode(),
    "a name of no list, without endings": "\n".join(["isic_id,sex,dx", *rows("{0},male,{1}")]).encode(),
    "two that could be it": "\n".join(["id,photo of it,label", *rows("7{0},pictures/{0},{1}")]).encode(),
    "quoted names with semicolons": "\n".join(
        ['"file; name","label","a;b;c;d"', *rows('"pictures/{0}.png","{1}","1;2;3;4"')]
    ).encode(),
    "bars": "\n".join(["file|class", *rows("pictures/{0}.png|{1}")]).encode(),
    "blanks, as in lists of pictures": "\n".join(rows("pictures/{0}.png {1}")).encode(),
    "several blanks": "\n".join(["path   label", *rows("pictures/{0}.png   {1}")]).encode(),
    "any name for the only other column": "\n".join(["image,sort of number", *rows()]).encode(),
    "any name for the column of pictures": "\n".join(["where it lies,dx", *rows()]).encode(),
    "one column a class": "\n".join(
        ["image,even,odd,age", *(f"pictures/{n}.png,{1 - n % 2}.0,{n % 2}.0,5{n}" for n in range(10))]
    ).encode(),
    "lines of an old Macintosh": "\r".join(PLAIN).encode(),
}


@pytest.mark.parametrize("kind", AS_PEOPLE_HAVE_THEM)
@pytest.mark.parametrize("ending", ["csv", "tsv", "txt"])
def test_tables_are_read_as_people_have_them(folder: Path, kind: str, ending: str) -> None:
    (folder / f"set.{ending}").write_bytes(AS_PEOPLE_HAVE_THEM[kind])
    data = open_data(folder / f"set.{ending}")
    assert (data.classes, len(data.train) + len(data.test), data.skipped) == (("even", "odd"), 10, ())
    for split in (data.train, data.test):
        assert [number % 2 for number in numbers(split)] == split.labels.tolist()


def test_letters_of_western_windows_are_read(folder: Path) -> None:
    (folder / "pictures" / "3.png").rename(folder / "pictures" / "größe.png")
    lines = [line.replace("3.png", "größe.png").replace("odd", "schräg") for line in PLAIN]
    (folder / "set.csv").write_bytes("\n".join(lines).encode("cp1252"))
    data = open_data(folder / "set.csv")
    assert (data.classes, data.skipped) == (("even", "schräg"), ())


def test_one_picture_of_several_classes_is_told(folder: Path) -> None:
    lines = [f"pictures/{n}.png,{n % 2},1,0" for n in range(10)]
    with pytest.raises(DataError) as caught:
        open_data(table(folder, "image,a,b,c", *lines))
    assert str(caught.value) == (
        "set.csv gives 5 pictures several labels at once (pictures/1.png: several of a, b, c); "
        "each picture needs exactly one. Keep one label in these lines, or leave them out, and open the table again."
    )


def test_labels_made_of_others_are_told(folder: Path) -> None:
    lines = [f"pictures/{n}.png,{('a', 'b', 'a|b')[n % 3]}" for n in range(10)]
    with pytest.raises(DataError, match=r"gives 3 pictures several labels at once \(pictures/2\.png: a\|b\)"):
        open_data(table(folder, "Image Index,Finding Labels", *lines))
    lines = [line.replace("a|b", "a") if at > 2 else line for at, line in enumerate(lines)]
    with pytest.raises(DataError, match=r"gives 1 picture several .* in the line, or leave it out"):
        open_data(table(folder, "Image Index,Finding Labels", *lines))


def test_decimal_commas_are_numbers_to_learn(folder: Path) -> None:
    lines = [f"pictures/{n}.png;{n / 4:.2f}".replace(".", ",").replace(",png", ".png") for n in range(10)]
    data = open_data(table(folder, "path;target", *lines))
    assert data.is_regression
    np.testing.assert_allclose(data.train.labels[:, 0], np.array(numbers(data.train)) / 4)


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("1.234,5", "−0,25", "12"), (1234.5, -0.25, 12)),
        (("1,234.5", "-0.25", "1,234,567"), (1234.5, -0.25, 1234567)),
        (("1,234", "2,5"), (1.234, 2.5)),
        (("1.234", "2.5"), (1.234, 2.5)),
        (("−3.5", "2e-3"), (-3.5, 0.002)),
    ],
)
def test_numbers_are_read_however_their_marks_are_set(texts: tuple[str, ...], values: tuple[float, ...]) -> None:
    assert label_values(list(texts)).tolist() == list(values)


@pytest.mark.parametrize("text", ["1.2.3", "1.23,5", "12.34.567,8", "1,2,3.4"])
def test_what_is_no_number_stays_a_name(text: str) -> None:
    assert label_values([text, "2,5"]).tolist() == [text, "2,5"]


def test_a_name_with_an_ending_is_looked_for_as_it_is_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    look = os.stat

    def counted(path: str | Path, **options: bool) -> os.stat_result:
        asked.append(str(path))
        return look(path, **options)

    monkeypatch.setattr(os, "stat", counted)
    assert ListedFiles(folder, lambda _: None).found("elsewhere/none.png") is None
    assert {path for path in asked if "none" in path} == {str(folder / "elsewhere" / "none.png")}


def test_one_file_under_several_names_is_on_one_side(folder: Path) -> None:
    (folder / "again").symlink_to("pictures")
    spellings = ("pictures/{0}.png,{1}", "./pictures/{0}.png,{1}", "again/../pictures/{0}.png,{1}", "again/{0}.png,{1}")
    data = open_data(table(folder, "path,label", *(line for spelling in spellings for line in rows(spelling))))
    assert sorted(numbers(data.train) + numbers(data.test)) == list(range(10))
    assert [skipped.sentence for skipped in data.skipped] == ["It is listed more than once."] * 30


def test_pictures_that_lie_elsewhere_are_found_by_their_names_and_this_is_told(folder: Path) -> None:
    data = open_data(table(folder, "path,label", *rows("D:\\data\\{0}.png,{1}")))
    assert data.skipped == ()
    assert data.notes[-1] == "10 pictures were found by their names in other folders than set.csv says."


@pytest.mark.parametrize("form", ["pictures/{0}.PNG,{1}", "Pictures/{0}.png,{1}", "./PICTURES/{0}.Png,{1}"])
def test_a_system_that_does_not_tell_capitals_apart_is_no_other_folder(folder: Path, form: str) -> None:
    data = open_data(table(folder, "path,label", *rows(form)))
    assert sorted(numbers(data.train) + numbers(data.test)) == list(range(10))
    assert not any("other folders" in note for note in data.notes)


def test_pictures_that_are_gone_are_not_looked_for_among_the_labels(folder: Path) -> None:
    with pytest.raises(DataError, match="None of the 10 pictures"):
        open_data(table(folder, "id,label", *(f"gone{n},{n % 2}" for n in range(10))))


def test_a_name_that_two_files_have_is_not_guessed(folder: Path) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "3.png").write_bytes((folder / "pictures" / "3.png").read_bytes())
    data = open_data(table(folder, "id,label", *rows("{0},{1}")))
    assert [(skipped.path, skipped.sentence) for skipped in data.skipped] == [("3", "There is no such file.")]


@pytest.mark.parametrize(
    "name",
    [
        "lesion_id",
        "subject",
        "study",
        "slide",
        "Patient ID",
        "PatientId",
        "case_no",
        "Donor",
        "subject_ids",
        "StudyInstanceUID",
    ],
)
def test_what_belongs_together_is_known_by_many_names(folder: Path, name: str) -> None:
    lines = [f"{line},{number // 3}" for number, line in enumerate(rows())]
    data = open_data(table(folder, f"path,label,{name}", *lines))
    sides = [{number // 3 for number in numbers(split)} for split in (data.train, data.test)]
    assert not sides[0] & sides[1]
    assert f"about 20 % of the groups in {name}, none of which is on both sides" in data.notes[0]


def test_the_widest_of_several_groups_counts(folder: Path) -> None:
    lines = [f"{line},slide {number},patient {number // 3}" for number, line in enumerate(rows())]
    data = open_data(table(folder, "path,label,slide,patient_id", *lines))
    assert "groups in patient_id" in data.notes[0]


def test_the_first_path_that_was_looked_for_is_told(folder: Path) -> None:
    with pytest.raises(DataError) as refused:
        open_data(table(folder, "path,label", "elsewhere/77.png,odd", "elsewhere/8a.png,even"))
    assert str(refused.value) == (
        f"None of the 2 pictures that set.csv names is there. "
        f"The first that was looked for is {folder}/elsewhere/77.png. "
        f"Put the table into the folder that its paths begin in, and open it again."
    )


def test_a_table_of_too_many_cells_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.data.sets.table_text.MOST_CELLS", 20)
    with pytest.raises(DataError, match="has more cells than are read, 20"):
        open_data(table(folder, *PLAIN, *rows()))


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "set.csv").write_bytes(b"\xff\xfe\x00\x80" * 20)
    with pytest.raises(DataError, match=r"set\.csv is not a table of text"):
        open_data(folder / "set.csv")
