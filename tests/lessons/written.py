"""A small lesson as its author writes it, to be spoilt line by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from explorer.lessons.file_names import ENDING
from explorer.lessons.lesson import Lesson

POOLING = """\
format = "network-explorer lesson"
version = 1
id = "pooled"
chapter = "Pooling"
title = "Who gets it?"
question = "Which cell hears from the loss?"
minutes = 8

[scene.max]
network = "1x4x4 maxpool(2)"
input = [[1, 1, 2, 4],
         [5, 6, 7, 8],
         [3, 2, 1, 0],
         [1, 2, 3, 4]]
target = [[4, 3], [4, 1]]
loss = "half_squared_error"

[scene.tie]
like = "max"
network = "1x2x2 maxpool(2)"
input = [[7, 3], [7, 1]]
target = [[3]]

[[step]]
id = "winner"
scene = "max"
title = "Only the winner"
show = "backward pool1, input[0,0,1,1]"
text = '''
The 6 won the upper left patch.
'''
ask.question = "{pool1.grad_output[0,0,0,0]} comes back. What does the 6 get?"
ask.reading = "pool1.grad_input[0,0,1,1]"
ask.expect = 2
ask.wrong = [
  { answer = 0.5, because = "That is average pooling." },
  { answer = "pool1.grad_output[0,0,0,0] * 6", because = "It is passed on as it is." },
]
reveal = "Losers get {pool1.grad_input[0,0,0,0]}."
change.text = "Make the 5 a 6.5: it gets {pool1.grad_input[0,0,1,0]}."
change.do = "input[0,0,1,0] = 6.5"
change.expect = { "pool1.grad_input[0,0,1,0]" = 2.5 }

[[step]]
id = "tie"
scene = "tie"
title = "A tie"
[step.ask]
question = "Two sevens. Who gets it?"
[[step.ask.option]]
text = "each all of it"
if = "pool1.grad_input[0,0,:,0] == [4, 4]"
because = "More would come out than went in."
[[step.ask.option]]
text = "the first all"
if = "pool1.grad_input[0,0,:,0] == [4, 0]"
because = ""
"""

Spoil = Callable[[str], str]


def with_line(old: str, new: str) -> Spoil:
    """The text with `new` in the place of `old`, which stands in it once."""

    def spoilt(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the lesson"
        return text.replace(old, new)

    return spoilt


def written(folder: Path, *spoils: Spoil, name: str = "pooled") -> Path:
    """The file of the lesson, spoilt."""
    text = POOLING
    for spoil in spoils:
        text = spoil(text)
    path = folder / f"{name}{ENDING}"
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path) -> list[str]:
    """All that is wrong with the lesson in a file, a line each."""
    return [str(mistake) for mistake in Lesson.read(path).check()]


def line_of(path: Path, part: str) -> int:
    """The line of the file that holds `part` first."""
    return next(at for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if part in line)
