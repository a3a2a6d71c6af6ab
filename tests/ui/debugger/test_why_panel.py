"""Every number of a recorded step says in the debugger why it is what it is, and leads to where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from explorer.amounts import bracketed
from explorer.arithmetic import Explanation, Factor, Terms
from explorer.engine.explaining.breakpoints import NotFinite
from explorer.session import Session
from explorer.session.explained import Explained
from explorer.ui.common.check import FLOAT32_TOLERANCE, check_text, holds, show_check
from explorer.ui.common.term_list import AT_ONCE
from explorer.ui.common.term_rows import TERM, groupings, rows
from explorer.ui.common.text import exact, number, short_percent
from explorer.ui.debugger.why_panel import EMPTY, HEIGHT, WhyPanel
from tests.ui.fakes import make_session, wait_until_recorded
from tests.ui.listed_terms import sections_of
from tests.ui.step_sessions import recorded

TEXT = "3x12x12 conv(8, 3, padding=1) relu maxpool(2) conv(6, 3) flatten linear(5)"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(TEXT)
    made.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> WhyPanel:
    made = WhyPanel(session)
    qtbot.addWidget(made)
    made.resize(860, HEIGHT)
    made.show()
    return made


def _go(session: Session, phase: str, call: str, of: str = "") -> None:
    assert session.state.steps.timeline is not None
    index = session.state.steps.timeline.find(phase, call)
    assert index is not None
    session.steps.go_to_step(index)
    if of:
        session.steps.choose_tensor(of)


def _explanation(session: Session) -> Explanation:
    """What the engine says of the cursor's cell."""
    timeline, cursor = session.state.steps.timeline, session.state.steps.cursor
    assert timeline is not None
    assert cursor.cell is not None
    found = timeline.explain(cursor.step, cursor.of, cursor.cell).explanation
    assert found is not None
    return found


def _texts(panel: WhyPanel) -> list[str]:
    return [row.text for row in panel.terms.terms.rows]


