"""What `network-explorer train` trains: a network and data, read and fitted together."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from explorer.amounts import count
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.progress_line import told
from explorer.training_options import hyperparameters

if TYPE_CHECKING:
    from torch import nn

    from explorer.data.data_set import DataSet
    from explorer.data.grouping import Grouping
    from explorer.engine.model.load import Loaded
    from explorer.engine.training.distributed import Processes
    from explorer.engine.training.train import Learned


MOST_NAMED = 5  # of what was left out


class TrainingError(Exception):
    """What was asked for cannot be done; the message is a sentence."""


@dataclass(frozen=True, eq=False)
class Job:
    """All that a run needs, read and fitted together."""

    loaded: Loaded
    model: nn.Module
    chosen: Hyperparameters
    learning: Learned
    validation: Learned | None
    classes: tuple[str, ...]
    groups: Grouping


def prepared(options: argparse.Namespace, processes: Processes) -> Job:
    """Raises TrainingError, EngineError, DataError or FileError, each with a sentence."""
    import torch

    from explorer.engine.model.device import core_count
    from explorer.engine.training.train import chosen_loss, objective_of

    if options.threads:
        torch.set_num_threads(min(options.threads, core_count()))  # a million threads end in a segmentation fault
    loaded = _loaded(options)
    data, groups = _opened(options, processes)
    learning, validation, loaded = _examples(loaded, data)
    loaded = _fitted(loaded, learning, options, classes=len(data.classes))
    model = loaded.model.to(_device(options.device, processes))
    if options.precision == "float64":
        model = model.double()
    chosen = hyperparameters(options)
    chosen = replace(chosen, loss=chosen_loss(model, learning, chosen, classes=len(data.classes)))
    objective_of(model, learning, chosen.loss, classes=len(data.classes))
    return Job(loaded, model, chosen, learning, validation, data.classes, groups)


def _loaded(options: argparse.Namespace) -> Loaded:
    import explorer
    from explorer.network import NetworkError

    loaded = explorer.load(options.network)
    try:
        loaded.network.require_runnable()
    except NetworkError as error:
        raise TrainingError(f"{options.network} cannot run. {error}") from None
    if options.new_weights or loaded.path is None or loaded.path.suffix == ".txt":
        return replace(loaded, model=loaded.network.build(seed=options.seed))
    return loaded


def _opened(options: argparse.Namespace, processes: Processes) -> tuple[DataSet, Grouping]:
    """The data, with the groups that their classes were put into, if that was asked for; one process opens them first,
    so that a download happens once."""
    from explorer.data import grouped, open_data
    from explorer.data.grouping import read_groups

    if processes.is_first:
        data = open_data(options.data)
    processes.meet()
    if not processes.is_first:
        data = open_data(options.data)
    groups = read_groups(options.group, data.classes)
    if groups:
        data = grouped(data, groups)
    if processes.is_first:
        for note in (*data.notes, *_left_out(data)):
            told(note)
    return data, groups


def _left_out(data: DataSet) -> tuple[str, ...]:
    """The first of what was left out, each by name, and how many more there are."""
    named = tuple(f"left out: {skipped.path}: {skipped.sentence}" for skipped in data.skipped[:MOST_NAMED])
    more = len(data.skipped) - len(named)
    return (*named, f"left out: {count(more)} more") if more else named


def _examples(loaded: Loaded, data: DataSet) -> tuple[Learned, Learned | None, Loaded]:
    """Both splits as the network is fed them; a network without a mean is given that of the training pictures."""
    from explorer.data.scale import measured_scale, scale_for
    from explorer.engine.training.examples import both_splits

    shape = loaded.network.input_shape
    if not loaded.mean and not loaded.std:
        mean, std = scale_for(shape, measured_scale(data))
        loaded = replace(loaded, mean=mean, std=std)
    learning, validation = both_splits(data, shape, mean=loaded.mean, std=loaded.std, fit=loaded.fit)
    return learning, validation, replace(loaded, classes=data.classes)


def _fitted(loaded: Loaded, learning: Learned, options: argparse.Namespace, *, classes: int) -> Loaded:
    """With outputs that fit the labels; changed only if that was asked for."""
    from explorer.engine.training.train import LabelMismatch, chosen_loss, objective_of
    from explorer.network.last_layer import with_outputs

    loss = chosen_loss(loaded.model, learning, hyperparameters(options), classes=classes)
    try:
        objective_of(loaded.model, learning, loss, classes=classes)
    except LabelMismatch as mismatch:
        network = with_outputs(loaded.network, mismatch.outputs_needed)
        if network is None:
            raise
        if not options.fit_last_layer:
            raise TrainingError(f"{mismatch} Add --fit-last-layer to change it.") from None
        model = network.build(seed=options.seed)
        _carry_over(loaded.model, model)
        return replace(loaded, network=network, model=model)
    return loaded


def _carry_over(old: nn.Module, new: nn.Module) -> None:
    """The weights of all layers whose shapes are the same."""
    state, shapes = old.state_dict(), new.state_dict()
    fits = {name: value for name, value in state.items() if value.shape == shapes[name].shape}
    new.load_state_dict(fits, strict=False)


def _device(name: str | None, processes: Processes) -> Any:
    import torch

    from explorer.engine.model.device import available, device_called

    if processes.are_several:
        return processes.device
    if name is None:
        return device_called(available()[0])
    try:
        device = torch.device(name.lower())
        torch.empty(0, device=device).cpu()  # "meta" has room for everything and computes nothing
    except (RuntimeError, AssertionError):
        raise TrainingError(f"There is no device {name} here; there is {', '.join(available())}.") from None
    return device
