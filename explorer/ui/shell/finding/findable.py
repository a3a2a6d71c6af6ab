"""One thing that can be found, and gone to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Findable:
    """`what` it is in one word, as "layer"; `note` a sentence about it; `aside` its key or its size.

    `words` are what it is found by besides its title. `refusal` is the sentence that says why it cannot be gone to
    now, or "".
    """

    title: str
    what: str
    go: Callable[[], object]
    note: str = ""
    aside: str = ""
    words: str = ""
    refusal: str = ""
