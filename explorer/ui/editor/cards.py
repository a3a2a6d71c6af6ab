"""What stands on the cards, worked out from the state: facts once a document, miniature maps once a recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.amounts import VeiledCount
from explorer.ui.editor.layer_card import Card, CardProblem
from explorer.ui.editor.minis import Minis

if TYPE_CHECKING:
    from explorer.network import Layer
    from explorer.session.document import Document
    from explorer.session.part import Part
    from explorer.session.snapshot import LayerActivation
    from explorer.session.state import State

INPUT = "input"


class Cards:
    """Makes the cards of a state and keeps what did not change from the last one."""

    def __init__(self) -> None:
        self._made_of: tuple[Document | None, tuple[Part, ...]] = None, ()
        self._facts: tuple[Card, ...] = ()
        self._minis: dict[str, tuple[object, Minis]] = {}

    def of(self, state: State) -> tuple[Card, ...]:
        """One card for the input and one a layer; or one a call, for a person's own model."""
        parts = state.parts
        if self._made_of[0] is not state.document or self._made_of[1] is not parts:
            self._made_of, self._facts = (state.document, parts), tuple(_cards(state, parts))
        cards = _with_fault(self._facts, state)
        names = {card.name for card in cards}
        self._minis = {name: kept for name, kept in self._minis.items() if name in names}
        return tuple(replace(card, minis=self._minis_of(card, state)) for card in cards)

    def _minis_of(self, card: Card, state: State) -> Minis | None:
        source: object = state.maps.activations.by_name.get(card.name) if state.maps.activations else None
        if card.is_input and state.input.fitted is not None:
            source = state.input.fitted
        if source is None or not card.runs:
            self._minis.pop(card.name, None)
            return None
        kept = self._minis.get(card.name)
        if kept is None or kept[0] is not source:
            kept = self._minis[card.name] = (source, _minis(source))
        return kept[1]


def _minis(source: object) -> Minis:
    pixels = getattr(source, "pixels", None)
    if pixels is not None:
        return Minis(pixels=pixels)
    activation: LayerActivation = source  # type: ignore[assignment]  # the other of two kinds
    values, slices = activation.values, activation.slices
    shown = values if slices == 1 else values[slices // 2 :: slices]
    return Minis(values=shown, low=activation.low, high=activation.high)


def _cards(state: State, parts: tuple[Part, ...]) -> Iterator[Card]:
    problems: dict[str, list[CardProblem]] = {}
    hidden = {part.name for part in parts if any(isinstance(size, VeiledCount) for size in part.shape or ())}
    for problem in state.problems:
        if problem.layer in hidden and problem.severity == "remark":
            continue  # it tells the size that is asked for
        fix = problem.fix.label if problem.fix else ""
        problems.setdefault(problem.layer, []).append(CardProblem(problem.message, problem.severity, fix))
    before = ""
    for part in parts:
        its_problems = tuple(problems.get(part.name, ()))
        yield _input_card(part, its_problems) if part.name == INPUT else _card(part, state, before, its_problems)
        before = part.name


def _card(part: Part, state: State, before: str, problems: tuple[CardProblem, ...]) -> Card:
    """What it takes is worth writing only where that is not the part just above."""
    layer = state.layer(part.name)
    return Card(
        name=part.name,
        kind=part.kind,
        family=part.family,
        shape=part.shape,
        parameters=part.parameters,
        settings=chosen_settings(layer) if layer else (),
        takes=() if part.parents == (before,) else part.parents,
        problems=problems,
        runs=part.runs,
    )


def _input_card(part: Part, problems: tuple[CardProblem, ...]) -> Card:
    shape = part.shape or ()
    kind = "picture" if len(shape) == 3 and shape[0] in (1, 3) else "maps" if len(shape) == 3 else "numbers"
    return Card(INPUT, kind, "input", shape, problems=problems, is_input=True)


def chosen_settings(layer: Layer) -> tuple[str, ...]:
    """What is set by hand, as "filters 12"; a setting that only states what arrives is not a choice."""
    given = [(name, rules) for name, rules, _ in layer.settings() if rules.is_argument and name != layer.arriving]
    frozen = ("frozen",) if layer.is_frozen else ()
    return (*frozen, *(f"{rules.label.lower()} {layer.setting_text(name)}" for name, rules in given))


def _with_fault(cards: tuple[Card, ...], state: State) -> tuple[Card, ...]:
    """`cards` with what went wrong while running on the card where it did."""
    fault = state.maps.fault
    if fault is None or fault.layer is None:
        return cards
    problem = CardProblem(fault.message)
    return tuple(
        replace(card, problems=(*card.problems, problem)) if card.name == fault.layer else card for card in cards
    )
