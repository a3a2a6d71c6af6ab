"""What can be found, one entry each: a new kind of thing is a function and its place in `SOURCES`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtGui import QKeySequence

from explorer.data import DATA_SETS
from explorer.data.samples import SAMPLES
from explorer.network.files import read_network
from explorer.network.library_names import LIBRARIES, names_of
from explorer.network.templates import TEMPLATES, Template
from explorer.resources import bundled_networks, resource
from explorer.session import Verb
from explorer.session.cursor import StepName
from explorer.session.timeline import TimelineStep
from explorer.ui.common import theme
from explorer.ui.common.actions import Actions
from explorer.ui.common.command import Shell
from explorer.ui.common.text import shape_text
from explorer.ui.shell.commands import set_theme
from explorer.ui.shell.finding.findable import Findable
from explorer.ui.shell.status import MODE_TIPS

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson

THEMES = {
    "system": ("Theme: as the system", "Light or dark, as the system is, also when it changes."),
    "light": ("Theme: light", "Dark letters on a light ground."),
    "dark": ("Theme: dark", "Light letters on a dark ground."),
}
ALSO = {"showData": "open data set browse"}
"""What a command is found by besides its own words."""
DEVICE_TIP = "Where the network runs."
FROM_LIBRARY = "Open this model of the library, with weights as it makes them: untrained."
BY_ITSELF = "find"
"""The command that shows what can be found is not offered there."""


@runtime_checkable
class EditsSettings(Protocol):
    """The pane of the network, and the training strip."""

    def edit_setting(self, name: str) -> None:
        """Bring the keyboard into the field of a setting of the selected layer, or of the run."""


class FindableSetting(Protocol):
    """One thing that a run depends on: its name here and on the screen, and as what it is chosen."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def tip(self) -> str: ...
    @property
    def chosen(self) -> str: ...
    @property
    def words(self) -> str: ...


@runtime_checkable
class HasRunSettings(Protocol):
    """The training strip."""

    def run_settings(self) -> Iterable[FindableSetting]:
        """All that a run depends on."""


def commands(shell: Shell) -> Iterable[Findable]:
    """Every command, with its key, and why it cannot be used where that is so."""
    actions, state = shell.actions(), shell.session.state
    assert isinstance(actions, Actions)
    for command in actions.commands:
        if command.name != BY_ITSELF:
            yield Findable(
                actions[command.name].text().rstrip("…"),
                "command",
                actions[command.name].trigger,
                note=command.now(command, state).tip,
                aside=QKeySequence(command.shortcut).toString(),
                words=f"{command.menu} {ALSO.get(command.name, '')}",
                refusal=command.refusal(state),
            )


def parts(shell: Shell) -> Iterable[Findable]:
    """The layers of a network, or the calls of a person's own model; they are selected."""
    state, select = shell.session.state, shell.session.selection.select
    what = "layer" if state.subject.can(Verb.EDIT) else "call"
    for part in state.parts:
        yield Findable(
            part.name,
            what,
            partial(select, layer=part.name, channel=None, row=None, column=None),
            note=f"Select this {what}: {part.kind}.",
            aside="" if part.shape is None else shape_text(part.shape),
            words=part.family,
        )


def settings(shell: Shell) -> Iterable[Findable]:
    """The settings of the selected layer; the keyboard goes into the field."""
    layer = shell.session.state.layer(shell.session.state.selection.layer or "")
    if layer is None:
        return
    for name, rules, _ in layer.settings():
        yield Findable(
            f"{rules.label} of {layer.name}",
            "setting",
            _changing(shell, "network", name),
            note=rules.help,
            aside=str(getattr(layer, name)),
            words=name,
        )


def _changing(shell: Shell, pane: str, setting: str) -> Callable[[], object]:
    def change() -> None:
        shell.show(pane)
        panel = shell.view(pane)
        assert isinstance(panel, EditsSettings)
        panel.edit_setting(setting)

    return change


def run_settings(shell: Shell) -> Iterable[Findable]:
    """What a training run depends on, whichever layer is selected; the keyboard goes into the field."""
    strip = shell.view("training")
    assert isinstance(strip, HasRunSettings)
    for each in strip.run_settings():
        yield Findable(
            f"{each.label[:1].upper()}{each.label[1:]}",
            "setting",
            _changing(shell, "training", each.name),
            note=each.tip,
            aside=each.chosen,
            words=f"{each.name} {each.words} training run",
        )


def passes(shell: Shell) -> Iterable[Findable]:
    """Where the network runs, and in which mode."""
    maps, passes = shell.session.state.maps, shell.session.passes
    for name in maps.devices:
        aside = "now" if name == maps.device else ""
        yield Findable(f"Device: {name}", "setting", partial(passes.set_device, name), DEVICE_TIP, aside, "run on")
    for mode, tip in MODE_TIPS.items():
        aside = "now" if mode == maps.mode else ""
        yield Findable(f"Mode: {mode}", "setting", partial(passes.set_mode, mode), tip, aside, "model evaluation")


def steps(shell: Shell) -> Iterable[Findable]:
    """The steps on record, forwards, the loss, backwards and updates; the debugger goes there.

    Before one is on record those that will be, as far as the layers tell: going to one records it.
    """
    timeline = shell.session.state.steps.timeline
    if timeline is None:
        yield from _steps_to_come(shell)
        return
    for step in timeline.steps:
        yield _step(shell, step.phase, _worked_on(step), step.kind, partial(shell.session.steps.go_to_step, step.index))


