"""What a subject is made of, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.network import Shape


@dataclass(frozen=True)
class Part:
    """The input, a layer of a network, or a call of a person's own model.

    `shape` is that of what it gives for one example, None where that cannot be worked out; `parents` are the parts it
    takes from. `runs` is False for a layer that is not run because of an error in it or before it.
    """

    name: str
    kind: str
    family: str
    shape: Shape | None
    parents: tuple[str, ...] = ()
    parameters: int = 0
    runs: bool = True
