"""Scaled dot-product attention: probabilities from queries and keys, and a mean of values weighted by them.

For one query: sₖ = scale · q · kₖ + maskₖ, p = softmax(s), output = Σₖ pₖ · vₖ. Back, with g what arrived and
dₖ = pₖ · (g · vₖ − Σⱼ pⱼ · (g · vⱼ)): value gets Σ p · g, query scale · Σ d · k, key scale · Σ d · q, the mask d.
Source: Vaswani et al. 2017, arXiv:1706.03762.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, explain_sum
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import constant, factor_at, grid
from explorer.arithmetic.words import DY, KindWords, Told


@dataclass(frozen=True, eq=False)
class _Head:
    """One head's tables in float64: queries (L, E), keys (S, E), values (S, V); what is added to scores (L, S)."""

    query: np.ndarray
    key: np.ndarray
    value: np.ndarray
    added: np.ndarray
    scale: float

    def probabilities(self) -> np.ndarray:
        """(L, S): how much of each value a query takes."""
        scores = self.scale * self.query @ self.key.T + self.added
        highest = scores.max(axis=1, keepdims=True, initial=-np.inf)
        exponentials = np.exp(scores - np.where(np.isfinite(highest), highest, 0))
        made: np.ndarray = exponentials / exponentials.sum(axis=1, keepdims=True)
        return np.where(np.isneginf(highest), 0.0, made)  # where all is masked nothing is taken

    def of_scores(self, gradient: np.ndarray) -> np.ndarray:
        """(L, S): the gradient of each score; `gradient` (L, V) is that of the output."""
        taken, passed = self.probabilities(), gradient @ self.value.T
        made: np.ndarray = taken * (passed - (taken * passed).sum(axis=1, keepdims=True))
        return made


class Attention(Operation):
    """output[…, l, e] = Σ p[l, s] · value[…, s, e], p the softmax of scale · query · key + mask along the keys.

    query (…, L, E), key (…, S, E), value (…, S, V), those before the last two axes broadcast; with `enable_gqa` several
    heads of queries share one of keys.
    """

    kinds = ("scaled_dot_product_attention",)
    plain: ClassVar[Mapping[str, Any]] = {"dropout_p": 0.0}
    usual: ClassVar[Mapping[str, Any]] = {
        "attn_mask": None,
        "dropout_p": 0.0,
        "is_causal": False,
        "scale": None,
        "enable_gqa": False,
    }
    differentiable = ("query", "key", "value", "attn_mask")
    told: ClassVar[Mapping[str, KindWords]] = {
        "scaled_dot_product_attention": KindWords(
            "Attention",
            Told(
                "Each query takes a mean of the values, weighted by the softmax of how well it matches their keys.",
                "y[l] = Σ p[l, s] · v[s], p = softmax(q · k · scale)",
            ),
            {
                "query": Told(
                    "A query gathers the keys, each times the gradient of its score.", "∂L/∂q = scale · Σ d · k"
                ),
                "key": Told(
                    "A key gathers the queries, each times the gradient of its score.", "∂L/∂k = scale · Σ d · q"
                ),
                "value": Told(
                    "A value gathers the gradients of all that took it, as much as they took.", f"∂L/∂v = Σ p · {DY}"
                ),
                "": Told("What is added to a score gets the score's gradient.", f"∂L/∂mask = p · ({DY} · v − mean)"),
            },
        ),
    }

    @np.errstate(all="ignore")
    def forward(self, call: CallValues, cell: Index) -> Explanation:
        *lead, row, column = cell
        head = _head(call, tuple(lead))
        taken = head.probabilities()[row]
        own = _own(call, "value", tuple(lead))
        places = grid([*([index] for index in own), range(len(taken)), [column]])
        factors = (constant("probability", *taken), factor_at("value", np.asarray(call.arguments["value"]), places))
        rule = f"{symbol(call, 'output')} = Σ softmax(scale · query · key) · {symbol(call, 'value')}"
        return explain_sum(rule, factors, name=place(call, "output", cell))

    @np.errstate(all="ignore")
    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        parts = [self._in_head(call, of, cell, lead) for lead in _leads(call, of, cell)]
        factors = tuple(_joined([part[at] for part in parts]) for at in range(len(parts[0])))
        rules = {
            "query": "scale · Σ d · key, d the gradients of the scores",
            "key": "scale · Σ d · query, d the gradients of the scores",
            "value": f"Σ probability · {symbol(call, 'grad_output')}",
            "attn_mask": "Σ d, d the gradients of the scores",
        }
        return explain_sum(f"{symbol(call, f'grad_{of}')} = {rules[of]}", factors, name=place(call, f"grad_{of}", cell))

    def _in_head(self, call: CallValues, of: str, cell: Index, lead: Index) -> tuple[Factor, ...]:
        """What goes back to a cell through one head, `lead` in the output's axes before the last two."""
        head, gradient = _head(call, lead), arrived(call)
        row, column = cell[-2:]
        if of == "value":
            places = grid([*([index] for index in lead), range(gradient.shape[-2]), [column]])
            taken = constant("probability", *head.probabilities()[:, row])
            return taken, factor_at("grad_output", gradient, places)
        scores = head.of_scores(np.asarray(gradient[lead], np.float64))
        if of == "attn_mask":
            rows, columns = (slice(None) if size == 1 else slice(at, at + 1) for at, size in _ends(call, cell))
            found = scores[rows, columns].reshape(-1)
            return (constant("gradient of the score", *found),)
        met, name = (scores[row], "key") if of == "query" else (scores[:, row], "query")
        places = grid([*([index] for index in _own(call, name, lead)), range(len(met)), [column]])
        tensor = factor_at(name, np.asarray(call.arguments[name]), places)
        return constant("gradient of the score", *met), tensor, constant("scale", *[head.scale] * len(met))


