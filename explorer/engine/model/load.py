"""Networks with their weights, from files and from those that come with the program."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.amounts import plural
from explorer.engine.errors import EngineError, LoadError, requested_memory
from explorer.network import Network, NetworkError
from explorer.network.file_names import is_weights
from explorer.network.files import NetworkFile, carrying, network_text, read_network, write_network
from explorer.network.templates import file_called, known_names
from explorer.resources import bundled_networks
from explorer.writing import FileError, write_together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Loaded:
    """A network, the model it describes in eval mode, and how pictures are prepared for it.

    The model of a network with an error is what comes before the first bad layer.
    """

    network: Network
    model: nn.Module
    classes: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    fit: str = "crop"
    path: Path | None = None

    def prepare(self, picture: Any) -> Tensor:
        """A picture as the network takes it, (1, C, H, W), by the rule the window shows.

        `picture` is a path, a PIL image or a uint8 array (H, W, C) or (H, W); for a network of plain numbers the
        numbers themselves, giving (1, features). Raises PictureError or EngineError with a sentence.
        """
        import torch

        shape = self.network.input_shape
        if len(shape) == 1:
            values = torch.as_tensor(picture, dtype=torch.float32)
            if values.numel() != shape[0]:
                raise EngineError(f"This network takes {plural(shape[0], 'number')}, not {values.numel()}.")
            return values.reshape(1, -1)
        from explorer.data import fit_picture

        fitted = fit_picture(_as_picture(picture), shape, mode=self.fit, mean=self.mean, std=self.std)
        return torch.from_numpy(fitted.values.copy())[None]


def _as_picture(picture: Any) -> Any:
    from explorer.data import Picture, picture_from_array, picture_from_pil, read_picture

    if isinstance(picture, Picture):
        return picture
    if isinstance(picture, (str, Path)):
        return read_picture(Path(picture))
    if hasattr(picture, "getbands"):  # PIL
        return picture_from_pil(picture, "picture")
    return picture_from_array(picture, "picture")


def bundled() -> tuple[str, ...]:
    """The names of the networks that come with the program."""
    return bundled_networks()


def load(name_or_path: str | Path, *, weights: str | Path | None = None) -> Loaded:
    """A bundled network or a template by its name, or one from a file; `weights` replaces those that its file names.

    No file can run code: weights are safetensors, or PyTorch files read with `weights_only=True`.
    Raises LoadError with a sentence.
    """
    path = network_path(name_or_path)
    file = _read(path)
    source = Path(weights) if weights is not None else weights_path(path, file)
    return _loaded(file, path, source)


def network_path(name_or_path: str | Path) -> Path:
    """Where the file of a network that comes along, or of any other, lies; raises LoadError if there is none."""
    named = file_called(str(name_or_path))
    if named is not None:
        return named
    path = Path(name_or_path)
    if not path.exists() and not is_weights(path):
        known = ", ".join(known_names())
        raise LoadError(f"There is no network called {str(name_or_path)!r}: give a file, or one of {known}.")
    return path


def weights_path(path: Path, file: NetworkFile) -> Path | None:
    """Where the weights of a network file lie; None for a network without any."""
    return path.with_name(file.weights) if file.weights else None


def _read(path: Path) -> NetworkFile:
    try:
        return read_network(path)
    except FileError as error:
        raise LoadError(str(error)) from error


def _loaded(file: NetworkFile, path: Path, source: Path | None) -> Loaded:
    model = build(file.network)
    if source is not None:
        fill(model, file.network, read_weights(source), source=source.name)
    return Loaded(
        network=file.network,
        model=model.eval(),
        classes=file.classes,
        title=file.title,
        description=file.description,
        mean=file.mean,
        std=file.std,
        fit=file.fit,
        path=path,
    )


def build(network: Network) -> nn.Module:
    """The model of what runs of a network; raises EngineError for an impossible input, or too little memory."""
    try:
        return network.prefix(network.runnable()).build(seed=0)
    except NetworkError as error:
        raise EngineError(f"Nothing of this network can run. {error}") from error
    except (RuntimeError, MemoryError) as error:
        size = requested_memory(error)
        if size is None:
            raise
        raise EngineError(f"There is not enough memory for this network: it needs {size or 'more'}.") from error


def read_weights(path: Path) -> dict[str, Tensor]:
    """All tensors of a file of weights; no model is touched, so that any thread may call it. Raises LoadError."""
    from explorer.engine.model import weights

    return weights.read_weights(path)


def fill(model: nn.Module, network: Network, read: Mapping[str, Tensor], *, source: str) -> dict[str, Tensor]:
    """Puts what was read from the file `source` into the model of a network, and returns it under the model's names.

    Weights of layers that cannot run wait for their repair. Raises LoadError if the others do not fit.
    """
    from explorer.engine.model.weights import check_weights, named_as

    named = named_as(model.state_dict(), read)
    waiting = tuple(f"{name}." for name in network.names[network.runnable() :])
    wanted = {name: value for name, value in named.state.items() if not (waiting and name.startswith(waiting))}
    check_weights(model.state_dict(), replace(named, state=wanted), source=source)
    model.load_state_dict(wanted, strict=False)
    return named.state


def save(path: str | Path, file: NetworkFile, state: Mapping[str, Tensor]) -> str:
    """Writes a network file and its weights beside it, as `name.json` and `name.safetensors`.

    A file of that name that does not belong to the network stays; the weights are then called `name-2.safetensors`.
    What is read again is of one save, even after a full disk, a process that was killed, or two that saved at once.
    A `.txt` gets the text notation alone. Returns the name of the weights' file, "" without one. Raises LoadError with
    a sentence.
    """
    path = Path(path)
    try:
        return _save(path, file, state)
    except FileError as error:
        raise LoadError(str(error)) from error


def _save(path: Path, file: NetworkFile, state: Mapping[str, Tensor]) -> str:
    from explorer.engine.model.weights import as_safetensors, digest

    if is_weights(path):
        raise FileError(f"{path.name} is a name for weights: a network is saved under a name that ends in .json.")
    if path.suffix.lower() == ".txt" or not state:
        write_network(path, replace(file, weights=None, weights_digest=""))
        return ""
    weights = _weights_of(path)
    file = replace(file, weights=weights.name, weights_digest=digest(state))
    # The weights first: they carry the network too, so that from then on the new pair is read.
    write_together([(weights, as_safetensors(state, carrying(file))), (path, network_text(file).encode())])
    return weights.name


def _weights_of(path: Path) -> Path:
    """Where the weights of the network at `path` are written: over its own, but over nobody else's."""
    try:
        own = read_network(path).weights
    except FileError:
        own = None
    names = chain([f"{path.stem}.safetensors"], (f"{path.stem}-{number}.safetensors" for number in count(2)))
    return path.with_name(next(name for name in names if name == own or not os.path.lexists(path.with_name(name))))
