"""What a model is fed at other places than the one that is looked at, in the place of what its program gave."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.engine.recording.feed import Place

NOTHING_ELSEWHERE: Mapping[Place, np.ndarray] = MappingProxyType({})
