"""The cards as rows of a Qt model, changed row by row so that selection and scroll position stay."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from explorer.ui.editor.layer_card import Card

Index = QModelIndex | QPersistentModelIndex
CARD_ROLE = Qt.ItemDataRole.UserRole


class CardModel(QAbstractListModel):
    """One row a card."""

    renamed = Signal(str, str)  # name, wanted name

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.cards: tuple[Card, ...] = ()
        self.editable = True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self.cards[index.row()]
        if role == CARD_ROLE:
            return card
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return card.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return card.tip
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        wanted, name = str(value).strip(), self.cards[index.row()].name
        if role != Qt.ItemDataRole.EditRole or not wanted or wanted == name:
            return False
        self.renamed.emit(name, wanted)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        may_rename = self.editable and index.isValid() and not self.cards[index.row()].is_input
        return flags | Qt.ItemFlag.ItemIsEditable if may_rename else flags

    def row_of(self, name: str | None) -> int:
        """The row of the card called `name`, or −1."""
        return next((row for row, card in enumerate(self.cards) if card.name == name), -1)

    def set_cards(self, cards: tuple[Card, ...]) -> bool:
        """Show `cards`; rows that stay are kept. Returns whether anything but miniature maps changed."""
        old = self.cards
        if len(cards) == len(old):
            self.cards = cards
            return self._tell_changed(old)
        same = min(len(old), len(cards))
        first = next((row for row in range(same) if old[row].name != cards[row].name), same)
        most = same - first
        last = next((back for back in range(most) if old[-1 - back].name != cards[-1 - back].name), most)
        self._replace_rows(cards, first, last)
        return True

    def _tell_changed(self, old: tuple[Card, ...]) -> bool:
        rows = [row for row, card in enumerate(self.cards) if card != old[row]]
        if rows:
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]))
        return bool(rows)

    def _replace_rows(self, cards: tuple[Card, ...], first: int, last: int) -> None:
        """Exchange all rows but the `first` ones and the `last` ones."""
        old, nowhere = self.cards, QModelIndex()
        if len(old) - last > first:
            self.beginRemoveRows(nowhere, first, len(old) - last - 1)
            self.cards = old[:first] + old[len(old) - last :]
            self.endRemoveRows()
        if len(cards) - last > first:
            self.beginInsertRows(nowhere, first, len(cards) - last - 1)
            self.cards = cards
            self.endInsertRows()
        self.cards = cards
        self.dataChanged.emit(self.index(0), self.index(len(cards) - 1))
