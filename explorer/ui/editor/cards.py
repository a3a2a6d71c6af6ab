"""What stands on the cards, worked out from the state: facts once a document, miniature maps once a recording."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.ui.editor.layer_card import Card, CardProblem
from explorer.ui.editor.minis import Minis

if TYPE_CHECKING:
    from explorer.network import Layer, Network
    from explorer.session.document import Document
    from explorer.session.snapshot import LayerActivation
    from explorer.session.state import State

INPUT = "input"


class Cards:
    """Makes the cards of a state and keeps what did not change from the last one."""

    def __init__(self) -> None:
        self._document: Document | None = None
        self._facts: tuple[Card, ...] = ()
        self._minis: dict[str, tuple[object, Minis]] = {}

    def of(self, state: State) -> tuple[Card, ...]:
        """One card for the input and one a layer; or one a call, for a person's own model."""
        if state.network is None:
            cards = _call_cards(state)
        else:
            if self._document is not state.document:
                self._document, self._facts = state.document, _layer_cards(state.document, state.network)
            cards = self._facts
        cards = _with_fault(cards, state)
        return tuple(replace(card, minis=self._minis_of(card, state)) for card in cards)

    def _minis_of(self, card: Card, state: State) -> Minis | None:
        source: object = state.maps.activations.by_name.get(card.name) if state.maps.activations else None
        if card.is_input and state.input.fitted is not None:
            source = state.input.fitted
        if source is None or not card.runs:
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
    return Minis(values=activation.values, low=activation.low, high=activation.high)


def _layer_cards(document: Document, network: Network) -> tuple[Card, ...]:
    shapes, counts, runnable = network.shapes(), network.parameter_counts(), network.runnable()
    problems: dict[str, list[CardProblem]] = {}
    for problem in document.problems:
        fix = problem.fix.label if problem.fix else ""
        problems.setdefault(problem.layer, []).append(CardProblem(problem.message, problem.severity, fix))
    cards = [_input_card(network.input_shape, tuple(problems.get(INPUT, ())))]
    before = INPUT
    for index, layer in enumerate(network.layers):
        cards.append(
            Card(
                name=layer.name,
                kind=layer.kind,
                family=layer.family,
                shape=shapes[index],
                parameters=counts[index],
                hyperparameters=hyperparameters(layer),
                takes=_takes(network, layer, before),
                problems=tuple(problems.get(layer.name, ())),
                runs=index < runnable,
            )
        )
        before = layer.name
    return tuple(cards)


def _input_card(shape: tuple[int, ...], problems: tuple[CardProblem, ...] = ()) -> Card:
    kind = "picture" if len(shape) == 3 and shape[0] in (1, 3) else "maps" if len(shape) == 3 else "numbers"
    return Card(INPUT, kind, "input", shape, problems=problems, is_input=True)


def _takes(network: Network, layer: Layer, before: str) -> tuple[str, ...]:
    """The names worth writing on the card: not the layer just above."""
    if not layer.inputs or layer.inputs == (before,):
        return ()
    return layer.inputs


def hyperparameters(layer: Layer) -> tuple[str, ...]:
    """What is set by hand, as "filters 12"; a setting that only states what arrives is not a choice."""
    chosen = [(name, setting.label.lower()) for name, setting, _ in layer.settings() if name != layer.arriving]
    return tuple(f"{label} {layer.setting_text(name)}" for name, label in chosen)


def _call_cards(state: State) -> tuple[Card, ...]:
    """Read-only cards of the calls of a person's own model."""
    if state.maps.activations is None:
        return ()
    return tuple(_call_card(activation, before) for activation, before in _with_before(state.maps.activations.layers))


def _with_before(layers: tuple[LayerActivation, ...]) -> list[tuple[LayerActivation, str]]:
    return [(layer, layers[index - 1].name if index else "") for index, layer in enumerate(layers)]


def _call_card(activation: LayerActivation, before: str) -> Card:
    if activation.name == INPUT:
        return _input_card(activation.shape)
    arrays = (activation.weight, activation.bias)
    return Card(
        name=activation.name,
        kind=activation.kind,
        family=activation.family,
        shape=activation.shape,
        parameters=sum(array.size for array in arrays if array is not None),
        takes=() if activation.parents == (before,) else activation.parents,
    )


def _with_fault(cards: tuple[Card, ...], state: State) -> tuple[Card, ...]:
    """`cards` with what went wrong while running on the card where it did."""
    fault = state.maps.fault
    if fault is None or fault.layer is None:
        return cards
    problem = CardProblem(fault.message)
    return tuple(
        replace(card, problems=(*card.problems, problem)) if card.name == fault.layer else card for card in cards
    )
