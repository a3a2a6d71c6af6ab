"""A crash loses nothing: what is not saved is written beside, offered at the next start, and equal once restored."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from explorer.data import AUGMENTATIONS
from explorer.network.layers import Conv2d
from explorer.session import Session, left_over
from explorer.session.features import left_overs as keeping
from explorer.session.kept_work import Arrays, Work, read
from explorer.session.left_over import LeftOver, found
from tests.session.doing import Doing
from tests.ui.fakes import make_picture, wait_until_shown

NETWORK = "3x8x8 c1=conv(2, 3, padding=1) batchnorm relu flatten linear(3)"  # batch norm counts in a number of no axes

Open = Callable[..., Session]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "left-overs"


@pytest.fixture
def open_session(folder: Path, qtbot: QtBot) -> Iterator[Open]:
    """Opens sessions that keep their work in `folder` at once; those that are open still are closed at the end."""
    opened: list[Session] = []

    def open_one(text: str = NETWORK, **options: Any) -> Session:
        session = Session(left_overs=folder, keep_every_s=0, **options)
        opened.append(session)
        session.files.new_network(text)
        if len(session.state.network.input_shape) == 3:  # type: ignore[union-attr]
            session.input.use_picture(make_picture(1))
        wait_until_shown(qtbot, session)
        return session

    yield open_one
    assert all([session.close() for session in opened])  # noqa: C419  # each is to be closed


def _files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir()) if folder.exists() else []


def _crash(session: Session, folder: Path) -> None:
    """End the session as a process that is killed: its files lie there as they were, and its lock falls."""
    lay = _contents(folder)
    session.close()
    for name, content in lay.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(content)


def _contents(folder: Path) -> dict[str, bytes]:
    """What lies in a folder in which another thread may be writing."""
    lay: dict[str, bytes] = {}
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):  # written under another name first, which is gone then
            lay[path.name] = path.read_bytes()
    return lay


def _wait_until_kept(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.left_overs.is_up_to_date)


def _is_learned(folder: Path, before: Arrays) -> bool:
    """Whether weights lie in the folder that are others than `before`."""
    kept = [read(path)[1] for path in folder.glob("*.safetensors")]
    return any(not np.array_equal(weights["linear1.weight"], before["linear1.weight"]) for weights in kept)


def _weights(session: Session, qtbot: QtBot) -> Arrays:
    """All weights of the document, as the worker has them."""
    found: list[Arrays] = []
    document = session.state.document
    session.store.ask(Doing(lambda worker, _stop: iter([worker.desk.copied_weights(document)])), found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def _restore(session: Session, qtbot: QtBot) -> None:
    session.left_overs.look_for_left_overs()
    assert session.state.files.offer is not None
    session.left_overs.restore()
    qtbot.waitUntil(lambda: session.state.files.offer is None)
    wait_until_shown(qtbot, session)


def test_what_was_edited_comes_back_equal_with_its_weights_bit_for_bit(
    open_session: Open, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_session()
    path = tmp_path / "mine.json"
    first.files.save_network(path)
    qtbot.waitUntil(lambda: first.state.path == path)
    first.editing.replace_layer("c1", Conv2d(name="c1", out_channels=4, kernel_size=3, padding=1))
    first.learning.set_hyperparameters(learning_rate=0.02, optimizer="Adam")
    first.data.set_augmentations(AUGMENTATIONS[:2])
    wait_until_shown(qtbot, first)
    first.editing.set_cell("bn1.weight", (1,), 0.75)  # no weights that a fresh network has
    _wait_until_kept(qtbot, first)
    document, weights = first.state.document, _weights(first, qtbot)
    _crash(first, folder)

    second = open_session("3x8x8 relu")
    _restore(second, qtbot)
    restored = second.state.document
    apart = {"weights": None, "weight_ids": ()}  # under which the worker knows the weights, as under the layers' ids
    assert replace(restored.under(()), **apart) == replace(document.under(()), **apart)
    assert restored.path == path
    assert second.state.files.unsaved
    came = _weights(second, qtbot)
    assert set(came) == set(weights)
    assert all(came[name].shape == values.shape for name, values in weights.items())
    assert all(came[name].tobytes() == values.tobytes() for name, values in weights.items())


def test_what_was_restored_says_when_it_was_kept(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    """The last of it may have come after."""
    first = open_session()
    first.editing.remove_layer("relu1")
    _wait_until_kept(qtbot, first)
    _crash(first, folder)
    (kept,) = folder.glob("*.safetensors")
    kept_s = time.mktime((2024, 3, 12, 13, 21, 0, 0, 0, -1))
    os.utime(kept, (kept_s, kept_s))
    second = open_session()
    _restore(second, qtbot)
    told = f"Restored as it was kept at 12 March 2024, 13:21: {second.state.document.title} is not saved yet."
    assert second.state.status.notice == told


def test_typed_inputs_targets_and_batches_come_back(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    first = open_session("4 linear(2)")
    first.input.set_values(np.array([1, 2.5, -3, 1e-30], np.float32))
    first.learning.set_target((0.5, -1.0))
    first.learning.add_to_batch()
    first.input.set_cell((1,), 7)
    _wait_until_kept(qtbot, first)
    _crash(first, folder)
    second = open_session()
    _restore(second, qtbot)
    state = second.state
    np.testing.assert_array_equal(state.input.numbers, np.array([1, 7, -3, 1e-30], np.float32))
    assert state.steps.target == (0.5, -1.0)
    np.testing.assert_array_equal(state.steps.batch[0].values, np.array([1, 2.5, -3, 1e-30], np.float32))
    assert state.steps.batch[0].target == (0.5, -1.0)


def test_a_picture_without_a_file_comes_back(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    first = open_session()
    first.input.use_picture(make_picture(5))
    first.input.set_fit("stretch")
    _wait_until_kept(qtbot, first)
    _crash(first, folder)
    second = open_session()
    _restore(second, qtbot)
    assert second.state.input.picture is not None
    np.testing.assert_array_equal(second.state.input.picture.pixels, make_picture(5).pixels)


def test_weights_that_a_run_has_learned_are_kept_while_it_goes_on(
    open_session: Open, folder: Path, qtbot: QtBot
) -> None:
    first = open_session("2 linear(8) tanh linear(2)")
    first.data.use_data("points:moons")
    qtbot.waitUntil(lambda: first.state.data.data_set is not None)
    first.learning.set_hyperparameters(epochs=100_000)
    before = _weights(first, qtbot)
    first.training.train()
    qtbot.waitUntil(lambda: first.state.training.step > 20)
    qtbot.waitUntil(lambda: _is_learned(folder, before))
    assert first.state.training.status == "running"
    _crash(first, folder)
    second = open_session()
    _restore(second, qtbot)
    came = _weights(second, qtbot)
    assert second.state.document.data == "points:moons"
    assert second.state.status.notice.endswith(" is not saved yet. Runs and their curves are not kept.")
    assert not np.array_equal(came["linear1.weight"], before["linear1.weight"])


def test_what_goes_on_changing_is_written_at_most_each_half_minute(
    folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "SOON_S", 0.01)
    now, written = [1000.0], list[float]()
    monkeypatch.setattr(keeping.time, "monotonic", lambda: now[0])
    write = LeftOver.write
    monkeypatch.setattr(LeftOver, "write", lambda *given: (written.append(now[0]), write(*given))[1])
    session = Session(left_overs=folder)
    session.files.new_network(NETWORK)
    due = session.left_overs.findChild(QTimer)
    for after_s, layer in ((0, "relu1"), (10, "flatten1"), (10, "bn1")):
        now[0] += after_s
        session.editing.remove_layer(layer)
        qtbot.waitUntil(lambda: len(written) == 1)
        qtbot.waitUntil(due.isActive if after_s else lambda: not due.isActive())
    assert written == [1000.0]
    assert 20_000 <= due.interval() <= 30_000
    now[0] = 1030.0
    due.timeout.emit()
    qtbot.waitUntil(lambda: written == [1000.0, 1030.0] and session.left_overs.is_up_to_date)
    assert session.close()


def test_after_a_clean_close_nothing_is_left(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    session = open_session()
    session.editing.remove_layer("relu1")
    _wait_until_kept(qtbot, session)
    assert _files(folder) == [".lock", ".safetensors"]
    assert session.close()
    assert _files(folder) == []


def test_after_saving_nothing_is_left(open_session: Open, folder: Path, qtbot: QtBot, tmp_path: Path) -> None:
    session = open_session()
    session.editing.remove_layer("relu1")
    _wait_until_kept(qtbot, session)
    session.files.save_network(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: _files(folder) == [])
    session.editing.undo()
    _wait_until_kept(qtbot, session)
    assert _files(folder) == [".lock", ".safetensors"]


def test_a_network_that_was_only_looked_at_is_not_kept(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    session = open_session()
    session.selection.select(layer="relu1")
    numbers = open_session("4 linear(2)")
    for each in (session, numbers):
        qtbot.waitUntil(lambda each=each: not each.store.runner.is_busy())
        assert each.left_overs.leave() == ""
    assert not folder.exists()


def test_a_session_that_goes_on_is_offered_to_nobody(open_session: Open, qtbot: QtBot) -> None:
    first, second = open_session(), open_session()
    first.editing.remove_layer("relu1")
    _wait_until_kept(qtbot, first)
    second.left_overs.look_for_left_overs()
    assert second.state.files.offer is None


def test_what_one_window_offers_is_not_offered_by_another(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    first = open_session()
    first.editing.remove_layer("relu1")
    _wait_until_kept(qtbot, first)
    _crash(first, folder)
    second, third = open_session(), open_session()
    second.left_overs.look_for_left_overs()
    third.left_overs.look_for_left_overs()
    assert second.state.files.offer is not None
    assert third.state.files.offer is None
    second.left_overs.put_off()
    third.left_overs.look_for_left_overs()
    assert third.state.files.offer is not None


def test_what_was_restored_is_still_there_until_it_is_written_anew(
    open_session: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_session()
    first.editing.remove_layer("relu1")
    _wait_until_kept(qtbot, first)
    _crash(first, folder)
    second = open_session()
    second.left_overs.keep_every_s = 3600
    monkeypatch.setattr(keeping, "SOON_S", 3600)  # the next writing is far away
    _restore(second, qtbot)
    _crash(second, folder)
    third = open_session()
    third.left_overs.look_for_left_overs()
    assert third.state.files.offer is not None
    assert len(found(folder)) == 0  # the third holds it


def test_discarded_work_is_gone_and_the_next_is_offered(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    for _ in range(2):
        crashed = open_session()
        crashed.editing.remove_layer("relu1")
        _wait_until_kept(qtbot, crashed)
        _crash(crashed, folder)
    session = open_session()
    session.left_overs.look_for_left_overs()
    assert session.state.files.offer is not None
    assert session.state.files.offer.more == 1
    session.left_overs.discard()
    assert session.state.files.offer is not None
    session.left_overs.discard()
    assert session.state.files.offer is None
    assert _files(folder) == []


def test_pressing_restore_twice_restores_once(open_session: Open, folder: Path, qtbot: QtBot) -> None:
    for layer in ("relu1", "flatten1"):
        crashed = open_session()
        crashed.editing.remove_layer(layer)
        _wait_until_kept(qtbot, crashed)
        _crash(crashed, folder)
    session = open_session()
    session.left_overs.look_for_left_overs()
    session.left_overs.restore()
    qtbot.waitUntil(lambda: session.state.status.opening is None)
    session.left_overs.restore()
    qtbot.waitUntil(lambda: session.state.status.opening is None and not session.state.status.task)
    assert session.state.files.offer is not None
    assert session.state.files.offer.more == 0
    assert "flatten1" not in session.state.network.names  # type: ignore[union-attr]  # the newest is offered first


def test_a_full_disk_is_said_once(open_session: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    session = open_session()
    said: list[str] = []
    session.changed.connect(
        lambda old, new: said.append(new.status.notice) if old.status.notice != new.status.notice else None
    )

    tried: list[int] = []

    def full(file: int) -> None:
        tried.append(file)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        session.editing.remove_layer("relu1")
        qtbot.waitUntil(lambda: any("no space left" in sentence for sentence in said))
        session.editing.undo()
        session.editing.remove_layer("linear1")
        before = len(tried)
        qtbot.waitUntil(lambda: len(tried) >= before + 2)  # the first may have begun before the edit
    session.editing.redo()
    session.learning.set_hyperparameters(learning_rate=0.5)
    _wait_until_kept(qtbot, session)
    assert sum("no space left" in sentence for sentence in said) == 1


def test_damaged_left_overs_end_in_a_sentence_and_can_be_discarded(
    open_session: Open, folder: Path, qtbot: QtBot
) -> None:
    folder.mkdir()
    (folder / "1-aaaaaaaa.safetensors").write_bytes(b"no tensors")
    session = open_session()
    session.left_overs.look_for_left_overs()
    session.left_overs.restore()
    qtbot.waitUntil(lambda: bool(session.state.status.notice))
    assert session.state.status.notice.endswith(".")
    assert session.state.network is not None
    assert session.state.files.offer is not None
    session.left_overs.discard()
    assert _files(folder) == []


def test_a_process_that_is_told_to_end_keeps_the_newest(
    open_session: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "SOON_S", 3600)
    first = open_session()
    first.left_overs.keep_every_s = 3600
    first.editing.remove_layer("relu1")
    first.left_overs.leave()
    first.close()
    second = open_session()
    _restore(second, qtbot)
    assert second.state.subject.edited.text() == "3x8x8 c1=conv(2, 3, padding=1) batchnorm flatten linear(3)"


def test_work_that_is_removed_while_it_is_written_is_gone(open_session: Open, folder: Path) -> None:
    work, left = Work.of(open_session().state), left_over.begin(folder)
    left.remove()
    left.write(work, {})
    assert _files(folder) == []


def test_a_second_answer_while_the_first_is_written_waits_for_its_turn(
    open_session: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, is_disk_free, begun = open_session(), threading.Event(), list[Work]()
    write = LeftOver.write

    def write_slowly(left: LeftOver, work: Work, weights: Arrays) -> None:
        begun.append(work)
        assert is_disk_free.wait(60)
        write(left, work, weights)

    monkeypatch.setattr(LeftOver, "write", write_slowly)
    session.editing.remove_layer("relu1")
    for _ in range(5):  # asked for more often than the disk can follow
        session.left_overs.keep()
    session.editing.undo()
    session.editing.redo()
    qtbot.waitUntil(lambda: bool(begun) and not session.store.runner.has_requests())
    assert len(begun) == 1
    is_disk_free.set()
    _wait_until_kept(qtbot, session)
    assert _files(folder) == [".lock", ".safetensors"]


def test_a_left_over_lock_alone_is_no_left_over(folder: Path) -> None:
    left = left_over.begin(folder)
    left.let_go()
    assert found(folder) == ()
