"""Training without a window, killed at random moments: the same command goes on to the weights of an unbroken run.

EXPLORER_KILLS says how many runs are killed; by hand as many as asked for.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

import pytest
import torch

from explorer.cli import run
from explorer.engine.training.checkpoint import read_checkpoint
from tests.end_to_end.test_train_command import TIMEOUT_S, arguments, metrics, started, wait_for_steps, weights

KILLS = int(os.environ.get("EXPLORER_KILLS", "1"))
EPOCHS = 25
EVERY = ("--checkpoint-every", "3")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that kills outright")


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("net") / "net.txt"
    path.write_text("2 linear(16) tanh dropout(0.1) linear(2)\n")
    return path


@pytest.fixture(scope="module")
def whole(net: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nobody killed."""
    out = tmp_path_factory.mktemp("whole")
    assert run(arguments(net, out, *EVERY, epochs=EPOCHS)) == 0
    return out


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_run_killed_anywhere_goes_on_from_its_last_checkpoint(
    seed: int, net: Path, whole: Path, tmp_path: Path
) -> None:
    rng, out = random.Random(seed), tmp_path / "run"
    command = arguments(net, out, *EVERY, epochs=EPOCHS)
    process = started(command)
    wait_for_steps(out, rng.randint(1, len(metrics(whole)) * 2 // 3), process)
    for _ in range(rng.randrange(10**5)):  # not always just after a step
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=TIMEOUT_S)
    read_checkpoint(out / "checkpoint")  # whole, or not there yet
    assert run(command) == 0
    assert metrics(out) == metrics(whole)
    assert all(torch.equal(value, weights(out)[name]) for name, value in weights(whole).items())
