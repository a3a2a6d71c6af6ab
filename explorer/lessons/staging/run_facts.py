"""What can be read of a training run and of the data it learns from. A run is made once, however often it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from explorer.amounts import count
from explorer.bounds import quoted
from explorer.data.catalogue import DATA_SETS, open_data
from explorer.data.data_set import DataError, DataSet
from explorer.engine.errors import EngineError
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.run_by_hand import RunMade, make_run
from explorer.engine.training.snapshot import Snapshot
from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.script import Scene
from explorer.lessons.staging.stage import Stage

MOST_RUN_MULTIPLY_ADDS = 10**11
"""Of a whole run, forwards alone: half a minute or so. More is not made without being asked."""


def data_of(stage: Stage) -> DataSet:
    """The scene's data. Nothing is downloaded: whoever wants to does that in the program."""
    name = stage.scene.data
    if not name:
        raise ReadingError("there are no data: the scene names some, such as data = 'textures'")
    entry = next((each for each in DATA_SETS if each.card.name == name), None)
    here = ", ".join(each.card.name for each in DATA_SETS if not each.card.needs_download)
    if entry is None:
        raise ReadingError(f"there are no data called {quoted(name)}; of those that come along there are {here}")
    if not entry.is_here():
        raise ReadingError(f"{name} is not on this computer; open it in the program first, or use one of {here}")
    return _opened(name)


@lru_cache(maxsize=4)
def _opened(name: str) -> DataSet:
    try:
        return open_data(name)
    except DataError as error:
        raise ReadingError(str(error)) from error


_runs: dict[tuple[object, ...], RunMade] = {}


def run_of(stage: Stage) -> RunMade:
    """The run of the scene; one that was made before is not made again."""
    scene = stage.scene
    key = (stage.network.text(), _what_it_is_of(scene))
    if key not in _runs:
        _runs[key] = _made(stage)
    return _runs[key]


def _what_it_is_of(scene: Scene) -> str:
    """All of a scene that a run depends on, beside the network."""
    return repr((scene.network, scene.weights, scene.seed, scene.data, scene.epochs, scene.loss, scene.learning))


def _made(stage: Stage) -> RunMade:
    data, scene = data_of(stage), stage.scene
    work = sum(stage.network.multiply_adds()) * len(data.train) * scene.epochs
    if work > MOST_RUN_MULTIPLY_ADDS:
        most = count(MOST_RUN_MULTIPLY_ADDS)
        raise ReadingError(f"its run would take {count(work)} multiplications; a lesson makes up to {most}")
    if stage.network.runnable() < len(stage.network.names):
        raise ReadingError(stage.why_not(stage.network.names[stage.network.runnable()]))
    chosen = replace(stage.learning or Hyperparameters(), loss=scene.loss, epochs=scene.epochs, seed=scene.seed)
    try:
        return make_run(stage.model, data, chosen, input_shape=stage.network.input_shape)
    except (EngineError, DataError) as error:
        raise ReadingError(str(error)) from error


def losses_of(stage: Stage) -> Sequence[float]:
    """The loss of each step: of the run where there are data, else of the passes."""
    return run_of(stage).losses if stage.scene.data else stage.passes.losses


RUN_FACTS: Mapping[str, Callable[[Stage], Value]] = {"stopped_at": lambda stage: run_of(stage).stopped_at}
"""Of a whole run."""

EPOCH_FACTS: Mapping[str, Callable[[Snapshot], float | None]] = {
    "train_loss": lambda snapshot: snapshot.train_loss,
    "train_accuracy": lambda snapshot: snapshot.train_accuracy,
    "val_loss": lambda snapshot: snapshot.val_loss,
    "val_accuracy": lambda snapshot: snapshot.val_accuracy,
}
"""Of each epoch, counted from 1."""

DATA_FACTS: Mapping[str, Callable[[DataSet], Value]] = {
    "train": lambda data: len(data.train),
    "test": lambda data: 0 if data.test is None else len(data.test),
    "classes": lambda data: len(data.classes),
    "share": lambda data: data.train.counts() / len(data.train),
}
"""Of the data: how many examples to learn from and to be tested on, how many classes, and the share of each."""
