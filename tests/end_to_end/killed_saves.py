"""Saves one network again and again in processes that are killed at random moments, and reads it after each.

`python tests/end_to_end/killed_saves.py FOLDER KILLS SEED` prints one line of JSON: how many kills, how many of them
fell between the two files, and what was found that is not whole.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

import torch

from explorer.engine.model.load import Loaded, load, save
from explorer.network import Network
from explorer.network.files import NetworkFile, read_network

LONGEST_MS = 40


def saved(path: Path, number: int) -> None:
    """Save a network whose title, size and weights all say `number`."""
    network = Network.parse(f"2 linear({100 + number % 50}) tanh linear(2)")
    state = {name: torch.full_like(value, number) for name, value in network.build().state_dict().items()}
    save(path, NetworkFile(network, title=str(number)), state)


def is_whole(loaded: Loaded) -> bool:
    """Whether title, size and weights say the same number."""
    number = int(loaded.title)
    fits = loaded.network == Network.parse(f"2 linear({100 + number % 50}) tanh linear(2)")
    return fits and all(bool((value == number).all()) for value in loaded.model.state_dict().values())


def child(work: object) -> int:
    """A process of its own that does `work`."""
    number = os.fork()
    if number:
        return number
    work()  # type: ignore[operator]
    os._exit(0)


def kill_one(path: Path, begin: int, rng: random.Random) -> None:
    """Let a process save from `begin` on, and kill it somewhere."""

    def work() -> None:
        for number in count(begin):
            saved(path, number)

    number = child(work)
    time.sleep(rng.uniform(0, LONGEST_MS) / 1000)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)


def campaign(folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill, read, and at the end save once more in peace."""
    path, rng, broken, between = folder / "net.json", random.Random(seed), [], 0
    saved(path, 0)
    for kill in range(kills):
        kill_one(path, 1 + kill * 1000, rng)
        try:
            broken += [] if is_whole(load(path)) else [f"kill {kill}: the pair does not fit"]
        except Exception as error:  # whatever it is, it is what is looked for
            broken.append(f"kill {kill}: {error}")
        between += bool(read_network(path).remark)
    saved(path, 7)
    names = sorted(os.listdir(folder))
    if names != ["net.json", "net.safetensors"]:
        broken.append(f"left over: {names}")
    return {"kills": kills, "between": between, "broken": broken}


if __name__ == "__main__":
    print(json.dumps(campaign(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
