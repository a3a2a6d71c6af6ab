"""What stands in the overview: one entry a layer, read from the session's state. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.session import State
    from explorer.session.snapshot import LayerActivation, Prediction

INPUT = "input"
PREDICTION = "prediction"
OUTPUT = "output"
SEE_CARD = "Cannot run; its card says why."


@dataclass(frozen=True, eq=False)
class Entry:
    """One column to be: a layer (or a call) with what it gave.

    `layer` is the name it is selected by; `shape` is (C, H, W), (features,) or None where it is not known.
    `remark` says why there are no maps; `is_broken` marks the layer at fault.
    `prediction` is what the column of the classes shows instead of maps.
    """

    name: str
    layer: str
    family: str
    parents: tuple[str, ...]
    shape: tuple[int, ...] | None
    maps: LayerActivation | None = None
    remark: str = ""
    is_broken: bool = False
    prediction: Prediction | None = None

    @property
    def looks(self) -> tuple[object, ...]:
        """All that is drawn of it besides its values."""
        classes = None if self.prediction is None else self.prediction.names
        about = (self.name, self.layer, self.family, self.parents, self.shape, self.is_broken)
        return (*about, self.maps is None, classes)

    @property
    def channels(self) -> int:
        """How many maps or numbers it has; 0 where that is not known."""
        return self.shape[0] if self.shape else 0

    @property
    def slices(self) -> int:
        """How many of its maps lie behind each other in one channel of a volume; 1 where there is no depth."""
        return 1 if self.maps is None else self.maps.slices

    @property
    def is_numbers(self) -> bool:
        """Whether each channel is one plain number."""
        return self.shape is not None and (len(self.shape) == 1 or self.shape[1] * self.shape[2] == 1)

    @property
    def is_colour(self) -> bool:
        """Whether it is a colour picture, shown as such beside its channels."""
        return self.family == INPUT and len(self.sizes) == 3 and self.sizes[0] == 3

    def is_dead(self, channel: int) -> bool:
        """Whether a map of it is zero in every cell. A black picture is not, nor is a plain number."""
        is_made = self.family != INPUT and not self.is_numbers and self.prediction is None
        return is_made and self.maps is not None and bool(self.maps.dead[channel])

    @property
    def sizes(self) -> tuple[int, ...]:
        """Its sizes as they are written: all three of a volume; () where they are not known."""
        return self.maps.shape if self.maps is not None and self.prediction is None else self.shape or ()

    def own_channel(self, channel: int) -> int:
        """The layer's channel behind a class: one sigmoid neuron speaks for both of its two classes."""
        return channel if self.maps is None else min(channel, len(self.maps.values) - 1)

    def title_of(self, channel: int) -> str:
        """What a channel is called: the class, or "conv1, channel 3", "linear2, a₂"."""
        if self.prediction is not None:
            return self.prediction.names[channel]
        if self.maps is not None:
            return f"{self.name}, {self.maps.map_name(channel)}"
        return f"{self.name}, {'number' if self.is_numbers else 'channel'} {channel}"


def entries_of(state: State) -> tuple[Entry, ...]:
    """The columns for `state`, in the order in which they run."""
    found = tuple(_of_parts(state))
    prediction = state.prediction
    if prediction is None or not prediction.is_probability or not found or found[-1].maps is None:
        return found
    return _with_prediction(found, prediction)


def _of_parts(state: State) -> Iterator[Entry]:
    ran = state.maps.activations.by_name if state.maps.activations else {}
    parts, faults = state.parts, _faults(state)
    first = next((part.name for part in parts if part.name in faults), "")
    waits = f"Runs again once {first} is mended." if first else "Its maps appear once the network has run."
    for part in parts:
        maps = None if part.name in faults else ran.get(part.name)
        shape = part.shape if maps is None else maps.values.shape  # those of the last pass
        remark = "" if maps is not None or part.name == INPUT else faults.get(part.name, waits)
        yield Entry(part.name, part.name, part.family, part.parents, shape, maps, remark, part.name in faults)


def _faults(state: State) -> dict[str, str]:
    """Why layers do not run, by their names; an input at fault is told of where it is chosen."""
    found = {each.layer: SEE_CARD for each in state.problems if each.severity == "error"}
    if state.maps.fault is not None and state.maps.fault.layer:
        found.setdefault(state.maps.fault.layer, SEE_CARD)
    found.pop(INPUT, None)
    return found


def _with_prediction(found: tuple[Entry, ...], prediction: Prediction) -> tuple[Entry, ...]:
    """The classes in place of a softmax at the end, or as a column of their own after the last layer."""
    last = found[-1]
    shape = (len(prediction.names),)
    if last.name == prediction.title:
        classes = Entry(last.name, last.layer, OUTPUT, last.parents, shape, last.maps, prediction=prediction)
        return (*found[:-1], classes)
    classes = Entry(prediction.title, last.layer, OUTPUT, (last.name,), shape, last.maps, prediction=prediction)
    return (*found, classes)
