"""What one setting of a layer may be: its label, its range, its help. Forms, text notation and files read it."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

from explorer.amounts import MINUS, count, exact
from explorer.bounds import quoted
from explorer.network.shape import LARGEST_SIZE, NetworkError, single

SettingType = Literal["int", "float", "bool", "choice", "pair", "padding", "optional int", "optional pair"]
"""`pair` is an int for both axes or (rows, columns); `padding` is a pair or one of the words in `choices`;
an optional value may be None, whose meaning the setting tells."""

LARGEST_WINDOW = 10_000
"""Upper end of kernel sizes, strides, paddings and dilations: no picture here is larger."""

_DESCRIPTIONS: dict[SettingType, str] = {
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "pair": "a whole number or a pair such as (3, 5)",
    "padding": "a whole number, a pair such as (1, 2), or a word",
    "optional int": "a whole number or None",
    "optional pair": "a whole number, a pair such as (3, 5), or None",
}


@dataclass(frozen=True)
class Setting:
    """The rules for one field of a layer."""

    type: SettingType
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    """Always written in text notation, by position."""
    unset: str = "as it arrives"
    """What None means."""
    seldom: bool = False
    """Whether it is left as it is most of the time: the form keeps it folded away."""
    is_argument: bool = True
    """Whether PyTorch's class is made with it."""

    def normalise(self, name: str, value: Any) -> Any:
        """The value in the one form it is kept in; raises NetworkError where its type is wrong."""
        if self.type == "float" and _is_number(value):
            return float(value)
        if self.type == "bool" and isinstance(value, bool):
            return value
        if self.type in ("choice", "padding") and value in self.choices:
            return value
        if self.type.startswith("optional") and value is None:
            return value
        if self.type.endswith("int") and _is_int(value):
            return int(value)
        if self.type.endswith("pair") or self.type == "padding":
            return self._normalise_pair(name, value)
        raise self._refusal(name, value)

    def text(self, value: Any) -> str:
        """A value as the form shows it: "3 × 5", "yes", "as it arrives"."""
        if value is None:
            return self.unset
        if isinstance(value, bool):
            return "yes" if value else "no"
        return " × ".join(_written(part) for part in (value if isinstance(value, tuple) else (value,)))

    def complaint(self, value: Any) -> str:
        """A sentence that says why the value is out of range, or an empty string."""
        for number in _numbers(value):
            if self.minimum is not None and number < self.minimum:
                return f"{self.label} = {_plain(number)}, but it must be at least {_plain(self.minimum)}."
            if self.maximum is not None and number > self.maximum:
                return f"{self.label} = {_plain(number)}, but it must be at most {_plain(self.maximum)}."
        return ""

    def nearest(self, value: Any) -> Any:
        """The value moved into range."""
        if isinstance(value, tuple):
            return single(*(self.nearest(number) for number in value))
        if self.minimum is not None and value < self.minimum:
            return type(value)(self.minimum)
        if self.maximum is not None and value > self.maximum:
            return type(value)(self.maximum)
        return value

    def _normalise_pair(self, name: str, value: Any) -> int | tuple[int, int]:
        if _is_int(value):
            return int(value)
        if isinstance(value, (tuple, list)) and len(value) == 2 and all(_is_int(number) for number in value):
            return single(int(value[0]), int(value[1]))
        raise self._refusal(name, value)

    def _refusal(self, name: str, value: Any) -> NetworkError:
        allowed = _DESCRIPTIONS.get(self.type, "a word")
        if self.choices:
            words = ", ".join(self.choices)
            allowed = f"one of {words}" if self.type == "choice" else f"{allowed} ({words})"
        return NetworkError(f"{name} must be {allowed}, not {quoted(value)}.")


def setting(
    default: Any,
    type: SettingType,
    *,
    label: str,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    required: bool = False,
    unset: str = "as it arrives",
    seldom: bool = False,
) -> Any:
    """A dataclass field that carries its Setting."""
    rules = Setting(type, label, help, minimum, maximum, choices, required, unset, seldom)
    return dataclasses.field(default=default, metadata={"setting": rules})


def frozen_setting() -> Any:
    """The field of a layer with weights that says whether they stay as they are."""
    help = "Its weights do not learn: no gradient comes to them, and no update."
    rules = Setting("bool", "Frozen", help, seldom=True, is_argument=False)
    return dataclasses.field(default=False, metadata={"setting": rules})


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_SIZE


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return _is_int(value)


def _numbers(value: Any) -> tuple[float, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, (int, float)) and not isinstance(value, bool) else ()


def _written(value: object) -> str:
    """A number as everywhere else: "1e−5", "−0.1"; a word as it is."""
    if isinstance(value, float):
        return exact(value)
    return str(value).replace("-", MINUS) if _is_int(value) else str(value)


def _plain(number: float) -> str:
    return count(number) if isinstance(number, int) else exact(number)