def _step(shell: Shell, phase: str, at: str, kind: str, go: Callable[[], object]) -> Findable:
    def show_and_go() -> None:
        shell.show("debugger")
        go()

    return Findable(
        at if phase == "forward" else f"{phase.capitalize()} · {at}",
        "step",
        show_and_go,
        note=f"Go to this step in the step debugger: {kind.replace('_', ' ')}.",
        aside=phase,
        words="call debugger",
    )


def _steps_to_come(shell: Shell) -> Iterable[Findable]:
    state, go = shell.session.state, shell.session.steps.go_to_named
    computed = state.maps.activations.layers if state.maps.activations is not None else ()
    layers = [layer for layer in computed if layer.kind != "input"]
    chosen = state.document.hyperparameters
    there = [("forward", layer.name, layer.kind) for layer in layers]
    there += [("loss", "", chosen.loss or "loss")] if layers else []
    there += [("backward", layer.name, layer.kind) for layer in reversed(layers)]
    for layer in layers:
        learned = {"weight": layer.weight, "bias": layer.bias}
        there += [("update", f"{layer.name}.{of}", chosen.optimizer) for of in learned if learned[of] is not None]
    for phase, at, kind in there:
        yield _step(shell, phase, at or kind.replace("_", " "), kind, partial(go, StepName(phase, at)))


def _worked_on(step: TimelineStep) -> str:
    if step.phase == "update":
        return step.parameter
    return step.kind.replace("_", " ") if step.phase == "loss" else step.call


def networks(shell: Shell) -> Iterable[Findable]:
    """The networks that come with the program."""
    for name in bundled_networks():
        file = read_network(resource("networks", f"{name}.json"))
        yield Findable(
            file.title, "network", _opening(shell, name), note=file.description, words=f"{name} open example"
        )


def _opening(shell: Shell, name: str) -> Callable[[], object]:
    return lambda: shell.leave(lambda: shell.session.files.open_network(name))


def library_models(shell: Shell) -> Iterable[Findable]:
    """The models of libraries that are installed, by name, with the weights that they make themselves."""
    for library in LIBRARIES:
        for name in names_of(library):
            yield Findable(name, "model", _naming(shell, name), note=FROM_LIBRARY, words=f"{library.package} open")


def _naming(shell: Shell, name: str) -> Callable[[], object]:
    return lambda: shell.leave(lambda: shell.session.files.models.open_named(name))


def templates(shell: Shell) -> Iterable[Findable]:
    """What a new network may begin with."""
    for template in TEMPLATES:
        note = f"Begin a new network with it. {template.sentence}"
        yield Findable(template.title, "template", _beginning(shell, template), note=note, words=f"{template.name} new")


def _beginning(shell: Shell, template: Template) -> Callable[[], object]:
    return lambda: shell.leave(lambda: shell.session.files.new_network(template.text))


def lessons(shell: Shell) -> Iterable[Findable]:
    """The lessons that come with the program, in the language they are read in; found by their words in any."""
    from explorer.lessons.shelf import lessons as all_lessons
    from explorer.lessons.words import LANGUAGES

    shown = all_lessons(shell.session.state.lessons.language)
    in_all = zip(*(all_lessons(language) for language in LANGUAGES), strict=True)
    for original, lesson, spoken in zip(all_lessons(), shown, in_all, strict=True):
        yield Findable(
            lesson.title,
            "lesson",
            partial(shell.session.lessons.open, original),
            note=lesson.script.question if lesson.script.question != lesson.title else lesson.chapter,
            aside=f"{lesson.minutes} min",
            words=" ".join((lesson.name, "learn", *map(_words_of, spoken))),
        )


def _words_of(lesson: Lesson) -> str:
    return f"{lesson.title} {lesson.chapter} {lesson.script.question}"


def data_sets(shell: Shell) -> Iterable[Findable]:
    """The data sets by name; where one has to be downloaded the window of data asks first."""
    refusal, browser = shell.session.state.subject.refusal(Verb.USE_DATA), shell.actions()["showData"]
    for entry in DATA_SETS:
        is_here = entry.is_here()
        yield Findable(
            entry.card.title,
            "data set",
            partial(shell.session.data.use_data, entry.card.name) if is_here else browser.trigger,
            note=entry.card.what,
            aside="" if is_here else "not yet here",
            words=f"{entry.card.name} learn train",
            refusal=refusal,
        )


def samples(shell: Shell) -> Iterable[Findable]:
    """The pictures that come with the program."""
    refusal = shell.session.state.subject.refusal(Verb.SHOW_PICTURE)
    for sample in SAMPLES:
        yield Findable(
            sample.title,
            "picture",
            partial(shell.session.input.use_sample, sample.name),
            note=sample.origin,
            words=f"{sample.name} {sample.subject} sample input",
            refusal=refusal,
        )


def recent(shell: Shell) -> Iterable[Findable]:
    """The files that were opened last."""
    for path in shell.session.state.files.recent:
        yield Findable(path.name, "file", partial(shell.open_path, path), note=str(path), words="recent open")


def themes(_shell: Shell) -> Iterable[Findable]:
    """Light and dark."""
    for choice in theme.CHOICES:
        title, note = THEMES[choice]
        yield Findable(title, "command", partial(set_theme, choice), note, words="view colours")


SOURCES: tuple[Callable[[Shell], Iterable[Findable]], ...] = (
    commands,
    parts,
    settings,
    run_settings,
    passes,
    steps,
    networks,
    library_models,
    templates,
    lessons,
    data_sets,
    samples,
    recent,
    themes,
)
"""In the order in which they stand before anything is typed."""


def all_findables(shell: Shell) -> list[Findable]:
    """All that can be found now."""
    return [findable for source in SOURCES for findable in source(shell)]
