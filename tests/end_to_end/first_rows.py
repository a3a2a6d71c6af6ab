"""The first half of the lecture, L01 to L15, each from the start of the program unless its words say more.

What leads to where a row begins is done before `Hand.begin`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QLabel, QListView, QPushButton, QToolButton, QWidget

from explorer.network.templates import TEMPLATES
from explorer.ui.common import dialogs
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.picture_grid import PictureGrid
from explorer.ui.debugger.into.function_plot import FunctionPlot
from explorer.ui.debugger.node_link import Bias, Edge, Node
from explorer.ui.debugger.node_link.view import NodeLinkView
from explorer.ui.editor.layer_form import LayerForm
from explorer.ui.editor.volume import VolumeView
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.maps.why import WhyOfMaps
from explorer.ui.new_network.page import NewNetworkPage
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.shell.messages import Welcome
from explorer.ui.shell.start_list import StartList
from explorer.ui.shell.suggestions import Suggestions
from explorer.ui.tensors.view import TensorView
from tests.end_to_end.counting_hand import Hand, number_in
from tests.end_to_end.made_data import CLASSES, EACH, write_patches
from tests.end_to_end.row_acts import (
    begin_in_debugger,
    begin_with,
    explained,
    hovered,
    output_of,
    said_of,
    write_network,
)
from tests.end_to_end.slides import LECTURE, slides
from tests.end_to_end.teacher_tasks import runs_compared
from tests.ui.listed_terms import sections_of

LAYERS = ("conv1", "relu1", "pool1", "flatten1", "linear1")
"""Of the lecture's network."""

Table = list[list[float]]


def l01_what_is_on_the_screen(hand: Hand) -> None:
    """The first steps, and what is suggested after them, are read and followed."""
    assert _toast(hand.find(Welcome, "welcome")).startswith("Welcome: a trained network looks at a photograph.")
    hand.click(hand.find(QAbstractButton, "Got it"))
    suggested = hand.find(Suggestions, "suggestions")
    assert _toast(suggested).startswith("Try next: click a map.")
    canvas = hand.find(OverviewCanvas, "overviewCanvas")
    column = canvas.column("relu1")
    assert column is not None
    place = column.place(column.channels[0])
    assert place is not None
    hand.click(canvas, canvas.view.rect(place).center().toPoint())
    assert "in the step debugger (Ctrl+3), F11 goes into a step" in _toast(suggested)
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("F11")
    assert _toast(suggested).startswith("Try next: change a setting of a layer on the left.")
    assert {"Network", "Input", "Prediction", "Training", "Why this number?"} <= set(hand.words(hand.window))


def l02_a_step_of_backpropagation(hand: Hand) -> None:
    table = slides()["backprop"]
    hand.click(hand.find(QToolButton, "startList"))
    hand.click(hand.find(QPushButton, "network.two-two-two", hand.find(StartList, "startList")))
    hand.wait_for_maps()
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("Ctrl+End")
    canvas = hand.find(NodeLinkView, "nodeLink").canvas
    for unit in (0, 1):
        hidden, output = (_symbols(canvas.description(Node(column, unit))) for column in (1, 2))
        assert [hidden[letter] for letter in "uzδ"] == [table[name][unit] for name in ("u", "z", "delta")]
        assert [output[letter] for letter in "yΔ"] == [table[name][unit] for name in ("y", "Delta")]
        for column, letter in ((1, "v"), (2, "w")):
            new = [number_in(canvas.description(Edge(column, unit, of)).rstrip(".")) for of in (0, 1)]
            assert new == table[f"new_{letter}"][unit]
            assert number_in(canvas.description(Bias(column, unit)).rstrip(".")) == table[f"new_{letter}_bias"][unit]
    before = hand.window.session.state.steps.timeline
    hand.press("F10")  # past the end: the step is taken
    hand.wait(lambda: hand.window.session.state.steps.timeline not in (None, before))
    hand.wait_for_step()
    hand.click(canvas, _middle(canvas.box(Node(2, 0)).middle))  # y₁, which is not there yet
    read = [_symbols(canvas.description(Node(column, unit))) for column in (1, 2) for unit in (0, 1)]
    assert [each["z"] for each in read[:2]] == pytest.approx(table["second_z"])
    assert [each["y"] for each in read[2:]] == pytest.approx(table["second_y"])


def l03_the_real_data_set(hand: Hand) -> None:
    """The archive lies on the disk, the real one where it is here; which one it is, the system asks."""
    with TemporaryDirectory() as folder:
        real = LECTURE.parent / "data" / "cifar10_jpeg.npz"
        _look_through(hand, real) if real.is_file() else a_made_data_set(hand, Path(folder))


