"""All kinds of calls that are explained, except losses. A new one is a class in its family's file and an entry here.

A loss is a kind of call too, but is listed among the losses alone.
"""

from __future__ import annotations

from functools import cache

from explorer.arithmetic.activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from explorer.arithmetic.attention import Attention
from explorer.arithmetic.cell_by_cell import Pointwise
from explorer.arithmetic.contraction import MatrixProduct
from explorer.arithmetic.converting import Convert
from explorer.arithmetic.convolution import Conv2d, ConvAlong, ConvTranspose2d, ConvTransposeAlong
from explorer.arithmetic.linear import Linear
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.mathematics import Mathematics
from explorer.arithmetic.merging import Add, Cat, Mean, Mul
from explorer.arithmetic.more_activations import MoreActivations
from explorer.arithmetic.moves import Move
from explorer.arithmetic.normalizations import BatchNorm, GroupNorm, LayerNorm
from explorer.arithmetic.operation import Operation
from explorer.arithmetic.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from explorer.arithmetic.pooling_along import AdaptiveAvgPoolAlong, AdaptiveMaxPool, AvgPoolAlong, MaxPoolAlong
from explorer.arithmetic.reducing import Extreme, Normalize, SumOver
from explorer.arithmetic.reshaping import Dropout, Identity, Reshape
from explorer.arithmetic.softmax import Softmax
from explorer.arithmetic.upsampling import Interpolate

OPERATIONS: tuple[Operation, ...] = (
    Conv2d(),
    ConvTranspose2d(),
    ConvAlong(),
    ConvTransposeAlong(),
    Linear(),
    MatrixProduct(),
    Attention(),
    MaxPool2d(),
    AvgPool2d(),
    AdaptiveAvgPool2d(),
    MaxPoolAlong(),
    AvgPoolAlong(),
    AdaptiveMaxPool(),
    AdaptiveAvgPoolAlong(),
    ReLU(),
    LeakyReLU(),
    ELU(),
    GELU(),
    SiLU(),
    Sigmoid(),
    Tanh(),
    MoreActivations(),
    Mathematics(),
    Softmax(),
    BatchNorm(),
    GroupNorm(),
    LayerNorm(),
    Add(),
    Mul(),
    Pointwise(),
    Cat(),
    Mean(),
    SumOver(),
    Extreme(),
    Normalize(),
    Reshape(),
    Move(),
    Convert(),
    Identity(),
    Dropout(),
    Interpolate(),
)


@cache
def operation_for(kind: str) -> Operation | None:
    """What explains calls of `kind`; None for a kind that is shown whole and unexplained."""
    return next((operation for operation in (*OPERATIONS, *LOSSES) if kind in operation.kinds), None)
