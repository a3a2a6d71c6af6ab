"""A template is one file and one entry in TEMPLATES: a pyramid, added here, is found everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer import resources
from explorer.cli import run
from explorer.engine.errors import EngineError
from explorer.network import Network
from explorer.network import templates as module
from explorer.network.templates import TEMPLATES, Template
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.common.command import Shell
from explorer.ui.new_network.page import NewNetworkPage
from explorer.ui.new_network.template_list import TEMPLATE_ROLE
from explorer.ui.new_network.template_picture import boxes_of
from explorer.ui.shell.finding.sources import templates
from tests.architecture.entries import listed
from tests.network import test_templates
from tests.ui.fakes import make_actions, make_session

TEXT = "2  # a point\nlinear(9) tanh\nlinear(3) tanh\nlinear(2)\n"
PYRAMID = Template("pyramid", "Pyramid", "Fewer neurons from layer to layer.", "Points in the plane.")


@pytest.fixture(autouse=True)
def _added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    file = tmp_path / "pyramid.txt"
    file.write_text(TEXT)
    own = resources.resource
    monkeypatch.setattr(module, "resource", lambda *parts: file if parts[-1] == file.name else own(*parts))
    with listed(TEMPLATES, PYRAMID):
        yield


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session("2 linear(2)")
    yield made
    assert made.close()


@pytest.mark.usefixtures("session")
def test_the_page_for_a_new_network_offers_it_with_its_picture_and_text(qtbot: QtBot) -> None:
    page = NewNetworkPage()
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    model = page.templates.model()
    row = next(at for at in range(model.rowCount()) if model.index(at, 0).data(TEMPLATE_ROLE) is PYRAMID)
    page.templates.scrollTo(model.index(row, 0))
    spot = page.templates.row_rect("pyramid").center()
    QTest.mouseClick(page.templates.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert page.editor.text() == TEXT
    assert boxes_of(PYRAMID.network)
    page.forget()


def test_ctrl_k_finds_it_and_begins_a_network_with_it(session: Session) -> None:
    actions = make_actions(session)
    nothing = lambda *_given: None  # noqa: E731
    shell = Shell(session, QWidget(), nothing, nothing, session.open_path, lambda: actions, nothing, nothing)
    found = next(each for each in templates(shell) if each.title == "Pyramid")
    found.go()
    assert session.state.network == PYRAMID.network


def test_the_window_opens_it_by_its_name(session: Session, qtbot: QtBot) -> None:
    session.files.open_network("pyramid")
    qtbot.waitUntil(lambda: session.state.title == "pyramid")
    assert session.state.network == PYRAMID.network
    assert session.state.path is None


def test_the_command_line_and_scripts_know_its_name(tmp_path: Path) -> None:
    assert explorer.load("pyramid").network == PYRAMID.network
    with pytest.raises(EngineError, match=r"one of cifar10, .*, pyramid\."):
        explorer.load("pyramids")
    arguments = ["train", "pyramid", "--data", "points:moons", "--epochs", "1", "--out", str(tmp_path / "run")]
    assert run([*arguments, "--device", "cpu", "--threads", "1"]) == 0
    assert Network.parse(TEXT).text() in (tmp_path / "run" / "run.json").read_text()


def test_the_tests_of_all_templates_run_over_it() -> None:
    assert PYRAMID in module.TEMPLATES
    test_templates.test_a_template_has_nothing_wrong_with_it(PYRAMID)
    test_templates.test_what_is_said_of_a_template_is_short(PYRAMID)
    test_templates.test_a_step_through_a_template_is_recorded_as_pytorch_computes_it(PYRAMID)
