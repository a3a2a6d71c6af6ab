"""About the program: its version, and for each library its version, its licence and that licence's text."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

import explorer
from explorer.report import LIBRARIES, version_of
from explorer.resources import resource
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.row_list import Index, RowList, RowModel, row_ground
from explorer.ui.common.saved_painter import saved

OWN = "Network Explorer"
SIZE = QSize(940, 600)
LIST_WIDTH = 270
LINE_HEIGHT, ROW_MARGIN, INSET = 18, 6, 10
WORDS = (
    "See what a neural network does: its layers, its feature maps, and where every number comes from. "
    "What is shown is what PyTorch computed.\n\n"
    "Sample pictures: scikit-image's. Icons: Phosphor (MIT), which QtAwesome brings. "
    "CIFAR-10: A. Krizhevsky, Learning multiple layers of features from tiny images, 2009."
)
QT = """Qt and PySide6 are used under the GNU Lesser General Public License, version 3, as shared libraries that you may
replace by versions of your own: they lie in the folder PySide6 of Python's site-packages, and nothing checks which.

Their source, under the version that stands beside their name: https://download.qt.io/official_releases/qt/ (Qt),
https://download.qt.io/official_releases/QtForPython/pyside6/ (PySide6).
"""
USED_UNDER = {"PySide6-Essentials": "LGPL-3.0-only"}  # of its licences, the one that it is used under


@dataclass(frozen=True)
class Licence:
    """What a library, or the program itself, is used under."""

    library: str
    version: str
    name: str

    def text(self) -> str:
        """The licence's text, as far as it came with the library; some bring a hundred texts for what they contain."""
        if self.library == OWN:
            return _own_text()
        if self.library in USED_UNDER:
            names = ("LGPL-3.0", "GPL-3.0")  # the LGPL adds to the GPL
            return "\n\n".join((QT, *(resource("licences", f"{name}.txt").read_text("utf-8") for name in names)))
        return _texts(self.library)


def licences() -> tuple[Licence, ...]:
    """The program's own, then those of the libraries that it stands on."""
    own = Licence(OWN, explorer.__version__, "MIT")
    return (own, *(Licence(each, version_of(each), USED_UNDER.get(each) or _name(each)) for each in LIBRARIES))


def _own_text() -> str:
    """From a checkout or out of what is installed: the file lies at the top of the one and in the other's metadata."""
    beside = Path(explorer.__file__).parents[1] / "LICENSE"
    return beside.read_text("utf-8") if beside.is_file() else _texts("network-explorer")


def _name(library: str) -> str:
    """The licence by its short name, out of whichever field of the metadata holds it."""
    try:
        fields = metadata.metadata(library).json
    except metadata.PackageNotFoundError:
        return ""
    classified = [each.rpartition(" :: ")[2] for each in fields.get("classifier", ()) if "License ::" in each]
    written = str(fields.get("license", "")).strip()
    short = written if "\n" not in written else ""
    return str(fields.get("license_expression", "")) or short or ", ".join(classified)


def _texts(library: str) -> str:
    """The files of licences that were installed with a library, its own before those of what it contains."""
    try:
        files = metadata.files(library) or []
    except metadata.PackageNotFoundError:
        files = []
    found = [file for file in files if ".dist-info" in str(file) and _is_licence(file.name)]
    found.sort(key=lambda file: (len(file.parts), str(file)))
    texts = (Path(str(file.locate())) for file in found)
    whole = "\n\n".join(f"{path.name}\n\n{path.read_text(errors='replace')}" for path in texts if path.is_file())
    return whole or "No text of a licence came with this library."


def _is_licence(name: str) -> bool:
    return name.upper().startswith(("LICEN", "COPYING", "NOTICE"))


class About(QDialog):
    """What the program is, and a list of what it stands on; beside it the licence of the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutBox")
        self.setWindowTitle("About Network Explorer")
        self.resize(SIZE)
        self._licences = licences()
        self.list = RowList()
        self.list.setAccessibleName("What it stands on")
        self.list.setFrameShape(QListView.Shape.StyledPanel)
        self.list.setFixedWidth(LIST_WIDTH)
        self._rows = _LicenceModel(self)
        self._rows.show_rows(self._licences)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_LicenceRows(self.list))
        self.text = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Text of the licence")
        self.text.setFont(theme.number_font())
        self.list.selectionModel().currentChanged.connect(self._show)
        self._lay_out()
        self.list.setCurrentIndex(self._rows.index(0))

    def _lay_out(self) -> None:
        title = QLabel(f"Network Explorer {explorer.__version__}")
        title.setProperty("role", "title")
        system = QLabel(f"Python {platform.python_version()}, {platform.system()} {platform.release()}")
        system.setProperty("role", "dim")
        words = QLabel(WORDS, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.addWidget(self.list)
        row.addWidget(self.text, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for part in (title, words, system):
            column.addWidget(part)
        column.addLayout(row, 1)
        column.addWidget(buttons)

    @Slot(QModelIndex, QModelIndex)
    def _show(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.text.setPlainText(self._licences[current.row()].text())


class _LicenceModel(RowModel):
    """The libraries with their licences."""

    rows: Sequence[Licence]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        each = self.rows[index.row()]
        told = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole
        return f"{each.library} {each.version}\n{each.name}" if role in told else None


class _LicenceRows(QStyledItemDelegate):
    """Paints what it is and, paler below it, what it is used under."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, 2 * LINE_HEIGHT + 2 * ROW_MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.current()
        lines = zip(str(index.data()).split("\n"), ((colours.text, True), (colours.dim, False)), strict=True)
        with saved(painter):
            painter.fillRect(option.rect, row_ground(option))
            for at, (words, (colour, is_title)) in enumerate(lines):
                painter.setFont(theme.interface_font(semibold=is_title))
                painter.setPen(QColor(colour))
                room = option.rect.adjusted(INSET, ROW_MARGIN + at * LINE_HEIGHT, -INSET, 0)
                room.setHeight(LINE_HEIGHT)
                shown = elided(words, painter.fontMetrics(), room.width())
                painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
