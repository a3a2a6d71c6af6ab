"""From a step's tensors to what a tensor view shows of them: the example, the filter or the map asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.session.batch_axis import WITHOUT_BATCH
from explorer.session.numbered import Numbered
from explorer.session.step_tensors import Tensor
from explorer.ui.common.text import shape_text
from explorer.ui.tensors.tiles import NO_PADDING, Padding, Shown, is_too_large, scale_of, section

STATE_TITLES = {
    "momentum_buffer": "momentum",
    "exp_avg": "mean m",
    "exp_avg_sq": "square v",
    "max_exp_avg_sq": "largest v",
    "square_avg": "square v",
    "grad_avg": "mean m",
}
REMEMBERED = 256


def shown_tensor(
    tensor: Tensor,
    *,
    cell: Index | None = None,
    example: int = 0,
    names: Sequence[str] = (),
    beside: tuple[Tensor, ...] = (),
    title: str = "",
) -> Shown:
    """All of one example of `tensor`, or of all of it where it has no batch axis; of a very large one the part that
    `cell` lies in.

    `names` are written beside plain numbers if there is one for each. `beside` share its scale.
    """
    first = cell[0] if cell and not tensor.has_batch and is_too_large(tensor.values) else None
    return _whole(tensor, example if tensor.has_batch else None, first, names, beside, title)


def shown_map(tensor: Tensor, key: Index, *, padding: tuple[int, int, int, int] = NO_PADDING, title: str = "") -> Shown:
    """One map of `tensor`: `key` holds all indices but row and column."""
    return _map(tensor, key, Padding(*padding), title)


@lru_cache(maxsize=REMEMBERED)
def _whole(
    tensor: Tensor,
    example: int | None,
    first: int | None,
    names: Sequence[str],
    beside: tuple[Tensor, ...],
    title: str,
) -> Shown:
    values: np.ndarray = tensor.values
    prefix: Index = ()
    if example is not None and len(values):
        values, prefix = _example(values, example)
    elif example is None:
        values, prefix = section(values, None if first is None else (first,))
    sizes = tensor.sizes[tensor.values.ndim - values.ndim :]
    facts = shape_text(sizes) if first is None else f"filter {first}"
    if prefix and example is None and not _is_weight(tensor):
        facts = f"{shape_text(sizes)} · number {prefix[0]} of {len(tensor.values)} along the first axis"
    facts += f" · example {prefix[0]}" if example is not None and len(tensor.values) > 1 else ""
    fits = values.ndim == 1 and len(names) == len(values)
    scale = scale_of(tensor.values, *(other.values for other in beside), is_signed=tensor.is_signed)
    return Shown(tensor.name, title or tensor.title, facts, values, scale, prefix, names if fits else ())


def _example(values: np.ndarray, example: int) -> tuple[np.ndarray, Index]:
    at = min(example, len(values) - 1)
    return values[at], (at,)


@lru_cache(maxsize=REMEMBERED)
def _map(tensor: Tensor, key: Index, padding: Padding, title: str) -> Shown:
    values = tensor.values[key]
    scale = scale_of(tensor.values, is_signed=tensor.is_signed)
    return Shown(tensor.name, title or tensor.title, map_words(tensor, key), values, scale, key, padding=padding)


def state_title(tensor: Tensor) -> str:
    """What a tensor of an optimizer's state is called: by the symbol it has in the update's lines."""
    return STATE_TITLES.get(tensor.name, tensor.title)


def map_words(tensor: Tensor, key: Index) -> str:
    """Which map it is: "channel 2", "filter 4, channel 2"; "map 4, 2" of a tensor whose first axis is not the batch."""
    if len(key) < 2:
        return ""
    if _is_weight(tensor):
        return f"filter {key[0]}, channel {key[1]}"
    return f"channel {key[1]}" if tensor.has_batch else f"map {key[0]}, {key[1]}"


def _is_weight(tensor: Tensor) -> bool:
    return tensor.role == "weight" or tensor.name.removeprefix("grad_") in WITHOUT_BATCH


def one_hot(target: Tensor, output: Tensor, *, example: int, names: Sequence[str]) -> Shown | None:
    """The target of an example as one number for each output, 1 at its class; None where it is not a class, and where
    the output has not one row an example."""
    return _one_hot(target, output, example, names)


@lru_cache(maxsize=REMEMBERED)
def _one_hot(target: Tensor, output: Tensor, example: int, names: Sequence[str]) -> Shown | None:
    if target.values.shape == output.values.shape or output.values.ndim != 2 or target.values.ndim != 1:
        return None
    if not output.has_batch:
        return None
    count = output.values.shape[1]
    index = int(target.values[min(example, len(target.values) - 1)])
    if not 0 <= index < count:
        return None
    values = np.zeros(count)
    values[index] = 1
    said = names[index] if len(names) == count and not isinstance(names, Numbered) else f"class {index}"
    labels = names if len(names) == count else ()
    return Shown("one-hot target", "target", said, values, scale_of(values, is_signed=False), names=labels)


def forget() -> None:
    """Let go of the tensors that were shown."""
    _whole.cache_clear()
    _map.cache_clear()
    _one_hot.cache_clear()
