"""The input pane: a picture opened, dropped, pasted, drawn or chosen, and what the network sees of it."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QToolButton, QWidget

from explorer.data import SAMPLES, read_sample
from explorer.data.samples import SUBJECTS, Sample
from explorer.network.file_names import is_network, is_weights
from explorer.network.names import INPUT
from explorer.session import Cell, Selection, Session, State
from explorer.ui.common import leaving, pictures
from explorer.ui.common.actions import Actions
from explorer.ui.common.command_button import CommandTool
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.images import image_of
from explorer.ui.common.number_fields import NumberFields
from explorer.ui.common.number_things import thing_of_maps
from explorer.ui.common.pane import Pane
from explorer.ui.common.picture_things import SHOW, thing_of_picture
from explorer.ui.common.popup import ButtonMenu
from explorer.ui.common.text import on_a_button, plural, shape_text
from explorer.ui.common.things import Thing, offer
from explorer.ui.common.typing.cell_typing import CellTyping
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.input.brush import BrushBar
from explorer.ui.input.commands import TURN_COMMANDS, can_turn, takes_pictures
from explorer.ui.input.drawing import Drawing
from explorer.ui.input.fed_chooser import FedChooser
from explorer.ui.input.picture import InputPicture
from explorer.ui.input.thumbnails import SIDE, Thumbnail, ThumbnailPopup
from explorer.ui.input.typed_picture import has_typed_numbers, typed_picture

EMPTY = "The network looks at a picture here. Open one, drop one, or choose one of the samples."
TO_TYPE = (
    "Type any number, or step through them with the arrow keys: every view follows, and undo brings it back. "
    "A row that is pasted, from a slide or a table, goes on from box to box."
)
GIVEN = "The program that opened this model feeds it {shape} numbers. They are not a picture, so none is shown here."
IN_THE_CORNER = "QToolButton { padding: 0; min-height: 0; } QToolButton::menu-indicator { image: none; }"
HEADINGS = {"natural": "Natural pictures", "biomedical": "Biomedical pictures"}


class InputView(FollowingView, Pane):
    """What the network is fed, and where it came from."""

    shows = ("document", "input", "selection", "maps.activations")

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, "Input", parent)
        self.setObjectName("inputView")
        self.setAcceptDrops(True)
        self._hovered: Cell | None = None
        self._popup: ThumbnailPopup | None = None
        self._show_data = actions["showData"]
        self.picture = InputPicture()
        self._before_click = session.state.selection
        typing = CellTyping(self.picture.fed, NumberWriter(session), name="inputEditor")
        typing.double_clicked.connect(self._look_back)
        self.numbers = NumberFields(words=TO_TYPE)
        self.numbers.edited.connect(self._feed_numbers)
        self.numbers.refused.connect(session.say)
        self.empty = QLabel(EMPTY, wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.empty.setProperty("role", "dim")
        self.empty.setContentsMargins(12, 4, 12, 4)
        self.pages = QStackedWidget()
        for page in (self.empty, self.picture, self.numbers):
            self.pages.addWidget(page)
        self.brush = BrushBar()
        self.brush.hide()
        self.brush.setContentsMargins(11, 6, 11, 0)
        self.drawing = Drawing(session, self.picture, self.brush)
        self.fed = FedChooser()
        self.fed.chosen.connect(self._look_at)
        self.fed.refused.connect(session.say)
        self.body.addWidget(self.fed)
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self.brush)
        self.body.addLayout(self._make_buttons(actions))
        self._connect()
        self.follow_session()

    def sizeHint(self) -> QSize:
        return QSize(290, 480)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(0, 256))

    def _connect(self) -> None:
        order = (
            self.fed.input,
            self.fed.example,
            self.picture.fed,
            self.picture.pages,
            self.picture.fit,
            self.open,
            self.recent,
            self.samples,
            self.draw,
        )
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        self.picture.fed.pressed.connect(self._press)
        self.picture.fit_chosen.connect(self._session.input.set_fit)
        self.picture.pages.chosen.connect(self._session.input.show_page)
        self.picture.pages.refused.connect(self._session.say)
        self.picture.pointed.connect(self._point)
        offer(self.picture.fed, self._session, self._thing_at, self._place_of_chosen)
        offer(self.picture.original, self._session, self._original_at)
        self._session.selection.hovered.connect(self.show_hovered)

    def _make_buttons(self, actions: Actions) -> QHBoxLayout:
        self.open = CommandTool(actions["openPictureFile"], "openPicture", icon=False)
        self.recent = QToolButton(objectName="recentPictures", accessibleName="Recent pictures")
        self.recent.setToolTip("Pictures opened before, or dropped together.")
        self.recent.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = ButtonMenu(self.recent)
        menu.aboutToShow.connect(self._fill_recent)
        self.recent.setMenu(menu)
        self.samples = QToolButton(text="Samples", objectName="samplePictures", accessibleName="Sample pictures")
        self.samples.setToolTip("Choose one of the natural and biomedical pictures that come with the program.")
        self.samples.clicked.connect(self._show_samples)
        self.draw = QToolButton(text="Draw", objectName="drawPicture", accessibleName="Draw", checkable=True)
        self.draw.setToolTip("Paint on what the network is fed, and watch the maps follow.")
        self.draw.toggled.connect(self.drawing.set_on)
        self.draw.toggled.connect(self._let_type)
        self.paste = CommandTool(actions["pastePicture"], "pastePicture")
        row = QHBoxLayout()
        row.setContentsMargins(11, 8, 11, 11)
        row.setSpacing(4)
        for button in (self.open, self.recent, self.samples, self.draw):
            row.addWidget(button)
        row.addStretch()
        self.turn = QToolButton(objectName="turnInput", accessibleName="Turn or mirror the input")
        self.turn.setToolTip("Turn or mirror what the network is fed.")
        self.turn.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        turns = ButtonMenu(self.turn)
        turns.addActions([actions[command.name] for command in TURN_COMMANDS])
        self.turn.setMenu(turns)
        for button in (self.turn, self.paste):
            button.setProperty("role", "flat")
            self.corner.addWidget(button)
        self._draw_icons()
        self.let_stand_out()
        return row

    def _draw_icons(self) -> None:
        caret = icon("ph.caret-down")
        for button in (self.recent, self.samples):
            button.setIcon(caret)
            button.setIconSize(QSize(10, 10))
        # Narrower than elsewhere: all of them in one row, also in a narrow dock.
        for button in (self.open, self.samples, self.draw):
            button.setStyleSheet("QToolButton { padding: 4px 6px; }")
        self.recent.setStyleSheet("QToolButton { padding: 4px; }")
        self.turn.setIcon(icon("ph.arrow-clockwise"))
        for button in (self.turn, self.paste):
            button.setStyleSheet(IN_THE_CORNER)
            button.setFixedSize(28, 24)
            button.setIconSize(QSize(16, 16))
        self.samples.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.samples.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the caret stands behind the word

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        if (
            old is None
            or old.input.picture is not new.input.picture
            or old.input.fitted is not new.input.fitted
            or old.values is not new.values
        ):
            self._show_input(new)
        elif old.fit != new.fit:
            self.picture.show_input(new.input, new.fit)
        elif old.input.page_asked != new.input.page_asked:
            self.picture.show_pages(new.input)
        if old is None or old.selection is not new.selection or old.maps.activations is not new.maps.activations:
            self._show_field(new)

    def _show_input(self, state: State) -> None:
        feed = state.subject.feed
        self.fed.show_choice(*((), 1) if feed is None else (feed.names, feed.batch_size), place=state.input.place)
        values = state.values
        takes_numbers = values is not None and values.ndim == 1
        has_picture = not takes_numbers and (
            state.input.fitted is not None or (values is not None and values.ndim == 3)
        )
        page = self.numbers if takes_numbers else self.picture if has_picture else self.empty
        self.pages.setCurrentWidget(page)
        self.empty.setText(EMPTY if values is None else GIVEN.format(shape=shape_text(values.shape)))
        for control in (self.open, self.recent, self.samples, self.paste, self.turn, self.draw):
            control.setVisible(not takes_numbers)
        for control in (self.recent, self.samples):
            control.setEnabled(takes_pictures(state))
        self.draw.setEnabled(state.subject.picture_shape is not None)
        if takes_numbers or (not has_picture and not self.drawing.has_sheet):
            self.draw.setChecked(False)
        if values is not None and takes_numbers:
            self.numbers.show_numbers(values)
        else:
            self.picture.show_input(state.input, state.fit, keep_fed=self.drawing.is_ahead(state))
        self._let_type()
        self.set_facts(_facts(state))

    @Slot()
    def _let_type(self) -> None:
        """Under the brush nothing is typed."""
        is_drawn_on = self.draw.isChecked()
        self.turn.setEnabled(can_turn(self._session.state) and not is_drawn_on)
        self.picture.fed.set_typing_target(None if is_drawn_on else typed_picture(self._session.state.values))

    @Slot(object)
    def _look_at(self, place: tuple[int, int]) -> None:
        """The debugger goes along: one example is looked at in every view."""
        self._session.input.look_at(place)
        self._session.steps.choose_example(place[1])

    def _show_field(self, state: State) -> None:
        cell = self._hovered or state.chosen_cell
        self.picture.show_field(cell, self._session.selection.receptive_field(cell))

    @Slot(object)
    def show_hovered(self, cell: Cell | None) -> None:
        """Outline what the cell under the mouse, in whichever view, looks at."""
        self._hovered = cell
        if self.isVisible():
            self._show_field(self._session.state)

    @Slot(object)
    def _feed_numbers(self, numbers: np.ndarray) -> None:
        """What is typed into one box is one entry of undo."""
        present = self._session.state.values
        changed = [] if present is None else np.flatnonzero(numbers != present).tolist()
        self._session.input.set_values(numbers, merge=f"number {changed}")

    # --- pictures in ---

    @Slot()
    def _fill_recent(self) -> None:
        menu = self.recent.menu()
        menu.clear()
        for path in recent_pictures(self._session.state):
            action = menu.addAction(on_a_button(path.name))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, chosen=path: self._session.input.open_picture(chosen))
        if menu.isEmpty():
            menu.addAction("No picture opened yet").setEnabled(False)

    @Slot()
    def _show_samples(self) -> None:
        if self._popup is None:
            groups = [
                (HEADINGS[subject], [Thumbnail(s.name, s.title, s.origin) for s in SAMPLES if s.subject == subject])
                for subject in SUBJECTS
            ]
            self._popup = ThumbnailPopup(groups, _thumbnail, self)
            self._popup.chosen.connect(self._session.input.use_sample)
            for sample in SAMPLES:
                offer(self._popup.buttons[sample.name], self._session, partial(self._sample, sample))
        self._popup.open_below(self.samples)

    def _sample(self, sample: Sample, _point: QPoint | None) -> Thing:
        """A sample among the others."""
        assert self._popup is not None
        told, show = f"{sample.title}\t{sample.origin}", partial(self._popup.choose, sample.name)
        return Thing(
            sample.title,
            value=lambda: told,
            picture=lambda: image_of(read_sample(sample.name).pixels),
            export=partial(self._export_sample, sample),
            more=((SHOW, show),),
        )

    def _export_sample(self, sample: Sample, widget: QWidget) -> None:
        export = thing_of_picture(self._session, sample.title, read_sample(sample.name).pixels).export
        assert export is not None
        export(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste.command.trigger()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if pictures.can_take(event.mimeData()):
            event.acceptProposedAction()
            self._session.selection.hover(None)
            self.set_facts("drop it here")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.set_facts(_facts(self._session.state))

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_facts(_facts(self._session.state))
        opening = partial(leaving.open_path, self, self._session, show_data=self._show_data.trigger)
        pictures.take(self._session, event.mimeData(), opening, pictures.NOT_A_FILE, "dropped picture")
        event.acceptProposedAction()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "samples"):
            self._draw_icons()

    # --- the fed picture as a control ---

    @Slot(object)
    def _point(self, place: tuple[int, int] | None) -> None:
        if place is None:
            self._session.selection.hover(None)
        else:
            self._session.selection.hover_at("input", 0, *place)

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """The cell of the input there; without a point the chosen one, or all of it."""
        entry, chosen = self._session.state.entry(INPUT), self._session.state.selection
        place = None if point is None else self.picture.fed.place_at(QPointF(point))
        if entry is None or entry.values.ndim != 3:
            return None
        if place is not None:
            return thing_of_maps(self._session, entry, Selection(INPUT, 0, *place))
        return thing_of_maps(self._session, entry, chosen if chosen.layer == INPUT else Selection(INPUT))

    def _original_at(self, point: QPoint | None) -> Thing | None:
        """The whole original; its value is that of the pixel there, or else what is said of it."""
        picture = self._session.state.input.picture
        place = None if picture is None or point is None else self.picture.original.place_at(QPointF(point))
        if picture is None or self._session.state.input.fitted is None:
            return None
        if place is None:
            told = f"{picture.name}\t{picture.facts}"
            return thing_of_picture(self._session, picture.name, picture.pixels, value=lambda: told)
        name, pixel = f"{picture.name}, row {place[0]}, column {place[1]}", "\t".join(map(str, picture.pixels[place]))
        return thing_of_picture(self._session, name, picture.pixels, value=lambda: pixel)

    def _place_of_chosen(self) -> QPointF | None:
        """The middle of the chosen cell of the input."""
        chosen = self._session.state.selection
        if chosen.layer != INPUT or chosen.row is None or chosen.column is None:
            return None
        return self.picture.fed.point_of(chosen.row, chosen.column)

    @Slot(int, int)
    def _press(self, row: int, column: int) -> None:
        if self.drawing.is_on:
            self.drawing.press(row, column)
        else:
            self._before_click = self._session.state.selection
            self._session.selection.select(layer="input", channel=0, row=row, column=column)

    @Slot()
    def _look_back(self) -> None:
        """A double click is for typing: what the first of the two clicks chose is let go for what was chosen before."""
        before = self._before_click
        self._session.selection.select(layer=before.layer, channel=before.channel, row=before.row, column=before.column)


def recent_pictures(state: State) -> tuple[Path, ...]:
    """The files opened before that may be pictures, newest first."""
    return tuple(path for path in state.files.recent if not is_network(path) and not is_weights(path))


def _facts(state: State) -> str:
    if state.values is not None and state.values.ndim == 1:  # a picture from before waits for a network that sees
        return plural(state.values.size, "number")
    if has_typed_numbers(state.input):
        return "numbers, as typed"
    return "" if state.input.picture is None else f"{state.input.picture.name} · {state.input.picture.facts}"


def _thumbnail(name: str) -> QPixmap:
    pixels = read_sample(name).pixels
    side = SIDE * 2  # sharp on screens of twice the pixels too
    how = Qt.TransformationMode.SmoothTransformation
    scaled = image_of(pixels).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, how)
    left, top = (scaled.width() - side) // 2, (scaled.height() - side) // 2
    return QPixmap.fromImage(scaled.copy(left, top, side, side))
