"""What every subject can be asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.network import Layer, Network, Problem, Shape
from explorer.session.example import Target
from explorer.session.part import Part

if TYPE_CHECKING:
    from explorer.data import Fitted, Picture
    from explorer.engine.model.workbench import Workbench
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.feed import Feed
    from explorer.engine.recording.recording import Recording
    from explorer.session.snapshot import Activations, LayerActivation


NO_CHAIN = "What is open is no model that could become an editable network."


class Verb(Enum):
    """What a person may want to do with a subject."""

    EDIT = "edit"
    CHANGE_WEIGHTS = "change weights"  # type over one, take a step, forget them
    LOAD_WEIGHTS = "load weights"
    SAVE = "save"
    SHOW_PICTURE = "show a picture"
    USE_DATA = "use data"  # run it on the examples of a data set
    TRAIN = "train"


class Refused(ValueError):
    """What cannot be done with this subject; the message is a sentence for the person."""


class Subject(ABC):
    """What the window looks at. What is known only of a network is empty for any other."""

    made_by: str = ""  # what of `own_source` makes it
    is_open: bool = True  # whether there is anything to look at
    layer_ids: tuple[int, ...] = ()  # the ids under which its layers' weights are kept, in their order
    feed: Feed | None = None  # all that a program feeds it, where one does

    # --- what may be done ---

    @abstractmethod
    def refusal(self, verb: Verb) -> str:
        """Why `verb` cannot be done with it, in a sentence that helps; "" where it can."""

    def can(self, verb: Verb) -> bool:
        """Whether `verb` can be done with it."""
        return not self.refusal(verb)

    @property
    def edited(self) -> Network:
        """The network that is edited. Raises Refused for a subject that cannot be."""
        raise Refused(self.refusal(Verb.EDIT))

    # --- what it is ---

    @property
    def structure(self) -> object:
        """What it is beside its weights: equal for two subjects that differ in these alone."""
        return None

    @property
    def own_source(self) -> Path | None:
        """The file that makes it, where other weights can be put into what it makes; None for any other."""
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """Its layers' names, as far as they are known before anything ran."""
        return ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with it, known before anything ran."""
        return ()

    @property
    def fault(self) -> Problem | None:
        """The first of these problems that keeps it from running to its end."""
        return next((problem for problem in self.problems if problem.severity == "error"), None)

    @property
    def is_whole(self) -> bool:
        """Whether there is no such fault."""
        return self.fault is None

    @property
    def input_shape(self) -> Shape | None:
        """What it is fed, without the batch axis; None where it does not say."""
        return None

    @property
    def output_shape(self) -> Shape | None:
        """What it gives for one example; None before that can be told."""
        return None

    own_loss: object = None  # what its program learns by, as `record` takes it; None where nothing is known of that
    own_target: object = None
    fit: Callable[[Picture], Fitted] | None = None  # a program's own way from a picture to numbers
    read_as: str = ""  # the loss whose outputs its own are read as; "": the one that suits
    targets: tuple[Target, ...] = ()  # what it should give for each example that its program feeds it

    @property
    def last_kind(self) -> str:
        """The kind of its last layer, as "Softmax"; "" where that is not known."""
        return ""

    @property
    def picture_shape(self) -> Shape | None:
        """(C, H, W) that pictures are brought to; None where it takes no pictures."""
        return self.input_shape if self.input_shape is not None and len(self.input_shape) == 3 else None

    def layer(self, name: str) -> Layer | None:
        """Its layer called `name`, if it has one that can be changed."""
        return None

    @abstractmethod
    def number_type(self, present: np.ndarray | None) -> np.dtype[np.generic]:
        """The type of the numbers that are typed in place of `present`."""

    def as_network(self, shape: Shape) -> tuple[Network, dict[str, np.ndarray]]:
        """An editable network that does the same to an input of `shape`, and its weights by name. Raises Refused."""
        raise Refused(NO_CHAIN)

    # --- what is seen of it ---

    @abstractmethod
    def parts(self, activations: Activations | None) -> tuple[Part, ...]:
        """What it is made of, in the order in which it runs, its input first; `activations` are of the last pass."""

    @abstractmethod
    def has_part(self, name: str, activations: Activations | None) -> bool:
        """Whether one of these parts is called `name`."""

    def identity(self, name: str) -> object:
        """What stays the same of the part called `name` while it is renamed and changed."""
        return name

    # --- how it runs, in the worker's thread ---

    @abstractmethod
    def put_on(self, bench: Workbench) -> None:
        """Make the workbench's model this one. Raises EngineError where that cannot be."""

    @abstractmethod
    def activations(self, recording: Recording, bench: Workbench, example: int = 0) -> Iterable[LayerActivation]:
        """What its parts gave for one example, without the input, in the order of `parts`."""

    @abstractmethod
    def call_of(self, recording: Recording, part: str) -> Call | None:
        """The call that gave what the part called `part` gave; None for the input."""

    def failed_part(self, recording: Recording) -> Part | None:
        """The call that ended a pass before its end, where none of the parts that are known beforehand made it."""
        return None

    def output_part(self, recording: Recording) -> str:
        """The name of the part that gave its (first) output; "" where that is the last one."""
        return ""
