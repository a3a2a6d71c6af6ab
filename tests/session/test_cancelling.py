"""What is said of work that was given up speaks of that work."""

from __future__ import annotations

import pytest

from explorer.session.cancelling import cancelled
from explorer.session.state import State
from explorer.session.train_state import Training
from tests.session.staging import with_parts

MAPS = "the maps are those of the last whole pass."
RUNNING = Training("running", 1)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(), ""),
        (with_parts(State(), training=RUNNING), ""),
        (with_parts(State(), task="Running the network…", computing=True), f"Cancelled: {MAPS}"),
        (with_parts(State(), task="Opening cat.png…"), "Cancelled: opening cat.png."),
        (with_parts(State(), task="Opening cat.png…", computing=True), "Cancelled: opening cat.png."),
        (with_parts(State(), task="Saving net.json…"), "Cancelled: saving net.json."),
        (
            with_parts(State(), task="Running training steps…"),
            "Cancelled: the weights are those from before the run of training steps.",
        ),
        (
            with_parts(State(), task="Training step 12, loss 0.3…"),
            "Cancelled: the weights are those from before the run of training steps.",
        ),
        (
            with_parts(State(), task="Running the network…", computing=True, training=RUNNING),
            "Cancelled: running the network. The training run goes on.",
        ),
        (
            with_parts(State(), task="Opening cat.png…", training=RUNNING),
            "Cancelled: opening cat.png. The training run goes on.",
        ),
    ],
)
def test_it_says_what_is_given_up_and_what_holds_instead(state: State, words: str) -> None:
    assert cancelled(state) == words
