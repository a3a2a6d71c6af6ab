"""Linear layers and activations."""

from __future__ import annotations

from explorer.arithmetic.words import DY, KindWords, Told, by_slope

LINEAR: dict[str, KindWords] = {
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

ACTIVATIONS: dict[str, KindWords] = {
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
        by_slope("The gradient is multiplied by the slope of GELU at each number of {input}.", "(Φ(x) + x · φ(x))"),
    ),
    "silu": KindWords(
        "SiLU",
        Told(
            "Each number is scaled by its own sigmoid: large ones pass, very negative ones fade to 0.", "y = x · σ(x)"
        ),
        by_slope(
            "The gradient is multiplied by the slope of SiLU at each number of {input}.",
            "(σ(x) + x · σ(x) · (1 − σ(x)))",
        ),
    ),
    "sigmoid": KindWords(
        "Sigmoid",
        Told("Each number of {input} is squeezed between 0 and 1; 0 becomes ½.", "y = 1/(1 + exp(−x))"),
        by_slope(
            "The gradient is multiplied by the slope y · (1 − y): at most ¼, and near 0 where y is close to 0 or 1.",
            "y · (1 − y)",
        ),
    ),
    "tanh": KindWords(
        "Tanh",
        Told("Each number of {input} is squeezed between −1 and 1; 0 stays 0.", "y = tanh(x)"),
        by_slope(
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
