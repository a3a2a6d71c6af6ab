"""A person's own model in the session: what PyTorch allows is shown, whatever its numbers and calls are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor, nn
from torch.ao import quantization

from explorer.engine.recording import geometry
from explorer.session import Session


class Spectrum(nn.Module):
    """Complex numbers on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, dtype=torch.complex64))

    def forward(self, x: Tensor) -> Tensor:
        return torch.fft.irfft(torch.fft.rfft(x) * self.weight, n=8)


class Words(nn.Module):
    """Word numbers through a recurrent layer, which gives several tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(9, 4)
        self.rnn = nn.LSTM(4, 3, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.rnn(self.embedding(x))[0][:, -1]


class TwoHeads(nn.Module):
    """The first output is not the last call."""

    def __init__(self) -> None:
        super().__init__()
        self.main, self.further = nn.Linear(4, 3), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"main": self.main(x), "further": self.further(x)}


class Slope(nn.Module):
    """A gradient taken on the way, as networks of physics do."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            return torch.autograd.grad(torch.tanh(self.linear(x)).sum(), x, create_graph=True)[0]


class Keeping(nn.Module):
    """What a pass made stays in it."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)
        self.seen: list[Tensor] = []
        self(torch.ones(1, 4))

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append(self.linear(x))
        return self.seen[-1]


class Mapped(nn.Module):
    """A layer under torch.vmap."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.vmap(self.linear)(x)


class Sequence(nn.Module):
    """Outputs with more and fewer axes than a picture has."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.linear(x)
        return torch.relu(torch.stack([rows, rows + 1], 1).reshape(-1, 2, 1, 3, 2)).mean()


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def _shown(
    qtbot: QtBot,
    session: Session,
    model: Any,
    values: np.ndarray,
    dtype: torch.dtype | None = None,
    others: np.ndarray | None = None,
) -> None:
    batch = torch.from_numpy(values[None] if others is None else np.concatenate([values[None], others]))
    session.files.adopt(model, batch if dtype is None else batch.to(dtype), "mine")
    qtbot.waitUntil(
        lambda: session.state.maps.activations is not None and not session.state.maps.computing, timeout=60_000
    )


def _stepped(qtbot: QtBot, session: Session) -> None:
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(
        lambda: session.state.steps.timeline is not None and not session.state.maps.computing, timeout=60_000
    )
    assert session.state.steps.message == ""


def _phases(session: Session) -> set[str]:
    assert session.state.steps.timeline is not None
    return {step.phase for step in session.state.steps.timeline.steps}


def test_of_complex_numbers_the_real_part_is_shown_and_said_so(qtbot: QtBot, session: Session) -> None:
    x = numbers(8)
    _shown(qtbot, session, Spectrum(), x)
    assert session.state.maps.activations is not None
    entry = session.state.maps.activations.by_name["fft_rfft"]
    assert entry.kind == "fft_rfft, real part"
    np.testing.assert_allclose(entry.values, np.fft.rfft(x).real, rtol=1e-5)
    _stepped(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    for step in timeline.steps:
        tensors = timeline.tensors(step.index).by_name.values()
        assert not any(np.iscomplexobj(tensor.values) for tensor in tensors)
    place = timeline.find("forward", "mul")
    assert place is not None
    assert timeline.asked(place, "output").title == "real part of mul"
    assert "complex" in timeline.explain(place, "output", (0, 1)).message


def test_a_model_of_bfloat16_is_fed_its_own_type_and_shown_exactly(qtbot: QtBot, session: Session) -> None:
    model, x = nn.Sequential(nn.Linear(4, 3)).to(torch.bfloat16), numbers(4)
    with torch.no_grad():
        expected = model(torch.from_numpy(x)[None].to(torch.bfloat16))[0].float().numpy()
    _shown(qtbot, session, model, x, torch.bfloat16)
    assert session.state.maps.activations is not None
    np.testing.assert_array_equal(session.state.maps.activations.by_name["0"].values, expected)
    _stepped(qtbot, session)
    assert session.state.steps.timeline is not None
    why = session.state.steps.timeline.explain(0, "output", (0, 1))
    assert why.explanation is not None
    assert why.explanation.total == pytest.approx(float(expected[1]), rel=1e-2)


def test_a_call_that_gives_several_tensors_has_a_map(qtbot: QtBot, session: Session) -> None:
    model, x = Words().eval(), np.array([1, 5, 2])
    _shown(qtbot, session, model, x)
    with torch.no_grad():
        expected = model.rnn(model.embedding(torch.from_numpy(x)[None]))[0].numpy()
    assert session.state.maps.activations is not None
    np.testing.assert_allclose(session.state.maps.activations.by_name["rnn"].values, expected, rtol=1e-5)


def test_a_number_typed_over_keeps_the_type_that_the_model_takes(qtbot: QtBot, session: Session) -> None:
    _shown(qtbot, session, Words().eval(), np.array([1, 5, 2]))
    before = session.state.maps.activations
    session.input.set_cell((1,), 7)
    qtbot.waitUntil(
        lambda: session.state.maps.activations is not before and not session.state.maps.computing, timeout=60_000
    )
    assert session.state.maps.fault is None
    assert session.state.values is not None
    assert session.state.values.tolist() == [1, 7, 2]


def test_the_prediction_is_what_the_model_returns_first(qtbot: QtBot, session: Session) -> None:
    _shown(qtbot, session, TwoHeads(), numbers(4))
    assert session.state.prediction is not None
    assert session.state.prediction.title == "output of main"


def test_weights_without_numbers_are_refused_in_a_sentence(qtbot: QtBot, session: Session) -> None:
    session.files.adopt(nn.Linear(4, 2, device="meta"), numbers(4)[None], "mine")
    qtbot.waitUntil(lambda: session.state.maps.fault is not None, timeout=60_000)
    assert session.state.maps.fault is not None
    assert "meta device" in session.state.maps.fault.message


@pytest.mark.parametrize("make", [Slope, Keeping, Mapped])
def test_a_step_of_it_is_recorded(qtbot: QtBot, session: Session, make: Callable[[], nn.Module]) -> None:
    _shown(qtbot, session, make(), numbers(4))
    _stepped(qtbot, session)
    assert _phases(session) == {"forward", "loss", "backward", "update"}
    timeline = session.state.steps.timeline
    assert timeline is not None
    for step in timeline.steps:
        assert all(timeline.asked(step.index, of).values.shape == shape for of, shape in step.asked.items())


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
def test_a_step_of_a_scripted_model_is_recorded_and_the_model_stays(qtbot: QtBot, session: Session) -> None:
    model = torch.jit.script(nn.Sequential(nn.Linear(4, 2), nn.Tanh()))  # type: ignore[no-untyped-call]
    before = [parameter.detach().clone() for parameter in model.parameters()]
    _shown(qtbot, session, model, numbers(4))
    _stepped(qtbot, session)
    assert _phases(session) == {"forward", "loss", "backward", "update"}
    assert all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))


def test_a_model_without_weights_that_takes_whole_numbers_has_no_step_but_a_sentence(
    qtbot: QtBot, session: Session
) -> None:
    class Counts(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return nn.functional.one_hot(x, 4).float().sum(1)

    _shown(qtbot, session, Counts(), np.array([1, 3, 1]))
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: "No gradient" in session.state.steps.message, timeout=60_000)
    assert session.state.maps.fault is None


def test_a_cell_explains_itself_whatever_axes_its_output_has(qtbot: QtBot, session: Session) -> None:
    _shown(qtbot, session, Sequence(), numbers(3, 4))
    assert session.state.maps.activations is not None
    for name, cell in (("linear", (0, 2, 1)), ("relu", (1, 2, 1)), ("mean", (0,))):
        places = dict(zip(("channel", "row", "column"), cell, strict=False))
        session.selection.select(layer=name, **places)
        qtbot.waitUntil(lambda: session.state.maps.explained is not None, timeout=60_000)
        assert session.state.maps.explained is not None
        why = session.state.maps.explained.explanation
        assert why is not None, session.state.maps.explained.message
        assert why.computed == pytest.approx(float(session.state.maps.activations.by_name[name].values[cell]), rel=1e-5)


class OfTwo(nn.Module):
    """Made for a batch of two, and gives one number an example."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        assert len(x) == 2
        return self.linear(x - x.mean(0)).squeeze(1)


