"""The program in a real window on a virtual X screen, driven with the mouse and keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.end_to_end.real_hand import WANTED
from tests.ui.fakes import make_picture

pytestmark = [
    pytest.mark.screen,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="Xvfb or xdotool is not installed"
    ),
]


@pytest.fixture
def display(request: pytest.FixtureRequest) -> Iterator[str]:
    size = getattr(request, "param", "1280x720")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    assert number, "no virtual screen started"
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.mark.parametrize("display", ["1600x1000"], indirect=True)
@pytest.mark.parametrize("counted", ["test_tasks.py", "test_lecture_rows.py"])
def test_as_few_acts_do_with_the_mouse_and_keys_of_a_real_screen(display: str, counted: str) -> None:
    """Every task, and every row of the lecture, done once more by the X server's own mouse and keys."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", WANTED: "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__).with_name(counted))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout  # where the lecture is not here, its slides' rows are skipped


def _xdotool(display: str, *words: str) -> str:
    done = subprocess.run(
        ["xdotool", *words], env={**os.environ, "DISPLAY": display}, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _start(display: str, home: Path, *arguments: str) -> subprocess.Popen[str]:
    settings = home / "network-explorer" / "network-explorer.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text("[General]\nwelcome_seen=true\n")
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "XDG_CONFIG_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-m", "explorer", *arguments], env=environment, stderr=subprocess.PIPE, text=True
    )


def _wait_for_title(display: str, words: str, limit_s: float = 60) -> str:
    """The id of the window whose title has `words`."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        found = _xdotool(display, "search", "--onlyvisible", "--name", words).splitlines()
        if found:
            return found[-1]
        time.sleep(0.1)  # another process's window: there is no signal to wait for
    raise AssertionError(f"no window called {words}")


def test_it_opens_is_edited_by_hand_and_closes_cleanly(display: str, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    Image.fromarray(make_picture(1).pixels).save(photo)
    program = _start(display, tmp_path / "home", str(photo))
    try:
        window = _wait_for_title(display, "Network Explorer")
        _xdotool(display, "windowfocus", "--sync", window)
        _xdotool(display, "mousemove", "140", "260", "click", "1", "key", "Delete")
        _wait_for_title(display, "•")  # the title marks unsaved changes
        _xdotool(display, "key", "ctrl+z")
        _xdotool(display, "key", "ctrl+2")
        _xdotool(display, "mousemove", "640", "350", "click", "1", "key", "Right", "key", "Escape")
        _xdotool(display, "key", "ctrl+q")
        _, errors = program.communicate(timeout=30)
    finally:
        program.kill()
        program.wait(10)
    assert errors == ""
    assert program.returncode == 0
