"""WHAT a network is: layers, shapes, problems with fixes, text notation, files, PyTorch source.

Everything here is frozen and pure. Torch is imported only inside the functions that build modules; Qt, pictures
and running a model belong elsewhere.
"""

from explorer.network.layer import Layer, Repair, ShapeError
from explorer.network.layers import LAYERS
from explorer.network.network import Network
from explorer.network.notation import NotationError
from explorer.network.problems import Fix, Problem
from explorer.network.setting import Setting
from explorer.network.shape import NetworkError, Shape

__all__ = [
    "LAYERS",
    "Fix",
    "Layer",
    "Network",
    "NetworkError",
    "NotationError",
    "Problem",
    "Repair",
    "Setting",
    "Shape",
    "ShapeError",
]
