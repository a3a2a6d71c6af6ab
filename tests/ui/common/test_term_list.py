"""Of a term's row the bar goes first where there is little room, then the share; what the term is, is not cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.amounts import is_veiled
from explorer.arithmetic import Factor
from explorer.arithmetic.explanation import explain_sum
from explorer.session.veil import without_total
from explorer.ui.common.line_ways import few_terms, formula_ways, lecture_ways, line_ways
from explorer.ui.common.term_list import shared_width
from explorer.ui.common.term_rows import TERM, rows, seen_rows

BATCH = frozenset({"input", "grad_input"})


@pytest.mark.parametrize(
    ("room", "shown"),
    [(500, (200, True, True)), (250, (100, True, True)), (200, (130, False, True)), (120, (120, False, False))],
)
def test_the_room_of_a_row_is_shared(room: int, shown: tuple[int, bool, bool]) -> None:
    assert shared_width(room, 200, 100, share=60) == shown


def _explained(examples: tuple[int, ...] = (0,), amount: int = 6) -> tuple[Factor, Factor]:
    places = np.array([(example, at) for example in examples for at in range(amount)])
    values = np.linspace(-1, 2, len(places))
    return Factor("input", values, places), Factor("weight", values[::-1].copy(), places)


def test_the_example_is_not_told_where_there_is_one() -> None:
    explanation = explain_sum("output = Σ input · weight", _explained(), name="y")
    texts = [row.text for row in rows(explanation, TERM, BATCH)]
    assert texts[0].startswith("input[")
    assert all(text.count(",") == 1 for text in texts)  # that of the weight
    assert all("×" in row.brief and "[" not in row.brief for row in rows(explanation, TERM, BATCH))


def test_the_example_is_told_where_there_are_several() -> None:
    explanation = explain_sum("Σ", _explained((0, 1)), name="y")
    assert all("input[0, " in row.text or "input[1, " in row.text for row in rows(explanation, TERM, BATCH))
    assert seen_rows(explanation, BATCH) == ()


def test_a_term_that_alone_is_the_number_asked_for_is_not_told() -> None:
    """Beside 8·3 stood 24: the sum that a lesson asks for, where it has one term, or all others are 0."""
    places = np.array([(0, 0), (0, 1)])
    signal, given = Factor("grad_output", np.array([8.0, 0.0]), places), Factor("input", np.array([3.0, 5.0]), places)
    asked = without_total(explain_sum("Σ grad_output · input", (signal, given)))
    first, second = rows(asked, TERM)
    assert is_veiled(first.value or 0.0)
    assert "8.000 × input[0, 0] 3.000" in first.text
    assert second.value == 0
    difference = Factor("input", np.array([1.447]), places[:1], made="input − target")
    (alone,) = rows(without_total(explain_sum("input − target", (difference,))), TERM)
    assert alone.text == "(input − target)[0, 0] ?"
    both = Factor("input", np.array([3.0, 5.0]), places)
    assert [row.value for row in rows(without_total(explain_sum("Σ input", (both,))), TERM)] == [5, 3]


def test_a_negative_factor_stands_between_brackets_in_the_brief_product() -> None:
    explanation = explain_sum("Σ", _explained(), name="y")
    negative = [row for row in rows(explanation, TERM) if explanation.terms[0].factors[1] < 0 or "(−" in row.brief]
    assert negative
    assert all("× −" not in row.brief for row in rows(explanation, TERM))


def test_shorter_ways_leave_out_whole_terms_and_keep_the_total() -> None:
    explanation = explain_sum("Σ", _explained(amount=9), name="y")
    ways = line_ways(explanation)
    assert ways[0] == explanation.written
    assert len(few_terms(explanation)) == 8
    assert all(way.endswith(explanation.written.rpartition(" = ")[2]) for way in ways)
    assert few_terms(explain_sum("Σ", _explained(amount=3), name="y")) == ()


@pytest.mark.parametrize(
    ("formula", "bare"),
    [
        ("Σ grad_output · won (won is 1 where this cell was the largest of the patch, else 0)", "Σ grad_output · won"),
        ("1/N (softmax(input) − target), the target being 1 at its class", "1/N (softmax(input) − target)"),
        ("grad_output · g′(u), g′(u) = 1 if u > 0, else 0, u = input", "grad_output · g′(u)"),
        ("Σ input · weight", "Σ input · weight"),
    ],
)
def test_a_formula_without_the_words_on_it_is_still_the_formula(formula: str, bare: str) -> None:
    assert formula_ways(formula) == (formula, bare)


def test_less_room_takes_the_letters_from_a_line_and_never_its_result() -> None:
    assert lecture_ways("δ₁ = g′(u₁)·Δ₁ = 0.2·0.5 = 0.1") == (
        "δ₁ = g′(u₁)·Δ₁ = 0.2·0.5 = 0.1",
        "δ₁ = 0.2·0.5 = 0.1",
        "δ₁ = 0.1",
    )
    remark = replace(explain_sum("Σ", _explained(amount=3), name="y"), written="y = 2 + 3 = 5, as the mean was kept")
    assert line_ways(remark) == (remark.written, "2 + 3 = 5, as the mean was kept", "2 + 3 = 5")
