"""Data as they were opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet


@dataclass(frozen=True, eq=False)
class Opened:
    """A data set that was opened by `name`, with the mean and spread of its training pictures."""

    name: str
    data: DataSet
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
