"""Labels whose text has bold letters and links."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common.rich_label import RichLabel


def test_a_text_is_laid_out_anew_only_for_another_colour_of_its_links(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form that is put in and taken out has a new palette each time: its labels took a tenth of a click."""
    label, places = RichLabel(), (QWidget(), QWidget())
    for place in places:
        qtbot.addWidget(place)
    label.setText('<b>Rows.</b> <a href="more">More</a>')
    laid_out: list[str] = []
    set_text = RichLabel.setText

    def count(of: RichLabel, text: str) -> None:
        laid_out.append(text)
        set_text(of, text)

    monkeypatch.setattr(RichLabel, "setText", count)
    background = places[1].palette()
    background.setColor(QPalette.ColorRole.Window, QColor("teal"))
    places[1].setPalette(background)
    for place in places * 2:
        label.setParent(place)
    assert laid_out == []
    links = label.palette()
    links.setColor(QPalette.ColorRole.Link, QColor("teal"))
    for _ in range(2):
        label.setPalette(links)
        assert laid_out == [label.text()]
