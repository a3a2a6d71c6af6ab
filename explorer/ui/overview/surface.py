"""What the overview's canvas shows: the columns, folded or not, and the lines and the map laid over them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.late import late_veil
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.geometry import Column, Layout
from explorer.ui.overview.layout import Opened, lay_out
from explorer.ui.overview.lines import Corners, Lines, LinesPainter, Spot, box_of, lift
from explorer.ui.overview.map_images import MapImages
from explorer.ui.overview.minimap import Minimap
from explorer.ui.overview.picture import OverviewPicture
from explorer.ui.overview.preview import MapPreview, Preview
from explorer.ui.overview.scene import Scene
from explorer.ui.overview.zoom_surface import ZoomSurface

FADED = 0.32
LEAST_FRAME = 5  # pixels
WORTH_FITTING = 0.82
"""What was unfolded is made to fit unless the zoom would have to go below this; then the person pans."""


class OverviewSurface(ZoomSurface):
    """Paints a picture of everything once and lays over it what hovering and choosing add."""

    redrawn = Signal(float)  # seconds that it took to draw other values
    laid_out = Signal()  # other columns, or the same as blocks or by themselves

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(320, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.images = MapImages()
        self.scene = Scene(Layout((), (), (), 1, 1), self.images)
        self.preview = MapPreview(self)
        self.minimap = Minimap(self)
        self.minimap.moved.connect(self.centre_on)
        self._entries: tuple[Entry, ...] = ()
        self._opened = Opened()
        self._chosen: Lines | None = None
        self.lines: Lines | None = None
        self._cells: tuple[Spot | None, Spot | None] = (None, None)
        self.is_dimmed = False
        self._picture = OverviewPicture(self)
        self._picture.renewed.connect(self.redrawn)
        self._picture.renewed.connect(lambda _seconds: self.update())
        self._corners = Corners()
        self._layer: str | None = None
        self._step = self._chosen_step = 0

    # --- what is shown ---

    def set_entries(self, entries: tuple[Entry, ...], *, keeps_channels: bool = False, step: int = 0) -> None:
        """Show these columns, made at a `step` of training; what was opened stays open.

        With `keeps_channels` a layer goes on with the channels that it shows, whichever are most active now.
        """
        self._entries, self._step = entries, step
        self.images.keep({entry.maps for entry in entries if entry.maps is not None})
        self.lines = None
        layout = (self.scene.layout.with_values(entries) if keeps_channels else None) or self._laid_out()
        scene = replace(self.scene, layout=layout, pictures={})
        if self._picture.renew(scene):
            self.scene = scene
            self.update()
        else:
            self._lay_out()

    def set_selected(self, layer: str | None, chosen: Lines | None) -> None:
        """Mark a layer; with a chosen map everything else fades to the back. A folded map comes to the front."""
        self._chosen, self._layer = chosen, layer
        kept = {layer: chosen.spot.channel} if layer and chosen is not None else {}
        if kept != self._opened.kept and self._is_folded(chosen):
            self._opened = replace(self._opened, kept=kept)
            self._lay_out()
        self._mark_selected()

    def _mark_selected(self) -> None:
        """Mark the column in which the selected layer is seen; that may be a folded group."""
        column = self.column(self._layer)
        selected = column.name if column is not None else None
        if selected != self.scene.selected:
            self.scene = replace(self.scene, selected=selected)
            self._forget()
        self.update()

    def _is_folded(self, chosen: Lines | None) -> bool:
        column = self.column(chosen.spot.column) if chosen is not None else None
        if column is None or chosen is None or not column.stands_for(chosen.spot.column):
            return False
        return column.place(chosen.spot.channel) is None

    def set_lines(self, lines: Lines | None) -> None:
        """Draw the lines into a hovered map; None takes them away."""
        self.lines = lines
        self.update()

    def set_cells(self, chosen: Spot | None, pointed: Spot | None) -> None:
        """Mark the chosen cell, and the one that the mouse is over in another view."""
        if (chosen, pointed) != self._cells:
            self._cells = chosen, pointed
            self.update()

    def cell_rect(self, spot: Spot) -> QRectF | None:
        """Where a cell stands on the screen; None for one that is not drawn."""
        column = None if self.view.is_far else self.column(spot.column)
        box = None if column is None else box_of(column, spot)
        return None if box is None else self.view.rect(box)

    def set_dimmed(self, dimmed: bool) -> None:
        """Lay a veil over maps that belong to what was before."""
        self.is_dimmed = dimmed
        self.update()

    def show_preview(self, preview: Preview | None) -> None:
        """Show a map large, where it covers neither the hovered map nor what it was made of."""
        self.preview.setVisible(preview is not None)
        if preview is not None:
            self.preview.set_preview(preview)
            self.preview.move(self._free_corner())
            self.preview.raise_()

    @property
    def is_renewing(self) -> bool:
        """Whether newer values are still to come into the picture."""
        return self._picture.is_renewing

    def column(self, name: str | None) -> Column | None:
        """The column that shows a layer."""
        return self.scene.layout.column_of(name)

    # --- layout and view ---

    @property
    def chosen_before(self) -> int | None:
        """The step of training at which the channels that are shown were the most active; None if they are now."""
        is_folded = any(column.hidden for column in self.scene.layout.columns)
        return self._chosen_step if is_folded and self._chosen_step != self._step else None

    def _laid_out(self) -> Layout:
        self._chosen_step = self._step
        return lay_out(self._entries, max(320, self.width()), max(240, self.height()), self._opened)

    def _lay_out(self) -> None:
        self.scene = replace(self.scene, layout=self._laid_out(), pictures={})
        self._forget()
        if self._is_fitted:
            self.fit()
        self._mark_selected()
        self.laid_out.emit()

    def world_size(self) -> tuple[float, float]:
        return self.scene.layout.width, self.scene.layout.height

    def view_changed(self) -> None:
        self.minimap.set_view(self.scene.layout, self.view)
        self.minimap.move(self.width() - self.minimap.width() - 10, self.height() - self.minimap.height() - 10)
        self._forget()

    def reveal(self, name: str) -> None:
        """Bring a column onto the screen if it is not there."""
        column = self.column(name)
        if column is None:
            return
        box = self.view.rect(column.box)
        if box.left() < 0 or box.right() > self.width():
            self.pan(self.width() / 2 - box.center().x(), 0)

    def _forget(self) -> None:
        self._picture.forget()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view = replace(self.view, width=self.width(), height=self.height())
        self._lay_out()
        if not self._is_fitted:
            self._set_view(self.view)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.images.clear()
            self.scene.pictures.clear()
            self._forget()
        super().changeEvent(event)

    # --- folding ---

    def toggle(self, name: str) -> None:
        """Open or fold what `name` shows: a group, or a layer's further channels; else fold the group around it."""
        column = self.column(name)
        if column is None:
            return
        if column.group is not None:
            self._open_group(column.group.key)
        elif column.more is not None and column.entry.prediction is None:
            self._toggle_layer(column.name)
        else:
            self.fold_around(name)

    def fold_around(self, name: str) -> None:
        """Fold the innermost opened group that `name` lies in."""
        groups = [each.group for each in self.scene.layout.brackets]
        around = [group for group in groups if any(name in (each.name, each.layer) for each in group.entries())]
        if around:
            self._close_group(min(around, key=lambda group: group.count).key)

    def _open_group(self, key: tuple[str, str]) -> None:
        self.set_opened(replace(self._opened, groups=self._opened.groups | {key}))

    def _close_group(self, key: tuple[str, str]) -> None:
        self.set_opened(replace(self._opened, groups=self._opened.groups - {key}))

    def _toggle_layer(self, name: str) -> None:
        self.set_opened(replace(self._opened, layers=self._opened.layers ^ {name}))

    def set_opened(self, opened: Opened) -> None:
        """Show these groups and layers unfolded.

        Unfolding much leaves the zoom as it is: nothing to the left moves, and the minimap shows the rest."""
        self._opened = opened
        was_fitted, self._is_fitted = self._is_fitted, False
        self._lay_out()
        layout = self.scene.layout
        if was_fitted and min(self.width() / layout.width, self.height() / layout.height) >= WORTH_FITTING:
            self.fit()
        else:
            self._set_view(self.view)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.current().pane))
        if not self._entries:
            return
        lines = self.lines or self._chosen
        if self._chosen is not None and not self.view.is_far:  # names in far boxes are faint enough
            painter.setOpacity(FADED)
        painter.drawPixmap(0, 0, self._painted())
        painter.setOpacity(1)
        if self._chosen is not None:
            self._paint_head(painter)
        target = self.place_of(lines.spot.column, lines.spot.channel) if lines is not None else None
        if lines is not None and target is not None:
            LinesPainter(painter, self._painted()).paint(target, self._placed(lines))
        self._paint_cells(painter)
        if self.is_dimmed:
            painter.fillRect(self.rect(), late_veil())

    def _paint_cells(self, painter: QPainter) -> None:
        """A frame around each marked cell, never smaller than can be seen."""
        colours = theme.current()
        for spot, ink in zip(self._cells, (colours.text, colours.accent), strict=True):
            rect = None if spot is None else self.cell_rect(spot)
            if rect is None:
                continue
            spread = max(1.0, (LEAST_FRAME - rect.width()) / 2)
            frame = rect.adjusted(-spread, -spread, spread, spread)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((colours.pane, 3.0), (ink, 1.5)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(frame)

    def _painted(self) -> QPixmap:
        return self._picture.of(self.scene, self.view, self.size(), self.devicePixelRatioF())

    def _paint_head(self, painter: QPainter) -> None:
        """Names and shapes stay readable however far the maps fade."""
        bottom = self.view.rect(self.scene.layout.columns[0].bar).bottom()
        if bottom > 0 and not self.view.is_far:
            lift(painter, self._painted(), QRectF(0, 0, self.width(), bottom))

    def _placed(self, lines: Lines) -> list[tuple[QRectF, float]]:
        found = [(self.place_of(source.layer, source.channel), source.share) for source in lines.sources]
        return [(place, share) for place, share in found if place is not None]

    def place_of(self, layer: str, channel: int | None) -> QRectF | None:
        """Where a channel stands on the screen; for a hidden one the line that opens it, or its column's bar.

        Of no channel it is the bar.
        """
        column = self.column(layer)
        if column is None:
            return None
        if self.view.is_far:
            return self.view.rect(column.box)
        if channel is None:
            return self.view.rect(column.bar)
        rect = column.place(channel) if column.stands_for(layer) else None
        return self.view.rect(rect or column.more or column.bar)

    def _free_corner(self) -> QPoint:
        lines, looked = self.lines, []
        if lines is not None:
            target = self.place_of(lines.spot.column, lines.spot.channel)
            looked = [*([target] if target is not None else []), *(place for place, _ in self._placed(lines))]
        taken = QRectF(self.minimap.geometry()) if self.minimap.isVisible() else None
        return self._corners.choose(self.size(), self.preview.size(), looked, taken)
