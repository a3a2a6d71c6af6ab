"""The words of the calls that only move cells, and their lines of PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.arithmetic.python_call import value_text
from explorer.arithmetic.words import DY, KindWords, Told, moved

_BACK = "Each gradient goes back to the cell that its number came from."
_COPIES = "A cell that was copied takes back the sum of its copies' gradients."
_TAKEN = "The gradients go back to the cells that were taken; the others get 0."


def _moved(title: str, sentence: str, formula: str, back: str = _BACK) -> KindWords:
    return KindWords(title, Told(sentence, formula), moved(back))


def _copied(title: str, sentence: str, formula: str) -> KindWords:
    back = Told(_COPIES, f"∂L/∂x = Σ {DY} over the copies of x")
    return KindWords(title, Told(sentence, formula), {"": back})


_SWAP = _moved(
    "Transpose", "Two axes of {input} change places; no number changes.", "y[…, j, …, i, …] = x[…, i, …, j, …]"
)
_TURN = _moved("Transpose", "Rows of {input} become columns; no number changes.", "y[j, i] = x[i, j]")
_SHIFT = _moved(
    "Move axes", "Axes of {input} move to other places; no number changes.", "y = x, its axes in another order"
)
_COPY = _moved("Copy", "The numbers of {input} as they are, laid out anew in memory.", "y = x")
_SPREAD = _copied(
    "Expand", "{input} is repeated where it has one cell, to {shape}; nothing is copied.", "y = x, repeated"
)
_REPEAT = _copied("Repeat", "{input} is laid out several times, to {shape}.", "y = x, x, …")

MOVE_WORDS: dict[str, KindWords] = {
    "permute": _moved(
        "Permute", "The axes of {input} in another order; no number changes.", "y = x, its axes in another order"
    ),
    "transpose": _SWAP,
    "swapaxes": _SWAP,
    "swapdims": _SWAP,
    "movedim": _SHIFT,
    "moveaxis": _SHIFT,
    "t": _TURN,
    "T": _TURN,
    "mT": _TURN,
    "contiguous": _COPY,
    "clone": _moved("Copy", "A copy of {input}; no number changes.", "y = x"),
    "detach": _moved("Detach", "The numbers of {input} as they are, without their way back.", "y = x"),
    "getitem": _moved("Indexing", "Some cells of {input} are taken, {shape}; none changes.", "y = x[…]", _TAKEN),
    "select": _moved("Select", "One entry of an axis of {input} is taken, {shape}.", "y = x[…, k, …]", _TAKEN),
    "narrow": _moved("Narrow", "A stretch of an axis of {input} is taken, {shape}.", "y = x[…, k : k + n, …]", _TAKEN),
    "index_select": _moved(
        "Select", "Entries of an axis of {input}, those that an index names.", "y = x[index]", _TAKEN
    ),
    "gather": _moved(
        "Gather", "Each cell of {made} is a cell of {input}, chosen by an index.", "y[…] = x[index[…]]", _TAKEN
    ),
    "chunk": _moved(
        "Chunk", "{input} is cut into equal pieces along an axis, the first of them {shape}.", "y₁, y₂, … = x"
    ),
    "split": _moved("Split", "{input} is cut into pieces along an axis, the first of them {shape}.", "y₁, y₂, … = x"),
    "unbind": _moved(
        "Unbind", "{input} is taken apart along an axis, entry by entry, the first of them {shape}.", "y₁, y₂, … = x"
    ),
    "expand": _SPREAD,
    "broadcast_to": _SPREAD,
    "expand_as": _SPREAD,
    "repeat": _REPEAT,
    "tile": _REPEAT,
    "repeat_interleave": _copied(
        "Repeat", "Each entry of {input} is repeated in its place, to {shape}.", "y = x₁, x₁, …, x₂, x₂, …"
    ),
    "stack": _moved(
        "Stack", "{inputs} are stacked along a new axis; no number changes.", "y = x₁, x₂, … along a new axis"
    ),
    "pad": _copied(
        "Padding", "{input} gets cells around it, to {shape}; or loses some.", "y = x, with cells around it"
    ),
    "roll": _moved("Roll", "{input} is shifted; what leaves at one end comes in at the other.", "y[i] = x[i − shift]"),
    "flip": _moved("Flip", "{input} is turned around along an axis; no number changes.", "y[i] = x[n − 1 − i]"),
    "pixel_shuffle": _moved(
        "Pixel shuffle",
        "Groups of maps of {input} are woven into larger ones, {shape}; no number changes.",
        "y[c, i, j] = x[c′, i/r, j/r]",
    ),
    "pixel_unshuffle": _moved(
        "Pixel unshuffle",
        "Each map of {input} is unwoven into several smaller ones, {shape}.",
        "y[c′, i, j] = x[c, r·i + p, r·j + q]",
    ),
    "channel_shuffle": _moved(
        "Channel shuffle",
        "The maps of {input} in another order; no number changes.",
        "y = x, its maps in another order",
    ),
    "unfold": _copied(
        "Unfold", "Each patch of {input} is laid out for itself, to {shape}.", "y[…, k] = x at place k of the patch"
    ),
}

_KEPT = "Where a cell was kept its gradient goes back; where it was replaced, to what stands there now."
_CUT = "The gradient goes back where a cell was kept; the others get 0."
MOVE_WORDS |= {
    "tensor_split": _moved(
        "Split", "{input} is cut into pieces as equal as can be, the first of them {shape}.", "y₁, y₂, … = x"
    ),
    "diagonal": _moved("Diagonal", "The cells on a diagonal of {input} are taken, {shape}.", "y[i] = x[i, i]", _TAKEN),
    "triu": _moved(
        "Upper triangle", "{input} keeps its upper triangle; the rest is 0.", "y = x if j ≥ i, else 0", _CUT
    ),
    "tril": _moved(
        "Lower triangle", "{input} keeps its lower triangle; the rest is 0.", "y = x if j ≤ i, else 0", _CUT
    ),
    "setitem": _moved("Assignment", "Some cells of {input} are written over; the others stay.", "x[…] = v", _KEPT),
    "index_copy": _moved(
        "Copy", "Entries of an axis of {input} are written over by those of {other}.", "x[index] = v", _KEPT
    ),
    "scatter": _moved("Scatter", "Cells of {input} that an index names are written over.", "x[index[…]] = v[…]", _KEPT),
    "masked_fill": _moved(
        "Masking", "Where a mask says so, {input} is set to one number.", "y = v if masked, else x", _CUT
    ),
    "where": _moved(
        "Choice", "Each cell of {made} is chosen from one of two, by a condition.", "y = x if c, else x₂", _KEPT
    ),
    "copy": _moved("Copy", "{input} is written over by the numbers of another tensor.", "x = v", _KEPT),
    "fill": _moved("Fill", "Every cell of {input} becomes the same number.", "y = v", _KEPT),
    "zero": _moved("Zero", "Every cell of {input} becomes 0.", "y = 0", "Nothing goes back: no cell was kept."),
    "embedding": _copied("Embedding", "Each index in {input} becomes its row of the table: {shape}.", "y[i] = w[x[i]]"),
}

_FUNCTIONS = {"pad": "F.pad", "pixel_shuffle": "F.pixel_shuffle", "pixel_unshuffle": "F.pixel_unshuffle"}
_FUNCTIONS |= {"channel_shuffle": "torch.channel_shuffle", "embedding": "F.embedding"}
_USUAL: dict[str, Any] = {
    "mode": "constant",
    "value": None,
    "implicit": False,
    "memory_format": 0,
    "sparse_grad": False,
}
_USUAL |= {"padding_idx": None, "max_norm": None, "norm_type": 2.0, "scale_grad_by_freq": False, "sparse": False}
_USUAL |= {"output_size": None, "owner": None, "dim": None, "dims": None, "dilation": 1, "padding": 0, "stride": 1}


def move_line(kind: str, inputs: Sequence[str], settings: Mapping[str, Any]) -> str:
    """ "x.permute((0, 2, 3, 1))", "x[:, 0]", "torch.stack((a, b), dim=1)"."""
    given = {name: value for name, value in settings.items() if _USUAL.get(name, _NEVER) not in (value, str(value))}
    first, *others = inputs
    if kind == "getitem":
        return f"{first}[{_index_text(settings.get('index', ()))}]"
    if kind in _IN_PLACE:
        return f"{first}.{kind}_({', '.join([*others, *(repr(given[name]) for name in ('value',) if name in given)])})"
    if kind == "where":
        return f"torch.where({', '.join(_chosen_from(inputs, settings))})"
    if kind == "setitem":
        return f"{first}[{_index_text(settings.get('index', ()))}] = {', '.join(others) or settings.get('value')}"
    if kind in ("T", "mT"):
        return f"{first}.{kind}"
    if kind == "stack":
        return f"torch.stack(({', '.join(inputs)}), dim={settings.get('dim', 0)})"
    if kind in _FUNCTIONS or "kernel_size" in given:
        named = [f"{name}={value!r}" for name, value in given.items()]
        return f"{_FUNCTIONS.get(kind, 'F.unfold')}({', '.join([*inputs, *named])})"
    return f"{first}.{kind}({', '.join([*map(repr, given.values()), *others])})"


def _chosen_from(inputs: Sequence[str], settings: Mapping[str, Any]) -> list[str]:
    """The condition and the two that it chooses from, tensors or plain numbers."""
    condition, *tensors = inputs
    plain = {name: value_text(settings[name]) for name in ("input", "other") if name in settings}
    return [
        condition,
        *([plain["input"]] if "input" in plain else []),
        *tensors,
        *([plain["other"]] if "other" in plain else []),
    ]


_IN_PLACE = ("copy", "fill", "zero", "masked_fill")
_NEVER = object()


def _index_text(index: Any) -> str:
    return ", ".join(map(_part_text, index)) if isinstance(index, tuple) and index else _part_text(index)


def _part_text(part: Any) -> str:
    if part is Ellipsis:
        return "..."
    if not isinstance(part, slice):
        return value_text(part) if isinstance(part, int | float | type(None) | tuple | list) else "index"
    ends = ("" if end is None else str(end) for end in (part.start, part.stop))
    return ":".join((*ends, str(part.step))) if part.step is not None else ":".join(ends)
