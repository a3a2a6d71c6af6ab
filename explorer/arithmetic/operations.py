"""All kinds of calls that are explained, beside losses. A new one is a class in its family's file and an entry here."""

from __future__ import annotations

from explorer.arithmetic import (
    activation,
    convolution,
    linear,
    merging,
    normalization,
    pooling,
    reshaping,
    softmax,
    upsampling,
)
from explorer.arithmetic.losses import LOSSES
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
)


def operation_for(kind: str) -> Operation | None:
    """What explains calls of `kind`; None for a kind that is shown whole and unexplained."""
    return next((operation for operation in (*OPERATIONS, *LOSSES) if kind in operation.kinds), None)
