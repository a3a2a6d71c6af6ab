"""Products of tensors summed over shared axes: matmul and its kin, and every einsum.

One relation for all: each axis of each tensor has a letter, an axis of size 1 is read again and again along a longer
one, and what is summed over are the letters that the output lacks. On the way back the gradient of a tensor is the same
kind of sum, of the gradients that arrived and of the other tensors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, formula, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, explain_sum, written_parts
from explorer.arithmetic.joined import joined
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import constant, factor_at, grid, one
from explorer.arithmetic.words import DY, KindWords, Told
from explorer.arithmetic.written import added, equation

Letters = tuple[str, ...]
MOST_TERMS = 1 << 20


@dataclass(frozen=True, eq=False)
class Contraction:
    """`tensors` by name and `letters` for their axes; `made` are those of the output. `added` is added to it."""

    tensors: tuple[tuple[str, np.ndarray], ...]
    letters: tuple[Letters, ...]
    made: Letters
    added: str = ""

    def sizes(self) -> dict[str, int]:
        """How long each letter's axis is."""
        found: dict[str, int] = {}
        for (_, tensor), letters in zip(self.tensors, self.letters, strict=True):
            for letter, size in zip(letters, tensor.shape, strict=True):
                found[letter] = size if found.get(letter, 1) == 1 else found[letter]
        return found

    def at(self, fixed: Mapping[str, int], *, without: str = "") -> tuple[np.ndarray, list[Factor]]:
        """The output's cells and the tensors' factors for all places of the letters that are not `fixed`."""
        sizes = self.sizes()
        free = [letter for letter in sizes if letter not in fixed]
        if prod(sizes[letter] for letter in free) > MOST_TERMS:
            raise ValueError(f"A sum of more than {MOST_TERMS:,} products is not explained.")
        columns = grid([range(sizes[letter]) for letter in free])
        places = {letter: columns[:, at] for at, letter in enumerate(free)}
        places |= {letter: np.full(len(columns), index, np.int64) for letter, index in fixed.items()}
        factors = [
            factor_at(name, tensor, _cells(places, letters, tensor.shape, len(columns)))
            for (name, tensor), letters in zip(self.tensors, self.letters, strict=True)
            if name != without
        ]
        whole = tuple(sizes[letter] for letter in self.made)
        return _cells(places, self.made, whole, len(columns)), factors

    def fixed_by(self, of: str, cell: Index) -> dict[str, int] | None:
        """Where the letters of the tensor `of` stand at a cell; None off the diagonal of a letter that it has twice."""
        at = [name for name, _ in self.tensors].index(of)
        sizes, fixed = self.sizes(), dict[str, int]()
        for letter, size, index in zip(self.letters[at], self.tensors[at][1].shape, cell, strict=True):
            if size == 1 and sizes[letter] > 1:
                continue
            if fixed.setdefault(letter, index) != index:
                return None
        return fixed


def _cells(places: Mapping[str, np.ndarray], letters: Letters, shape: tuple[int, ...], count: int) -> np.ndarray:
    """The cells of a tensor, (count, ndim); of an axis of size 1 the one place there is."""
    indices = [
        places[letter] if size > 1 else np.zeros(count, np.int64) for letter, size in zip(letters, shape, strict=True)
    ]
    return np.stack(indices, axis=1) if indices else np.zeros((count, 0), np.int64)


def _words(title: str, sentence: str, product: str) -> KindWords:
    told = "Each number gathers the gradients of the numbers it helped to make, times what it was multiplied by there."
    back = f"∂L/∂a[i, j] = Σ {DY}[i, k] · b[j, k], ∂L/∂b[j, k] = Σ a[i, j] · {DY}[i, k]"
    return KindWords(title, Told(sentence, product), {"": Told(told, back)})


