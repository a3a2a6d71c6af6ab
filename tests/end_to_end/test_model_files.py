"""A model of others is opened from the file of its weights and the Python file of its class, as a person would."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file, save_file
from torch import nn

from explorer.app import open_window
from explorer.session import Session
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_shown

# As the page of its authors says: https://poloclub.github.io/cnn-explainer
CLASSES = (
    "lifeboat",
    "ladybug",
    "pizza",
    "bell pepper",
    "school bus",
    "koala",
    "espresso",
    "red panda",
    "orange",
    "sport car",
)
SHOWN = {"boat": 0, "bug": 1, "pizza": 2, "pepper": 3, "bus": 4, "koala": 5, "espresso": 6, "panda": 7, "orange": 8}
SOURCE = f"""
import torch
from torch import nn

CLASSES = {CLASSES!r}


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_1 = nn.Conv2d(channels, 10, 3)
        self.conv_2 = nn.Conv2d(10, 10, 3)

    def forward(self, x):
        x = torch.relu(self.conv_1(x))
        return nn.functional.max_pool2d(torch.relu(self.conv_2(x)), 2)


class TinyVGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Block(3), Block(10))
        self.head = nn.Linear(1690, 10)

    def forward(self, x):
        return self.head(self.blocks(x).flatten(1))
"""


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window([])
    qtbot.addWidget(made)
    made.show_late_parts()
    wait_until_shown(qtbot, made.session)
    yield made
    made.close()


def drop(onto: QWidget, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    onto.dropEvent(QDropEvent(QPoint(5, 5), copy, mime, left, Qt.KeyboardModifier.NoModifier))  # type: ignore[arg-type]


def asked(qtbot: QtBot, window: MainWindow) -> QDialog:
    """The question that is on the screen."""
    qtbot.waitUntil(lambda: window.findChild(QDialog, "modelQuestion") is not None)
    dialog = window.findChild(QDialog, "modelQuestion")
    assert isinstance(dialog, QDialog)
    return dialog


def agree(qtbot: QtBot, window: MainWindow, choice: str = "") -> None:
    dialog = asked(qtbot, window)
    if choice:
        dialog.findChild(QComboBox, "modelChoice").setCurrentText(choice)
    dialog.findChild(QPushButton, "modelAgree").click()
    qtbot.waitUntil(lambda: window.findChild(QDialog, "modelQuestion") is None)


def wait_until_open(qtbot: QtBot, session: Session, title: str) -> None:
    qtbot.waitUntil(lambda: session.state.title == title)
    wait_until_shown(qtbot, session)


def test_the_command_line_takes_both_files_and_a_picture(shared_data: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "tinyvgg.py").write_text(SOURCE)
    own, photo = shared_data / "tinyvgg", shared_data / "tinyvgg" / "img" / "panda_1.jpeg"
    window = open_window([tmp_path / "tinyvgg.py", own / "tinyvgg_state.pt", photo])
    qtbot.addWidget(window)
    agree(qtbot, window, "TinyVGG()")
    wait_until_open(qtbot, window.session, "TinyVGG()")
    prediction = window.session.state.prediction
    assert prediction is not None
    assert prediction.names[prediction.surest[0]] == "red panda"
    window.close()


@pytest.mark.parametrize("onto", ["mainWindow", "inputView"])
def test_tinyvgg_is_dropped_with_its_class_and_sees_what_its_authors_page_says(
    onto: str, window: MainWindow, shared_data: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    source, session = tmp_path / "tinyvgg.py", window.session
    source.write_text(SOURCE)
    at = window if onto == "mainWindow" else window.findChild(QWidget, onto)
    drop(at, source, shared_data / "tinyvgg" / "tinyvgg_state.pt")
    assert session.state.title != "TinyVGG", "nothing runs before the person agreed"
    assert "whatever you can do" in asked(qtbot, window).findChild(QLabel).text()
    agree(qtbot, window)
    wait_until_open(qtbot, session, "TinyVGG")
    assert session.state.status.notice.startswith("TinyVGG of tinyvgg.py has the weights of tinyvgg_state.pt.")
    assert session.state.input_shape == (3, 64, 64)
    assert session.state.classes == CLASSES
    right = 0
    pictures = sorted((shared_data / "tinyvgg" / "img").iterdir())
    for path in pictures:
        session.open_path(path)
        qtbot.waitUntil(lambda path=path: session.state.input.picture.path == path)
        wait_until_shown(qtbot, session)
        assert session.state.prediction is not None
        prediction = session.state.prediction
        right += prediction.names[prediction.surest[0]] == CLASSES[SHOWN.get(path.name.split("_")[0], 9)]
    assert len(pictures) == 20
    assert right >= 14


class TinyVision(nn.Module):
    """As a model of Hugging Face's gives its answers: under a name."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Conv2d(3, 4, 4, stride=4), nn.Linear(4, 3)

    def forward(self, pixel_values: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"logits": self.head(self.body(pixel_values).mean((2, 3)))}

    @classmethod
    def from_pretrained(cls, path: Path, *, local_files_only: bool, trust_remote_code: bool) -> TinyVision:
        assert local_files_only
        assert not trust_remote_code
        made = cls()
        made.load_state_dict(load_file(path / "model.safetensors"))
        return made


def test_a_folder_of_hugging_face_is_dropped_and_needs_no_question(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ModuleType("transformers")
    library.__version__, library.TinyVision = "0.0", TinyVision  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "transformers", library)
    folder = tmp_path / "tiny"
    folder.mkdir()
    model = TinyVision().eval()
    save_file(model.state_dict(), folder / "model.safetensors")
    labels = {"0": "ant", "1": "bee", "2": "cow"}
    settings = {"architectures": ["TinyVision"], "image_size": 16, "id2label": labels}
    (folder / "config.json").write_text(json.dumps(settings))
    (folder / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0.5] * 3, "image_std": [0.5] * 3}))
    drop(window, folder)
    wait_until_open(qtbot, window.session, "TinyVision")
    state = window.session.state
    assert window.findChild(QDialog, "modelQuestion") is None
    assert (state.input_shape, state.classes) == ((3, 16, 16), ("ant", "bee", "cow"))
    entry, fed = state.entry("head"), state.values
    assert entry is not None
    assert fed is not None
    with torch.no_grad():
        expected = model(torch.from_numpy(fed.copy())[None])["logits"][0]
    assert entry.values == pytest.approx(expected.numpy(), abs=1e-5)


def test_a_model_is_named_in_the_window(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "named_in_the_window.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    window.action("nameModel").trigger()
    agree(qtbot, window, "named_in_the_window:TinyVGG()")
    wait_until_open(qtbot, window.session, "TinyVGG()")
    assert window.session.state.input_shape == (3, 64, 64)
