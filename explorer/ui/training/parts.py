"""What stands in the training strip under its title: settings, messages, and tabs of curves and what else is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.session.features.plane import has_surface
from explorer.ui.common.actions import Actions
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.named_box import TabBar
from explorer.ui.common.scrolled import Scrolled
from explorer.ui.common.tab_order import chain
from explorer.ui.common.text import exact
from explorer.ui.common.things import Thing, offer
from explorer.ui.training.curves import pictures as curve_pictures
from explorer.ui.training.curves.saving import CurveSaving
from explorer.ui.training.curves.view import ACCURACY, LOSS, CurvePlot
from explorer.ui.training.health.strip import HealthStrip
from explorer.ui.training.question import TrainQuestion
from explorer.ui.training.run_list import RunList
from explorer.ui.training.run_settings import RunSettings
from explorer.ui.training.shown_runs import ShownRuns

HEAD_HEIGHT = 26
TABS_SHEET = "QTabBar::tab { padding: 3px 10px; }"


@dataclass(frozen=True)
class StripTab:
    """A tab. `make` is called when it is first shown; `applies` tells whether the tab is there."""

    title: str
    make: Callable[[Session], QWidget]
    tip: str
    applies: Callable[[State], bool] = lambda _state: True


def _compare(session: Session) -> QWidget:
    from explorer.ui.training.compare.board import CompareBoard

    return CompareBoard(session)


def _confusion(session: Session) -> QWidget:
    from explorer.ui.training.confusion.view import ConfusionView

    return ConfusionView(session)


def _film(session: Session) -> QWidget:
    from explorer.ui.training.film.bar import FilmBar

    return FilmBar(session)


def _live(session: Session) -> QWidget:
    from explorer.ui.tensors.live_layer import LiveLayer

    return LiveLayer(session)


def _surface(session: Session) -> QWidget:
    from explorer.ui.training.plane.surface_view import SurfaceView

    return SurfaceView(session)


def _landscape(session: Session) -> QWidget:
    from explorer.ui.training.plane.landscape_view import LandscapeView

    return LandscapeView(session)


def _has_classes(state: State) -> bool:
    return state.data.data_set is None or bool(state.data.data_set.classes)


def _has_points(state: State) -> bool:
    return state.data.data_set is not None and has_surface(state)


PARTS: tuple[StripTab, ...] = (
    StripTab("Compare", _compare, "Train variants that differ in one thing in one press, and see which does best."),
    StripTab(
        "Confusion", _confusion, "Which class is taken for which, and the pictures behind each cell.", _has_classes
    ),
    StripTab("Film", _film, "What the network saw at the steps of the run; maps, filters and curves follow it."),
    StripTab(
        "Live", _live, "The selected layer while it learns: its activation, its weight and the gradients of both."
    ),
    StripTab("Surface", _surface, "What the network says everywhere in the plane.", _has_points),
    StripTab("Landscape", _landscape, "The loss along one weight or two, with the point that walks down."),
)


class TrainingParts(FollowingView, QWidget):
    """Curves and runs first, then `PARTS`, each made when it is first looked at."""

    shows = ("document", "data.data_set", "data.problem")

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.shown = ShownRuns(self)
        self.loss = CurvePlot(session, LOSS, shown=self.shown)
        self.accuracy = CurvePlot(session, ACCURACY, shown=self.shown)
        self.export = CurveSaving(session, self.shown, self.loss, self.accuracy)
        for plot in (self.loss, self.accuracy):
            offer(plot.canvas, session, partial(self._curves_at, plot))
        self.settings = RunSettings(session, actions["showData"])
        self._made: dict[str, QWidget] = {}
        self._make_tabs()
        self._lay_out()
        self.question = TrainQuestion(session, actions["showData"], self.pages)
        chain(self.settings, self.question)
        self.follow_session()

    def _curves_at(self, plot: CurvePlot, point: QPoint | None) -> Thing | None:
        """The value nearest to the mouse, or at the crosshair, and the plot as it is drawn; None while it is empty."""
        if not plot.prepare_figure():
            return None
        size, read = plot.figure_size(), plot.read_off(None if point is None else QPointF(point))
        picture = partial(curve_pictures.image, partial(plot.paint_figure, size=size), size)
        return Thing(
            plot.accessibleName() if read is None else read[0],
            value=None if read is None else partial(exact, read[1]),
            picture=picture,
            export=lambda _widget: self.export.ask(),
        )

    def _make_tabs(self) -> None:
        session = self._session
        self._parts = (
            StripTab("Curves", lambda _session: self._curves(), "Loss and accuracy of all runs."),
            StripTab("Runs", lambda _session: RunList(session, self.shown), "All runs with their settings."),
            *PARTS,
        )
        self.tabs = TabBar(objectName="trainingTabs", accessibleName="Views of the training")
        self.tabs.setStyleSheet(TABS_SHEET)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.pages = QStackedWidget()
        self.pages.setMinimumHeight(1)  # in a low strip the views scroll for what has to be said
        for part in self._parts:
            index = self.tabs.addTab(part.title)
            self.tabs.setTabToolTip(index, part.tip)
        self.tabs.currentChanged.connect(self._show_page)
        self._show_page(0)

    def _curves(self) -> QWidget:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(16)
        splitter.setChildrenCollapsible(False)
        for part, stretch in ((self.loss, 4), (self.accuracy, 3), (HealthStrip(self._session), 4)):
            splitter.addWidget(part)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([400, 300, 430])
        return splitter

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(self._head())
        right.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.settings)
        row.addLayout(right, 1)

    def _head(self) -> QWidget:
        """The tabs, with the curves' controls beside them; as high with these as without."""
        head = QWidget()
        head.setFixedHeight(HEAD_HEIGHT)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.loss.controls)
        return head

    def show_changes(self, old: State | None, new: State) -> None:
        """Tabs come and go with what applies."""
        for index, part in enumerate(self._parts):
            applies = part.applies(new)
            if self.tabs.isTabVisible(index) != applies:  # Qt does not lay out the last of several changes by itself
                self.tabs.setTabVisible(index, applies)

    @Slot(int)
    def _show_page(self, index: int) -> None:
        part = self._parts[index]
        if part.title not in self._made:
            self._made[part.title] = part.make(self._session)
            self.pages.addWidget(Scrolled(self._made[part.title]))
            chain(self.tabs, self._made[part.title])
        self.pages.setCurrentIndex(list(self._made).index(part.title))
        self.loss.controls.setVisible(index == 0)
