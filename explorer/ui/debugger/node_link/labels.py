"""Where the weights are written: on their edges, never over one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from explorer.ui.common.box import Box
from explorer.ui.debugger.node_link.segment import Segment
from explorer.ui.debugger.node_link.structure import Edge

SIZES = ((72.0, 31.0), (50.0, 27.0), (118.0, 17.0), (60.0, 16.0), (46.0, 15.0))
"""Old and new value in two lines, in one, or one value at a time; px, the best first."""
EDGE_OF_GAP = 3.0
PLACES = 9
REACHES = (0.42, 1.0)
"""First where it is clear which line a label belongs to, then anywhere."""
LEVELS = (0.5, 1.0)
BEST_SHARE = 0.26
"""The part of the way at which lines that begin together are apart, and none have met yet."""


def label_boxes(edges: Mapping[Edge, Segment], *, around: Sequence[Box] = ()) -> dict[Edge, Box]:
    """A box for each edge between two columns, or none at all where they would overlap: then a fan shows its own.

    `around` holds what else they must not cover.
    """
    for reach, (width, height), level in product(REACHES, SIZES, LEVELS):
        placed = _placed(edges, Box(0, 0, width, height), reach=reach, level=level, around=around)
        if placed is not None:
            return placed
    return {}


def _placed(
    edges: Mapping[Edge, Segment], size: Box, *, reach: float, level: float, around: Sequence[Box]
) -> dict[Edge, Box] | None:
    boxes: dict[Edge, Box] = {}
    tilt = len({edge.source for edge in edges}) - len({edge.unit for edge in edges})
    for edge in sorted(edges, key=lambda edge: _slope(edges[edge])):
        shares = _shares(edges[edge], size.width, tilt=tilt, reach=reach, level=level)
        places = (Box.around(*edges[edge].at(share), size.width, size.height) for share in shares)
        taken = (*around, *boxes.values())
        box = next((place for place in places if not any(place.overlaps(other) for other in taken)), None)
        if box is None:
            return None
        boxes[edge] = box
    return boxes


def _slope(line: Segment) -> float:
    return abs(line.y1 - line.y0)


def _shares(line: Segment, width: float, *, tilt: int, reach: float, level: float) -> list[float]:
    """Places along a line that keep the label off the nodes, the best first.

    They begin on the side that has more nodes, where lines lie furthest apart (`tilt` is sources less targets), and
    go as far as `reach`; with as many nodes on both sides, level lines have theirs about `level`.
    """
    gap = line.x1 - line.x0
    least = (width / 2 + EDGE_OF_GAP) / gap if gap > 0 else 1.0
    if least > 0.5:
        return []
    shares = [least + (1 - 2 * least) * number / (PLACES - 1) for number in range(PLACES)]
    if tilt == 0 and _slope(line) < 1:
        return sorted(shares, key=lambda share: abs(share - level))
    near = sorted((share for share in shares if share <= reach), key=lambda share: (share < BEST_SHARE, share))
    return [1 - share if tilt < 0 else share for share in near]
