"""The film of a run: a slider over what the network saw at its steps, playing it, and saving it as a GIF."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QPointF, QSize, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from explorer.session import Session, State
from explorer.session.state import parts_changed
from explorer.ui.common.empty_state import ContentPages
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.named_box import ComboBox
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.picture_things import drawn
from explorer.ui.common.text import count, exact, number
from explorer.ui.common.things import Thing, offer
from explorer.ui.training.film.export import FilmExport, film_curve
from explorer.ui.training.film.frame_walk import FrameWalk
from explorer.ui.training.film.track import FilmTrack
from explorer.ui.training.run_words import appears

PACES = (2, 5, 10, 20)  # frames a second
USUAL_PACE = 5
DRAWN = (
    "document",
    "watching.film",
    "watching.film_at",
    "watching.runs",
    "watching.live",
    "training",
    "input.picture",
    "input.numbers",
)
EMPTY = "What the network sees of the present picture is kept here as a film of the run."
NO_INPUT = "Open a picture: the film shows what the network made of it at each of its steps."


class FilmBar(FollowingView, QWidget):
    """While the film is shown, maps, filters, prediction and curves follow it; Live leads back to the present."""

    shows = ("watching", "training", "input.picture", "input.numbers", "document", "maps")
    is_paced = True
    follows_hidden = True  # it keeps the frame that other views show

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("filmBar")
        self._is_asking = False
        self._walk = FrameWalk(session, self)
        self._walk.ended.connect(self._show_playing)
        self.export = FilmExport(session, self)
        self.export.progressed.connect(self._show_progress)
        self.export.ended.connect(self.redraw)
        self._make_parts()
        self.follow_session()
        self.redraw()

    # --- parts ---

    def _make_parts(self) -> None:
        self.track = FilmTrack()
        self.track.chosen.connect(self._go_to)
        offer(self.track, self._session, self._thing_at, self._place_of_shown)
        self.play = QToolButton(objectName="filmPlay")
        self.play.clicked.connect(self._play_or_pause)
        self.live = QPushButton("Live", objectName="filmLive", accessibleName="Show the network as it is now")
        self.live.setToolTip("Back from the film to the network as it is now.")
        self.live.clicked.connect(self._go_live)
        self.pace = ComboBox(accessibleName="Frames a second", toolTip="How fast the film is played and saved.")
        for pace in PACES:
            self.pace.addItem(f"{pace} a second", pace)
        self.pace.setCurrentIndex(PACES.index(USUAL_PACE))
        self.pace.currentIndexChanged.connect(lambda: self._walk.set_gap(self._frame_ms))
        self.words = ElidedLabel()
        self.words.setProperty("role", "dim")
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.play, self.live, self.pace):
            row.addWidget(part)
        row.addWidget(self.words, 1)
        self._add_saving(row)
        self._pages = ContentPages(self, spacing=4)
        column, self.empty = self._pages.column, self._pages.empty
        column.addLayout(row)
        column.addWidget(self.track, 1)
        self.setFocusProxy(self.track)
        self._show_playing()

    def _add_saving(self, row: QHBoxLayout) -> None:
        self.progress = QProgressBar(textVisible=False, accessibleName="Progress of saving the film")
        self.progress.setFixedWidth(120)
        self.cancel = QToolButton(objectName="filmCancel", accessibleName="Cancel saving the film")
        self.cancel.setToolTip("Save no film; an older file of that name stays.")
        self.cancel.setIcon(icon("ph.x"))
        self.cancel.clicked.connect(self.export.cancel)
        self.save = QPushButton("Save as GIF…", objectName="filmSave", accessibleName="Save the film as a GIF")
        self.save.setToolTip("Save the maps of the selected layer, with step and loss, as an animated GIF.")
        self.save.clicked.connect(self._save)
        for part in (self.progress, self.cancel, self.save):
            row.addWidget(part)

    def sizeHint(self) -> QSize:
        return QSize(700, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 84)

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        if old is not None and new.watching.film_at is not None and _is_other_network(old, new):
            self._go_live()
            return
        self._keep_frame(new)
        if parts_changed(old, new, DRAWN):
            self.redraw_soon()

    @Slot()
    def redraw(self) -> None:
        """Show the film as long as it is now."""
        state = self._session.state
        has_input = state.values is not None or state.input.numbers is not None
        self._pages.show_content(bool(state.watching.film and has_input))
        self.empty.show_message(NO_INPUT if state.watching.film else appears(EMPTY, state))
        self.track.show_film(film_curve(state), state.watching.film_at)
        self.words.set_whole(film_words(state))
        self.live.setEnabled(state.watching.film_at is not None and not self.export.is_saving)
        self._show_saving()

    def _keep_frame(self, state: State) -> None:
        """Another picture is shown by the network as it is: ask for the frame with that one."""
        is_of_frame = state.watching.live is not None and state.maps.activations is state.watching.live.activations
        if state.watching.film_at is not None and not is_of_frame and not state.maps.computing and not self._is_asking:
            self._is_asking = True
            self._session.watching.show_frame(state.watching.film_at)
        elif is_of_frame:
            self._is_asking = False

    @property
    def _frame_ms(self) -> int:
        return round(1000 / self.pace.currentData())

    # --- what is asked of it ---

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """The frame there, with the loss of its step; without a point the one that is shown."""
        curve = film_curve(self._session.state)
        if not curve.frames:
            return None
        at = min(self.track.value() if point is None else self.track.frame_at(point.x()), len(curve.frames) - 1)
        step = curve.frames[at]
        loss = curve.loss_at(step)
        return Thing(
            f"step {count(step)} of the film",
            value=None if loss is None else partial(exact, loss),
            picture=partial(drawn, self.track),
            export=lambda _widget: self._save(),
            more=(("Show what the network saw then", partial(self._go_to, at)),),
        )

    def _place_of_shown(self) -> QPointF | None:
        return self.track.place_of(self.track.value()) if film_curve(self._session.state).frames else None

    @Slot(int)
    def _go_to(self, frame: int) -> None:
        self._stop()
        self._session.watching.show_frame(frame)

    @Slot()
    def _go_live(self) -> None:
        self._stop()
        self._session.watching.show_frame(None)

    @Slot()
    def _play_or_pause(self) -> None:
        """From the frame that is shown to the last; from the first where none is, or the last one."""
        if self._walk.is_walking:
            self._stop()
            return
        state = self._session.state
        at, last = state.watching.film_at, len(state.watching.film) - 1
        self._walk.start(range(0 if at is None or at >= last else at + 1, last + 1), self._frame_ms)
        self._show_playing()

    def _stop(self) -> None:
        self._walk.stop()
        self._show_playing()

    @Slot()
    def _show_playing(self) -> None:
        words = "Pause the film" if self._walk.is_walking else "Play the film"
        self.play.setIcon(icon("ph.pause" if self._walk.is_walking else "ph.play"))
        self.play.setAccessibleName(words)
        self.play.setToolTip(f"{words}.")

    # --- saving ---

    @Slot()
    def _save(self) -> None:
        self._stop()
        self.export.ask(self._frame_ms)

    @Slot(int, int)
    def _show_progress(self, done: int, whole: int) -> None:
        self.progress.setRange(0, whole)
        self.progress.setValue(done)
        self._show_saving()

    def _show_saving(self) -> None:
        is_saving = self.export.is_saving
        self.progress.setVisible(is_saving)
        self.cancel.setVisible(is_saving)
        for part in (self.play, self.track, self.save):
            part.setEnabled(not is_saving)


def _is_other_network(old: State, new: State) -> bool:
    """Whether the network was changed, so that the film no longer belongs to it."""
    return old.document is not new.document and old.subject != new.subject


def film_words(state: State) -> str:
    """ "step 120 of 480 · frame 13 of 60 · loss 0.42"; how long the film is, where it is not shown."""
    curve = film_curve(state)
    if not curve.frames:
        return ""
    amount, last = len(curve.frames), curve.frames[-1]
    if state.watching.film_at is None:
        return f"The network as it is now. The film has {count(amount)} frames, up to step {count(last)}."
    at = min(state.watching.film_at, amount - 1)
    step = curve.frames[at]
    loss = curve.loss_at(step)
    end = "" if loss is None else f" · loss {number(loss)}"
    return f"step {count(step)} of {count(last)} · frame {count(at + 1)} of {count(amount)}{end}"
