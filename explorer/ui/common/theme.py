"""Colours, type and style of the window, light and dark.

A widget asks `current()` when it paints or builds, and again in `changeEvent` on `PaletteChange`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QMainWindow

from explorer.ui.common.style_sheet import style_sheet

CHOICES = ("system", "light", "dark")
INTERFACE_FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
NUMBER_FAMILIES = ("JetBrains Mono", "SF Mono", "Consolas", "DejaVu Sans Mono")
INTERFACE_PIXELS = 13


@dataclass(frozen=True)
class Theme:
    """Every colour of one theme, as "#rrggbb". Text on `window`, `pane` and `sunken` has at least 4.5 : 1 contrast."""

    name: str
    window: str
    pane: str
    sunken: str
    border: str
    text: str
    dim: str
    accent: str
    accent_text: str
    selection: str
    warning: str
    error: str
    good: str
    signed_low: str
    signed_high: str
    kinds: Mapping[str, str]
    phases: Mapping[str, str]

    @property
    def neutral(self) -> str:
        """The colour of zero on a signed scale: the pane's own background, so that zero looks like nothing."""
        return self.pane


LIGHT = Theme(
    name="light",
    window="#eef1f5",
    pane="#ffffff",
    sunken="#f4f6f9",
    border="#d9dee6",
    text="#161b22",
    dim="#5b6472",
    accent="#1b64e6",
    accent_text="#ffffff",
    selection="#e1edfc",
    warning="#8a5a00",
    error="#b3261e",
    good="#1a7f4b",
    signed_low="#2f72d6",
    signed_high="#e8791e",
    kinds=MappingProxyType(
        {
            "input": "#5b6472",
            "convolution": "#3d82f0",
            "activation": "#9b6ade",
            "pooling": "#1fa394",
            "shape": "#7b8594",
            "linear": "#e08a1e",
            "normalization": "#7b8594",
            "merge": "#5f7c99",
            "output": "#d6558f",
            "other": "#7b8594",
        }
    ),
    phases=MappingProxyType({"forward": "#3d82f0", "loss": "#d6558f", "backward": "#e08a1e", "update": "#1fa394"}),
)

DARK = Theme(
    name="dark",
    window="#12161b",
    pane="#1b2027",
    sunken="#242a33",
    border="#323a45",
    text="#e8ecf2",
    dim="#9aa5b4",
    accent="#5a9cff",
    accent_text="#0b1220",
    selection="#20344f",
    warning="#f0b23c",
    error="#ff8078",
    good="#4fc38a",
    signed_low="#3f8cff",
    signed_high="#f28a2e",
    kinds=MappingProxyType(
        {
            "input": "#9aa5b4",
            "convolution": "#5a9cff",
            "activation": "#b48bf2",
            "pooling": "#35bfae",
            "shape": "#8792a2",
            "linear": "#f0a040",
            "normalization": "#8792a2",
            "merge": "#86a3c2",
            "output": "#ec7ab0",
            "other": "#8792a2",
        }
    ),
    phases=MappingProxyType({"forward": "#5a9cff", "loss": "#ec7ab0", "backward": "#f0a040", "update": "#35bfae"}),
)

_current = LIGHT


def current() -> Theme:
    """The theme the window has now."""
    return _current


def is_system_dark() -> bool:
    """Whether the desktop asks for dark windows."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def apply(application: QApplication, choice: str) -> Theme:
    """Give `application` the theme named by `choice`, one of `CHOICES`, and return it.

    Where windows are open each gets a sheet of its own above the application's: of the application's Qt polishes a
    widget again for every one that it lies in (measured: 7,390 times for 867 widgets). Where none is, the application's
    is put on again: Qt keeps 57 kB of a window that is gone until then (measured).
    """
    global _current
    dark = is_system_dark() if choice == "system" else choice == "dark"
    before, _current = _current, DARK if dark else LIGHT
    windows = [window for window in application.topLevelWidgets() if isinstance(window, QMainWindow)]
    if not application.styleSheet():  # the first time; setting the style anew polishes every widget once more
        application.setStyle("Fusion")
    elif _current is before and application.topLevelWidgets():
        return _current
    application.setFont(interface_font())
    application.setPalette(_palette(_current))
    if windows and application.styleSheet():
        for window in windows:
            dress(window)
    else:
        application.setStyleSheet(style_sheet(_current))
    return _current


def dress(window: QMainWindow) -> None:
    """Give a window the current theme where the application's sheet, or the window's own, is that of another theme."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    sheet = style_sheet(_current)
    if (window.styleSheet() or application.styleSheet()) not in ("", sheet):
        window.setStyleSheet(sheet)


def interface_font(pixels: int = INTERFACE_PIXELS, *, semibold: bool = False) -> QFont:
    """The interface's font; tabular figures where the family has them."""
    font = QFont(_installed(INTERFACE_FAMILIES))
    font.setPixelSize(pixels)
    font.setFeature(QFont.Tag("tnum"), 1)
    if semibold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def number_font(pixels: int = 12) -> QFont:
    """A font whose figures all have the same width, for arithmetic."""
    font = QFont(_installed(NUMBER_FAMILIES))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(pixels)
    return font


@cache  # asking Qt for all families takes longer than painting with one
def _installed(families: tuple[str, ...]) -> list[str]:
    known = set(QFontDatabase.families())
    return [family for family in families if family in known] or list(families)


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.pane,
        QPalette.ColorRole.AlternateBase: theme.sunken,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.dim,
        QPalette.ColorRole.Button: theme.pane,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.accent_text,
        QPalette.ColorRole.ToolTipBase: theme.sunken,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.Dark: theme.border,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.dim))
    return palette
