"""Where weights come from: which run learned them, and after how many steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Learned:
    """Weights that `run` learned: `step` as its curves count, `taken` how many steps changed them since it began."""

    run: int
    step: int
    taken: int = 0


class Origins:
    """What is known of the weights that the layers of some ids have."""

    def __init__(self) -> None:
        self._learned: dict[tuple[int, ...], Learned] = {}

    def of(self, layer_ids: tuple[int, ...]) -> Learned | None:
        """Which run the weights come from; None for those of a file, and for fresh ones."""
        return self._learned.get(layer_ids)

    def taken(self, layer_ids: tuple[int, ...]) -> int:
        """How many steps of a run changed these weights."""
        learned = self._learned.get(layer_ids)
        return learned.taken if learned is not None else 0

    def tell(self, layer_ids: tuple[int, ...], learned: Learned) -> None:
        """From now on `learned` tells where these weights come from."""
        self._learned[layer_ids] = learned

    def forget(self, layer_ids: tuple[int, ...]) -> None:
        """Nothing was learned after all."""
        self._learned.pop(layer_ids, None)

    def new_number(self, known: Iterable[int]) -> int:
        """A number that no other run had: the weights of a run whose curves are gone may still be there."""
        return max((*known, *(learned.run for learned in self._learned.values())), default=0) + 1
