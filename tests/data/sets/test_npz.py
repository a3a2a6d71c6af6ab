"""Any .npz with pictures and labels: layouts, kinds of numbers, names, groups; and what is wrong with one."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import DataError, OpeningStopped, numpy_archive, open_data, unpacking

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 6, 5, 3), np.uint8)
LABELS = np.arange(20) % 2


def saved(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def all_of(data) -> tuple[np.ndarray, np.ndarray]:
    """All pictures and labels, training first."""
    splits = [data.train, *([data.test] if data.test else [])]
    pixels = np.concatenate([split.inputs(np.arange(len(split))) for split in splits])
    return pixels, np.concatenate([split.labels for split in splits])


def contents(pixels: np.ndarray, labels: np.ndarray) -> list[bytes]:
    return sorted(picture.tobytes() + bytes([int(label)]) for picture, label in zip(pixels, labels, strict=True))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "names", [("x", "y"), ("images", "labels"), ("X", "Y"), ("data", "targets"), ("arr_0", "arr_1")]
)
def test_pictures_and_labels_are_found_under_the_usual_names(tmp_path: Path, save, names: tuple[str, str]) -> None:
    path = tmp_path / "set.npz"
    save(path, **{names[0]: PIXELS, names[1]: LABELS})
    data = open_data(path)
    assert (data.sample_shape, data.classes, len(data.train), len(data.test)) == ((6, 5, 3), ("0", "1"), 16, 4)
    assert contents(*all_of(data)) == contents(PIXELS, LABELS)
    assert data.test.counts().tolist() == [2, 2]


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_large_array_is_read_from_disk_and_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(unpacking, "IN_MEMORY_BYTES", 100)
    path = tmp_path / "set.npz"
    np.savez_compressed(path, x=np.asarray(PIXELS, order=order), y=LABELS)
    assert contents(*all_of(open_data(path))) == contents(PIXELS, LABELS)


def test_a_large_array_that_is_not_packed_stays_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "IN_MEMORY_BYTES", 100)
    archive = numpy_archive.NumpyArchive(saved(tmp_path / "set.npz", first=LABELS, x=PIXELS))
    values = archive.array("x")
    assert isinstance(values.base, np.memmap)
    np.testing.assert_array_equal(values, PIXELS)


@pytest.mark.parametrize(
    "parts",
    [
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("x_train", "y_train", "x_test", "y_test"),
        ("x", "y", "x_test", "y_test"),
        ("x_dev", "y_dev", "x_eval", "y_eval"),
        ("images_val", "labels_val", "images_test", "labels_test"),
    ],
)
def test_training_and_test_stay_apart_when_the_file_has_both(tmp_path: Path, parts: tuple[str, ...]) -> None:
    arrays = (PIXELS[:12], LABELS[:12, None], PIXELS[12:], LABELS[12:, None])
    data = open_data(saved(tmp_path / "set.npz", **dict(zip(parts, arrays, strict=True))))
    np.testing.assert_array_equal(data.train.inputs(np.arange(12)), PIXELS[:12])
    np.testing.assert_array_equal(data.test.labels, LABELS[12:])
    assert data.test.name_of(3) == "test example 3"


def test_medmnist_files_are_known_by_their_name(tmp_path: Path) -> None:
    parts = {f"{part}_images": PIXELS for part in ("train", "val", "test")}
    parts |= {f"{part}_labels": (np.arange(20) % 8).astype(np.uint8)[:, None] for part in ("train", "val", "test")}
    data = open_data(saved(tmp_path / "bloodmnist_64.npz", **parts))
    assert data.card.title == "BloodMNIST"
    assert data.card.licence == "CC BY 4.0"
    assert data.classes[0] == "basophil"
    assert len(data.classes) == 8
    assert data.notes == ("val_images is not used: test_images is what is held out.",)


def test_pictures_of_one_group_are_never_on_both_sides(tmp_path: Path) -> None:
    groups = np.arange(20) // 4
    data = open_data(saved(tmp_path / "set.npz", x=PIXELS, y=LABELS, image_id=groups))
    rows = {picture.tobytes(): group for picture, group in zip(PIXELS, groups, strict=True)}
    sides = [
        {rows[picture.tobytes()] for picture in split.inputs(np.arange(len(split)))}
        for split in (data.train, data.test)
    ]
    assert sides[0] | sides[1] == set(range(5))
    assert not sides[0] & sides[1]
    assert "image_id" in data.notes[0]


@pytest.mark.parametrize(
    ("pixels", "shape"),
    [
        (PIXELS[..., 0], (6, 5, 1)),
        (PIXELS[..., :1], (6, 5, 1)),
        (np.moveaxis(PIXELS, 3, 1), (6, 5, 3)),
        (np.concatenate([PIXELS, PIXELS[..., :1]], axis=3), (6, 5, 3)),
    ],
)
def test_layouts_are_told_apart(tmp_path: Path, pixels: np.ndarray, shape: tuple[int, ...]) -> None:
    data = open_data(saved(tmp_path / "set.npz", x=pixels, y=LABELS))
    assert data.sample_shape == shape
    assert contents(*all_of(data)) == contents(PIXELS[..., : shape[2]], LABELS)


@pytest.mark.parametrize(
    ("pixels", "note"),
    [
        (PIXELS.astype(np.int64), None),
        (PIXELS.astype(np.float32), "rounded to bytes"),
        (PIXELS / 255, "multiplied by 255"),
        (PIXELS.astype(np.uint16) * 257, "divided by 257"),
        (PIXELS.astype(">u2") * 257, "divided by 257"),
        (np.rint(PIXELS * (4095 / 255)).astype(np.uint16), "of which 12 bits are used, were divided by 16.06"),
        (PIXELS.astype(np.float64) * 2 - 255, "were scaled to 0–255"),
    ],
)
def test_other_numbers_become_bytes_by_a_rule_that_is_told(
    tmp_path: Path, pixels: np.ndarray, note: str | None
) -> None:
    pixels, labels = pixels.copy(), LABELS
    data = open_data(saved(tmp_path / "set.npz", x=pixels, y=labels))
    read, _ = all_of(data)
    assert read.dtype == np.uint8
    low, high = int(PIXELS.min()), int(PIXELS.max())
    assert (low, high) == (0, 255)  # else the scaled case would not come back exactly
    assert contents(read, all_of(data)[1]) == contents(PIXELS, LABELS)
    assert (note is None) or any(note in sentence for sentence in data.notes)


@pytest.mark.parametrize(
    ("learning", "held_out", "classes", "places"),
    [
        ([0, 1, 2, 0], [0, 2, 2], ("0", "1", "2"), [0, 2, 2]),
        ([5.0, 7.0, 9.0, 5.0], [7.0, 9.0, 9.0], ("5", "7", "9"), [1, 2, 2]),
        (["cat", "dog", "fox", "cat"], ["fox", "dog", "fox"], ("cat", "dog", "fox"), [2, 1, 2]),
        (["cat", "dog", "fox", "cat"], ["fox", "cow", "fox"], ("cat", "cow", "dog", "fox"), [3, 1, 3]),
        ([[0], [1], [2], [0]], [0, 2, 2], ("0", "1", "2"), [0, 2, 2]),
    ],
)
def test_a_class_that_the_test_lacks_does_not_shift_the_others(
    tmp_path: Path, learning: list, held_out: list, classes: tuple[str, ...], places: list[int]
) -> None:
    path = saved(tmp_path / "a.npz", x_train=PIXELS[:4], y_train=learning, x_test=PIXELS[:3], y_test=held_out)
    data = open_data(path)
    assert data.classes == classes
    assert data.test.labels.tolist() == places
    assert len(set(data.train.labels.tolist())) == 3


def test_targets_of_a_regression_stay_numbers_where_those_of_the_test_are_whole(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.npz", x_train=PIXELS[:4], y_train=[0.5, 1.5, 0, 1], x_test=PIXELS[:3], y_test=[0.0, 1.0, 1.0]
    )
    assert open_data(path).test.labels.tolist() == [[0], [1], [1]]


def test_training_and_test_pictures_become_bytes_by_one_rule(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(20, 4, 4))
    path = saved(tmp_path / "a.npz", x_train=values, y_train=LABELS, x_test=values[:6] / 2, y_test=LABELS[:6])
    data = open_data(path)
    low, high = values.min(), values.max()
    expected = np.rint(255 * (values[:6] / 2 - low) / (high - low))
    assert np.array_equal(data.test.inputs(np.arange(6))[..., 0], expected)
    assert len(data.notes) == 1


def test_numbers_too_large_for_a_network_are_left_out(tmp_path: Path) -> None:
    features = np.arange(40.0).reshape(20, 2)
    features[3] = 1e300
    data = open_data(saved(tmp_path / "a.npz", x=features, y=LABELS))
    assert [skipped.path for skipped in data.skipped] == ["example 3"]
    assert np.isfinite(all_of(data)[0]).all()


def test_the_largest_floats_are_scaled_without_an_overflow(tmp_path: Path) -> None:
    pixels = np.zeros((20, 2, 2))
    pixels[::2], pixels[1::2] = -1.7e308, 1.7e308
    values, labels = all_of(open_data(saved(tmp_path / "a.npz", x=pixels, y=LABELS)))
    assert (values[labels == 0] == 0).all()
    assert (values[labels == 1] == 255).all()


def test_one_number_an_example_is_a_row_of_one(tmp_path: Path) -> None:
    data = open_data(saved(tmp_path / "a.npz", x=np.arange(20), y=np.sin(np.arange(20))))
    assert (data.sample_shape, data.is_regression) == ((1,), True)


def test_rows_of_numbers_are_features(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(20, 4))
    data = open_data(saved(tmp_path / "set.npz", x=values, y=LABELS))
    assert data.sample_shape == (4,)
    read = data.train.inputs([0, 1])
    assert read.dtype == np.float32
    assert {row.tobytes() for row in read} <= {row.tobytes() for row in values.astype(np.float32)}


def test_real_targets_are_a_regression(tmp_path: Path) -> None:
    targets = np.random.default_rng(1).normal(size=(20, 2))
    data = open_data(saved(tmp_path / "set.npz", x=PIXELS, y=targets))
    assert data.is_regression
    assert data.classes == ()
    assert data.train.labels.dtype == np.float32
    assert data.train.labels.shape == (16, 2)
    assert data.train.counts().tolist() == []


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (np.array(["cat", "dog"])[LABELS], ("cat", "dog")),
        (np.array([b"cat", b"dog"])[LABELS], ("cat", "dog")),
        (LABELS * 5 + 1, ("1", "6")),
        (LABELS.astype(bool), ("False", "True")),
        (np.eye(2)[LABELS], ("0", "1")),
        (LABELS.astype(np.float64), ("0", "1")),
    ],
)
def test_labels_of_every_kind_become_places_in_the_classes(tmp_path: Path, labels: np.ndarray, classes) -> None:
    data = open_data(saved(tmp_path / "set.npz", x=PIXELS, y=labels))
    assert data.classes == classes
    assert contents(*all_of(data)) == contents(PIXELS, LABELS)


def test_class_names_in_the_file_are_used_even_where_one_has_no_example(tmp_path: Path) -> None:
    data = open_data(saved(tmp_path / "set.npz", x=PIXELS, y=LABELS, classes=np.array(["a", "b", "c"])))
    assert data.classes == ("a", "b", "c")
    assert data.train.counts().tolist() == [8, 8, 0]


@pytest.mark.parametrize(
    ("pixels", "labels"), [(np.array([object()] * 20), LABELS), (PIXELS, np.array(["a", 1] * 10, object))]
)
def test_pickled_objects_are_refused(tmp_path: Path, pixels: np.ndarray, labels: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"set\.npz holds pickled objects \([xy]\), which could run code"):
        open_data(saved(tmp_path / "set.npz", x=pixels, y=labels))


@pytest.mark.parametrize("order", "<>")
def test_texts_that_hold_no_letters_are_told_to_be_damaged(tmp_path: Path, order: str) -> None:
    labels = np.array(["cat", "dog"] * 10, f"{order}U3")
    assert open_data(saved(tmp_path / "whole.npz", x=PIXELS, y=labels)).classes == ("cat", "dog")
    labels.view(f"{order}u4")[7] = 0x110000
    with pytest.raises(DataError, match=r"set\.npz is damaged: y holds what is not text\."):
        open_data(saved(tmp_path / "set.npz", x=PIXELS, y=labels))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_pictures_with_nan_are_left_out_counted_and_named(tmp_path: Path, bad: float) -> None:
    pixels = PIXELS / 255
    pixels[3, 2, 1, 0] = pixels[7, 0, 0, 2] = bad
    data = open_data(saved(tmp_path / "set.npz", x=pixels, y=LABELS))
    assert len(data.train) + len(data.test) == 18
    assert [skipped.path for skipped in data.skipped] == ["example 3", "example 7"]
    assert data.skipped[0].sentence == "It holds NaN or infinite numbers."
    assert contents(*all_of(data)) == contents(np.delete(PIXELS, [3, 7], 0), np.delete(LABELS, [3, 7]))


def test_labels_that_are_nan_leave_their_picture_out(tmp_path: Path) -> None:
    labels = LABELS.astype(np.float64)
    labels[4] = np.nan
    data = open_data(saved(tmp_path / "set.npz", x=PIXELS, y=labels, group=np.arange(20)))
    assert [skipped.path for skipped in data.skipped] == ["example 4"]
    assert contents(*all_of(data)) == contents(np.delete(PIXELS, 4, 0), np.delete(LABELS, 4))


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": PIXELS, "y": LABELS[:-1]}, "holds 20 pictures but 19 labels"),
        ({"x": PIXELS, "y": np.zeros(20, int)}, "has one class only, “0”"),
        (
            {"x": PIXELS, "y": np.arange(20) // 10, "image_id": np.arange(20) // 10},
            "has one class only in its training part",
        ),
        ({"x": np.full((4, 2, 2), np.nan), "y": LABELS[:4]}, "NaN or infinite numbers in every example"),
        ({"x": PIXELS, "y": np.full(20, np.nan)}, "NaN or infinite numbers in every example"),
        ({"x": PIXELS[:0], "y": LABELS[:0]}, "holds no pictures"),
        ({"x": np.zeros((4, 9, 9, 9)), "y": LABELS[:4]}, "neither pictures of 1 or 3 channels nor rows"),
        ({"x": np.array(["a", "b"]), "y": LABELS[:2]}, "holds no pictures: its numbers are of the kind"),
        ({"x": np.array(1.0), "y": np.array(1)}, "a single value"),
        (
            {"x": PIXELS, "y": np.tile([[1, 0], [1, 1], [0, 0], [0, 1]], (5, 1))},
            "gives 10 of 20 examples several",
        ),
        ({"x": PIXELS, "y": LABELS, "group": np.arange(3)}, "gives 3 entries of group"),
        ({"x": PIXELS, "y": LABELS, "group": np.array(3)}, "gives 1 entries of group"),
        (
            {"x_train": PIXELS, "y_train": np.eye(2)[LABELS], "x_test": PIXELS, "y_test": LABELS},
            "labels of another kind for the test",
        ),
        ({"a": PIXELS, "b": LABELS}, "holds a, b. Pictures and labels are looked for"),
        ({}, "holds nothing"),
        ({"x": np.zeros((1200, 2, 2)), "y": np.arange(1200)}, "has 1,200 different labels"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, arrays: dict, sentence: str) -> None:
    with pytest.raises(DataError, match=rf"(?s)set\.npz.*{sentence}"):
        open_data(saved(tmp_path / "set.npz", **arrays))


def test_a_file_saved_anew_while_it_is_open_changes_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path / "set.npz", x=PIXELS, y=LABELS)
    data = open_data(path)
    path.write_bytes(b"")  # as saving begins: what is mapped into memory beyond the end of a file ends the program
    assert contents(*all_of(data)) == contents(PIXELS, LABELS)


def test_a_large_file_saved_anew_while_it_is_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "IN_MEMORY_BYTES", 100)
    path = saved(tmp_path / "set.npz", x=PIXELS, y=LABELS)
    data = open_data(path)
    assert contents(*all_of(data)) == contents(PIXELS, LABELS)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="was changed after it was opened"):
        all_of(data)


def test_a_file_that_has_no_room_unpacked_is_told_before_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "IN_MEMORY_BYTES", 100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    path = tmp_path / "set.npz"
    np.savez_compressed(path, x=PIXELS, y=LABELS)
    with pytest.raises(DataError, match=r"set\.npz takes 1\.8 kB to unpack, but .* has room for 1 kB"):
        open_data(path)


def test_zeros_packed_without_end_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "IN_MEMORY_BYTES", 100_000)
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, x=np.zeros((1000, 32, 32), np.uint8), y=np.arange(1000) % 2)
    with pytest.raises(DataError, match=r"bomb\.npz would unpack from 1\.\d+ kB to 1\.02 MB, as no data do"):
        open_data(path)


def test_unpacking_a_large_array_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "PIECE_BYTES", 100)
    path = tmp_path / "set.npz"
    np.savez_compressed(path, x=PIXELS, y=LABELS)
    told: list[tuple[str, int, int]] = []
    open_data(path, progress=lambda *progress: told.append(progress))
    assert ("Unpacking set.npz", 200, 0) in told
    asked: list[int] = []
    with pytest.raises(OpeningStopped, match=r"Unpacking set\.npz was stopped"):
        open_data(path, should_stop=lambda: asked.append(1) or len(asked) > 3)


@pytest.mark.parametrize("wrong", [np.array(3), np.array(list("abcd")), np.arange(4.0)])
@pytest.mark.parametrize("part", ["jpeg", "offset", "label"])
def test_pictures_packed_as_jpeg_that_are_no_numbers_are_told(tmp_path: Path, part: str, wrong: np.ndarray) -> None:
    arrays = {"jpeg": PIXELS.reshape(-1), "offset": np.arange(4), "label": np.arange(3)} | {part: wrong}
    path = saved(tmp_path / "set.npz", **{f"train_{name}": array for name, array in arrays.items()})
    with pytest.raises(DataError, match="train holds no rows of whole numbers"):
        open_data(path)


@pytest.mark.parametrize("at", [6, 8, 10])
def test_a_zip_file_of_an_unknown_kind_is_told(tmp_path: Path, at: int) -> None:
    path = saved(tmp_path / "set.npz", x=PIXELS, y=LABELS)
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\1\2")  # an entry of the directory: version, flags, how it is packed
    content[entry + at] = 0x63
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"set\.npz is (not an \.npz file|damaged)"):
        open_data(path)


@settings(max_examples=40)
@given(part=st.floats(0, 0.999), is_packed=st.booleans())
def test_a_file_that_was_not_copied_whole_is_told(tmp_path_factory, part: float, is_packed: bool) -> None:
    path = tmp_path_factory.mktemp("cut") / "set.npz"
    (np.savez_compressed if is_packed else np.savez)(path, x=PIXELS, y=LABELS)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(DataError, match=r"set\.npz is not an \.npz file, or was not copied whole\."):
        open_data(path)


@settings(max_examples=60)
@given(place=st.integers(0, 4000), value=st.integers(1, 255))
def test_a_damaged_byte_never_ends_in_anything_but_pictures_or_a_sentence(
    tmp_path_factory, place: int, value: int
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "set.npz"
    np.savez_compressed(path, x=PIXELS, y=LABELS)
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= value
    path.write_bytes(content)
    try:
        pixels, _ = all_of(open_data(path))
    except DataError as error:
        sentence = str(error)
        assert sentence.endswith(".")
    else:
        assert pixels.shape[1:] == PIXELS.shape[1:]
