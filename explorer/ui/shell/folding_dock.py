"""A dock that folds to its title by itself, where the window is low or there is nothing to see in it yet."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from explorer.session.soon import soon
from explorer.ui.common import settings
from explorer.ui.shell.docks import PaneDock

LOW_WINDOW = 760  # pixels of height under which it starts folded
SQUEEZE = 40  # pixels that the panes above may lack; if they lacked more they would lie over each other
NO_LIMIT = 16_777_215  # Qt's own


class FoldingDock(PaneDock):
    """`folded` tells when it was folded or opened. What a person chose is remembered and wins over the height.

    Opened by a person in a window too low for it, it makes the window higher; made lower again, it folds.
    """

    folded = Signal(bool)

    def __init__(
        self, title: str, name: str, content: QWidget, window: QMainWindow, *, inside: QWidget, height: int
    ) -> None:
        super().__init__(title, name, content, window)
        self._window, self._inside, self._usual_height = window, inside, height
        self._choice = settings.is_training_folded()
        self._height = settings.training_height() or height
        self._is_wanted = True
        self._growth = 0  # the least pixels that it takes when it is opened, as far as that is known
        self.is_folded = False
        self.topLevelChanged.connect(self._float)

    @Slot()
    def sit(self) -> None:
        """Take the height it should have among the other docks."""
        if not self.is_folded and not self.isFloating():
            self._window.resizeDocks([self], [self._height], Qt.Orientation.Vertical)

    def want(self, is_wanted: bool) -> None:
        """Whether what it holds is worth its room now."""
        if is_wanted != self._is_wanted:
            self._is_wanted = is_wanted
            self.follow_height(self._window.height())

    def follow_height(self, height: int) -> None:
        """The window is `height` pixels high now."""
        if self.isFloating():
            return
        is_better_folded = height < LOW_WINDOW or not self._is_wanted
        is_folded = is_better_folded if self._choice is None else self._choice
        self._fold(is_folded or not self._has_room(height))
        if not self.is_folded and self.height() < self._height:
            soon(self, self.sit)  # there was no room for it; now there may be

    def choose(self, is_folded: bool) -> None:
        """Fold or open it because a person wants it so."""
        self._choice = is_folded
        settings.set_training_folded(is_folded)
        self._fold(is_folded)
        if not is_folded:
            soon(self, self._make_room)  # once the window has laid itself out anew

    def unfold(self) -> None:
        """Show it whole."""
        self.show()
        if self.is_folded:
            self.choose(False)

    def forget_choice(self) -> None:
        """Follow the window's height again, with the height it had at first."""
        self._choice, self._height = None, self._usual_height
        settings.set_training_folded(None)
        settings.set_training_height(None)
        self.follow_height(self._window.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_dragged = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if is_dragged and not self.is_folded and not self.isFloating():
            self._height = self.height()
            settings.set_training_height(self._height)

    def _has_room(self, height: int) -> bool:
        """Whether a window of `height` pixels holds it open, with all the panes above it."""
        needed = self._window.minimumSizeHint().height()
        if not self.is_folded:
            self._growth = self.minimumSizeHint().height() - self._title_height()
            return height >= needed - SQUEEZE
        return height >= needed + self._growth - SQUEEZE

    @Slot()
    def _make_room(self) -> None:
        window = self._window
        if self.is_folded or self.isFloating() or window.isMaximized() or window.isFullScreen():
            return
        needed = min(window.minimumSizeHint().height(), window.screen().availableSize().height())
        if window.height() < needed:
            window.resize(window.width(), needed)

    def _fold(self, is_folded: bool) -> None:
        if is_folded == self.is_folded:
            return
        self.is_folded = is_folded
        self._inside.setVisible(not is_folded)
        if is_folded:
            self.setFixedHeight(self._title_height())
        else:
            self.setMinimumHeight(0)
            self.setMaximumHeight(NO_LIMIT)
            soon(self, self.sit)  # once the window has laid itself out anew
        self.folded.emit(is_folded)

    def _title_height(self) -> int:
        title = self.titleBarWidget()
        return (title.sizeHint().height() if title is not None else 36) + 4

    @Slot(bool)
    def _float(self, is_floating: bool) -> None:
        if is_floating:
            self._fold(False)
        else:
            self.follow_height(self._window.height())
