"""Calls that put several tensors or cells into one."""

from __future__ import annotations

from explorer.arithmetic.words import DY, SPREAD, KindWords, Told, moved

MERGES: dict[str, KindWords] = {
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
        moved("Each cell of {of} takes back the gradient of its copy in {made}."),
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
