"""Where the cells of a call's inputs go, for calls that only move them: an index map made by doing the same to numbers.

Each function takes the numbers of the cells of one tensor, in its shape, and the call's settings by PyTorch's names,
and gives them as the call lays them out: in an array of the output's shape, or one for each output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

Numbers = np.ndarray
Settings = Mapping[str, Any]
Layout = Numbers | tuple[Numbers, ...]

PADDED = -1
"""Stands where the output has a number that no input holds: the call's `value`, or 0."""
MOVED: Mapping[str, tuple[str, ...]] = {
    "setitem": ("input", "value"),
    "masked_fill": ("input", "value"),
    "fill": ("input", "value"),
    "index_copy": ("input", "source"),
    "copy": ("src",),
    "scatter": ("input", "src"),
    "where": ("input", "other"),
    "embedding": ("weight",),
}
"""The arguments whose cells are moved, where they are not the input alone."""
PADDING_MODES: Mapping[str, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}
"""What numpy calls PyTorch's ways to pad with the tensor's own cells."""


def _axes(value: Any) -> tuple[int, ...]:
    return tuple(int(axis) for axis in value) if isinstance(value, (tuple, list)) else (int(value),)


def _swapped(cells: Numbers, settings: Settings) -> Numbers:
    first, second = ("axis0", "axis1") if "axis0" in settings else ("dim0", "dim1")
    return np.swapaxes(cells, settings[first], settings[second]) if cells.ndim else cells


def _expanded(cells: Numbers, settings: Settings) -> Numbers:
    size = _axes(settings["size"])
    given = (1,) * (len(size) - cells.ndim) + cells.shape
    whole = tuple(own if asked == -1 else asked for asked, own in zip(size, given, strict=True))
    return np.broadcast_to(cells, whole)


def _repeated(cells: Numbers, settings: Settings) -> Numbers:
    times = settings["repeats"] if "repeats" in settings else settings["dims"]
    return np.tile(cells, _axes(times))


def _interleaved(cells: Numbers, settings: Settings) -> Numbers:
    return np.repeat(cells, np.asarray(settings["repeats"]), axis=settings.get("dim"))


