"""Files: opening networks, weights and whatever else lies there, and saving them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.bounds import brief
from explorer.network import Network
from explorer.network.file_names import is_model, is_network, is_weights, may_be_program, other_model
from explorer.network.model_names import extra_model
from explorer.network.templates import file_called
from explorer.session.document import Document
from explorer.session.errands import FoundNetwork, HeldProgram, ReadNetwork, ReadWeights
from explorer.session.fault import Fault
from explorer.session.features.feeding import START_SAMPLE, Feeding
from explorer.session.features.models import Models
from explorer.session.features.network_writing import NetworkWriting
from explorer.session.features.recent import RecentFiles
from explorer.session.features.saved import Saved
from explorer.session.file_writing import Written
from explorer.session.jobs.weights import LoadWeights, SaveNetwork, TakeOver, ToSave
from explorer.session.lanes import Lane
from explorer.session.own_document import own_document
from explorer.session.slices import InputState, Slice
from explorer.session.store import AT_ONCE_S, Store
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.session.subjects.subject import Verb
from explorer.session.typed_input import fits_in_text

WITH_CLASS = "To open a model of your own, drop these weights together with the .py file of its class."

if TYPE_CHECKING:
    from explorer.data import Picture
    from explorer.engine.model.weights import State as Weights


TAKEN_OVER = "The model is a network now, with the weights that it had: edit it, train it, save it."
BATCH_FED = "The model is fed its whole batch of {size:,}: the first example is shown, others are chosen in Input."


class Files:
    """Opens networks and weights, the newest that is asked for, and saves them.

    `models` opens a person's own. `state.status.saving` says how far the writing is. Files that need no network are
    written one at a time.
    """

    def __init__(self, store: Store, feeding: Feeding, recent: RecentFiles, saved: Saved) -> None:
        self._store, self._feeding, self._recent, self._saved = store, feeding, recent, saved
        self.models = Models(store, feeding, recent, self.show)
        networks: Lane[FoundNetwork | Fault] = Lane(
            "network", failed=store.fail, cancelled=store.tell_cancelled, told_as="opening"
        )
        weights: Lane[Weights | HeldProgram | Fault] = Lane(
            "weights", failed=store.fail, cancelled=store.tell_cancelled, told_as="opening"
        )
        self._networks, self._weights = store.add_lane(networks), store.add_lane(weights)
        self._writing = NetworkWriting(store, self._take_written)
        self._then: Callable[[], object] | None = None  # what is to be done once the network is saved
        self._make_way: Callable[[], object] = lambda: None
        self._asked: SaveNetwork | None = None

    # --- opening ---

    def before_showing(self, make_way: Callable[[], object]) -> None:
        """`make_way` is called before another network takes the place of the one that is open."""
        self._make_way = make_way

    def open_path(self, path: str | Path) -> None:
        """Open whatever lies at `path`: a network, weights for the network that is open, or else a picture."""
        path = Path(path)
        if is_network(path):
            self.open_network(path)
        elif is_weights(path):
            self.load_weights(path)
        elif is_model(path):
            self.models.open((path,))
        elif sentence := other_model(path):
            self._store.say(sentence)
        else:
            self._feeding.open_picture(path)

    def open_network(self, name: str | Path) -> None:
        """Open a network file, or by its name one of the networks, templates and models that come with the program."""
        if isinstance(name, str) and (extra := extra_model(name)) is not None:
            self.models.open_extra(extra)
            return
        named = file_called(name) if isinstance(name, str) else None
        path = Path(name) if named is None else named
        take = partial(self._take_network, path, is_bundled=named is not None)
        self._store.begin(self._networks, ReadNetwork(path), take, wait_s=AT_ONCE_S)

    def new_network(self, text: str = "3x32x32") -> None:
        """Start an empty network, or the one written in `text`."""
        try:
            network = Network.parse(text)
        except ValueError as error:
            self._store.say(str(error))
            return
        self.show(Document(EditableNetwork.fresh(network)))

    def adopt(self, module: Any, given: Any, title: str) -> None:
        """Look at a person's own `nn.Module`, called with `given` as `record` takes it: a batch of examples.

        Raises TypeError and ValueError, as `Feed` does.
        """
        self.look_at(own_document(module, given, title=title))

    def look_at(self, document: Document, picture: Picture | None = None) -> None:
        """Look at a model that its program feeds, with the picture that its first input was made of, if any."""
        feed = document.subject.feed
        assert feed is not None
        given = InputState(numbers=feed.numbers((0, 0))) if picture is None else InputState(picture=picture)
        self.show(document, given)
        if feed.is_one:
            self._store.say("The input has no batch axis: it is fed as a batch of one example.")
        elif feed.batch_size > 1:
            self._store.say(BATCH_FED.format(size=feed.batch_size))

    def load_weights(self, path: str | Path) -> None:
        """Put the weights of a PyTorch or safetensors file into the network that is open, if they fit.

        Where the file holds a program, whatever its name, that is opened in the place of what is open.
        """
        document, path = self._store.state.document, Path(path)
        refusal = document.subject.refusal(Verb.LOAD_WEIGHTS)
        if refusal and not may_be_program(path):
            self._store.say(refusal)
        elif refusal or not self.models.load_weights(path):
            self._store.begin(self._weights, ReadWeights(path, refusal), partial(self._take_read, document, path))

    def show(self, document: Document, *given: Slice, is_saved: bool = True) -> None:
        """Put `document` in the place of the one that is open, with what is `given` to it.

        `is_saved`: its file holds it as it is.
        """
        self._networks.drop()  # a file still being read no longer matters
        self._make_way()
        with self._store.gathered():
            self._store.open_document(document, *given)
            if is_saved:  # what another network was fed, and this one is too, is no work on this one
                self._saved.tell(document)

    def take_over(self) -> None:
        """Put an editable network with the same weights in the place of a model that is a plain chain of layers."""
        state = self._store.state
        shape = state.subject.input_shape or (() if state.values is None else state.values.shape)
        self._store.ask(TakeOver(state.document, shape), partial(self._take_over, state.document))

    def _take_over(self, before: Document, taken: Document | Fault) -> None:
        if isinstance(taken, Fault):
            self._store.say(taken.message)
        elif before is self._store.state.document:
            present = self._store.state.input
            self.show(taken, replace(present, place=(0, 0)), is_saved=False)
            self._store.say(TAKEN_OVER)

    def tell_saved(self, document: Document) -> None:
        """There is nothing of `document` to be saved."""
        self._saved.tell(document)

    def _take_network(self, path: Path, found: FoundNetwork | Fault, *, is_bundled: bool) -> None:
        if isinstance(found, Fault):
            self._store.say(found.message)
            return
        has_file = not is_bundled and not is_weights(path)
        given = () if found.fed is None else (found.fed,)
        self.show(found.document.with_path(path if has_file else None), *given)
        self._store.say(found.remark)
        if not is_bundled:
            self._recent.remember(path)
        state = self._store.state
        if state.subject.picture_shape and state.input.picture is None and state.input.numbers is None:
            self._feeding.use_sample(START_SAMPLE)

    def _take_read(self, document: Document, path: Path, read: Weights | HeldProgram | Fault) -> None:
        if isinstance(read, Fault):
            self._store.say(read.message)
        elif isinstance(read, HeldProgram):
            self.models.open((path,))
        else:
            self._store.ask(LoadWeights(document, path, read), partial(self._take_loaded, document, path))

    def _take_loaded(self, before: Document, path: Path, loaded: Document | Fault) -> None:
        if isinstance(loaded, Fault):
            self._store.say(f"{loaded.message} {WITH_CLASS}")
        elif before.subject != self._store.state.document.subject:  # data may have been chosen meanwhile
            self._store.say(f"The network was changed while {path.name} was read: open it again.")
        elif self._store.edit(f"load weights from {path.name}", lambda now: now.with_weights(loaded.layer_ids)):
            self._recent.remember(path)
            self._store.say(f"The weights of {brief(path.name)} are loaded.")

    # --- saving ---

    def save_network(self, path: str | Path, then: Callable[[], object] | None = None) -> None:
        """Write the network and its weights to `path` in the background; the old file stays until the new one is whole.

        `then` is called once it is; it is forgotten where it could not be written.
        """
        document, path = self._store.state.document, Path(path)
        if not self._store.may(Verb.SAVE):
            return
        self._then = then
        self._asked = job = SaveNetwork(document.saved_at(path), path, self._store.state.input)
        self._store.ask(job, partial(self._write, job), failed=lambda _failure: self._forget_then_of(job))

    def forget_then(self) -> None:
        """Forget what was to be done once the network is saved."""
        self._then = None

    def _forget_then_of(self, job: SaveNetwork) -> None:
        if job is self._asked:
            self.forget_then()

    def _write(self, job: SaveNetwork, answer: ToSave | Fault) -> None:
        """Write a network beside the model's thread, which copied its weights."""
        if isinstance(answer, Fault):
            self._forget_then_of(job)
            self._writing.say(answer.message)
        else:
            self._writing.write(job, answer)

    def _take_written(self, job: SaveNetwork, answer: ToSave, written: Written) -> None:
        """The run that was learning meanwhile has gone on since."""
        if not written.is_saved:
            self._forget_then_of(job)
            self._store.say(written.sentence)
            return
        document, path = job.document, job.path
        self._recent.remember(path)
        if path.suffix.lower() == ".txt" and not fits_in_text(document, job.given):
            self._forget_then_of(job)
            self._store.say(
                f"{path.name} holds the network's text alone: save it as .json to keep its weights, settings and input."
            )
            return
        self._store.save_as(path, document.opening)
        self._saved.tell(document, answer.steps, job.given)
        self._store.say(written.sentence)
        if job is self._asked:
            then, self._then = self._then, None
            if then is not None:
                then()
