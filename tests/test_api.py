"""The handles for scripts, as the README writes them."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import shiboken6
import torch
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import nn

import explorer
from explorer.engine.recording.batch_axis import lacks_batch_axis
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import make_picture

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_readmes_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert example is not None
    Image.fromarray(make_picture(2).pixels).save(tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    shown: list[tuple[nn.Module, torch.Tensor]] = []
    monkeypatch.setattr(explorer, "view", lambda model, x, **more: shown.append((model, x)), raising=False)
    names: dict[str, object] = {}
    exec(example[1], names)
    network = names["network"]
    assert isinstance(network, explorer.Network)
    assert network.shapes() == ((12, 32, 32), (12, 32, 32), (12, 16, 16), (3072,), (10,))
    assert network.problems() == ()
    assert len(shown) == 1


def test_view_shows_a_live_model_until_its_window_is_closed(qtbot: QtBot) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval()
    x = torch.randn(2, 3, 8, 8)
    seen: list[set[str]] = []
    welcomes: list[bool] = []

    def look() -> None:
        windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
        state = windows[-1].session.state if windows else None
        if state is not None and state.maps.activations is not None and not state.maps.computing:
            seen.append(set(state.maps.activations.by_name))
            welcomes.append(windows[-1].welcome.isHidden())
            timer.stop()
            windows[-1].close()

    timer = QTimer(interval=50)
    timer.timeout.connect(look)
    timer.start()
    assert explorer.view(model, x) is None
    assert seen == [{"input", "0", "1"}]
    assert welcomes == [True]  # it tells of the network that comes with the program
    kept = weakref.ref(model)
    del model
    gc.collect()
    assert kept() is None, "a closed window holds the model"


class Spectrogram(nn.Module):
    """Puts in the axis of channels itself."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x.unsqueeze(1))


@pytest.mark.parametrize(
    ("model", "shape", "is_one"),
    [
        (nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), (3, 8, 8), True),
        (nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), (3, 3, 8, 8), False),
        (nn.Sequential(nn.BatchNorm2d(3), nn.MaxPool2d(2)), (3, 3, 8, 8), False),
        (nn.Sequential(nn.ReLU(), nn.ConvTranspose1d(3, 4, 3)), (3, 8), True),
        (nn.Sequential(nn.AdaptiveAvgPool3d(2)), (3, 8, 8, 8), True),
        (Spectrogram(), (3, 8, 8), False),
        (nn.Linear(8, 2), (3, 8), False),
        (nn.Linear(8, 2), (8,), True),
        (nn.ReLU(), (8,), False),
        (nn.Conv2d(4, 4, 3), (3, 8, 8), False),  # it takes neither
    ],
)
def test_one_example_without_a_batch_axis_is_known(model: nn.Module, shape: tuple[int, ...], is_one: bool) -> None:
    assert lacks_batch_axis(model, torch.randn(shape)) is is_one


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((3, 8, 9), "The input has no batch axis: it is fed as a batch of one example."),
        (
            (3, 3, 8, 9),
            "The model is fed its whole batch of 3: the first example is shown, others are chosen in Input.",
        ),
        ((1, 3, 8, 9), ""),
    ],
)
def test_view_tells_the_batch_that_it_feeds(shape: tuple[int, ...], told: str, qtbot: QtBot) -> None:
    opened: list[MainWindow | None] = []
    model = nn.Sequential(nn.Conv2d(3, 4, 3))
    QTimer.singleShot(0, lambda: opened.append(explorer.view(model, torch.randn(shape))))  # as from a notebook's loop
    qtbot.waitUntil(lambda: bool(opened))
    (window,) = opened
    assert window is not None
    assert window.session.state.status.notice == told
    qtbot.waitUntil(lambda: window.session.state.maps.activations is not None)
    shown = window.session.state.maps.activations
    assert shown is not None
    assert [layer.values.shape for layer in shown.layers] == [(3, 8, 9), (4, 6, 7)]
    window.close()
    qtbot.waitUntil(lambda: not shiboken6.isValid(window))


