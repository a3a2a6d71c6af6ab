"""The chosen channel of a layer: large, with what is known of it, and why the chosen cell has its number."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.pane import Pane
from explorer.ui.maps.beside_channel import BesideChannel
from explorer.ui.maps.cell_facts import ChosenCell
from explorer.ui.maps.channel_view import ChannelView
from explorer.ui.maps.sheet import Sheet

FACTS_WIDTH = 280
FACTS_HEIGHT = 172
NO_LIMIT = 16_777_215  # Qt's own


class ChosenChannel(QWidget):
    """A number of a row has no channel to show large: then only the facts stand here, over the `explanation`.

    `depth` has all channels at the place of the chosen cell.
    """

    def __init__(self, clear: NamedAction, explanation: QWidget, depth: Pane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.channel = ChannelView(clear)
        self._facts = BesideChannel(depth)
        self._facts.setFixedWidth(FACTS_WIDTH)
        parts = QWidget()
        self._beside = QHBoxLayout(parts)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.addWidget(self.channel, 1)
        self._beside.addWidget(self._facts)
        self._beside.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(parts, 1)
        column.addWidget(explanation)

    def show_chosen(self, chosen: ChosenCell, sheet: Sheet | None) -> None:
        """Show the chosen channel, in the colours it has in `sheet`; None for a row of numbers."""
        self.channel.setVisible(sheet is not None)
        self.setMaximumHeight(NO_LIMIT if sheet is not None else FACTS_HEIGHT)
        self.channel.show_channel(chosen.entry, sheet, chosen.selection)
        self._facts.show_chosen(chosen)

    def set_upright(self, is_upright: bool) -> None:
        """The facts below the channel, in a pane that is higher than wide, or beside it."""
        ways = QHBoxLayout.Direction
        self._beside.setDirection(ways.TopToBottom if is_upright else ways.LeftToRight)
