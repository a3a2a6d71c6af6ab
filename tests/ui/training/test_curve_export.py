"""Curves as files: what is written can be read back, by rules other than those it was written by."""

from __future__ import annotations

import csv
import errno
import io
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.engine.errors import Cancelled
from explorer.session import Session
from explorer.session.run_curves import EpochFigures, GrowingCurves, RunCurves
from explorer.ui.training.curves import event_file
from explorer.ui.training.curves import tables as curve_export
from explorer.ui.training.curves.saving import NOTHING, CurveSaving
from explorer.ui.training.curves.view import ACCURACY, LOSS, CurvePlot
from explorer.ui.training.shown_runs import ShownRuns
from explorer.writing import FileError
from tests.ui.fakes import make_session
from tests.ui.training.test_curve_plot import make_growing, make_run

LARGE_STEP = 2**40
WRITERS = [curve_export.write_table, curve_export.write_events]


def _nobody(_done: int, _whole: int) -> None:
    """Who is told how far it is, where nobody looks."""


def _table(path: Path, *runs: RunCurves) -> list[dict[str, str]]:
    curve_export.write_table(runs, path, _nobody)
    return list(csv.DictReader(io.StringIO(path.read_text(), newline="")))


def _files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _crc_bit_by_bit(content: bytes) -> int:
    """CRC-32C as its definition says: no table."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def _masked(content: bytes) -> int:
    crc = _crc_bit_by_bit(content)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _records(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        event = content[at + 12 : at + 12 + length]
        assert struct.unpack_from("<I", content, at + 8) == (_masked(content[at : at + 8]),)
        assert struct.unpack_from("<I", content, at + 12 + length) == (_masked(event),)
        yield event
        at += length + 16


def _fields(message: bytes) -> dict[int, object]:
    """A protocol-buffer message by field number, read byte by byte."""
    fields: dict[int, object] = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
        elif kind == 1:
            (value,), at = struct.unpack_from("<d", message, at), at + 8
        elif kind == 5:
            (value,), at = struct.unpack_from("<f", message, at), at + 4
        else:
            assert kind == 2
            size, at = _varint(message, at)
            value, at = message[at : at + size], at + size
        fields[key >> 3] = value
    return fields


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return value, at


def _scalars(content: bytes) -> dict[str, list[tuple[int, float]]]:
    """Steps and values by tag."""
    found: dict[str, list[tuple[int, float]]] = {}
    first, *events = (_fields(record) for record in _records(content))
    assert first[3] == b"brain.Event:2"
    for event in events:
        value = _fields(_fields(event[5])[1])  # type: ignore[arg-type]
        found.setdefault(value[1].decode(), []).append((event[2], value[2]))  # type: ignore[attr-defined,arg-type]
    return found


def test_the_checksum_is_the_one_of_its_standard() -> None:
    rows = np.frombuffer(b"123456789", np.uint8)[None]
    assert event_file.crc32c(rows)[0] == 0xE3069283  # RFC 3720's check value


@given(content=st.binary(min_size=1, max_size=80))
def test_checksums_of_many_rows_are_those_of_each(content: bytes) -> None:
    rows = np.frombuffer(content + content[::-1], np.uint8).reshape(2, -1)
    assert event_file.crc32c(rows).tolist() == [_crc_bit_by_bit(content), _crc_bit_by_bit(content[::-1])]


@given(
    steps=st.lists(st.integers(0, LARGE_STEP), min_size=1, max_size=20, unique=True).map(sorted),
    value=st.floats(width=32, allow_nan=False),
)
def test_events_read_back_as_they_were_written(steps: list[int], value: float) -> None:
    at, values = np.array(steps), np.full(len(steps), value)
    records = b"".join(event_file.scalars("loss/step", at, values, np.full(len(steps), 1.5e9)))
    content = event_file.file_version(1.5e9) + records
    assert _scalars(content)["loss/step"] == [(step, value) for step in steps]


def test_a_runs_event_file_holds_every_step_and_every_epoch(tmp_path: Path) -> None:
    run = make_run(2, 200, first_step=40, parent=1)
    curve_export.write_events((make_run(1), run), tmp_path / "events", _nobody)
    folders = sorted(path.name for path in (tmp_path / "events").iterdir())
    assert folders == ["run-1-SGD-0.01", "run-2-SGD-0.01"]
    (file,) = (tmp_path / "events" / "run-2-SGD-0.01").iterdir()
    assert "tfevents" in file.name
    found = _scalars(file.read_bytes())
    assert [step for step, _ in found["loss/step"]] == list(range(41, 241))
    np.testing.assert_array_equal([value for _, value in found["loss/step"]], run.losses.astype(np.float32))
    assert {tag: len(values) for tag, values in found.items()} == {
        "loss/step": 200,
        "learning rate": 200,
        "loss/training": 20,
        "loss/validation": 20,
        "accuracy/training": 20,
        "accuracy/validation": 20,
    }


@given(
    steps=st.lists(st.integers(0, 300), max_size=12, unique=True).map(sorted),
    values=st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=4),
)
def test_checksums_of_rows_that_differ_in_some_bytes_are_those_of_each(steps: list[int], values: list[bytes]) -> None:
    rows = np.full((len(steps) + 1, 40), 7, np.uint8)
    for row, step in zip(rows, steps, strict=False):
        for value in values:
            row[step % 9 : step % 9 + len(value)] = np.frombuffer(value, np.uint8)
    assert event_file.crc32c(rows).tolist() == [_crc_bit_by_bit(row.tobytes()) for row in rows]


def test_a_table_holds_every_step_with_all_its_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curve_export, "LINES_AT_ONCE", 7)
    run = make_run(steps=20)
    losses = run.losses.copy()
    losses[6] = 1 / 3
    run = replace(run, losses=losses)
    rows = _table(tmp_path / "curves.csv", run, make_run(2, 5))
    assert len(rows) == 25
    assert float(rows[6]["loss"]) == 1 / 3
    assert (rows[9]["epoch"], rows[8]["epoch"]) == ("1", "")
    assert float(rows[9]["val_accuracy"]) == run.epochs[0].val_accuracy
    assert {row["run"] for row in rows} == {"run 1", "run 2"}
    assert [float(row["loss"]) for row in rows[:20]] == run.losses.tolist()


@given(losses=st.lists(st.floats(allow_infinity=True, allow_nan=False), min_size=1, max_size=9))
def test_a_table_reads_back_as_it_was_written(losses: list[float], tmp_path_factory: pytest.TempPathFactory) -> None:
    growing = GrowingCurves(RunCurves(1, 'a, "b"\nc (followed)'))
    for step, loss in enumerate(losses):
        growing.add(step, loss, 0.01 * step)
    run = growing.now
    rows = _table(tmp_path_factory.getbasetemp() / "curves.csv", run)
    assert [(row["run"], int(row["step"]), float(row["loss"])) for row in rows] == [
        (run.label, step, loss) for step, loss in enumerate(losses)
    ]
    assert [float(row["learning_rate"]) for row in rows] == run.rates.tolist()


def test_two_followed_folders_of_one_name_stay_apart(tmp_path: Path) -> None:
    ones = [np.array([float(number)]) for number in (1, 2)]
    runs = tuple(RunCurves(at, "out (followed)", steps=x, losses=x, rates=x) for at, x in enumerate(ones, start=1))
    assert [(row["run"], row["loss"]) for row in _table(tmp_path / "curves.csv", *runs)] == [
        ("out (followed)", "1.0"),
        ("out (followed)-2", "2.0"),
    ]
    curve_export.write_events(runs, tmp_path / "events", _nobody)
    assert sorted(path.name for path in (tmp_path / "events").iterdir()) == ["out-followed", "out-followed-2"]


def test_a_figure_that_was_not_measured_is_empty_in_the_table(tmp_path: Path) -> None:
    growing = GrowingCurves(RunCurves(1, "folder (followed)"))
    growing.add(1, float("nan"), 0.1)
    growing.end_epoch(EpochFigures(1, 1, 0.5))
    (row,) = _table(tmp_path / "curves.csv", growing.now)
    assert (row["run"], row["loss"], row["train_loss"], row["val_loss"]) == ("folder (followed)", "nan", "0.5", "")


@pytest.mark.parametrize("label", ["run 3: AdamW 1e-05, from run 2", "../../evil (followed)", "…"])
def test_a_runs_folder_has_a_name_that_no_file_system_minds(label: str) -> None:
    name = curve_export.folder_name(RunCurves(3, label))
    assert name
    assert not set(name) & set('/\\:*?"<>| ')
    assert not name.startswith(".")


def test_a_folder_that_cannot_be_written_ends_in_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(FileError, match=r"could not be written in .+: [a-z].+\."):
        curve_export.write_events((make_run(),), blocked, _nobody)


@pytest.mark.parametrize("write", WRITERS)
def test_it_tells_how_far_it_is(write: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((curve_export, "LINES_AT_ONCE"), (event_file, "BLOCK")):
        monkeypatch.setattr(owner, name, 7)
    told: list[tuple[int, int]] = []
    write((make_run(), make_run(2)), tmp_path / "curves", lambda *progress: told.append(progress))
    (whole,) = {whole for _, whole in told}
    shares = [done / whole for done, _ in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.8 < shares[-1] <= 1


def _give_up(done: int, whole: int) -> None:
    if done > whole / 2:
        raise Cancelled


@pytest.fixture(params=["cancelled", "full disk"])
def broken_off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """What breaks off the writing of a second run; how that is told."""
    if request.param == "cancelled":
        return Cancelled
    sync, calls = os.fsync, []

    def fail(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 3:  # the first file, its folder, the second file
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", fail)
    return FileError


def test_events_that_are_broken_off_leave_nothing_and_what_was_there(
    broken_off: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_file, "BLOCK", 7)
    older, runs = tmp_path / "run-1-SGD-0.01", (make_run(1), make_run(2))
    older.mkdir()
    (older / "events.older").write_bytes(b"older")
    why = "^$" if broken_off is Cancelled else rf"{tmp_path.name} could not be written in .+: no space left on device\."
    with pytest.raises(broken_off, match=why):
        curve_export.write_events(runs, tmp_path, _give_up if broken_off is Cancelled else _nobody)
    assert _files(tmp_path) == {Path("run-1-SGD-0.01/events.older"): b"older"}
    assert [path.name for path in tmp_path.iterdir()] == ["run-1-SGD-0.01"]


@pytest.mark.parametrize("before", [None, b"older"])
def test_a_table_that_is_broken_off_leaves_the_older_one(
    before: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curve_export, "LINES_AT_ONCE", 7)
    path = tmp_path / "curves.csv"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(Cancelled):
        curve_export.write_table((make_run(), make_run(2)), path, _give_up)
    assert _files(tmp_path) == ({} if before is None else {Path("curves.csv"): before})


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("2 linear(3)", picture=False)
    yield made
    assert made.close()


@pytest.fixture
def plots(session: Session, qtbot: QtBot) -> list[CurvePlot]:
    shown = ShownRuns()
    made = [CurvePlot(session, figure, shown=shown) for figure in (LOSS, ACCURACY)]
    for plot in made:
        qtbot.addWidget(plot)
        plot.resize(400, 200)
        plot.show()
    return made


@pytest.fixture
def saving(session: Session, plots: list[CurvePlot]) -> CurveSaving:
    return CurveSaving(session, ShownRuns(), *plots)


def test_nothing_is_saved_before_there_is_a_run(saving: CurveSaving, session: Session, tmp_path: Path) -> None:
    saving.save_to(tmp_path / "curves.png")
    assert session.state.status.notice == NOTHING
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["curves.png", "curves.svg", "curves.csv"])
def test_a_run_without_steps_leaves_an_older_file_as_it_was(
    name: str, saving: CurveSaving, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "metrics.jsonl").write_text("")
    session.following.follow_run(tmp_path / "run")
    assert [len(run.steps) for run in session.state.watching.runs] == [0]
    (tmp_path / name).write_bytes(b"an older picture")
    saving.save_to(tmp_path / name)
    assert session.state.status.notice == NOTHING
    assert session.exports.names == ()
    assert (tmp_path / name).read_bytes() == b"an older picture"


def test_both_plots_are_saved_side_by_side_at_twice_their_size(
    saving: CurveSaving, plots: list[CurvePlot], session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session.store.set(replace(session.state.watching, runs=(make_run(),)))
    _save(saving, session, tmp_path / "curves.png", qtbot)
    assert session.state.status.notice == "Saved as curves.png."
    with Image.open(tmp_path / "curves.png") as image:
        assert image.width == 2 * sum(plot.canvas.width() for plot in plots)
        assert len(image.convert("RGB").getcolors(1_000_000)) > 20


def test_a_drawing_is_saved_with_its_words(saving: CurveSaving, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session.store.set(replace(session.state.watching, runs=(make_run(),)))
    _save(saving, session, tmp_path / "curves.svg", qtbot)
    root = ElementTree.parse(tmp_path / "curves.svg").getroot()
    words = " ".join("".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Loss" in words
    assert "step" in words
    assert "training ≈ 0." in words
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) + len(
        list(root.iter("{http://www.w3.org/2000/svg}polyline"))
    )


def _save(saving: CurveSaving, session: Session, path: Path, qtbot: QtBot) -> None:
    saving.save_to(path)
    qtbot.waitUntil(lambda: session.exports.names == ())


def test_the_ending_says_how_and_no_ending_means_events(
    saving: CurveSaving, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session.store.set(replace(session.state.watching, runs=(make_run(),)))
    _save(saving, session, tmp_path / "curves.csv", qtbot)
    assert session.state.status.notice == "Saved as curves.csv."
    assert (tmp_path / "curves.csv").read_text().startswith("run,step,loss")
    _save(saving, session, tmp_path / "curves", qtbot)
    assert [path.name for path in (tmp_path / "curves").iterdir()] == ["run-1-SGD-0.01"]


@pytest.mark.parametrize("name", ["curves.csv", "curves.png", "curves"])
def test_an_unwritable_place_is_told(
    name: str, saving: CurveSaving, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session.store.set(replace(session.state.watching, runs=(make_run(),)))
    _save(saving, session, tmp_path / "missing" / name, qtbot)
    assert (
        f"{name} could not be written in {tmp_path / 'missing'}: no such file or directory."
        == session.state.status.notice
    )


def test_a_run_that_goes_on_is_written_as_it_was(
    saving: CurveSaving, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    growing, cut = make_growing(1, 1024), make_growing(2, 40)
    before = [run.now.losses.tolist() for run in (growing, cut)]
    session.store.set(replace(session.state.watching, runs=(growing.now, cut.now)))
    saving.save_to(tmp_path / "curves.csv")
    cut.go_back(11)
    for run in (growing, cut):
        run.add(-1, -1.0, -1.0)
    cut.go_back(0)
    qtbot.waitUntil(lambda: session.state.status.saving is None)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "curves.csv").read_text())))
    for name, losses in zip(("run 1", "run 2"), before, strict=True):
        assert [float(row["loss"]) for row in rows if row["run"] == name] == losses
    assert sum(bool(row["epoch"]) for row in rows) == 102 + 4
