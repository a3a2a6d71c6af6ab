"""Many small pictures in a grid: only what is seen is read, and every place finds its cell."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from explorer.data import DataError
from explorer.ui.common import theme
from explorer.ui.data.picture_grid import PictureGrid
from explorer.ui.data.picture_lines import HEAD_HEIGHT, TEN, Group, laid_out, shown_size
from tests.ui.data.browsing import (
    read_pictures,
)


def _grid(qtbot: QtBot, groups: tuple[Group, ...], read, size: tuple[int, int] = (8, 8)) -> PictureGrid:
    grid = PictureGrid("pictures")
    qtbot.addWidget(grid)
    grid.resize(900, 400)
    grid.show()
    grid.show_groups(groups, read=read, size=size, name_of=lambda place: f"picture {place}")
    return grid


def _height_of_black(grid: PictureGrid) -> int:
    """How many pixels the first picture is high, where it is black and what lies around it is not."""
    cell = grid.viewport().grab(grid.rect_of(0, 0)).toImage()
    return sum(cell.pixelColor(cell.width() // 2, y) == QColor("black") for y in range(cell.height()))


@pytest.mark.parametrize(("height", "side"), [(400, 96), (140, 64), (90, 32), (76, 24), (60, 24)])
def test_in_a_low_view_pictures_shrink_so_that_captions_are_seen(
    height: int, side: int, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "light")
    group = Group("", np.arange(40), captions=("✗ dog 93 %\n✓ cat 4 %",) * 40)
    grid = _grid(qtbot, (group,), lambda places: np.zeros((len(places), 32, 32, 3), np.uint8), (32, 32))
    grid.resize(400, height)
    qtbot.waitUntil(lambda: _height_of_black(grid) == side)
    if height > 60:
        assert grid.rect_of(0, 0).bottom() <= grid.viewport().height()


def test_only_what_is_seen_is_read_and_in_slices(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    asked: list[list[int]] = []

    def read(places: list[int]) -> np.ndarray:
        asked.append(list(places))
        return np.zeros((len(places), 8, 8, 1), np.uint8)

    grid = _grid(qtbot, (Group("", np.arange(20_000), captions=("a, taken for b",) * 20_000),), read)
    read_pictures(qtbot, grid)
    places = [place for each in asked for place in each]
    assert len(places) == len(set(places)) < 100
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    read_pictures(qtbot, grid)
    assert asked[-1][-1] == 19_999
    assert sum(map(len, asked)) < 200


def test_slow_pictures_are_not_read_while_one_scrolls_past_them(qtbot: QtBot) -> None:
    asked: list[int] = []

    def read(places: list[int]) -> np.ndarray:
        asked.extend(places)
        end = perf_counter() + 0.012
        while perf_counter() < end:
            pass
        return np.zeros((len(places), 8, 8, 1), np.uint8)

    grid = _grid(qtbot, (Group("", np.arange(3000), captions=("a, taken for b",) * 3000),), read)
    qtbot.waitUntil(lambda: len(asked) > 1)
    before = len(asked)
    grid.verticalScrollBar().setValue(9000)
    grid.viewport().repaint()
    QApplication.processEvents()
    assert len(asked) == before
    qtbot.waitUntil(lambda: not grid.is_reading, timeout=20_000)
    assert max(asked) > 100


def test_a_picture_that_cannot_be_read_says_why_and_the_others_are_shown(qtbot: QtBot) -> None:
    def read(places: list[int]) -> np.ndarray:
        if 3 in places:
            raise DataError("It is damaged.")
        return np.full((len(places), 8, 8, 3), 90, np.uint8)

    grid = _grid(qtbot, (Group("a", np.arange(8)), Group("b", np.arange(8, 9))), read)
    read_pictures(qtbot, grid)
    QTest.keyClick(grid, Qt.Key.Key_Home)
    for _ in range(3):
        QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.accessibleDescription() == "picture 3, a, It is damaged."
    image = grid.viewport().grab().toImage()
    assert image.pixelColor(grid.rect_of(0, 2).center()).getRgb()[:3] == (90, 90, 90)
    assert image.pixelColor(grid.rect_of(1, 0).center()).getRgb()[:3] == (90, 90, 90)


def test_small_pictures_keep_sharp_cells(qtbot: QtBot) -> None:
    board = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)[None, ..., None]
    grid = _grid(qtbot, (Group("a", np.arange(1)),), lambda places: np.repeat(board, len(places), axis=0))
    read_pictures(qtbot, grid)
    rect = grid.rect_of(0, 0)
    ratio = grid.devicePixelRatioF()
    image = grid.viewport().grab().toImage()
    line = [image.pixelColor(round((rect.left() + x) * ratio), round((rect.top() + 4) * ratio)) for x in range(64)]
    assert [colour.red() for colour in line] == [255 * (x // 8 % 2) for x in range(64)]


def test_groups_stand_under_one_another_and_every_place_finds_its_cell() -> None:
    lines = laid_out((10, 0, 3, 25), width=900, cell=(64, 64), has_heads=True)
    assert lines.columns == TEN
    tops = {line.group: line.top for line in reversed(lines.lines)}
    assert tops[2] - tops[1] >= HEAD_HEIGHT
    for at, line in enumerate(lines.lines):
        for column in range(line.count):
            left, top, width, height = lines.rect(line, column)
            assert lines.at(left + width // 2, top + height // 2) == (line.group, line.first + column)
            assert lines.of(line.group, line.first + column) == (at, column)
            assert left + width <= 900
    assert lines.at(0, 0) is None
    assert laid_out((10,), width=700, cell=(64, 64), has_heads=True).columns == TEN // 2
    assert lines.between(0, lines.height) == lines.lines
    assert lines.between(lines.lines[3].top + 1, lines.lines[3].top + 2)[-1] == lines.lines[3]


@pytest.mark.parametrize(
    ("side", "expected"), [(8, 64), (28, 56), (32, 64), (48, 48), (64, 64), (70, 70), (224, 64), (1, 64)]
)
def test_pictures_grow_by_whole_numbers_and_shrink_as_far_as_needed(side: int, expected: int) -> None:
    assert shown_size(side, side, wanted=64) == (expected, expected)
    assert shown_size(2 * side, side, wanted=64)[1] == 2 * shown_size(2 * side, side, wanted=64)[0]
