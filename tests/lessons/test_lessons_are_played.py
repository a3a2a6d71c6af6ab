"""Every lesson that comes along is played to its last step, and each question answered right and wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import explorer
from explorer.lessons.file_names import ENDING
from explorer.lessons.judging import judged, judged_option, right_number
from explorer.lessons.lesson import Lesson
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.shelf import LESSONS
from explorer.lessons.staging.changing import set_up
from explorer.resources import resource

each_lesson = pytest.mark.parametrize("lesson", explorer.lessons(), ids=[each.name for each in explorer.lessons()])


@each_lesson
def test_a_lesson_has_no_mistake_and_no_warning(lesson: Lesson) -> None:
    assert list(map(str, lesson.check())) == []


@each_lesson
def test_each_question_is_answered_right_and_wrong(lesson: Lesson) -> None:
    answered = lesson.play()
    assert [each.step for each in answered] == [step.name for step in lesson.steps if step.kind == "ask"]
    assert all(each.right and each.wrong >= 2 for each in answered)


@each_lesson
def test_what_an_answer_is_worth_is_read_from_the_recording(lesson: Lesson) -> None:
    """Right gets no excuse, each foreseen wrong answer its own, and a letter does what choosing does."""
    for step in lesson.steps:
        question = step.question
        assert question is not None
        staged = set_up(lesson.script.scenes[step.scene])
        if question.options:
            worth = [judged_option(question, staged, at) for at in range(len(question.options))]
            assert sum(each.is_right for each in worth) == 1
            assert [judged(question, staged, "abcdefgh"[at]) for at in range(len(worth))] == worth
            assert all(each.because for each in worth if not each.is_right)
        elif question.reading is not None:
            assert judged(question, staged, repr(right_number(question, staged))).is_right
            for wrong in question.wrong:
                verdict = judged(question, staged, repr(evaluate(wrong.answer, staged)))
                assert (verdict.is_right, verdict.because) == (False, wrong.because)


def test_no_letter_is_right_much_more_often_than_another() -> None:
    """Who wrote them put the right option first: after three questions nobody would have had to read the others."""
    asked = [step.question.options for each in explorer.lessons() for step in each.steps if step.question is not None]
    right = Counter("ABCD"[at] for options in asked for at, option in enumerate(options) if not option.because)
    assert sum(right.values()) > 30
    assert max(right.values()) < 0.4 * sum(right.values())


def test_options_stand_in_the_same_order_in_every_language() -> None:
    for each in explorer.lessons():
        for step, other in zip(each.steps, each.in_language("de").steps, strict=True):
            assert step.question is not None
            assert other.question is not None
            order = [option.condition for option in step.question.options]
            assert [option.condition for option in other.question.options] == order


def test_lessons_have_their_place_in_the_contents() -> None:
    lessons = explorer.lessons()
    assert tuple(each.name for each in lessons) == LESSONS
    assert sorted(LESSONS) == sorted(path.name.removesuffix(ENDING) for path in resource("lessons").glob(f"*{ENDING}"))
    assert len({each.title for each in lessons}) == len(lessons)
    assert all(each.chapter and each.minutes and each.script.question.endswith("?") for each in lessons)
    for at, each in enumerate(lessons):
        assert set(each.script.after) <= {before.name for before in lessons[:at]}


def test_the_room_can_be_called_however_it_was_imported() -> None:
    import explorer.lessons.shelf as shelf

    assert explorer.lessons() == shelf.lessons()
    assert explorer.lessons()[0].steps[0].kind == "ask"
    assert explorer.lessons()[0].steps[0].rows == ("L01", "L06")


def test_right_follows_the_recording_not_the_file(tmp_path: Path) -> None:
    """Another weight makes another answer right: what was right before is a mistake of the file then."""
    text = resource("lessons", f"one-step{ENDING}").read_text(encoding="utf-8")
    path = tmp_path / f"one-step{ENDING}"
    path.write_text(text.replace('"linear1.weight" = [[-1, 0], [0, 1]]', '"linear1.weight" = [[-1, 0], [0, 2]]'))
    lesson = Lesson.read(path)
    staged = set_up(lesson.script.scenes["first"])
    question = lesson.steps[0].question
    assert question is not None
    assert judged(question, staged, "3").is_right
    assert not judged(question, staged, "2").is_right
    assert any("the text says 2, the recording says 3" in str(mistake) for mistake in lesson.check())
