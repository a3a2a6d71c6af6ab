"""A sample of the campaign of mutated files: each ends in what it shows or in a sentence; none ends the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.data import DataError, PictureError
from explorer.engine.errors import EngineError
from explorer.writing import FileError
from tests.campaigns.mutated_files import content_of
from tests.campaigns.whole_files import wholes

SAMPLE = 25


@pytest.mark.parametrize("kind", list(wholes()))
def test_a_mutated_file_is_shown_or_told_in_a_sentence(kind: str, tmp_path: Path) -> None:
    whole = wholes()[kind]
    path = tmp_path / kind
    path.parent.mkdir(exist_ok=True)
    for name, content in whole.beside.items():
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_bytes(content)
    for number in range(SAMPLE):
        path.write_bytes(content_of(whole, number, seed=0))
        try:
            whole.open(path)
        except (DataError, PictureError, EngineError, FileError) as error:
            told = str(error)
            assert told.endswith((".", "…")), number
            assert len(told) < 700, number


@pytest.mark.parametrize("kind", [kind for kind in wholes() if kind != "array.npy"])
def test_the_files_that_are_mutated_are_whole(kind: str, tmp_path: Path) -> None:
    whole = wholes()[kind]
    for place, content in enumerate(whole.contents):
        path = tmp_path / str(place) / kind
        path.parent.mkdir(parents=True)
        for name, beside in whole.beside.items():
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).write_bytes(beside)
        path.write_bytes(whole.pack(content))
        assert whole.open(path) is not None
