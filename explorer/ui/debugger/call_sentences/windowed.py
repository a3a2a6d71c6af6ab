"""Convolution, pooling and upsampling: cells made of windows."""

from __future__ import annotations

from explorer.arithmetic.words import DY, KindWords, Told

_MAP_BIAS = Told(
    "A bias is added to every cell of its map, so its gradient is the sum of the gradients of them all.",
    f"∂L/∂b[o] = Σ {DY}[o, i, j]",
)

WINDOWED: dict[str, KindWords] = {
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