def test_a_model_is_fed_the_batch_it_was_given_and_its_first_example_is_shown(qtbot: QtBot, session: Session) -> None:
    model, batch = OfTwo(), numbers(2, 4)
    _shown(qtbot, session, model, batch[0], others=batch[1:])
    state = session.state
    assert state.maps.fault is None
    assert "whole batch of 2" in state.status.notice
    with torch.no_grad():
        expected = model(torch.from_numpy(batch)).numpy()
    assert state.maps.activations is not None
    last = state.maps.activations.layers[-1]
    np.testing.assert_allclose(last.values, expected[:1], rtol=1e-6)
    _stepped(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    assert timeline.batch_size == 2


def test_a_volume_keeps_its_channels_apart_and_tells_its_slices(qtbot: QtBot, session: Session) -> None:
    model, x = nn.Sequential(nn.Conv3d(1, 8, 3, 2, 1), nn.Flatten(), nn.Linear(512, 2)), numbers(1, 8, 8, 8)
    _shown(qtbot, session, model, x)
    assert session.state.maps.activations is not None
    fed, conv = session.state.maps.activations.layers[:2]
    assert (fed.shape, conv.shape) == ((1, 8, 8, 8), (8, 4, 4, 4))
    with torch.no_grad():
        expected = model[0](torch.from_numpy(x)[None])[0].numpy()
    np.testing.assert_allclose(conv.values, expected.reshape(32, 4, 4), rtol=1e-5)
    assert (conv.map_name(13), conv.map_label(13)) == ("channel 3, slice 1", "3:1")
    assert session.state.maps.activations.layers[2].map_name(13) == "z₁₄"  # a row of numbers has letters


class MeanOver(nn.Module):
    """As torchvision's MNASNet and ShuffleNetV2 end."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x).mean([2, 3])


def quantised() -> nn.Module:
    model = nn.Sequential(quantization.QuantStub(), nn.Conv2d(3, 4, 3), nn.ReLU(), quantization.DeQuantStub()).eval()
    model.qconfig = quantization.get_default_qconfig("x86")  # type: ignore[assignment, no-untyped-call]
    quantization.prepare(model, inplace=True)  # type: ignore[no-untyped-call]
    model(torch.from_numpy(numbers(2, 3, 8, 8)))
    quantization.convert(model, inplace=True)  # type: ignore[no-untyped-call]
    return model


@pytest.mark.filterwarnings("ignore:.*", "ignore::DeprecationWarning")
@pytest.mark.parametrize(("make", "shown"), [(MeanOver, "mean"), (quantised, "3")])
def test_what_no_rule_of_reading_expects_is_shown_all_the_same(
    qtbot: QtBot, session: Session, make: Callable[[], nn.Module], shown: str
) -> None:
    model, x = make(), numbers(3, 8, 8)
    _shown(qtbot, session, model, x)
    assert session.state.maps.fault is None
    assert session.state.maps.activations is not None
    with torch.no_grad():
        expected = model(torch.from_numpy(x)[None])[0].numpy()
    np.testing.assert_array_equal(session.state.maps.activations.by_name[shown].values, expected)
    session.selection.select(layer=shown, channel=1)
    assert session.state.maps.activations.fields is not None


def test_a_rule_of_reading_that_trips_costs_the_exact_field_alone(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(*_: object) -> None:
        raise TypeError("unhashable type: 'list'")

    monkeypatch.setattr(geometry, "axes_of", trip)
    _shown(qtbot, session, nn.Sequential(nn.Conv2d(3, 4, 3)), numbers(3, 8, 8))
    assert session.state.maps.fault is None
    activations = session.state.maps.activations
    assert activations is not None
    assert activations.by_name["0"].values.shape == (4, 6, 6)
    assert activations.fields is not None
    field = activations.fields.field("0", 0, 0)
    assert field is not None
    assert field.mask.all()  # what is not known exactly is never too small


def test_looking_at_a_weight_that_is_worked_out_leaves_the_model_as_it_was(qtbot: QtBot, session: Session) -> None:
    model = nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3)), nn.BatchNorm1d(3)).train()
    session.passes.set_mode("train")
    before = {key: value.clone() for key, value in model.state_dict().items()}
    _shown(qtbot, session, model, numbers(4), others=numbers(3, 4))
    assert session.state.maps.fault is None
    _stepped(qtbot, session)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert model.training
    assert session.state.maps.activations is not None
    weight = session.state.maps.activations.by_name["0.linear"].weight
    assert weight is not None
    assert weight.shape == (3, 4)


def test_a_pass_that_was_not_wholly_seen_says_so_in_the_window(qtbot: QtBot, session: Session) -> None:
    _shown(qtbot, session, Mapped(), numbers(4))
    assert session.state.status.notice == "What torch.vmap or its like ran (linear) is not on record call by call."


class Endless(nn.Module):
    """Goes on for ever without a call of PyTorch's where the second number is 7."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        number = float(x[0, 1])
        while number == 7:
            pass
        return self.linear(x)


def _come_to_the_end(qtbot: QtBot, session: Session) -> None:
    """Feed it another number, and wait for its maps."""
    session.input.set_cell((1,), 8.0)
    qtbot.waitUntil(lambda: session.state.maps.activations.by_name["input"].values[1] == 8.0, timeout=10_000)
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    assert session.state.maps.fault is None


def test_a_pass_that_goes_on_for_ever_is_cancelled_and_another_can_be_run(qtbot: QtBot, session: Session) -> None:
    model = Endless()
    _shown(qtbot, session, model, numbers(4))
    session.input.set_cell((1,), 7.0)
    qtbot.waitUntil(lambda: session.state.maps.computing)
    qtbot.wait(100)
    session.tasks.cancel()
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=10_000)
    assert "forward" not in vars(model)
    _come_to_the_end(qtbot, session)


def test_a_newer_input_ends_a_pass_that_goes_on_for_ever(qtbot: QtBot, session: Session) -> None:
    _shown(qtbot, session, Endless(), numbers(4))
    session.input.set_cell((1,), 7.0)
    qtbot.wait(600)
    assert session.state.maps.computing
    _come_to_the_end(qtbot, session)


def test_closing_ends_a_pass_that_goes_on_for_ever(qtbot: QtBot) -> None:
    session = Session()
    _shown(qtbot, session, Endless(), numbers(4))
    session.input.set_cell((1,), 7.0)
    qtbot.wait(100)
    assert session.close()
