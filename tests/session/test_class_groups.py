"""Grouped classes in a session: undo, runs, what a network means, cures, and what is kept of them."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.data import ClassGroup
from explorer.data.augment import Crop, Flip
from explorer.data.grouping import one_against_the_rest
from explorer.network import Network
from explorer.network.files import NetworkFile, read_network, write_network
from explorer.session import Session, kept_work
from explorer.session.document import Document
from explorer.session.kept_work import Work
from explorer.ui.debugger.settings_row import aim_of
from explorer.writing import FileError
from tests.ui.fakes import make_session, wait_until_recorded

GROUPS = (ClassGroup("low", ("0", "1")), ClassGroup("high", ("2", "3")))


def rows(path: Path) -> str:
    """Rows whose mean grows with their class, 0 to 3, two hundred of them."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 4
    np.savez(path, x=(rng.normal(size=(200, 5)) * 0.1 + labels[:, None] - 1.5).astype(np.float32), y=labels)
    return str(path)


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    made = make_session("5 linear(1)")
    made.learning.set_hyperparameters(epochs=4, batch_size=20, learning_rate=0.2)
    made.data.use_data(rows(tmp_path / "rows.npz"))
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=60_000)
    yield made
    assert made.close()


def classes(session: Session) -> tuple[str, ...]:
    data = session.state.data.data_set
    assert data is not None
    return data.classes


def test_grouping_is_one_entry_of_undo_and_the_data_follow_it(session: Session) -> None:
    session.data.group_classes(GROUPS)
    assert classes(session) == session.state.classes == ("low", "high")
    assert session.state.data.problem is None
    assert session.state.files.undo_text == "group classes"
    session.editing.undo()
    assert classes(session) == ("0", "1", "2", "3")
    assert session.state.data.problem is not None
    session.editing.redo()
    assert classes(session) == ("low", "high")
    session.data.group_classes(())
    assert classes(session) == session.state.classes == ("0", "1", "2", "3")


def test_one_neuron_is_offered_two_groups_first_and_then_more_outputs(session: Session) -> None:
    problem = session.state.data.problem
    assert problem is not None
    assert [cure.label for cure in problem.cures] == [
        "Group the classes: 0 against the rest",
        "Give the last layer 4 outputs",
    ]
    session.data.fit_to_data()
    assert classes(session) == ("the rest", "0")
    assert session.state.data.problem is None
    session.editing.undo()
    session.data.fit_to_data(1)
    assert session.state.network is not None
    assert session.state.network.shapes()[-1] == (4,)
    assert session.state.classes == ("0", "1", "2", "3")


def test_the_debuggers_target_of_one_neuron_is_called_as_the_group(session: Session, qtbot: QtBot) -> None:
    """It was "class 0", the only one."""
    session.data.group_classes(GROUPS)
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    aim = aim_of(session.state)
    assert (aim.classes, aim.values in (0, 1), aim.is_chosen) == (("low", "high"), True, False)
    for wanted in (1, 0):
        session.learning.set_target(wanted)
        wait_until_recorded(qtbot, session)
        aim = aim_of(session.state)
        assert (aim.classes[int(aim.values or 0)], aim.is_chosen) == (("low", "high")[wanted], True)
        assert session.state.steps.timeline is not None
        assert np.ravel(session.state.steps.timeline.target).tolist() == [wanted]


def test_one_neuron_learns_the_groups_with_binary_cross_entropy(session: Session, qtbot: QtBot) -> None:
    session.data.group_classes(GROUPS)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    run, judged = session.state.watching.runs[-1], session.state.watching.judged
    assert run.loss == "bce_with_logits"
    assert judged is not None
    assert judged.evaluation.accuracy > 0.9
    assert set(judged.labels.tolist()) == {0, 1}


def test_other_groups_end_a_run(session: Session, qtbot: QtBot) -> None:
    session.data.group_classes(GROUPS)
    session.learning.set_hyperparameters(epochs=100_000)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 3, timeout=60_000)
    session.data.group_classes((ClassGroup("0", ("0",)), ClassGroup("1", ("1",))))
    assert session.state.training.status == "ended"
    assert "Other data" in session.state.training.message
    assert len(session.state.data.data_set.train) == 80