def _joined(parts: list[Factor]) -> Factor:
    cells = [part.cells for part in parts if part.cells is not None]
    values = np.concatenate([part.values for part in parts])
    return Factor(parts[0].name, values, np.concatenate(cells) if cells else None)


def _ends(call: CallValues, cell: Index) -> list[tuple[int, int]]:
    """Place and size of the mask's last two axes."""
    shape = (1, 1, *np.shape(call.arguments["attn_mask"]))[-2:]
    return list(zip((0, 0, *cell)[-2:], shape, strict=True))


def _own(call: CallValues, name: str, lead: Index) -> Index:
    """Where a tensor has the head that the output has at `lead`; of an axis of size 1 the one place there is."""
    shape = np.shape(call.arguments[name])[:-2]
    places = list(lead[len(lead) - len(shape) :])
    if call.arguments.get("enable_gqa") and name in ("key", "value") and shape:
        places[-1] //= call.output.shape[-3] // shape[-1]
    return tuple(0 if size == 1 else place for place, size in zip(places, shape, strict=True))


def _leads(call: CallValues, of: str, cell: Index) -> list[Index]:
    """The output's heads that read the cell."""
    shape = call.output.shape[:-2]
    own = tuple(cell[:-2]) if len(cell) > 2 else ()
    places = (tuple(int(index) for index in each) for each in grid([range(size) for size in shape]))
    return [lead for lead in places if (_own_of_mask(call, lead) if of == "attn_mask" else _own(call, of, lead)) == own]


def _own_of_mask(call: CallValues, lead: Index) -> Index:
    shape = np.shape(call.arguments["attn_mask"])[:-2]
    return tuple(0 if size == 1 else at for at, size in zip(lead[len(lead) - len(shape) :], shape, strict=True))


def _head(call: CallValues, lead: Index) -> _Head:
    query, key, value = (
        np.asarray(call.arguments[name][_own(call, name, lead)], np.float64) for name in ("query", "key", "value")
    )
    scale = call.arguments.get("scale")
    added = np.zeros((len(query), len(key)))
    if call.arguments.get("is_causal"):
        added = np.where(np.tri(len(query), len(key), dtype=bool), 0.0, -np.inf)
    mask = call.arguments.get("attn_mask")
    if mask is not None:
        own = np.asarray(mask)[_own_of_mask(call, lead)]
        added = added + (np.where(own, 0.0, -np.inf) if own.dtype == np.bool_ else own.astype(np.float64))
    return _Head(query, key, value, added, float(scale) if scale is not None else query.shape[-1] ** -0.5)
