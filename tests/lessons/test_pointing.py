"""A question that is answered by pointing at a cell: what is right, what is said of others, what is veiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.lessons.judging import judged
from explorer.lessons.lesson import Lesson
from explorer.lessons.script import Question
from explorer.lessons.staging.changing import set_up
from explorer.lessons.staging.staged import Staged
from explorer.session.veil import CellRange
from explorer.session.veiling import veil_of

POOLED = """\
format = "network-explorer lesson"
version = 1
id = "pooled"
title = "Who gets it?"

[scene.max]
network = "1x2x4 maxpool(2)"
input = [[1, 5, 2, 4], [3, 4, 7, 8]]
target = [[4, 3]]
loss = "half_squared_error"

[[step]]
id = "point"
title = "Point at it"
text = "Only the winner."
[step.ask]
question = "Who hears of the second output?"
point = "{point}"
if = "{condition}"
[[step.ask.wrong]]
answer = "pointed(pool1.grad_input) != 0"
because = "Of the first one."
[[step.ask.wrong]]
answer = "[0, 0, 0, 0]"
because = "The first cell."
"""
RIGHT = "pointed(pool1.grad_input) == pool1.grad_output[0,0,0,1]"


def asked(tmp_path: Path, condition: str = RIGHT, point: str = "input") -> Lesson:
    path = tmp_path / "pooled.lesson.toml"
    path.write_text(POOLED.format(condition=condition, point=point), encoding="utf-8")
    return Lesson.read(path)


def staged(lesson: Lesson) -> tuple[Question, Staged]:
    question = lesson.steps[0].question
    assert question is not None
    return question, set_up(lesson.script.scenes["max"])


@pytest.mark.parametrize(
    ("answer", "is_right", "because"),
    [
        ("0, 1, 3", True, ""),
        ("(0,1,3)", True, ""),
        ("0, 0, 1, 3", True, ""),
        ("0, 0, 1", False, "Of the first one."),
        ("0, 0, 0", False, "The first cell."),
        ("0, 0, 2", False, ""),
    ],
)
def test_a_cell_is_right_where_the_condition_holds(tmp_path: Path, answer: str, is_right: bool, because: str) -> None:
    verdict = judged(*staged(asked(tmp_path)), answer)
    assert (verdict.is_right, verdict.because, verdict.is_answer) == (is_right, because, True)


@pytest.mark.parametrize("answer", ["", "5", "0, 2, 0", "0, 1", "0, 0, 0, 0, 0", "-1, 0, 0", "there", "9" * 50])
def test_what_names_no_cell_is_no_answer(tmp_path: Path, answer: str) -> None:
    verdict = judged(*staged(asked(tmp_path)), answer)
    assert not verdict.is_answer
    assert verdict.because.startswith("Choose a cell of input")


def test_it_is_played_with_each_wrong_cell(tmp_path: Path) -> None:
    (answered,) = asked(tmp_path).play()
    assert (answered.right, answered.wrong) == ("(0, 1, 3)", 7)


def test_what_tells_the_right_cell_is_veiled_and_not_what_is_pointed_at(tmp_path: Path) -> None:
    question, _ = staged(asked(tmp_path))
    assert veil_of(question).cells == {CellRange("pool1", (), "grad_input")}
    question, _ = staged(asked(tmp_path, "pointed(input) == pool1.output[0,0,0,1]"))
    assert veil_of(question).cells == {CellRange("pool1", ((0, 1), (0, 1), (0, 1), (1, 2)))}


@pytest.mark.parametrize(
    ("condition", "point", "told"),
    [
        ("pointed(input) > 100", "input", "no cell is right to point at"),
        ("pointed(input) > 0", "input", "every cell is right to point at"),
        ("pointed(pool1.output) > 0", "input", "is smaller than the tensor that is pointed at"),
        ("pointed(input) > 4", "pool2", 'there is no layer "pool2"'),
        ("pointed(loss) > 4", "input", "takes a tensor whose cells are counted"),
        ("loss", "input", "a condition compares"),
    ],
)
def test_a_question_that_cannot_be_pointed_at_is_told(tmp_path: Path, condition: str, point: str, told: str) -> None:
    assert any(told in str(mistake) for mistake in asked(tmp_path, condition, point).check())


def test_what_is_pointed_at_needs_a_condition(tmp_path: Path) -> None:
    path = tmp_path / "pooled.lesson.toml"
    path.write_text(POOLED.format(condition=RIGHT, point="input").replace(f'if = "{RIGHT}"\n', ""), encoding="utf-8")
    assert any("write it behind if" in str(mistake) for mistake in Lesson.read(path).mistakes)
