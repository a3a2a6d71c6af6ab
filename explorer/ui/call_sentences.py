"""What each kind of call does, in a sentence that a student understands and in symbols, forwards and on the way back.

Fields in braces are those of `step_facts`. A new kind of call is an entry in KINDS; a test runs over all kinds that
are explained. x is what goes in, y what comes out, w a weight, b a bias, L the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DY = "∂L/∂y"
SPREAD = "spread"
"""Stands in `backward` for an argument that is smaller than the output, and was read many times over."""


@dataclass(frozen=True)
class Told:
    """A sentence, and the formula in symbols."""

    sentence: str
    formula: str


@dataclass(frozen=True)
class KindWords:
    """A kind of call: its name, what it does, and what the gradient of each argument is.

    `backward` goes by the argument's name; "" stands for every argument that is not named.
    """

    title: str
    forward: Told
    backward: Mapping[str, Told]


def _by_slope(sentence: str, slope: str) -> dict[str, Told]:
    return {"": Told(sentence, f"∂L/∂x = {DY} · {slope}")}


def _moved(sentence: str) -> dict[str, Told]:
    return {"": Told(sentence, f"∂L/∂x = {DY}, back in the places of x")}


_MAP_BIAS = Told(
    "A bias is added to every cell of its map, so its gradient is the sum of the gradients of them all.",
    f"∂L/∂b[o] = Σ {DY}[o, i, j]",
)
_SCALE = Told(
    "The weight scales every normalized cell x̂ of its own, so its gradient sums each x̂ times the gradient there.",
    f"∂L/∂γ = Σ x̂ · {DY}",
)
_SHIFT = Told(
    "The bias shifts every cell of its own, so its gradient is the sum of their gradients.", f"∂L/∂β = Σ {DY}"
)
_NORMALIZED = "y = {gamma}(x − μ)/√(σ² + ε){beta}"
_NORMALIZED_BACK = f"∂L/∂x = 1/√(σ² + ε) · (g − mean(g) − x̂ · mean(g · x̂)), where g = {{gamma}}{DY}"

_WINDOWED: dict[str, KindWords] = {
    "conv2d": KindWords(
        "Convolution",
        Told(
            "Each cell of {made} is a weighted sum of a {window} window over {maps} of {input}{plus_bias}.",
            "y[o, i, j] = Σ w[o, c, r, s] · x[c, {row}, {column}]{bias_term}",
        ),
        {
            "input": Told(
                "The gradient of each cell of {input} gathers what every window that saw it sends back through the "
                "weight it met there.",
                f"∂L/∂x[c, p, q] = Σ w[o, c, r, s] · {DY}[o, i, j], where p = {{row}}, q = {{column}}",
            ),
            "weight": Told(
                "The gradient of each weight sums, over all places of the window, the cell of {input} it met times the "
                "gradient of the cell it helped to make.",
                f"∂L/∂w[o, c, r, s] = Σ x[c, {{row}}, {{column}}] · {DY}[o, i, j]",
            ),
            "bias": _MAP_BIAS,
        },
    ),
    "conv_transpose2d": KindWords(
        "Transposed convolution",
        Told(
            "Each cell of {input} spreads a {window} stamp of weights over {made}; where stamps overlap they add up"
            "{plus_bias}.",
            "y[o, p, q] = Σ w[c, o, r, s] · x[c, i, j]{bias_term}, where p = {row}, q = {column}",
        ),
        {
            "input": Told(
                "The gradient of each cell of {input} is a weighted sum of the gradients of the window it was spread "
                "over.",
                f"∂L/∂x[c, i, j] = Σ w[c, o, r, s] · {DY}[o, {{row}}, {{column}}]",
            ),
            "weight": Told(
                "The gradient of each weight sums the cells of {input} it multiplied, each times the gradient of the "
                "cell it gave to.",
                f"∂L/∂w[c, o, r, s] = Σ x[c, i, j] · {DY}[o, {{row}}, {{column}}]",
            ),
            "bias": _MAP_BIAS,
        },
    ),
    "max_pool2d": KindWords(
        "Max pooling",
        Told(
            "Each cell of {made} is the largest of a {window} window of {input}; the others are dropped.",
            "y[c, i, j] = max over r, s of x[c, {row}, {column}]",
        ),
        {
            "": Told(
                "The whole gradient of a cell of {made} goes to the one cell of its window that had won; the others "
                "get 0.",
                f"∂L/∂x[c, p, q] = Σ {DY}[c, i, j] over the windows that cell (p, q) won",
            )
        },
    ),
    "avg_pool2d": KindWords(
        "Average pooling",
        Told(
            "Each cell of {made} is the mean of a {window} window of {input}.",
            "y[c, i, j] = 1/{cells} Σ x[c, {row}, {column}]",
        ),
        {
            "": Told(
                "Each cell of a window gets an equal share, 1/{cells}, of the gradient of the mean it went into.",
                f"∂L/∂x[c, p, q] = Σ 1/{{cells}} · {DY}[c, i, j], where p = {{row}}, q = {{column}}",
            )
        },
    ),
    "adaptive_avg_pool2d": KindWords(
        "Adaptive average pooling",
        Told(
            "Each map of {input} is divided into {grid} windows; each cell of {made} is the mean of one.",
            "y[c, i, j] = 1/n Σ x[c, p, q] over the n cells of its window",
        ),
        {
            "": Told(
                "Each cell of {input} gets an equal share of the gradient of the mean it went into.",
                f"∂L/∂x[c, p, q] = Σ 1/n · {DY}[c, i, j]",
            )
        },
    ),
}

_LINEAR: dict[str, KindWords] = {
    "linear": KindWords(
        "Linear layer",
        Told(
            "Each neuron of {made} is a weighted sum of all {numbers} numbers of {input}{plus_bias}.",
            "y[o] = Σ w[o, i] · x[i]{bias_term}",
        ),
        {
            "input": Told(
                "The gradient of each number of {input} gathers what every neuron it fed sends back through the weight "
                "between them.",
                f"∂L/∂x[i] = Σ w[o, i] · {DY}[o]",
            ),
            "weight": Told(
                "The gradient of each weight is the number of {input} that came in times the gradient of the neuron it "
                "led to{over_batch}.",
                f"∂L/∂w[o, i] = {{batch_sum}}x[{{n}}i] · {DY}[{{n}}o]",
            ),
            "bias": Told(
                "A bias is added to its neuron as it is, so its gradient is that neuron's own{over_batch}.",
                f"∂L/∂b[o] = {{batch_sum}}{DY}[{{n}}o]",
            ),
        },
    ),
}

_ACTIVATIONS: dict[str, KindWords] = {
    "relu": KindWords(
        "ReLU",
        Told("What is above 0 in {input} passes unchanged; what is not becomes 0.", "y = max(0, x)"),
        {
            "": Told(
                "The gradient passes where {input} was above 0 and stops where it was not.",
                f"∂L/∂x = {DY} if x > 0, else 0",
            )
        },
    ),
    "leaky_relu": KindWords(
        "Leaky ReLU",
        Told(
            "What is above 0 in {input} passes unchanged; what is not is shrunk to {negative_slope} times itself.",
            "y = x if x > 0, else {negative_slope} · x",
        ),
        {
            "": Told(
                "The gradient passes whole where {input} was above 0 and {negative_slope} of it where it was not.",
                f"∂L/∂x = {DY} if x > 0, else {{negative_slope}} · {DY}",
            )
        },
    ),
    "elu": KindWords(
        "ELU",
        Told(
            "What is above 0 in {input} passes unchanged; what is below bends smoothly towards −{alpha}.",
            "y = x if x > 0, else {alpha} · (exp(x) − 1)",
        ),
        {
            "": Told(
                "The gradient passes whole where {input} was above 0; below, it fades with exp(x).",
                f"∂L/∂x = {DY} if x > 0, else {DY} · {{alpha}} · exp(x)",
            )
        },
    ),
    "gelu": KindWords(
        "GELU",
        Told(
            "Each number is scaled by the share of a normal distribution that lies below it: large ones pass, very "
            "negative ones fade to 0.",
            "y = x · Φ(x)",
        ),
        _by_slope("The gradient is multiplied by the slope of GELU at each number of {input}.", "(Φ(x) + x · φ(x))"),
    ),
    "silu": KindWords(
        "SiLU",
        Told(
            "Each number is scaled by its own sigmoid: large ones pass, very negative ones fade to 0.", "y = x · σ(x)"
        ),
        _by_slope(
            "The gradient is multiplied by the slope of SiLU at each number of {input}.",
            "(σ(x) + x · σ(x) · (1 − σ(x)))",
        ),
    ),
    "sigmoid": KindWords(
        "Sigmoid",
        Told("Each number of {input} is squeezed between 0 and 1; 0 becomes ½.", "y = 1/(1 + exp(−x))"),
        _by_slope(
            "The gradient is multiplied by the slope y · (1 − y): at most ¼, and near 0 where y is close to 0 or 1.",
            "y · (1 − y)",
        ),
    ),
    "tanh": KindWords(
        "Tanh",
        Told("Each number of {input} is squeezed between −1 and 1; 0 stays 0.", "y = tanh(x)"),
        _by_slope(
            "The gradient is multiplied by the slope 1 − y²: 1 in the middle, and near 0 where y is close to −1 or 1.",
            "(1 − y²)",
        ),
    ),
    "softmax": KindWords(
        "Softmax",
        Told(
            "Each number becomes its exponential's share of the sum of them all: probabilities that add up to 1.",
            "y[k] = exp(x[k]) / Σ exp(x[j])",
        ),
        {
            "": Told(
                "Raising one number lowers all other probabilities: each gets its probability times how far its "
                "gradient lies above the mean of all, weighted by the probabilities.",
                f"∂L/∂x[k] = y[k] · ({DY}[k] − Σ y[j] · {DY}[j])",
            )
        },
    ),
    "log_softmax": KindWords(
        "Log softmax",
        Told(
            "Each number less the logarithm of the sum of all exponentials: the logarithm of its probability.",
            "y[k] = x[k] − log Σ exp(x[j])",
        ),
        {
            "": Told(
                "Each number gets its own gradient, less its probability's share of the sum of all gradients.",
                f"∂L/∂x[k] = {DY}[k] − exp(y[k]) · Σ {DY}[j]",
            )
        },
    ),
}

_NORMALIZATIONS: dict[str, KindWords] = {
    "batch_norm": KindWords(
        "Batch normalization, as after training",
        Told(
            "Each map of {input} is shifted and scaled by the mean and variance remembered from training{affine}.",
            _NORMALIZED,
        ),
        {
            "input": Told(
                "Mean and variance are fixed after training, so the gradient is only scaled, map by map.",
                f"∂L/∂x = {DY} · {{gamma}}1/√(σ² + ε)",
            ),
            "weight": _SCALE,
            "bias": _SHIFT,
        },
    ),
    "batch_norm training": KindWords(
        "Batch normalization",
        Told("Each map of {input} is brought to mean 0 and variance 1 over the whole batch{affine}.", _NORMALIZED),
        {
            "input": Told(
                "Each cell also moved the mean and variance of its map, so what would only shift or stretch the whole "
                "map is taken off the gradient.",
                _NORMALIZED_BACK,
            ),
            "weight": _SCALE,
            "bias": _SHIFT,
        },
    ),
    "group_norm": KindWords(
        "Group normalization",
        Told(
            "The maps of {input} are taken in {num_groups} groups, each brought to mean 0 and variance 1{affine}.",
            _NORMALIZED,
        ),
        {
            "input": Told(
                "Each cell also moved the mean and variance of its group, so what would only shift or stretch the "
                "whole group is taken off the gradient.",
                _NORMALIZED_BACK,
            ),
            "weight": _SCALE,
            "bias": _SHIFT,
        },
    ),
    "layer_norm": KindWords(
        "Layer normalization",
        Told(
            "The {normalized_shape} numbers of each place are brought to mean 0 and variance 1 together{affine}.",
            _NORMALIZED,
        ),
        {
            "input": Told(
                "Each number also moved the mean and variance of its neighbours, so what would only shift or stretch "
                "them together is taken off the gradient.",
                _NORMALIZED_BACK,
            ),
            "weight": _SCALE,
            "bias": _SHIFT,
        },
    ),
}

_MERGES: dict[str, KindWords] = {
    "add": KindWords(
        "Sum",
        Told("Each cell of {made} is the sum of the cells at the same place of {input} and {other}.", "y = x + x₂"),
        {
            "": Told("A sum passes its gradient on whole to each of its inputs: {of} gets all of it.", f"∂L/∂x = {DY}"),
            SPREAD: Told(
                "{of} was added to many cells of {made}, so its gradient is the sum of theirs.",
                f"∂L/∂x = Σ {DY} over the cells that x was added to",
            ),
        },
    ),
    "mul": KindWords(
        "Product",
        Told("Each cell of {made} is the product of the cells at the same place of {input} and {other}.", "y = x · x₂"),
        {
            "input": Told(
                "{of} gets the gradient times what it was multiplied by, cell by cell.", f"∂L/∂x = {DY} · x₂"
            ),
            "other": Told(
                "{of} gets the gradient times what it was multiplied by, cell by cell.", f"∂L/∂x₂ = {DY} · x"
            ),
        },
    ),
    "cat": KindWords(
        "Concatenation",
        Told("{made} puts {inputs} one after the other; no number changes.", "y = x₁, then x₂, …"),
        _moved("Each cell of {of} takes back the gradient of its copy in {made}."),
    ),
    "mean": KindWords(
        "Mean",
        Told("Each number of {made} is the mean of {mean_of} cells of {input}.", "y = 1/{mean_of} Σ x"),
        {
            "": Told(
                "Every cell gets an equal share, 1/{mean_of}, of the gradient of the mean it went into.",
                f"∂L/∂x = 1/{{mean_of}} · {DY}",
            )
        },
    ),
}

_SHAPES: dict[str, KindWords] = {
    "flatten": KindWords(
        "Flatten",
        Told(
            "The {numbers} numbers of {input} are laid out in one row, map after map, row after row; none changes.",
            "y[k] = x[c, i, j], k counting row by row, map by map",
        ),
        _moved("The gradient of each number in the row goes back to the cell that it came from."),
    ),
    "reshape": KindWords(
        "Reshape",
        Told("The {numbers} numbers of {input} in another shape, {shape}; none changes.", "y = x, in the same order"),
        _moved("The gradients go back into the shape that the numbers came in."),
    ),
    "view": KindWords(
        "View",
        Told(
            "The {numbers} numbers of {input} are looked at in another shape, {shape}; nothing is copied.",
            "y = x, in the same order",
        ),
        _moved("The gradients are looked at in the shape that the numbers came in."),
    ),
    "squeeze": KindWords(
        "Squeeze",
        Told("Axes of length 1 are taken out of {input}; no number changes.", "y = x, without its axes of length 1"),
        _moved("The axes of length 1 come back; no gradient changes."),
    ),
    "unsqueeze": KindWords(
        "Unsqueeze",
        Told("{input} gets one more axis, of length 1; no number changes.", "y = x, with one axis of length 1 more"),
        _moved("The axis of length 1 goes again; no gradient changes."),
    ),
    "identity": KindWords(
        "Identity",
        Told("Every number of {input} passes as it is: the identity as an activation.", "y = x"),
        _by_slope("The identity has the slope 1 everywhere, so the gradient passes unchanged.", "1"),
    ),
    "dropout": KindWords(
        "Dropout, switched off",
        Told("Outside training dropout lets every number pass unchanged.", "y = x"),
        _by_slope("Dropout is switched off, so the gradient passes unchanged.", "1"),
    ),
    "dropout training": KindWords(
        "Dropout",
        Told(
            "Each number is set to 0 with probability {p}; the others are multiplied by {keep_scale}, so that the mean "
            "stays.",
            "y = x · {keep_scale} if kept, else 0",
        ),
        {
            "": Told(
                "The gradient passes, times {keep_scale}, where a number was kept, and stops where it was dropped.",
                f"∂L/∂x = {DY} · {{keep_scale}} if kept, else 0",
            )
        },
    ),
    "dropout2d": KindWords(
        "Dropout of whole maps, switched off",
        Told("Outside training dropout lets every map pass unchanged.", "y = x"),
        _by_slope("Dropout is switched off, so every map's gradient passes unchanged.", "1"),
    ),
    "dropout2d training": KindWords(
        "Dropout of whole maps",
        Told(
            "Each whole map is set to 0 with probability {p}; the others are multiplied by {keep_scale}, so that the "
            "mean stays.",
            "y = x · {keep_scale} if its map is kept, else 0",
        ),
        {
            "": Told(
                "The gradient passes, times {keep_scale}, through maps that were kept, and stops at those dropped.",
                f"∂L/∂x = {DY} · {{keep_scale}} if its map is kept, else 0",
            )
        },
    ),
    "interpolate": KindWords(
        "Upsampling by repetition",
        Told("Each cell of {made} repeats the nearest cell of {input}.", "y[c, i, j] = x[c, nearest(i), nearest(j)]"),
        {
            "": Told(
                "The gradient of each cell of {input} is the sum of the gradients of its copies.",
                f"∂L/∂x[c, p, q] = Σ {DY}[c, i, j] over its copies",
            )
        },
    ),
    "interpolate linear": KindWords(
        "Upsampling by interpolation",
        Told(
            "Each cell of {made} is a mean of the nearest cells of {input}, the nearer the heavier.",
            "y[c, i, j] = Σ share · x[c, p, q] over the nearest cells",
        ),
        {
            "": Told(
                "The gradient of each cell of {input} gathers those of the cells that read it, by the share they read.",
                f"∂L/∂x[c, p, q] = Σ share · {DY}[c, i, j]",
            )
        },
    ),
}

KINDS: Mapping[str, KindWords] = {**_WINDOWED, **_LINEAR, **_ACTIVATIONS, **_NORMALIZATIONS, **_MERGES, **_SHAPES}

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
