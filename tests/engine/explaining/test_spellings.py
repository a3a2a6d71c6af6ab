"""Every function of PyTorch that there is an arithmetic for, in each of its spellings, explained cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from inspect import Parameter, signature
from itertools import product
from types import FunctionType
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.overrides import get_testing_overrides

import explorer
from explorer.arithmetic import mathematics, more_activations
from explorer.arithmetic.linear import Linear
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.operations import OPERATIONS
from explorer.engine.errors import EngineError
from explorer.engine.explaining.explain_all import WithoutTerms
from explorer.engine.recording.kinds import known
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import map_tree
from tests.by_hand import ByHand

# A module that calls nothing; what PyTorch calls inside; attributes; what gives nothing back.
WITHOUT_SPELLING = ("identity", "max_pool2d_with_indices", "T", "mT", "setitem")
PLACES = {"torch": torch, "F": F, "Tensor": torch.Tensor}


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(len(shape)))


MAPS, ONE_EXAMPLE, ROWS = normal(2, 4, 3, 2), normal(4, 3, 2), normal(3, 4)
CONVOLUTION = {"weight": normal(4, 2, 2, 2), "bias": normal(4), "stride": (2, 1), "padding": 1, "groups": 2}
TRANSPOSED = {"weight": normal(4, 1, 2, 2), "bias": normal(2), "stride": 2, "padding": 1, "groups": 2}
POOLING = {"kernel_size": (2, 2), "stride": (2, 1), "padding": 1}
NORM = {"weight": normal(4), "bias": normal(4), "eps": 1e-3}
TRAINED = {"running_mean": torch.zeros(4).double(), "running_var": torch.ones(4).double()}

# Of each kind: what it is given, by the names of the functions in torch.nn.functional.
GIVEN: ByHand[list[dict[str, Any]]] = ByHand(
    "GIVEN of tests/engine/explaining/test_spellings.py",
    {
        "conv2d": [{"input": given, **CONVOLUTION} for given in (MAPS, ONE_EXAMPLE)],
        "conv_transpose2d": [{"input": given, **TRANSPOSED} for given in (MAPS, ONE_EXAMPLE)],
        "conv1d": [
            {"input": given, "weight": normal(4, 2, 3), "bias": normal(4), "stride": 2, "padding": 1, "groups": 2}
            for given in (normal(2, 4, 5), normal(4, 5))
        ]
        + [{"input": normal(1, 2, 5), "weight": normal(2, 2, 2), "padding": "same", "dilation": 2}],
        "conv3d": [
            {
                "input": normal(1, 2, 3, 2, 4),
                "weight": normal(2, 1, 2, 1, 3),
                "bias": normal(2),
                "stride": (1, 2, 1),
                "padding": (1, 0, 1),
                "groups": 2,
            }
        ],
        "conv_transpose1d": [
            {"input": given, "weight": normal(4, 1, 3), "bias": normal(2), "stride": 2, "padding": 1, "groups": 2}
            for given in (normal(2, 4, 3), normal(4, 3))
        ],
        "conv_transpose3d": [
            {"input": normal(1, 2, 1, 2, 2), "weight": normal(2, 2, 2, 1, 2), "bias": normal(2), "stride": (2, 1, 1)}
        ],
        "linear": [
            {"input": ROWS, "weight": normal(5, 4), "bias": normal(5)},
            {"input": ROWS[0], "weight": normal(5, 4)},
        ],
        "max_pool2d": [{"input": given, **POOLING} for given in (MAPS, ONE_EXAMPLE)],
        "avg_pool2d": [
            {"input": given, **POOLING, "ceil_mode": True, "count_include_pad": False} for given in (MAPS, ONE_EXAMPLE)
        ],
        "adaptive_avg_pool2d": [{"input": given, "output_size": (3, 2)} for given in (MAPS, ONE_EXAMPLE)],
        "max_pool1d": [{"input": normal(2, 3, 6), "kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2}],
        "max_pool3d": [{"input": normal(1, 2, 3, 4, 3), "kernel_size": (2, 2, 3), "stride": (1, 2, 1), "padding": 1}],
        "avg_pool1d": [{"input": normal(2, 3, 6), "kernel_size": 3, "stride": 2, "padding": 1}],
        "avg_pool3d": [
            {"input": normal(1, 2, 3, 4, 3), "kernel_size": 2, "stride": (1, 2, 1), "padding": 1},
            {"input": normal(1, 2, 3, 4, 3), "kernel_size": 2, "count_include_pad": False, "padding": 1},
        ],
        **{
            f"adaptive_{word}_pool{axes}d": [{"input": normal(*shape), "output_size": size}]
            for word in ("max", "avg")
            for axes, shape, size in ((1, (2, 3, 5), 2), (2, (1, 2, 4, 3), (3, 2)), (3, (1, 2, 3, 4, 2), (2, 3, 1)))
            if (word, axes) != ("avg", 2)
        },
        "batch_norm": [{"input": MAPS, **NORM, **TRAINED, "training": training} for training in (True, False)],
        "group_norm": [{"input": MAPS, "num_groups": 2, **NORM}],
        "layer_norm": [{"input": ROWS, "normalized_shape": (4,), **NORM}],
        "matmul": [
            {"input": ROWS, "other": normal(4, 2)},
            {"input": normal(2, 1, 2, 3), "other": normal(3, 3, 2)},
            {"input": ROWS[0], "other": normal(2, 4, 3)},
            {"input": MAPS, "other": normal(2)},
        ],
        "mm": [{"input": ROWS, "mat2": normal(4, 2)}],
        "bmm": [{"input": normal(2, 3, 4), "mat2": normal(2, 4, 2)}],
        "mv": [{"input": ROWS, "vec": normal(4)}],
        "dot": [{"input": ROWS[0], "tensor": normal(4)}],
        "outer": [{"input": ROWS[0], "vec2": normal(3)}],
        "addmm": [
            {"input": normal(*shape), "mat1": ROWS, "mat2": normal(4, 2), "beta": 2, "alpha": 3}
            for shape in ((2,), (3, 2))
        ],
        "baddbmm": [
            {"input": normal(*shape), "batch1": normal(2, 3, 4), "batch2": normal(2, 4, 2), "beta": 2}
            for shape in ((2,), (2, 3, 2))
        ],
        "einsum": [
            {"equation": equation, "operands": operands}
            for equation, operands in {
                "ij,jk->ik": (ROWS, normal(4, 2)),
                "b...c,dc->b...d": (MAPS, normal(3, 2)),
                "ij , jk": (ROWS, normal(4, 2)),
                "ii->i": (ROWS[:, :3],),
                "...ij->...": (MAPS,),
                "ij,ij,j->j": (ROWS, ROWS + 1, normal(4)),
            }.items()
        ],
        "add": [{"input": ROWS, "other": normal(4), "alpha": 3}, {"input": ROWS, "other": 2.5}],
        "scaled_dot_product_attention": [
            {"query": normal(2, 1, 3, 2), "key": normal(2, 2, 4, 2), "value": normal(1, 2, 4, 3), **chosen}
            for chosen in ({}, {"scale": 0.7}, {"attn_mask": normal(2, 1, 4)}, {"attn_mask": normal(3, 4) > 0})
        ]
        + [
            {"query": ROWS, "key": ROWS + 1, "value": normal(3, 2), "is_causal": True},
            {"query": normal(1, 4, 2, 2), "key": normal(1, 2, 3, 2), "value": normal(1, 2, 3, 2), "enable_gqa": True},
        ],
        "sub": [{"input": ROWS, "other": normal(4), "alpha": 3}, {"input": ROWS, "other": 2.5}],
        "div": [{"input": ROWS, "other": normal(4)}, {"input": ROWS, "other": 2.5}],
        "pow": [{"input": ROWS, "exponent": 3}, {"input": ROWS.abs(), "exponent": normal(4)}],
        "clamp": [
            {"input": ROWS, "min": -0.5},
            {"input": ROWS, "min": -0.5, "max": 0.7},
            {"input": ROWS, "min": normal(4), "max": normal(4) + 0.3},
        ],
        **{kind: [{"input": ROWS, "other": normal(4)}] for kind in ("maximum", "minimum")},
        **{
            kind: [{"input": ROWS, "tensor1": normal(4), "tensor2": normal(3, 1), "value": 2}]
            for kind in ("addcmul", "addcdiv")
        },
        **{kind: [{"input": ROWS, "other": 0.1 * normal(4).round()}] for kind in ("eq", "ne", "lt", "le", "gt", "ge")},
        "mul": [{"input": ROWS, "other": normal(4)}, {"input": ROWS, "other": 2.5}],
        "cat": [{"tensors": (ROWS, normal(3, 2)), "dim": 1}],
        "mean": [{"input": MAPS}, {"input": MAPS, "dim": (1, 3), "keepdim": True}],
        "sum": [{"input": MAPS}, {"input": MAPS, "dim": (1, 3), "keepdim": True}, {"input": MAPS, "dim": -1}],
        **{
            kind: [{"input": MAPS.round(), "dim": (1, 3)}, {"input": ROWS, "dim": 1, "keepdim": True}]
            for kind in ("amax", "amin")
        },
        "normalize": [{"input": MAPS, "dim": 1}, {"input": ROWS, "dim": -1, "eps": 2.0}],
        "flatten": [{"input": MAPS, "start_dim": 1}],
        "reshape": [{"input": ROWS, "shape": (2, 6)}],
        "view": [{"input": ROWS, "size": (2, 6)}],
        "squeeze": [{"input": ROWS[:1]}, {"input": ROWS[:1], "dim": 0}],
        "unsqueeze": [{"input": ROWS, "dim": 1}],
        "unflatten": [{"input": ROWS, "dim": 1, "sizes": (2, 2)}],
        **{kind: [{"input": ROWS, "other": normal(2, 6)}] for kind in ("reshape_as", "view_as")},
        "permute": [{"input": MAPS, "dims": (0, 2, 3, 1)}],
        "transpose": [{"input": MAPS, "dim0": 1, "dim1": -1}],
        "swapaxes": [{"input": MAPS, "axis0": 1, "axis1": 3}],
        "swapdims": [{"input": MAPS, "dim0": 0, "dim1": 2}],
        **{kind: [{"input": MAPS, "source": 1, "destination": -1}] for kind in ("movedim", "moveaxis")},
        **{kind: [{"input": ROWS}] for kind in ("t", "T", "mT", "contiguous", "clone", "detach")},
        "getitem": [
            {"input": MAPS, "index": index}
            for index in (
                (slice(None), 0),
                (slice(None), slice(1, None, 2)),
                (..., None, 1),
                torch.tensor([1, 1, 0]),
                MAPS > 0,
            )
        ],
        "select": [{"input": MAPS, "dim": 1, "index": -1}],
        "narrow": [{"input": MAPS, "dim": 1, "start": 1, "length": 2}],
        "index_select": [{"input": MAPS, "dim": 1, "index": torch.tensor([2, 0, 2])}],
        "gather": [{"input": ROWS, "dim": 1, "index": torch.tensor([[3, 0], [1, 1]])}],
        "chunk": [{"input": MAPS, "chunks": 3, "dim": 1}],
        "split": [{"input": MAPS, "split_size_or_sections": size, "dim": 1} for size in (3, [1, 3])],
        "unbind": [{"input": MAPS, "dim": 1}],
        **{kind: [{"input": ROWS[:, :1], "size": (2, 3, 4)}] for kind in ("expand", "broadcast_to")},
        "expand_as": [{"input": ROWS[:1], "other": ROWS}],
        "repeat": [{"input": ROWS, "repeats": (2, 1, 2)}],
        "tile": [{"input": ROWS, "dims": (2, 2)}],
        "repeat_interleave": [{"input": ROWS, "repeats": 2, "dim": 1}, {"input": ROWS, "repeats": 2}],
        "stack": [{"tensors": (ROWS, normal(2, 3, 4)[1]), "dim": 1}],
        "pad": [{"input": MAPS, "pad": (1, 0, 2, 1), "mode": mode} for mode in ("reflect", "replicate", "circular")]
        + [{"input": MAPS, "pad": (1, -1, 0, 2), "value": 0.5}],
        "roll": [{"input": MAPS, "shifts": (1, -1), "dims": (2, 3)}, {"input": ROWS, "shifts": 3}],
        "flip": [{"input": MAPS, "dims": (1, 3)}],
        "pixel_shuffle": [{"input": MAPS, "upscale_factor": 2}],
        "pixel_unshuffle": [{"input": normal(2, 1, 4, 2), "downscale_factor": 2}],
        "channel_shuffle": [{"input": MAPS, "groups": 2}],
        "unfold": [
            {"input": normal(1, 2, 4, 5), "kernel_size": (2, 3), "dilation": (2, 1), "padding": 1, "stride": 2},
            {"input": MAPS, "dimension": 2, "size": 2, "step": 1},
        ],
        "tensor_split": [
            {"input": MAPS, "indices_or_sections": 3, "dim": 1},
            {"input": MAPS, "sections": 3, "dim": 1},
            {"input": MAPS, "indices": (1, 3), "dim": 1},
        ],
        "diagonal": [{"input": MAPS, "offset": 1, "dim1": 1, "dim2": 2}, {"input": ROWS}],
        **{kind: [{"input": ROWS, "diagonal": 1}, {"input": MAPS}] for kind in ("triu", "tril")},
        "index_copy": [{"input": ROWS, "dim": 1, "index": torch.tensor([2, 0]), "source": normal(3, 2)}],
        "scatter": [
            {"input": ROWS, "dim": 1, "index": torch.tensor([[3, 0], [1, 2]]), "src": normal(2, 2)},
            {"input": ROWS, "dim": 1, "index": torch.tensor([[3, 0], [1, 2]]), "value": 2.5},
        ],
        "masked_fill": [{"input": ROWS, "mask": ROWS > 0, "value": value} for value in (2.5, normal())],
        "where": [
            {"condition": ROWS > 0, "input": ROWS, "other": normal(4)},
            {"condition": ROWS > 0, "input": ROWS, "other": 2.5},
        ],
        "copy": [{"input": ROWS, "src": normal(4)}],
        "fill": [{"input": ROWS, "value": 2.5}],
        "zero": [{"input": ROWS}],
        "embedding": [
            {"weight": ROWS, "input": torch.tensor([[0, 2], [2, 2]]), "padding_idx": 0},
            {"weight": ROWS, "indices": torch.tensor([1, 1])},
            {"input": torch.tensor([1, 1]), "weight": ROWS},
        ],
        "to": [{"input": ROWS, "dtype": torch.float32}, {"input": ROWS * 3, "dtype": torch.int64}],
        **{kind: [{"input": ROWS, "other": normal(1).float()}] for kind in ("type_as",)},
        "type": [{"input": ROWS, "dtype": torch.bfloat16}],
        **{
            kind: [{"input": ROWS * 3}]
            for kind in ("float", "double", "half", "bfloat16", "long", "int", "bool", "cpu")
        },
        "softmax": [{"input": ROWS, "dim": 1}],
        "log_softmax": [{"input": ROWS, "dim": 0}],
        "leaky_relu": [{"input": ROWS, "negative_slope": 0.3}],
        "elu": [{"input": ROWS, "alpha": 0.7}],
        "gelu": [{"input": ROWS}, {"input": ROWS, "approximate": "tanh"}],
        **{kind: [{"input": ROWS}] for kind in ("relu", "silu", "sigmoid", "tanh")},
        **{kind: [{"input": 3 * ROWS}] for kind in more_activations.TABLE},
        **{kind: [{"input": ROWS.abs() + 0.1}] for kind in mathematics.TABLE},
        "hardtanh": [{"input": 3 * ROWS, "min_val": -0.5, "max_val": 2.0}],
        "softplus": [{"input": 9 * ROWS, "beta": 2.0, "threshold": 5.0}],
        "celu": [{"input": ROWS, "alpha": 0.5}],
        **{kind: [{"input": ROWS, "lambd": 0.3}] for kind in ("hardshrink", "softshrink")},
        "threshold": [{"input": ROWS, "threshold": 0.1, "value": 20.0}],
        "dropout": [{"input": ROWS, "p": 0.4, "training": True}],
        **{f"dropout{axes}d": [{"input": normal(*(3, 4, 5, 2, 2)[: axes + 2]), "p": 0.4}] for axes in (1, 2, 3)},
        "interpolate": [{"input": MAPS, "scale_factor": 2.0, "mode": mode} for mode in ("nearest", "bilinear")],
        "upsample": [{"input": MAPS, "size": (4, 3), "mode": "bilinear", "align_corners": True}],
    },
)
RENAMED = {
    "input": ("input", "self", "tensor", "x"),
    "training": ("training", "train"),
    "shape": ("shape", "input_shape", "size"),
}
RENAMED |= {"exponent": ("exponent", "other")}
RENAMED |= {"other": ("other", "src", "y"), "src": ("src", "other")}
RENAMED |= {"index": ("index", "idx"), "split_size_or_sections": ("split_size_or_sections", "split_size")}
BESIDE = {"half_to_float": False, "momentum": 0.2, "cudnn_enabled": False, "eps": 1e-5}
OWN = frozenset({"self", "input", "tensor", "tensors", "instance", "weight", "x", "query"})

Spelling = tuple[tuple[Any, ...], dict[str, Any]]


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for place, room in PLACES.items():
        for name in dir(room):
            function = getattr(room, name)
            is_private = name.startswith("_") and not name.startswith("__")
            is_function = callable(function) and not isinstance(function, type) and not is_private
            if is_function and known(function).kind in GIVEN and not known(function).is_hidden:
                yield f"{place}.{name}", function


FUNCTIONS = dict(functions())
NATIVE = torch._C._nn  # where PyTorch keeps those that are written in C++


def listed(function: Callable[..., Any]) -> list[Parameter]:
    """What Python itself, or PyTorch's list for those who override its functions, says of the arguments."""
    if isinstance(function, FunctionType) and (found := own_parameters(function)):
        return found
    base = known(function).kind if "__" in function.__name__ else function.__name__.rstrip("_")
    alike = (function, *(getattr(room, base, None) for room in (torch, NATIVE, F)))
    found = next((get_testing_overrides()[each] for each in alike if each in get_testing_overrides()), function)
    try:
        return list(signature(found).parameters.values())
    except ValueError:  # neither knows
        return []


