"""A mouse that is pressed drags or clicks, by how far it goes; a wheel and the keys zoom by the same step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from explorer.ui.common.arrow_keys import ARROWS, walked
from explorer.ui.common.dragging import DRAG_FROM, NOTCH, ZOOM_KEYS, Drag, zoom_by

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease


def mouse(kind: QEvent.Type, x: float, button: Qt.MouseButton = LEFT) -> QMouseEvent:
    at = QPointF(x, 7)
    return QMouseEvent(kind, at, at, button, button, Qt.KeyboardModifier.NoModifier)


def test_a_press_that_stays_is_a_click_however_it_trembles() -> None:
    drag = Drag()
    drag.press(mouse(PRESS, 10))
    assert drag.move(mouse(MOVE, 10 + DRAG_FROM - 1)) is None
    assert drag.release(mouse(RELEASE, 11))


def test_a_drag_tells_all_the_way_from_the_press_and_is_no_click_even_back_at_its_start() -> None:
    drag = Drag()
    drag.press(mouse(PRESS, 10))
    way = [drag.move(mouse(MOVE, x)) for x in (12, 20, 21, 10)]
    assert [None if each is None else each.x() for each in way] == [None, 10, 1, -11]
    assert not drag.release(mouse(RELEASE, 10))


def test_a_release_far_away_is_no_click_where_no_move_was_told() -> None:
    drag = Drag()
    drag.press(mouse(PRESS, 10))
    assert not drag.release(mouse(RELEASE, 10 + DRAG_FROM))


@pytest.mark.parametrize(("button", "drags"), [(LEFT, True), (MIDDLE, True), (RIGHT, False)])
def test_left_and_middle_button_drag_and_the_left_one_clicks(button: Qt.MouseButton, drags: bool) -> None:
    drag = Drag()
    drag.press(mouse(PRESS, 10, button))
    assert drag.is_pressed == drags
    assert drag.release(mouse(RELEASE, 10, button)) == (button == LEFT)
    assert not drag.is_pressed


def test_a_notch_of_the_wheel_zooms_as_a_key_does_and_back() -> None:
    assert zoom_by(NOTCH) == pytest.approx(ZOOM_KEYS[Qt.Key.Key_Plus])
    assert zoom_by(-NOTCH) == pytest.approx(ZOOM_KEYS[Qt.Key.Key_Minus])
    assert zoom_by(NOTCH) * zoom_by(-NOTCH) == pytest.approx(1)


def test_arrow_keys_walk_over_a_grid_and_stop_at_its_rim() -> None:
    size, place = (2, 3), (0, 0)
    way = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        place = walked(place, ARROWS[key], size)
        way.append(place)
    assert way == [(0, 1), (0, 2), (0, 2), (1, 2), (1, 2), (0, 2)]
