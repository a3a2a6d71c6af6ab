"""How PyTorch's functions name what they are given. Most are built in and carry no signature that Python could read.

Where a function has none of its own, the schema that PyTorch's dispatcher has of it gives names and defaults of every
overload; where that knows nothing either, the list that PyTorch keeps for those who override its functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import Parameter, Signature, signature
from types import FunctionType, MethodDescriptorType
from typing import Any

import torch
from torch.overrides import get_testing_overrides

RENAMED = {
    **dict.fromkeys(("self", "instance"), "input"),
    "train": "training",
    **dict.fromkeys(("split_size", "split_sizes"), "split_size_or_sections"),
}
"""Arguments by a schema's or a method's name, and what the functions of torch.nn.functional call them."""

NUMPYS = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}
"""NumPy's names for arguments, which PyTorch's built-in functions take too."""

_OF_KINDS = {
    "getitem": signature(lambda input, index: None),
    "setitem": signature(lambda input, index, value: None),
    "identity": signature(lambda input: None),
    "einsum": signature(lambda equation, *operands: None),
    "roll": signature(lambda input, shifts, dims=None: None),
}


REFLECTED = frozenset(f"__r{name}__" for name in ("sub", "div", "truediv", "floordiv", "pow", "mod", "matmul"))
"""Operators whose tensor stands on the right of what it is called with: 1 − x."""


@dataclass(frozen=True)
class Spelling:
    """One way to call a function: what its arguments are called, and for a schema what type each of them takes."""

    signature: Signature
    types: Mapping[str, Any] = field(default_factory=dict)
    reflected: str = ""  # of an operator that stands on the right: what its tensor is called

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any] | None:
        """The arguments by name, defaults included; None where they do not fit this spelling."""
        known = self.signature.parameters
        given = {name if name in known else NUMPYS.get(name, name): value for name, value in kwargs.items()}
        if "input" in given and "input" not in known and "self" in known:
            given["self"] = given.pop("input")
        try:
            bound = self.signature.bind(*args, **given)
        except TypeError:
            return None
        if not all(_fits(self.types[name], value) for name, value in bound.arguments.items() if name in self.types):
            return None
        bound.apply_defaults()
        first = next(iter(known), "")
        renamed = {**RENAMED, **({"tensor": "input"} if first == "tensor" else {})}
        named = {renamed.get(name, name): value for name, value in bound.arguments.items() if name[0] != "_"}
        return {"input": named["other"], self.reflected: named["input"]} if self.reflected else named


@lru_cache(maxsize=1024)
def spellings(kind: str, function: Callable[..., Any]) -> tuple[Spelling, ...]:
    """All ways to call `function`, whose calls are of `kind`, the likeliest first."""
    own = _OF_KINDS.get(kind) or _own_signature(function)
    if own is not None and getattr(function, "__name__", "") in REFLECTED:
        return (Spelling(own, reflected="exponent" if kind == "pow" else "other"),)
    if own is not None:
        return (Spelling(own),)
    names = dict.fromkeys((str(getattr(function, "__name__", kind)), kind))
    is_pythons = isinstance(function, FunctionType)  # max_pool2d, which hands on whatever it is given
    is_method = isinstance(function, MethodDescriptorType)
    found = [] if is_pythons else [each for name in names for each in _of_schemas(name, is_method=is_method)]
    listed = get_testing_overrides().get(function)
    return tuple(found) if found or listed is None else (Spelling(signature(listed)),)


def _own_signature(function: Callable[..., Any]) -> Signature | None:
    try:
        own = signature(function)
    except (TypeError, ValueError):  # built in
        return None
    kinds = {parameter.kind for parameter in own.parameters.values()}
    return None if kinds == {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD} else own


def _of_schemas(name: str, *, is_method: bool) -> Iterator[Spelling]:
    """The overloads that take a tensor; those that only add an argument to write into differ in nothing else.

    Of a method the tensor comes first, wherever the schema has it: `x.where(condition, other)`.
    """
    for schema in torch._C._jit_get_schemas_for_operator(f"aten::{name}"):
        types = {argument.name: argument.type for argument in schema.arguments}
        if "out" not in types and any("Tensor" in str(kind) for kind in types.values()):
            arguments = (
                sorted(schema.arguments, key=lambda each: each.name != "self") if is_method else schema.arguments
            )
            yield Spelling(Signature([_parameter(argument) for argument in arguments]), types)


def _parameter(argument: Any) -> Parameter:
    kind = Parameter.KEYWORD_ONLY if argument.kwarg_only else Parameter.POSITIONAL_OR_KEYWORD
    default = _one_number(argument.default_value) if argument.has_default_value() else Parameter.empty
    return Parameter(argument.name, kind, default=default)


def _one_number(default: Any) -> Any:
    """A default for each axis as a person writes it: 0 for [0, 0], None for the empty list."""
    if not isinstance(default, list):
        return default
    return default[0] if len(set(default)) == 1 else default or None


def _fits(kind: Any, value: Any) -> bool:
    """Whether a value may stand where the schema has `kind`; told by its type alone, for the tensor may be dropped."""
    name = kind.kind()
    if name == "OptionalType":
        return value is None or _fits(kind.getElementType(), value)
    is_list, is_tensor = isinstance(value, (list, tuple)), hasattr(value, "requires_grad")
    if name == "ListType":
        of_tensors = kind.getElementType().kind() in ("TensorType", "OptionalType")
        return is_list if of_tensors else not (is_tensor or isinstance(value, torch.dtype))  # None: as it usually is
    if name == "StringType":
        return isinstance(value, str)
    if name == "DeviceObjType":
        return isinstance(value, (str, int, torch.device))
    if name == "TensorType":
        return not is_list and value is not None and not isinstance(value, str)
    return not (is_list or is_tensor or value is None or isinstance(value, str))
