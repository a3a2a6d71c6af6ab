"""Names that are only numbers, made when they are asked for: a layer may have millions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

import numpy as np


class Numbered(Sequence[str]):
    """What `word` calls each of `numbers`: "0", "1", … unless it says more."""

    def __init__(self, numbers: Sequence[int] | np.ndarray, word: Callable[[int], str] = str) -> None:
        self._numbers, self._word = numbers, word

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return Numbered(self._numbers[index], self._word)
        return self._word(int(self._numbers[index]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Numbered) or other._word != self._word:
            return False
        is_range = isinstance(self._numbers, range)
        return self._numbers == other._numbers if is_range else self._numbers is other._numbers

    def __hash__(self) -> int:
        return hash((self._word, len(self._numbers)))
