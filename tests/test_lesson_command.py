"""`network-explorer lesson`: what comes along, what is wrong with a file, and a lesson in the terminal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import explorer
from explorer.cli import run
from explorer.lesson_in_terminal import TerminalLesson
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from tests.lessons.written import with_line, written


def _played(lesson: Lesson, *answers: str) -> list[str]:
    """The lines that a person reads who types `answers`, and then stops."""
    lines: list[str] = []
    typed: Iterator[str] = iter((*answers, "q"))
    TerminalLesson(lesson, say=lines.append, ask=lambda _prompt: next(typed)).play()
    return lines


def test_a_lesson_is_played_by_typing_answers(tmp_path: Path) -> None:
    lines = _played(Lesson.read(written(tmp_path)), "0.5", "12", "3", "x", "2", "a", "B")
    text = "\n".join(lines)
    assert "network  1x4x4 maxpool(2)" in text
    assert "input    [[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]" in text
    after = text.split("2 comes back. What does the 6 get?\n")[1].split("\n")
    assert after[:5] == [
        "That is average pooling.",
        "It is passed on as it is.",
        "That is too large.",
        "Type a number: −0.2, 1/256, 50 %.",
        "✓ 2",
    ]
    assert "Losers get 0." in lines
    assert "Next: Make the 5 a 6.5: it gets 2.5." in lines
    assert lines[-4:-2] == ["More would come out than went in.", "✓ the first all"]
    assert lines[-1] == "That was the last step. Which cell hears from the loss?"


def test_not_knowing_gives_the_answer_and_stopping_ends_it(tmp_path: Path) -> None:
    lines = _played(Lesson.read(written(tmp_path)), "?")
    assert "It is 2." in lines
    assert "── step 2 of 2 · A tie" in lines
    assert "That was the last step" not in lines[-1]


def test_every_lesson_is_played_to_its_end_by_someone_who_knows_nothing() -> None:
    for lesson in explorer.lessons():
        lines = _played(lesson, *"?" * len(lesson.steps))
        assert lines[-1].startswith("That was the last step.")
        assert sum(line.startswith("It is ") for line in lines) >= len(lesson.steps)
        assert not any("{" in line for line in lines)


def test_a_scene_that_cannot_be_set_up_ends_it_with_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, with_line('"1x4x4 maxpool(2)"', '"1x4x4 maxpol(2)"'))
    with pytest.raises(LessonError, match=r"pooled\.lesson\.toml, line \d+, step .winner.: There is no layer called"):
        _played(Lesson.read(path))


def test_it_is_played_in_another_language(capsys: pytest.CaptureFixture[str]) -> None:
    german = explorer.lessons()[1].in_language("de")
    lines = _played(german, "1", "2,0")
    assert lines[0].startswith("Was geschieht in einem Lernschritt?")
    assert "── Schritt 1 von 8 · Ein Neuron zählt zusammen" in lines
    assert "✓ 2" in lines
    assert run(["lesson", "convolution", "--translate", "de"]) == 0
    assert 'title = "What does a filter do?"' in capsys.readouterr().out


def test_the_list_tells_every_lesson_below_its_chapter(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lesson", "--list"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == explorer.lessons()[0].chapter
    for lesson in explorer.lessons():
        assert any(line.split()[:1] == [lesson.name] and lesson.title in line for line in told)
    assert run(["lesson"]) == 0
    assert capsys.readouterr().out.splitlines() == told
    assert run(["lesson", "--list", "--language", "de"]) == 0
    assert "Wer bekommt die Schuld?" in capsys.readouterr().out


def test_files_are_checked_all_of_them_and_a_mistake_is_an_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, cut = written(tmp_path), written(tmp_path, lambda text: text[:300], name="cut")
    wrong = written(tmp_path, with_line("ask.expect = 2", "ask.expect = 3"), name="wrong")
    assert run(["lesson", "--check", str(whole)]) == 0
    assert capsys.readouterr().out == ""
    assert run(["lesson", "--check", str(cut), str(wrong), str(whole), "none.toml"]) == 1
    told = capsys.readouterr()
    assert [line.partition(":")[0] for line in told.out.splitlines()] == [
        "cut.lesson.toml, line 15",
        'wrong.lesson.toml, line 34, step "winner"',
        f"There is no file none.toml in {Path().absolute()}.",
    ]
    assert "pooled: 2 steps, 2 questions; played without a mistake." in told.err


def test_a_warning_alone_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, with_line("The 6 won", "The 6 won " + "and won " * 50))
    assert run(["lesson", "--check", str(path)]) == 0
    assert "(warning)" in capsys.readouterr().out


def test_a_name_that_there_is_not_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lesson", "nonsense"]) == 1
    assert "There is no lesson called 'nonsense': give a file, or one of first-look" in capsys.readouterr().err


def test_it_is_played_where_the_input_ends_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "explorer", "lesson", "one-step"],
        input="2\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ 2" in done.stdout
    assert "step 2 of 8" in done.stdout
