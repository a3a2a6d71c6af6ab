"""Layers whose weights stay as they are: in text notation, files, PyTorch and every kind of training step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.engine.errors import EngineError
from explorer.engine.training.examples import Examples
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.stepper import LearningBatch, Stepper
from explorer.engine.training.train import train_as_chosen
from explorer.network import Network
from explorer.network.files import NetworkFile, read_network, write_network
from explorer.network.layers import LAYERS

TEXT = "2x4x4 conv(2, 3{a}) batchnorm{b} relu flatten linear(3{c}) linear(2)"
WITH_WEIGHTS = ("Conv2d", "ConvTranspose2d", "Linear", "BatchNorm2d", "GroupNorm", "LayerNorm")


def network(*, conv: bool, norm: bool, linear: bool) -> Network:
    marks = {True: "frozen=True", False: ""}
    text = TEXT.format(
        a=f", {marks[conv]}" if conv else "",
        b=f"({marks[norm]})" if norm else "",
        c=f", {marks[linear]}" if linear else "",
    )
    return Network.parse(text)


def learning(model: nn.Module) -> set[str]:
    return {name for name, parameter in model.named_parameters() if parameter.requires_grad}


CHOICES = {"conv": st.booleans(), "norm": st.booleans(), "linear": st.booleans()}


def test_just_the_layers_with_weights_can_be_frozen() -> None:
    assert {kind.kind for kind in LAYERS if "frozen" in kind.defaults()} == set(WITH_WEIGHTS)
    built = {kind.kind for kind in LAYERS if kind.fresh((4, 4, 4)) is not None and kind.arriving}
    assert built <= set(WITH_WEIGHTS)


@given(**CHOICES)
def test_it_comes_back_from_notation_files_source_and_modules(conv: bool, norm: bool, linear: bool) -> None:
    made = network(conv=conv, norm=norm, linear=linear)
    assert Network.parse(made.text()) == made
    built = made.build()
    frozen = {layer.name for layer in made.layers if layer.is_frozen}
    assert frozen == {name for name, is_on in (("conv1", conv), ("bn1", norm), ("linear1", linear)) if is_on}
    assert learning(built) == {name for name, _ in built.named_parameters() if name.partition(".")[0] not in frozen}
    place: dict[str, nn.Module] = {}
    exec(made.source(), place)  # what the program writes has to run as it is
    assert learning(place["model"]) == learning(built)
    assert Network.from_module(built, (2, 4, 4)) == made


def test_it_is_saved_with_the_network(tmp_path: Path) -> None:
    made = network(conv=True, norm=False, linear=True)
    write_network(tmp_path / "net.json", NetworkFile(made))
    assert read_network(tmp_path / "net.json").network == made


@settings(max_examples=8, deadline=None)
@given(optimizer=st.sampled_from(["SGD", "AdamW"]), seed=st.integers(0, 50), **CHOICES)
def test_frozen_weights_stay_in_a_recorded_step_and_the_others_move_as_in_pytorch(
    optimizer: str, seed: int, conv: bool, norm: bool, linear: bool
) -> None:
    made = network(conv=conv, norm=norm, linear=linear)
    model, plain = made.build(seed=seed), made.build(seed=seed)
    x = np.random.default_rng(seed).normal(size=(3, 2, 4, 4)).astype(np.float32)
    chosen = Hyperparameters("cross_entropy", optimizer, 0.1, weight_decay=0.1)
    stepper = Stepper()
    step = stepper.record(model, (1,), LearningBatch(x, (0, 1, 1), chosen, classes=2), training=True)
    after = stepper.keep_step((2,))
    for call in step.recording.calls:
        assert call.is_frozen == (call.name in {layer.name for layer in made.layers if layer.is_frozen})
    assert {update.parameter for update in step.recording.updates} == learning(model)
    theirs = getattr(torch.optim, optimizer)(plain.parameters(), lr=0.1, weight_decay=0.1)
    nn.functional.cross_entropy(plain.train()(torch.tensor(x)), torch.tensor([0, 1, 1])).backward()
    theirs.step()
    for name, parameter in plain.named_parameters():
        torch.testing.assert_close(after[name], parameter.detach(), rtol=1e-5, atol=1e-6)


def test_what_an_optimizer_remembers_stays_with_its_weight_when_another_layer_is_frozen() -> None:
    """Freezing keeps the ids of the layers: the momentum of linear2 must not become that of linear1."""
    chosen = Hyperparameters("cross_entropy", learning_rate=0.1, momentum=0.9)
    x = np.ones((1, 2), np.float32)
    stepper, before = Stepper(), Network.parse("2 linear(2) linear(2)").build(seed=3)
    batch = LearningBatch(x, (1,), chosen, classes=2)
    first = stepper.record(before, (1,), batch, training=False)
    state = stepper.keep_step((2,))
    frozen = Network.parse("2 linear(2, frozen=True) linear(2)").build(seed=3)
    frozen.load_state_dict(state)
    second = stepper.record(frozen, (2,), batch, training=False)
    momenta = {update.parameter: update.state_after["momentum_buffer"] for update in first.recording.updates}
    for update in second.recording.updates:
        assert torch.equal(update.state_before["momentum_buffer"], momenta[update.parameter])


def test_a_run_leaves_frozen_weights_and_refuses_where_nothing_learns() -> None:
    data = Examples(torch.randn(12, 2, 4, 4), torch.arange(12) % 2)
    model = network(conv=True, norm=False, linear=True).build()
    before = {name: each.clone() for name, each in model.state_dict().items()}
    list(train_as_chosen(model, data, Hyperparameters("cross_entropy", epochs=1, batch_size=4), classes=2))
    moved = {name for name, each in model.named_parameters() if not torch.equal(each, before[name])}
    assert moved == learning(model)
    still = Network.parse("2x4x4 flatten linear(2, frozen=True)").build()
    with pytest.raises(EngineError, match="Every layer with weights is frozen"):
        train_as_chosen(still, data, Hyperparameters("cross_entropy"), classes=2)
