"""Which module a call runs in: every module's `forward` is watched while a pass runs, and nothing else."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn

from explorer.engine.recording.taken import is_hooked


@dataclass(eq=False, slots=True)
class ModuleRun:
    """One run of a module; `forward` is the module's own; `has_children` once another module ran inside it.

    `hooked` counts from 0 how often PyTorch called the module's hooks before; None where it calls none.
    """

    path: str
    module: nn.Module
    forward: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    calls_before: int
    began: Any
    has_children: bool = False
    hooked: int | None = None


def is_inside_transform() -> bool:
    """Whether `torch.vmap` or its like runs: its tensors stand for others and mean nothing once it is over."""
    return torch._C._functorch.peek_interpreter_stack() is not None


class ModuleWatch:
    """The stack of modules that are running; `ended` is told of each run that came to its end.

    Not by forward hooks, with which PyTorch calls a module on its slow path: they cost 1.2 ms of a ResNet-18's 50,
    this 0.2. What the model's own hooks call counts as called by the module around them, and so does what
    `torch.vmap` and its like run.
    """

    def __init__(
        self,
        modules: Iterable[tuple[str, nn.Module]],
        *,
        given: Callable[[Any], Any],
        began: Callable[[], tuple[int, Any]],
        ended: Callable[[ModuleRun, Any], None],
        elsewhere: Callable[[str], None],
    ) -> None:
        """`modules`: those to watch, each with its path; `given` exchanges what they are called with.

        `elsewhere` is told the path of a module that runs in another thread.
        """
        self._paths = tuple(modules)
        self._given = given
        self._began = began
        self._ended = ended
        self._elsewhere = elsewhere
        self._thread: int | None = None  # the one that is watched, while the watch is installed
        self._running: list[ModuleRun] = []
        self._hooked: Counter[str] = Counter()
        self.failed_in = ""

    @property
    def current(self) -> ModuleRun | None:
        return self._running[-1] if self._running else None

    @property
    def path(self) -> str:
        return self._running[-1].path if self._running else ""

    @contextmanager
    def installed(self) -> Iterator[None]:
        """While it lasts each module's `forward`, as an attribute of its own, goes by way of the watch."""
        self._thread = threading.get_ident()
        own = [(module, module.__dict__.get("forward")) for _, module in self._paths]
        try:
            for path, module in self._paths:
                module.__dict__["forward"] = partial(self._run, path, module, module.forward)
            yield
        finally:
            for module, forward in own:
                module.__dict__.pop("forward", None)
                if forward is not None:  # somebody else put one there
                    module.__dict__["forward"] = forward
            self._running.clear()
            self._thread = None  # the way back may still run a forward that a checkpoint holds on to

    def _run(self, path: str, module: nn.Module, forward: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() != self._thread or is_inside_transform():
            if self._thread is not None and threading.get_ident() != self._thread:
                self._elsewhere(path)
            return forward(*args, **kwargs)
        args, kwargs = self._given((args, kwargs))
        if self._running:
            self._running[-1].has_children = True
        run = ModuleRun(path, module, forward, args, kwargs, *self._began())
        self._running.append(run)
        try:
            output = forward(*args, **kwargs)
        except BaseException:
            self.failed_in = self.failed_in or path  # the innermost module comes first
            raise
        finally:
            self._running.pop()
        self.failed_in = ""  # whatever failed inside was caught
        if is_hooked() and not isinstance(module, torch.jit.ScriptModule):  # which takes no hook
            run.hooked = self._hooked[path]
            self._hooked[path] += 1
        self._ended(run, output)
        return output
