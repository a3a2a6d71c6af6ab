"""A hand-out as a page of HTML, and in the pieces that it is made of: what else sets them draws the pictures itself."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from explorer.lessons.handout import Exercise, HandOut
from explorer.lessons.handout_words import HandoutWords
from explorer.lessons.number_drawing import Vector

LETTERS = "ABCDEFGHIJ"
STYLE = """
body { font: 15px/1.45 sans-serif; max-width: 46em; margin: 2em auto; color: #111; }
h1 { font-size: 22px; } h2 { font-size: 17px; margin: 1.6em 0 .3em; } svg { max-width: 100%; height: auto; }
section { break-inside: avoid; } hr { border: 0; border-bottom: 1px solid #111; margin: 2.6em 0 0; }
.solutions { break-before: page; } code { font-family: monospace; }
"""

Piece = str | Vector
Group = tuple[Piece, ...]
"""What stays together on a sheet of paper: HTML and pictures, one below the other."""


@dataclass(frozen=True)
class Pieces:
    """What a hand-out is made of; the solutions begin a page of their own."""

    head: Group
    exercises: tuple[Group, ...]
    solutions: tuple[Group, ...]


def pieces_of(handout: HandOut) -> Pieces:
    """The hand-out in pieces."""
    words, numbered = handout.words, list(enumerate(handout.steps, 1))
    head = f"<h1>{escape(handout.title)}</h1><p>{escape(handout.question)}</p><p>{escape(words.name)}</p>"
    solved = [_solution(number, step, words) for number, step in numbered if step.question]
    solutions = ((f"<h1>{escape(words.solutions)}</h1>",), *((each,) for each in solved)) if solved else ()
    return Pieces((head,), tuple(step_pieces(step, f"{number} · ") for number, step in numbered), solutions)


def step_pieces(step: Exercise, number: str = "") -> Group:
    """A step without its answer; its title comes after `number`."""
    before = f"<h2>{number}{escape(step.title)}</h2>\n<p>{_plain(step.text)}</p>"
    pieces: list[Piece] = [before] if step.picture is None else [before, step.picture]
    if step.question:
        pieces.append(f"<p><strong>{_plain(step.question)}</strong></p>\n{_place_to_answer(step)}")
    return tuple(pieces)


def _place_to_answer(step: Exercise) -> str:
    options = "".join(f"<li>{_plain(option)}</li>" for option in step.options)
    return f'<ol type="A">{options}</ol>' if options else "<hr>"


def handout_html(handout: HandOut) -> str:
    """The hand-out as one file of HTML, which a browser prints."""
    pieces = pieces_of(handout)
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{handout.language}"><head><meta charset="utf-8">',
        f"<title>{escape(handout.title)}</title><style>{STYLE}</style></head><body>",
        _joined(pieces.head),
        *(f"<section>{_joined(group)}</section>" for group in pieces.exercises),
        '<div class="solutions">',
        *(_joined(group) for group in pieces.solutions),
        "</div></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _joined(group: Group) -> str:
    return "\n".join(piece if isinstance(piece, str) else piece.svg for piece in group)


def _solution(number: int, step: Exercise, words: HandoutWords) -> str:
    letter = f"{LETTERS[step.options.index(step.right)]} · " if step.right in step.options else ""
    sum_ = f"<br><code>{escape(step.arithmetic)}</code>" if step.arithmetic else ""
    right = escape(words.right.format(number=number, answer=f"{letter}{step.right}"))
    return f"<p><strong>{right}</strong>{sum_}<br>{_plain(step.reveal)}</p>"


def _plain(text: str) -> str:
    """Without the marks around formulas and code."""
    return escape(" ".join(text.replace("$", "").replace("`", "").replace("**", "").split()))
