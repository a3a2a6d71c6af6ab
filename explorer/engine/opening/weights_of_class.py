"""Weights and the class they were saved of: put into its model, or what does not fit, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from torch import Tensor, nn

from explorer.bounds import brief
from explorer.engine.errors import shape_text
from explorer.engine.model.weights import State, named_as

COUNTER = ".num_batches_tracked"  # which older files do without
PREFIXES = ("model.", "net.", "network.", "module.", "_orig_mod.", "ema_model.", "ema.", "student.", "backbone.")
"""What modules around a model, of Lightning, DataParallel, compile and moving averages, write before each name."""
NAMED = 3
_WRAPPED = 3  # wrappers around each other


@dataclass(frozen=True)
class Misfit:
    """How a file's weights differ from those of a model: names, and of other shapes also both shapes."""

    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    reshaped: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = ()
    left_out: int = 0
    """How many of the file's weights belong to something around the model, and are not needed."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected or self.reshaped)

    @property
    def distance(self) -> int:
        """How many weights do not fit."""
        return len(self.missing) + len(self.unexpected) + len(self.reshaped)

    def sentence(self, source: str, model: str) -> str:
        """What does not fit, said of the file `source` and the class or function `model`."""
        told = []
        if self.missing:
            told.append(f"{_are(self.missing, 'missing')} ({_listed(self.missing)})")
        if self.unexpected:
            told.append(f"{_are(self.unexpected, 'unknown to it')} ({_listed(self.unexpected)})")
        if self.reshaped:
            name, there, here = self.reshaped[0]
            shapes = f"{brief(name)} is {shape_text(there)} there and {shape_text(here)} here"
            others = len(self.reshaped) - 1
            told.append(f"of another shape: {shapes}" + (f", and {others:,} more" if others else ""))
        return f"The weights in {brief(source)} do not fit {brief(model)}: {'; '.join(told)}."


def _are(names: tuple[str, ...], what: str) -> str:
    return f"{len(names):,} {'is' if len(names) == 1 else 'are'} {what}"


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return ", ".join(map(brief, names[:NAMED])) + (f" and {more:,} more" if more > 0 else "")


def misfit(expected: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> Misfit:
    """How `given` differs from what a model of `expected` takes."""
    shared = [name for name in expected if name in given]
    return Misfit(
        missing=tuple(name for name in expected if name not in given and not name.endswith(COUNTER)),
        unexpected=tuple(name for name in given if name not in expected),
        reshaped=tuple(
            (name, tuple(given[name].shape), tuple(expected[name].shape))
            for name in shared
            if given[name].shape != expected[name].shape
        ),
    )


def under_names_of(expected: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> State:
    """`given` under the names that fit `expected` best: as they are, or without what wraps them, or in their order."""
    candidates = [dict(each) for each in _unwrapped(given)]
    best = min(candidates, key=lambda each: misfit(expected, each).distance)
    if misfit(expected, best):
        ordered = named_as(expected, given).state
        best = ordered if not misfit(expected, ordered) else best
    return best


def _unwrapped(given: Mapping[str, Tensor]) -> Iterable[Mapping[str, Tensor]]:
    """`given`, and what lies in it under each prefix: a Lightning module holds metrics and losses beside its model."""
    rows: list[Mapping[str, Tensor]] = [given]
    for _ in range(_WRAPPED):
        rows = [*rows, *(inner for row in rows for prefix in PREFIXES if (inner := _inside(row, prefix)))]
        rows = list({tuple(row): row for row in rows}.values())
    return rows


def _inside(given: Mapping[str, Tensor], prefix: str) -> Mapping[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}


def put_into(model: nn.Module, given: Mapping[str, Tensor]) -> Misfit:
    """Put `given` into `model` if all of it fits; what does not fit otherwise, and the model is as it was."""
    expected = model.state_dict()
    named = under_names_of(expected, given)
    found = misfit(expected, named)
    if not found:
        model.load_state_dict(named, strict=False)  # counters may be missing
    return replace(found, left_out=len(given) - len(named))
