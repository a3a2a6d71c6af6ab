"""How a network is written, and every kind of layer with its settings: made from the table of layers."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.network import LAYERS, Layer
from explorer.ui.common import theme
from explorer.ui.common.text import plural

GRAMMAR = (
    ("3x32x32", "The input first: channels, height and width; or one number of features."),
    ("conv(16, 3, padding=1)", "A layer with its settings, by place or by name. It takes the layer before it."),
    ("c1=conv(16, 3)", "A name for it."),
    ("add(c1, relu2)", "What merges takes layers by name."),
    ("conv(8, 1, input=c1)", "Any layer can take another than the one before."),
    ("# words", "A comment, to the end of the line."),
)
BAR, INDENT = 3, 10


class CheatSheet(QScrollArea):
    """`wanted` tells which kind of layer was pressed, to be put into the text."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cheatSheet")
        self.setAccessibleName("How a network is written")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(2)
        self._add_title("How it is written")
        for written, words in GRAMMAR:
            self._column.addWidget(_written(written))
            self._column.addWidget(_words(words))
        for family, kinds in groupby(LAYERS, lambda kind: kind.family):
            self._add_title(family.capitalize())
            for kind in kinds:
                self._add_kind(kind)
        self._column.addStretch()
        self.setWidget(page)

    def _add_title(self, words: str) -> None:
        self._column.addSpacing(8)
        title = QLabel(words)
        title.setProperty("role", "title")
        self._column.addWidget(title)

    def _add_kind(self, kind: type[Layer]) -> None:
        button = _KindButton(kind)
        button.clicked.connect(lambda: self.wanted.emit(kind))
        self._column.addWidget(button)
        self._column.addWidget(_words(kind.summary, INDENT))
        settings = signature(kind)
        if settings:
            label = _written(settings, INDENT)
            label.setToolTip("\n".join(f"{name}: {rules.help}" for name, rules, _ in kind.settings()))
            self._column.addWidget(label)


class _KindButton(QPushButton):
    """The word of a kind, with a bar in its colour; a press writes it."""

    def __init__(self, kind: type[Layer]) -> None:
        super().__init__(
            f"  {kind.word}", objectName=f"write.{kind.word}", toolTip=f"Write {kind.word} where the cursor is."
        )
        self._family = kind.family
        self.setAccessibleName(f"Write {kind.word}")
        self.setAccessibleDescription(kind.summary)
        self.setProperty("role", "link")
        self.setAutoDefault(False)
        self.setFont(theme.number_font())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, 4, BAR, self.height() - 8, QColor(theme.current().kinds[self._family]))
        painter.end()


def signature(kind: type[Layer]) -> str:
    """ "out_channels, kernel_size, stride=1, …": the settings in the order in which they may be written by place."""
    defaults = kind.defaults()
    settings = [name if rules.required else f"{name}={defaults[name]}" for name, rules, _ in kind.settings()]
    if kind.least_inputs > 1:
        settings.insert(0, f"the names of {plural(kind.least_inputs, 'layer')} or more")
    return ", ".join(settings)


def _written(text: str, indent: int = 0) -> QLabel:
    label = _words(text, indent)
    label.setFont(theme.number_font(11 if indent else 12))
    label.setProperty("role", "dim" if indent else "")
    return label


def _words(text: str, indent: int = 0) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setProperty("role", "dim")
    label.setIndent(indent)
    return label
