"""The words of a timeline's steps that may need the most room, of which what lies under them keeps its place. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.session.timeline import Timeline, TimelineStep
from explorer.ui.debugger.words import StepWords, step_words

Asked = tuple[TimelineStep, str]
"""A step, and its tensor that is looked at."""


def longest_steps(timeline: Timeline) -> tuple[Asked, ...]:
    """Of the steps that are told in the same words, the one that names most letters."""
    longest: dict[tuple[str, ...], Asked] = {}
    for step in timeline.steps:
        for of in step.asked:
            words = step.phase, step.kind, of if step.phase == "backward" else ""
            if words not in longest or _letters(step) > _letters(longest[words][0]):
                longest[words] = step, of
    return tuple(longest.values())


def words_of(timeline: Timeline, steps: Sequence[Asked]) -> tuple[StepWords, ...]:
    """What is said of each of them."""
    return tuple(step_words(step, timeline.tensors(step.index), of) for step, of in steps)


def names_of(steps: Sequence[Asked]) -> Mapping[tuple[str, str, str], int]:
    """What the words of the longest steps depend on: where it is the same, they need as much room as before."""
    return {(step.phase, step.kind, of): _letters(step) for step, of in steps}


def _letters(step: TimelineStep) -> int:
    return len(step.call) + len(step.parameter) + sum(map(len, step.parents))
