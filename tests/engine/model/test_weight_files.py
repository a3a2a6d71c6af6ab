"""Files of weights as people have them: their endings, their checkpoints, and whatever else is called so."""

from __future__ import annotations

import io
import os
import pickle
import random
import re
import zipfile
from argparse import Namespace
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from explorer.data import PictureError, read_picture
from explorer.engine import LoadError
from explorer.engine.model.weights import check_weights, named_as, read_checkpoint, read_weights
from explorer.network.file_names import WEIGHT_SUFFIXES, is_weights, other_model

MUTATIONS = int(os.environ.get("EXPLORER_MUTATIONS", "150"))
STATE = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).state_dict()
NAMES = list(STATE)


def _is_state(given: dict[str, torch.Tensor]) -> bool:
    return list(given) == NAMES and all(torch.equal(given[name], STATE[name]) for name in NAMES)


def test_weights_that_are_missing_are_told_with_the_folder_that_was_looked_into() -> None:
    told = f"The weights are missing: there is no file gone.safetensors in {Path.cwd()}."
    with pytest.raises(LoadError, match=f"^{re.escape(told)}$"):
        read_weights("gone.safetensors")


@pytest.mark.parametrize("ending", WEIGHT_SUFFIXES)
def test_every_ending_of_weights_is_read_whatever_is_inside(tmp_path: Path, ending: str) -> None:
    for name in (f"net{ending}", f"NET{ending.upper()}"):
        assert is_weights(name)
    path = tmp_path / f"net{ending}"
    safetensors.torch.save_file(STATE, path)
    assert read_weights(path).keys() == STATE.keys()
    if ending != ".safetensors":
        torch.save(STATE, path)
        assert _is_state(read_weights(path))


def test_a_file_whose_name_is_no_utf8_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"net\xff.safetensors")
    try:
        path.write_bytes(safetensors.torch.save(STATE))
    except (OSError, UnicodeEncodeError):
        pytest.skip("Files have names in Unicode here.")
    given = read_weights(path)
    assert given.keys() == STATE.keys()
    assert all(torch.equal(given[name], STATE[name]) for name in NAMES)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LoadError, match="is not a whole safetensors file"):
        read_weights(path)


@pytest.mark.parametrize(
    "content",
    [
        {"state_dict": STATE, "epoch": 3, "optimizer_states": [{"state": {0: {"step": torch.ones(1)}}}]},
        {"model_state_dict": STATE, "optimizer_state_dict": {"state": {}, "param_groups": [{"lr": 0.1}]}, "loss": 0.5},
        {"model": STATE, "ema": {"0.weight": torch.zeros(4, 3)}},
        {"net": STATE, "acc": 93.1},
        {"generator": STATE, "epoch": 3},
        STATE | {"epoch": 3},
        {"epoch": 3, "model_ema": STATE},
        {"checkpoint": {"state_dict": STATE, "epoch": 3}},
        {"model": STATE, "args": Namespace(lr=0.1, data=Path("a"))},
        {"state_dict": STATE, "best": np.float64(0.9), "seen": np.int64(3), "where": Path("a/b")},
    ],
    ids=[
        "lightning",
        "tutorial",
        "with averages",
        "short name",
        "one table alone",
        "beside numbers",
        "averages alone",
        "a level down",
        "settings",
        "numpy and paths",
    ],
)
@pytest.mark.parametrize("is_old", [False, True], ids=["zip", "old format"])
def test_checkpoints_are_read_as_the_weights_in_them(tmp_path: Path, content: dict[str, Any], is_old: bool) -> None:
    torch.save(content, tmp_path / "a.pt", _use_new_zipfile_serialization=not is_old)
    assert _is_state(read_weights(tmp_path / "a.pt"))


def test_how_the_model_was_made_is_read_beside_its_weights(tmp_path: Path) -> None:
    content = {"state_dict": STATE, "hyper_parameters": {"classes": 4}, "args": Namespace(classes=3, depth=2)}
    torch.save(content, tmp_path / "a.ckpt")
    assert read_checkpoint(tmp_path / "a.ckpt").arguments == {"classes": 4, "depth": 2}


