"""Words that are cut where there is no room for them: never inside a number."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF

DOTS = "…"
_NUMBER = re.compile(r"[−-]?\d(?:[\d,.]*\d)?(?:e[−-]?\d+)?")


def elided(
    text: str,
    metrics: QFontMetrics | QFontMetricsF,
    width: float,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> str:
    """`text` in `width` pixels, with an … at its end or, by `mode`, in its middle; a number goes whole or stays whole.

    "CIFAR-10" becomes "CIFAR…", not "CIFAR-1…". Where not even that has room, what is left is as Qt cuts it.
    """
    if isinstance(metrics, QFontMetricsF):
        cut = metrics.elidedText(text, mode, width)
    else:
        cut = metrics.elidedText(text, mode, int(width))
    if cut == text or DOTS not in cut:
        return cut
    before, _, after = cut.partition(DOTS)
    if mode == Qt.TextElideMode.ElideMiddle:
        whole = text[: _start(text, len(before))].rstrip() + DOTS + text[_end(text, len(text) - len(after)) :].lstrip()
    elif mode == Qt.TextElideMode.ElideRight:
        whole = text[: _start(text, len(before))].rstrip() + DOTS
    else:
        whole = DOTS + text[_end(text, len(text) - len(after)) :].lstrip()
    return cut if whole.strip() == DOTS else whole


def fitting(
    texts: tuple[str, ...],
    metrics: QFontMetrics | QFontMetricsF,
    width: float,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> str:
    """The first of `texts` that there is room for, the longest being first; only the last is shortened."""
    whole = next((text for text in texts[:-1] if metrics.horizontalAdvance(text) <= width), None)
    return elided(texts[-1], metrics, width, mode) if whole is None else whole


def _start(text: str, place: int) -> int:
    """`place`, or where the number begins that it lies in."""
    return next((number.start() for number in _NUMBER.finditer(text) if number.start() < place < number.end()), place)


def _end(text: str, place: int) -> int:
    """`place`, or where the number ends that it lies in."""
    return next((number.end() for number in _NUMBER.finditer(text) if number.start() < place < number.end()), place)
