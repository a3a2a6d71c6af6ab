"""Cells taken out of tensors as factors, and what cells and tensors are called on a written line."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.operation import CallValues, Index
from explorer.arithmetic.places import factor_at

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


_WITHOUT_BATCH = ("weight", "bias", "grad_weight", "grad_bias")


def picked(name: str, tensor: Any, *indices: Any) -> Factor:
    """The cells of `tensor` at `indices`, one array or number an axis, broadcast against each other.

    Only these cells are turned into float64, never the tensor.
    """
    cells = np.stack([axis.reshape(-1) for axis in np.broadcast_arrays(*indices)], axis=1)
    return factor_at(name, np.asarray(tensor), cells)


def arrived(call: CallValues) -> np.ndarray:
    """`grad_output` as it is. Raises ValueError where the pass had no loss."""
    return call.gradient() if call.grad_output is None else call.grad_output


def symbol(call: CallValues, name: str) -> str:
    """What the caller wants the tensor `name` to be called."""
    return call.symbols.get(name, name)


def place(call: CallValues, name: str, cell: Index) -> str:
    """ "output[0, 3, 10, 12]"; with a symbol of the caller's, the textbook's "u₁" and "Δw₂₁", counted from 1."""
    own = cell if name in _WITHOUT_BATCH else cell[1:] or cell
    if name not in call.symbols or len(own) > 2:
        return f"{symbol(call, name)}[{', '.join(map(str, cell))}]"
    return subscript(symbol(call, name), *own)


def subscript(letter: str, *indices: int) -> str:
    """ "w₂₁": indices counted from 1, apart from each other where one has two digits ("w₁₂ ₃")."""
    numbers = [str(index + 1) for index in indices]
    separator = " " if len(numbers) > 1 and max(map(len, numbers)) > 1 else ""
    return letter + separator.join(numbers).translate(_SUBSCRIPTS)


def formula(call: CallValues, name: str, *factors: str, bias: bool = False, note: str = "") -> str:
    """ "output = Σ input · weight + bias", in the caller's symbols."""
    products = " · ".join(symbol(call, factor) for factor in factors)
    ending = f" + {symbol(call, 'bias')}" if bias else ""
    return f"{symbol(call, name)} = Σ {products}{ending}{f' ({note})' if note else ''}"
