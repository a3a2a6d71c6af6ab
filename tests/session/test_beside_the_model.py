"""What is read or fetched beside the model's thread holds up no maps, and Cancel reaches it alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.data.download import Remote
from explorer.data.sets import cifar10
from explorer.engine.errors import Cancelled
from explorer.engine.model import workbench
from explorer.network.files import NetworkFile, read_network
from explorer.session import Session
from explorer.session.errands import ReadNetwork, ReadPicture, ReadWeights
from explorer.session.jobs.passes import ShowMaps
from explorer.session.lanes import Watch
from explorer.session.worker.aside import aside
from explorer.session.worker.worker import Worker
from tests.session.doing import Doing
from tests.ui.fakes import make_picture, make_session, wait_until_shown

NET = "3x16x16 conv(4, 3, padding=1) relu flatten linear(4)"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(NET)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


class Gate:
    """Holds an errand up until it may go on."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def before(self, run: Any) -> Any:
        def waits(errand: Any, *given: Any) -> Any:
            assert self.open.wait(10)
            return run(errand, *given)

        return waits


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def slow_saves(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved is written once the gate is open."""
    write = workbench.save

    def slow(path: Path, file: NetworkFile, state: Any) -> str:
        assert gate.open.wait(10)
        return write(path, file, state)

    monkeypatch.setattr(workbench, "save", slow)


@pytest.fixture
def slow_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """CIFAR-10 comes from a server that sends one byte and then nothing, for as long as the test lasts."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connections.append(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 170052171\r\n\r\nx")

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        monkeypatch.setattr(cifar10, "REMOTE", replace(cifar10.REMOTE, urls=(address,)))
        assert isinstance(cifar10.REMOTE, Remote)
        yield
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in connections:
        connection.close()


def _is_downloading(session: Session) -> bool:
    progress = session.state.data.progress
    return progress is not None and progress.text.startswith("Downloading") and progress.done == 1


def _explorer_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("explorer")]


@pytest.mark.usefixtures("slow_server")
def test_a_slow_server_holds_up_no_maps_and_cancel_gives_it_up_at_once(session: Session, qtbot: QtBot) -> None:
    session.data.use_data("cifar10")
    qtbot.waitUntil(lambda: _is_downloading(session))
    assert session.state.status.opening is session.state.data.progress
    before = session.state.maps.activations
    session.input.use_picture(make_picture(1))
    qtbot.waitUntil(lambda: session.state.maps.activations is not before and not session.state.maps.computing)
    assert _is_downloading(session)
    session.tasks.cancel()
    assert session.state.data.progress is session.state.status.opening is None
    assert session.state.status.notice == "Opening the data was cancelled."
    qtbot.waitUntil(lambda: "explorer-data" not in _explorer_threads())  # the read that waits was ended


@pytest.mark.usefixtures("slow_server")
def test_cancel_that_is_meant_for_a_download_drops_no_pass_of_an_edit(session: Session, qtbot: QtBot) -> None:
    session.data.use_data("cifar10")
    qtbot.waitUntil(lambda: _is_downloading(session))
    session.editing.replace_layer("conv1", session.state.layer("conv1").with_settings(out_channels=9))
    session.tasks.cancel()
    assert session.state.maps.computing
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    assert session.state.maps.activations.by_name["conv1"].values.shape == (9, 16, 16)


@pytest.mark.usefixtures("slow_server")
def test_closing_ends_within_a_second_whatever_is_downloaded(qtbot: QtBot) -> None:
    session = make_session(NET)
    wait_until_shown(qtbot, session)
    session.data.use_data("cifar10")
    qtbot.waitUntil(lambda: _is_downloading(session))
    assert session.close()  # all threads were joined, which waits half a second for all that is opened
    assert _explorer_threads() == []


