"""The training generator: repeatable, resumable, and it learns."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # the name PyTorch's own pages use

from explorer.engine.training import run as run_module
from explorer.engine.training.augment import flip_and_shift
from explorer.engine.training.checkpoint import CheckpointError
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.train import Examples, Snapshot, evaluate, steps_per_epoch, train
from explorer.writing import FileError

EPOCHS = 4
BATCH = 16


def bars(count: int = 90) -> Examples:
    """Noise pictures with a bright bar that lies (class 0) or stands (class 1)."""
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randint(0, 90, (count, 3, 8, 8), generator=generator).to(torch.uint8)
    targets = torch.arange(count) % 2
    inputs[targets == 0, :, 3:5, :] += 120
    inputs[targets == 1, :, :, 3:5] += 120
    return Examples(inputs, targets, mean=(0.2, 0.2, 0.2), std=(0.3, 0.3, 0.3))


def small_model() -> nn.Module:
    """With everything that carries state: batch norm's running figures and dropout's random numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Flatten(),
            nn.Linear(256, 2),
        )


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Sums come out the same, bit for bit, only with the same number of threads, in this process and in another."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def start(
    model: nn.Module, *, seed: int = 0, checkpoint: Path | None = None, resume: bool = True
) -> Iterator[Snapshot]:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.05, total_steps=EPOCHS * steps_per_epoch(90, BATCH)
    )
    return train(
        model, bars(), loss=F.cross_entropy, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH, seed=seed,
        schedule=schedule,
        under=Conditions(augment=flip_and_shift, validation=bars(40), checkpoint=checkpoint, resume=resume),
    )  # fmt: skip


