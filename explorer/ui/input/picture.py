"""The picture as the network sees it, the original beside the rule that made it, and what a cell looks at."""

from __future__ import annotations

from html import escape

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.data import FIT_MODES, Fitted
from explorer.network.names import INPUT
from explorer.network.receptive_field import Field
from explorer.session import Cell
from explorer.session.slices import InputState
from explorer.ui.common.fed_pixels import pixels_of
from explorer.ui.common.number_boxes import ChoiceBox
from explorer.ui.common.rich_label import RichLabel
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import exact, number, plural, shape_text
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.input.page_chooser import PageChooser
from explorer.ui.input.typed_picture import has_typed_numbers

FIT_NAMES = {"crop": "Crop the middle", "pad": "Pad with black", "stretch": "Stretch"}
TYPED_OVER_TIP = "Numbers were typed over what was made of this picture. Undo brings it back."
HINT = "Point at a cell anywhere to see what it looks at."
THUMBNAIL_LEAST, THUMBNAIL_MOST = 64, 240
FED_LEAST, FED_LEAST_WITH_PAGES = 52, 20  # pixels of height
THUMBNAIL_SHARE = 0.35
THUMBNAIL_HEIGHT = 0.82
STEPS_SHOWN = 2
CHANNEL_NAMES = ("R", "G", "B")


