"""What convolutions and pooling share: a window that slides over rows and columns."""

from typing import Any

from explorer.network.layer import Layer, Remark, Repair, ShapeError
from explorer.network.shape import Shape, cells, is_map, pair, pair_text, shape_text, single
from explorer.network.window import Window, both_axes


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
    """A layer whose output has one cell for each place of a window."""

    def windows(self) -> tuple[Window, Window]:
        """The windows along rows and columns."""
        raise NotImplementedError

    def _map_size(self, shape: Shape) -> tuple[int, int]:
        """Height and width of the output; raises ShapeError where the window does not fit."""
        rows, columns = self.windows()
        height, width = rows.count(shape[1]), columns.count(shape[2])
        if height < 1 or width < 1:
            raise ShapeError(self._too_large_sentence(shape), self._smaller_window(shape))
        return height, width

    def size_formula(self, *shapes: Shape) -> str:
        if not is_map(shapes[0]):
            return ""
        rows, columns = self.windows()
        return both_axes(rows.formula(shapes[0][1]), columns.formula(shapes[0][2]))

    def remarks(self, *shapes: Shape) -> tuple[Remark, ...]:
        shape = shapes[0]
        rows, columns = self.windows()
        unread = rows.unread(shape[1]), columns.unread(shape[2])
        if not any(unread):
            return ()
        sentence = (
            f"{self._window_text()} on {shape[1]}×{shape[2]}: {self.size_formula(*shapes)}. "
            f"So {_lost_text(*unread)} never read."
        )
        return ((sentence, self._complete_cover(shape)),)

    def _window_text(self) -> str:
        rows, columns = self.windows()
        strides = pair_text((rows.stride, columns.stride)) if rows.stride != columns.stride else rows.stride
        return f"{pair_text((rows.kernel, columns.kernel))} with stride {strides}"

    def _too_large_sentence(self, shape: Shape) -> str:
        rows, columns = self.windows()
        spans = pair_text((rows.span, columns.span))
        spread = " (with its dilation)" if (rows.span, columns.span) != (rows.kernel, columns.kernel) else ""
        padded = shape[1] + rows.before + rows.after, shape[2] + columns.before + columns.after
        around = f", {pair_text(padded)} with padding" if padded != shape[1:] else ""
        return f"The {spans} window{spread} is larger than the {shape[1]}×{shape[2]} map that arrives{around}."

    def _smaller_window(self, shape: Shape) -> Repair:
        """The largest window, as dilated as now, that fits once."""
        sizes = [
            min(window.kernel, (size + window.before + window.after - 1) // window.dilation + 1)
            for window, size in zip(self.windows(), shape[1:], strict=True)
        ]
        return self.repair(kernel_size=single(*sizes))

    def _complete_cover(self, shape: Shape) -> Repair | None:
        """A change after which every cell is read: more padding, else another stride."""
        for values in self._cover_candidates():
            changed = self.with_settings(**values)
            if changed.complaint() or not changed._covers(shape):
                continue
            return self.repair(**values)
        return None

    def _cover_candidates(self) -> list[dict[str, Any]]:
        rows, columns = self.windows()
        paddings: list[dict[str, Any]] = [
            {"padding": single(rows.before + more, columns.before + more)} for more in range(1, rows.kernel // 2 + 1)
        ]
        strides = [{"stride": single(*(max(1, s - less) for s in self._strides()))} for less in range(1, rows.stride)]
        return paddings + strides

    def _strides(self) -> tuple[int, int]:
        rows, columns = self.windows()
        return rows.stride, columns.stride

    def _covers(self, shape: Shape) -> bool:
        try:
            self.output_shape(shape)
        except ShapeError:
            return False
        return not any(window.unread(size) for window, size in zip(self.windows(), shape[1:], strict=True))


def fixed_windows(layer: Any, stride: int | tuple[int, int], ceil_mode: bool = False) -> tuple[Window, Window]:
    """Windows of a layer whose padding is a number or a pair."""
    kernels, strides, paddings = pair(layer.kernel_size), pair(stride), pair(layer.padding)
    dilations = pair(getattr(layer, "dilation", 1))
    rows, columns = (
        Window(kernels[axis], strides[axis], paddings[axis], paddings[axis], dilations[axis], ceil_mode)
        for axis in (0, 1)
    )
    return rows, columns


def window_cells(kernel_size: int | tuple[int, int]) -> int:
    """How many cells a window holds."""
    return cells(pair(kernel_size))


def _lost_text(rows: int, columns: int) -> str:
    parts = [_last(rows, "row"), _last(columns, "column")]
    named = [part for part in parts if part]
    plural = len(named) > 1 or max(rows, columns) > 1
    return f"{' and '.join(named)} {'are' if plural else 'is'}"


def _last(count: int, what: str) -> str:
    if count == 0:
        return ""
    return f"the last {what}" if count == 1 else f"the last {count} {what}s"
