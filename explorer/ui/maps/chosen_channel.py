"""The chosen channel of a layer: large, and beside it why the chosen cell has its number, and what is known of it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.pane import Pane
from explorer.ui.maps.beside_channel import BesideChannel
from explorer.ui.maps.cell_facts import ChosenCell
from explorer.ui.maps.channel_view import ChannelView
from explorer.ui.maps.sheet import Sheet

CHANNEL_SHARE, BESIDE_SHARE = 1, 2  # of the width


class ChosenChannel(QWidget):
    """A number of a row has no channel to show large: then only what is said of it stands here.

    `why` explains the chosen cell, `depth` has all channels at its place.
    """

    def __init__(self, clear: NamedAction, why: QWidget, depth: Pane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.channel = ChannelView(clear)
        self._beside = BesideChannel(why, depth)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.channel, CHANNEL_SHARE)
        row.addWidget(self._beside, BESIDE_SHARE)

    def show_chosen(self, chosen: ChosenCell, sheet: Sheet | None) -> None:
        """Show the chosen channel, in the colours it has in `sheet`; None for a row of numbers."""
        self.channel.setVisible(sheet is not None)
        self.channel.show_channel(chosen.entry, sheet, chosen.selection)
        self._beside.show_chosen(chosen)
