"""How sure a network was of each held-out example: PyTorch's own softmax and sigmoid are the oracle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import LOSSES
from explorer.engine.training import metrics
from explorer.engine.training.certainty import class_probabilities, last_kind
from explorer.engine.training.confusion import Confusion, Evaluation
from explorer.engine.training.objective import objective_for
from explorer.engine.training.snapshot import Snapshot
from explorer.engine.training.train import Examples, evaluate, objective_of
from explorer.network import Network

COUNT = 23
SEVERAL = pytest.mark.skipif(sys.platform == "win32", reason="torchrun's gloo needs a POSIX system")


def points(classes: int, *, count: int = COUNT) -> Examples:
    generator = torch.Generator().manual_seed(5)
    inputs = torch.randn(count, 2, generator=generator) * 3
    return Examples(inputs, torch.randint(classes, (count,), generator=generator))


def judged(text: str, data: Examples, loss: str, *, classes: int) -> tuple[Evaluation, Tensor]:
    """The evaluation, and what PyTorch gives for all examples at once."""
    model = Network.parse(text).build(seed=2)
    with torch.no_grad():
        outputs = model.eval()(data.inputs)
    return evaluate(model, data, objective_of(model, data, loss, classes=classes)), outputs


def sigmoids(outputs: Tensor) -> Tensor:
    return torch.cat([1 - outputs.sigmoid(), outputs.sigmoid()], dim=1)


def halves(outputs: Tensor) -> Tensor:
    return torch.cat([1 - outputs, outputs], dim=1)


@pytest.mark.parametrize(
    ("text", "loss", "classes", "oracle"),
    [
        ("2 linear(4)", "cross_entropy", 4, lambda outputs: functional.softmax(outputs, dim=1)),
        ("2 linear(4)", "hinge", 4, lambda outputs: functional.softmax(outputs, dim=1)),
        ("2 linear(4) softmax", "cross_entropy", 4, lambda outputs: outputs),
        ("2 linear(4) softmax", "mse", 4, lambda outputs: outputs),
        ("2 linear(4) sigmoid", "bce", 4, lambda outputs: outputs),
        ("2 linear(4)", "bce_with_logits", 4, torch.sigmoid),
        ("2 linear(4)", "half_squared_error", 4, lambda outputs: outputs.clamp(0, 1)),
        ("2 linear(1)", "bce_with_logits", 2, sigmoids),
        ("2 linear(1) sigmoid", "bce", 2, halves),
        ("2 linear(1)", "mse", 2, lambda outputs: halves(outputs.clamp(0, 1))),
        ("2 linear(2)", "cross_entropy", 2, lambda outputs: functional.softmax(outputs, dim=1)),
    ],
)
def test_guess_and_true_class_have_the_probabilities_that_pytorch_gives(
    text: str, loss: str, classes: int, oracle: Callable[[Tensor], Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "EVALUATION_BATCH", 7)
    data = points(classes)
    told, outputs = judged(text, data, loss, classes=classes)
    assert told.guesses is not None
    assert told.probabilities is not None
    expected = oracle(outputs)
    assert (told.probabilities.shape, told.probabilities.dtype) == ((COUNT, 2), np.float32)
    for column, wanted in enumerate((torch.from_numpy(told.guesses.copy()), data.targets)):
        right = expected.gather(1, wanted[:, None])[:, 0]
        torch.testing.assert_close(torch.from_numpy(told.probabilities[:, column].copy()), right, rtol=1e-5, atol=1e-7)
    assert (told.probabilities[:, 0] >= told.probabilities[:, 1]).all()
    assert (told.guesses == data.targets.numpy()).any()
    assert (told.guesses != data.targets.numpy()).any()
    with pytest.raises(ValueError, match="read-only"):
        told.probabilities[0] = 1


@given(loss=st.sampled_from(LOSSES), outputs=st.sampled_from([1, 2, 3]), seed=st.integers(0, 1000))
def test_the_guess_is_the_class_with_the_largest_probability(loss: Loss, outputs: int, seed: int) -> None:
    if outputs == 1 and loss.targets == "classes":
        outputs = 2
    if outputs == 1:
        labels, classes = torch.tensor([0, 1]), 2
    else:
        labels, classes = torch.tensor([0, outputs - 1]), outputs
    objective = objective_for(loss.name, outputs=outputs, labels=labels, classes=classes)
    given_outputs = torch.randn(40, outputs, generator=torch.Generator().manual_seed(seed)) * 0.4 + 0.5
    shares = class_probabilities(given_outputs, objective.reads, last_kind="linear")
    assert shares.shape == (40, classes)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert objective.guesses is not None
    guessed = shares.gather(1, objective.guesses(given_outputs)[:, None])[:, 0]
    assert (guessed >= shares.max(dim=1).values).all()


def test_a_loss_of_ones_own_is_read_by_a_softmax_and_labels_of_probabilities_by_their_largest() -> None:
    net = nn.Sequential(nn.Linear(2, 3))
    inputs, labels = points(3).inputs, torch.softmax(torch.randn(COUNT, 3), dim=1)
    told = evaluate(net, Examples(inputs, labels), functional.cross_entropy)
    assert told.probabilities is not None
    expected = net(inputs).softmax(dim=1).gather(1, labels.argmax(dim=1, keepdim=True))[:, 0].detach()
    torch.testing.assert_close(torch.from_numpy(told.probabilities[:, 1].copy()), expected)


def test_the_last_module_is_found_inside_others() -> None:
    assert last_kind(nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU(), nn.Softmax(dim=1)))) == "softmax"
    assert last_kind(Network.parse("2 a=linear(3) b=linear(3) add(a, b) sigmoid").build()) == "sigmoid"


def test_a_regression_tells_how_far_off_each_example_is() -> None:
    for width in (1, 2, 5):
        wanted = torch.randn(COUNT, width, generator=torch.Generator().manual_seed(width)) * 2
        data = Examples(points(2).inputs, wanted[:, 0] if width == 1 else wanted)
        told, outputs = judged(f"2 linear({width})", data, "mse", classes=0)
        assert told.guesses is told.probabilities is None
        assert told.distances is not None
        assert told.given is not None
        np.testing.assert_allclose(told.distances, (outputs - wanted).norm(dim=1).numpy(), rtol=1e-5)
        np.testing.assert_allclose(told.given, outputs[:, :3].numpy(), rtol=1e-5)
        assert told.distances.dtype == told.given.dtype == np.float32
        order = told.worst_first(np.arange(COUNT))
        assert (np.diff(told.distances[order]) <= 0).all()


def test_a_distance_whose_square_no_float32_holds_is_told() -> None:
    data = Examples(torch.ones(1, 2), torch.tensor([[3e30, 4e30]]))
    told, _ = judged("2 linear(2)", data, "mae", classes=0)
    assert told.distances is not None
    assert told.distances[0] == pytest.approx(5e30)


def test_the_worst_stands_first_and_what_is_no_number_before_it() -> None:
    labels, guesses = np.array([0, 0, 0, 0, 1]), np.array([1, 1, 1, 1, 1])
    true = np.array([0.4, 0.1, np.nan, 0.1, 0.9], np.float32)
    confusion = Confusion.of(labels, guesses, 2)
    told = Evaluation(1.0, 0.2, confusion, guesses, np.stack([1 - true, true], axis=1))
    assert told.behind(labels, 0, 1).tolist() == [2, 1, 3, 0]
    assert told.behind(labels, 1, 1).tolist() == [4]
    assert told.behind(labels, 1, 0).tolist() == []
    assert Evaluation(1.0, 0.2, confusion, guesses).behind(labels, 0, 1).tolist() == [0, 1, 2, 3]


def test_nothing_of_single_examples_is_written_with_the_metrics() -> None:
    told, _ = judged("2 linear(4)", points(4), "cross_entropy", classes=4)
    snapshot = Snapshot(1, 1, 0.5, 0.1, epoch_ended=True, val_loss=told.loss, evaluation=told)
    assert len(json.dumps(snapshot.line())) < 250
    assert set(snapshot.line()) == {
        "step",
        "epoch",
        "loss",
        "learning_rate",
        "train_loss",
        "train_accuracy",
        "val_loss",
        "val_accuracy",
        "val_balanced_accuracy",
    }


TOGETHER = """
import sys
import torch
from explorer.engine.training.distributed import joined
from explorer.engine.training.train import evaluate, objective_of
from explorer.network import Network
from tests.engine.training.test_certainty import line, points

