"""Which family a kind of call belongs to, in whose colour it is drawn: each kind by its whole name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from explorer.arithmetic.operation import Family
from explorer.arithmetic.operations import operation_for

WITHOUT_ARITHMETIC: Mapping[Family, tuple[str, ...]] = {
    "linear": ("bilinear",),
    "activation": (*("prelu", "rrelu", "gumbel_softmax", "softmin", "glu", "alpha_dropout", "feature_alpha_dropout"),),
    "pooling": (
        *("lp_pool1d", "lp_pool2d", "lp_pool3d", "fractional_max_pool2d", "fractional_max_pool3d"),
        *("max_unpool1d", "max_unpool2d", "max_unpool3d"),
    ),
    "normalization": ("instance_norm", "rms_norm", "local_response_norm"),
}
"""The kinds that are shown whole and unexplained; one that is explained says its family itself."""

PLACES: Mapping[Family, str] = {
    "convolution": "F.",
    "activation": "F.",
    "pooling": "F.",
    "normalization": "F.",
    "linear": "torch.",
    "merge": "torch.",
}
"""Where their functions are found: "F." is torch.nn.functional."""
ELSEWHERE = {
    "bilinear": "F.bilinear",
}


def function_of(kind: str) -> str:
    """The function of a kind without arithmetic, "F.hardswish"; the kind alone where nobody knows whose it is."""
    return ELSEWHERE.get(kind, f"{PLACES.get(family_of(kind), '')}{kind}")


@cache
def family_of(kind: str) -> Family:
    """The family of calls of `kind`, such as "convolution" for "conv2d"; "other" for a kind that nobody knows."""
    operation = operation_for(kind)
    if operation is not None:
        return operation.family
    return next((family for family, kinds in WITHOUT_ARITHMETIC.items() if kind in kinds), "other")
