"""Which cells of the input a cell was made from. Pure: geometry in, masks out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from explorer.amounts import VeiledCount
from explorer.network.axis_rule import AxisRule
from explorer.network.channel_rule import ChannelRule, channels_read
from explorer.network.shape import Shape

Mask = npt.NDArray[np.bool_]
INPUT = "input"


@dataclass(frozen=True)
class Geometry:
    """How the cells of one call's output lie over the cells of what it reads.

    A row of numbers (features,) counts as a map of one row, so that its columns are the features.
    Several parents with different rules: a tuple of rules, one for each parent.
    """

    name: str
    parents: tuple[str, ...]
    rows: AxisRule | tuple[AxisRule, ...]
    columns: AxisRule | tuple[AxisRule, ...]
    channels: ChannelRule | tuple[ChannelRule, ...] = "mixed"
    flattens: Shape | None = None
    """(C, H, W) where the call lays a map out in one row; `rows` and `columns` then play no part."""

    def channel_rule(self, parent: int) -> ChannelRule:
        """The rule of the channels of one parent."""
        return self.channels[parent] if isinstance(self.channels, tuple) else self.channels

    def axes(self, parent: int) -> tuple[AxisRule, AxisRule]:
        """The rules towards one parent."""
        rows = self.rows[parent] if isinstance(self.rows, tuple) else self.rows
        columns = self.columns[parent] if isinstance(self.columns, tuple) else self.columns
        return rows, columns


@dataclass(frozen=True)
class Field:
    """Cells of the input: `mask` (H, W), and the smallest `box` around them, (top, left, bottom, right), half-open.

    `channels` are those of the input's that are read; None for all of them.
    """

    mask: Mask = field(repr=False)
    box: tuple[int, int, int, int]
    channels: frozenset[int] | None = None
    is_asked: bool = False
    """Whether how large it is is not to be told yet."""

    @classmethod
    def of(cls, mask: Mask, channels: frozenset[int] | None = None) -> "Field":
        """The field of a mask; the box of an empty one is (0, 0, 0, 0)."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size:
            return cls(mask, (0, 0, 0, 0), channels)
        return cls(mask, (int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1), channels)

    def size(self, input_shape: Shape) -> Shape:
        """Rows, columns and channels of its box in an input of (C, H, W); how many numbers of one of (features,).

        Of any other input its rows and columns.
        """
        top, left, bottom, right = self.box
        rows, columns = (VeiledCount(size) if self.is_asked else size for size in (bottom - top, right - left))
        if len(input_shape) == 1:
            return (columns,)
        if len(input_shape) != 3:
            return rows, columns
        return rows, columns, input_shape[0] if self.channels is None else len(self.channels)

    @property
    def amount(self) -> int:
        """How many cells of a channel it has."""
        amount = int(self.mask.sum())
        return VeiledCount(amount) if self.is_asked else amount


class ReceptiveFields:
    """Receptive fields of the cells of one recording, on its input of (H, W) cells.

    Exact through skips, stride, dilation and padding: what a cell reads is followed back call by
    call as a mask, so holes stay holes, and channel by channel.
    """

    def __init__(self, geometries: Sequence[Geometry], input_size: tuple[int, int]) -> None:
        self._geometries: Mapping[str, Geometry] = MappingProxyType({each.name: each for each in geometries})
        self._order = [each.name for each in geometries]
        self._input_size = input_size

    def field(self, name: str, row: int, column: int, channel: int | None = None) -> Field | None:
        """The cells of the input that this cell of the call reads, or None for a call or a cell that is not known.

        In a row of numbers `row` is 0 and `column` the feature. Without a channel a cell of a
        concatenation stands for all its channels.
        """
        if name != INPUT and name not in self._geometries:
            return None
        height, width = self._size(name)
        if not (
            0 <= row < height and 0 <= column < width
        ):  # for a call of a person's own model that is shown in another shape
            return None
        mask = np.zeros((height, width), dtype=bool)
        mask[row, column] = True
        return Field.of(*self._follow(name, channel, mask))

    def _follow(self, name: str, channel: int | None, mask: Mask) -> tuple[Mask, frozenset[int] | None]:
        wanted = _Wanted()
        wanted.add(name, channel, mask)
        position = len(self._order) if name == INPUT else self._order.index(name) + 1
        for earlier in reversed(self._order[:position]):
            self._hand_back(self._geometries[earlier], wanted.pop(earlier), wanted)
        found = np.zeros(self._input_size, dtype=bool)
        of_input = wanted.pop(INPUT)
        for cells in of_input.values():
            found |= cells
        own = {channel for channel, cells in of_input.items() if cells.any()}
        return found, None if None in own else frozenset(channel for channel in own if channel is not None)

    def _hand_back(self, geometry: Geometry, asked: Mapping[int | None, Mask], wanted: "_Wanted") -> None:
        """The cells that a call wants of its parents, given those that are asked of it, by channel."""
        if geometry.flattens is not None:
            for mask in asked.values():
                for own, cells in _by_channel(mask.reshape(geometry.flattens)):
                    wanted.add(geometry.parents[0], own, cells)
            return
        for position, parent in enumerate(geometry.parents):
            if parent != INPUT and parent not in self._geometries:
                continue
            rule = geometry.channel_rule(position)
            # The channels of a convolution mostly ask for the same cells of the same channels.
            reads = {(channels_read(rule, channel), id(mask)): mask for channel, mask in asked.items()}
            for (channels, _), mask in reads.items():
                if channels:
                    cells = wanted.back(geometry, position, mask)
                    for own in channels:
                        wanted.add(parent, own, cells)

    def _size(self, name: str) -> tuple[int, int]:
        if name == INPUT:
            return self._input_size
        geometry = self._geometries[name]
        if geometry.flattens is not None:
            return 1, int(np.prod(geometry.flattens))
        rows, columns = geometry.axes(0)
        return rows.size_out, columns.size_out


class _Wanted:
    """For each call the cells asked of it: a mask for each channel, under None for all channels.

    Of nearly all calls all channels want the same cells: they share one mask, which is worked with once.
    """

    def __init__(self) -> None:
        self._masks: dict[str, dict[int | None, Mask]] = {}
        # Their masks are kept with both: an id is one while they live.
        self._unions: dict[tuple[int, int], tuple[Mask, Mask, Mask]] = {}
        self._backs: dict[tuple[str, int, int], tuple[Mask, Mask]] = {}

    def add(self, name: str, channel: int | None, mask: Mask) -> None:
        masks = self._masks.setdefault(name, {})
        known = masks.get(channel)
        masks[channel] = mask if known is None or known is mask else self._union(known, mask)

    def back(self, geometry: Geometry, position: int, mask: Mask) -> Mask:
        """The cells of a call's parent that the cells of `mask` read."""
        key = geometry.name, position, id(mask)
        if key not in self._backs:
            rows, columns = geometry.axes(position)
            self._backs[key] = mask, columns.back(rows.back(mask).T).T
        return self._backs[key][1]

    def _union(self, one: Mask, other: Mask) -> Mask:
        key = id(one), id(other)
        if key not in self._unions:
            self._unions[key] = one, other, one | other
        return self._unions[key][2]

    def pop(self, name: str) -> dict[int | None, Mask]:
        return self._masks.pop(name, {})


def _by_channel(volume: Mask) -> Iterator[tuple[int | None, Mask]]:
    """The wanted cells of each channel of (C, H, W) that has some; once under None where all want the same."""
    if (volume == volume[0]).all():
        yield None, volume[0]
        return
    for channel in np.flatnonzero(volume.any(axis=(1, 2))):
        yield int(channel), volume[channel]
