"""A lesson on paper: what is asked for is a "?", and the last page says what is right with the sum behind it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.lesson_command import run
from explorer.lessons.handout import exercise_of, handout_of
from explorer.lessons.handout_page import handout_html
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.lessons.number_drawing import Drawn, Vector, drawn_beside
from explorer.lessons.shelf import lesson_named
from explorer.lessons.staging.changing import set_up
from tests.lessons.written import with_line, written

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
SPACE = "{http://www.w3.org/2000/svg}"


def named(name: str) -> Lesson:
    found = lesson_named(name)
    assert found is not None
    return found


def images_in(picture: Vector) -> list[Image.Image]:
    """The pictures of dots that lie in a drawn one."""
    found = re.findall(r"base64,([^\"]*)", picture.svg)
    return [Image.open(BytesIO(b64decode(each))) for each in found]


def split(html: str) -> tuple[str, str]:
    """The exercises and the solutions."""
    exercises, _, solutions = html.partition('<div class="solutions">')
    return exercises, solutions


def test_what_is_asked_for_is_a_question_mark_and_stands_on_the_last_page_with_its_sum(tmp_path: Path) -> None:
    exercises, solutions = split(handout_html(handout_of(Lesson.read(written(tmp_path)))))
    picture = SVG.findall(exercises)[0]
    assert picture.count(">?<") == 1
    words = [each.text for each in ET.fromstring(picture).iter(f"{SPACE}text")]
    assert words[-16:].count("?") == 1
    assert words[-16:][5] == "?"  # row 1, column 1 of the four by four that pass back
    assert "What does the 6 get?" in exercises
    assert "1 · 2<" in solutions
    assert "Losers get 0." in solutions
    assert "Losers get" not in exercises
    assert exercises.count("<hr>") == 1
    assert '<ol type="A"><li>' in exercises


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
    def without_numbers(text: str) -> str:
        spoken = ("The 6 won the upper left patch.", "{pool1.grad_output[0,0,0,0]} comes back. What does the 6 get?")
        for each, other in zip(spoken, ("One of them won.", "What is the loss?"), strict=True):
            text = with_line(each, other)(text)
        return with_line('ask.reading = "pool1.grad_input[0,0,1,1]"', 'ask.reading = "loss"')(text)

    lesson = Lesson.read(written(tmp_path, without_numbers))
    papers = [handout_of(lesson, seed=seed).steps[0] for seed in range(4)]
    pictures = {step.picture.content for step in papers if step.picture is not None}
    assert len(pictures) == 4
    assert len({step.right for step in papers}) > 1
    assert handout_of(lesson, seed=1).steps[0] == papers[1]


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


def test_what_another_step_asks_for_is_told_by_no_picture() -> None:
    exercises, _ = split(handout_html(handout_of(named("convolution"))))
    pictures = SVG.findall(exercises)
    assert [picture.count(">?<") for picture in pictures[:3]] == [3, 3, 3]


def test_an_answer_under_another_name_is_a_question_mark_as_well() -> None:
    exercises, _ = split(handout_html(handout_of(named("one-step"))))
    output, delta = SVG.findall(exercises)[1:3]
    assert output.count(">?<") == 1  # y is the output of the layer before
    assert delta.count(">?<") == 1  # Δ is the gradient with its sign turned


def test_what_tells_the_cell_to_point_at_is_told_by_no_picture() -> None:
    step = next(each for each in named("pool-gradient").steps if each.name == "point-at-it")
    scene = named("pool-gradient").script.scenes[step.scene]
    picture = exercise_of(step, set_up(scene), "en").picture
    assert picture is not None
    words = [each.text for each in ET.fromstring(picture.svg).iter(f"{SPACE}text")]
    assert words[-16:] == ["?"] * 16  # all that passes back to the input


def test_what_is_too_large_for_its_numbers_is_drawn() -> None:
    """There was an empty frame with its size in it."""
    numbers = np.linspace(-1, 1, 3 * 16 * 16).reshape(1, 3, 16, 16)
    (picture,) = images_in(drawn_beside([Drawn("input", numbers)], str))
    assert picture.getpixel((0, 0)) == (0, 85, 170)  # the channels begin at the first, the second and the third third
    assert len(images_in(drawn_beside([Drawn("conv1.output", numbers)], str))) == 3
    (line,) = ET.fromstring(drawn_beside([Drawn("row", np.arange(200.0).reshape(1, 200))], str).svg).iter(
        f"{SPACE}polyline"
    )
    assert len(line.attrib["points"].split()) == 200
    marked = drawn_beside([Drawn("conv1.output", numbers, marked=(0, 1, 15, 15))], str)
    assert marked.svg.count('stroke="#1a5fd0"') == 1


def test_a_map_on_paper_is_dark_where_it_is_large_and_blue_below_zero() -> None:
    values = np.zeros((1, 1, 16, 16))
    values[0, 0, 2, 3], values[0, 0, 5, 5] = 8.0, -8.0
    (image,) = images_in(drawn_beside([Drawn("conv1.output", values, {(0, 0, 2, 3)})], str))
    cell = image.size[0] / 16
    at = {
        place: image.getpixel((int((place[1] + 0.5) * cell), int((place[0] + 0.5) * cell)))
        for place in ((0, 0), (2, 3), (5, 5))
    }
    assert at[2, 3] == at[0, 0] == (255, 255, 255)  # the one is asked for
    assert at[5, 5] == (26, 95, 208)
    whole = drawn_beside([Drawn("conv1.output", values, {(0, 0, *place) for place in np.ndindex(16, 16)})], str)
    assert not images_in(whole)
    assert ">?<" in whole.svg


def test_numbers_that_stand_in_the_window_make_the_exercise(tmp_path: Path) -> None:
    lesson = Lesson.read(written(tmp_path))
    scene = lesson.script.scenes["max"]
    typed = replace(scene, input=[[1, 1, 2, 4], [5, 9, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
    step = handout_of(lesson, standing={"max": set_up(typed)}).steps[0]
    assert step.right == "5"  # the 9 minus its target 4
    assert "5" in step.question


def test_the_command_writes_pdf_where_the_ending_says_so(tmp_path: Path) -> None:
    path = tmp_path / "hand-out.pdf"
    assert run([str(written(tmp_path)), "--handout", str(path)]) == 0
    assert path.read_bytes().startswith(b"%PDF-")
