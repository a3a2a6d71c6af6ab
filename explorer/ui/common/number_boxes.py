"""Spin boxes and combo boxes that are flat, narrow and never turned by a wheel that only passes over them."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from explorer.ui.common import theme
from explorer.ui.common.icons import draw_icon
from explorer.ui.common.named_box import NamedByLabel
from explorer.ui.common.pasted_rows import row_on_the_clipboard
from explorer.ui.common.typed import typed_number, typed_whole, written
from explorer.ui.common.typed_box import TypedBox

CARET = 10
CARETS_ROOM = 18
NARROW = 50
FIRST_STEP = 0.001
MOST_DECIMALS = 323  # decimals that Qt rounds what it holds to: as many as any number takes
# The application's rule for line edits would frame the one inside a spin box a second time.
STEPPER_SHEET = f"""
QAbstractSpinBox {{ padding: 3px 0 3px 6px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
  subcontrol-origin: border; width: {CARETS_ROOM}px; border: 0; background: transparent;
}}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow {{ image: none; width: 0; height: 0; }}
QLineEdit {{ border: 0; padding: 0; min-height: 0; background: transparent; }}
"""


class _NoStrayWheel:
    """A wheel that turns over a control scrolls the form, unless the control has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # type: ignore[attr-defined]  # mixed into widgets
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class _NumberLine(QLineEdit):
    """A double click marks the whole number: Qt's own marks the digits on one side of the point alone.

    Qt hears of it first, which counts a third click from there; it would take it for a first one, and mark nothing.
    """

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        box = self.parent()
        assert isinstance(box, QAbstractSpinBox)
        box.selectAll()


class _Stepper(_NoStrayWheel):
    """Flat carets: with a style sheet, Qt's own steppers are bevelled and lose their arrows."""

    def start(self: Any) -> None:
        """Called once by the box that mixes this in."""
        self.setLineEdit(_NumberLine(self, objectName="qt_spinbox_lineedit"))  # as Qt calls its own: a part of the box
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(NARROW)
        self.setStyleSheet(STEPPER_SHEET)
        self.lineEdit().setTextMargins(5, 0, 0, 0)

    def mark(self: Any, *, is_wrong: bool) -> None:
        """Show what stands there in red, or as usual."""
        error = theme.current().error
        wrong = f"QAbstractSpinBox {{ color: {error}; border-color: {error}; }}" if is_wrong else ""
        if self.styleSheet() != STEPPER_SHEET + wrong:
            self.setStyleSheet(STEPPER_SHEET + wrong)

    def mouseDoubleClickEvent(self: Any, event: QMouseEvent) -> None:
        """On the margin around the number it marks the number too; on the carets it is a second step."""
        super().mouseDoubleClickEvent(event)  # type: ignore[misc]  # mixed into spin boxes
        if event.position().x() < self.width() - CARETS_ROOM:
            self.selectAll()

    def paintEvent(self: Any, event: QPaintEvent) -> None:
        super().paintEvent(event)  # type: ignore[misc]  # mixed into spin boxes
        painter = QPainter(self)
        enabled, colours, flags = self.stepEnabled(), theme.current(), QAbstractSpinBox.StepEnabledFlag
        left, middle = self.width() - CARETS_ROOM + 2, self.height() // 2
        for name, flag, top in (("up", flags.StepUpEnabled, middle - 11), ("down", flags.StepDownEnabled, middle + 1)):
            colour = colours.dim if enabled & flag else colours.border
            draw_icon(painter, f"ph.caret-{name}", colour, QRect(left, top, CARET, CARET))


class WholeBox(_Stepper, TypedBox, QSpinBox):
    """A whole number from `low` to `high`."""

    refused = Signal(str)

    def __init__(
        self, low: int, high: int, *, name: str = "", tip: str = "", live: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.start()
        self.setRange(low, high)
        self.start_typing(name=name, tip=tip, live=live)

    def textFromValue(self, value: int) -> str:
        return str(value)

    def read(self, text: str) -> int:
        return typed_whole(text)


class FloatBox(_Stepper, TypedBox, QDoubleSpinBox):
    """A number of any size from `low` to `high`, with as many digits as it needs and no zeros after them.

    With `takes_rows` it stands in a row of boxes: several numbers pasted into it are told by `row_pasted`.
    """

    refused = Signal(str)
    row_pasted = Signal(object)
    takes_rows = False

    def __init__(
        self,
        low: float,
        high: float,
        *,
        name: str = "",
        tip: str = "",
        live: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.start()
        self.setDecimals(MOST_DECIMALS)
        self.setRange(low, high)
        self.start_typing(name=name, tip=tip, live=live)

    def textFromValue(self, value: float) -> str:
        return written(value)

    def read(self, text: str) -> float:
        return typed_number(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = row_on_the_clipboard() if self.takes_rows and event.matches(QKeySequence.StandardKey.Paste) else ()
        if row:
            self.row_pasted.emit(row)
        else:
            super().keyPressEvent(event)

    def stepBy(self, steps: int) -> None:
        """In steps of the number's own second digit, so that 0.1 and 1e-5 can both be turned."""
        self.interpretText()
        self._settle()
        value = abs(self.value())
        size = 10.0 ** (math.floor(math.log10(value)) - 1) if value else FIRST_STEP
        self.setValue(float(f"{self.value() + steps * size:.9g}"))


class ChoiceBox(_NoStrayWheel, NamedByLabel, QComboBox):
    """A combo box that may be narrower than its longest entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setStyleSheet(
            "QComboBox { padding: 3px 4px 3px 8px; } QComboBox::drop-down { border: 0; width: 16px; }"
            " QComboBox::down-arrow { image: none; }"
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        place = QRect(self.width() - CARETS_ROOM + 2, (self.height() - CARET) // 2, CARET, CARET)
        draw_icon(QPainter(self), "ph.caret-down", theme.current().dim, place)
