"""What could not be seen of a pass, so that a recording never silently lacks calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from weakref import ref

import torch

from explorer.engine.recording.call import Call
from explorer.engine.recording.kept import INPUT, NOBODY, Kept
from explorer.engine.recording.place import caller_frame
from explorer.engine.recording.tree import leaves

NAMED = 4  # more are not listed


@dataclass(eq=False)
class Unseen:
    """Notes of a pass: what ran inside transforms and in other threads, and which calls read what no call made."""

    owned: Mapping[int, object]
    """The model's own tensors, by identity."""
    held: Callable[[], Iterable[torch.Tensor]]
    """What else the model holds; looked at only where a tensor's maker is not known."""
    transformed: list[str] = field(default_factory=list)
    """Kinds of the functions that `torch.vmap` and its like ran."""
    elsewhere: list[str] = field(default_factory=list)
    """Paths of the modules that ran in another thread."""
    masked: list[str] = field(default_factory=list)
    """Paths of the attentions that mask a whole row, which they fill differently where nobody watches."""
    _made: dict[int, ref[torch.Tensor]] = field(default_factory=dict)
    _readers: list[int] = field(default_factory=list)

    def made(self, output: object) -> None:
        """A tensor made out of nothing, as `torch.zeros` does: it has no call, and none is missing."""
        if isinstance(output, torch.Tensor):
            key, made = id(output), self._made
            made[key] = ref(output, lambda _: made.pop(key, None))

    def read(self, call: int, given: list[Kept]) -> None:
        """Notes a call that reads what no call made, and what was not there before the pass either."""
        if any(kept.maker == NOBODY and self._is_strange(kept.tensor) for kept in given):
            self._readers.append(call)

    def _is_strange(self, tensor: torch.Tensor | None) -> bool:
        if tensor is None or id(tensor) in self.owned or id(tensor) in self._made:
            return False
        if tensor.layout is torch.strided and not tensor.untyped_storage().resizable():  # numpy's numbers
            return False
        known = (*self.held(), *_named_outside(caller_frame()))
        return not any(tensor is each for each in known)

    def sentence(self, calls: tuple[Call, ...], returned: list[Kept | None]) -> str:
        """What is not on record and why; "" where nothing is known to be missing. `returned`: what the model gave."""
        told = []
        if self.transformed:
            told.append(f"What torch.vmap or its like ran ({_listed(self.transformed)}) is not on record call by call.")
        if self.elsewhere:
            told.append(f"What ran in another thread ({_listed(self.elsewhere)}) is not on record.")
        if not told and self._readers:
            readers = _listed(calls[index].name for index in self._readers if index < len(calls))
            told.append(
                f"No call on record made what {readers} reads: that came from code that cannot be watched, "
                "another thread, or before the pass."
            )
        if not told and any(kept is None or kept.maker < INPUT for kept in returned):
            told.append("No call on record made what the model gives: that came from code that cannot be watched.")
        if self.masked:
            told.append(
                f"A row in which everything is masked ({_listed(self.masked)}) gives zeros on record; by itself "
                "PyTorch may take a faster way without gradients, which gives NaN there."
            )
        return " ".join(told)


def held_by(modules: Iterable[torch.nn.Module]) -> list[torch.Tensor]:
    """Tensors that modules hold as plain attributes."""
    return leaves([vars(module) for module in modules], torch.Tensor)


def _named_outside(frame: FrameType) -> list[torch.Tensor]:
    """Tensors that the code of a frame knows by a name from outside it."""
    code, local = frame.f_code, frame.f_locals
    named = [frame.f_globals.get(name) for name in code.co_names] + [local.get(name) for name in code.co_freevars]
    return [value for value in named if isinstance(value, torch.Tensor)]


def _listed(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:NAMED]) + (" …" if distinct[NAMED:] else "")
