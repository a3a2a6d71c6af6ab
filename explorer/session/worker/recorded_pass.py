"""One pass: the maps that the window shows, and the recording that explains them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.network.names import INPUT
from explorer.session.cell import Cell
from explorer.session.explained import Explained, Explainer
from explorer.session.snapshot import Activations
from explorer.session.subjects.subject import Subject

if TYPE_CHECKING:
    from explorer.engine.recording.recording import Recording, Step


class RecordedPass:
    """A recording, with the maps that were made of it once they are.

    `is_frozen` tells whether the recording has the weights it read as its own; otherwise they are the model's.
    """

    def __init__(self, recording: Recording, subject: Subject) -> None:
        self.recording = recording
        self.maps: Activations | None = None
        self.is_frozen = False
        self._explainer = Explainer(recording)
        self._subject = subject

    def explain(self, cell: Cell) -> Explained:
        """How a cell of what a part of the subject gave came about, from the call that gave it."""
        step = self._step(cell.call)
        explained = self._explainer.explain(step, cell)
        return explained if step is None else replace(explained, made_by=self._makers(step))

    def explain_at_once(self, cell: Cell | None) -> Explained | None:
        """The same where nothing has to be worked out again for it, which may take as long as a pass."""
        return None if cell is None or self.recording.dropped else self.explain(cell)

    def _makers(self, step: Step) -> dict[str, str]:
        """The part of the subject that gave each tensor that the call of `step` was given, where one did."""
        from explorer.engine.recording.call_tensors import argument_titles

        titles = argument_titles(self.recording, step.call)
        found = {name: self._part_of(title) for name, title in titles.items()}
        return {name: part for name, part in found.items() if part}

    def _part_of(self, maker: str) -> str:
        """The part whose output a call gave, or the input; "" for a call inside a part, and for a weight."""
        if maker == INPUT:
            return INPUT
        if maker not in self.recording:
            return ""
        call = self.recording[maker]
        parts = (call.name, call.module)
        return next((part for part in parts if self._subject.call_of(self.recording, part) is call), "")

    def _step(self, part: str) -> Step | None:
        call = self._subject.call_of(self.recording, part)
        return next((step for step in self.recording.steps if step.call is call), None)
