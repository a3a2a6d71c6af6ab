"""Network files: they come back whole, and every damaged one is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from explorer.network import Network
from explorer.network.files import NetworkFile, read_network, write_network
from explorer.writing import FileError
from tests.network import strategies

FILE = NetworkFile(
    Network.parse("3x8x8 c1=conv(4, (3, 5), padding=same) leakyrelu(negative_slope=0.2) add(c1, leakyrelu1)"),
    title="A “small” one",
    description="Two lines\nof words.",
    classes=("cat", "Löwe"),
    mean=(0.5, 0.4, 0.3),
    std=(0.2, 0.2, 0.25),
    fit="pad",
    weights="small.safetensors",
    data={"name": "cifar10", "groups": {"animal": ["cat", "dog"]}, "changed": {"flip": {"chance": 0.5}}},
)


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    write_network(tmp_path / "small.json", FILE)
    assert read_network(tmp_path / "small.json") == FILE
    assert [path.name for path in tmp_path.iterdir()] == ["small.json"]


def test_a_file_of_before_has_no_data_and_what_a_later_one_adds_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    write_network(path, FILE)
    content = json.loads(path.read_text())
    assert content["version"] == 1
    path.write_text(json.dumps({name: value for name, value in content.items() if name != "data"}))
    assert read_network(path) == replace(FILE, data={})
    path.write_text(json.dumps({**content, "added later": {"any": 1}}))
    assert read_network(path) == FILE


def test_the_input_that_was_typed_comes_back_number_by_number(tmp_path: Path) -> None:
    path, file = tmp_path / "small.json", NetworkFile(Network.parse("1x2x2 flatten"), fed=(0.1, -17.0, 1e-30, 3.4e38))
    write_network(path, file)
    assert read_network(path) == file
    content = json.loads(path.read_text())
    for fed, sentence in (([1, 2], "fed has 2 numbers; the input has 4, "), (["1"] * 4, "must be a list of numbers")):
        path.write_text(json.dumps({**content, "fed": fed}))
        with pytest.raises(FileError, match=sentence):
            read_network(path)
    path.write_text(json.dumps({name: value for name, value in content.items() if name != "fed"}))
    assert read_network(path).fed == ()


@settings(max_examples=100, deadline=None)
@given(network=strategies.networks())
def test_a_broken_network_is_saved_too(tmp_path_factory: pytest.TempPathFactory, network: Network) -> None:
    path = tmp_path_factory.mktemp("files") / "network.json"
    write_network(path, NetworkFile(network))
    assert read_network(path) == NetworkFile(network)


def test_text_notation_is_read_from_a_text_file(tmp_path: Path) -> None:
    path = tmp_path / "lecture.txt"
    path.write_text("3x32x32  # a picture\nconv(12, 5, padding=2)\nrelu\n")
    assert read_network(path) == NetworkFile(Network.parse("3x32x32 conv(12, 5, padding=2) relu"), title="lecture")
    write_network(path, read_network(path))
    assert path.read_text() == "3x32x32 conv(12, 5, padding=2) relu\n"


def test_every_shorter_piece_of_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    write_network(path, FILE)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(FileError, match=r"small\.json"):
            read_network(path)


def test_a_file_cut_in_half_says_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    write_network(path, FILE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(FileError, match=r"small.json is not a whole network file: .* from line \d+, column \d+ on\."):
        read_network(path)


def _entry(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content.update({name: value})


def _in_layer(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["layers"][0].update({name: value})


DAMAGE: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (_entry("version", 2), "it is of version 2, made by a newer Network Explorer; this one reads up to version 1."),
    (_entry("version", "one"), "its version is 'one', which is not a version number."),
    (
        _entry("format", "something else"),
        "this is not a network file of Network Explorer: a network of another program is built here, ",
    ),
    (_entry("input_shape", [3, -8, 8]), "each at least 1, not 3×−8×8."),
    (_entry("input_shape", "3x8x8"), "it has no input_shape."),
    (_entry("layers", None), "it has no list of layers."),
    (_entry("layers", ["relu"]), "layer 1 is not a table of settings."),
    (_entry("classes", [1, 2]), "classes must be a list of texts."),
    (_entry("mean", [0.1]), "mean has 1 numbers, but the input has 3 channels."),
    (_entry("std", [1, 0, 1]), "std must be above 0 in every channel."),
    (_entry("std", [1, True, 1]), "std must be a list of numbers."),
    (_entry("fit", "squeeze"), "fit is 'squeeze'; it must be one of crop, pad, stretch."),
    (_entry("weights", "../../etc/passwd"), "it must be the name of a file beside this one."),
    (_entry("data", "cifar10"), "data must hold what was chosen by name."),
    (_entry("title", 7), "title must be text."),
    (_in_layer("kind", "Conv9d"), "layer 1 is of the kind 'Conv9d', which this version does not know."),
    (_in_layer("sride", 2), "layer 1 (Conv2d) has a setting 'sride', which this version does not know."),
    (_in_layer("kernel_size", "big"), "kernel_size must be a whole number or a pair such as (3, 5), not 'big'."),
    (_in_layer("kernel_size", [3, 3, 3]), "kernel_size must be a whole number or a pair"),
    (_in_layer("out_channels", 10**4000), "out_channels must be a whole number, not"),
    (_in_layer("groups", 1.5), "groups must be a whole number, not 1.5."),
    (_in_layer("bias", 1), "bias must be True or False, not 1."),
    (_in_layer("name", "a b"), "'a b' is not a name"),
    (_in_layer("name", 3), "name and inputs must be text."),
    (_in_layer("inputs", "c1"), "name and inputs must be text."),
]


@pytest.mark.parametrize(("damage", "sentence"), DAMAGE, ids=[sentence for _, sentence in DAMAGE])
def test_a_damaged_entry_is_named(tmp_path: Path, damage: Callable[[dict[str, Any]], None], sentence: str) -> None:
    path = tmp_path / "small.json"
    write_network(path, FILE)
    content = json.loads(path.read_text())
    damage(content)
    path.write_text(json.dumps(content))
    with pytest.raises(FileError) as caught:
        read_network(path)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("small.json")
    assert str(caught.value).endswith(".")


def test_a_negative_size_of_a_layer_is_opened_and_shown_as_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    write_network(path, FILE)
    content = json.loads(path.read_text())
    content["layers"][0]["out_channels"] = -4
    path.write_text(json.dumps(content))
    problem = read_network(path).network.problems()[0]
    assert (problem.layer, problem.message) == ("c1", "Filters = −4, but it must be at least 1.")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00", "is not a network file: it is not text."),
        (b"", "is not a whole network file"),
        (b"[]", "this is not a network file of Network Explorer: a network of another program is built here, "),
        (b"null", "this is not a network file of Network Explorer: a network of another program is built here, "),
        (b"[" * 100_000, "is not a whole network file"),
        (b'{"format": ' + b"9" * 5000 + b"}", "is not a whole network file"),
    ],
    ids=["bytes", "empty", "list", "null", "deep", "long number"],
)
def test_what_is_no_network_file_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "strange.json"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_network(path)
    assert sentence in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"There is no file gone\.json in "):
        read_network(tmp_path / "gone.json")
    with pytest.raises(FileError, match="is a folder, not a file that can be read to its end"):
        read_network(tmp_path)


def test_a_mistake_in_text_notation_is_told_with_the_file_and_the_place(tmp_path: Path) -> None:
    path = tmp_path / "net.txt"
    path.write_text("3x8x8\nrelu\ncnov(4, 3)")
    with pytest.raises(FileError, match=r"net.txt: There is no layer called 'cnov'.* \(line 3, column 1\)\."):
        read_network(path)


def test_a_missing_folder_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="could not be written"):
        write_network(tmp_path / "gone" / "small.json", FILE)
    assert list(tmp_path.iterdir()) == []


def test_what_was_chosen_for_learning_is_kept(tmp_path: Path) -> None:
    file = NetworkFile(Network.parse("2 linear(2)"), learning={"learning_rate": 0.1, "betas": [0.8, 0.99]})
    write_network(tmp_path / "a.json", file)
    assert read_network(tmp_path / "a.json").learning == {"learning_rate": 0.1, "betas": [0.8, 0.99]}
