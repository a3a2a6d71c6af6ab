"""All kinds of calls that are explained. A new one is a class in the file of its family and an entry here."""

from __future__ import annotations

from explorer.arithmetic import (
    activation,
    convolution,
    linear,
    losses,
    merging,
    normalization,
    pooling,
    reshaping,
    softmax,
    upsampling,
)
from explorer.arithmetic.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *convolution.OPERATIONS,
    *linear.OPERATIONS,
    *pooling.OPERATIONS,
    *activation.OPERATIONS,
    *softmax.OPERATIONS,
    *normalization.OPERATIONS,
    *merging.OPERATIONS,
    *reshaping.OPERATIONS,
    *upsampling.OPERATIONS,
    *losses.OPERATIONS,
)

_BY_KIND = {kind: operation for operation in OPERATIONS for kind in operation.kinds}


def operation_for(kind: str) -> Operation | None:
    """What explains calls of `kind`; None for a kind that is shown whole and unexplained."""
    return _BY_KIND.get(kind)
