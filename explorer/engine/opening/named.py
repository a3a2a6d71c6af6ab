"""A model by its name: "package.module:callable", "torchvision.models:resnet18", or "net.py:Net(classes=10)"."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from explorer.bounds import brief
from explorer.engine.errors import LoadError
from explorer.engine.opening.python_file import told

WITHIN = {"timm": "timm.models"}
"""Where the models of a library lie that does not hand them out itself."""

_WRITTEN = re.compile(r"(?P<where>.+?\.py|[^\W\d][\w.]*):(?P<name>[^\W\d]\w*)(?P<arguments>\(.*\))?", re.DOTALL)


def is_named(word: str) -> bool:
    """Whether a word of the command line names a model rather than a file that lies there."""
    return _WRITTEN.fullmatch(word) is not None and not Path(word).exists()


def source_of(word: str) -> tuple[Path, str]:
    """The file that makes the model that `word` names, and what makes it there. A module is imported for that, which
    runs its code. Raises LoadError with a sentence.
    """
    match = _WRITTEN.fullmatch(word)
    if match is None:
        raise LoadError(f"{brief(word)} names no model: write package.module:callable, or file.py:callable.")
    where, name, arguments = match["where"], match["name"], match["arguments"] or ""
    if where.endswith(".py"):
        return Path(where), name + arguments
    module = _imported(where)
    if where in WITHIN and not hasattr(module, name):
        module = _imported(WITHIN[where])
    maker = getattr(module, name, None)
    if maker is None:
        raise LoadError(f"There is no {brief(name)} in {brief(where)}.")
    path, own = _home(module, name, maker)
    return path, own + arguments


def _imported(name: str) -> ModuleType:
    """As `python -m` finds it: in the present folder first."""
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise LoadError(f"There is no module {brief(str(error.name))} here: is it installed?") from error
    except (Exception, SystemExit) as error:
        raise LoadError(f"{brief(name)} could not be imported: {told(error)}") from error


def _home(module: ModuleType, name: str, maker: Any) -> tuple[Path, str]:
    """The file where `maker` is written, which a package may only hand on, and its name there."""
    home = sys.modules.get(getattr(maker, "__module__", ""), module)
    own = getattr(maker, "__name__", name)
    is_there = inspect.isclass(maker) or inspect.isfunction(maker)
    found, called = (home, own) if is_there and getattr(home, own, None) is maker else (module, name)
    if not found.__file__ or not found.__file__.endswith(".py"):
        raise LoadError(f"{brief(name)} is in no Python file, which its model could be made by.")
    return Path(found.__file__), called
