"""Calls that keep the numbers of a tensor in another type: float32 as int64, float64 as float32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived
from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.merging import explain_copy, explain_unread
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import factor_at, one
from explorer.arithmetic.words import KindWords, Told, moved

NARROW = {"bfloat16": np.uint32(0xFFFF_0000)}
"""Types that numpy does not have: what they keep of a float32's bits."""


class Convert(Operation):
    """Every cell as it is, but for what the new type cannot hold: a whole number's fraction, the digits of a longer."""

    kinds = ("to", "type_as", "type", "float", "double", "half", "bfloat16", "long", "int", "bool", "cpu")
    family = "shape"
    told: ClassVar[Mapping[str, KindWords]] = {
        "to": KindWords(
            "Type",
            Told("The numbers of {input} are kept in another type or place, as far as it holds them.", "y = x"),
            moved("The gradients are kept in the type and place that the numbers came from."),
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        given = [*inputs[1:], *(str(settings[name]) for name in ("dtype",) if settings.get(name) is not None)]
        return f"{inputs[0]}.{kind}({', '.join(given) if kind in ('to', 'type', 'type_as') else ''})"

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        copied = explain_copy(call, "output", cell, factor_at("input", np.asarray(call.arguments["input"]), one(cell)))
        kept = _kept(copied.total, call)
        return copied if kept == copied.total or kept != kept else copied.kept_as(kept, _type_name(call))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        if of != "input":
            return explain_unread(call, f"grad_{of}", cell, "type")
        return explain_copy(call, f"grad_{of}", cell, factor_at("grad_output", arrived(call), one(cell)))


def _type_name(call: CallValues) -> str:
    """ "int64"; "bfloat16" where the call says so, whose numbers arrive here in a wider type."""
    named = str(call.arguments.get("dtype") or call.kind).removeprefix("torch.")
    return named if named in NARROW else call.output.dtype.name


def _kept(value: float, call: CallValues) -> float:
    """What the output's type keeps of a number; the nearest of two, the even one where both are as near."""
    name = _type_name(call)
    if name not in NARROW:
        return float(np.float64(value).astype(call.output.dtype))
    bits = np.float32(value).view(np.uint32)
    return float(((bits + np.uint32(0x7FFF) + (bits >> 16 & 1)) & NARROW[name]).view(np.float32))
