"""Puts calls on record: what each was given, what it gave, who made that, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import torch

from explorer.engine.random_state import RandomState
from explorer.engine.recording import kinds
from explorer.engine.recording.call import Call, parent_names
from explorer.engine.recording.call_names import CallNames
from explorer.engine.recording.clock import Clock
from explorer.engine.recording.kept import INPUT, Kept, Shelf
from explorer.engine.recording.module_watch import ModuleRun
from explorer.engine.recording.place import caller_frame, source_line
from explorer.engine.recording.taken import Taken, part_of
from explorer.engine.recording.tree import PLAIN, is_plain, leaves, map_tree
from explorer.engine.recording.whole_step import GradientWatch


class ShelvedArguments(NamedTuple):
    """What a call is given, its tensors on the shelf; `tensors` are these alone, in order."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    tensors: list[Kept]

    @property
    def makers(self) -> dict[int, tuple[int, ...]]:
        """The calls whose outputs are read, each once, with the shape of the first tensor that is read of it."""
        makers: dict[int, tuple[int, ...]] = {}
        for kept in self.tensors:
            if kept.maker >= INPUT:
                makers.setdefault(kept.maker, kept.shape)
        return makers


class Ledger:
    """The calls of one pass in the order they ran, and the shelf on which their tensors lie."""

    def __init__(self, shelf: Shelf, gradients: GradientWatch | None) -> None:
        self.shelf = shelf
        self.calls: list[Call] = []
        self.names = CallNames()
        self.module_calls: dict[str, int] = {}  # the call that made a module's output, by path and number of the run
        self._runs: dict[str, int] = {}  # how often each module ran
        self.clock = Clock(torch.device("cpu"))
        self._gradients = gradients

    def open(self, tensors: list[torch.Tensor], names: Sequence[str] = ()) -> None:
        """Begins with the tensors that the model is given, called `names`; "" and those without are the input."""
        for tensor, name in zip_longest(tensors, names[: len(tensors)], fillvalue=""):
            assert isinstance(tensor, torch.Tensor)
            kept = self.shelf.keep(tensor, INPUT)
            kept.owner = name or kept.owner
        if tensors:
            self.clock = Clock(tensors[0].device)

    def given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> ShelvedArguments:
        """Puts what a call is given on the shelf."""
        tensors: list[Kept] = []
        kept_args = tuple([value if type(value) in PLAIN else self._shelved(value, tensors) for value in args])
        if kwargs:
            kwargs = {
                name: value if type(value) in PLAIN else self._shelved(value, tensors) for name, value in kwargs.items()
            }
        return ShelvedArguments(kept_args, kwargs, tensors)

    def _shelved(self, value: Any, tensors: list[Kept]) -> Any:
        if isinstance(value, torch.Tensor):
            kept = self.shelf.read(value)
            tensors.append(kept)
            return kept
        if is_plain(value):
            return value
        return map_tree(value, torch.Tensor, lambda tensor: self._shelved(tensor, tensors))

    def draft(self, function: Callable[..., Any], kind: str, given: ShelvedArguments, *, module: str) -> Call:
        """A call before it runs, not yet on record."""
        return Call(
            index=len(self.calls),
            kind=kind,
            module=module,
            source=source_line(caller_frame()),
            function=function,
            kept_args=given.args,
            kept_kwargs=given.kwargs,
            makers=given.makers,
            random_state=RandomState.of_torch() if kinds.is_random(kind, given.kwargs) else None,
        )

    def enter(self, call: Call, output: Any, *, start: Any, stop: Any) -> None:
        """Puts a call on record with what it gave; one that gave no tensor, such as x.item(), is not a call."""
        tensors = leaves(output, torch.Tensor)
        if not tensors:
            return
        if self._gradients is not None:
            self._gradients.put_on(tensors, call.index)
        if output is tensors[0]:
            call.kept_output = self.shelf.keep(output, call.index)
        else:
            call.kept_output = map_tree(output, torch.Tensor, lambda tensor: self.shelf.keep(tensor, call.index))
        self.calls.append(call)  # what cannot be kept ends the pass before it
        self.clock.add(start, stop)

    def module_ended(self, run: ModuleRun, output: Any, outputs: list[torch.Tensor]) -> None:
        """Notes which call made the output of a module, and names it after a module that has none inside.

        `outputs` are the tensors of `output`.
        """
        maker = self._maker(run, outputs)
        if maker is None:
            return
        self.module_calls[self._numbered(run.path)] = maker
        if not run.has_children and maker == len(self.calls) - 1 >= run.calls_before:
            self.names.made_output(run, maker)
            self._note_hook(run, output, self.calls[maker])

    def _note_hook(self, run: ModuleRun, output: Any, call: Call) -> None:
        """A hook of the module is handed what the call gave, where PyTorch calls one."""
        first = leaves(call.kept_output, Kept)[0]
        part = part_of(output, lambda tensor: self.shelf.find(tensor) is first)
        if part and run.hooked is not None:
            call.taken = Taken(run.path, "", run.hooked, part)

    def _maker(self, run: ModuleRun, outputs: list[torch.Tensor]) -> int | None:
        """The call that made the first output; in a module that hands its input on beside others, the first made in it.

        None for a module that gives nothing but what the network was given.
        """
        found = [kept.maker for kept in map(self.shelf.find, outputs) if kept is not None and kept.maker >= 0]
        return next((maker for maker in found if maker >= run.calls_before), found[0] if found else None)

    def _numbered(self, path: str) -> str:
        """A module's path, numbered from its second run on, as calls are."""
        runs = self._runs[path] = self._runs.get(path, 0) + 1
        return path if runs == 1 else f"{path}:{runs}"

    def close(self) -> tuple[Call, ...]:
        """The calls with their times, names and parents."""
        for call, seconds in zip(self.calls, self.clock.seconds(), strict=True):
            call.seconds = seconds
        self.names.give(self.calls)
        calls = tuple(self.calls)
        parent_names(calls)
        return calls

    def let_go(self) -> None:
        """Drops all tensors except the recording's own."""
        self.calls, self.shelf, self._gradients = [], Shelf(0), None
