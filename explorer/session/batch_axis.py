"""Whether a tensor of a pass has the batch along its first axis: the one answer that every view goes by."""

from __future__ import annotations

WITHOUT_BATCH = ("weight", "bias", "running_mean", "running_var")
"""What a call is given that belongs to no example."""


def has_batch_axis(shape: tuple[int, ...], batch_size: int) -> bool:
    """Whether the first axis of a tensor of `shape` is taken for the batch, when `batch_size` examples went in.

    A model may put other axes first, as attention and RNNs do with (L, N, E), or join them, as in (N · L, E): what
    does not have one entry for each example there is shown whole. Sizes tell no more than that: an L that happens to
    be N is taken for it. A row of numbers has no example to take out.
    """
    return len(shape) > 1 and shape[0] == batch_size


def is_of_batch(name: str, shape: tuple[int, ...], batch_size: int) -> bool:
    """The same of a call's tensor `name`, or of its gradient; parameters and averages have no batch, whatever their
    sizes.
    """
    return name.removeprefix("grad_") not in WITHOUT_BATCH and has_batch_axis(shape, batch_size)
