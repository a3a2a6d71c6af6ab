"""Saving and copying what the feature-map viewer shows, and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from explorer.session import Session
from explorer.ui.common import dialogs
from explorer.ui.common import map_files as export
from explorer.ui.maps.words import ROW_OF_NUMBERS

PICTURES = (".png", ".svg")


@dataclass(frozen=True, eq=False)
class OnShow:
    """What is shown: the numbers, their name, and their picture (H, W, 4); None for a row of numbers."""

    name: str
    values: np.ndarray
    colours: np.ndarray | None


class MapExport(QObject):
    """Asks `on_show` what there is to save at the moment it is wanted."""

    def __init__(self, session: Session, on_show: Callable[[], OnShow | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._on_show = on_show
        self._window = parent

    @Slot()
    def copy_picture(self) -> None:
        """Put what is shown on the clipboard as a picture."""
        shown = self._on_show()
        if shown is None:
            return
        if shown.colours is None:
            self._session.say(ROW_OF_NUMBERS.format(shown.name))
            return
        export.copy_picture(shown.colours)
        self._session.say("The picture is on the clipboard.")

    @Slot()
    def copy_values(self) -> None:
        """Put the chosen channel's values, or the layer's, on the clipboard as a table."""
        shown, channel = self._on_show(), self._session.state.selection.channel
        if shown is not None:
            is_one_map = channel is not None and shown.values.ndim > 2
            export.copy_values(shown.values[channel] if is_one_map else shown.values)
            self._session.say("The values are on the clipboard.")

    @Slot(str)
    def ask(self, ending: str) -> None:
        """Ask for a file name and write what is shown; `ending` is one of `export.FORMATS`."""
        shown = self._on_show()
        if shown is None:
            return
        if shown.colours is None and ending in PICTURES:
            self._session.say(ROW_OF_NUMBERS.format(shown.name))
            return
        kind = f"{ending[1:].upper()} (*{ending})"
        path = dialogs.ask_where_to_write(self._window, "Export", f"{shown.name}{ending}", {kind: ending})
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write what is shown to a file; the ending says how."""
        shown = self._on_show()
        if shown is None:
            return
        colours = shown.colours if shown.colours is not None else np.zeros((1, 1, 4), np.uint8)
        self._session.exports.write(path.name, lambda _tell: export.write(path, colours, shown.values, shown.name))
