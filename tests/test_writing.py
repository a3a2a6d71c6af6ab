"""Files are whole or as they were, whatever ends the writing, and nothing is written through somebody's link."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import writing
from explorer.writing import FileError, not_through_links, write_atomically, write_together


@pytest.mark.parametrize(
    ("owner", "step", "error", "reason"),
    [
        (writing, "not_through_links", PermissionError(13, "Permission denied"), "permission denied"),
        (os, "fsync", OSError(28, "No space left on device"), "no space left on device"),
        (os, "replace", PermissionError(13, "Permission denied"), "permission denied"),
    ],
    ids=["unwritable folder", "full disk", "unwritable file"],
)
def test_what_cannot_be_written_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str, error: OSError, reason: str
) -> None:
    path = tmp_path / "small.json"
    write_atomically(path, b"old")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(FileError, match=rf"small\.json could not be written in .*: {reason}\."):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"small.json": b"old"}


def test_what_a_part_raises_leaves_the_old_file(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"first"
        raise ValueError("no second part")

    write_atomically(tmp_path / "a", b"old")
    with pytest.raises(ValueError, match="no second part"):
        write_atomically(tmp_path / "a", parts())
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a": b"old"}


def test_of_several_files_none_takes_its_place_before_all_are_written(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"old")
    with pytest.raises(FileError, match="two could not be written"):
        write_together([(tmp_path / "one", b"new"), (tmp_path / "gone" / "two", b"new")])
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"one": b"old"}
    write_together([(tmp_path / "one", b"new"), (tmp_path / "two", b"too")])
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"one": b"new", "two": b"too"}


def test_a_file_keeps_its_permissions_and_a_new_one_has_the_persons(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    before = os.umask(0o027)
    try:
        write_atomically(path, b"old")
        assert path.stat().st_mode & 0o777 == 0o640
        path.chmod(0o666)
        write_atomically(path, b"new")
        assert path.stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").read_bytes() == b"new"
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_nothing_is_written_through_a_link_that_lies_where_the_new_file_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    names = iter(["00000000", "11111111"])
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: next(names))
    (tmp_path / ".a.00000000.part").symlink_to(tmp_path / "precious")
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_a_file_that_is_written_in_its_place_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"):
        open(tmp_path / "link", "ab", opener=not_through_links).close()
    with open(tmp_path / "plain", "ab", opener=not_through_links) as file:
        file.write(b"content")
    assert (tmp_path / "plain").read_bytes() == b"content"
    assert (tmp_path / "precious").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("name", "words"), [("folder", "not a file that could be replaced"), ("pipe", "not a file that")]
)
def test_a_folder_and_a_pipe_are_not_replaced(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match=words):
        write_atomically(tmp_path / name, b"new")
    assert {each.name for each in tmp_path.iterdir()} == {"folder", "pipe"}


@pytest.mark.parametrize("path", ["", "/", "with a \0 inside"])
def test_what_is_no_name_of_a_file_is_a_sentence(path: str) -> None:
    with pytest.raises(FileError, match=r"is not a file name\.|not a file that could be replaced\."):
        write_atomically(path, b"new")


def test_what_a_killed_process_left_beside_is_cleared_and_what_another_one_writes_is_not(tmp_path: Path) -> None:
    for name in (".a.0123abcd.part", ".a.tmp_x_1z.part", ".b.0123abcd.part", ".a.part"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / ".a.fedc9876.part").symlink_to("a")
    with (tmp_path / ".a.89abcdef.part").open("wb") as written:
        fcntl.flock(written, fcntl.LOCK_EX)
        write_atomically(tmp_path / "a", b"new")
    kept = {".a.89abcdef.part", ".b.0123abcd.part", ".a.part", ".a.fedc9876.part", "a"}
    assert {each.name for each in tmp_path.iterdir()} == kept
