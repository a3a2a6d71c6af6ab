"""The middle of a step into a convolution or a pooling: patch × filter = products, their sum, and the whole total."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from explorer.amounts import plain_number, summed
from explorer.arithmetic.operation import Index
from explorer.ui.common.icons import icon
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.debugger.into.channel_strip import ChannelStrip
from explorer.ui.debugger.into.grid_row import GridRow, MadeGrid
from explorer.ui.debugger.into.term_grids import Patches, TermGroup

CHOOSER_HEIGHT, STRIP_HEIGHT = 26, 18
LOW = 230


class PatchScene(QWidget):
    """Shows a `Patches`, one channel of it at a time. `group_changed` is emitted when another channel is chosen,
    `opened` with a tensor's name and a cell when a number in a grid is double-clicked."""

    group_changed = Signal()
    opened = Signal(str, tuple)

    def __init__(self, writer: NumberWriter, made_grid: MadeGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patches: Patches | None = None
        self._place: tuple[int, str] | None = None
        self._key: Index | None = None
        self.chooser = self._make_chooser()
        self.row = GridRow(writer, made_grid, self)
        self.row.opened.connect(self.opened)
        self.strip = ChannelStrip(self)
        self.strip.chosen.connect(self._choose)

    def _make_chooser(self) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.previous = _button("ph.caret-left", "The channel before (or, of the largest, the one before).")
        self.next = _button("ph.caret-right", "The next channel (or the next largest).")
        self.label = QLabel()
        self.largest = QToolButton(
            text="largest", checkable=True, toolTip="Go through the channels by how much they add, largest first."
        )
        self.largest.setAccessibleName("Largest first")
        self.largest.setObjectName("largestFirst")
        self.largest.setProperty("role", "flat")
        self.previous.clicked.connect(lambda: self._move(-1))
        self.next.clicked.connect(lambda: self._move(1))
        self.largest.toggled.connect(self._on_largest)
        for part in (self.previous, self.label, self.next, self.largest):
            layout.addWidget(part)
        layout.addStretch(1)
        return row

    # --- what it shows ---

    def show_patches(self, patches: Patches, place: tuple[int, str]) -> None:
        """Show `patches`. While `place`, the step and tensor, stays the same, the chosen channel does too."""
        is_new = place != self._place
        self._patches, self._place = patches, place
        keys = [group.key for group in patches.groups]
        if self.largest.isChecked() or is_new or self._key not in keys:
            self._key = keys[patches.largest_first[0]]
        self._show_group()

    def show_group(self, key: Index) -> None:
        """Show the channel whose cells have these first indices, if there is one."""
        keys = [group.key for group in self._patches.groups] if self._patches else []
        if key in keys:
            self._choose(keys.index(key))

    @property
    def group(self) -> TermGroup | None:
        """The channel shown."""
        if self._patches is None:
            return None
        return next((group for group in self._patches.groups if group.key == self._key), self._patches.groups[0])

    def _order(self) -> tuple[int, ...]:
        assert self._patches is not None
        return self._patches.largest_first if self.largest.isChecked() else tuple(range(len(self._patches.groups)))

    def _at(self) -> int:
        """Where the shown group stands in the order."""
        assert self._patches is not None
        own = next(at for at, group in enumerate(self._patches.groups) if group.key == self._key)
        return self._order().index(own)

    def _show_group(self) -> None:
        group = self.group
        assert self._patches is not None
        assert group is not None
        grids = self._patches.grids(group)
        symbols = ("→",) if self._patches.is_max else ("×",) * (len(grids) - 2) + ("=",)
        self.row.show_grids(grids, symbols, self.lines())
        self._arrange()
        count = len(self._patches.groups)
        self.chooser.setVisible(count > 1)
        self.strip.setVisible(count > 1)
        rank = f"largest {self._at() + 1} of {count}: {group.label}" if self.largest.isChecked() else ""
        self.label.setText(rank or f"{group.label} · {self._at() + 1} of {count}")
        groups = self._patches.groups
        self.strip.set_totals([(each.label, each.total) for each in groups], groups.index(group))

    @Slot(int)
    def _choose(self, at: int) -> None:
        if self._patches is None:
            return
        self._key = self._patches.groups[at].key
        self._show_group()
        self.group_changed.emit()

    def _move(self, by: int) -> None:
        if self._patches is not None:
            order = self._order()
            self._choose(order[(self._at() + by) % len(order)])

    @Slot(bool)
    def _on_largest(self, is_on: bool) -> None:
        if self._patches is not None:
            self._choose(self._patches.largest_first[0] if is_on else self._patches.groups.index(self.group))

    # --- geometry ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_one = self._patches is None or len(self._patches.groups) == 1
        is_low = self.height() < LOW  # then the strip stands beside the chooser, and the grids get its room
        below = 0 if is_one else CHOOSER_HEIGHT + 6 + (0 if is_low else STRIP_HEIGHT + 2)
        self.row.setGeometry(0, 0, self.width(), max(60, self.height() - below))
        self.row.arrange()
        top = round(self.row.content_bottom()) + 6
        wide = self.chooser.sizeHint().width() + 8 if is_low else self.width()
        self.chooser.setGeometry(0, top, wide, CHOOSER_HEIGHT)
        if is_low:
            self.strip.setGeometry(wide, top + 4, max(20, self.width() - wide), STRIP_HEIGHT)
        else:
            self.strip.setGeometry(0, top + CHOOSER_HEIGHT + 2, self.width(), STRIP_HEIGHT)

    def lines(self) -> tuple[str, ...]:
        """The sum of the channel shown, and below it how all channels and the bias make the cell."""
        patches, group = self._patches, self.group
        assert patches is not None
        assert group is not None
        total = plain_number(patches.explanation.total)
        if patches.is_max:
            return (f"The largest of the patch goes on: {total}.",)
        own = (
            f"Σ {group.label} = {plain_number(group.total)}"
            if len(patches.groups) > 1
            else f"Σ = {plain_number(group.total)}"
        )
        others = len(patches.groups) - 1
        parts = [plain_number(group.total)]
        if others:
            left = float(patches.terms.values.sum()) - group.total
            word = group.label.split()[0]
            parts.append(f"{plain_number(left)} ({others} other {word}{'s' if others > 1 else ''})")
        parts += [f"{plain_number(value)} ({name})" for name, value in patches.rest]
        return (own, f"{summed(parts)} = {total}") if len(parts) > 1 else (own,)


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton(toolTip=tip, accessibleName=tip.split(" (")[0])
    button.setIcon(icon(name))
    button.setProperty("role", "flat")
    return button
