"""The page on which a new network is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from explorer.network import Layer
from explorer.network.completing import layer_completion
from explorer.network.draft import Draft, Place, mending, read_draft
from explorer.network.templates import TEMPLATES, Template
from explorer.ui.common import settings
from explorer.ui.common.pane import ElidedLabel, Pane
from explorer.ui.new_network.cheat_sheet import CheatSheet
from explorer.ui.new_network.layer_table import LayerTable, layer_line
from explorer.ui.new_network.notation_editor import NotationEditor
from explorer.ui.new_network.problem_lines import ProblemLines, ToldProblem
from explorer.ui.new_network.template_list import TemplateList
from explorer.ui.new_network.words import hint, names_before, problem_lines, summary, why_not

READ_AFTER_MS = 60  # after the last letter; to read and show 200 layers takes 15 ms, 1,000 layers 130
RESTS = 3  # a text that takes long to read is read the later, so that typing stays fluent
MARGIN = QSize(48, 48)  # of the window around it
LARGEST, LEAST = QSize(1400, 900), QSize(860, 480)
WIDTHS = (240, 640, 300)
NARROW, NARROW_WIDTHS = 1100, (200, 500, 200)
HEIGHTS = (180, 380)


class NewNetworkPage(QDialog):
    """Templates, the text, what it says, and how it is written.

    `wanted` tells the text of which a network is to be made. Whatever stands in the text is there again when the page
    is opened the next time, until `forget` is called; nothing that is typed closes it.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newNetworkPage")
        self.setWindowTitle("New network")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumSize(LEAST)
        self._draft, self._is_divided = Draft(""), False
        self._refusals: tuple[ToldProblem, ...] = ()  # what was to be put in and could not, above what the text says

        self._timer = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._timer.timeout.connect(self._read)
        self.editor = NotationEditor(self)
        self.templates, self.sheet = TemplateList(), CheatSheet()
        self.table, self.lines = LayerTable(), ProblemLines()
        self._hint, self._summary = ElidedLabel(), ElidedLabel()
        self._hint.setProperty("role", "dim")
        self._summary.setProperty("role", "dim")
        self._summary.setObjectName("newNetworkSummary")
        self.create_button = QPushButton("Create network", objectName="newNetworkCreate")
        self.create_button.setProperty("role", "primary")
        self._lay_out()
        self._connect()
        self.editor.setPlainText(settings.new_network_text() or TEMPLATES[0].text)
        self._read()

    @classmethod
    def over(cls, window: QWidget, wanted: Callable[[NewNetworkPage, str], object]) -> NewNetworkPage:
        """The one page of `window`, which stays with it, hidden; `wanted` hears which of its texts is wanted."""
        page = window.findChild(NewNetworkPage)
        if page is None:
            page = made = cls(window)
            made.wanted.connect(lambda text: wanted(made, text))
        return page

    @property
    def draft(self) -> Draft:
        """What the text says, as of now."""
        if self._timer.isActive() or self._draft.text != self.editor.text():
            self._read()
        return self._draft

    def open_over_parent(self) -> None:
        """Show it, as large as the window allows, with the text as it was left."""
        parent = self.parentWidget()
        if parent is not None and not self.isVisible():
            room = (parent.size() - MARGIN).boundedTo(LARGEST).expandedTo(LEAST)
            self.resize(room)
            self._divide(room.width())
            self.move(parent.mapToGlobal(parent.rect().center()) - self.rect().center())
        self.open()
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.editor.setFocus()

    def _divide(self, width: int) -> None:
        """Give the columns their widths, once: from then on they are the person's."""
        if not self._is_divided:
            self._columns.setSizes(list(WIDTHS if width >= NARROW else NARROW_WIDTHS))
            self._is_divided = True

    def forget(self) -> None:
        """Close it; the next time it begins with the first template."""
        self.editor.setPlainText(TEMPLATES[0].text)
        self._read()
        self.close()

    # --- its parts ---

    def _lay_out(self) -> None:
        columns = self._columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        for part in (_pane("Begin with", self.templates), self._centre(), _pane("Cheat sheet", self.sheet)):
            columns.addWidget(part)
        columns.setStretchFactor(1, 1)
        close = QPushButton("Close", toolTip="Go back; the text is kept for the next time (Esc).")
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._summary, 1)
        foot.addWidget(close)
        foot.addWidget(self.create_button)
        for button in (close, self.create_button):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(columns, 1)
        column.addLayout(foot)

    def _centre(self) -> QWidget:
        below = QWidget()
        rows = QVBoxLayout(below)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        for part in (self._hint, self.table):
            rows.addWidget(part, int(part is self.table))
        above = QWidget()
        text = QVBoxLayout(above)
        text.setContentsMargins(0, 0, 0, 0)
        text.setSpacing(6)
        for written in (self.editor, self.lines):  # lines that come and go take their room from below the text
            text.addWidget(written, int(written is self.editor))
        halves = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        halves.addWidget(above)
        halves.addWidget(below)
        halves.setSizes(list(HEIGHTS))
        pane = _pane("Text notation", halves)
        pane.body.setContentsMargins(12, 0, 12, 8)
        return pane

    def _connect(self) -> None:
        self.editor.textChanged.connect(self._timer.start)
        self.editor.cursorPositionChanged.connect(self._follow_cursor)
        self.editor.refused.connect(self._refuse)
        self.templates.taken.connect(self._take_template)
        self.templates.reached.connect(self._reach_template)
        self.sheet.wanted.connect(self._write_kind)
        self.table.chosen.connect(self._show_layer)
        self.lines.asked_for.connect(self._show_problem)
        self.lines.mended.connect(self._mend)
        self.create_button.clicked.connect(self._create)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._create)

    # --- what it shows ---

    @Slot()
    def _read(self) -> None:
        began = monotonic()
        self._timer.stop()
        draft = self._draft = read_draft(self.editor.text())
        self.templates.show_text(draft.text)
        self.table.show_rows([layer_line(written) for written in draft.layers])
        self._refusals = ()
        self.lines.show_lines(list(problem_lines(draft)))
        self._summary.set_whole(summary(draft))
        refusal = why_not(draft)
        self.create_button.setEnabled(not refusal)
        self.create_button.setToolTip(refusal or "Open the network of this text (Ctrl+Enter).")
        self.editor.show_marks(_marks(draft))
        self._follow_cursor()
        self._timer.setInterval(max(READ_AFTER_MS, round(RESTS * 1000 * (monotonic() - began))))

    @Slot()
    def _follow_cursor(self) -> None:
        position = self.editor.position
        self.editor.show_names(names_before(self._draft, position))
        self._hint.set_whole(hint(self.editor.text(), position))
        if self._draft.text == self.editor.text():
            self.table.mark(self._draft.layer_at(position))

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        told = list(problem_lines(self.draft))
        self._refusals = (ToldProblem("", sentence),)
        self.lines.show_lines([*self._refusals, *told])

    # --- what a person does ---

    @Slot(object)
    def _take_template(self, template: Template) -> None:
        self.editor.replace_text(template.text)
        self._read()

    @Slot(object)
    def _reach_template(self, template: Template) -> None:
        """Where the keys went in the list: its text follows, unless that would replace one of the person's own."""
        text = self.editor.text()
        if not text.strip() or any(text == each.text for each in TEMPLATES):
            self._take_template(template)
        else:
            self.templates.show_text(text)

    @Slot(object)
    def _write_kind(self, kind: type[Layer]) -> None:
        self.editor.insert_completion(layer_completion(kind))

    @Slot(int)
    def _show_layer(self, row: int) -> None:
        draft = self.draft
        if row < len(draft.places):
            self.editor.show_place(draft.places[row])

    @Slot(int)
    def _show_problem(self, number: int) -> None:
        draft = self.draft
        places = [draft.fault_place] if draft.fault is not None else []
        places += [draft.place_of(problem) for problem in draft.problems]
        at = number - len(self._refusals)
        place = places[at] if 0 <= at < len(places) else None
        if place is not None:
            self.editor.show_place(place)

    @Slot(int)
    def _mend(self, number: int) -> None:
        draft = self.draft
        at = number - len(self._refusals) - (draft.fault is not None)
        fix = draft.problems[at].fix if 0 <= at < len(draft.problems) else None
        rewriting = draft.fault_mended if at == -1 else mending(draft, fix) if fix is not None else None
        if rewriting is not None:
            self.editor.rewrite(rewriting)
            self._read()

    @Slot()
    def _create(self) -> None:
        if self.draft.is_whole:
            self.wanted.emit(self.draft.text)

    # --- Qt's events ---

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        text = self.editor.text()
        settings.set_new_network_text("" if text == TEMPLATES[0].text else text)


def _pane(title: str, content: QWidget) -> Pane:
    pane = Pane(title)
    pane.keep_corners()
    pane.body.addWidget(content, 1)
    return pane


def _marks(draft: Draft) -> Iterator[tuple[Place, str]]:
    if draft.fault_place is not None:
        yield draft.fault_place, "error"
    for problem in draft.problems:
        place = draft.place_of(problem)
        if place is not None:
            yield place, "error" if problem.severity == "error" else "warning"
