"""Whatever paints data has a menu of what can be done with them, at the mouse and by the Menu key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.data import read_sample
from explorer.ui.common.text import exact
from explorer.ui.common.things import Offer
from explorer.ui.debugger.into.function_plot import FunctionPlot
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.training.film.track import FilmTrack
from explorer.ui.training.plane.landscape_canvas import LandscapeCanvas
from tests.ui.everything import EVERYTHING, close_all, parts_of
from tests.ui.fakes import wait_until_drawn, wait_until_shown
from tests.ui.menus import copied_by_key, menu_at, press
from tests.ui.windows import shared_window

CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QHeaderView)
"""What is pressed or typed into shows no data of its own."""
NO_MENU = {
    "FocusRing": "it lies over the view that has the menu",
    "OverView": "it draws arrows between the tensors, which have the menus",
    "IntoView": "it draws an arrow between the tensors, which have the menus",
    "GridRow": "it writes signs between the grids, which have the menus",
    "ColourBar": "the scale of the maps beside it, which have the menu",
    "CurveLegend": "it lies over the plot, whose menu copies the values it says",
    "PlaneLegend": "it says what colours mean",
    "TimelineBar": "it leads to steps; their numbers are drawn below it",
    "LayerForm": "boxes with settings, which are copied as text",
    "LayerArithmetic": "the settings of the form in a sum, with the marks of their boxes",
    "VolumeView": "the shapes of the form, drawn; there are no numbers in it",
    "WordsPanel": "sentences, which are marked and copied as text",
    "DotRow": "which steps of a lesson were answered",
    "FoundList": "a list to choose a command or a layer from, closed by the choice",
    "ContentsList": "lessons to choose from",
    "TemplateList": "templates to choose from; what they say is copied from the text",
    "LayerTable": "what the text beside it says, which is copied as text",
    "RowList": "libraries to choose a licence from, whose text is copied",
    "QLabel": "the mark of a sheet to draw on",
    "_Picture": "the picture on a button that opens something",
}


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1440, 900)
        yield made
        close_all(made)


def paints_data(widget: QWidget) -> bool:
    if isinstance(widget, CONTROLS):
        return False
    if isinstance(widget, QLabel):
        return not widget.pixmap().isNull()
    own = (kind for kind in type(widget).__mro__ if kind.__module__.startswith("explorer."))
    return isinstance(widget, QGraphicsView | QAbstractItemView) or any("paintEvent" in vars(kind) for kind in own)


def offer_of(widget: QWidget) -> Offer | None:
    return next((each for each in widget.findChildren(Offer) if each.widget is widget), None)


def has_something(offer: Offer) -> bool:
    """At one of some places of the view, or by the keys."""
    widget = offer.widget
    surface = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    places = [QPoint(surface.width() * x // 8, surface.height() * y // 8) for x in range(1, 8) for y in range(1, 8)]
    return offer.thing_at(None) is not None or any(offer.thing_at(place) is not None for place in places)


def test_every_view_of_data_has_a_menu(window: MainWindow, module_qtbot: QtBot, tmp_path: Path) -> None:
    """Curves, the original picture, samples, film, surface and landscape had none: nothing of them was copied."""
    without: dict[str, str] = {}
    empty: dict[str, str] = {}
    full: set[str] = set()
    for state in EVERYTHING:
        for widget in parts_of(state.open(window, module_qtbot, tmp_path)):
            kind, offer = type(widget).__name__, offer_of(widget)
            told = f"{widget.accessibleName() or widget.objectName()}, in {state}"
            if offer is not None:
                full |= {kind} if kind not in full and has_something(offer) else set()
                empty.setdefault(kind, told)
            elif paints_data(widget):
                without.setdefault(kind, told)
    assert {kind: told for kind, told in without.items() if kind not in NO_MENU} == {}
    assert {kind: told for kind, told in empty.items() if kind not in full} == {}
    assert set(NO_MENU) - set(without) <= {"FocusRing"}  # which is shown to who walks by Tab


def opened(name: str, window: MainWindow, qtbot: QtBot, folder: Path) -> QWidget:
    return next(each for each in EVERYTHING if each.name == name).open(window, qtbot, folder)


def copied(widget: QWidget, at: QPoint) -> str:
    surface = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    press(menu_at(surface, at), "Copy value")
    return QGuiApplication.clipboard().text()


def test_what_a_function_makes_of_a_number_is_copied_also_by_keys(
    window: MainWindow, module_qtbot: QtBot, tmp_path: Path
) -> None:
    opened("inside relu2", window, module_qtbot, tmp_path)
    plot = next(each for each in window.findChildren(FunctionPlot) if each.isVisible())
    assert plot.curve is not None
    assert copied(plot, plot.rect().center()) == exact(plot.curve.total)
    assert plot.focusPolicy() & Qt.FocusPolicy.TabFocus
    window.activateWindow()
    plot.setFocus()
    QApplication.processEvents()
    assert copied_by_key(plot, plot) == exact(plot.curve.total)
    press(menu_at(plot, plot.rect().center()), "Copy PyTorch line")
    assert QGuiApplication.clipboard().text().startswith("F.relu(")


def test_a_pixel_of_the_original_and_a_sample_are_copied(
    window: MainWindow, module_qtbot: QtBot, tmp_path: Path
) -> None:
    opened("overview", window, module_qtbot, tmp_path)
    window.session.input.use_sample("cat")
    wait_until_shown(module_qtbot, window.session)
    original, picture = window.input_view.picture.original, window.session.state.input.picture
    assert picture is not None
    at = original.point_of(30, 40).toPoint()
    place = original.place_at(QPointF(at))
    assert place is not None
    assert copied(original, at) == "\t".join(map(str, picture.pixels[place]))
    press(menu_at(original, at), "Copy picture")
    assert QGuiApplication.clipboard().image().height() == len(picture.pixels)
    popup = opened("samples", window, module_qtbot, tmp_path)
    cat = popup.buttons["cat"]
    press(menu_at(cat, cat.rect().center()), "Copy picture")
    assert QGuiApplication.clipboard().image().height() == len(read_sample("cat").pixels)


def test_film_and_landscape_give_their_losses(window: MainWindow, module_qtbot: QtBot, tmp_path: Path) -> None:
    window.session.store.set(replace(window.session.state.watching, runs=()))  # so that it is of a run of its own
    opened("training Film", window, module_qtbot, tmp_path)
    track = next(each for each in window.findChildren(FilmTrack) if each.isVisible())
    watching = window.session.state.watching
    steps, losses = watching.runs[-1].steps.tolist(), watching.runs[-1].losses.tolist()
    frame = len(watching.film) - 1
    assert copied(track, track.place_of(frame).toPoint()) == exact(losses[steps.index(watching.film[frame])])
    opened("training Landscape", window, module_qtbot, tmp_path)
    wait_until_drawn(module_qtbot)
    landscape, canvas = window.session.state.plane.landscape, window.findChild(LandscapeCanvas)
    assert canvas is not None
    right, up = 5, 7
    place = canvas.point_of(landscape.axes[0][right], landscape.axes[1][up]).toPoint()
    assert copied(canvas, place) == exact(float(landscape.losses[up, right]))
