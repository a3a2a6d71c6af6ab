"""A second language is a file of texts: complete or told what is missing, and told when the first language changed."""

from __future__ import annotations

from pathlib import Path

import pytest

import explorer
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.lessons.shelf import LESSONS
from explorer.lessons.translation import languages_of, texts_of, untranslated
from explorer.lessons.words import LANGUAGES
from tests.lessons.written import Spoil, line_of, told, with_line, written

READ_IN = [(lesson, language) for lesson in explorer.lessons() for language in languages_of(lesson.script)]


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """A lesson, and its file of texts as it comes to whoever translates it."""
    path = written(tmp_path)
    texts = tmp_path / "pooled.de.toml"
    texts.write_text(untranslated(Lesson.read(path).script, "de"), encoding="utf-8")
    return path, texts


def _spoil(texts: Path, *spoils: Spoil) -> None:
    text = texts.read_text(encoding="utf-8")
    for spoil in spoils:
        text = spoil(text)
    texts.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("lesson", "language"), READ_IN, ids=[f"{each.name}-{tongue}" for each, tongue in READ_IN])
def test_a_lesson_is_whole_and_played_in_each_of_its_languages(lesson: Lesson, language: str) -> None:
    read = lesson.in_language(language)
    assert list(map(str, read.check())) == []
    assert len(read.play()) == len(lesson.play())
    assert read.script.language == language
    if language != "en":
        assert not {step.text for step in read.steps} & {step.text for step in lesson.steps}


def test_every_lesson_is_there_in_every_language() -> None:
    there = {(lesson.name, language) for lesson, language in READ_IN}
    assert there == {(name, language) for name in LESSONS for language in LANGUAGES}


def test_what_is_to_be_translated_has_every_text_and_is_played_as_it_is(both: tuple[Path, Path]) -> None:
    lesson, texts = Lesson.read(both[0]), Lesson.read(both[1])
    assert texts.check() == ()
    assert [texts_of(step) for step in texts.steps] == [texts_of(step) for step in lesson.steps]
    assert texts.title == lesson.title
    assert [each.right for each in texts.play()] == ["2", "the first all"]


def test_a_translation_of_an_older_text_says_which_step_to_look_at(both: tuple[Path, Path]) -> None:
    path, texts = both
    path.write_text(path.read_text(encoding="utf-8").replace("Two sevens.", "Two equal sevens."), encoding="utf-8")
    (warning,) = told(texts)
    line = line_of(texts, "[step.tie]") + 1
    assert warning.startswith(f'pooled.de.toml, line {line}, step "tie" (warning): the first language\'s text of step')
    assert "was changed after this translation" in warning
    assert Lesson.read(texts).play()


def test_only_texts_count_as_changed(both: tuple[Path, Path]) -> None:
    path, texts = both
    path.write_text(path.read_text(encoding="utf-8").replace("minutes = 8", "minutes = 9"), encoding="utf-8")
    assert told(texts) == []


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ('  "the first all",\n', "", 'step "tie"', "2 options there, 1 here."),
        ('reveal = "Losers', 'reveel = "Losers', 'step "winner"', "there is no key 'reveel' here; reveal, perhaps?"),
        ('reveal = "Losers', 'reveel = "Losers', 'step "winner" (warning)', "reveal is not translated and stays in"),
        ("[step.tie]", "[step.tied]", 'step "tie" (warning)', "it is not translated and stays in the first language."),
        ("[step.tie]", "[step.tied]", "", "the lesson has no step 'tied'; it has winner, tie."),
        ("{pool1.grad_input[0,0,0,0]}", "{pool7.loss}", 'step "winner"', 'there is no layer "pool7"'),
        (
            'title = "A tie"',
            f'title = "{"A tie " * 20}"',
            'step "tie" (warning)',
            "the title has 120 characters, 56 are",
        ),
    ],
)
def test_what_is_wrong_in_a_file_of_texts_is_told_with_its_own_lines(
    both: tuple[Path, Path], old: str, new: str, where: str, words: str
) -> None:
    texts = both[1]
    _spoil(texts, with_line(old, new))
    found = [line for line in told(texts) if words in line]
    assert found, told(texts)
    assert found[0].startswith("pooled.de.toml, line ")
    assert f", {where}: " in found[0] if where else ", step" not in found[0].partition(": ")[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('lesson = "pooled"', 'lesson = "other"', "line 1: it belongs to the lesson 'other', not to 'pooled'."),
        ('language = "de"', 'language = "xx"', "line 2: there is no language 'xx'; there are en, de."),
        ("[step.tie]", "[step.tie", "this is no TOML"),
    ],
)
def test_a_file_of_texts_that_cannot_be_used_says_why(both: tuple[Path, Path], old: str, new: str, words: str) -> None:
    _spoil(both[1], with_line(old, new))
    with pytest.raises(LessonError) as raised:
        Lesson.read(both[0]).in_language("de")
    assert words in str(raised.value)


def test_a_language_that_is_not_there_is_told_with_those_that_are(both: tuple[Path, Path]) -> None:
    path, texts = both
    texts.unlink()
    with pytest.raises(LessonError, match="pooled is not there in 'de'; there is en"):
        Lesson.read(path).in_language("de")


def test_numbers_follow_the_language(both: tuple[Path, Path]) -> None:
    german = next(each for each in explorer.lessons() if each.name == "one-step").in_language("de")
    assert next(each.right for each in german.play() if each.step == "weight-change") == "−0,2"
