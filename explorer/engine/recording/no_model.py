"""What to say to somebody who gives something else where a model is needed: its weights, its file, its class."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike

from torch import nn


def why_no_model(given: object) -> str:
    """Why `given` is no model and how to get one from it, as the end of a sentence ("a str: …"); "" for a model."""
    if isinstance(given, nn.Module):
        return ""
    name = type(given).__name__
    article = "an" if name[0] in "aeiouAEIOU" else "a"
    kind = f"{article} {name}"
    if isinstance(given, Mapping):
        return f"{kind}: a table of weights is no model, so make the model and call model.load_state_dict with it."
    if isinstance(given, (str, PathLike)):
        return f"{kind}: open the file first, and give the model that it holds."
    if isinstance(given, type) and issubclass(given, nn.Module):
        return f"the class {given.__name__}: make a model of it, {given.__name__}(…)."
    return f"{kind}: wrap what it does in the forward of an nn.Module."
