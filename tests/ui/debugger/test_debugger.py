"""The step debugger: a whole training step walked through with the buttons, forwards and back, into and out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from time import thread_time

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFontDatabase, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication, QLabel, QSlider, QSplitter, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.explaining.breakpoints import GradientNorm
from explorer.session import Session
from explorer.session.timeline import PHASES, Timeline
from explorer.ui.common import settings
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.debugger.controls import StepControls
from explorer.ui.debugger.node_link import NodeLink, least_height
from explorer.ui.debugger.node_link import view as node_link_view
from explorer.ui.debugger.stage import LEAST_STAGE
from explorer.ui.debugger.timeline_bar import TimelineBar
from explorer.ui.debugger.view import LEFT_BEHIND, Debugger, why_empty
from explorer.ui.debugger.whole_line import WholeLine
from explorer.ui.shell import commands
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import make_actions, make_session, wait_until_shown
from tests.ui.windows import new_window, shared_window

SMALL = "3x8x8 conv(2, 3, padding=1) relu maxpool(2) flatten linear(3)"
BUTTONS = ("toStart", "stepBack", "stepOver", "stepInto", "stepOut", "toEnd", "nextGradient", "runToLayer", "play")
SIZE = (860, 640)
WAIT_MS = 60_000
QUICK_S = 0.1  # of the processor


@dataclass
class Desk:
    """A debugger on the screen, and what a person does and reads there."""

    session: Session
    view: Debugger

    def press(self, name: str) -> None:
        button = self.view.findChild(QToolButton, name)
        assert isinstance(button, QToolButton)
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def is_enabled(self, name: str) -> bool:
        button = self.view.findChild(QToolButton, name)
        assert isinstance(button, QToolButton)
        return button.isEnabled()

    def read(self, name: str) -> str:
        label = self.view.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        return label.whole() if isinstance(label, ElidedLabel | WholeLine) else label.text()

    @property
    def timeline(self) -> Timeline:
        assert self.session.state.steps.timeline is not None
        return self.session.state.steps.timeline

    @property
    def bar(self) -> TimelineBar:
        bar = self.view.findChild(TimelineBar, "timeline")
        assert isinstance(bar, TimelineBar)
        return bar


def open_desk(qtbot: QtBot, session: Session) -> Desk:
    view = Debugger(session, make_actions(session))
    view.resize(*SIZE)
    view.show()
    qtbot.waitExposed(view)
    session.learning.watch_steps("debugger", True)
    return Desk(session, view)


def recorded_desk(qtbot: QtBot) -> Iterator[Desk]:
    session = make_session(SMALL)
    opened = open_desk(qtbot, session)
    qtbot.waitUntil(
        lambda: session.state.steps.timeline is not None and not session.state.maps.computing, timeout=WAIT_MS
    )
    yield opened
    opened.view.close()
    opened.view.deleteLater()
    assert session.close()


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[Desk]:
    yield from recorded_desk(module_qtbot)


@pytest.fixture
def desk(shared: Desk) -> Iterator[Desk]:
    """The one that the tests walk about in, put back afterwards to where it stood; the step stays the one recorded."""
    first = shared.session.state
    yield shared
    shared.session.store.set(first.steps, first.selection)
    shared.view.resize(*SIZE)
    shared.view.show()
    state = shared.session.state
    assert (state.steps, state.selection, state.document) == (first.steps, first.selection, first.document)
    assert state.maps is first.maps


@pytest.fixture
def own_desk(qtbot: QtBot) -> Iterator[Desk]:
    """For what takes the step or runs on."""
    yield from recorded_desk(qtbot)


def test_a_whole_step_is_walked_forwards_and_back(desk: Desk) -> None:
    steps = desk.timeline.steps
    assert [phase for phase in PHASES if any(step.phase == phase for step in steps)] == list(PHASES)
    titles = []
    for number, step in enumerate(steps, start=1):
        titles.append((desk.read("stepTitle"), desk.read("stepSentence"), desk.read("stepFormula")))
        name = step.parameter or ("cross entropy" if step.phase == "loss" else step.call)
        assert titles[-1][0].startswith(f"step {number} of {len(steps)} · {step.phase} · "), name
        assert desk.bar.index == number - 1
        if number < len(steps):
            desk.press("stepOver")
    assert len({title for title, _, _ in titles}) == len(steps)
    for expected in reversed(titles):
        assert (desk.read("stepTitle"), desk.read("stepSentence"), desk.read("stepFormula")) == expected
        if expected is not titles[0]:
            desk.press("stepBack")
    assert not desk.is_enabled("stepBack")
    assert not desk.is_enabled("toStart")


def test_inside_a_step_the_same_keys_walk_its_cells(desk: Desk) -> None:
    desk.press("stepInto")
    first = desk.session.state.steps.cursor
    assert first.is_inside
    assert desk.read("stepFacts").startswith("patch ")
    desk.session.steps.choose_cell("output", (0, 0, 0, 0))
    assert desk.read("stepFacts") == "patch 1 of 128"
    desk.press("stepOver")
    assert desk.read("stepFacts") == "patch 2 of 128"
    assert desk.read("stepTitle").endswith("cell (0, 0, 1)")
    desk.press("stepInto")
    assert desk.read("stepTitle").endswith("cell (0, 0, 2)")
    desk.press("stepBack")
    desk.press("stepOut")
    assert not desk.session.state.steps.cursor.is_inside
    assert desk.read("stepTitle").endswith("cell (0, 0, 1)")
    assert desk.read("stepFacts").startswith("training step 1 · loss ")
    desk.press("stepOver")
    assert desk.read("stepTitle").startswith("step 2 of ")


def test_words_are_those_of_the_step_and_of_the_gradient_that_is_looked_at(desk: Desk) -> None:
    assert "weighted sum of a 3 × 3 patch over all 3 channels of input" in desk.read("stepSentence")
    assert desk.read("stepSource") == "F.conv2d(input, conv1.weight, conv1.bias, stride=1, padding=1)"
    place = desk.timeline.find("backward", "linear1")
    assert place is not None
    desk.session.steps.go_to_step(place)
    assert "gathers what every neuron it fed" in desk.read("stepSentence")
    desk.session.steps.choose_tensor("weight")
    assert "gradient of linear1.weight" in desk.read("stepTitle")
    assert "times the gradient of the neuron" in desk.read("stepSentence")
    desk.press("toEnd")
    assert desk.read("stepSource").startswith("optimizer.step()  # SGD(lr=")


def test_gradients_and_the_selected_layer_are_a_click_away(desk: Desk) -> None:
    desk.press("nextGradient")
    assert "· backward · loss" in desk.read("stepTitle")
    desk.session.selection.select(layer="pool1")
    desk.press("runToLayer")
    assert "· backward · pool1" in desk.read("stepTitle")
    desk.press("toStart")
    assert desk.session.state.steps.cursor.step == 0


def test_the_timeline_chooses_steps_by_mouse_and_keys(desk: Desk) -> None:
    QTest.mouseClick(desk.bar, Qt.MouseButton.LeftButton, pos=desk.bar.piece_rect(5).center().toPoint())
    assert desk.session.state.steps.cursor.step == 5
    QTest.keyClick(desk.bar, Qt.Key.Key_Right)
    assert desk.session.state.steps.cursor.step == 6
    backward = next(step.index for step in desk.timeline.steps if step.phase == "backward" and step.call == "relu1")
    assert desk.bar.tip(backward).endswith("backward · relu1 · gradient of conv1")


def test_nothing_moves_from_step_to_step(desk: Desk) -> None:
    parts = [desk.view.stage, desk.view.why, desk.view.words, desk.view.controls, desk.view.timeline]
    seen = set()

    def look() -> None:
        QApplication.processEvents()
        seen.add(tuple((part.x(), part.y(), part.width(), part.height()) for part in parts))

    for _ in desk.timeline.steps:
        look()
        desk.press("stepInto")
        look()
        desk.press("stepOut")
        if desk.session.state.steps.cursor.step < len(desk.timeline.steps) - 1:
            desk.press("stepOver")
    assert len(seen) == 1, seen
    stage = desk.view.stage
    assert stage.height() >= 150


def test_in_a_low_pane_the_drawing_keeps_its_room_and_the_rest_is_scrolled_to(desk: Desk) -> None:
    desk.view.resize(690, 300)  # what a screen of 1280 × 720 leaves beside an open training strip
    QApplication.processEvents()
    assert desk.view.stage.height() >= LEAST_STAGE
    assert not desk.view.stage.visibleRegion().isEmpty()
    assert desk.view.settings.open_form.visibleRegion().isEmpty()
    desk.view.scrolled.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)
    QApplication.processEvents()
    assert not desk.view.settings.open_form.visibleRegion().isEmpty()


@pytest.mark.parametrize("ask", ["a click", "keys into", "chosen before"])
def test_in_a_low_pane_a_number_that_is_asked_about_has_its_explanation_in_sight(
    desk: Desk, qtbot: QtBot, ask: str
) -> None:
    """It began below what was seen, and stayed there."""
    view = desk.view
    view.resize(690, 366)  # what a screen of 1280 × 720 leaves beside an open training strip
    view.scrolled.verticalScrollBar().setValue(0)
    desk.session.steps.go_to_step(0)
    desk.session.steps.step_over()
    QApplication.processEvents()
    place = view.controls.mapTo(view, QPoint())
    assert not is_seen(view.why.terms.viewport()), "stepping on asks about nothing"
    if ask == "a click":
        tensor = view.stage.over.views[1]
        QTest.mouseClick(tensor, Qt.MouseButton.LeftButton, pos=tensor.point_of((0, 1, 2, 3)).toPoint())
        assert desk.session.state.steps.cursor.cell == (0, 1, 2, 3)
    elif ask == "keys into":
        desk.session.steps.step_into()
    else:
        view.hide()
        desk.session.selection.select(layer="relu1", channel=0, row=4, column=4)
        view.show()
    qtbot.waitUntil(lambda: is_seen(view.why.terms.viewport()))
    assert is_seen(view.why.line)
    assert is_seen(view.why.check)
    assert view.stage.visibleRegion().boundingRect().height() >= LEAST_STAGE - 10
    assert view.controls.mapTo(view, QPoint()) == place


def is_seen(widget: QWidget) -> bool:
    """Whether all of it is in sight."""
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_the_drawing_of_a_small_network_has_room_for_all_numbers_where_a_small_screen_has_it(qtbot: QtBot) -> None:
    session = make_session("2 linear(2) identity linear(2) identity", picture=False)
    desk = open_desk(qtbot, session)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None, timeout=WAIT_MS)
    desk.view.resize(707, 513)  # what a screen of 1280 × 720 leaves
    drawing = desk.view.stage.drawing
    assert drawing is not None
    qtbot.waitUntil(lambda: drawing.height() >= drawing.least_height(drawing.width()) > LEAST_STAGE)
    qtbot.waitUntil(lambda: desk.view.scrolled.verticalScrollBar().maximum() == 0)
    desk.view.resize(707, 360)  # and what it leaves beside an open training strip
    QApplication.processEvents()
    assert drawing.height() >= drawing.least_height(drawing.width())
    tensors = desk.view.findChild(QToolButton, "stageTensors")
    assert tensors is not None
    tensors.click()
    QApplication.processEvents()
    assert desk.view.stage.minimumHeight() == LEAST_STAGE
    desk.view.close()
    desk.view.deleteLater()
    assert session.close()


def test_the_room_of_a_drawing_is_measured_once_for_all_its_steps(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = []

    def measure(drawing: NodeLink, width: float) -> float | None:
        measured.append(width)
        return least_height(drawing, width)

    monkeypatch.setattr(node_link_view, "least_height", measure)
    session = make_session("2 linear(2) identity linear(2) identity", picture=False)
    desk = open_desk(qtbot, session)
    qtbot.waitUntil(lambda: bool(measured), timeout=WAIT_MS)
    QApplication.processEvents()
    before = len(measured)
    for _ in range(4):
        session.steps.step_over()
        QApplication.processEvents()
    assert len(measured) == before
    desk.view.close()
    desk.view.deleteLater()
    assert session.close()


@pytest.mark.parametrize("size", [(390, 480), (560, 480), (700, 560), (1500, 1000)])
def test_parts_stand_one_under_the_other_at_every_size(desk: Desk, size: tuple[int, int]) -> None:
    view = desk.view
    view.resize(*size)
    QApplication.processEvents()
    assert (view.width(), view.height()) == size
    parts = (view.header, view.timeline, view.controls, view.words, view.stage, view.why, view.settings)
    places = [QRect(part.mapTo(view, part.rect().topLeft()), part.size()) for part in parts]
    edges = [(place.top(), place.bottom()) for place in places]
    assert all(upper[1] < lower[0] for upper, lower in pairwise(edges))
    assert edges[-1][1] < view.height() + view.scrolled.verticalScrollBar().maximum()
    assert view.stage.height() >= LEAST_STAGE
    assert all(place.right() < view.width() for place in places)


def test_the_height_that_a_person_gives_the_explanation_is_remembered(desk: Desk, qtbot: QtBot) -> None:
    desk.view.resize(900, 800)
    QApplication.processEvents()
    split = desk.view.findChild(QSplitter, "stageSplitter")
    assert split is not None
    whole, before = desk.view.stage.height() + desk.view.why.height(), desk.view.why.height()
    handle = split.handle(1)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(50, 3))
    left, place = Qt.MouseButton.LeftButton, QPoint(50, -57)
    no_keys = Qt.KeyboardModifier.NoModifier
    # QTest's own move carries no pressed button on a screen that does not exist.
    move = QMouseEvent(QEvent.Type.MouseMove, place, handle.mapToGlobal(place), left, left, no_keys)
    QApplication.sendEvent(handle, move)
    QTest.mouseRelease(handle, left, pos=QPoint(50, 3))
    chosen = desk.view.why.height()
    assert chosen > before
    assert settings.why_height() == chosen
    assert desk.view.stage.height() + chosen == whole
    desk.view.resize(900, 700)
    desk.view.resize(900, 900)
    QApplication.processEvents()
    assert desk.view.why.height() == chosen
    settings.set_why_height(None)


def test_moving_the_cursor_is_quick(desk: Desk) -> None:
    for step in desk.timeline.steps:  # what is worked out once a step
        desk.session.steps.go_to_step(step.index)
    QApplication.processEvents()
    times = []
    for step in desk.timeline.steps:
        began = thread_time()
        desk.session.steps.go_to_step(step.index)
        QApplication.processEvents()
        times.append(thread_time() - began)
    assert median(times) < QUICK_S


# --- playing ---


def test_playing_steps_to_the_end_and_stops_there(desk: Desk, qtbot: QtBot) -> None:
    speed = desk.view.findChild(QSlider, "playSpeed")
    assert isinstance(speed, QSlider)
    speed.setValue(speed.maximum())
    desk.press("play")
    button = desk.view.findChild(QToolButton, "play")
    assert button is not None
    assert button.text() == "Pause"
    last = len(desk.timeline.steps) - 1
    qtbot.waitUntil(lambda: not desk.session.state.steps.is_playing, timeout=20_000)
    assert desk.session.state.steps.cursor.step == last
    assert button.text() == "Play"
    assert desk.session.state.steps.timeline is desk.timeline
    assert desk.timeline.taken == 0  # the end is not overrun


def test_playing_stops_when_the_cursor_is_moved_by_hand(desk: Desk, qtbot: QtBot) -> None:
    desk.press("play")
    desk.session.steps.go_to_step(3)
    assert not desk.session.state.steps.is_playing
    desk.press("play")
    desk.press("play")
    assert not desk.session.state.steps.is_playing


def test_the_speed_is_remembered(desk: Desk, qtbot: QtBot) -> None:
    speed = desk.view.findChild(QSlider, "playSpeed")
    assert isinstance(speed, QSlider)
    speed.setValue(17)
    assert settings.play_speed() == 17
    other = StepControls(make_actions(desk.session))
    qtbot.addWidget(other)
    assert other.speed.value() == 17


# --- taking steps, breakpoints, nothing to show ---


def test_over_past_the_end_takes_the_step(own_desk: Desk, qtbot: QtBot) -> None:
    before = own_desk.timeline
    own_desk.press("toEnd")
    own_desk.press("stepOver")
    qtbot.waitUntil(
        lambda: (
            own_desk.session.state.steps.timeline is not None and own_desk.session.state.steps.timeline is not before
        ),
        timeout=WAIT_MS,
    )
    qtbot.waitUntil(lambda: not own_desk.session.state.steps.is_recording, timeout=WAIT_MS)
    own_desk.session.steps.to_start()
    assert own_desk.timeline.loss is not None
    assert before.loss is not None
    assert own_desk.timeline.loss < before.loss


def test_a_breakpoint_says_why_it_stopped(own_desk: Desk, qtbot: QtBot) -> None:
    own_desk.session.learning.set_breakpoints((GradientNorm(1e-9),))
    own_desk.session.learning.run_until_breakpoint()
    qtbot.waitUntil(
        lambda: (
            own_desk.session.state.steps.timeline is not None and own_desk.session.state.steps.timeline.hit is not None
        ),
        timeout=WAIT_MS,
    )
    hit = own_desk.timeline.hit
    assert hit is not None
    notice = own_desk.view.findChild(QLabel, "stepNotice")
    assert notice is not None
    assert notice.isVisible()
    assert own_desk.read("stepNotice") == hit.sentence
    assert hit.sentence in own_desk.bar.tip(hit.step)


def test_before_there_is_a_step_it_says_what_would_appear(qtbot: QtBot) -> None:
    session = Session()
    desk = open_desk(qtbot, session)
    qtbot.addWidget(desk.view)
    assert not desk.view.findChild(TimelineBar, "timeline").isVisible()  # type: ignore[union-attr]
    assert "Open a network first." in why_empty(session.state)
    session.files.new_network(SMALL)
    assert "Open a picture" in why_empty(session.state)
    assert session.close()


def test_what_is_hidden_catches_up_when_it_is_shown(desk: Desk) -> None:
    desk.view.hide()
    desk.session.steps.go_to_step(4)
    desk.view.show()
    assert desk.read("stepTitle").startswith("step 5 of ")


def test_every_button_says_what_it_does(desk: Desk) -> None:
    for name in BUTTONS:
        button = desk.view.findChild(QToolButton, name)
        assert button is not None
        assert button.toolTip().endswith(").")  # the key stands at the end
        assert button.accessibleName()
        assert not button.icon().isNull()


@pytest.mark.parametrize("width", [390, 560, 700, 860, 1200])
def test_the_buttons_keep_their_words_while_there_is_room(desk: Desk, width: int) -> None:
    controls = desk.view.controls
    desk.view.resize(width, 640)
    QApplication.processEvents()
    buttons = [controls.findChild(QToolButton, name) for name in BUTTONS]
    for button in buttons:
        assert button is not None
        assert button.width() >= button.sizeHint().width()
        assert button.geometry().right() < controls.width()
    assert not controls.speed.isVisible() or controls.speed.geometry().right() < controls.width()
    if width >= 860:
        assert all(
            button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon for button in buttons[1:5] if button
        )


# --- in the window ---


@pytest.fixture
def own_window(qtbot: QtBot) -> MainWindow:
    """For what begins before there is a step."""
    made = new_window(qtbot)
    wait_until_shown(qtbot, made.session)
    return made


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    """With a recorded step in sight; each test begins by going to a place in it."""
    for made in shared_window(module_qtbot):
        made.show_part("debugger")
        module_qtbot.waitUntil(lambda made=made: made.session.state.steps.timeline is not None, timeout=WAIT_MS)
        yield made


def test_steps_are_recorded_only_while_the_tab_is_looked_at(own_window: MainWindow, qtbot: QtBot) -> None:
    assert not own_window.session.state.steps.is_watched
    assert not own_window.action("stepOver").isEnabled()
    own_window.action("showDebugger").trigger()
    assert own_window.session.state.steps.is_watched
    qtbot.waitUntil(lambda: own_window.session.state.steps.timeline is not None, timeout=WAIT_MS)
    debugger = own_window.findChild(QWidget, "debugger")
    assert isinstance(debugger, Debugger)
    assert debugger.isVisible()
    own_window.action("stepOver").trigger()
    assert own_window.session.state.steps.cursor.step == 1
    own_window.action("stepInto").trigger()
    assert own_window.session.state.steps.cursor.is_inside
    own_window.action("previousStep").trigger()
    cursor = own_window.session.state.steps.cursor
    assert (cursor.step, cursor.is_inside) == (0, False)
    own_window.action("toEnd").trigger()
    own_window.action("backInto").trigger()
    cursor = own_window.session.state.steps.cursor
    assert (cursor.step, cursor.is_inside) == (len(own_window.session.state.steps.timeline.steps) - 2, True)  # type: ignore[union-attr]
    own_window.action("play").trigger()
    assert own_window.session.state.steps.is_playing
    assert own_window.action("play").text() == "Pause"
    own_window.show_part("overview")
    assert not own_window.session.state.steps.is_playing
    assert not own_window.session.state.steps.is_watched


def test_the_keys_of_a_code_debugger_step(window: MainWindow) -> None:
    window.session.steps.to_start()
    places = []
    for key in (Qt.Key.Key_F10, Qt.Key.Key_F10, Qt.Key.Key_F9, Qt.Key.Key_F11):
        QTest.keyClick(window, key)
        places.append((window.session.state.steps.cursor.step, window.session.state.steps.cursor.is_inside))
    assert places == [(1, False), (2, False), (1, False), (1, True)]
    QTest.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert not window.session.state.steps.cursor.is_inside


def test_while_a_run_goes_on_the_header_says_that_its_step_is_from_before(window: MainWindow, qtbot: QtBot) -> None:
    """The shared window's network is not trained for this: that a run goes on is all that the header asks."""
    notice = window.findChild(QLabel, "stepNotice")
    assert notice is not None
    training = window.session.state.training
    assert not notice.isVisible()
    window.session.store.set(replace(training, status="running"))
    qtbot.waitUntil(notice.isVisible)
    assert notice.whole() == LEFT_BEHIND
    window.session.store.set(training)
    qtbot.waitUntil(lambda: not notice.isVisible())


