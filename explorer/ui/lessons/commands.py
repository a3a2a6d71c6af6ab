"""The command that shows the lessons."""

from __future__ import annotations

from explorer.ui.common.command import Command

SHOW_LESSONS = Command(
    "lessons",
    "Help",
    "Lessons",
    "Learn by doing: each lesson sets up a network, asks, and shows what the recording says.",
    lambda shell: shell.show("lessons"),
    "ph.student",
    "Ctrl+Alt+L",
)
