"""`--smoke`: open the window where nobody sees it, wait for the maps of what was asked for, and tell how it went."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from tempfile import TemporaryDirectory
from typing import Any

import explorer.before_qt  # noqa: F401

# isort: split
from PySide6.QtCore import QEventLoop, QSettings, QTimer, qInstallMessageHandler

from explorer.app import application, open_window, pass_on
from explorer.session import Session, State
from explorer.start_clock import seconds_since_start

LIMIT_S = 120


def run(files: Sequence[str]) -> int:
    """Print the outcome as one line of JSON, and the fault as a sentence; returns the exit status."""
    qInstallMessageHandler(pass_on)
    told = smoke(files)
    print(json.dumps(told))
    if "fault" not in told:
        return 0
    print(f"network-explorer: {told['fault']}", file=sys.stderr)
    return 1


def smoke(files: Sequence[str]) -> dict[str, Any]:
    """The outcome, times in seconds; "fault" is there, with a sentence, only where something did not work.

    The person's settings are neither read nor written.
    """
    with TemporaryDirectory(prefix="network-explorer-") as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        return _smoke(files)


def _smoke(files: Sequence[str]) -> dict[str, Any]:
    app = application()
    window = open_window(files)
    times: dict[str, float] = {}
    window.painted.connect(lambda: times.update(window_s=seconds_since_start()))
    is_in_time = _wait_until_settled(window.session)
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
    state = window.session.state
    fault = _fault(state) if is_in_time else f"The first maps did not come within {LIMIT_S} seconds."
    window.hide()  # a hidden window asks nothing when it is closed
    window.close()
    told = _told(state) | times | {"ready_s": seconds_since_start(), "fault": fault}
    order = ("window_s", "ready_s", "device", "layers", "picture", "top1", "probability", "fault")
    return {name: told.get(name) for name in order if name != "fault" or fault}


def _wait_until_settled(session: Session) -> bool:
    """Until nothing is opened or computed any more; False if that takes too long."""
    loop = QEventLoop()

    def look(_old: State | None, new: State) -> None:
        if _is_settled(new):
            loop.quit()

    session.changed.connect(look)
    patience = QTimer(loop, singleShot=True)
    patience.timeout.connect(loop.quit)
    patience.start(LIMIT_S * 1000)
    if not _is_settled(session.state):
        loop.exec()
    session.changed.disconnect(look)
    return _is_settled(session.state)


def _is_settled(state: State) -> bool:
    return not (state.maps.computing or state.status.task or state.status.opening)


def _fault(state: State) -> str:
    """The first of what did not work, in a sentence; "" where the maps of all that was asked for came."""
    problem = next((each for each in state.problems if each.severity == "error"), None)
    if state.maps.fault is not None:
        return state.maps.fault.message
    if state.status.notice:
        return state.status.notice
    if problem is not None:
        return f"{problem.layer}: {problem.message}"
    return "" if _layers(state) else "No maps came: the network has no layers, or no input."


def _layers(state: State) -> int:
    return len(state.maps.activations.layers) - 1 if state.maps.activations else 0


def _told(state: State) -> dict[str, Any]:
    prediction = state.prediction
    best = int(prediction.values.argmax()) if prediction else 0
    return {
        "device": state.maps.device,
        "layers": _layers(state),
        "picture": state.input.picture.name if state.input.picture else None,
        "top1": prediction.names[best] if prediction else None,
        "probability": round(float(prediction.values[best]), 4) if prediction else None,
    }
