"""Network Explorer: see what a neural network does, and where every number in it comes from.

The names a script uses live here and are imported when first asked for: `import explorer` needs neither torch nor Qt.

    Network         what a network is, in text notation: its shapes, its problems, a model made from it
    bundled, load   the names of the networks that come with the program; one of them, or one from a file
    record          one pass of any nn.Module on record: every call, with a loss also the way back
    load_recording  a recording that `recording.save(path)` wrote
    explain         how any number of a recording came about, beside what PyTorch computed
    view            the window on a live model
    lessons         the lessons that come with the program
    EngineError     a sentence that says what could not be done; Cancelled is what a stopped pass raises
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lazy import lazily

if TYPE_CHECKING:
    from explorer.app import view
    from explorer.engine.errors import Cancelled, EngineError
    from explorer.engine.explaining.explain_all import explain
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
    "explain": "explorer.engine.explaining.explain_all",
    "lessons": "explorer.lessons",
    "load": "explorer.engine.model.load",
    "load_recording": "explorer.engine.recording.load_recording",
    "view": "explorer.app",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
