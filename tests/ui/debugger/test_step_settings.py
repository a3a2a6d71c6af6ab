"""What a recorded step learns from and how: chosen in one row or one form, refused in a sentence where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.updates import UPDATES
from explorer.session import Session
from explorer.session.own_document import own_document
from explorer.ui.common import theme
from explorer.ui.common.number_boxes import FloatBox
from explorer.ui.debugger.settings_row import StepSettings
from explorer.ui.debugger.target_editor import MOST_BESIDE
from explorer.ui.debugger.words import step_words
from tests.by_hand import ByHand
from tests.ui.fakes import make_picture, make_session, wait_until_recorded

READ_BY: ByHand[set[str]] = ByHand(
    "READ_BY of tests/ui/debugger/test_step_settings.py",
    {
        "SGD": {"Learning rate", "Momentum", "Weight decay", "Nesterov"},
        "Adam": {"Learning rate", "Beta 1", "Beta 2", "Weight decay"},
        "AdamW": {"Learning rate", "Beta 1", "Beta 2", "Weight decay"},
        "RMSprop": {"Learning rate", "Momentum", "Alpha", "Weight decay"},
    },
)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    made.files.open_network("two-two-two")
    made.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def row(session: Session, qtbot: QtBot) -> StepSettings:
    return _row_for(session, qtbot)


def _row_for(session: Session, qtbot: QtBot) -> StepSettings:
    made = StepSettings(session)
    qtbot.addWidget(made)
    made.resize(860, 32)
    made.show()
    return made


def _type(box: FloatBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def _choose(box: QComboBox, text: str) -> None:
    """As a person does: the arrow keys, then the entry counts as activated."""
    index = box.findText(text)
    assert index >= 0, [box.itemText(at) for at in range(box.count())]
    box.setCurrentIndex(index)
    box.activated.emit(index)


def _open(row: StepSettings) -> None:
    QTest.mouseClick(row.open_form, Qt.MouseButton.LeftButton)
    assert row.open_form.popup.isVisible()


def _shown_in_form(row: StepSettings) -> set[str]:
    names = set.union(*READ_BY.values())
    return {
        part.accessibleName()
        for part in row.form.findChildren(QWidget)
        if part.accessibleName() in names and not part.isHidden()
    }


def test_the_learning_rate_stands_in_the_row_and_records_the_step_again(
    session: Session, row: StepSettings, qtbot: QtBot
) -> None:
    _type(row.rate, "1e-3")
    assert session.state.document.hyperparameters.learning_rate == 0.001
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.learning_rate == 0.001
    assert row.rate.text() == "0.001"


@pytest.mark.parametrize("text", ["1e30", "-1", "abc", "nan", "inf", "1e", ""])
def test_what_is_no_learning_rate_is_refused_in_a_sentence(text: str, session: Session, row: StepSettings) -> None:
    before = session.state.document.hyperparameters
    row.rate.setFocus()
    row.rate.selectAll()
    if text:
        QTest.keyClicks(row.rate, text)
    else:
        QTest.keyClick(row.rate, Qt.Key.Key_Delete)
    assert theme.current().error in row.rate.styleSheet()
    QTest.keyClick(row.rate, Qt.Key.Key_Return)
    assert session.state.document.hyperparameters is before
    assert session.state.status.notice.startswith("Learning rate")
    assert session.state.status.notice.endswith(".")
    assert row.rate.value() == before.learning_rate
    assert theme.current().error not in row.rate.styleSheet()


def test_turning_the_learning_rate_is_one_entry_of_undo(session: Session, row: StepSettings) -> None:
    before = session.state.document
    for _ in range(5):
        row.rate.stepUp()
    assert session.state.document.hyperparameters.learning_rate == pytest.approx(
        1.5 * before.hyperparameters.learning_rate
    )
    session.editing.undo()
    assert session.state.document is before
    assert row.rate.value() == before.hyperparameters.learning_rate


@pytest.mark.parametrize("optimizer", [update.name for update in UPDATES])
def test_only_what_the_optimizer_reads_is_shown(optimizer: str, session: Session, row: StepSettings) -> None:
    _open(row)
    _choose(row.form.optimizer, optimizer)
    assert session.state.document.hyperparameters.optimizer == optimizer
    assert _shown_in_form(row) == READ_BY[optimizer]
    assert optimizer in row.open_form.text()
    row.open_form.popup.close()


def test_every_number_of_the_form_reaches_the_optimizer(session: Session, row: StepSettings, qtbot: QtBot) -> None:
    _open(row)
    for name, value in (("Momentum", "0.9"), ("Weight decay", "1e-4")):
        box = next(box for box in row.form.findChildren(FloatBox) if box.accessibleName() == name)
        _type(box, value)
    QTest.mouseClick(row.form.nesterov, Qt.MouseButton.LeftButton)
    _choose(row.form.optimizer, "Adam")
    for name, value in (("Beta 1", "0.8"), ("Beta 2", "0.99")):
        box = next(box for box in row.form.findChildren(FloatBox) if box.accessibleName() == name)
        _type(box, value)
    chosen = session.state.document.hyperparameters
    assert (chosen.momentum, chosen.weight_decay, chosen.nesterov, chosen.betas) == (0.9, 1e-4, True, (0.8, 0.99))
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.steps[-1].kind == "Adam"
    row.open_form.popup.close()


def test_nesterov_needs_a_momentum(session: Session, row: StepSettings) -> None:
    assert not row.form.nesterov.isEnabled()
    session.learning.set_hyperparameters(momentum=0.5)
    assert row.form.nesterov.isEnabled()


def test_wrong_input_in_the_form_is_told_at_its_foot(session: Session, row: StepSettings) -> None:
    _open(row)
    box = next(box for box in row.form.findChildren(FloatBox) if box.accessibleName() == "Momentum")
    _type(box, "2")
    assert row.form.complaint.isVisible()
    assert row.form.complaint.text() == "Momentum: 2 does not lie between 0 and 1."
    _type(box, "0.5")
    assert not row.form.complaint.isVisible()
    _type(box, "2")
    QTest.keyClick(row.form.optimizer, Qt.Key.Key_Down)
    assert not row.form.complaint.isVisible()
    row.open_form.popup.close()


def test_all_losses_can_be_chosen_and_the_first_suits_the_network(
    session: Session, row: StepSettings, qtbot: QtBot
) -> None:
    entries = [row.form.loss.itemText(at) for at in range(row.form.loss.count())]
    assert entries == ["suited: half squared error", *(loss.title for loss in LOSSES)]
    _choose(row.form.loss, "mean absolute error")
    chosen = session.state.document.hyperparameters.loss
    assert chosen == next(loss.name for loss in LOSSES if loss.title == "mean absolute error")
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.loss_name == chosen
    assert row.open_form.text().startswith("mean absolute error")
    row.form.loss.setCurrentIndex(0)
    row.form.loss.activated.emit(0)
    assert session.state.document.hyperparameters.loss == ""


def test_the_list_of_losses_says_what_each_makes_of_the_step_that_is_shown(
    session: Session, row: StepSettings, qtbot: QtBot
) -> None:
    _open(row)
    assert _told(row) == {
        "half squared error": "2.500",  # of 2 and 2, which should be 1 and 0
        "mean squared error": "2.500",
        "mean absolute error": "1.500",
        "mean bias error": "−1.500",
        "binary cross entropy": "–",
        "binary cross entropy with logits": "1.127",
        "cross entropy": "0.6931",
        "hinge loss": "1.000",
        "Huber loss": "1.000",
        "smooth L1 loss": "1.000",
    }
    _type(row.target.boxes[1], "4")  # it follows while the form is open
    wait_until_recorded(qtbot, session)
    assert _told(row)["mean bias error"] == "0.5000"
    assert _told(row)["hinge loss"] == "–"
    row.open_form.popup.close()


def _told(row: StepSettings) -> dict[str, str]:
    """What stands beside each loss."""
    box, told = row.form.loss, Qt.ItemDataRole.AccessibleTextRole
    return {box.itemText(at): str(box.itemData(at, told)).rpartition(", ")[2] for at in range(1, box.count())}


def test_numbers_are_aimed_at_in_fields_of_their_own(session: Session, row: StepSettings, qtbot: QtBot) -> None:
    assert [box.value() for box in row.target.boxes if box.isVisible()] == [1, 0]
    assert not row.target.itself.isEnabled()
    _type(row.target.boxes[1], "0.5")
    assert session.state.steps.target == (1.0, 0.5)
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.target.tolist() == [[1.0, 0.5]]
    QTest.mouseClick(row.target.itself, Qt.MouseButton.LeftButton)
    assert session.state.steps.target is None
    wait_until_recorded(qtbot, session)
    assert [box.value() for box in row.target.boxes if box.isVisible()] == [1, 0]


def test_a_target_is_pasted_as_a_row(session: Session, row: StepSettings, qtbot: QtBot) -> None:
    paste = (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().setText("[0.25, -3]")
    QTest.keyClick(row.target.boxes[0], *paste)
    assert session.state.steps.target == (0.25, -3.0)
    wait_until_recorded(qtbot, session)
    assert [box.value() for box in row.target.boxes if box.isVisible()] == [0.25, -3]
    QTest.keyClick(row.target.boxes[1], *paste)
    assert session.state.status.notice == "Target d₂: 2 numbers do not fit, there is room for 1 from here on."
    assert session.state.steps.target == (0.25, -3.0)


def test_a_target_out_of_reach_is_refused(session: Session, row: StepSettings) -> None:
    _type(row.target.boxes[0], "1e30")
    assert session.state.steps.target is None
    assert session.state.status.notice.startswith("Target d₁: 1e30 does not lie between")


def test_classes_are_aimed_at_by_name(qtbot: QtBot) -> None:
    session = Session()
    session.files.open_network("cifar10")
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    row = _row_for(session, qtbot)
    assert session.state.steps.timeline is not None
    used = session.state.classes[int(session.state.steps.timeline.target[0])]
    assert row.target.choice.currentText() == f"by itself: {used}"
    _choose(row.target.choice, "dog")
    assert session.state.steps.target == session.state.classes.index("dog")
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline.target.tolist() == [session.state.classes.index("dog")]
    assert row.target.choice.currentText() == "dog"
    _choose(row.target.choice, "by itself")
    assert session.state.steps.target is None
    assert session.close()


def test_many_numbers_stand_behind_a_button(qtbot: QtBot) -> None:
    session = make_session("3x8x8 flatten linear(6)")
    session.learning.set_hyperparameters(loss="half_squared_error")
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    row = _row_for(session, qtbot)
    assert MOST_BESIDE < 6
    assert row.target.many.isVisible()
    assert row.target.many.text().startswith("6 numbers")
    boxes = row.target.fields.boxes
    assert [box.accessibleName() for box in boxes] == [f"Target d{at}" for at in "₁₂₃₄₅₆"]
    boxes[5].setValue(2.0)
    assert session.state.steps.target == (1.0, 0.0, 0.0, 0.0, 0.0, 2.0)
    assert session.close()


def test_the_batch_grows_by_the_present_input_and_shrinks_again(qtbot: QtBot) -> None:
    session = make_session("3x8x8 conv(2, 3) flatten linear(5)")
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    row = _row_for(session, qtbot)
    assert not row.only.isEnabled()
    assert not row.example.isVisible()
    row.add.trigger()
    session.input.use_picture(make_picture(7))
    wait_until_recorded(qtbot, session)
    qtbot.waitUntil(lambda: row.batch.text().startswith("batch 2"))
    assert row.example.isVisible()
    row.example.setValue(1)
    assert session.state.steps.cursor.example == 1
    assert row.example.text() == "example 1 of 0–1"
    row.only.trigger()
    wait_until_recorded(qtbot, session)
    assert row.batch.text().startswith("batch 1")
    assert not row.example.isVisible()
    assert session.close()


def test_the_row_folds_into_the_form_where_it_is_narrow(session: Session, qtbot: QtBot) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, "light")  # the window's own style takes more room than Qt's
    row = _row_for(session, qtbot)
    assert row.target.isVisible()
    assert row.sizeHint().width() <= 860
    row.resize(300, 32)
    qtbot.waitUntil(lambda: row.open_form.text() == "Settings")
    assert not row.target.isVisible()
    _open(row)
    assert row.target.isVisible()
    assert row.batch.isVisible()
    _type(row.target.boxes[0], "0.25")
    assert session.state.steps.target == (0.25, 0.0)
    QTest.keyClick(row.open_form.popup, Qt.Key.Key_Escape)
    assert not row.open_form.popup.isVisible()
    row.resize(860, 32)
    assert row.target.isVisible()
    assert row.rate.isVisible()


def test_a_hidden_row_catches_up_when_it_is_shown(session: Session, row: StepSettings) -> None:
    row.hide()
    session.learning.set_hyperparameters(learning_rate=0.5)
    assert row.rate.value() != 0.5
    row.show()
    assert row.rate.value() == 0.5


def test_every_control_has_a_name_and_a_tip(row: StepSettings) -> None:
    kinds = (FloatBox, QComboBox, QToolButton)
    controls = [part for kind in kinds for part in (*row.findChildren(kind), *row.form.findChildren(kind))]
    assert len(controls) > 10
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip().endswith("."), control.accessibleName()


@hypothesis_settings(max_examples=60)
@given(value=st.floats(1e-12, 1e3))
def test_a_number_of_any_size_reads_back_as_it_was_typed(qapp: QApplication, value: float) -> None:
    shown, box = f"{value:.6g}", FloatBox(0.0, 1e3, name="Any")
    _type(box, shown)
    assert box.value() == pytest.approx(float(shown), rel=1e-6, abs=1e-15)
    box.deleteLater()


def test_old_gradients_are_kept_by_a_switch_beside_the_optimizer(
    session: Session, row: StepSettings, qtbot: QtBot
) -> None:
    _open(row)
    assert not row.form.keep_gradients.isChecked()
    QTest.keyClick(row.form.keep_gradients, Qt.Key.Key_Space)
    assert session.state.document.hyperparameters.keep_gradients
    wait_until_recorded(qtbot, session)
    session.learning.take_step()
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None and session.state.steps.timeline.taken == 1)
    wait_until_recorded(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    at = next(step.index for step in timeline.steps if step.phase == "update")
    words = step_words(timeline.steps[at], timeline.tensors(at))
    assert "sum of what was kept" in words.sentence
    session.editing.undo()
    session.editing.undo()
    assert not row.form.keep_gradients.isChecked()
    row.open_form.popup.close()


def test_the_gradient_of_the_input_is_asked_for_by_a_switch(session: Session, row: StepSettings, qtbot: QtBot) -> None:
    _open(row)
    QTest.keyClick(row.input_gradient, Qt.Key.Key_Space)
    wait_until_recorded(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    first = next(step for step in timeline.steps if step.phase == "backward" and step.call == "linear1")
    assert "input" in first.asked
    session.editing.undo()
    assert not row.input_gradient.isChecked()
    row.open_form.popup.close()


def test_a_batch_is_typed_by_hand(session: Session, row: StepSettings, qtbot: QtBot) -> None:
    """A copy of the present input, whose numbers and target are typed over; PyTorch has the same step."""
    row.copy.trigger()
    wait_until_recorded(qtbot, session)
    session.steps.choose_example(1)
    session.learning.set_example_cells(1, (0,), np.array([3.0, -2.0]))
    wait_until_recorded(qtbot, session)
    session.steps.choose_example(1)
    _type(row.target.boxes[0], "0.25")
    wait_until_recorded(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    first = timeline.tensors(0).by_name["input"].values
    assert first[0].tolist() == session.state.values.tolist()
    assert first[1].tolist() == [3, -2]
    assert timeline.target is not None
    assert timeline.target[1][0] == np.float32(0.25)
    assert timeline.target[0][0] != np.float32(0.25)
    session.steps.choose_example(1)
    row.remove.trigger()
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline.batch_size == 1
    session.editing.undo()
    assert session.state.steps.batch[0].values.tolist() == [3, -2]
    session.editing.undo()  # the target
    session.editing.undo()
    assert session.state.steps.batch[0].values.tolist() == session.state.values.tolist()


def cubes(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (output - target).abs().pow(3).mean()


@pytest.mark.parametrize(
    ("loss", "words"), [(cubes, "cubes"), (torch.nn.CrossEntropyLoss(label_smoothing=0.1), "CrossEntropyLoss")]
)
def test_the_loss_of_a_program_is_named_as_it_calls_it(loss: object, words: str, qtbot: QtBot) -> None:
    """The row named a loss that would suit the model, and the step was recorded with another."""
    session = Session()
    model, x, target = torch.nn.Linear(4, 3), torch.randn(2, 4), torch.randn(2, 3).softmax(1)
    session.files.look_at(own_document(model, x, loss=loss, target=target))
    row = _row_for(session, qtbot)
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    assert row.open_form.accessibleName() == f"Loss and optimizer: {words}, SGD"
    assert row.form.loss.itemText(0) == f"of its program: {words}"
    assert session.close()
