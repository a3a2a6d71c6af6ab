"""The rows of lists and tables as things: what can be done with one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView

from explorer.session import Session
from explorer.ui.common.things import Thing, offer

More = tuple[tuple[str, Callable[[], object]], ...]


def row_text(index: QModelIndex) -> str:
    """All cells of a row, as they are read, for a spreadsheet."""
    model = index.model()
    cells = [model.index(index.row(), column, index.parent()) for column in range(model.columnCount(index.parent()))]
    return "\t".join(str(cell.data(Qt.ItemDataRole.DisplayRole) or "") for cell in cells)


def nothing_more(_index: QModelIndex) -> More:
    """For rows with which nothing else can be done."""
    return ()


def offer_rows(
    view: QAbstractItemView,
    session: Session,
    *,
    value: Callable[[QModelIndex], str] = row_text,
    find: Callable[[QModelIndex], Callable[[], object] | None] = lambda _index: None,
    code: Callable[[QModelIndex], str] = lambda _index: "",
    more: Callable[[QModelIndex], More] = nothing_more,
) -> None:
    """Let a row be copied, as its `value`; `find` gives how the debugger comes to stand at it, `code` what takes its
    numbers out of the model in PyTorch, `more` what else.

    What they give holds no index: the row may be gone when it is called.
    """

    def row_at(point: QPoint | None) -> Thing | None:
        index = view.currentIndex() if point is None else view.indexAt(point)
        if not index.isValid():
            return None
        first = index.siblingAtColumn(0)
        name = str(first.data(Qt.ItemDataRole.DisplayRole) or view.accessibleName())
        said = value(index)  # rows may be other ones by the time that something of the menu is chosen
        return Thing(name, value=lambda: said, find=find(index), code=code(index), more=more(index))

    offer(view, session, row_at)
