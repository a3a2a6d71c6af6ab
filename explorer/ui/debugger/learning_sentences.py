"""What each loss measures and each optimizer does with a gradient, in a sentence and in symbols.

The formulas of losses are those of `explorer.arithmetic.losses`, with x for the output and t for the target.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.arithmetic.loss import Compared
from explorer.arithmetic.losses import OPERATIONS as LOSSES
from explorer.arithmetic.updates import UPDATES
from explorer.ui.common.text import count, number
from explorer.ui.debugger.call_sentences import KindWords, Told


@dataclass(frozen=True)
class _LossSentences:
    forward: str
    backward: str


_LOSSES: Mapping[str, _LossSentences] = {
    "half_squared_error": _LossSentences(
        "The loss is half the sum of the squared differences between {input} and the target{mean_batch}.",
        "The gradient of each output is its difference from the target{shared}: how far it is off, and to which side.",
    ),
    "mse": _LossSentences(
        "The loss is the mean of the squared differences between {input} and the target: large errors count most.",
        "The gradient of each output is twice its difference from the target, shared among all n outputs.",
    ),
    "mae": _LossSentences(
        "The loss is the mean distance between {input} and the target: an error counts as much as it is large.",
        "Every gradient has the same size; only its sign says on which side of the target the output lies.",
    ),
    "mbe": _LossSentences(
        "The loss is the mean of target less output, with the sign: errors above and below cancel.",
        "Every output gets the same gradient, −1/n, however far it is off: raising any of them lowers this loss.",
    ),
    "bce": _LossSentences(
        "The loss is minus the logarithm of the probability that the right answer got, the mean over all outputs.",
        "The gradient is the difference from the target over p · (1 − p): steepest where the network is surely wrong.",
    ),
    "bce_with_logits": _LossSentences(
        "A sigmoid makes each logit a probability; the loss is minus the logarithm of what the right answer got.",
        "Sigmoid and logarithm cancel: the gradient of each logit is its probability less the target, over all n.",
    ),
    "cross_entropy": _LossSentences(
        "A softmax turns {input} into probabilities; the loss is minus the logarithm of the target class's"
        "{mean_batch}.",
        "Softmax and logarithm cancel: the gradient of each logit is its probability, less 1 at the target "
        "class{shared}.",
    ),
    "hinge": _LossSentences(
        "Each wrong class pays for coming within 1 of the target class's score; the loss is what they pay{mean_batch}.",
        "Each class that pays gets the gradient 1, the target class −1 for each of them, and the others 0{shared}.",
    ),
    "huber": _LossSentences(
        "Differences up to {delta} count by half their square, larger ones only by their distance: an outlier pulls no "
        "harder.",
        "The gradient is the difference from the target, held between −{delta} and {delta}, over all n outputs.",
    ),
    "smooth_l1": _LossSentences(
        "Differences count by their distance; below {beta} the corner is rounded off, so that small ones pull less.",
        "The gradient is the difference from the target over {beta}, held between −1 and 1, over all n outputs.",
    ),
}


def loss_words(kind: str, compared: Compared) -> KindWords | None:
    """The words for the loss of `kind`, its own name or PyTorch's, as it is set; None for one that is not listed."""
    loss = next((loss for loss in LOSSES if kind in loss.kinds), None)
    told = _LOSSES.get(loss.name) if loss is not None else None
    if loss is None or told is None:
        return None
    symbols = {"input": "x", "target": "t"}
    return KindWords(
        loss.title[0].upper() + loss.title[1:],
        Told(told.forward + _set_words(compared), f"L = {loss.rule(compared).format(**symbols)}"),
        {"": Told(told.backward, f"∂L/∂x = {loss.gradient_rule(compared).format(**symbols)}")},
    )


def _set_words(compared: Compared) -> str:
    """What the call's settings make of a loss, a sentence each."""
    ignored, smoothing = int(compared.is_ignored.sum()), compared.setting("label_smoothing", 0.0)
    told = {
        "The terms are added up here, not averaged.": compared.reduction == "sum",
        "They are neither averaged nor added up here: each has a number of its own.": compared.reduction == "none",
        "Each term counts with its weight.": compared.weight is not None,
        "A yes counts with its own weight, pos_weight.": compared.pos_weight is not None,
        f"{count(ignored)} of the targets, those of {{ignore_index}}, are left out.": ignored > 0,
        f"Of each target {number(smoothing)} is shared out among all classes.": smoothing > 0,
    }
    return "".join(f" {sentence}" for sentence, applies in told.items() if applies)


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
