"""Readings of a training run and of its data: the same numbers as a run has, made once, and never a download."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data.catalogue import DATA_SETS, open_data
from explorer.engine.training import run_by_hand
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.run_by_hand import make_run
from explorer.lessons.checking import rehearsed
from explorer.lessons.file_names import ENDING
from explorer.lessons.lesson import Lesson
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.script import Scene
from explorer.lessons.shelf import lesson_named, lessons
from explorer.lessons.staging import runs
from explorer.lessons.staging.changing import set_up
from explorer.lessons.staging.runs import RunWanted, kept_runs, key_of, run_of, runs_left
from explorer.lessons.staging.stage import Stage
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


def test_groups_are_learned_as_classes() -> None:
    """As the program groups them; the run of one group is another run."""
    scene = replace(POINTS, network="2 linear(4) tanh linear(1) sigmoid", groups=("rest=*", "B=B"), loss="bce")
    assert _read("data.classes", scene) == 2
    assert _read("data.share[0]", scene) == pytest.approx(266 / 400, abs=0.01)
    other = replace(scene, groups=("rest=*", "A=A"))
    assert key_of(Stage(scene)) != key_of(Stage(other))
    assert _read("run.loss[1]", scene) != _read("run.loss[1]", other)


def test_groups_that_are_none_are_told() -> None:
    with pytest.raises(ReadingError, match="no class"):
        _read("data.share[0]", replace(POINTS, groups=("rest=*", "D=D")))
    with pytest.raises(ReadingError, match="NAME=class"):
        _read("data.train", replace(POINTS, groups=("D",)))


def test_the_confusion_of_a_run_is_that_of_its_guesses() -> None:
    data = open_data("points:blobs")
    assert data.test is not None
    counts = _read("run.confusion")
    assert isinstance(counts, np.ndarray)
    assert counts.sum(axis=1).tolist() == data.test.counts().tolist()
    assert np.trace(counts) / counts.sum() == pytest.approx(_read("run.val_accuracy[2]"))
    shares = np.diagonal(counts) / counts.sum(axis=1)
    assert _read("run.val_balanced_accuracy[2]") == pytest.approx(shares.mean())
    assert _read("run.confusion[1,1]") == counts[1, 1]
    with pytest.raises(ReadingError, match="lies outside"):
        _read("run.confusion[3,0]")


def test_a_run_without_an_epoch_has_no_confusion() -> None:
    wild = Scene("wild", network=POINTS.network, data=POINTS.data, loss="mse", learning={"learning_rate": 1e20})
    with pytest.raises(ReadingError, match="no epoch ended"):
        _read("run.confusion[0,0]", wild)


def test_equal_neurons_stay_equal_and_others_do_not() -> None:
    equal = replace(POINTS, weights={"linear1.weight": 0.3, "linear1.bias": 0, "linear2.weight": 0.1})
    assert _read("spread(linear1.weight)", equal) == 0
    assert _read("spread(linear1.weight)") > 0
    still = replace(equal, data="", weights={"linear1.weight": [[0, 0], [0, 3]] * 4})
    assert _read("spread(linear1.weight)", still) == 3
    with pytest.raises(ReadingError, match=r"there is no weight conv1\.weight"):
        _read("spread(conv1.weight)")


def test_what_the_card_knows_is_read_without_opening_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening the patches takes longer than a step of a lesson may."""

    def fail(*_given: object, **_named: object) -> None:
        raise AssertionError("data were opened")

    monkeypatch.setattr("explorer.data.catalogue.open_data", fail)
    scene = Scene("spirals", network=POINTS.network, data="points:spirals", loss="cross_entropy")
    assert [_read(f"data.{fact}", scene) for fact in ("train", "test", "classes")] == [400, 200, 3]


def _textures() -> Stage:
    lesson = lesson_named("train-a-convnet")
    assert lesson is not None
    return set_up(lesson.script.scenes["one-filter"]).stage


def test_the_runs_of_the_lessons_come_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for one to be made, whichever step is opened."""

    def fail(*_given: object, **_named: object) -> None:
        raise AssertionError("a run was made")

    monkeypatch.setattr(run_by_hand, "make_run", fail)
    asked: set[str] = set()

    def key(stage: Stage) -> str:
        asked.add(key_of(stage))
        return key_of(stage)

    monkeypatch.setattr(runs, "key_of", key)
    for lesson in lessons():
        if any(scene.data for scene in lesson.script.scenes.values()):
            assert not rehearsed(lesson.script).mistakes
    assert asked == set(kept_runs())
    assert len(asked) >= 17


def test_a_run_that_comes_along_is_what_training_gives() -> None:
    stage = _textures()
    chosen = replace(stage.learning, loss=stage.scene.loss, epochs=1, seed=0)
    made = make_run(stage.model, runs.data_of(stage), chosen, input_shape=(3, 32, 32))
    kept = kept_runs()[key_of(stage)]
    np.testing.assert_allclose(kept.losses, made.losses, rtol=0.02)  # sums in another order on another computer
    assert kept.epochs[0].val_accuracy == pytest.approx(made.epochs[0].val_accuracy, abs=0.03)


def test_where_runs_are_left_a_missing_one_is_told_and_none_is_made() -> None:
    other = replace(POINTS, learning={"learning_rate": 0.05})
    with runs_left(), pytest.raises(RunWanted) as wanted:
        _read("run.loss[1]", other)
    assert wanted.value.stage.scene is other
    made = run_of(Stage(other))
    with runs_left():
        assert _read("run.loss[1]", other) == made.losses[0]


def test_every_number_of_the_weights_makes_it_another_run() -> None:
    """Also one in the midst of so many that their printed form leaves it out."""
    weights = np.ones((200, 2))
    scene = Scene("wide", network="2 linear(200) tanh linear(3)", data=POINTS.data, weights={"linear1.weight": weights})
    others = weights.copy()
    others[100, 0] = 2
    assert key_of(Stage(scene)) == key_of(Stage(scene.with_weight("linear1.weight", weights.copy())))
    assert key_of(Stage(scene)) != key_of(Stage(scene.with_weight("linear1.weight", others)))


def test_how_far_a_run_is_is_told_and_ends_it_where_that_is_wished() -> None:
    class Enough(Exception):
        pass

    told: list[float] = []

    def tell(share: float) -> None:
        told.append(share)
        if len(told) == 3:
            raise Enough

    with pytest.raises(Enough):
        run_of(Stage(replace(POINTS, learning={"learning_rate": 0.07})), tell)
    assert told == sorted(told)
    assert 0 < told[0] < told[2] < 1
