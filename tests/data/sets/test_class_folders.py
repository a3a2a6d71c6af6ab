"""A folder of class folders: order, splits, sizes, damaged and foreign files, and folders that cannot be used."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import DataError, OpeningStopped, open_data, picture_files, picture_size

COLOURS = {"cat": (200, 30, 30), "dog": (30, 200, 30), "owl": (30, 30, 200)}


def picture(path: Path, colour: object = (9, 9, 9), size: tuple[int, int] = (8, 6), mode: str = "RGB") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)
    return path


def class_folders(root: Path, count: int = 5) -> Path:
    for name, colour in COLOURS.items():
        for number in range(count):
            picture(root / name / f"{number}.png", colour)
    return root


def truncated(path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:1500])
    return path


def test_each_picture_has_the_class_of_its_folder(tmp_path: Path) -> None:
    data = open_data(class_folders(tmp_path))
    assert (data.classes, data.sample_shape) == (("cat", "dog", "owl"), (6, 8, 3))
    assert (len(data.train), len(data.test)) == (12, 3)
    assert data.test.counts().tolist() == [1, 1, 1]
    for split in (data.train, data.test):
        for index, pixels in enumerate(split.inputs(np.arange(len(split)))):
            name = data.classes[split.labels[index]]
            assert split.name_of(index).startswith(f"{name}/")
            assert pixels.reshape(-1, 3).tolist() == [list(COLOURS[name])] * 48
    assert data.skipped == ()


def test_no_picture_is_on_both_sides_and_the_seed_decides(tmp_path: Path) -> None:
    class_folders(tmp_path)

    def names(seed: int) -> list[set[str]]:
        data = open_data(tmp_path, seed=seed)
        return [{split.name_of(index) for index in range(len(split))} for split in (data.train, data.test)]

    train, test = names(0)
    assert not train & test
    assert len(train | test) == 15
    assert names(0) == names(0)
    assert any(names(0) != names(seed) for seed in (1, 2, 3))


@pytest.mark.parametrize(
    "words",
    [
        ("train", "test"),
        ("Training", "validation"),
        ("training_set", "test_set"),
        ("seg_train", "seg_test"),
        ("train_images", "val_images"),
        ("trainset", "testset"),
        ("Train Data", "Held-out"),
        ("dev", "eval"),
        ("dev", "test"),
        ("Development", "Evaluation"),
        ("dev_set", "holdout"),
        ("val", "test"),
        ("trainval", "test"),
        ("Training", "PublicTest"),
        ("trn", "tst"),
    ],
)
def test_folders_for_training_and_test_are_respected(tmp_path: Path, words: tuple[str, str]) -> None:
    class_folders(tmp_path / words[0], 3)
    class_folders(tmp_path / words[1], 2)
    data = open_data(tmp_path)
    assert (len(data.train), len(data.test), data.classes) == (9, 6, ("cat", "dog", "owl"))
    assert data.train.name_of(0).startswith(f"{words[0]}/cat/")
    assert data.test.name_of(0).startswith(f"{words[1]}/cat/")


def test_folders_called_dev_and_eval_that_hold_no_class_folders_are_classes(tmp_path: Path) -> None:
    for name in ("dev", "eval"):
        for number in range(5):
            picture(tmp_path / name / f"{number}.png")
    assert open_data(tmp_path).classes == ("dev", "eval")


def test_what_is_neither_training_nor_test_is_named(tmp_path: Path) -> None:
    for name in ("train", "test", "val", "seg_pred"):
        class_folders(tmp_path / name, 2)
    data = open_data(tmp_path)
    assert (len(data.train), len(data.test)) == (6, 6)
    assert data.notes[-2:] == ("Training and test are the folders train and test.", "Not used: seg_pred, val.")


@pytest.mark.parametrize("deep", ["pictures", "pictures/pictures", "archive/pictures"])
def test_folders_that_hold_one_folder_alone_are_gone_through(tmp_path: Path, deep: str) -> None:
    class_folders(tmp_path / "pictures" / deep)
    data = open_data(tmp_path / "pictures")
    assert data.classes == ("cat", "dog", "owl")
    class_folders(tmp_path / "seg_train" / "seg_train", 2)
    class_folders(tmp_path / "seg_test" / "seg_test", 1)
    (tmp_path / "pictures").rename(tmp_path / "spare")
    data = open_data(tmp_path)
    assert (len(data.train), len(data.test), data.classes) == (6, 3, ("cat", "dog", "owl"))


def test_a_folder_that_holds_its_class_folders_once_more_is_read_once(tmp_path: Path) -> None:
    class_folders(tmp_path / "cells")
    class_folders(tmp_path / "cells" / "cells")
    data = open_data(tmp_path / "cells")
    assert (data.classes, len(data.train) + len(data.test)) == (("cat", "dog", "owl"), 15)
    assert data.notes[-1] == "The folder cells holds folders of the same names once more and is not used."


def test_the_split_tells_counts_and_names_classes_of_which_nothing_is_held_out(tmp_path: Path) -> None:
    for name, count in (("big", 20), ("small", 2), ("one", 1)):
        for number in range(count):
            picture(tmp_path / name / f"{number}.png")
    data = open_data(tmp_path)
    assert data.notes == (
        "4 of 23 are held out for the test: about 20 % of each class, drawn at random (seed 0).",
        "No examples of “one” and “small” are held out, so the network is never tested on them.",
    )


def test_where_nothing_at_all_is_held_out_no_share_of_it_is_told(tmp_path: Path) -> None:
    picture(tmp_path / "cat" / "1.png")
    picture(tmp_path / "dog" / "1.png")
    data = open_data(tmp_path)
    assert data.test is None
    assert data.notes == ("None of 2 are held out for the test, so the network is never tested.",)


def test_many_classes_of_which_nothing_is_held_out_are_counted(tmp_path: Path) -> None:
    picture(tmp_path / "test" / "zebra" / "1.png")
    for number in range(9):
        picture(tmp_path / "train" / f"kind {number}" / "1.png")
    assert open_data(tmp_path).notes[1:3] == (
        "There are no examples of “zebra” to learn from.",
        "No examples of “kind 0”, “kind 1”, “kind 2”, “kind 3”, “kind 4” and 4 more are held out, "
        "so the network is never tested on them.",
    )


def test_a_class_that_only_the_test_has_is_a_class_too(tmp_path: Path) -> None:
    class_folders(tmp_path / "train", 2)
    picture(tmp_path / "test" / "ape" / "1.png")
    data = open_data(tmp_path)
    assert data.classes == ("ape", "cat", "dog", "owl")
    assert data.train.counts().tolist() == [0, 2, 2, 2]


def test_pictures_of_trains_are_a_class(tmp_path: Path) -> None:
    for name in ("bus", "train"):
        picture(tmp_path / name / "1.png")
    data = open_data(tmp_path)
    assert data.classes == ("bus", "train")


def test_a_link_that_leads_in_a_circle_is_no_class(tmp_path: Path) -> None:
    class_folders(tmp_path, 2)
    (tmp_path / "all").symlink_to(tmp_path)
    (tmp_path / "itself").symlink_to("itself")
    (tmp_path / "more").symlink_to(tmp_path / "cat")
    data = open_data(tmp_path)
    assert (data.classes, len(data.train)) == (("cat", "dog", "more", "owl"), 8)


def test_what_is_no_file_is_left_out_and_named(tmp_path: Path) -> None:
    class_folders(tmp_path, 2)
    os.mkfifo(tmp_path / "cat" / "pipe.png")
    (tmp_path / "cat" / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "cat" / "itself.png").symlink_to("itself.png")
    data = open_data(tmp_path)
    assert len(data.train) == 6
    assert {skipped.path for skipped in data.skipped} == {"cat/pipe.png", "cat/gone.png", "cat/itself.png"}
    assert {skipped.sentence for skipped in data.skipped} == {"It is not a file, or a link that leads to none."}


def test_a_folder_that_may_not_be_read_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class_folders(tmp_path, 2)
    (tmp_path / "lost+found").mkdir()
    scandir = os.scandir

    def guarded(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("lost+found"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    data = open_data(tmp_path)
    assert len(data.train) == 6
    assert [(skipped.path, skipped.sentence) for skipped in data.skipped] == [
        ("lost+found", "The folder may not be read.")
    ]


def test_listing_can_be_stopped_inside_a_class(tmp_path: Path) -> None:
    for number in range(9):
        picture(tmp_path / "cat" / str(number) / "1.png")
    asked: list[int] = []
    with pytest.raises(OpeningStopped, match=r"Listing .* was stopped"):
        open_data(tmp_path, should_stop=lambda: asked.append(1) or len(asked) > 4)
    assert len(asked) == 5


def test_unreadable_pictures_are_left_out_counted_and_named(tmp_path: Path) -> None:
    class_folders(tmp_path)
    truncated(tmp_path / "cat" / "broken.png")
    (tmp_path / "dog" / "empty.png").write_bytes(b"")
    (tmp_path / "dog" / "text.jpg").write_text("no picture")
    (tmp_path / "owl" / "notes.txt").write_text("no picture")
    (tmp_path / "owl" / ".DS_Store").write_text("never mind")
    data = open_data(tmp_path)
    said = {skipped.path: skipped.sentence for skipped in data.skipped}
    assert said == {
        "cat/broken.png": "broken.png ends too early: it is damaged or was not copied whole.",
        "dog/empty.png": "empty.png is empty.",
        "dog/text.jpg": "text.jpg holds text, not a picture.",
        "owl/notes.txt": "Its name does not end like that of a picture.",
    }
    assert len(data.train) + len(data.test) == 15
    names = {split.name_of(index) for split in (data.train, data.test) for index in range(len(split))}
    assert not names & set(said)


def test_in_a_large_folder_a_damaged_picture_is_named_when_it_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_files, "FEW_FILES", 3)
    monkeypatch.setattr(picture_files, "LOOKED_AT", 2)
    class_folders(tmp_path / "train")
    class_folders(tmp_path / "test")
    truncated(tmp_path / "train" / "dog" / "3.png")
    data = open_data(tmp_path)
    assert data.skipped == ()
    pixels = data.train.inputs(np.arange(len(data.train)))
    assert [skipped.path for skipped in data.skipped] == ["train/dog/3.png"]
    # Another dog stands in, so that neither the batch nor its labels change.
    assert len(pixels) == 15
    assert pixels[8, 0, 0].tolist() == list(COLOURS["dog"])
    data.train.inputs(np.arange(len(data.train)))
    assert len(data.skipped) == 1


def test_a_picture_too_large_for_the_window_is_too_large_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_size, "PIXEL_LIMIT", 100)
    class_folders(tmp_path, 2)
    picture(tmp_path / "cat" / "huge.png", size=(11, 10))
    data = open_data(tmp_path)
    assert [(skipped.path, skipped.sentence[:21]) for skipped in data.skipped] == [
        ("cat/huge.png", "huge.png is too large")
    ]


def test_pictures_of_16_bits_are_told_to_be_brought_to_8_each_by_itself(tmp_path: Path) -> None:
    for name, level in (("cat", 900), ("dog", 60_000)):
        for number in range(3):
            picture(tmp_path / name / f"{number}.png", level, mode="I;16")
    data = open_data(tmp_path)
    assert picture_files.WIDE_NOTE in data.notes
    assert picture_files.WIDE_NOTE not in open_data(class_folders(tmp_path / "plain")).notes


def test_the_size_of_photos_is_that_of_the_upright_ones(tmp_path: Path) -> None:
    upright = np.zeros((40, 30, 3), np.uint8)
    upright[:20, :15] = 255
    exif = Image.Exif()
    exif[274] = 6
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number, ending in enumerate(("png", "webp", "tif", "tif")):
            compression = {"compression": "tiff_lzw"} if number == 3 else {}
            stored = Image.fromarray(upright).transpose(Image.Transpose.ROTATE_90)
            stored.save(tmp_path / name / f"{number}.{ending}", exif=exif, lossless=True, **compression)
    data = open_data(tmp_path)
    assert (data.sample_shape, data.notes[1:]) == ((40, 30, 3), ())
    for pixels in data.train.inputs(np.arange(len(data.train))):
        np.testing.assert_array_equal(pixels, upright)


def test_a_png_that_notes_behind_its_pixels_how_it_was_held_is_upright_too(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    for name in ("a", "b"):
        path = picture(tmp_path / name / "1.png")
        path.unlink()
        Image.new("RGB", (8, 6)).save(path, exif=exif)
        content = path.read_bytes()
        start = content.index(b"eXIf") - 4
        chunk = content[start : start + 12 + int.from_bytes(content[start : start + 4], "big")]
        path.write_bytes(content.replace(chunk, b"")[:-12] + chunk + content[-12:])
    assert open_data(tmp_path).sample_shape == (8, 6, 3)


def test_mixed_sizes_are_fitted_by_a_rule_that_is_told(tmp_path: Path) -> None:
    class_folders(tmp_path)
    picture(tmp_path / "cat" / "wide.png", COLOURS["cat"], (300, 20))
    data = open_data(tmp_path)
    assert data.sample_shape == (6, 6, 3)
    assert data.notes[-1] == (
        "The pictures have different sizes, 8 × 6 to 300 × 20; the middle of each is cut out and resized to 6 × 6."
    )
    assert data.train.inputs(np.arange(len(data.train))).shape[1:] == (6, 6, 3)


def test_large_pictures_become_a_small_square_unless_a_size_is_wished(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        for number in range(2):
            picture(tmp_path / name / f"{number}.jpg", COLOURS[name], (600, 400))
    data = open_data(tmp_path)
    assert data.sample_shape == (64, 64, 3)
    assert data.notes[-1] == "The pictures are 600 × 400; the middle of each is cut out and resized to 64 × 64."
    wished = open_data(tmp_path, size=(30, 40, 1))
    assert wished.sample_shape == (30, 40, 1)
    assert wished.train.inputs([0]).shape == (1, 30, 40, 1)


def test_grey_pictures_have_one_channel_and_one_coloured_makes_three(tmp_path: Path) -> None:
    for name, level in (("a", 40), ("b", 200)):
        for number in range(3):
            picture(tmp_path / name / f"{number}.png", level, mode="L")
    data = open_data(tmp_path)
    assert data.sample_shape == (6, 8, 1)
    assert set(data.train.inputs([0]).reshape(-1).tolist()) == {40}
    picture(tmp_path / "b" / "colour.png", (1, 2, 3))
    assert open_data(tmp_path).sample_shape == (6, 8, 3)


@pytest.mark.parametrize(
    ("mode", "colour"), [("1", 1), ("P", 3), ("RGBA", (9, 9, 9, 0)), ("LA", (9, 0)), ("I;16", 70), ("CMYK", 5)]
)
def test_pictures_of_every_mode_are_read(tmp_path: Path, mode: str, colour: object) -> None:
    ending = "tif" if mode == "CMYK" else "png"
    for name in ("a", "b"):
        picture(tmp_path / name / f"0.{ending}", colour, mode=mode)
    data = open_data(tmp_path)
    assert data.skipped == ()
    assert data.train.inputs([0, 1]).shape[1:3] == (6, 8)


@pytest.mark.parametrize("ending", ["jfif", "jpe", "JPEG", "pnm", "pbm"])
def test_rare_endings_are_those_of_pictures(tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        kind = "JPEG" if ending[0] in "jJ" else "PPM"
        (tmp_path / name).mkdir()
        Image.new("RGB", (8, 6)).save(tmp_path / name / f"0.{ending}", kind)
    assert open_data(tmp_path).skipped == ()


def test_pictures_deeper_down_belong_to_their_class(tmp_path: Path) -> None:
    class_folders(tmp_path)
    picture(tmp_path / "cat" / "more" / "9.png")
    (tmp_path / "cat" / "circle").symlink_to(tmp_path / "cat", target_is_directory=True)
    data = open_data(tmp_path)
    assert (data.train.counts() + data.test.counts()).tolist() == [6, 5, 5]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"The folder {tmp_path.name} is empty\."):
        open_data(tmp_path)


def test_empty_class_folders_are_told(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "dog").mkdir()
    (tmp_path / "dog" / "notes.txt").write_text("x")
    with pytest.raises(DataError, match=r"no pictures in the class folders .*\. 1 other file"):
        open_data(tmp_path)


def test_a_folder_of_other_files_alone_is_told_without_class_folders_that_it_has_not(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DataError, match=rf"no pictures in {tmp_path.name}, and no folder of pictures for each class\."):
        open_data(tmp_path)


def test_one_class_only_is_told(tmp_path: Path) -> None:
    picture(tmp_path / "cat" / "1.png")
    picture(tmp_path / "cat" / "2.png")
    with pytest.raises(DataError, match="has one class only, “cat”; a network needs two"):
        open_data(tmp_path)


def test_pictures_side_by_side_are_told(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    with pytest.raises(DataError, match="each class needs a folder of its own"):
        open_data(tmp_path)


def test_a_folder_of_damaged_pictures_is_told(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_text("no picture")
    with pytest.raises(DataError, match=r"None of the pictures in .* can be read\. 1\.png holds text"):
        open_data(tmp_path)


def test_a_class_of_which_nothing_can_be_decoded_is_told(tmp_path: Path) -> None:
    class_folders(tmp_path / "train", 2)
    truncated(tmp_path / "train" / "ape" / "1.png")
    data = open_data(tmp_path)
    assert data.train.counts().tolist() == [0, 2, 2, 1] if data.test is not None else [0, 2, 2, 2]
    assert [skipped.path for skipped in data.skipped] == ["train/ape/1.png"]


def test_opening_can_be_stopped(tmp_path: Path) -> None:
    class_folders(tmp_path)
    with pytest.raises(OpeningStopped, match="was stopped"):
        open_data(tmp_path, should_stop=lambda: True)


def test_many_pictures_open_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = picture(tmp_path / "cat" / "0.png").read_bytes()
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir(exist_ok=True)
        for number in range(1500):
            (tmp_path / name / f"{number}.png").write_bytes(content)
    opened: list[object] = []
    real_open = Image.open
    monkeypatch.setattr(Image, "open", lambda *args, **more: opened.append(args) or real_open(*args, **more))
    start = time.perf_counter()
    data = open_data(tmp_path)
    assert time.perf_counter() - start < 30  # a generous bound; the benchmark measures
    assert len(data.train) + len(data.test) == 3000
    assert len(opened) <= picture_files.LOOKED_AT * 1.1
