"""The pictures that come along: all there, named by subject, and nothing asks the network for them."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from explorer.data import SAMPLES, Sample, read_sample
from explorer.data.samples import SUBJECTS


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a sample picture asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_read_without_the_network(sample: Sample) -> None:
    picture = read_sample(sample.name)
    assert picture.name == sample.title
    assert picture.path is None
    assert min(picture.width, picture.height) >= 64
    assert sample.subject in SUBJECTS
    assert sample.origin


def test_names_and_titles_are_different_for_each_sample() -> None:
    assert len({sample.name for sample in SAMPLES}) == len({sample.title for sample in SAMPLES}) == len(SAMPLES)


def test_both_subjects_are_there_in_one_piece_each() -> None:
    subjects = [sample.subject for sample in SAMPLES]
    assert subjects == sorted(subjects, key=SUBJECTS.index)
    assert set(subjects) == set(SUBJECTS)


def test_an_unknown_sample_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        read_sample("unicorn")


def test_reading_a_sample_does_not_import_scikit_image() -> None:
    code = "import explorer.data as d, sys; d.read_sample('cat'); assert 'skimage' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
