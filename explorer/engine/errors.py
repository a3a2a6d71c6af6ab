"""What can go wrong while PyTorch runs, each a sentence a person can read. Free of torch: any room may catch it."""

from __future__ import annotations

import re
import traceback
from typing import Any

from explorer.amounts import MEMORY_UNITS, memory_text


class EngineError(Exception):
    """A sentence that says what could not be done and why."""


class RecordError(EngineError):
    """A forward pass that failed: `call` names where, `input_shapes` what arrived there."""

    def __init__(self, message: str, *, call: str, input_shapes: tuple[tuple[int, ...], ...]) -> None:
        super().__init__(message)
        self.call = call
        self.input_shapes = input_shapes
        self._details = ""  # out of a pickle, which holds no cause

    @property
    def details(self) -> str:
        """PyTorch's own words and the lines that led there, for whoever wants to know more."""
        cause = "".join(traceback.format_exception(self.__cause__)) if self.__cause__ else ""
        return cause or self._details or str(self)

    @classmethod
    def again(cls, message: str, *, call: str, input_shapes: tuple[tuple[int, ...], ...], details: str) -> RecordError:
        """One out of a file, with its details as text."""
        error = cls(message, call=call, input_shapes=input_shapes)
        error._details = details
        return error

    def __reduce__(self) -> tuple[Any, ...]:
        return _record_error, (type(self), str(self), self.call, self.input_shapes, self.details)


def _record_error(kind: type[RecordError], *told: Any) -> RecordError:
    message, call, input_shapes, details = told
    return kind.again(message, call=call, input_shapes=input_shapes, details=details)


class OutOfMemoryError(RecordError):
    """The device has no room for what a call asked for."""


class LoadError(EngineError):
    """A file that cannot be used as a network, a model or its weights."""


class Cancelled(Exception):
    """The pass was stopped between two calls because it was asked to."""


_REQUESTED_BYTES = re.compile(r"(?:tried to allocate|Tried to allocate) ([\d.]+) ?(bytes|KiB|MiB|GiB)")


def requested_memory(error: BaseException) -> str | None:
    """The size an out-of-memory error asked for, "40 GiB"; "" if it does not say; None for any other error."""
    text = str(error)
    found = _REQUESTED_BYTES.search(text)
    if found is None:
        return "" if type(error).__name__ in ("OutOfMemoryError", "MemoryError") else None
    amount, unit = found.groups()
    return memory_text(round(float(amount) * 1024 ** ("bytes", *MEMORY_UNITS).index(unit)))


def shape_text(shape: tuple[int, ...]) -> str:
    """1 × 3 × 32 × 32; a single number is a scalar."""
    return " × ".join(str(size) for size in shape) if shape else "a single number"
