"""The list of networks that come with the program: a picture, a name and a sentence each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPixmap, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.network.files import read_network
from explorer.network.model_names import EXTRA_MODELS, ExtraModel
from explorer.resources import bundled_networks, resource
from explorer.ui.common import theme
from explorer.ui.common.command_button import CommandButton
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.text import count, plural

PICTURE_SIZE = QSize(128, 80)


class StartList(QDialog):
    """Emits `chosen` with a network's name and closes; Esc closes without a choice."""

    chosen = Signal(str)

    def __init__(self, open_file: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startList")
        self.setWindowTitle("Networks")
        self.setMinimumWidth(620)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        title = QLabel("Choose a network")
        title.setProperty("role", "title")
        column.addWidget(title)
        for name in bundled_networks():
            column.addWidget(self._row(name))
        for extra in EXTRA_MODELS:
            column.addWidget(self._extra_row(extra))
        column.addLayout(self._buttons(open_file))

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its words need: Qt gives a dialog what they need at their narrowest, or two thirds of a screen."""
        layout = self.layout()
        assert layout is not None
        needed = layout.totalHeightForWidth(self.width())
        self.setMinimumHeight(needed)
        if not event.spontaneous():
            self.resize(self.width(), needed)  # on a high screen two thirds of it stretched the cards to twice that
        super().showEvent(event)

    def _row(self, name: str) -> QPushButton:
        file = read_network(resource("networks", f"{name}.json"))
        parameters = count(sum(file.network.parameter_counts()))
        facts = f"{plural(len(file.network.layers), 'layer')} · {parameters} parameters"
        return self._card(name, file.title, file.description, facts)

    def _extra_row(self, extra: ExtraModel) -> QPushButton:
        """One that is not installed says how to get it."""
        row = self._card(
            extra.name, extra.title, extra.sentence, extra.facts if extra.is_there else extra.how_to_get_it
        )
        row.setEnabled(extra.is_there)
        return row

    def _card(self, name: str, title: str, sentence: str, facts: str) -> QPushButton:
        row = QPushButton(objectName=f"network.{name}", accessibleName=title, accessibleDescription=sentence)
        row.setCursor(Qt.CursorShape.PointingHandCursor)
        row.setProperty("role", "card")  # the style sheet gives it its least height
        row.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(8, 8, 12, 8)
        layout.setSpacing(16)
        layout.addWidget(_Picture(name))
        layout.addLayout(_words(title, sentence, facts), 1)
        row.clicked.connect(lambda: self._choose(name))
        return row

    def _buttons(self, open_file: NamedAction) -> QHBoxLayout:
        def close_and_open() -> None:
            self.accept()
            open_file.trigger()

        row = QHBoxLayout()
        other = CommandButton(open_file, words=QAction.text, icon=False, press=close_and_open)
        close = QPushButton("Close", toolTip="Keep the network that is open.")
        close.clicked.connect(self.reject)
        row.addWidget(other)
        row.addStretch()
        row.addWidget(close)
        return row

    def _choose(self, name: str) -> None:
        self.accept()
        self.chosen.emit(name)


class _Picture(QLabel):
    """What a network looks like, in the colours of the theme."""

    def __init__(self, name: str) -> None:
        super().__init__(alignment=Qt.AlignmentFlag.AlignCenter)
        self._name = name
        self.setFixedSize(PICTURE_SIZE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._show()

    def _show(self) -> None:
        pixmap = QPixmap(str(resource("networks", f"{self._name}-{theme.current().name}.png")))
        if not pixmap.isNull():
            ratio = self.devicePixelRatioF()
            scaled = pixmap.scaled(
                PICTURE_SIZE * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            scaled.setDevicePixelRatio(ratio)
            self.setPixmap(scaled)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show()


def _words(title: str, sentence: str, facts: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    for text, role in ((title, "title"), (sentence, ""), (facts, "dim")):
        label = QLabel(text, wordWrap=True)
        label.setProperty("role", role)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column.addWidget(label)
    column.addStretch()
    return column