def test_a_picture_that_is_read_slowly_can_be_cancelled_and_the_last_one_asked_for_wins(
    session: Session, qtbot: QtBot, gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ReadPicture, "run", gate.before(ReadPicture.run))
    shown = session.state.input.picture
    session.open_path(tmp_path / "a.png")
    assert session.state.status.opening is not None
    assert session.state.status.opening.text == "Opening a.png…"
    session.tasks.cancel()
    assert session.state.status.notice == "Cancelled: opening a.png."
    assert session.state.status.opening is None
    session.open_path(tmp_path / "b.png")
    session.open_path(tmp_path / "c.png")
    gate.open.set()
    qtbot.waitUntil(lambda: session.state.status.opening is None)
    assert session.state.status.notice.startswith("There is no file c.png")
    assert session.state.input.picture is shown


def test_a_picture_shown_meanwhile_is_not_replaced_by_one_that_is_still_read(
    session: Session, qtbot: QtBot, gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ReadPicture, "run", gate.before(ReadPicture.run))
    session.open_path(tmp_path / "a.png")
    session.input.use_picture(make_picture(2))
    gate.open.set()
    wait_until_shown(qtbot, session)
    assert session.state.input.picture is not None
    assert session.state.input.picture.name == "waves 2"
    assert session.state.status.notice == ""


def test_a_network_on_a_slow_disk_is_waited_for_beside_the_window(
    session: Session, qtbot: QtBot, gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ReadNetwork, "run", gate.before(ReadNetwork.run))
    monkeypatch.setattr("explorer.session.features.files.AT_ONCE_S", 0.0)
    (tmp_path / "a.txt").write_text("3x16x16 relu")
    session.open_path(tmp_path / "a.txt")
    assert session.state.status.opening is not None
    assert session.state.status.opening.text == "Opening a.txt…"
    session.tasks.cancel()
    assert session.state.status.notice == "Cancelled: opening a.txt."
    session.open_path(tmp_path / "a.txt")
    gate.open.set()
    qtbot.waitUntil(lambda: session.state.title == "a")
    wait_until_shown(qtbot, session)
    assert session.state.network is not None
    assert session.state.network.text() == "3x16x16 relu"


