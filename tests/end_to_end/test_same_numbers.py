"""The same picture through the program and through plain PyTorch gives the same numbers in every layer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pytestqt.qtbot import QtBot
from torch import nn

import explorer
from explorer.session import Session
from tests.ui.fakes import make_picture, wait_until_shown

TINYVGG = (
    "3x64x64 conv(10, 3) relu conv(10, 3) relu maxpool(2) "
    "conv(10, 3) relu conv(10, 3) relu maxpool(2) flatten linear(10)"
)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


def _outputs(model: nn.Module, x: torch.Tensor) -> dict[str, np.ndarray]:
    """Every child's output for one example, from plain forward hooks."""
    found: dict[str, np.ndarray] = {}
    hooks = [
        child.register_forward_hook(lambda _module, _inputs, output, name=name: found.update({name: output[0].numpy()}))
        for name, child in model.named_children()
    ]
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return found


def _assert_same(session: Session, outputs: dict[str, np.ndarray]) -> None:
    assert session.state.maps.activations is not None
    shown = session.state.maps.activations.by_name
    assert list(shown)[1:] == list(outputs)
    for name, values in outputs.items():
        np.testing.assert_allclose(shown[name].values, values, rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("name", explorer.bundled())
def test_networks_that_come_along(name: str, session: Session, qtbot: QtBot) -> None:
    session.files.open_network(name)
    loaded = explorer.load(name)
    if len(loaded.network.input_shape) == 3:
        picture = make_picture(7)
        session.input.use_picture(picture)
        x = loaded.prepare(picture)
    else:
        session.input.set_values(np.array([0.25, -2.0]))
        x = torch.tensor([[0.25, -2.0]])
    wait_until_shown(qtbot, session)
    _assert_same(session, _outputs(loaded.model.eval(), x))


def test_tinyvgg_written_in_text_notation_with_the_weights_of_others(
    session: Session, shared_data: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    notation = tmp_path / "tinyvgg.txt"
    notation.write_text(TINYVGG)
    session.open_path(notation)
    session.open_path(shared_data / "tinyvgg" / "tinyvgg_state.pt")
    qtbot.waitUntil(lambda: session.state.files.undo_text.startswith("load weights"), timeout=20_000)
    photo = shared_data / "tinyvgg" / "img" / "panda_1.jpeg"
    session.open_path(photo)
    qtbot.waitUntil(
        lambda: session.state.input.picture is not None and session.state.input.picture.path == photo, timeout=20_000
    )
    wait_until_shown(qtbot, session)
    model = _plain_tinyvgg(shared_data, session.state.network.names)  # type: ignore[union-attr]
    with Image.open(photo) as image:
        pixels = np.asarray(image.convert("RGB"), np.float32)
    assert pixels.shape == (64, 64, 3), "the picture needs no fitting"
    x = torch.from_numpy(pixels / 255).permute(2, 0, 1)[None]
    _assert_same(session, _outputs(model, x))
    assert int(session.state.maps.activations.layers[-1].values.argmax()) == 7  # type: ignore[union-attr]  # red panda


def _plain_tinyvgg(shared_data: Path, names: tuple[str, ...]) -> nn.Module:
    """The network as its authors wrote it; only its children are named as the program names them."""

    def pair(channels: int) -> list[nn.Module]:
        return [nn.Conv2d(channels, 10, 3), nn.ReLU(), nn.Conv2d(10, 10, 3), nn.ReLU(), nn.MaxPool2d(2)]

    model = nn.Sequential(*pair(3), *pair(10), nn.Flatten(), nn.Linear(1690, 10))
    state = torch.load(shared_data / "tinyvgg" / "tinyvgg_state.pt", weights_only=True)
    numbered = dict(zip(model.state_dict(), state.values(), strict=True))
    model.load_state_dict(numbered)
    named = nn.Sequential()
    for name, child in zip(names, model, strict=True):
        named.add_module(name, child)
    return named.eval()
