"""Which module a call runs in: hooks on every module, and nothing else, are put in and taken out again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as torch_module


@dataclass(eq=False)
class Run:
    """One run of a module; `has_children` once another module ran inside it."""

    path: str
    module: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    calls_before: int
    began: Any
    has_children: bool = False


class ModuleWatch:
    """The stack of modules that are running, kept by hooks; `ended` is told of each run that came to its end."""

    def __init__(
        self, model: nn.Module, *, began: Callable[[], tuple[int, Any]], ended: Callable[[Run, Any], None]
    ) -> None:
        self._paths = {id(module): path for path, module in model.named_modules()}
        self._modules = list(model.modules())
        self._began = began
        self._ended = ended
        self._thread = threading.get_ident()
        self._running: list[Run] = []
        self.failed_in = ""

    @property
    def current(self) -> Run | None:
        return self._running[-1] if self._running else None

    @property
    def path(self) -> str:
        return self._running[-1].path if self._running else ""

    @contextmanager
    def installed(self) -> Iterator[None]:
        handles = []
        try:
            for module in self._modules:
                if not isinstance(module, torch.jit.ScriptModule):
                    handles.append(module.register_forward_pre_hook(self._enter, with_kwargs=True, prepend=True))
                    handles.append(module.register_forward_hook(self._leave, with_kwargs=True, always_call=True))
            if any(isinstance(module, torch.jit.ScriptModule) for module in self._modules):
                # Scripted modules take no hooks of their own.
                handles.append(torch_module.register_module_forward_pre_hook(self._enter_scripted))
                handles.append(torch_module.register_module_forward_hook(self._leave_scripted, always_call=True))
            yield
        finally:
            for handle in handles:
                handle.remove()
            self._running.clear()

    def _enter(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        path = self._paths.get(id(module))
        if path is None or threading.get_ident() != self._thread:
            return
        if self._running:
            self._running[-1].has_children = True
        self._running.append(Run(path, module, args, kwargs, *self._began()))

    def _leave(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        if not self._running or self._running[-1].module is not module or threading.get_ident() != self._thread:
            return
        run = self._running.pop()
        if output is None:  # always_call: after a failure, first in the innermost module
            self.failed_in = self.failed_in or run.path
        else:
            self._ended(run, output)

    def _enter_scripted(self, module: nn.Module, args: Any) -> None:
        if isinstance(module, torch.jit.ScriptModule):
            self._enter(module, args, {})

    def _leave_scripted(self, module: nn.Module, args: Any, output: Any) -> None:
        if isinstance(module, torch.jit.ScriptModule):
            self._leave(module, args, {}, output)
