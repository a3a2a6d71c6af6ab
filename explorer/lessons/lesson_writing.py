"""A lesson's file as the program writes it: a head, scenes, and steps that are empty or ask about one number."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from explorer.lessons.lesson_file import FORMAT, VERSION
from explorer.lessons.scene_tables import LARGEST
from explorer.lessons.script import Scene, Showing
from explorer.lessons.toml_writing import written_key, written_value

WIDTH = 110
LONGEST_LINE = 88
UNWRITABLE = "{name} holds numbers that no lesson can have: infinite ones, or none at all (nan)"
LETTERS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
USUAL = Scene("")
OF_FILE = (
    *("network", "seed", "sample", "turned", "input", "target", "loss", "mode", "steps", "kept", "freeze"),
    *("input_gradient", "is_broken", "classes", "data", "groups", "epochs"),
)
"""What of a scene is written under a key of its own, in this order; weights and what is learned with come after."""

KEYS = {"kept": "keep_gradients", "is_broken": "broken"}
STEP_KEYS = (
    *("id", "scene", "title", "view", "show", "open", "rows", "text"),
    *("ask.question", "ask.reading", "ask.expect", "ask.places", "ask.hides", "ask.hint", "ask.wrong", "ask.option"),
    "ask",
    *("reveal", "change.text", "change.do", "change.expect", "change", "expect"),
)
"""In the order in which a person reads a step."""

HEAD_KEYS = (
    *("format", "version", "id", "language", "chapter", "title", "question", "minutes", "after", "rows", "stumbles"),
)


class CannotWrite(Exception):
    """What cannot stand in a lesson's file; the text is a sentence without its full stop."""


@dataclass(frozen=True)
class NewStep:
    """A step to be written: where it stands, and what it asks, if it does."""

    name: str
    title: str
    scene: str
    view: str = ""
    showing: Showing | None = None
    open: tuple[str, ...] = ()
    question: str = ""
    reading: str = ""
    expect: float | None = None


def scene_values(scene: Scene) -> dict[str, Any]:
    """What the file says of a scene, by its keys. Raises CannotWrite."""
    values = {KEYS.get(name, name): getattr(scene, name) for name in OF_FILE if _differs(scene, name)}
    for name in ("input", "target"):
        if name in values:
            values[name] = _written_out(name, values[name])
    values |= {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    weights = {name: _as_one(_written_out(name, numbers)) for name, numbers in scene.weights.items()}
    network = {"network": values.pop("network")}
    learning = {name: list(value) if isinstance(value, tuple) else value for name, value in scene.learning.items()}
    return {**network, **({"weights": weights} if weights else {}), **values, **learning}


def _differs(scene: Scene, name: str) -> bool:
    value = getattr(scene, name)
    return value is not None if name in ("input", "target") else value != getattr(USUAL, name)


def _written_out(name: str, numbers: Any) -> np.ndarray:
    table = np.asarray(numbers)
    if table.dtype.kind != "i":
        table = table.astype(np.float32)
    while table.ndim > 2 and len(table) == 1:  # one example, or one channel: as on paper
        table = table[0]
    if not table.size or not bool((np.abs(table) <= LARGEST).all()):
        raise CannotWrite(UNWRITABLE.format(name=name))
    return table


def _as_one(table: np.ndarray) -> np.ndarray:
    """The one number that fills it, where it holds the same everywhere."""
    first = table.reshape(-1)[0]
    return np.asarray(first) if bool((table == first).all()) else table


def scene_block(name: str, values: Mapping[str, Any], like: str = "") -> str:
    """The lines of a scene."""
    lines = [f"[{written_key('scene', name)}]"]
    lines += [f"like = {written_value(like)}"] if like else []
    for key, value in values.items():
        if key == "weights":
            lines += [
                _line(written_key("weights", *parameter.split(".")), numbers) for parameter, numbers in value.items()
            ]
        else:
            lines.append(_line(key, value))
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    return f"{key} = {written_value(value, indent=len(key) + 3)}"


def beside(values: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Which of `others` a scene is like, and what it says beside it: "" and all of it where that is not shorter."""
    found: tuple[str, dict[str, Any]] = ("", dict(values))
    for name, other in others.items():
        if not set(other) <= set(values) or not _is_same(values["network"], other["network"]):
            continue
        rest = {key: value for key, value in values.items() if key not in other or not _is_same(value, other[key])}
        if len(rest) < len(found[1]):
            found = name, rest
    return found


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return set(one) == set(other) and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.shape(one) == np.shape(other) and bool(np.array_equal(one, other))
    return type(one) is type(other) and bool(one == other)


def same_values(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two scenes say the same."""
    return _is_same(one, other)


def is_same_scene(one: Scene, other: Scene) -> bool:
    """Whether two scenes are set up alike, to the last number."""
    names = [each.name for each in fields(Scene) if each.name != "weights"]
    return _is_same(one.weights, other.weights) and all(
        _is_same(getattr(one, name), getattr(other, name)) for name in names
    )


def step_block(step: NewStep) -> str:
    """The lines of a step."""
    lines = ["[[step]]"]
    values: dict[str, Any] = {"id": step.name, "scene": step.scene, "title": step.title, "view": step.view}
    values |= {"show": "" if step.showing is None else shown_as(step.showing), "open": list(step.open)}
    values |= {"ask.question": step.question, "ask.reading": step.reading}
    lines += [f"{key} = {written_value(value)}" for key, value in values.items() if value]
    lines += [] if step.expect is None else [f"ask.expect = {written_value(step.expect)}"]
    return "\n".join(lines) + "\n"


def shown_as(showing: Showing) -> str:
    """ "backward pool1, input[0,0,1,1]"."""
    cell = f", {showing.tensor}[{','.join(map(str, showing.cell))}]" if showing.tensor and showing.cell else ""
    return f"{showing.phase} {showing.call}".strip() + cell


def lesson_text(title: str, language: str, scene: Mapping[str, Any], step: NewStep) -> str:
    """A whole lesson of one step."""
    name = slug(title, "lesson")
    head = {"format": FORMAT, "version": VERSION, "id": name, "language": language, "title": title, "question": ""}
    lines = [f"{key} = {written_value(value)}" for key, value in head.items() if (key, value) != ("language", "en")]
    return "\n\n".join(("\n".join(lines), scene_block(step.scene, scene).rstrip("\n"), step_block(step)))


def slug(text: str, otherwise: str) -> str:
    """Small letters, digits and hyphens, as ids are written."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().translate(LETTERS)).strip("-") or otherwise


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with a number behind it that nobody has."""
    names = set(taken)
    numbered = (f"{wanted}-{number}" for number in range(2, len(names) + 3))
    return wanted if wanted not in names else next(name for name in numbered if name not in names)


def wrapped(text: str) -> str:
    """A text as a file has it: a long one in several lines, which the screen sets anew."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LINE else f"{textwrap.fill(text, WIDTH, break_long_words=False)}\n"