def own_parameters(function: FunctionType) -> list[Parameter]:
    """Those that have names: what hands on whatever it is given has none."""
    try:
        found = signature(function).parameters.values()
    except ValueError:  # it wraps what is built in
        return []
    return [p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def named(parameters: list[Parameter], given: dict[str, Any]) -> dict[str, Any]:
    """The arguments under the names that this function has for them."""
    own = {parameter.name for parameter in parameters}
    return {next((n for n in RENAMED.get(name, ()) if n in own), name): value for name, value in given.items()}


def spelled(function: Callable[..., Any], given: dict[str, Any]) -> Iterator[Spelling]:
    """By name, by place, and each half of them; sizes and axes also one by one."""
    if "equation" in given:
        yield (given["equation"], *given["operands"]), {}
        yield (given["equation"], given["operands"]), {}
        return
    parameters = listed(function)
    values = named(parameters, given)
    first = next(name for name in values if name in OWN)
    yield (values[first],), {name: value for name, value in values.items() if name != first}
    if "input" in given:  # under names that the list does not have: x.where(condition=, other=)
        yield (given["input"],), {name: value for name, value in given.items() if name != "input"}
    if first != "self":
        yield (), dict(values)
    kinds = {parameter.name: parameter.kind for parameter in parameters if parameter.name != "inplace"}
    placed = [name for name, kind in kinds.items() if kind is not Parameter.KEYWORD_ONLY]
    known_values = BESIDE | {p.name: p.default for p in parameters if p.default is not Parameter.empty} | values
    last = max((placed.index(name) for name in values if name in placed), default=0)
    for end in (last + 1, len(placed)):
        if all(name in known_values for name in placed[:end]):
            rest = {name: value for name, value in values.items() if name not in placed[:end]}
            yield tuple(known_values[name] for name in placed[:end]), rest
    for name in ("shape", "size", "dims"):
        if isinstance(values.get(name), tuple) and first == "self":
            yield (values[first], *values[name]), {}


class Spelled(nn.Module):
    """The function, called with tensors that are all made from a parameter."""

    def __init__(self, function: Callable[..., Any], spelling: Spelling, *, out: bool = False) -> None:
        super().__init__()
        self.function, self.spelling, self.out = function, spelling, out
        self.one = nn.Parameter(torch.ones((), dtype=torch.float64), requires_grad=not out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        args, kwargs = map_tree(self.spelling, torch.Tensor, self._scaled)
        if self.out:
            kwargs["out"] = torch.empty_like(self.function(*args, **kwargs))
        made = self.function(*args, **kwargs)
        return (made[0] if isinstance(made, tuple) else made) * self.one

    def _scaled(self, tensor: torch.Tensor) -> torch.Tensor:
        is_kept = any(tensor is kept for kept in TRAINED.values()) or not tensor.is_floating_point()
        return tensor.clone() if is_kept else tensor * self.one


def recorded(function: Callable[..., Any], spelling: Spelling, *, out: bool = False) -> Recording | None:
    """A pass through the call; None where PyTorch has no such spelling."""
    model, x = Spelled(function, spelling, out=out), torch.zeros(1, dtype=torch.float64)
    try:
        torch.manual_seed(0)
        shape = model(x).shape
    except (TypeError, ValueError, RuntimeError, UserWarning):
        return None
    torch.manual_seed(0)
    if out:
        return explorer.record(model, x)
    return explorer.record(model, x, target=normal(*shape), loss="half_squared_error")


def assert_every_cell_is_pytorchs(recording: Recording, kind: str) -> None:
    operation = next(operation for operation in (*OPERATIONS, *LOSSES) if kind in operation.kinds)
    call = [step.call for step in recording.steps if step.call.kind in operation.kinds][-1]
    asked = 0
    for step in (step for step in recording.steps if step.call is call):
        for of, shape in step.shapes.items():
            for cell in product(*(range(size) for size in shape)):
                explained = explorer.explain(recording, step, cell, of=of)
                assert explained.error is not None
                assert explained.error <= 1e-9 * max(1.0, explained.magnitude), (of, cell, str(explained))
                asked += 1
    assert asked


@pytest.mark.filterwarnings("ignore:.*upsample. is deprecated")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_explained_in_each_of_its_spellings(name: str) -> None:
    function = FUNCTIONS[name]
    kind = known(function).kind
    recordings = [
        found
        for given in GIVEN[kind]
        for spelling in spelled(function, given)
        for found in (recorded(function, spelling), recorded(function, spelling, out=True))
        if found is not None
    ]
    assert recordings, "no spelling of it was tried"
    for recording in recordings:
        assert_every_cell_is_pytorchs(recording, kind)


@pytest.mark.parametrize("kind", [kind for operation in OPERATIONS for kind in operation.kinds])
def test_every_kind_with_an_arithmetic_is_tried(kind: str) -> None:
    """Those of losses are in tests/engine/test_losses.py."""
    if kind not in WITHOUT_SPELLING:
        assert GIVEN[kind]
        assert kind in {known(function).kind for function in FUNCTIONS.values()}


class Call(nn.Module):
    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.function, self.one = function, nn.Parameter(torch.ones(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x * self.one)


NUMPYS = {
    "mean(axis=, keepdims=)": lambda x: x.mean(axis=1, keepdims=True),
    "cat(axis=)": lambda x: torch.cat((x, x), axis=1),
    "softmax(x=)": lambda x: torch.softmax(x, 1, torch.float32),
    "cat of an empty tensor": lambda x: torch.cat([x[:0], x]),
    "1 + x": lambda x: 1 + x,
    "mul(x1=, x2=)": lambda x: torch.mul(x1=x, x2=x),
    "inplace=True": lambda x: F.elu(x, 0.5, inplace=True),
    "view(-1, 2)": lambda x: x.view(-1, 2),
}


@pytest.mark.parametrize("name", NUMPYS)
def test_numpys_names_and_operators_are_explained_too(name: str) -> None:
    model = Call(NUMPYS[name])
    recording = explorer.record(model, torch.randn(3, 4))
    call = recording.calls[-1]
    for cell in product(*(range(size) for size in call.output_shape)):
        assert explorer.explain(recording, call.name, cell).error < 1e-6


REFUSED = {
    "elu with scale=2": lambda x: NATIVE.elu(x, 1.0, 2.0),
    "view": lambda x: x.detach().view(torch.int32),
    "bicubic": lambda x: F.interpolate(x[None, None], scale_factor=2.0, mode="bicubic"),
    "add": lambda x: torch.add(x, 2, x),
}


@pytest.mark.filterwarnings("ignore:This overload of add is deprecated")
@pytest.mark.parametrize("words", REFUSED)
def test_what_no_rule_expects_is_refused_in_a_sentence_that_names_the_call(words: str) -> None:
    recording = explorer.record(Call(REFUSED[words]), torch.rand(2, 2))
    call = recording.calls[-1]
    assert re.search(rf"{call.name}.*\.$", _refusal(recording, call.name, (0,) * len(call.output_shape)))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("argument_0"), "its argument 'argument_0' is not known"),
        (IndexError("list index out of range"), "list index out of range"),
        (TypeError("no such number"), "no such number"),
        (ZeroDivisionError(), "ZeroDivisionError"),
    ],
)
def test_whatever_a_rule_raises_is_a_sentence_that_names_the_call(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window's message once read "input"."""

    def trip(*_: object) -> None:
        raise error

    monkeypatch.setattr(Linear, "forward", trip)
    recording = explorer.record(nn.Linear(2, 1), torch.ones(1, 2))
    refusal = _refusal(recording, "linear", (0, 0))
    assert refusal == f"linear (linear) was called in a way that is not explained: {words}."


def _refusal(recording: Recording, call: str, cell: tuple[int, ...]) -> str:
    """Why a number is not taken apart: the explanation without terms says so, or the error where there is none."""
    try:
        explained = explorer.explain(recording, call, cell)
    except EngineError as error:
        return str(error)
    assert isinstance(explained, WithoutTerms)
    assert explained.total == recording.call(call).output[cell].item()
    return explained.why


def test_an_optimizer_that_runs_the_model_within_its_step_is_refused_by_name() -> None:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.LBFGS(model.parameters())
    with pytest.raises(EngineError, match="LBFGS runs the model several times"):
        explorer.record(model, torch.rand(2, 2), target=torch.rand(2, 1), loss="mse", optimizer=optimizer)
