"""Examples of a data set, shown to the network."""

from __future__ import annotations

from explorer.data import DataError, picture_from_array
from explorer.data.data_set import Split
from explorer.session import Session


def show_example(session: Session, split: Split, place: int) -> str:
    """Let the network see the example at `place`, with its class as the target; why it cannot, or ""."""
    try:
        values = split.inputs([place])[0]
    except DataError as error:
        return str(error)
    label = None if split.is_regression else int(split.labels[place])
    name = split.name_of(place)
    if values.ndim == 3:
        session.input.show_example(picture_from_array(values, name), name, label)
        return session.state.status.notice
    if session.state.subject.input_shape != values.shape:
        return f"This network does not take {len(values)} numbers."
    session.input.show_example(values, name, label)
    return ""
