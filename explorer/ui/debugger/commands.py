"""The commands of the menu "Step"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explorer.session import State
from explorer.ui.common.command import SEPARATOR, Command, Shell, needs

NO_STEP = "No training step is on record: open the step debugger first."


def _or(sentence: str) -> Callable[[State], str]:
    """`sentence`, where there is a step."""
    return lambda state: sentence if has_timeline(state) else NO_STEP


@needs(NO_STEP)
def has_timeline(state: State) -> bool:
    """Whether there is a training step to walk through."""
    return state.steps.timeline is not None and bool(state.steps.timeline.steps)


@needs(_or("This is the first step."))
def is_after_the_start(state: State) -> bool:
    """Whether this is not the whole of the first step."""
    return has_timeline(state) and (state.steps.cursor.step > 0 or state.steps.cursor.is_inside)


@needs(_or("This is the first step."))
def can_go_back(state: State) -> bool:
    """Whether there is a step, inside one a cell, or a training step before this one."""
    timeline = state.steps.timeline
    return is_after_the_start(state) or (timeline is not None and timeline.taken > 0)


@needs(_or("The cursor is not inside a step."))
def can_go_out(state: State) -> bool:
    """Whether the cursor is at a cell of the step."""
    return has_timeline(state) and state.steps.cursor.is_inside


@needs(_or("This is the last step."))
def is_before_the_end(state: State) -> bool:
    """Whether this is not the whole of the last step."""
    timeline, cursor = state.steps.timeline, state.steps.cursor
    return timeline is not None and (cursor.step < len(timeline.steps) - 1 or can_go_out(state))


def previous_step(shell: Shell) -> None:
    """The step before, from whatever depth."""
    steps = shell.session.state.steps
    if steps.cursor.step > 0:
        shell.session.steps.go_to_step(steps.cursor.step - 1)
    else:
        shell.session.steps.step_out()
        shell.session.steps.step_over(-1)


def back_into(shell: Shell) -> None:
    """Inside a step the cell before; else into the cells of the step before."""
    cursor = shell.session.state.steps.cursor
    if cursor.is_inside:
        shell.session.steps.step_over(-1)
    elif cursor.step > 0:
        shell.session.steps.go_to_step(cursor.step - 1, inside=True)
    else:
        shell.session.steps.step_over(-1)


def toggle_play(shell: Shell) -> None:
    """Play in the debugger's tab, or stop."""
    shell.show("debugger")
    shell.session.playing.toggle()


def pause_while_playing(command: Command, state: State) -> Command:
    """What the command that plays is called: while it does, Pause."""
    if not state.steps.is_playing:
        return command
    return replace(command, text="Pause", tip="Stop stepping.", icon="ph.pause")


def switch_input_gradient(shell: Shell) -> None:
    """The gradient of the input is worked out too, or no longer."""
    shell.session.learning.ask_input_gradient(not shell.session.state.steps.input_gradient)


def leave_out_while_asked(command: Command, state: State) -> Command:
    """What the command is called while the input gets a gradient."""
    if not state.steps.input_gradient:
        return command
    return replace(command, text="No gradient of the input", tip="Work out the gradients of the weights alone.")


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
        brief="Over",
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
        brief="Into",
    ),
    Command(
        "stepOut",
        "Step",
        "Step out",
        "Leave the cells for the whole step.",
        lambda shell: shell.session.steps.step_out(),
        "ph.arrow-up",
        "Shift+F11",
        can_go_out,
        brief="Out",
    ),
    Command(
        "stepBack",
        "Step",
        "Step back",
        "Go one step back, or inside a step one cell back; from the first into the training step before.",
        lambda shell: shell.session.steps.step_over(-1),
        "ph.arrow-left",
        "F9",
        can_go_back,
        brief="Back",
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
        is_after_the_start,
        brief="Start",
    ),
    Command(
        "toEnd",
        "Step",
        "To the end",
        "Go to the last step.",
        lambda shell: shell.session.steps.to_end(),
        "ph.skip-forward",
        "Ctrl+End",
        is_before_the_end,
        brief="End",
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
        brief="Gradient",
    ),
    Command(
        "runToLayer",
        "Step",
        "To the selected layer",
        "Go on to the next step of the layer selected on the left.",
        lambda shell: shell.session.steps.run_to_layer(),
        "ph.crosshair",
        "Ctrl+F10",
        has_timeline,
        brief="To layer",
    ),
    SEPARATOR,
    Command(
        "play",
        "Step",
        "Play",
        "Step over again and again, to the end.",
        toggle_play,
        "ph.play",
        "F5",
        has_timeline,
        now=pause_while_playing,
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
    SEPARATOR,
    Command(
        "inputGradient",
        "Step",
        "Gradient of the input",
        "Work out the gradient of the input too, as that of a weight: how the loss changes with each of its numbers.",
        switch_input_gradient,
        "ph.image-square",
        "Ctrl+Shift+G",
        now=leave_out_while_asked,
    ),
)