@pytest.mark.parametrize("wrapper", ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."])
def test_names_of_a_wrapped_model_fit_by_name(wrapper: str) -> None:
    """In another order too, and without the counters that older files do without."""
    given = {f"{wrapper}{name}": STATE[name] for name in reversed(NAMES) if "num_batches" not in name}
    found = named_as(STATE, given).state
    assert {name: value.shape for name, value in found.items()} == {
        name: STATE[name].shape for name in NAMES if "num_batches" not in name
    }


def _numbered(*layers: nn.Module, before: str = "") -> dict[str, torch.Tensor]:
    """A Sequential's weights, sorted by their names as text, as safetensors has them."""
    return {f"{before}{name}": value for name, value in sorted(nn.Sequential(*layers).state_dict().items())}


def _named(*layers: nn.Module) -> dict[str, torch.Tensor]:
    names = OrderedDict((f"layer{letter}", layer) for letter, layer in zip("abcdefghijklm", layers, strict=False))
    return nn.Sequential(names).state_dict()


@pytest.mark.parametrize("before", ["", "net.", "module.net."])
def test_numbered_layers_are_those_of_the_network_in_the_order_of_their_numbers(before: str) -> None:
    """Of twelve that are all alike too: as text, 10 comes before 2."""
    layers = [nn.Linear(3, 3, bias=False) for _ in range(12)]
    named = named_as(_named(*layers), _numbered(*layers, before=before))
    check_weights(_named(*layers), named, source="a")
    assert all(torch.equal(named.state[name], value) for name, value in _named(*layers).items())


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ((nn.Linear(3, 5), nn.Linear(5, 2)), "0.weight is 5 × 3 there, but layera.weight needs 4 × 3."),
        ((nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 6)), "2.weight is 6 × 4 there, but layerb.weight needs 2 × 4."),
        ((nn.Linear(3, 4),), "layerb.weight is missing."),
        ((nn.Linear(3, 4, bias=False), nn.Linear(4, 2)), "layera.bias is missing."),
        ((nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 2)), "the network has no 2.bias."),
        ((nn.PReLU(4), nn.Linear(4, 2)), "0.weight is 4 there, but layera.weight needs 4 × 3."),
    ],
)
def test_numbered_layers_that_do_not_fit_are_named_with_both_shapes(
    layers: tuple[nn.Module, ...], sentence: str
) -> None:
    expected = _named(nn.Linear(3, 4), nn.Linear(4, 2))
    with pytest.raises(LoadError, match=f"^{re.escape(f'The weights in a do not fit: {sentence}')}$"):
        check_weights(expected, named_as(expected, _numbered(*layers)), source="a")


@pytest.mark.parametrize("name", ["layera.0.weight", f"{'9' * 5000}.weight", "0.a.weight", "net.layers.0.weight"])
def test_other_names_are_told_as_they_are(name: str) -> None:
    with pytest.raises(LoadError, match=r"do not fit: layera\.weight is missing\.$"):
        check_weights(_named(nn.Linear(3, 4)), named_as(_named(nn.Linear(3, 4)), {name: torch.zeros(4, 3)}), source="a")


def test_a_tensor_that_its_layer_here_does_not_have_is_told_under_both_names() -> None:
    expected = _named(nn.Linear(3, 4, bias=False))
    with pytest.raises(LoadError, match=r"the network has no layera\.bias, 0\.bias there\.$"):
        check_weights(expected, named_as(expected, _numbered(nn.Linear(3, 4))), source="a")


