"""The document of a model that a program hands over: what it is fed, what it should give, what its classes are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.arithmetic.losses import LOSSES
from explorer.data.class_names import class_names
from explorer.session.document import Document
from explorer.session.example import Target
from explorer.session.fed_pictures import FedPictures, picture_of
from explorer.session.subjects.own_model import OwnModel

if TYPE_CHECKING:
    from explorer.data import Picture
    from explorer.network import Shape


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
    fed: FedPictures | None = None,
) -> Document:
    """Looks at `model` called with `x`; see `explorer.view`. `fed` is what is known of pictures.

    Raises TypeError, ValueError and EngineError in sentences for what does not fit.
    """
    from explorer.engine.losses import is_plain, of_pytorch
    from explorer.engine.recording.feed import Feed

    feed = x if isinstance(x, Feed) else Feed.of(x, model, names=names, layout=layout)
    fed = fed or FedPictures()
    targets = targets_of(target, feed.batch_size)
    read_as = loss if isinstance(loss, str) and loss in [each.name for each in LOSSES] else of_pytorch(loss)
    is_told = target is None or bool(targets)
    if target is not None and not targets and loss is None:
        raise ValueError("A target that is no class and no row of numbers for each example needs a loss: name one.")
    chosen = read_as if is_told and is_plain(loss) else ""
    own = None if chosen or loss is None else loss
    subject = OwnModel(model, feed, own, None if own is None else target, targets, read_as, fed.fit, fed.shape)
    named = class_names(classes)
    document = Document(subject, title=title or type(model).__name__, classes=named, mean=fed.mean, std=fed.std)
    return replace(document, hyperparameters=replace(document.hyperparameters, loss=chosen))


@dataclass(frozen=True, eq=False)
class Pictured:
    """What a program says of how a picture becomes what its model is fed."""

    transform: Any = None
    mean: Any = None
    std: Any = None


def seen_document(
    model: Any, x: Any, *, pictures: Pictured, names: Sequence[str] = (), layout: str = "", **more: Any
) -> tuple[Document, Picture | None]:
    """The document of a model that is called with `x`, or with what becomes of it where it is a picture, and that.

    Raises TypeError, ValueError and EngineError in sentences for what does not fit.
    """
    from explorer.engine.recording.feed import Feed

    picture = picture_of(x)
    transform, mean, std = pictures.transform, pictures.mean, pictures.std
    if picture is None:
        feed = Feed.of(x, model, names=names, layout=layout)
        fed = FedPictures.of(transform, mean, std, feed.numbers((0, 0)).shape)
    else:
        shape = None if transform is not None else _expected(model)
        fed = FedPictures.of(transform, mean if shape is None or mean is not None else 0.0, std, shape)
        feed = Feed.of(fed.numbers(picture)[None], model, names=names)
    return own_document(model, feed, fed=fed, **more), picture


def _expected(model: Any) -> Shape:
    """The shape of the pictures that a model takes, tried without its weights. Raises ValueError."""
    from explorer.engine.opening.expected_input import expected_input

    found = expected_input(model)
    if found.shape is None or len(found.shape) != 3:
        raise ValueError(f"It could not be told which pictures this model takes: give view a transform. {found.told}")
    return found.shape


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
