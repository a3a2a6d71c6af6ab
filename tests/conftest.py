"""What every test stands on: no screen, an isolated home, nothing left behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from tests.own_home import NAMES, keep_settings_in

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import settings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

# Machines are slow at times: how long one generated case takes is no fault. Where nobody watches, runs are the same.
settings.register_profile("here", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("here")


WAIT_MS = 60_000

gc.disable()  # as in the program: a worker that took a forgotten widget apart would wait for the window for ever
_LOOKS = count(1)


def pytest_collection_finish() -> None:
    """What was imported by now stays: each look at what is old walked through all of it, a quarter of a second long."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="module")
def module_qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """To wait with where a module's tests share what is waited for; it closes no widgets."""
    return PatientQtBot(request)


@pytest.fixture(autouse=True, scope="session")
def _torch_is_imported() -> None:
    """By nobody's worker: on a busy machine that takes longer than a session waits for its thread when it is closed."""
    import torch  # noqa: F401


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder each; pytest's own numbering reads all that are there for each one more."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True, scope="module")
def _module_home(_homes: Iterator[Path]) -> Iterator[Path]:
    """For what a module's tests share, which may be made before the first of them or between two."""
    home = next(_homes)
    with pytest.MonkeyPatch.context() as patched:
        _move_into(home, patched)
        yield home


@pytest.fixture(autouse=True)
def _isolated_settings(_homes: Iterator[Path], _module_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings, recent files and caches of a test never touch the person's own."""
    _move_into(next(_homes), monkeypatch)
    yield
    keep_settings_in(_module_home)


def _move_into(home: Path, patched: pytest.MonkeyPatch) -> None:
    home.mkdir()
    for name in NAMES:
        patched.setenv(name, str(home))
    keep_settings_in(home)


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
