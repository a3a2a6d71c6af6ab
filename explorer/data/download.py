"""Fetching a published file: with progress, stoppable at any moment, resumed where it was cut off, checked by its hash.

Pooch checks the hash and puts the finished file in its place. It cannot go on with half a file (nor can the other
maintained libraries that were looked at), so the part in between, which Pooch lets one replace, is written here
with requests.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.amounts import file_size, part_of_file
from explorer.data.data_set import DataError, OpeningStopped, Wish
from explorer.writing import not_through_links

if TYPE_CHECKING:
    import requests

PIECE_BYTES = 64 * 2**10
CONNECT_S, TIMEOUT_S = 5.0, 10.0
ATTEMPTS = 3
"""How often in a row a server may send nothing before it is given up on."""
WAIT_S = 1.0


@dataclass(frozen=True)
class Remote:
    """A published file: the addresses that have it, what it is called here, "sha256:…", and its length."""

    urls: tuple[str, ...]
    file_name: str
    known_hash: str
    size: int


def download_folder(name: str) -> Path:
    """Where downloads of the data set `name` are kept: in the person's cache folder."""
    # What pooch.os_cache gives, without the tenth of a second that importing Pooch takes: menus ask this.
    import platformdirs

    return Path(platformdirs.user_cache_dir("network-explorer")) / name


def downloaded(remote: Remote, folder: Path, wish: Wish) -> Path:
    """The file in `folder`, fetched if it is not there or not as published.

    What was fetched before a cut or a stop stays as FILE.part and is not fetched again. Raises OpeningStopped, and
    DataError with the reason in a sentence.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    fetch = _Fetch(remote, folder / f"{remote.file_name}.part", wish)
    try:
        path = pooch.retrieve(
            remote.urls[0], remote.known_hash, fname=remote.file_name, path=folder, downloader=fetch.to_file
        )
    except DataError:
        raise
    except ValueError as error:
        raise DataError(
            f"{remote.file_name} arrived damaged: its checksum is wrong. It was deleted; try again."
        ) from error
    except OSError as error:
        raise DataError(f"{remote.file_name} cannot be written: {error.strerror or error}.") from error
    return Path(path)


@dataclass(frozen=True)
class _Fetch:
    remote: Remote
    part: Path
    wish: Wish

    def to_file(self, _url: str, output_file: str, _pooch: object) -> None:
        """What Pooch calls: the whole file under the name `output_file`."""
        reason = "no server has it"
        for url in self.remote.urls:
            reason = self._from_server(url)
            if not reason:
                os.replace(self.part, output_file)
                return
        have = part_of_file(self._have(), self.remote.size)
        raise DataError(
            f"{self.remote.file_name} could not be downloaded: {reason}. "
            f"{have} are here; trying again goes on from there."
        )

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _from_server(self, url: str) -> str:
        """Fetch what is missing, again after each cut; the reason why it did not work, "" if it did."""
        import requests

        reason, failures = "", 0
        while failures < ATTEMPTS:
            before = self._have()
            try:
                self._rest(url)
                return ""
            except requests.HTTPError as error:
                return f"the server answers {error.response.status_code} {error.response.reason}"
            except requests.RequestException as error:
                self._tell(self._have())  # where it was stopped, that is why
                reason = _reason(error)
            failures = failures + 1 if self._have() <= before else 0
            self._pause()
        return reason

    def _pause(self) -> None:
        """Wait a little, but notice when the person stops it."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            self._tell(self._have())
            time.sleep(0.05)

    def _tell(self, have: int) -> None:
        try:
            self.wish.tell(f"Downloading {self.remote.file_name}", have, self.remote.size)
        except OpeningStopped as error:
            raise OpeningStopped(f"{error} {file_size(have)} are kept for the next time.") from error

    def _rest(self, url: str) -> None:
        import requests

        if self._have() > self.remote.size:
            self.part.unlink()
        have = self._have()
        if have == self.remote.size:
            return
        # Not compressed on the way: a range counts the bytes of the file.
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
        with requests.get(url, headers=headers, stream=True, timeout=(CONNECT_S, TIMEOUT_S)) as response:
            if self.wish.on_stop is not None:
                self.wish.on_stop(response.raw.shutdown)
            response.raise_for_status()
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            have = have if goes_on else 0
            length = response.headers.get("Content-Length", "")
            if length.isdigit() and have + int(length) != self.remote.size:
                raise requests.exceptions.ContentDecodingError("another file")
            self._write(response, have)
        if self._have() < self.remote.size:
            raise requests.ConnectionError("the connection was cut")

    def _write(self, response: requests.Response, have: int) -> None:
        """A server that sends the whole file again (`have` 0) begins the part anew; one that never ends is given up."""
        with open(self.part, "ab" if have else "wb", opener=not_through_links) as file:
            for piece in _pieces(response):
                self._tell(have)  # before it is written: another thread may be fetching the file by now
                have += file.write(piece)
                self._tell(have)
                if have > self.remote.size:
                    break


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """What the server sends, as it comes: single bytes from a slow one, so that a stop is noticed between them."""
    import requests
    from urllib3 import exceptions

    try:
        while piece := response.raw.read1(PIECE_BYTES, decode_content=True):
            yield piece
    except exceptions.ReadTimeoutError as error:
        raise requests.Timeout from error
    except exceptions.HTTPError as error:
        raise requests.ConnectionError("the connection was cut") from error


def _reason(error: Exception) -> str:
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate cannot be verified"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "the server sends something else, perhaps a page to log in to the network"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.exceptions.ChunkedEncodingError) or "cut" in str(error):
        return "the connection was cut"
    return "the server cannot be reached; is there a network connection?"
