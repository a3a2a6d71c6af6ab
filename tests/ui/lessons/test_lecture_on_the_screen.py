"""Every number that a lecture works out by hand stands on the screen in the step that asks for it, once it may be seen.

Those of the views come from the recording. Of what the lesson itself says only readings count: the others are typed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QDockWidget, QLabel
from pytestqt.qtbot import QtBot

from explorer.lessons.shelf import lesson_named
from explorer.ui.lessons.words import plain
from explorer.ui.shell.main_window import MainWindow
from tests.end_to_end.slides import slides
from tests.ui.lessons.test_lessons_in_the_window import settle
from tests.ui.lessons.told import NUMBER, is_written, numbers_in, painted_texts, words_of_lessons
from tests.ui.windows import shared_window


@dataclass(frozen=True)
class Shown:
    """Numbers of the lecture by their place in its tables, and where they stand: in a step as it begins, or after its
    change; in the debugger, some steps further, on the cards of the layers, or among the readings in the lesson's
    words."""

    path: tuple[str | int, ...]
    step: str
    at: str = "debugger"
    is_changed: bool = False
    further: int = 0


READING = re.compile(r"\{[^{}]*\}")

SHOWN = (
    Shown(("backprop", "u"), "one-step/adds-up"),
    Shown(("backprop", "z"), "one-step/adds-up"),
    Shown(("backprop", "y"), "one-step/second-layer"),
    Shown(("backprop", "Delta"), "one-step/delta"),
    Shown(("backprop", "delta"), "one-step/blame"),
    Shown(("backprop", "new_w"), "one-step/weight-change"),
    Shown(("backprop", "new_w_bias"), "one-step/weight-change", further=1),
    Shown(("backprop", "new_v"), "one-step/behind-a-zero"),
    Shown(("backprop", "new_v_bias"), "one-step/behind-a-zero", further=1),
    Shown(("backprop", "second_z"), "one-step/forward-again"),
    Shown(("backprop", "second_y"), "one-step/forward-again"),
    Shown(("convolution", "feature"), "convolution/a-map"),
    Shown(("dot_product", "total"), "convolution/dot-product"),
    Shown(("pooling", 0, "max"), "pooling/winner"),
    Shown(("pooling", 1, "max"), "pooling/beside"),
    Shown(("pooling", 1, "average"), "pooling/beside"),
    Shown(("pooling", 2, "max"), "pooling/nothing-good"),
    Shown(("pooling", 2, "average"), "pooling/nothing-good"),
    Shown(("size", 0, "out"), "size/stride-one", "cards"),
    Shown(("size", 1, "out"), "size/stride-two", "cards"),
    Shown(("size", 2, "exact"), "size/stride-three", "cards"),
    Shown(("size", 3, "out"), "size/frame", "cards", is_changed=True),
    Shown(("size", 4, "out"), "size/frame", "cards"),
    Shown(("count", 0, "weights"), "volumes/sees-everything", "cards", is_changed=True),
    Shown(("count", 1, "weights"), "volumes/sees-everything", "cards"),
    Shown(("count", 2, "weights"), "depth/count-one", "lesson"),
    Shown(("count", 2, "biases"), "depth/count-one", "cards"),
    Shown(("count", 3, "weights"), "depth/count-one", "lesson", is_changed=True),
    Shown(("count", 3, "biases"), "depth/count-one", "cards", is_changed=True),
    Shown(("count", 4, "output"), "depth/count-one", "cards"),
    Shown(("softmax", "exponentials"), "softmax/shares"),
    Shown(("softmax", "first"), "softmax/shares"),
    Shown(("hinge", "losses", 0), "classification-losses/hinge"),
    Shown(("hinge", "losses", 1), "classification-losses/winning"),
    Shown(("hinge", "losses", 2), "classification-losses/hinge", is_changed=True),
)

GIVEN = {
    "backprop": ("activation", "learning_rate", "input", "target", "v", "w", "bias", "rule"),
    "convolution": ("image", "filter"),
    "dot_product": ("pixels", "weights"),
    "pooling": ("input", "size", "stride"),
    "size": ("n", "f", "stride", "padding"),
    "count": ("what",),
    "softmax": ("logits",),
    "hinge": ("scores",),
}
"""What the examples begin with, by their table; the rest is what comes out."""


def found_at(path: Sequence[str | int]) -> Any:
    found: Any = slides()
    for part in path:
        found = found[part]
    return found


def paths() -> Iterator[tuple[str | int, ...]]:
    """Where what comes out stands: tables of numbers, and each of the losses."""
    for name, tables in slides().items():
        for at, table in enumerate(tables if isinstance(tables, list) else [tables]):
            path = (name, at) if isinstance(tables, list) else (name,)
            for key in sorted({*table} - {*GIVEN[name]}):
                many = range(len(table[key])) if key == "losses" else [None]
                yield from ((*path, key) if one is None else (*path, key, one) for one in many)


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


def told(window: MainWindow, monkeypatch: pytest.MonkeyPatch, shown: Shown) -> list[str]:
    if shown.at != "lesson":
        own = words_of_lessons(window)
        return [text for text in painted_texts(window, monkeypatch) if text not in own]
    page, step = window.session.state.lessons.page, window.session.state.lessons.step
    assert page is not None
    assert step is not None
    assert step.change is not None
    said = {label.text() for label in window.lessons.view.findChildren(QLabel) if label.isVisible()}
    raw, filled = (step.change.text, page.change) if shown.is_changed else (step.reveal, page.reveal)
    assert any(plain(filled) in text for text in said)
    typed = Counter(numbers_in(READING.sub("", raw)))
    return [f"{number:g}" for number in (Counter(numbers_in(filled)) - typed).elements()]


def go_to(qtbot: QtBot, window: MainWindow, shown: Shown) -> None:
    name, _, step = shown.step.partition("/")
    lesson = lesson_named(name)
    assert lesson is not None
    session = window.session
    window.resize(1440, 900)
    session.lessons.open(lesson, next(each.number for each in lesson.steps if each.name == step))
    settle(qtbot, window)
    session.lessons.reveal()
    if shown.is_changed:
        session.lessons.do_change()
    settle(qtbot, window)
    for _ in range(shown.further):
        session.steps.step_over()
    if shown.at == "cards":
        next(dock for dock in window.findChildren(QDockWidget) if dock.windowTitle() == "Network").raise_()
        names = session.state.subject.names
        session.selection.select(layer=names[-1] if "volumes" in shown.step else names[0])
    elif shown.at == "lesson":
        window.lessons.dock.raise_()
    settle(qtbot, window)


def stands_for(number: float, written: str) -> bool:
    """Whether a number of the slides is written so, with its digits or with more of those that it was rounded from."""
    _, _, decimals = f"{number:g}".partition(".")
    is_rounded = len(f"{abs(number):g}".lstrip("0.").replace(".", "")) >= 3
    exact = float(written.replace(",", "").replace("−", "-"))
    return is_written(number, written) or (is_rounded and round(exact, len(decimals)) == number)


@pytest.mark.parametrize("shown", SHOWN, ids=lambda each: "-".join(map(str, each.path)))
def test_a_number_of_the_lecture_stands_on_the_screen(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, shown: Shown
) -> None:
    wanted = Counter(np.asarray(found_at(shown.path), np.float64).ravel().tolist())
    go_to(qtbot, window, shown)
    numbers = list(chain.from_iterable(NUMBER.findall(text) for text in told(window, monkeypatch, shown)))
    for number, amount in wanted.items():
        assert sum(stands_for(number, each) for each in numbers) >= amount, number


def test_all_that_comes_out_on_the_slides_is_looked_for() -> None:
    assert sorted(each.path for each in SHOWN) == sorted(paths())
