"""The size and the parameters of the selected layer in numbers, always in sight below its settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from explorer.session.asked_sizes import CoveredNetwork
from explorer.ui.common import theme
from explorer.ui.common.fault_pointer import FaultPointer
from explorer.ui.editor.facts import FormulaLabel

if TYPE_CHECKING:
    from explorer.network import Layer, Network

FROZEN = "; frozen: they stay as they are"
RESULT = re.compile("([=→]) [^=→;]*(?=;|$)")


class LayerArithmetic(QWidget):
    """How the layer's output size and its number of parameters come about, or a line that leads to what is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.error = FaultPointer(self, wordWrap=True)
        self.error.setObjectName("layerError")
        self.error.setProperty("role", "dim")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 6, 12, 8)
        self._grid.setHorizontalSpacing(4)  # so that the size of a pooling has one line in the narrowest pane
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.error, 0, 0, 1, 2)
        self.size_title, self.size_formula = self._add_row(1, "Size", "sizeFormula", "how the output size comes about")
        self._discard_title, self._discard_formula = self._add_row(
            2, "Discards", "discardFormula", "how many of a map's cells are gone behind it"
        )
        self._unread_title, self._unread = self._add_row(
            3, "Unread", "unreadCells", "what of each map no patch of the layer reaches"
        )
        self.parameter_title, self.parameter_formula = self._add_row(
            4, "Learns", "parameterFormula", "how many parameters the layer has"
        )

    @property
    def _rows(self) -> tuple[tuple[QLabel, FormulaLabel], ...]:
        return (
            (self.size_title, self.size_formula),
            (self._discard_title, self._discard_formula),
            (self._unread_title, self._unread),
            (self.parameter_title, self.parameter_formula),
        )

    def _add_row(self, row: int, title: str, name: str, meaning: str) -> tuple[QLabel, FormulaLabel]:
        label = QLabel(title, self)
        label.setProperty("role", "dim")
        label.setContentsMargins(0, 4, 0, 0)
        formula = FormulaLabel(name, self)
        formula.setAccessibleName(f"{title}: {meaning}")
        formula.setToolTip(f"{meaning.capitalize()}, with the numbers of this layer in it.")
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(formula, row, 1)
        return label, formula

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, QColor(theme.current().border))

    def show_layer(self, network: Network, layer: Layer, pointer: str = "") -> None:
        """The arithmetic of a layer of the network, as far as it works out; `pointer` says where its fault is told."""
        formulas = _formulas(network, layer)
        for (title, label), formula in zip(self._rows, formulas, strict=True):
            self._show_row(title, label, formula)
        self._show_pointer(pointer)

    def show_nothing(self, pointer: str = "") -> None:
        """No arithmetic; only where a fault is told."""
        for title, label in self._rows:
            self._show_row(title, label, "")
        self._show_pointer(pointer)

    def _show_row(self, title: QLabel, label: FormulaLabel, formula: str) -> None:
        label.show_formula(formula.replace("; columns:", "\ncolumns:"))
        title.setVisible(bool(formula))

    def _show_pointer(self, pointer: str) -> None:
        self.error.setText(pointer)
        self.error.setVisible(bool(pointer))
        self.setVisible(bool(pointer or self.size_formula.plain or self.parameter_formula.plain))


def _formulas(network: Network, layer: Layer) -> tuple[str, str, str, str]:
    """How the size, what is discarded, what is unread and the parameters come about, without what is asked for."""
    shapes = network.input_shapes(layer.name)
    known = tuple(shape for shape in shapes if shape is not None)
    if network.shapes()[network.index(layer.name)] is None or len(known) < len(shapes):
        return "", "", "", ""
    size, discards = layer.size_formula(*known), layer.discard_formula(*known)
    unread, learns = layer.unread_text(*known), layer.parameter_formula(*known)
    learns = f"{learns}{FROZEN}" if learns and layer.is_frozen else learns
    if not isinstance(network, CoveredNetwork):
        return size, discards, unread, learns
    hides_size = bool(network.axes(layer.name))
    return (
        _without_result(size) if hides_size else size,
        "" if hides_size else _without_result(discards) if network.hides_share(layer.name) else discards,
        "" if hides_size else unread,
        _without_result(learns) if network.hides_parameters(layer.name) else learns,
    )


def _without_result(formula: str) -> str:
    return RESULT.sub(r"\1 ?", formula)