def _click_row(panel: WhyPanel, row: int, *, twice: bool = False) -> None:
    place = panel.terms.visualRect(panel.terms.terms.index(row)).center()
    QTest.mouseClick(panel.terms.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if twice:
        QTest.mouseDClick(panel.terms.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_convolution_adds_up_its_input_channels_and_its_bias(session: Session, panel: WhyPanel) -> None:
    _go(session, "forward", "conv2")
    explanation = _explanation(session)
    shown = sections_of(panel.terms.terms.rows)[0]
    expected = {f"channel {channel}": value for channel, value in explanation.by_input_channel()}
    assert len(expected) == 8
    assert {row.text: row.value for row in shown if row.text in expected} == pytest.approx(expected)
    assert sum(row.value or 0.0 for row in shown) == pytest.approx(explanation.total)
    assert sum(row.share for row in shown) == pytest.approx(1)
    assert any(row.text.startswith("bias[") for row in shown)
    sizes = [abs(row.value or 0.0) for row in shown]
    assert sizes == sorted(sizes, reverse=True)


def test_every_term_by_itself_stands_below_the_sums(session: Session, panel: WhyPanel) -> None:
    """A button had to be pressed for them."""
    _go(session, "forward", "conv2")
    explanation = _explanation(session)
    sums, terms = sections_of(panel.terms.terms.rows)
    assert (len(sums), len(terms)) == (8 + 1, 8 * 9 + 1)
    assert sum(row.share for row in terms) == pytest.approx(1)
    assert sorted(row.value or 0.0 for row in terms) == pytest.approx(sorted(map(float, explanation.terms.values)))
    low, high = panel.terms.span
    assert all(low <= (row.value or 0.0) <= high for row in (*sums, *terms))


def test_a_copied_gradient_names_its_source_as_the_rows_do(qtbot: QtBot) -> None:
    made = make_session("2 linear(2) identity linear(2) identity")
    made.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, made)
    panel = WhyPanel(made)
    qtbot.addWidget(panel)
    panel.resize(860, HEIGHT)
    panel.show()
    _go(made, "backward", "identity2")
    own, source, _value = panel.line.whole().split(" = ")
    assert source.removeprefix("grad_output") == own.removeprefix("grad_input"), "one had the example, the other not"
    assert _texts(panel)[0].startswith(f"{source} ")
    assert made.close()


def test_a_probability_and_the_target_that_is_taken_from_it_are_told_apart() -> None:
    """Both rows had the name "(probability, −target)"."""
    timeline = recorded("3x6x6 flatten linear(4)", target=[2])
    step = timeline.find("backward", "loss")
    assert step is not None
    explanation = timeline.explain(step, "input", (0, 2)).explanation
    assert explanation is not None
    texts = [row.text for row in rows(explanation, TERM)]
    assert {text.partition("[")[0] for text in texts if not text.startswith("reads")} == {"probability", "−target"}


def test_one_button_shows_every_term_by_itself_and_the_choice_stays(session: Session, panel: WhyPanel) -> None:
    _go(session, "forward", "conv2")
    QTest.mouseClick(panel.switches[TERM], Qt.MouseButton.LeftButton)
    explanation = _explanation(session)
    assert len(panel.terms.terms.rows) == len(explanation.terms) == 73
    cursor = session.state.steps.cursor
    assert cursor.cell is not None
    assert panel.line.whole().startswith(f"output{list(cursor.cell[1:])} = ")
    largest = explanation.terms[int(explanation.terms.ranked()[0])]
    assert panel.terms.terms.rows[0].value == pytest.approx(largest.value)
    for factor, (name, cell) in zip(largest.factors, [place for place in largest.source if place], strict=True):
        own = cell if name == "weight" else cell[1:]  # the example, of which there is one, is not told
        assert f"{name}{list(own)} {bracketed(number(factor, 4))}" in _texts(panel)[0]
    session.steps.step_over(-1)
    session.steps.step_over()
    assert panel.switches[TERM].isChecked()
    assert len(panel.terms.terms.rows) == 73


@pytest.mark.parametrize(
    ("phase", "call", "of"),
    [("forward", "conv1", ""), ("forward", "relu1", ""), ("forward", "pool1", ""), ("forward", "flatten1", ""),
     ("forward", "linear1", ""), ("loss", "loss", ""), ("backward", "loss", ""), ("backward", "linear1", "weight"),
     ("backward", "conv2", "input"), ("backward", "conv2", "weight"), ("backward", "conv1", "bias"),
     ("backward", "pool1", "input"), ("update", "conv1", "")],
)  # fmt: skip
def test_every_kind_of_step_explains_itself_and_agrees_with_pytorch(
    phase: str, call: str, of: str, session: Session, panel: WhyPanel
) -> None:
    _go(session, phase, call, of)
    assert panel.check.text() == "✓ same as PyTorch"
    explanation = _explanation(session)
    assert explanation.computed is not None
    assert exact(explanation.computed) in panel.check.toolTip()
    assert exact(explanation.total) in panel.check.toolTip()
    assert panel.check.property("role") == "good"
    assert panel.line.toolTip() == _explanation(session).written
    assert " = " in panel.line.whole()
    assert panel.terms.terms.rows
    assert bool(panel.second.whole()) == (phase != "update"), "its formula stands above"


def test_the_winner_of_a_pooled_patch_is_marked(session: Session, panel: WhyPanel) -> None:
    _go(session, "forward", "pool1")
    first, *others = panel.terms.terms.rows
    assert first.mark == "largest"
    assert first.value == pytest.approx(_explanation(session).total)
    assert len(others) == 3
    assert all(row.is_beaten and not row.mark for row in others)


def test_an_update_says_its_equation_once(session: Session, panel: WhyPanel, qtbot: QtBot) -> None:
    session.learning.set_hyperparameters(momentum=0.0)
    wait_until_recorded(qtbot, session)
    _go(session, "update", "linear1")
    explanation = _explanation(session)
    assert panel.line.whole() == explanation.written
    assert panel.second.whole() == ""
    assert [text for text in _texts(panel) if "=" in text] == []
    assert _texts(panel) == [f"reads gradient[{_place(session)}] {_gradient_read(session)}"]
    panel.terms.setCurrentIndex(panel.terms.terms.index(0))
    assert panel.follow.isEnabled()


def _place(session: Session) -> str:
    return ", ".join(map(str, session.state.steps.cursor.cell or ()))


def _gradient_read(session: Session) -> str:
    """What PyTorch computed for the gradient of the cursor's weight."""
    timeline, cursor = session.state.steps.timeline, session.state.steps.cursor
    assert timeline is not None
    return number(float(timeline.tensors(cursor.step).by_name["gradient"].values[cursor.cell]), 4)


def test_an_update_shows_the_optimizers_lines(session: Session, panel: WhyPanel, qtbot: QtBot) -> None:
    session.learning.set_hyperparameters(momentum=0.9, nesterov=True, weight_decay=0.01)
    wait_until_recorded(qtbot, session)
    session.learning.take_step()
    qtbot.waitUntil(
        lambda: session.state.steps.timeline is not None and session.state.steps.timeline.taken == 1, timeout=60_000
    )
    _go(session, "update", "linear1")
    explanation: Any = _explanation(session)
    lines = _texts(panel)
    assert lines[0] == f"reads gradient[{_place(session)}] {_gradient_read(session)}"
    assert [line.split(" = ")[0] for line in lines[1:]] == ["g′", "b", "d"], "the last one stands above"
    assert "μ·b + g′ = 0.9·" in lines[2]
    assert lines[2].endswith(explanation.steps[1].explanation.written.rpartition(" = ")[2])
    assert panel.line.whole() == explanation.written.rpartition("; ")[2]
    assert not panel.read.isEnabled()
    session.steps.follow_term("gradient", session.state.steps.cursor.cell or ())
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.steps[session.state.steps.cursor.step].phase == "backward"


def test_the_gradient_of_a_weight_is_a_sum_over_the_batch(session: Session, panel: WhyPanel, qtbot: QtBot) -> None:
    session.learning.add_to_batch()
    wait_until_recorded(qtbot, session)
    _go(session, "backward", "conv2", "weight")
    sums, terms = sections_of(panel.terms.terms.rows)
    assert sorted(row.text for row in sums) == ["example 0", "example 1"]
    for section in (sums, terms):
        assert sum(row.value or 0.0 for row in section) == pytest.approx(_explanation(session).total)


def test_a_click_points_and_a_double_click_jumps_to_where_the_term_came_from(
    session: Session, panel: WhyPanel, qtbot: QtBot
) -> None:
    _go(session, "forward", "conv2")
    QTest.mouseClick(panel.switches[TERM], Qt.MouseButton.LeftButton)
    before = session.state.steps.cursor
    row = next(at for at, row in enumerate(panel.terms.terms.rows) if row.text.startswith("input"))
    with qtbot.waitSignal(panel.pointed) as caught:
        _click_row(panel, row)
    assert session.state.steps.cursor == before
    (name, cells), *_others = caught.args[0]
    assert name == "input"
    _click_row(panel, row, twice=True)
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.steps[session.state.steps.cursor.step].call == "pool1"
    assert session.state.steps.cursor.cell == tuple(cells[0])


def test_enter_on_a_channel_follows_its_weightiest_cell(session: Session, panel: WhyPanel) -> None:
    _go(session, "forward", "conv2")
    explanation = _explanation(session)
    channel, _sum = explanation.by_input_channel()[0]
    row = _texts(panel).index(f"channel {channel}")
    panel.terms.setCurrentIndex(panel.terms.terms.index(row))
    QTest.keyClick(panel.terms, Qt.Key.Key_Return)
    main = explanation.terms.parts[0]
    cells = main.factors[0].cells
    assert cells is not None
    members = np.flatnonzero(cells[:, 1] == channel)
    weightiest = members[np.argmax(np.abs(main.values[members]))]
    assert session.state.steps.cursor.cell == tuple(cells[weightiest])


def test_the_button_goes_where_the_chosen_term_came_from(session: Session, panel: WhyPanel) -> None:
    _go(session, "backward", "linear1", "input")
    assert not panel.follow.isEnabled()
    _click_row(panel, 0)
    assert panel.follow.isEnabled()
    QTest.mouseClick(panel.follow, Qt.MouseButton.LeftButton)
    assert session.state.steps.timeline is not None
    step = session.state.steps.timeline.steps[session.state.steps.cursor.step]
    assert (step.phase, step.call) == ("backward", "loss")


def test_what_no_step_made_says_so(session: Session, panel: WhyPanel) -> None:
    _go(session, "forward", "conv1")
    before = session.state.steps.cursor
    _click_row(panel, 0)
    assert not panel.follow.isEnabled()
    QTest.keyClick(panel.terms, Qt.Key.Key_Return)
    assert session.state.steps.cursor == before
    assert session.state.status.notice.startswith("This number is where the step begins")


def test_the_scores_that_a_loss_looks_at_are_listed(session: Session, panel: WhyPanel, qtbot: QtBot) -> None:
    session.learning.set_hyperparameters(loss="cross_entropy")
    wait_until_recorded(qtbot, session)
    _go(session, "loss", "loss")
    seen = _explanation(session).seen
    assert seen is not None
    assert seen.cells is not None
    texts = _texts(panel)
    assert all(any(f"reads {seen.name}{list(map(int, cell[1:]))}" in text for text in texts) for cell in seen.cells)


def test_following_leads_from_the_weights_gradient_back_to_the_pixel(session: Session, panel: WhyPanel) -> None:
    _go(session, "backward", "conv2", "weight")
    assert session.state.steps.timeline is not None
    panel.terms.setCurrentIndex(panel.terms.terms.index(0))
    QTest.keyClick(panel.terms, Qt.Key.Key_Return)
    assert session.state.steps.timeline.steps[session.state.steps.cursor.step].call == "flatten1"


def test_the_menu_of_a_row_offers_every_tensor_that_a_step_made(session: Session, panel: WhyPanel) -> None:
    _go(session, "backward", "conv2", "weight")
    panel.terms.setCurrentIndex(panel.terms.terms.index(0))
    QTest.keyClick(panel.terms, Qt.Key.Key_Menu)
    menu = panel.terms.findChild(QMenu, "thingMenu")
    assert menu is not None
    texts = [action.text().split("[")[0] for action in menu.actions()]
    assert texts == ["Copy value", "Go to where grad_output", "Go to where input"]
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == exact(panel.terms.terms.rows[0].value)
    to_input = next(action for action in menu.actions() if "input" in action.text() and "grad" not in action.text())
    to_input.trigger()
    menu.close()
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.steps[session.state.steps.cursor.step].call == "pool1"


def test_a_finite_difference_stands_beside_until_the_cursor_moves(
    session: Session, panel: WhyPanel, qtbot: QtBot
) -> None:
    _go(session, "backward", "conv2", "weight")
    button = next(b for b in panel.findChildren(QPushButton) if b.accessibleName() == "Finite difference")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.state.steps.reading is not None, timeout=30_000)
    reading = session.state.steps.reading
    assert reading is not None
    assert panel.reading.text() == f"{number(reading.value, 5)} (float64, h = {number(reading.step_size, 1)})"
    assert reading.value == pytest.approx(_explanation(session).total, rel=1e-3, abs=1e-6)
    assert panel.second.whole() == reading.what
    session.steps.step_over()
    assert panel.reading.text() == ""
    assert panel.second.whole() != reading.what


