"""Something else to look at is one class: session and window ask it, and offer what it can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.app import open_window
from explorer.network import Shape
from explorer.session import Document, Session, Verb
from explorer.session.subjects.own_model import OwnModel
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import make_picture, wait_until_shown

SIZE = (3, 12, 12)


@dataclass(frozen=True, eq=False)
class PictureModel(OwnModel):
    """A person's own model that is known to take pictures of one size."""

    @property
    def input_shape(self) -> Shape:
        return SIZE

    def refusal(self, verb: Verb) -> str:
        return "" if verb is Verb.SHOW_PICTURE else super().refusal(verb)


MODEL = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(400, 2))


DOCUMENT = Document(PictureModel(MODEL), title="mine", classes=("cat", "dog"))


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    session.files.show(DOCUMENT)
    session.input.use_picture(make_picture(7))
    wait_until_shown(qtbot, session)
    yield session
    assert session.close()


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window([])
    qtbot.addWidget(made)
    made.show_late_parts()
    made.session.files.show(DOCUMENT)
    wait_until_shown(qtbot, made.session)
    yield made
    made.close()


def test_it_is_fed_the_pictures_that_are_opened(session: Session) -> None:
    fed, activations = session.state.values, session.state.maps.activations
    assert fed is not None
    assert fed.shape == SIZE
    assert activations is not None
    with torch.no_grad():
        expected = MODEL(torch.from_numpy(fed.copy())[None])[0]
    np.testing.assert_allclose(activations.layers[-1].values, expected, rtol=1e-5)
    assert session.state.prediction is not None
    assert tuple(session.state.prediction.names) == ("cat", "dog")


def test_what_it_is_made_of_is_chosen_and_explained(session: Session, qtbot: QtBot) -> None:
    conv = session.state.parts[1]
    assert (conv.kind, conv.shape, conv.parents, conv.parameters) == ("conv2d", (4, 10, 10), ("input",), 112)
    session.selection.select(layer=conv.name, channel=2, row=5, column=5)
    session.learning.watch_steps("test", True)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None)
    told = {step.layer for step in session.state.steps.timeline.steps}
    assert told == {"", *(part.name for part in session.state.parts[1:])}  # the loss is of no part


def test_the_window_offers_what_can_be_done_with_it(window: MainWindow) -> None:
    for name in ("openPicture", "samplePictures", "drawPicture"):
        assert window.findChild(QWidget, name).isEnabled(), name
    for name in ("save", "resetWeights", "trainStart", "copySource"):
        assert not window.action(name).isEnabled(), name
    assert not window.findChild(QWidget, "addLayer").isVisible()
    names = [card.name for card in window.network_panel.list.cards.cards]
    assert names == [part.name for part in window.session.state.parts]
