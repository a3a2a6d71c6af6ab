"""What a name in a reading stands for on a stage."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np

from explorer.bounds import quoted
from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.expressions import ReadingError, Reference
from explorer.lessons.script import Scene
from explorer.lessons.staging.indexing import cell_of, indexed
from explorer.lessons.staging.layer_facts import CELL_FACTS, LAYER_FACTS, passed_back
from explorer.lessons.staging.pass_facts import ASKED_OF, PASS_FACTS
from explorer.lessons.staging.run_facts import DATA_FACTS, EPOCH_FACTS, RUN_FACTS, losses_of
from explorer.lessons.staging.runs import run_of
from explorer.lessons.staging.stage import Stage

OF_LOSS = ("grad_input",)
OF_INPUT = ("cells", "shape")


class Staged:
    """A scene that readings are asked of: the `Source` of the language."""

    def __init__(self, scene: Scene) -> None:
        self.stage = Stage(scene)

    @property
    def scene(self) -> Scene:
        """What is on the stage."""
        return self.stage.scene

    def value(self, reference: Reference) -> Value:
        """What a reference gives; raises ReadingError with a sentence that says what there is instead."""
        if len(reference.names) == 1:
            return self._of_pass(reference)
        if len(reference.names) > 2 or reference.arguments is not None:
            raise ReadingError(f"{quoted(reference.text)} is no reading: write it as conv1.output[0,0,1,2]")
        first, fact = reference.names
        if first == "loss":
            return self._of_loss(fact, reference)
        if first == "input":
            return self._of_input(fact, reference)
        if first == "run":
            return self._of_run(fact, reference)
        if first == "data":
            return self._of_data(fact, reference)
        return self._of_layer(first, fact, reference)

    def _of_pass(self, reference: Reference) -> Value:
        (name,) = reference.names
        if reference.arguments is not None:
            if name not in ASKED_OF:
                raise ReadingError(f"nothing called {quoted(name)} can be asked{_instead(name, ASKED_OF)}")
            return ASKED_OF[name](self.stage, reference.arguments)
        if name not in PASS_FACTS:
            if name in self.stage.network.names:
                raise ReadingError(f"{name} is a layer: say what of it, such as {name}.output[…] or {name}.shape")
            raise ReadingError(f"there is nothing called {quoted(name)}{_instead(name, PASS_FACTS)}")
        found = PASS_FACTS[name](self.stage)
        return found if isinstance(found, str) else indexed_if_asked(found, reference)

    def _of_layer(self, layer: str, fact: str, reference: Reference) -> Value:
        names = self.stage.network.names
        if layer not in names:
            raise ReadingError(f'there is no layer "{layer}"; the network has {", ".join(names) or "none"}')
        if fact in CELL_FACTS:
            return CELL_FACTS[fact](self.stage, layer, reference)
        if fact not in LAYER_FACTS:
            raise ReadingError(f"a layer has no {quoted(fact)}{_instead(fact, [*LAYER_FACTS, *CELL_FACTS])}")
        found = LAYER_FACTS[fact](self.stage, layer)
        return found if isinstance(found, str) else indexed_if_asked(found, reference)

    def _of_loss(self, fact: str, reference: Reference) -> Value:
        call = self.stage.recording.loss_call
        if call is None:
            raise ReadingError("there is no loss: give the scene a loss and a target")
        if fact not in OF_LOSS:
            raise ReadingError(f"a loss has no {quoted(fact)}{_instead(fact, OF_LOSS)}")
        return indexed(passed_back(self.stage, call, "input"), reference)

    def _of_input(self, fact: str, reference: Reference) -> Value:
        shape = self.stage.network.input_shape
        if fact not in OF_INPUT:
            raise ReadingError(f"the input has no {quoted(fact)}{_instead(fact, OF_INPUT)}")
        return int(np.prod(shape)) if fact == "cells" else indexed(np.array(shape), reference)

    def _of_run(self, fact: str, reference: Reference) -> Value:
        """Counted from 1, as steps and epochs are."""
        if fact in RUN_FACTS:
            return indexed_if_asked(RUN_FACTS[fact](self.stage), reference)
        if fact != "loss" and fact not in EPOCH_FACTS:
            raise ReadingError(f"a run has no {quoted(fact)}{_instead(fact, ['loss', *EPOCH_FACTS, *RUN_FACTS])}")
        what = "step" if fact == "loss" else "epoch"
        (number,) = cell_of(reference, (what,))
        made = (
            losses_of(self.stage) if fact == "loss" else [EPOCH_FACTS[fact](each) for each in run_of(self.stage).epochs]
        )
        if not 1 <= number <= len(made):
            there = f"{what}s go from 1 to {len(made)}" if made else f"there was no {what}"
            raise ReadingError(f"{reference.text} was not made: {there}")
        found = made[number - 1]
        if found is None:
            raise ReadingError(f"{reference.text} is not known: there is nothing to test on")
        return found

    def _of_data(self, fact: str, reference: Reference) -> Value:
        if fact not in DATA_FACTS:
            raise ReadingError(f"data have no {quoted(fact)}{_instead(fact, DATA_FACTS)}")
        return indexed_if_asked(DATA_FACTS[fact](self.stage), reference)


def indexed_if_asked(found: Value, reference: Reference) -> Value:
    """Cells of a table; a single number has none."""
    if isinstance(found, np.ndarray):
        return indexed(found, reference)
    if reference.index is not None:
        raise ReadingError(f"{'.'.join(reference.names)} is a single number; it has no cells")
    return found


def _instead(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; {near[0]}, perhaps?" if near else f"; there are {', '.join(known)}"