class InputPicture(QWidget):
    """`fed` shows what the network is fed, `original` what it was made from.

    `fit_chosen` tells a rule of `FIT_MODES`, `pages.chosen` another page of the picture's file, `pointed` the row and
    column under the mouse, or None.
    """

    fit_chosen = Signal(str)
    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._input = InputState()
        self._field: Field | None = None
        self._cell: Cell | None = None
        self._place: tuple[int, int] | None = None
        self._all_steps = False
        self._is_sheet = False
        self._typed_over: tuple[int, ...] | None = None  # of which shape the picture was that numbers may be typed over
        self.fed = PictureCanvas(is_sharp=True, parent=self)
        self.fed.setObjectName("fedPicture")
        self.fed.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.fed.setAccessibleName("What the network is fed")
        self.fed.pointed.connect(self._point)
        self.fed.setMinimumHeight(FED_LEAST)
        self.original = PictureCanvas(is_sharp=False, parent=self)
        self.original.setObjectName("originalPicture")
        self.original.setAccessibleName("The original picture")
        self._size_original()
        self.pages = PageChooser()
        self._make_words()
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 0, 11, 0)  # 12 together with the pane's border
        column.setSpacing(6)
        column.addWidget(self.fed, 1)
        column.addWidget(self.pages)
        column.addWidget(self._make_strip())
        column.addWidget(self.rule)

    def _make_words(self) -> None:
        self.fit = ChoiceBox()
        self.fit.setObjectName("fitRule")
        self.fit.setAccessibleName("How the picture is brought to the network's size")
        self.fit.setToolTip("How the picture is brought to the size that the network takes.")
        for mode in FIT_MODES:
            self.fit.addItem(FIT_NAMES[mode], mode)
        self.fit.activated.connect(lambda _index: self.fit_chosen.emit(self.fit.currentData()))
        self.caption = _words(QLabel, "fieldCaption")
        self.caption.setText(HINT)
        # Two lines are kept free, so that nothing jumps while the mouse moves.
        self.caption.setMinimumHeight(2 * self.caption.fontMetrics().lineSpacing())
        self.rule = _words(RichLabel, "fitSteps")
        self.rule.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.rule.linkActivated.connect(self._toggle_steps)

    def _make_strip(self) -> QWidget:
        self.strip = QWidget()
        words = self._beside = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.fit)
        words.addWidget(self.caption, 1)
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.original)
        row.addLayout(words, 1)
        return self.strip

    def minimumSizeHint(self) -> QSize:
        """With the original as small as it gets: it grew with the pane, which may be made lower again."""
        least = super().minimumSizeHint()
        if self.strip.isHidden() or self.original.isHidden():
            return least
        beside = max(self._beside.minimumSize().height(), round(THUMBNAIL_LEAST * THUMBNAIL_HEIGHT))
        return QSize(least.width(), least.height() - max(self.strip.minimumSizeHint().height() - beside, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_original()

    def _size_original(self) -> None:
        """The original grows with the pane, but leaves most of the height to what the network is fed."""
        room = min(self.width() * THUMBNAIL_SHARE, self.height() * 0.3)
        width = round(min(max(room, THUMBNAIL_LEAST), THUMBNAIL_MOST))
        self.original.setFixedSize(width, round(width * THUMBNAIL_HEIGHT))

    # --- pictures ---

    def show_input(self, shown: InputState, fit: str, *, keep_fed: bool = False) -> None:
        """Show the picture and what the rule `fit` made of it; with `keep_fed` the sheet being painted on stays."""
        self._input = shown
        fitted, picture = shown.fitted, shown.picture
        if not keep_fed:
            self.show_fed(pixels_of(shown))
            values = shown.values
            self.fed.set_numbers(values[0] if values is not None and values.ndim == 3 and len(values) == 1 else None)
        has_original = picture is not None and fitted is not None
        self._keep_in_place(shown, has_original=has_original)
        for part in (self.original, self.fit):
            part.setVisible(has_original or self._typed_over is not None)
        if fitted is not None and fitted.mode not in FIT_MODES:
            self.fit.hide()  # a program's own transform is the rule
        for control in (self.fit, self.pages):
            control.setEnabled(self._typed_over is None or has_original)
        if picture is not None and fitted is not None:
            box = fitted.source_box
            framed = " The frame is what the network sees." if box is not None else ""
            self.original.set_picture(picture.pixels, frame=None if box is None else _rectangle(box))
            self.original.setToolTip(f"{picture.name}, {picture.facts}.{framed}")
        self.fit.setCurrentIndex(max(self.fit.findData(fit), 0))
        self.show_pages(shown)
        self._show_steps()
        self._draw_field()

    def _keep_in_place(self, shown: InputState, *, has_original: bool) -> None:
        """Under numbers that are typed over a picture what it was made from stays: nothing moves for the first one."""
        values = shown.values
        shape = None if values is None else values.shape
        if has_original:
            self._typed_over = shape
        elif not has_typed_numbers(shown) or shape != self._typed_over:
            self._typed_over = None
        is_typed_over = self._typed_over is not None and not has_original
        self.rule.setMinimumHeight(self.rule.height() if is_typed_over else 0)
        if is_typed_over:
            self.original.setToolTip(TYPED_OVER_TIP)

    def show_pages(self, shown: InputState) -> None:
        """Show which page of its file the picture is, or which one it is about to be."""
        if shown.fitted is None and self._typed_over is not None and not self._is_sheet:
            return
        picture = None if self._is_sheet or shown.fitted is None else shown.picture
        self.pages.show_pages(None if picture is None else picture.pages, shown.page_asked)
        self.fed.setMinimumHeight(FED_LEAST if self.pages.isHidden() else FED_LEAST_WITH_PAGES)

    def set_sheet(self, is_sheet: bool) -> None:
        """While it is a sheet to paint on, the original and the rule give their room to it."""
        self._is_sheet = is_sheet
        self.strip.setVisible(not is_sheet)
        self.show_pages(self._input)
        self._show_steps()
        self.updateGeometry()  # else the pane keeps the room of what is hidden, and a low window grows

    def show_fed(self, pixels: np.ndarray | None) -> None:
        """Show `pixels` (H, W, 3) as what the network is fed."""
        self.fed.set_picture(pixels)

    def _show_steps(self) -> None:
        steps = steps_of(self._input)
        shown = steps if self._all_steps else steps[:STEPS_SHOWN]
        link = "fewer" if self._all_steps else f"all {len(steps)} steps"
        tail = f" <a href='steps'>{link}</a>" if len(steps) > STEPS_SHOWN else ""
        self.rule.setText(" ".join(escape(step) for step in shown) + tail)
        self.rule.setToolTip("\n".join(steps))
        self.rule.setAccessibleName(" ".join(steps))
        self.rule.setVisible(bool(steps) and not self._is_sheet)

    @Slot(str)
    def _toggle_steps(self, _link: str) -> None:
        self._all_steps = not self._all_steps
        self._show_steps()

    # --- what a cell looks at ---

    def show_field(self, cell: Cell | None, field: Field | None) -> None:
        """Outline what `cell` looks at; None takes the outline away."""
        # Under the brush nothing is dimmed: the colours painted are the colours seen.
        is_under_brush = self._is_sheet and cell is not None and cell.call == "input"
        self._cell, self._field = (None, None) if is_under_brush else (cell, field)
        self._draw_field()

    def _draw_field(self) -> None:
        field, values, fitted = self._field, self._input.values, self._input.fitted
        fits = field is not None and values is not None and field.mask.shape == values.shape[-2:]
        if field is None or not fits:
            self.fed.set_field(None, (0, 0, 0, 0))
            self.original.set_field(None, (0, 0, 0, 0))
        else:
            self.fed.set_field(field.mask, field.box)
            if fitted is not None and fitted.source_box is not None:
                self.original.set_field(field.mask, field.box, _rectangle(fitted.source_box))
        self._show_caption()

    @Slot(object)
    def _point(self, place: tuple[int, int] | None) -> None:
        self._place = place
        self.pointed.emit(place)
        self._show_caption()

    def _show_caption(self) -> None:
        values = self._input.values
        if self._place is not None and values is not None and values.ndim == 3:
            self.caption.setText(pixel_text(values, *self._place))
            self.fed.setToolTip(pixel_tip(values, self._input.fitted, *self._place))
        elif self._cell is not None and self._cell.call == INPUT and values is not None and values.ndim == 3:
            self.caption.setText(pixel_text(values, *self._cell.index[-2:]))
        elif self._cell is not None and self._field is not None and values is not None:
            self.caption.setText(field_text(self._cell.call, self._field, values.shape))
        else:
            self.caption.setText(HINT)
        tell(self.fed, self.caption.text().replace("\n", ": "))


def _words(kind: type[QLabel], name: str) -> QLabel:
    label = kind(objectName=name, wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setProperty("role", "dim")
    # A label that wraps still asks for its longest word; the pane must be able to be narrower.
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _rectangle(box: tuple[float, float, float, float]) -> QRectF:
    top, left, bottom, right = box
    return QRectF(left, top, right - left, bottom - top)


def steps_of(shown: InputState) -> tuple[str, ...]:
    """How what the network is fed came about, a sentence each."""
    if shown.picture is not None and shown.fitted is not None:
        return (*shown.picture.conversions, *shown.fitted.steps)
    values = shown.values
    if values is None or values.ndim != 3:
        return ()
    if has_typed_numbers(shown):
        return (f"Numbers, as typed: {shape_text(values.shape)}, shown from dark to light.",)
    return (f"The network is fed {shape_text(values.shape)} numbers from a program, shown from dark to light.",)


def field_text(layer: str, field: Field, input_shape: tuple[int, ...]) -> str:
    """ "conv2 sees 5 × 5 × 3 numbers.": rows, columns and channels of what the network is fed, (C, H, W)."""
    seen = field.amount
    if seen == 0:
        return f"This cell of {layer} sees nothing but padding."
    top, left, bottom, right = field.box
    size = shape_text(field.size(input_shape))
    if int(seen) == field.mask.size:
        return f"{layer} sees the whole picture, {size} numbers."
    if int(seen) == (bottom - top) * (right - left):
        return f"{layer} sees {size} numbers."
    return f"{layer} sees {plural(seen, 'pixel')} within {size}."


def pixel_text(values: np.ndarray, row: int, column: int) -> str:
    """ "Row 3, column 5:" and the numbers the network is fed there."""
    if not (row < values.shape[1] and column < values.shape[2]):
        return ""
    numbers = values[:, row, column]
    if len(numbers) == 3:
        told = "  ".join(f"{name} {number(value, 2)}" for name, value in zip(CHANNEL_NAMES, numbers, strict=True))
    else:
        told = "  ".join(number(value) for value in numbers[:4]) + (" …" if len(numbers) > 4 else "")
    return f"Row {row}, column {column}\n{told}"


def pixel_tip(values: np.ndarray, fitted: Fitted | None, row: int, column: int) -> str:
    """Every digit of a pixel, and the byte it was made from."""
    if not (row < values.shape[1] and column < values.shape[2]):
        return ""
    lines = []
    for channel, value in enumerate(values[:, row, column]):
        byte = f"{fitted.pixels[row, column, channel]} → " if fitted is not None else ""
        lines.append(f"channel {channel}: {byte}{exact(float(value))}")
    return "\n".join((*lines[:16], "Double-click to type another number."))
