"""What is written under small pictures: in which lines, how wide, and what is cut where there is no room."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtGui import QFontMetrics

from explorer.ui.common.eliding import elided
from explorer.ui.data.picture_lines import Group

PERCENT = re.compile(r"( ·)? [<>]? ?[\d.]+ %$")
MEASURED = 100


def widest_caption(groups: Sequence[Group], metrics: QFontMetrics) -> int:
    """In pixels, with a little room; of the first captions, for there may be many thousands."""
    lines = (line for group in groups for caption in group.captions[:MEASURED] for line in caption_lines(caption))
    return 4 + max(map(metrics.horizontalAdvance, lines), default=0)


def caption_lines(caption: str) -> tuple[str, ...]:
    """A caption as it is written under its picture."""
    if "\n" in caption:
        return tuple(caption.split("\n"))
    first, comma, second = caption.partition(", ")
    return first + comma.rstrip(), second


def shortened(text: str, metrics: QFontMetrics, width: int) -> str:
    """`text` in `width` pixels; of "automobile 93 %" the name is cut and the number stays."""
    found, cut = PERCENT.search(text), elided(text, metrics, width)
    if found is None or cut == text:
        return cut
    room = width - metrics.horizontalAdvance(found.group())
    return elided(text[: found.start()], metrics, room) + found.group()
