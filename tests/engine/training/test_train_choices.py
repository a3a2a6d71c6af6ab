"""What a person chooses: losses, optimizers, schedules; regression, one neuron; early stop; turning while it goes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, MultiStepLR, OneCycleLR

from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.updates import UPDATES
from explorer.engine.errors import EngineError
from explorer.engine.explaining.explain import explain
from explorer.engine.recording.recorder import record
from explorer.engine.training.checkpoint import CheckpointError
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.hyperparameters import SCHEDULES, Hyperparameters, make_optimizer
from explorer.engine.training.schedules import make_schedule
from explorer.engine.training.train import (
    Controls,
    Examples,
    LabelMismatch,
    chosen_loss,
    evaluate,
    objective_of,
    train,
    train_as_chosen,
)
from explorer.network import Network
from explorer.session.data_fit import suited_loss
from explorer.session.subjects.editable_network import EditableNetwork

CLASSIFIES = [loss.name for loss in LOSSES if loss.name != "mbe"]  # which has no least value
OF_CLASSES = [loss.name for loss in LOSSES if loss.targets == "classes"]
ENDS = {"bce": "sigmoid", "bce_with_logits": "", "cross_entropy": "", "hinge": ""}


def halves(count: int = 64, *, seed: int = 3) -> Examples:
    """Points of the plane; class 1 lies to the right."""
    points = torch.rand(count, 2, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return Examples(points, (points[:, 0] > 0).long())


def line(count: int = 64) -> Examples:
    """Numbers to be met: 2 x − y + 0.5."""
    points = halves(count).inputs
    return Examples(points, 2 * points[:, 0] - points[:, 1] + 0.5)


def model(text: str) -> nn.Module:
    return Network.parse(text).build(seed=1)


@pytest.mark.parametrize(
    ("loss", "outputs"),
    [(loss, outputs) for loss in CLASSIFIES for outputs in (1, 2) if outputs == 2 or loss not in OF_CLASSES],
)
def test_every_loss_tells_two_classes_apart_with_one_neuron_or_two(loss, outputs):
    net = model(f"2 linear(8) tanh linear({outputs}) {ENDS.get(loss, 'sigmoid')}")
    chosen = Hyperparameters(loss=loss, optimizer="Adam", learning_rate=0.02, batch_size=16, epochs=15)
    last = list(train_as_chosen(net, halves(), chosen, classes=2, under=Conditions(validation=halves(seed=4))))[-1]
    assert last.val_accuracy > 0.9
    assert last.train_accuracy > 0.9
    assert last.evaluation.confusion.accuracy == last.val_accuracy


@pytest.mark.parametrize("loss", [loss for loss in CLASSIFIES if loss not in OF_CLASSES])
def test_numbers_are_met_by_every_loss_of_numbers(loss):
    data = line()
    if loss.startswith("bce"):
        data = Examples(data.inputs, torch.sigmoid(data.targets))
    net = model(f"2 linear(1) {'sigmoid' if loss == 'bce' else ''}")
    chosen = Hyperparameters(loss=loss, optimizer="Adam", learning_rate=0.05, batch_size=16, epochs=40)
    last = list(train_as_chosen(net, data, chosen, under=Conditions(validation=data)))[-1]
    with torch.no_grad():
        outputs = net(data.inputs).flatten()
    met = torch.sigmoid(outputs) if loss == "bce_with_logits" else outputs
    assert (met - data.targets).abs().mean() < 0.1
    assert last.val_accuracy is None
    assert last.evaluation.confusion is None


@pytest.mark.parametrize("optimizer", [update.name for update in UPDATES])
def test_a_run_equals_the_same_loop_written_by_hand(optimizer):
    chosen = Hyperparameters(
        loss="cross_entropy", optimizer=optimizer, learning_rate=0.01, momentum=0.5, weight_decay=0.1, nesterov=True,
        batch_size=16, epochs=2, seed=5,
    )  # fmt: skip
    ours, bare, data = (model("2 linear(4) relu linear(2)"), model("2 linear(4) relu linear(2)"), halves())
    losses = [snapshot.loss for snapshot in train_as_chosen(ours, data, chosen, classes=2)]
    update, generator, expected = make_optimizer(chosen, bare.parameters()), torch.Generator().manual_seed(5), []
    for _ in range(2):
        for batch in torch.randperm(64, generator=generator).split(16):
            value = nn.functional.cross_entropy(bare(data.inputs[batch]), data.targets[batch])
            update.zero_grad()
            value.backward()
            update.step()
            expected.append(value.item())
    assert losses == expected
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), bare.parameters(), strict=True))


def oracle(name: str, optimizer: torch.optim.Optimizer, steps: int) -> object:
    if name == "step":
        return MultiStepLR(optimizer, [math.ceil(steps / 2), math.ceil(steps * 3 / 4)], gamma=0.1)
    if name == "cosine":
        return CosineAnnealingLR(optimizer, steps)
    return OneCycleLR(optimizer, max_lr=0.3, total_steps=steps, cycle_momentum=False)


@given(name=st.sampled_from(["step", "cosine", "one cycle"]), steps=st.integers(1, 300))
def test_schedules_are_those_of_pytorch(name, steps):
    rates = []
    for make in (make_schedule, oracle):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        schedule = make(name, optimizer, steps)
        rates.append([])
        for _ in range(steps):
            rates[-1].append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if len(rates[-1]) < steps:  # PyTorch's one cycle refuses to go on after its last step
                schedule.step()
    assert rates[0] == pytest.approx(rates[1], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_rate_is_told_with_every_step_and_starts_from_the_chosen_one(schedule):
    chosen = Hyperparameters(learning_rate=0.1, schedule=schedule, batch_size=16, epochs=3)
    rates = [s.learning_rate for s in train_as_chosen(model("2 linear(2)"), halves(), chosen, classes=2)]
    assert max(rates) <= 0.1
    assert rates[0] == pytest.approx(0.1 / 25 if schedule == "one cycle" else 0.1)
    assert (len(set(rates)) == 1) == (schedule == "constant")


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_another_rate_while_it_runs_is_the_new_top_of_the_schedule(schedule):
    chosen = Hyperparameters(learning_rate=0.1, schedule=schedule, batch_size=16, epochs=3)
    plain = [s.learning_rate for s in train_as_chosen(model("2 linear(2)"), halves(), chosen, classes=2)]
    controls, rates = Controls(), []
    for snapshot in train_as_chosen(
        model("2 linear(2)"), halves(), chosen, classes=2, under=Conditions(controls=controls)
    ):
        rates.append(snapshot.learning_rate)
        if snapshot.step == 5:
            controls.learning_rate = 0.01
    assert rates == pytest.approx(plain[:5] + [rate / 10 for rate in plain[5:]])


def test_a_changed_rate_survives_being_resumed(tmp_path):
    chosen = Hyperparameters(learning_rate=0.1, schedule="cosine", batch_size=16, epochs=3)

    def rates(stop: int | None) -> list[float]:
        controls, found = Controls(), []
        for snapshot in train_as_chosen(
            model("2 linear(2)"),
            halves(),
            chosen,
            classes=2,
            under=Conditions(controls=controls, checkpoint=tmp_path / "run"),
        ):
            found.append(snapshot.learning_rate)
            if snapshot.step == 2:
                controls.learning_rate = 0.05
            controls.stop = snapshot.step == stop
        return found

    first, second = rates(6), rates(None)
    (tmp_path / "run").unlink()
    assert [*first, *second] == rates(None)


def test_one_neuron_is_judged_by_the_sign_of_its_logit():
    net = nn.Linear(1, 1)
    nn.init.ones_(net.weight)
    nn.init.zeros_(net.bias)
    data = Examples(torch.tensor([[0.3], [-0.2], [2.0], [-3.0]]), torch.tensor([1, 1, 1, 0]))
    told = evaluate(net, data, objective_of(net, data, "bce_with_logits", classes=2))
    assert told.accuracy == 0.75
    assert told.confusion.counts == ((1, 0), (1, 2))
    assert told.confusion.per_class_accuracy == (1.0, pytest.approx(2 / 3))
    assert told.confusion.balanced_accuracy == pytest.approx(5 / 6)
    assert told.behind(data.targets.numpy(), 1, 0).tolist() == [1]


@pytest.mark.parametrize(
    ("text", "classes", "loss", "needed", "words"),
    [
        ("2 linear(10)", 2, "cross_entropy", 2, r"2 classes, but the network gives 10 outputs.*last layer needs 2\."),
        ("2 linear(1)", 2, "hinge", 2, "the network gives 1 output:"),
        ("2 linear(3) sigmoid", 2, "bce", 2, "for the binary cross entropy its last layer needs 2"),
        ("2 linear(3)", 0, "mse", 1, r"1 number to be met, but the network gives 3: its last layer needs 1 output\."),
    ],
)
def test_outputs_that_do_not_fit_the_labels_are_told_with_the_number_that_would(text, classes, loss, needed, words):
    data = halves() if classes else line()
    with pytest.raises(LabelMismatch, match=words) as refused:
        next(train_as_chosen(model(text), data, Hyperparameters(loss=loss), classes=classes))
    assert refused.value.outputs_needed == needed


@pytest.mark.parametrize(
    ("text", "data", "classes", "loss", "words"),
    [
        ("2 linear(2)", line(), 0, "cross_entropy", "needs classes, but the labels are numbers"),
        ("2 linear(1)", halves(), 1, "bce", "only one class, so there is nothing to tell apart"),
        ("2 linear(1)", Examples(torch.rand(4, 2), torch.tensor([0, 1, 2, 1])), 2, "bce", "run from 0 to 2"),
        ("2 linear(1)", halves(), 2, "bce", "outputs between 0 and 1"),
    ],
)
def test_a_loss_that_does_not_fit_is_told_before_the_first_step(text, data, classes, loss, words):
    with pytest.raises(EngineError, match=words):
        next(train_as_chosen(model(text), data, Hyperparameters(loss=loss), classes=classes))


@pytest.mark.parametrize(
    ("text", "classes", "loss"),
    [
        ("2 linear(2)", 2, "cross_entropy"),
        ("2 linear(1)", 2, "bce_with_logits"),
        ("2 linear(1) sigmoid", 2, "bce"),
        ("2 linear(2) sigmoid", 2, "bce"),
        ("2 linear(1)", 0, "half_squared_error"),
        ("2 linear(7)", 2, "cross_entropy"),
        ("2 linear(10) sigmoid", 2, "bce"),
        ("2 linear(7)", 0, "half_squared_error"),
    ],
)
def test_without_a_choice_the_loss_suits_the_last_layer(text, classes, loss):
    data = halves() if classes else line()
    assert chosen_loss(model(text), data, Hyperparameters(), classes=classes) == loss
    assert suited_loss(EditableNetwork.fresh(Network.parse(text)), classes) == loss, (
        "the window tells another than training uses"
    )


def test_it_stops_early_with_the_weights_of_its_best_epoch(tmp_path):
    net = model("2 linear(2)")
    chosen = Hyperparameters(loss="cross_entropy", learning_rate=0.5, batch_size=16, epochs=200, patience=3)
    flipped = Examples(halves().inputs, 1 - halves().targets)  # what is learned makes this worse and worse
    told = list(
        train_as_chosen(
            net, halves(), chosen, classes=2, under=Conditions(validation=flipped, checkpoint=tmp_path / "run")
        )
    )
    ends = [s for s in told if s.epoch_ended]
    assert len(ends) == 4
    assert told[-1].ended == (
        "Stopped early: the validation loss has not fallen for 3 epochs; the weights are those of epoch 1."
    )
    assert evaluate(net, flipped, objective_of(net, flipped, "cross_entropy", classes=2)).loss == ends[0].val_loss
    again = train_as_chosen(
        net, halves(), chosen, classes=2, under=Conditions(validation=flipped, checkpoint=tmp_path / "run")
    )
    assert list(again) == []


def test_a_validation_loss_that_never_is_a_number_ends_the_run_and_no_epoch_is_called_the_best():
    chosen = Hyperparameters(loss="cross_entropy", batch_size=16, epochs=9, patience=2)
    far = Examples(halves().inputs * float("inf"), halves().targets)
    told = list(train_as_chosen(model("2 linear(2)"), halves(), chosen, classes=2, under=Conditions(validation=far)))
    assert told[-1].epoch == 2
    assert told[-1].ended == "Stopped early: the validation loss has not been finite for 2 epochs."


def test_an_early_stop_is_the_same_when_the_run_was_broken_off(tmp_path):
    chosen = Hyperparameters(loss="cross_entropy", learning_rate=0.5, batch_size=16, epochs=200, patience=3)
    flipped = Examples(halves().inputs, 1 - halves().targets)

    def run(checkpoint: str, stop: int | None = None) -> tuple[list[float], nn.Module]:
        net = model("2 linear(2)")
        told = train_as_chosen(
            net, halves(), chosen, classes=2, under=Conditions(validation=flipped, checkpoint=tmp_path / checkpoint)
        )
        return [s.loss for s in islice(told, stop)], net

    whole, net = run("whole")
    first, _ = run("broken", 8)
    second, resumed = run("broken")
    assert [*first, *second] == whole
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), resumed.parameters(), strict=True))


def test_progress_and_examples_are_counted():
    chosen = Hyperparameters(batch_size=24, epochs=2)
    told = list(train_as_chosen(model("2 linear(2)"), halves(), chosen, classes=2))
    assert [s.examples for s in told] == [24, 48, 64, 88, 112, 128]
    assert [s.progress for s in told] == [s.examples / 128 for s in told]


def test_a_wish_to_stop_ends_the_run_with_a_checkpoint(tmp_path):
    chosen, controls = Hyperparameters(batch_size=16, epochs=5, seed=2), Controls()
    broken = []
    for snapshot in train_as_chosen(
        model("2 linear(2)"),
        halves(),
        chosen,
        classes=2,
        under=Conditions(controls=controls, checkpoint=tmp_path / "run"),
    ):
        broken.append(snapshot.loss)
        controls.stop = snapshot.step == 6
    rest = [s.loss for s in train_as_chosen(
        model("2 linear(2)"), halves(), chosen, classes=2, under=Conditions(checkpoint=tmp_path / "run")
    )]  # fmt: skip
    whole = [s.loss for s in train_as_chosen(model("2 linear(2)"), halves(), chosen, classes=2)]
    assert len(broken) == 6
    assert [*broken, *rest] == whole


def test_a_validation_is_given_up_when_the_run_shall_stop_and_is_made_when_it_goes_on(tmp_path):
    controls, asked = Controls(), []

    class StopsWhileJudged(Examples):
        def taken(self, indices):
            asked.append(len(indices))
            controls.stop = controls.stop or len(asked) == 1
            return super().taken(indices)

    chosen = Hyperparameters(batch_size=16, epochs=1)
    net, told = model("2 linear(2)"), []
    validation = StopsWhileJudged(halves().inputs, halves().targets)
    for each in (controls, Controls()):
        told += train_as_chosen(
            net,
            halves(),
            chosen,
            classes=2,
            under=Conditions(validation=validation, controls=each, checkpoint=tmp_path / "run"),
        )
    assert [s.step for s in told] == [1, 2, 3, 4]
    assert [s.val_loss is not None for s in told] == [False, False, False, True]
    assert told[-1].train_loss == pytest.approx(sum(s.loss for s in told) / 4)


def test_a_number_that_pytorch_refuses_is_told():
    with pytest.raises(EngineError, match=r"The optimizer cannot be made: .*learning rate.*\.$"):
        train_as_chosen(model("2 linear(2)"), halves(), Hyperparameters(learning_rate=-1.0), classes=2)


def test_checkpoints_on_request_and_every_few_steps(tmp_path):
    path, controls, there = tmp_path / "run", Controls(), []
    net = model("2 linear(2)")
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for snapshot in train(
        net, halves(), loss="cross_entropy", classes=2, optimizer=optimizer, epochs=1, batch_size=8,
        under=Conditions(checkpoint=path, checkpoint_every=3, controls=controls),
    ):  # fmt: skip
        there.append(path.exists())
        path.unlink(missing_ok=True)
        controls.checkpoint = snapshot.step == 4
    assert there == [False, False, True, False, True, True, False, True]


@given(
    batch=st.integers(1, 9),
    accumulation=st.integers(1, 4),
    clip=st.sampled_from([0.0, 0.05, 100.0]),
    smoothing=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_accumulation_clipping_and_label_smoothing_are_those_of_a_plain_loop(batch, accumulation, clip, smoothing):
    """Two epochs beside PyTorch's own cross_entropy, clip_grad_norm_ and added-up gradients."""
    data = halves(20)
    chosen = Hyperparameters(loss="cross_entropy", learning_rate=0.1, batch_size=batch, epochs=2)
    chosen = replace(chosen, accumulation=accumulation, clip_norm=clip, label_smoothing=smoothing)
    ours, plain = model("2 linear(4) tanh linear(2)"), model("2 linear(4) tanh linear(2)")
    losses = [told.loss for told in train_as_chosen(ours, data, chosen, classes=2)]
    optimizer, generator = torch.optim.SGD(plain.parameters(), lr=0.1), torch.Generator().manual_seed(0)
    expected = []
    for _ in range(2):
        for step in torch.randperm(20, generator=generator).split(batch * accumulation):
            optimizer.zero_grad()
            values = []
            for part in step.split(batch):
                outputs, targets = plain(data.inputs[part]), data.targets[part]
                value = nn.functional.cross_entropy(outputs, targets, label_smoothing=smoothing)
                (value * len(part) / len(step)).backward()
                values.append(value.item() * len(part) / len(step))
            if clip:
                nn.utils.clip_grad_norm_(plain.parameters(), clip)
            optimizer.step()
            expected.append(sum(values))
    assert losses == pytest.approx(expected, rel=1e-5)
    for a, b in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_a_recorded_step_with_clipping_tells_the_gradient_that_the_optimizer_read():
    net = model("2 linear(4) tanh linear(2)")
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
    before = [weight.detach().clone() for weight in net.parameters()]
    x, target = torch.tensor([[3.0, -2.0]]), torch.tensor([1])
    told = record(net, x, target=target, loss="cross_entropy", optimizer=optimizer, clip_norm=0.01)
    changes = [(new - old).flatten() for old, new in zip(before, net.parameters(), strict=True)]
    assert torch.cat(changes).norm().item() == pytest.approx(0.01, rel=1e-3)
    step = next(step for step in told.steps if step.kind == "update")
    assert step.update.clipped < 0.1
    whole = told.parameter_gradients[step.update.parameter]
    torch.testing.assert_close(step.update.gradient, whole * step.update.clipped)
    assert explain(told, step, (0, 0), of="weight").error < 1e-6


def test_a_run_is_not_gone_on_with_another_accumulation(tmp_path):
    chosen = Hyperparameters(batch_size=4, epochs=1, accumulation=2)
    checkpoint = tmp_path / "checkpoint"
    list(train_as_chosen(model("2 linear(2)"), halves(20), chosen, classes=2, under=Conditions(checkpoint=checkpoint)))
    other = replace(chosen, accumulation=3, epochs=2)
    with pytest.raises(CheckpointError, match="its accumulation is 2, not 3"):
        list(
            train_as_chosen(model("2 linear(2)"), halves(20), other, classes=2, under=Conditions(checkpoint=checkpoint))
        )
