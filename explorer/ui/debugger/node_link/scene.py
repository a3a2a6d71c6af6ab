"""What one painting of a node-link drawing shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtGui import QColor

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.debugger.node_link import Edge, Item, NodeLink, Positions, ShownNumbers

TINT = 0.22


@dataclass(frozen=True)
class NodeLinkScene:
    """What one painting shows. `fan` holds labels that are shown only for the item looked at."""

    drawing: NodeLink
    places: Positions
    shown: ShownNumbers
    looked_at: Item | None = None
    focused: Item | None = None
    fan: Mapping[Edge, Box] = field(default_factory=dict)

    @property
    def labels(self) -> dict[Edge, Box]:
        """All labels that are written."""
        return {**self.places.labels, **self.fan}

    @property
    def phase_colour(self) -> QColor:
        """The colour of the phase of the step that is shown."""
        return QColor(theme.current().phases[self.shown.phase])

    def tint(self, share: float) -> QColor:
        """The phase's colour, so thin that text is read on it."""
        colour = self.phase_colour
        colour.setAlphaF(share)
        return colour
