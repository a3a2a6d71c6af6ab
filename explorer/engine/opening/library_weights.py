"""What the weights of a library say of the pictures and classes that they were made for."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from explorer.engine.opening.expected_input import ExpectedInput
from explorer.engine.opening.python_file import read_call

TORCHVISION = "torchvision.models"


def said_by_weights(source: ModuleType, asked: str) -> ExpectedInput | None:
    """What the weights say that a call names, "resnet18(weights='DEFAULT')"; None for any other call."""
    name, _, named = read_call(asked)
    weights = named.get("weights")
    if not source.__name__.startswith(f"{TORCHVISION}.") or not isinstance(weights, str):
        return None
    known = import_module(TORCHVISION).get_model_weights(name)
    return _said(getattr(known, weights.rpartition(".")[2]))  # "IMAGENET1K_V1", or "ResNet18_Weights.IMAGENET1K_V1"


def _said(weights: Any) -> ExpectedInput:
    recipe = weights.transforms()
    side = next(iter(getattr(recipe, "crop_size", None) or weights.meta["min_size"]))
    return ExpectedInput(
        (3, side, side),
        "as the library's weights say",
        mean=tuple(getattr(recipe, "mean", ())),
        std=tuple(getattr(recipe, "std", ())),
        classes=tuple(map(str, weights.meta.get("categories", ()))),
    )
