"""Readings of a training run and of its data: the same numbers as a run has, made once, and never a download."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.data.catalogue import DATA_SETS, open_data
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.run_by_hand import make_run
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import ENDING
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.script import Scene
from explorer.lessons.staging.staged import Staged
from explorer.network import Network

POINTS = Scene(
    "points",
    network="2 linear(8) tanh linear(3)",
    data="points:blobs",
    loss="cross_entropy",
    learning={"learning_rate": 0.1, "batch_size": 16},
    epochs=2,
)


def _read(text: str, scene: Scene = POINTS) -> object:
    return evaluate(parse_reading(text), Staged(scene))


def test_a_run_of_a_scene_is_the_programs_own() -> None:
    network = Network.parse("2 linear(8) tanh linear(3)")
    chosen = Hyperparameters("cross_entropy", learning_rate=0.1, batch_size=16, epochs=2)
    made = make_run(network.build(), open_data("points:blobs"), chosen, input_shape=(2,))
    assert len(made.epochs) == 2
    assert _read("run.loss[1]") == made.losses[0]
    assert _read("run.val_accuracy[2]") == made.epochs[1].val_accuracy
    assert _read("run.train_loss[1]") == made.epochs[0].train_loss
    assert _read("run.stopped_at") == 0


def test_the_model_on_the_stage_is_not_trained() -> None:
    staged = Staged(POINTS)
    before = staged.stage.before["linear1.weight"].copy()
    evaluate(parse_reading("run.loss[1]"), staged)
    assert (evaluate(parse_reading("linear1.weight"), staged) == before).all()


def test_a_run_that_ran_away_says_at_which_step() -> None:
    wild = Scene("wild", network=POINTS.network, data=POINTS.data, loss="mse", learning={"learning_rate": 1e20})
    stopped = _read("run.stopped_at", wild)
    assert isinstance(stopped, int)
    assert 1 <= stopped < 20


def test_data_are_counted() -> None:
    assert _read("data.train") == len(open_data("points:blobs").train)
    assert _read("data.classes") == 3
    assert _read("data.share[0] + data.share[1] + data.share[2] == 1") is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("run.loss[99999]", "was not made: steps go from 1 to"),
        ("run.val_accuracy[0]", "was not made: epochs go from 1 to 2"),
        ("run.val_acuracy[1]", "val_accuracy, perhaps"),
        ("data.tain", "train, perhaps"),
    ],
)
def test_what_a_run_has_not_is_told(text: str, words: str) -> None:
    with pytest.raises(ReadingError, match=words):
        _read(text)


def test_data_that_would_have_to_be_downloaded_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network, too: nothing is asked for."""
    path = tmp_path / f"far{ENDING}"
    path.write_text(
        'format = "network-explorer lesson"\nversion = 1\nid = "far"\ntitle = "Far"\n[scene.far]\n'
        'network = "3x32x32 flatten linear(10)"\ndata = "cifar10"\n[[step]]\nid = "one"\ntitle = "One"\n'
        '[step.ask]\nquestion = "How many?"\nreading = "data.train"\n',
        encoding="utf-8",
    )
    cifar = next(each for each in DATA_SETS if each.card.name == "cifar10")
    monkeypatch.setattr(type(cifar), "is_here", lambda _self: False)
    (told,) = Lesson.read(path).check()
    assert str(told).startswith(f'far{ENDING}, line 7, scene "far": cifar10 is not on this computer; open it in the')
    assert "textures" in told.message


def test_data_that_there_are_not_are_told_with_those_there_are() -> None:
    with pytest.raises(ReadingError, match="no data called 'texture'; of those that come along there are textures"):
        _read("data.train", Scene("none", network=POINTS.network, data="texture"))


def test_a_run_that_would_take_an_hour_is_not_made() -> None:
    huge = Scene(
        "huge", network="3x32x32 conv(512, 9, padding=4) flatten linear(10)", data="textures", loss="cross_entropy"
    )
    with pytest.raises(ReadingError, match="its run would take"):
        _read("run.loss[1]", huge)
