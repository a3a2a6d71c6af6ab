"""What a class votes for, counted by hand: once, and once more after everybody talked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Votes:
    """`rounds` hold how many voted for each option; the last one is still counted."""

    rounds: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def none_of(cls, options: int) -> Votes:
        """Before anybody voted for one of so many options."""
        return cls(((0,) * options,))

    @property
    def count(self) -> int:
        """How many voted in the round that is counted."""
        return sum(self.rounds[-1]) if self.rounds else 0

    def with_one(self, option: int, by: int = 1) -> Votes:
        """One more for an option, or for −1 one less; there are never less than none."""
        *before, last = self.rounds
        counted = tuple(max(0, votes + by) if at == option else votes for at, votes in enumerate(last))
        return Votes((*before, counted))

    def again(self) -> Votes:
        """Another round, unless nobody voted in this one."""
        return Votes((*self.rounds, (0,) * len(self.rounds[-1]))) if self.count else self

    def of_option(self, option: int) -> tuple[tuple[int, float], ...]:
        """How many voted for it in each round, and which share of that round."""
        return tuple((votes[option], votes[option] / sum(votes)) for votes in self.rounds if sum(votes))
