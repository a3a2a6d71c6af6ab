"""The workbench, and the files that its first weights come from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.session.document import Document
from explorer.session.fault import Fault
from explorer.session.request import Request
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.session.subjects.subject import Refused
from explorer.session.worker.aside import aside
from explorer.session.worker.stopping import ShouldStop

if TYPE_CHECKING:
    from explorer.engine.model.weights import State as Weights
    from explorer.engine.model.workbench import Workbench
    from explorer.network import Shape
    from explorer.session.kept_work import Arrays


class Desk:
    """Makes the workbench's model what is asked for. The workbench is made when the first pass needs it."""

    def __init__(self) -> None:
        self._bench: Workbench | None = None
        self._loaded: set[tuple[Path, tuple[int, ...]]] = set()
        self._typed: set[tuple[int, ...]] = set()  # ids under which typed numbers are kept
        self._unread: set[Path] = set()  # networks whose weights could not be read

    @property
    def bench(self) -> Workbench:
        """The engine's workbench, made (and torch imported) when first asked for."""
        if self._bench is None:
            from explorer.engine.model.workbench import Workbench

            self._bench = Workbench()
        return self._bench

    def prepare(self, request: Request, should_stop: ShouldStop = lambda: False) -> str:
        """Make the model what `request` asks for; a sentence where its weights cannot be read."""
        bench, document = self.bench, request.document
        if request.device is not None:
            bench.set_device(request.device)
        bench.set_mode(request.mode)
        return self.show(document, should_stop)

    def show(self, document: Document, should_stop: ShouldStop = lambda: False) -> str:
        """Make the document's subject the model that is run; a sentence where its weights cannot be read.

        Raises Cancelled where it is no longer wanted: they are read when they are asked for again.
        """
        notices = (self._load_weights_of(document, should_stop), self._type_over(document))
        document.subject.put_on(self.bench)
        return " ".join(filter(None, notices))

    def model_of(self, document: Document) -> Any:
        """The model of `document` with its weights."""
        self.show(document)
        model = self.bench.model
        assert model is not None
        return model

    def to_save(self, document: Document, path: Path, fed: tuple[float, ...]) -> Callable[[Path], str] | Fault:
        """What writes the network, its weights and what was typed for it to be fed to a file."""
        from explorer.engine.errors import EngineError

        try:
            self.show(document)
            if path in self._unread and self.bench.has_weights(path):
                return Fault(f"The weights of {path.name} could not be read: save under another name to keep them.")
            return self.bench.to_save(replace(document.as_file(), fed=fed))
        except EngineError as error:
            return Fault(str(error))

    def copied_weights(self, document: Document) -> Arrays:
        """The weights of the document as they are now, to be kept with the work; none where they cannot be had."""
        from explorer.engine.errors import EngineError

        with suppress(EngineError):
            self.show(document)
            return self.bench.copied_weights()
        return {}

    def take_weights(self, document: Document, weights: Arrays) -> None:
        """Weights by their names in the network of `document`, for its layers."""
        self.bench.take_weights(weights, document.subject.edited, document.layer_ids)

    def take_over(self, document: Document, shape: Shape) -> Document | Fault:
        """An editable network with the weights of the model of `document`, whose input is of `shape`."""
        try:
            network, weights = document.subject.as_network(shape)
        except Refused as error:
            return Fault(str(error))
        kept = {each: getattr(document, each) for each in ("title", "classes", "mean", "std", "hyperparameters")}
        after = Document(EditableNetwork.fresh(network), has_fresh_weights=False, **kept)
        self.take_weights(after, weights)
        return after

    def load_weights(self, document: Document, path: Path, read: Weights) -> Document | Fault:
        """Take what was read from `path`; the document with it, whose layers are new ones."""
        from explorer.engine.errors import EngineError

        loaded = EditableNetwork.fresh(document.subject.edited)
        try:
            self.bench.load_weights(read, loaded.network, loaded.layer_ids, source=path.name)
        except EngineError as error:
            return Fault(str(error))
        return document.with_weights(loaded.layer_ids)

    def _type_over(self, document: Document) -> str:
        """Take the numbers that were typed over its weights, each once; a sentence where there are no such cells."""
        from explorer.engine.errors import EngineError

        notice = ""
        for typed in document.typed:
            if typed.ids not in self._typed:
                try:
                    self.bench.type_over(
                        typed.name,
                        typed.values,
                        start=typed.start,
                        network=typed.network,
                        ids_before=typed.ids_before,
                        ids=typed.ids,
                    )
                except EngineError as error:
                    notice = str(error)
                self._typed.add(typed.ids)
        return notice

    def _load_weights_of(self, document: Document, should_stop: ShouldStop) -> str:
        """Read the file that the document's first weights come from, once."""
        if document.weights is None or (key := (document.weights, document.weight_ids)) in self._loaded:
            return ""
        from explorer.engine.errors import EngineError
        from explorer.engine.model.workbench import read_saved

        try:
            read = aside(partial(read_saved, document.weights), should_stop)
            self._loaded.add(key)
            self.bench.load(read, document.weight_ids)
        except EngineError as error:
            self._loaded.add(key)
            self._unread.add(document.weights)
            return f"{error} The network is shown with fresh weights."
        return ""
