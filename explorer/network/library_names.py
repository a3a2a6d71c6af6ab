"""The names of the models of libraries that are installed, read without importing them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_MADE = re.compile(r"^@register_model(?:\(.*\))?\n(?:@.*\n)*def (\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Library:
    """A library of models: what stands before a name, as in "timm:resnet18", and the package that has `models`."""

    prefix: str
    package: str


LIBRARIES = (Library("torchvision.models", "torchvision"), Library("timm", "timm"))


@cache
def names_of(library: Library) -> tuple[str, ...]:
    """The models that it registers, "timm:resnet18", in alphabetical order; () where it is not installed."""
    spec = find_spec(library.package)
    folders = [Path(each) / "models" for each in (spec.submodule_search_locations or ())] if spec else []
    texts = (path.read_text(encoding="utf-8", errors="replace") for folder in folders for path in folder.rglob("*.py"))
    made = {name for text in texts for name in _MADE.findall(text)}
    return tuple(f"{library.prefix}:{name}" for name in sorted(made))
