"""What the numbers of a row are called: "x₁", "u₂", "y₁", counted from 1 as in textbooks, the same in every view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from explorer.arithmetic.cells import subscript
from explorer.arithmetic.delta_rule import Letters, letters_of
from explorer.network.names import INPUT
from explorer.session.numbered import Numbered

GIVEN, MADE, TAUGHT = "x", "y", "d"
"""What goes into a network, what comes out of it, and what should."""
HIDDEN = "z"
RESHAPING = frozenset(("flatten", "reshape", "view"))
COMMON = ("identity", "softmax", "log_softmax", "dropout")
RARE = ("relu6", "selu", "celu", "mish", "hardtanh", "hardsigmoid", "hardswish", "softplus", "softsign", "logsigmoid")
FUNCTIONS = frozenset((*COMMON, *RARE))


Made = tuple[str, str, tuple[str, ...]]
"""The name, the kind and the parents of a call or a layer that ran."""


@dataclass(frozen=True)
class NumberNamed:
    """Names a number by its place in the row, from 0: "y₁" is the first of the letter y."""

    letter: str

    def __call__(self, place: int) -> str:
        return subscript(self.letter, place)


def row_names(letter: str, count: int) -> Numbered:
    """The names of all numbers of a row."""
    return Numbered(range(count), NumberNamed(letter))


def row_letters(made: Iterable[Made]) -> Mapping[str, str]:
    """The letter of each call's numbers, by its name, and the input's: those of the drawing with every neuron.

    A linear layer's sums are u, behind an activation z; the last one's a and y; what ends the network is y.
    """
    calls = [call for call in made if call[0] != INPUT]
    linear = [name for name, kind, _ in calls if kind == "linear"]
    activated = {parent for _, kind, parents in calls if is_function(kind) for parent in parents}
    groups: dict[str, Letters] = {}
    letters = {INPUT: GIVEN}
    for name, kind, parents in calls:
        before = parents[0] if len(parents) == 1 else ""
        letters[name] = HIDDEN
        if kind == "linear":
            own = groups[name] = letters_of(linear.index(name), len(linear))
            letters[name] = own.sum if name in activated else own.output
        elif before in groups and is_function(kind):
            groups[name] = groups[before]
            letters[name] = groups[before].output
        elif kind in RESHAPING and before in letters:
            letters[name] = letters[before]
    if calls:
        letters[calls[-1][0]] = MADE
    return letters


def is_function(kind: str) -> bool:
    """Whether calls of this kind turn each neuron's sum into its output."""
    from explorer.arithmetic.activation import Activation  # the first paint does not wait for it
    from explorer.arithmetic.operations import operation_for

    return kind in FUNCTIONS or isinstance(operation_for(kind), Activation)
