"""What a network learns from: inputs with their targets, in memory or read when a batch is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from explorer.amounts import plural
from explorer.data import DataSet, fit_picture, picture_from_array
from explorer.engine.errors import EngineError, shape_text

CACHE_BYTES = 512 * 1024**2


class Source(Protocol):
    """One split of a data set, as `explorer.data` gives it.

    `labels`: (N,) class numbers, or (N,) or (N, outputs) numbers to be met.
    `inputs`: for some indices uint8 (n, H, W, C), or float32 (n, features).
    """

    def __len__(self) -> int: ...

    @property
    def labels(self) -> np.ndarray: ...

    def inputs(self, indices: np.ndarray) -> np.ndarray: ...


class Scaled:
    """How inputs become the numbers that a network is fed.

    mean, std: per channel, of the inputs after uint8 was divided by 255.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def prepared(self, inputs: Tensor) -> Tensor:
        """What the network is fed for some inputs: float32, scaled by mean and std."""
        values = inputs.float() / 255 if inputs.dtype == torch.uint8 else inputs.float()
        column = (-1, *(1,) * (values.dim() - 2))
        if self.mean:
            values = values - torch.tensor(self.mean, device=values.device).view(column)
        if self.std:
            values = values / torch.tensor(self.std, device=values.device).view(column)
        # Channels last in memory made a training step 1.4 times as fast on a CPU.
        return values.contiguous(memory_format=torch.channels_last) if values.dim() == 4 else values


@dataclass(frozen=True, eq=False)
class Examples(Scaled):
    """Inputs with their targets, kept as they are; a batch is made ready only when it is asked for.

    inputs: (N, C, H, W) or (N, features); uint8 is divided by 255 first.
    targets: (N,) class numbers, or what else the loss takes.
    """

    inputs: Tensor
    targets: Tensor
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _check_counts(len(self.inputs), len(self.targets))

    def __len__(self) -> int:
        return len(self.inputs)

    def taken(self, indices: Tensor) -> Tensor:
        """The inputs at `indices` as they are kept."""
        return self.inputs[indices]


@dataclass(frozen=True, eq=False)
class SourceExamples(Scaled):
    """The examples of a split, read when a batch asks for them and brought to what the network takes.

    input_shape: (C, H, W) or (features,) of the network. Pictures of another size are fitted by the rule `fit`, the one
    the window shows, and kept up to `cache_bytes`, so that they are fitted once a run. Pictures for a network of plain
    numbers are laid out channel by channel. Raises EngineError where rows of numbers have another length.
    """

    source: Source
    input_shape: tuple[int, ...]
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    fit: str = "crop"
    cache_bytes: int = CACHE_BYTES

    def __post_init__(self) -> None:
        _check_counts(len(self.source), len(self.source.labels))

    def __len__(self) -> int:
        return len(self.source)

    @cached_property
    def targets(self) -> Tensor:
        labels = np.asarray(self.source.labels)
        return torch.from_numpy(labels.astype(np.int64 if labels.dtype.kind in "biu" else np.float32))

    def taken(self, indices: Tensor) -> Tensor:
        """The inputs at `indices`: uint8 (n, C, H, W), or float32 (n, features)."""
        wanted = indices.numpy()
        return torch.from_numpy(self._fitted(wanted) if self._needs_fitting else self._read(wanted))

    def _read(self, wanted: np.ndarray) -> np.ndarray:
        given = self.source.inputs(wanted)
        if given.ndim == 4:
            given = given.transpose(0, 3, 1, 2)
        if given.shape[1:] == self.input_shape:
            # A transposed picture is channels-last in memory, which is what `prepared` wants.
            return given
        if len(self.input_shape) == 1 and prod(given.shape[1:]) == self.input_shape[0]:
            return np.ascontiguousarray(given).reshape(len(given), -1)
        arriving, wanted_shape = _words(given.shape[1:]), _words(self.input_shape)
        raise EngineError(f"The network takes {wanted_shape}, but an example of the data is {arriving}.")

    @cached_property
    def _needs_fitting(self) -> bool:
        given = self.source.inputs(np.array([0]))
        if given.ndim != 4 or len(self.input_shape) != 3:
            return False
        _, height, width, channels = given.shape
        return (channels, height, width) != self.input_shape

    @cached_property
    def _cache(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Fitted pictures, and which of them are there already. The system gives pages only to those written."""
        if len(self) * prod(self.input_shape) > self.cache_bytes:
            return None
        return np.zeros((len(self), *self.input_shape), np.uint8), np.zeros(len(self), bool)

    def _fitted(self, wanted: np.ndarray) -> np.ndarray:
        if self._cache is None:
            return self._fit(wanted)
        pictures, known = self._cache
        missing = np.unique(wanted[~known[wanted]])
        if len(missing):
            pictures[missing] = self._fit(missing)
            known[missing] = True
        chosen: np.ndarray = pictures[wanted]
        return chosen

    def _fit(self, wanted: np.ndarray) -> np.ndarray:
        pictures = self.source.inputs(wanted)
        fitted = [
            fit_picture(picture_from_array(pixels, "picture"), self.input_shape, mode=self.fit).pixels
            for pixels in pictures
        ]
        return np.stack(fitted).transpose(0, 3, 1, 2)


Learned = Examples | SourceExamples


def both_splits(
    data: DataSet,
    input_shape: tuple[int, ...],
    *,
    mean: tuple[float, ...] = (),
    std: tuple[float, ...] = (),
    fit: str = "crop",
) -> tuple[SourceExamples, SourceExamples | None]:
    """What a network learns from and what it is tested on, as it is fed them; None where there is no test split."""
    learning = SourceExamples(data.train, input_shape, mean, std, fit)
    return learning, None if data.test is None else replace(learning, source=data.test)


def _words(shape: tuple[int, ...]) -> str:
    return plural(shape[0], "number") if len(shape) == 1 else shape_text(shape)


def _check_counts(inputs: int, targets: int) -> None:
    if inputs != targets:
        raise ValueError(f"{inputs} inputs cannot go with {targets} targets.")
    if inputs == 0:
        raise ValueError("There is nothing to learn from: the data are empty.")
