"""What a run was begun with, in one record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from explorer.data.scale import scale_for
from explorer.session.document import Document

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet
    from explorer.session.opened import Opened


BEFORE_TRAINING = "before training"
"""What the weights are called that no run of this window learned, where one goes on from them."""


@dataclass(frozen=True, eq=False)
class Begun:
    """All that a run depends on, beside the weights, which the worker has.

    `before` is the document that it was begun from, whose weights can be gone back to; `learning` is that document as
    it learns from `data`. `ids` are the layers' ids while they learn: the weights it starts from keep their own.
    """

    before: Document
    learning: Document
    ids: tuple[int, ...]
    data: DataSet


def learning_from(before: Document, opened: Opened, data: DataSet) -> Document:
    """The document that learns from the data: with their classes, and where it has no mean, with that of the pictures.

    Before it learns, a trained network still means the classes it was trained on.
    """
    is_unscaled = not before.mean and not before.std
    measured = scale_for(before.subject.edited.input_shape, (opened.mean, opened.std))
    mean, std = measured if is_unscaled else (before.mean, before.std)
    return replace(before, data=opened.name, classes=data.classes or before.classes, mean=mean, std=std)
