"""Where the files that come with the program lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

# The order of the start list; the first is the one the window opens with.
BUNDLED_NETWORKS = ("cifar10", "lecture", "two-two-two", "one-neuron")


def resource(*parts: str) -> Path:
    """The path of a file that comes with the program, such as `resource("networks", "cifar10.json")`.

    The file need not exist. Raises FileNotFoundError if the folder of resources itself is missing.
    """
    return _folder().joinpath(*parts)


def bundled_networks() -> tuple[str, ...]:
    """The names of the networks that come with the program."""
    return BUNDLED_NETWORKS


@cache
def _folder() -> Path:
    package = Path(str(files("explorer")))
    for folder in (package / "resources_files", package.parent / "resources"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("The program's resources are missing: install it again.")
