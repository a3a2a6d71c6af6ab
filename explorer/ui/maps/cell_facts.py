"""What is known of the chosen cell or channel: its exact value, its place, what it sees, its channel's statistics."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QWidget

from explorer.network.receptive_field import Field
from explorer.session import LayerActivation, Selection
from explorer.session.channel_facts import ChannelFacts
from explorer.ui.common import theme
from explorer.ui.common.pane import Pane
from explorer.ui.common.text import count, exact, number, shape_text

STATISTICS = ("mean", "largest", "smallest", "variance", "zero cells")
ROWS = ("value", "place", "sees", *STATISTICS)
TIPS = {
    "value": "The exact number, as float32 holds it.",
    "place": "Row and column in the channel, counted from 0.",
    "sees": "The part of the input that this cell was made from: its receptive field.",
    "zero cells": "How many cells of the channel are exactly zero; all of them: the channel is dead.",
}


@dataclass(frozen=True)
class ChosenCell:
    """A chosen cell or channel of `entry`, the classes of its numbers, and what the cell sees, where that is known.

    `input_shape` is that of what the network is fed. `of_channel` is None for one number of a row, and while a large
    channel is read through.
    """

    entry: LayerActivation
    selection: Selection
    classes: tuple[str, ...]
    field: Field | None
    input_shape: tuple[int, ...]
    of_channel: ChannelFacts | None


class CellFacts(Pane):
    """The facts of the selection, in a column of labels and numbers that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Cell", parent)
        self.lie_inside()
        self._values: dict[str, QLabel] = {}
        inside = QWidget()
        self._form = QFormLayout(inside)
        self._form.setContentsMargins(0, 4, 0, 12)
        self._form.setHorizontalSpacing(16)
        for name in ROWS:
            label, value = QLabel(name), QLabel()
            label.setProperty("role", "dim")
            label.setToolTip(TIPS.get(name, f"The {name} of the channel."))
            value.setFont(theme.number_font())
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{name} of the chosen cell")
            self._form.addRow(label, value)
            self._values[name] = value
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self.body.addWidget(area)

    def show_facts(self, chosen: ChosenCell) -> None:
        """Show what is known of the chosen cell."""
        entry, selection = chosen.entry, chosen.selection
        facts = {} if selection.channel is None else {**_cell_facts(chosen), **_channel_facts(chosen)}
        self.set_title("Cell" if selection.row is not None or entry.values.ndim == 1 else "Channel")
        self.set_facts(place_words(entry, selection.channel) if selection.channel is not None else "")
        for row, name in enumerate(ROWS):
            self._values[name].setText(facts.get(name, ""))
            self._form.setRowVisible(row, name in facts)


def _channel_facts(chosen: ChosenCell) -> dict[str, str]:
    """What is known of a whole channel; nothing of one number of a row."""
    if chosen.entry.values.ndim != 3:
        return {}
    facts = chosen.of_channel
    if facts is None:
        return dict.fromkeys(STATISTICS, "…")  # it is being read through
    size = chosen.entry.values[chosen.selection.channel].size
    return {
        "mean": number(facts.mean, 5),
        "largest": number(facts.largest, 5),
        "smallest": number(facts.smallest, 5),
        "variance": number(facts.variance, 5),
        "zero cells": f"{count(facts.zeros)} of {count(size)}" + (" – dead" if facts.zeros == size else ""),
    }


def _cell_facts(chosen: ChosenCell) -> dict[str, str]:
    """What is known of one cell; nothing where a whole channel is chosen."""
    entry, cell = chosen.entry, chosen.selection
    assert cell.channel is not None
    if entry.values.ndim == 1:
        named = f": {chosen.classes[cell.channel]}" if len(chosen.classes) == len(entry.values) else ""
        return {"value": exact(float(entry.values[cell.channel])), "place": f"{entry.map_name(cell.channel)}{named}"}
    if cell.row is None or cell.column is None:
        return {}
    facts = {
        "value": exact(float(entry.values[cell.channel, cell.row, cell.column])),
        "place": f"row {cell.row}, column {cell.column}",
    }
    if chosen.field is not None:
        top, left, bottom, right = chosen.field.box
        size = seen_words(chosen.field, chosen.input_shape)
        box = "" if chosen.field.is_asked else f"\nrows {top}–{bottom - 1}\ncolumns {left}–{right - 1}"
        facts["sees"] = f"{size}{box}"
    return facts


def seen_words(field: Field, input_shape: tuple[int, ...]) -> str:
    """ "5 × 5 × 3 of the input": rows, columns and channels, as a kernel is spoken of."""
    return f"{shape_text(field.size(input_shape))} of the input"


def place_words(entry: LayerActivation, channel: int) -> str:
    """ "channel 2 of conv1", "y₃ of linear1"."""
    return f"{entry.map_name(channel)} of {entry.name}"
