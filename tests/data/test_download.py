"""Fetching a file from a server on this machine: whole, cut, resumed, stopped, damaged, or not there at all."""

from __future__ import annotations

import hashlib
import io
import socket
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from explorer.data import download, open_data
from explorer.data.data_set import DataError, OpeningStopped, Wish
from explorer.data.download import Remote, downloaded
from explorer.data.sets import cifar10

CONTENT = np.random.default_rng(0).bytes(700_000)
HASH = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Behaviour:
    """What the server does; `cuts` are byte counts after which the next answers break off."""

    content: bytes = CONTENT
    cuts: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    tells_length: bool = True
    status: int = 200
    asked: list[str] = field(default_factory=list)  # the Range header of each request, "" for none


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture
def remote(behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "WAIT_S", 0.0)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            behaviour.asked.append(wanted)
            if behaviour.status != 200:
                self.send_error(behaviour.status)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and behaviour.knows_ranges else 0
            rest = behaviour.content[start:]
            self.send_response(206 if start else 200)
            if start:
                size = len(behaviour.content)
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            if behaviour.tells_length:
                self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            cut = behaviour.cuts.pop(0) if behaviour.cuts else len(rest)
            try:
                self.wfile.write(rest[:cut])
            except ConnectionError:
                return  # the other side was stopped

        def log_message(self, *_arguments: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Remote((f"http://127.0.0.1:{server.server_port}/set.bin",), "set.bin", HASH, len(CONTENT))
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_arrives_whole_with_its_progress_told(remote: Remote, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = downloaded(remote, tmp_path, Wish(progress=lambda *report: told.append(report)))
    assert path.read_bytes() == CONTENT
    assert {text for text, _, _ in told} == {"Downloading set.bin"}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1:] == (len(CONTENT), len(CONTENT))
    assert [file.name for file in tmp_path.iterdir()] == ["set.bin"]


def test_a_file_that_is_there_is_not_fetched_again(remote: Remote, behaviour: Behaviour, tmp_path: Path) -> None:
    downloaded(remote, tmp_path, Wish())
    downloaded(remote, tmp_path, Wish())
    assert len(behaviour.asked) == 1


def test_a_cut_connection_goes_on_where_it_was_cut(remote: Remote, behaviour: Behaviour, tmp_path: Path) -> None:
    behaviour.cuts = [200_000, 131_072]
    path = downloaded(remote, tmp_path, Wish())
    assert path.read_bytes() == CONTENT
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in behaviour.asked[1:]]
    assert behaviour.asked[0] == ""
    assert len(starts) == 2
    assert 0 < starts[0] <= 200_000
    assert starts[0] < starts[1] <= starts[0] + 131_072


def test_a_server_that_keeps_cutting_is_given_up_and_the_next_try_goes_on(
    remote: Remote, behaviour: Behaviour, tmp_path: Path
) -> None:
    behaviour.cuts = [300_000, 0, 0, 0]
    with pytest.raises(DataError, match=r"the connection was cut\. 0\.\d of 0\.7 MB are here; trying again goes on"):
        downloaded(remote, tmp_path, Wish())
    behaviour.asked.clear()
    assert downloaded(remote, tmp_path, Wish()).read_bytes() == CONTENT
    assert behaviour.asked[0].startswith("bytes=")


def test_a_stop_keeps_what_was_fetched_for_the_next_time(remote: Remote, behaviour: Behaviour, tmp_path: Path) -> None:
    done: list[int] = []
    wish = Wish(progress=lambda _text, have, _total: done.append(have), should_stop=lambda: bool(done))
    with pytest.raises(OpeningStopped, match=r"Downloading set\.bin was stopped\. [\d.]+ kB are kept"):
        downloaded(remote, tmp_path, wish)
    kept = (tmp_path / "set.bin.part").stat().st_size
    assert 0 < kept < len(CONTENT)
    assert downloaded(remote, tmp_path, Wish()).read_bytes() == CONTENT
    assert behaviour.asked[-1] == f"bytes={kept}-"


def test_a_server_without_ranges_sends_it_all_again(remote: Remote, behaviour: Behaviour, tmp_path: Path) -> None:
    behaviour.knows_ranges, behaviour.cuts = False, [300_000]
    assert downloaded(remote, tmp_path, Wish()).read_bytes() == CONTENT


def test_a_wrong_checksum_is_told_and_nothing_of_the_file_stays(
    remote: Remote, behaviour: Behaviour, tmp_path: Path
) -> None:
    behaviour.content = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(DataError, match=r"set\.bin arrived damaged: its checksum is wrong\. It was deleted"):
        downloaded(remote, tmp_path, Wish())
    assert list(tmp_path.iterdir()) == []
    behaviour.content = CONTENT
    assert downloaded(remote, tmp_path, Wish()).read_bytes() == CONTENT


