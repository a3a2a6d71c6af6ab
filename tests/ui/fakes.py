"""Real sessions for tests of views: a network in text notation, looking at a picture made here."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.data import Picture, picture_from_array
from explorer.session import Session
from explorer.ui.common.actions import Actions
from explorer.ui.common.command import Shell
from explorer.ui.common.following_view import FollowingView
from explorer.ui.shell.actions import make_actions as actions_of

SMALL = "3x16x16 conv(4, 3, padding=1) relu maxpool(2) conv(6, 3) relu flatten linear(5) softmax"


def make_picture(seed: int = 0, size: int = 48) -> Picture:
    """A picture with something to see in it: smooth colour waves, different for each seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size] / size
    waves = [np.sin(2 * np.pi * (rng.uniform(1, 3) * x + rng.uniform(1, 3) * y + rng.uniform())) for _ in range(3)]
    return picture_from_array(((np.stack(waves, axis=-1) + 1) * 127).astype(np.uint8), f"waves {seed}")


def make_session(text: str = SMALL, *, picture: bool = True) -> Session:
    """A session on the network written in `text`; close it when done (`closing` does)."""
    session = Session()
    session.files.new_network(text)
    assert session.state.network is not None, session.state.status.notice
    if picture and len(session.state.network.input_shape) == 3:
        session.input.use_picture(make_picture())
    return session


def make_actions(session: Session, over: QWidget | None = None) -> Actions:
    """The actions of all commands, for a view that stands alone: only dialogs `over` a widget can be shown by them."""
    made: list[Actions] = []
    nothing = lambda *_given: None  # noqa: E731
    shell = Shell(session, over, nothing, nothing, session.open_path, lambda: made[0], nothing, nothing)
    made.append(actions_of(shell, session))
    return made[0]


def values_of(session: Session, layer: str) -> np.ndarray:
    """The maps or numbers that the layer called `layer` gave, as the session has them."""
    assert session.state.maps.activations is not None
    return session.state.maps.activations.by_name[layer].values


def weight_of(session: Session, layer: str) -> np.ndarray:
    """The weights of the layer called `layer` with which its maps were made."""
    assert session.state.maps.activations is not None
    weight = session.state.maps.activations.by_name[layer].weight
    assert weight is not None
    return weight


def wait_until_shown(qtbot: QtBot, session: Session, timeout_ms: int = 60_000) -> None:
    """Wait until the maps are those of the present network and picture."""
    qtbot.waitUntil(
        lambda: not session.state.maps.computing and session.state.maps.activations is not None, timeout=timeout_ms
    )


def wait_until_recorded(qtbot: QtBot, session: Session) -> None:
    """Wait until what is on the timeline is the present step, and nothing is worked on."""
    qtbot.waitUntil(
        lambda: (
            session.state.steps.timeline is not None
            and not session.state.steps.is_recording
            and not session.state.status.task
        ),
        timeout=60_000,
    )


def wait_until_still(qtbot: QtBot, session: Session) -> None:
    """Wait until the present step is on the timeline, the maps are there, and not even other work is under way."""

    def is_still() -> bool:
        state = session.state
        is_done = not state.steps.is_recording and not state.maps.computing and not session.store.runner.is_busy()
        return state.steps.timeline is not None and is_done

    qtbot.waitUntil(is_still, timeout=60_000)


def wait_until_drawn(qtbot: QtBot) -> None:
    """Let the views that draw a few times a second show what was told last."""
    views = [widget for widget in QApplication.allWidgets() if isinstance(widget, FollowingView)]
    qtbot.waitUntil(lambda: not any(view.is_due for view in views))
