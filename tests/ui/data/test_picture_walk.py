"""Where the keys lead in lines of pictures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from explorer.ui.data.picture_lines import laid_out
from explorer.ui.data.picture_walk import STEPS, end_of, walked

counts = st.lists(st.integers(0, 30), min_size=1, max_size=5)


@given(counts, st.integers(200, 900))
def test_the_right_key_comes_past_every_picture_in_order_and_the_left_key_back(amounts: list[int], width: int) -> None:
    lines = laid_out(amounts, width=width, cell=(64, 64), has_heads=True)
    wanted = [(group, number) for group, amount in enumerate(amounts) for number in range(amount)]
    for key, expected in ((Qt.Key.Key_Right, wanted), (Qt.Key.Key_Left, wanted[::-1])):
        spot, seen = (expected[0] if expected else None), expected[:1]
        for _ in expected[1:]:
            spot = walked(lines, spot, key, page=3)
            seen.append(spot)
        assert seen == expected
        assert walked(lines, spot, key, page=3) == spot
    assert end_of(lines, Qt.Key.Key_Home) == (wanted[0] if wanted else None)
    assert end_of(lines, Qt.Key.Key_End) == (wanted[-1] if wanted else None)


@given(counts, st.sampled_from(sorted(STEPS)), st.data())
def test_no_key_leads_out_of_the_pictures(amounts: list[int], key: Qt.Key, data: st.DataObject) -> None:
    lines = laid_out(amounts, width=400, cell=(64, 64), has_heads=False)
    pictures = [(group, number) for group, amount in enumerate(amounts) for number in range(amount)]
    start = data.draw(st.sampled_from([None, *pictures]))
    found = walked(lines, start, key, page=2)
    assert found in pictures if pictures else found is None
