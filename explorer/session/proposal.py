"""What Train would do to a network for which no data were chosen, which is asked about where it replaces something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Until = Literal["", "step", "epoch"]
"""How far a press of a button trains: to the end of the run, or to that of its step or epoch."""


@dataclass(frozen=True)
class Proposal:
    """The data that a network would learn, and what of it they would replace.

    `data` is the name or path of the data, "" where none that come along fit; `title` and `classes` are theirs.
    `are_open` tells that they were chosen for another network, `misfit` why those of the network's kind do not fit.
    """

    data: str = ""
    title: str = ""
    classes: tuple[str, ...] = ()
    replaces_classes: bool = False
    replaces_weights: bool = False
    until: Until = ""
    are_open: bool = False
    misfit: str = ""

    @property
    def is_asked_about(self) -> bool:
        """Whether the person has to agree first: something of theirs is replaced, or there is nothing to learn."""
        return not self.data or self.replaces_classes or self.replaces_weights