@pytest.mark.parametrize("inputs", [{"x": 3}, (), 3.5, torch.ones(0, 3), torch.tensor(1.0), torch.ones(1, 3) * 1j])
def test_view_refuses_what_the_window_cannot_feed(inputs: object) -> None:
    with pytest.raises((TypeError, ValueError), match="The window"):
        explorer.view(nn.Linear(3, 2), inputs)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (nn.Linear(3, 2).state_dict(), "not an OrderedDict: a table of weights .* model.load_state_dict with it[.]"),
        ({"model": nn.Linear(3, 2).state_dict()}, "not a dict: a table of weights .* model.load_state_dict with it[.]"),
        ("good.pth", "not a str: open the file first, and give the model that it holds[.]"),
        (Path("good.pth"), "Path: open the file first"),
        (Spectrogram, r"not the class Spectrogram: make a model of it, Spectrogram\(…\)[.]"),
        (torch.relu, "wrap what it does in the forward of an nn.Module[.]"),
    ],
)
def test_what_is_no_model_is_refused_with_the_way_to_one(given: Any, told: str) -> None:
    before = QApplication.topLevelWidgets()
    with pytest.raises(TypeError, match=rf"The window shows a model \(an nn.Module\), .*{told}"):
        explorer.view(given, torch.ones(1, 3))
    assert QApplication.topLevelWidgets() == before
    with pytest.raises(explorer.EngineError, match=rf"A recording needs a model \(an nn.Module\), .*{told}"):
        explorer.record(given, torch.ones(1, 3))


def test_view_refuses_another_thread_in_a_sentence() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="main thread"):
        pool.submit(explorer.view, nn.Linear(3, 2), torch.ones(1, 3)).result()


def test_what_a_script_has_to_catch_is_named() -> None:
    with pytest.raises(explorer.EngineError, match="a model"):
        explorer.record(lambda x: x, torch.ones(1, 3))  # type: ignore[arg-type]
    with pytest.raises(explorer.Cancelled):
        explorer.record(nn.Linear(3, 2), torch.ones(1, 3), should_stop=lambda: True)
    assert set(explorer.__all__) <= set(dir(explorer))


def test_the_help_of_the_package_names_all_that_it_offers() -> None:
    words = set(re.findall(r"\w+", explorer.__doc__ or ""))
    assert set(explorer.__all__) <= words


# What a person writes first in a notebook: each runs in a fresh process and prints what is right.
FIRST_LINES = (
    ('recording["0"].output.numpy().shape', "(1, 4, 6, 6)"),
    ("np.asarray(recording.outputs).shape", "(1, 2)"),
    ("len(list(recording)), len(recording)", "(5, 5)"),
    ("recording[3].name, recording[-1].name", "('3', '4')"),
    ("[call.kind for call in recording[2:5]]", "['max_pool2d', 'flatten', 'linear']"),
    ('[call.name for call in recording["[01]"]]', "['0', '1']"),
    ("recording.keys()", "('0', '1', '2', '3', '4')"),
    ('recording.to_dict()["shape"][-1]', "(1, 2)"),
    ("len(repr(recording).splitlines())", "7"),
    ('"<table" in recording._repr_html_()', "True"),
    ("len(copy.deepcopy(recording)), len(pickle.loads(pickle.dumps(recording)))", "(5, 5)"),
    ('recording.save("r.safetensors"), len(explorer.load_recording("r.safetensors"))', "(None, 5)"),
    ('explorer.explain(recording, "0", [0, 1, 2, 3]).error < 1e-6', "True"),
    ('explorer.explain(recording, "0", (0, 1, -1, -1)).error < 1e-6', "True"),
    ('explorer.explain(recording, "4", torch.tensor([0, 1])).error < 1e-6', "True"),
    ('explorer.explain(recording, recording["0"], (0, 0, 0, 0)).error < 1e-6', "True"),
    ('explorer.explain(step, "0", (3, 0, 2, 2), of="weight").error < 1e-6', "True"),
    ('step.loss == step["loss"].output.item()', "True"),
    ('told(lambda: failed["4"])', "There is no call '4' in this recording; the pass ended early. 0 failed on"),
    ("explorer.__version__", explorer.__version__),
)


def test_the_first_lines_of_a_notebook_print_what_is_right(tmp_path: Path) -> None:
    lines = "\n".join(f"print(({line}))" for line, _ in FIRST_LINES)
    program = f"""
import copy, pickle, torch, explorer, numpy as np
from torch import nn
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))
recording = explorer.record(model, torch.randn(1, 3, 8, 8))
step = explorer.record(model, torch.randn(1, 3, 8, 8), target=[0], loss=nn.CrossEntropyLoss(label_smoothing=0.1))
failed = explorer.record(model, torch.randn(1, 1, 8, 8))
def told(asked):
    try:
        asked()
    except KeyError as error:
        return error
{lines}
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    assert len(printed) == len(FIRST_LINES)
    for (line, expected), shown in zip(FIRST_LINES, printed, strict=True):
        assert shown.startswith(expected), line
