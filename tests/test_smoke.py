"""`--smoke`: 0 and a line of JSON where it works, 1 and the fault where the maps of what was asked for did not come."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import explorer
from explorer import smoke
from explorer.engine.model.workbench import Workbench
from explorer.start_clock import STARTED
from tests.ui.fakes import make_picture

KEYS = {"window_s", "ready_s", "device", "layers", "picture", "top1", "probability"}
RUN = "import sys; from explorer.cli import run; sys.exit(run(['--smoke', *sys.argv[1:]]))"
# The picture is read only when the window has taken the first pass, which is of another one.
SLOW_PICTURE = """
import threading
from PIL import Image
from explorer.session.features.passes import Passes
from explorer.session.worker.passes import Shown
is_shown, take, read = threading.Event(), Passes.take, Image.open
def take_shown(self, answer):
    take(self, answer)
    if isinstance(answer, Shown):
        is_shown.set()
def read_late(file, *parts, **options):
    if "photo" in str(getattr(file, "name", file)):
        assert is_shown.wait(60)
    return read(file, *parts, **options)
Passes.take, Image.open = take_shown, read_late
"""


def _smoke(*files: object, before: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"{before}\n{RUN}", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(make_picture(3).pixels).save(path)
    return path


def test_it_prints_one_line_of_json_and_touches_no_settings() -> None:
    done = _smoke()
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == KEYS
    assert 0 < told["window_s"] < told["ready_s"]
    assert told["layers"] > 5
    assert 0 < told["probability"] <= 1
    assert done.stderr == ""
    assert not list(Path(os.environ["HOME"]).rglob("*.ini"))
    assert not list(Path(os.environ["HOME"]).rglob("network-explorer*"))


@pytest.mark.skipif(not Path("/proc/uptime").exists(), reason="the system does not tell when a process began")
def test_the_seconds_of_what_came_before_in_the_same_process_are_not_counted() -> None:
    code = "from explorer.start_clock import seconds_since_start; print(seconds_since_start())"
    script = f'sleep 5; {{hand_over}} exec "{sys.executable}" -c "{code}"'
    hand_over = f"read -r {STARTED} _ </proc/uptime; export {STARTED};"
    told = [
        float(subprocess.check_output(["/bin/sh", "-c", script.format(hand_over=each)], text=True, timeout=60))
        for each in (hand_over, "")
    ]
    assert told[0] < 5 <= told[1]


def test_it_waits_for_the_pass_of_the_picture_that_was_asked_for(photo: Path) -> None:
    loaded = explorer.load("cifar10")
    right = loaded.model(loaded.prepare(photo)).softmax(1).max().item()
    told = json.loads(_smoke(photo, before=SLOW_PICTURE).stdout)
    assert told["picture"] == "photo.png"
    assert told["probability"] == pytest.approx(right, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.txt", None, "missing.txt"),
        ("broken.txt", "3x8x8 conv(", "broken.txt"),
        ("wrong.txt", "3x8x8 flatten linear(2) conv(4, 3)", "conv1"),
        ("empty.txt", "3x8x8", "no layers"),
        ("torn.png", "no picture", "torn.png"),
    ],
)
@pytest.mark.usefixtures("qapp")
def test_what_does_not_work_is_named(tmp_path: Path, name: str, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    assert words in smoke.smoke([str(tmp_path / name)])["fault"]


@pytest.mark.usefixtures("qapp")
def test_a_model_that_fails_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr(Workbench, "record", fail)
    assert smoke.smoke([])["fault"] == "it broke"


@pytest.mark.usefixtures("qapp")
def test_maps_that_do_not_come_in_time_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "LIMIT_S", 0)
    assert "did not come within 0 seconds" in smoke.smoke([])["fault"]


def test_a_fault_ends_with_1_and_stands_in_a_line_of_its_own(tmp_path: Path) -> None:
    done = _smoke(tmp_path / "missing.txt")
    assert done.returncode == 1
    assert "missing.txt" in json.loads(done.stdout)["fault"]
    assert done.stderr.startswith("network-explorer: ")
    assert done.stderr.count("\n") == 1


def test_the_version_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "explorer", "--version"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == f"Network Explorer {explorer.__version__}\n"
