"""Folders that lie in each other deeper than Python's own walk goes, beside what is to be read."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import DataError, open_data
from explorer.data.files_below import files_below, letters_to

DEPTHS = {"d": 1100, "long" * 10: 110}
"""Deeper than Python calls itself, and to longer paths than the system reads."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths are shorter there")


@pytest.fixture(params=DEPTHS)
def nested(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Folders of that name in each other, which no function of Python could remove."""
    name: str = request.param
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(DEPTHS[name]):
        os.mkdir(name, dir_fd=folder)
        outer, folder = folder, os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(outer)
    os.close(folder)
    yield name
    for _ in range(DEPTHS[name] - 1):
        (tmp_path / name / name).rename(tmp_path / "inner")
        (tmp_path / name).rmdir()
        (tmp_path / "inner").rename(tmp_path / name)


def _pictures(folder: Path, *names: str) -> None:
    folder.mkdir()
    for name in names:
        Image.new("RGB", (8, 6), (200, 30, 30)).save(folder / name)


def test_class_folders_are_read_beside_them(tmp_path: Path, nested: str) -> None:
    with pytest.raises(DataError, match=r"There are no pictures in the class folders of"):
        open_data(tmp_path)
    for of_class in ("cat", "dog"):
        _pictures(tmp_path / of_class, "0.png", "1.png")
    data = open_data(tmp_path)
    assert data.classes == ("cat", "dog")
    told = [(skipped.path[:8], skipped.sentence) for skipped in data.skipped]
    assert told == ([] if nested == "d" else [("longlong", "The folder lies too deep to be read.")])


@pytest.mark.usefixtures("nested")
def test_the_pictures_of_a_table_are_found_beside_them(tmp_path: Path) -> None:
    _pictures(tmp_path / "elsewhere", *(f"{number}.png" for number in range(4)))
    (tmp_path / "table.csv").write_text("name,label\n0.png,a\n1.png,b\n2.png,a\n3.png,b\n")
    data = open_data(tmp_path / "table.csv")
    assert data.skipped == ()
    assert sorted(data.train.name_of(index) for index in np.arange(len(data.train)))[0].startswith("elsewhere")


def test_a_folder_that_opens_and_then_refuses_what_is_in_it_is_told_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pictures(tmp_path / "a", "0.png")
    _pictures(tmp_path / "b", "1.png")
    scandir = os.scandir

    @contextmanager
    def refusing(path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        def entries() -> Iterator[os.DirEntry[str]]:
            if path.endswith("a"):
                raise PermissionError(errno.EACCES, "Permission denied")
            yield from scandir(path)

        yield entries()

    monkeypatch.setattr(os, "scandir", refusing)
    unread: list[str] = []
    found = files_below(str(tmp_path), enters=lambda _given: None, unread=lambda folder, _error: unread.append(folder))
    assert [entry.name for entry in found] == ["1.png"]
    assert unread == [str(tmp_path / "a")]


@pytest.mark.parametrize("top", ["/", "/home/me/pictures"])
def test_what_lies_below_a_folder_is_named_from_there(top: str) -> None:
    path = os.path.join(top, "cat", "0.png")
    assert path[letters_to(top) :] == os.path.join("cat", "0.png")
