"""A recipe: what a network is, how it is trained or what its weights are, and how good it became."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from explorer.amounts import percent
from explorer.network.files import Fit
from explorer.writing import write_atomically


@dataclass(frozen=True)
class Training:
    """Stochastic gradient descent with Nesterov momentum and a one-cycle learning rate."""

    epochs: int
    batch_size: int
    learning_rate: float  # the highest of the cycle
    warm_up: float  # the part of the cycle in which the rate rises
    momentum: float
    weight_decay: float
    label_smoothing: float
    shift: int  # pictures are moved by up to so many pixels, and mirrored
    precision: str  # "float32" or "bfloat16"
    seed: int
    positive: tuple[str, ...] = ()  # for one neuron: the data's classes it should say 1 to


@dataclass(frozen=True)
class Reached:
    """Measured on all test pictures, in float32, after training.

    The same bits come out again with the same version of PyTorch, number of threads and kind of processor.
    """

    test_accuracy: float
    test_loss: float
    torch: str
    threads: int


@dataclass(frozen=True)
class Recipe:
    """Either `training` or `weights` (nested lists by parameter name) is given.

    description: may hold {accuracy}, which stands for the accuracy that was reached.
    """

    name: str
    title: str
    description: str
    network: str
    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    fit: Fit = "crop"
    training: Training | None = None
    weights: dict[str, Any] | None = None
    learning: dict[str, Any] | None = None  # hyperparameters that the network is opened with
    reached: Reached | None = None

    def told(self) -> str:
        """The description with its figures in it."""
        if self.reached is None:
            return self.description
        return self.description.format(accuracy=percent(self.reached.test_accuracy))

    def with_reached(self, reached: Reached) -> Recipe:
        return replace(self, reached=reached)


def recipe_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.recipe.json"


def read_recipe(folder: Path, name: str) -> Recipe:
    """Raises FileNotFoundError if there is no such recipe, TypeError or ValueError if it is not one."""
    fields = json.loads(recipe_path(folder, name).read_text(encoding="utf-8"))
    for key in ("classes", "mean", "std"):
        fields[key] = tuple(fields.get(key) or ())
    if fields.get("training"):
        training = fields["training"]
        fields["training"] = Training(**{**training, "positive": tuple(training.get("positive", ()))})
    if fields.get("reached"):
        fields["reached"] = Reached(**fields["reached"])
    return Recipe(name=name, **fields)


def write_recipe(folder: Path, recipe: Recipe) -> None:
    fields = {key: value for key, value in asdict(recipe).items() if value not in (None, (), "") and key != "name"}
    content = json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
    write_atomically(recipe_path(folder, recipe.name), content.encode())