class _Runs:
    """A pickle that would make a folder of its own as soon as it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("mkdir ran_by_a_pickle",)


def _script() -> bytes:
    content = io.BytesIO()
    with pytest.warns(DeprecationWarning, match="torch.jit"):
        torch.jit.save(torch.jit.script(nn.Linear(2, 2)), content)
    return content.getvalue()


def _archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return content.getvalue()


def _saved(content: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"", "is empty"),
        (lambda: random.Random(3).randbytes(500), "is not a PyTorch file"),
        (lambda: b"hello world\n", "is not a PyTorch file"),
        (lambda: b"0.", "is not a PyTorch file"),
        (lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", "git lfs pull"),
        (lambda: b"<!DOCTYPE html><html>", "is a web page"),
        (_script, r"is a program of TorchScript: .*torch\.jit\.load"),
        (lambda: _archive("exp/archive_format"), r"is a program of torch\.export"),
        (lambda: _archive("a.txt"), "is an archive, but none of PyTorch's"),
        (lambda: _saved(STATE)[:-300], "is not a whole PyTorch file"),
        (lambda: _saved(nn.Linear(2, 2)), r"holds more than weights \(torch\.nn\.modules\.linear\.Linear\)"),
        (lambda: _saved({"state_dict": STATE, "args": partial(print)}), r"\(functools\.partial\) and would run code"),
        (lambda: _saved(_Runs()), r"\((posix|nt)\.system\) and would run code"),
        (lambda: pickle.dumps({"w": np.zeros(3)}), r"\(numpy\..*\) and would run code"),
        (lambda: pickle.dumps({"w": [1.0]}), "is not a whole PyTorch file, or holds other things"),
        (lambda: _saved([STATE["0.weight"]]), "holds no table of weights"),
        (lambda: _saved({}), "holds no table of weights"),
        (lambda: _saved({"d": STATE, "g": STATE}), r"several tables of weights \(d, g\)"),
        (lambda: _saved({"w": torch.eye(2).to_sparse()}), "w is sparse"),
        (lambda: _saved({"w": torch.zeros(2, dtype=torch.complex64)}), "w is complex"),
    ],
)
def test_what_is_no_table_of_weights_is_told_with_the_way_that_works(
    tmp_path: Path, content: Any, sentence: str
) -> None:
    path = tmp_path / "given.pt"
    path.write_bytes(content())
    with pytest.raises(LoadError, match=sentence) as caught:
        read_weights(path)
    assert_is_a_sentence_of_ours(str(caught.value))
    is_told = "writes a file that is read" in str(caught.value)
    assert is_told or sentence in ("git lfs pull", "is a web page") or "save" in str(caught.value).lower()


def assert_is_a_sentence_of_ours(text: str) -> None:
    assert text.startswith("given.") or "given." in text
    assert text.endswith(".")
    assert len(text) < 400
    assert not [word for word in ("weights_only", "\n", "\x1b", "miniz", "Error") if word in text]


@pytest.mark.parametrize("kind", ["zip", "old format", "safetensors"])
def test_damaged_files_are_weights_or_a_sentence(tmp_path: Path, kind: str) -> None:
    """EXPLORER_MUTATIONS=10000 tries ten thousand of each kind instead of some."""
    path = tmp_path / ("given.safetensors" if kind == "safetensors" else "given.pt")
    if kind == "safetensors":
        safetensors.torch.save_file(STATE, path)
    else:
        torch.save({"model": STATE, "epoch": 1}, path, _use_new_zipfile_serialization=kind == "zip")
    whole, rng, refused = path.read_bytes(), random.Random(kind), 0
    for _ in range(MUTATIONS):
        path.write_bytes(_damaged(whole, rng))
        try:
            given = read_weights(path)
        except LoadError as error:
            refused += 1
            assert_is_a_sentence_of_ours(str(error))
        else:
            assert all(isinstance(value, torch.Tensor) for value in given.values())
    assert refused > MUTATIONS / 10


def _damaged(whole: bytes, rng: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(min(len(content), rng.choice((64, 1024, len(content)))))
        way = rng.randrange(4)
        if way == 0:
            content[at] = rng.randrange(256)
        elif way == 1:
            content[at] ^= 1 << rng.randrange(8)
        elif way == 2:
            del content[at : at + rng.choice((1, 7, 100))]
        else:
            content[at:at] = rng.randbytes(rng.choice((1, 8)))
        if not content:
            break
    return bytes(content)


@pytest.mark.parametrize(
    "ending",
    [".h5", ".keras", ".tflite", ".pkl", ".PB", ".mlpackage", ".msgpack", ".pdparams", ".caffemodel"],
)
def test_a_model_of_another_program_is_told_with_the_way_that_works(ending: str) -> None:
    assert "save model.state_dict() as .pt or .safetensors" in other_model(f"net{ending}")


@pytest.mark.parametrize("kind", ["zip", "old format", "safetensors"])
@pytest.mark.parametrize("name", ["net", "net.state_dict", "epoch=3.weights"])
def test_weights_under_any_other_name_are_told_what_to_call_them(tmp_path: Path, kind: str, name: str) -> None:
    path, ending = tmp_path / name, ".safetensors" if kind == "safetensors" else ".pt"
    if kind == "safetensors":
        safetensors.torch.save_file(STATE, path)
    else:
        torch.save(STATE, path, _use_new_zipfile_serialization=kind == "zip")
    assert not is_weights(path)
    with pytest.raises(PictureError) as refused:
        read_picture(path)
    assert (
        str(refused.value)
        == f"{name} holds weights, not a picture: let its name end in {ending}, and it is opened as such."
    )
    called = path.rename(tmp_path / f"{name}{ending}")
    assert is_weights(called)
    assert read_weights(called).keys() == STATE.keys()


def test_pictures_are_no_models() -> None:
    assert [other_model(name) for name in ("a.png", "a.tif", "a.npz", "a", "a.json", "a.pt")] == [""] * 6
