"""The subject before anything was opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.engine.errors import EngineError
from explorer.session.part import Part
from explorer.session.subjects.subject import Subject, Verb

if TYPE_CHECKING:
    from explorer.engine.model.workbench import Workbench
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.recording import Recording
    from explorer.session.snapshot import Activations, LayerActivation

NOTHING_OPEN = "No network is open: open one, or begin a new one, first."


@dataclass(frozen=True)
class Nothing(Subject):
    """Nothing is open. A picture may be opened already: it waits for what will look at it."""

    is_open = False

    def refusal(self, verb: Verb) -> str:
        return "" if verb is Verb.SHOW_PICTURE else NOTHING_OPEN

    def number_type(self, present: np.ndarray | None) -> np.dtype[np.generic]:
        return np.dtype(np.float32)

    def parts(self, activations: Activations | None) -> tuple[Part, ...]:
        return ()

    def has_part(self, name: str, activations: Activations | None) -> bool:
        return False

    def put_on(self, bench: Workbench) -> None:
        raise EngineError(NOTHING_OPEN)

    def activations(self, recording: Recording, bench: Workbench, example: int = 0) -> Iterable[LayerActivation]:
        return ()

    def call_of(self, recording: Recording, part: str) -> Call | None:
        return None
