"""Tokens that are patches of a picture: where the grid is found, and that each cell of a map is the token's feature."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QToolButton
from torch import Tensor, nn

from explorer.session import LayerActivation, Selection, Session
from explorer.ui.common.mosaic import Place
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import exact
from explorer.ui.maps.channel_view import ChannelView
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.token_maps import TokenGrid, TokenMaps, token_maps
from tests.ui.maps.conftest import ShowModel

SIDE, PATCH, FEATURES, HEADS = 12, 3, 6, 2
GRID = SIDE // PATCH


class Attends(nn.Module):
    """Attention as people write it: a softmax of each head's queries with its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.softmax = nn.Linear(FEATURES, 3 * FEATURES), nn.Softmax(-1)

    def forward(self, x: Tensor) -> Tensor:
        n, tokens, _ = x.shape
        query, key, value = self.qkv(x).reshape(n, tokens, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        weights = self.softmax(query @ key.transpose(-2, -1))
        return (weights @ value).transpose(1, 2).reshape(n, tokens, FEATURES)


class Patches(nn.Module):
    """A vision transformer of one layer, with or without a class token."""

    def __init__(self, *, has_class_token: bool) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, FEATURES, PATCH, PATCH)
        self.first = nn.Parameter(torch.randn(1, int(has_class_token), FEATURES))
        self.norm, self.attends, self.head = nn.LayerNorm(FEATURES), Attends(), nn.Linear(FEATURES, 5)

    def tokens(self, x: Tensor) -> Tensor:
        laid = self.patches(x).flatten(2).transpose(1, 2)
        return self.norm(torch.cat([self.first.expand(len(x), -1, -1), laid], 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.attends(self.tokens(x)).mean(1))


class Cut(nn.Module):
    """Patches without a convolution: the picture is cut by its axes."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3 * PATCH * PATCH, FEATURES)

    def forward(self, x: Tensor) -> Tensor:
        cut = x.reshape(len(x), 3, GRID, PATCH, GRID, PATCH).permute(0, 2, 4, 1, 3, 5)
        return self.linear(cut.reshape(len(x), GRID * GRID, -1))


def mosaic(view: FeatureMaps) -> MapMosaic:
    found = view.findChild(MapMosaic, "mosaic")
    assert found is not None
    return found


def shown(maps: MapMosaic) -> np.ndarray:
    assert maps.sheet is not None
    return np.stack([maps.sheet.tile(at) for at in range(maps.sheet.count)])


def select(session: Session, **chosen: object) -> None:
    session.selection.select(**chosen)  # type: ignore[arg-type]  # as it takes them
    QApplication.processEvents()


def click(maps: MapMosaic, place: Place) -> None:
    QTest.mouseClick(maps.canvas.viewport(), Qt.MouseButton.LeftButton, pos=maps.point_of(place).toPoint())
    QApplication.processEvents()


def show_patches(show_model: ShowModel, *, has_class_token: bool) -> tuple[Session, FeatureMaps, Tensor]:
    """The viewer at the tokens, and these as PyTorch gives them, (tokens, features)."""
    torch.manual_seed(0)
    model, x = Patches(has_class_token=has_class_token), torch.randn(1, 3, SIDE, SIDE)
    with torch.no_grad():
        tokens = model.tokens(x)[0]
    session, view = show_model(model, x)
    select(session, layer="norm")
    return session, view, tokens


@pytest.mark.parametrize("before", [0, 1])
def test_tokens_lie_as_maps_a_feature_each_without_the_class_token(show_model: ShowModel, before: int) -> None:
    _, view, tokens = show_patches(show_model, has_class_token=bool(before))
    expected = tokens[before:].T.reshape(FEATURES, GRID, GRID).numpy()
    np.testing.assert_array_equal(shown(mosaic(view)), expected)


def test_the_head_says_how_many_features_of_which_grid_there_are(show_model: ShowModel) -> None:
    _, view, _ = show_patches(show_model, has_class_token=True)
    words = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert "6 features of 4 × 4 tokens, after 1 other" in words


def test_a_click_chooses_the_token_and_its_feature(show_model: ShowModel) -> None:
    session, view, tokens = show_patches(show_model, has_class_token=True)
    click(mosaic(view), Place(3, 2, 1))
    token = 1 + 2 * GRID + 1
    assert session.state.selection == Selection("norm", 0, token, 3)
    channel = view.findChild(ChannelView, "channelView")
    assert channel is not None
    assert channel.title_label.text() == "feature 3"
    np.testing.assert_array_equal(shown(channel.map)[0], tokens[1:, 3].reshape(GRID, GRID).numpy())
    assert channel.map.marked[0] == Place(0, 2, 1)
    QTest.keyClick(channel.map.canvas, Qt.Key.Key_Down)
    assert session.state.selection == Selection("norm", 0, token + GRID, 3)


def test_pointing_tells_the_feature_and_the_patch(show_model: ShowModel) -> None:
    _, view, tokens = show_patches(show_model, has_class_token=True)
    QApplication.processEvents()
    QTest.mouseMove(mosaic(view).canvas.viewport(), mosaic(view).point_of(Place(5, 0, 3)).toPoint())
    where = view.findChild(ElidedLabel, "hoveredValue")
    assert where is not None
    assert where.whole() == f"norm · feature 5 · row 0, column 3 · {exact(float(tokens[1 + 3, 5]))}"


def test_tokens_are_shown_a_line_each_where_that_is_asked_for(show_model: ShowModel) -> None:
    session, view, tokens = show_patches(show_model, has_class_token=True)
    box = next(each for each in view.findChildren(QComboBox) if each.accessibleName() == "Show")
    assert [box.itemText(at) for at in range(box.count())] == ["maps", "tokens"]
    box.setCurrentText("tokens")
    QApplication.processEvents()
    np.testing.assert_array_equal(shown(mosaic(view))[0], tokens.numpy())
    select(session, layer="patches")
    assert [box.itemText(at) for at in range(box.count())] == ["maps", "filters"]


def test_maps_of_tokens_lie_over_the_picture_unless_that_is_switched_off(show_model: ShowModel) -> None:
    _, view, _ = show_patches(show_model, has_class_token=False)
    sheet = mosaic(view).sheet
    assert sheet is not None
    assert sheet.under is not None
    assert sheet.under.shape == (SIDE, SIDE, 3)
    button = next(each for each in view.findChildren(QToolButton) if each.accessibleName() == "Over the picture")
    button.click()
    sheet = mosaic(view).sheet
    assert sheet is not None
    assert sheet.under is None


def test_attention_is_shown_a_head_each_for_the_query_of_the_slider(show_model: ShowModel) -> None:
    session, view, tokens = show_patches(show_model, has_class_token=True)
    model = session.state.subject
    select(session, layer="attends.softmax")
    weights = attention_of(tokens, model.module)  # type: ignore[attr-defined]  # it is an OwnModel
    slider = view.findChild(QSlider, "slice")
    assert slider is not None
    for query in (0, 7):
        slider.setValue(query)
        expected = weights[:, query, 1:].reshape(HEADS, GRID, GRID).numpy()
        np.testing.assert_allclose(shown(mosaic(view)), expected, rtol=1e-5)
    click(mosaic(view), Place(1, 3, 0))
    assert session.state.selection == Selection("attends.softmax", 1, 7, 1 + 3 * GRID)
    slider.setValue(2)
    assert session.state.selection == Selection("attends.softmax", 1, 2, 1 + 3 * GRID)


@torch.no_grad()
def attention_of(tokens: Tensor, model: Patches) -> Tensor:
    """(heads, queries, keys), worked out beside the model."""
    query, key, _ = model.attends.qkv(tokens).reshape(len(tokens), 3, HEADS, -1).permute(1, 2, 0, 3)
    return torch.softmax(query @ key.transpose(-2, -1), -1)


def test_patches_that_were_cut_out_of_the_picture_are_a_grid_too(show_model: ShowModel) -> None:
    torch.manual_seed(0)
    model, x = Cut(), torch.randn(2, 3, SIDE, SIDE)
    with torch.no_grad():
        expected = model(x)[0].T.reshape(FEATURES, GRID, GRID).numpy()
    session, view = show_model(model, x)
    select(session, layer="linear")
    np.testing.assert_array_equal(shown(mosaic(view)), expected)


def layer(name: str, *shape: int, family: str = "other", values: tuple[int, ...] = ()) -> LayerActivation:
    return LayerActivation(name, name, family, (), np.zeros(values or shape[1:], np.float32), output_shape=shape)


def test_what_is_no_grid_of_tokens_is_shown_as_it_lies() -> None:
    words = (layer("input", 1, 1, 36, values=(36,), family="input"), layer("embedding", 1, 36, 8, values=(1, 36, 8)))
    assert token_maps(words[1], words) is None  # 36 words are no picture of 6 × 6
    convolution = layer("conv", 1, 32, 4, 8, family="convolution")
    maps = (layer("input", 1, 3, 8, 16, family="input"), convolution, layer("norm", 1, 32, 4, 8))
    assert token_maps(maps[1], maps) is None
    assert token_maps(maps[2], maps) is None  # 32 channels of 4 × 8 cells, not 32 tokens


def test_tokens_of_many_windows_are_not_laid_over_the_whole_picture() -> None:
    windows = layer("windows", 64, 49, 6, values=(64, 49, 6))  # 64 windows of 7 × 7 tokens each
    fed = layer("input", 1, 3, 224, 224, family="input")
    assert token_maps(windows, (fed, windows)) is None
    last = layer("maps", 1, 64, 64, 6)  # 64 × 64 places with their features last
    assert token_maps(last, (layer("input", 1, 3, 256, 256, family="input"), last)) is None


@pytest.mark.parametrize(
    ("shape", "axis"), [((1, 17, 6), 1), ((17, 1, 6), 0), ((1, 6, 17), 2), ((2, 17, 3), 1), ((2, 3, 17), 2)]
)
def test_every_cell_of_a_map_lies_where_its_number_does(shape: tuple[int, int, int], axis: int) -> None:
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    tokens = TokenMaps(shape, TokenGrid(4, 4, 1), axis)
    maps = tokens.maps(values)
    assert maps.shape == (6, 4, 4)
    for which, row, column in np.ndindex(*maps.shape):
        place = tokens.place(which, row, column)
        assert values[place] == maps[which, row, column]
        assert (tokens.which(place), tokens.cell(place)) == (which, (row, column))
    first = [0, 0, 0]
    assert tokens.cell((first[0], first[1], first[2])) is None  # the token before the patches


class Encoder(nn.Module):
    """PyTorch's own attention on patches, which keeps its weights to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, FEATURES, PATCH, PATCH)
        self.attends = nn.MultiheadAttention(FEATURES, HEADS, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        return self.attends(tokens, tokens, tokens, need_weights=False)[0]


def test_attention_that_pytorch_keeps_to_itself_is_shown_where_it_is_asked_for(show_model: ShowModel) -> None:
    torch.manual_seed(0)
    model, x = Encoder().eval(), torch.randn(1, 3, SIDE, SIDE)
    with torch.no_grad():
        tokens = model.patches(x).flatten(2).transpose(1, 2)
        weights = model.attends(tokens, tokens, tokens, average_attn_weights=False)[1][0]
    session, view = show_model(model, x)
    select(session, layer="attends.multi_head_attention_forward")
    box = next(each for each in view.findChildren(QComboBox) if each.accessibleName() == "Show")
    box.setCurrentText("attention")
    slider = view.findChild(QSlider, "slice")
    assert slider is not None
    slider.setValue(9)
    QApplication.processEvents()
    expected = weights[:, 9].reshape(HEADS, GRID, GRID).numpy()
    np.testing.assert_allclose(shown(mosaic(view)), expected, rtol=1e-5)
    QTest.mouseMove(mosaic(view).canvas.viewport(), mosaic(view).point_of(Place(1, 2, 3)).toPoint())
    where = view.findChild(ElidedLabel, "hoveredValue")
    assert where is not None
    told = "head 1 · for the query of row 2, column 1 · row 2, column 3 · "
    assert where.whole() == told + exact(float(shown(mosaic(view))[1, 2, 3]))
    before = session.state.selection
    click(mosaic(view), Place(1, 2, 3))
    assert session.state.selection == before  # a weight is no cell of what the layer gave


def test_attention_of_words_is_shown_of_all_queries_at_once(show_model: ShowModel) -> None:
    torch.manual_seed(0)
    model, x = nn.TransformerEncoderLayer(FEATURES, HEADS, 12, batch_first=True).eval(), torch.randn(1, 7, FEATURES)
    with torch.no_grad():
        weights = model.self_attn(x, x, x, average_attn_weights=False)[1][0]
    session, view = show_model(model, x)
    select(session, layer="self_attn.multi_head_attention_forward")
    box = next(each for each in view.findChildren(QComboBox) if each.accessibleName() == "Show")
    box.setCurrentText("attention")
    QApplication.processEvents()
    np.testing.assert_allclose(shown(mosaic(view)), weights.numpy(), rtol=1e-5)
    words = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert "2 heads of 7 queries × 7 keys" in words
