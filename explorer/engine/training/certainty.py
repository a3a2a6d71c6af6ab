"""How sure a network was of each example it was judged by, and how far off where there are no classes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.arithmetic.probabilities import Reading

NUMBERS_KEPT = 3
"""How many of the numbers that a regression gives for an example are told."""


def last_kind(model: nn.Module) -> str:
    """The class of the last module, in small letters: "softmax", "linear" …"""
    children = list(model.children())
    return last_kind(children[-1]) if children else type(model).__name__.lower()


def class_probabilities(outputs: Tensor, reads: Reading, *, last_kind: str) -> Tensor:
    """What the network gives each class, (…, K) from outputs (…, K); (…, 2) from one output, that of the second.

    Read as the loss `reads` them: logits through a softmax or a sigmoid; what a softmax or sigmoid layer gave, and
    numbers that were to be 0 or 1, as they are (squared errors are least where those are the probabilities), within 0
    and 1.
    The largest one is the class that counts as guessed.
    """
    if reads == "sigmoid":
        shares = outputs.sigmoid()
    elif reads == "softmax" and last_kind not in ("softmax", "sigmoid") and outputs.shape[-1] > 1:
        shares = outputs.softmax(dim=-1)
    else:
        shares = outputs.clamp(0, 1)
    return torch.cat([1 - shares, shares], dim=-1) if shares.shape[-1] == 1 else shares


def told_of_classes(probabilities: Tensor, guesses: Tensor, labels: Tensor) -> Tensor:
    """The probability of the guessed class and of the true one, (n, 2) float32, of `probabilities` (n, K).

    labels: (n,) class numbers, or (n, K) probabilities, of which the largest counts.
    """
    true = labels if labels.dim() == 1 else labels.flatten(1).argmax(dim=1)
    pair = torch.stack([guesses, true.long()], dim=1)
    return probabilities.gather(1, pair.clamp(0, probabilities.shape[1] - 1)).float()


def told_of_numbers(outputs: Tensor, labels: Tensor) -> Tensor:
    """How far the outputs (n, …) lie from the labels, Euclidean, and their first numbers.

    Returns (n, 1 + at most 3) float32; both on the CPU, for a square may be larger than a float32 holds.
    """
    given = outputs.flatten(1).double()
    away = (given - labels.double().view(given.shape)).norm(dim=1, keepdim=True)
    return torch.cat([away, given[:, :NUMBERS_KEPT]], dim=1).float()
