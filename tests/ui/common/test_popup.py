"""What pops up from a button goes when the button can no longer be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import explorer.ui
from explorer.ui.common.popup import ButtonMenu
from explorer.ui.common.popup_button import PopupButton
from explorer.ui.input.thumbnails import ThumbnailPopup

UI = Path(explorer.ui.__file__).parent
OTHER_MENUS = {
    "common/typing/menu.py",
    "shell/menus.py",
    "common/things.py",
}  # of the menu bar; of a row of terms, at the mouse


def _with_menu() -> tuple[QWidget, QWidget]:
    button = QToolButton()
    menu = ButtonMenu(button)
    menu.addAction("Copy picture")
    return button, menu


def _with_form() -> tuple[QWidget, QWidget]:
    button = PopupButton("SGD", tip="Choose how it learns.")
    button.body.addWidget(QPushButton("Adam"))
    return button, button.popup


def _with_pictures() -> tuple[QWidget, QWidget]:
    button = QToolButton()
    return button, ThumbnailPopup([], lambda _name: None, button)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("made", [_with_menu, _with_form, _with_pictures])
def test_a_popup_closes_with_its_button_and_opens_again_with_it(made: object, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button, popup = made()  # type: ignore[operator]
    QVBoxLayout(window).addWidget(button)
    window.show()
    popup.show()
    assert popup.isVisible()
    window.setEnabled(False)  # as a pane is whose network takes no pictures
    assert not popup.isVisible()
    window.setEnabled(True)
    popup.show()
    assert popup.isVisible()
    assert popup.isEnabled()
    popup.close()


def test_all_that_pops_up_from_a_button_is_made_so() -> None:
    texts = {str(path.relative_to(UI)): path.read_text() for path in UI.rglob("*.py")}
    assert {name for name, text in texts.items() if "QMenu(" in text} == OTHER_MENUS
    popups = {name for name, text in texts.items() if "WindowType.Popup" in text}
    assert {name for name in popups if "(Popup, " not in texts[name]} == set()
