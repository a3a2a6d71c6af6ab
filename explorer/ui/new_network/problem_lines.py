"""What is wrong with the text, a line each: where, a sentence, and what mends it as a button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui.common.text import count

MOST_LINES = 8
SHARE = 0.22  # of the window's height


@dataclass(frozen=True)
class ToldProblem:
    """`where` is the button that leads to the place, `fix` the one that mends it; either may be ""."""

    where: str
    sentence: str
    severity: str = "error"
    fix: str = ""


class ProblemLines(QScrollArea):
    """The first few; how many more there are stands below. `asked_for` and `mended` tell the number of the line.

    It is as high as the lines are, up to a share of the window's height; beyond that it scrolls.
    """

    asked_for = Signal(int)
    mended = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newNetworkProblems")
        self.setAccessibleName("What is wrong with the text")
        self._shown: tuple[ToldProblem, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        self.setWidget(page)
        column = self._column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._lines = [_Line(number, self) for number in range(MOST_LINES)]
        for line in self._lines:
            column.addWidget(line)
        self._more = QLabel()
        self._more.setProperty("role", "dim")
        column.addWidget(self._more)
        self.show_lines(())

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is told, in its order; also what has no room."""
        return tuple(line.sentence for line in self._shown)

    def show_lines(self, lines: Sequence[ToldProblem]) -> None:
        """Show `lines`; nothing where there are none."""
        self._shown = tuple(lines)
        for number, row in enumerate(self._lines):
            row.show_line(self._shown[number] if number < len(self._shown) else None)
        more = len(self._shown) - MOST_LINES
        self._more.setText(f"And {count(more)} more." if more > 0 else "")
        self._more.setVisible(more > 0)
        self.setVisible(bool(self._shown))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._make_room()

    def _make_room(self) -> None:
        width, gap = self.width(), self._column.spacing()  # as without a scroll bar
        shown = self._lines[: len(self._shown)]
        more = self._more.sizeHint().height() + gap if len(self._shown) > MOST_LINES else 0
        high = sum(line.height_for(width) + gap for line in shown) + more
        self.setFixedHeight(max(1, min(high, round(SHARE * self.window().height()))))


class _Line(QWidget):
    """One of them."""

    def __init__(self, number: int, lines: ProblemLines) -> None:
        super().__init__()
        self._where = QPushButton(objectName=f"problemPlace{number}", toolTip="Show where that stands in the text.")
        self._where.setProperty("role", "link")
        self._where.setAutoDefault(False)
        self._where.clicked.connect(lambda: lines.asked_for.emit(number))
        self._sentence = QLabel(wordWrap=True)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._fix = QPushButton(objectName=f"problemFix{number}")
        self._fix.setAutoDefault(False)
        self._fix.clicked.connect(lambda: lines.mended.emit(number))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._where)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._fix)

    def height_for(self, width: int) -> int:
        """How many pixels it needs in `width`. Its column would hear of another text only later."""
        layout = self.layout()
        assert layout is not None
        return max(layout.heightForWidth(width), layout.minimumSize().height())

    def show_line(self, line: ToldProblem | None) -> None:
        self.setVisible(line is not None)
        if line is None:
            return
        self._where.setText(line.where)
        self._where.setAccessibleName(f"Show {line.where} in the text")
        self._where.setVisible(bool(line.where))
        self._sentence.setText(line.sentence)
        self._sentence.setAccessibleName(line.sentence)
        role = "error" if line.severity == "error" else "warning"
        if self._sentence.property("role") != role:
            self._sentence.setProperty("role", role)
            self._sentence.style().polish(self._sentence)
        self._fix.setText(line.fix)
        self._fix.setAccessibleName(line.fix or "Mend it")
        self._fix.setToolTip(f"{line.fix}; undo takes it back." if line.fix else "")
        self._fix.setVisible(bool(line.fix))
