"""The commands of the menu "Step"."""

from __future__ import annotations

from explorer.session import State
from explorer.ui.common.command import SEPARATOR, Command, Shell


def has_timeline(state: State) -> bool:
    """Whether there is a training step to walk through."""
    return state.steps.timeline is not None


def previous_step(shell: Shell) -> None:
    """The step before, from whatever depth."""
    shell.session.steps.go_to_step(shell.session.state.steps.cursor.step - 1)


def back_into(shell: Shell) -> None:
    """Inside a step the cell before; else into the cells of the step before."""
    cursor = shell.session.state.steps.cursor
    if cursor.is_inside:
        shell.session.steps.step_over(-1)
    elif cursor.step > 0:
        shell.session.steps.go_to_step(cursor.step - 1, inside=True)


def toggle_play(shell: Shell) -> None:
    """Play in the debugger's tab, or stop."""
    from explorer.ui.debugger.view import Debugger  # made after the first paint

    shell.show("debugger")
    debugger = shell.view("debugger")
    assert isinstance(debugger, Debugger)
    debugger.controls.toggle_play()


STEP_COMMANDS: tuple[Command | str, ...] = (
    Command(
        "stepOver",
        "Step",
        "Step over",
        "Go to the next step, or inside a step to the next cell.",
        lambda shell: shell.session.steps.step_over(),
        "ph.arrow-right",
        "F10",
        has_timeline,
    ),
    Command(
        "stepInto",
        "Step",
        "Step into",
        "Go into the step, cell by cell.",
        lambda shell: shell.session.steps.step_into(),
        "ph.arrow-down",
        "F11",
        has_timeline,
    ),
    Command(
        "stepOut",
        "Step",
        "Step out",
        "Leave the cells for the whole step.",
        lambda shell: shell.session.steps.step_out(),
        "ph.arrow-up",
        "Shift+F11",
        has_timeline,
    ),
    Command(
        "stepBack",
        "Step",
        "Step back",
        "Go one step back, or inside a step one cell back.",
        lambda shell: shell.session.steps.step_over(-1),
        "ph.arrow-left",
        "Shift+F10",
        has_timeline,
    ),
    Command(
        "previousStep",
        "Step",
        "Back out of the step",
        "Go to the step before, out of the cells of this one.",
        previous_step,
        "ph.arrow-arc-left",
        "Alt+F10",
        has_timeline,
    ),
    Command(
        "backInto",
        "Step",
        "Back into the step before",
        "Go one cell back; from a whole step into the cells of the one before.",
        back_into,
        "ph.arrow-bend-left-down",
        "Alt+F11",
        has_timeline,
    ),
    SEPARATOR,
    Command(
        "toStart",
        "Step",
        "To the start",
        "Go to the first step.",
        lambda shell: shell.session.steps.to_start(),
        "ph.skip-back",
        "Ctrl+Home",
        has_timeline,
    ),
    Command(
        "toEnd",
        "Step",
        "To the end",
        "Go to the last step.",
        lambda shell: shell.session.steps.to_end(),
        "ph.skip-forward",
        "Ctrl+End",
        has_timeline,
    ),
    Command(
        "nextGradient",
        "Step",
        "To the next gradient",
        "Go on to the next step on which a gradient arrives.",
        lambda shell: shell.session.steps.next_gradient(),
        "ph.arrow-bend-up-left",
        "Ctrl+G",
        has_timeline,
    ),
    Command(
        "runToLayer",
        "Step",
        "To the selected layer",
        "Go on to the next step of the layer that is selected.",
        lambda shell: shell.session.steps.run_to_layer(),
        "ph.crosshair",
        "Ctrl+F10",
        has_timeline,
    ),
    SEPARATOR,
    Command(
        "play",
        "Step",
        "Play",
        "Step over again and again, or stop doing so.",
        toggle_play,
        "ph.play",
        "F5",
        has_timeline,
    ),
    Command(
        "takeStep",
        "Step",
        "Take this training step",
        "Keep the weights that the update made, and record the next training step.",
        lambda shell: shell.session.learning.take_step(),
        "ph.check-circle",
        "Ctrl+F5",
        has_timeline,
    ),
)
