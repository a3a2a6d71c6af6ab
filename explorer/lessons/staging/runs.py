"""Training runs of scenes: those that the bundled lessons ask for come along, others are made once and remembered.

A run takes seconds to minutes. Whoever may not be held up so long reads under `runs_left`, and has it made elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, replace
from functools import cache, lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any

import numpy as np

from explorer.amounts import count
from explorer.bounds import quoted
from explorer.data.data_set import Card, DataError, DataSet
from explorer.data.grouping import Grouping
from explorer.engine.errors import EngineError
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.run_made import EpochMade, RunMade
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.staging.stage import Stage
from explorer.resources import resource

MOST_RUN_MULTIPLY_ADDS = 10**11
"""Of a whole run, forwards alone: half a minute or so. More is not made without being asked."""

KEPT = "kept-runs.json"
"""In the folder of the lessons: what runs of their scenes gave, by `key_of`."""


class RunWanted(Exception):
    """A run of `stage` is asked for that was not made yet, where none is to be made."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.scene.name)
        self.stage = stage


_are_left: ContextVar[bool] = ContextVar("are_runs_left", default=False)
_runs: dict[str, RunMade] = {}


@contextmanager
def runs_left() -> Iterator[None]:
    """What is read meanwhile makes no run: where one is missing it raises RunWanted."""
    token = _are_left.set(True)
    try:
        yield
    finally:
        _are_left.reset(token)


def card_of(stage: Stage) -> Card:
    """What is known of the scene's data before they are opened. Nothing is downloaded: whoever wants to does that in
    the program."""
    name = stage.scene.data
    if not name:
        raise ReadingError("there are no data: the scene names some, such as data = 'textures'")
    from explorer.data.catalogue import DATA_SETS  # a lesson without data does not wait for it

    entry = next((each for each in DATA_SETS if each.card.name == name), None)
    here = ", ".join(each.card.name for each in DATA_SETS if not each.card.needs_download)
    if entry is None:
        raise ReadingError(f"there are no data called {quoted(name)}; of those that come along there are {here}")
    if not entry.is_here():
        raise ReadingError(f"{name} is not on this computer; open it in the program first, or use one of {here}")
    return entry.card


def groups_of(stage: Stage) -> Grouping:
    """The scene's groups of classes; () where each is learned by itself."""
    from explorer.data.grouping import read_groups

    try:
        return read_groups(stage.scene.groups, card_of(stage).classes)
    except DataError as error:
        raise ReadingError(str(error)) from error


def data_of(stage: Stage) -> DataSet:
    """The scene's data, opened and in its groups."""
    data, groups = whole_of(stage), groups_of(stage)
    return _grouped(data, groups) if groups else data


def whole_of(stage: Stage) -> DataSet:
    """The scene's data, before classes are grouped; opened once, whoever else asks for them meanwhile."""
    name = card_of(stage).name
    with _opening:
        return _opened(name)


_opening = Lock()


@lru_cache(maxsize=4)
def _opened(name: str) -> DataSet:
    from explorer.data.catalogue import open_data

    try:
        return open_data(name)
    except DataError as error:
        raise ReadingError(str(error)) from error


@lru_cache(maxsize=4)
def _grouped(data: DataSet, groups: Grouping) -> DataSet:
    from explorer.data.grouping import grouped

    try:
        return grouped(data, groups)
    except DataError as error:
        raise ReadingError(str(error)) from error


def run_of(stage: Stage, tell: Callable[[float], object] = lambda _share: None) -> RunMade:
    """The run of the scene; one that was made before is not made again. `tell` hears which share of it is done.

    Raises ReadingError where it cannot be made, and RunWanted under `runs_left`.
    """
    _check(stage)
    key = key_of(stage)
    found = _runs.get(key) or kept_runs().get(key)
    if found is None:
        if _are_left.get():
            raise RunWanted(stage)
        found = _made(stage, tell)
    _runs[key] = found
    return found


def known_run(stage: Stage) -> RunMade | None:
    """The run of the scene if it was made before, or came along."""
    try:
        with runs_left():
            return run_of(stage) if stage.scene.data else None
    except (RunWanted, ReadingError):
        return None


def key_of(stage: Stage) -> str:
    """Another for every other run: of all that it depends on, each number of the weights too."""
    scene = stage.scene
    said = (stage.network.text(), scene.network, scene.seed, scene.data, scene.epochs, scene.loss, sorted(scene.freeze))
    found = sha256(repr((*said, scene.groups, sorted(scene.learning.items()))).encode())
    for name, values in sorted(scene.weights.items()):
        found.update(name.encode() + np.asarray(values, np.float64).tobytes())
    return found.hexdigest()[:16]


def _check(stage: Stage) -> None:
    scene, amount = stage.scene, card_of(stage).count_train
    work = sum(stage.network.multiply_adds()) * amount * scene.epochs
    if work > MOST_RUN_MULTIPLY_ADDS:
        most = count(MOST_RUN_MULTIPLY_ADDS)
        raise ReadingError(f"its run would take {count(work)} multiplications; a lesson makes up to {most}")
    if stage.network.runnable() < len(stage.network.names):
        raise ReadingError(stage.why_not(stage.network.names[stage.network.runnable()]))


def _made(stage: Stage, tell: Callable[[float], object]) -> RunMade:
    from explorer.engine.training.run_by_hand import make_run  # a lesson whose runs come along does not wait for it

    scene = stage.scene
    chosen = replace(stage.learning or Hyperparameters(), loss=scene.loss, epochs=scene.epochs, seed=scene.seed)
    try:
        return make_run(stage.model, data_of(stage), chosen, input_shape=stage.network.input_shape, tell=tell)
    except (EngineError, DataError) as error:
        raise ReadingError(str(error)) from error


@cache
def kept_runs() -> dict[str, RunMade]:
    """Those that come along, by their keys."""
    path = resource("lessons", KEPT)
    told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {key: _read(run) for key, run in told.items()}


def _read(run: dict[str, Any]) -> RunMade:
    epochs = tuple(EpochMade(**each) for each in run.pop("epochs"))
    return RunMade(tuple(run.pop("losses")), epochs, guesses=tuple(run.pop("guesses")), **run)


def written(runs: dict[str, RunMade]) -> str:
    """Runs as the file holds them, a line each."""
    lines = (f"{json.dumps(key)}: {json.dumps(asdict(run))}" for key, run in sorted(runs.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"
