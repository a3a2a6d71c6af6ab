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
    if values.ndim == 3:
        session.input.use_picture(picture_from_array(values, split.name_of(place)))
        if session.state.status.notice:
            return session.state.status.notice
    elif session.state.subject.input_shape == values.shape:
        session.input.set_values(values)
    else:
        return f"This network does not take {len(values)} numbers."
    if not split.is_regression:
        session.learning.set_target(int(split.labels[place]))
    return ""
