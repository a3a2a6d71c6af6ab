"""What the page says of a text, in words."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.network import NotationError
from explorer.network.completing import surroundings
from explorer.network.draft import Draft
from explorer.network.names import INPUT
from explorer.ui.common.text import plural, shape_text
from explorer.ui.new_network.cheat_sheet import signature
from explorer.ui.new_network.problem_lines import ToldProblem

LOOKED_BACK = 2_000


def problem_lines(draft: Draft) -> Iterator[ToldProblem]:
    """Where the text ends to be understood first, then what is wrong with the layers, errors before remarks."""
    if draft.fault is not None:
        line = draft.fault.line if isinstance(draft.fault, NotationError) else 0
        mended = draft.fault_mended
        fix = f"Write {mended.text}" if mended is not None else ""
        yield ToldProblem(f"Line {line}" if line else "", str(draft.fault), fix=fix)
    for problem in draft.problems:
        fix = problem.fix.label if problem.fix else ""
        yield ToldProblem("" if problem.layer == INPUT else problem.layer, problem.message, problem.severity, fix)


def summary(draft: Draft) -> str:
    """What the text makes, in a line."""
    if draft.input_shape is None:
        return "A network begins with the size of its input."
    so_far = "" if draft.is_whole else "So far: "
    layers = plural(len(draft.layers), "layer") if draft.layers else "no layer yet"
    known = plural(sum(written.parameters for written in draft.layers), "parameter")
    if any(written.shape is None for written in draft.layers):
        known = f"{known} before the fault" if any(written.parameters for written in draft.layers) else "? parameters"
    way = [draft.input_shape, *(written.shape for written in draft.layers[-1:])]
    shapes = " → ".join(shape_text(shape) if shape is not None else "?" for shape in way)
    return f"{so_far}{layers} · {known} · {shapes}"


def hint(text: str, position: int) -> str:
    """What can be set of the layer that is being written at `position`; "" outside of one."""
    around = surroundings(text[max(0, position - LOOKED_BACK) : position])
    return f"{around.kind.word}({signature(around.kind)})" if around.kind is not None else ""


def why_not(draft: Draft) -> str:
    """Why no network can be created of the text, in a sentence; "" where one can."""
    if draft.is_whole:
        return ""
    return str(draft.fault) if draft.fault is not None else "The text is empty."


def names_before(draft: Draft, position: int) -> dict[str, str]:
    """The layers that stand before `position`, each with what it gives."""
    return {
        written.layer.name: shape_text(written.shape) if written.shape is not None else "an unknown shape"
        for written in draft.layers
        if written.place[1] < position
    }
