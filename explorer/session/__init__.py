"""Who owns the state: document, history, runner (the worker thread) and session. QtCore only.

Views call the verbs of `Session` and redraw when it emits `changed(old, new)`.
Nothing here draws, and nothing here runs PyTorch: the runner's thread does, through `explorer.engine`.
"""

from explorer.session.document import Document
from explorer.session.fault import Fault
from explorer.session.selection import Cell, Selection
from explorer.session.session import Session
from explorer.session.snapshot import Activations, LayerActivation, Prediction
from explorer.session.state import State

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
]
