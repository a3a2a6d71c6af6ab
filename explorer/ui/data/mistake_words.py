"""What is said about held-out examples that the network was judged by: which are worst, and how sure it was of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from explorer.data import DataSet
from explorer.session import State
from explorer.ui.common.text import count, number, short_percent
from explorer.ui.data.picture_lines import Group, Words
from explorer.ui.data.words import class_name, kind_of, noun_of, target_words

if TYPE_CHECKING:
    from explorer.session.train_state import Judged

FARTHEST = 100
"""Examples of a regression that are shown: every one of them is off by something."""


def judged_here(state: State) -> Judged | None:
    """The last evaluation, if it is one of the held-out examples that are open now."""
    data, judged = state.data.data_set, state.watching.judged
    if data is None or data.test is None or judged is None or judged.labels is not data.test.labels:
        return None
    told = judged.evaluation.distances if data.is_regression else judged.evaluation.guesses
    return judged if told is not None else None


def mistakes(judged: Judged) -> np.ndarray:
    """(n,) places of the examples taken for another class, the one whose own class was given least first.

    For a regression those farthest off.
    """
    evaluation = judged.evaluation
    if evaluation.guesses is None:
        return evaluation.worst_first(np.arange(len(judged.labels)))[:FARTHEST]
    return evaluation.worst_first(np.flatnonzero(evaluation.guesses != judged.labels))


def mistake_group(data: DataSet, judged: Judged) -> Group:
    """All mistakes, each with what it was taken for and what it is."""
    return told_group(data, judged, mistakes(judged))


def told_group(data: DataSet, judged: Judged, places: np.ndarray) -> Group:
    """The held-out examples at `places`, each with what the network said of it."""
    caption, words = _about_classes(data, judged) if judged.evaluation.distances is None else _about_numbers(judged)
    return Group("", places, captions=Words(places, caption), told=Words(places, words))


WordsOf = Callable[[int], str]


def _about_classes(data: DataSet, judged: Judged) -> tuple[WordsOf, WordsOf]:
    """For the example at a place "✗ dog 93 %\\n✓ cat 4 %" under its picture; and in words."""
    guesses, shares = np.asarray(judged.evaluation.guesses), judged.evaluation.probabilities

    def named(place: int) -> tuple[tuple[str, str], tuple[str, str]]:
        """The guessed and the true class, each with its probability, "" where that is not known."""
        names = (class_name(data.classes, int(known[place])) for known in (guesses, judged.labels))
        guess, true = zip(
            names, ("", "") if shares is None else map(short_percent, shares[place].tolist()), strict=True
        )
        return guess, true

    def is_right(place: int) -> bool:
        return int(guesses[place]) == int(judged.labels[place])

    def caption(place: int) -> str:
        guess, true = (beside(*each) for each in named(place))
        return f"✓ {true}" if is_right(place) else f"✗ {guess}\n✓ {true}"

    def words(place: int) -> str:
        guess, true = (f"{name} ({share})" if share else name for name, share in named(place))
        return f"recognised as {true}" if is_right(place) else f"taken for {guess}, is {true}"

    return caption, words


def beside(name: str, share: str) -> str:
    """ "cat 93 %"; "class 7 · 93 %", so that no two numbers stand side by side."""
    between = " · " if name[-1:].isdigit() else " "
    return f"{name}{between}{share}" if share else name


def _about_numbers(judged: Judged) -> tuple[WordsOf, WordsOf]:
    """For the example at a place "2.13\\n✓ 3.02" under its picture; and in words."""
    distances, given, wanted = judged.evaluation.distances, judged.evaluation.given, judged.labels
    assert distances is not None
    assert given is not None

    def numbers(place: int) -> str:
        more = " …" if np.size(wanted[place]) > given.shape[1] else ""
        return target_words(given[place]) + more

    def caption(place: int) -> str:
        return f"{numbers(place)}\n✓ {target_words(wanted[place])}"

    def words(place: int) -> str:
        off = number(float(distances[place]))
        return f"gave {numbers(place)} where {target_words(wanted[place])} was wanted, off by {off}"

    return caption, words


def tab_words(data: DataSet, amount: int) -> str:
    """What the tab of them is called."""
    return f"{'Farthest off' if data.is_regression else 'Mistakes'} · {count(amount)}"


def mistakes_words(data: DataSet, judged: Judged) -> str:
    """How many went wrong, in which order they stand, and what is told of each."""
    wrong, whole, noun = len(mistakes(judged)), len(judged.labels), noun_of(data)
    at_step = f"At step {count(judged.step)}"
    if data.is_regression:
        head = f"{at_step} these {count(wrong)} of {count(whole)} held-out {noun}s are farthest off, the worst first."
    elif not wrong:
        return f"{at_step} the network got all {count(whole)} held-out {noun}s right."
    else:
        head = f"{at_step} the network got {count(wrong)} of {count(whole)} held-out {noun}s wrong; {_order(data)}."
    return " ".join(part for part in (head, _legend(data, judged)) if part)


def _order(data: DataSet) -> str:
    return "they stand out" if kind_of(data) == "points" else "the worst first"


def _legend(data: DataSet, judged: Judged) -> str:
    """What stands under pictures, which have room for marks only, and where else it is found."""
    if kind_of(data) == "points":
        return "The tip of each says what the network made of it."
    if kind_of(data) == "rows":
        return ""
    if data.is_regression:
        return "Under each: what the network gave, and what was wanted (✓)."
    chances = ", with their probabilities" if judged.evaluation.probabilities is not None else ""
    return f"Under each: its guess (✗) and the true class (✓){chances}."
