"""What is said about a training run: how far it is, what it was started with, how well it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from explorer.arithmetic.losses import loss_named
from explorer.arithmetic.updates import update_named
from explorer.data import DataSet
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.session import State, Verb, data_fit
from explorer.session.run_curves import RunCurves
from explorer.session.train_state import Training
from explorer.ui.common.text import count, exact, number, percent, plural, time_left
from explorer.ui.data.words import noun_of

TRAIN = "Train starts a run."


def appears(what: str, state: State) -> str:
    """What would appear where no run is, and how to get one where the network can be trained here."""
    return f"{what} {TRAIN}" if state.subject.can(Verb.TRAIN) else what


def progress_words(training: Training, noun: str = "pictures") -> str:
    """ "epoch 7 of 20 · step 1,840 · 1,840 pictures a second · 3 min left"; "" before there is a run."""
    if training.status == "ready":
        return ""
    parts = [f"epoch {training.epoch} of {training.epochs}", f"step {count(training.step)}"]
    if training.status == "running":
        if training.per_second:
            parts.append(f"{_pace(training.per_second)} {noun} a second")
        if training.seconds_left is not None:
            parts.append(f"{time_left(training.seconds_left)} left")
    else:
        is_done = training.status != "paused" and not training.message and training.epoch >= training.epochs
        parts.append("done" if is_done else training.status)
    return " · ".join(parts)


def run_settings(run: RunCurves) -> str:
    """What a run was started with, and what its learning rate was changed to while it ran."""
    if run.chosen is None:
        return "Its settings are in its own folder."
    rates = run.rates[-1:]
    is_turned = run.chosen.schedule == "constant" and any(rates != run.chosen.learning_rate)
    chosen = replace(run.chosen, loss=run.loss or run.chosen.loss)
    return settings_words(chosen, turned_to=float(rates[0]) if is_turned else None)


def settings_words(chosen: Hyperparameters, *, turned_to: float | None = None) -> str:
    """ "SGD, learning rate 0.01, momentum 0.9, batch 64, 10 epochs, seed 0"; what was left as usual is omitted."""
    turned = "" if turned_to is None else f" changed to {exact(turned_to)}"
    parts = [chosen.optimizer, f"learning rate {exact(chosen.learning_rate)}{turned}"]
    parts += _chosen_numbers(chosen, update_named(chosen.optimizer).numbers)
    if chosen.schedule != "constant":
        parts.append(f"{chosen.schedule} schedule")
    if chosen.loss:
        loss = loss_named(chosen.loss)
        parts += [loss.title, *_chosen_numbers(chosen, loss.numbers)]
    if chosen.clip_norm:
        parts.append(f"gradients clipped to {exact(chosen.clip_norm)}")
    if chosen.keep_gradients:
        parts.append("old gradients kept")
    added = f" × {chosen.accumulation}" if chosen.accumulation > 1 else ""
    parts += [f"batch {chosen.batch_size}{added}", plural(chosen.epochs, "epoch"), f"seed {chosen.seed}"]
    if chosen.patience:
        parts.append(f"patience {chosen.patience}")
    return ", ".join(parts)


def _chosen_numbers(chosen: Hyperparameters, names: Iterable[str]) -> list[str]:
    """ "momentum 0.9", "betas 0.8 and 0.999": of the numbers that are read, those that are not as usual."""
    usual, told = Hyperparameters(), []
    for name in names:
        value = getattr(chosen, name)
        if name == "learning_rate" or value == getattr(usual, name):
            continue
        if isinstance(value, bool):
            told += [name.capitalize()] if chosen.momentum else []  # Nesterov's is a way to use the momentum
        else:
            numbers = value if isinstance(value, tuple) else (value,)
            told.append(f"{name.replace('_', ' ')} {' and '.join(exact(each) for each in numbers)}")
    return told


def run_tip(run: RunCurves) -> str:
    """All about a run, each fact on a line."""
    lines = [run.label, run_settings(run)]
    if run.parent is not None:
        lines.append(f"It went on from run {run.parent} at step {count(run.first_step)}.{_starts_again(run)}")
    if run.origin:
        lines.append(f"It went on from the weights called “{run.origin}”, which undo and Rewind bring back.")
    if (best := best_accuracy(run)) is not None:
        lines.append(f"Best validation accuracy {percent(best)}.")
    return "\n".join(lines)


def _starts_again(run: RunCurves) -> str:
    """The learning rate of a run that goes on from another jumps where it has a schedule of its own."""
    if run.chosen is None or run.chosen.schedule == "constant":
        return ""
    return f" Its {run.chosen.schedule} schedule started again there."


def best_accuracy(run: RunCurves) -> float | None:
    """The highest validation accuracy of any epoch, 0 to 1; None before there is one."""
    return max((each.val_accuracy for each in run.epochs if each.val_accuracy is not None), default=None)


def suited_loss(state: State) -> str:
    """The name of the loss that is used where none was chosen; "" before that can be told."""
    classes = state.data.data_set.classes if state.data.data_set is not None else state.classes
    return data_fit.suited_loss(state.subject, len(classes))


def loss_titles(runs: tuple[RunCurves, ...]) -> tuple[str, ...]:
    """The losses of `runs`, each once, by their titles: ("cross entropy",)."""
    names = dict.fromkeys(run.loss for run in runs if run.loss)
    return tuple(loss_named(name).title for name in names)


def one_example(data: DataSet | None) -> str:
    """What one example of the data is called; before there are any, a picture."""
    return "picture" if data is None else noun_of(data)


def examples_noun(state: State) -> str:
    """What the data holds: pictures, points or rows."""
    return f"{one_example(state.data.data_set)}s"


def train_word(state: State) -> str:
    """What Train would do now, in a word: begin, go on, or go on from here with other settings."""
    if state.training.status != "paused":
        return "Train"
    return "Go on" if state.training.goes_on_with(state.document) else "Fork"


def _pace(per_second: float) -> str:
    return count(round(per_second)) if per_second >= 10 else number(per_second, 2)
