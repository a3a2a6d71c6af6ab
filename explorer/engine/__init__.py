"""The only room that runs PyTorch: `recording`, `explaining`, `training`, `model`, each using those before it. No Qt.

Importing this package does not import torch; the names below do, when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from explorer.engine.errors import Cancelled, EngineError, LoadError, OutOfMemoryError, RecordError

if TYPE_CHECKING:
    from explorer.engine.recording.recorder import record
    from explorer.engine.recording.recording import Call, Recording, Step

__all__ = [
    "Call",
    "Cancelled",
    "EngineError",
    "LoadError",
    "OutOfMemoryError",
    "RecordError",
    "Recording",
    "Step",
    "record",
]

_HOMES = {
    "record": "explorer.engine.recording.recorder",
    "Call": "explorer.engine.recording.recording",
    "Recording": "explorer.engine.recording.recording",
    "Step": "explorer.engine.recording.recording",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
