"""Takes the README's pictures of the main states: `python packaging/screenshots.py [FOLDER]`.

Runs offscreen; a font has to be installed (Inter and JetBrains Mono give the pictures their look).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()

from explorer.app import application, open_window
from explorer.ui.common import settings
from explorer.ui.shell import commands
from explorer.ui.shell.main_window import MainWindow

FOLDER = Path(__file__).resolve().parent / "screenshots"
SIZE = (1440, 900)


def settle(window: MainWindow) -> None:
    """Let the window come to rest on the maps of the present network."""
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 0.6:
        application().processEvents()
        if window.session.state.maps.computing or window.session.state.maps.activations is None:
            quiet_since = time.monotonic()


def take(window: MainWindow, folder: Path, name: str) -> None:
    settle(window)
    window.grab().save(str(folder / f"{name}.png"))
    print(folder / f"{name}.png")


def wait(window: MainWindow, until: Callable[[], bool], seconds: float = 120) -> None:
    """Let the window work until something is so."""
    ends = time.monotonic() + seconds
    while not until() and time.monotonic() < ends:
        application().processEvents()


def wait_for_step(window: MainWindow) -> None:
    """Let a training step be recorded."""
    state = window.session.state
    wait(
        window, lambda: window.session.state.steps.timeline is not None and not window.session.state.steps.is_recording
    )
    assert window.session.state.steps.timeline is not None, state.steps.message


def debug(window: MainWindow, folder: Path) -> None:
    """Inside a convolution, and a small network on the way back."""
    window.show_part("debugger")
    wait_for_step(window)
    session = window.session
    timeline = session.state.steps.timeline
    assert timeline is not None
    session.steps.go_to_step(timeline.find("forward", "conv2") or 0, inside=True)
    take(window, folder, "debugger")
    session.files.open_network("two-two-two")
    settle(window)
    wait_for_step(window)
    timeline = session.state.steps.timeline
    assert timeline is not None
    session.steps.go_to_step(timeline.find("backward", "identity1") or 0)
    take(window, folder, "backprop")
    session.editing.undo()
    settle(window)


def train(window: MainWindow, folder: Path) -> None:
    """A run of the lecture's network on the data that come along, a few epochs in."""
    window.show_part("maps")
    session = window.session
    session.files.open_network("lecture")
    session.editing.reset_weights()
    session.learning.set_hyperparameters(momentum=0.9, epochs=8)
    session.selection.select(layer="conv1")
    window.training_dock.unfold()
    session.training.train()
    wait(
        window,
        lambda: bool(session.state.watching.runs) and len(session.state.watching.runs[-1].epochs) >= 5,
        seconds=300,
    )
    session.training.pause()
    take(window, folder, "training")


def break_network(window: MainWindow) -> None:
    """A kernel far too large for the map that arrives."""
    network = window.session.state.network
    assert network is not None
    window.session.editing.replace_layer("conv5", replace(network.layer("conv5"), kernel_size=11, padding=0))
    window.session.selection.select(layer="conv5")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    settings.set_welcome_seen(True)
    settings.set_theme_choice("light")
    window = open_window([])
    window.resize(*SIZE)
    settle(window)
    window.session.selection.select(layer="conv4", channel=2)
    take(window, folder, "overview")
    window.show_part("maps")
    window.session.selection.select(layer="conv2", channel=3, row=6, column=9)
    take(window, folder, "maps")
    commands.set_theme("dark")
    take(window, folder, "dark")
    commands.set_theme("light")
    break_network(window)
    take(window, folder, "fault")
    window.session.editing.undo()
    settle(window)
    debug(window, folder)
    train(window, folder)
    window.session.store.set(replace(window.session.state.files, unsaved=False))  # nothing here is worth a question
    window.close()


if __name__ == "__main__":
    main()