def a_made_data_set(hand: Hand, folder: Path) -> None:
    """The same acts on patches of the sample pictures."""
    _look_through(hand, write_patches(folder / "patches.npz"), len(CLASSES) * EACH)


def _look_through(hand: Hand, archive: Path, count: int = 60_000) -> None:
    with patch.object(dialogs, "ask_data_file", lambda *_given: archive):
        hand.press("Ctrl+Shift+D")
        browser = next(each for each in hand.window.findChildren(DataBrowser) if each.isVisible())
        assert "50,000 + 10,000 pictures · 10 classes" in hand.words(hand.find(QWidget, "data.cifar10", browser))
        hand.click(hand.find(QPushButton, "openDataFile", browser))
    hand.wait(lambda: hand.window.session.state.data.data_set is not None)
    assert f"{count:,} pictures, 3 × 32 × 32 · 10 classes" in hand.words(browser)
    grid = hand.find(PictureGrid, "Pictures of the data set", browser)
    before = _places(grid)
    assert [len(each) for each in before] == [10] * 10
    hand.click(hand.find(QPushButton, "otherTen", browser))
    assert all(set(old) != set(new) for old, new in zip(before, _places(grid), strict=True))
    hand.click(grid.viewport(), grid.rect_of(3, 2).center())
    hand.wait_for_maps()
    assert hand.window.session.state.input.picture is not None


def l04_linear_layers_do_not_scale(hand: Hand) -> None:
    counts = {each["what"]: each for each in slides()["count"]}
    of_filter = counts["one 5x5 filter on depth 3"]
    for size in (32, 200):
        rows = write_network(hand, f"3x{size}x{size} conv(1, 5) flatten(input=input) linear(1, bias=False)")
        read = {name: int(parameters.replace(",", "") or 0) for name, *_, parameters in rows}
        assert read["linear1"] == counts[f"one fully connected neuron on {size}x{size}x3"]["weights"]
        assert read["conv1"] == of_filter["weights"] + of_filter["biases"]


def l05_volumes(hand: Hand) -> None:
    """Stands before the lecture's network."""
    begin_with(hand, "lecture")
    cards, form = hand.find(QListView, "layerList"), hand.find(LayerForm, "layerForm")
    drawn = {"conv1": "3 × 32 × 32 → 12 × 32 × 32", "pool1": "12 × 32 × 32 → 12 × 16 × 16"}
    for layer, volumes in drawn.items():
        hand.click(cards.viewport(), hand.in_list(cards, layer))
        hand.wait_for_curves()
        hand.turn_wheel(form.area.viewport(), -3)
        seen = hand.find(VolumeView, "Volumes that go in and come out")
        assert seen.visibleRegion().boundingRect() == seen.rect()
        assert seen.accessibleDescription() == volumes


def l06_a_network_for_cifar10(hand: Hand) -> None:
    hand.press("Ctrl+N")
    hand.click(hand.find(QPushButton, "newNetworkCreate", hand.find(NewNetworkPage, "newNetworkPage")))
    hand.wait_for_maps()
    hand.press("Ctrl+R")
    facts = hand.window.training.facts_label
    hand.wait(lambda: "step" in facts.whole())
    hand.press("Ctrl+2")
    cards = hand.find(QListView, "layerList")
    hand.click(cards.viewport(), hand.in_list(cards, "pool1"))
    hand.end()
    hand.press("Ctrl+P")
    hand.wait(lambda: facts.whole().endswith("paused"))
    hand.wait_for_maps()
    assert "12 feature maps · 16 × 16" in hand.words(hand.part("featureMaps"))
    shapes = [output_of(hand, layer) for layer in LAYERS]
    assert shapes == [(12, 32, 32), (12, 32, 32), (12, 16, 16), (3072,), (10,)]


def l07_what_is_learned_and_what_is_set(hand: Hand) -> None:
    """Stands before the lecture's network."""
    begin_with(hand, "lecture")
    cards = hand.find(QListView, "layerList")
    hand.click(cards.viewport(), hand.in_list(cards, "relu1"))
    said = [said_of(cards, layer).splitlines()[1:] for layer in LAYERS]
    has_parameters = [lines[0] != "Learns nothing: it has no parameters." for lines in said]
    has_settings = [any(line.startswith("Set by hand: ") for line in lines) for lines in said]
    assert has_parameters == [True, False, False, False, True]
    assert has_settings == [True, False, True, False, True]


