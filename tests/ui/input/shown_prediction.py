"""The pane Prediction beside a model of a person's own."""

from __future__ import annotations

from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.session import Session
from explorer.session.own_document import own_document
from explorer.ui.input.prediction import PredictionView
from tests.ui.fakes import wait_until_shown


def shown_prediction(
    qtbot: QtBot, model: nn.Module, x: Tensor, classes: tuple[str, ...]
) -> tuple[Session, PredictionView]:
    """What it says of `x`, in evaluation. Whoever asks closes the session."""
    session = Session()
    session.files.look_at(own_document(model.eval(), x, classes=classes))
    wait_until_shown(qtbot, session)
    view = PredictionView(session)
    qtbot.addWidget(view)
    view.resize(300, 420)
    view.show()
    qtbot.waitExposed(view)
    return session, view
