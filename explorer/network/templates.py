"""Networks to begin a new one with, each in text notation in a file of its own; none of them has weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from explorer.network.network import Network
from explorer.resources import bundled_networks, resource


@dataclass(frozen=True)
class Template:
    """One of them: `resources/templates/NAME.txt` holds its text. `sentence` says what it is, `use` what it is for."""

    name: str
    title: str
    sentence: str
    use: str

    @property
    def path(self) -> Path:
        """Where its text lies."""
        return resource("templates", f"{self.name}.txt")

    @cached_property
    def text(self) -> str:
        """Text notation, on several lines and with comments."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def network(self) -> Network:
        """What the text says."""
        return Network.parse(self.text)


TEMPLATES: tuple[Template, ...] = (
    Template(
        "lecture",
        "The lecture's network",
        "One convolution, one pooling layer, one linear layer.",
        "The whole of a CNN in as few layers as can be.",
    ),
    Template(
        "lenet5",
        "LeNet-5",
        "Convolutions, means of patches and tanh, as in 1998.",
        "Digits and other small grey pictures.",
    ),
    Template(
        "small-vgg",
        "Small VGG",
        "Pairs of 3 × 3 convolutions; each stage halves the size and doubles the channels.",
        "Small pictures in colour, where depth is to be seen.",
    ),
    Template(
        "small-resnet",
        "Small ResNet",
        "Three blocks, each added to what came into it.",
        "Skip connections, and the gradients that flow along them.",
    ),
    Template(
        "small-unet",
        "Small U-Net",
        "Down to a few cells and up again, beside what was seen on the way down.",
        "Pictures in, maps out: a number for each cell and each kind.",
    ),
    Template(
        "perceptron",
        "Multilayer perceptron",
        "Two hidden layers of neurons between two numbers and two classes.",
        "Points in the plane, and every weight in sight.",
    ),
    Template(
        "one-neuron",
        "One neuron",
        "Two inputs, each with its weight, a bias and a sigmoid.",
        "Gradients that can be worked out by hand.",
    ),
    Template(
        "one-filter",
        "One filter",
        "A filter of 3 × 3 weights, slid over a picture of 5 × 5 numbers.",
        "A convolution worked out by hand: type or paste the numbers of both.",
    ),
    Template(
        "two-poolings",
        "Two poolings",
        "The same 4 × 4 numbers through max and average pooling, side by side.",
        "Pooling worked out by hand: type or paste the numbers.",
    ),
    Template(
        "three-activations",
        "Three activations",
        "The same five numbers through ReLU, tanh and sigmoid, side by side.",
        "Curves and their slopes, at any number that is typed.",
    ),
    Template(
        "empty",
        "Empty",
        "The size of the input and no layer yet.",
        "A network of your own from the first layer on.",
    ),
)
"""In the order of the page that offers them; the first is what the page begins with."""


def known_names() -> tuple[str, ...]:
    """The names of all networks that come with the program: those with weights, then the other templates."""
    bundled = bundled_networks()
    return (*bundled, *(template.name for template in TEMPLATES if template.name not in bundled))


def file_called(name: str) -> Path | None:
    """The file of a network that comes with the program, with weights or else as a template; None for another name."""
    if name in bundled_networks():
        return resource("networks", f"{name}.json")
    return next((template.path for template in TEMPLATES if template.name == name), None)
