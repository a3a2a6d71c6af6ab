"""Tables of what PyTorch has for each entry of the program's, written by hand so that they are an oracle apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


class ByHand(dict[str, Value]):
    """A table of a test, which `told` says where to find; one who asks for what it lacks is told to write it there."""

    def __init__(self, told: str, entries: Mapping[str, Value]) -> None:
        super().__init__(entries)
        self.told = told

    def __missing__(self, name: str) -> Value:
        raise AssertionError(f"{name} has no entry in {self.told}: add what PyTorch has for it")
