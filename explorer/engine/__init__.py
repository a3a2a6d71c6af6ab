"""The only room that runs PyTorch: `recording`, `explaining`, `training`, `model`, each using those before it. No Qt.

Importing this package does not import torch; the names below do, when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.engine.errors import Cancelled, EngineError, LoadError, OutOfMemoryError, RecordError
from explorer.lazy import lazily

if TYPE_CHECKING:
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.recorder import record
    from explorer.engine.recording.recording import Recording, Step

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
    "Call": "explorer.engine.recording.call",
    "Recording": "explorer.engine.recording.recording",
    "Step": "explorer.engine.recording.recording",
}

__getattr__ = lazily(__name__, _HOMES)
