"""What is written can be read back, digit by digit; what cannot be written is told in a sentence."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer.ui.common import map_files as export
from explorer.ui.common.map_files import ENLARGE
from explorer.writing import FileError

VALUES = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
COLOURS = np.random.default_rng(1).integers(0, 256, (3, 9, 4)).astype(np.uint8)
COLOURS[..., 3] = 255


def test_a_png_has_every_cell_as_a_square(tmp_path: Path) -> None:
    export.write(tmp_path / "maps.png", COLOURS, VALUES, "conv1")
    with Image.open(tmp_path / "maps.png") as picture:
        pixels = np.asarray(picture)
    np.testing.assert_array_equal(pixels, COLOURS.repeat(ENLARGE, axis=0).repeat(ENLARGE, axis=1))


def test_an_svg_holds_the_cells_themselves_and_a_title(tmp_path: Path) -> None:
    export.write(tmp_path / "maps.svg", COLOURS, VALUES, "a<b>")
    text = (tmp_path / "maps.svg").read_text()
    root = ElementTree.fromstring(text)
    assert root[0].text == "a<b>: 2 × 3 × 4"
    data = re.search('base64,([^"]+)', text)
    assert data is not None
    with Image.open(io.BytesIO(base64.b64decode(data[1]))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), COLOURS)


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (2, 3, 2, 2)])
def test_values_come_back_as_they_were(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    export.write(tmp_path / "v.npy", COLOURS, values, "x")
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), values)
    export.write(tmp_path / "v.csv", COLOURS, values, "x")
    header, *lines = (tmp_path / "v.csv").read_text().splitlines()
    assert header.endswith(",value")
    assert len(lines) == values.size
    for line in lines:
        *place, value = line.split(",")
        assert np.float32(value) == values[tuple(map(int, place))]


def test_what_cannot_be_written_is_told_and_the_old_file_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "maps.csv"
    old.write_text("old")

    def refuse(old: str, new: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(FileError, match=r"maps\.csv could not be written in .*\."):
        export.write(old, COLOURS, VALUES, "x")
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]


def test_a_folder_that_is_not_there_and_a_strange_ending_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="could not be written"):
        export.write(tmp_path / "nowhere" / "maps.png", COLOURS, VALUES, "x")
    with pytest.raises(FileError, match=r"maps\.docx has no ending that says how to write it"):
        export.write(tmp_path / "maps.docx", COLOURS, VALUES, "x")


def test_the_clipboard_gets_the_picture(qapp: QApplication) -> None:
    export.copy_picture(COLOURS)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (9 * ENLARGE, 3 * ENLARGE)
    assert image.pixelColor(ENLARGE, 0).getRgb() == tuple(COLOURS[0, 1])


def test_the_clipboard_gets_the_values_as_a_table(qapp: QApplication) -> None:
    export.copy_values(VALUES[1])
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    np.testing.assert_array_equal(np.array(rows, np.float32), VALUES[1])
