"""The command that finds anything."""

from __future__ import annotations

from explorer.ui.common.command import Command, Shell


def show_find(shell: Shell) -> None:
    """What there is to find is gathered when it is asked for."""
    from explorer.ui.shell.finding.popup import FindPopup
    from explorer.ui.shell.finding.sources import all_findables

    FindPopup(all_findables(shell), shell.widget).open_over(shell.widget)


FIND = Command(
    "find",
    "Edit",
    "Find anything…",
    "Find a command, layer, setting, step, network, lesson, data set or picture by a part of its name.",
    show_find,
    "ph.magnifying-glass",
    "Ctrl+K",
    word="Find",
)
