"""Who owns the state: a store of frozen slices, and the features of `Session` side by side on it. QtCore only.

Views call the verbs of the features (`session.editing.undo()`) and redraw when `session.changed(old, new)` is emitted.
A feature asks the worker with a typed job and is handed its answers. Nothing here draws, and nothing but the runner's
thread runs PyTorch, through `explorer.engine`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lazy import lazily

if TYPE_CHECKING:
    from explorer.session.cell import Cell
    from explorer.session.document import Document
    from explorer.session.fault import Fault
    from explorer.session.selection import Selection
    from explorer.session.session import Session
    from explorer.session.snapshot import Activations, LayerActivation, Prediction
    from explorer.session.state import State
    from explorer.session.subjects.subject import Verb

__all__ = [
    "Activations",
    "Cell",
    "Document",
    "Fault",
    "LayerActivation",
    "Prediction",
    "Selection",
    "Session",
    "State",
    "Verb",
]

# The state and what the worker does need no Qt, and are imported before it (`explorer/before_qt.py`).
_HOMES = {
    "Activations": "explorer.session.snapshot",
    "Cell": "explorer.session.cell",
    "Document": "explorer.session.document",
    "Fault": "explorer.session.fault",
    "LayerActivation": "explorer.session.snapshot",
    "Prediction": "explorer.session.snapshot",
    "Selection": "explorer.session.selection",
    "Session": "explorer.session.session",
    "State": "explorer.session.state",
    "Verb": "explorer.session.subjects.subject",
}

__getattr__ = lazily(__name__, _HOMES)
