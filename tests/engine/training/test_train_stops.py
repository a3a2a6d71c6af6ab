"""What ends a run: the first number that is none, named with its layer; no room; and what is kept of the model."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.errors import EngineError
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.train import (
    Controls,
    Examples,
    TrainingOutOfMemory,
    TrainingStopped,
    evaluate,
    train,
    train_as_chosen,
)
from explorer.network import Network
from tests.engine.training.test_train_choices import halves, model


def state(net: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in net.state_dict().items()}


def is_same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return all(torch.equal(value, second[name]) for name, value in first.items())


def states_until_stopped(net: nn.Module, data: Examples, chosen: Hyperparameters, **others) -> tuple:
    """The model after each step, and why the run ended."""
    states = [state(net)]
    run = train_as_chosen(net, data, chosen, **others)
    try:
        for _ in run:
            states.append(state(net))
    except TrainingStopped as stopped:
        return states, stopped
    raise AssertionError("The run came to its end.")


@pytest.mark.parametrize(("rate", "written"), [(1e30, "1e30"), (float("inf"), "∞")])
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_a_far_too_large_rate_stops_at_the_first_nan_with_finite_weights_left(rate, written, optimizer):
    net = Network.parse("2 a=linear(8) relu b=linear(8) relu c=linear(2)").build(seed=1)
    chosen = Hyperparameters(loss="cross_entropy", optimizer=optimizer, learning_rate=rate, batch_size=16, epochs=3)
    states, stopped = states_until_stopped(net, halves(), chosen, classes=2)
    assert stopped.layer in ("a", "b", "c")
    assert stopped.layer in str(stopped)
    assert f"step {stopped.step}" in str(stopped)
    assert str(stopped).endswith(f"a learning rate below {written} may help.")
    assert all(value.isfinite().all() for value in net.state_dict().values())
    assert is_same(state(net), states[stopped.step - 1])


class Breaks(nn.Module):
    """Passes on what it is given, and after some steps something else."""

    def __init__(self, after: int, backward: float | None = None) -> None:
        super().__init__()
        self.steps, self.after, self.gradient = 0, after, backward

    def forward(self, x: Tensor) -> Tensor:
        self.steps += self.training
        if self.steps < self.after:
            return x
        if self.gradient is None:
            return x / 0
        x = x * 1
        x.register_hook(lambda gradient: gradient * self.gradient)
        return x


def broken(after: int, backward: float | None = None) -> nn.Sequential:
    net = nn.Sequential()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for name, part in (
            ("first", nn.Linear(2, 4)),
            ("norm", nn.BatchNorm1d(4)),
            ("broken", Breaks(after, backward)),
            ("last", nn.Linear(4, 2)),
        ):
            net.add_module(name, part)
    return net


def test_the_layer_whose_output_is_infinite_first_is_named_and_nothing_is_learned_from_it():
    net = broken(3)
    states, stopped = states_until_stopped(net, halves(), Hyperparameters(batch_size=16), classes=2)
    assert (stopped.layer, stopped.step) == ("broken", 3)
    assert str(stopped).startswith("The output of broken holds")
    assert len(states) == 3
    assert is_same(state(net), states[-1])  # the averages of the batch norm too


@pytest.mark.parametrize("gradient", [float("nan"), float("inf")])
def test_the_layer_whose_gradient_is_no_number_first_is_named(gradient):
    net = broken(2, gradient)
    states, stopped = states_until_stopped(net, halves(), Hyperparameters(batch_size=16), classes=2)
    assert (stopped.layer, stopped.step) == ("norm", 2)
    assert str(stopped).startswith("The gradient of norm holds")
    assert is_same(state(net), states[-1])


def test_nan_in_the_data_is_named_with_its_example():
    data = halves()
    data.inputs[37, 1] = float("nan")
    _, stopped = states_until_stopped(model("2 linear(2)"), data, Hyperparameters(batch_size=16), classes=2)
    assert stopped.layer == "input"
    assert str(stopped) == f"Example 37 of the data holds NaN, so training stopped at step {stopped.step}."


def test_weights_that_the_last_update_spoilt_are_put_back_and_never_reach_the_checkpoint(tmp_path):
    net = nn.Linear(2, 2)
    before, path = state(net), tmp_path / "run"
    optimizer = torch.optim.SGD(net.parameters(), lr=1e38)
    run = train(
        net, halves(), loss=lambda outputs, labels: 1000 * outputs.mean(), optimizer=optimizer, epochs=1,
        batch_size=64, under=Conditions(checkpoint=path, validation=halves()),
    )  # fmt: skip
    with pytest.raises(TrainingStopped, match="The update of step 1 put an infinite number into the weights") as told:
        list(run)
    assert told.value.step == 1
    assert is_same(state(net), before)
    assert not path.exists()


@pytest.mark.parametrize("optimizer", ["SGD", "AdamW"])
def test_a_rate_beyond_all_numbers_is_told_before_anything_is_changed(optimizer):
    net = model("2 linear(2)")
    chosen = Hyperparameters(learning_rate=1e39, optimizer=optimizer, batch_size=16)
    states, stopped = states_until_stopped(net, halves(), chosen, classes=2)
    assert str(stopped).startswith("A learning rate of 1e39 is too large")
    assert len(states) == 1
    assert is_same(state(net), states[0])


def test_large_finite_gradients_do_not_stop_a_run():
    """Their sum overflows float32, none of them does."""
    net = nn.Linear(1000, 1, bias=False)
    data = Examples(torch.full((4, 1000), 3e37), torch.zeros(4))
    nn.init.zeros_(net.weight)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
    steps = list(train(net, data, loss=lambda y, t: y.mean(), optimizer=optimizer, epochs=1, batch_size=4))
    assert len(steps) == 1


class Hungry(nn.Module):
    """Asks for far more memory than there is when a batch has more than `most` examples."""

    def __init__(self, most: int, *, judged: int = 1000) -> None:
        super().__init__()
        self.most, self.most_judged = most, judged
        self.linear = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        if len(x) > (self.most if self.training else self.most_judged):
            torch.empty(2**48)
        return self.linear(x)


def test_no_room_for_a_batch_is_a_sentence_with_the_size_and_leaves_the_model_alone():
    net = Hungry(most=8)
    before = state(net)
    with pytest.raises(TrainingOutOfMemory) as told:
        list(train_as_chosen(net, halves(), Hyperparameters(batch_size=16), classes=2))
    assert "not enough memory for a batch of 16 examples" in str(told.value)
    assert told.value.batch_size == 16
    assert told.value.requested == "1,024 TiB"
    assert told.value.requested in str(told.value)
    assert is_same(state(net), before)
    assert all(weight.grad is None for weight in net.parameters())


def test_a_fault_of_the_forward_pass_leaves_no_trace_in_the_layers_before_it():
    class Faulty(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear, self.norm, self.is_faulty = nn.Linear(2, 2), nn.BatchNorm1d(2), False

        def forward(self, x: Tensor) -> Tensor:
            normed = self.norm(self.linear(x))
            if self.is_faulty:
                raise ValueError("It has had enough.")
            return normed

    net = Faulty()
    run = train_as_chosen(net, halves(), Hyperparameters(batch_size=16), classes=2)
    next(run)
    before, net.is_faulty = state(net), True
    with pytest.raises(Exception, match="had enough"):
        next(run)
    assert is_same(state(net), before)


def test_the_batch_is_halved_on_request_and_every_example_is_still_seen_once():
    net, controls = Hungry(most=8), Controls(halve_batch=True)
    told = list(
        train_as_chosen(
            net, halves(60), Hyperparameters(batch_size=32, epochs=2), classes=2, under=Conditions(controls=controls)
        )
    )
    assert "from step 1 on a batch has 8." in told[0].warning
    assert [s.examples for s in told[:8]] == [8, 16, 24, 32, 40, 48, 56, 60]
    assert [s.step for s in told if s.epoch_ended] == [8, 16]
    assert not any(s.warning for s in told[1:])


def test_a_single_example_that_does_not_fit_ends_the_run_all_the_same():
    with pytest.raises(TrainingOutOfMemory, match="batch of 1 example"):
        list(train_as_chosen(
            Hungry(most=0), halves(), Hyperparameters(batch_size=4), classes=2,
            under=Conditions(controls=Controls(halve_batch=True))
        ))  # fmt: skip


def test_judging_takes_smaller_batches_where_the_memory_does_not_suffice():
    net, data = Hungry(most=8, judged=10), halves()
    scarce = evaluate(net, data, nn.functional.cross_entropy)
    net.most_judged = 1000
    plenty = evaluate(net, data, nn.functional.cross_entropy)
    assert scarce.loss == pytest.approx(plenty.loss)
    assert scarce.confusion == plenty.confusion
    net.most_judged = 0
    with pytest.raises(EngineError, match=r"not enough memory to judge one example; .*[GT]iB is needed"):
        evaluate(net, data, nn.functional.cross_entropy)


def test_an_update_that_finds_no_room_halfway_leaves_the_weights_as_they_were():
    class RunsOut(torch.optim.SGD):
        def step(self, closure=None):
            with torch.no_grad():
                self.param_groups[0]["params"][0].add_(1)
            torch.empty(2**48)

    net = nn.Linear(2, 2)
    before = state(net)
    run = train(net, halves(), loss="cross_entropy", classes=2, optimizer=RunsOut(net.parameters(), lr=0.1), epochs=1)
    with pytest.raises(TrainingOutOfMemory):
        next(run)
    assert is_same(state(net), before)


def test_a_loss_is_tried_on_as_many_examples_as_there_is_room_for():
    """A batch of four fits, the sixty-four of the trial do not."""
    told = list(train_as_chosen(Hungry(most=8, judged=5), halves(60), Hyperparameters(batch_size=4), classes=2))
    assert len(told) == 150


def test_no_room_for_a_single_example_is_told_before_the_run():
    with pytest.raises(EngineError, match="There is not enough memory to run the network on one example"):
        train_as_chosen(Hungry(most=0, judged=0), halves(60), Hyperparameters(), classes=2)


def test_the_schedule_lasts_as_long_as_the_run_also_with_smaller_batches():
    chosen = Hyperparameters(batch_size=32, epochs=2, schedule="cosine", learning_rate=0.1)
    told = list(
        train_as_chosen(Hungry(8), halves(60), chosen, classes=2, under=Conditions(controls=Controls(halve_batch=True)))
    )
    planned = [s.learning_rate for s in train_as_chosen(Hungry(32), halves(60), chosen, classes=2)]
    assert [s.learning_rate for s in told] == [rate for rate in planned for _ in range(4)]


def test_a_single_example_left_over_for_batch_norm_is_a_sentence():
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    steps = train_as_chosen(net, halves(41), Hyperparameters(batch_size=8), classes=2)
    with pytest.raises(TrainingStopped, match="the single example of step 6") as told:
        list(steps)
    assert told.value.step == 6
