"""The form of a layer is never cut: what is seldom changed folds away, and no name pushes anything out."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.network import Layer
from explorer.network.layers import LAYERS
from explorer.session import Session
from explorer.ui.common import settings
from explorer.ui.editor.network_panel import NetworkPanel
from explorer.ui.editor.settings_grid import Field, SettingsGrid
from tests.ui.editor.panel import click_card, editor_of, layer_list, spin_of
from tests.ui.fakes import wait_until_shown

LOW = (290, 558)  # what a window of 1280 × 720 leaves


def _more(panel: NetworkPanel) -> QToolButton:
    return next(each for each in panel.form.findChildren(QToolButton, "moreSettings") if each.isVisible())


def _is_shown(panel: NetworkPanel, name: str) -> bool:
    return any(each.isVisible() for each in panel.form.findChildren(QWidget, name))


def test_settings_that_are_seldom_changed_are_folded_and_open_with_a_press(panel: NetworkPanel) -> None:
    click_card(panel, "conv1")
    for name in ("out_channels", "kernel_size", "stride", "padding", "bias"):
        assert _is_shown(panel, name)
    folded = ("dilation", "groups", "in_channels")
    assert not any(_is_shown(panel, name) for name in folded)
    assert _more(panel).toolTip() == "Show dilation, groups, input channels, frozen."
    QTest.keyClick(_more(panel), Qt.Key.Key_Space)
    assert all(_is_shown(panel, name) for name in folded)
    click_card(panel, "pool1")
    assert _is_shown(panel, "ceil_mode")
    assert settings.are_all_settings_shown()
    QTest.mouseClick(_more(panel), Qt.MouseButton.LeftButton)
    assert not _is_shown(panel, "ceil_mode")
    click_card(panel, "conv1")
    assert not any(_is_shown(panel, name) for name in folded)


@pytest.mark.parametrize("layer_type", LAYERS, ids=lambda layer_type: layer_type.kind)
def test_a_label_has_the_word_of_the_notation_under_its_own(qtbot: QtBot, layer_type: type[Layer]) -> None:
    """The form said "Filters, Window" where the notation says out_channels, kernel_size."""
    fields = tuple(
        Field(name, kind, rules.label, rules.help, rules.minimum, rules.maximum, rules.choices, rules.unset)
        for name, rules, kind in layer_type.settings()
    )
    grid = SettingsGrid(fields)
    qtbot.addWidget(grid)
    grid.show()
    labels = [label for label in grid.findChildren(QLabel) if label.buddy() in grid.editors.values()]
    assert len(labels) == len(fields)
    said = {}
    for label in labels:
        own, _, argument = QTextDocumentFragment.fromHtml(label.text()).toPlainText().partition("\n")
        said[label.buddy().objectName()] = argument.replace("\u200b", "") or own.lower().replace(" ", "_")
        assert label.heightForWidth(label.width()) <= label.height()
    assert said == {field.name: field.name for field in fields}


def test_a_changed_setting_is_never_folded_away(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "conv1")
    panel.edit_setting("dilation")
    box = spin_of(panel, "dilation")
    QTest.keyClick(box, Qt.Key.Key_Up)
    click_card(panel, "relu1")
    click_card(panel, "conv1")
    assert _is_shown(panel, "dilation")
    assert not _is_shown(panel, "groups")
    QTest.keyClick(spin_of(panel, "dilation"), Qt.Key.Key_Down)
    assert _is_shown(panel, "dilation")  # not while it is typed in
    click_card(panel, "relu1")
    click_card(panel, "conv1")
    assert not _is_shown(panel, "dilation")


def test_a_setting_asked_for_by_its_name_is_brought_into_sight(panel: NetworkPanel, qtbot: QtBot) -> None:
    click_card(panel, "conv1")
    panel.edit_setting("groups")
    editor = editor_of(panel, "groups")
    qtbot.waitUntil(lambda: editor.visibleRegion().boundingRect().height() == editor.height())


def test_in_a_low_window_name_main_settings_and_formulas_are_seen_at_once(panel: NetworkPanel) -> None:
    panel.resize(*LOW)
    click_card(panel, "conv1")
    seen = [panel.form.name_edit, *(editor_of(panel, name) for name in ("out_channels", "kernel_size", "stride"))]
    formulas = [panel.form.findChild(QLabel, name) for name in ("sizeFormula", "parameterFormula")]
    for part in (*seen, *formulas):
        assert part is not None
        assert part.visibleRegion().boundingRect().height() >= part.height() - 2, part.objectName()


def test_the_long_name_of_an_own_layer_leaves_its_facts_in_the_form(
    panel: NetworkPanel, session: Session, qtbot: QtBot
) -> None:
    inner: nn.Module = nn.Conv2d(3, 4, 3)
    for _ in range(6):
        wrapped = nn.Sequential()
        wrapped.add_module("a_block_with_a_rather_long_name", inner)
        inner = wrapped
    session.files.adopt(inner, np.zeros((3, 8, 8), np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    panel.resize(*LOW)
    name = layer_list(panel).cards.cards[1].name
    assert len(name) > 150
    click_card(panel, name)
    viewport = panel.form.area.viewport()
    content = panel.form.area.widget()
    assert content is not None
    assert content.width() <= viewport.width()
    assert panel.form.title.toolTip() == name
    assert panel.form.title.whole() == name
    for label in panel.form.findChildren(QLabel):
        if label.isVisible():
            assert label.mapTo(panel, label.rect().topRight()).x() < panel.width(), label.text()


def test_arithmetic_of_one_line_takes_one_line(panel: NetworkPanel) -> None:
    """Qt takes a label that can wrap for two lines high."""
    click_card(panel, "conv1")
    line = panel.form.arithmetic.size_formula
    heights = []
    for formula in ("32", "(32 + 2·0 − 2)/2 + 1 = 16", "((32 + 2·0 − 2)/2 + 1) · ((32 + 2·0 − 2)/2 + 1) = 256"):
        line.show_formula(formula)
        QApplication.processEvents()
        heights.append(line.height())
    assert heights[0] == heights[1] < heights[2]
