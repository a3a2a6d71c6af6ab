"""What is read from files for the document, each an errand for a lane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.bounds import brief
from explorer.data import Picture, PictureError, read_picture
from explorer.engine.errors import LoadError
from explorer.network.files import read_network
from explorer.session.document import Document
from explorer.session.fault import Fault
from explorer.session.lanes import Watch
from explorer.session.slices import InputState
from explorer.session.typed_input import from_written
from explorer.writing import FileError

if TYPE_CHECKING:
    from explorer.engine.model.weights import State as Weights

AS_DATA = "What a network learns from is opened by Data… in the menu Train."


@dataclass(frozen=True)
class ReadPicture:
    """A picture, of a file with several pages that with number `page`, or why it cannot be read."""

    path: Path
    page: int = 0

    @property
    def title(self) -> str:
        return f"Opening {brief(self.path.name)}"

    def run(self, watch: Watch) -> Picture | Fault:
        from explorer.data import is_data

        try:
            return read_picture(self.path, page=self.page)
        except PictureError as error:
            return Fault(f"{brief(self.path.name)} is no picture. {AS_DATA}" if is_data(self.path) else str(error))


@dataclass(frozen=True)
class MakePicture:
    """A picture called `name` that `make` makes of what was pasted or dropped, or why it cannot."""

    name: str
    make: Callable[[], Picture]

    @property
    def title(self) -> str:
        return f"Opening {brief(self.name)}"

    def run(self, watch: Watch) -> Picture | Fault:
        try:
            return self.make()
        except PictureError as error:
            return Fault(str(error))
        except MemoryError:
            return Fault(f"{brief(self.name)} needs more memory than there is.")


@dataclass(frozen=True)
class HeldProgram:
    """What is called as weights are holds a program of PyTorch's: it is opened as a model."""

    kind: str


@dataclass(frozen=True)
class ReadWeights:
    """The tensors of a file, which the model's thread puts into the model, or why they cannot be read."""

    path: Path
    refusal: str = ""  # why weights cannot be put into what is open: then only a program is looked for

    @property
    def title(self) -> str:
        return f"Reading {brief(self.path.name)}"

    def run(self, watch: Watch) -> Weights | HeldProgram | Fault:
        from explorer.engine.model.load import read_weights
        from explorer.engine.opening.program import program_kind

        if kind := program_kind(self.path):
            return HeldProgram(kind)
        if self.refusal:
            return Fault(self.refusal)
        try:
            return read_weights(self.path)
        except LoadError as error:
            return Fault(str(error))


@dataclass(frozen=True)
class FoundNetwork:
    """A network file as a document, what the person should know about it, and the input typed for it, if any was."""

    document: Document
    remark: str
    fed: InputState | None = None


@dataclass(frozen=True)
class ReadNetwork:
    """A network file as a document, or why it cannot be read. Its weights are read when they are needed."""

    path: Path

    @property
    def title(self) -> str:
        return f"Opening {brief(self.path.name)}"

    def run(self, watch: Watch) -> FoundNetwork | Fault:
        try:
            file = read_network(self.path)
            fed = from_written(file.fed, file.network.input_shape)
            return FoundNetwork(Document.opened(file, self.path), file.remark, fed)
        except FileError as error:
            return Fault(str(error))
