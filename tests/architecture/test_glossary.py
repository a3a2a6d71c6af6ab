"""The glossary holds: what it points at is there, and words that it strikes through stand nowhere in the program."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"
GLOSSARY = (PACKAGE / "GLOSSARY.md").read_text()
ENTRIES = re.findall(r"^- \*\*.+$", GLOSSARY, re.MULTILINE)
LINKS = sorted(set(re.findall(r"\[`(\w+)`\]\((\S+?)\)", GLOSSARY)))
STRUCK = sorted(set(re.findall(r"~~(.+?)~~", "\n".join(ENTRIES))))


def names_in(path: Path) -> set[str]:
    """What a file defines at its top, itself and its folder included: a whole file can be pointed at."""
    tree = ast.parse(path.read_text())
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return {path.stem, path.parent.name, *classes, *(target.id for target in targets if isinstance(target, ast.Name))}


def prose_of(source: str) -> Iterator[str]:
    """Docstrings, comments, and the texts among the strings: those with a blank in them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def uses(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(word)}s?(?![\w-])", text, re.IGNORECASE) is not None


@pytest.mark.parametrize(("name", "file"), LINKS)
def test_what_an_entry_points_at_is_there(name: str, file: str) -> None:
    assert name in names_in(PACKAGE / file)


def test_every_entry_has_a_word_that_is_not_used_for_it_and_stands_once() -> None:
    assert len(ENTRIES) > 40
    assert [entry for entry in ENTRIES if "*Not*" not in entry] == []
    words = re.findall(r"\*\*(.+?)\*\*", "\n".join(ENTRIES))
    assert sorted(words) == sorted(set(words))
    assert not set(words) & set(STRUCK)


def test_words_that_are_struck_through_stand_nowhere_in_the_program() -> None:
    any_of_them = re.compile("|".join(map(re.escape, STRUCK)), re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}: {word!r} in {text[:80]!r}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for text in prose_of(path.read_text())
        if any_of_them.search(text)
        for word in STRUCK
        if uses(word, text)
    ]
    assert found == []


def test_a_struck_word_is_found_in_a_docstring_a_comment_and_a_text() -> None:
    source = 'def f():\n    """Opens the dataset."""\n    return "the datasets", 1  # of a dataset\n'
    assert sum(uses("dataset", text) for text in prose_of(source)) == 3
    assert not uses("op", "stop, opens or torch.op")
