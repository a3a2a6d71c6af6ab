"""What each kind of call does, in a sentence that a student understands and in symbols, forwards and on the way back.

Fields in braces are those of `step_facts`. A new kind of call is an entry in the file of its family; a test runs over
all kinds that are explained. x is what goes in, y what comes out, w a weight, b a bias, L the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.arithmetic.words import DY, SPREAD, KindWords, Told
from explorer.ui.debugger.call_sentences.merges import MERGES
from explorer.ui.debugger.call_sentences.neurons import ACTIVATIONS, LINEAR
from explorer.ui.debugger.call_sentences.normalizations import NORMALIZATIONS
from explorer.ui.debugger.call_sentences.shapes import SHAPES
from explorer.ui.debugger.call_sentences.windowed import WINDOWED

__all__ = ["ALIASES", "DY", "KINDS", "SPREAD", "UNKNOWN", "KindWords", "Told", "kind_words"]

KINDS: Mapping[str, KindWords] = {**WINDOWED, **LINEAR, **ACTIVATIONS, **NORMALIZATIONS, **MERGES, **SHAPES}

ALIASES: Mapping[str, str] = {
    "max_pool2d_with_indices": "max_pool2d",
    "upsample": "interpolate",
    "dropout1d": "dropout2d",
    "dropout3d": "dropout2d",
}

UNKNOWN = KindWords(
    "{kind}",
    Told(
        "PyTorch's {kind} made {made} from {inputs}; it is shown whole, its arithmetic is not taken apart.",
        "y = {kind}(x)",
    ),
    {
        "": Told(
            "The gradient that arrived at {made} passes back through PyTorch's {kind}; it is shown whole, its "
            "arithmetic is not taken apart.",
            f"∂L/∂x = {DY} · ∂y/∂x",
        )
    },
)


def kind_words(kind: str, settings: Mapping[str, Any]) -> KindWords:
    """The words for a call of `kind` as it was set; those of UNKNOWN for a kind that is not listed."""
    kind = ALIASES.get(kind, kind)
    if kind in ("batch_norm", "dropout", "dropout2d") and settings.get("training"):
        kind = f"{kind} training"
    if kind == "interpolate" and "linear" in str(settings.get("mode", "")):
        kind = "interpolate linear"
    return KINDS.get(kind, UNKNOWN)
