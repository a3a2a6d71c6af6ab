"""The tensors that a call was given, by PyTorch's names, each with the call that made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from explorer.engine.recording.call import Call
from explorer.engine.recording.kept import INPUT, Kept
from explorer.engine.recording.recomputation import Recomputation
from explorer.engine.recording.recording import Recording
from explorer.network.names import INPUT as INPUT_NAME


@dataclass(frozen=True, eq=False)
class Given:
    """A tensor argument: `name` as PyTorch spells it, "tensors[0]" in a list.

    `maker` is the call whose output it is, "input" for the network's input, "" for weights and constants; `owner` is
    the path of the weight or buffer that it is ("conv1.weight"), "" for others.
    """

    name: str
    tensor: torch.Tensor
    maker: str
    owner: str


def given_tensors(recording: Recording, call: Call) -> tuple[Given, ...]:
    """The tensor arguments of `call`, in order; those that were dropped to save memory are worked out again."""
    return tuple(
        Given(name, _tensor(recording, kept), _maker(recording, call, kept), kept.owner)
        for name, kept in _kept_arguments(call)
    )


def argument_titles(recording: Recording, call: Call) -> dict[str, str]:
    """What each tensor argument of `call` is called in words: the call that made it, or the weight or buffer it is."""
    return {
        name: title(recording, name, _maker(recording, call, kept), kept.owner) for name, kept in _kept_arguments(call)
    }


def title(recording: Recording, name: str, maker: str, owner: str) -> str:
    """PyTorch calls a first argument "input", which here is the network's own; a weight or buffer with that name,
    or with a call's, is named as the model's code names it: "self.input"."""
    if owner and not maker:
        return f"self.{owner}" if owner == INPUT_NAME or owner in recording else owner
    return maker or ("other numbers" if name == INPUT_NAME else name)


def _kept_arguments(call: Call) -> list[tuple[str, Kept]]:
    named = call.named(call.kept_args, call.kept_kwargs)
    return [pair for name, value in named.items() for pair in _kept(name, value)]


def plain_arguments(call: Call) -> dict[str, Any]:
    """What else the call was given: stride, padding …; what was left out (None) is not among them."""
    return {
        name: value
        for name, value in call.named(call.kept_args, call.kept_kwargs).items()
        if value is not None and not list(_kept(name, value))
    }


def _kept(name: str, value: Any) -> list[tuple[str, Kept]]:
    if isinstance(value, Kept):
        return [(name, value)]
    listed = value if isinstance(value, list | tuple) else ()
    return [(f"{name}[{at}]", item) for at, item in enumerate(listed) if isinstance(item, Kept)]


def _tensor(recording: Recording, kept: Kept) -> torch.Tensor:
    if kept.tensor is not None:
        return kept.tensor
    with torch.no_grad():
        return Recomputation(recording.calls).tensor(kept)


def _maker(recording: Recording, call: Call, kept: Kept) -> str:
    maker = call.maker_of(kept)
    if maker is None:
        return ""
    return kept.owner or INPUT_NAME if maker == INPUT else recording.calls[maker].name
