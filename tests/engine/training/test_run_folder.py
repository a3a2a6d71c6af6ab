"""A run's folder: written line by line, read while it is, whole again after a stop."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.training.run_folder import METRICS, MetricsWriter, RunFolder, begin_metrics, held, write_settings
from explorer.writing import FileError


def entries(first: int, last: int) -> list[dict]:
    return [{"step": step, "loss": 1 / step} for step in range(first, last + 1)]


def write(folder: Path, lines: list[dict]) -> None:
    with MetricsWriter(folder) as metrics:
        for line in lines:
            metrics.write(line)


@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_however_the_file_grows_each_entry_is_read_once(cuts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    content = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries(1, 12))
    reader, read, done = RunFolder(folder), [], 0
    for cut in [*sorted(min(cut, len(content)) for cut in cuts), len(content)]:
        with (folder / METRICS).open("ab") as file:
            file.write(content[done:cut])
        done = cut
        read += reader.read_new()
    assert read == entries(1, 12)


def test_a_folder_without_a_run_has_nothing_new(tmp_path):
    reader = RunFolder(tmp_path / "nowhere")
    assert reader.read_new() == ()
    assert reader.settings() == {}


def test_what_comes_after_is_read_and_nothing_twice(tmp_path):
    begin_metrics(tmp_path)
    reader = RunFolder(tmp_path)
    write(tmp_path, entries(1, 3))
    assert list(reader.read_new()) == entries(1, 3)
    assert reader.read_new() == ()
    write(tmp_path, entries(4, 4))
    assert list(reader.read_new()) == entries(4, 4)


def test_a_run_that_goes_on_from_before_is_read_again_from_its_first_step(tmp_path):
    begin_metrics(tmp_path)
    reader = RunFolder(tmp_path)
    write(tmp_path, entries(1, 9))
    reader.read_new()
    begin_metrics(tmp_path, step=5)
    write(tmp_path, entries(6, 20))
    assert list(reader.read_new()) == entries(1, 20)


def test_the_entry_that_a_killed_process_did_not_write_is_filled_in(tmp_path):
    write(tmp_path, entries(1, 4))
    with (tmp_path / METRICS).open("ab") as file:
        file.write(b'{"step": 5, "lo')
    begin_metrics(tmp_path, step=5, line={"step": 5, "loss": 0.2})
    assert list(RunFolder(tmp_path).read_new()) == entries(1, 5)


def test_a_new_run_begins_with_nothing(tmp_path):
    write(tmp_path, entries(1, 4))
    begin_metrics(tmp_path)
    assert RunFolder(tmp_path).read_new() == ()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_has_no_number_for_is_null(tmp_path, value):
    write(tmp_path, [{"step": 1, "loss": value}])
    assert RunFolder(tmp_path).read_new() == ({"step": 1, "loss": None},)


def test_settings_are_read_as_they_were_written(tmp_path):
    write_settings(tmp_path, {"data": "textures", "classes": ["Gänseblümchen"]})
    assert RunFolder(tmp_path).settings() == {"data": "textures", "classes": ["Gänseblümchen"]}
    (tmp_path / "run.json").write_text('{"data": ')
    assert RunFolder(tmp_path).settings() == {}


def test_a_run_tells_its_version_and_one_of_a_newer_is_refused(tmp_path):
    write_settings(tmp_path, {"data": "textures"})
    written = json.loads((tmp_path / "run.json").read_text())
    assert (written["format"], written["version"]) == ("network-explorer run", 1)
    RunFolder(tmp_path).require_known()
    for version in (2, 99, "two", None, True):
        (tmp_path / "run.json").write_text(json.dumps(written | {"version": version}))
        with pytest.raises(FileError, match=r"made by a newer Network Explorer; this one reads up to version 1\."):
            RunFolder(tmp_path).require_known()


def test_a_run_of_the_first_version_which_wrote_none_is_read(tmp_path):
    (tmp_path / "run.json").write_text('{"data": "textures"}')
    RunFolder(tmp_path).require_known()
    assert RunFolder(tmp_path).settings() == {"data": "textures"}
    (tmp_path / "run.json").unlink()
    RunFolder(tmp_path).require_known()


@pytest.mark.skipif(sys.platform == "win32", reason="links are made by those who may alone")
def test_metrics_are_not_written_through_a_link_of_somebody_else(tmp_path):
    precious, folder = tmp_path / "precious", tmp_path / "run"
    precious.write_text("precious")
    folder.mkdir()
    (folder / METRICS).symlink_to(precious)
    with pytest.raises(OSError, match="symbolic"):
        MetricsWriter(folder)
    begin_metrics(folder)
    with MetricsWriter(folder) as metrics:
        metrics.write({"step": 1})
    assert list(RunFolder(folder).read_new()) == [{"step": 1}]
    assert precious.read_text() == "precious"


@pytest.mark.skipif(sys.platform == "win32", reason="there are other locks")
def test_a_folder_in_which_one_trains_is_no_one_elses(tmp_path):
    with held(tmp_path), pytest.raises(FileError, match="Another process is training in"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_a_long_file_is_read_a_piece_at_a_time_and_no_line_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.engine.training.run_folder.PIECE_BYTES", 256)
    begin_metrics(tmp_path)
    with MetricsWriter(tmp_path) as writer:
        for entry in entries(1, 50):
            writer.write(entry)
    reader = RunFolder(tmp_path)
    assert 0 < len(reader.read_new()) < 50
    assert reader.is_behind
    assert list(RunFolder(tmp_path).read_whole()) == entries(1, 50)
