"""The commands of the menu "Step"."""

from __future__ import annotations

from explorer.session import State
from explorer.ui.common.command import SEPARATOR, Command
from explorer.ui.shell import commands


def has_timeline(state: State) -> bool:
    """Whether there is a training step to walk through."""
    return state.timeline is not None


STEP_COMMANDS: tuple[Command | str, ...] = (
    Command(
        "stepOver",
        "Step",
        "Step over",
        "Go to the next step, or inside a step to the next cell.",
        lambda window: window.session.step_over(),
        "ph.arrow-right",
        "F10",
        has_timeline,
    ),
    Command(
        "stepInto",
        "Step",
        "Step into",
        "Go into the step, cell by cell.",
        lambda window: window.session.step_into(),
        "ph.arrow-down",
        "F11",
        has_timeline,
    ),
    Command(
        "stepOut",
        "Step",
        "Step out",
        "Leave the cells for the whole step.",
        lambda window: window.session.step_out(),
        "ph.arrow-up",
        "Shift+F11",
        has_timeline,
    ),
    Command(
        "stepBack",
        "Step",
        "Step back",
        "Go one step back, or inside a step one cell back.",
        lambda window: window.session.step_over(-1),
        "ph.arrow-left",
        "Shift+F10",
        has_timeline,
    ),
    Command(
        "previousStep",
        "Step",
        "Back out of the step",
        "Go to the step before, out of the cells of this one.",
        commands.previous_step,
        "ph.arrow-arc-left",
        "Alt+F10",
        has_timeline,
    ),
    Command(
        "backInto",
        "Step",
        "Back into the step before",
        "Go one cell back; from a whole step into the cells of the one before.",
        commands.back_into,
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
        lambda window: window.session.to_start(),
        "ph.skip-back",
        "Ctrl+Home",
        has_timeline,
    ),
    Command(
        "toEnd",
        "Step",
        "To the end",
        "Go to the last step.",
        lambda window: window.session.to_end(),
        "ph.skip-forward",
        "Ctrl+End",
        has_timeline,
    ),
    Command(
        "nextGradient",
        "Step",
        "To the next gradient",
        "Go on to the next step on which a gradient arrives.",
        lambda window: window.session.next_gradient(),
        "ph.arrow-bend-up-left",
        "Ctrl+G",
        has_timeline,
    ),
    Command(
        "runToLayer",
        "Step",
        "To the selected layer",
        "Go on to the next step of the layer that is selected.",
        lambda window: window.session.run_to_layer(),
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
        commands.toggle_play,
        "ph.play",
        "F5",
        has_timeline,
    ),
    Command(
        "takeStep",
        "Step",
        "Take this training step",
        "Keep the weights that the update made, and record the next training step.",
        lambda window: window.session.take_step(),
        "ph.check-circle",
        "Ctrl+F5",
        has_timeline,
    ),
)
