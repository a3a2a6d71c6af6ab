"""The contents: lessons under the headings of their chapters, with minutes and how much of each was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.session.lesson_state import Dot, key_of
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.row_list import Index, RowList, RowModel, row_ground
from explorer.ui.common.saved_painter import saved
from explorer.ui.lessons.dots import SIZE, paint_dot
from explorer.ui.lessons.words import PANE, PaneWords

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson

HEADING, LESSON = 30, 44  # pixels of height, where a title has room in one row
MARGIN, DOT_ROOM = 12, SIZE + 10
WRAPPED = 1_000


@dataclass(frozen=True, eq=False)
class ContentsLine:
    """A chapter's heading, or a lesson of it with how much was done."""

    title: str
    lesson: Lesson | None = None
    done: int = 0
    facts: str = ""  # what stands below the title

    @property
    def dot(self) -> Dot:
        """How it was done as a whole."""
        steps = 0 if self.lesson is None else len(self.lesson.steps)
        return "open" if not self.done else "answered" if self.done == steps else "helped"


def lines_of(lessons: tuple[Lesson, ...], dots: Mapping[str, Dot], words: PaneWords) -> list[ContentsLine]:
    """The rows of the contents."""
    lines: list[ContentsLine] = []
    for chapter, group in groupby(lessons, key=lambda each: each.chapter):
        lines.append(ContentsLine(chapter))
        for lesson in group:
            done = sum(dots.get(key_of(lesson, at), "open") != "open" for at in range(len(lesson.steps)))
            facts = words.minutes.format(minutes=lesson.minutes, done=done, count=len(lesson.steps))
            lines.append(ContentsLine(lesson.title, lesson, done, facts))
    return lines


class _Lines(RowModel):
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{line.title}, {line.facts}" if line.facts else line.title
        if role == Qt.ItemDataRole.ToolTipRole and line.lesson is not None:
            return line.lesson.script.question
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_lesson = self.rows[index.row()].lesson is not None
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_lesson else Qt.ItemFlag.NoItemFlags


class ContentsList(RowList):
    """`chosen` is emitted with the lesson that was clicked, or chosen with Enter."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonList")
        self.setUniformItemSizes(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.lines = _Lines(self)
        self.setModel(self.lines)
        self.setItemDelegate(_ContentsRows(self))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def show_lessons(self, lessons: tuple[Lesson, ...], dots: Mapping[str, Dot], language: str) -> None:
        """Show the contents."""
        self.setAccessibleName(PANE[language].contents_name)
        self.lines.show_rows(lines_of(lessons, dots, PANE[language]))

    def take_keys(self) -> None:
        """The keys go to the chosen lesson, or to the first that is not done yet."""
        open_ones = (row for row, line in enumerate(self.lines.rows) if line.lesson and line.dot != "answered")
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.lines.index(next(open_ones, 1)))
        self.setFocus()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        lesson = self.lines.rows[index.row()].lesson
        if lesson is not None:
            self.chosen.emit(lesson)


class _ContentsRows(QStyledItemDelegate):
    def __init__(self, view: ContentsList) -> None:
        super().__init__(view)
        self._list, self._lines = view, view.lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line, is_heading = self._lines.rows[index.row()], self._lines.rows[index.row()].lesson is None
        metrics, room = QFontMetrics(_font(is_heading)), self._list.viewport().width() - 2 * MARGIN
        room -= 0 if is_heading else DOT_ROOM
        words = metrics.boundingRect(QRect(0, 0, max(room, 1), WRAPPED), Qt.TextFlag.TextWordWrap, line.title)
        more = max(words.height() - metrics.height(), 0)  # of a title in several rows
        return QSize(120, (HEADING if is_heading else LESSON) + more)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        line, colours = self._lines.rows[index.row()], theme.current()
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(option.rect)
            painter.fillRect(area, row_ground(option) if line.lesson is not None else QColor(colours.pane))
            words = area.adjusted(MARGIN, 4, -MARGIN, -4)
            painter.setFont(_font(line.lesson is None))
            wraps = Qt.TextFlag.TextWordWrap
            if line.lesson is None:
                painter.setPen(QColor(colours.dim))
                painter.drawText(words, Qt.AlignmentFlag.AlignBottom | wraps, line.title)
                return
            paint_dot(painter, QPointF(words.left() + SIZE / 2, words.top() + 10), line.dot, QColor(colours.accent))
            words = words.adjusted(DOT_ROOM, 0, 0, 0)
            painter.setPen(QColor(colours.text))
            painter.drawText(words, Qt.AlignmentFlag.AlignTop | wraps, line.title)
            painter.setFont(theme.interface_font(12))
            painter.setPen(QColor(colours.dim))
            facts = elided(line.facts, painter.fontMetrics(), words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignBottom, facts)


def _font(is_heading: bool) -> QFont:
    return theme.interface_font(12, semibold=True) if is_heading else theme.interface_font()
