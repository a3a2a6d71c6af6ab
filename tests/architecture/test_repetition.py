"""What is written once: how many places repeat one another to the letter, and how amounts are written."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"
FILES = {str(path.relative_to(PACKAGE)): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}
RUN = 6
REPEATED = 4
"""So many pairs of files repeat a run of lines; what declares an entry of a table repeats the words of its fields."""

Place = tuple[str, int]


def _imported(text: str) -> set[int]:
    """The numbers of the lines that imports take."""
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom))
    return {line for node in nodes for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _lines(text: str) -> list[str]:
    """What counts: no blank line, comment or import, and none of punctuation alone."""
    passed = _imported(text)
    stripped = [line.strip() for number, line in enumerate(text.splitlines(), 1) if number not in passed]
    return [line for line in stripped if not line.startswith("#") and re.search(r"\w", line)]


def repeated(files: dict[str, str]) -> set[tuple[str, str]]:
    """The pairs of files that share a run of `RUN` lines, white space apart; a file may repeat itself."""
    places: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for name, text in files.items():
        lines = _lines(text)
        for first in range(len(lines) - RUN + 1):
            places[tuple(lines[first : first + RUN])].append((name, first))
    return {
        (one, other)
        for found in places.values()
        for (one, first), (other, second) in combinations(found, 2)
        if one != other or second - first >= RUN
    }


def test_hardly_any_two_places_say_the_same() -> None:
    pairs = repeated(FILES)
    assert len(pairs) <= REPEATED, "\n".join(f"{one} ~ {other}" for one, other in sorted(pairs))


def test_a_run_of_lines_is_found_in_two_files_and_twice_in_one() -> None:
    lines = [f"    a{number} = f({number})" for number in range(RUN)]
    run, less = "\n".join(lines), "\n".join(lines[1:])
    assert repeated({"a.py": f"if x:\n{run}", "b.py": f"if y:\n{run}\n# why"}) == {("a.py", "b.py")}
    assert repeated({"a.py": f"if x:\n{run}\nif y:\n{run}"}) == {("a.py", "a.py")}
    assert repeated({"a.py": f"if x:\n{less}", "b.py": f"if y:\n{less}"}) == set()


# Amounts are written by explorer/amounts.py, each in one way.
WRITERS = {"amounts.py"}
BY_HAND = {
    "a share": re.compile(r"""\} ?%["' ]|:\.\d%\}"""),
    "a size": re.compile(r"\} ?([kKMGT]i?B)\b|1024 ?\*\* ?3\b.*\{|/ ?1e6\b"),
    "a time": re.compile(r"""\.\d?f?\} ?(s|ms|min|h)["' ]|divmod\([^)]*, ?60\)"""),
    "a minus": re.compile(r"""replace\("-", "−"\)"""),
}


@pytest.mark.parametrize("amount", BY_HAND)
def test_amounts_are_written_in_one_place(amount: str) -> None:
    found = {name for name, text in FILES.items() if BY_HAND[amount].search(text)}
    assert found <= WRITERS, f"{amount} is written by hand in {sorted(found - WRITERS)}"


def test_the_window_counts_in_one_way() -> None:
    by_hand = {name for name, text in FILES.items() if name.startswith("ui/") and re.search(r":,(\.\d+f)?\}", text)}
    assert not by_hand


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("a share", 'f"{100 * share:.0f} %"'),
        ("a share", 'f"{share:.1%}"'),
        ("a size", 'f"{size / 1024:.1f} KiB"'),
        ("a size", 'f"{done / 1e6:.1f} MB"'),
        ("a time", 'f"{seconds:.1f} s"'),
        ("a time", "hours, minutes = divmod(whole, 60)"),
        ("a minus", 'text.replace("-", "−")'),
    ],
)
def test_an_amount_that_is_written_by_hand_is_seen(amount: str, text: str) -> None:
    assert BY_HAND[amount].search(text)


# What is late, what is dragged and what arrow keys do is told by one file each of the window.
ONE_PLACE = {
    "ui/common/late.py": re.compile(r"interval=\w*(LATE|DIM|PALE|SLOW)\w*_MS"),
    "ui/common/arrow_keys.py": re.compile(r"Key_Left: \(.*\)"),
    "ui/common/dragging.py": re.compile(r"ZOOM_STEP = |angleDelta\(\)"),
}


@pytest.mark.parametrize("name", ONE_PLACE)
def test_what_every_view_does_stands_in_one_file(name: str) -> None:
    assert [each for each, text in FILES.items() if ONE_PLACE[name].search(text)] == [name]
