"""Networks and texts of any size end in a network or in a sentence, soon."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.bounds import SENTENCE_LETTERS
from explorer.network import Network, NetworkError
from explorer.network.files import FORMAT, FileError, read_network
from explorer.network.layers import ReLU
from explorer.network.shape import MOST_CONNECTIONS, MOST_LAYERS

LONG_TEXTS = (
    "x" * 250_000,
    "3x8x8 " + "x" * 250_000,
    "3x8x8 relu(" + "1" * 250_000 + "a)",  # digits that end in a letter: a careless pattern tries all their halves
    "3x8x8 " + "1x" * 100_000,
    "3x8x8 conv(" + "1," * 100_000,
    "3x8x8 conv('" + "x" * 250_000 + "')",
    "3x8x8 conv(3, 3, " + "s" * 250_000 + "=2)",
    "3x8x8 add(" + "relu" * 60_000 + ")",
    "3x8x8 " + "n" * 250_000 + "=relu",
    "3x8x8 " + "=" * 250_000,
    "3x8x8 " + "(" * 250_000,
    "QUJD" * 2_500_000,
)


def _content(**others: Any) -> dict[str, Any]:
    return {"format": FORMAT, "version": 1, "input_shape": [3, 8, 8], "layers": []} | others


@pytest.mark.parametrize("text", LONG_TEXTS, ids=lambda text: text[:24])
def test_a_long_text_ends_in_a_short_sentence(text: str) -> None:
    with pytest.raises(NetworkError) as told:
        Network.parse(text)
    assert len(str(told.value)) < SENTENCE_LETTERS


def test_as_many_layers_as_the_window_shows_are_read_and_more_are_refused_with_the_number() -> None:
    assert len(Network.parse("3x8x8 " + "relu " * MOST_LAYERS).layers) == MOST_LAYERS == 1000
    with pytest.raises(NetworkError, match=r"A network has up to 1,000 layers; more are not shown \(line 1, column"):
        Network.parse("3x8x8 " + "relu " * (MOST_LAYERS + 1))
    with pytest.raises(NetworkError, match=r"A network has up to 1,000 layers, not 100,000; more are not shown\."):
        Network((3, 8, 8), (ReLU(),) * 100_000)


def test_pasting_does_not_lead_beyond_it() -> None:
    network = Network.parse("3x8x8 " + "relu " * 700)
    with pytest.raises(NetworkError, match="up to 1,000 layers, not 1,100"):
        network.paste("relu " * 400, 10)


def test_the_connections_of_a_network_are_counted() -> None:
    merge = f"add({', '.join(['relu1'] * (MOST_CONNECTIONS // 2))}) "
    assert len(Network.parse(f"3x8x8 relu {merge * 2}").layers) == 3
    with pytest.raises(NetworkError, match="name 10,001 inputs; at most 10,000 are shown"):
        Network.parse(f"3x8x8 relu {merge * 2} add(relu1)")


def test_a_fix_is_made_when_it_is_asked_for() -> None:
    """A thousand faults would otherwise make a thousand networks of as many layers."""
    problems = Network.parse("3x8x8 " + "same=relu " * MOST_LAYERS).problems()
    assert len(problems) == MOST_LAYERS - 1
    fix = problems[-1].fix
    assert fix is not None
    assert "network" not in vars(fix)
    assert fix.network.names[-2:] == ("same", "relu1")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (_content(title="t" * 10**6), "title has 1,000,000 letters; at most 300 are shown"),
        (_content(description="d" * 10**6), "description has 1,000,000 letters; at most 20,000 are shown"),
        (_content(classes=["c" * 10**6]), "classes must be up to 200,000 texts of up to 300 letters"),
        (_content(classes=["c"] * 200_001), "classes must be up to 200,000 texts of up to 300 letters"),
        (_content(fit="f" * 10**6), "fit is 'ffff"),
        (_content(weights="w" * 10**6 + "/"), "weights is 'wwww"),
        (_content(version="v" * 10**6), "its version is 'vvvv"),
        (_content(mean=[10**400, 0, 0]), "mean must be a list of numbers"),
        (_content(layers=[{"kind": "ReLU"}] * 100_000), "up to 1,000 layers, not 100,000"),
        (_content(layers=[{"kind": "k" * 10**6}]), "is of the kind 'kkkk"),
        (_content(layers=[{"kind": "ReLU", "s" * 10**6: 1}]), "has a setting 'ssss"),
        (_content(layers=[{"kind": "ReLU", "name": "n" * 10**6}]), r"The name 'nnnn.*has 1,000,000 letters"),
        (_content(layers=[{"kind": "Conv2d", "padding": "p" * 10**6}]), "padding must be a whole number"),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_what_is_long_in_a_network_file_is_refused_in_a_short_sentence(
    tmp_path: Path, content: dict[str, Any], told: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content))
    with pytest.raises(FileError, match=told) as refused:
        read_network(path)
    assert len(str(refused.value)) < SENTENCE_LETTERS


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 10**6], ids=lambda text: text[:6])
def test_what_is_nested_deeply_or_endless_is_no_network_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(FileError, match=r"x.json is not a whole network file"):
        read_network(tmp_path / "x.json")


@pytest.mark.skipif(os.name != "posix", reason="pipes with names and device files are of POSIX systems")
@pytest.mark.parametrize("ending", [".json", ".txt"])
def test_a_pipe_a_device_and_gigabytes_are_refused_unread(tmp_path: Path, ending: str) -> None:
    pipe, endless, huge = (tmp_path / f"{name}{ending}" for name in ("pipe", "endless", "huge"))
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    with huge.open("wb") as file:
        file.truncate(3 << 30)
    for path, told in ((pipe, "is a pipe"), (endless, "is a device"), (huge, "holds 3.22 GB")):
        with pytest.raises(FileError, match=told):
            read_network(path)
