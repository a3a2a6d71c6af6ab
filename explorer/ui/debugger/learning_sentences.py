"""What each loss measures and each optimizer does with a gradient, in a sentence and in symbols.

The formulas of losses are those of `explorer.arithmetic.losses`, with x for the output and t for the target.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explorer.arithmetic.updates import UPDATES
from explorer.ui.debugger.call_sentences import Told


def update_words(optimizer: str, settings: Mapping[str, Any], *, is_first: bool) -> Told | None:
    """What an optimizer does to `{parameter}` as it is set; `is_first` if it remembers nothing yet.

    None for an optimizer that is not listed.
    """
    rule = _RULES.get(optimizer)
    return rule(settings, is_first) if rule is not None else None


def _sgd(settings: Mapping[str, Any], is_first: bool) -> Told:
    decay = " + λ · w" if settings.get("weight_decay") else ""
    decayed = ", pulled towards 0 by the weight decay {weight_decay}" if decay else ""
    if not settings.get("momentum"):
        return Told(
            f"Every number of {{parameter}} is lowered by the learning rate, {{lr}}, times its gradient{decayed}.",
            f"w ← w − lr · {_bracketed('g' + decay)}",
        )
    kept = _bracketed("g" + decay)
    added = f"(1 − τ) · {kept}" if settings.get("dampening") else f"g{decay}"
    buffer = f"b ← g{decay}" if is_first else f"b ← μ · b + {added}"
    begins = "starts as the gradient" if is_first else "keeps {momentum} of itself and adds the gradient"
    nesterov = bool(settings.get("nesterov"))
    against = "against gradient and buffer together" if nesterov else "against it"
    step = f"(g{decay} + μ · b)" if nesterov else "b"
    return Told(
        f"The momentum's buffer {begins}; {{parameter}} steps {against}, times {{lr}}{decayed}.",
        f"{buffer},  w ← w − lr · {step}",
    )


def _adam(settings: Mapping[str, Any], _is_first: bool) -> Told:
    decays = bool(settings.get("weight_decay"))
    decoupled = decays and bool(settings.get("decoupled_weight_decay"))
    gradient = "(g + λ · w)" if decays and not decoupled else "g"
    shrunk = " − lr · λ · w" if decoupled else ""
    also = ""
    if decays:
        also = "; the weight decay shrinks it too" if decoupled else "; the weight decay adds to it"
    return Told(
        "Every number of {parameter} steps against its running mean gradient over the root of its running mean "
        f"square: about {{lr}} far, however large{also}.",
        f"m ← β₁ · m + (1 − β₁) · {gradient},  v ← β₂ · v + (1 − β₂) · {gradient}²,  w ← w{shrunk} − lr · m̂/(√v̂ + ε)",
    )


def _rmsprop(settings: Mapping[str, Any], _is_first: bool) -> Told:
    g = "(g + λ · w)" if settings.get("weight_decay") else "g"
    root = "√(v − m²)" if settings.get("centered") else "√v"
    mean = f"m ← α · m + (1 − α) · {g},  " if settings.get("centered") else ""
    scaled = f"{g}/({root} + ε)"
    momentum = bool(settings.get("momentum"))
    last = f"b ← μ · b + {scaled},  w ← w − lr · b" if momentum else f"w ← w − lr · {scaled}"
    buffered = ", gathered in a buffer that keeps {momentum} of itself" if momentum else ""
    return Told(
        "Every number of {parameter} steps against its gradient over the root of its running mean square, times "
        f"{{lr}}{buffered}.",
        f"v ← α · v + (1 − α) · {g}²,  {mean}{last}",
    )


def _bracketed(text: str) -> str:
    return f"({text})" if "+" in text else text


_RULES: Mapping[str, Callable[[Mapping[str, Any], bool], Told]] = {
    "SGD": _sgd,
    "Adam": _adam,
    "AdamW": _adam,
    "RMSprop": _rmsprop,
}


def changed_settings(optimizer: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The learning rate, and what else differs from the optimizer's defaults."""
    update = next((update for update in UPDATES if update.name == optimizer), None)
    defaults = update.defaults if update is not None else {}
    return {
        name: settings[name]
        for name in ("lr", *(name for name in defaults if name != "lr"))
        if name in settings and (name == "lr" or settings[name] != defaults[name])
    }
