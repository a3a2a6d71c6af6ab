"""The head of the feature-map viewer: what is shown, on which scale, in which order, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.session import LayerActivation
from explorer.ui.common.colour import Scale
from explorer.ui.common.colour_bar import ColourBar
from explorer.ui.common.icons import icon
from explorer.ui.common.named_box import ComboBox
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.popup import ButtonMenu
from explorer.ui.maps.sheet import ORDERS
from explorer.ui.maps.slice_slider import SliceSlider

GAP = 6
MAPS, TOKENS, ATTENTION, FILTERS = "maps", "tokens", "attention", "filters"
EXPORTS = (
    (".png", "Picture as PNG…"),
    (".svg", "Picture as SVG…"),
    (".npy", "Values as npy…"),
    (".csv", "Values as csv…"),
)


class MapControls(QWidget):
    """Emits `changed` when another way to look was chosen, and what should be exported or copied."""

    changed = Signal()
    export_wanted = Signal(str)
    copy_picture_wanted = Signal()
    copy_values_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._header())
        self._choices = QWidget()
        rows = QVBoxLayout(self._choices)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        self._row, self._second = _row(), _row()
        rows.addLayout(self._row)
        rows.addLayout(self._second)
        self._fill_rows()
        self.slices = SliceSlider()
        rows.addWidget(self.slices)
        column.addWidget(self._choices)

    def _fill_rows(self) -> None:
        """All in one row, as it is where there is room."""
        self._what_label, self._what = _choice(
            self._row, "Show", (MAPS, FILTERS), "Feature maps, or the weights that make them."
        )
        self._looks = QWidget()
        looks = _row()
        self._looks.setLayout(looks)
        _, self._scale = _choice(
            looks, "Scale", ("layer", "map"), "One colour scale for the layer, or one for each map."
        )
        _, self._order = _choice(
            looks, "Order", ORDERS, "The order of the maps; by a statistic, the largest come first."
        )
        self._wants = MAPS
        self._what.currentIndexChanged.connect(self._want)  # connected before `changed`, which tells of it
        for box in (self._what, self._scale, self._order):
            box.currentIndexChanged.connect(self.changed)
        self._dead = QToolButton(checkable=True, toolTip="Show only channels that are zero in every cell.")
        self._dead.setAccessibleName("Dead channels")
        self._dead.toggled.connect(self.changed)
        self._over = QToolButton(checkable=True, checked=True, text="over the picture")
        self._over.setToolTip("Lay the maps of the tokens over the picture that they were made from.")
        self._over.setAccessibleName("Over the picture")
        self._over.toggled.connect(self.changed)
        self._over.hide()
        self._export = self._export_button()
        self._row.addWidget(self._looks)
        self._row.addWidget(self._dead)
        self._row.addWidget(self._over)
        self._row.addStretch()
        self._row.addWidget(self._export)
        self._second.addStretch()

    def minimumSizeHint(self) -> QSize:
        """As narrow as two rows: a pane that is narrower than one row gets them."""
        least = super().minimumSizeHint()
        return QSize(
            max(self._one_row() - self._looks.sizeHint().width() - GAP, self._looks.minimumSizeHint().width()),
            least.height(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """How the maps look is chosen in a row of its own where one row has no room for all."""
        is_narrow = self.width() < self._one_row()
        if is_narrow == (self._second.indexOf(self._looks) >= 0):
            return
        if is_narrow:
            self._row.removeWidget(self._looks)
            self._second.insertWidget(0, self._looks)
        else:
            self._second.removeWidget(self._looks)
            self._row.insertWidget(self._row.indexOf(self._dead), self._looks)

    def _one_row(self) -> int:
        """The pixels that everything takes side by side."""
        parts = [
            self._what_label,
            self._what,
            self._looks,
            self._export,
            *(each for each in (self._dead, self._over) if not each.isHidden()),
        ]
        return sum(part.sizeHint().width() for part in parts) + GAP * len(parts)

    @property
    def shows_filters(self) -> bool:
        """Whether the weights are asked for instead of the maps, for layers that have any."""
        return self._wants == FILTERS

    @property
    def shows_grid(self) -> bool:
        """Whether tokens are asked for as maps, where they are a grid, instead of a line each."""
        return self._wants != TOKENS

    @property
    def shows_attention(self) -> bool:
        """Whether the weights of an attention are asked for, of layers that have any."""
        return self._wants == ATTENTION

    @property
    def over_picture(self) -> bool:
        """Whether the maps of tokens are to lie over the picture."""
        return self._over.isChecked()

    @property
    def per_map(self) -> bool:
        """Whether each map has a colour scale of its own."""
        return self._scale.currentText() == "map"

    @property
    def order(self) -> str:
        """The order of the maps, one of `ORDERS`."""
        return self._order.currentText()

    @property
    def only_dead(self) -> bool:
        """Whether only channels that are zero everywhere are asked for."""
        return self._dead.isChecked()

    def show_layer(self, entry: LayerActivation, facts: str, *, has_maps: bool, has_grid: bool) -> None:
        """Name the layer and enable what can be chosen for it; `has_maps` if its maps show, not filters or bars;
        `has_grid` if they are those of tokens."""
        dead = int(entry.dead.sum()) // entry.slices if entry.values.ndim == 3 else 0
        self._title.setText(entry.name)
        self._facts.set_whole(facts)
        are_filters = self._shown == FILTERS
        self._scale.setEnabled(has_maps and not has_grid)
        self._order.setEnabled((has_maps or not are_filters) and self._shown != ATTENTION)
        self._over.setVisible(has_grid)
        self._dead.setVisible(has_maps and not has_grid and self._shown != ATTENTION)
        self._dead.setText(f"{dead} dead")
        self._dead.setEnabled(dead > 0 or self._dead.isChecked())
        self._arrange()

    def offer(self, *, grid: bool, attention: bool, filters: bool) -> None:
        """Which ways there are to look at a layer: its tokens can be a grid, and it can have attention and filters."""
        there_are = {MAPS: True, TOKENS: grid, ATTENTION: attention, FILTERS: filters}
        ways = [way for way, is_there in there_are.items() if is_there]
        with QSignalBlocker(self._what):
            listed = ways if len(ways) > 1 else [MAPS, FILTERS]
            if [self._what.itemText(at) for at in range(self._what.count())] != listed:
                self._what.clear()
                self._what.addItems(listed)
            self._what.setCurrentText(self._wants if self._wants in ways else MAPS)
        self._what.setEnabled(len(ways) > 1)

    @property
    def _shown(self) -> str:
        return self._what.currentText()

    def _want(self, _index: int) -> None:
        self._wants = self._shown

    def show_nothing(self, title: str) -> None:
        """Name what cannot be shown."""
        self._title.setText(title)
        self._facts.set_whole("")
        self.show_scale(None)

    def show_scale(self, scale: Scale | None) -> None:
        """What the colours mean; None where maps have scales of their own."""
        self._bar.set_scale(scale)

    def set_choices_visible(self, visible: bool) -> None:
        """Hide the choices where there is nothing to look at."""
        self._choices.setVisible(visible)

    def _header(self) -> QHBoxLayout:
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._facts = ElidedLabel()
        self._facts.setProperty("role", "dim")
        self._bar = ColourBar()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._facts, 1)
        row.addWidget(self._bar)
        return row

    def _export_button(self) -> QToolButton:
        button = QToolButton(text="Export", accessibleName="Export", toolTip="Save or copy what is shown.")
        button.setIcon(icon("ph.export"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = ButtonMenu(button)
        for ending, words in EXPORTS:
            menu.addAction(words).triggered.connect(
                lambda _checked=False, chosen=ending: self.export_wanted.emit(chosen)
            )
        menu.addSeparator()
        menu.addAction("Copy picture").triggered.connect(self.copy_picture_wanted)
        menu.addAction("Copy values").triggered.connect(self.copy_values_wanted)
        button.setMenu(menu)
        return button


def _row() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GAP)
    return row


def _choice(row: QHBoxLayout, name: str, choices: tuple[str, ...], tip: str) -> tuple[QLabel, ComboBox]:
    label = QLabel(name.lower())
    label.setProperty("role", "dim")
    box = ComboBox(toolTip=tip, accessibleName=name)
    box.addItems(list(choices))
    row.addWidget(label)
    row.addWidget(box)
    return label, box
