"""What is read and run of the files of a person's own model, each an errand for a lane."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.bounds import brief
from explorer.engine.errors import EngineError, LoadError
from explorer.engine.interrupting import interruptible
from explorer.network.file_names import is_python
from explorer.network.model_names import ExtraModel
from explorer.session.fault import Fault
from explorer.session.lanes import Watch

if TYPE_CHECKING:
    from explorer.engine.opening.model_of_files import ModelOfFiles
    from explorer.engine.opening.open_model import WeightsOfFile
    from explorer.network import Shape


@dataclass(frozen=True)
class ModelFiles:
    """The files that a model is made of: a Python file, with a file of weights if there is one; or a program."""

    source: Path
    weights: Path | None = None


@dataclass(frozen=True)
class ReadExtraModel:
    """A model of ours with the weights of an extra, or why they are not there; nothing of others runs."""

    extra: ExtraModel

    @property
    def title(self) -> str:
        return f"Opening {self.extra.title}"

    def run(self, watch: Watch) -> ModelOfFiles | Fault:
        from explorer.engine.opening.efficientnet_lite0 import open_efficientnet_lite0

        try:
            return open_efficientnet_lite0(self.extra)
        except LoadError as error:
            return Fault(str(error))


@dataclass(frozen=True)
class FoundNamed:
    """The file that makes a named model, and what makes it there."""

    path: Path
    call: str


@dataclass(frozen=True)
class FindNamed:
    """The file of a model that is named, "torchvision.models:resnet18"; its library is imported for that."""

    name: str

    @property
    def title(self) -> str:
        return f"Opening {brief(self.name)}"

    def run(self, watch: Watch) -> FoundNamed | Fault:
        from explorer.engine.opening.named import source_of

        try:
            with interruptible() as end:
                watch.ends_with(end)
                return FoundNamed(*source_of(self.name))
        except LoadError as error:
            return Fault(str(error))


@dataclass(frozen=True, eq=False)
class LookedAt:
    """What was found without running anything: the digest of the file that would run, and what it offers.

    `calls` are what can be chosen, the likeliest first; () of a program, which is one model, of the kind `program`.
    """

    files: ModelFiles
    digest: str
    calls: tuple[str, ...]
    weights: WeightsOfFile | None = None
    program: str = ""
    is_harmless: bool = False  # nothing of it can run when it is opened


@dataclass(frozen=True)
class LookAtModel:
    """Look at the files of a model, and read its weights; nothing of them runs."""

    files: ModelFiles

    @property
    def title(self) -> str:
        return f"Opening {brief(self.files.source.name)}"

    def run(self, watch: Watch) -> LookedAt | Fault:
        from explorer.engine.opening.program import program_kind

        program = next(filter(None, (self.files.weights, self.files.source)))
        kind = program_kind(program)
        if kind or not is_python(self.files.source):
            return _looked_at_program(program, kind)
        return self._look()

    def _look(self) -> LookedAt | Fault:
        from explorer.engine.model.weights import read_checkpoint
        from explorer.engine.opening.offered import read_python_file
        from explorer.engine.opening.open_model import WeightsOfFile

        source, path = self.files.source, self.files.weights
        try:
            found = read_python_file(source)
            weights = None
            if path is not None:
                read = read_checkpoint(path)
                weights = WeightsOfFile(read.table, path.name, read.arguments)
        except LoadError as error:
            return Fault(str(error))
        return LookedAt(self.files, found.digest, tuple(each.call for each in found.offered), weights)


def _looked_at_program(path: Path, kind: str) -> LookedAt | Fault:
    from explorer.engine.opening.offered import digest_of
    from explorer.engine.opening.program import HARMLESS

    if not kind:
        return Fault(f"{brief(path.name)} is not a whole program of torch.export or TorchScript: write it again.")
    is_harmless = kind in HARMLESS
    digest = "" if is_harmless else digest_of(path)
    return LookedAt(ModelFiles(path), digest, (), program=kind, is_harmless=is_harmless)


@dataclass(frozen=True)
class MakeModel:
    """Run the file that was looked at and make the model that was chosen: the person agreed to that."""

    looked: LookedAt
    asked: str = ""
    shape: Shape | None = field(default=None)

    @property
    def title(self) -> str:
        return f"Opening {brief(self.looked.files.source.name)}"

    def run(self, watch: Watch) -> ModelOfFiles | Fault:
        from explorer.engine.opening.open_model import open_python_file
        from explorer.engine.opening.program import open_program

        looked = self.looked
        try:
            with interruptible() as end:
                watch.ends_with(end)
                if looked.program:
                    return open_program(looked.files.source, shape=self.shape, should_stop=watch.should_stop)
                return open_python_file(
                    looked.files.source, self.asked, looked.weights, shape=self.shape, should_stop=watch.should_stop
                )
        except EngineError as error:
            return Fault(str(error))
