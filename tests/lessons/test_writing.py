"""A lesson's file as the program writes and changes it: what is written is read as the same, all else stays."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_editing import with_texts, without_step
from explorer.lessons.lesson_writing import free_name, scene_block, scene_values, shown_as, slug
from explorer.lessons.packing import packed, unpacked
from explorer.lessons.readings.expressions import Expression
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.readings.written_expressions import as_written
from explorer.lessons.script import LessonStep
from explorer.lessons.shelf import LESSONS, lessons
from explorer.lessons.toml_editing import CannotChange, with_block, with_value, without_block
from explorer.lessons.toml_lines import Place
from explorer.lessons.toml_writing import written_value
from explorer.resources import resource
from tests.lessons.written import POOLING

FILES = {name: resource("lessons", f"{name}.lesson.toml").read_text(encoding="utf-8") for name in LESSONS}
SCENES = [(lesson.name, name, scene) for lesson in lessons() for name, scene in lesson.script.scenes.items()]
STEPS = [step for lesson in lessons() for step in lesson.script.steps]
NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@given(TEXTS)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert tomllib.loads(f"a = {written_value(text)}")["a"] == text.replace("\r\n", "\n")


@given(st.lists(NUMBERS, min_size=1, max_size=6))
def test_numbers_keep_every_digit(numbers: list[float]) -> None:
    table = np.array(numbers, np.float32)
    read = np.array(tomllib.loads(f"a = {written_value(table)}")["a"], np.float32)
    assert read.tobytes() == table.tobytes()


@given(st.lists(NUMBERS, min_size=1, max_size=300), st.integers(1, 3))
def test_packed_numbers_are_unpacked_as_they_were(numbers: list[float], rows: int) -> None:
    table = np.array([numbers] * rows, np.float32)
    read = unpacked(packed(table))
    assert read.shape == table.shape
    assert read.tobytes() == table.tobytes()


@pytest.mark.parametrize("text", ["", "AAAA", "2x2 AAAA", "2 AAAA!", "9x9x9x9x9x9x9x9x9 A", packed(np.zeros(9))[:-9]])
def test_what_is_no_packed_table_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"packed"):
        unpacked(text)


@pytest.mark.parametrize(("_lesson", "name", "scene"), SCENES)
def test_a_scene_is_written_as_it_was_read(_lesson: str, name: str, scene: Any) -> None:
    head = 'format = "network-explorer lesson"\nversion = 1\nid = "a"\ntitle = "A"\n'
    step = '[[step]]\nid = "one"\ntitle = "One"\n'
    values = scene_values(scene)
    text = f"{head}\n{scene_block(name, values)}\n{step}"
    again = Lesson.read(_written(text)).script.scenes[name]
    assert np.all([np.array_equal(a, b) for a, b in _pairs(values, scene_values(again))])


def _pairs(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[Any, Any]]:
    assert one.keys() == other.keys()
    weights = one.get("weights", {})
    assert weights.keys() == other.get("weights", {}).keys()
    plain = [(one[key], other[key]) for key in one if key != "weights"]
    return [*plain, *((weights[name], other["weights"][name]) for name in weights)]


@pytest.mark.parametrize("name", LESSONS)
def test_each_text_of_each_lesson_can_be_changed_and_nothing_else_changes_with_it(name: str) -> None:
    text = FILES[name]
    steps = list(enumerate(tomllib.loads(text)["step"]))
    for at, step in (steps[0], steps[-1]):
        for place in (("title",), ("text",), ("reveal",), ("ask", "question"), ("ask", "hint"), ("change", "text")):
            if place[0] in ("ask", "change") and place[0] not in step:
                continue
            changed = with_texts(text, step["id"], {place: 'A "new" text: {loss}'})
            wanted = tomllib.loads(text)
            inner = wanted["step"][at]
            for part in place[:-1]:
                inner = inner[part]
            inner[place[-1]] = 'A "new" text: {loss}'
            assert tomllib.loads(changed) == wanted
            kept = [line for line in text.splitlines() if line.startswith("#")]
            assert [line for line in changed.splitlines() if line.startswith("#")] == kept


def test_a_comment_behind_a_value_stays() -> None:
    changed = with_value('a = 1 # one # two\nb = "# three" # four\n', ("b",), "new")
    assert changed == 'a = 1 # one # two\nb = "new" # four\n'


def test_a_new_key_stands_where_a_person_would_write_it() -> None:
    place: Place = ("step", 0, "reveal")
    text = with_value(POOLING, place, None)
    assert "Losers get" not in text
    again = with_value(text, place, "Losers get nothing.", ("id", "title", "text", "ask", "reveal", "change"))
    lines = again.splitlines()
    at = lines.index('reveal = "Losers get nothing."')
    assert lines[at - 1] == "]"
    assert lines[at + 1].startswith("change.text")


def test_what_only_a_person_can_change_is_left_with_a_sentence() -> None:
    with pytest.raises(CannotChange, match="in an editor"):
        with_value("a = { b = 1 }\n", ("a", "b"), 2)


@pytest.mark.parametrize("name", LESSONS)
def test_a_step_that_is_put_in_and_taken_out_again_leaves_the_lesson_as_it_was(name: str) -> None:
    text = FILES[name]
    before = tomllib.loads(text)
    for at in (0, len(before["step"]) - 1):
        more = with_block(text, '[[step]]\nid = "new"\ntitle = "New"\n', ("step", at))
        assert [step["id"] for step in tomllib.loads(more)["step"]].index("new") == at
        assert tomllib.loads(without_block(more, ("step", at))) == before
    first = before["step"][0]["id"]
    assert [step["id"] for step in tomllib.loads(without_step(text, first))["step"]] == [
        step["id"] for step in before["step"][1:]
    ]


def _expressions(step: LessonStep) -> list[Expression]:
    question = step.question
    if question is None:
        return []
    found = [each.answer for each in question.wrong] + [each.condition for each in question.options]
    return (
        found + ([question.reading] if question.reading else []) + ([question.condition] if question.condition else [])
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_reading_is_written_so_that_it_reads_the_same(step: LessonStep) -> None:
    for expression in _expressions(step):
        text = as_written(expression)
        assert as_written(parse_reading(text)) == text


@pytest.mark.parametrize("step", [step for step in STEPS if step.showing], ids=lambda step: step.name)
def test_a_place_is_written_as_a_lesson_shows_it(step: LessonStep) -> None:
    assert step.showing is not None
    whole = f'{POOLING}\n[[step]]\nid = "x"\ntitle = "X"\nscene = "max"\nshow = "{shown_as(step.showing)}"\n'
    assert Lesson.read(_written(whole)).script.steps[-1].showing == step.showing


def test_names_are_ids() -> None:
    assert slug("Größe & Maß: 3 × 3", "lesson") == "groesse-mass-3-3"
    assert slug("数", "lesson") == "lesson"
    assert free_name("scene", ("scene", "scene-2")) == "scene-3"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _written(text: str) -> str:
    from pathlib import Path

    path = Path("written.lesson.toml")
    path.write_text(text, encoding="utf-8")
    return str(path)
