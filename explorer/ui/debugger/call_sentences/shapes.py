"""Calls that move, pass or drop numbers and compute none."""

from __future__ import annotations

from explorer.arithmetic.words import DY, KindWords, Told, by_slope, moved

SHAPES: dict[str, KindWords] = {
    "flatten": KindWords(
        "Flatten",
        Told(
            "The {numbers} numbers of {input} are laid out in one row, map after map, row after row; none changes.",
            "y[k] = x[c, i, j], k counting row by row, map by map",
        ),
        moved("The gradient of each number in the row goes back to the cell that it came from."),
    ),
    "reshape": KindWords(
        "Reshape",
        Told("The {numbers} numbers of {input} in another shape, {shape}; none changes.", "y = x, in the same order"),
        moved("The gradients go back into the shape that the numbers came in."),
    ),
    "view": KindWords(
        "View",
        Told(
            "The {numbers} numbers of {input} are looked at in another shape, {shape}; nothing is copied.",
            "y = x, in the same order",
        ),
        moved("The gradients are looked at in the shape that the numbers came in."),
    ),
    "squeeze": KindWords(
        "Squeeze",
        Told("Axes of length 1 are taken out of {input}; no number changes.", "y = x, without its axes of length 1"),
        moved("The axes of length 1 come back; no gradient changes."),
    ),
    "unsqueeze": KindWords(
        "Unsqueeze",
        Told("{input} gets one more axis, of length 1; no number changes.", "y = x, with one axis of length 1 more"),
        moved("The axis of length 1 goes again; no gradient changes."),
    ),
    "identity": KindWords(
        "Identity",
        Told("Every number of {input} passes as it is: the identity as an activation.", "y = x"),
        by_slope("The identity has the slope 1 everywhere, so the gradient passes unchanged.", "1"),
    ),
    "dropout": KindWords(
        "Dropout, switched off",
        Told("Outside training dropout lets every number pass unchanged.", "y = x"),
        by_slope("Dropout is switched off, so the gradient passes unchanged.", "1"),
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
        by_slope("Dropout is switched off, so every map's gradient passes unchanged.", "1"),
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
}
