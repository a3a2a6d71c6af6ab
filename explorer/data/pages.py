"""The pages of a picture's file: how many there are, along which axes they lie, and which of them is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

PAGE, FRAME, CHANNEL = "page", "frame", "C"
MEANINGS = {"Z": "depth", CHANNEL: "channel", "T": "time"}
"""What the letters of microscopes stand for."""


@dataclass(frozen=True)
class PageAxis:
    """An axis that pages lie along: "Z" of a stack, or "page" where the file says no more than that."""

    name: str
    size: int

    @property
    def title(self) -> str:
        """ "Z (depth)", "Page"."""
        meaning = MEANINGS.get(self.name)
        return f"{self.name} ({meaning})" if meaning else f"{self.name[:1].upper()}{self.name[1:]}"


@dataclass(frozen=True)
class Pages:
    """Pages in the order in which `axes` are run through, the last one fastest; that with number `at` is shown.

    `is_more`: the file has more of them than were counted.
    """

    axes: tuple[PageAxis, ...]
    at: int = 0
    is_more: bool = False

    @property
    def amount(self) -> int:
        """How many can be shown."""
        return prod(axis.size for axis in self.axes)

    @property
    def places(self) -> tuple[int, ...]:
        """Where the shown page lies along each axis, from 0 on."""
        rest, places = self.at, []
        for axis in reversed(self.axes):
            rest, place = divmod(rest, axis.size)
            places.append(place)
        return tuple(reversed(places))

    def number(self, places: tuple[int, ...]) -> int:
        """The number of the page that lies there."""
        number = 0
        for axis, place in zip(self.axes, places, strict=True):
            number = number * axis.size + place
        return number

    def moved(self, at: int) -> Pages:
        """The same pages with another one shown."""
        return replace(self, at=at)

    def of(self, axis: PageAxis) -> str:
        """ "of 40": what follows a place along `axis`."""
        return f"of more than {axis.size:,}" if self.is_more else f"of {axis.size:,}"

    @property
    def told(self) -> str:
        """The sentence that says which page is shown."""
        (first, *rest) = self.axes
        if not rest and first.name in (PAGE, FRAME) and self.at == 0:
            return f"The first {self.of(first)} {first.name}s is shown."
        each = (
            f"{axis.name} {place + 1:,} {self.of(axis)}" for axis, place in zip(self.axes, self.places, strict=True)
        )
        words = ", ".join(each)
        return f"{words[:1].upper()}{words[1:]} is shown."
