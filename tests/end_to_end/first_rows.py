"""The first half of the lecture, L01 to L15: each row begins where its function says before `Hand.begin`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from explorer.ui.debugger.why_panel import WhyPanel
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.tensors.view import TensorView
from tests.end_to_end.counting_hand import Hand, number_in
from tests.end_to_end.first_tasks import line_of
from tests.end_to_end.slides import slides


def l09_a_filter_slid_over_a_picture(hand: Hand) -> None:
    """Stands in the debugger, before one convolution of 3 × 3 on 5 × 5 numbers."""
    table = slides()["convolution"]
    hand.window.session.files.new_network("1x5x5 conv(1, 3, bias=False)")
    hand.window.show_part("debugger")
    hand.wait_for_maps()
    hand.wait_for_step()
    hand.begin()
    fed = hand.find(PictureCanvas, "fedPicture")
    hand.click(fed, fed.point_of(0, 0).toPoint())
    _paste(hand, table["image"])
    weight = hand.over.weight
    hand.click(weight, hand.in_view(weight, (0, 0, 0, 0)))
    _paste(hand, table["filter"])
    hand.wait_for_step()
    made = hand.find(TensorView, "conv1")
    hand.click(made, hand.in_view(made, (0, 0, 0, 0)))
    hand.press("F11")
    read = []
    for cell in range(9):
        read.append(number_in(line_of(hand.find(WhyPanel, "stepExplanation"))))
        hand.end()
        if cell < 8:
            hand.press("F10")
    assert read == [number for row in table["feature"] for number in row]


def _paste(hand: Hand, numbers: list[list[float]]) -> None:
    """Typing a block is one act."""
    QGuiApplication.clipboard().setText("\n".join("\t".join(f"{each:g}" for each in row) for row in numbers))
    hand.press("Ctrl+V")
    hand.wait_for_maps()


FIRST_ROWS: dict[str, Callable[[Hand], None]] = {
    "L09": l09_a_filter_slid_over_a_picture,
}