def test_a_page_to_log_in_is_told_and_what_was_fetched_stays(
    remote: Remote, behaviour: Behaviour, tmp_path: Path
) -> None:
    (tmp_path / "set.bin.part").write_bytes(CONTENT[:1000])
    behaviour.content, behaviour.knows_ranges = b"<html>log in</html>", False
    with pytest.raises(DataError, match="the server sends something else, perhaps a page to log in"):
        downloaded(remote, tmp_path, Wish())
    behaviour.content, behaviour.knows_ranges = CONTENT, True
    assert downloaded(remote, tmp_path, Wish()).read_bytes() == CONTENT
    assert behaviour.asked[-1] == "bytes=1000-"


def test_a_server_that_sends_without_end_does_not_fill_the_disk(
    remote: Remote, behaviour: Behaviour, tmp_path: Path
) -> None:
    behaviour.content, behaviour.tells_length = CONTENT * 20, False
    told: list[int] = []
    with pytest.raises(DataError, match="its checksum is wrong"):
        downloaded(remote, tmp_path, Wish(progress=lambda _text, done, _total: told.append(done)))
    assert max(told) <= len(CONTENT) + download.PIECE_BYTES


def test_a_part_longer_than_the_file_is_thrown_away(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "set.bin.part").write_bytes(b"x" * (len(CONTENT) + 1))
    assert downloaded(remote, tmp_path, Wish()).read_bytes() == CONTENT


def test_a_file_the_server_does_not_have_is_told(remote: Remote, behaviour: Behaviour, tmp_path: Path) -> None:
    behaviour.status = 404
    with pytest.raises(DataError, match="the server answers 404 Not Found"):
        downloaded(remote, tmp_path, Wish())


def test_the_next_address_is_tried_when_one_fails(remote: Remote, tmp_path: Path) -> None:
    both = Remote(("http://127.0.0.1:9/nothing", *remote.urls), "set.bin", HASH, len(CONTENT))
    assert downloaded(both, tmp_path, Wish()).read_bytes() == CONTENT


def test_no_server_at_all_is_told(remote: Remote, tmp_path: Path) -> None:
    nowhere = Remote(("http://127.0.0.1:9/nothing",), "set.bin", HASH, len(CONTENT))
    with pytest.raises(DataError, match="the server cannot be reached; is there a network connection"):
        downloaded(nowhere, tmp_path, Wish())


def test_a_server_that_goes_silent_is_told(remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        nowhere = Remote((f"http://127.0.0.1:{silent.getsockname()[1]}/x",), "set.bin", HASH, len(CONTENT))
        with pytest.raises(DataError, match="the server does not answer"):
            downloaded(nowhere, tmp_path, Wish())


def test_a_stop_ends_a_read_that_waits_for_a_server(tmp_path: Path) -> None:
    """The server sends a byte, and nothing more for as long as the test lasts."""
    stopped, told = threading.Event(), threading.Event()
    endings: list[Callable[[], object]] = []
    failures: list[BaseException] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        remote = Remote((f"http://127.0.0.1:{server.getsockname()[1]}/x",), "set.bin", HASH, len(CONTENT))
        wish = Wish(
            progress=lambda _text, done, _total: told.set() if done == 1 else None,
            should_stop=stopped.is_set,
            on_stop=endings.append,
        )

        def fetch() -> None:
            try:
                downloaded(remote, tmp_path, wish)
            except DataError as error:
                failures.append(error)

        thread = threading.Thread(target=fetch)
        thread.start()
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(CONTENT) + CONTENT[:1])
            assert told.wait(10)  # the single byte was not waited on for more
            stopped.set()
            for end in endings:
                end()
            thread.join(download.TIMEOUT_S / 2)
            assert not thread.is_alive()
    (failure,) = failures
    assert isinstance(failure, OpeningStopped)
    assert (tmp_path / "set.bin.part").read_bytes() == CONTENT[:1]


def test_a_named_data_set_is_downloaded_into_the_given_folder_and_opened(
    remote: Remote, behaviour: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = bytes(3073)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name in ("data_batch_1.bin", "test_batch.bin"):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = 2 * len(record)
            archive.addfile(member, io.BytesIO(record + b"\x01" + record[1:]))
    behaviour.content = content.getvalue()
    known = "sha256:" + hashlib.sha256(behaviour.content).hexdigest()
    monkeypatch.setattr(cifar10, "REMOTE", Remote(remote.urls, "cifar-10-binary.tar.gz", known, len(behaviour.content)))
    told: list[str] = []
    data = open_data("cifar10", folder=tmp_path / "new", progress=lambda text, _done, _total: told.append(text))
    assert data.train.labels.tolist() == [0, 1]
    assert told[0] == "Downloading cifar-10-binary.tar.gz"
    assert told[-1] == "Reading cifar-10-binary.tar.gz"
    open_data("cifar10", folder=tmp_path / "new")
    assert len(behaviour.asked) == 1


def test_a_folder_that_cannot_be_written_is_told(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"set\.bin cannot be written"):
        downloaded(remote, tmp_path / "file", Wish())
