"""The one way to a cell's arithmetic: from a recording that nothing changes any more, for maps and debugger alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from explorer.arithmetic import Explanation
from explorer.session.batch_axis import is_of_batch
from explorer.session.cell import Cell
from explorer.session.veil import NO_VEIL, WAITS, Covered, Veil, reads_covered, without_total

if TYPE_CHECKING:
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.recording import Recording, Step

REMEMBERED = 4  # cells: the one under the cursor is asked for by each view that draws it
GIVEN = "This number is the input's own."
EMPTY = "This tensor is empty."
GONE = "What this number was made from went when another pass began; the next whole pass explains it."


@dataclass(frozen=True, eq=False)
class Explained:
    """The arithmetic of `cell`, or the sentence that says why there is none.

    `made_by` says of each tensor that the arithmetic reads which layer of the maps gave it, where one did; `of_batch`
    are those whose cells begin with the example.
    """

    cell: Cell | None = None
    explanation: Explanation | None = None
    message: str = ""
    made_by: Mapping[str, str] = field(default_factory=dict)
    of_batch: frozenset[str] = frozenset()
    veil: Veil = NO_VEIL
    bare: Explained | None = None  # what lies under the veil

    def under(self, veil: Veil, covered: Covered, unsized: frozenset[str] = frozenset()) -> Explained:
        """The same of the maps under `veil`, `covered` by layers: of what is asked for the terms alone, and none of
        where layers of an `unsized` output are read."""
        bare = self.bare or self
        if not veil or bare.cell is None:
            return bare
        own = bare.cell.of == "output" and bare.cell.index in covered.get(bare.cell.call, ())
        read = {name: covered[part] for name, part in bare.made_by.items() if part in covered}
        is_read = bare.cell.call in veil.arithmetic or not unsized.isdisjoint(bare.made_by.values())
        waits = bare.explanation is not None and is_read
        found = replace(bare, explanation=None, message=WAITS) if waits else bare.without(read, is_asked=own)
        return replace(found, veil=veil, bare=bare)

    def without(self, read: Covered, *, is_asked: bool) -> Explained:
        """The same where the cell itself is asked for, or cells of the tensors of these names that its terms read."""
        if self.explanation is None:
            return self
        if reads_covered(self.explanation, read):
            return replace(self, explanation=None, message=WAITS)
        return replace(self, explanation=without_total(self.explanation)) if is_asked else self


class Explainer:
    """Explains the cells of one recording, and remembers the last few.

    It belongs to whoever may read the recording: the worker's thread for a pass, which is recorded on the model itself,
    and either thread for a step, which is recorded on a copy.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._remembered: dict[tuple[int, Cell], Explained] = {}
        self._of_batch: dict[Call, frozenset[str]] = {}

    def explain(self, step: Step | None, cell: Cell | None) -> Explained:
        """How `cell` of a step of the recording came about; `step` is None for what no call made."""
        if step is None or cell is None:
            return Explained(cell, message=EMPTY if cell is None else GIVEN)
        key = id(step), cell
        if key not in self._remembered:
            for oldest in list(self._remembered)[: 1 - REMEMBERED]:
                del self._remembered[oldest]
            self._remembered[key] = self.in_letters(step, cell, {})
        return self._remembered[key]

    def in_letters(self, step: Step, cell: Cell, symbols: Mapping[str, str]) -> Explained:
        """The same, with tensors renamed in the written line."""
        from explorer.engine.errors import EngineError
        from explorer.engine.explaining.explain import explain

        try:
            explanation = explain(self._recording, step, cell.index, of=cell.of, symbols=symbols)
        except EngineError as error:
            return Explained(cell, message=str(error))
        return Explained(cell, explanation, of_batch=frozenset() if step.update is not None else self._batch_of(step))

    def _batch_of(self, step: Step) -> frozenset[str]:
        """The same for all cells of a call, on the way there and back."""
        if step.call not in self._of_batch:
            self._of_batch[step.call] = _of_batch(step.call, self._recording.batch_size)
        return self._of_batch[step.call]


def _of_batch(call: Call, batch_size: int) -> frozenset[str]:
    """The names of the tensors of a call, and of their gradients, that have the batch along their first axis."""
    given = {name: tuple(getattr(value, "shape", ())) for name, value in call.arguments.items()}
    shapes = {**given, "output": call.output_shape}
    names = [name for name, shape in shapes.items() if is_of_batch(name, shape, batch_size)]
    return frozenset([*names, *(f"grad_{name}" for name in names)])