_ADDED = _words(
    "Matrix product and sum",
    "Rows times columns, product by product, added up, and {input} added to that.",
    "y[i, k] = x[i, k] + Σ a[i, j] · b[j, k]",
)
TOLD: Mapping[str, KindWords] = {
    "matmul": _words(
        "Matrix product",
        "Each number of {made} is a row of {input} times a column of {other}, product by product, added up.",
        "y[i, k] = Σ a[i, j] · b[j, k]",
    ),
    "outer": _words(
        "Outer product", "Each number of {made} is a number of {input} times one of {other}.", "y[i, k] = a[i] · b[k]"
    ),
    "einsum": _words(
        "Einsum",
        "Numbers of {inputs} are multiplied, and added up along every axis that {made} lacks.",
        "y[i, k] = Σ a[i, j] · b[j, k], with the letters of the equation",
    ),
    "addmm": _ADDED,
    "baddbmm": _ADDED,
}


class MatrixProduct(Operation):
    """output[…, i, k] = Σ input[…, i, j] · other[…, j, k], and whatever an einsum says.

    It is taken `alpha` times, and what is added `beta` times.
    """

    kinds = ("matmul", "mm", "bmm", "mv", "dot", "outer", "einsum", "addmm", "baddbmm")
    family = "linear"
    place = "torch."
    told: ClassVar[Mapping[str, KindWords]] = TOLD
    differentiable = ("input", "other", "mat2", "vec", "vec2", "tensor", "operands", "mat1", "batch1", "batch2")
    usual: ClassVar[Mapping[str, Any]] = {"beta": 1, "alpha": 1, "out_dtype": None}

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        if kind == "matmul":
            return " @ ".join(inputs)
        if kind == "einsum":
            return f"torch.einsum({', '.join([repr(settings['equation']), *inputs])})"
        return super().line(kind, inputs, weights, settings)

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        contraction = contraction_of(call)
        _, factors = contraction.at(dict(zip(contraction.made, cell, strict=True)))
        alpha, beta = _setting(call, "alpha"), _setting(call, "beta")
        names = [factor.name for factor in factors]
        products = (*factors, *_times("alpha", alpha, factors[0]))
        if not contraction.added:
            return explain_sum(formula(call, "output", *names), products, name=place(call, "output", cell))
        given = np.asarray(call.arguments[contraction.added])
        first = factor_at(contraction.added, given, _under(given, one(cell)))
        terms = joined((first, *_times("beta", beta, first)), products)
        total = float(terms.values.sum())
        line = added([part for each in reversed(terms.parts) for part in written_parts(each)])
        rule = f"{formula(call, 'output', *names)} + {symbol(call, contraction.added)}"
        return Explanation(rule, terms, total, equation(place(call, "output", cell), line, total=total))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        contraction, gradient = contraction_of(call), arrived(call)
        name = place(call, f"grad_{of}", cell)
        if of == contraction.added:
            cells = _over(np.shape(call.arguments[of]), cell, gradient.shape)
            gradients = factor_at("grad_output", gradient, cells)
            factors = (gradients, *_times("beta", _setting(call, "beta"), gradients))
            return explain_sum(formula(call, f"grad_{of}", "grad_output"), factors, name=name)
        fixed = contraction.fixed_by(of, cell)
        if fixed is None:
            none = factor_at("grad_output", gradient, np.zeros((0, gradient.ndim), np.int64))
            return explain_sum(f"{symbol(call, f'grad_{of}')} = 0 off the diagonal", (none,), name=name)
        cells, others = contraction.at(fixed, without=of)
        gradients = factor_at("grad_output", gradient, cells)
        products = (gradients, *others, *_times("alpha", _setting(call, "alpha"), gradients))
        rule = formula(call, f"grad_{of}", "grad_output", *(factor.name for factor in others))
        return explain_sum(rule, products, name=name)


def contraction_of(call: CallValues) -> Contraction:
    """The letters of a call's axes. Raises ValueError for a form that is not explained."""
    if call.kind == "einsum":
        return _of_einsum(call)
    if call.kind == "matmul":
        return _of_matmul(call)
    names, letters, made, added_to = FORMS[call.kind]
    given = tuple((name, np.asarray(call.arguments[name])) for name in names)
    return Contraction(given, tuple(map(tuple, letters)), tuple(made), added_to)


