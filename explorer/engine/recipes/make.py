"""Makes a network's files from its recipe: the network, its weights, and what was reached."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # the name PyTorch's own pages use
from torch.optim.lr_scheduler import OneCycleLR

from explorer.amounts import percent, seconds_text
from explorer.data.cifar_archive import LabelledPictures, read_cifar_archive
from explorer.engine.model.load import load, save
from explorer.engine.recipes.recipe import Reached, Recipe, Training, write_recipe
from explorer.engine.training.augment import flip_and_shift
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.familiarity import drawn_features
from explorer.engine.training.known_file import write_known
from explorer.engine.training.train import Examples, LossFunction, Snapshot, evaluate, steps_per_epoch, train
from explorer.network import Network
from explorer.network.file_names import known_path
from explorer.network.files import NetworkFile


def make(recipe: Recipe, folder: Path, *, data: Path | None, checkpoint: Path) -> Recipe:
    """Write the files of `recipe` to `folder` and give it back with what was reached.

    data: needed where the recipe trains. A run that was stopped goes on from `checkpoint`.
    """
    model = Network.parse(recipe.network).build(seed=recipe.training.seed if recipe.training else 0)
    if recipe.weights is not None:
        model.load_state_dict({name: torch.tensor(value) for name, value in recipe.weights.items()})
    elif recipe.training is not None and data is not None:
        recipe = recipe.with_reached(_trained(model, recipe, recipe.training, data, checkpoint))
    else:
        raise ValueError(f"The recipe {recipe.name} needs data to train on.")
    _write(model, recipe, folder)
    if data is not None:
        keep_known(recipe, folder, data=data)
    return recipe


def keep_known(recipe: Recipe, folder: Path, *, data: Path) -> None:
    """Write what the network whose files lie in `folder` knows: features of some pictures that it was trained on."""
    file, learning = folder / f"{recipe.name}.json", examples_of(recipe, read_cifar_archive(data, "train"))
    features, places = drawn_features(load(file).model, learning)
    write_known(known_path(file), features, learning.targets[places])


def _write(model: nn.Module, recipe: Recipe, folder: Path) -> None:
    file = NetworkFile(
        network=Network.parse(recipe.network),
        title=recipe.title,
        description=recipe.told(),
        classes=recipe.classes,
        mean=recipe.mean,
        std=recipe.std,
        fit=recipe.fit,
        learning=recipe.learning or {},
    )
    save(folder / f"{recipe.name}.json", file, model.state_dict())
    if recipe.reached is not None:
        write_recipe(folder, recipe)


def _trained(model: nn.Module, recipe: Recipe, training: Training, data: Path, checkpoint: Path) -> Reached:
    learning = examples_of(recipe, read_cifar_archive(data, "train"))
    test = examples_of(recipe, read_cifar_archive(data, "test"))
    loss = loss_of(training)
    started = time.monotonic()
    for snapshot in _run(model, training, learning, test, loss, checkpoint):
        if snapshot.epoch_ended:
            _tell(snapshot, training.epochs, time.monotonic() - started)
    tested = evaluate(model, test, loss)
    return Reached(tested.accuracy or 0.0, round(tested.loss, 4), torch.__version__, torch.get_num_threads())


def _run(
    model: nn.Module, training: Training, learning: Examples, test: Examples, loss: LossFunction, checkpoint: Path
) -> Iterator[Snapshot]:
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=training.learning_rate,
        momentum=training.momentum,
        weight_decay=training.weight_decay,
        nesterov=True,
    )
    schedule = OneCycleLR(
        optimizer,
        max_lr=training.learning_rate,
        total_steps=training.epochs * steps_per_epoch(len(learning), training.batch_size),
        pct_start=training.warm_up,
        cycle_momentum=False,
    )
    return train(
        model,
        learning,
        loss=loss,
        optimizer=optimizer,
        epochs=training.epochs,
        batch_size=training.batch_size,
        seed=training.seed,
        schedule=schedule,
        under=Conditions(
            augment=partial(flip_and_shift, pixels=training.shift),
            validation=test,
            precision=getattr(torch, training.precision),
            checkpoint=checkpoint,
        ),
    )


def examples_of(recipe: Recipe, pictures: LabelledPictures) -> Examples:
    """The pictures as the recipe's network is fed them; for one neuron the target is 1 for its positive classes."""
    targets = torch.from_numpy(pictures.labels)
    if recipe.training is not None and recipe.training.positive:
        positive = [pictures.classes.index(name) for name in recipe.training.positive]
        targets = torch.isin(targets, torch.tensor(positive)).long()
    inputs = torch.from_numpy(pictures.pixels).permute(0, 3, 1, 2)
    return Examples(inputs, targets, recipe.mean, recipe.std)


def loss_of(training: Training) -> LossFunction:
    """Cross entropy of logits, or binary cross entropy of one neuron's probability."""
    if training.positive:
        return _binary_cross_entropy
    return nn.CrossEntropyLoss(label_smoothing=training.label_smoothing)


def _binary_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.binary_cross_entropy(outputs.flatten(), targets.float())


def _tell(snapshot: Snapshot, epochs: int, seconds: float) -> None:
    print(
        f"epoch {snapshot.epoch}/{epochs}  loss {snapshot.loss:.3f}  test loss {snapshot.val_loss:.3f}  "
        f"test accuracy {percent(snapshot.val_accuracy or 0)}  {seconds_text(seconds)} {snapshot.warning}",
        file=sys.stderr,
        flush=True,
    )
