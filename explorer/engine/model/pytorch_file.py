"""PyTorch's own files, read with `weights_only=True`: tables of weights, also those inside of checkpoints.

What cannot be read is told in sentences of ours, which say what the file is and what to do: PyTorch's own
advise switching its safety off.
"""

from __future__ import annotations

import io
import pickletools
import re
import warnings
import zipfile
from argparse import Namespace
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, TypeGuard

import numpy as np
import torch
from torch import Tensor

from explorer.bounds import Refused, brief, open_regular
from explorer.engine.declared_memory import check_declared
from explorer.engine.errors import LoadError

SAVE_IT = "in Python, torch.save(model.state_dict(), …) writes a file that is read"
AVERAGES = ("model_ema", "ema_state_dict", "state_dict_ema", "ema_model", "params_ema", "ema")
TABLES = ("state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "params", *AVERAGES)
"""The names under which checkpoints keep weights, the most certain first, and averages where nothing else is there."""

ARGUMENTS = ("hyper_parameters", "model_args", "model_kwargs", "init_args", "hparams", "config", "args", "opt")
"""Under which they keep how the model was made."""

_BEGINNINGS = {
    b"version https://git-lfs": "is a note of Git LFS in place of the file: fetch it with git lfs pull",
    b"<!doctype html": "is a web page, not the file that was to be loaded: load it once more",
    b"<html": "is a web page, not the file that was to be loaded: load it once more",
    b"\x89HDF": "is an HDF5 file, whose weights are not read: save them with PyTorch or safetensors",
}
_NUMBER = np.float64(0).__reduce__()[0]  # what makes a number of numpy's: it has moved between versions
HARMLESS: list[Any] = [
    Namespace,
    np.dtype,
    *{type(np.dtype(code)) for code in np.typecodes["AllInteger"] + np.typecodes["Float"] + "?"},
    *((_NUMBER, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")),
    *((PurePosixPath, f"pathlib{inner}.PosixPath") for inner in ("", "._local")),
    *((PureWindowsPath, f"pathlib{inner}.WindowsPath") for inner in ("", "._local")),
]
"""What checkpoints keep beside weights and PyTorch does not know: settings, an accuracy as numpy's number, a path. None
of them does anything but hold what it is given."""

_PICKLE, _ZIP = b"\x80", b"PK"
_LOOKED_AT_BYTES = 2**20
_GLOBAL = re.compile(r"GLOBAL ([\w.]+)")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The weights in a file, by name, and what it keeps beside them of how the model was made."""

    table: dict[str, Tensor]
    arguments: Mapping[str, object] = field(default_factory=dict)


def read_pytorch(path: Path) -> Checkpoint:
    """The weights in a file. Raises LoadError with a sentence for whatever else it holds, or Refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickle protocols; what cannot be read is an error below
            content = loaded(path)
    except MemoryError:
        raise LoadError(f"There is not enough memory for {brief(path.name)}.") from None
    except (OSError, Refused):
        raise
    except Exception as error:  # a damaged file can fail in any way: KeyError, IndexError, RuntimeError
        raise LoadError(f"{brief(path.name)} {_what_it_is(path, str(error))}.") from error
    return Checkpoint(_plain(path, _table(path, content)), _arguments(content))


def loaded(path: Path) -> Any:
    """What a file of PyTorch's holds, on the CPU. Raises Refused for what asks for more memory than it holds.

    PyTorch may raise anything for a damaged one. It is given a file that we open: in one that it opens itself, it makes
    room for gigabytes that a damaged file announces and does not hold.
    """
    check_declared(path)
    with open_regular(path) as file, torch.serialization.safe_globals(HARMLESS):
        return torch.load(file, map_location="cpu", weights_only=True)


def _what_it_is(path: Path, words: str) -> str:
    """Said of a file that PyTorch could not read; `words` are PyTorch's."""
    with path.open("rb") as file:
        start = file.read(64)
    for beginning, told in _BEGINNINGS.items():
        if start.lower().startswith(beginning.lower()):
            return told
    if not start:
        return f"is empty: {SAVE_IT}"
    named = _GLOBAL.search(words)
    foreign = named[1] if named is not None else _foreign_name(path)
    if foreign:
        return f"holds more than weights ({brief(foreign)}) and would run code of its author when opened: {SAVE_IT}"
    if start.startswith(_ZIP):
        return _what_archive_it_is(path)
    if start.startswith(_PICKLE):
        return f"is not a whole PyTorch file, or holds other things than weights: copy it again; {SAVE_IT}"
    return f"is not a PyTorch file: {SAVE_IT}"


def _foreign_name(path: Path) -> str:
    """The first thing that a plain pickle asks for and that is not PyTorch's; "" for what is not a pickle."""
    texts: list[str] = []
    with path.open("rb") as file, suppress(Exception):  # what is not a pickle can fail in any way
        for code, value, _ in pickletools.genops(io.BytesIO(file.read(_LOOKED_AT_BYTES))):
            texts += [value] if isinstance(value, str) else []
            name = ".".join(texts[-2:] if code.name == "STACK_GLOBAL" else texts[-1:]).replace(" ", ".")
            if code.name in ("GLOBAL", "STACK_GLOBAL") and not name.startswith(("torch.", "collections.")):
                return name
    return ""


def _what_archive_it_is(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        names = []
    if any(name.endswith("/constants.pkl") for name in names):
        return f"is a program of TorchScript: {SAVE_IT}, with the model that torch.jit.load gives"
    if any(name.endswith(("serialized_exported_program.json", "/archive_format")) for name in names):
        return f"is a program of torch.export: {SAVE_IT}, with the model that torch.export.load(…).module() gives"
    if names and not any(name.endswith("data.pkl") for name in names):
        return f"is an archive, but none of PyTorch's: {SAVE_IT}"
    return f"is not a whole PyTorch file: copy it again; {SAVE_IT}"


def _table(path: Path, content: Any) -> Mapping[Any, Tensor]:
    """The table of weights that a file holds, or that a checkpoint keeps beside other things."""
    entries = _opened(content if isinstance(content, Mapping) else {})
    own = {name: value for name, value in entries.items() if isinstance(value, Tensor)}
    tables = {str(name): value for name, value in entries.items() if _is_table(value)}
    found = next((tables[name] for name in TABLES if name in tables), None)
    if own and len(own) == len(entries):
        return own
    if found is None and len(tables) == 1:
        found = next(iter(tables.values()))
    if found is not None:
        return found
    if tables:
        names = brief(", ".join(tables))
        raise LoadError(f"{brief(path.name)} holds several tables of weights ({names}): save one of them alone.")
    if own:
        return own
    raise LoadError(f"{brief(path.name)} holds no table of weights: {SAVE_IT}.")


def _opened(entries: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """`entries`, or what lies in the one entry of them that holds tables: some put the whole state one level down."""
    inner = [value for value in entries.values() if isinstance(value, Mapping) and any(map(_is_table, value.values()))]
    has_own = any(isinstance(value, Tensor) or _is_table(value) for value in entries.values())
    return inner[0] if len(inner) == 1 and not has_own else entries


def _arguments(content: object) -> Mapping[str, object]:
    """What a checkpoint says of how its model was made, by the names of the arguments."""
    entries = content if isinstance(content, Mapping) else {}
    given = [entries[name] for name in ARGUMENTS if name in entries]
    found: dict[str, object] = {}
    for each in reversed(given):
        table = each if isinstance(each, Mapping) else getattr(each, "__dict__", {})
        found |= {str(name): value for name, value in table.items()}
    return found


def _is_table(value: Any) -> TypeGuard[Mapping[Any, Tensor]]:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(each, Tensor) for each in value.values())


def _plain(path: Path, table: Mapping[Any, Tensor]) -> dict[str, Tensor]:
    """`table` with its names as text; raises LoadError where a tensor is more, or less, than real numbers in a row."""
    for name, value in table.items():
        is_in_rows = value.layout == torch.strided and not (value.is_quantized or value.is_meta or value.is_nested)
        if not is_in_rows or value.is_complex():
            kind = "complex" if value.is_complex() else "sparse, quantised, or without numbers"
            raise LoadError(
                f"In {brief(path.name)} {brief(str(name))} is {kind}: networks here have plain real weights. "
                "Save the model as it was before."
            )
    return {str(name): value.detach() for name, value in table.items()}
