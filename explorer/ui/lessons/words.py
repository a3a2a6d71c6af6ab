"""What the lessons' pane says itself. Whole sentences with gaps, so that another language can order them otherwise."""

from __future__ import annotations

CONTENTS = "Lessons"
PLACE = "{at} of {count}"
RIGHT = "It is {answer}."
RIGHT_ANSWERED = "Right: {answer}."
WRONG = "{answer} is not it. {because}"
NO_ANSWER = "A number is needed here, such as −0.2, 1/256 or 50 %."
NO_MORE = "Try again, look at the hint, or let it be shown."
CHANGED = "You changed the numbers: the question is asked of what is there now."
CANNOT = "This step cannot be shown: {why}"
MINUTES = "{minutes} min · {done} of {count} done"
READING = "Setting up…"
TRAINING = "Training with the numbers that are there now…"
LAST = "That was the last step. {question}"


def cannot(why: str) -> str:
    """The sentence of a step that cannot be shown; what a reading says of itself has no full stop."""
    return CANNOT.format(why=why if why.endswith(".") else f"{why}.")


def plain(text: str) -> str:
    """A lesson's text without the marks around formulas and code."""
    return " ".join(text.replace("$", "").replace("`", "").replace("**", "").split())
