"""Two hundred pictures dropped as fast as they can be: the last one stays, and nothing else does."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import make_picture, wait_until_shown

PICTURES = 200
ALLOWED_GROWTH_BYTES = 64 * 1024 * 1024


def _open(window: MainWindow, paths: list[Path], qtbot: QtBot) -> None:
    """Open all of `paths` in quick succession and wait until the last one's maps are there."""
    for path in paths:
        window.open_path(path)
        qtbot.wait(1)

    def is_last_shown() -> bool:
        picture = window.session.state.input.picture
        return picture is not None and picture.path == paths[-1]

    qtbot.waitUntil(is_last_shown, timeout=60_000)
    wait_until_shown(qtbot, window.session)


def _resident_bytes() -> int:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4096


def test_two_hundred_pictures_end_on_the_last_one(tmp_path: Path, qtbot: QtBot) -> None:
    paths = []
    for number in range(PICTURES):
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(make_picture(number).pixels).save(paths[-1])
    window = open_window([])
    qtbot.addWidget(window)
    session = window.session
    wait_until_shown(qtbot, session)
    _open(window, paths[:20], qtbot)
    gc.collect()
    before = _resident_bytes()
    _open(window, paths, qtbot)
    gc.collect()
    assert _resident_bytes() - before < ALLOWED_GROWTH_BYTES
    _check_maps_are_of_the_last_picture(window.session)
    window.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "explorer-runner"]


def _check_maps_are_of_the_last_picture(session: object) -> None:
    import explorer

    state = session.state  # type: ignore[attr-defined]
    loaded = explorer.load("cifar10")
    with torch.no_grad():
        output = loaded.model.eval()(loaded.prepare(state.input.picture.path))[0].numpy()
    np.testing.assert_array_equal(
        state.maps.activations.layers[0].values, loaded.prepare(state.input.picture.path)[0].numpy()
    )
    np.testing.assert_allclose(state.maps.activations.layers[-1].values, output, rtol=1e-4, atol=1e-5)
