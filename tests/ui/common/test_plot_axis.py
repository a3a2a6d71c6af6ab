"""The numbers beside a plot are written as everywhere, and none stands in another."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from explorer.ui.common.plot_axis import APART, LEAST_APART, Axis


def _axis(
    qtbot: QtBot, side: str, *, height: int = 300, span: tuple[float, float] = (0, 100), counts: bool = False
) -> Axis:
    axis = Axis(side, counts=counts)  # type: ignore[arg-type]
    other = Axis("bottom" if side == "left" else "left")
    plot = pg.PlotWidget(axisItems={side: axis, other.orientation: other})
    qtbot.addWidget(plot)
    axis.dress("")
    axis.setRange(*span)
    axis.resize(50, height)
    axis.plot = plot  # the scene would take the axis along
    return axis


def test_steps_are_whole_and_other_numbers_are_not(qtbot: QtBot) -> None:
    assert _axis(qtbot, "bottom", counts=True).tickStrings([0.0, 0.5, 1_000.0], 1, 0.5) == ["0", "", "1,000"]
    assert _axis(qtbot, "bottom").tickStrings([-0.5, 0.0, 0.5], 1, 0.5) == ["−0.5", "0.0", "0.5"]


def test_numbers_beyond_all_bounds_take_no_more_room_than_others(qtbot: QtBot) -> None:
    assert _axis(qtbot, "bottom").tickStrings([-2e28, 0.0], 1, 2e28) == ["−2.0e28", "0"]
    assert _axis(qtbot, "bottom").tickStrings([0.0, 2e-5], 1, 2e-5) == ["0", "2.0e−5"]


@pytest.mark.usefixtures("qapp")
@given(st.floats(1e-6, 1e9), st.floats(-1e6, 1e6), st.integers(20, 600))
def test_numbers_above_each_other_have_their_room_and_are_round(span: float, low: float, height: int) -> None:
    ((spacing, offset),) = Axis("left").tickSpacing(low, low + span, height)
    assert offset == 0
    assert spacing * height / span >= LEAST_APART * (1 - 1e-6)
    assert spacing <= max(span, 5 * APART * span / height)
    assert float(f"{spacing:e}".partition("e")[0]) in (1, 2, 5)


@pytest.mark.parametrize(
    ("height", "words"), [(20, ["", "", "1", ""]), (40, ["0.01", "", "1", ""]), (200, ["0.01", "0.1", "1", "2"])]
)
def test_powers_of_ten_have_their_room(qtbot: QtBot, height: int, words: list[str]) -> None:
    axis = _axis(qtbot, "left", height=height, span=(-4, 0))
    axis.setLogMode(x=False, y=True)
    assert axis.tickStrings([-2.0, -1.0, 0.0, 0.30103], 1, 1) == words
