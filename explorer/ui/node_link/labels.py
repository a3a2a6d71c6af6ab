"""Where the weights are written: on their edges, never over one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from explorer.ui.node_link.boxes import Box, Segment
from explorer.ui.node_link.structure import Edge

SIZES = ((72.0, 31.0), (50.0, 27.0), (118.0, 17.0), (60.0, 16.0), (46.0, 15.0))
"""Old and new value in two lines, in one, or one value at a time; px, the best first."""
EDGE_OF_GAP = 3.0
PLACES = 9
BEST_SHARE = 0.26
"""So far along, lines that begin together are apart, and none have met yet."""


def label_boxes(edges: Mapping[Edge, Segment], *, around: Sequence[Box] = ()) -> dict[Edge, Box]:
    """A box for each edge between two columns, or none at all where they would overlap: then a fan shows its own.

    `around` is what else they keep off.
    """
    for width, height in SIZES:
        placed = _placed(edges, width, height, around=around)
        if placed is not None:
            return placed
    return {}


def _placed(
    edges: Mapping[Edge, Segment], width: float, height: float, *, around: Sequence[Box]
) -> dict[Edge, Box] | None:
    boxes: dict[Edge, Box] = {}
    tilt = len({edge.source for edge in edges}) - len({edge.unit for edge in edges})
    for edge in sorted(edges, key=lambda edge: _slope(edges[edge])):
        box = _free(edges[edge], width, height, tilt=tilt, taken=[*around, *boxes.values()])
        if box is None:
            return None
        boxes[edge] = box
    return boxes


def _slope(line: Segment) -> float:
    return abs(line.y1 - line.y0)


def _free(line: Segment, width: float, height: float, *, tilt: int, taken: Sequence[Box]) -> Box | None:
    for share in _shares(line, width, tilt):
        box = Box.around(*line.at(share), width, height)
        if not any(box.overlaps(other) for other in taken):
            return box
    return None


def _shares(line: Segment, width: float, tilt: int) -> Iterator[float]:
    """Places along a line that keep the label off the nodes, the best first.

    They begin on the side that has more nodes, where lines lie furthest apart (`tilt` is sources less targets); with
    as many on both sides level lines have theirs in the middle.
    """
    gap = line.x1 - line.x0
    least = (width / 2 + EDGE_OF_GAP) / gap if gap > 0 else 1.0
    if least > 0.5:
        return
    shares = [least + (1 - 2 * least) * number / (PLACES - 1) for number in range(PLACES)]
    if tilt == 0 and _slope(line) < 1:
        shares.sort(key=lambda share: abs(share - 0.5))
    else:
        shares.sort(key=lambda share: (share < BEST_SHARE, share))
    yield from (1 - share if tilt < 0 else share for share in shares)
