"""A kind of call is known by its whole name, and has its family from one place: nothing looks at parts of a name."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from explorer.arithmetic.families import WITHOUT_ARITHMETIC, family_of, function_of
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.operations import OPERATIONS
from explorer.ui.common.theme_colours import LIGHT

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"
BY_PARTS = {"startswith", "endswith", "find", "index", "count"}


def _is_kind(node: ast.expr) -> bool:
    """`kind`, `call.kind`, `entry.kind` …"""
    return (node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")) == "kind"


def _looks_at_parts(node: ast.AST) -> bool:
    """`"conv" in call.kind`, `call.kind.startswith("conv")`, `call.kind[:4]`."""
    if isinstance(node, ast.Compare):
        pairs = zip(node.ops, node.comparators, strict=True)
        return any(isinstance(by, (ast.In, ast.NotIn)) and _is_kind(right) for by, right in pairs)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in BY_PARTS and _is_kind(node.func.value)
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and _is_kind(node.value)


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ('"conv" in call.kind', True),
        ("word not in kind", True),
        ('kind.startswith("conv")', True),
        ("call.kind[:4]", True),
        ('call.kind in ("conv1d", "conv2d")', False),
        ("kind in operation.kinds", False),
        ('kind == "conv2d"', False),
    ],
)
def test_what_looks_at_parts_of_a_kind_is_found(source: str, is_found: bool) -> None:
    assert any(map(_looks_at_parts, ast.walk(ast.parse(source)))) is is_found


def test_nothing_looks_at_parts_of_a_kind() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.Compare, ast.Call, ast.Subscript)) and _looks_at_parts(node)
    ]
    assert not wrong


def test_each_kind_has_its_family_from_one_place() -> None:
    told = Counter(kind for operation in (*OPERATIONS, *LOSSES) for kind in operation.kinds)
    told.update(kind for kinds in WITHOUT_ARITHMETIC.values() for kind in kinds)
    assert [kind for kind, times in told.items() if times > 1] == []
    assert all(family_of(kind) == operation.family for operation in OPERATIONS for kind in operation.kinds)
    assert set(WITHOUT_ARITHMETIC) <= set(LIGHT.kinds)


def test_pytorch_has_the_function_that_is_named_of_each_kind_without_arithmetic() -> None:
    kinds = [kind for kinds in WITHOUT_ARITHMETIC.values() for kind in kinds]
    assert all(callable(eval(function_of(kind), {"F": functional, "torch": torch})) for kind in kinds)


@pytest.mark.parametrize("kind", ["multinomial", "normal", "unconv2d", "preconv2d", "relu7", ""])
def test_a_kind_that_nobody_knows_is_other_whatever_its_name_is_like(kind: str) -> None:
    assert family_of(kind) == "other"


def test_kinds_without_arithmetic_have_their_colour_too() -> None:
    found = {kind: family_of(kind) for kind in ("conv1d", "relu6", "max_pool3d", "instance_norm", "permute", "matmul")}
    assert tuple(found.values()) == ("convolution", "activation", "pooling", "normalization", "shape", "linear")
