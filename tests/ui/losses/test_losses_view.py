"""All losses beside each other: dragged, typed and walked, as a person does it, and covered while a lesson asks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.losses_beside import said_of
from explorer.lessons.shelf import lesson_named
from explorer.session import Session
from explorer.session.tried import BEGINNINGS, Tried
from explorer.ui.common import theme
from explorer.ui.common.eliding import fitting
from explorer.ui.common.text import number
from explorer.ui.common.things import Offer
from explorer.ui.losses.beside import Beside, beside_of
from explorer.ui.losses.curve import curve_of
from explorer.ui.losses.model import FIRST_LOSS, FIRST_OUTPUT, NAME, PREDICTION, TARGET, VALUE, is_gradient
from explorer.ui.losses.points import PREDICTION as A_PREDICTION
from explorer.ui.losses.points import TARGET as A_TARGET
from explorer.ui.losses.view import LossesView
from tests.ui.fakes import make_session, wait_until_recorded

NAMES = [loss.name for loss in LOSSES]


@pytest.fixture
def session() -> Iterator[Session]:
    made = make_session("3 linear(2)")
    yield made
    assert made.close()


@pytest.fixture
def view(session: Session, qtbot: QtBot, qapp: QApplication) -> LossesView:
    theme.apply(qapp, "light")
    session.trying.try_numbers(BEGINNINGS["Four misses"])
    session.trying.look_at(loss="mse", output=0)
    made = LossesView(session)
    qtbot.addWidget(made)
    made.resize(760, 560)
    made.show()
    return made


def text(view: LossesView, row: int, column: int) -> str:
    return str(view.table.losses.index(row, column).data())


def row_of(name: str) -> int:
    return FIRST_LOSS + NAMES.index(name)


def drag(plot: QWidget, start: QPointF, by: QPoint) -> None:
    first = start.toPoint()
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
    for share in (0.5, 1.0):
        QTest.mouseMove(plot, first + QPoint(round(by.x() * share), round(by.y() * share)))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first + by)


def numbers_of(session: Session) -> Tried:
    assert session.state.steps.tried is not None
    return session.state.steps.tried


def test_every_loss_has_its_row_with_its_value_its_terms_and_its_gradients(view: LossesView) -> None:
    assert view.table.losses.rowCount() == FIRST_LOSS + len(LOSSES)
    mse = [text(view, row_of("mse"), column) for column in range(view.table.losses.columnCount())]
    assert mse == ["mean squared error", "4.50", "1.00", "−0.500", "4.00", "1.00", "9.00", "−1.50", "4.00", "1.00"]
    assert [text(view, row_of(name), VALUE) for name in ("mae", "mbe", "huber")] == ["2.00", "0", "1.50"]
    assert text(view, row_of("bce"), VALUE) == "The binary cross entropy needs targets between 0 and 1: one is 4."
    assert view.lines[0].toolTip() or view.lines[0].text().startswith("L = 1/4·((3 − 4)²")
    assert view.lines[1].text() == "∂L/∂y₁ = 1/4·2·(3 − 4) = −0.5"


def test_a_prediction_that_is_dragged_is_one_entry_of_undo(view: LossesView, session: Session) -> None:
    drag(view.points, view.points.place_of(A_PREDICTION, 2), QPoint(0, -60))
    moved = numbers_of(session)
    assert moved.predictions[2] > 2
    assert (moved.predictions[:2], moved.target) == ((3, 5), (4, 3, 5, 6))
    assert session.state.steps.output_looked_at == 2
    session.editing.undo()
    assert numbers_of(session) == BEGINNINGS["Four misses"]


def test_a_target_that_is_dragged_stays_a_target(view: LossesView, session: Session) -> None:
    drag(view.points, view.points.place_of(A_TARGET, 1), QPoint(0, 40))
    target = numbers_of(session).target
    assert isinstance(target, tuple)
    assert target[1] < 3
    assert numbers_of(session).predictions == (3, 5, 2, 8)


def test_the_arrow_keys_choose_an_output_and_move_its_prediction_or_its_target(
    view: LossesView, session: Session
) -> None:
    view.points.setFocus()
    QTest.keyClick(view.points, Qt.Key.Key_Right)
    QTest.keyClick(view.points, Qt.Key.Key_Down)
    assert session.state.steps.output_looked_at == 1
    assert numbers_of(session).predictions[1] < 5
    assert view.points.accessibleDescription().startswith("y₂: prediction ")
    QTest.keyClick(view.points, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    target = numbers_of(session).target
    assert isinstance(target, tuple)
    assert target[1] > 3


def test_a_number_is_typed_over_another_and_what_is_none_is_refused(
    view: LossesView, session: Session, qtbot: QtBot
) -> None:
    def typed(written: str) -> None:
        view.table.setCurrentIndex(view.table.losses.index(TARGET, FIRST_OUTPUT + 4))
        view.table.edit(view.table.currentIndex())
        line = view.table.findChild(QLineEdit)
        assert line is not None
        assert line.accessibleName() == "target, of y₃"
        line.setText(written)
        QTest.keyClick(line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: view.table.findChild(QLineEdit) is None)

    typed("15")
    assert numbers_of(session).target == (4, 3, 15, 6)
    assert text(view, row_of("mse"), VALUE) == "44.5"
    typed("much")
    assert "much" in session.state.status.notice
    assert numbers_of(session).target == (4, 3, 15, 6)


def test_a_row_of_numbers_is_pasted_over_the_predictions(view: LossesView, session: Session) -> None:
    view.table.setCurrentIndex(view.table.losses.index(PREDICTION, FIRST_OUTPUT + 2))
    QGuiApplication.clipboard().setText("1\t−2\t0.5")
    QTest.keyClick(view.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert numbers_of(session).predictions == (3, 1, -2, 0.5)


def test_a_class_is_chosen_by_typing_a_one(view: LossesView, session: Session) -> None:
    session.trying.try_numbers(BEGINNINGS["Scores of three classes"])
    model = view.table.losses
    assert [text(view, TARGET, FIRST_OUTPUT + 2 * at) for at in range(3)] == ["1.00", "0", "0"]
    assert text(view, row_of("hinge"), VALUE) == "8.48"
    assert model.setData(model.index(TARGET, FIRST_OUTPUT + 4), "1")
    assert numbers_of(session).target == 2
    assert text(view, row_of("hinge"), VALUE) == "0"
    model.setData(model.index(TARGET, FIRST_OUTPUT), "0.5")
    assert session.state.status.notice.startswith("The target is a class here")
    view.head.target.setCurrentIndex(0)
    view.head.target.activated.emit(0)
    assert numbers_of(session).target == (0, 0, 1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("numbers", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_the_curve_is_pytorchs_loss_at_every_prediction(name: str, numbers: Tried, session: Session) -> None:
    session.trying.try_numbers(numbers)
    session.trying.look_at(loss=name, output=len(numbers.predictions) - 1)
    shown = beside_of(session.state)
    assert isinstance(shown, Beside)
    curve, said = curve_of(shown), shown.looked_at
    assert (curve is None) == bool(said.refusal)
    for x, y in () if curve is None else zip(curve.xs.tolist(), curve.ys.tolist(), strict=True):
        output = torch.tensor([[*numbers.predictions[:-1], x]], dtype=torch.float64)
        assert y == pytest.approx(said.loss.compute(output, torch.from_numpy(said.target)).item(), rel=1e-7, abs=1e-9)


def test_the_point_on_the_curve_is_dragged_to_its_lowest_place(view: LossesView, session: Session) -> None:
    assert view.curve.curve is not None
    start = view.curve.place_of(3, view.curve.curve.y)
    target = view.curve.place_of(4, 0)
    drag(view.curve, start, QPoint(round(target.x() - start.x()), 0))
    assert numbers_of(session).predictions[0] == pytest.approx(4, abs=0.1)
    QTest.keyClick(view.curve, Qt.Key.Key_Right)
    assert numbers_of(session).predictions[0] > 4


def test_a_step_downhill_goes_against_the_gradient(view: LossesView, session: Session) -> None:
    view.head.rate.setValue(1.0)
    QTest.mouseClick(view.head.walk, Qt.MouseButton.LeftButton)
    said = said_of(LOSSES[NAMES.index("mse")], BEGINNINGS["Four misses"].output, BEGINNINGS["Four misses"].wanted)
    assert numbers_of(session).predictions == pytest.approx(tuple(np.array([3, 5, 2, 8]) - said.gradients[0]))


def test_a_click_in_a_row_looks_at_its_loss_and_its_number_can_be_copied(view: LossesView, session: Session) -> None:
    place = view.table.visualRect(view.table.losses.index(row_of("mae"), FIRST_OUTPUT + 5)).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert (session.state.steps.loss_looked_at, session.state.steps.output_looked_at) == ("mae", 2)
    thing = view.table.findChild(Offer).now()
    assert thing is not None
    assert thing.value is not None
    assert (thing.name, thing.value()) == ("mean absolute error, gradient of y₃", "−0.25")
    learn = dict(thing.more)["Learn with this loss"]
    learn()
    assert session.state.document.hyperparameters.loss == "mae"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_numbers_that_are_none_are_drawn_and_told(name: str, value: float, view: LossesView, session: Session) -> None:
    session.trying.try_numbers(Tried((float(value), 1.0), (1.0, 0.0)))
    session.trying.look_at(loss=name, output=0)
    view.grab()
    assert text(view, PREDICTION, FIRST_OUTPUT) == ("NaN" if np.isnan(value) else number(value))
    if not view.table.losses.refusal(row_of(name)):
        assert text(view, row_of(name), VALUE)


MANY = Tried(tuple((-1.0) ** at * 0.00123456 * (at + 1) for at in range(10)), 3)


@pytest.mark.parametrize("numbers", [*BEGINNINGS.values(), MANY], ids=[*BEGINNINGS, "ten small ones"])
def test_no_number_and_no_title_in_the_table_is_cut(numbers: Tried, view: LossesView, session: Session) -> None:
    """Columns had one width whatever stood in them, and gradients below a tenth were "−0.0…"."""
    session.trying.try_numbers(numbers)
    table, model = view.table, view.table.losses
    for name in NAMES:
        session.trying.look_at(loss=name)
        for row in range(model.rowCount()):
            shown = (at for at in range(model.columnCount()) if not is_gradient(at) or row >= FIRST_LOSS)
            for index in (model.index(row, at) for at in shown if not model.refusal(row)):
                words = QFontMetrics(index.data(Qt.ItemDataRole.FontRole)).horizontalAdvance(index.data())
                assert words + 6 <= table.columnWidth(index.column()), index.data(Qt.ItemDataRole.AccessibleTextRole)
    for column in range(model.columnCount()):
        assert table.horizontalHeader().sectionSizeHint(column) <= table.columnWidth(column)


def test_names_are_whole_unless_shorter_ones_let_every_output_stand(view: LossesView, session: Session) -> None:
    table = view.table
    longest = QFontMetrics(theme.interface_font()).horizontalAdvance("binary cross entropy with logits")
    assert table.columnWidth(NAME) > longest
    view.resize(690, 560)
    assert table.columnWidth(NAME) < longest
    assert table.horizontalScrollBar().maximum() == 0
    session.trying.try_numbers(MANY)
    assert table.horizontalScrollBar().maximum() > 0
    assert table.columnWidth(NAME) > longest


def test_columns_stay_as_wide_while_their_numbers_get_shorter(view: LossesView, session: Session) -> None:
    session.trying.move(0, 3.98765)
    before = [view.table.columnWidth(column) for column in range(view.table.losses.columnCount())]
    session.trying.move(0, 3.0)
    assert [view.table.columnWidth(column) for column in range(view.table.losses.columnCount())] == before


def test_a_prediction_stands_under_the_name_of_its_output(view: LossesView) -> None:
    """It stood under "gradient", at the end of both columns."""
    table = view.table
    title = table.horizontalHeader().sectionViewportPosition(FIRST_OUTPUT) + table.columnWidth(FIRST_OUTPUT)
    joined = table.visualRect(table.losses.index(PREDICTION, FIRST_OUTPUT))
    picture = table.viewport().grab(joined).toImage()
    pane = picture.pixelColor(0, 0)
    inked = [x for x in range(picture.width()) for y in range(picture.height()) if picture.pixelColor(x, y) != pane]
    assert inked
    assert joined.left() + max(inked) < title


def test_what_refuses_the_numbers_says_so_where_its_curve_would_be(view: LossesView, session: Session) -> None:
    def ink() -> int:
        picture = view.curve.grab(view.curve.rect().adjusted(0, 30, 0, 0)).toImage()
        pane = picture.pixelColor(0, 0)
        places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
        return sum(picture.pixelColor(x, y) != pane for x, y in places)

    session.trying.look_at(loss="bce")
    assert view.curve.curve is None
    assert ink() > 100
    assert [line.whole() for line in view.lines] == ["", ""]


def test_in_a_tall_window_the_plots_grow_and_nothing_gapes_under_the_table(view: LossesView, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window, before_close_func=lambda _window: window.takeCentralWidget())
    window.setCentralWidget(view)
    window.resize(760, 1300)
    window.show()
    QApplication.processEvents()
    table = view.table
    last = table.visualRect(table.losses.index(table.losses.rowCount() - 1, NAME)).bottom()
    assert 0 <= table.viewport().height() - last < 30
    assert view.points.height() > 600
    window.resize(760, 480)
    QApplication.processEvents()
    assert view.points.height() < 200


def test_in_little_room_the_title_of_the_curve_says_less_but_no_half_number(view: LossesView) -> None:
    titles, metrics = view.curve.titles(), QFontMetrics(theme.interface_font(11))
    assert titles[0].endswith("slope −0.500")
    assert [fitting(titles, metrics, metrics.horizontalAdvance(title)) for title in titles] == list(titles)


def test_without_a_step_on_record_it_says_what_would_appear_and_begins_with_numbers(
    session: Session, qtbot: QtBot
) -> None:
    made = LossesView(session)
    qtbot.addWidget(made)
    made.show()
    assert made.pages.empty.label.text().startswith("All losses of the same predictions and targets appear here")
    QTest.mouseClick(made.pages.empty.button, Qt.MouseButton.LeftButton)
    assert numbers_of(session) == BEGINNINGS["Four misses"]
    assert made.table.isVisible()


def test_of_the_step_on_record_pytorch_is_asked_too(session: Session, qtbot: QtBot) -> None:
    session.learning.watch_steps("test", True)
    wait_until_recorded(qtbot, session)
    made = LossesView(session)
    qtbot.addWidget(made)
    made.show()
    assert made.check.text().startswith("✓ PyTorch computes the same ")
    timeline = session.state.steps.timeline
    assert timeline is not None
    assert timeline.loss is not None
    row = row_of(timeline.loss_name)
    assert float(made.table.losses.index(row, VALUE).data(Qt.ItemDataRole.EditRole).replace("−", "-")) == pytest.approx(
        timeline.loss, rel=1e-5
    )


def test_what_a_lesson_asks_for_is_covered_until_it_is_answered(session: Session, qtbot: QtBot) -> None:
    lesson = lesson_named("regression-losses")
    assert lesson is not None
    session.learning.watch_steps("test", True)
    made = LossesView(session)
    qtbot.addWidget(made)
    made.resize(760, 560)
    made.show()
    session.lessons.open(lesson, 0)
    qtbot.waitUntil(lambda: session.state.lessons.is_set and session.state.lessons.veil.loss, timeout=60_000)
    wait_until_recorded(qtbot, session)
    assert [text(made, row_of(name), VALUE) for name in ("mse", "mae", "mbe")] == ["?", "?", "?"]
    assert text(made, row_of("mse"), FIRST_OUTPUT) == "1.00"
    assert made.curve.curve is None
    assert made.lines[0].text().endswith(" = ?")
    session.lessons.answer("4.5")
    qtbot.waitUntil(lambda: not session.state.lessons.veil.loss, timeout=60_000)
    assert text(made, row_of("mse"), VALUE) == "4.50"
    assert made.curve.curve is not None
