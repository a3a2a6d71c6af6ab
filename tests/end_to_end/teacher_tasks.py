"""Fifteen things that a teacher or practitioner tries, each from the start of the program unless its words say more."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QLabel, QListView, QPushButton, QTabBar
from torch import nn

from explorer.network.templates import TEMPLATES
from explorer.ui.common import dialogs, theme
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.new_network.page import NewNetworkPage
from explorer.ui.new_network.template_list import TemplateList
from explorer.ui.training.compare.table import HELD_OUT, PARAMETERS, WHAT, CompareTable
from explorer.ui.training.confusion.view import ConfusionView
from tests.end_to_end.cat_in_pytorch import pass_of
from tests.end_to_end.counting_hand import Hand
from tests.end_to_end.first_tasks import CELL, conv1_at


def a_layer_found_by_its_name(hand: Hand) -> None:
    hand.press("Ctrl+K")
    hand.write("bn3")
    hand.press("Return")
    assert "bn3" in hand.words(hand.part("overview"))


def a_network_from_a_template(hand: Hand) -> None:
    hand.press("Ctrl+N")
    page = hand.find(NewNetworkPage, "newNetworkPage")
    templates = hand.find(TemplateList, "templateList", page)
    hand.click(templates.viewport(), templates.row_rect("lenet5").center())
    hand.click(hand.find(QPushButton, "newNetworkCreate", page))
    hand.wait_for_maps()
    cards = hand.find(QListView, "layerList").model()
    lenet = next(template.network for template in TEMPLATES if template.name == "lenet5")
    assert cards.rowCount() == len(lenet.layers) + 1


def a_map_written_to_a_file(hand: Hand) -> None:
    with TemporaryDirectory() as folder:
        written = Path(folder) / "map.npy"
        hand.press("Ctrl+2")
        before = hand.acts
        hand.right_click(hand.maps.canvas.viewport(), hand.in_maps(*CELL))
        with patch.object(dialogs, "ask_where_to_write", lambda *_given: written):
            hand.pick("Export…")
        assert hand.acts - before == 2
        hand.wait(written.is_file)
        hand.wait(lambda: hand.window.session.state.status.saving is None)
        read = np.load(written)
    expected = pass_of(hand.window).outputs["conv1"][0, CELL[0]].numpy()
    np.testing.assert_allclose(read, expected if read.ndim == 2 else expected[CELL[1], CELL[2]], rtol=1e-4, atol=1e-5)


def a_value_on_the_clipboard(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.point(hand.maps.canvas.viewport(), hand.in_maps(*CELL))
    hand.press("Ctrl+C")
    copied = float(QGuiApplication.clipboard().text().replace("−", "-"))
    assert copied == pytest.approx(conv1_at(pass_of(hand.window), *CELL), rel=1e-5)


def a_weight_typed_over_in_the_debugger(hand: Hand) -> None:
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.begin()
    weight = hand.over.weight
    rect = weight.rect_of((0, 0, 1, 1))
    assert rect is not None
    hand.double_click(weight, rect.center().toPoint())
    hand.write("0.5")
    hand.press("Return")
    hand.wait_for_maps()
    hand.wait_for_step()
    hand.end()
    hand.press("Ctrl+2")
    found = pass_of(hand.window)
    with torch.no_grad():
        found.parameter("conv1.weight")[0, 0, 1, 1] = 0.5
    expected = conv1_at(found, 0, 9, 9)
    hand.point(hand.maps.canvas.viewport(), hand.in_maps(0, 9, 9))
    said = hand.find(QLabel, "hoveredValue").accessibleName()
    assert float(said.rpartition(" · ")[2].replace("−", "-")) == pytest.approx(expected, rel=1e-5)


def a_pixel_typed_over(hand: Hand) -> None:
    fed = hand.find(PictureCanvas, "fedPicture")
    hand.double_click(fed, fed.point_of(10, 12).toPoint())
    hand.write("3")
    hand.press("Return")
    hand.wait_for_maps()
    hand.point(fed, fed.point_of(10, 12).toPoint())
    assert "Row 10, column 12\nR 3.0  G 3.0  B 3.0" in hand.words(hand.part("inputView"))


def the_whole_view_again(hand: Hand) -> None:
    hand.press("Ctrl+2")
    canvas = hand.maps.canvas
    hand.click(canvas.viewport(), hand.in_maps(*CELL))
    canvas.setFocus()
    before = hand.in_maps(0, 0, 0), hand.in_maps(31, 31, 31)
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert (hand.in_maps(0, 0, 0), hand.in_maps(31, 31, 31)) != before
    hand.begin()
    hand.press("F")
    assert (hand.in_maps(0, 0, 0), hand.in_maps(31, 31, 31)) == before


def the_centre_alone(hand: Hand) -> None:
    before = hand.window.tabs.width()
    hand.press("F12")
    assert hand.window.tabs.width() > before
    assert not any(dock.isVisible() for dock in hand.window.docks)


def the_dark_theme(hand: Hand) -> None:
    before = hand.window.grab().toImage().pixelColor(4, 4).lightness()
    hand.press("Ctrl+K")
    hand.write("dark")
    hand.press("Return")
    assert theme.current().name == "dark"
    assert hand.window.grab().toImage().pixelColor(4, 4).lightness() < before


def the_keys(hand: Hand) -> None:
    hand.press("F1")
    said = hand.words(hand.find(dialogs.Shortcuts, "shortcutList"))
    assert said[said.index("F11") + 1].startswith("Go into the step, cell by cell")


def runs_compared(hand: Hand) -> None:
    _with_data(hand)
    hand.click(hand.find(QAbstractButton, "trainFold"))
    _turn(hand, "Compare")
    hand.wait_for_curves()
    hand.click(hand.find(QPushButton, "compareTrain"))
    hand.wait(lambda: not hand.window.session.state.watching.comparison.is_running)
    hand.wait_for_curves()
    table = hand.find(CompareTable, "compareTable")
    rows = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    found = {row.text(WHAT).removesuffix(" · best"): row.text(PARAMETERS) for row in rows if row is not None}
    assert found == {str(neurons): str(_parameters(neurons)) for neurons in (4, 8, 16)}
    assert all(row.text(HELD_OUT).endswith(" %") for row in rows if row is not None)


def which_class_is_taken_for_which(hand: Hand) -> None:
    _with_data(hand)
    hand.press("Ctrl+F6")
    hand.wait(lambda: hand.window.session.state.watching.judged is not None)
    hand.begin()
    hand.click(hand.find(QAbstractButton, "trainFold"))
    _turn(hand, "Confusion")
    hand.wait_for_curves()
    view = hand.find(ConfusionView, "confusionView")
    whole = view.words.whole()
    assert whole.startswith("200 held-out points at step ")
    right = 0
    for cell in ((0, 0), (1, 1)):
        before = view.words.whole()
        hand.point(view.matrix, view.matrix.rect_of(cell).center().toPoint())
        hand.wait(lambda before=before: view.words.whole() != before)  # type: ignore[misc]
        count = re.search(r"recognised: (\d+) of 100", view.words.whole())
        assert count is not None, view.words.whole()
        right += int(count[1])
    assert f": accuracy {right / 2:g} %" in whole


def a_run_paused_and_gone_on(hand: Hand) -> None:
    _with_data(hand)
    hand.press("Ctrl+R")
    facts = hand.window.training.facts_label
    hand.wait(lambda: "step" in facts.whole())
    hand.begin()
    hand.press("Ctrl+P")
    hand.wait(lambda: facts.whole().endswith("paused"))
    before = hand.window.session.state.training.step
    hand.press("Ctrl+R")
    hand.wait(lambda: hand.window.session.state.training.step > before)
    assert not facts.whole().endswith("paused")
    hand.window.action("trainPause").trigger()
    hand.wait(lambda: facts.whole().endswith("paused"))


def another_learning_rate_in_the_open_strip(hand: Hand) -> None:
    hand.click(hand.find(QAbstractButton, "trainFold"))
    hand.begin()
    box = hand.find(QAbstractSpinBox, "Learning rate")
    hand.double_click(box.lineEdit())
    hand.write("0.25")
    hand.press("Return")
    assert box.text() == "0.25"
    assert hand.window.session.state.document.hyperparameters.learning_rate == 0.25


def the_network_as_pytorch(hand: Hand) -> None:
    hand.press("Ctrl+Shift+C")
    namespace: dict[str, object] = {}
    exec(QGuiApplication.clipboard().text(), namespace)  # what the program itself wrote
    made = [each for each in namespace.values() if isinstance(each, type) and issubclass(each, nn.Module)]
    (kind,) = [each for each in made if each.__module__ != "torch.nn.modules.module"]
    found, written = pass_of(hand.window), kind().eval()
    written.load_state_dict(found.model.state_dict())
    torch.testing.assert_close(written(found.input).detach(), found.logits)


def _with_data(hand: Hand) -> None:
    """A small network that learns points: nothing has to be asked before it trains."""
    session = hand.window.session
    session.files.new_network("2 linear(8) tanh linear(2)")
    session.data.use_data("points:moons")
    hand.wait(lambda: session.state.data.data_set is not None)
    session.learning.set_hyperparameters(epochs=1000)
    hand.begin()


def _parameters(neurons: int) -> int:
    """How many that network has, with so many neurons in its first layer."""
    made = nn.Sequential(nn.Linear(2, neurons), nn.Tanh(), nn.Linear(neurons, 2))
    return sum(each.numel() for each in made.parameters())


def _turn(hand: Hand, title: str) -> None:
    tabs = hand.find(QTabBar, "trainingTabs")
    at = next(at for at in range(tabs.count()) if tabs.tabText(at) == title)
    hand.click(tabs, tabs.tabRect(at).center())


TEACHER_TASKS: tuple[Callable[[Hand], None], ...] = (
    a_layer_found_by_its_name,
    a_network_from_a_template,
    a_map_written_to_a_file,
    a_value_on_the_clipboard,
    a_weight_typed_over_in_the_debugger,
    a_pixel_typed_over,
    the_whole_view_again,
    the_centre_alone,
    the_dark_theme,
    the_keys,
    runs_compared,
    which_class_is_taken_for_which,
    a_run_paused_and_gone_on,
    another_learning_rate_in_the_open_strip,
    the_network_as_pytorch,
)
