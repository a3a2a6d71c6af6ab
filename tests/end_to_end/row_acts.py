"""What the rows of the lecture do and read alike."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QListView

from explorer.ui.debugger.why_panel import WhyPanel
from explorer.ui.new_network.layer_table import LayerTable
from explorer.ui.new_network.page import NewNetworkPage
from tests.end_to_end.counting_hand import Hand
from tests.end_to_end.first_tasks import line_of


def begin_with(hand: Hand, name: str) -> None:
    """Let the row begin with a network that comes along."""
    hand.window.session.files.open_network(name)
    hand.wait_for_maps()
    hand.begin()


def begin_in_debugger(hand: Hand, text: str) -> None:
    """Let it begin in the debugger, with the network of `text`."""
    hand.window.session.files.new_network(text)
    hand.window.show_part("debugger")
    hand.wait_for_maps()
    hand.wait_for_step()
    hand.begin()


def write_network(hand: Hand, text: str) -> list[list[str]]:
    """Write a network on the page for it, three acts at first and then two, and read its table."""
    page = hand.window.findChild(NewNetworkPage)
    if page is None or not page.isVisible():
        hand.press("Ctrl+N")
        page = hand.find(NewNetworkPage, "newNetworkPage")
    hand.press("Ctrl+A")
    hand.write(text)
    hand.wait(lambda: page.draft.text == text)
    return written_layers(page)


def written_layers(page: NewNetworkPage) -> list[list[str]]:
    """Name, kind, settings, output and parameters of each layer of the text."""
    (table,) = page.findChildren(LayerTable)
    model = table.model()
    return [[str(model.index(row, at).data()) for at in range(5)] for row in range(model.rowCount())]


def create(hand: Hand, text: str) -> None:
    """Write a network and open it: four acts."""
    write_network(hand, text)
    hand.press("Ctrl+Return")
    hand.wait_for_maps()


def paste(hand: Hand, numbers: list[float]) -> None:
    """As they were copied from a slide."""
    QGuiApplication.clipboard().setText(", ".join(f"{each:g}" for each in numbers))
    hand.press("Ctrl+V")
    hand.wait_for_maps()
    hand.wait_for_step()


def said_of(cards: QListView, layer: str) -> str:
    """What a screen reader says of a layer's card, all of which is painted on it."""
    model, told = cards.model(), Qt.ItemDataRole.AccessibleTextRole
    said = (str(model.index(row, 0).data(told)) for row in range(model.rowCount()))
    return next(words for words in said if words.startswith(f"{layer}: "))


def output_of(hand: Hand, layer: str) -> tuple[int, ...]:
    """The shape on a layer's card."""
    found = re.search(r", output ([\d,× ]+)\.", said_of(hand.find(QListView, "layerList"), layer))
    assert found is not None
    return tuple(int(size.replace(",", "")) for size in found[1].split(" × "))


def explained(hand: Hand) -> str:
    """The line of the number that the debugger is at."""
    return line_of(hand.find(WhyPanel, "stepExplanation"))


def hovered(hand: Hand) -> float:
    """The number under the mouse."""
    said = hand.find(QLabel, "hoveredValue").accessibleName()
    return float(said.rpartition(" · ")[2].replace("−", "-"))
