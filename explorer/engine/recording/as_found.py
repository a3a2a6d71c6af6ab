"""Leaves a model as it was found: mode, weights, buffers, gradients, random state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin

from explorer.engine.errors import EngineError
from explorer.engine.random_state import RandomState
from explorer.engine.recording.kept import storage_address, version_of

OBSERVING = ("torch.ao.quantization", "torch.quantization")


class AsFound:
    """What a model was like before a pass, and the way back.

    Buffers are small and often written (batch norm in training), so all are copied at the start; a weight is copied
    only when something is about to write into it.
    """

    def __init__(self, model: nn.Module) -> None:
        self.modules = tuple(model.named_modules())  # with their paths
        modules = [module for _, module in self.modules]
        _require_weights(modules)
        # The tables of a scripted module are views of something compiled.
        plain = [module for module in modules if not isinstance(module, torch.jit.ScriptModule)]
        self._modes = [(module, module.training) for module in modules]
        tables = [table for module in plain for table in (module._parameters, module._buffers) if table]
        self._tables: list[tuple[dict[str, Any], dict[str, Any]]] = [(table, dict(table)) for table in tables]
        self._trained = False
        self._scripted = len(plain) < len(modules)
        self._observes = any(type(module).__module__.startswith(OBSERVING) for module in modules)
        self._random = RandomState.of_everything()
        weights = _distinct(weight for module in modules for weight in module._parameters.values())
        buffers = _distinct(buffer for module in modules for buffer in module._buffers.values())
        self.buffers = tuple(buffers)
        self._gradients = [(weight, weight.grad) for weight in weights]
        self._copies: dict[int, tuple[torch.Tensor, int | None, torch.Tensor]] = {}
        self._owned: dict[int, list[torch.Tensor]] = {}
        self.paths = dict(reversed([*_paths(self.modules)]))  # of weights and buffers by identity; the first of several
        self.addresses = {id(tensor): storage_address(tensor) for tensor in (*weights, *buffers)}
        for tensor in (*weights, *buffers):
            self._owned.setdefault(self.addresses[id(tensor)], []).append(tensor)
        # What scripted code writes into is not seen.
        self._copy([*buffers, *weights] if self._scripted else buffers)

    def owns(self, tensor: torch.Tensor) -> bool:
        """True for a weight or a buffer, and for every view of one."""
        return storage_address(tensor) in self._owned

    def will_be_written(self, tensor: torch.Tensor) -> None:
        """What is written into by way of `.data` counts no version."""
        written = self._owned.get(storage_address(tensor), ())
        self._copy([owned for owned in written if id(owned) not in self._copies])
        for owned in written:
            self._copies[id(owned)] = (owned, None, self._copies[id(owned)][2])

    def _copy(self, tensors: list[torch.Tensor]) -> None:
        with torch.no_grad():
            for tensor in tensors:
                self._copies[id(tensor)] = (tensor, version_of(tensor), tensor.clone())

    def accept(self, tensors: Iterable[torch.Tensor]) -> None:
        """These are left as they are now: they were changed because it was asked for."""
        for tensor in tensors:
            self._copies.pop(id(tensor), None)

    def accept_gradients(self) -> None:
        """What lies in `.grad` of the weights stays: it was added up because that was asked for."""
        self._gradients.clear()

    def restore(self, before_writing: Callable[[torch.Tensor], Any] = lambda tensor: None) -> None:
        """Puts everything back. `before_writing` is told of each tensor that is about to change."""
        self._trained = any(module.training for module, _ in self._modes)
        for module, training in self._modes:
            if module.training is not training:
                module.training = training
        for table, entries in self._tables:
            if table.keys() != entries.keys() or any(table[name] is not entry for name, entry in entries.items()):
                table.clear()
                table.update(entries)
        for weight, gradient in self._gradients:
            if weight.grad is not gradient:
                weight.grad = gradient
        self._restore_values(before_writing)
        self._random.restore()

    def _is_unchanged(self, tensor: torch.Tensor, version: int | None, copy: torch.Tensor) -> bool:
        """In training PyTorch's batch norm writes its averages without counting a version, and what observes numbers to
        quantise them does so always."""
        if _is_elsewhere(tensor, copy):
            return False
        if version is None or self._trained or self._scripted or self._observes:
            return tensor.layout is torch.strided and torch.equal(tensor, copy)  # sparse ones cannot be compared
        return version == version_of(tensor)

    def _restore_values(self, before_writing: Callable[[torch.Tensor], Any]) -> None:
        for tensor, version, copy in self._copies.values():
            if self._is_unchanged(tensor, version, copy):
                continue
            before_writing(tensor)
            with torch.no_grad():
                if _is_elsewhere(tensor, copy):
                    tensor.data = copy
                    continue
                if tensor.shape != copy.shape:
                    tensor.resize_(copy.shape)
                tensor.copy_(copy)


def _require_weights(modules: list[nn.Module]) -> None:
    """A lazy module makes its weights in its first pass, and could not be left as found."""
    for module in modules:
        if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
            raise EngineError(
                f"A {type(module).__name__} has no weights yet: run the model once before it is recorded."
            )


def _paths(modules: Iterable[tuple[str, nn.Module]]) -> Iterator[tuple[int, str]]:
    for path, module in modules:
        for name, tensor in (*module._parameters.items(), *module._buffers.items()):
            yield id(tensor), f"{path}.{name}" if path else name


def _is_elsewhere(tensor: torch.Tensor, copy: torch.Tensor) -> bool:
    """Whether it became one of another type or on another device since it was copied."""
    return tensor.dtype != copy.dtype or tensor.device != copy.device


def _distinct(tensors: Iterable[torch.Tensor | None]) -> list[torch.Tensor]:
    """Each once."""
    return list({id(tensor): tensor for tensor in tensors if tensor is not None}.values())
