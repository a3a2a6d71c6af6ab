"""A change of a scene: cells of input, target and weights, settings of layers, and what else a scene says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.bounds import quoted
from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.expressions import ReadingError, Reference
from explorer.lessons.readings.parsing import Assignment
from explorer.lessons.scene_tables import LEARNING, MOST_EPOCHS, MOST_STEPS
from explorer.lessons.script import Scene
from explorer.lessons.staging.indexing import check_index
from explorer.lessons.staging.stage import Stage
from explorer.lessons.staging.staged import Staged
from explorer.network import NetworkError
from explorer.orientation import TURNS

WORDS = {"filters": "out_channels", "features": "out_features", "window": "kernel_size"}
"""What the form of a layer calls a setting, beside PyTorch's own name."""

TENSORS = ("weight", "bias", "running_mean", "running_var")


def set_up(scene: Scene) -> Staged:
    """A scene on its stage, with what the file has changed in it. Raises ReadingError with a sentence."""
    return changed(Staged(scene), scene.edits)


def changed(staged: Staged, edits: tuple[Assignment, ...]) -> Staged:
    """The scene after these changes, one after the other. Raises ReadingError with a sentence."""
    for edit in edits:
        staged = with_value(staged, edit.place, evaluate(edit.value, staged))
    return staged


def with_value(staged: Staged, place: Reference, value: Value) -> Staged:
    """The scene with `value` at one place."""
    return Staged(_scene(staged.stage, place, value))


def _scene(stage: Stage, place: Reference, value: Value) -> Scene:
    if place.arguments is not None or len(place.names) > 2:
        raise ReadingError(f"{quoted(place.text)} cannot be changed")
    if len(place.names) == 2:
        return _of_layer(stage, *place.names, place, value)
    (name,) = place.names
    if name == "input":
        return replace(stage.scene, input=_put(stage.input, place, value), sample="")
    if name == "target":
        return replace(stage.scene, target=_target(stage, place, value))
    if place.index is not None:
        raise ReadingError(f"{name} has no cells to change")
    if name in LEARNING:
        return replace(stage.scene, learning={**stage.scene.learning, name: _plain(value)})
    if name not in FIELDS:
        there = ", ".join(("input", "target", *FIELDS, *LEARNING))
        raise ReadingError(f"{quoted(name)} cannot be changed; what can: {there}, and a layer's weights and settings")
    return FIELDS[name](stage.scene, value)


def _put(numbers: np.ndarray, place: Reference, value: Value) -> Any:
    """`numbers` with `value` at the index of `place`, as nested lists."""
    if place.index is None:
        return _plain(value)
    check_index(numbers.shape, place)
    given = np.array(numbers, dtype=np.float64)
    try:
        given[place.index] = value
    except ValueError as error:
        raise ReadingError(f"what is put into {place.text} does not fit") from error
    return given.tolist()


def _target(stage: Stage, place: Reference, value: Value) -> Any:
    if place.index is None:
        return _plain(value)
    if stage.scene.target is None:
        raise ReadingError("there is no target: give the scene one")
    return _put(np.asarray(stage.scene.target), place, value)


def _of_layer(stage: Stage, layer: str, what: str, place: Reference, value: Value) -> Scene:
    if layer not in stage.network.names:
        raise ReadingError(f'there is no layer "{layer}"; the network has {", ".join(stage.network.names) or "none"}')
    if what in TENSORS:
        name = f"{layer}.{what}"
        if name not in stage.before:
            raise ReadingError(f"there is no parameter {name}; there are {', '.join(stage.before) or 'none'}")
        return stage.scene.with_weight(name, _put(stage.before[name], place, value))
    return _with_setting(stage, layer, WORDS.get(what, what), value)


def _with_setting(stage: Stage, name: str, setting: str, value: Value) -> Scene:
    layer = stage.network.layer(name)
    known = [each for each, _rules, _type in layer.settings()]
    if setting not in known:
        there = ", ".join((*known, *(tensor for tensor in TENSORS if f"{name}.{tensor}" in stage.before)))
        raise ReadingError(f"{name} has no setting {quoted(setting)}; it has {there or 'none'}")
    try:
        network = stage.network.replace(name, layer.with_settings(**{setting: _plain(value)}))
    except NetworkError as error:
        raise ReadingError(str(error).rstrip(".")) from error
    return replace(stage.scene, changed=network)


def _plain(value: Value) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _word(value: Value) -> str:
    if not isinstance(value, str):
        raise ReadingError(f"a word in quotes is needed, not {quoted(_plain(value))}")
    return value


def _up_to(most: int, value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ReadingError(f"a whole number from 1 to {most:,} is needed, not {quoted(_plain(value))}")
    return value


def _mode(value: Value) -> str:
    if value not in ("eval", "train"):
        raise ReadingError(f"there are the modes eval and train, not {quoted(_plain(value))}")
    return _word(value)


def _turn(value: Value) -> str:
    if value not in ("", *TURNS):
        raise ReadingError(f"there are the turns {', '.join(TURNS)}, not {quoted(_plain(value))}")
    return _word(value)


def _words(value: Value) -> tuple[str, ...]:
    words = _plain(value)
    return tuple(_word(each) for each in (words if isinstance(words, list) else [words]))


FIELDS: Mapping[str, Callable[[Scene, Value], Scene]] = {
    "network": lambda scene, value: replace(scene, network=_word(value), changed=None, weights={}),
    "sample": lambda scene, value: replace(scene, sample=_word(value), input=None),
    "turned": lambda scene, value: replace(scene, turned=_turn(value)),
    "loss": lambda scene, value: replace(scene, loss=_word(value)),
    "data": lambda scene, value: replace(scene, data=_word(value)),
    "groups": lambda scene, value: replace(scene, groups=_words(value)),
    "epochs": lambda scene, value: replace(scene, epochs=_up_to(MOST_EPOCHS, value)),
    "mode": lambda scene, value: replace(scene, mode=_mode(value)),
    "steps": lambda scene, value: replace(scene, steps=_up_to(MOST_STEPS, value)),
    "keep_gradients": lambda scene, value: replace(scene, kept=_up_to(MOST_STEPS, value)),
    "freeze": lambda scene, value: replace(scene, freeze=_words(value)),
}
"""What of a scene is changed as a whole, beside input, target and what is learned with."""