def weights(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def assert_equal_bits(first: dict[str, Tensor], second: dict[str, Tensor]) -> None:
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


@pytest.fixture(scope="module")
def unbroken() -> tuple[dict[str, Tensor], list[Snapshot]]:
    model = small_model()
    snapshots = list(start(model))
    return weights(model), snapshots


def test_it_learns_to_tell_lying_from_standing_bars(unbroken):
    _, snapshots = unbroken
    assert snapshots[-1].val_accuracy == 1.0
    assert snapshots[-1].val_loss < snapshots[0].loss


def test_every_step_gives_a_snapshot_and_every_epoch_ends_with_validation(unbroken):
    _, snapshots = unbroken
    a_epoch = steps_per_epoch(90, BATCH)
    assert [s.step for s in snapshots] == list(range(1, EPOCHS * a_epoch + 1))
    assert [s.epoch for s in snapshots] == [1 + index // a_epoch for index in range(EPOCHS * a_epoch)]
    assert [s.step for s in snapshots if s.epoch_ended] == [a_epoch * n for n in range(1, EPOCHS + 1)]
    assert all((s.val_accuracy is not None) == s.epoch_ended for s in snapshots)


def test_the_same_seed_gives_the_same_run_bit_for_bit(unbroken):
    model = small_model()
    assert list(start(model)) == unbroken[1]
    assert_equal_bits(weights(model), unbroken[0])


def test_another_seed_gives_another_run(unbroken):
    assert [s.loss for s in start(small_model(), seed=1)] != [s.loss for s in unbroken[1]]


def test_looking_at_the_model_between_two_steps_changes_nothing(unbroken):
    model = small_model()
    for _ in start(model):
        model.eval()
        with torch.no_grad():
            model(torch.rand(2, 3, 8, 8))  # draws from the global random state too
    assert_equal_bits(weights(model), unbroken[0])


def test_training_leaves_the_global_random_state_alone():
    before = torch.get_rng_state()
    list(islice(start(small_model()), 3))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("stop_after", [1, 6, 7, 15])
def test_a_stopped_run_resumes_to_the_same_final_weights(unbroken, tmp_path, stop_after):
    checkpoint = tmp_path / "run.ckpt"
    list(islice(start(small_model(), checkpoint=checkpoint), stop_after))
    model = small_model()
    resumed = list(start(model, checkpoint=checkpoint))
    assert_equal_bits(weights(model), unbroken[0])
    assert resumed == unbroken[1][-len(resumed) :]


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from explorer.writing import FileError
from explorer.writing import FileError
from tests.engine.training.test_train import small_model, start
for snapshot in start(small_model(), checkpoint=Path(sys.argv[1])):
    if snapshot.step == 15:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that kills outright")
def test_a_killed_process_leaves_a_checkpoint_that_resumes_exactly(unbroken, tmp_path):
    checkpoint = tmp_path / "run.ckpt"
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", KILLED_RUN, checkpoint], cwd=root, check=False, timeout=120)
    assert ended.returncode == -9
    model = small_model()
    resumed = list(start(model, checkpoint=checkpoint))
    assert resumed[0].step == 13  # two epochs of six steps were complete
    assert_equal_bits(weights(model), unbroken[0])


def test_a_finished_run_has_nothing_left_to_resume(unbroken, tmp_path):
    checkpoint = tmp_path / "run.ckpt"
    list(start(small_model(), checkpoint=checkpoint))
    model = small_model()
    assert list(start(model, checkpoint=checkpoint)) == []
    assert_equal_bits(weights(model), unbroken[0])


def test_without_resume_a_run_starts_over(unbroken, tmp_path):
    checkpoint = tmp_path / "run.ckpt"
    list(islice(start(small_model(), checkpoint=checkpoint), 8))
    assert next(start(small_model(), checkpoint=checkpoint, resume=False)).step == 1


def test_a_checkpoint_of_another_run_is_refused_with_the_setting_that_differs(tmp_path):
    checkpoint = tmp_path / "run.ckpt"
    list(islice(start(small_model(), checkpoint=checkpoint), 6))
    with pytest.raises(CheckpointError, match=r"another run: its seed is 0, not 1\."):
        next(start(small_model(), seed=1, checkpoint=checkpoint))


def test_a_damaged_checkpoint_is_named(tmp_path):
    checkpoint = tmp_path / "run.ckpt"
    checkpoint.write_bytes(b"half a checkp")
    with pytest.raises(CheckpointError, match=r"run\.ckpt is damaged"):
        next(start(small_model(), checkpoint=checkpoint))


def test_a_full_disk_is_told_and_the_run_goes_on_with_the_older_checkpoint_kept(unbroken, tmp_path, monkeypatch):
    checkpoint = tmp_path / "run.ckpt"
    list(islice(start(small_model(), checkpoint=checkpoint), 6))
    older = checkpoint.read_bytes()

    def full(path: Path, state: object) -> None:
        raise FileError("run.ckpt could not be written in runs: no space left on device.")

    monkeypatch.setattr(run_module, "write_checkpoint", full)
    model = small_model()
    warnings = [s.warning for s in start(model, checkpoint=checkpoint) if s.epoch_ended]
    told = "No new checkpoint was kept: run.ckpt could not be written in runs: no space left on device."
    assert warnings == [told] * 3
    assert checkpoint.read_bytes() == older
    assert_equal_bits(weights(model), unbroken[0])


def test_evaluation_equals_plain_pytorch_and_puts_the_mode_back():
    model, data = small_model(), bars(33)
    model[3].eval()
    evaluation = evaluate(model, data, F.cross_entropy)
    assert [module.training for module in model] == [True, True, True, False, True, True]
    model.eval()
    with torch.no_grad():
        outputs = model((data.inputs / 255 - 0.2) / 0.3)
    assert evaluation.loss == pytest.approx(F.cross_entropy(outputs, data.targets).item(), rel=1e-6)
    assert evaluation.accuracy == pytest.approx((outputs.argmax(1) == data.targets).float().mean().item())


def test_one_output_cell_is_read_as_the_probability_of_class_one():
    class Given(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x

    data = Examples(torch.tensor([[0.9], [0.2], [0.7], [0.1]]), torch.tensor([1, 0, 0, 1]))
    assert evaluate(Given(), data, lambda y, t: F.binary_cross_entropy(y.flatten(), t.float())).accuracy == 0.5


def test_bfloat16_keeps_float32_weights_and_learns():
    model = small_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    run = train(
        model,
        bars(),
        loss=F.cross_entropy,
        optimizer=optimizer,
        epochs=3,
        batch_size=BATCH,
        under=Conditions(precision=torch.bfloat16),
    )
    losses = [snapshot.loss for snapshot in run]
    assert losses[-1] < losses[0] / 2
    assert all(value.dtype == torch.float32 for value in model.parameters())


def test_empty_or_uneven_data_are_refused():
    with pytest.raises(ValueError, match="nothing to learn from"):
        Examples(torch.zeros(0, 3, 8, 8), torch.zeros(0))
    with pytest.raises(ValueError, match="5 inputs cannot go with 4 targets"):
        Examples(torch.zeros(5, 3, 8, 8), torch.zeros(4))


def test_flip_and_shift_only_moves_and_mirrors_with_the_edges_mirrored_in():
    pictures = torch.arange(2 * 3 * 8 * 8).reshape(2, 3, 8, 8)
    changed = flip_and_shift(pictures, torch.Generator().manual_seed(3), pixels=2)
    padded = F.pad(pictures.float(), (2, 2, 2, 2), mode="reflect").long()
    windows = [padded[:, :, top : top + 8, left : left + 8] for top in range(5) for left in range(5)]
    for index, picture in enumerate(changed):
        assert any(torch.equal(picture, w[index]) or torch.equal(picture, w[index].flip(2)) for w in windows)


def test_flip_and_shift_reaches_every_place_and_both_directions():
    pictures = torch.arange(64).reshape(1, 1, 8, 8).expand(400, 1, 8, 8)
    changed = flip_and_shift(pictures, torch.Generator().manual_seed(0), pixels=1)
    assert len({tuple(picture.flatten().tolist()) for picture in changed}) == 3 * 3 * 2
