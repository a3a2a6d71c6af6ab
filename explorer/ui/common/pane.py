"""A titled part of the window: title, one dim line of facts beside it, a corner for controls, the content below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui.common.eliding import fitting

ABOVE, BELOW = 8, 4  # pixels about a title
CORNER = 4  # pixels from the lower edge of a pane to where its rounded corners begin


class ElidedLabel(QLabel):
    """A label of one line with an … where there is no room, at its end unless `mode` says otherwise.

    Its tip is the whole text. What can be said in fewer words is given in several `ways`.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._tip = ""
        self._ways: tuple[str, ...] = ("",)
        self.setIndent(0)  # where the style sheet pads a label Qt indents it too, by room that is not counted
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_whole(text)

    def set_whole(self, text: str, *, tip: str = "") -> None:
        """Show `text`, shortened to the width there is; `tip` is for what even the whole text leaves out."""
        self.set_ways((text,), tip=tip)

    def set_ways(self, texts: tuple[str, ...], *, tip: str = "") -> None:
        """Show the first of `texts` that there is room for, the longest being first; only the last is shortened."""
        if (texts, tip) == (self._ways, self._tip):
            return
        self._ways, self._tip = texts, tip
        self.setAccessibleName(texts[0])
        self._elide()

    def is_cut(self) -> bool:
        """Whether there is room for none of the ways to say it."""
        return self.text() not in self._ways

    def whole(self) -> str:
        """The text before it was shortened."""
        return self._ways[0]

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt's own event
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def _elide(self) -> None:
        shown = fitting(self._ways, self.fontMetrics(), max(self.contentsRect().width(), 0), self._mode)
        self.setText(shown)
        tip = self._tip or (self.whole() if shown != self.whole() else "")
        if tip != self.toolTip():
            self.setToolTip(tip)


class Pane(QFrame):
    """A titled part of the window. Put the content into `body`, controls into `corner`.

    `title_bar` is the row with the title; in a dock it becomes the dock's own title bar, by which it is dragged.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self.title_label = QLabel(title)
        self.title_label.setProperty("role", "title")
        self.facts_label = ElidedLabel()
        self.facts_label.setProperty("role", "dim")
        self.corner = QHBoxLayout()
        self.corner.setSpacing(4)
        self.title_bar = QWidget()
        row = QHBoxLayout(self.title_bar)
        row.setContentsMargins(12, ABOVE, 8, BELOW)
        row.setSpacing(8)
        row.addWidget(self.title_label)
        row.addWidget(self.facts_label, 1)
        row.addLayout(self.corner)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.title_bar)
        whole.addLayout(self.body, 1)

    def lie_inside(self) -> None:
        """For a pane within another: no frame within a frame, and its title in line with what stands above it."""
        self.setProperty("role", "")
        row = self.title_bar.layout()
        assert row is not None
        row.setContentsMargins(0, ABOVE, 0, BELOW)

    def let_stand_out(self) -> None:
        """Let the controls of the corner reach into the space above and below the title: whether they are shown or not,
        it stays in line with those of the panes beside it."""
        row = self.title_bar.layout()
        assert row is not None
        margins = row.contentsMargins()
        row.setContentsMargins(margins.left(), ABOVE - BELOW, margins.right(), 0)
        for label in (self.title_label, self.facts_label):
            label.setContentsMargins(0, BELOW, 0, BELOW)

    def keep_corners(self) -> None:
        """For a pane whose content fills it: that ends above the rounded corners, which it would paint over."""
        self.body.setContentsMargins(0, 0, 0, CORNER)

    def set_title(self, title: str) -> None:
        """Change the title."""
        self.title_label.setText(title)

    def set_facts(self, facts: str, *shorter: str, tip: str = "") -> None:
        """The dim line beside the title, `shorter` where there is no room; `tip` is for what the whole leaves out."""
        self.facts_label.set_ways((facts, *shorter), tip=tip)
