"""A lesson on paper: what is asked for is a "?", and the last page says what is right with the sum behind it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from explorer.lesson_command import run
from explorer.lessons.handout import handout_html, handout_of
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.lessons.shelf import lesson_named
from tests.lessons.written import with_line, written

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def named(name: str) -> Lesson:
    found = lesson_named(name)
    assert found is not None
    return found


def split(html: str) -> tuple[str, str]:
    """The exercises and the solutions."""
    exercises, _, solutions = html.partition('<div class="solutions">')
    return exercises, solutions


def test_what_is_asked_for_is_a_question_mark_and_stands_on_the_last_page_with_its_sum(tmp_path: Path) -> None:
    exercises, solutions = split(handout_html(handout_of(Lesson.read(written(tmp_path)))))
    picture = SVG.findall(exercises)[0]
    assert picture.count(">?<") == 1
    words = [each.text for each in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert words[-16:].count("?") == 1
    assert words[-16:][5] == "?"  # row 1, column 1 of the four by four that pass back
    assert "What does the 6 get?" in exercises
    assert "1 · 2<" in solutions
    assert "Losers get 0." in solutions
    assert "Losers get" not in exercises
    assert exercises.count('class="answer"') == 1
    assert "<ol><li>" in exercises


@pytest.mark.parametrize(("name", "language"), [("one-step", "en"), ("one-step", "de"), ("convolution", "de")])
def test_each_question_of_a_lesson_has_its_answer_in_either_language(name: str, language: str) -> None:
    lesson = named(name).in_language(language)
    handout = handout_of(lesson)
    asked = [step for step in lesson.steps if step.question]
    assert [step.title for step in handout.steps] == [step.title for step in lesson.steps]
    assert sum(bool(step.right) for step in handout.steps) == len(asked)
    html = handout_html(handout)
    assert f'lang="{language}"' in html
    assert handout.words.solutions in html


def test_other_numbers_make_another_exercise_and_another_solution(tmp_path: Path) -> None:
    lesson = Lesson.read(written(tmp_path, with_line("The 6 won the upper left patch.", "One of them won.")))
    plain, other, third = (handout_of(lesson, seed=seed).steps[0] for seed in (0, 1, 2))
    assert plain.picture is not None
    assert other.picture is not None
    assert third.picture is not None
    assert plain.question == other.question or plain.picture.content != other.picture.content
    assert len({plain.picture.content, other.picture.content, third.picture.content}) >= 1
    assert handout_of(lesson, seed=1).steps[0] == other


def test_numbers_that_a_step_speaks_of_stay(tmp_path: Path) -> None:
    lesson = Lesson.read(written(tmp_path))
    assert handout_of(lesson, seed=4).steps[0] == handout_of(lesson).steps[0]


def test_a_lesson_that_cannot_be_set_up_says_where(tmp_path: Path) -> None:
    lesson = Lesson.read(written(tmp_path, with_line('network = "1x4x4 maxpool(2)"', 'network = "1x4x4 maxpol(2)"')))
    with pytest.raises(LessonError, match=r"line \d+, step \"winner\": .*maxpol"):
        handout_of(lesson)


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hand-out.html"
    assert run([str(written(tmp_path)), "--handout", str(path), "--seed", "3"]) == 0
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert capsys.readouterr().err.endswith("Saved as hand-out.html.\n")
    assert run([str(written(tmp_path)), "--handout", str(tmp_path / "nowhere" / "x.html")]) == 1
