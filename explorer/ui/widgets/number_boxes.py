"""Spin boxes and combo boxes that are flat, narrow and never turned by a wheel that only passes over them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLocale, QRect, QSignalBlocker, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from explorer.ui import theme
from explorer.ui.widgets.card_painter import draw_icon

CARET = 10
CARETS_ROOM = 18
NARROW = 50
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


class _Stepper(_NoStrayWheel):
    """Flat carets: with a style sheet, Qt's own steppers are bevelled and lose their arrows."""

    def start(self: Any) -> None:
        """Called once by the box that mixes this in."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(NARROW)
        self.setStyleSheet(STEPPER_SHEET)
        self.lineEdit().setTextMargins(5, 0, 0, 0)

    def paintEvent(self: Any, event: QPaintEvent) -> None:
        super().paintEvent(event)  # type: ignore[misc]  # mixed into spin boxes
        painter = QPainter(self)
        enabled, colours, flags = self.stepEnabled(), theme.current(), QAbstractSpinBox.StepEnabledFlag
        left, middle = self.width() - CARETS_ROOM + 2, self.height() // 2
        for name, flag, top in (("up", flags.StepUpEnabled, middle - 11), ("down", flags.StepDownEnabled, middle + 1)):
            colour = colours.dim if enabled & flag else colours.border
            draw_icon(painter, f"ph.caret-{name}", colour, QRect(left, top, CARET, CARET))


class NumberBox(_Stepper, QSpinBox):
    """A whole number."""

    def __init__(self, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start()
        self.setRange(minimum, maximum)

    def show_number(self, value: int) -> None:
        """Show `value` without telling anyone; a text half typed that means it already stays."""
        if value != self.value():
            with QSignalBlocker(self):
                self.setMaximum(max(self.maximum(), value))
                self.setMinimum(min(self.minimum(), value))
                self.setValue(value)


class FloatBox(_Stepper, QDoubleSpinBox):
    """A number with as many digits as it needs and no zeros after them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start()
        self.setLocale(QLocale.c())  # the point is a point, as in the text notation
        self.setDecimals(8)  # 1e-08 is the smallest epsilon anyone sets
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:
        return f"{value:.8f}".rstrip("0").rstrip(".")


class ChoiceBox(_NoStrayWheel, QComboBox):
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
