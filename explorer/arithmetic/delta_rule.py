"""The delta rule in a lecture's words: δ₁ = g′(u₁)·(Δ₁·w₁₁ + Δ₂·w₂₁), and the weight's change that follows from it.

A Δ is the negative gradient of the error E with respect to what a neuron adds up (its u, or a). So a rule spans two or
three calls at once: a linear layer, its activation, and the linear layer or the loss that reads it. The factors name
their tensors by call: "linear2.weight", "linear1.output".
Source: Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from explorer.arithmetic.cells import subscript
from explorer.arithmetic.explanation import Explanation, Factor, Terms, written_sum
from explorer.arithmetic.joined import joined
from explorer.arithmetic.written import Exact, Number, Product, Quotient, Sum, Written, difference, equation

SYMBOLS_WRITTEN = 6
"""A sum of more neurons is written with a Σ."""

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Letters:
    """What a layer's numbers are called: its weighted sum, output, weight, input and Δ, and the next layer's."""

    delta: str
    sum: str
    output: str
    weight: str
    input: str
    next_delta: str = ""
    next_weight: str = ""
    target: str = "d"
    rate: str = "η"

    def renamed(self, symbols: dict[str, str]) -> Letters:
        """The same, with the fields that `symbols` names called otherwise. Raises ValueError for another name."""
        known = {field.name for field in fields(self)}
        unknown = sorted(set(symbols) - known)
        if unknown:
            raise ValueError(f"The delta rule has no {unknown[0]}; it has {', '.join(sorted(known))}.")
        return replace(self, **symbols)


def letters_of(layer: int, count: int) -> Letters:
    """The letters of linear layer number `layer` (from 0) among `count`.

    The last one has Δ, a, y and w, the one before δ, u, z and v. Where there are more, hidden ones carry their number.
    """
    own, following = _of_one(layer, count), _of_one(layer + 1, count)
    before = "x" if layer == 0 else _of_one(layer - 1, count).output
    return replace(own, input=before, next_delta=following.delta, next_weight=following.weight)


def _of_one(layer: int, count: int) -> Letters:
    if layer >= count - 1:
        return Letters(delta="Δ", sum="a", output="y", weight="w", input="")
    raised = f"⁽{layer + 1}⁾".translate(_SUPERSCRIPTS) if count > 2 else ""
    return Letters(delta=f"δ{raised}", sum=f"u{raised}", output=f"z{raised}", weight=f"v{raised}", input="")


@dataclass(frozen=True, eq=False)
class Slope:
    """g′ at a neuron's weighted sum: `parts` add up to it, `place` is the (1, ndim) cell of the sum in `tensor`."""

    parts: tuple[float, ...]
    tensor: str
    place: np.ndarray

    @property
    def value(self) -> float:
        return float(sum(self.parts))

    def factor(self, letter: str, terms: int) -> Factor:
        """One value a term, part by part."""
        values = np.repeat(np.asarray(self.parts, dtype=np.float64), terms)
        return Factor(self.tensor, values, np.repeat(self.place, len(values), axis=0), made=f"g′({letter})")


def hidden_delta(letters: Letters, neuron: int, slope: Slope, *, deltas: Factor, weights: Factor) -> Explanation:
    """δᵢ = g′(uᵢ)·Σₖ Δₖ·wₖᵢ: `deltas` are the next layer's, `weights` those it reads this neuron with; (K,) each."""
    count = len(deltas.values)
    sum_letter = subscript(letters.sum, neuron)
    products = Terms((deltas, weights))
    repeated = products.taken(np.tile(np.arange(count), len(slope.parts)))
    terms = Terms((slope.factor(sum_letter, count), *repeated.factors))
    total = float(terms.values.sum())
    symbols = f"Σₖ {letters.next_delta}ₖ·{letters.next_weight}ₖ{subscript('', neuron)}"
    if count <= SYMBOLS_WRITTEN:
        pairs = (
            f"{subscript(letters.next_delta, k)}·{subscript(letters.next_weight, k, neuron)}" for k in range(count)
        )
        symbols = " + ".join(pairs)
    rule = f"{letters.delta}ᵢ = g′({letters.sum}ᵢ)·Σₖ {letters.next_delta}ₖ·{letters.next_weight}ₖᵢ"
    head = f"{subscript(letters.delta, neuron)} = g′({sum_letter})·{_bracketed(symbols)}"
    side = Product((Number(slope.value), written_sum(products)))
    return Explanation(rule, terms, total, equation(head, side, total=total))


