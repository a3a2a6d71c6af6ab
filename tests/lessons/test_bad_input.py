"""Which test holds what is done with each kind of bad input to lessons; a kind without a test is not in this table."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CHECKED, FILES, RUNS = "lessons/test_checking.py", "lessons/test_translation.py", "lessons/test_runs.py"
WINDOW, LEAVING = "session/test_bad_lessons.py", "session/test_leaving_lessons.py"
MISTAKE, IN_STEP = (
    "test_a_mistake_is_told_with_its_line",
    "test_what_a_lesson_has_not_is_said_in_its_step_and_nothing_is_lost",
)

HELD: dict[str, tuple[tuple[str, str, str], ...]] = {
    "a layer that there is not": ((CHECKED, MISTAKE, "there is no layer"), (WINDOW, IN_STEP, "there is no layer")),
    "a cell that there is not": ((CHECKED, MISTAKE, "lies outside"), (WINDOW, IN_STEP, "lies outside")),
    "a step that there is not": ((CHECKED, MISTAKE, "there is no step backward pool9"),),
    "a scene that there is not": ((CHECKED, MISTAKE, "there is no scene 'ties'"),),
    "a data set that there is not": (
        (RUNS, "test_data_that_there_are_not_are_told_with_those_there_are", ""),
        (WINDOW, IN_STEP, "there are no data called"),
    ),
    "two true options": (
        (CHECKED, MISTAKE, "two options are true"),
        (WINDOW, "test_a_question_with_two_right_options_or_none_can_be_left_and_gone_on_from", ""),
    ),
    "no true option": (
        (CHECKED, MISTAKE, "no option is true"),
        (WINDOW, "test_a_question_with_two_right_options_or_none_can_be_left_and_gone_on_from", ""),
    ),
    "a text that is too long": (
        (CHECKED, "test_what_is_too_long_for_the_window_is_a_warning_and_keeps_nobody_from_playing", ""),
        (CHECKED, "test_a_text_without_end_is_refused_before_it_is_shown", ""),
    ),
    "a reading with a syntax error": (
        (CHECKED, MISTAKE, "the reading ends"),
        ("lessons/test_readings.py", "test_what_cannot_be_read_says_where", ""),
        ("lessons/test_readings.py", "test_whatever_is_written_is_read_or_refused_with_a_sentence", ""),
    ),
    "an endless range or reading": (
        (CHECKED, MISTAKE, "brackets in one another"),
        (CHECKED, MISTAKE, "up to 1,000 letters"),
    ),
    "a huge range": ((CHECKED, MISTAKE, "999999999999"), (WINDOW, IN_STEP, "999999999999")),
    "a network of ten billion weights": (
        (CHECKED, "test_a_network_of_ten_billion_weights_is_refused_before_memory_is_asked_for", ""),
        (WINDOW, IN_STEP, "10,000,100,000 weights"),
    ),
    "a file cut in half": (
        (CHECKED, "test_a_file_that_was_cut_is_told_with_its_line_and_never_fails_otherwise", ""),
        (CHECKED, "test_what_cannot_be_opened_says_why", "was it cut?"),
    ),
    "a newer format": ((CHECKED, "test_what_cannot_be_opened_says_why", "it is written in version 2"),),
    "a translation of an older text": ((FILES, "test_a_translation_of_an_older_text_says_which_step_to_look_at", ""),),
    "opened while a run goes on": ((LEAVING, "test_a_run_that_goes_on_ends_with_what_it_has_learned", ""),),
    "opened while edits are unsaved": (
        (WINDOW, "test_edits_that_are_not_saved_are_still_there_and_still_not_saved", ""),
        (LEAVING, "test_a_crash_in_a_lesson_takes_nothing", ""),
    ),
    "opened twice": ((WINDOW, "test_a_lesson_opened_twice_at_once_is_left_once", ""),),
    "data that must be downloaded, without a network": (
        (RUNS, "test_data_that_would_have_to_be_downloaded_are_not", ""),
        (WINDOW, IN_STEP, "cifar10 is not on this computer"),
    ),
    "a question about what is not there": (
        (WINDOW, "test_a_question_about_what_is_not_there_is_said_to_have_no_answer", ""),
    ),
}
"""By the kind of bad input: file, name of the test, and words of the case among its parameters, "" for all of it."""


@pytest.mark.parametrize("kind", HELD)
def test_each_kind_is_held_by_tests_that_there_are(kind: str) -> None:
    for file, name, words in HELD[kind]:
        source = (TESTS / file).read_text(encoding="utf-8")
        tests = {each.name for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)}
        assert name in tests, f"{file} has no test {name}"
        assert words in source, f"no case of {name} in {file} is about {words!r}"