def test_a_network_that_is_begun_meanwhile_is_not_replaced_by_one_that_is_still_read(
    session: Session, qtbot: QtBot, gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read = threading.Event()

    def run(errand: ReadNetwork, watch: Watch) -> object:
        assert gate.open.wait(10)
        read.set()
        return run_before(errand, watch)

    run_before = ReadNetwork.run
    monkeypatch.setattr(ReadNetwork, "run", run)
    monkeypatch.setattr("explorer.session.features.files.AT_ONCE_S", 0.0)
    (tmp_path / "a.txt").write_text("3x16x16 relu")
    session.open_path(tmp_path / "a.txt")
    session.files.new_network("3x16x16 conv(2, 3)")
    qtbot.waitUntil(lambda: session.state.status.opening is None)
    gate.open.set()
    assert read.wait(10)
    wait_until_shown(qtbot, session)
    assert session.state.network is not None
    assert session.state.network.text() == "3x16x16 conv(2, 3)"


def test_a_network_file_of_the_usual_kind_is_there_at_once(session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("3x16x16 relu")
    session.open_path(tmp_path / "a.txt")
    assert session.state.title == "a"
    assert session.state.status.opening is None


def test_cancelling_other_work_of_the_model_drops_no_pass_that_the_document_needs(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pass of an edit waits behind work that takes long; what is named as worked on is that work."""
    may_end = threading.Event()

    def slow(_worker: Worker, should_stop: Any) -> Iterator[tuple[str, object]]:
        while not should_stop() and not may_end.wait(0.01):
            pass
        yield from ()

    session.store.ask(Doing(slow, "Counting"), lambda _answer: None)
    session.editing.replace_layer("conv1", session.state.layer("conv1").with_settings(out_channels=7))
    session.store.set(replace(session.state.status, task="Counting…"))
    session.tasks.cancel()
    assert session.state.status.notice == "Cancelled: counting."
    wait_until_shown(qtbot, session)
    may_end.set()
    assert session.state.maps.activations is not None
    assert session.state.maps.activations.by_name["conv1"].values.shape == (7, 16, 16)


@pytest.mark.parametrize("is_edited", [True, False])
def test_a_pass_that_is_given_up_leaves_no_maps_of_another_network(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, gate: Gate, is_edited: bool
) -> None:
    monkeypatch.setattr(ShowMaps, "run", gate.before(ShowMaps.run))
    before = session.state.maps.activations
    if is_edited:
        session.editing.replace_layer("conv1", session.state.layer("conv1").with_settings(out_channels=7))
    else:
        session.input.use_picture(make_picture(3))
    assert session.state.maps.computing
    session.tasks.cancel()
    gate.open.set()
    assert not session.state.maps.computing
    if is_edited:
        assert session.state.maps.activations is None
        assert session.state.status.notice.startswith("Cancelled: this network has not run yet")
        session.input.use_picture(make_picture(4))
        wait_until_shown(qtbot, session)
        assert session.state.maps.activations is not None
    else:
        assert session.state.maps.activations is before
        assert session.state.status.notice == "Cancelled: the maps are those of the last whole pass."


def test_a_pass_that_fails_leaves_no_maps_of_another_network(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object) -> Iterator[object]:
        raise RuntimeError("no such kernel")
        yield

    monkeypatch.setattr(ShowMaps, "run", fails)
    before = session.state.maps.activations
    session.input.use_picture(make_picture(3))
    qtbot.waitUntil(lambda: session.state.maps.fault is not None and not session.state.maps.computing)
    assert session.state.maps.activations is before, "its own maps, of the picture before"
    session.files.new_network("3x16x16 conv(2, 3)")
    qtbot.waitUntil(lambda: session.state.maps.fault is not None and not session.state.maps.computing)
    assert session.state.maps.activations is None


def test_weights_on_a_slow_disk_hold_up_no_maps_and_can_be_cancelled(
    session: Session, qtbot: QtBot, gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as a.json.")
    monkeypatch.setattr(ReadWeights, "run", gate.before(ReadWeights.run))
    session.open_path(tmp_path / "a.safetensors")
    assert session.state.status.opening is not None
    assert session.state.status.opening.text == "Reading a.safetensors…"
    before = session.state.maps.activations
    session.input.use_picture(make_picture(3))
    qtbot.waitUntil(lambda: session.state.maps.activations is not before and not session.state.maps.computing)
    session.tasks.cancel()
    assert session.state.status.notice == "Cancelled: reading a.safetensors."
    session.open_path(tmp_path / "a.safetensors")
    gate.open.set()
    qtbot.waitUntil(lambda: session.state.files.undo_text == "load weights from a.safetensors")


@pytest.mark.usefixtures("slow_saves")
def test_a_slow_disk_that_is_written_to_holds_up_no_maps_and_the_last_save_wins(
    session: Session, qtbot: QtBot, gate: Gate, tmp_path: Path
) -> None:
    session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: session.state.status.saving is not None)
    session.editing.replace_layer("conv1", session.state.layer("conv1").with_settings(out_channels=5))
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    assert session.state.maps.activations.by_name["conv1"].values.shape == (5, 16, 16)
    session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: not session.store.runner.has_requests())
    gate.open.set()
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as a.json.")
    assert not session.state.files.unsaved
    assert read_network(tmp_path / "a.json").network.shapes()[0] == (5, 16, 16)


@pytest.mark.usefixtures("slow_saves")
def test_of_several_files_each_is_written_and_what_was_to_follow_the_last_save_follows_it_once(
    session: Session, qtbot: QtBot, gate: Gate, tmp_path: Path
) -> None:
    followed: list[bool] = []
    for name in ("a", "b", "c", "b"):
        session.files.save_network(tmp_path / f"{name}.json", lambda: followed.append((tmp_path / "b.json").exists()))
    qtbot.waitUntil(lambda: session.state.status.saving is not None)
    gate.open.set()
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as b.json.")
    assert followed == [True]
    assert {path.name for path in tmp_path.glob("*.json")} == {"a.json", "b.json", "c.json"}
    assert not session.state.files.unsaved


@pytest.mark.usefixtures("slow_saves")
def test_a_save_that_fails_is_told_also_where_another_one_follows(
    session: Session, qtbot: QtBot, gate: Gate, tmp_path: Path
) -> None:
    session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: session.state.status.saving is not None)
    session.files.save_network(tmp_path / "nowhere" / "b.json")
    session.files.save_network(tmp_path / "c.json")
    gate.open.set()
    qtbot.waitUntil(lambda: session.state.status.notice.endswith(" no such file or directory. Saved as c.json."))
    assert session.state.status.notice.startswith("b.safetensors could not be written in ")


def test_a_save_that_is_given_up_with_a_pass_that_it_waits_for_is_told(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    may_end = threading.Event()

    def slow(_worker: Worker, should_stop: Any) -> Iterator[tuple[str, object]]:
        while not should_stop() and not may_end.wait(0.01):
            pass
        yield from ()

    session.store.ask(Doing(slow, "Counting"), lambda _answer: None)
    session.files.save_network(tmp_path / "a.json")
    session.files.save_network(tmp_path / "b.json")
    session.store.set(replace(session.state.status, task="Counting…"))
    session.tasks.cancel()
    assert session.state.status.notice == "Cancelled: counting. a.json was not written. b.json was not written."
    wait_until_shown(qtbot, session)
    assert not list(tmp_path.iterdir())


def test_a_fault_without_words_is_told_by_its_kind(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_arguments: Any) -> str:
        raise AssertionError

    monkeypatch.setattr(workbench, "save", broken)
    session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: session.state.status.notice == "The program made a mistake: AssertionError.")
    assert session.state.maps.fault is not None
    assert "in broken" in session.state.maps.fault.details


def test_weights_that_had_to_be_called_otherwise_are_told_by_their_name(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"weights of another program")
    session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as a.json; its weights lie in a-2.safetensors.")
    session.files.save_network(tmp_path / "b.json")
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as b.json.")


def test_weights_of_an_opened_network_that_do_not_come_are_waited_for_by_its_maps_alone(
    session: Session, qtbot: QtBot, gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The pass that needs them can be given up, also for that of another network; asked for again, it has them."""
    session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as a.json.")
    saved = session.state.maps.activations
    read = workbench.read_saved

    def slow(path: Path) -> Any:
        assert gate.open.wait(10)
        return read(path)

    monkeypatch.setattr(workbench, "read_saved", slow)
    session.open_path(tmp_path / "a.json")
    session.files.new_network("3x16x16 relu")
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    assert list(session.state.maps.activations.by_name) == ["input", "relu1"]
    session.editing.undo()
    session.tasks.cancel()
    assert session.state.status.notice.startswith("Cancelled")
    gate.open.set()
    session.passes.set_mode("eval")
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    assert saved is not None
    shown = session.state.maps.activations.by_name["linear1"].values
    np.testing.assert_array_equal(shown, saved.by_name["linear1"].values)


def test_work_that_nobody_wants_leaves_no_thread_where_it_ends() -> None:
    """A window that was closed while it read its weights left the thread that read them, for as long as that took."""
    unwanted = threading.Event()

    def work() -> None:
        assert unwanted.wait(10)
        threading.Event().wait(0.05)  # the rest of the file

    def is_unwanted() -> bool:
        unwanted.set()
        return True

    with pytest.raises(Cancelled):
        aside(work, is_unwanted)
    assert not any(thread.name == "explorer-aside" for thread in threading.enumerate())
