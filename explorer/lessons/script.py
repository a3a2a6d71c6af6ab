"""What a lesson's file says: a head, scenes to be set up, and steps that ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explorer.lessons.readings.expressions import Expression
from explorer.lessons.readings.parsing import Assignment
from explorer.lessons.toml_lines import Place, line_of
from explorer.network import Network


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a file of a lesson, and where; a `is_warning` keeps nobody from playing it.

    `where` names the step or the scene: 'step "winner"'. `line` counts from 1; 0 where it is not known.
    """

    file: str
    line: int
    where: str
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        where = f", {self.where}" if self.where else ""
        warning = " (warning)" if self.is_warning else ""
        stop = "" if self.message.endswith((".", "?", "!")) else "."
        return f"{self.file}{line}{where}{warning}: {self.message}{stop}"


@dataclass(frozen=True, eq=False)
class Scene:
    """A network with all that a pass of it needs. Numbers are nested lists, as they are written on paper.

    `network` is text notation or the name of a network that comes with the program, `changed` what was changed in its
    layers since; `weights` are by parameter, "conv1.weight". `steps` is how many training steps are made; `kept` how
    many gradients are added up before they are read. `is_broken` says that the network is not meant to run to its end.
    `turned` is how the sample lies: "mirrored", "left", "right" or "upside down".
    `classes` are the names of its outputs, which a network that comes with the program has of its own.
    `data` names a data set, from which a run of so many `epochs` learns, its classes in `groups` where there are any:
    "no=*", "yes=retina".
    `edits` are made once it is set up: a few weights of a trained network are others, say.
    """

    name: str
    network: str = ""
    changed: Network | None = None
    weights: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    input: Any = None
    sample: str = ""
    turned: str = ""
    target: Any = None
    loss: str = ""
    learning: Mapping[str, Any] = field(default_factory=dict)
    mode: str = "eval"
    steps: int = 1
    kept: int = 1
    freeze: tuple[str, ...] = ()
    input_gradient: bool = False
    is_broken: bool = False
    edits: tuple[Assignment, ...] = ()
    classes: tuple[str, ...] = ()
    data: str = ""
    groups: tuple[str, ...] = ()
    epochs: int = 1

    def with_weight(self, parameter: str, values: Any) -> Scene:
        """The same with other numbers in one parameter."""
        return replace(self, weights={**self.weights, parameter: values})


@dataclass(frozen=True)
class Wrong:
    """An answer that was foreseen: a number, or arithmetic over readings, and what it comes from."""

    answer: Expression
    because: str
    place: Place


@dataclass(frozen=True)
class Option:
    """One of several to choose from; right if `condition` holds. `because` says what a wrong one comes from."""

    text: str
    condition: Expression
    because: str
    place: Place


@dataclass(frozen=True)
class Question:
    """To be answered with the number that `reading` gives, with one of `options`, or with a value to be put into the
    program (`put`) so that `condition` holds, or by pointing at a cell of the tensor `point`, the input's or a layer's,
    for which it holds. `expect` is what the author takes for right; nobody is judged by it. `hides` are numbers that
    would tell the answer, as those of the rows below that are made in the same way."""

    text: str
    reading: Expression | None = None
    options: tuple[Option, ...] = ()
    put: str = ""
    point: str = ""
    condition: Expression | None = None
    wrong: tuple[Wrong, ...] = ()
    expect: Any = None
    places: int | None = None
    hint: str = ""
    hides: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What the author takes a reading to give."""

    reading: Expression
    text: str
    value: Any
    place: Place


@dataclass(frozen=True)
class Change:
    """One thing to change next, and what then comes out."""

    text: str
    edits: tuple[Assignment, ...] = ()
    expect: tuple[Expected, ...] = ()


@dataclass(frozen=True)
class Showing:
    """Where the debugger stands: a phase ("forward", "backward" …) of a call, and a cell of one of its tensors."""

    phase: str
    call: str
    tensor: str = ""
    cell: tuple[int, ...] = ()


@dataclass(frozen=True)
class LessonStep:
    """One step: a scene on the screen, a text before the question, a text after it, and something to change.

    `rows` of a lecture are done in it, and it takes away `stumbles`: what many people get wrong, by a few words.
    """

    name: str
    title: str
    scene: str
    number: int
    view: str = ""
    showing: Showing | None = None
    open: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    stumbles: tuple[str, ...] = ()
    text: str = ""
    question: Question | None = None
    reveal: str = ""
    change: Change | None = None
    expect: tuple[Expected, ...] = ()

    @property
    def kind(self) -> str:
        """ "ask", "show" where something is pointed at without a question, or "tell"."""
        return "ask" if self.question else "show" if self.showing else "tell"

    @property
    def where(self) -> str:
        """As a sentence names it."""
        return f'step "{self.name}"'

    @property
    def place(self) -> Place:
        """Where it begins in the file."""
        return ("step", self.number)


@dataclass(frozen=True, eq=False)
class Script:
    """A lesson as its file says it, as far as that can be read. `lines` say where in the file what stands."""

    path: Path
    lines: Mapping[Place, int]
    name: str = ""
    chapter: str = ""
    title: str = ""
    question: str = ""
    minutes: int = 0
    after: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    stumbles: tuple[str, ...] = ()
    language: str = "en"
    scenes: Mapping[str, Scene] = field(default_factory=dict)
    steps: tuple[LessonStep, ...] = ()

    def line(self, place: Place) -> int:
        """The line of what stands at `place`, or of what holds it."""
        return line_of(self.lines, place)

    def mistake(self, place: Place, where: str, message: str, *, is_warning: bool = False) -> Mistake:
        """What is wrong at `place`."""
        return Mistake(self.path.name, self.line(place), where, message, is_warning)
