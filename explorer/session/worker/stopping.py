"""How work in the runner's thread learns that it is to stop, and how it stops by itself."""

from __future__ import annotations

from collections.abc import Callable

ShouldStop = Callable[[], bool]


class Hold:
    """An answer with which work in the background pauses itself."""
