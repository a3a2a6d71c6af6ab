"""Runs compiled code as it was written: a compiled function hides its calls."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def as_written() -> Iterator[None]:
    """While it lasts nothing runs compiled, neither a model, nor a module compiled in place, nor a function.

    Where nobody compiled anything the compiler is not imported for it: that takes a second.
    """
    if "torch._dynamo" not in sys.modules:
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield
