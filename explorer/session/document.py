"""The document: what is worked on, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.engine.training.hyperparameters import Hyperparameters, as_settings, from_settings
from explorer.network import Network, Problem
from explorer.network.files import Fit, NetworkFile
from explorer.network.names import INPUT
from explorer.session.chosen_data import ChosenData, as_written, from_written
from explorer.session.subjects.editable_network import EditableNetwork, new_ids
from explorer.session.subjects.nothing import Nothing
from explorer.session.subjects.subject import Subject
from explorer.session.typed_over import TypedOver
from explorer.writing import FileError

if TYPE_CHECKING:
    from explorer.data.augment import Augmentation
    from explorer.data.grouping import Grouping

UNTITLED = "untitled"
_openings = count(1)


@dataclass(frozen=True)
class Document:
    """What is worked on: what is looked at, and what its file says about pictures and classes.

    `weights` is the file that the layers of `weight_ids`, in that order, take their first weights from.
    `data` is the name or path of the data set to learn from, "" before one was chosen; `class_groups` are its classes
    put together, () where each is learned by itself.
    `path` is where it is saved; None for what has no file of its own yet. `opening` is the same for all that came of
    one network that was opened or begun: it is saved to one file.
    `typed` are the numbers that were typed over weights, oldest first, as far as the worker may not know of them yet.
    `has_fresh_weights` tells that its weights are those that the network is built with, which no file has to keep.
    """

    subject: Subject = field(default_factory=Nothing)
    path: Path | None = None
    title: str = UNTITLED
    description: str = ""
    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    fit: Fit = "crop"
    weights: Path | None = None
    weight_ids: tuple[int, ...] = ()
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    data: str = ""
    class_groups: Grouping = ()
    augmentations: tuple[Augmentation, ...] = ()
    has_fresh_weights: bool = True
    typed: tuple[TypedOver, ...] = field(default=(), compare=False)
    opening: int = field(default_factory=lambda: next(_openings), compare=False)

    @classmethod
    def opened(cls, file: NetworkFile, path: Path) -> Document:
        """The document of a network file just read from `path`. Raises FileError for what cannot have been chosen."""
        subject = EditableNetwork.fresh(file.network)
        hyperparameters, chosen = _chosen(file, path)
        return cls(
            subject,
            title=file.title or path.stem,
            description=file.description,
            classes=file.classes,
            mean=file.mean,
            std=file.std,
            fit=file.fit,
            weights=path if file.weights else None,
            weight_ids=subject.layer_ids if file.weights else (),
            has_fresh_weights=not file.weights,
            hyperparameters=hyperparameters,
            data=chosen.data,
            class_groups=chosen.class_groups,
            augmentations=chosen.augmentations,
        )

    def as_file(self) -> NetworkFile:
        """What is written when this document is saved. Raises Refused for a subject that is not saved here."""
        return NetworkFile(
            network=self.subject.edited,
            title=self.title,
            description=self.description,
            classes=self.classes,
            mean=self.mean,
            std=self.std,
            fit=self.fit,
            weights=None,
            learning=as_settings(self.hyperparameters),
            data=as_written(self),
        )

    @property
    def layer_ids(self) -> tuple[int, ...]:
        """The ids under which the weights of its layers are kept."""
        return self.subject.layer_ids

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with its subject."""
        return self.subject.problems

    @property
    def is_input_too_large(self) -> bool:
        """Whether no picture or row of numbers can be brought to the size that the network takes."""
        return any(problem.layer == INPUT and problem.severity == "error" for problem in self.problems)

    def with_network(self, network: Network, layer_ids: tuple[int, ...] | None = None) -> Document:
        """This document with `network`; ids follow the layers by name unless given.

        The mean and spread of other channels no longer apply.
        """
        changed = replace(self, subject=EditableNetwork(network, layer_ids or self._ids_by_name(network)))
        return changed if _channels(network) == _channels(self.subject.edited) else replace(changed, mean=(), std=())

    def with_weights(self, layer_ids: tuple[int, ...]) -> Document:
        """This document with weights that were learned or loaded, which are known under other ids."""
        return replace(self.under(layer_ids), has_fresh_weights=False)

    def under(self, layer_ids: tuple[int, ...]) -> Document:
        """This document with the weights that are kept under other ids."""
        return replace(self, subject=EditableNetwork(self.subject.edited, layer_ids))

    def with_path(self, path: Path | None) -> Document:
        """This document with `path` as its file."""
        return replace(self, path=path)

    def saved_at(self, path: Path) -> Document:
        """This document once it is saved at `path`, after which it is called where it had no name of its own.

        What it was called after another file is none.
        """
        files = {UNTITLED, *(file.stem for file in (self.path, self.weights) if file is not None)}
        return replace(self, path=path, title=path.stem if self.title in files else self.title)

    def is_saved_as(self, saved: Document) -> bool:
        """Whether a file of `saved` holds all that a file of this document would, but for what a run learned since.

        What they are called may differ: of several saves in a row the last names the document. Which data were chosen
        is no work that would be lost, nor are the names of classes that an untrained network took from them; groups of
        their classes are.
        """
        if self.layer_ids != saved.layer_ids:  # also of what no file is written of here
            return False
        classes = saved.classes or self._classes_of_data
        return self.as_file() == replace(saved, title=self.title, data=self.data, classes=classes).as_file()

    @property
    def fits_in_text(self) -> bool:
        """Whether text notation holds all of it that is work."""
        chosen = as_written(ChosenData(self.data))
        usual = as_settings(Hyperparameters())
        plain = NetworkFile(self.subject.edited, self.title, classes=self._classes_of_data, learning=usual, data=chosen)
        return self.has_fresh_weights and self.as_file() == plain

    @property
    def _classes_of_data(self) -> tuple[str, ...]:
        """Those that an untrained network took from the data chosen for it, and takes again with them."""
        return self.classes if self.data and self.has_fresh_weights else ()

    def _ids_by_name(self, network: Network) -> tuple[int, ...]:
        known = dict(zip(self.subject.names, self.layer_ids, strict=True))
        # A name that stands twice (a problem the person is shown) still gives each layer an id of its own.
        return tuple(known.pop(name) if name in known else new_ids(1)[0] for name in network.names)


def _channels(network: Network) -> tuple[int, int]:
    """How many axes the input has, and how many channels or numbers."""
    return len(network.input_shape), network.input_shape[0]


def _chosen(file: NetworkFile, path: Path) -> tuple[Hyperparameters, ChosenData]:
    try:
        return from_settings(file.learning), from_written(file.data)
    except ValueError as error:
        raise FileError(f"{path.name}: {error}") from None
