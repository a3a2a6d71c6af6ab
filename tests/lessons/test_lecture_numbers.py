"""What a lecture on convolutional networks works out by hand comes out of a recording in some lesson."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import explorer
from explorer.lessons.readings.equality import same
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.shelf import lesson_named
from explorer.lessons.staging.changing import set_up

NUMBERS = [
    ("one-step", "first", "linear1.output", [[1, 2]]),
    ("one-step", "first", "identity2.output", [[2, 2]]),
    ("one-step", "first", "linear2.grad_output", [[1, 2]]),
    ("one-step", "first", "linear1.grad_output", [[-1, 2]]),
    ("one-step", "first", "linear2.weight_after", [[0.9, -0.2], [-1.2, 0.6]]),
    ("one-step", "first", "linear1.weight_after", [[-1, 0.1], [0, 0.8]]),
    ("one-step", "second", "identity1.output", [[1.2, 1.6]]),
    ("one-step", "second", "identity2.output", [[1.66, 0.32]]),
    ("convolution", "slides", "conv1.output[0,0,0:2,:]", [[4, 3, 4], [2, 4, 3]]),
    ("convolution", "dot", "conv1.output[0,0,0,0]", 16),
    ("size", "seven", "conv1.shape[1]", 5),
    ("size", "by-two", "conv1.shape[1]", 3),
    ("size", "framed", "conv1.shape", [10, 32, 32]),
    ("depth", "lecture", "conv1.terms[0,0,0,0]", 76),
    ("depth", "lecture", "conv1.shape", [6, 28, 28]),
    ("pooling", "max", "pool1.output[0,0,:,:]", [[6, 8], [3, 4]]),
    ("pooling", "both", "m.output[0,0,:,:]", [[15, 8], [8, 17]]),
    ("pooling", "both", "a.output[0,0,:,:]", [[10, 5], [5, 7.5]]),
    ("pooling", "negative", "m.output[0,0,:,:]", [[2, 3], [0, 2]]),
    ("pooling", "negative", "a.output[0,0,:,:]", [[1, 0], [-1, 1]]),
    ("volumes", "neuron", "linear1.weights", 120000),
    ("softmax", "four", "softmax1.output[0,0]", 0.775),
    ("classification-losses", "hinge", "loss", 8.48),
]


@pytest.mark.parametrize(("lesson", "scene", "reading", "value"), NUMBERS)
def test_a_number_of_the_lecture_is_read_in_a_lesson(lesson: str, scene: str, reading: str, value: object) -> None:
    found = lesson_named(lesson)
    assert found is not None
    staged = set_up(found.script.scenes[scene])
    assert same(evaluate(parse_reading(reading), staged), np.array(value) if isinstance(value, list) else value)


def test_every_row_of_the_lecture_is_done_in_some_step() -> None:
    done = {row for lesson in explorer.lessons() for step in lesson.steps for row in step.rows}
    assert done == {f"L{number:02}" for number in range(1, 31)}


def test_after_twenty_steps_twins_are_equal_to_the_last_bit() -> None:
    lesson = lesson_named("whose-gradient")
    assert lesson is not None
    text = "linear1.weight_after[0,:] == linear1.weight_after[1,:]"
    staged = set_up(replace(lesson.script.scenes["twins"], steps=20))
    assert evaluate(parse_reading(text), staged) is True
    rows = evaluate(parse_reading("linear1.weight_after"), staged)
    assert isinstance(rows, np.ndarray)
    assert rows[0].tobytes() == rows[1].tobytes()