@pytest.mark.parametrize("theme_name", ["light", "dark"])
def test_every_word_has_its_room_at_every_step(window: MainWindow, theme_name: str) -> None:
    if "Inter" not in QFontDatabase.families():
        pytest.skip("the interface's font, Inter, is not installed: other fonts are wider")
    commands.set_theme(theme_name)
    debugger = window.findChild(Debugger, "debugger")
    assert debugger is not None
    timeline = window.session.state.steps.timeline
    assert timeline is not None
    cut = []
    for size in ((1280, 720), (1440, 1200)):
        window.resize(*size)
        for kind in {(step.phase, step.kind): step.index for step in timeline.steps}.values():
            window.session.steps.go_to_step(kind)
            QApplication.processEvents()
            cut += [f"{size} step {kind + 1}: {words}" for words in cut_off(debugger.header, debugger.words)]
            cut += [f"{size} step {kind + 1}: {words}" for words in cut_off(debugger.controls)]
    assert not cut


def cut_off(*parts: QWidget) -> list[str]:
    """Labels and buttons whose words do not fit."""
    labels = [label for part in parts for label in part.findChildren(QLabel) if not isinstance(label, ElidedLabel)]
    wrapped = [
        label.text() for label in labels if label.wordWrap() and label.heightForWidth(label.width()) > label.height()
    ]
    lines = [label.text() for label in labels if not label.wordWrap() and not fits(label)]
    buttons = [button for part in parts for button in part.findChildren(QToolButton)]
    return wrapped + lines + [button.text() for button in buttons if button.sizeHint().width() > button.width()]


def fits(label: QLabel) -> bool:
    """Whether a label that does not wrap has the room of its words, inside of what it lies on."""
    needed, holder = label.sizeHint(), label.parentWidget()
    is_inside = holder is None or holder.rect().contains(label.geometry())
    return needed.width() <= label.width() and needed.height() <= label.height() and is_inside


def test_the_tab_key_goes_from_the_timeline_through_the_buttons_down_to_the_settings(desk: Desk) -> None:
    found, widget = [], desk.bar.nextInFocusChain()
    while widget is not None and widget is not desk.bar:
        found.append(widget)
        widget = widget.nextInFocusChain()
    places = [next(found.index(part) for part in found if part.objectName() == name) for name in BUTTONS]
    assert places == sorted(places)
    areas = [desk.view.controls, desk.view.stage, desk.view.why, desk.view.settings]
    firsts = [next(at for at, part in enumerate(found) if area.isAncestorOf(part)) for area in areas]
    assert firsts == sorted(firsts)
