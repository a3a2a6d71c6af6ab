"""The feature-map viewer on a session of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.maps.feature_maps import FeatureMaps
from tests.ui.fakes import make_actions, make_session, wait_until_shown

SIZE = (860, 760)
ShowMaps = Callable[..., tuple[Session, FeatureMaps]]
ShowModel = Callable[[torch.nn.Module, torch.Tensor], tuple[Session, FeatureMaps]]


@pytest.fixture
def show_maps(qtbot: QtBot, qapp: QApplication) -> Iterator[ShowMaps]:
    """Shows the viewer on the network of a text; every session is closed afterwards."""
    theme.apply(qapp, "light")
    sessions = []

    def show(text: str, *, size: tuple[int, int] = SIZE) -> tuple[Session, FeatureMaps]:
        session = make_session(text)
        sessions.append(session)
        return session, _opened(qtbot, session, size)

    yield show
    for session in sessions:
        assert session.close()


@pytest.fixture
def show_model(qtbot: QtBot, qapp: QApplication) -> Iterator[ShowModel]:
    """Shows the viewer on a model of one's own, called with a tensor; every session is closed afterwards."""
    theme.apply(qapp, "light")
    sessions = []

    def show(model: torch.nn.Module, x: torch.Tensor) -> tuple[Session, FeatureMaps]:
        session = Session()
        sessions.append(session)
        session.files.adopt(model.eval(), x, "mine")
        return session, _opened(qtbot, session, SIZE)

    yield show
    for session in sessions:
        assert session.close()


def _opened(qtbot: QtBot, session: Session, size: tuple[int, int]) -> FeatureMaps:
    wait_until_shown(qtbot, session)
    view = FeatureMaps(session, make_actions(session))
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    qtbot.waitExposed(view)
    return view
