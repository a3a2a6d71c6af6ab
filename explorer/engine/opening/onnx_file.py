"""Models in ONNX, made into PyTorch's modules by onnx2torch where that is installed; no code of theirs runs."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from torch import nn

from explorer.bounds import brief
from explorer.engine.errors import LoadError
from explorer.engine.opening.expected_input import Shape
from explorer.engine.opening.python_file import told

CONVERTER = "onnx2torch"
HOW_TO_GET_IT = "pip install network-explorer[onnx]"


def converted(path: Path) -> tuple[nn.Module, Shape | None]:
    """The modules of the file at `path`, named as its nodes are, and the shape that it says it takes.

    Raises LoadError with a sentence where the converter is missing, or does not know a node.
    """
    name = brief(path.name)
    try:
        onnx, converter = importlib.import_module("onnx"), importlib.import_module(CONVERTER)
    except ModuleNotFoundError as error:
        raise LoadError(f"{name} is a model in ONNX, which {CONVERTER} opens: {HOW_TO_GET_IT}.") from error
    except Exception as error:  # one that is of another PyTorch than this may raise anything
        raise LoadError(f"{name} is a model in ONNX, but {CONVERTER} cannot be imported: {told(error)}") from error
    try:
        graph = onnx.load(str(path))
        module: nn.Module = converter.convert(graph)
    except Exception as error:  # of a damaged file, or of a node that nobody wrote yet
        raise LoadError(f"{name} could not be made into modules by {CONVERTER}: {told(error)}") from error
    return module, _shape(graph.graph)


def _shape(graph: Any) -> Shape | None:
    """Without the batch axis; None where the file leaves a size open, or takes several tensors."""
    weights = {each.name for each in graph.initializer}
    given = [each for each in graph.input if each.name not in weights]
    if len(given) != 1:
        return None
    sizes = tuple(int(each.dim_value) for each in given[0].type.tensor_type.shape.dim)[1:]
    return sizes if sizes and all(sizes) else None
