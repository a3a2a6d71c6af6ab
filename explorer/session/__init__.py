"""Who owns the state: a store of frozen slices, and the features of `Session` side by side on it. QtCore only.

Views call the verbs of the features (`session.editing.undo()`) and redraw when `session.changed(old, new)` is emitted.
A feature asks the worker with a typed job and is handed its answers. Nothing here draws, and nothing but the runner's
thread runs PyTorch, through `explorer.engine`.
"""

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
