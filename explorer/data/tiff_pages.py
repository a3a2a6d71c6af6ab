"""The pages of a TIFF: where each is described, and along which axes they lie where OME or ImageJ say so.

They are counted along their links, which takes no memory, and only so far. A page is read through a file that begins
with it, so that the last of ten thousand takes as long as the first.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from explorer.data.pages import CHANNEL, PAGE, PageAxis, Pages

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer
    from tifffile import TiffFile

PAGES_COUNTED = 10_000
DESCRIPTION_LETTERS = 2**24
"""The longest description that is looked through for axes."""
NAMELESS = "IQ"
"""Letters of tifffile's for axes of which a file says nothing but the size."""


@dataclass(frozen=True)
class TiffPages:
    """`starts` is where in the file each page is described, in the order of `axes`, the last one fastest."""

    axes: tuple[PageAxis, ...]
    starts: tuple[int, ...]
    is_more: bool = False

    def beside(self, page: int) -> tuple[int, ...]:
        """The starts of the pages that can be compared with `page`: all, or those of the same channel."""
        axis = next((at for at, axis in enumerate(self.axes) if axis.name == CHANNEL), None)
        if axis is None:
            return self.starts
        channel = self.at(page).places[axis]
        return tuple(start for at, start in enumerate(self.starts) if self.at(at).places[axis] == channel)

    def at(self, page: int) -> Pages:
        """What is told of `page`."""
        return Pages(self.axes, page, self.is_more)


def read_pages(file: IO[bytes], name: str) -> TiffPages:
    """The pages of an open TIFF; those that lie along no axes that are named are just counted."""
    form = _Form.of(file)
    starts = form.starts(file)
    found = tuple(starts[:PAGES_COUNTED])
    plain = TiffPages((PageAxis(PAGE, len(found)),), found, is_more=len(starts) > PAGES_COUNTED)
    return plain if len(found) < 2 or plain.is_more else _named(file, name, found) or plain


def has_more(file: IO[bytes]) -> bool:
    """Whether an open TIFF has more than one page."""
    form = _Form.of(file)
    first = form.first(file)
    return bool(first) and form.after(file, first) not in (0, first)


def _named(file: IO[bytes], name: str, starts: tuple[int, ...]) -> TiffPages | None:
    """The pages along the axes that the file names; None where it does not, or in a way that is not understood."""
    import tifffile

    file.seek(0)
    try:
        # It would open the other files that one of several names.
        with tifffile.TiffFile(file, name=name, _multifile=False) as opened:
            return _of_series(opened, starts) if _names_axes(opened) else None
    except Exception:  # whatever a description may hold: its pages can be shown without it
        return None


def _names_axes(opened: TiffFile) -> bool:
    if not (opened.is_ome or opened.is_imagej or opened.is_shaped):
        return False
    return len(opened.pages.first.description) <= DESCRIPTION_LETTERS


def _of_series(opened: TiffFile, starts: tuple[int, ...]) -> TiffPages | None:
    """All pages must lie in one series, each of them once: otherwise some could not be chosen."""
    if len(opened.series) != 1:
        return None
    series = opened.series[0]
    of_pages = tuple(0 if page is None else int(page.offset) for page in series.pages)
    if sorted(of_pages) != sorted(starts):
        return None
    axes: list[PageAxis] = []
    left = len(starts)
    for letter, size in zip(series.axes, series.shape, strict=False):
        if left == 1:
            break
        axes.append(PageAxis(letter, int(size)))
        left //= int(size)
    if len(axes) == 1 and axes[0].name in NAMELESS:
        return None
    pages = TiffPages(tuple(axes), of_pages)
    return pages if pages.at(0).amount == len(starts) else None


@dataclass(frozen=True)
class _Form:
    """How a TIFF writes its links: byte order, and the widths of a classic or of a big one."""

    count: str
    entry_bytes: int
    link: str

    @classmethod
    def of(cls, file: IO[bytes]) -> _Form:
        file.seek(0)
        start = file.read(4)
        order = "<" if start[:2] == b"II" else ">"
        is_big = start[2:4] in (b"+\0", b"\0+")
        return cls(f"{order}Q", 20, f"{order}Q") if is_big else cls(f"{order}H", 12, f"{order}I")

    @property
    def header_bytes(self) -> int:
        """Where the header ends, which does so with the link to the first page."""
        return 2 * struct.calcsize(self.link)

    def first(self, file: IO[bytes]) -> int:
        """Where the first page is described; 0 where the file ends before it says so."""
        return self._link_at(file, self.header_bytes - struct.calcsize(self.link))

    def after(self, file: IO[bytes], start: int) -> int:
        """Where the page after that at `start` is described; 0 after the last, or where the file ends too early."""
        try:
            file.seek(start)
            entries = struct.unpack(self.count, file.read(struct.calcsize(self.count)))[0]
            return self._link_at(file, file.tell() + entries * self.entry_bytes)
        except (struct.error, OSError, OverflowError):
            return 0

    def starts(self, file: IO[bytes]) -> list[int]:
        """Where each page is described, of more than are counted one more; a link that leads back ends it."""
        found: dict[int, None] = {}
        start = self.first(file)
        while start and start not in found and len(found) <= PAGES_COUNTED:
            found[start] = None
            start = self.after(file, start)
        return list(found)

    def _link_at(self, file: IO[bytes], place: int) -> int:
        try:
            file.seek(place)
            return int(struct.unpack(self.link, file.read(struct.calcsize(self.link)))[0])
        except (struct.error, OSError, OverflowError):
            return 0


def from_page(file: IO[bytes], start: int) -> IO[bytes]:
    """An open TIFF as if it began with the page that is described at `start`."""
    return _FromPage(file, start)  # type: ignore[return-value]  # it does what readers of TIFF ask of a file


class _FromPage(io.RawIOBase):
    """Only the link to the first page is another one; all else lies where it lies."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        super().__init__()
        form = _Form.of(file)
        file.seek(0)
        self._file = file
        self._header = file.read(form.header_bytes - struct.calcsize(form.link)) + struct.pack(form.link, start)

    def read(self, size: int | None = -1, /) -> bytes:
        at = self._file.tell()
        content = self._file.read(-1 if size is None else size)
        head = self._header[at : at + len(content)]
        return head + content[len(head) :]

    def readinto(self, buffer: Buffer, /) -> int:
        room = memoryview(buffer).cast("B")
        content = self.read(len(room))
        room[: len(content)] = content
        return len(content)

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def fileno(self) -> int:
        return self._file.fileno()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
