"""Names of layers: what is allowed, and the automatic ones."""

import keyword
import re
from collections.abc import Sequence
from dataclasses import replace

from explorer.bounds import quoted
from explorer.network.layer import Layer
from explorer.network.shape import NetworkError

INPUT = "input"
"""The network's input, as a layer names it."""

LONGEST_NAME = 80

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

# Attributes of nn.Module and nn.Sequential; a submodule of the same name would hide them.
_BY_PYTORCH = """
    T_destination add_module append apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extend extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half
    insert ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
    pop register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty
    train training type xpu zero_grad"""
_BY_SOURCE = ("self", "torch", "nn", INPUT)
_TAKEN = frozenset((*_BY_PYTORCH.split(), *_BY_SOURCE))


def is_name(text: str) -> bool:
    """Whether text notation can hold the name."""
    return _IDENTIFIER.fullmatch(text) is not None


def is_reserved(name: str) -> bool:
    """Whether a name means something else in PyTorch or in Python."""
    return keyword.iskeyword(name) or name in _TAKEN


def check_name(name: str) -> None:
    """Raises NetworkError for a name that cannot be written."""
    if not is_name(name):
        raise NetworkError(f"{quoted(name)} is not a name: it must be letters, digits and underscores, a letter first.")
    if len(name) > LONGEST_NAME:
        raise NetworkError(f"The name {quoted(name)} has {len(name):,} letters; at most {LONGEST_NAME} are possible.")


def free_name(stem: str, taken: set[str], *, first: int = 1) -> str:
    """The stem with the lowest number from `first` on that is free."""
    number = first
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def positional_names(layers: Sequence[Layer]) -> tuple[str, ...]:
    """The automatic name of each place: its stem, numbered among the layers of the same stem."""
    seen: dict[str, int] = {}
    names = []
    for layer in layers:
        seen[layer.stem] = seen.get(layer.stem, 0) + 1
        names.append(f"{layer.stem}{seen[layer.stem]}")
    return tuple(names)


def with_names(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers, the unnamed ones named by their place, or by the next number where that name is taken."""
    taken = {layer.name for layer in layers}
    named = []
    for layer, positional in zip(layers, positional_names(layers), strict=True):
        if not layer.name:
            number = int(positional.removeprefix(layer.stem))
            layer = replace(layer, name=free_name(layer.stem, taken, first=number))
            taken.add(layer.name)
        check_name(layer.name)
        named.append(layer)
    return tuple(named)