def l08_a_receptive_field(hand: Hand) -> None:
    """Stands before the lecture's network."""
    begin_with(hand, "lecture")
    one = next(each for each in slides()["count"] if each["what"] == "one 5x5 filter on depth 3")
    hand.press("Ctrl+2")
    canvas = hand.maps.canvas.viewport()
    hand.point(canvas, hand.in_maps(3, 5, 7))
    caption, fed = hand.find(QLabel, "fieldCaption"), hand.find(PictureCanvas, "fedPicture")
    assert caption.text() == "conv1 sees 5 × 5 × 3 numbers."
    assert fed.outline is not None
    assert (fed.outline.top(), fed.outline.left(), fed.outline.height(), fed.outline.width()) == (3, 5, 5, 5)
    hand.click(canvas, hand.in_maps(3, 5, 7))
    why = hand.find(WhyOfMaps, "explanation")
    hand.wait(lambda: why.check.text().startswith("✓ same as PyTorch"))
    assert f"{one['weights'] + one['biases']} terms" in why.line.whole()
    cards = hand.find(QListView, "layerList")
    hand.click(cards.viewport(), hand.in_list(cards, "pool1"))
    hand.point(canvas, hand.in_maps(3, 5, 7))
    assert caption.text() == "pool1 sees 6 × 6 × 3 numbers."


def l09_a_filter_slid_over_a_picture(hand: Hand) -> None:
    """Stands in the debugger, before the template with one filter."""
    table = slides()["convolution"]
    begin_in_debugger(hand, _template("one-filter"))
    _type_input(hand, table["image"])
    _type_filter(hand, table["filter"])
    made = hand.find(TensorView, "conv1")
    hand.click(made, hand.in_view(made, (0, 0, 0, 0)))
    hand.press("F11")
    hand.end()
    read = [number_in(explained(hand))]
    for _ in range(8):
        hand.press("F10")
        read.append(number_in(explained(hand)))
    assert read == [number for row in table["feature"] for number in row]


def l10_a_dot_product(hand: Hand) -> None:
    """Stands before the lecture's network, and then in the debugger before the template with one filter."""
    begin_with(hand, "lecture")
    hand.press("Ctrl+2")
    hand.click(hand.maps.canvas.viewport(), hand.in_maps(3, 5, 7))
    why = hand.find(WhyOfMaps, "explanation")
    hand.wait(lambda: why.terms.terms.rowCount() > 0)
    assert hand.acts == 2
    _by_channel, by_itself = sections_of(why.terms.terms.rows)
    assert len(by_itself) == 75 + 1
    table = slides()["dot_product"]
    begin_in_debugger(hand, _template("one-filter"))
    _type_input(hand, np.reshape(table["pixels"], (3, 3)).tolist())
    _type_filter(hand, np.reshape(table["weights"], (3, 3)).tolist())
    made = hand.find(TensorView, "conv1")
    hand.click(made, hand.in_view(made, (0, 0, 0, 0)))
    products = " + ".join(f"{pixel}·{weight}" for pixel, weight in zip(table["pixels"], table["weights"], strict=True))
    assert explained(hand).endswith(f" = {products} = {table['total']}")


def l11_six_filters(hand: Hand) -> None:
    """Stands before the lecture's network."""
    begin_with(hand, "lecture")
    depth = next(each["output"] for each in slides()["count"] if each["what"].startswith("six 5x5 filters"))
    height, width, filters = depth
    for name, number in (("out_channels", filters), ("padding", 0)):
        field = hand.part("layerForm").findChild(QWidget, name)
        assert field is not None
        box = next(each for each in field.findChildren(QAbstractSpinBox) if each.isVisible())
        hand.double_click(box.lineEdit())
        hand.write(str(number))
    hand.press("Ctrl+2")
    hand.wait_for_maps()
    assert f"{filters} feature maps · {height} × {width}" in hand.words(hand.part("featureMaps"))
    assert "(32 + 2·0 − 5)/1 + 1 = 28" in hand.words(hand.part("layerForm"))
    assert output_of(hand, "relu1") == (filters, height, width)


def l12_hyperparameters_by_experiment(hand: Hand) -> None:
    """Stands before a small network whose data are open."""
    runs_compared(hand)


def l13_three_activation_functions(hand: Hand) -> None:
    """Stands before the template with the three."""
    _begin_with_template(hand, "three-activations")
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("F11")
    _read_curve(hand, torch.relu)
    cards = hand.find(QListView, "layerList")
    for layer, function in (("tanh1", torch.tanh), ("sigmoid1", torch.sigmoid)):
        hand.click(cards.viewport(), hand.in_list(cards, layer))
        hand.press("F11")
        _read_curve(hand, function)


def l14_max_pooling(hand: Hand) -> None:
    """Stands before the template with both poolings."""
    table = slides()["pooling"][0]
    _begin_with_template(hand, "two-poolings")
    _type_input(hand, table["input"])
    hand.press("Ctrl+3")
    hand.wait_for_step()
    made = hand.find(TensorView, "max_pool")
    hand.click(made, hand.in_view(made, (0, 0, 0, 0)))
    hand.press("F11")
    hand.end()
    assert "75 % of the cells are discarded." in hand.find(QLabel, "stepSentence").text()
    assert output_of(hand, "max_pool") == (1, 2, 2)
    read = [number_in(explained(hand))]
    for _ in range(3):
        hand.press("F10")
        read.append(number_in(explained(hand)))
    assert read == [number for row in table["max"] for number in row]


