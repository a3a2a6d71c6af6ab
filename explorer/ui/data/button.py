"""The chosen data in the training strip: a button that opens the browser, and what is wrong with them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import draw_icon
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.text import on_a_button
from explorer.ui.data.lines import OpeningLine, ProblemLine
from explorer.ui.data.words import button_words, words_to_come

CARET, SIDES = 10, 28


class DataButton(FollowingView, QWidget):
    """The data's name and as many facts as there is room for; progress in its place while data are opened.

    `with_problem`: whether what is wrong with the data stands under the button, or somewhere else.
    """

    shows = ("data.data_set", "data.progress", "document")

    def __init__(
        self, session: Session, show_data: NamedAction, parent: QWidget | None = None, *, with_problem: bool = True
    ) -> None:
        super().__init__(session, parent)
        self.setObjectName("data")
        self.button = _Caret(show_data, "chooseData")
        self.opening = OpeningLine(session)
        self.problem = ProblemLine(session) if with_problem else None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.button, self.opening, self.problem):
            if part is not None:
                column.addWidget(part)
        self.setFocusProxy(self.button)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        if old is not None and _shown(old) == _shown(new):
            return
        self.button.setVisible(new.data.progress is None)
        data, chosen = new.data.data_set, new.document.data
        self.button.show_parts(*(words_to_come(chosen) if data is None else button_words(data)))


def _shown(state: State) -> tuple[object, ...]:
    return id(state.data.data_set), id(state.data.progress), state.document.data


class _Caret(QToolButton):
    """A button whose facts go, one by one, where there is no room, with a caret behind them.

    It triggers `action`, whose words it shows while there are no facts.
    """

    def __init__(self, action: NamedAction, name: str) -> None:
        super().__init__(objectName=name)
        self._action = action
        self._parts: tuple[str, ...] = (action.brief,)
        self.clicked.connect(action.trigger)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setStyleSheet(f"QToolButton {{ text-align: left; padding-right: {CARET + 8}px; }}")

    def show_parts(self, title: str, facts: str) -> None:
        """Show the title, and as many facts as there is room for; the tip has them all."""
        self._parts = (title, *facts.split(" · ")) if facts else (title or self._action.brief,)
        whole, tip = " · ".join(self._parts), self._action.toolTip()
        self.setAccessibleName(f"Data: {whole}" if facts else whole)
        self.setToolTip(f"{whole}\n{tip}" if facts else tip)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, super().sizeHint().height())

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.width() - SIDES
        kept = len(self._parts)
        while kept > 1 and metrics.horizontalAdvance(" · ".join(self._parts[:kept])) > room:
            kept -= 1
        words = elided(" · ".join(self._parts[:kept]), metrics, max(room, 0))
        self.setText(on_a_button(words))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        place = QRect(self.width() - CARET - 7, (self.height() - CARET) // 2, CARET, CARET)
        draw_icon(QPainter(self), "ph.caret-down", theme.current().dim, place)
