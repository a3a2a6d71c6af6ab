"""The scenes of a lesson's file. One may be `like` another and say only what differs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.bounds import quoted
from explorer.lessons.packing import unpacked
from explorer.lessons.script import Scene
from explorer.lessons.tables import Notes, Table
from explorer.lessons.toml_lines import Place
from explorer.orientation import TURNS

LEARNING = (
    *("optimizer", "learning_rate", "momentum", "nesterov", "weight_decay", "betas", "alpha"),
    *("clip_norm", "batch_size"),
)
"""What a scene may say of its optimizer; with one of them there is an update."""

MOST_STEPS = 1000
MOST_EPOCHS = 30
MOST_NUMBERS = 100_000
DEEPEST = 4
"""Axes of a table of numbers: of the weights of a convolution."""

LARGEST = 1e30
UNUSUAL = "has to hold numbers of an ordinary size, not {}"


def read_scenes(tables: Mapping[str, Any], notes: Notes) -> dict[str, Scene]:
    """All scenes that can be read, by name."""
    return {name: _scene(name, tables, notes) for name in tables if isinstance(tables[name], dict)}


def _scene(name: str, tables: Mapping[str, Any], notes: Notes) -> Scene:
    place: Place = ("scene", name)
    table = Table(_with_what_it_is_like(name, tables, notes), place, f'scene "{name}"', notes)
    table.any("like")
    scene = Scene(
        name,
        network=table.text("network", needed=True),
        weights=_weights(table),
        seed=table.number("seed", 0),
        input=_numbers(table, "input"),
        sample=table.text("sample"),
        turned=table.text("turned"),
        target=_numbers(table, "target"),
        loss=table.text("loss"),
        learning={key: table.any(key) for key in LEARNING if table.has(key)},
        mode=table.text("mode") or "eval",
        steps=table.number("steps", 1, least=1, most=MOST_STEPS),
        kept=table.number("keep_gradients", 1, least=1, most=MOST_STEPS),
        freeze=table.texts("freeze"),
        input_gradient=table.flag("input_gradient"),
        is_broken=table.flag("broken"),
        edits=table.edits("do"),
        classes=table.texts("classes"),
        data=table.text("data"),
        groups=table.texts("groups"),
        epochs=table.number("epochs", 1, least=1, most=MOST_EPOCHS),
    )
    table.end()
    if scene.mode not in ("eval", "train"):
        table.note("mode", f"mode is {quoted(scene.mode)}; there are eval, train")
    if scene.turned and scene.turned not in TURNS:
        table.note("turned", f"turned is {quoted(scene.turned)}; there are {', '.join(TURNS)}")
    return scene


def _with_what_it_is_like(name: str, tables: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    """What the file says of a scene, after what it says of the one that it is like, and so on."""
    found: dict[str, Any] = {}
    seen: list[str] = []
    while True:
        seen.append(name)
        found = {**tables[name], **found}
        wanted = tables[name].get("like")
        if wanted is None:
            return found
        place: Place = ("scene", name, "like")
        if not isinstance(wanted, str) or not isinstance(tables.get(wanted), dict):
            there = ", ".join(tables)
            notes.add(place, f'scene "{name}"', f'like = "{wanted}" names no scene; there are {there}')
            return found
        if wanted in seen:
            notes.add(place, f'scene "{name}"', f"it is like itself, by way of {', '.join(seen)}")
            return found
        name = wanted


def _weights(table: Table) -> dict[str, Any]:
    weights = table.any("weights") or {}
    if not isinstance(weights, dict):
        table.note("weights", 'weights are given by parameter: { "conv1.weight" = [[1, 0], [0, 1]] }')
        return {}
    named = ((name, _as_numbers(table, ("weights", name), value)) for name, value in _by_dotted_name(weights))
    return {name: value for name, value in named if value is not None}


def _by_dotted_name(weights: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """TOML makes tables of `conv1.weight = …`: both ways of writing it mean the same."""
    found: list[tuple[str, Any]] = []
    for name, value in weights.items():
        if isinstance(value, dict):
            found += [(f"{name}.{inner}", below) for inner, below in value.items()]
        else:
            found.append((name, value))
    return found


def _numbers(table: Table, key: str) -> Any:
    value = table.any(key)
    return None if value is None else _as_numbers(table, (key,), value)


def _as_numbers(table: Table, key: tuple[str, ...], value: Any) -> Any:
    """A table of numbers as nested lists, of packed ones too; None, and noted, for what is none."""
    fault = ""
    if isinstance(value, str):
        try:
            numbers = unpacked(value)
        except ValueError as error:
            fault = str(error)
        else:
            value, fault = numbers.tolist(), "" if _is_ordinary(numbers) else UNUSUAL.format("infinite ones")
    else:
        fault = number_fault(value)
    if fault:
        table.notes.add((*table.place, *key), table.where, f"{'.'.join(key)} {fault}")
    return None if fault else value


def _is_ordinary(numbers: np.ndarray) -> bool:
    return bool(numbers.size) and bool((np.abs(numbers) <= LARGEST).all())


def number_fault(value: Any) -> str:
    """What is wrong with a table of numbers, nested lists as they are written on paper; "" where nothing is."""
    rows, axes, amount = [value], 0, 1
    while any(isinstance(row, list) for row in rows):
        if not all(isinstance(row, list) for row in rows):
            return "has numbers and lists of numbers beside one another"
        lengths = {len(row) for row in rows}
        if len(lengths) > 1:
            odd = next(at for at, row in enumerate(rows) if len(row) != len(rows[0]))
            return f"has rows of {len(rows[0])} and of {len(rows[odd])} numbers (row {odd}, counted from 0)"
        amount, axes = amount * lengths.pop(), axes + 1
        if axes > DEEPEST or amount > MOST_NUMBERS:
            return f"is a table of up to {DEEPEST} axes and {MOST_NUMBERS:,} numbers"
        rows = [each for row in rows for each in row]
    for each in rows:
        if isinstance(each, bool) or not isinstance(each, int | float):
            return f"has to hold numbers alone, not {quoted(each)}"
        if not math.isfinite(each) or abs(each) > LARGEST:
            return UNUSUAL.format(quoted(each))
    return "" if rows else "holds no number"
