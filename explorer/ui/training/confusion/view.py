"""Which class the network takes for which: the confusion matrix of held-out examples, and those behind a cell."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSplitter, QStackedLayout, QWidget

from explorer.data.data_set import Split
from explorer.session import Session, State
from explorer.session.train_state import Judged
from explorer.ui.common.empty_state import ContentPages
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.picture_things import SHOW
from explorer.ui.common.row_things import More, offer_rows
from explorer.ui.common.things import Thing, offer
from explorer.ui.data.example_things import offer_pictures
from explorer.ui.data.shown_example import show_example
from explorer.ui.training.confusion.behind_cell import PLACE_ROLE, BehindCell
from explorer.ui.training.confusion.layout import Pair, cell_sentence, summary, table_of
from explorer.ui.training.confusion.matrix import ConfusionMatrix
from explorer.ui.training.run_words import appears, one_example

if TYPE_CHECKING:
    from explorer.engine.training.confusion import Confusion

EMPTY = "At the end of each epoch the held-out {noun}s show here what is taken for what."
NO_CLASSES = "These data are numbers to be met: there are no classes to confuse."
NOTHING_HELD_OUT = "These data hold nothing back to judge the network by."
OTHER_DATA = "The network was judged by other data: train it to judge it by these."
CHOOSE = "Click a cell to see the {noun}s behind it."


class ConfusionView(FollowingView, QWidget):
    """The matrix at the left; at the right the examples of the clicked cell, each a click away from the network."""

    shows = ("watching.judged", "data.data_set", "document")
    is_paced = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("confusionView")
        self._judged: Judged | None = None
        self._choice: Pair | None = None
        self._make_parts()
        self.follow_session()
        self.redraw()

    def _make_parts(self) -> None:
        self.words = ElidedLabel()
        self.words.setProperty("role", "dim")
        self.matrix = ConfusionMatrix()
        self.matrix.pointed.connect(self._show_words)
        self.matrix.chosen.connect(self.choose)
        self.matrix.walked.connect(self._show_whole)
        offer(self.matrix, self._session, self._thing_at, self.matrix.chosen_point)
        self.behind = BehindCell()
        offer_pictures(self.behind.pictures, self._session)
        offer_rows(self.behind.rows, self._session, more=self._ways)
        self.behind.chosen.connect(self._show_to_network)
        self.hint = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("role", "dim")
        right = QWidget()
        self._right = QStackedLayout(right)
        self._right.addWidget(self.hint)
        self._right.addWidget(self.behind)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.setHandleWidth(12)
        split.addWidget(self._scrolled_matrix())
        split.addWidget(right)
        split.setSizes([600, 300])
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        self._pages = ContentPages(self, spacing=2)
        column, self.empty = self._pages.column, self._pages.empty
        column.addWidget(self.words)
        column.addWidget(split, 1)
        self.setFocusProxy(self.matrix)

    def _scrolled_matrix(self) -> QScrollArea:
        """In a low strip ten classes have no room for their names: then it scrolls."""
        self.scrolled = QScrollArea(widgetResizable=True)
        self.scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self.scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the matrix takes the focus
        self.scrolled.setWidget(self.matrix)
        self.scrolled.setMinimumSize(220, 72)
        self.scrolled.verticalScrollBar().setSingleStep(24)  # two rows at their lowest
        self.scrolled.verticalScrollBar().valueChanged.connect(self.matrix.set_scrolled)
        return self.scrolled

    def sizeHint(self) -> QSize:
        return QSize(760, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(440, 110)

    # --- what it shows ---

    @Slot()
    def redraw(self) -> None:
        """Show the newest evaluation."""
        state = self._session.state
        why = why_empty(state)
        self._judged = None if why else state.watching.judged
        self._pages.show_content(not why)
        self.empty.show_message(why)
        self.hint.setText(CHOOSE.format(noun=self._noun))
        confusion = self._confusion
        if confusion is None:
            self._choice = None
        else:
            self.matrix.show_confusion(confusion, self._classes, noun=self._noun)
            if self._choice is not None and max(self._choice) >= len(confusion.counts):
                self._choice = None
        self._show_words(None)
        self._show_behind()

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """A cell of the matrix with its count; its table is that of all of them."""
        cell = self.matrix.pointed_at if point is None else self.matrix.cell_at(QPointF(point))
        confusion = self._confusion
        if cell is None or confusion is None:
            return None
        return Thing(
            cell_sentence(confusion, self._classes, cell, noun=self._noun).partition(":")[0].rstrip("."),
            value=lambda: str(confusion.counts[cell[0]][cell[1]]),
            picture=lambda: self.matrix.grab().toImage(),
            more=(
                ("Copy the whole table", partial(self._copy_table, confusion)),
                (f"Show the {self._noun}s behind it", partial(self.choose, cell)),
            ),
        )

    def _ways(self, index: QModelIndex) -> More:
        return ((SHOW, partial(self.behind.take_place, index.data(PLACE_ROLE))),)

    def _copy_table(self, confusion: Confusion) -> None:
        QGuiApplication.clipboard().setText(table_of(confusion, self._classes))
        self._session.say("On the clipboard: the confusion matrix, with the names of its classes.")

    @Slot(tuple)
    def choose(self, cell: Pair) -> None:
        """Show the examples behind a cell; the same cell again puts them away."""
        self._choice = None if cell == self._choice else cell
        self._show_behind()

    @Slot(QRectF)
    def _show_whole(self, cell: QRectF) -> None:
        """Scroll to where the keys came, with a row around it, for the head hides one."""
        self.scrolled.ensureVisible(round(cell.center().x()), round(cell.center().y()), 0, round(cell.height()) + 16)

    @property
    def _confusion(self) -> Confusion | None:
        return None if self._judged is None else self._judged.evaluation.confusion

    @property
    def _classes(self) -> tuple[str, ...]:
        data = self._session.state.data.data_set
        return data.classes if data is not None else ()

    @property
    def _noun(self) -> str:
        return one_example(self._session.state.data.data_set)

    @Slot(object)
    def _show_words(self, cell: Pair | None) -> None:
        if self._judged is None or self._confusion is None:
            self.words.set_whole("")
        elif cell is None:
            self.words.set_whole(summary(self._confusion, self._judged.step, noun=self._noun))
        else:
            self.words.set_whole(cell_sentence(self._confusion, self._classes, cell, noun=self._noun))

    @Slot(object, int)
    def _show_to_network(self, split: Split, place: int) -> None:
        self._session.say(show_example(self._session, split, place))

    def _show_behind(self) -> None:
        data = self._session.state.data.data_set
        self.matrix.set_choice(self._choice)
        self._right.setCurrentIndex(0 if self._choice is None else 1)
        if self._choice is None or self._judged is None or self._confusion is None or data is None:
            return
        self.behind.show_examples(data, self._judged, self._choice)


def why_empty(state: State) -> str:
    """What to say where there is no matrix; empty if there is one."""
    data, judged = state.data.data_set, state.watching.judged
    if data is not None and data.is_regression:
        return NO_CLASSES
    if data is not None and data.test is None:
        return NOTHING_HELD_OUT
    if judged is None or data is None or data.test is None:
        return appears(EMPTY.format(noun=one_example(data)), state)
    if judged.labels is not data.test.labels:
        return OTHER_DATA
    return NO_CLASSES if judged.evaluation.confusion is None else ""
