"""Weights in files: safetensors, or PyTorch's own format; no code in them is run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from explorer.bounds import Refused, check_regular, memory_budget_bytes, open_regular
from explorer.engine.errors import LoadError, shape_text
from explorer.engine.model.pytorch_file import read_pytorch

State = dict[str, Tensor]

_WRAPPERS = ("module.", "_orig_mod.", "module.")  # of DataParallel, and of compile around or inside of it


def read_weights(path: str | Path) -> State:
    """All tensors of a file, on the CPU, by name ("conv1.weight"); raises LoadError."""
    path = Path(path)
    if not path.exists():
        raise LoadError(f"The weights are missing: there is no file {path.name} in {path.parent.absolute()}.")
    try:
        if _is_safetensors(path):
            check_regular(path, at_most_bytes=memory_budget_bytes())
            return _read_safetensors(path)
        return read_pytorch(path)
    except Refused as error:
        raise LoadError(str(error)) from None
    except OSError as error:
        raise LoadError(f"{path.name} could not be read: {error.strerror or error}.") from error


def _is_safetensors(path: Path) -> bool:
    """By its name, or by its beginning, whatever it is called: the length of a header, and the header's brace."""
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


def named_as(expected: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> State:
    """`given` under the names that `expected` has, if both hold tensors of the same shapes in the same order.

    So weights of a Sequential, which are numbered, fit a network whose layers have names. Otherwise as they are, but
    for what PyTorch's own wrappers write before every name.
    """
    for wrapper in _WRAPPERS:
        is_own = any(name.startswith(wrapper) for name in expected)
        if given and not is_own and all(name.startswith(wrapper) for name in given):
            given = {name.removeprefix(wrapper): value for name, value in given.items()}
    if expected.keys() == given.keys() or [value.shape for value in expected.values()] != [
        value.shape for value in given.values()
    ]:
        return dict(given)
    return dict(zip(expected, given.values(), strict=True))


def check_weights(expected: Mapping[str, Tensor], given: Mapping[str, Tensor], *, source: str) -> None:
    """Raises LoadError, naming the first tensor that is missing, of another shape, or not in the network."""
    for name, tensor in expected.items():
        if name not in given:
            if name.endswith(".num_batches_tracked"):  # a counter, which older files do without
                continue
            raise LoadError(f"The weights in {source} do not fit: {name} is missing.")
        if given[name].shape != tensor.shape:
            raise LoadError(
                f"The weights in {source} do not fit: {name} is {shape_text(tuple(given[name].shape))} there, "
                f"but the network needs {shape_text(tuple(tensor.shape))}."
            )
    unknown = next((name for name in given if name not in expected), None)
    if unknown is not None:
        raise LoadError(f"The weights in {source} do not fit: the network has no {unknown}.")
