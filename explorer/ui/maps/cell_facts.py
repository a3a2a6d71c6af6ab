"""What is known of the chosen cell or channel: its exact value, its place, what it sees, its channel's statistics."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from explorer.session import LayerActivation, Selection, Session
from explorer.ui.common import theme
from explorer.ui.common.pane import Pane
from explorer.ui.common.text import count, exact, number, shape_text

ROWS = ("value", "place", "sees", "mean", "largest", "smallest", "variance", "zero cells")
TIPS = {
    "value": "The exact number, as float32 holds it.",
    "place": "Row and column in the channel, counted from 0.",
    "sees": "The part of the input that this cell was made from: its receptive field.",
    "zero cells": "How many cells of the channel are exactly zero; all of them: the channel is dead.",
}


class CellFacts(Pane):
    """The facts of the selection, in a column of labels and numbers that can be selected and copied."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Cell", parent)
        self.setProperty("role", "")
        self._session = session
        self._values: dict[str, QLabel] = {}
        self._form = QFormLayout()
        self._form.setContentsMargins(12, 4, 12, 12)
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
        self.body.addLayout(self._form)
        self.body.addStretch()

    def show_facts(self, entry: LayerActivation | None) -> None:
        """Show what is known of the selection inside `entry`."""
        chosen = self._session.state.selection
        facts = {} if entry is None or chosen.channel is None else self._facts(entry, chosen)
        is_number = entry is not None and entry.values.ndim == 1
        self.set_title("Cell" if chosen.row is not None or is_number else "Channel")
        self.set_facts(_place(entry, chosen.channel) if entry is not None and chosen.channel is not None else "")
        for row, name in enumerate(ROWS):
            self._values[name].setText(facts.get(name, ""))
            self._form.setRowVisible(row, name in facts)

    def _facts(self, entry: LayerActivation, chosen: Selection) -> dict[str, str]:
        assert chosen.channel is not None
        facts = self._cell_facts(entry, chosen)
        channel = entry.values[chosen.channel]
        if entry.values.ndim == 3:
            zeros = int(channel.size - (channel != 0).sum())
            facts |= {
                "mean": number(entry.mean_of(chosen.channel), 5),
                "largest": number(float(channel.max()), 5),
                "smallest": number(float(channel.min()), 5),
                "variance": number(entry.variance_of(chosen.channel), 5),
                "zero cells": f"{count(zeros)} of {count(channel.size)}" + (" – dead" if zeros == channel.size else ""),
            }
        return facts

    def _cell_facts(self, entry: LayerActivation, chosen: Selection) -> dict[str, str]:
        assert chosen.channel is not None
        if entry.values.ndim == 1:
            classes = self._session.state.classes
            named = f": {classes[chosen.channel]}" if len(classes) == len(entry.values) else ""
            return {"value": exact(float(entry.values[chosen.channel])), "place": f"index {chosen.channel}{named}"}
        if chosen.row is None or chosen.column is None:
            return {}
        value = float(entry.values[chosen.channel, chosen.row, chosen.column])
        facts = {
            "value": exact(value),
            "place": f"row {chosen.row}, column {chosen.column}",
        }
        field = self._session.selection.receptive_field(self._session.state.chosen_cell)
        if field is not None:
            top, left, bottom, right = field.box
            size = shape_text((bottom - top, right - left))
            facts["sees"] = f"{size} of the input\nrows {top}–{bottom - 1}\ncolumns {left}–{right - 1}"
        return facts


def _place(entry: LayerActivation, channel: int) -> str:
    """ "channel 2 of conv1", "number 3 of linear1"."""
    return f"{f'number {channel}' if entry.values.ndim == 1 else entry.map_name(channel)} of {entry.name}"
