"""The document: all that undo covers, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.engine.training.hyperparameters import Hyperparameters, as_settings, from_settings
from explorer.network import Network, Problem
from explorer.network.files import Fit, NetworkFile
from explorer.network.names import INPUT
from explorer.writing import FileError

if TYPE_CHECKING:
    import numpy as np

    from explorer.data.augment import Augmentation

_new_ids = count(1)
_openings = count(1)


def new_ids(amount: int) -> tuple[int, ...]:
    """Ids for `amount` layers that no other layer of this process has."""
    return tuple(next(_new_ids) for _ in range(amount))


@dataclass(frozen=True, eq=False)
class OwnModel:
    """A person's own `nn.Module`, and the torch type of what it is fed; None for the type of the numbers.

    `others` are the further examples of the batch it was given, (N − 1, …), fed beside the one that is shown.
    """

    module: Any  # this room does not know torch
    dtype: Any = None
    others: np.ndarray | None = None


@dataclass(frozen=True)
class Document:
    """All that undo covers: the network, and what its file says about pictures and classes.

    A layer keeps its id through every edit, so that its weights follow it, also back through undo.
    `weights` is the file that the layers of `weight_ids`, in that order, take their first weights from.
    `data` is the name or path of the data set to learn from, "" before one was chosen.
    `path` is where it is saved; None for what has no file of its own yet. `opening` is the same for all that came of
    one network that was opened or begun: it is saved to one file.
    `has_fresh_weights` tells that its weights are those which the network is built with, and no file has to keep.
    `network` is None for a person's own `nn.Module`, which can be looked at but not edited; it is in `own` then.
    """

    network: Network | None
    layer_ids: tuple[int, ...] = ()
    path: Path | None = None
    title: str = "untitled"
    description: str = ""
    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    fit: Fit = "crop"
    weights: Path | None = None
    weight_ids: tuple[int, ...] = ()
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    data: str = ""
    augmentations: tuple[Augmentation, ...] = ()
    has_fresh_weights: bool = True
    opening: int = field(default_factory=lambda: next(_openings), compare=False)
    own: OwnModel | None = None

    @classmethod
    def opened(cls, file: NetworkFile, path: Path) -> Document:
        """The document of a network file just read from `path`. Raises FileError for what cannot have been chosen."""
        ids = new_ids(len(file.network.layers))
        return cls(
            network=file.network,
            layer_ids=ids,
            title=file.title or path.stem,
            description=file.description,
            classes=file.classes,
            mean=file.mean,
            std=file.std,
            fit=file.fit,
            weights=path if file.weights else None,
            weight_ids=ids if file.weights else (),
            has_fresh_weights=not file.weights,
            hyperparameters=_chosen(file, path),
        )

    def as_file(self) -> NetworkFile:
        """What is written when this document is saved."""
        assert self.network is not None
        return NetworkFile(
            network=self.network,
            title=self.title,
            description=self.description,
            classes=self.classes,
            mean=self.mean,
            std=self.std,
            fit=self.fit,
            weights=None,
            learning=as_settings(self.hyperparameters),
        )

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the network, worked out once a document."""
        return self.network.problems() if self.network else ()

    @property
    def is_input_too_large(self) -> bool:
        """Whether no picture or row of numbers can be brought to the size that the network takes."""
        return any(problem.layer == INPUT and problem.severity == "error" for problem in self.problems)

    def with_network(self, network: Network, layer_ids: tuple[int, ...] | None = None) -> Document:
        """This document with `network`; ids follow the layers by name unless given.

        The mean and spread of other channels no longer apply.
        """
        changed = replace(self, network=network, layer_ids=layer_ids or self._ids_by_name(network))
        assert self.network is not None
        return changed if _channels(network) == _channels(self.network) else replace(changed, mean=(), std=())

    def with_weights(self, layer_ids: tuple[int, ...]) -> Document:
        """This document with weights that were learned or loaded, which are known under other ids."""
        return replace(self, layer_ids=layer_ids, has_fresh_weights=False)

    def with_path(self, path: Path | None) -> Document:
        """This document with `path` as its file."""
        return replace(self, path=path)

    def is_saved_as(self, saved: Document) -> bool:
        """Whether a file of `saved` holds all that a file of this document would; what a run learned since is apart."""
        return self.layer_ids == saved.layer_ids and self.as_file() == saved.as_file()

    @property
    def fits_in_text(self) -> bool:
        """Whether text notation holds all of it."""
        assert self.network is not None
        plain = NetworkFile(self.network, title=self.title, learning=as_settings(Hyperparameters()))
        return self.has_fresh_weights and self.as_file() == plain

    def _ids_by_name(self, network: Network) -> tuple[int, ...]:
        assert self.network is not None
        known = dict(zip(self.network.names, self.layer_ids, strict=True))
        # A name that stands twice (a problem the person is shown) still gives each layer an id of its own.
        return tuple(known.pop(name) if name in known else new_ids(1)[0] for name in network.names)


def _channels(network: Network) -> tuple[int, int]:
    """How many axes the input has, and how many channels or numbers."""
    return len(network.input_shape), network.input_shape[0]


def _chosen(file: NetworkFile, path: Path) -> Hyperparameters:
    try:
        return from_settings(file.learning)
    except ValueError as error:
        raise FileError(f"{path.name}: {error}") from None
