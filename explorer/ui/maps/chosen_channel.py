"""The chosen channel of a layer: large, and beside it why the chosen cell has its number, and what is known of it.

Its room is kept while nothing is chosen, so that choosing moves nothing: there the map under the mouse is large."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QWidget

from explorer.session import LayerActivation
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
        self._words = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._words.setProperty("role", "dim")
        self._right = QStackedWidget()
        for page in (self._beside, self._words):
            self._right.addWidget(page)
        row.addWidget(self.channel, CHANNEL_SHARE)
        row.addWidget(self._right, BESIDE_SHARE)
        self.keep_width(False)

    def show_chosen(self, chosen: ChosenCell, sheet: Sheet | None) -> None:
        """Show the chosen channel, in the colours it has in `sheet`; None for a row of numbers."""
        self._keep_room(sheet is not None)
        self.channel.setVisible(sheet is not None)
        self.channel.show_channel(chosen.entry, sheet, chosen.selection)
        self._beside.show_chosen(chosen)
        self._right.setCurrentWidget(self._beside)

    def show_nothing(self, words: str, *, has_maps: bool) -> None:
        """Nothing is chosen: `words` say what can be."""
        self._keep_room(has_maps)
        self.channel.hide()
        self._words.setText(words)
        self._right.setCurrentWidget(self._words)

    def show_pointed(self, entry: LayerActivation, sheet: Sheet, which: int) -> None:
        """Where nothing is chosen, show the map under the mouse; it stays until another one is pointed at."""
        if self.channel.isHidden() or self.channel.map_of(entry.name) != which:
            self.channel.show_whole(entry, sheet, which)
            self.channel.show()

    def showEvent(self, event: QShowEvent) -> None:
        """What is not yet seen has the size it will have, too."""
        super().showEvent(event)
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        self._measure_anew()

    def keep_width(self, is_kept: bool) -> None:
        """Keep the width of what is said of a chosen channel, too: where it stands beside all maps they share one."""
        across = QSizePolicy.Policy.Preferred if is_kept else QSizePolicy.Policy.Ignored
        self._beside.setSizePolicy(across, QSizePolicy.Policy.Preferred)
        self._measure_anew()

    def _measure_anew(self) -> None:
        """A page that is not in front does not tell what it lies in of its new size."""
        for holder in (self._right, self):
            layout = holder.layout()
            assert layout is not None
            layout.invalidate()
            holder.updateGeometry()

    def _keep_room(self, has_maps: bool) -> None:
        policy = self.channel.sizePolicy()
        policy.setRetainSizeWhenHidden(has_maps)
        self.channel.setSizePolicy(policy)