def test_a_trained_network_means_what_it_was_trained_on(session: Session, qtbot: QtBot) -> None:
    session.data.group_classes(GROUPS)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    session.data.group_classes(())
    assert session.state.classes == ("low", "high")


def test_groups_that_cannot_be_learned_are_said_and_change_nothing(session: Session) -> None:
    before = session.state.document
    session.data.group_classes((ClassGroup("all", ("0", "1", "2", "3")),))
    assert "two groups" in session.state.status.notice
    assert session.state.document is before


def test_other_data_have_no_groups_of_these(session: Session, qtbot: QtBot) -> None:
    session.data.group_classes(GROUPS)
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.document.data == "points:moons", timeout=60_000)
    assert session.state.document.class_groups == ()
    assert classes(session) == session.state.data.opened.data.classes
    told = "The groups low and high are let go: Points: moons has no class 0, 1, 2 and 1 more. Undo brings them back."
    assert session.state.status.notice == told


def test_data_that_were_moved_keep_the_groups(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.data.group_classes(GROUPS)
    moved = rows(tmp_path / "moved.npz")
    session.data.use_data(moved)
    qtbot.waitUntil(lambda: session.state.document.data == moved, timeout=60_000)
    assert session.state.document.class_groups == GROUPS
    assert classes(session) == ("low", "high")


def test_moved_data_keep_groups_that_leave_a_class_out(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    some = (ClassGroup("low", ("0",)), ClassGroup("high", ("2", "3")))
    session.data.group_classes(some)
    moved = rows(tmp_path / "moved.npz")
    session.data.use_data(moved)
    qtbot.waitUntil(lambda: session.state.document.data == moved, timeout=60_000)
    assert session.state.document.class_groups == some
    assert len(session.state.data.data_set.train) == 120


def test_one_against_the_rest_is_kept_where_there_are_other_classes(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.data.group_classes(one_against_the_rest(("0", "1", "2", "3"), "1"))
    labels = np.arange(150) % 3
    np.savez(tmp_path / "three.npz", x=np.eye(5, dtype=np.float32)[labels], y=labels)
    three = str(tmp_path / "three.npz")
    session.data.use_data(three)
    qtbot.waitUntil(lambda: session.state.document.data == three, timeout=60_000)
    assert session.state.document.class_groups == one_against_the_rest(("0", "1", "2"), "1")
    assert classes(session) == ("the rest", "1")
    assert session.state.data.data_set.train.counts().tolist() == [80, 40]


def test_the_same_data_opened_again_are_grouped_as_before(session: Session, qtbot: QtBot) -> None:
    session.data.group_classes(GROUPS)
    opened = session.state.data.opened
    session.data.use_data(session.state.document.data)
    qtbot.waitUntil(lambda: session.state.data.opened is not opened, timeout=60_000)
    assert classes(session) == ("low", "high")


def test_they_are_among_the_work_that_a_crash_must_not_take(session: Session, tmp_path: Path) -> None:
    session.data.group_classes(GROUPS)
    path = tmp_path / "left-over.safetensors"
    path.write_bytes(b"".join(bytes(part) for part in kept_work.content(Work.of(session.state), {})))
    work, _ = kept_work.read(path)
    assert work.document.class_groups == GROUPS


def test_a_saved_network_has_them_when_it_is_opened_again(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.data.group_classes(GROUPS)
    session.data.set_augmentations((Crop(padding=2),))
    before, path = session.state.document, tmp_path / "grouped.json"
    assert session.state.files.unsaved
    session.files.save_network(path)
    qtbot.waitUntil(lambda: session.state.path == path, timeout=60_000)
    assert not session.state.files.unsaved
    other = Session()
    try:
        other.files.open_network(path)
        qtbot.waitUntil(lambda: other.state.subject.is_open, timeout=60_000)
        opened = other.state.document
        assert (opened.data, opened.class_groups) == (before.data, GROUPS)
        assert opened.augmentations == (Crop(padding=2),)
        other.data.use_data(opened.data)
        qtbot.waitUntil(lambda: other.state.data.data_set is not None, timeout=60_000)
        assert classes(other) == ("low", "high")
        assert not other.state.files.unsaved
    finally:
        assert other.close()


def test_of_other_open_data_nothing_is_learned(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.data.group_classes(GROUPS)
    session.files.save_network(tmp_path / "grouped.json")
    qtbot.waitUntil(lambda: session.state.path is not None, timeout=60_000)
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.document.data == "points:moons", timeout=60_000)
    session.files.open_network(tmp_path / "grouped.json")
    qtbot.waitUntil(lambda: session.state.document.class_groups == GROUPS, timeout=60_000)
    assert session.state.data.data_set is None
    session.training.train_one_step()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=60_000)
    assert classes(session) == ("low", "high")


def test_nobody_sees_the_data_without_their_groups(session: Session, qtbot: QtBot) -> None:
    session.data.group_classes(GROUPS)
    seen: list[tuple[str, ...]] = []
    session.changed.connect(lambda _old, new: seen.append(new.data.data_set.classes if new.data.data_set else ()))
    opened = session.state.data.opened
    session.data.use_data(session.state.document.data)
    qtbot.waitUntil(lambda: session.state.data.opened is not opened, timeout=60_000)
    assert set(seen) == {("low", "high")}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"name": 7}, "the name of its data is 7"),
        ({"groups": ["a"]}, "must each be told by name"),
        ({"groups": {"a": "b"}}, "the group 'a' must be a list of classes"),
        ({"changed": {"melt": {}}}, "no change of pictures 'melt'; there are flip, crop, rotate, brightness"),
        ({"changed": {"flip": {"odds": 1}}}, "which this version does not know"),
        ({"changed": {"flip": {"chance": 2}}}, "chance of flip is 2, but has to be from 0 to 1"),
        ({"changed": {"flip": {"chance": "1"}}}, "chance of flip is '1', but has to be from 0 to 1"),
    ],
)
def test_what_cannot_have_been_chosen_is_refused(written: dict[str, object], sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "strange.json"
    write_network(path, NetworkFile(Network.parse("5 linear(1)"), data=written))
    with pytest.raises(FileError) as caught:
        Document.opened(read_network(path), path)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("strange.json: ")


def test_what_a_crash_left_of_an_older_version_has_them_too(session: Session, tmp_path: Path) -> None:
    """There they stood beside the network's file."""
    session.data.group_classes(GROUPS)
    whole = b"".join(bytes(part) for part in kept_work.content(Work.of(session.state), {}))
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + length])
    told = header["__metadata__"]
    file, rest = json.loads(told["network-explorer"]), json.loads(told["left-over"])
    rest |= {"data": file.pop("data")["name"], "class_groups": [["low", ["0", "1"]], ["high", ["2", "3"]]]}
    rest["augmentations"] = [{"name": "flip", "chance": 0.25}]
    told |= {"network-explorer": json.dumps(file), "left-over": json.dumps(rest)}
    text = json.dumps(header).encode()
    path = tmp_path / "left-over.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + whole[8 + length :])
    document = kept_work.read(path)[0].document
    assert (document.data, document.class_groups) == (session.state.document.data, GROUPS)
    assert document.augmentations == (Flip(0.25),)


def test_text_notation_holds_a_network_whose_data_were_chosen_but_no_groups(session: Session) -> None:
    plain = Document(session.state.subject, title=session.state.title)
    assert replace(plain, data="points:moons").fits_in_text
    chosen = replace(plain, data="points:moons", classes=("upper", "lower"))
    assert chosen.fits_in_text
    assert chosen.is_saved_as(plain)
    assert not replace(chosen, has_fresh_weights=False).is_saved_as(replace(plain, has_fresh_weights=False))
    assert not replace(plain, data="points:moons", class_groups=GROUPS).fits_in_text
