"""What convolutions and pooling share: a kernel window that slides over rows and columns."""

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.amounts import listed
from explorer.network.kernel_window import KernelWindow, both_axes
from explorer.network.layer import Layer, Remark, Repair, ShapeError
from explorer.network.shape import Shape, cells, is_map, pair, pair_text, shape_text, single

LISTED = 4
"""Rows or columns that are never read are listed up to so many; more are only counted."""


def expect_map(layer: Layer, shape: Shape) -> None:
    """Raises ShapeError unless the shape is (C, H, W)."""
    if not is_map(shape):
        raise ShapeError(
            f"{layer.kind} needs a map of channels × height × width, but what arrives is a row of {shape_text(shape)}."
        )


def arrivals(channels: int) -> str:
    """3 channels arrive."""
    return "1 channel arrives" if channels == 1 else f"{channels} channels arrive"


class Windowed(Layer):
    """A layer whose output has one cell for each place of its kernel window."""

    def kernel_windows(self) -> tuple[KernelWindow, KernelWindow]:
        """The kernel windows along rows and columns."""
        raise NotImplementedError

    def _map_size(self, shape: Shape) -> tuple[int, int]:
        """Height and width of the output; raises ShapeError where the kernel does not fit."""
        rows, columns = self.kernel_windows()
        height, width = rows.count(shape[1]), columns.count(shape[2])
        if height < 1 or width < 1:
            raise ShapeError(self._too_large_sentence(shape), self._smaller_kernel(shape))
        return height, width

    def size_formula(self, *shapes: Shape) -> str:
        if not is_map(shapes[0]):
            return ""
        rows, columns = self.kernel_windows()
        return both_axes(rows.formula(shapes[0][1]), columns.formula(shapes[0][2]))

    def remarks(self, *shapes: Shape) -> tuple[Remark, ...]:
        shape = shapes[0]
        lost = self.unread(shape)
        if not any(lost):
            return ()
        sentence = (
            f"{self._kernel_text()} on {shape[1]}×{shape[2]}: {self.size_formula(*shapes)}. "
            f"So {lost_text(*lost, shape=shape)} never read."
        )
        return ((sentence, self._complete_covers(shape)),)

    def unread_text(self, *shapes: Shape) -> str:
        if not is_map(shapes[0]):
            return ""
        return lost_names(*self.unread(shapes[0]), shape=shapes[0])

    def unread(self, shape: Shape) -> tuple[Sequence[int], Sequence[int]]:
        """The rows and the columns of a map of `shape` that no patch holds."""
        rows, columns = self.kernel_windows()
        return rows.unread(shape[1]), columns.unread(shape[2])

    def _kernel_text(self) -> str:
        rows, columns = self.kernel_windows()
        strides = pair_text((rows.stride, columns.stride)) if rows.stride != columns.stride else rows.stride
        return f"{pair_text((rows.kernel, columns.kernel))} with stride {strides}"

    def _too_large_sentence(self, shape: Shape) -> str:
        rows, columns = self.kernel_windows()
        spans = pair_text((rows.span, columns.span))
        spread = " (with its dilation)" if (rows.span, columns.span) != (rows.kernel, columns.kernel) else ""
        padded = shape[1] + rows.before + rows.after, shape[2] + columns.before + columns.after
        around = f", {pair_text(padded)} with padding" if padded != shape[1:] else ""
        return f"The {spans} kernel window{spread} is larger than the {shape[1]}×{shape[2]} map that arrives{around}."

    def _smaller_kernel(self, shape: Shape) -> Repair:
        """The largest kernel, dilated as it is now, that fits once."""
        sizes = [
            min(window.kernel, (size + window.before + window.after - 1) // window.dilation + 1)
            for window, size in zip(self.kernel_windows(), shape[1:], strict=True)
        ]
        return self.repair(kernel_size=single(*sizes))

    def _complete_covers(self, shape: Shape) -> Iterator[Repair]:
        """Changes after which every cell is read: more padding, another stride, no dilation."""
        for values in self._cover_candidates():
            changed = self.with_settings(**values)
            if not changed.complaint() and changed._covers(shape):
                yield self.repair(**values)

    def _cover_candidates(self) -> list[dict[str, Any]]:
        rows, columns = self.kernel_windows()
        paddings: list[dict[str, Any]] = [
            {"padding": single(rows.before + more, columns.before + more)} for more in range(1, rows.kernel // 2 + 1)
        ]
        gap = max(1, *(window.stride - window.kernel for window in (rows, columns)))  # larger ones leave cells between
        strides = [{"stride": single(*(max(1, s - less) for s in self._strides()))} for less in range(gap, rows.stride)]
        dense: list[dict[str, Any]] = [{"dilation": 1}] if max(rows.dilation, columns.dilation) > 1 else []
        return [*paddings, *strides, *dense, *({**stride, "dilation": 1} for stride in strides if dense)]

    def _strides(self) -> tuple[int, int]:
        rows, columns = self.kernel_windows()
        return rows.stride, columns.stride

    def _covers(self, shape: Shape) -> bool:
        try:
            self.output_shape(shape)
        except ShapeError:
            return False
        return not any(self.unread(shape))


def fixed_kernel_windows(
    layer: Any, stride: int | tuple[int, int], ceil_mode: bool = False
) -> tuple[KernelWindow, KernelWindow]:
    """The kernel windows of a layer whose padding is a number or a pair."""
    kernels, strides, paddings = pair(layer.kernel_size), pair(stride), pair(layer.padding)
    dilations = pair(getattr(layer, "dilation", 1))
    rows, columns = (
        KernelWindow(kernels[axis], strides[axis], paddings[axis], paddings[axis], dilations[axis], ceil_mode)
        for axis in (0, 1)
    )
    return rows, columns


def kernel_cells(kernel_size: int | tuple[int, int]) -> int:
    """How many cells a kernel has."""
    return cells(pair(kernel_size))


def lost_text(rows: Sequence[int], columns: Sequence[int], *, shape: Shape) -> str:
    """ "the last row and 8 of 12 columns are"."""
    axes = [cells for cells in (rows, columns) if cells]
    is_listed = any(map(_is_listed, (rows, columns), shape[1:]))
    text = lost_names(rows, columns, shape=shape) + (", counted from 0," if is_listed else "")
    return f"{text} {'are' if len(axes) > 1 or len(axes[0]) > 1 else 'is'}"


def lost_names(rows: Sequence[int], columns: Sequence[int], *, shape: Shape) -> str:
    """ "the last row and 8 of 12 columns" of a map of `shape` (C, H, W); "" for none."""
    axes = [axis for axis in ((rows, shape[1], "row"), (columns, shape[2], "column")) if axis[0]]
    return " and ".join(_lost(*axis) for axis in axes)


def _lost(cells: Sequence[int], size: int, what: str) -> str:
    """What is lost of one axis: its end, else each place, else how many."""
    count, noun = len(cells), what if len(cells) == 1 else f"{what}s"
    if _is_listed(cells, size):
        return f"{noun} {listed([str(cell) for cell in cells])}"
    if _is_end(cells, size):
        return f"the last {what}" if count == 1 else f"the last {count} {noun}"
    return f"{count:,} of {size:,} {noun}"


def _is_end(cells: Sequence[int], size: int) -> bool:
    return cells[0] == size - len(cells) and cells[0] > 0


def _is_listed(cells: Sequence[int], size: int) -> bool:
    return 0 < len(cells) <= LISTED and not _is_end(cells, size)