def test_without_arithmetic_the_sentence_stands_there_and_the_finite_difference_is_offered(
    qtbot: QtBot,
) -> None:
    import torch
    from torch import nn

    class Wave(nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.lgamma(x).flatten(1)

    made = Session()
    made.files.adopt(Wave(), np.linspace(0.1, 1, 4, dtype=np.float32)[None], "wave")
    made.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, made)
    panel = WhyPanel(made)
    qtbot.addWidget(panel)
    panel.show()
    _go(made, "forward", "lgamma")
    assert panel.line.whole().endswith("lgamma.")
    assert panel.check.text() == ""
    assert not panel.terms.terms.rows
    QTest.mouseClick(panel.read, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(panel.reading.text()), timeout=30_000)
    slope = torch.digamma(torch.tensor(0.1, dtype=torch.float64))
    assert panel.reading.text().startswith(f"−{abs(float(slope)):.2f}")
    assert made.close()


def test_a_step_that_diverged_is_explained_as_far_as_numbers_go(
    session: Session, panel: WhyPanel, qtbot: QtBot
) -> None:
    session.learning.set_hyperparameters(loss="mse", learning_rate=1000.0)
    session.learning.set_breakpoints((NotFinite(),))
    session.learning.run_until_breakpoint(limit=50)
    qtbot.waitUntil(
        lambda: (
            session.state.steps.timeline is not None
            and session.state.steps.timeline.hit is not None
            and not session.state.status.task
        ),
        timeout=60_000,
    )
    assert session.state.steps.timeline is not None
    shown = set()
    for step in session.state.steps.timeline.steps:
        session.steps.go_to_step(step.index)
        panel.grab()
        shown.add(panel.line.whole()[-3:])
    assert any(end.endswith(("∞", "NaN")) for end in shown)


