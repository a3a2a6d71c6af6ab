"""The main window: the list of its parts and what ties them to the commands."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QTabBar, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.session.soon import soon
from explorer.ui.common import leaving, pictures, settings, theme
from explorer.ui.common.actions import Actions
from explorer.ui.common.command import Shell
from explorer.ui.common.letter_keys import LetterKeys
from explorer.ui.common.tab_order import chain
from explorer.ui.common.undo_keys import UndoKeys
from explorer.ui.editor.network_panel import NetworkPanel
from explorer.ui.input.prediction import PredictionView
from explorer.ui.input.view import InputView
from explorer.ui.shell import commands
from explorer.ui.shell.actions import make_actions
from explorer.ui.shell.centre_alone import CentreAlone
from explorer.ui.shell.columns import LEFT, RIGHT, Columns
from explorer.ui.shell.docks import PaneDock
from explorer.ui.shell.folding_dock import FoldingDock
from explorer.ui.shell.lesson_place import LessonPlace
from explorer.ui.shell.menus import Menus
from explorer.ui.shell.model_questions import ModelQuestions
from explorer.ui.shell.presenting import Presenting
from explorer.ui.shell.shared_column import SharedColumn
from explorer.ui.shell.status import Status
from explorer.ui.shell.tabs import Tabs
from explorer.ui.training.dock import HEIGHT as TRAINING_HEIGHT
from explorer.ui.training.dock import TrainingDock

TITLE = "Network Explorer"
FIRST_SIZE = (1440, 900)
MINIMUM_SIZE = (960, 560)
AFTER_MAPS_MS = 60  # the maps are painted before the other tabs are made


class MainWindow(QMainWindow):
    """Three columns and a strip: what the network is, what it does, what it sees and says, and how it learns.

    `painted` is emitted once, after the first paint and before the parts are made that it did not need; `completed`
    when they are there; `closed` with each closing.
    """

    painted = Signal()
    completed = Signal()
    closed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session: Session = session
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.resize(*FIRST_SIZE)
        self.setMinimumSize(*MINIMUM_SIZE)
        self._is_painted = self._is_over = False
        self._chosen_before = session.state.selection
        self._rest_timer = QTimer(self, singleShot=True, interval=AFTER_MAPS_MS)
        self._rest_timer.timeout.connect(self.show_late_parts)
        shell = Shell(
            session,
            self,
            show=self.show_part,
            view=self.view,
            open_path=self.open_path,
            actions=self.all_actions,
            reset_layout=self.reset_layout,
            switch_centre_alone=lambda: self.centre_alone.switch(),
        )
        self._actions = make_actions(shell, self)
        self._letters = LetterKeys(self, self._actions)
        UndoKeys(self, self._actions["undo"], self._actions["redo"])
        self._make_centre()
        self._make_docks()
        self.menus = Menus(self, shell, self.docks)
        self.centre_alone: CentreAlone = CentreAlone(self, (*self.docks, self.lessons.dock, self.menus.tool_bar))
        self._make_foot()
        around = (self.menus.tool_bar, self.statusBar(), self.tabs.tabBar())
        self.presenting = Presenting(self, self.session, self.lessons, self.docks, around)
        self.lessons.view.presented.connect(self.presenting.switch)
        theme.dress(self)
        session.setParent(self)  # the last child: taken apart after the views, which let go of what they watch
        self._restore_layout()
        session.lessons.take_progress(settings.lesson_dots(), settings.lesson_language())
        self._questions = ModelQuestions(session, self)
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    def open_path(self, path: str | Path) -> None:
        """Open whatever lies at `path`: a picture, a network or data; what dropping and the dialogs call."""
        leaving.open_path(self, self.session, path, self._actions["showData"].trigger)

    # --- the parts ---

    def _make_centre(self) -> None:
        self.tabs = Tabs(self.session, self._actions)
        self.tabs.currentChanged.connect(self._show_stepping)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.tabs, 1)
        self.setCentralWidget(centre)

    def _make_foot(self) -> None:
        foot = Status(self.session, self._actions)
        self.welcome = foot.welcome
        self.suggestions = foot.suggestions
        self._want_welcome(not settings.is_welcome_seen())
        self.welcome.dismissed.connect(self._dismiss_welcome)
        self.setStatusBar(foot)

    def _make_docks(self) -> None:
        self.network_panel = NetworkPanel(self.session)
        self.input_view = InputView(self.session, self._actions)
        self.prediction = PredictionView(self.session)
        self.training = TrainingDock(self.session, self._actions)
        self.training_dock = FoldingDock(
            "Training", "dock.training", self.training, self, inside=self.training.inside, height=TRAINING_HEIGHT
        )
        self.training.folding.connect(self.training_dock.choose)
        self.training_dock.folded.connect(self.training.show_folded)
        self.training.show_folded(self.training_dock.is_folded)
        self.docks = (
            PaneDock("Network", "dock.network", self.network_panel, self),
            PaneDock("Input", "dock.input", self.input_view, self),
            PaneDock("Prediction", "dock.prediction", self.prediction, self),
            self.training_dock,
        )
        for dock, width in zip(self.docks, (LEFT.least, RIGHT.least, RIGHT.least, 0), strict=True):
            dock.setMinimumWidth(width)
        self._columns = Columns(self, self.docks[0], self.docks[1])
        self._right = SharedColumn(self, self.docks[1], self.docks[2], share=0.6)
        self.training_dock.folded.connect(lambda: soon(self, self._follow_height))
        self._place_docks()
        self.lessons = LessonPlace(self, self.session, self.tabs, self.docks)
        self.lessons.view.closed.connect(self.leave_lessons)

    def _place_docks(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        below = Qt.DockWidgetArea.BottomDockWidgetArea
        for dock, area in zip(self.docks, (left, right, right, below), strict=True):
            self.addDockWidget(area, dock)
        self._columns.place()
        self._right.place()
        self.training_dock.sit()

    def action(self, name: str) -> QAction:
        """The action of the command `name`."""
        return self._actions[name]

    def all_actions(self) -> Actions:
        """Those of all commands."""
        return self._actions

    def show_late_parts(self) -> None:
        """Make what the first paint did not need."""
        if self.is_complete or self._is_over:
            return
        self.tabs.complete()
        self.training.make_parts()
        chain(self.training.title_bar, self.statusBar())
        self.completed.emit()

    @property
    def is_complete(self) -> bool:
        """Whether the parts are there that the first paint did not need."""
        return self.tabs.is_complete

    # --- what it shows ---

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """The title, and what concerns the late parts."""
        mark = "•" if new.files.unsaved else ""
        self.setWindowTitle(f"{mark}{new.title} – {TITLE}")
        if old is not None and old.files.recent is not new.files.recent:
            settings.set_recent_files(new.files.recent)
        if old is not None and old.lessons.dots is not new.lessons.dots:
            settings.set_lesson_dots(new.lessons.dots)
        if old is not None and old.lessons.language != new.lessons.language:
            settings.set_lesson_language(new.lessons.language)
        if new.lessons.step is not None:
            self.show_late_parts()
        self.lessons.follow(old, new)
        self._questions.follow(old, new)
        self.presenting.follow(new)
        self._make_rest_when_quiet(new)

    @Slot()
    def leave_lessons(self) -> None:
        """Close the lesson, if one is open, and its pane: everything is as it was before."""
        self.presenting.end()
        self.session.lessons.leave()
        self._columns.follow_through(self.lessons.end)

    def show_part(self, name: str) -> None:
        """Bring a tab of the centre or the network's pane to the front, unfold the strip, or show the first steps."""
        if name == "training":
            self.training_dock.unfold()
        elif name == "welcome":
            self.suggestions.begin_again()
            self._want_welcome(True)
        elif name == "lessons":
            self.centre_alone.end()
            self.lessons.begin()
            self.lessons.view.take_keys()
        elif name == "presenting":
            self.centre_alone.end()
            self.presenting.switch()
        elif name == "lessonTexts":
            self.lessons.begin()
            self.lessons.view.write(True)
        elif name == "network":
            self.docks[0].show()
            self.docks[0].raise_()
        else:
            self.show_late_parts()
            self.tabs.bring(name)

    def view(self, name: str) -> QWidget:
        """The view of a tab of the centre, the training strip, or the network's pane."""
        beside: dict[str, QWidget] = {"training": self.training, "network": self.network_panel}
        return beside.get(name) or self.tabs.view(name)

    @Slot()
    def _show_stepping(self) -> None:
        """Training steps are recorded only while a tab shows them."""
        self.show_late_parts()
        for name in ("debugger", "losses"):
            self.session.learning.watch_steps(name, self.tabs.current == name)

    @Slot()
    def _dismiss_welcome(self) -> None:
        settings.set_welcome_seen(True)
        self._want_welcome(False)

    def _want_welcome(self, is_wanted: bool) -> None:
        """Show the first steps, or what to try after them."""
        self.welcome.want(is_wanted)
        self.suggestions.want(not is_wanted)

    def reset_layout(self) -> None:
        """Put every part of the window back in its place."""
        settings.forget_layout()
        self.leave_lessons()
        self.centre_alone.end()
        for dock in self.docks:
            dock.setFloating(False)
            dock.show()
        settings.set_why_height(None)
        self.training_dock.forget_choice()
        self._place_docks()

    def fit_screen(self) -> None:
        """Be no larger than the screen: Qt opens a window at the size it was given, also where half would be beside."""
        self.resize(self.size().boundedTo(self.screen().availableSize()))

    # --- Qt's events ---

    def _restore_layout(self) -> None:
        geometry, docks = settings.layout()
        if geometry is not None:
            self.restoreGeometry(geometry)
        if docks is not None:
            self.restoreState(docks)
            self._columns.take_over()
            self._right.take_over()
        if settings.is_centre_alone():
            self.centre_alone.begin(docks)

    def event(self, event: QEvent) -> bool:
        """A key is announced here before the view with the focus takes it."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self._chosen_before = self.session.state.selection
            if self._letters.finds_a_row(cast(QKeyEvent, event)):
                event.accept()  # so that it is no command's
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        has_let_go = self.session.state.selection != self._chosen_before  # what Esc is for in the maps comes first
        if event.key() == Qt.Key.Key_Escape and not has_let_go:
            self.centre_alone.end()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            soon(self, self._after_first_paint)

    @Slot()
    def _after_first_paint(self) -> None:
        self.painted.emit()
        self._make_rest_when_quiet(self.session.state)

    def _make_rest_when_quiet(self, state: State) -> None:
        """The other tabs wait for the first maps: while the worker imports torch, making them would hold it up."""
        is_quiet = state.maps.activations is not None or not state.maps.computing
        if self._is_painted and is_quiet and not self.is_complete and not self._rest_timer.isActive():
            self._rest_timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.training_dock.follow_height()
        if not self._is_over:  # its docks go before what follows
            soon(self, self._columns.follow)
            self._follow_height()

    @Slot()
    def _follow_height(self) -> None:
        """Once docks that take their height in turn have it."""
        if not self._is_over:
            soon(self, self._right.follow)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ThemeChange and settings.theme_choice() == "system":
            soon(self, lambda: commands.set_theme("system"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if pictures.can_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        pictures.take(self.session, event.mimeData(), self.open_path, pictures.NOT_A_FILE, "dropped picture")
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.isVisible() and not self._may_close():
            event.ignore()
            return
        self.leave_lessons()
        settings.set_layout(self.saveGeometry(), self.centre_alone.layout())
        settings.set_centre_alone(self.centre_alone.is_on)
        self.session.close()
        super().closeEvent(event)
        self._is_over = True
        self.closed.emit()
        soon(self, self._take_apart)

    def _may_close(self) -> bool:
        """Whether all is written and saved, or the person lets the rest go: of their own work, not of a lesson's."""
        self.leave_lessons()
        are_written = leaving.may_close(self.session, lambda: soon(self, self.close))
        return are_written and leaving.may_leave(self, self.session, self.close)

    @Slot()
    def _take_apart(self) -> None:
        """A closed window is not used again. The callbacks of its parts hold it, where Python cannot see that.

        Docks leave the layout first, and the tab bars that it made for them are left to it: it shows and hides those
        whenever a dock goes, and died of one that had gone before.
        """
        for dock in (*self.docks, self.lessons.dock):
            self.removeDockWidget(dock)
        for kind in (QWidget, QAction, QActionGroup):
            for part in self.findChildren(kind, options=Qt.FindChildOption.FindDirectChildrenOnly):
                if not isinstance(part, QTabBar):
                    part.deleteLater()