FORMS: Mapping[str, tuple[tuple[str, str], tuple[str, str], str, str]] = {
    "mm": (("input", "mat2"), ("ij", "jk"), "ik", ""),
    "bmm": (("input", "mat2"), ("bij", "bjk"), "bik", ""),
    "mv": (("input", "vec"), ("ij", "j"), "i", ""),
    "dot": (("input", "tensor"), ("j", "j"), "", ""),
    "outer": (("input", "vec2"), ("i", "k"), "ik", ""),
    "addmm": (("mat1", "mat2"), ("ij", "jk"), "ik", "input"),
    "baddbmm": (("batch1", "batch2"), ("bij", "bjk"), "bik", "input"),
}
"""What is multiplied, the letters of the axes and of the output's, and what is added."""


def _of_matmul(call: CallValues) -> Contraction:
    """The last axis of the first meets the last but one of the second, or its only one; those before are a batch."""
    first, second = np.asarray(call.arguments["input"]), np.asarray(call.arguments["other"])
    batch = [f"batch {at}" for at in range(max(first.ndim, second.ndim) - 2, 0, -1)]
    left = ("i", "j") if first.ndim > 1 else ("j",)
    right = ("j", "k") if second.ndim > 1 else ("j",)
    letters = tuple(
        (*batch[len(batch) - max(tensor.ndim - 2, 0) :], *own) for tensor, own in ((first, left), (second, right))
    )
    made = (*batch, *left[:-1], *right[1:])
    return Contraction((("input", first), ("other", second)), letters, made)


def _of_einsum(call: CallValues) -> Contraction:
    equation = call.arguments.get("equation")
    operands = call.arguments.get("operands", ())
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    if not isinstance(equation, str):
        raise ValueError("An einsum without an equation in letters is not explained.")
    tensors = tuple((f"operands[{at}]", np.asarray(tensor)) for at, tensor in enumerate(operands))
    given, _, made = equation.replace(" ", "").partition("->")
    letters = tuple(
        tuple(_spelled_out(term, tensor.ndim)) for term, (_, tensor) in zip(given.split(","), tensors, strict=True)
    )
    if "->" in equation:
        most = max((sum(len(letter) > 1 for letter in each) for each in letters), default=0)
        return Contraction(tensors, letters, tuple(_spelled_out(made, len(made.replace("...", "")) + most)))
    every = [letter for each in letters for letter in each]
    batch = sorted({letter for letter in every if len(letter) > 1}, reverse=True)
    once = sorted(letter for letter in set(every) if every.count(letter) == 1 and len(letter) == 1)
    return Contraction(tensors, letters, (*batch, *once))


def _spelled_out(term: str, axes: int) -> Iterator[str]:
    """The letters of a term; "..." stands for as many axes as the others leave, counted from the right."""
    before, dots, after = term.partition("...")
    yield from before
    if dots:
        yield from (f"batch {at}" for at in range(axes - len(before) - len(after), 0, -1))
    yield from after


def _setting(call: CallValues, name: str) -> float:
    return float(call.arguments.get(name, 1))


def _times(name: str, value: float, beside: Factor) -> tuple[Factor, ...]:
    return () if value == 1 else (constant(name, *[value] * len(beside.values)),)


def _under(tensor: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """The cells of a tensor that was broadcast which went into the output's `cells`."""
    own: np.ndarray = cells[:, cells.shape[1] - tensor.ndim :] * (np.asarray(tensor.shape, dtype=np.int64) > 1)
    return own


def _over(shape: tuple[int, ...], cell: Index, whole: tuple[int, ...]) -> np.ndarray:
    """The cells of an output of shape `whole` that a cell of a tensor of `shape` was broadcast into."""
    spread = len(whole) - len(shape)
    axes: list[Any] = [range(size) for size in whole[:spread]]
    axes += [range(whole[spread + at]) if size == 1 else [cell[at]] for at, size in enumerate(shape)]
    return grid(axes)
