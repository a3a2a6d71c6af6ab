"""Normalization over the batch, groups of maps, or single examples."""

from __future__ import annotations

from explorer.arithmetic.words import DY, KindWords, Told

_SCALE = Told(
    "The weight scales every normalized cell x̂ of its own, so its gradient sums each x̂ times the gradient there.",
    f"∂L/∂γ = Σ x̂ · {DY}",
)
_SHIFT = Told(
    "The bias shifts every cell of its own, so its gradient is the sum of their gradients.", f"∂L/∂β = Σ {DY}"
)
_NORMALIZED = "y = {gamma}(x − μ)/√(σ² + ε){beta}"
_NORMALIZED_BACK = f"∂L/∂x = 1/√(σ² + ε) · (g − mean(g) − x̂ · mean(g · x̂)), where g = {{gamma}}{DY}"

NORMALIZATIONS: dict[str, KindWords] = {
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
