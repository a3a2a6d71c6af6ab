"""Weights in files: safetensors, or PyTorch's own format read with `weights_only=True`, so that no file runs code."""

from __future__ import annotations

import hashlib
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from explorer.bounds import Refused, check_regular, memory_budget_bytes
from explorer.engine.declared_memory import check_declared
from explorer.engine.errors import LoadError, shape_text

State = dict[str, Tensor]

_PYTORCH_SUFFIXES = (".pt", ".pth", ".bin", ".ckpt")


def read_weights(path: str | Path) -> State:
    """All tensors of a file, on the CPU, by name ("conv1.weight"); raises LoadError."""
    path = Path(path)
    if not path.exists():
        raise LoadError(f"The weights are missing: there is no file {path.name} in {path.parent}.")
    is_pytorch = path.suffix.lower() in _PYTORCH_SUFFIXES
    try:
        if is_pytorch:
            check_declared(path)
            return _read_pytorch(path)
        check_regular(path, at_most_bytes=memory_budget_bytes())
        return _read_safetensors(path)
    except Refused as error:
        raise LoadError(str(error)) from None
    except OSError as error:
        raise LoadError(f"{path.name} could not be read: {error.strerror or error}.") from error


def _read_safetensors(path: Path) -> State:
    try:
        return safetensors.torch.load_file(path)
    except safetensors.SafetensorError as error:
        raise LoadError(f"{path.name} is not a whole safetensors file: {_first_words(error)}.") from error


def _read_pytorch(path: Path) -> State:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickle protocols; what cannot be read is an error below
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise LoadError(
            f"{path.name} holds more than weights and would run code of its author when opened; save its "
            "model.state_dict() instead."
        ) from error
    except (RuntimeError, EOFError, BadZipFile, ValueError) as error:
        raise LoadError(f"{path.name} is not a whole PyTorch file: {_first_words(error)}.") from error
    if isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]  # a checkpoint that keeps its weights beside other things
    if not isinstance(content, Mapping) or not all(isinstance(value, Tensor) for value in content.values()):
        raise LoadError(f"{path.name} holds no table of weights as model.state_dict() gives it.")
    return {str(name): value for name, value in content.items()}


def _first_words(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__


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

    So weights of a Sequential, which are numbered, fit a network whose layers have names. Otherwise as they are.
    """
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
