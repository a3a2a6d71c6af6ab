"""Work that was kept against a crash is read as it was, or not at all."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from explorer.data import AUGMENTATIONS, Picture, read_picture
from explorer.network import Network
from explorer.session.document import Document
from explorer.session.example import Example
from explorer.session.kept_work import Work, content, read
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.writing import FileError

NETWORK = Network.parse("3x8x8 flatten linear(3)")
DOCUMENT = Document(EditableNetwork.fresh(NETWORK), title="Mine", augmentations=AUGMENTATIONS[:2])
FED = np.zeros((3, 8, 8), np.float32)
DRAWN = Picture("drawn", np.zeros((8, 8, 3), np.uint8))
WORK = Work(DOCUMENT, DRAWN, target=2, batch=(Example(FED, (0.5, 0.5), "one"),))


def _written(path: Path, work: Work, **changes: Any) -> Path:
    """The file of `work`, other things said in it beside the network."""
    whole = b"".join(content(work, {}))
    length = struct.unpack_from("<Q", whole)[0]
    header = json.loads(whole[8 : 8 + length])
    told = header["__metadata__"]
    told["left-over"] = json.dumps(json.loads(told["left-over"]) | changes)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + whole[8 + length :])
    return path


def test_work_comes_back_as_it_was(tmp_path: Path) -> None:
    work, _ = read(_written(tmp_path / "left.safetensors", WORK))
    assert work.document.augmentations == AUGMENTATIONS[:2]
    assert work.picture is not None
    assert np.array_equal(work.picture.pixels, DRAWN.pixels)
    assert work.target == 2
    assert work.batch[0].target == (0.5, 0.5)


def test_numbers_are_known_as_typed_or_not_and_those_of_older_versions_as_typed(tmp_path: Path) -> None:
    for is_typed in (True, False):
        fed = replace(WORK, picture=None, numbers=FED, is_typed=is_typed)
        assert read(_written(tmp_path / "left.safetensors", fed))[0].is_typed is is_typed
    older = b"".join(content(fed, {})).replace(b', \\"is_typed\\": false', b" " * len(b', \\"is_typed\\": false'))
    (tmp_path / "older.safetensors").write_bytes(older)
    work, _ = read(tmp_path / "older.safetensors")
    assert work.is_typed
    assert work.numbers is not None


def test_the_page_that_was_looked_at_comes_back(tmp_path: Path) -> None:
    stack = np.random.default_rng(2).integers(0, 256, (3, 8, 8), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "stack.tif", stack, photometric="minisblack")
    looked_at = replace(WORK, picture=read_picture(tmp_path / "stack.tif", page=2))
    work, _ = read(_written(tmp_path / "left.safetensors", looked_at))
    assert work.picture is not None
    np.testing.assert_array_equal(work.picture.pixels[..., 0], stack[2])


@pytest.mark.parametrize(
    "changes",
    [
        {"data": "", "augmentations": [{"name": "flip"}, {"name": "of a later version"}, {"name": "crop"}]},
        {"data": "", "augmentations": [{"name": "flip", "chance": "often"}]},
        {"data": "", "augmentations": ["flip"]},
        {"target": "two"},
        {"target": ["two"]},
        {"data": None},
        {"batch": [{"name": 1, "target": 2}]},
        {"is_batch_alone": "no"},
        {"has_fresh_weights": 2},
        {"picture": {"name": None, "path": None}},
        {"version": 2},
    ],
)
def test_what_is_told_wrongly_ends_in_a_sentence(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(FileError, match=r"left\.safetensors does not hold unsaved work of this version: .*\.$"):
        read(_written(tmp_path / "left.safetensors", WORK, **changes))


@pytest.mark.parametrize(
    "work",
    [
        replace(WORK, picture=Picture("flat", np.zeros((8, 8), np.uint8))),
        replace(WORK, picture=Picture("nothing", np.zeros((0, 8, 3), np.uint8))),
        replace(WORK, picture=None, numbers=FED.astype(np.int64)),
        replace(WORK, batch=(Example(FED[0], 1, "flat"),)),
    ],
)
def test_arrays_that_nobody_typed_end_in_a_sentence(tmp_path: Path, work: Work) -> None:
    with pytest.raises(FileError, match="unsaved work of this version"):
        read(_written(tmp_path / "left.safetensors", work))