def test_the_panel_never_changes_its_size(session: Session, panel: WhyPanel) -> None:
    assert session.state.steps.timeline is not None
    sizes = set()
    for step in range(len(session.state.steps.timeline.steps)):
        session.steps.go_to_step(step)
        sizes.add((panel.height(), panel.minimumSizeHint().height(), panel.terms.geometry().top()))
    session.store.set(replace(session.state.steps, timeline=None))
    sizes.add((panel.height(), panel.minimumSizeHint().height(), panel.terms.geometry().top()))
    assert len(sizes) == 1
    assert panel.line.whole() == EMPTY
    assert not panel.read.isEnabled()


def test_the_line_and_its_formula_can_be_copied(session: Session, panel: WhyPanel) -> None:
    _go(session, "forward", "linear1")
    button = next(b for b in panel.findChildren(QToolButton) if b.accessibleName() == "Copy the explanation")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    explanation = _explanation(session)
    assert QGuiApplication.clipboard().text() == f"{explanation.formula}\n{explanation.written}"


def test_a_hidden_panel_catches_up_when_it_is_shown(session: Session, panel: WhyPanel) -> None:
    _go(session, "forward", "conv1")
    before = panel.line.whole()
    panel.hide()
    _go(session, "forward", "linear1")
    assert panel.line.whole() == before
    panel.show()
    assert panel.line.toolTip() == _explanation(session).written


