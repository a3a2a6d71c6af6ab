"""The commands of the menu "Train"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from explorer.session import State, Verb
from explorer.session.proposal import Until
from explorer.ui.common.command import SEPARATOR, Command, Shell, needs
from explorer.ui.training.run_words import train_word


def _why_not_train(state: State) -> str:
    if state.training.status == "running":
        return "A run goes on: pause it first."
    if state.data.progress is not None:
        return "The data are still being opened."
    return state.subject.refusal(Verb.TRAIN) or (state.data.problem.message if state.data.problem else "")


@needs(_why_not_train)
def can_train(state: State) -> bool:
    """Whether Train would do something: there are weights to learn, nothing is broken and no run goes on."""
    return not _why_not_train(state)


def named_for_the_run(command: Command, state: State) -> Command:
    """What Train is called: after a pause the run goes on, or forks."""
    return replace(command, text=train_word(state))


@needs("No run goes on.")
def is_running(state: State) -> bool:
    """Whether a run goes on."""
    return state.training.status == "running"


@needs("There is no run of this network to go back to the start of.")
def can_rewind(state: State) -> bool:
    """Whether there is a run to go back to the start of, and its network is still there."""
    return state.training.status != "ready" and state.training.is_of(state.document)


@needs(lambda state: "Choose data first." if state.data.data_set is None else _why_not_train(state))
def has_batches(state: State) -> bool:
    """Whether a batch of the data can be stepped through."""
    return state.data.data_set is not None and state.data.problem is None and state.subject.can(Verb.USE_DATA)


def show_data_browser(shell: Shell) -> None:
    """Show what can be learned from."""
    from explorer.ui.data.browser import show_data_browser as show  # imported only when it is wanted

    show(shell.session, shell.widget)


def open_batch(shell: Shell) -> None:
    """Record the next training batch, and show it in the debugger."""
    shell.show("debugger")
    shell.session.data.open_batch()


def train(shell: Shell, until: Until = "") -> bool:
    """Train, or show the question that comes first; whether it trains."""
    is_training = shell.session.proposing.press(until)
    if not is_training:
        shell.show("training")
    return is_training


def follow_run(shell: Shell) -> None:
    """Ask for a run's folder and show its curves."""
    name = QFileDialog.getExistingDirectory(shell.widget, "Follow the folder of a run")
    if name:
        shell.show("training")
        shell.session.following.follow_run(Path(name))


def export_curves(shell: Shell) -> None:
    """Ask where to, and write the curves."""
    from explorer.ui.training.dock import TrainingDock

    training = shell.view("training")
    assert isinstance(training, TrainingDock)
    training.export_curves()


TRAIN_COMMANDS: tuple[Command | str, ...] = (
    Command(
        "showData",
        "Train",
        "Data…",
        "See what the network learns from, or choose other data.",
        show_data_browser,
        "ph.database",
        "Ctrl+Shift+D",
        brief="Choose data…",
    ),
    SEPARATOR,
    Command(
        "trainStart",
        "Train",
        "Train",
        "Train the network on the chosen data; a paused run goes on, with other settings as a new one.",
        train,
        "ph.play",
        "Ctrl+R",
        can_train,
        now=named_for_the_run,
    ),
    Command(
        "trainPause",
        "Train",
        "Pause",
        "Let the run rest after its present step.",
        lambda shell: shell.session.training.pause(),
        "ph.pause",
        "Ctrl+P",
        is_running,
    ),
    Command(
        "trainOneStep",
        "Train",
        "One step",
        "Train a single step, then rest; the step debugger has it on record.",
        lambda shell: train(shell, "step"),
        "ph.arrow-line-right",
        "F6",
        can_train,
    ),
    Command(
        "trainOneEpoch",
        "Train",
        "One epoch",
        "Train to the end of the epoch, then rest.",
        lambda shell: train(shell, "epoch"),
        "ph.skip-forward-circle",
        "Ctrl+F6",
        can_train,
    ),
    Command(
        "trainReset",
        "Train",
        "Rewind",
        "Go back to the weights that the run began with; undo brings the trained ones.",
        lambda shell: shell.session.training.rewind(),
        "ph.rewind",
        "Ctrl+Shift+Backspace",
        can_rewind,
    ),
    SEPARATOR,
    Command(
        "openBatch",
        "Train",
        "Step through a batch",
        "Open the next training batch in the step debugger; no weight changes before its step is taken.",
        open_batch,
        "ph.bug-beetle",
        "Shift+F6",
        has_batches,
    ),
    SEPARATOR,
    Command(
        "followRun",
        "Train",
        "Follow a run's folder…",
        "Show the curves of a run that the command line writes, while it is written.",
        follow_run,
        "ph.broadcast",
        "Ctrl+Shift+F",
    ),
    Command(
        "exportCurves",
        "Train",
        "Export curves…",
        "Save the curves as PNG, SVG, CSV or as event files for TensorBoard.",
        export_curves,
        "ph.export",
        "Ctrl+Shift+E",
        needs("There is no run yet.")(lambda state: bool(state.watching.runs)),
    ),
)
