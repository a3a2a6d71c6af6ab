"""What is looked at before a file is read, and how much of a text a sentence repeats."""

from __future__ import annotations

import io
import os
import re
import socket
import tracemalloc
from pathlib import Path

import pytest

from explorer.bounds import (
    Budget,
    Refused,
    brief,
    check_regular,
    open_regular,
    quoted,
    read_regular,
    sentence,
)

posix_only = pytest.mark.skipif(os.name != "posix", reason="pipes with names and device files are of POSIX systems")


def test_a_plain_file_is_read_and_a_link_to_it_followed(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_bytes(b"content")
    assert read_regular(tmp_path / "there.txt", at_most_bytes=7) == b"content"
    with open_regular(tmp_path / "there.txt") as file:
        assert file.read(3) == b"con"
    if os.name == "posix":
        (tmp_path / "link").symlink_to(tmp_path / "there.txt")
        assert read_regular(tmp_path / "link", at_most_bytes=7) == b"content"


def test_a_read_makes_no_room_for_what_a_file_does_not_hold(tmp_path: Path) -> None:
    """A damaged file announces gigabytes; Python would make room for them before it reads."""
    (tmp_path / "small").write_bytes(b"content")
    with open_regular(tmp_path / "small") as file:
        file.read(3)
        tracemalloc.start()
        try:
            assert file.read(2**32 - 1) == b"tent"
            assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
        finally:
            tracemalloc.stop()


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="files without a length are of Linux")
def test_a_file_whose_system_says_no_length_is_read() -> None:
    assert b"VmSize" in read_regular("/proc/self/status", at_most_bytes=2**30)


@posix_only
def test_what_is_no_plain_file_is_refused_at_once_with_its_kind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    for name, kind in (("pipe.json", "a pipe"), ("zero.json", "a device"), ("socket", "a socket"), (".", "a folder")):
        with pytest.raises(Refused, match=f"is {kind}, not a file that can be read to its end"):
            read_regular(tmp_path / name, at_most_bytes=100)


def test_a_file_of_gigabytes_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(3 << 30)  # no byte of it is written
    with pytest.raises(Refused, match=r"^huge\.json holds 3.22 GB; of such a file at most 16 MB are read\.$"):
        open_regular(tmp_path / "huge.json", at_most_bytes=16 * 10**6)


def test_what_is_missing_or_no_name_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=rf"^There is no file gone\.json in {re.escape(str(Path.cwd()))}\.$"):
        read_regular("gone.json", at_most_bytes=1)
    with pytest.raises(Refused, match=r"There is no file gone\.json in "):
        check_regular(tmp_path / "gone.json")
    with pytest.raises(Refused, match="is not a file name"):
        check_regular("a\0b")
    with pytest.raises(Refused, match="could not be read: file name too long"):
        check_regular(tmp_path / ("x" * 5000))


def test_what_unpacks_to_more_than_the_budget_is_given_up_in_the_middle() -> None:
    budget = Budget("bomb.gz", 5000)
    assert len(budget.read(io.BytesIO(bytes(4000)), piece_bytes=1000)) == 4000
    endless = io.BytesIO(bytes(10**6))
    with pytest.raises(Refused, match=r"bomb\.gz unpacks to 6 kB or more: up to 5 kB are read"):
        budget.read(endless, piece_bytes=1000)
    assert endless.tell() == 2000  # no more of it was unpacked
    assert Budget("part.gz", 5000).read(io.BytesIO(bytes(4000)), 10) == bytes(10)


def test_a_sentence_repeats_no_megabyte() -> None:
    assert brief("a short\nname") == "a short name"
    assert brief("x" * 10**6) == "x" * 40 + "…" + "x" * 19
    assert len(brief("x" * 61)) == 60
    assert quoted("x" * 10**6) == f"'{'x' * 40}…{'x' * 19}'"
    assert len(quoted(list(range(10**6)))) <= 60
    assert sentence("A word.") == "A word."
    assert len(sentence("word " * 10**6)) == 600
