"""The weights of a run at some of its steps: a film that can be shown with any probe."""

from __future__ import annotations

from torch import Tensor, nn

FRAMES_AT_MOST = 120
BYTES_AT_MOST = 256 * 1024**2


class Film:
    """Frames evenly spread over the run: when they are too many, every other one is dropped and the pace halved."""

    def __init__(self, *, frames_at_most: int = FRAMES_AT_MOST, bytes_at_most: int = BYTES_AT_MOST) -> None:
        self._frames: dict[int, dict[str, Tensor]] = {}
        self._stride = 1
        self._frames_at_most, self._bytes_at_most = frames_at_most, bytes_at_most

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that have a frame, in order."""
        return tuple(self._frames)

    def offer(self, step: int, model: nn.Module) -> None:
        """Keep a frame of `step` if one is due."""
        if step % self._stride == 0:
            self._put(step, model)
            self._thin_out(spared=0)

    def keep(self, step: int, model: nn.Module) -> None:
        """Keep a frame of `step` in any case."""
        self._put(step, model)
        self._thin_out(spared=step)

    def frame(self, index: int) -> tuple[int, dict[str, Tensor]]:
        """The step and the weights of a frame; beyond the ends those of the first or last."""
        step = self.steps[min(max(index, 0), len(self._frames) - 1)]
        return step, self._frames[step]

    def _put(self, step: int, model: nn.Module) -> None:
        self._frames[step] = {name: value.detach().to("cpu", copy=True) for name, value in model.state_dict().items()}

    def _thin_out(self, spared: int) -> None:
        while len(self._frames) > 2 and (
            len(self._frames) > self._frames_at_most or self._bytes() > self._bytes_at_most
        ):
            self._stride *= 2
            self._frames = {
                step: frame for step, frame in self._frames.items() if step % self._stride == 0 or step == spared
            }

    def _bytes(self) -> int:
        return len(self._frames) * sum(value.nbytes for value in next(iter(self._frames.values())).values())
