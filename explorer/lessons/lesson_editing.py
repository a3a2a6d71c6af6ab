"""The text of a lesson's file after a change by its author: a step more or less, other texts. All else stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from explorer.bounds import quoted
from explorer.lessons.lesson_writing import (
    HEAD_KEYS,
    STEP_KEYS,
    NewStep,
    beside,
    free_name,
    same_values,
    scene_block,
    scene_values,
    shown_as,
    step_block,
    wrapped,
)
from explorer.lessons.script import Scene, Script
from explorer.lessons.toml_editing import CannotChange, with_block, with_value, without_block
from explorer.lessons.toml_lines import Place

GONE = "The file has no step {name} any more: it was changed meanwhile."
NEW_SCENE = "scene"


def place_of(text: str, step: str) -> Place:
    """Where the step of that name stands in a file. Raises CannotChange where it is gone."""
    steps = tomllib.loads(text).get("step", [])
    names = [str(each.get("id", at + 1)) for at, each in enumerate(steps)]
    if step not in names:
        raise CannotChange(GONE.format(name=quoted(step)))
    return ("step", names.index(step))


def with_new_step(text: str, script: Script, after: str, step: NewStep, scene: Scene) -> str:
    """`text` with `step` behind the one called `after`, in a scene that says the same as `scene`.

    A question is put into the step `after` itself where that asks nothing and is set up alike.
    Raises CannotChange, CannotWrite.
    """
    name, block = _scene_for(script, scene)
    place = place_of(text, after)
    before = next(each for each in script.steps if each.name == after)
    if step.question and before.question is None and before.scene == name:
        return with_question(text, place, step)
    following: Place = ("step", int(place[1]) + 1)
    is_last = following[1] == len(tomllib.loads(text)["step"])
    added = "\n".join(filter(None, (block, step_block(replace(step, scene=name)))))
    return with_block(text, added, None if is_last else following)


def with_question(text: str, place: Place, step: NewStep) -> str:
    """`text` with the question of `step` in the one at `place`, which then stands where the question is about."""
    asked = {"question": step.question, "reading": step.reading, "expect": step.expect}
    shown = {"show": "" if step.showing is None else shown_as(step.showing), "view": step.view}
    for key, value in shown.items():
        text = with_value(text, (*place, key), value, STEP_KEYS) if value else text
    for key, given in asked.items():
        text = with_value(text, (*place, "ask", key), given, STEP_KEYS) if given is not None else text
    return text


def _scene_for(script: Script, scene: Scene) -> tuple[str, str]:
    """The name of the scene that says the same, or of a new one with its lines."""
    if scene.name in script.scenes:
        return scene.name, ""
    values, known = scene_values(scene), {}
    for name, other in script.scenes.items():
        if not other.edits and other.changed is None:
            known[name] = scene_values(other)
            if same_values(values, known[name]):
                return name, ""
    name = free_name(NEW_SCENE, script.scenes)
    like, rest = beside(values, known)
    return name, scene_block(name, rest, like)


def with_texts(text: str, step: str, texts: Mapping[Place, Any]) -> str:
    """`text` with other texts: by their places in the step of that name, those of the head by places that begin with
    "lesson". Raises CannotChange."""
    inside = place_of(text, step)
    for place, given in texts.items():
        value = wrapped(given) if isinstance(given, str) else given
        if place[0] == "lesson":
            text = with_value(text, place[1:], value, HEAD_KEYS)
        else:
            text = with_value(text, (*inside, *place), value, STEP_KEYS)
    return text


def without_step(text: str, step: str) -> str:
    """`text` without the step of that name. Raises CannotChange."""
    return without_block(text, place_of(text, step))
