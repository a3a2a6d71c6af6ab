"""A call as a person would write it in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Settings that a person leaves out while they are as given here.
USUAL: Mapping[str, Any] = {
    "dilation": 1,
    "groups": 1,
    "output_padding": 0,
    "padding": 0,
    "inplace": False,
    "ceil_mode": False,
    "return_indices": False,
    "count_include_pad": True,
    "divisor_override": None,
    "alpha": 1,
    "momentum": 0.1,
    "eps": 1e-5,
    "keepdim": False,
    "approximate": "none",
    "mode": "nearest",
    "align_corners": False,
    "antialias": False,
    "recompute_scale_factor": None,
    "reduction": "mean",
    "ignore_index": -100,
    "label_smoothing": 0.0,
    "delta": 1.0,
    "beta": 1.0,
}
UNNAMED = "argument_"
"""What an argument is called that PyTorch's own function has no name for."""
HIDDEN = ("dtype", "out", "cudnn_enable", "cudnn_enabled")


def call_text(
    names: Sequence[str], settings: Mapping[str, Any], *, usual: Mapping[str, Any] = USUAL, always: Sequence[str] = ()
) -> str:
    """What stands in a call's brackets: `names`, and the settings that are not as usual, or always written."""
    usual = {**USUAL, **usual}
    shown = [
        f"{name}={value_text(value)}"
        for name, value in settings.items()
        if name not in HIDDEN
        and not name.startswith(UNNAMED)
        and (name in always or name not in usual or _single(value) != usual[name])
    ]
    return ", ".join([*names, *shown])


def unusual(settings: Mapping[str, Any], *names: str) -> str:
    """Those settings that differ from what they are when left out."""
    shown = ((name, settings[name]) for name in names if name in settings)
    return ", ".join(f"{name}={value!r}" for name, value in shown if value not in (None, False))


def _single(value: Any) -> Any:
    """(1, 1) as 1: what a person writes for both axes."""
    if isinstance(value, list | tuple) and value and all(item == value[0] for item in value) and len(value) == 2:
        return value[0]
    return value


def value_text(value: Any) -> str:
    """A setting as Python spells it."""
    value = _single(value)
    return f"{value:g}" if isinstance(value, float) else repr(value)


def method_text(receiver: str, name: str, settings: Mapping[str, Any]) -> str:
    """ "x.reshape(2, −1)": a method that takes a shape or an axis."""
    given = next((settings[setting] for setting in ("shape", "size", "dim") if setting in settings), "")
    places = given if isinstance(given, list | tuple) else (given,)
    return f"{receiver}.{name}({', '.join(str(place) for place in places if place != '')})"
