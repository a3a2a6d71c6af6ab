"""A kernel window along one axis, against PyTorch and against each of its places written out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import torch
from torch.nn import functional

from explorer.network.kernel_window import KernelWindow


def pooling_windows() -> Iterator[tuple[KernelWindow, int]]:
    """Every window of up to four cells that PyTorch pools with, on axes of up to seven cells that it fits on."""
    for kernel, stride, dilation, size in product(range(1, 5), range(1, 5), range(1, 5), range(1, 8)):
        for padding, ceil_mode in product(range(kernel // 2 + 1), (False, True)):
            window = KernelWindow(kernel, stride, padding, padding, dilation, ceil_mode)
            if window.count(size) >= 1:
                yield window, size


def cells_read(window: KernelWindow, size: int) -> list[set[int]]:
    """The cells of the axis that lie in the window at each of its places."""
    starts = (place * window.stride - window.before for place in range(window.count(size)))
    steps = range(0, window.span, window.dilation)
    return [{start + step for step in steps} & set(range(size)) for start in starts]


def pooled(window: KernelWindow, size: int) -> torch.Tensor:
    return functional.max_pool1d(
        torch.ones(1, size),
        window.kernel,
        window.stride,
        window.before,
        window.dilation,
        ceil_mode=window.ceil_mode,
    )[0]


def test_a_window_of_nothing_but_padding_is_found_exactly_where_pytorchs_max_pool_gives_minus_infinity() -> None:
    hollow = 0
    for window, size in pooling_windows():
        output = pooled(window, size)
        assert len(output) == window.count(size), (window, size)
        assert window.is_hollow(size) == bool(output.isneginf().any()), (window, size)
        assert window.is_hollow(size) == (set() in cells_read(window, size)), (window, size)
        hollow += window.is_hollow(size)
    assert hollow == 35


def test_the_size_line_says_what_pytorch_does_with_a_part_of_a_window() -> None:
    dropped = 0
    for window, size in pooling_windows():
        line, exact, count = window.formula(size), window.exact(size), len(pooled(window, size))
        assert line.endswith(f" {count}"), line
        assert ("rounds down" in line) == (exact.denominator > 1 and not window.ceil_mode), line
        assert ("rounds up" in line) == (exact.denominator > 1 and window.ceil_mode), line
        assert ("it drops the last" in line) == (window.ceil_mode and count < exact), line
        dropped += "drops" in line
    assert dropped == 93
    assert KernelWindow(2, 5, 1, 1, ceil_mode=True).formula(8) == (
        "(8 + 2·1 − 2)/5 + 1 = 2.6, which PyTorch rounds up to 3, of which it drops the last, a patch that would "
        "begin in the padding: 2"
    )


def test_a_long_axis_is_not_walked_along() -> None:
    assert not KernelWindow(2, 1, 1, 1, dilation=2).is_hollow(10**12)