def _chunks(cells: Numbers, settings: Settings) -> tuple[Numbers, ...]:
    dim, count = settings.get("dim", 0), int(settings["chunks"])
    return _pieces(cells, -(-cells.shape[dim] // count), dim)


def _split(cells: Numbers, settings: Settings) -> tuple[Numbers, ...]:
    sizes, dim = settings["split_size_or_sections"], settings.get("dim", 0)
    if not isinstance(sizes, (tuple, list)):
        return _pieces(cells, int(sizes), dim)
    return tuple(np.split(cells, np.cumsum(sizes)[:-1], axis=dim))


def _pieces(cells: Numbers, size: int, dim: int) -> tuple[Numbers, ...]:
    """Pieces of `size` along an axis, the last one perhaps smaller."""
    return tuple(np.split(cells, range(max(size, 1), cells.shape[dim], max(size, 1)), axis=dim))


def _unbound(cells: Numbers, settings: Settings) -> tuple[Numbers, ...]:
    return tuple(np.moveaxis(cells, settings.get("dim", 0), 0))


def _padded(cells: Numbers, settings: Settings) -> Numbers:
    pad, mode = _axes(settings["pad"]), settings.get("mode") or "constant"
    pairs = [(pad[at], pad[at + 1]) for at in range(0, len(pad), 2)]  # the last axis first
    widths = [(0, 0)] * (cells.ndim - len(pairs)) + pairs[::-1]
    cut = tuple(
        slice(max(-before, 0), size - max(-after, 0)) for (before, after), size in zip(widths, cells.shape, strict=True)
    )
    grown = [(max(before, 0), max(after, 0)) for before, after in widths]
    if mode == "constant":
        return np.pad(cells[cut], grown, constant_values=PADDED)
    return np.pad(cells[cut], grown, mode=PADDING_MODES[mode])


def _rolled(cells: Numbers, settings: Settings) -> Numbers:
    shifts, dims = _axes(settings["shifts"]), settings.get("dims")
    if dims is None or dims in ((), []):
        return np.roll(cells, shifts[0])
    return np.roll(cells, shifts, _axes(dims))


def _narrowed(cells: Numbers, settings: Settings) -> Numbers:
    start = int(settings["start"]) % max(cells.shape[settings["dim"]], 1)
    return np.take(cells, range(start, start + int(settings["length"])), axis=settings["dim"])


def _shuffled_out(cells: Numbers, settings: Settings) -> Numbers:
    """(…, C·r², H, W) to (…, C, H·r, W·r)."""
    factor, (*lead, channels, rows, columns) = int(settings["upscale_factor"]), cells.shape
    apart = cells.reshape(*lead, channels // factor**2, factor, factor, rows, columns)
    woven = np.moveaxis(apart, (-4, -3), (-3, -1))
    return woven.reshape(*lead, channels // factor**2, rows * factor, columns * factor)


def _shuffled_in(cells: Numbers, settings: Settings) -> Numbers:
    """(…, C, H·r, W·r) to (…, C·r², H, W)."""
    factor, (*lead, channels, rows, columns) = int(settings["downscale_factor"]), cells.shape
    apart = cells.reshape(*lead, channels, rows // factor, factor, columns // factor, factor)
    gathered = np.moveaxis(apart, (-3, -1), (-4, -3))
    return gathered.reshape(*lead, channels * factor**2, rows // factor, columns // factor)


def _channels_shuffled(cells: Numbers, settings: Settings) -> Numbers:
    batch, channels, *rest = cells.shape
    groups = int(settings["groups"])
    return cells.reshape(batch, groups, channels // groups, *rest).swapaxes(1, 2).reshape(cells.shape)


def _unfolded(cells: Numbers, settings: Settings) -> Numbers:
    """Patches of (N, C, H, W), or of (C, H, W), as columns; or of one axis, as Tensor.unfold has them."""
    if "dimension" in settings:
        windows = np.lib.stride_tricks.sliding_window_view(cells, settings["size"], axis=settings["dimension"])
        steps = [slice(None)] * windows.ndim
        steps[settings["dimension"] % cells.ndim] = slice(None, None, settings["step"])
        return windows[tuple(steps)]
    names = ("kernel_size", "dilation", "padding", "stride")
    usual = {"dilation": 1, "padding": 0, "stride": 1}
    kernel, dilation, padding, stride = (_pair(settings.get(name, usual.get(name))) for name in names)
    lead = [(0, 0)] * (cells.ndim - 2)
    padded = np.pad(cells, [*lead, *((size, size) for size in padding)], constant_values=PADDED)
    reach = tuple(step * (size - 1) + 1 for step, size in zip(dilation, kernel, strict=True))
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach, axis=(-2, -1))
    taken = windows[..., :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]  # (…, C, H, W, kh, kw)
    columns = np.moveaxis(taken, (-2, -1), (-4, -3))
    channels = cells.shape[-3] * kernel[0] * kernel[1]
    return columns.reshape(*cells.shape[:-3], channels, columns.shape[-2] * columns.shape[-1])


def _pair(value: Any) -> tuple[int, int]:
    first, *rest = _axes(value)
    return first, rest[0] if rest else first


def _indexed(cells: Numbers, settings: Settings) -> Numbers:
    index = settings["index"]
    return cells[tuple(index) if isinstance(index, tuple) else index]


def _stacked(cells: Numbers, settings: Settings) -> Numbers:
    """The tensors are of one shape, and their numbers arrive stacked along a first axis."""
    return np.moveaxis(cells, 0, settings.get("dim", 0))


def _set(cells: Numbers, settings: Settings) -> Numbers:
    made = cells.copy()
    made[settings["index"]] = settings["value"]
    return made


def _scattered(cells: Numbers, settings: Settings) -> Numbers:
    """Along the axis to where `index` says; of several that go to one place the last is seen there."""
    index, made, source = settings["index"], cells.copy(), settings.get("src", PADDED)
    dim = settings["dim"] % cells.ndim
    places = np.indices(index.shape)
    places[dim] = index
    taken = source if np.ndim(source) == 0 else source[tuple(slice(size) for size in index.shape)]
    made[tuple(places)] = taken
    return made


def _copied_along(cells: Numbers, settings: Settings) -> Numbers:
    made = cells.copy()
    np.moveaxis(made, settings["dim"], 0)[settings["index"]] = np.moveaxis(settings["source"], settings["dim"], 0)
    return made


def _triangle(cells: Numbers, settings: Settings, *, is_upper: bool) -> Numbers:
    rows, columns = np.indices(cells.shape[-2:])
    diagonal = int(settings.get("diagonal", 0))
    kept = columns - rows >= diagonal if is_upper else columns - rows <= diagonal
    return np.where(kept, cells, PADDED)


def _looked_up(cells: Numbers, settings: Settings) -> Numbers:
    index = settings["indices"] if "indices" in settings else settings["input"]
    return cells[index]


def _split_evenly(cells: Numbers, settings: Settings) -> tuple[Numbers, ...]:
    names = ("indices_or_sections", "tensor_indices_or_sections", "sections", "indices")
    given = next(settings[name] for name in names if settings.get(name) is not None)
    sections = int(given) if np.ndim(given) == 0 else [int(index) for index in given]
    return tuple(np.array_split(cells, sections, axis=settings.get("dim", 0)))


def _all_axes_reversed(cells: Numbers, _settings: Settings) -> Numbers:
    return cells.T


def _last_two_swapped(cells: Numbers, _settings: Settings) -> Numbers:
    return np.swapaxes(cells, -1, -2)


def _as_they_are(cells: Numbers, _settings: Settings) -> Numbers:
    return cells


LAYOUTS: Mapping[str, Callable[[Numbers, Settings], Layout]] = {
    "permute": lambda cells, settings: np.transpose(cells, _axes(settings["dims"])),
    "transpose": _swapped,
    "swapaxes": _swapped,
    "swapdims": _swapped,
    "movedim": lambda cells, settings: np.moveaxis(cells, settings["source"], settings["destination"]),
    "moveaxis": lambda cells, settings: np.moveaxis(cells, settings["source"], settings["destination"]),
    "t": _all_axes_reversed,
    "T": _all_axes_reversed,
    "mT": _last_two_swapped,
    "contiguous": _as_they_are,
    "clone": _as_they_are,
    "detach": _as_they_are,
    "getitem": _indexed,
    "select": lambda cells, settings: np.take(cells, int(settings["index"]), axis=settings["dim"]),
    "narrow": _narrowed,
    "index_select": lambda cells, settings: np.take(cells, settings["index"].reshape(-1), axis=settings["dim"]),
    "gather": lambda cells, settings: _gathered(cells, settings["index"], settings["dim"]),
    "chunk": _chunks,
    "split": _split,
    "unbind": _unbound,
    "expand": _expanded,
    "broadcast_to": _expanded,
    "expand_as": lambda cells, settings: np.broadcast_to(cells, np.shape(settings["other"])),
    "repeat": _repeated,
    "tile": _repeated,
    "repeat_interleave": _interleaved,
    "stack": _stacked,
    "pad": _padded,
    "roll": _rolled,
    "flip": lambda cells, settings: np.flip(cells, _axes(settings["dims"])),
    "pixel_shuffle": _shuffled_out,
    "pixel_unshuffle": _shuffled_in,
    "channel_shuffle": _channels_shuffled,
    "unfold": _unfolded,
    "tensor_split": _split_evenly,
    "diagonal": lambda cells, settings: np.diagonal(
        cells, settings.get("offset", 0), settings.get("dim1", 0), settings.get("dim2", 1)
    ),
    "triu": lambda cells, settings: _triangle(cells, settings, is_upper=True),
    "tril": lambda cells, settings: _triangle(cells, settings, is_upper=False),
    "setitem": _set,
    "index_copy": _copied_along,
    "scatter": _scattered,
    "masked_fill": lambda cells, settings: np.where(settings["mask"], settings["value"], cells),
    "where": lambda cells, settings: np.where(settings["condition"], cells, settings["other"]),
    "copy": lambda cells, settings: np.broadcast_to(cells, np.shape(settings["input"])),
    "fill": lambda cells, settings: np.broadcast_to(settings["value"], cells.shape),
    "zero": lambda cells, _settings: np.full_like(cells, PADDED),
    "embedding": _looked_up,
}
"""How each kind of call lays out the cells that it is given."""


def _gathered(cells: Numbers, index: np.ndarray, dim: int) -> Numbers:
    """Along the axis what `index` says, along the others the same place, which `index` may cover in part only."""
    part = tuple(slice(None) if axis == dim % cells.ndim else slice(size) for axis, size in enumerate(index.shape))
    return np.take_along_axis(cells[part], index, axis=dim)
