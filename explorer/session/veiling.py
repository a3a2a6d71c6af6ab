"""Which numbers a question asks for, and so are veiled. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.lessons.asked import pointed_by
from explorer.lessons.readings.expressions import Reference, references
from explorer.lessons.script import Question
from explorer.session.asked_sizes import ALL_LAYERS, AskedSizes
from explorer.session.veil import KEPT_ASKED, CellRange, Veil

SAID = ("probability", "class")
PASSED_BACK = "grad_"
AFTER = "_after"
COUNTED = ("parameters", "weights")
PLACE = ("place",)


def veil_of(question: Question) -> Veil:
    """The veil over what `question` asks for: cells, what the network says, the loss, and sizes."""
    asked = tuple(_asked_by(question))
    names = {each.names[0] for each in asked if len(each.names) == 1}
    ranges = (_cells(each) for each in asked)
    return Veil(
        frozenset(each for each in ranges if each is not None),
        prediction=bool(names & set(SAID)),
        loss="loss" in names or any(each.names == ("run", "loss") for each in asked),
        sizes=_sizes(asked, names),
        arithmetic=frozenset(_whose_arithmetic(asked)),
    )


def _whose_arithmetic(asked: tuple[Reference, ...]) -> Iterator[str]:
    """The calls of which it is asked how many terms a cell has, or where a cell went."""
    for each in asked:
        if len(each.names) == 2 and each.names[1] == "terms":
            yield each.names[0]
        elif each.names == PLACE:
            yield _layer_of(each)


def _layer_of(reference: Reference) -> str:
    first = (reference.arguments or (None,))[0]
    return first.names[0] if isinstance(first, Reference) else ""


def _sizes(asked: tuple[Reference, ...], names: set[str]) -> AskedSizes:
    """Of the whole network under its own name, of layers behind theirs, or in round brackets."""
    facts: dict[str, set[str]] = {}
    shapes: set[tuple[str, int | None]] = set()
    for each in asked:
        if len(each.names) == 2:
            layer, fact = each.names
            facts.setdefault(fact, set()).add(layer)
            axis = each.index[0] if each.index else None
            if fact == "shape":
                shapes.add((layer, axis if isinstance(axis, int) else None))
    counted = {layer for fact in COUNTED for layer in facts.get(fact, ())}
    kept = (each.arguments[0] for each in asked if each.names == ("kept",) and each.arguments)
    return AskedSizes(
        shapes=frozenset(shapes),
        parameters=frozenset(counted | ({ALL_LAYERS} if "parameters" in names else set())),
        fields=frozenset(facts.get("field", ())),
        kept=frozenset(each.names[0] for each in kept if isinstance(each, Reference)),
        input_cells="input" in facts.get("cells", ()),
        runs="runnable" in names,
    )


def _asked_by(question: Question) -> Iterator[Reference]:
    """Of options what all of them speak of: one alone may compare it with something that is there to be seen."""
    for hidden in question.hides:
        yield from references(hidden)
    if question.reading is not None:
        yield from references(question.reading)
    yield from pointed_by(question)
    of_options = [tuple(references(option.condition)) for option in question.options]
    names = [{each.names for each in references} for references in of_options]
    common = set.intersection(*names) if names else set()
    yield from (each for references in of_options for each in references if not common or each.names in common)


def _cells(reference: Reference) -> CellRange | None:
    """The cells that a reference names, a whole tensor without an index; None for what is no cell. Of a place all
    cells, of which one is asked for."""
    if reference.names == PLACE:
        return CellRange(_layer_of(reference))
    if len(reference.names) != 2:
        return None
    call, of = reference.names
    if of not in ("output", KEPT_ASKED) and not of.startswith(PASSED_BACK) and not of.endswith(AFTER):
        return None
    return CellRange(call, tuple(_ends(each) for each in reference.index or ()), of)


def _ends(part: int | slice) -> tuple[int | None, int | None]:
    return (part, part + 1) if isinstance(part, int) else (part.start, part.stop)
