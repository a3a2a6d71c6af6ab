"""The way to the card that tells a fault, from wherever it is only pointed at."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDockWidget, QWidget

from explorer.session import Session

CARDS = "layerList"
SHOW_CARD = "Show its card"
CARD_TIP = "Show the card that says why."


def lead_to_card(view: QWidget, session: Session, name: str) -> None:
    """Choose the layer called `name`, and bring its card into sight, also where its pane was closed."""
    session.selection.select(layer=name, channel=None, row=None, column=None)
    window: QWidget | None = view.window()
    if isinstance(window, QDockWidget):  # a floating one
        window = window.parentWidget()
    cards = None if window is None else window.findChild(QAbstractItemView, CARDS)
    if cards is None:
        return
    above: QWidget | None = cards
    while above is not None and not isinstance(above, QDockWidget):
        above = above.parentWidget()
    if above is not None:
        above.show()
        above.raise_()
    cards.setFocus(Qt.FocusReason.OtherFocusReason)
    cards.scrollTo(cards.currentIndex())
