"""The document of a model that a program hands over: what it is fed, what it should give, what its classes are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.arithmetic.losses import LOSSES
from explorer.data.class_names import class_names
from explorer.session.document import Document
from explorer.session.example import Target
from explorer.session.subjects.own_model import OwnModel


def own_document(
    model: Any,
    x: Any,
    *,
    classes: Any = (),
    target: Any = None,
    loss: Any = None,
    names: Sequence[str] = (),
    layout: str = "",
    title: str = "",
) -> Document:
    """Looks at `model` called with `x`; see `explorer.view`.

    Raises TypeError, ValueError and EngineError in sentences for what does not fit.
    """
    from explorer.engine.losses import is_plain, of_pytorch
    from explorer.engine.recording.feed import Feed

    feed = Feed.of(x, model, names=names, layout=layout)
    targets = targets_of(target, feed.batch_size)
    read_as = loss if isinstance(loss, str) and loss in [each.name for each in LOSSES] else of_pytorch(loss)
    is_told = target is None or bool(targets)
    if target is not None and not targets and loss is None:
        raise ValueError("A target that is no class and no row of numbers for each example needs a loss: name one.")
    chosen = read_as if is_told and is_plain(loss) else ""
    own = None if chosen or loss is None else loss
    subject = OwnModel(model, feed, own, None if own is None else target, targets, read_as)
    document = Document(subject, title=title or type(model).__name__, classes=class_names(classes))
    return replace(document, hyperparameters=replace(document.hyperparameters, loss=chosen))


def targets_of(target: Any, amount: int) -> tuple[Target, ...]:
    """What each of `amount` examples should give: a class, or a row of numbers; () where it cannot be told so."""
    if target is None:
        return ()
    from explorer.engine.arrays import numbers_of

    table = numbers_of(target)
    if table is None or len(table := np.atleast_1d(table)) != amount:
        return ()
    if table.ndim == 1 and table.dtype.kind in "iu":
        return tuple(int(each) for each in table)
    if table.ndim == 2 and table.dtype.kind in "biuf":
        return tuple(tuple(float(each) for each in row) for row in table)
    return ()
