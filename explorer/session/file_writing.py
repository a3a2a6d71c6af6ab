"""A file that takes long to write, as an errand: a run and the window both go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.bounds import brief
from explorer.session.lanes import Watch
from explorer.writing import FileError

Tell = Callable[[int, int], None]
"""Told how much is done, of how much. It raises Cancelled where nobody wants the file any more."""

Write = Callable[[Tell], None]
"""Writes the file beside and renames it, telling between two parts. Raises FileError with a sentence."""


@dataclass(frozen=True)
class WriteFile:
    """The file or folder called `name`; the answer is a sentence on how it went."""

    name: str
    write: Write

    @property
    def title(self) -> str:
        return f"Saving {brief(self.name)}"

    def run(self, watch: Watch) -> str:
        try:
            self.write(watch.tell)
        except FileError as error:
            return str(error)
        except (OSError, ValueError, MemoryError) as error:
            return f"{brief(self.name)} could not be written: {str(error) or 'there is not enough memory'}."
        return f"Saved as {brief(self.name)}."
