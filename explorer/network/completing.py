"""What can be written at a place in a network's text: kinds of layers, settings, values and names, and what each is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.network.layer import Layer
from explorer.network.layers import LAYERS, layer_of_word
from explorer.network.names import INPUT
from explorer.network.notation import TOKEN
from explorer.network.setting import Setting

LOOKED_BACK = 4_000
"""How many letters before the place are read to find out what stands there: a layer takes a dozen or so."""

_BEGUN = re.compile(r"(?<![\w.])[A-Za-z_]\w*\Z")


@dataclass(frozen=True)
class Completion:
    """One thing to write: `word` is what it is found by, `text` what is put in, `note` what it is.

    `chosen` is the part of `text`, from and to, that is to be written over next; `family` is that of a layer.
    """

    word: str
    text: str
    note: str
    chosen: tuple[int, int] | None = None
    family: str = "other"


@dataclass(frozen=True)
class Completions:
    """What goes on with the word begun at `begin`, the best first."""

    begin: int
    found: tuple[Completion, ...] = ()


@dataclass(frozen=True)
class Around:
    """What stands around a place: the call of a layer that it lies in, its settings given so far, and what is awaited.

    `awaits` is "layer", "argument", "value" (then of `setting`) or "" where nothing can be written.
    """

    kind: type[Layer] | None = None
    given: tuple[str, ...] = ()
    awaits: str = "layer"
    setting: str = ""


@dataclass
class _Call:
    """A bracket that is open: the layer whose settings stand in it, None for a pair of numbers."""

    kind: type[Layer] | None
    named: list[str] = field(default_factory=list)
    commas: int = 0

    @property
    def given(self) -> tuple[str, ...]:
        """The settings that are given before the last comma, by place or by name, and one that is being given."""
        if self.kind is None or self.kind.most_inputs != 1:
            return tuple(self.named)
        by_place = max(0, self.commas - len(self.named))
        return (*(name for name, _, _ in self.kind.settings()[:by_place]), *self.named)


def completions(text: str, position: int, names: Mapping[str, str]) -> Completions:
    """What can be written at `position`; `names` are the layers before it, each with what it gives."""
    before = text[max(0, position - LOOKED_BACK) : position]
    begun = _BEGUN.search(before)
    word = begun.group().lower() if begun else ""
    around = surroundings(before[: len(before) - len(word)])
    # An input's size comes first: without it no layer can be written. Nothing goes on with a number.
    has_size = position > LOOKED_BACK or re.search(r"\d", before) is not None
    is_in_number = not word and re.search(r"[\w.]\Z", before) is not None
    every = tuple(_every(around, names)) if has_size and not is_in_number else ()
    found = [each for each in every if each.word.lower().startswith(word)]
    found += [each for each in every if word and word in each.word.lower() and each not in found]
    return Completions(position - len(word), tuple(found))


def surroundings(before: str) -> Around:
    """What the end of `before` lies in."""
    if "#" in before.rpartition("\n")[2]:
        return Around(awaits="")
    calls: list[_Call] = []
    tokens = [match for match in TOKEN.finditer(before) if match.lastgroup != "space"]
    words = [match.group() for match in tokens]
    for at, written in enumerate(words):
        if written == "(":
            kind = layer_of_word(words[at - 1].lower()) if at and tokens[at - 1].lastgroup == "word" else None
            calls.append(_Call(kind))
        elif written == ")" and calls:
            calls.pop()
        elif written == "=" and calls and at:
            calls[-1].named.append(words[at - 1])
        elif written == "," and calls:
            calls[-1].commas += 1
    last = words[-1] if words else ""
    if not calls:
        return Around()
    call = calls[-1]
    if call.kind is None:
        return Around(awaits="")
    if last == "=":
        return Around(call.kind, call.given, "value", call.named[-1] if call.named else "")
    return Around(call.kind, call.given, "argument" if last in ("(", ",") else "")


def _every(around: Around, names: Mapping[str, str]) -> Iterator[Completion]:
    if around.awaits == "layer":
        yield from (layer_completion(kind) for kind in LAYERS)
    elif around.kind is not None and around.awaits == "argument":
        yield from _arguments(around.kind, around.given, names)
    elif around.kind is not None and around.awaits == "value":
        yield from _values(around.kind, around.setting, names)


def layer_completion(kind: type[Layer]) -> Completion:
    """A layer with the arguments that have to be there: `conv(16, 3)`, of which the first is written over next."""
    defaults = kind.defaults()
    required = [str(defaults[name]) for name, rules, _ in kind.settings() if rules.required]
    if kind.most_inputs != 1:
        text = f"{kind.word}("
        return Completion(kind.word, text, kind.summary, (len(text), len(text)), kind.family)
    text = f"{kind.word}({', '.join(required)})" if required else kind.word
    first = len(kind.word) + 1
    chosen = (first, first + len(required[0])) if required else None
    return Completion(kind.word, text, kind.summary, chosen, kind.family)


def _arguments(kind: type[Layer], given: tuple[str, ...], names: Mapping[str, str]) -> Iterator[Completion]:
    if kind.most_inputs != 1:
        yield from _names(names)
    for name, rules, _ in kind.settings():
        if name not in given:
            yield Completion(name, f"{name}=", f"{rules.label}: {rules.help}")
    if kind.most_inputs == 1 and INPUT not in given:
        yield Completion(INPUT, f"{INPUT}=", "The layer that it takes, where that is not the one before it.")


def _values(kind: type[Layer], setting: str, names: Mapping[str, str]) -> Iterator[Completion]:
    if setting == INPUT:
        yield from _names(names)
    for name, rules, _ in kind.settings():
        if name == setting:
            yield from (Completion(word, word, rules.help) for word in _words_of(rules))


def _words_of(rules: Setting) -> tuple[str, ...]:
    values: tuple[Any, ...] = (True, False) if rules.type == "bool" else rules.choices
    return tuple(str(value) for value in (*values, *((None,) if rules.type.startswith("optional") else ())))


def _names(names: Mapping[str, str]) -> Iterator[Completion]:
    """The nearest layer first, the network's input last."""
    for name, gives in reversed(list(names.items())):
        yield Completion(name, name, f"Gives {gives}.")
    yield Completion(INPUT, INPUT, "What the network is fed.")
