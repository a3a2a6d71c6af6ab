"""A layer type is one class and one entry in LAYERS: PReLU as a toy, added here, is found everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from torch import nn

import explorer
from explorer.engine.model.load import save
from explorer.network import LAYERS, Layer, Network, Shape, ShapeError
from explorer.network.files import NetworkFile
from explorer.network.setting import setting
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.editor.editor import Editor
from explorer.ui.editor.layer_list import LayerList
from explorer.ui.editor.network_panel import NetworkPanel
from tests.architecture.entries import listed
from tests.ui.fakes import make_session, wait_until_shown

TEXT = "2 linear(4) toyprelu(4, init=0.1) linear(3)"
WRONG, WRONG_WORDS = "2 linear(4) toyprelu(3) linear(3)", "3 slopes for 4 channels: it takes one, or one a channel."


@dataclass(frozen=True)
class ToyPReLU(Layer):
    """x where positive, a learned multiple of x elsewhere."""

    kind = "ToyPReLU"
    word = "toyprelu"
    stem = "toyprelu"
    family = "activation"
    summary = "Keeps positive numbers and learns how far to shrink negative ones."

    num_parameters: int = setting(1, "int", label="Slopes", help="One, or one a channel.", minimum=1, required=True)
    init: float = setting(0.25, "float", label="First slope", help="What each slope begins with.")

    def output_shape(self, *shapes: Shape) -> Shape:
        channels = shapes[0][0]
        if self.num_parameters not in (1, channels):
            raise ShapeError(
                f"{self.num_parameters} slopes for {channels} channels: it takes one, or one a channel.",
                self.repair(num_parameters=channels),
            )
        return shapes[0]

    def parameter_count(self, *shapes: Shape) -> int:
        return self.num_parameters

    def parameter_formula(self, *shapes: Shape) -> str:
        return f"{self.num_parameters} slopes = {self.num_parameters}"

    @classmethod
    def read_settings(cls, module: nn.PReLU, shape: Shape | None) -> dict[str, object]:
        return {"num_parameters": module.num_parameters, "init": module.init}


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PyTorch has its module under that name, which nobody will find taken."""
    monkeypatch.setattr(nn, "ToyPReLU", type("ToyPReLU", (nn.PReLU,), {}), raising=False)
    with listed(LAYERS, ToyPReLU):
        yield


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session("3x6x6 conv(4, 3) flatten linear(3)")
    yield made
    assert made.close()


def test_text_notation_source_and_pytorch_have_it() -> None:
    network = Network.parse(TEXT)
    assert Network.parse(network.text()) == network
    assert network.parameter_counts() == (12, 4, 15)
    assert network.problems() == ()
    assert Network.from_module(network.build(), (2,)).layers[1] == network.layers[1]
    made: dict[str, Any] = {}
    exec(network.source(), made)  # the source is what is tested
    module, built = made["model"], network.build(seed=0)
    module.load_state_dict(dict(zip(module.state_dict(), built.state_dict().values(), strict=True)))
    x = torch.randn(5, 2)
    torch.testing.assert_close(module(x), built(x))


def test_what_is_wrong_with_it_is_found_before_pytorch_finds_it_and_can_be_mended() -> None:
    network = Network.parse(WRONG)
    with pytest.raises(RuntimeError):
        nn.PReLU(3)(torch.randn(5, 4))
    (problem,) = network.problems()
    assert (problem.layer, problem.message, problem.severity) == ("toyprelu1", WRONG_WORDS, "error")
    assert network.runnable() == 1
    assert problem.fix is not None
    assert problem.fix.network.problems() == ()
    assert problem.fix.network.build()(torch.randn(5, 2)).shape == (5, 3)


def test_its_card_says_what_is_wrong_and_its_button_mends_it(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "light")
    session = make_session(WRONG)
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 620)
    panel.show()
    session.selection.select(layer="toyprelu1")
    wait_until_shown(qtbot, session)
    layers = panel.findChild(LayerList, "layerList")
    card = layers.current_card()
    assert card is not None
    assert [problem.message for problem in card.problems] == [WRONG_WORDS]
    layers.fix.trigger()
    assert session.state.problems == ()
    assert session.close()


def test_a_file_keeps_it_with_its_weights(tmp_path: Path) -> None:
    network = Network.parse(TEXT)
    model = network.build(seed=3)
    save(tmp_path / "net.json", NetworkFile(network), model.state_dict())
    loaded = explorer.load(tmp_path / "net.json")
    assert loaded.network == network
    x = torch.randn(5, 2)
    torch.testing.assert_close(loaded.model(x), model(x))


def test_it_is_recorded_with_its_gradients() -> None:
    model = Network.parse(TEXT).build(seed=3)
    recording = explorer.record(model, torch.randn(2, 2), target=[0, 1], loss="cross_entropy")
    assert recording["toyprelu1"].kind == "prelu"
    step = next(step for step in recording.steps if step.kind == "backward" and step.call.name == "toyprelu1")
    assert step.shapes["weight"] == (4,)


def test_the_palette_puts_it_in_and_the_form_has_its_settings(session: Session, qtbot: QtBot) -> None:
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 620)
    panel.show()
    wait_until_shown(qtbot, session)
    QTest.mouseClick(panel.findChild(QPushButton, "addLayer"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(panel.palette_popup.search, "toyprelu")
    QTest.keyClick(panel.palette_popup.search, Qt.Key.Key_Return)
    network = session.state.network
    assert network is not None
    assert "ToyPReLU" in [layer.kind for layer in network.layers]
    wait_until_shown(qtbot, session)
    form = panel.findChild(QWidget, "layerForm")
    assert {"num_parameters", "init"} <= {editor.objectName() for editor in form.findChildren(Editor)}
