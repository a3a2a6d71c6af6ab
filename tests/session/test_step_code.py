"""Every map, layer and step of a session has code of PyTorch that gives its very numbers, run as it is copied."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.session import LayerActivation, Selection, Session
from explorer.session.pytorch_code import code_of_maps
from explorer.session.step_code import code_of_cursor, code_of_step
from explorer.session.timeline import Timeline
from tests.ui.fakes import make_session, wait_until_recorded, wait_until_shown

BRANCHED = "3x12x12 conv(4, 3, padding=1) relu p=maxpool(2) conv(4, 3, padding=1) add(p, conv2) flatten linear(3)"


class Tokens(nn.Module):
    """Several runs, several outputs, a sum in place, a slice, and a row of numbers at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.rnn, self.head = nn.Embedding(9, 4), nn.LSTM(4, 4, batch_first=True), nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.head(self.rnn(self.embedding(x))[0])
        rows += 1
        return self.head(torch.tanh(rows))[:, -1]


class Pair(nn.Module):
    """Two inputs, called by place."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(2, 3, 3), nn.Linear(5, 3)

    def forward(self, picture: Tensor, row: Tensor) -> Tensor:
        return self.first(picture).mean((2, 3)) * self.second(row)


def run(code: str, **given: Any) -> np.ndarray:
    """The numbers that the code leaves; it may take a step, so that the model is a copy."""
    names = deepcopy(given)
    exec(compile(code, "copied.py", "exec"), names)
    found: Tensor = names["numbers"]
    return np.asarray(found.detach())


def chosen_of(entry: LayerActivation) -> Iterator[tuple[Selection, np.ndarray]]:
    """The layer, its last map or number, and its last cell."""
    yield Selection(entry.name), entry.values
    ends = [size - 1 for size in entry.values.shape]
    yield Selection(entry.name, ends[0]), entry.values[ends[0]]
    if entry.values.ndim == 3:
        yield Selection(entry.name, *ends), entry.values[tuple(ends)]


def check_maps(session: Session, model: nn.Module, x: Any) -> int:
    """How many of the present maps, layers and cells their code gives, which is all of them."""
    assert session.state.maps.activations is not None
    feed, seen = session.state.subject.feed, 0
    for entry in session.state.maps.activations.layers:
        for chosen, values in chosen_of(entry):
            code = code_of_maps(entry, chosen, feed, example=session.state.input.place[1])
            if entry.taken is None and isinstance(x, tuple):
                assert code == ""
                continue
            found = run(code, model=model, x=x)
            np.testing.assert_allclose(found.reshape(-1), np.reshape(values, -1), rtol=1e-5, atol=1e-6)
            seen += 1
    return seen


def check_steps(session: Session, timeline: Timeline, **given: Any) -> dict[str, int]:
    """How many tensors of the steps their code gives, by the phase; the numbers of each are compared."""
    seen = dict.fromkeys(("forward", "loss", "backward", "update"), 0)
    for step in timeline.steps:
        for name, tensor in timeline.tensors(step.index).by_name.items():
            cell = tuple(size - 1 for size in tensor.values.shape)
            for place in (None, cell):
                code = code_of_step(session.state, step.index, name, place)
                if code:
                    found = run(code, **given)
                    values = tensor.values if place is None else tensor.values[place]
                    np.testing.assert_allclose(found, values, rtol=1e-4, atol=1e-6, err_msg=f"{step.call} {name}")
                    seen[step.phase] += 1
    return seen


def model_of(session: Session, timeline: Timeline) -> nn.Module:
    """The network with the weights that the step was recorded with."""
    assert session.state.network is not None
    model = session.state.network.build(seed=0)
    tensors = [each for step in timeline.steps for each in timeline.tensors(step.index).by_name.values()]
    known = {each.owner: torch.from_numpy(each.values.copy()) for each in tensors if each.owner}
    missing = model.load_state_dict(known, strict=False).missing_keys
    assert missing == []
    return model.eval()


def target_of(timeline: Timeline) -> Tensor:
    call = timeline.recording.loss_call
    assert call is not None
    target: Tensor = call.arguments["target"]
    return target


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(BRANCHED)
    yield made
    assert made.close()


def recorded(qtbot: QtBot, session: Session) -> Timeline:
    wait_until_shown(qtbot, session)
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline is not None
    return session.state.steps.timeline


def test_of_a_network_everything_has_code(qtbot: QtBot, session: Session) -> None:
    timeline = recorded(qtbot, session)
    model, entry = model_of(session, timeline), session.state.entry("input")
    assert entry is not None
    x = torch.from_numpy(entry.values.copy())[None]
    assert check_maps(session, model, x) > 20
    target = target_of(timeline)
    seen = check_steps(session, timeline, model=model, x=x, target=target)
    assert all(seen.values())
    update = timeline.find("update", "linear1")
    assert update is not None
    for name in ("before", "gradient"):
        assert code_of_step(session.state, update, name, (0, 0))


def test_the_code_of_an_update_takes_the_step(qtbot: QtBot, session: Session) -> None:
    timeline = recorded(qtbot, session)
    update = next(step for step in timeline.steps if step.parameter == "conv2.weight")
    code = code_of_step(session.state, update.index, "after", (1, 2, 0, 0))
    model, entry = model_of(session, timeline), session.state.entry("input")
    assert entry is not None
    x, target = torch.from_numpy(entry.values.copy())[None], target_of(timeline)
    after = timeline.tensors(update.index).by_name["after"].values[1, 2, 0, 0]
    before = float(model.state_dict()["conv2.weight"][1, 2, 0, 0])
    assert run(code, model=model, x=x, target=target) == pytest.approx(after, abs=1e-6)
    assert before != pytest.approx(after, abs=1e-7)


def test_where_the_debugger_stands_has_the_code_of_its_number(qtbot: QtBot, session: Session) -> None:
    recorded(qtbot, session)
    session.steps.choose_cell("output", (0, 2, 3, 4))
    assert "numbers = kept[0][0, 2, 3, 4]" in code_of_cursor(session.state)


def test_a_share_of_a_gradient_has_none(qtbot: QtBot, session: Session) -> None:
    """The pooling is read by the convolution and by the sum: what comes back from one of them is not all."""
    timeline = recorded(qtbot, session)
    back = timeline.find("backward", "conv2")
    assert back is not None
    assert code_of_step(session.state, back, "grad_input", None) == ""
    assert code_of_step(session.state, back, "grad_output", None)


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (Tokens, torch.tensor([[1, 5, 2], [3, 4, 8]])),
        (Pair, (torch.randn(2, 2, 6, 6), torch.randn(2, 5))),
    ],
)
def test_a_model_of_ones_own_has_code_for_every_call(qtbot: QtBot, make: type[nn.Module], x: Any) -> None:
    torch.manual_seed(0)
    model, session = make().eval(), Session()
    try:
        session.files.adopt(model, x, "mine")
        timeline = recorded(qtbot, session)
        assert check_maps(session, model, x) >= 6
        target = target_of(timeline)
        assert check_steps(session, timeline, model=model, x=x, target=target)["forward"] >= 12
        session.input.look_at((0, 1))
        wait_until_shown(qtbot, session)
        assert check_maps(session, model, x) >= 6
    finally:
        assert session.close()
