"""Network Explorer: see what a neural network does, and where every number in it comes from.

The names a script uses live here and are imported when first asked for: `import explorer` needs neither torch nor Qt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lazy import lazily

if TYPE_CHECKING:
    from explorer.app import view
    from explorer.engine.errors import Cancelled, EngineError
    from explorer.engine.explaining.explain import explain
    from explorer.engine.model.load import bundled, load
    from explorer.engine.recording.load_recording import load_recording
    from explorer.engine.recording.recorder import record
    from explorer.lessons.shelf import lessons
    from explorer.network import Network

__version__ = "0.1.0"

__all__ = [
    "Cancelled",
    "EngineError",
    "Network",
    "bundled",
    "explain",
    "lessons",
    "load",
    "load_recording",
    "record",
    "view",
]

_HOMES = {
    "Cancelled": "explorer.engine.errors",
    "EngineError": "explorer.engine.errors",
    "Network": "explorer.network",
    "record": "explorer.engine.recording.recorder",
    "bundled": "explorer.engine.model.load",
    "explain": "explorer.engine.explaining.explain",
    "lessons": "explorer.lessons",
    "load": "explorer.engine.model.load",
    "load_recording": "explorer.engine.recording.load_recording",
    "view": "explorer.app",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
