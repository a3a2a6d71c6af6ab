"""Weights in files: safetensors, or PyTorch's own format; no code in them is run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from explorer.bounds import Refused, check_regular, memory_budget_bytes, open_regular
from explorer.engine.errors import LoadError, shape_text
from explorer.engine.model.pytorch_file import Checkpoint, read_pytorch

State = dict[str, Tensor]

_WRAPPERS = ("module.", "_orig_mod.", "module.")  # of DataParallel, and of compile around or inside of it


def read_weights(path: str | Path) -> State:
    """All tensors of a file, on the CPU, by name ("conv1.weight"); raises LoadError."""
    return read_checkpoint(path).table


def read_checkpoint(path: str | Path) -> Checkpoint:
    """The same, with what the file keeps beside them."""
    path = Path(path)
    if not path.exists():
        raise LoadError(f"The weights are missing: there is no file {path.name} in {path.parent.absolute()}.")
    try:
        if _is_safetensors(path):
            check_regular(path, at_most_bytes=memory_budget_bytes())
            return Checkpoint(_read_safetensors(path))
        return read_pytorch(path)
    except Refused as error:
        raise LoadError(str(error)) from None
    except OSError as error:
        raise LoadError(f"{path.name} could not be read: {error.strerror or error}.") from error


def _is_safetensors(path: Path) -> bool:
    """By its name, or, whatever it is called, by its beginning: the length of a header, and the header's brace."""
    if path.suffix.lower() == ".safetensors":
        return True
    with open_regular(path) as file:
        length, brace = file.read(8), file.read(1)
        return brace == b"{" and int.from_bytes(length, "little") <= file.seek(0, 2)


def _read_safetensors(path: Path) -> State:
    try:
        return _tensors(path)
    except MemoryError:
        raise LoadError(f"There is not enough memory for {path.name}.") from None
    except OSError:
        raise
    except Exception as error:  # beside its own error, KeyError for a type of numbers that PyTorch does not have
        raise LoadError(
            f"{path.name} is not a whole safetensors file: copy it again, or save the weights again."
        ) from error


def _tensors(path: Path) -> State:
    """safetensors opens names in UTF-8 alone: it is given the content of a file with any other name."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return safetensors.torch.load(path.read_bytes())
    return safetensors.torch.load_file(path)


def digest(state: Mapping[str, Tensor]) -> str:
    """The same for the same names, types, shapes and bits, and for nothing else."""
    found = hashlib.blake2b(digest_size=16)
    for name, value in sorted(state.items()):
        found.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        found.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


def as_safetensors(state: Mapping[str, Tensor], metadata: dict[str, str]) -> bytes:
    """The content of a safetensors file."""
    plain = {name: value.detach().cpu().contiguous().clone() for name, value in state.items()}
    return safetensors.torch.save(plain, metadata)


@dataclass(frozen=True, eq=False)
class Named:
    """Weights under the names of a network, and what they are called in their file where that differs."""

    state: State
    called: Mapping[str, str] = field(default_factory=dict)

    def own(self, name: str) -> str:
        """What the file calls the tensor that is `name` here."""
        return self.called.get(name, name)


def named_as(expected: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> Named:
    """`given` under the names that `expected` has.

    Layers of a Sequential, which are numbered, are those of the network in the order of their numbers: a file of
    safetensors keeps no other order. Other names are taken for those of `expected` if both hold tensors of the same
    shapes in the same order. Otherwise they stay, except for what PyTorch's own wrappers write before each one.
    """
    for wrapper in _WRAPPERS:
        is_own = any(name.startswith(wrapper) for name in expected)
        if given and not is_own and all(name.startswith(wrapper) for name in given):
            given = {name.removeprefix(wrapper): value for name, value in given.items()}
    if expected.keys() == given.keys():
        return Named(dict(given))
    named = _by_number(expected, given) or Named(dict(given))
    is_in_order = [value.shape for value in expected.values()] == [value.shape for value in given.values()]
    if is_in_order and _shapes(named.state) != _shapes(expected):
        return Named(dict(zip(expected, given.values(), strict=True)), dict(zip(expected, given, strict=True)))
    return named


def _shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in state.items()}


_NUMBERED = re.compile(r"(?P<before>(?:[^\W\d]\w*\.)?)(?P<numbers>(?:[0-9]{1,9}\.)+)(?P<own>.+)")


def _numbered(given: Iterable[str]) -> dict[str, tuple[tuple[int, ...], str]]:
    """For names like "0.weight", or "net.0.weight" with the same word before all: the numbers, and the rest.

    Nothing where any name is different.
    """
    found = {name: _NUMBERED.fullmatch(name) for name in given}
    matches = {name: match for name, match in found.items() if match is not None}
    if len(matches) < len(found) or len({match["before"] for match in matches.values()}) != 1:
        return {}
    return {
        name: (tuple(int(number) for number in match["numbers"].split(".")[:-1]), match["own"])
        for name, match in matches.items()
    }


def _by_number(expected: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> Named | None:
    """Layer after layer; what is beyond the last of them keeps its name.

    None for names without numbers, and for names of layers that are here.
    """
    numbered = _numbered(given)
    layers = list(dict.fromkeys(name.partition(".")[0] for name in expected))
    if not numbered or any(name.partition(".")[0] in layers for name in given):
        return None
    places = {number: at for at, number in enumerate(sorted({number for number, _ in numbered.values()}))}
    state, called = State(), dict[str, str]()
    for name, value in given.items():
        number, own = numbered[name]
        at = places[number]
        here = f"{layers[at]}.{own}" if at < len(layers) else name
        state[here], called[here] = value, name
    return Named(state, called)


def check_weights(expected: Mapping[str, Tensor], named: Named, *, source: str) -> None:
    """Raises LoadError, naming the first tensor that is missing, of another shape, or not in the network."""
    given = named.state
    for name, tensor in expected.items():
        if name not in given:
            if name.endswith(".num_batches_tracked"):  # a counter, which older files do without
                continue
            raise LoadError(f"The weights in {source} do not fit: {name} is missing.")
        if given[name].shape != tensor.shape:
            own, there, here = named.own(name), tuple(given[name].shape), tuple(tensor.shape)
            needed = "the network needs" if own == name else f"{name} needs"
            raise LoadError(
                f"The weights in {source} do not fit: {own} is {shape_text(there)} there, "
                f"but {needed} {shape_text(here)}."
            )
    unknown = next((name for name in given if name not in expected), None)
    if unknown is not None:
        raise LoadError(f"The weights in {source} do not fit: the network has no {_told(named, unknown)}.")


def _told(named: Named, unknown: str) -> str:
    own = named.own(unknown)
    return unknown if own == unknown else f"{unknown}, {own} there"
