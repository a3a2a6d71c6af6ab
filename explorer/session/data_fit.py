"""Whether a network can learn from a data set, and what to change where it cannot. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING

from explorer.amounts import plural
from explorer.arithmetic.losses import training_loss
from explorer.network import Network
from explorer.network.last_layer import with_outputs
from explorer.session.subjects.subject import Subject, Verb
from explorer.session.train_state import Cure, DataProblem

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet

PICTURES, PAIRS, TRIPLE = "textures", "points:moons", "points:blobs"


def data_for(subject: Subject) -> str:
    """The data that come along for a network like this, by name: pictures, or points of the plane; "" for none."""
    shape = subject.input_shape
    if shape is not None and len(shape) == 3:
        return PICTURES
    if shape != (2,):
        return ""
    outputs = subject.output_shape
    return TRIPLE if outputs is not None and prod(outputs) == 3 else PAIRS


def problem_with(subject: Subject, data: DataSet | None) -> DataProblem | None:
    """The first thing that keeps `subject` from learning from `data`; None where nothing does."""
    if data is None or not subject.can(Verb.USE_DATA):
        return None
    network = subject.edited
    return _of_inputs(network, data) or _of_outputs(subject, data)


def _of_inputs(network: Network, data: DataSet) -> DataProblem | None:
    """Pictures are fitted to a network of pictures; rows of numbers have to be as long as it takes."""
    given, taken = data.sample_shape, network.input_shape
    if len(given) == len(taken) == 3 or prod(given) == prod(taken):
        return None
    if len(given) == 3:
        message = f"{data.card.title} holds pictures, but this network takes {plural(prod(taken), 'number')}."
    else:
        message = (
            f"{data.card.title} holds rows of {plural(prod(given), 'number')}, but this network takes {_words(taken)}."
        )
    shape = data.fed_shape
    return DataProblem(message, (Cure(f"Change the input to {_words(shape)}", network.with_input_shape(shape)),))


def _of_outputs(subject: Subject, data: DataSet) -> DataProblem | None:
    shape, wanted = subject.output_shape, outputs_wanted(data)
    if shape is None or prod(shape) == wanted or _tells_apart(prod(shape), len(data.classes)):
        return None
    what = f"{wanted} classes" if data.classes else f"{wanted} numbers to learn"
    message = _misfit(data.card.title, what, prod(shape))
    cures = (*_grouped(data, prod(shape)), *_with_other_outputs(subject, data, wanted))
    if not cures:
        return DataProblem(f"{message} Let it end in a linear layer with {wanted} outputs.")
    return DataProblem(message, cures)


def misfit_of_classes(subject: Subject, title: str, classes: int) -> str:
    """Why the outputs of `subject` cannot tell that many classes apart; "" where they can, or are not known."""
    shape = subject.output_shape
    if shape is None or _tells_apart(prod(shape), classes):
        return ""
    return _misfit(title, f"{classes} classes", prod(shape))


def _tells_apart(outputs: int, classes: int) -> bool:
    """Whether so many outputs can: one for each class, or one for two, the probability of the second."""
    return outputs == classes or (outputs == 1 and classes == 2)


def _misfit(title: str, what: str, outputs: int) -> str:
    return f"{title} has {what}, but this network gives {plural(outputs, 'number')}."


def _grouped(data: DataSet, outputs: int) -> Iterator[Cure]:
    """One neuron tells two classes apart: a data set of more can be put into two groups."""
    if outputs == 1 and len(data.classes) > 2:
        from explorer.data.grouping import suggested  # the first paint does not wait for it

        words, groups = suggested(data.classes)[0]
        yield Cure(f"Group the classes: {words}", class_groups=groups)


def _with_other_outputs(subject: Subject, data: DataSet, wanted: int) -> Iterator[Cure]:
    """For two classes one output first: the probability of the second is all that there is to say."""
    is_of_two = len(data.classes) == 2 and loss_reads_one(subject.last_kind)
    for outputs in (1, wanted) if is_of_two else (wanted,):
        fitted = with_outputs(subject.edited, outputs)
        if fitted is not None:
            yield Cure(f"Give the last layer {plural(outputs, 'output')}", fitted)


def loss_reads_one(last_kind: str) -> bool:
    """Whether a single output behind that layer can be a probability; of one number a softmax always makes 1."""
    return last_kind.lower() != "softmax"


def outputs_wanted(data: DataSet) -> int:
    """How many numbers the network has to give: one for each class, or as many as there are to learn."""
    if data.classes:
        return len(data.classes)
    labels = data.train.labels
    return 1 if labels.ndim == 1 else int(labels.shape[1])


def suited_loss(subject: Subject, classes: int) -> str:
    """The name of the loss that training uses where none was chosen; "" before that can be told."""
    shape = subject.output_shape
    return "" if shape is None else training_loss(subject.last_kind.lower(), prod(shape), classes)


def _words(shape: tuple[int, ...]) -> str:
    return plural(shape[0], "number") if len(shape) == 1 else " × ".join(map(str, shape))
