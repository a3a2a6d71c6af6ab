"""What is in front of the person, as far as a step of a lesson can ask for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OpenViews:
    """The tab of the centre, and which of the panes beside it are open, by the names that lessons give them."""

    tab: str = ""
    panes: tuple[str, ...] = ()
