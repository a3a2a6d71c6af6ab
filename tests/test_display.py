"""Where no window can be opened, one sentence says so: Qt would end the process."""

from __future__ import annotations

import ctypes
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import explorer
from explorer import display

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    _answer_for_the_plugin(monkeypatch, "")


def _answer_for_the_plugin(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """What the loader says of Qt's plugin for X; without a `fault` it is loaded."""
    load = ctypes.CDLL

    def loaded(name: str) -> object:
        if not name.endswith("libqxcb.so"):
            return load(name)
        if fault:
            raise OSError(fault)
        return None

    monkeypatch.setattr(ctypes, "CDLL", loaded)


def test_the_window_without_a_display_ends_in_one_sentence() -> None:
    done = subprocess.run([sys.executable, "-m", "explorer"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("network-explorer: ")
    assert done.stderr.count("\n") == 1


def test_a_display_that_does_not_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":9876")
    assert display.missing_display() == display.NO_DISPLAY


def test_a_compositor_that_answers_is_a_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert display.missing_display() == display.NO_DISPLAY
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert display.missing_display() == ""


def test_a_platform_that_needs_no_display_is_taken_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen:enable_fonts")
    assert display.missing_display() == ""


def test_a_missing_library_is_named_with_the_way_on(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer_for_the_plugin(monkeypatch, "libxcb-cursor.so.0: cannot open shared object file")
    told = display.missing_display()
    assert "libxcb-cursor.so.0" in told
    assert "README" in told


def test_view_from_a_script_without_a_display_raises_the_sentence() -> None:
    with pytest.raises(RuntimeError, match="no display"):
        explorer.view(nn.Linear(3, 2), torch.ones(1, 3))
