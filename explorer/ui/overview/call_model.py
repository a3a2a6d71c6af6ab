"""The tree of calls as a Qt model: a column for each thing that is known of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from explorer.ui.common import theme
from explorer.ui.common.text import memory_text, number, plural, seconds_text, shape_text
from explorer.ui.overview.call_tree import Branch

Magnitudes = Callable[[int], tuple[float, float | None]]
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class CallColumn:
    """What stands in a column, and what it means; `text` gets the branch and the function that measures tensors."""

    title: str
    tip: str
    text: Callable[[Branch, Magnitudes], str]
    is_number: bool = False


def _kind(branch: Branch, _measure: Magnitudes) -> str:
    return branch.step.kind if branch.step else plural(branch.call_count, "call")


def _shape(branch: Branch, _measure: Magnitudes) -> str:
    return shape_text(branch.step.sizes) if branch.step else ""


def _forward(branch: Branch, measure: Magnitudes) -> str:
    return number(measure(branch.step.index)[0], 4) if branch.step else ""


def _gradient(branch: Branch, measure: Magnitudes) -> str:
    if branch.step is None:
        return ""
    size = measure(branch.step.index)[1]
    return "none" if size is None else number(size, 4)


def _source(branch: Branch, _measure: Magnitudes) -> str:
    return PurePath(branch.step.source).name if branch.step else ""


COLUMNS = (
    CallColumn("call", "The call, under the module it ran in.", lambda branch, _measure: branch.label),
    CallColumn("kind", "What PyTorch calls it.", _kind),
    CallColumn("output", "Shape of the output, the batch first.", _shape, True),
    CallColumn("size", "Root mean square of the output.", _forward, True),
    CallColumn("gradient", "Root mean square of the loss's gradient with respect to the output.", _gradient, True),
    CallColumn("time", "Time of the forward call.", lambda branch, _measure: seconds_text(branch.seconds), True),
    CallColumn("memory", "Bytes of the output.", lambda branch, _measure: memory_text(branch.output_bytes), True),
    CallColumn("source", "The line that made it.", _source),
)
SOURCE = len(COLUMNS) - 1


class CallModel(QAbstractItemModel):
    """Shows a tree of `Branch`es. Tensors are measured only for the rows that are seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Branch("", "")
        self._calls: dict[str, Branch] = {}
        self._measure: Magnitudes = lambda _step: (0.0, None)
        self._marked: tuple[str, str] = ("", "")

    def set_tree(self, root: Branch, measure: Magnitudes) -> None:
        """Show another tree."""
        self.beginResetModel()
        self._root, self._measure = root, measure
        self._calls = {branch.path: branch for branch in _below(root) if branch.step is not None}
        self.endResetModel()

    @property
    def has_sources(self) -> bool:
        """Whether of any call the line is known that made it: the program's own networks have none."""
        return any(branch.step is not None and branch.step.source for branch in self._calls.values())

    def set_marked(self, path: str, colour: str) -> None:
        """Mark the call that the cursor is on, in the colour of its phase; "" marks none."""
        before, self._marked = self._marked[0], (path, colour)
        for name in {before, path}:
            index = self.index_of(name)
            if index.isValid():
                self.dataChanged.emit(index, index.siblingAtColumn(len(COLUMNS) - 1))

    def branch(self, index: Index) -> Branch:
        """What stands at `index`; the root for an invalid one."""
        return index.internalPointer() if index.isValid() else self._root

    def index_of(self, path: str) -> QModelIndex:
        """Where the call of the name `path` stands; invalid if nowhere."""
        branch = self._calls.get(path)
        return QModelIndex() if branch is None else self.createIndex(branch.row, 0, branch)

    # --- Qt's questions ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return len(self.branch(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return len(COLUMNS)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self.branch(parent).children
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]  # Qt has two functions of this name
        above = self.branch(child).parent
        return QModelIndex() if above is None or above is self._root else self.createIndex(above.row, 0, above)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.tip}.get(
            Qt.ItemDataRole(role)
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        branch, column = self.branch(index), COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(branch, self._measure)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole and column.is_number:
            return theme.number_font()
        if role == Qt.ItemDataRole.ToolTipRole:
            return ", ".join(filter(None, (branch.path, branch.step.source if branch.step else "")))
        if role == Qt.ItemDataRole.ForegroundRole and self._marked[0] == branch.path and index.column() == 0:
            return QColor(self._marked[1])
        return None


def _alignment(column: CallColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _below(branch: Branch) -> Iterator[Branch]:
    for child in branch.children:
        yield child
        yield from _below(child)
