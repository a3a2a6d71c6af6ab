"""A person's own model out of files: looked at, asked about, run and shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.bounds import brief
from explorer.network.file_names import is_model, is_weights
from explorer.network.library_names import LIBRARIES, names_of
from explorer.network.model_names import ExtraModel
from explorer.session.document import Document
from explorer.session.fault import Fault
from explorer.session.features.feeding import GREY_SAMPLE, START_SAMPLE, Feeding
from explorer.session.features.recent import RecentFiles
from explorer.session.lanes import Lane
from explorer.session.model_errands import (
    FindNamed,
    FoundNamed,
    LookAtModel,
    LookedAt,
    MakeModel,
    ModelFiles,
    ReadExtraModel,
)
from explorer.session.model_question import Asks, ModelQuestion
from explorer.session.slices import Slice
from explorer.session.store import Store
from explorer.session.subjects.opened_model import OpenedModel

if TYPE_CHECKING:
    from explorer.engine.opening.model_of_files import ModelOfFiles
    from explorer.network import Shape

MOST_TRUSTED = 500
"""How many files are remembered that the person agreed to run."""

PROGRAM = (
    "{name} is a program of {kind}. PyTorch opens it in a way that lets whoever wrote it run code, which can do "
    "whatever you can do on this computer: open it only if you trust them. You are asked once, and again when the file "
    "has changed."
)
NAMED = "torchvision.models:resnet18"
BY_NAME = "Name, as package.module:callable; arguments may follow, as in resnet18(weights='DEFAULT')"
ANY = "whichever fits the weights"
Show = Callable[..., object]


class Models:
    """Opens models out of files, the newest that is asked for. `state.files.question` is what waits for an answer."""

    def __init__(self, store: Store, feeding: Feeding, recent: RecentFiles, show: Show) -> None:
        """`show` puts a document in the place of the one that is open, with what is given to it."""
        self._store, self._feeding, self._recent, self._show = store, feeding, recent, show
        lane: Lane[LookedAt | ModelOfFiles | Fault] = Lane(
            "model", failed=store.fail, cancelled=store.tell_cancelled, told_as="opening"
        )
        self._lane = store.add_lane(lane)
        named: Lane[FoundNamed | Fault] = Lane(
            "named model", failed=store.fail, cancelled=store.tell_cancelled, told_as="opening"
        )
        self._named = store.add_lane(named)
        self._making: MakeModel | None = None
        self._classes: tuple[str, ...] = ()
        self._is_agreed = False
        self._asked = ""  # what made the model that is open, while other weights are read for it
        self._made: tuple[MakeModel, ModelOfFiles] | None = None

    def trust(self, digests: Iterable[str]) -> None:
        """The files with these digests may run unasked: the person agreed to that before."""
        trusted = tuple(dict.fromkeys((*digests, *self._store.state.files.trusted)))[:MOST_TRUSTED]
        self._store.set(replace(self._store.state.files, trusted=trusted))

    # --- opening ---

    def open(
        self, paths: Iterable[str | Path], *, asked: str = "", classes: tuple[str, ...] = (), is_agreed: bool = False
    ) -> None:
        """Open the model that the Python file or program among `paths` is, with the weights among them.

        `asked` names what makes it, or is a call of that, where it need not be asked for. `classes` are the names of
        its outputs, where its file need not say them. `is_agreed`: whoever asks for it named what is to be run.
        """
        self._asked, self._classes, self._is_agreed = asked, classes, is_agreed
        given = [Path(path) for path in paths]
        source = next(filter(is_model, given), given[0])
        weights = next((path for path in given if is_weights(path) and path != source), None)
        self._ask(None)
        self._store.begin(self._lane, LookAtModel(ModelFiles(source, weights)), self._take_looked)

    def ask_name(self) -> None:
        """Ask which model is to be opened by its name."""
        self.decline()
        names = tuple(name for library in LIBRARIES for name in names_of(library))
        self._ask(ModelQuestion(Asks.NAME, "Open a model by name", "", "Open", names, NAMED, BY_NAME))

    def open_named(self, name: str) -> None:
        """Open a model by its name, "torchvision.models:resnet18": whoever names a module has it run."""
        self._ask(None)
        self._store.begin(self._named, FindNamed(name), self._take_named)

    def _take_named(self, found: FoundNamed | Fault) -> None:
        if isinstance(found, Fault):
            self._store.say(found.message)
        else:
            self.open((found.path,), asked=found.call, is_agreed=True)

    def open_extra(self, extra: ExtraModel) -> None:
        """Open a model that comes as an extra of this program, in the place of whatever is open."""
        self._ask(None)
        self._classes = ()
        self._store.begin(self._lane, ReadExtraModel(extra), self._take_extra)

    def _take_extra(self, made: LookedAt | ModelOfFiles | Fault) -> None:
        if isinstance(made, Fault):
            self._store.say(made.message)
        elif not isinstance(made, LookedAt):
            self._put(made, Path(made.name))

    def load_weights(self, path: Path) -> bool:
        """Make the model that is open anew with the weights at `path`; False where no file makes it."""
        subject = self._store.state.subject
        if subject.own_source is not None:
            self.open((subject.own_source, path), asked=subject.made_by, classes=self._store.state.classes)
        return subject.own_source is not None

    def _take_looked(self, looked: LookedAt | ModelOfFiles | Fault) -> None:
        if isinstance(looked, Fault):
            self._store.say(looked.message)
        elif isinstance(looked, LookedAt):
            self._making = MakeModel(looked, self._asked or next(iter(looked.calls), ""))
            is_trusted = self._is_agreed or looked.is_harmless or looked.digest in self._store.state.files.trusted
            if is_trusted and (self._asked or len(looked.calls) <= 1):
                self._make(self._making)
            else:
                self._ask(_run_question(looked, self._asked, is_trusted=is_trusted))

    def _make(self, making: MakeModel) -> None:
        self._making = making
        self._store.begin(self._lane, making, self._take_made)

    def _take_made(self, made: LookedAt | ModelOfFiles | Fault) -> None:
        making = self._making
        if isinstance(made, Fault):
            self._store.say(made.message)
        elif making is not None and not isinstance(made, LookedAt):
            self._made = making, made
            if made.expected.shape is None:
                self._ask(_input_question(made))
            elif self._store.state.files.unsaved:
                self._ask(_leave_question(made))
            else:
                self._show_made()

    def _show_made(self) -> None:
        if self._made is None:
            return
        (making, made), self._made = self._made, None
        source = making.looked.files.source
        self._put(made, source, made_by="" if making.looked.program else made.name)
        self._recent.remember(source)

    def _put(self, made: ModelOfFiles, source: Path, *, made_by: str = "") -> None:
        """Look at what was made."""
        expected = made.expected
        shape, numbers = _fed(made)
        subject = OpenedModel(
            made.module,
            source=source,
            shape=shape,
            made_by=made_by,
        )
        document = Document(
            subject,
            title=made.name,
            classes=self._classes or expected.classes,
            mean=expected.mean,
            std=expected.std,
        )
        given: tuple[Slice, ...] = ()
        if numbers is not None:
            given = (replace(self._store.state.input, numbers=numbers, picture=None, fitted=None),)
        self._show(document, *given)
        if subject.picture_shape and self._store.state.input.picture is None:
            self._feeding.use_sample(GREY_SAMPLE if subject.picture_shape[0] == 1 else START_SAMPLE)
        self._store.say(f"{made.remark} {_input_words(made)}")

    # --- what is asked ---

    def answer(self, words: str = "") -> None:
        """Go on with what was asked: `words` are what was chosen or written."""
        question, making = self._store.state.files.question, self._making
        if question is not None and question.asks is Asks.NAME:
            self.open_named(words.strip())
            return
        if question is None or making is None:
            return
        if question.asks is Asks.INPUT:
            self._answer_input(question, making, words)
            return
        self._ask(None)
        if question.asks is Asks.RUN:
            self.trust((making.looked.digest,))
            chosen = words or question.usual
            self._make(replace(making, asked="" if chosen == ANY else chosen))
        else:
            self._show_made()

    def _answer_input(self, question: ModelQuestion, making: MakeModel, words: str) -> None:
        shape = _shape(words)
        if shape is None:
            self._ask(replace(question, text=f"{words!r} is no shape: write sizes, such as 3×224×224 or 16."))
            return
        self._ask(None)
        self._make(replace(making, shape=shape))

    def decline(self) -> None:
        """Leave everything as it is."""
        self._ask(None)
        self._making = self._made = None

    def _ask(self, question: ModelQuestion | None) -> None:
        if question != self._store.state.files.question:
            self._store.set(replace(self._store.state.files, question=question))


def _run_question(looked: LookedAt, asked: str, *, is_trusted: bool) -> ModelQuestion:
    name, weights = brief(looked.files.source.name), looked.weights
    if looked.program:
        return ModelQuestion(Asks.RUN, f"Open {name}", PROGRAM.format(name=name, kind=looked.program), "Open the file")
    choices = (ANY, *looked.calls) if weights is not None and len(looked.calls) > 1 else looked.calls
    warning = (
        f"To open a model of {name}, the program has to run it. It can then do whatever you can do on this computer: "
        "run it only if you trust whoever wrote it. You are asked once, and again when the file has changed."
    )
    return ModelQuestion(
        Asks.RUN,
        f"Open a model of {name}",
        "" if is_trusted else warning,
        "Open" if is_trusted else "Run the file",
        choices,
        asked or choices[0],
        "Class, function or model",
    )


def _input_question(made: ModelOfFiles) -> ModelQuestion:
    text = f"It could not be told what {brief(made.name)} takes. {made.expected.told} Write the sizes of one example."
    return ModelQuestion(Asks.INPUT, f"The input of {brief(made.name)}", text, "Open", (), "3×224×224", "Input")


def _leave_question(made: ModelOfFiles) -> ModelQuestion:
    return ModelQuestion(Asks.LEAVE, f"Open {brief(made.name)}", "", "Open")


def _shape(words: str) -> Shape | None:
    """Sizes as they are written: "3x224x224", "3 × 224 × 224", "(3, 224, 224)", "16"."""
    parts = [part for part in re.split(r"[x×,;()\[\]\s]+", words.strip().lower()) if part]
    if not parts or not all(part.isdecimal() and int(part) > 0 for part in parts):
        return None
    return tuple(int(part) for part in parts)


def _fed(made: ModelOfFiles) -> tuple[Shape | None, np.ndarray | None]:
    """The shape that pictures or numbers are brought to; where it is neither, an example."""
    shape = made.expected.shape or ()
    if made.expected.is_tokens:
        return None, np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
    if len(shape) in (1, 3):
        return shape, None
    return None, np.linspace(0, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def _input_words(made: ModelOfFiles) -> str:
    expected = made.expected
    sizes = " × ".join(map(str, expected.shape or ()))
    if len(expected.shape or ()) != 3:
        return f"Its input is {sizes}, {expected.told}."
    scale = "" if expected.mean else "; with no mean and spread known, pictures are fed as 0 to 1"
    return f"Its input is {sizes}, {expected.told}{scale}."
