"""Outputs read as probabilities: each by itself through a sigmoid, or all together through a softmax."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

Reading = Literal["", "sigmoid", "softmax"]
""" "" reads outputs as they are."""


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(−x)) of each."""
    result: np.ndarray = 0.5 * (1 + np.tanh(0.5 * logits))  # none of this overflows
    return result


def softmax(logits: np.ndarray) -> np.ndarray:
    """exp(logits) divided by its sum, with the maximum subtracted first so that nothing overflows."""
    with np.errstate(invalid="ignore"):  # infinite logits have no probabilities: NaN, and shown as such
        exponentials = np.exp(logits - logits.max())
    result: np.ndarray = exponentials / exponentials.sum()
    return result


READ: Mapping[Reading, Callable[[np.ndarray], np.ndarray]] = {
    "": lambda outputs: outputs,
    "sigmoid": sigmoid,
    "softmax": softmax,
}
