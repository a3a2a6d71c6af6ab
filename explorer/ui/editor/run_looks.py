"""Which changes of the state are only another look at the maps of a run that goes on."""

from __future__ import annotations

from collections.abc import Collection

from explorer.session import State
from explorer.session.state import parts_changed

LOOK_MS = 300
"""Between two looks of all but the large maps, which are what is watched while a network learns."""


def is_only_a_look(old: State, new: State, watched: Collection[str]) -> bool:
    """Whether nothing among the `watched` parts changed but the activations, by a run: that may wait."""
    changed = parts_changed(old, new, watched)
    return new.training.status == "running" and changed == ("maps.activations",)
