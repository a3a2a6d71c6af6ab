"""Text notation: `3x32x32 c1=conv(12, 5, padding=2) relu maxpool(2) flatten linear(10)`.

    network  = shape layer*                      layer    = [name "="] word ["(" argument, … ")"]
    shape    = 3x32x32 | 10                      argument = value | setting "=" value | "input" "=" name

Required settings come first, by position; a merge layer takes names instead: `add(c1, relu2)`.
`#` begins a comment that ends with the line. A name is left out where it is the automatic one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.bounds import quoted
from explorer.network.layer import Layer
from explorer.network.layers import LAYERS, layer_of_word, words
from explorer.network.names import LONGEST_NAME, is_name, positional_names
from explorer.network.shape import LARGEST_SIZE, MOST_LAYERS, NetworkError, Shape

TOKEN = re.compile(
    r"(?P<space>(?:\s|#[^\n]*)+)"
    r"|(?P<shape>\d++(?:[x×]\d++)+)(?![\w.])"
    r"|(?P<number>-?(?:\d++\.?+\d*+|\.\d++)(?:[eE][+-]?\d++)?+)(?![\w.])"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<quoted>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<sign>[=(),])"
)
LONGEST_TEXT = 300_000
"""Letters; a layer takes a dozen or so."""

_CONSTANTS = {"true": True, "false": False, "none": None}


class NotationError(NetworkError):
    """Text that cannot be read; `position` is the place in it, `line` and `column` count from 1.

    `instead` is what is perhaps meant by the word that stands there; "" where nothing is near.
    """

    def __init__(self, message: str, text: str, position: int, *, instead: str = "") -> None:
        self.position, self.instead = position, instead
        self.line = text.count("\n", 0, position) + 1
        self.column = position - (text.rfind("\n", 0, position) + 1) + 1
        super().__init__(f"{message.rstrip('.')} (line {self.line}, column {self.column}).")


@dataclass(frozen=True)
class Reading:
    """A text as far as it can be read, up to its `fault`. `places` are where in it each layer begins and ends."""

    input_shape: Shape | None = None
    layers: tuple[Layer, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    fault: NetworkError | None = None


def parse_network(text: str) -> tuple[Shape, tuple[Layer, ...]]:
    """Input shape and layers, unnamed ones still without a name."""
    reader = _Reader(text)
    return reader.shape(), reader.layers()


def read_as_far_as_it_goes(text: str) -> Reading:
    """What `parse_network` would give, or what stands before the place at which it would raise; unnamed as there."""
    fault: NetworkError | None = None
    try:
        reader = _Reader(text)
    except NotationError as error:  # a sign that nothing is written with
        fault, reader = error, _Reader(text[: error.position])
    except NetworkError as error:
        return Reading(fault=error)
    shape: Shape | None = None
    try:
        shape = reader.shape()
        reader.layers()
    except NetworkError as error:
        fault = fault or error
    return Reading(shape, tuple(reader.read), tuple(reader.places), fault)


def parse_layers(text: str) -> tuple[Layer, ...]:
    """Layers without an input shape before them."""
    return _Reader(text).layers()


def network_text(input_shape: Shape, layers: Sequence[Layer]) -> str:
    """The text that `parse_network` reads as the same network."""
    shape = "x".join(str(size) for size in input_shape)
    return " ".join([shape, *_layer_texts(layers)])


def layers_text(layers: Sequence[Layer]) -> str:
    """The layers alone, for copy and paste."""
    return " ".join(_layer_texts(layers))


def _layer_texts(layers: Sequence[Layer]) -> list[str]:
    names = [layer.name for layer in layers]
    automatic = positional_names(layers)
    return [
        layer_text(layer, named=layer.name != place or names.count(layer.name) > 1)
        for layer, place in zip(layers, automatic, strict=True)
    ]


def layer_text(layer: Layer, *, named: bool = True) -> str:
    """One layer, with or without its name."""
    arguments = _argument_texts(layer)
    call = f"{layer.word}({', '.join(arguments)})" if arguments else layer.word
    return f"{layer.name}={call}" if named else call


def _argument_texts(layer: Layer) -> list[str]:
    defaults = layer.defaults()
    leading = list(layer.inputs) if layer.most_inputs != 1 else []
    named = []
    for name, rules, _ in layer.settings():
        value = getattr(layer, name)
        if rules.required:
            leading.append(str(value))
        elif value != defaults[name]:
            named.append(f"{name}={value}")
    if layer.most_inputs == 1 and layer.inputs:
        named += [f"input={name}" for name in layer.inputs]
    return leading + named


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            raise NetworkError(f"The text has {len(text):,} letters; a network may have at most {LONGEST_TEXT:,}.")
        self.text = text
        self.tokens = list(self._split())
        self.at = 0
        self.read: list[Layer] = []
        self.places: list[tuple[int, int]] = []

    def _split(self) -> Any:
        position = 0
        while position < len(self.text):
            match = TOKEN.match(self.text, position)
            if match is None:
                raise NotationError(f"{self.text[position : position + 12]!r} is not understood", self.text, position)
            if match.lastgroup != "space":
                yield match.lastgroup, match.group(), position
            position = match.end()

    def shape(self) -> Shape:
        kind, text, place = self._next("an input shape such as 3x32x32")
        if kind not in ("shape", "number") or not re.fullmatch(r"[\dx×]+", text):
            raise NotationError(
                f"A network begins with its input shape, such as 3x32x32, not {quoted(text)}", self.text, place
            )
        sizes = tuple(self._int(size, place) for size in re.split("[x×]", text))
        if len(sizes) not in (1, 3) or not 1 <= min(sizes) <= max(sizes) <= LARGEST_SIZE:
            raise NotationError(
                f"An input shape is channels x height x width or one number of features, not {text}", self.text, place
            )
        return sizes

    def layers(self) -> tuple[Layer, ...]:
        while self.at < len(self.tokens):
            if len(self.read) == MOST_LAYERS:
                raise NotationError(f"A network has up to {MOST_LAYERS:,} layers; more are not shown", *self._here())
            _, begin = self._here()
            self.read.append(self._layer())
            _, last, place = self.tokens[self.at - 1]
            self.places.append((begin, place + len(last)))
        return tuple(self.read)

    def _layer(self) -> Layer:
        word, place = self._word("a layer")
        name = ""
        if self._take("="):
            name = self._checked_name(word, place)
            word, place = self._word("a layer after '='")
        kind = layer_of_word(word.lower())
        if kind is None:
            near = _nearest(word.lower(), words())
            perhaps = (
                f"; perhaps {near}?" if near else f" (there are {', '.join(sorted(each.word for each in LAYERS))})"
            )
            raise NotationError(f"There is no layer called {quoted(word)}{perhaps}", self.text, place, instead=near)
        is_bare = not self._peek("(")
        values, inputs = self._arguments(kind) if self._take("(") else ({}, ())
        missing = [setting for setting, rules, _ in kind.settings() if rules.required and setting not in values]
        if missing:
            example = _example(kind)
            message = f"{kind.word} needs {' and '.join(missing)}, as in {example}"
            raise NotationError(message, self.text, place, instead=example if is_bare else "")
        return kind(name=name, inputs=inputs, **values)

    def _arguments(self, kind: type[Layer]) -> tuple[dict[str, Any], tuple[str, ...]]:
        values: dict[str, Any] = {}
        inputs: list[str] = []
        open_places = [name for name, _, _ in kind.settings()]
        while not self._take(")"):
            self._argument(kind, values, inputs, open_places)
            if not self._peek(")") and not self._take(","):
                _, text, place = self._next("',' or ')'")
                raise NotationError(f"Expected ',' or ')', not {quoted(text)}", self.text, place)
        return values, tuple(inputs)

    def _argument(self, kind: type[Layer], values: dict[str, Any], inputs: list[str], open_places: list[str]) -> None:
        token, text, place = self._next("a value")
        if token == "word" and self._take("="):
            if text == "input":
                word, place = self._word("a name")
                inputs.append(self._checked_name(word, place))
            else:
                self._set(kind, values, text, place)
            return
        self.at -= 1
        if kind.most_inputs != 1:
            word, place = self._word("the name of a layer")
            inputs.append(self._checked_name(word, place))
        elif not open_places:
            raise NotationError(f"{kind.word} has no setting left for {quoted(text)}", self.text, place)
        else:
            self._set(kind, values, open_places.pop(0), place)

    def _set(self, kind: type[Layer], values: dict[str, Any], name: str, place: int) -> None:
        rules = {setting: found for setting, found, _ in kind.settings()}
        if name not in rules:
            known = ", ".join(rules) or "no settings"
            message = f"{kind.word} has no setting {quoted(name)} (it has {known})"
            raise NotationError(message, self.text, place, instead=_nearest(name.lower(), tuple(rules)))
        if name in values:
            raise NotationError(f"{name} is given twice", self.text, place)
        try:
            values[name] = rules[name].normalise(name, self._value(rules[name].choices))
        except NotationError:
            raise
        except NetworkError as error:
            raise NotationError(str(error), self.text, place) from None

    def _value(self, choices: tuple[str, ...] = ()) -> Any:
        """A number, a pair or a word; `choices` are words of the setting, which may mean something else elsewhere."""
        token, text, place = self._next("a value")
        if token == "number":
            return self._number(text, place)
        if token == "quoted":
            return text[1:-1]
        if token == "word" and text.lower() in choices:
            return text.lower()
        if token == "word":
            return _CONSTANTS.get(text.lower(), text)
        if text == "(":
            return self._tuple()
        raise NotationError(f"Expected a value, not {quoted(text)}", self.text, place)

    def _tuple(self) -> tuple[Any, ...]:
        numbers = []
        while not self._take(")"):
            token, text, place = self._next("a number")
            if token != "number":
                raise NotationError(f"Expected a number, not {quoted(text)}", self.text, place)
            numbers.append(self._number(text, place))
            if not self._take(",") and not self._peek(")"):
                raise NotationError("A pair ends with ')'", self.text, place + len(text))
        return tuple(numbers)

    def _number(self, text: str, place: int) -> int | float:
        return self._int(text, place) if re.fullmatch(r"-?\d+", text) else float(text)

    def _int(self, text: str, place: int) -> int:
        if len(text) > len(str(LARGEST_SIZE)):
            raise NotationError("The number is too long", self.text, place)
        return int(text)

    def _checked_name(self, word: str, place: int) -> str:
        if not is_name(word):
            raise NotationError(
                f"{quoted(word)} is not a name: letters, digits, underscores, a letter first", self.text, place
            )
        return word

    def _word(self, expected: str) -> tuple[str, int]:
        token, text, place = self._next(expected)
        if token != "word":
            raise NotationError(f"Expected {expected}, not {quoted(text)}", self.text, place)
        return text, place

    def _next(self, expected: str) -> tuple[str, str, int]:
        if self.at == len(self.tokens):
            raise NotationError(f"The text ends where {expected} should come", self.text, len(self.text))
        token: tuple[str, str, int] = self.tokens[self.at]
        self.at += 1
        return token

    def _here(self) -> tuple[str, int]:
        return self.text, self.tokens[self.at][2]

    def _peek(self, sign: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][:2] == ("sign", sign)

    def _take(self, sign: str) -> bool:
        found = self._peek(sign)
        self.at += found
        return found


def _example(kind: type[Layer]) -> str:
    required = [str(rules_default) for rules_default in _required_defaults(kind)]
    return f"{kind.word}({', '.join(required)})"


def _required_defaults(kind: type[Layer]) -> list[Any]:
    defaults = kind.defaults()
    return [defaults[name] for name, rules, _ in kind.settings() if rules.required]


def _nearest(word: str, known: Iterable[str]) -> str:
    """What of `known` is spelled most like `word`; "" where none is."""
    import difflib

    return next(iter(difflib.get_close_matches(word[:LONGEST_NAME], known, n=1)), "")
