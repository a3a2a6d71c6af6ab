"""What every layer type has in common."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from explorer.bounds import quoted
from explorer.network.setting import Setting, SettingType
from explorer.network.shape import NetworkError, Shape

if TYPE_CHECKING:
    from torch import nn

Family = Literal["convolution", "activation", "pooling", "shape", "linear", "normalization", "merge"]
Arguments = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Repair:
    """A proposal: put these layers where the faulty one stands."""

    label: str
    layers: "tuple[Layer, ...]"


Remark = tuple[str, Iterable[Repair]]
"""A sentence about something that runs but may surprise, and what would change it, the smallest change first."""


class ShapeError(NetworkError):
    """What arrives does not fit the layer."""

    def __init__(self, message: str, fix: Repair | None = None) -> None:
        super().__init__(message)
        self.fix = fix


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One entry of a network. A layer type is a subclass with its settings as fields.

    Settings are spelled as PyTorch spells them, so that building, writing source and reading a
    module back need no table of names. Values out of range can be held (and are reported by
    `Network.problems`); values of a wrong type raise NetworkError.
    """

    kind: ClassVar[str]
    """PyTorch's class name."""
    word: ClassVar[str]
    """The name in text notation."""
    stem: ClassVar[str]
    """What automatic names begin with."""
    family: ClassVar[Family]
    summary: ClassVar[str]
    least_inputs: ClassVar[int] = 1
    most_inputs: ClassVar[int | None] = 1
    arriving: ClassVar[str] = ""
    """The setting that states what arrives (`in_features`), if there is one."""
    fixed: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """Attributes of PyTorch's module that a layer has no setting for, with the only value it can stand for."""

    name: str = ""
    """Empty: the network gives an automatic one."""
    inputs: tuple[str, ...] = ()
    """Names of what the layer takes; empty: the layer before it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(self.inputs))
        for name, rules, _ in self.settings():
            object.__setattr__(self, name, rules.normalise(name, getattr(self, name)))

    @classmethod
    def settings(cls) -> tuple[tuple[str, Setting, SettingType], ...]:
        """Field name, rules and type of each setting, in the order of the form."""
        found = ((field.name, field.metadata.get("setting")) for field in dataclasses.fields(cls))
        return tuple((name, rules, rules.type) for name, rules in found if rules is not None)

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """The value each setting begins with."""
        return {field.name: field.default for field in dataclasses.fields(cls) if "setting" in field.metadata}

    @classmethod
    def fresh(cls, shape: Shape | None) -> Self:
        """A new one with settings that make sense where `shape` arrives; None where it is not known what arrives."""
        return cls()

    def with_settings(self, **values: Any) -> Self:
        """The same layer with some fields changed."""
        return dataclasses.replace(self, **values)

    def complaint(self) -> ShapeError | None:
        """What is wrong with the settings alone, whatever arrives."""
        for name, rules, _ in self.settings():
            value = getattr(self, name)
            sentence = rules.complaint(value)
            if sentence:
                return ShapeError(sentence, self.repair(**{name: rules.nearest(value)}))
        return None

    def repair(self, **values: Any) -> Repair:
        """The proposal to set these settings, in the words of the form."""
        return Repair(f"Set {self.settings_text(values)}", (self.with_settings(**values),))

    def stated(self, name: str) -> str:
        """How a setting stands, at the beginning of a sentence and in the words of the form: "Input channels = 3"."""
        rules = next(found for each, found, _ in self.settings() if each == name)
        return f"{rules.label} = {rules.text(getattr(self, name))}"

    @classmethod
    def settings_text(cls, values: Mapping[str, Any]) -> str:
        """ "window = 3 × 5, padding = same"."""
        rules = {name: found for name, found, _ in cls.settings()}
        return ", ".join(f"{rules[name].label.lower()} = {rules[name].text(value)}" for name, value in values.items())

    def setting_text(self, name: str) -> str:
        """The value of a setting as a card tells it, with what None stands for here."""
        rules = next(found for each, found, _ in self.settings() if each == name)
        return rules.text(getattr(self, name))

    def output_shape(self, *shapes: Shape) -> Shape:
        """The shape that leaves, without the batch axis; raises ShapeError."""
        return shapes[0]

    def remarks(self, *shapes: Shape) -> tuple[Remark, ...]:
        """What runs but may surprise, for shapes that `output_shape` accepts."""
        return ()

    def size_formula(self, *shapes: Shape) -> str:
        """The arithmetic of the output size with the numbers in it; empty where nothing changes."""
        return ""

    def discard_formula(self, *shapes: Shape) -> str:
        """How many of a map's cells are gone behind it, with the numbers in it; empty where none is meant to go."""
        return ""

    def unread_text(self, *shapes: Shape) -> str:
        """Which rows and columns of what arrives it never reads, "the last row"; empty where it reads all."""
        return ""

    def parameter_count(self, *shapes: Shape) -> int:
        """How many weights are learned."""
        return 0

    def parameter_formula(self, *shapes: Shape) -> str:
        """The arithmetic of `parameter_count`; empty without parameters."""
        return ""

    def multiply_adds(self, *shapes: Shape) -> int:
        """Multiplications of a weight with a value for one picture: convolutions and linear layers only."""
        return 0

    def arguments(self, *shapes: Shape) -> Arguments:
        """What PyTorch's class of this kind is called with: by position, and by name."""
        defaults = self.defaults()
        leading = tuple(getattr(self, name) for name, rules, _ in self.settings() if rules.required)
        others = {
            name: getattr(self, name)
            for name, rules, _ in self.settings()
            if not rules.required
            and rules.is_argument
            and name != self.arriving
            and getattr(self, name) != defaults[name]
        }
        return leading, others

    def build(self, *shapes: Shape) -> "nn.Module":
        """The PyTorch module, freshly initialised from the global random state."""
        from torch import nn

        leading, others = self.arguments(*shapes)
        module: nn.Module = getattr(nn, self.kind)(*leading, **others)
        return module.requires_grad_(False) if self.is_frozen else module

    def source(self, *shapes: Shape) -> str:
        """`nn.Conv2d(3, 12, 5, padding=2)`."""
        leading, others = self.arguments(*shapes)
        written = [repr(value) for value in leading] + [f"{name}={value!r}" for name, value in others.items()]
        made = f"nn.{self.kind}({', '.join(written)})"
        return f"{made}.requires_grad_(False)" if self.is_frozen else made

    @property
    def is_frozen(self) -> bool:
        """Whether its weights stay as they are, which only layers with weights can be asked for."""
        return bool(getattr(self, "frozen", False))

    def expression(self, *names: str) -> str:
        """The output in Python, from the variables it takes; `self` is the model."""
        return f"self.{self.name}({', '.join(names)})"

    @property
    def is_module(self) -> bool:
        """Whether PyTorch has a module of this kind; a sum is written as `a + b` instead."""
        return True

    @classmethod
    def from_module(cls, module: Any, *, name: str, shape: Shape | None) -> "Layer":
        """The layer a PyTorch module of this kind stands for, given what arrives.

        Raises NetworkError for a module with an option that the layer type does not have.
        """
        for attribute, only in cls.fixed.items():
            value = getattr(module, attribute, only)
            if value != only:
                raise NetworkError(
                    f"{cls.kind} with {attribute}={quoted(value)} has no counterpart here (only {only!r})."
                )
        return cls(name=name, **cls.read_settings(module, shape))

    @classmethod
    def read_settings(cls, module: Any, shape: Shape | None) -> dict[str, Any]:
        """Settings from the attributes of the same names."""
        given = [setting for setting, rules, _ in cls.settings() if rules.is_argument and setting != "bias"]
        values = {setting: getattr(module, setting) for setting in given}
        if "frozen" in cls.defaults():
            values["frozen"] = is_frozen(module)
        if "bias" in cls.defaults():
            values["bias"] = module.bias is not None
        if cls.arriving and shape and values.get(cls.arriving) == shape[0]:
            values[cls.arriving] = None
        return values


def is_frozen(module: Any) -> bool:
    """Whether a PyTorch module has weights, and none of them learns."""
    weights = list(module.parameters())
    return bool(weights) and not any(weight.requires_grad for weight in weights)
