"""What the page on writing lessons shows and names is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from explorer.lessons.lesson import Lesson
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.scene_tables import LEARNING
from explorer.lessons.staging.changing import set_up
from explorer.lessons.staging.layer_facts import CELL_FACTS, LAYER_FACTS
from explorer.lessons.staging.pass_facts import ASKED_OF, PASS_FACTS
from explorer.lessons.staging.run_facts import DATA_FACTS, EPOCH_FACTS, RUN_FACTS
from explorer.resources import resource

PAGE = resource("lessons", "README.md").read_text(encoding="utf-8")
WHOLE, OPTION = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_lesson_on_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "first-filter.lesson.toml"
    path.write_text(WHOLE, encoding="utf-8")
    lesson = Lesson.read(path)
    assert list(map(str, lesson.check())) == []
    assert [each.right for each in lesson.play()] == ["2"]


def test_the_options_on_it_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "first-filter.lesson.toml"
    step = '[[step]]\nid = "second"\ntitle = "Which?"\n'
    other = '[[step.ask.option]]\ntext = "the second"\nif = "conv1.output[0,0,0,0] < conv1.output[0,0,0,1]"\n'
    path.write_text(f"{WHOLE}\n{step}{OPTION}{other}", encoding="utf-8")
    assert [each.right for each in Lesson.read(path).play()] == ["2", "the second"]


def test_every_name_that_can_be_read_is_on_it() -> None:
    named = set(re.findall(r"[\w.]+", PAGE))
    names = {part for word in named for part in word.split(".")}
    assert {*LAYER_FACTS, *CELL_FACTS, *PASS_FACTS, *ASKED_OF, *RUN_FACTS, *EPOCH_FACTS, *DATA_FACTS} <= names
    assert {"learning_rate", "optimizer", "momentum"} <= names & set(LEARNING)


SCENE = PAGE.split("## What a scene says")[1].split("## How a step asks")[0]
KEYS = [key for row in re.findall(r"^\| (`.*?) \|", SCENE, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_a_scene_that_it_names_is_known(key: str, tmp_path: Path) -> None:
    path = tmp_path / "first-filter.lesson.toml"
    path.write_text(f"{WHOLE}\n[scene.other]\n{key} = 7\n", encoding="utf-8")
    assert "there is no key" not in "\n".join(map(str, Lesson.read(path).mistakes))
    path.write_text(f"{WHOLE}\n[scene.other]\n{key}s_ = 7\n", encoding="utf-8")
    assert "there is no key" in "\n".join(map(str, Lesson.read(path).mistakes))


def test_readings_on_it_can_be_parsed() -> None:
    table = PAGE.split("## Readings")[1].split("## In another")[0]
    readings = [each for each in re.findall(r"`([^`]+)`", table) if "…" not in each and not each.startswith(".")]
    signs = {"and", "not", "+ − * /", ":", "0:2", "ask.places"}
    wrong = []
    for reading in readings:
        try:
            parse_reading(reading)
        except ReadingError:
            wrong.append(reading)
    assert set(wrong) <= signs
    assert len(readings) > 20


def test_what_a_scene_does_once_it_stands_is_done(tmp_path: Path) -> None:
    path = tmp_path / "first-filter.lesson.toml"
    path.write_text(WHOLE.replace("[scene.row]", '[scene.row]\ndo = "input[0,0,0,0] = 0"'), encoding="utf-8")
    staged = set_up(Lesson.read(path).script.scenes["row"])
    assert staged.stage.input.tolist() == [[[[0, 5, 9]]]]
