"""Writing files, as errands: a run and the window both go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.bounds import brief
from explorer.engine.errors import EngineError
from explorer.session.lanes import Watch
from explorer.writing import FileError

Tell = Callable[[int, int], None]
"""Told how much is done, of how much. It raises Cancelled where nobody wants the file any more."""

Write = Callable[[Tell], None]
"""Writes the file beside and renames it, telling between two parts. Raises FileError with a sentence."""


def unwritten(title: str) -> str:
    """What is said of an errand called `title` that was given up."""
    return f"Cancelled: {title.removeprefix('Saving ')} was not written."


@dataclass(frozen=True)
class Written:
    """How it went, as a sentence, and whether it is saved now."""

    sentence: str
    is_saved: bool


@dataclass(frozen=True)
class WriteFile:
    """The file or folder called `name`."""

    name: str
    write: Write

    @property
    def title(self) -> str:
        return f"Saving {brief(self.name)}"

    def run(self, watch: Watch) -> Written:
        try:
            self.write(watch.tell)
        except FileError as error:
            return Written(str(error), is_saved=False)
        except (OSError, ValueError, MemoryError) as error:
            why = str(error) or "there is not enough memory"
            return Written(f"{brief(self.name)} could not be written: {why}.", is_saved=False)
        return Written(f"Saved as {brief(self.name)}.", is_saved=True)


@dataclass(frozen=True, eq=False)
class WriteNetwork:
    """A network with its weights."""

    path: Path
    write: Callable[[Path], str]
    """Returns the name of the weights' file, "" without one. Raises EngineError with a sentence."""

    @property
    def title(self) -> str:
        return f"Saving {brief(self.path.name)}"

    def run(self, watch: Watch) -> Written:
        watch.tell(0, 0)  # it may have been given up already
        try:
            weights = self.write(self.path)
        except EngineError as error:
            return Written(str(error), is_saved=False)
        is_elsewhere = weights not in ("", f"{self.path.stem}.safetensors")
        beside = f"; its weights lie in {brief(weights)}" if is_elsewhere else ""
        return Written(f"Saved as {brief(self.path.name)}{beside}.", is_saved=True)
