"""Names of classes, as programs and their files give them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from explorer.bounds import Refused, brief, read_regular

MOST_BYTES = 2**24


def class_names(given: object) -> tuple[str, ...]:
    """The names in the order of the outputs: of a list, of a table by number or by name, or of a file.

    A file holds a name a line, or JSON: a list, {"0": "cat"}, {"cat": 0}, or ImageNet's {"0": ["n01440764", "tench"]}.
    Raises ValueError with a sentence for what holds no names.
    """
    if isinstance(given, str | Path):
        return _of_file(Path(given))
    if isinstance(given, Mapping):
        return _of_table(given)
    if isinstance(given, Iterable):
        return tuple(_name(each) for each in given)
    raise ValueError(f"The names of the classes are a list, a table or a file, not a {type(given).__name__}.")


def _of_file(path: Path) -> tuple[str, ...]:
    try:
        text = read_regular(path, at_most_bytes=MOST_BYTES).decode("utf-8-sig")
        if path.suffix.lower() != ".json":
            return tuple(line.strip() for line in text.splitlines() if line.strip())
        content = json.loads(text)
    except Refused as error:
        raise ValueError(str(error)) from None
    except (ValueError, RecursionError):
        kind = "JSON" if path.suffix.lower() == ".json" else "text in UTF-8"
        raise ValueError(f"{brief(path.name)} holds no names of classes: it is no {kind}.") from None
    if not isinstance(content, list | dict) or not content:
        raise ValueError(f"{brief(path.name)} holds no names of classes: a list of them, or a table by number.")
    return class_names(content)


def _of_table(table: Mapping[Any, Any]) -> tuple[str, ...]:
    """By number, {0: "cat"}, or by name, {"cat": 0}."""
    by_number = {_number(key): _name(value) for key, value in table.items()}
    if None in by_number:
        by_number = {_number(value): str(key) for key, value in table.items()}
    numbers = sorted(number for number in by_number if number is not None)
    if numbers != list(range(len(table))):
        raise ValueError("The names of the classes are to be numbered from 0 on, one for each output.")
    return tuple(by_number[number] for number in numbers)


def _number(value: object) -> int | None:
    return int(str(value)) if str(value).isdecimal() else None


def _name(value: object) -> str:
    """Of several, as ImageNet's code and words, the last."""
    return str(value[-1]) if isinstance(value, list | tuple) and value else str(value)