def test_every_control_of_the_panel_has_a_name_and_a_tip(session: Session, panel: WhyPanel) -> None:
    buttons = [*panel.findChildren(QToolButton), *panel.findChildren(QPushButton)]
    assert len(buttons) >= 5
    assert all(button.accessibleName() and button.toolTip().endswith(".") for button in buttons)
    assert panel.terms.accessibleName()


def _sum(values: np.ndarray, others: np.ndarray) -> Explanation:
    cells = np.stack([np.zeros(len(values), int), np.arange(len(values)) % 7, *np.indices((len(values), 2))[0].T], 1)
    terms = Terms((Factor("input", values, cells), Factor("weight", others, cells)))
    return Explanation("Σ", terms, float(terms.values.sum()), "y = …")


numbers = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=600)


@given(numbers, st.sampled_from(["channel", TERM]))
def test_rows_add_up_to_the_total_whatever_the_terms(values: list[float], grouping: str) -> None:
    explanation = _sum(np.asarray(values), np.ones(len(values)))
    shown = rows(explanation, grouping)
    size = float(np.abs(values).sum())
    assert sum(row.value or 0.0 for row in shown) == pytest.approx(explanation.total, abs=1e-9 * (size + 1))
    assert sum(row.share for row in shown) == pytest.approx(1 if shown.magnitude else 0)


def test_thousands_of_terms_are_scrolled_through_to_the_very_last(panel: WhyPanel) -> None:
    """The last ones were "4,408 more", which could not be opened."""
    rng = np.random.default_rng(0)
    explanation = _sum(rng.normal(size=4608), rng.normal(size=4608))
    panel.show_explained(Explained(explanation=explanation))
    shown = panel.terms.terms
    assert shown.rowCount() == AT_ONCE, "laying all of them out would be felt at each step"
    bar = panel.terms.verticalScrollBar()
    seen = 0
    while seen < shown.rowCount():
        seen = shown.rowCount()
        bar.setValue(bar.maximum())
        QApplication.processEvents()
    assert seen == 7 + 1 + 4608
    smallest = min(explanation.terms.values, key=abs)
    assert shown.rows[seen - 1].value == pytest.approx(float(smallest))


def test_a_number_that_is_not_one_leads_and_breaks_nothing() -> None:
    explanation = _sum(np.asarray([1.0, np.nan, np.inf, -2.0]), np.ones(4))
    shown = list(rows(explanation, TERM))
    assert {number(row.value or 0.0) for row in shown[:2]} == {"NaN", "∞"}
    assert all(0 <= row.share <= 1 for row in shown)


def test_terms_of_one_channel_are_not_grouped() -> None:
    one = Terms((Factor("input", np.ones(3), np.zeros((3, 4), int)),))
    assert groupings(Explanation("", one, 3.0, "")) == (TERM,)


@pytest.mark.parametrize(
    ("total", "computed", "expected"),
    [(1.0, 1.0 + FLOAT32_TOLERANCE / 2, True), (1.0, 1.0 + 2 * FLOAT32_TOLERANCE, False), (1.0, None, False),
     (float("inf"), float("inf"), True), (float("nan"), float("nan"), True), (1.0, float("nan"), False),
     (float("inf"), 1.0, False)],
)  # fmt: skip
def test_an_explanation_holds_within_float32_of_its_terms(total: float, computed: float | None, expected: bool) -> None:
    terms = Terms((Factor("input", np.asarray([1.0])),))
    explanation = Explanation("", terms, total, "", computed)
    assert holds(explanation) is expected


def test_a_difference_is_shown_in_the_error_colour(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    wrong = Explanation("", Terms((Factor("input", np.asarray([1.0])),)), 1.0, "", 2.0)
    show_check(label, wrong)
    assert label.text() == check_text(wrong) == "≠ differs from PyTorch by 1.0"
    assert label.property("role") == "error"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.314, "31 %"), (0.042, "4.2 %"), (0.07, "7.0 %"), (1.0, "100 %"), (0.0004, "< 0.1 %"), (0.0, "0 %")],
)
def test_shares_read_as_percentages(share: float, text: str) -> None:
    assert short_percent(share) == text
