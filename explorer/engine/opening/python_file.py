"""Runs a Python file that a person agreed to run, and makes a model of what it offers."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from explorer.bounds import brief
from explorer.engine.errors import LoadError
from explorer.engine.recording.no_model import why_no_model

INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders of libraries, whose files are not changed while they are in use, and which may not run twice."""

_numbers = count(1)


@contextmanager
def run_file(path: Path) -> Iterator[ModuleType]:
    """What the file at `path` holds once it ran; inside, its own imports are found beside it.

    A file of a package runs as a part of it, so that `from .blocks import Block` is found. Raises LoadError.
    """
    folder, name = _package_of(path)
    sys.path.insert(0, str(folder))
    try:
        yield _run(path, name)
    finally:
        sys.path.remove(str(folder))


def _package_of(path: Path) -> tuple[Path, str]:
    """The folder that its imports begin in, and its name from there; a name of ours where it is in no package."""
    folder, parts = path.absolute().parent, [path.stem]
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts) if len(parts) > 1 else ""


def _run(path: Path, name: str) -> ModuleType:
    try:
        if name:
            if not INSTALLED.intersection(path.absolute().parts):
                sys.modules.pop(name, None)  # it may have been changed since
            return importlib.import_module(name)
        return _run_alone(path)
    except ModuleNotFoundError as error:
        raise LoadError(f"{brief(path.name)} needs {error.name}, which is not installed here.") from error
    except (Exception, SystemExit) as error:
        raise LoadError(f"{brief(path.name)} did not run: {told(error)} {_line(error, path)}".rstrip()) from error


def _run_alone(path: Path) -> ModuleType:
    name = f"opened_{next(_numbers)}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise LoadError(f"{brief(path.name)} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickles look for it there
    spec.loader.exec_module(module)
    return module


def told(error: BaseException) -> str:
    """An error of somebody else's code in a line, as Python names it."""
    return brief(" ".join(f"{type(error).__name__}: {error}".split()), 240) + "."


def _line(error: BaseException, path: Path) -> str:
    """Where in the file it came from."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name == path.name]
    return f"(line {frames[-1].lineno})" if frames else ""


def make_model(module: ModuleType, asked: str, given: Mapping[str, object] | None = None) -> nn.Module:
    """The model that `asked` makes: the name of a class, a function or a model, or a call of it, "Net(classes=10)".

    Arguments are written as Python's own values. What is needed and not written is taken from `given`, by name, as
    checkpoints keep it. Raises LoadError.
    """
    name, placed, named = read_call(asked)
    maker = getattr(module, name, None)
    if maker is None:
        raise LoadError(f"There is no {brief(name)} in {_file(module)}.")
    if isinstance(maker, nn.Module) and not placed and not named:
        return maker
    if not callable(maker):
        raise LoadError(f"{brief(name)} in {_file(module)} makes no model: choose a class or a function.")
    try:
        made = maker(*placed, **(_taken(maker, given or {}, len(placed)) | named))
    except LoadError:
        raise
    except (Exception, SystemExit) as error:
        raise LoadError(f"{brief(asked)} could not be made: {told(error)}{_how(maker, name)}") from error
    if not isinstance(made, nn.Module):
        raise LoadError(f"{brief(asked)} gives no model, but {why_no_model(made)}")
    return made


def _file(module: ModuleType) -> str:
    return brief(Path(module.__file__ or module.__name__).name)


def read_call(asked: str) -> tuple[str, list[object], dict[str, object]]:
    """The name and the arguments that are written. Raises LoadError for anything but a name or a call of one."""
    try:
        node = ast.parse(asked.strip(), mode="eval").body
        if isinstance(node, ast.Name):
            return node.id, [], {}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            placed = [ast.literal_eval(each) for each in node.args]
            named = {each.arg: ast.literal_eval(each.value) for each in node.keywords if each.arg}
            return node.func.id, placed, named
    except (SyntaxError, ValueError):
        pass
    raise LoadError(f"{brief(asked)} is neither a name nor a call such as Net(channels=3, classes=10).")


def _taken(maker: Callable[..., Any], given: Mapping[str, object], placed: int) -> dict[str, object]:
    """What `given` holds of its arguments, after those that are placed."""
    try:
        names = list(inspect.signature(maker).parameters)
    except (TypeError, ValueError):
        return {}
    return {name: given[name] for name in names[placed:] if name in given}


def _how(maker: Callable[..., Any], name: str) -> str:
    """What it takes, where it is a matter of the arguments."""
    try:
        parameters = inspect.signature(maker).parameters.values()
    except (TypeError, ValueError):
        return ""
    loose = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [each.name for each in parameters if each.default is each.empty and each.kind not in loose]
    written = ", ".join(f"{each}=…" for each in needed)
    return f" Write the call with what it needs: {name}({written})." if needed else ""
