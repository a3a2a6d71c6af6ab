"""A recording in a file: safetensors with JSON in its head. No code in it is run, whoever made it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch

from explorer.bounds import reason
from explorer.engine.errors import LoadError
from explorer.engine.recording.plain_form import Reader, Writer
from explorer.writing import write_atomically

ENDING = ".safetensors"
_HEAD = "network explorer recording"
_VERSION = 1


def write_state(path: str | Path, state: Mapping[str, Any]) -> None:
    """Writes the state of a recording. Raises FileError where it cannot be written."""
    writer = Writer()
    plain = {name: writer.written(value) for name, value in state.items()}
    head = json.dumps({"version": _VERSION, "state": plain, "tables": writer.tables})
    write_atomically(path, safetensors.torch.save(writer.tensors, {_HEAD: head}))


def read_state(path: str | Path) -> dict[str, Any]:
    """The state of a recording that `write_state` wrote. Raises LoadError with a sentence for any other file."""
    name = Path(path).name
    head, tensors = _contents(path)
    if head is None:
        raise LoadError(f"{name} holds tensors, but no recording.")
    try:
        told = json.loads(head)
        if told["version"] > _VERSION:
            raise LoadError(f"{name} was written by a newer version of the program.")
        reader = Reader(tensors, told["tables"])
        return {field: reader.read(value) for field, value in told["state"].items()}
    except LoadError:
        raise
    except Exception as error:  # a damaged head can be wrong in any way
        raise LoadError(f"{name} is damaged: its recording cannot be read ({type(error).__name__}).") from error


def _contents(path: str | Path) -> tuple[str | None, dict[str, torch.Tensor]]:
    name = Path(path).name
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            return metadata.get(_HEAD), {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise LoadError(f"{name} cannot be read: {reason(error)}.") from error
    except safetensors.SafetensorError as error:
        raise LoadError(f"{name} is no recording: it is not a safetensors file, or it is damaged.") from error
