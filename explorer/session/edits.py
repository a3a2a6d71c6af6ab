"""What a person can do to the network, each as a pure function from one document to the next.

They raise `Refused` for a subject that cannot be edited, and for an edit that makes no sense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.network import Layer, Problem, Shape
from explorer.network.files import Fit
from explorer.session.document import Document
from explorer.session.subjects.editable_network import EditableNetwork, new_ids
from explorer.session.subjects.subject import Refused
from explorer.session.typed_over import TypedOver


def insert(document: Document, index: int, layer: Layer) -> Document:
    """`layer` put in at `index`."""
    before = document.subject.edited
    index = before.place(index)
    network = before.insert(index, layer)
    ids = (*document.layer_ids[:index], *new_ids(1), *document.layer_ids[index:])
    return document.with_network(network, ids)


def remove(document: Document, name: str) -> Document:
    """The layer `name` taken out."""
    network = document.subject.edited
    at = network.index(name)
    return document.with_network(network.remove(name), (*document.layer_ids[:at], *document.layer_ids[at + 1 :]))


def remove_all(document: Document, names: Sequence[str]) -> Document:
    """The layers `names` taken out."""
    for name in names:
        document = remove(document, name)
    return document


def exchange(document: Document, name: str, layer: Layer) -> Document:
    """The layer `name` with other settings; a layer of another kind is a new one and gets fresh weights."""
    network = document.subject.edited
    at = network.index(name)
    ids = list(document.layer_ids)
    if type(network.layers[at]) is not type(layer):
        ids[at] = new_ids(1)[0]
    return document.with_network(network.replace(name, layer), tuple(ids))


def rename(document: Document, name: str, new: str) -> Document:
    """The layer `name` called `new`, also where others take from it."""
    if not new.isidentifier():
        raise Refused(f"“{new}” cannot be a layer's name: letters, digits and _ only, not starting with a digit.")
    network = document.subject.edited
    if new != name and (new in network.names or new == "input"):
        raise Refused(f"There is already a layer called {new}.")
    return document.with_network(network.rename(name, new), document.layer_ids)


def move(document: Document, name: str, index: int) -> Document:
    """The layer `name` at place `index`."""
    network = document.subject.edited
    index = network.place(index)
    ids = list(document.layer_ids)
    ids.insert(index, ids.pop(network.index(name)))
    return document.with_network(network.move(name, index), tuple(ids))


def duplicate(document: Document, name: str) -> Document:
    """A copy of the layer `name` after it, with fresh weights."""
    network = document.subject.edited
    after = network.index(name) + 1
    ids = (*document.layer_ids[:after], *new_ids(1), *document.layer_ids[after:])
    return document.with_network(network.duplicate(name), ids)


def paste(document: Document, text: str, index: int) -> Document:
    """The layers written in `text` put in at `index`. Raises ValueError with the place of a mistake."""
    before = document.subject.edited
    index = before.place(index)
    network = before.paste(text, index)
    added = len(network.layers) - len(before.layers)
    ids = (*document.layer_ids[:index], *new_ids(added), *document.layer_ids[index:])
    return document.with_network(network, ids)


def fix(document: Document, problem: Problem) -> Document:
    """The network that the problem's fix proposes."""
    if problem.fix is None:
        raise Refused("There is no ready fix for this.")
    return document.with_network(problem.fix.network)


def reshape_input(document: Document, shape: Shape) -> Document:
    """The network for an input of `shape`."""
    return document.with_network(document.subject.edited.with_input_shape(shape), document.layer_ids)


def refit(document: Document, mode: Fit) -> Document:
    """Another rule for bringing pictures to the network's size."""
    return replace(document, fit=mode)


def forget_weights(document: Document) -> Document:
    """The same network with fresh weights: its layers are new ones."""
    return replace(document, subject=EditableNetwork.fresh(document.subject.edited), has_fresh_weights=True)


def type_over(document: Document, name: str, start: Index, values: np.ndarray, known: bool) -> Document:
    """`values` in the place of a block of the parameter `name` ("conv1.weight") that begins at `start`.

    Its layer becomes a new one. `known` says that the worker has the present weights under their ids.
    """
    network, ids = document.subject.edited, list(document.layer_ids)
    ids[network.index(name.rpartition(".")[0])] = new_ids(1)[0]
    typed = TypedOver(network, name, start, values, document.layer_ids, tuple(ids))
    earlier = () if known else document.typed
    return replace(document.with_weights(tuple(ids)), typed=(*earlier, typed))


def fresh_copy(document: Document) -> Document:
    """A network like that of `document`, which means nothing yet and lies in no file."""
    return Document(
        EditableNetwork.fresh(document.subject.edited),
        title=f"{document.title} copy",
        fit=document.fit,
        hyperparameters=document.hyperparameters,
        augmentations=document.augmentations,
    )
