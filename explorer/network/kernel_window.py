"""Arithmetic of a kernel window: the patch of cells that a kernel lies on, moved along one axis."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from explorer.network.shape import fraction_text

LARGEST_LOOKED_AT = 10_000
"""The longest axis, in cells, of which each cell is asked about."""


@dataclass(frozen=True)
class KernelWindow:
    """A kernel of `kernel` cells, `dilation` apart, moved by `stride` over an axis padded on both ends.

    Source: Dumoulin & Visin, arXiv:1603.07285; with ceil_mode, PyTorch's MaxPool2d page.
    """

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def span(self) -> int:
        """Cells from the first to the last one that the kernel touches."""
        return self.dilation * (self.kernel - 1) + 1

    def room(self, size: int) -> int:
        """How far the kernel can move along a padded axis of `size` cells; negative if it does not fit."""
        return size + self.before + self.after - self.span

    def exact(self, size: int) -> Fraction:
        """The number of places before rounding."""
        return Fraction(self.room(size), self.stride) + 1

    def count(self, size: int) -> int:
        """How many places the kernel takes; below 1 if it does not fit."""
        if not self.ceil_mode:
            return self.room(size) // self.stride + 1
        places = -(-self.room(size) // self.stride) + 1
        # A patch that would start in the padding behind the axis is left out.
        starts_outside = (places - 1) * self.stride >= size + self.before
        return places - 1 if starts_outside else places

    def unread(self, size: int) -> tuple[int, ...] | range:
        """The cells that no patch holds: behind the last one, between two, and in the holes of a dilation.

        An axis of more than `LARGEST_LOOKED_AT` cells is looked at only behind the last patch.
        """
        count = self.count(size)
        reach = (count - 1) * self.stride + self.span - self.before
        has_no_gaps = self.stride <= self.kernel if self.dilation == 1 else self.stride == 1 and count >= self.dilation
        if has_no_gaps or size > LARGEST_LOOKED_AT:
            return range(max(0, reach), size)
        read = np.zeros(size, dtype=bool)
        # Cell by cell of the kernel over all places, or place by place over all its cells: the fewer the better.
        few, many = sorted([(self.kernel, self.dilation), (count, self.stride)])
        for place in range(few[0]):
            cells = place * few[1] - self.before + many[1] * np.arange(many[0])
            read[cells[(cells >= 0) & (cells < size)]] = True
        return tuple(int(cell) for cell in np.flatnonzero(~read))

    def is_hollow(self, size: int) -> bool:
        """Whether some patch holds nothing but padding, as one does whose dilation steps over a short axis.

        PyTorch's max pool makes −∞ of such a patch, and on the way back writes outside its memory.
        """
        # Those that begin in the axis hold its cells; of those that begin behind it the last is the worst.
        begun_before = range(min(self.count(size), -(-self.before // self.stride)))
        return any(self.holds_nothing(place, size) for place in (*begun_before, self.count(size) - 1))

    def holds_nothing(self, place: int, size: int) -> bool:
        """Whether the patch at `place` lies in the padding alone."""
        start = place * self.stride - self.before
        first = start if start >= 0 else start % self.dilation  # the first cell that is not in the padding before
        return first >= min(size, start + self.span)

    def formula(self, size: int) -> str:
        """(32 + 2·2 − 5)/1 + 1 = 32."""
        exact, count = self.exact(size), self.count(size)
        text = f"({size} + {self._padding_text()} − {self._span_text()})/{self.stride} + 1 = {fraction_text(exact)}"
        places = ceil(exact) if self.ceil_mode else floor(exact)
        if places != exact:
            text = f"{text}, which PyTorch rounds {'up' if self.ceil_mode else 'down'} to {places}"
        if places == count:
            return text
        return f"{text}, of which it drops the last, a patch that would begin in the padding: {count}"

    def _padding_text(self) -> str:
        return f"2·{self.before}" if self.before == self.after else f"{self.before} + {self.after}"

    def _span_text(self) -> str:
        return f"{self.kernel}" if self.dilation == 1 else f"{self.dilation}·({self.kernel} − 1) − 1"


def both_axes(rows: str, columns: str) -> str:
    """One formula where rows and columns agree, else both."""
    return rows if rows == columns else f"rows: {rows}; columns: {columns}"
