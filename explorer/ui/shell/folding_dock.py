"""A dock that folds to its title, and opens again, when a person asks for it and at no other time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from explorer.session.soon import soon
from explorer.ui.common import settings
from explorer.ui.shell.docks import PaneDock, stands_in

NO_LIMIT = 16_777_215  # Qt's own
SHARE = 0.25  # of the window's height: in a large one what is drawn in it grows with all else


class FoldingDock(PaneDock):
    """`folded` tells when it was folded or opened. Both are remembered, and so is the height it was dragged to.

    Until then it has `height` pixels, or a share of a large window. At first it is folded. While it is open the window
    cannot be made too low for it and for the panes above it.
    """

    folded = Signal(bool)

    def __init__(
        self, title: str, name: str, content: QWidget, window: QMainWindow, *, inside: QWidget, height: int
    ) -> None:
        super().__init__(title, name, content, window)
        self._window, self._inside, self._usual_height = window, inside, height
        self._least_window_height = window.minimumHeight()
        self._dragged_to = settings.training_height()
        self._would_grow = False
        self.is_folded = False
        self.topLevelChanged.connect(self._float)
        self._fold(settings.is_training_folded())

    @Slot()
    def sit(self) -> None:
        """Take the height it should have among the other docks."""
        if not self.is_folded and stands_in(self, self._window):
            self._window.resizeDocks([self], [self._wanted()], Qt.Orientation.Vertical)

    def follow_height(self) -> None:
        """The window has another height now: take its share of it, or back the height that it had no room for."""
        if self.is_folded or not stands_in(self, self._window):
            return
        self._make_room()
        if self.height() < self._wanted() or (self._dragged_to is None and self.height() > self._wanted()):
            soon(self, self.sit)

    def _wanted(self) -> int:
        return self._dragged_to or max(self._usual_height, round(SHARE * self._window.height()))

    def choose(self, is_folded: bool) -> None:
        """Fold or open it because a person wants it so."""
        settings.set_training_folded(is_folded)
        self._fold(is_folded)

    def unfold(self) -> None:
        """Show it whole."""
        self.show()
        if self.is_folded:
            self.choose(False)

    def forget_choice(self) -> None:
        """Fold it, and give it the height it had at first."""
        self._dragged_to = None
        settings.set_training_folded(True)
        settings.set_training_height(None)
        self._fold(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        soon(self, self._make_room)  # what it needs is known once it is laid out
        is_dragged = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if is_dragged and not self.is_folded and stands_in(self, self._window):
            self._dragged_to = self.height()
            settings.set_training_height(self._dragged_to)

    @Slot()
    def _make_room(self) -> None:
        """Keep the window as high as its panes need it, as far as the screen goes.

        It grows only for what is still needed once it was laid out again: a pane that shows another thing is for a
        moment as high as its words were at their old width.
        """
        window, least = self._window, self._least_window_height
        if not self.is_folded and stands_in(self, window):
            screen = window.screen().availableSize().height()
            least = max(least, min(window.minimumSizeHint().height(), screen))
        would_grow = least > window.height()
        if would_grow and not self._would_grow:
            soon(self, self._make_room)
        elif window.minimumHeight() != least:
            window.setMinimumHeight(least)
        self._would_grow = would_grow

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
        self._fold(not is_floating and settings.is_training_folded())
