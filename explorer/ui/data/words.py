"""What is said about a data set: its card, its balance, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.bounds import brief
from explorer.data import DataSet, Split
from explorer.data.data_set import Card
from explorer.ui.common.text import count, number, percent, plural, shape_text
from explorer.ui.data.picture_lines import Group

if TYPE_CHECKING:
    from explorer.data.catalogue import Entry  # which reads all data sets: not at the start of the window

PER_CLASS = 10
MANY_NAMES = 3


def kind_of(data: DataSet) -> str:
    """How its examples are drawn: "pictures", "points" in the plane, or "rows" of numbers."""
    if len(data.sample_shape) == 3:
        return "pictures"
    return "points" if data.sample_shape == (2,) else "rows"


def noun_of(data: DataSet) -> str:
    """What one example is called."""
    return {"pictures": "picture", "points": "point", "rows": "row"}[kind_of(data)]


# --- what a data set is ---


def button_words(data: DataSet) -> tuple[str, str]:
    """Title, and facts beside it: "8 classes · 12,000 pictures"."""
    amount = plural(data.card.count_train + data.card.count_test, noun_of(data))
    return data.card.title, " · ".join((*_class_facts(data.classes), amount))


def words_to_come(name: str) -> tuple[str, str]:
    """Of data that were chosen for a network and are not open: "CIFAR-10", "Train opens it"."""
    if not name:
        return "", ""
    from explorer.data import DATA_SETS

    card = next((entry.card for entry in DATA_SETS if entry.card.name == name), None)
    title = brief(Path(name).name) if card is None else card.title
    return title, "Train opens it"


def data_facts(data: DataSet) -> str:
    """ "5,000 pictures, 3 × 32 × 32 · 10 classes": channels first, as the network takes them."""
    amount = plural(data.card.count_train + data.card.count_test, noun_of(data))
    what = shape_text(data.fed_shape) if len(data.sample_shape) == 3 else f"{data.sample_shape[0]} numbers each"
    return " · ".join((f"{amount}, {what}", *(_class_facts(data.classes) or ("numbers to learn, no classes",))))


def order_words(data: DataSet) -> str:
    """What the sizes of a picture are, also in the other order that books have; "" for rows of numbers."""
    if len(data.sample_shape) != 3:
        return ""
    return f"Channels × height × width. In the order height × width × channels: {shape_text(data.sample_shape)}."


def card_facts(card: Card) -> str:
    """ "50,000 + 10,000 pictures · 10 classes": to learn from and held out."""
    noun = "points" if card.name.startswith("points:") else "pictures"
    held_out = f" + {count(card.count_test)}" if card.count_test else ""
    amounts = (f"{count(card.count_train)}{held_out} {noun}",) if card.count_train else ()
    return " · ".join((*amounts, *_class_facts(card.classes)))


def _class_facts(classes: Sequence[str]) -> tuple[str, ...]:
    return (f"{count(len(classes))} classes",) if classes else ()


def origin_facts(card: Card) -> tuple[tuple[str, str], ...]:
    """Where it comes from, under which terms, and how it is cited; what is not known is left out."""
    rows = (("Origin", card.origin), ("Licence", card.licence), ("To cite", card.cite))
    return tuple(row for row in rows if row[1])


def where_words(entry: Entry) -> str:
    """Whether it can be opened at once."""
    if not entry.is_here():
        return f"{entry.card.size_text} to download" if entry.host else "not installed"
    return "on this computer" if entry.host else "comes along"


def question(entry: Entry) -> str:
    """What is asked before anything is downloaded."""
    card = entry.card
    terms = f" Licence: {card.licence}." if card.licence else ""
    return (
        f"{card.title} is not on this computer. Download {card.size_text} from {entry.host}? "
        f"It is kept for the next time.{terms}"
    )


def left_out_words(data: DataSet) -> str:
    """One sentence on what was left out, with the first of it named; "" where nothing was."""
    skipped = data.skipped
    if not skipped:
        return ""
    head = f"{plural(len(skipped), 'file' if kind_of(data) == 'pictures' else 'example')} left out"
    return f"{head}: {skipped[0].path}. {skipped[0].sentence}"


# --- what its examples are ---


def class_groups(data: DataSet, split: Split, *, seed: int) -> tuple[Group, ...]:
    """Up to ten random examples of each class, with how many there are; without classes, some with their numbers."""
    if data.is_regression:
        generator = np.random.default_rng(seed)
        places = np.sort(generator.permutation(len(split))[: PER_CLASS * PER_CLASS])
        return (Group("", places, captions=tuple(target_words(split.labels[place]) for place in places.tolist())),)
    amounts, picks = split.counts(), split.picks(PER_CLASS, seed=seed)
    largest, whole = max(int(amounts.max()), 1), max(len(split), 1)
    return tuple(
        Group(name, places, f"{count(int(amount))} · {percent(int(amount) / whole)}", int(amount) / largest)
        for name, amount, places in zip(data.classes, amounts, picks, strict=True)
    )


def target_words(target: np.ndarray) -> str:
    """The numbers that a regression should hit."""
    values = np.atleast_1d(target).tolist()
    shown = ", ".join(number(value) for value in values[:MANY_NAMES])
    return shown if len(values) <= MANY_NAMES else f"{shown} …"


def balance_words(data: DataSet, split: Split) -> str:
    """How even the classes are, in a sentence."""
    if data.is_regression:
        return ""
    amounts = split.counts()
    if amounts.min() == amounts.max():
        return f"Every class has {plural(int(amounts.max()), noun_of(data))}."
    few, many = int(amounts.argmin()), int(amounts.argmax())
    return (
        f"From {plural(int(amounts[few]), noun_of(data))} of {data.classes[few]} "
        f"to {count(int(amounts[many]))} of {data.classes[many]}."
    )


def class_name(classes: Sequence[str], place: int) -> str:
    """The name of a class; its number where the network gives more than there are names."""
    return classes[place] if place < len(classes) else f"class {place}"