with joined() as processes:
    for name, text, data, loss, classes in (
        ("classes", "2 linear(4)", points(4), "cross_entropy", 4),
        ("one", "2 linear(4)", points(4, count=1), "cross_entropy", 4),
        ("numbers", "2 linear(2)", line(), "mse", 0),
    ):
        model = Network.parse(text).build(seed=2)
        told = evaluate(model, data, objective_of(model, data, loss, classes=classes), processes=processes)
        if processes.rank == 1:
            torch.save(vars(told), f"{sys.argv[1]}/{name}.pt")
"""


def line() -> Examples:
    inputs = points(2).inputs
    return Examples(inputs, torch.stack([inputs.sum(dim=1), inputs[:, 0]], dim=1))


@SEVERAL
def test_two_processes_tell_the_same_of_every_example_as_one(tmp_path: Path) -> None:
    script = tmp_path / "together.py"
    script.write_text(TOGETHER)
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script), tmp_path],
        capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name, text, data, loss, classes in (
        ("classes", "2 linear(4)", points(4), "cross_entropy", 4),
        ("one", "2 linear(4)", points(4, count=1), "cross_entropy", 4),
        ("numbers", "2 linear(2)", line(), "mse", 0),
    ):
        alone, _ = judged(text, data, loss, classes=classes)
        together = torch.load(tmp_path / f"{name}.pt", weights_only=False)
        assert together["confusion"] == alone.confusion
        assert together["loss"] == pytest.approx(alone.loss)
        for part in ("guesses", "probabilities", "distances", "given"):
            one, two = getattr(alone, part), together[part]
            assert (one is None) == (two is None)
            if one is not None:
                np.testing.assert_allclose(two, one, rtol=1e-5, atol=1e-7)