def l15_max_beside_average_pooling(hand: Hand) -> None:
    """Stands in the feature maps, before the template with both poolings."""
    hand.window.show_part("maps")
    _begin_with_template(hand, "two-poolings")
    for table in slides()["pooling"][1:]:
        _type_input(hand, table["input"])
        cards = hand.find(QListView, "layerList")
        hand.click(cards.viewport(), hand.in_list(cards, "concat1"))
        for channel, name in enumerate(("max", "average")):
            assert [[_pointed(hand, channel, row, column) for column in (0, 1)] for row in (0, 1)] == table[name]


# --- where rows begin ---


def _template(name: str) -> str:
    return next(each.text for each in TEMPLATES if each.name == name)


def _begin_with_template(hand: Hand, name: str) -> None:
    hand.window.session.files.new_network(_template(name))
    hand.wait_for_maps()
    hand.begin()


# --- what is done in several ---


def _type_input(hand: Hand, numbers: Table) -> None:
    """A click and a block typed."""
    fed = hand.find(PictureCanvas, "fedPicture")
    hand.click(fed, fed.point_of(0, 0).toPoint())
    _type_block(hand, numbers)


def _type_filter(hand: Hand, numbers: Table) -> None:
    """A click and a block typed."""
    weight = hand.over.weight
    hand.click(weight, hand.in_view(weight, (0, 0, 0, 0)))
    _type_block(hand, numbers)
    hand.wait_for_step()


def _type_block(hand: Hand, numbers: Table) -> None:
    QGuiApplication.clipboard().setText("\n".join("\t".join(f"{each:g}" for each in row) for row in numbers))
    hand.press("Ctrl+V")
    hand.wait_for_maps()


# --- what is read in several ---


def _toast(toast: Welcome | Suggestions) -> str:
    """What a line at the foot of the window says."""
    assert toast.isVisible()
    return toast.label.whole()


def _symbols(words: str) -> dict[str, float]:
    """ "Neuron 1 of linear1: u₁ = 1.000, z₁ = 1.000." by the letters."""
    found = re.findall(r"(\w)[₁₂] = ([−\d.]*\d)", words)
    return {letter: float(number.replace("−", "-")) for letter, number in found}


def _middle(at: tuple[float, float]) -> QPoint:
    return QPoint(round(at[0]), round(at[1]))


def _places(grid: PictureGrid) -> list[list[int]]:
    return [group.places.tolist() for group in grid.groups]


def _pointed(hand: Hand, channel: int, row: int, column: int) -> float:
    """The number that is told of a cell of the maps."""
    hand.point(hand.maps.canvas.viewport(), hand.in_maps(channel, row, column))
    return hovered(hand)


def _read_curve(hand: Hand, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """The curve, the derivative's, and what is written of the point."""
    plot = hand.find(FunctionPlot, "The function and the point where it is looked at")
    curve = plot.curve
    assert curve is not None
    xs = torch.tensor(np.append(curve.xs, curve.u), requires_grad=True)
    ys = function(xs)
    (slopes,) = torch.autograd.grad(ys.sum(), xs)
    ys = ys.detach()
    np.testing.assert_allclose(np.append(curve.ys, curve.z), ys.numpy(), atol=1e-6)
    np.testing.assert_allclose(np.append(curve.slopes, curve.slope), slopes.numpy(), atol=1e-6)
    first, second = plot.lines()
    assert number_in(first) == pytest.approx(float(ys[-1]), rel=1e-4)
    assert float(second.split()[2]) == pytest.approx(float(slopes[-1]), rel=1e-4)


FIRST_ROWS: dict[str, Callable[[Hand], None]] = {
    "L01": l01_what_is_on_the_screen,
    "L02": l02_a_step_of_backpropagation,
    "L03": l03_the_real_data_set,
    "L04": l04_linear_layers_do_not_scale,
    "L05": l05_volumes,
    "L06": l06_a_network_for_cifar10,
    "L07": l07_what_is_learned_and_what_is_set,
    "L08": l08_a_receptive_field,
    "L09": l09_a_filter_slid_over_a_picture,
    "L10": l10_a_dot_product,
    "L11": l11_six_filters,
    "L12": l12_hyperparameters_by_experiment,
    "L13": l13_three_activation_functions,
    "L14": l14_max_pooling,
    "L15": l15_max_beside_average_pooling,
}
