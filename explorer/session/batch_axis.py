"""Whether a tensor of a pass has the batch along its first axis: the one answer that every view goes by."""

from __future__ import annotations


def has_batch_axis(shape: tuple[int, ...], batch_size: int) -> bool:
    """Whether the first axis of a tensor of `shape` is taken for the batch, when `batch_size` examples went in.

    A model may put other axes first, as attention and RNNs do with (L, N, E), or join them, as in (N · L, E): what
    does not have one entry for each example there is shown whole. Sizes tell no more than that: an L that happens to
    be N is taken for it. A row of numbers has no example to take out.
    """
    return len(shape) > 1 and shape[0] == batch_size
