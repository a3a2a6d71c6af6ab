"""Checkpoints of a training run: all that a killed run needs to go on as if it had never stopped."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from explorer.bounds import Refused
from explorer.engine.errors import EngineError
from explorer.engine.model.pytorch_file import loaded
from explorer.writing import write_atomically


class CheckpointError(EngineError):
    """A checkpoint that cannot be read, or that belongs to another run; the message is a sentence."""


def write_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write `state`: tensors, numbers, strings, dicts and lists of them.

    Raises FileError, for instance on a full disk; the older checkpoint then survives.
    """
    # Through memory, because torch's own writer reports a full disk as a RuntimeError about positions in a zip file.
    content = io.BytesIO()
    torch.save(state, content)
    write_atomically(path, content.getbuffer())


def read_checkpoint(path: Path) -> dict[str, Any] | None:
    """The state written last, on the CPU, or None where there is none yet. Raises CheckpointError."""
    if not path.exists():
        return None
    try:
        state = loaded(path)
    except Refused as error:
        raise CheckpointError(str(error)) from None
    except Exception as error:  # torch raises many types for a damaged file, none of them its own
        raise CheckpointError(f"The checkpoint {path} is damaged, or is not a checkpoint.") from error
    if not isinstance(state, dict) or "step" not in state:
        raise CheckpointError(f"{path} is not the checkpoint of a run.")
    return state


def check_same_run(state: dict[str, Any], settings: dict[str, int]) -> None:
    """Raise CheckpointError, naming the setting, unless `state` comes from a run with these settings."""
    for name, value in settings.items():
        kept = state.get("settings", {}).get(name)
        if kept != value:
            raise CheckpointError(f"The checkpoint is from another run: its {name} is {kept}, not {value}.")
