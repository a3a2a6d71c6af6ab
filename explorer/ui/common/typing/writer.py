"""Where typed numbers go: into the network's weights, or into what it is fed."""

from __future__ import annotations

from itertools import count

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.session import Session, Verb
from explorer.ui.common.typing.target import EXAMPLE, INPUT

_drags = count(1)


class NumberWriter:
    """What was typed over a target, as one entry of undo."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def refusal(self, name: str) -> str:
        """Why the numbers of the target `name` cannot be typed over, in a sentence; "" where they can."""
        is_fed = name == INPUT or name.startswith(EXAMPLE)
        return "" if is_fed else self._session.state.subject.refusal(Verb.CHANGE_WEIGHTS)

    def write(self, name: str, start: Index, values: np.ndarray, *, merge: str | None = None) -> None:
        """Type `values` over the target's cells from `start` on; with the same `merge` in a row it is one entry."""
        if name == INPUT:
            self._session.input.set_cells(start, values, merge=merge)
        elif name.startswith(EXAMPLE):
            number = int(name.removeprefix(EXAMPLE))
            self._session.learning.set_example_cells(number, start, values, merge=merge)
        else:
            self._session.editing.set_cells(name, start, values, merge=merge)

    def say(self, sentence: str) -> None:
        """Tell the person something."""
        self._session.say(sentence)

    def new_drag(self) -> str:
        """What the writings of one drag have in common."""
        return f"drag {next(_drags)}"
