"""Reading and writing networks with their weights; nothing that can run code, nothing half written."""

from __future__ import annotations

import errno
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from torch import nn

import explorer
from explorer.engine import EngineError, LoadError
from explorer.engine.model.load import load, save
from explorer.network import Network
from explorer.network.files import NetworkFile, read_network

TEXT = "3x8x8 conv(4, 3, padding=1) batchnorm relu flatten linear(5)"
NETWORK = Network.parse(TEXT)
FILE = NetworkFile(NETWORK, title="small", classes=("a", "b", "c", "d", "e"), mean=(0.5,) * 3, std=(0.25,) * 3)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    save(path, FILE, NETWORK.build(seed=7).state_dict())
    return path


@pytest.mark.parametrize("name", explorer.bundled())
def test_bundled_networks_load_by_name_in_eval_mode(name: str) -> None:
    loaded = load(name)
    assert not loaded.model.training
    x = torch.zeros(1, *loaded.network.input_shape)
    assert loaded.model(x).shape[1:] == loaded.network.shapes()[-1]


def test_what_was_saved_comes_back(saved: Path) -> None:
    loaded = load(saved)
    assert (loaded.network, loaded.title, loaded.classes) == (NETWORK, "small", FILE.classes)
    for name, value in NETWORK.build(seed=7).state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], value)


def test_text_notation_loads_with_fresh_weights_or_those_of_another_file(tmp_path: Path, saved: Path) -> None:
    (tmp_path / "net.txt").write_text(TEXT)
    assert load(tmp_path / "net.txt").network == NETWORK
    loaded = load(tmp_path / "net.txt", weights=saved.with_suffix(".safetensors"))
    assert torch.equal(loaded.model.conv1.weight, load(saved).model.conv1.weight)


def test_pytorch_files_are_read_as_weights_only(tmp_path: Path, saved: Path) -> None:
    state = NETWORK.build(seed=3).state_dict()
    torch.save({"state_dict": state, "epoch": 3}, tmp_path / "weights.pt")
    assert torch.equal(load(saved, weights=tmp_path / "weights.pt").model.conv1.weight, state["conv1.weight"])


class Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, ("touch harmed",))


def test_a_file_that_would_run_code_is_refused(tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.pt").write_bytes(pickle.dumps(Harmful()))
    torch.save(nn.Linear(2, 2), tmp_path / "module.pt")
    for name in ("bad.pt", "module.pt"):
        with pytest.raises(LoadError, match="would run code"):
            load(saved, weights=tmp_path / name)
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda weights: weights.unlink(), "The weights are missing: there is no file small.safetensors in "),
        (lambda weights: weights.write_bytes(weights.read_bytes()[:200]), "small.safetensors is not a whole"),
        (lambda weights: weights.write_bytes(b""), "small.safetensors is not a whole"),
        (lambda weights: weights.write_text("no weights at all"), "small.safetensors is not a whole"),
    ],
)
def test_missing_and_damaged_weights_are_a_sentence(saved: Path, spoil: object, sentence: str) -> None:
    spoil(saved.with_suffix(".safetensors"))  # type: ignore[operator]
    with pytest.raises(LoadError, match=sentence) as caught:
        load(saved)
    assert str(caught.value).endswith(".")


def test_weights_that_do_not_fit_name_the_tensor_and_both_shapes(saved: Path) -> None:
    saved.write_text(saved.read_text().replace('"out_features": 5', '"out_features": 6'))
    with pytest.raises(LoadError) as caught:
        load(saved)
    assert str(caught.value) == (
        "The weights in small.safetensors do not fit: linear1.weight is 5 × 256 there, but the network needs 6 × 256."
    )


def test_missing_and_surplus_tensors_are_named(saved: Path, tmp_path: Path) -> None:
    state = NETWORK.build().state_dict()
    torch.save({name: value for name, value in state.items() if name != "conv1.bias"}, tmp_path / "less.pt")
    torch.save(state | {"conv9.bias": torch.zeros(1)}, tmp_path / "more.pt")
    with pytest.raises(LoadError, match=r"conv1\.bias is missing"):
        load(saved, weights=tmp_path / "less.pt")
    with pytest.raises(LoadError, match=r"the network has no conv9\.bias"):
        load(saved, weights=tmp_path / "more.pt")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing", "There is no network called 'nothing': give a file, or one of cifar10"),
        ("weights.safetensors", "holds weights without a network"),
    ],
)
def test_an_unknown_name_is_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(LoadError, match=sentence):
        load(name)


def test_a_network_file_cut_in_half_is_a_sentence(saved: Path) -> None:
    saved.write_text(saved.read_text()[:100])
    with pytest.raises(LoadError, match=r"small\.json is not a whole network file"):
        load(saved)


def test_an_input_that_no_memory_holds_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text("300000000000")
    with pytest.raises(EngineError, match=r"Nothing of this network can run\. input: The input would take 1\.09 TiB"):
        load(tmp_path / "net.txt")


