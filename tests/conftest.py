"""What every test stands on: no screen, an isolated home, nothing left behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import settings
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

# Machines are slow at times: how long one generated case takes is no fault. Where nobody watches, runs are the same.
settings.register_profile("here", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("here")


WAIT_MS = 60_000

gc.disable()  # as in the program: a worker that took a forgotten widget apart would wait for the window for ever
_LOOKS = count(1)


def pytest_runtest_teardown() -> None:
    """Look for garbage here, in the main thread, and now and then among what is old as well."""
    gc.collect(2 if next(_LOOKS) % 60 == 0 else 1)


class PatientQtBot(QtBot):
    """Waits a minute, not five seconds: a busy machine is no fault, and what is there is not waited for."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = WAIT_MS) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, with patience."""
    return PatientQtBot(request)


@pytest.fixture(autouse=True, scope="session")
def _torch_is_imported() -> None:
    """By nobody's worker: on a busy machine that takes longer than a session waits for its thread when it is closed."""
    import torch  # noqa: F401


@pytest.fixture(autouse=True)
def _isolated_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, recent files and caches of a test never touch the person's own."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home))
    # Qt reads the variables once a process.
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home))


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """A test that leaves a thread of ours running fails."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("explorer")]
    assert not left, f"threads left running: {left}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data beside the checkout; tests that need it are skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the development data (../shared/data) is not there")
    return folder