def output_delta(
    letters: Letters, neuron: int, slope: Slope, *, target: float, output: Factor, examples: int
) -> Explanation:
    """Δᵢ = (dᵢ − yᵢ)·g′(aᵢ), for half the squared error; of a batch each example has its share 1/N. `output` is y."""
    apart = replace(output, values=target - output.values, made=f"{letters.target} − {letters.output}")
    share = (Factor("1/N", np.full(len(slope.parts), 1 / examples)),) if examples > 1 else ()
    before = f"1/{examples}·" if examples > 1 else ""
    names = (letters.target, letters.output)
    texts = tuple(
        f"{before}({first} − {second})"
        for first, second in (tuple(f"{name}ᵢ" for name in names), tuple(subscript(name, neuron) for name in names))
    )
    shared = (Quotient(Exact(1), Exact(examples)),) if examples > 1 else ()
    numbers = (*shared, difference(target, float(output.values[0])))
    return _output_explained(letters, neuron, slope, error=(*share, apart), texts=texts, numbers=numbers)


def output_delta_of_any_loss(letters: Letters, neuron: int, slope: Slope, *, pull: Factor) -> Explanation:
    """Δᵢ = −∂E/∂yᵢ·g′(aᵢ), whatever the error E is; `pull` is −∂E/∂yᵢ as PyTorch computed it."""
    own = f"−∂E/∂{letters.output}ᵢ", f"−∂E/∂{subscript(letters.output, neuron)}"
    numbers = (Number(float(pull.values[0])),)
    return _output_explained(letters, neuron, slope, error=(pull,), texts=own, numbers=numbers)


def _output_explained(
    letters: Letters,
    neuron: int,
    slope: Slope,
    *,
    error: tuple[Factor, ...],
    texts: tuple[str, ...],
    numbers: tuple[Written, ...],
) -> Explanation:
    """`error` is one value a factor, `texts` how it is written for any neuron and for this one, `numbers` its value."""
    sum_letter = subscript(letters.sum, neuron)
    once = np.zeros(len(slope.parts), dtype=np.intp)
    terms = Terms((*(factor.taken(once) for factor in error), slope.factor(sum_letter, 1)))
    total = float(terms.values.sum())
    for_any, in_letters = texts
    head = f"{subscript(letters.delta, neuron)} = {in_letters}·g′({sum_letter})"
    line = equation(head, Product((*numbers, Number(slope.value))), total=total)
    rule = f"{letters.delta}ᵢ = {for_any}·g′({letters.sum}ᵢ)"
    return Explanation(rule, terms, total, line)


def weight_rule(
    letters: Letters, cell: tuple[int, ...], *, before: Factor, rate: float, deltas: Factor, inputs: Factor | None
) -> Explanation:
    """w ← w + η·Σ Δ·z over the examples; without `inputs` the weight is a bias, whose input is 1 and has index 0.

    The terms' first part is the change, the second the weight as it was.
    """
    count = len(deltas.values)
    one = Factor("1", np.ones(count)) if inputs is None else inputs
    change = (Factor(letters.rate, np.full(count, rate)), deltas, one)
    terms = joined(change, (before,))
    total = float(terms.values.sum())
    neuron, of = cell[0], subscript(letters.input, cell[1]) if len(cell) > 1 else "1"
    weight = subscript(letters.weight, neuron, cell[1] if len(cell) > 1 else -1)
    product = f"{subscript(letters.delta, neuron)}·{of}"
    products = Product((Number(rate), written_sum(Terms(change[1:]))))
    head = f"{weight} ← {weight} + {letters.rate}·{'Σ ' if count > 1 else ''}{product}"
    line = equation(head, Sum((Number(float(before.values[0])), products)), total=total)
    over = ", summed over the examples" if count > 1 else ""
    rule = f"{letters.weight}ᵢⱼ ← {letters.weight}ᵢⱼ + {letters.rate}·{letters.delta}ᵢ·{letters.input}ⱼ{over}"
    return Explanation(rule, terms, total, line)


def _bracketed(text: str) -> str:
    return f"({text})" if " + " in text or text.startswith("Σ") else text
