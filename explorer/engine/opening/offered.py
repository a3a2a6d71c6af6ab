"""What a Python file offers: the classes, functions and models at its top level, read without running it."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.bounds import Refused, brief, read_regular
from explorer.engine.errors import LoadError

LARGEST_SOURCE_BYTES = 10 * 10**6
MODULE_CLASSES = ("Module", "Sequential", "ModuleList", "LightningModule", "PreTrainedModel", "ScriptModule")


@dataclass(frozen=True)
class Offered:
    """One name of a file: a class of a module, a function, or a model that the file itself makes.

    `needs` are the arguments without a default: with any, the call has to be written out.
    """

    name: str
    kind: str
    needs: tuple[str, ...] = ()

    @property
    def call(self) -> str:
        """How it is written, the arguments that it needs as dots: "Net(channels=…)"."""
        return f"{self.name}({', '.join(f'{need}=…' for need in self.needs)})" if self.needs else self.name


@dataclass(frozen=True)
class PythonFile:
    """What was found in a file: what it offers, the likeliest first, and the digest of all its bytes."""

    path: Path
    digest: str
    offered: tuple[Offered, ...]


def read_python_file(path: Path) -> PythonFile:
    """What the file at `path` offers. Raises LoadError for one that is not Python, or offers nothing."""
    try:
        content = read_regular(path, at_most_bytes=LARGEST_SOURCE_BYTES)
        tree = ast.parse(content)
    except Refused as error:
        raise LoadError(str(error)) from None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
        raise LoadError(f"{brief(path.name)} is not a Python file that runs{line}.") from None
    offered = tuple(sorted(_offered(tree), key=_rank(tree)))
    if not offered:
        raise LoadError(f"{brief(path.name)} holds no class of a module and no function that could make a model.")
    return PythonFile(path, hashlib.sha256(content).hexdigest(), offered)


def digest_of(path: Path) -> str:
    """The digest of a file's bytes, read a piece at a time. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _offered(tree: ast.Module) -> Iterator[Offered]:
    modules = _module_classes(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name in modules:
            yield Offered(node.name, "class", _needs(_constructor(node), skip=1))
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield Offered(node.name, "function", _needs(node))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            yield from (Offered(name, "model") for each in node.targets if (name := _public(each)))


def _public(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) and not target.id.startswith("_") else ""


def _module_classes(tree: ast.Module) -> set[str]:
    """The classes that are modules by the names of their bases, or by those of their bases' bases in the file."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    aliases = [each.asname for node in imports for each in node.names if each.asname and each.name in MODULE_CLASSES]
    found = set(aliases)
    for _ in classes:  # a base may stand below
        found |= {node.name for node in classes if any(_is_module(_last_name(base), found) for base in node.bases)}
    return found


def _is_module(base: str, found: set[str]) -> bool:
    return base in found or base in MODULE_CLASSES or base.endswith(("Module", "Model", "Net"))


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _constructor(node: ast.ClassDef) -> ast.FunctionDef | None:
    return next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)


def _needs(function: ast.FunctionDef | None, *, skip: int = 0) -> tuple[str, ...]:
    if function is None:
        return ()
    arguments = function.args
    placed = [*arguments.posonlyargs, *arguments.args]
    placed = placed[skip : len(placed) - len(arguments.defaults)]
    named = [each for each, usual in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if usual is None]
    return tuple(each.arg for each in (*placed, *named))


def _rank(tree: ast.Module) -> Callable[[Offered], tuple[bool, int, int]]:
    """Classes that no other class is made of come first, of these the last; what needs arguments comes after."""
    used = set(_used_by_classes(tree.body))
    places = {getattr(node, "name", ""): at for at, node in enumerate(tree.body)}

    def rank(offered: Offered) -> tuple[bool, int, int]:
        order = ("class", "model", "function").index(offered.kind)
        is_part = offered.kind == "class" and offered.name in used
        return bool(offered.needs), order + 3 * is_part, -places.get(offered.name, 0)

    return rank


def _used_by_classes(nodes: Iterable[ast.stmt]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            named = (each for part in node.body for each in ast.walk(part) if isinstance(each, ast.Name))
            yield from (each.id for each in named if each.id != node.name)
