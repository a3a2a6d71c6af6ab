"""What PyTorch's functions are called here, and which of them are bookkeeping, random or write in place."""

from __future__ import annotations

import dis
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import FrameType
from typing import Any, NamedTuple

import torch

from explorer.engine.recording.arguments import named_arguments
from explorer.engine.recording.taken import condition_of


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# Python's names for operators, as textbooks and PyTorch's functions spell them.
_OPERATORS = {
    "truediv": "div",
    "true_divide": "div",
    "divide": "div",
    "multiply": "mul",
    "clip": "clamp",
    "negative": "neg",
    "absolute": "abs",
    "not_equal": "ne",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
    "subtract": "sub",
    "floordiv": "floor_divide",
    "invert": "bitwise_not",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "concat": "cat",
    "concatenate": "cat",
    "max_pool1d_with_indices": "max_pool1d",
    "max_pool2d_with_indices": "max_pool2d",
    "max_pool3d_with_indices": "max_pool3d",
    "adaptive_max_pool2d_with_indices": "adaptive_max_pool2d",
}
_AUGMENTED = ("add", "sub", "mul", "truediv", "div", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
_IN_PLACE_OPERATORS = frozenset(f"__i{name}__" for name in _AUGMENTED)
_REFLECTED = frozenset(f"__r{name[3:]}" for name in _IN_PLACE_OPERATORS) | {"__rmatmul__"}

# They make numbers out of nothing, or only say something about a tensor: no arithmetic to step through.
_BOOKKEEPING = _words(
    "zeros ones empty full tensor as_tensor arange eye linspace zeros_like ones_like empty_like full_like",
    "new_zeros new_ones new_empty new_full new_tensor requires_grad_ retain_grad register_hook backward",
    "share_memory_ pin_memory set_ rename_ scalar_tensor from_numpy empty_strided _set_grad_enabled",
    "resize_ is_leaf result_type",
)
_VIEWED_PROPERTIES = frozenset({"T", "mT", "H", "mH", "real", "imag"})
_SOURCES = _words(
    "rand randn randint randperm normal",
)
_RANDOM = _words(
    "rand randn randint randperm normal rand_like randn_like randint_like bernoulli multinomial poisson",
    "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout rrelu gumbel_softmax lstm",
    "gru rnn_tanh rnn_relu uniform exponential scaled_dot_product_attention multi_head_attention_forward",
    "fractional_max_pool2d",
)
_FIRST_IN_PLACE_OPERATOR = 13  # NB_INPLACE_ADD among the arguments of BINARY_OP


# They read numbers off a tensor. Whatever gives no tensor is hidden; these are so frequent that they come first.
_READS = _words(
    "dim size numel stride is_contiguous is_floating_point is_complex item tolist numpy ndimension element_size",
    "data_ptr get_device storage_offset untyped_storage __len__ __bool__ __int__ __float__ __index__ __contains__",
    "__long__ __complex__",
)
_HIDDEN = _BOOKKEEPING | _READS


class Known(NamedTuple):
    """What is known of a function: PyTorch's name, our kind, whether it is hidden, whether it writes into its input.

    `condition` is what tells it from all others.
    """

    name: str
    kind: str
    is_hidden: bool
    writes: bool
    condition: str


@lru_cache(maxsize=4096)
def known(function: Callable[..., Any]) -> Known:
    """Worked out once for each function: a pass meets the same few again and again."""
    own_name = str(getattr(function, "__name__", type(function).__name__))
    condition = condition_of(function, own_name)
    if own_name not in ("__get__", "__set__"):
        name = own_name.partition(".")[0]
        return Known(name, kind_of(name), name in _HIDDEN, _writes_first(name), condition)
    name = str(getattr(getattr(function, "__self__", None), "__name__", own_name))  # a tensor's property
    if own_name == "__set__":  # other numbers are put into it, of another type or device even
        return Known(name, name, name != "data", name == "data", condition)
    return Known(name, kind_of(name), name not in _VIEWED_PROPERTIES, False, condition)


def kind_of(name: str) -> str:
    """The kind of call behind a function's name: `add` for add, add_, __iadd__ and __radd__."""
    if name in _IN_PLACE_OPERATORS or name in _REFLECTED:
        name = name[3:]
    name = name.strip("_")
    return _OPERATORS.get(name, name)


def is_source(kind: str) -> bool:
    """True for random numbers that come from no tensor but are still part of the arithmetic."""
    return kind in _SOURCES


def is_random(kind: str, kwargs: Mapping[str, Any]) -> bool:
    return kind in _RANDOM and kwargs.get("training", True) is not False


def written_arguments(
    function: Callable[..., Any], known: Known, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[torch.Tensor, ...]:
    """The tensors a call writes into; empty for a call that only makes new ones."""
    if not (kwargs or known.writes or known.kind == "batch_norm"):
        return ()
    if kwargs.get("out") is not None:
        return _tensors_of(kwargs["out"])
    if known.kind == "batch_norm":
        return _running_statistics(function, args, kwargs)
    if not (known.writes or kwargs.get("inplace") is True):
        return ()
    return _tensors_of(args[0] if args else kwargs.get("input", kwargs.get("tensor")))


def _running_statistics(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[torch.Tensor, ...]:
    """What a batch norm keeps of the batches it is trained on."""
    given = named_arguments("batch_norm", function, args, dict(kwargs))
    return _tensors_of((given.get("running_mean"), given.get("running_var"))) if given.get("training") else ()


def _writes_first(name: str) -> bool:
    if name.endswith("__"):
        return name in _IN_PLACE_OPERATORS or name == "__setitem__"
    return name.endswith("_")


def _tensors_of(value: Any) -> tuple[torch.Tensor, ...]:
    if isinstance(value, torch.Tensor):
        return (value,)
    if isinstance(value, (list, tuple)):
        return tuple(item for item in value if isinstance(item, torch.Tensor))
    return ()


def out_of_place(
    function: Callable[..., Any], name: str, kwargs: Mapping[str, Any], caller: FrameType
) -> tuple[Callable[..., Any], dict[str, Any]] | None:
    """The call that gives the same numbers without writing into its input.

    None unless the model goes on with the call's result, as it does after `x += y` and `F.relu(x, inplace=True)`:
    after a bare `x.add_(y)` it holds on to the tensor that was written.
    """
    if kwargs.get("inplace") is True:
        return function, {**kwargs, "inplace": False}
    if kwargs or not _is_augmented_assignment(caller):
        return None
    plain = f"__{name[3:]}" if name in _IN_PLACE_OPERATORS else name.removesuffix("_")
    replacement = getattr(torch.Tensor, plain, None)
    return None if replacement is None else (replacement, {})


def _is_augmented_assignment(caller: FrameType) -> bool:
    """Whether the frame stands on `x += y` or its like; PyTorch itself reports the same `add_` for both spellings."""
    code, place = caller.f_code.co_code, caller.f_lasti
    return code[place] == dis.opmap["BINARY_OP"] and code[place + 1] >= _FIRST_IN_PLACE_OPERATOR
