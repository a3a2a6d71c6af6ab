"""What the network says: names, bars, numbers, and a line where there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from explorer.amounts import VEILED
from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.engine.training.certainty import class_probabilities
from explorer.session import Prediction, Session
from explorer.ui.common import theme
from explorer.ui.common.text import percent
from explorer.ui.common.things import Offer
from explorer.ui.input.answer_list import LEAST_BAR, Answer
from explorer.ui.input.prediction import MAPS, NO_NETWORK, RUNNING, PredictionView, Ranked
from tests.ui.fakes import make_picture, make_session, wait_until_recorded, wait_until_shown
from tests.ui.pixels import colours_near

Opened = Callable[..., tuple[Session, PredictionView]]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[Opened]:
    """Opens the pane on a network; every session is closed afterwards."""
    theme.apply(qapp, "light")
    sessions = []

    def make(*arguments: object, **options: object) -> tuple[Session, PredictionView]:
        session = make_session(*arguments, **options) if arguments or options else make_session()
        return show(session)

    def show(session: Session) -> tuple[Session, PredictionView]:
        sessions.append(session)
        view = PredictionView(session)
        qtbot.addWidget(view)
        view.resize(280, 240)
        view.show()
        if session.state.values is not None or session.state.input.picture is not None:
            wait_until_shown(qtbot, session)
        return session, view

    make.show = show  # type: ignore[attr-defined]
    yield make
    for session in sessions:
        assert session.close()


def test_a_menu_of_an_answer_that_is_gone_tells_what_it_was_opened_on(opened: Opened) -> None:
    _, view = opened()
    last = len(view.answers.answers.rows) - 1
    exact = view.answers.answers.rows[last].exact
    view.answers.setCurrentIndex(view.answers.answers.index(last, 0))
    offered = view.answers.findChild(Offer)
    assert offered is not None
    assert offered.open_menu_of_chosen()
    menu = view.answers.findChild(QMenu, "thingMenu")
    assert menu is not None
    view.answers.show_answers([], signed=False)
    for action in menu.actions():
        action.trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == exact


def test_the_surest_answer_comes_first(opened: Opened) -> None:
    session, view = opened()
    prediction = session.state.prediction
    assert prediction is not None
    shares = [answer.share for answer in view.answers.answers.rows]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == pytest.approx(prediction.values.max())
    assert view.facts_label.whole() == "softmax1"


def test_without_class_names_answers_are_numbered(opened: Opened) -> None:
    _, view = opened()
    names = {answer.name for answer in view.answers.answers.rows}
    assert names == {"y₁", "y₂", "y₃", "y₄", "y₅"}


def test_plain_outputs_keep_their_order_and_show_their_sign(opened: Opened) -> None:
    session, view = opened("3x8x8 flatten linear(6)")
    values = session.state.prediction.values
    answers = view.answers.answers.rows
    assert [answer.index for answer in answers] == list(range(6))
    assert view.answers.is_signed
    np.testing.assert_allclose([answer.share for answer in answers], values / np.abs(values).max())


def test_on_the_way_back_an_answer_is_marked_only_at_its_own_gradient(opened: Opened, qtbot: QtBot) -> None:
    """The row that was chosen on the way there stayed marked, whichever number was looked at."""
    session, view = opened("3x8x8 flatten linear(6)")
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    marked = {}
    for step in timeline.steps:
        session.steps.go_to_step(step.index)
        marked[step.phase, step.call or step.parameter] = view.answers.chosen
    own = timeline.telling_cell(timeline.find("forward", "linear1"), "output")
    pulled = timeline.telling_cell(timeline.find("backward", "loss"), "input")
    found = {place: answer for place, answer in marked.items() if answer is not None}
    assert found == {("forward", "linear1"): own[1], ("backward", "loss"): pulled[1]}
    session.steps.go_to_step(timeline.find("backward", "loss"))
    session.steps.choose_cell("input", (0, 4))
    assert view.answers.chosen == 4
    session.steps.go_to_step(timeline.find("backward", "linear1"))
    session.learning.watch_steps("debugger", False)
    assert view.answers.chosen == session.state.selection.channel == own[1], "without the debugger it is the selection"


def test_rows_change_in_place_with_the_picture(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    resets = []
    view.answers.answers.modelReset.connect(lambda: resets.append(1))
    before = view.answers.answers.rows
    session.input.use_picture(make_picture(5))
    wait_until_shown(qtbot, session)
    assert view.answers.answers.rows != before
    assert not resets


def test_a_click_chooses_the_answers_channel(opened: Opened) -> None:
    session, view = opened()
    row = view.answers.answers.index(1)
    QTest.mouseClick(view.answers.viewport(), Qt.MouseButton.LeftButton, pos=view.answers.visualRect(row).center())
    wanted = view.answers.answer_at(row).index
    assert (session.state.selection.layer, session.state.selection.channel) == ("softmax1", wanted)
    assert view.answers.chosen == wanted


def test_the_keyboard_chooses_too(opened: Opened) -> None:
    session, view = opened()
    view.answers.setFocus()
    view.answers.setCurrentIndex(view.answers.answers.index(0))
    QTest.keyClick(view.answers, Qt.Key.Key_Down)
    QTest.keyClick(view.answers, Qt.Key.Key_Return)
    assert session.state.selection.channel == view.answers.answer_at(view.answers.answers.index(1)).index


@pytest.mark.parametrize("loss", ["", *(loss.name for loss in LOSSES)])
def test_outputs_are_read_as_the_loss_reads_them(opened: Opened, qtbot: QtBot, loss: str) -> None:
    session, view = opened("3x4x4 flatten linear(3)")
    session.store.edit("mean other classes", lambda before: replace(before, classes=("cat", "dog", "frog")))
    wait_until_shown(qtbot, session)
    session.learning.set_hyperparameters(loss=loss)
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    prediction, outputs = session.state.prediction, torch.tensor(session.state.maps.activations.layers[-1].values)
    read, title = {"bce_with_logits": (outputs.sigmoid(), "sigmoid of linear1")}.get(
        loss, (outputs, "output of linear1")
    )
    if not loss or loss_named(loss).targets == "classes":
        read, title = outputs.softmax(dim=0), "softmax of linear1"
    np.testing.assert_allclose(prediction.values, read.numpy(), rtol=1e-5)
    assert prediction.is_probability == (read is not outputs)
    assert (prediction.title, view.facts_label.whole()) == (title, title)
    told = class_probabilities(outputs[None], loss_named(loss or "cross_entropy").reads, last_kind="linear")[0]
    np.testing.assert_allclose(prediction.values.clip(0, 1), told.numpy(), rtol=1e-5)
    assert {answer.name for answer in view.answers.answers.rows} == {"cat", "dog", "frog"}
    session.store.set(replace(session.state.files, unsaved=False))


def test_both_classes_of_one_neuron_choose_that_neuron(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("3x4x4 flatten linear(1) sigmoid")
    session.store.edit("mean other classes", lambda before: replace(before, classes=("animal", "vehicle")))
    wait_until_shown(qtbot, session)
    assert {answer.name for answer in view.answers.answers.rows} == {"animal", "vehicle"}
    view.answers.clicked.emit(view.answers.answers.index(1))
    assert session.state.selection.channel == 0


@pytest.mark.parametrize("loss", ["", "bce_with_logits"])
def test_one_plain_neuron_for_two_classes_gives_the_probability_of_the_second(
    opened: Opened, qtbot: QtBot, loss: str
) -> None:
    session, view = opened("3x4x4 flatten linear(1)")
    session.learning.set_hyperparameters(loss=loss)
    session.store.edit("mean other classes", lambda before: replace(before, classes=("animal", "vehicle")))
    wait_until_shown(qtbot, session)
    qtbot.waitUntil(lambda: session.state.prediction is not None and session.state.prediction.is_probability)
    output = torch.tensor(session.state.maps.activations.layers[-1].values)
    told = class_probabilities(output[None], loss_named("bce_with_logits").reads, last_kind="linear")[0]
    np.testing.assert_allclose(session.state.prediction.values, told.numpy(), rtol=1e-5)
    assert view.facts_label.whole() == "sigmoid of linear1"
    session.store.set(replace(session.state.files, unsaved=False))


def test_without_a_network_a_line_says_what_appears_here(opened: Opened) -> None:
    _, view = opened.show(Session())  # type: ignore[attr-defined]
    assert view.empty.isVisible()
    assert view.empty.text() == NO_NETWORK


def test_a_network_that_ends_in_maps_says_so(opened: Opened) -> None:
    _, view = opened("3x8x8 conv(2, 3)")
    assert view.empty.text() == MAPS


def test_a_broken_network_says_so_and_recovers(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("3x8x8 flatten linear(2)")
    session.editing.remove_layer("flatten1")
    session.editing.paste_layers("conv(2, 50)", 0)
    wait_until_shown(qtbot, session)
    assert view.empty.text() == "conv1 cannot run: see its card."
    session.selection.select(layer="linear1")
    QTest.mouseClick(view.empty, Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert session.state.selection.layer == "conv1"
    session.editing.undo()
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert not view.empty.isVisible()
    assert len(view.answers.answers.rows) == 2


def test_while_computing_the_old_answers_stay_and_fade(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    before = view.answers.answers.rows
    session.store.set(replace(session.state.maps, computing=True))
    assert not view.answers.is_dimmed
    qtbot.waitUntil(lambda: view.answers.is_dimmed)
    assert view.answers.answers.rows == before
    session.store.set(replace(session.state.maps, computing=False))
    assert not view.answers.is_dimmed


def test_a_hidden_pane_catches_up_when_it_is_shown(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    view.hide()
    session.input.use_picture(make_picture(9))
    wait_until_shown(qtbot, session)
    before = view.answers.answers.rows
    view.show()
    assert view.answers.answers.rows != before


def test_a_thousand_answers_are_listed(qtbot: QtBot, opened: Opened) -> None:
    _, view = opened("3x8x8 flatten linear(1000) softmax")
    assert len(view.answers.answers.rows) == 1000
    assert not view.grab().isNull()


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.957, "95.7 %"),
        (1.0, "100 %"),
        (0.99996, "> 99.9 %"),
        (0.0001, "< 0.1 %"),
        (0.0, "0 %"),
        (float("nan"), "NaN"),
    ],
)
def test_percentages_never_pretend_certainty(probability: float, text: str) -> None:
    assert percent(probability) == text


def test_answers_that_are_no_numbers_are_shown_as_such() -> None:
    values = np.array([np.nan, 1.0, -np.inf])
    answers = Ranked(Prediction(("a", "b", "c"), values, False, "output of x"))
    assert [answer.value for answer in answers] == ["NaN", "1.00", "−∞"]
    assert [answer.share for answer in answers] == [0.0, 1.0, 0.0]


def test_a_long_name_is_whole_as_far_as_a_bar_stays_beside_it(opened: Opened) -> None:
    """Names had a third of the row, bars more than they need: "stained tiss…"."""
    _, view = opened()
    metrics, list_ = QFontMetrics(theme.interface_font()), view.answers
    names = ["moon", "stained tissue"]
    list_.show_answers(named(names), signed=False, classes=names)
    wide = list_.name_width(236, 60)
    assert metrics.horizontalAdvance(names[1]) <= wide
    list_.show_answers(named(["x" * 99]), signed=False)
    assert 236 - list_.name_width(236, 60) - 60 >= LEAST_BAR


def test_bars_keep_their_length_as_the_order_changes_and_forget_the_names_of_another_network(opened: Opened) -> None:
    """After a lesson on another network with as many classes the bars were a pixel shorter than before."""
    _, view = opened()
    list_ = view.answers
    first, other = ["b" * 14, *map(str, range(30))], ["b" * 20, *map(str, range(30))]
    list_.show_answers(named(first), signed=False, classes=first)
    wide = list_.name_width(236, 60)
    list_.show_answers(named(first[::-1]), signed=False, classes=list(first))
    assert list_.name_width(236, 60) == wide
    list_.show_answers(named(other), signed=False, classes=other)
    assert list_.name_width(236, 60) > wide
    list_.show_answers(named(first), signed=False, classes=first)
    assert list_.name_width(236, 60) == wide


def named(names: Sequence[str]) -> list[Answer]:
    return [Answer(at, name, "50.0 %", 0.5, "0.5") for at, name in enumerate(names)]


def test_before_the_first_answers_a_line_says_what_appears_here(opened: Opened) -> None:
    session, view = opened()
    session.store.set(replace(session.state.maps, activations=None, computing=True))
    assert view.empty.isVisible()
    assert view.empty.text() == RUNNING


def test_rows_fill_the_list_without_cutting_one_off(opened: Opened) -> None:
    _, view = opened("3x8x8 flatten linear(40) softmax")
    view.resize(280, 210)
    QApplication.processEvents()
    height = view.answers.visualRect(view.answers.answers.index(0)).height()
    room = view.answers.viewport().height()
    assert room - room // height * height < room // height + 1


def test_what_a_lesson_asks_for_is_no_fault(opened: Opened) -> None:
    """Its question marks were as red as NaN."""
    _, view = opened()
    values = np.array([VEILED, VEILED])
    answers = Ranked(Prediction(("a", "b"), values, True, "of x"))
    assert [(each.value, each.is_fault) for each in answers] == [("?", False)] * 2
    view.answers.show_answers(answers, signed=False)
    assert not colours_near(view.answers.viewport().grab().toImage(), theme.current().error)


def test_what_is_no_number_is_written_in_the_error_colour_without_a_bar(opened: Opened) -> None:
    _, view = opened()
    values = np.array([np.nan, 0.3, 0.7])
    fault, whole = Ranked(Prediction(("a", "b", "c"), values, True, "of x"))[-1], theme.current()
    assert (fault.value, fault.is_fault) == ("NaN", True)
    view.answers.show_answers((fault,), signed=False)
    view.answers.clearFocus()  # which is drawn in the accent's colour, and comes when the screen gives it
    picture = view.answers.viewport().grab().toImage()
    assert colours_near(picture, whole.error)
    assert colours_near(picture, whole.accent) < 20, "a bar has hundreds of pixels"


def test_what_it_said_before_a_channel_was_switched_off_is_marked_until_undo(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("3x8x8 conv(4, 3) relu flatten linear(3)")
    said = {each.index: each for each in rows(view)}
    session.editing.switch_off("conv1", 0)
    session.editing.switch_off("conv1", 1)
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    marked = rows(view)
    assert any(each.share != each.before for each in marked)
    assert [each.was for each in marked] == [said[each.index].exact for each in marked]
    tips = [view.answers.answers.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(len(marked))]
    assert tips == [f"{each.name}: {each.exact}, {each.was} before" for each in marked]
    session.editing.undo()
    session.editing.undo()
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    assert [each.before for each in rows(view)] == [None] * len(marked)


def rows(view: PredictionView) -> list[Answer]:
    return list(view.answers.answers.rows[:])