def test_a_folder_that_cannot_be_written_leaves_the_old_pair_whole(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in saved.parent.iterdir()}

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("explorer.writing.not_through_links", refuse)
    with pytest.raises(LoadError, match="could not be written"):
        save(saved, FILE, NETWORK.build(seed=9).state_dict())
    assert {path.name: path.read_bytes() for path in saved.parent.iterdir()} == before


def test_a_network_file_that_cannot_be_written_leaves_the_old_weights(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, calls = os.fsync, []

    def fail(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    before = {path.name: path.read_bytes() for path in saved.parent.iterdir()}
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(LoadError, match=r"small\.json could not be written in .*: no space left on device"):
        save(saved, FILE, NETWORK.build(seed=9).state_dict())
    assert {path.name: path.read_bytes() for path in saved.parent.iterdir()} == before


def test_a_save_that_is_cut_off_between_its_two_files_is_read_as_the_new_pair(saved: Path) -> None:
    """The weights take their place first, and carry the network that they belong to."""
    older = saved.read_bytes()
    network = Network.parse("3x8x8 conv(6, 3) relu flatten linear(2)")
    state = network.build(seed=9).state_dict()
    save(saved, NetworkFile(network, title="new"), state)
    saved.write_bytes(older)
    loaded = load(saved)
    assert (loaded.network, loaded.title) == (network, "new")
    assert torch.equal(loaded.model.state_dict()["conv1.weight"], state["conv1.weight"])
    assert read_network(saved).remark == (
        "small.json and small.safetensors were not saved together: this is the network that the weights belong to."
    )
    saved.unlink()  # the first save of a network, cut off
    assert load(saved.with_suffix(".safetensors")).network == network


def test_a_network_file_that_was_edited_by_hand_is_read_with_its_weights(saved: Path) -> None:
    saved.write_text(saved.read_text().replace('"title": "small"', '"title": "mine"'))
    assert load(saved).title == "mine"
    assert read_network(saved).remark == ""


def test_weights_of_somebody_else_beside_the_network_are_not_replaced(tmp_path: Path) -> None:
    foreign = tmp_path / "model.safetensors"
    foreign.write_bytes(b"weights of another program")
    states = [NETWORK.build(seed=seed).state_dict() for seed in (7, 8)]
    for state in states:
        save(tmp_path / "model.json", FILE, state)
        assert torch.equal(load(tmp_path / "model.json").model.conv1.weight, state["conv1.weight"])
    assert foreign.read_bytes() == b"weights of another program"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "model-2.safetensors",
        "model.json",
        "model.safetensors",
    ]


def test_a_pair_of_an_older_version_is_read_and_saved_over(saved: Path) -> None:
    state = NETWORK.build(seed=7).state_dict()
    safetensors.torch.save_file(state, saved.with_suffix(".safetensors"))
    saved.write_text(re.sub(r',\n  "weights_digest": "\w+"', "", saved.read_text()))
    assert "digest" not in saved.read_text()
    assert torch.equal(load(saved).model.conv1.weight, state["conv1.weight"])
    save(saved, FILE, NETWORK.build(seed=8).state_dict())
    assert sorted(path.name for path in saved.parent.iterdir()) == ["small.json", "small.safetensors"]


def test_a_network_is_not_saved_under_a_name_of_weights(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"ends in \.json\."):
        save(tmp_path / "a.safetensors", FILE, NETWORK.build().state_dict())
    assert not list(tmp_path.iterdir())


def test_pictures_are_prepared_by_the_rule_of_the_file(saved: Path, tmp_path: Path) -> None:
    loaded = load(saved)
    pixels = np.full((8, 8, 3), 255, dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "white.png")
    for picture in (tmp_path / "white.png", str(tmp_path / "white.png"), Image.fromarray(pixels), pixels):
        x = loaded.prepare(picture)
        assert x.shape == (1, 3, 8, 8)
        assert torch.equal(x, torch.full((1, 3, 8, 8), 2.0))


def test_numbers_are_prepared_for_networks_of_numbers() -> None:
    loaded = load("two-two-two")
    assert torch.equal(loaded.prepare([1, 2]), torch.tensor([[1.0, 2.0]]))
    with pytest.raises(EngineError, match="takes 2 numbers, not 3"):
        loaded.prepare([1, 2, 3])


def test_importing_the_package_imports_neither_torch_nor_qt() -> None:
    code = (
        "import sys, explorer, explorer.engine, explorer.engine.model.load; explorer.bundled(); explorer.Network; "
        "assert not {'torch', 'PySide6'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_public_names_are_all_there() -> None:
    for name in explorer.__all__:
        if name != "view":  # imports Qt
            assert getattr(explorer, name)
    with pytest.raises(AttributeError, match="nonsense"):
        explorer.nonsense  # noqa: B018
